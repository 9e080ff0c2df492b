// The counters, with the queues that they serve and help.

import { WORDS } from "./admin_data.js";
import { Rows } from "./admin_rows.js";
import { setUpForm } from "./admin_setup.js";
import { problemAt } from "./fields.js";

const byId = (id) => document.getElementById(id);
const rows = new Rows(byId("rows"), "row", {
  touched: () => form.touched(),
  named: (row, { number, name }) => (row.querySelector("legend").textContent = `${number ?? ""} ${name}`),
});

byId("add").addEventListener("click", () => {
  const number = Math.max(0, ...rows.values().map(([, counter]) => counter.number ?? 0)) + 1;
  rows.begin({ number, name: "", kind: "comprehensive" }, `counters.${number}`);
});

function read() {
  const found = rows.values();
  const numbers = found.map(([, { number }]) => number);
  const twice = found.find((_, place) => numbers.indexOf(numbers[place]) < place);
  if (twice) {
    problemAt(twice[0].querySelector("[data-of=number]"), WORDS.twice);
    return null;
  }
  return { counters: Object.fromEntries(found.map(([, counter]) => [counter.number, counter])) };
}

const form = setUpForm({
  write({ counters }) {
    rows.clear();
    for (const counter of Object.values(counters)) rows.add(counter, `counters.${counter.number}`);
  },
  read,
});
