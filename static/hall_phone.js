// A citizen's phone in the hall: choose, read, take the ticket, go on to its own page.

import { api, newKey } from "./api.js";
import { openDialog } from "./dialog.js";
import { hallBoard } from "./hall_board.js";
import { about } from "./hall_phone_about.js";
import { kept } from "./hall_phone_kept.js";
import { myTickets } from "./hall_phone_mine.js";
import { searching } from "./hall_phone_search.js";
import { hallWaits } from "./hall_waits.js";
import { clone, dateOf, fill, readJson, timeOf, words } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

const SLOW_MS = 2500;
const TICK_MS = 1000;

const text = words();
const made = readJson("hall");
const entry = readJson("entry");
const hall = made.id;
const $ = (id) => document.getElementById(id);

const memory = kept(hall);
const mine = myTickets({ hall, tickets: memory.tickets, states: text.states });
const board = hallBoard({ made });
const waits = hallWaits(board, text);
let code = codeGiven();
let off = entry.state === "not_allowed";
let step = null;
let chosen = null; // {queue} or {service}: what the ticket will be for
let opensAt = made.opens_at;

// The code ----------------------------------------------------------------------------------------------------------

/** The code in the address, if it is good, or the one that this tab came with; null without one. */
function codeGiven() {
  const address = new URL(location);
  const given = address.searchParams.get("code");
  if (given !== null) {
    address.searchParams.delete("code"); // nobody reads it off the phone, and no history keeps it
    history.replaceState(history.state, "", address);
    for (const link of document.querySelectorAll("a[hreflang]")) link.search = withoutCode(link.search);
  }
  if (entry.state === "good") {
    const good = given.replace(/\s/g, "");
    memory.code.write(good);
    return good;
  }
  if (entry.state === "code_wrong") memory.code.write(null);
  return memory.code.read();
}

function withoutCode(search) {
  const query = new URLSearchParams(search);
  query.delete("code");
  return `?${query}`;
}

// What is on the screen ---------------------------------------------------------------------------------------------

/** Show one step and say its title to those who cannot see it. */
function go(next) {
  if (step === next) return;
  const first = step === null;
  step = next;
  for (const section of document.querySelectorAll("[data-step]")) section.hidden = section.dataset.step !== next;
  $("hall-phone").dataset.at = next;
  if (next === "closed") sayWhenItOpens();
  if (first) return; // a page that has just opened is read from its top
  document.querySelector(`[data-step="${next}"] h2`).focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Where whoever has chosen nothing yet finds himself. */
const resting = () => (off ? "off" : !board.ticketing() ? "closed" : code === null ? "code" : "home");

function tell(said) {
  $("problem").textContent = said;
  $("problem").hidden = said === "";
  if (said !== "") scrollTo(0, 0);
}

function draw() {
  if (step === "ask") $("about").replaceChildren(...about(subject(), { board, waits, text }));
  else if (!["full", "taking", resting()].includes(step)) go(resting());
  drawQueues();
  lock();
}

function drawQueues() {
  syncRows($("queues"), board.queues(), {
    key: ({ id }) => id,
    make() {
      const item = clone("queue-choice");
      item.firstElementChild.addEventListener("click", () => ask({ queue: item.dataset.key }));
      return item;
    },
    update(item, queue) {
      writeMark(item.querySelector(".queue-mark"), queue);
      write(item.querySelector("strong"), queue.name);
      write(item.querySelector(".choice-what"), text.kinds[queue.kind]);
      write(item.querySelector(".choice-count"), waits.waiting(queue));
      write(item.querySelector(".choice-time"), waits.howLongIn(queue, board.estimateOf(queue.id)));
      item.firstElementChild.classList.toggle("is-full", board.used(queue) !== null);
    },
  });
}

/** What needs the server is not offered while it is away. */
function lock() {
  for (const button of document.querySelectorAll(".choice, #take-it, #another")) button.disabled = !board.isAlive();
}

/** The hall opens and closes by its own clock. */
function tick() {
  if (["home", "closed"].includes(step) && step !== resting()) draw();
}

async function sayWhenItOpens() {
  const say = () => {
    const at = new Date(opensAt);
    write($("opens"), opensAt ? fill(text.opens, { date: dateOf(at), time: timeOf(at) }) : text.opens_unknown);
  };
  say();
  const answer = await api("GET", `/api/v1/halls/${hall}`);
  if (answer.ok) opensAt = answer.body.opens_at;
  say();
}

// Choosing ----------------------------------------------------------------------------------------------------------

const subject = () => ({ queue: board.queueOf(chosen.queue ?? chosen.service.queue), service: chosen.service });

function ask(what) {
  chosen = what;
  tell("");
  const { queue, service } = subject();
  history.pushState(null, ""); // so that the phone's own way back leads to the list
  const full = board.used(queue);
  if (full === null) {
    write($("ask-title"), service?.name ?? queue.name);
    go("ask");
  } else {
    write($("full-title"), fill(text.full_title, { queue: queue.name }));
    write($("full-again"), waits.moreLater(full));
    go("full");
  }
  draw();
}

function home() {
  chosen = null;
  $("another-dialog").close();
  $("take").reset();
  go(resting());
  draw();
}

// Taking ------------------------------------------------------------------------------------------------------------

let asking = false;

/** Take the ticket, after a question when this phone has one of the same queue. */
async function take() {
  if (asking || step !== "ask") return; // pressed twice
  asking = true;
  $("take-it").setAttribute("aria-busy", "true");
  const open = await mine.look();
  $("take-it").removeAttribute("aria-busy");
  asking = false;
  if (step !== "ask") return; // gone back meanwhile
  const same = open.find(({ queue }) => queue === subject().queue.id);
  if (same === undefined) return send(commandNow());
  openDialog("another");
  write($("another-title"), fill(text.another, { number: same.number, state: text.states[same.state] }));
  $("another-track").href = same.track;
}

function commandNow() {
  const request = { ...(chosen.service ? { service: chosen.service.no } : { queue: chosen.queue }), code };
  const priority = new FormData($("take")).get("priority");
  if (priority) request.priority = priority;
  return { key: newKey(), request };
}

/** Send a command until it is answered, across reloads of the page: whether there is a ticket must become known. */
async function send(command) {
  memory.command.write(command);
  write($("slow"), "");
  go("taking");
  const slow = setTimeout(() => write($("slow"), text.slow), SLOW_MS);
  const { key, request } = command;
  const answer = await api("POST", `/api/v1/halls/${hall}/tickets`, request, { key, patienceS: Infinity });
  clearTimeout(slow);
  memory.command.write(null);
  if (!answer.ok) return refused(answer.problem, request);
  mine.took(answer.body);
  location.replace(answer.body.track); // the way back leads past this page's question
}

function refused(problem, request) {
  if (problem.code === "code_wrong") {
    code = null;
    memory.code.write(null);
  }
  off = problem.code === "not_allowed";
  const queue = board.queueOf(request.queue ?? problem.queue)?.name ?? "";
  home();
  if (!["ticketing_closed", "day_closed", "not_allowed"].includes(problem.code)) tell(excuse(problem, queue));
}

function excuse({ code: why, title, wait_s: waitS }, queue) {
  if (why in text && typeof text[why] === "string") return fill(text[why], { queue, minutes: Math.ceil(waitS / 60) });
  return fill(text.refused, { title });
}

// -------------------------------------------------------------------------------------------------------------------

board.follow({ changed: draw, linked: draw });
searching({ hall, board, waits, text, chosen: (service) => ask({ service }), drawn: lock });
$("take").addEventListener("submit", (event) => {
  event.preventDefault();
  take();
});
$("another").addEventListener("click", () => {
  $("another-dialog").close();
  send(commandNow());
});
for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", () => history.back());
addEventListener("popstate", () => ["ask", "full"].includes(step) && home());
addEventListener("pageshow", (event) => event.persisted && location.reload()); // what it showed is long past

const unanswered = memory.command.read();
draw();
if (unanswered !== null) send(unanswered);
else if (["code_wrong", "too_many"].includes(entry.state)) tell(excuse({ code: entry.state, ...entry }, ""));
mine.look();
setInterval(tick, TICK_MS);
