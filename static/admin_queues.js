// The queues, in the order in which the kiosk shows them.

import { Rows } from "./admin_rows.js";
import { setUpForm } from "./admin_setup.js";

const byId = (id) => document.getElementById(id);
const rows = new Rows(byId("rows"), "row", {
  touched: () => form.touched(),
  named: (row, { prefix, name }) => (row.querySelector("legend").textContent = `${prefix} ${name}`),
});

function add(queue, begin = false) {
  const row = rows[begin ? "begin" : "add"](queue, `queues.${queue.id}`);
  row.dataset.id = queue.id;
}

/** An id that no queue has: the kind's, or with a number. */
function freeId() {
  const taken = new Set(Array.from(byId("rows").children, (row) => row.dataset.id));
  for (let number = 1; ; number++) if (!taken.has(`queue-${number}`)) return `queue-${number}`;
}

byId("add").addEventListener("click", () => {
  add({ id: freeId(), name: "", kind: "comprehensive", prefix: "", target_s: 1200, expected_service_s: 720 }, true);
});

const form = setUpForm({
  write({ queues }) {
    rows.clear();
    for (const queue of Object.values(queues)) add(queue);
  },
  read: () => ({ queues: Object.fromEntries(rows.values().map(([row, queue]) => [row.dataset.id, { ...queue, id: row.dataset.id }])) }),
});
