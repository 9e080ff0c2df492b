// The screen over a counter: the number that is called or served, what the counter is doing otherwise, and who sits there.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { faceOf, partsOf } from "./counter_face.js";
import { counterSign } from "./counter_sign.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";
import { dateOf, deviceToken, fill, timeOf, words } from "./page.js";
import { write } from "./rows.js";
import { followSetUp } from "./set_up.js";
import { writeSized } from "./text_width.js";
import { keepAwake } from "./wake_lock.js";

const TICK_MS = 500;
const ASK_OPENING_MS = 60000;

const text = words();
const element = (id) => document.getElementById(id);
const { hall, counter, timeout, version } = element("face").dataset;
const here = `/screen/${hall}/${counter}`;

let state = null; // of topic counter.{n}; null until it was heard
let alive = false;
let opening = {}; // {open_now, opens_at?} of the hall, while the counter is closed
let askedAt = -Infinity;
let link = null;

// The face ----------------------------------------------------------------------------------------------------------

function draw() {
  const now = hallNow(link);
  const face = faceOf(state, now, timeout * 1000);
  if (face.kind === "closed") askOpening();
  if (state?.number !== undefined) write(element("number"), String(state.number));
  if (state?.name !== undefined) writeSized(element("name"), state.name);
  element("face").dataset.kind = face.kind;
  drawNumber(face);
  writeSized(element("title"), titleOf(face));
  write(element("more"), alive || state === null ? moreOf(face, now) : text.ask);
  write(element("time"), timeOf(new Date(now)));
}

const LARGE = new Set(["called", "serving"]);

/** A call, and each repeated one, comes in anew. */
function drawNumber({ kind, number, again }) {
  const shown = LARGE.has(kind) ? number : "";
  const call = `${shown} ${again ?? ""}`;
  if (element("called").dataset.call === call) return;
  element("called").dataset.call = call;
  const [letters, digits] = partsOf(shown);
  const next = element("called").cloneNode(true); // an element that is new moves in by itself
  next.hidden = shown === "";
  next.classList.toggle("arrives", kind === "called");
  next.style.setProperty("--characters", Math.max(shown.length, 1));
  next.style.setProperty("--line", Math.max(letters.length, digits.length, 1));
  next.querySelector(".face-letters").textContent = letters;
  next.querySelector(".face-digits").textContent = digits;
  element("called").replaceWith(next);
}

function titleOf({ kind, number, again }) {
  return fill(kind === "called" && again > 0 ? text.titles.again : text.titles[kind], { number });
}

function moreOf({ kind, number, until }, now) {
  if (kind === "closed") return openingOf(now);
  const waits = number !== undefined && (kind === "away" || kind === "paused");
  const more = text.more[kind + (until === undefined ? "" : "_until") + (waits ? "_with" : "")];
  return fill(more, { number, time: until && timeOf(new Date(until)) });
}

/** When a counter that is closed is open again, as far as anybody can know: with its hall. */
function openingOf(now) {
  if (opening.open_now) return text.more.closed;
  if (!opening.opens_at || Date.parse(opening.opens_at) <= now) return text.more.opens_unknown;
  const date = new Date(opening.opens_at);
  return fill(text.more.opens, { date: dateOf(date), time: timeOf(date) });
}

async function askOpening() {
  if (!alive || performance.now() - askedAt < ASK_OPENING_MS) return;
  askedAt = performance.now();
  const answer = await api("GET", `/api/v1/halls/${hall}`);
  if (answer.ok) opening = answer.body;
  draw();
}

// The link ------------------------------------------------------------------------------------------------------------

const showStatus = banner((status) => (alive = status.state === "live"));

function follow(token) {
  link?.close();
  link = connect({
    url: `/api/v1/halls/${hall}/live`,
    topic: `counter.${counter}`,
    token: token ?? undefined,
    onState(next, { seq }) {
      if (next.state !== state?.state) askedAt = -Infinity; // closed just now, or for another reason
      state = next;
      tick();
      if (token !== null && next.ticket?.state === "called") link.ack(seq);
    },
    onStatus(status) {
      if (status.state === "stopped" && token !== null) return follow(null); // a revoked screen is still a screen
      showStatus(status);
      tick();
    },
  });
}

document.querySelector(".counter h1").style.setProperty("--characters", counter.length);

const sign = counterSign({ sign: `${here}/plate`, photo: `${here}/photo`, words: text });

function tick() {
  draw();
  if (alive) sign.follow(state?.on_duty?.since ?? null).then(makeRoom);
  makeRoom();
}

const makeRoom = () => element("screen").toggleAttribute("data-signed", !element("clerk").hidden);

follow(deviceToken());
keepAwake();
setInterval(tick, TICK_MS);
followSetUp(`${here}/set-up`, version, () => true);
