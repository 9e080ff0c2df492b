// Step: the hall's devices, opened by their addresses and let in by the code on their screen.

import { api } from "./api.js";
import { clearProblems, problemAt } from "./fields.js";
import { clone, fill } from "./page.js";
import { byId, draft, panelOf, readForm, WORDS } from "./setup_step.js";
import { chosen } from "./setup_windows.js";

export const name = "devices";

/** What is to be opened, and where: [{path, text}]. */
export function places() {
  const { id } = draft.forms.place;
  const of = (path, text) => ({ path, text });
  return [
    of(`/kiosk/${id}`, WORDS.devices.kiosk),
    of(`/screen/${id}`, WORDS.devices.screen),
    ...chosen().flatMap(({ number }) => [
      of(`/counter/${id}/${number}`, fill(WORDS.desk, { number })),
      of(`/evaluator/${id}/${number}`, fill(WORDS.evaluator, { number })),
    ]),
  ];
}

export function show() {
  byId("local").hidden = !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  byId("addresses").replaceChildren(...places().map(rowOf));
  list();
}

function rowOf({ path, text }) {
  const row = clone("address-row");
  const link = row.querySelector("a");
  row.querySelector("th").textContent = text;
  link.textContent = location.origin + path;
  link.href = path;
  return row;
}

async function list() {
  const answer = await api("GET", `/api/v1/halls/${draft.forms.place.id}/devices`);
  if (!answer.ok) return;
  const items = answer.body.devices.map(({ role, counter, label }) => {
    const item = document.createElement("li");
    const what = role === "evaluator" ? fill(WORDS.evaluator, { number: counter }) : WORDS.devices[role];
    item.textContent = label ? `${what} · ${label}` : what;
    return item;
  });
  byId("devices").replaceChildren(...items);
  byId("devices-empty").hidden = items.length > 0;
}

async function pair() {
  const form = panelOf(name);
  clearProblems(form);
  const { pairing: code, label } = readForm(form);
  if (code.trim() === "") return byId("pairing").focus();
  const answer = await api("POST", `/api/v1/halls/${draft.forms.place.id}/devices`, { code, label }, { patienceS: 5 });
  if (!answer.ok) return problemAt(byId("pairing"), answer.problem.title ?? WORDS.unreachable);
  byId("pairing").value = byId("label").value = "";
  list();
}

byId("pair").addEventListener("click", pair);

/** A code that was typed and not sent yet is sent first. */
export async function submit() {
  if (byId("pairing").value.trim() === "") return true;
  await pair();
  return false;
}
