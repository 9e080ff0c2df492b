// The catalogue's items: offered or not, how, and what to know of each.

import { api } from "./api.js";
import { DATA, HALL, WORDS } from "./admin_data.js";
import { changeLines } from "./admin_change.js";
import { linesOf } from "./admin_fields.js";
import { openDialog, say } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";
import { clone, fill } from "./page.js";
import { syncRows, write } from "./rows.js";

const byId = (id) => document.getElementById(id);
const queues = DATA.setup.queues;
const form = byId("item-form");
const fields = [...form.querySelectorAll("[data-guide]")];
const [theirs, mine] = ["[data-theirs]", "[data-mine]"].map((name) => form.querySelector(name));
let open = null; // the item in the dialog

const stateOf = ({ offered, doubtful }) => (offered ? "offered" : doubtful ? "doubtful" : "not_offered");

function shown() {
  const asked = byId("search").value.trim().toLowerCase();
  const which = byId("which").value;
  const says = ({ no, name, under, department }) => `${no} ${name} ${under} ${department}`.toLowerCase().includes(asked);
  return DATA.items.filter((item) => says(item) && (which === "all" || stateOf(item) === which));
}

function render() {
  const items = shown();
  write(byId("count"), fill(WORDS.found, { count: items.length }));
  syncRows(byId("items"), items, { key: ({ no }) => no, make: makeItem, update: showItem });
}

function makeItem() {
  const row = clone("item");
  row.querySelector("button").addEventListener("click", () => edit(DATA.items.find(({ no }) => String(no) === row.dataset.key)));
  return row;
}

function showItem(row, item) {
  const [name, about, state] = row.querySelector("button").children;
  write(name, `${item.no} ${item.name}`);
  write(about, item.offered ? `${queues[item.queue].prefix} ${queues[item.queue].name} · ${WORDS.handling[item.handling]}` : item.department);
  write(state, WORDS[stateOf(item)]);
  state.classList.toggle("is-warning", stateOf(item) === "doubtful");
}

function edit(item) {
  open = item;
  theirs.hidden = mine.hidden = true;
  openDialog("item");
  byId("item-title").textContent = `${item.no} ${item.name}`;
  byId("item-about").textContent = [item.under, item.kind, item.department].join(" · ");
  byId("item-doubt").textContent = item.doubtful;
  byId("item-doubt").hidden = item.doubtful === "";
  byId("item-offered").checked = item.offered;
  byId("item-name-field").hidden = item.doubtful === "";
  byId("item-name").value = item.doubtful === "" ? "" : item.name;
  byId("item-handling").value = item.handling;
  byId("item-queue").value = item.queue;
  for (const field of fields) {
    const value = item.guide[field.dataset.guide] ?? "";
    field.value = Array.isArray(value) ? value.join("\n") : value;
  }
}

function readGuide() {
  const kind = open.guide.item_kind;
  const guide = kind ? { item_kind: kind } : {};
  for (const field of fields) {
    const value = "lines" in field.dataset ? linesOf(field.value) : field.value.trim();
    if (value.length > 0) guide[field.dataset.guide] = value;
  }
  return guide;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save(open.version ?? DATA.version);
});
mine.addEventListener("click", () => form.reportValidity() && save(Number(mine.dataset.version)));
theirs.addEventListener("click", () => location.reload());

/** Save the item, unless somebody changed it since that version. */
async function save(seen) {
  const button = form.querySelector(".button-primary");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  clearProblems(form);
  const offered = byId("item-offered").checked;
  const handling = byId("item-handling").value;
  const queue = byId("item-queue").value;
  const body = { no: open.no, offered, guide: readGuide(), version: seen };
  if (open.doubtful && byId("item-name").value.trim()) body.name = byId("item-name").value.trim();
  if (handling !== open.handling) body.handling = handling;
  if (queue !== "" && queue !== open.queue) body.queue = queue;
  const answer = await api("POST", `${HALL}/services`, body);
  button.removeAttribute("aria-busy");
  theirs.hidden = mine.hidden = answer.problem?.code !== "hall_changed";
  if (answer.ok) {
    open.version = answer.body.version; // the others are as old as the page
    byId("item-dialog").close();
    await refresh(body);
  } else if (mine.hidden) tellProblem(form, answer.problem, WORDS.unreachable);
  else {
    mine.dataset.version = answer.problem.version ?? seen;
    say(form.querySelector("[data-message]"), `${WORDS.changed}\n${changeLines(answer.problem.changes ?? [])}`, "is-warning");
  }
}

/** The item as the hall has it now. */
async function refresh({ no, guide }) {
  const answer = await api("GET", `${HALL}/services`);
  if (!answer.ok) return location.reload();
  const item = DATA.items.find((each) => each.no === no);
  const found = answer.body.services.find((each) => each.no === no);
  Object.assign(item, { offered: found !== undefined, queue: found?.queue ?? "", guide });
  if (found) Object.assign(item, { name: found.name, handling: found.handling });
  render();
  byId("items").querySelector(`[data-key="${no}"] button`)?.focus();
}

byId("search").addEventListener("input", render);
byId("which").addEventListener("change", render);
render();
