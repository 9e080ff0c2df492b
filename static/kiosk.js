// The kiosk: choose, say whether you come first, take the ticket. Three touches at most.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { connect } from "./live.js";
import { pagedList } from "./kiosk_lists.js";
import { returnPad } from "./kiosk_return.js";
import { serviceFinder } from "./kiosk_services.js";
import { pair, spaced } from "./pairing.js";
import { printNotice, showSlip } from "./slip.js";
import { clone, dateOf, deviceToken, fill, keepDeviceToken, readJson, timeOf, wait, words } from "./page.js";

const HOME_AFTER_MS = 60_000; // nobody touches it: the next citizen finds the first screen
const WARN_BEFORE_S = 15; // and is told so before
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const TYPING_MS = 200;

const WORDS = words();
const $ = (id) => document.getElementById(id);
const { hall, staff, links } = $("kiosk").dataset;
const token = deviceToken() ?? undefined;
const ready = token !== undefined || staff === "yes";

const known = readJson("hall"); // as GET /halls/{hall} had it when the page was made
let board = null;
let estimates = Object.fromEntries(known.queues.map(({ id, estimate }) => [id, estimate]));
let opensAt = known.opens_at;
let alive = false;
let step = "home";
let deserted = false; // nobody has touched the kiosk since it went home by itself
let chosen = null; // {queue} or {service}, what the ticket will be for
let listBack = null; // what "back" does on the list that is shown

const lists = {
  queues: pagedList("queues", WORDS, lock),
  services: pagedList("services", WORDS, lock),
  listed: pagedList("listed", WORDS, lock),
};
const finder = serviceFinder({ hall, token });

// What is on the screen --------------------------------------------------------------------------------------------

/** Show one step and say its title to those who cannot see it. */
function go(next) {
  step = next;
  for (const section of document.querySelectorAll(".step")) section.hidden = section.dataset.step !== next;
  document.querySelector(`[data-step="${next}"] h2`).focus({ preventScroll: true });
  scrollTo(0, 0);
  if (next === "closed") whenItOpens();
}

function goHome() {
  chosen = null;
  lists.queues.show([...queueItems.values()], 0);
  $("qr").removeAttribute("src");
  tell("");
  go(resting());
  draw();
}

/** The citizen has gone; the next one is met in the hall's own language. */
function startOver() {
  deserted = true;
  enlarge(false);
  if (location.search !== "" && alive) return location.replace(location.pathname);
  goHome(); // in whatever language: this page is all there is while the server is away
}

/** The screen that stands when nobody is using the kiosk. */
const resting = () => (!ready ? "unready" : ticketing() ? "home" : "closed");

function tell(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}

/** Whether tickets are issued now, by the server's clock: the kiosk's own may be wrong. */
function ticketing() {
  if (board === null) return known.ticketing_now;
  if (board.closed || !board.ticketing) return false;
  const now = serverNow();
  return now >= Date.parse(board.ticketing[0]) && now < Date.parse(board.ticketing[1]);
}

/** The server's time when it was last heard; it says so every five seconds. */
const serverNow = () => Date.parse(link.status().asOf ?? NaN) || Date.now();

const queueOf = (id) => (board?.queues ?? {})[id] ?? known.queues.find((queue) => queue.id === id);
const queues = () => (board === null ? known.queues : Object.values(board.queues));
const waiting = ({ waiting: count }) => (count === 0 ? WORDS.nobody : fill(WORDS.waiting, { count }));

function draw() {
  drawQueues();
  drawOpening();
  drawClock();
  lock();
}

/** What needs the server is not offered while it is away. */
function lock() {
  for (const button of document.querySelectorAll(".choice, .ways [id^=to-]")) button.disabled = !(alive && ready);
}

/** The hall's time; none rather than one that stands still. */
function drawClock() {
  $("clock").textContent = alive ? timeOf(new Date(serverNow())) : "";
}

/** Each queue keeps its button: one that was replaced under a finger would swallow the press. */
const queueItems = new Map();

function drawQueues() {
  const items = queues().map((queue) => {
    if (!queueItems.has(queue.id)) {
      const item = clone("queue-choice");
      item.firstElementChild.addEventListener("click", () => ask({ queue: queue.id }));
      queueItems.set(queue.id, item);
    }
    return drawQueue(queueItems.get(queue.id), queue);
  });
  lists.queues.show(items);
}

function drawQueue(item, { id, kind, prefix, name, ...queue }) {
  item.querySelector(".queue-mark").dataset.queueKind = kind;
  write(item, ".queue-mark", prefix);
  write(item, "strong", name);
  write(item, ".choice-what", WORDS.kinds[kind]);
  write(item, ".choice-count", waiting(queue));
  write(item, ".choice-time", wait(estimates[id], WORDS));
  return item;
}

function write(item, part, text) {
  const element = item.querySelector(part);
  if (element.textContent !== text) element.textContent = text;
}

function drawOpening() {
  $("opens").textContent = opensAt ? fill(WORDS.opens, whenOf(opensAt)) : WORDS.opens_unknown;
}

function whenOf(instant) {
  const at = new Date(instant);
  return { date: dateOf(at), time: timeOf(at) };
}

// Finding a service ------------------------------------------------------------------------------------------------

let typing = null;
let asked = null;

function searchSoon() {
  clearTimeout(typing);
  typing = setTimeout(search, TYPING_MS);
}

async function search() {
  const query = $("query").value.trim();
  asked = query;
  const answer = await finder.search(query);
  if (asked !== query || step !== "search") return; // somebody typed on, or left
  if (!answer.ok) return tell(answer.problem.title ?? WORDS.lost);
  tell("");
  const { services } = answer.body;
  const count = services.length;
  $("found").textContent = count === 0 ? WORDS.found_none : fill(query === "" ? WORDS.found_all : WORDS.found, { count });
  lists.services.show(services.map(serviceItem), 0);
  if (count > 0) return;
  const elsewhere = await finder.elsewhere(query);
  if (elsewhere === undefined || asked !== query || step !== "search") return;
  $("found").textContent = fill(elsewhere.at === "township" ? WORDS.at_township : WORDS.at_department, elsewhere);
}

function serviceItem(service) {
  const item = clone("service-choice");
  write(item, "strong", service.name);
  write(item, ".choice-what", service.sub_item || service.main_item);
  write(item, ".choice-count", waiting(queueOf(service.queue)));
  item.firstElementChild.addEventListener("click", () => ask({ service }));
  return item;
}

/** A list of its own step: departments, what one of them does, what people come for most. */
function list(title, items, back) {
  $("list-title").textContent = title;
  $("list-empty").hidden = items.length > 0;
  listBack = back;
  lists.listed.show(items, 0);
  go("list");
}

async function toDepartments() {
  const departments = await finder.departments();
  if (departments === null) return tell(WORDS.lost);
  list(WORDS.departments, departments.map(departmentItem), goHome);
}

function departmentItem({ name, services }) {
  const item = clone("department-choice");
  write(item, "strong", name);
  write(item, ".choice-count", fill(WORDS.services_of, { count: services.length }));
  item.firstElementChild.addEventListener("click", () => list(name, services.map(serviceItem), toDepartments));
  return item;
}

async function toPopular() {
  const services = await finder.popular();
  if (services === null) return tell(WORDS.lost);
  list(WORDS.popular, services.map(serviceItem), goHome);
}

function type(text) {
  $("query").value = text;
  searchSoon();
}

function makeKeys() {
  $("letters").append(...[...LETTERS].map((letter) => {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = letter;
    key.addEventListener("click", () => type($("query").value + letter));
    return key;
  }));
}

// Taking a ticket --------------------------------------------------------------------------------------------------

function ask(what) {
  chosen = what;
  const queue = queueOf(what.queue ?? what.service.queue);
  $("ask-title").textContent = what.service?.name ?? queue.name;
  $("about").replaceChildren(...about(what.service, queue));
  $("notice-state").hidden = what.service === undefined;
  sayOfNotice("");
  go("ask");
}

/** What is known of a service before one waits for it. */
function about(service, queue) {
  const parts = [];
  if (service !== undefined) parts.push(...guideOf(service, queue));
  if (alive && board !== null && !estimates[queue.id]) parts.push(line(WORDS.unstaffed));
  return parts;
}

function guideOf(service, queue) {
  const handling = WORDS[service.handling];
  const parts = [line(fill(WORDS.handling, { handling, queue: queue.name, waiting: waiting(queue) }))];
  const { materials = [], ...guide } = service.guide;
  if (materials.length > 0) {
    const bring = document.createElement("ul");
    bring.append(...materials.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    parts.push(line(WORDS.materials), bring);
  } else {
    parts.push(line(WORDS.materials_unknown));
  }
  for (const [name, label] of Object.entries(WORDS.guide)) {
    if (guide[name]) parts.push(line(fill(WORDS.known_of, { label, value: guide[name] })));
  }
  return parts;
}

const line = (text) => Object.assign(document.createElement("p"), { textContent: text });

async function printTheNotice() {
  const { no } = chosen.service;
  $("print-notice").disabled = true;
  sayOfNotice(WORDS.notice_printing);
  const outcome = await printNotice(no, { hall, token });
  $("print-notice").disabled = false;
  if (chosen?.service?.no !== no) return; // the citizen has gone on
  if (outcome.printed) sayOfNotice(WORDS.notice_printed, "is-good");
  else sayOfNotice(fill(WORDS.notice_failed, { title: outcome.title ?? WORDS.lost }), "is-bad");
}

function sayOfNotice(text, kind = "") {
  const said = $("notice-said");
  said.textContent = text;
  said.hidden = text === "";
  said.className = `notice ${kind}`;
}

async function take(priority) {
  if (chosen === null || step !== "ask") return; // pressed twice
  const request = chosen.service ? { service: chosen.service.no } : { queue: chosen.queue };
  if (priority) request.priority = priority;
  go("wait");
  const answer = await api("POST", `/api/v1/halls/${hall}/tickets`, request, { token });
  if (answer.ok) return hand(answer.body);
  goHome();
  const { title } = answer.problem;
  tell(title ? fill(WORDS.refused, { title }) : WORDS.unreachable);
}

function hand(ticket) {
  const { number, queue, ahead, estimate, track } = ticket;
  tell("");
  $("number").textContent = number;
  $("ticket-queue").textContent = queueOf(queue)?.name ?? "";
  $("ahead").textContent = fill(WORDS.ahead, { count: ahead });
  $("estimate").textContent = wait(estimate, WORDS);
  const closes = board?.opening?.at(-1)?.[1];
  const late = closes && estimate && serverNow() + estimate.p90_s * 1000 > Date.parse(closes);
  $("late").hidden = !late;
  if (late) $("late").textContent = fill(WORDS.late, { time: timeOf(new Date(closes)) });
  $("track").hidden = links !== "yes";
  if (links === "yes") $("qr").src = `${track}/qr.svg`;
  go("ticket");
  showSlip(ticket, { hall, token });
  idleFromNow();
}

// Reporting back ---------------------------------------------------------------------------------------------------

function returned({ number, ahead }) {
  tell("");
  $("returned-number").textContent = number;
  $("returned-ahead").textContent = fill(WORDS.returned_ahead, { count: ahead });
  go("returned");
}

const desk = returnPad({
  hall,
  token,
  prefixes: [...new Set(known.queues.map(({ prefix }) => prefix))].sort(),
  onReturned: returned,
  onRefused: ({ title }) => tell(title ? fill(WORDS.return_refused, { title }) : WORDS.lost),
});

// Large type, for this citizen only ----------------------------------------------------------------------------------

function enlarge(on) {
  document.documentElement.dataset.textSize = on ? "large" : "";
  $("larger").setAttribute("aria-pressed", String(on));
}

// Being idle, and the link -----------------------------------------------------------------------------------------

let idle = null;
let leavesAt = Infinity;

function idleFromNow() {
  deserted = false;
  clearTimeout(idle);
  leavesAt = performance.now() + HOME_AFTER_MS;
  idle = setTimeout(() => step !== "wait" && startOver(), HOME_AFTER_MS);
  warn();
}

/** Nobody is sent home without a warning. */
function warn() {
  const left = Math.ceil((leavesAt - performance.now()) / 1000);
  const leaving = left > 0 && left <= WARN_BEFORE_S && !["wait", resting()].includes(step);
  $("countdown").hidden = !leaving;
  if (leaving) $("countdown").textContent = fill(WORDS.leaving, { count: left });
}

/** What the clock changes: opening and closing, by the server's time. */
function tick() {
  drawClock();
  warn();
  if ((step === "home" || step === "closed") && step !== resting()) go(resting());
}

async function whenItOpens() {
  const answer = await api("GET", `/api/v1/halls/${hall}`, undefined, { token });
  if (!answer.ok) return;
  opensAt = answer.body.opens_at;
  drawOpening();
}

function linked({ state }) {
  if (alive === (state === "live")) return;
  alive = state === "live";
  if (!alive && board !== null && ready) tell(WORDS.lost);
  if (alive) tell("");
  if (alive && deserted) startOver();
  draw();
}

makeKeys();
$("to-departments").addEventListener("click", toDepartments);
$("to-popular").addEventListener("click", toPopular);
$("to-return").addEventListener("click", () => {
  tell("");
  desk.begin();
  go("return");
});
$("list-back").addEventListener("click", () => listBack());
$("print-notice").addEventListener("click", printTheNotice);
$("larger").addEventListener("click", () => enlarge($("larger").getAttribute("aria-pressed") !== "true"));
$("to-search").addEventListener("click", () => {
  $("query").value = "";
  go("search");
  search();
});
$("query").addEventListener("input", searchSoon);
$("search").addEventListener("submit", (event) => event.preventDefault());
$("erase").addEventListener("click", () => type($("query").value.slice(0, -1)));
$("clear").addEventListener("click", () => type(""));
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", button.dataset.go === "home" ? goHome : startOver);
}
for (const button of document.querySelectorAll("[data-priority]")) {
  button.addEventListener("click", () => take(button.dataset.priority));
}
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, idleFromNow);

const link = connect({
  url: `/api/v1/halls/${hall}/live`,
  topic: "board",
  token,
  onState(state) {
    board = state.queues ? state : null; // no business day yet: what the page was made with must do
    draw();
  },
  onHint({ queues: waits }) {
    estimates = { ...Object.fromEntries(Object.keys(estimates).map((id) => [id, undefined])), ...waits };
    draw();
  },
  onStatus: banner(linked),
});
goHome();
idleFromNow();
setInterval(tick, 1000);
if (!ready) {
  pair({
    hall,
    role: "kiosk",
    onCode: (code) => ($("pairing-code").textContent = code === null ? WORDS.pairing_waits : spaced(code)),
    onToken(given) {
      if (!keepDeviceToken(given)) location.hash = `token=${given}`;
      location.reload();
    },
  });
}
