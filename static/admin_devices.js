// Devices: let in by the code on their screen, shut out for good.

import { api } from "./api.js";
import { HALL, WORDS } from "./admin_data.js";
import { say } from "./dialog.js";
import { clearProblems, problemAt } from "./fields.js";
import { clone, dateOf, fill, timeOf } from "./page.js";
import { syncRows, write } from "./rows.js";

const byId = (id) => document.getElementById(id);

function nameOf({ role, counter, label }) {
  const name = role === "evaluator" ? fill(WORDS.evaluator, { number: counter }) : WORDS.devices[role];
  return label ? `${name} · ${label}` : name;
}

async function list() {
  const answer = await api("GET", `${HALL}/devices`);
  if (!answer.ok) return say(byId("said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
  const { devices } = answer.body;
  byId("empty").hidden = devices.length > 0;
  syncRows(byId("devices"), devices, { key: ({ id }) => id, make, update });
}

function make() {
  const row = clone("device");
  row.querySelector("button").addEventListener("click", () => shutOut(row.dataset.key));
  return row;
}

function update(row, device) {
  write(row.querySelector("strong"), nameOf(device));
  const seen = device.last_seen_at && new Date(device.last_seen_at);
  write(row.querySelector(".soft"), seen ? fill(WORDS.seen, { date: dateOf(seen), time: timeOf(seen) }) : WORDS.never);
}

async function shutOut(id) {
  const answer = await api("DELETE", `${HALL}/devices/${id}`);
  say(byId("said"), answer.ok ? WORDS.shut_out : (answer.problem.title ?? WORDS.unreachable), answer.ok ? "is-good" : "is-bad");
  await list();
}

byId("pair-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector(".button-primary");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  clearProblems(form);
  const body = { code: byId("code").value, label: byId("label").value.trim() };
  const answer = await api("POST", `${HALL}/devices`, body, { patienceS: 5 });
  button.removeAttribute("aria-busy");
  if (!answer.ok) return problemAt(byId("code"), answer.problem.title ?? WORDS.unreachable);
  form.reset();
  say(form.querySelector("[data-message]"), fill(WORDS.let_in, { device: nameOf(answer.body) }), "is-good");
  await list();
});

byId("announcer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = byId("announcer").querySelector("button");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", `${HALL}/devices`, { role: "announcer", label: byId("announcer-label").value.trim() });
  button.removeAttribute("aria-busy");
  if (answer.ok) say(byId("said"), fill(WORDS.token, { device: nameOf(answer.body), token: answer.body.token }), "is-good");
  else say(byId("said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
  if (answer.ok) byId("announcer").reset();
  await list();
});

for (const line of document.querySelectorAll("[data-address]")) line.textContent = location.origin + line.dataset.address;

list();
