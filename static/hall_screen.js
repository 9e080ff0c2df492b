// The hall screen: puts together what it is made of, and looks several times a second which part has something new to show.

import { api } from "./api.js";
import { CallTurns, mayRest } from "./call_turns.js";
import { callsAtATime, showQuiet, showTurn } from "./hall_screen_call.js";
import { chime, chimeFor, isMuted, sound } from "./hall_screen_chime.js";
import { hallCode } from "./hall_screen_code.js";
import { followWindow } from "./hall_screen_layout.js";
import { hallLinks } from "./hall_screen_links.js";
import { dim, isNight, showNight } from "./hall_screen_night.js";
import { counterNotices, renderNotice } from "./hall_screen_notices.js";
import { hallOpening } from "./hall_screen_opening.js";
import { publicPages } from "./hall_screen_public.js";
import { renderQueues } from "./hall_screen_queues.js";
import { renderRows } from "./hall_screen_rows.js";
import { viewOf } from "./hall_screen_view.js";
import { hallScreenVoice } from "./hall_screen_voice.js";
import { gainOf, hallVoice } from "./hall_voice.js";
import { dateOf, deviceToken, fill, readJson, timeOf, words } from "./page.js";
import { write } from "./rows.js";
import { followSetUp } from "./set_up.js";

const TICK_MS = 250;
const TURN_MS = 6000; // a page of queues, a notice
const SET_UP_MS = 180_000; // whoever sets the screen up still stands before it
const LATE_MS = 5000; // a call that comes later than this was missed while the page was away
const CALLED_CAP = 200; // more than any hall has counters
const ASK_NOTICES_MS = 20_000;
const SKEW_MS = 120_000; // a machine's clock that is further off is somebody's concern

const text = words();
const screen = readJson("screen");
const element = (id) => document.getElementById(id);
const { hall, phone, complaint } = element("call").dataset;
const token = deviceToken();

const turns = new CallTurns();
let board = {};
let view = viewOf(screen, board);
let estimates = screen.estimates; // of the moment when the page was made, until the board tells them
let arrived = []; // calls that came since the last tick, [{call, seq}]
let called = []; // every call of the business day that this page has seen, newest last
let written = []; // what the hall's head wrote
let phones = null; // the code for them, where they can reach this server

const links = hallLinks({
  url: `/api/v1/halls/${hall}/live`,
  token,
  onBoard(next) {
    if (board.business_day && next.business_day !== board.business_day) called = []; // numbers start over
    board = next;
    view = viewOf(screen, board);
    opening.follow(board);
    render();
  },
  onHint({ queues = {} }) {
    estimates = queues;
  },
  onCall(call, seq, epoch) {
    arrived.push({ call, seq });
    voice?.add(call, seq, epoch);
  },
  onTest: (id) => voice?.test(id),
  onAlive(alive) {
    if (alive) phones?.again();
    render();
  },
});
const { now } = links;
const opening = hallOpening({ hall, now, text });
const pages = publicPages({ hall, screen, text, queueOf: (id) => view.queues.find((queue) => queue.id === id) });

const voice = hallScreenVoice({ hall, screen, sound, chime, links, board: () => board });

const turn = () => Math.floor(performance.now() / TURN_MS);

/** Take what has come: of several at once, it must be known whether a newer one is among them; and what is where. */
function takeCalls() {
  if (screen.areas.length > 0 && board.counters === undefined) return; // where they are called from is not known yet
  for (const { call, seq } of arrived.splice(0)) {
    called = [...called, call].slice(-CALLED_CAP);
    if (!view.shows(call) || now() >= Date.parse(call.expires_at)) continue;
    turns.add(call, seq, now() - Date.parse(call.called_at) > LATE_MS);
  }
}

// The large panel -----------------------------------------------------------------------------------------------------

function renderPanel() {
  if (links.isAlive() && board.counters !== undefined) turns.dropAnswered(board.counters);
  const shown = turns.at(now(), callsAtATime());
  const isCalling = shown !== null && !(pages.any() && mayRest(shown, now(), board.counters ?? {}));
  const night = !isCalling && board.counters !== undefined && isNight({ opening, view });
  dim(night);
  if (isCalling) {
    pages.leave();
    if (!showTurn(shown, view)) return;
    shown.calls.forEach(({ seq }) => links.ack(seq));
    if (voice === null) chimeFor(shown.calls, gainOf(hallVoice(board).volumeAt(now()))); // else it opens what is said
  } else if (night) {
    pages.leave();
    showNight({ ...closed(), clock: timeOf(new Date(now())), date: dateOf(new Date(now())) });
  } else if (pages.any() && links.isAlive() && board.counters !== undefined) {
    pages.show();
  } else {
    showQuiet(quiet());
  }
}

/** What to say while nobody is called: {title, more}. */
function quiet() {
  if (!board.counters) return { title: text.no_day, more: text.no_day_more };
  if (!opening.isOpen()) {
    const { title, next } = closed();
    return { title, more: next };
  }
  const any = view.counters.some(({ state }) => state !== "closed");
  return any ? { title: text.idle, more: text.idle_more } : { title: text.no_counter, more: text.no_counter_more };
}

/** {title, next, lines}: that it is closed, when it opens, and what is good to know until then. */
function closed() {
  const lines = opening.hoursTexts();
  if (phone) lines.push(fill(text.phone, { phone }));
  if (complaint) lines.push(fill(text.complaint_phone, { phone: complaint }));
  return { title: board.closed ? text.ended : text.closed, next: opening.nextText(), lines };
}

// What stands around it -----------------------------------------------------------------------------------------------

/** The code takes its room from the queues, never from a call. */
function renderCode() {
  const code = links.isAlive() && opening.isIssuing() ? (phones?.text() ?? null) : null;
  write(element("code-text"), code ?? "");
  element("code").hidden = code === null;
  document.documentElement.toggleAttribute("data-code", code !== null);
}

function notices() {
  const lines = [...counterNotices(view.counters, now(), text), ...written];
  const pairing = phones?.pairing() ?? null;
  if (pairing !== null) lines.push(fill(text.let_in, { code: pairing }));
  if (!element("code").hidden) lines.push(fill(text.by_hand, { address: element("code").dataset.address }));
  const skewMs = Math.abs(Date.now() - now());
  if (links.isAlive() && skewMs > SKEW_MS) lines.push(fill(text.clock_wrong, { minutes: Math.round(skewMs / 60_000) }));
  if (isMuted() && performance.now() < SET_UP_MS) lines.push(text.sound_off);
  return lines.length > 0 || document.documentElement.hasAttribute("data-night") ? lines : [text.courtesy];
}

function render() {
  takeCalls();
  renderCode();
  renderQueues({ queues: view.queues, estimates, turn: turn(), text });
  renderNotice(notices(), turn());
  renderPanel(); // now that its room is known
  renderRows({ board, view, called, now: now() });
  write(element("clock"), timeOf(new Date(now())));
  write(element("date"), dateOf(new Date(now())));
}

/** What the hall's head wrote for everybody, and whether phones take tickets; it may change while the wall stands. */
async function readNotices() {
  const answer = await api("GET", `/screen/${hall}/notices`, undefined, { patienceS: 0 });
  if (!answer.ok) return;
  written = answer.body.notices;
  phones?.want(answer.body.phones);
}

/** Whether nobody misses anything while the page opens anew; in a busy hall some call is always unexpired. */
function isIdle() {
  const { shown } = turns;
  return !turns.isBusy && !voice?.isSpeaking() && (shown === null || mayRest(shown, now(), board.counters ?? {}));
}

// ---------------------------------------------------------------------------------------------------------------------

followWindow(screen.layout, render);
if (element("code").dataset.address !== "") {
  phones = hallCode({ hall, token, changed: render });
  element("code").prepend(phones.picture);
  phones.picture.alt = text.qr;
}
followSetUp(`/screen/${hall}/set-up?screen=${screen.id}`, screen.version, isIdle);
setInterval(render, TICK_MS);
setInterval(readNotices, ASK_NOTICES_MS);
render();
readNotices();
