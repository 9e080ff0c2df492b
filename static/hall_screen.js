// The hall screen: the current call, the newest of each counter, who waits, and what is paused.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { CallTurns, pageOf, recentCalls, runsOf } from "./call_turns.js";
import { hallCode } from "./hall_screen_code.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";
import { clone, dateOf, deviceToken, fill, timeOf, words } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);
const hall = `/api/v1/halls/${element("call").dataset.hall}`;

const TICK_MS = 250;
const TURN_MS = 6000; // a page of queues, a notice
const SET_UP_MS = 180000; // whoever sets the screen up still stands before it
const ASK_OPENING_MS = 60000;
const LATE_MS = 5000; // a call that comes later than this was missed while the page was away
const CALLED_CAP = 200; // more than any hall has counters
const ASK_NOTICES_MS = 20000;
const QUEUES_A_PAGE = 6;
const QUEUES_BESIDE_CODE = 4;

const turns = new CallTurns();
let board = {};
let called = []; // every call of the business day that this page has seen, newest last
let hallNotices = []; // what the hall's head wrote
let opensAt = null; // the next opening as the server sees it, asked for when the board does not know it
let askedAt = -Infinity;
let alive = false;
let phones = null; // the code for them, where they can reach this server

// Links ---------------------------------------------------------------------------------------------------------------

const showStatus = banner();
const statuses = {};

/** Of two links the worse one speaks: what is shown is only as alive as both. */
function follow(name, status) {
  statuses[name] = status;
  const rank = { stopped: 3, lost: 2, connecting: 1, live: 0 };
  const worst = Object.values(statuses).sort((a, b) => rank[b.state] - rank[a.state])[0];
  if (worst.state === "live" && !alive) phones?.again();
  alive = worst.state === "live";
  showStatus(worst);
  renderCode();
}

const boardLink = connect({
  url: `${hall}/live`,
  topic: "board",
  onState(next) {
    if (board.business_day && next.business_day !== board.business_day) called = []; // numbers start over
    if (hours(next) !== hours(board)) askedAt = -Infinity;
    board = next;
    render();
  },
  onStatus: (status) => follow("board", status),
});

let callsLink = null;
function connectCalls(token) {
  callsLink?.close();
  callsLink = connect({
    url: `${hall}/live`,
    topic: "calls",
    token: token ?? undefined,
    onCall: take,
    onStatus(status) {
      if (status.state === "stopped" && token) connectCalls(null); // a revoked screen is still a screen
      else follow("calls", status);
    },
  });
}

/** Shown at the next tick: of several that come at once, it must be known whether a newer one is among them. */
function take(call, seq) {
  called = [...called, call].slice(-CALLED_CAP);
  const at = now();
  if (at < Date.parse(call.expires_at)) turns.add(call, seq, at - Date.parse(call.called_at) > LATE_MS);
}

const now = () => hallNow(boardLink);

// The current call ----------------------------------------------------------------------------------------------------

let told = null; // what the large panel says

function renderCall() {
  const shown = turns.at(now());
  if (shown !== null) {
    if (told === shown) return;
    told = shown;
    showCall(shown.call);
    callsLink.ack(shown.seq);
    chime();
    return;
  }
  const { title, more } = quiet();
  if (told === title + more) return;
  told = title + more;
  const idle = clone("call-idle");
  idle.querySelector(".wall-call-title").textContent = title;
  idle.querySelector(".wall-call-more").textContent = more;
  element("call").replaceChildren(idle);
  delete element("call").dataset.calling;
}

function showCall({ number, queue, counter, counter_name: name, recall }) {
  const panel = clone("call-shown");
  writeMark(panel.querySelector(".queue-mark"), board.queues?.[queue]);
  panel.querySelector(".wall-call-number .ticket-number").textContent = number;
  panel.querySelector(".wall-call-counter .ticket-number").textContent = counter;
  panel.querySelector(".wall-call-what").textContent = name;
  panel.querySelector(".wall-call-again").hidden = recall === 0;
  element("call").replaceChildren(panel);
  element("call").dataset.calling = "";
}

/** What to say while nobody is called: {title, more}. */
function quiet() {
  if (!board.counters) return { title: text.no_day, more: text.no_day_more };
  if (!isOpen()) return { title: board.closed ? text.ended : text.closed, more: nextOpening() };
  const any = Object.values(board.counters).some((counter) => counter.state !== "closed");
  return any ? { title: text.idle, more: text.idle_more } : { title: text.no_counter, more: text.no_counter_more };
}

function isOpen() {
  const at = now();
  return !board.closed && board.opening.some(([start, end]) => Date.parse(start) <= at && at < Date.parse(end));
}

function nextOpening() {
  const starts = board.closed ? [] : board.opening.map(([start]) => start);
  const later = starts.find((start) => Date.parse(start) > now());
  if (later === undefined) askOpening();
  const opens = later ?? opensAt;
  if (!opens || Date.parse(opens) <= now()) return text.opens_unknown;
  const date = new Date(opens);
  return fill(text.opens, { date: dateOf(date), time: timeOf(date) });
}

const hours = ({ closed, opening }) => JSON.stringify([closed, opening]);

async function askOpening() {
  if (performance.now() - askedAt < ASK_OPENING_MS) return;
  askedAt = performance.now();
  const answer = await api("GET", hall);
  if (answer.ok) opensAt = answer.body.opens_at ?? null;
}

// What stands around it -----------------------------------------------------------------------------------------------

function render() {
  renderCode(); // first: what is left of the room is measured below
  renderCall();
  renderRecent();
  renderQueues();
}

/** The code takes its room from the queues, never from a call. */
function renderCode() {
  const code = alive && issuing() ? (phones?.text() ?? null) : null;
  write(element("code-text"), code ?? "");
  if (element("code").hidden === (code === null)) return;
  element("code").hidden = code === null;
  document.documentElement.toggleAttribute("data-code", code !== null);
  renderQueues(); // fewer at a time
  renderRecent(); // in what room is left
}

function issuing() {
  const [from, until] = (board.ticketing ?? []).map(Date.parse);
  return !board.closed && from <= now() && now() < until;
}

function renderRecent() {
  const list = element("recent");
  const rows = recentCalls(board.counters ?? {}, called);
  syncRows(list, rows.slice(0, capacity(list)), {
    key: ({ counter, called_at }) => `${counter} ${called_at}`,
    make: () => clone("recent-row"),
    update(row, { counter, number }) {
      writeMark(row.querySelector(".queue-mark"), queueOf(number));
      write(row.querySelector(".ticket-number"), number);
      write(row.querySelector(".wall-recent-counter"), fill(text.counter, { counter }));
    },
  });
  element("recent-empty").hidden = rows.length > 0;
}

/** How many whole rows fit; one until there is one to measure. */
function capacity(list) {
  const row = list.firstElementChild?.getBoundingClientRect().height;
  return row ? Math.max(1, Math.floor(list.clientHeight / row)) : 1;
}

/** The queue whose letters stand before a number. */
function queueOf(number) {
  const letters = number.replace(/\d+$/, "");
  return Object.values(board.queues ?? {}).find(({ prefix }) => prefix === letters);
}

function renderQueues() {
  const room = element("code").hidden ? QUEUES_A_PAGE : QUEUES_BESIDE_CODE;
  const shown = pageOf(Object.values(board.queues ?? {}), room, turn());
  element("queues").dataset.count = shown.length;
  syncRows(element("queues"), shown, {
    key: (queue) => queue.id,
    make: () => clone("queue-cell"),
    update(cell, queue) {
      writeMark(cell.querySelector(".queue-mark"), queue);
      write(cell.querySelector(".wall-queue-name"), queue.name);
      write(cell.querySelector(".wall-queue-waiting").lastElementChild, fill(text.waiting, queue));
    },
  });
}

const turn = () => Math.floor(performance.now() / TURN_MS);

function renderNotice() {
  const notices = [...counterNotices(), ...hallNotices];
  const pairing = phones?.pairing() ?? null;
  if (pairing !== null) notices.push(fill(text.let_in, { code: pairing }));
  if (!element("code").hidden) notices.push(fill(text.by_hand, { address: element("code").dataset.address }));
  if (sound?.state === "suspended" && performance.now() < SET_UP_MS) notices.push(text.sound_off);
  write(element("notice"), pageOf(notices.length > 0 ? notices : [text.courtesy], 1, turn())[0]);
}

/** What the hall's head wrote for everybody, and whether phones take tickets; it may change while the wall stands. */
async function readNotices() {
  const answer = await api("GET", `/screen/${element("call").dataset.hall}/notices`, undefined, { patienceS: 0 });
  if (!answer.ok) return;
  hallNotices = answer.body.notices;
  phones?.want(answer.body.phones);
}

function counterNotices() {
  const counters = Object.values(board.counters ?? {});
  const notices = counters
    .filter(({ state }) => state === "away" || state === "paused")
    .map(({ number, state, back_at: back }) => {
      return fill(text[state], { counter: number, back: back && timeOf(new Date(back)) });
    });
  const closed = counters.filter(({ state }) => state === "closed").map(({ number }) => number);
  if (closed.length > 0 && closed.length < counters.length) {
    const runs = runsOf(closed).map(([first, last]) => (first === last ? first : `${first}–${last}`));
    notices.push(fill(text.closed_counters, { counters: runs.join(text.listing) }));
  }
  return notices;
}

function renderClock() {
  const date = new Date(now());
  write(element("clock"), timeOf(date));
  write(element("date"), dateOf(date));
}

// The chime -----------------------------------------------------------------------------------------------------------

const sound = new URLSearchParams(location.search).get("chime") === "off" ? null : new AudioContext();

/** Two falling notes. Silent until the browser allows sound: set it to, or touch the screen once. */
function chime() {
  if (sound?.state !== "running") return;
  [659, 523].forEach((pitch, place) => {
    const start = sound.currentTime + place * 0.35;
    const note = new OscillatorNode(sound, { frequency: pitch });
    const volume = new GainNode(sound, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.4, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
    note.connect(volume).connect(sound.destination);
    note.start(start);
    note.stop(start + 1);
  });
}

for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => sound?.resume());
}

// ---------------------------------------------------------------------------------------------------------------------

function tick() {
  render();
  renderNotice();
  renderClock();
}

const token = deviceToken();
connectCalls(token);
if (element("code").dataset.address !== "") {
  phones = hallCode({ hall: element("call").dataset.hall, token, changed: renderCode });
  element("code").prepend(phones.picture);
  phones.picture.alt = text.qr;
}
addEventListener("resize", render);
setInterval(tick, TICK_MS);
setInterval(readNotices, ASK_NOTICES_MS);
tick();
readNotices();
