// What was sent to the hall's webhook, and a test of it.

import { api } from "./api.js";
import { HALL, WORDS } from "./admin_data.js";
import { say } from "./dialog.js";
import { clone, dateOf, fill, timeOf } from "./page.js";
import { syncRows, write } from "./rows.js";

const byId = (id) => document.getElementById(id);
const EVERY_MS = 5000;
const SOON_MS = 500; // while a test is on its way
const BADGES = { delivered: "is-confirmed", waiting: "is-warning", given_up: "is-bad" };

let tested = null; // the id of the test whose outcome is waited for
let next;
let shownAt = null;

/** Show how things stand, and again in a while. */
export async function list() {
  clearTimeout(next);
  const answer = await api("GET", `${HALL}/webhook`, undefined, { patienceS: 0 }); // it is asked again soon
  if (answer.ok) show(answer.body);
  const asOf = shownAt === null ? WORDS.unreachable : fill(WORDS.not_listed, { time: timeOf(shownAt) });
  say(byId("list-said"), answer.ok ? "" : asOf, "is-bad");
  next = setTimeout(list, tested === null ? EVERY_MS : SOON_MS);
}

function show({ signed, confidential, messages }) {
  shownAt = new Date();
  byId("no-phones").hidden = confidential || byId("url").dataset.saved === "";
  write(byId("signed"), signed ? WORDS.signed : WORDS.unsigned);
  byId("renew").dataset.signed = signed;
  byId("empty").hidden = messages.length > 0;
  syncRows(byId("messages"), messages, { key: ({ id }) => id, make: () => clone("message"), update });
  const test = messages.find(({ id }) => id === tested);
  if (test === undefined || test.attempts === 0) return;
  tested = null;
  say(byId("try-said"), outcomeOf(test), test.state === "delivered" ? "is-good" : "is-bad");
}

function update(row, message) {
  const made = new Date(message.made_at);
  const [[badge, when], text, how] = [row.children[0].children, row.children[1], row.children[2]];
  write(when, `${dateOf(made)} ${timeOf(made)}`);
  write(text, message.text);
  badge.className = `badge ${BADGES[message.state]}`;
  write(badge, WORDS.message[message.state]);
  write(how, message.state === "delivered" && message.attempts === 1 ? "" : outcomeOf(message));
  how.hidden = how.textContent === "";
}

/** What became of the attempts. */
function outcomeOf({ state, attempts, answer, fault, next_at: nextAt }) {
  if (attempts === 0) return "";
  if (state === "delivered") return fill(WORDS.attempts.delivered, { attempts });
  const why = fill(WORDS.faults[fault] ?? fault, { answer });
  return fill(WORDS.attempts[state], { attempts, why, time: nextAt && timeOf(new Date(nextAt)) });
}

document.addEventListener("visibilitychange", () => !document.hidden && list()); // whoever comes back sees what is

byId("try").addEventListener("click", async () => {
  const button = byId("try");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  say(byId("try-said"), WORDS.trying);
  const answer = await api("POST", `${HALL}/webhook/test`, {}, { patienceS: 5 });
  button.removeAttribute("aria-busy");
  if (answer.ok) tested = answer.body.id;
  else say(byId("try-said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
  await list();
});
