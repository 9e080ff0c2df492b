// The enquiry desk 咨询导引: what is asked for, who waits, who was missed; by keys alone where one likes.

import { api } from "./api.js";
import { changed, element, guide, hall, live, now, onChange, tickets, text, waited, whatFor, writePriority } from "./guide_desk.js";
import { askForQueue, askForService } from "./guide_issue.js";
import { askPaper } from "./guide_paper.js";
import { act, openTicket } from "./guide_ticket.js";
import { clone, fill, timeOf } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";
import { followSetUp } from "./set_up.js";

const TYPING_MS = 200;
const MOST = 8; // found items that are shown
const HEAD = 60; // of those who wait; more would not be read, and whoever asks is found by number
const NUMBER = /^([a-z]+)(\d{1,4})$/i;
const KEYS = { y: "confirm-priority", x: "withdraw-priority", b: "return", p: "reprint", u: "urgent" };
const LISTS = { l: "waiting", m: "absent" };

let asked = ""; // what was typed last
let services = []; // what was found for it
let typing = null;

// Finding ---------------------------------------------------------------------------------------------------------------

element("find").addEventListener("input", ({ target }) => {
  clearTimeout(typing);
  typing = setTimeout(() => find(target.value.trim()), TYPING_MS);
});

async function find(query) {
  asked = query;
  const answer = query === "" || NUMBER.test(query) ? null
    : await api("GET", `${hall}/services?q=${encodeURIComponent(query)}`, undefined, { patienceS: 5 });
  if (asked !== query) return; // something else was typed meanwhile
  services = answer?.ok ? answer.body.services.slice(0, MOST) : [];
  drawFound();
  const failed = answer !== null && !answer.ok;
  if (failed) tell(answer.problem.title ?? text[answer.problem.code]);
}

/** The number "A012" that was typed as "a12"; undefined when it is none. */
function typedNumber() {
  const [, letters, digits] = NUMBER.exec(asked) ?? [];
  return letters && letters.toUpperCase() + digits.padStart(3, "0");
}

function drawFound() {
  const number = typedNumber();
  const numbered = number ? tickets().filter((ticket) => ticket.number === number) : [];
  const rows = [...numbered.map((ticket) => ({ key: ticket.id, ticket })), ...services.map((service) => ({ key: service.no, service }))];
  syncRows(element("found"), rows, {
    key: ({ key }) => key,
    make: () => opens(clone(number ? "row" : "service-row"), openFound),
    update: (row, { ticket, service }) => (ticket ? writeTicket(row, ticket) : writeService(row, service)),
  });
  if (number && numbered.length === 0) tell(fill(text.no_number, { number }));
  else tell(asked !== "" && rows.length === 0 ? text.nothing : "");
}

function tell(words) {
  element("found-none").hidden = words === "";
  write(element("found-none"), words);
}

function openFound(key) {
  const service = services.find(({ no }) => String(no) === key);
  if (service) askForService(service);
  else openById(key);
}

function writeService(row, { name, queue, handling }) {
  writeMark(row.querySelector(".queue-mark"), guide.queues[queue]);
  write(row.querySelector(".guide-what"), name);
  write(row.querySelector(".guide-wait"), text.handling[handling]);
}

// Who waits, and who was missed -------------------------------------------------------------------------------------------

function writeTicket(row, ticket) {
  writeMark(row.querySelector(".queue-mark"), guide.queues[ticket.queue]);
  write(row.querySelector(".ticket-number"), ticket.number);
  write(row.querySelector(".guide-what"), ticket.state === "absent" ? absence(ticket) : whatFor(ticket));
  const place = ticket.counter ? fill(text.row_at, ticket) : "";
  write(row.querySelector(".guide-wait"), ticket.state === "waiting" ? waited(ticket) : `${text.states[ticket.state]} ${place}`);
  writePriority(row.querySelector(".badge"), ticket);
}

const absence = ({ absences }) => fill(text.row_absent, { absences, most: guide.absences_until_void });

function openById(id) {
  const ticket = tickets().find((each) => each.id === id);
  if (ticket) openTicket(ticket);
}

function opens(row, open) {
  row.firstElementChild.addEventListener("click", ({ detail }) => {
    if (detail < 2) open(row.dataset.key);
  });
  return row;
}

const turn = ({ urgent, effective_at: at, number }) => `${urgent ? 0 : 1}${at}${number}`;

function drawList(name, entries) {
  write(element(`${name}-count`), String(entries.length));
  element(`${name}-none`).hidden = entries.length > 0;
  const more = entries.length - HEAD;
  element(`${name}-more`).hidden = more <= 0;
  write(element(`${name}-more`), fill(text.more, { count: more }));
  syncRows(element(name), entries.slice(0, HEAD), { key: ({ id }) => id, make: () => opens(clone("row"), openById), update: writeTicket });
}

function draw() {
  write(element("clock"), timeOf(new Date(now())));
  const all = tickets();
  const waiting = all.filter(({ state }) => state === "waiting").sort((a, b) => (turn(a) < turn(b) ? -1 : 1));
  drawList("waiting", waiting);
  drawList("absent", all.filter(({ state }) => state === "absent"));
  for (const button of element("queues").children) {
    const count = waiting.filter(({ queue }) => queue === button.dataset.queue).length;
    write(button.querySelector("[data-waiting]"), fill(text.waiting_count, { count }));
    button.disabled = !live();
  }
  if (typedNumber()) drawFound();
}

// Hands ---------------------------------------------------------------------------------------------------------------------

for (const button of element("queues").children) {
  const id = button.dataset.queue;
  button.addEventListener("click", ({ detail }) => detail < 2 && askForQueue({ id, ...guide.queues[id] }));
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  const key = event.key.toLowerCase();
  const focused = document.activeElement;
  if (key.startsWith("arrow")) return move(event, focused, { arrowdown: 1, arrowup: -1 }[key]);
  if (focused === element("find") && key === "enter") return press(event, () => element("found").querySelector("button")?.click());
  if (focused === element("find") && key === "escape") return focused.blur();
  if (focused.matches("input:not([type=radio]), select, textarea") && !focused.closest("dialog:not([open])")) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog !== null) {
    if (dialog.id === "ticket-dialog" && KEYS[key]) press(event, () => act(KEYS[key]));
  } else if (key === "e") press(event, askPaper);
  else if (key === "/") press(event, () => element("find").select());
  else if (LISTS[key]) press(event, () => element(LISTS[key]).querySelector("button")?.focus());
  else if (key >= "1" && key <= "9") press(event, () => element("queues").children[Number(key) - 1]?.click());
});

function press(event, does) {
  event.preventDefault();
  does();
}

function move(event, focused, step) {
  const list = focused === element("find") ? element("found") : focused.closest(".guide-rows");
  if (!list || !step || document.querySelector("dialog[open]")) return;
  const buttons = [...list.querySelectorAll("button")];
  (buttons[buttons.indexOf(focused) + step] ?? (step < 0 && list.id === "found" ? element("find") : null))?.focus();
  event.preventDefault();
}

element("sign-out").addEventListener("click", async () => {
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) location.assign("/");
});

onChange(draw);
setInterval(changed, 5000);
followSetUp(`/guide/${guide.hall.id}/set-up`, guide.version, () => live() && element("find").value === "");
