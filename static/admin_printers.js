// Slip printers, each with a trial.

import { api } from "./api.js";
import { HALL, WORDS } from "./admin_data.js";
import { Rows } from "./admin_rows.js";
import { setUpForm } from "./admin_setup.js";
import { say } from "./dialog.js";
import { clone } from "./page.js";

const byId = (id) => document.getElementById(id);
const rows = new Rows(byId("rows"), "row", { touched: () => form.touched(), named });
let kiosks = [];

/** The fields of its kind of connection alone. */
function named(row, { name, connection }) {
  row.querySelector("legend").textContent = name;
  for (const label of row.querySelectorAll("[data-only]")) label.hidden = label.dataset.only !== connection;
}

function add(printer, begin = false) {
  const row = rows[begin ? "begin" : "add"](printer, `printers.${printer.id}`);
  row.dataset.id = printer.id;
  const boxes = kiosks.map(({ id, label }) => {
    const holder = clone("holder");
    const box = holder.querySelector("input");
    box.value = id;
    box.checked = printer.kiosks.includes(id);
    holder.querySelector("span").textContent = label || WORDS.devices.kiosk;
    return holder;
  });
  row.querySelector("[data-set=kiosks]").append(...boxes);
  row.querySelector("[data-test]").addEventListener("click", () => test(row));
}

async function test(row) {
  const button = row.querySelector("[data-test]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", `${HALL}/printers/${row.dataset.id}/test`, {}, { patienceS: 0 });
  button.removeAttribute("aria-busy");
  const line = row.querySelector("[data-said]");
  if (answer.ok) say(line, WORDS.printed, "is-good");
  else say(line, answer.problem.title ?? WORDS.unreachable, "is-bad");
}

byId("add").addEventListener("click", () => {
  const ids = new Set(Array.from(byId("rows").children, (row) => row.dataset.id));
  let number = 1;
  while (ids.has(`printer-${number}`)) number += 1;
  const usual = { connection: "network", host: "", port: 9100, baud: 9600, width_mm: 80, mode: "text", kiosks: [] };
  add({ id: `printer-${number}`, name: "", ...usual }, true);
});

const devices = await api("GET", `${HALL}/devices`);
if (devices.ok) kiosks = devices.body.devices.filter(({ role }) => role === "kiosk");
const form = setUpForm({
  write({ printers }) {
    rows.clear();
    for (const printer of Object.values(printers)) add(printer);
  },
  read: ({ printers }) => ({
    printers: Object.fromEntries(
      rows.values().map(([row, printer]) => {
        const { id } = row.dataset;
        return [id, { ...printers[id], ...printer, id }];
      }),
    ),
  }),
});
