// The evaluator: the plate between citizens; after each service the five levels, then that level's reasons.
// Nobody is rated by default: what was not pressed is not sent, but for the cause why there is no rating.

import { banner } from "./banner.js";
import { counterSign } from "./counter_sign.js";
import { answer, checkPhone, choose, chosen, count, forget } from "./evaluator_answer.js";
import { allSent, send } from "./evaluator_outbox.js";
import { patience } from "./evaluator_patience.js";
import { drawPlate } from "./evaluator_plate.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";
import { deviceToken, fill, forgetDeviceToken, keepDeviceToken, words } from "./page.js";
import { pair, spaced } from "./pairing.js";
import { followSetUp } from "./set_up.js";

const THANKS_MS = 5000;
const SLOW_MS = 2500; // so long for an answer, then nobody is kept waiting
const TICK_MS = 5000;
const SIGN_IN = 4501;

const text = words();
const $ = (id) => document.getElementById(id);
const { hall, counter, timeout, version } = $("evaluator").dataset;
const token = deviceToken() ?? undefined;
const RATINGS = `/api/v1/halls/${hall}/ratings`;
const UNRATED = `/api/v1/halls/${hall}/unrated`;

let state = {};
let alive = false;
let step = token === undefined ? "unready" : "plate";
let asked = null; // the leg that a citizen is asked about, as the topic's `last`
let sending = null; // the leg whose rating is on its way, while its citizen is kept waiting, as `nameOf` calls it
let invited = null; // the leg that the clerk asks for once more, as `nameOf` calls it
let deserted = false; // a citizen has gone since the page was opened
const settled = new Set(); // legs that were answered on this screen, as `nameOf` calls them
let timer = null;

/** A finished leg's name; its time is in it because a number comes again on another day. */
const nameOf = ({ number, leg, finished_at }) => `${number} ${leg} ${finished_at}`;

function go(next) {
  step = next;
  for (const section of document.querySelectorAll(".step")) section.hidden = section.dataset.step !== next;
  document.querySelector(`[data-step="${next}"] [tabindex]`).focus({ preventScroll: true });
  scrollTo(0, 0);
}

function tell(what) {
  $("problem").textContent = what;
  $("problem").hidden = what === "";
}

function after(ms, then) {
  clearTimeout(timer);
  timer = setTimeout(then, ms);
}

// Whom to ask ------------------------------------------------------------------------------------------------------

/** The leg that may be rated now: just finished and not answered, with nobody else being served here yet. */
function ratable() {
  const { last, ticket } = state;
  if (!last?.finished_at || last.outcome !== "served" || last.rated || ticket?.state === "serving") return null;
  if (invited === nameOf(last)) return last;
  if (last.left_unrated || settled.has(nameOf(last))) return null;
  if (asked !== null && nameOf(last) === nameOf(asked)) return last; // whoever has begun may take their time
  return hallNow(link) - Date.parse(last.finished_at) < timeout * 1000 ? last : null;
}

function follow() {
  tick();
  const last = ratable();
  if (asked !== null && (last === null || nameOf(last) !== nameOf(asked))) overtaken();
  if (step === "plate" && last !== null && alive) ask(last);
}

/** The clerk asks whoever was served last once more, who said nothing or "not now". */
function inviteAgain(leg) {
  invited = nameOf(leg);
  follow();
}

function ask(last) {
  asked = last;
  $("levels-title").textContent = fill(text.please, last);
  tell("");
  go("levels");
  time.begin();
}

/** The next citizen is being served, or this one has rated on the phone: what was chosen so far counts. */
function overtaken() {
  if (state.last?.rated && nameOf(state.last) === nameOf(asked)) return rest();
  if (chosen() === null) return leaveUnrated("timed_out");
  send(RATINGS, { ...which(), ...answer() }, token);
  rest();
}

// The answer -------------------------------------------------------------------------------------------------------

const which = () => {
  const { number, leg, finished_at } = asked;
  return { counter: Number(counter), number, leg, finished_at };
};

/** Nobody goes on: a level that was chosen is sent as it is, else the cause why there is none. */
function giveUp() {
  if (chosen() === null) leaveUnrated("timed_out");
  else rate();
}

function leaveUnrated(cause) {
  send(UNRATED, { ...which(), cause }, token);
  rest();
}

async function rate() {
  const leg = nameOf(asked);
  const rating = { ...which(), ...answer() };
  settled.add(leg);
  asked = invited = null;
  sending = leg;
  time.end();
  $("send").setAttribute("aria-busy", "true");
  after(SLOW_MS, () => leaveWith("kept"));
  const answered = await send(RATINGS, rating, token);
  if (sending !== leg) return; // its citizen was not kept waiting
  if (answered.ok || answered.problem.code === "already_rated") return leaveWith("thanks");
  rest();
  tell(fill(text.refused, { title: answered.problem.title ?? text.unknown }));
  after(THANKS_MS, () => tell(""));
}

function leaveWith(word) {
  clear();
  go(word);
  after(THANKS_MS, rest);
}

/** Nothing of whoever was here remains: the next one meets the plate, in the hall's own language and size. */
function rest() {
  clear();
  tell("");
  deserted = true;
  go("plate");
  follow();
}

function clear() {
  if (asked !== null) settled.add(nameOf(asked));
  asked = sending = invited = null;
  clearTimeout(timer);
  time.end();
  forget(text);
  enlarge(false);
  $("levels-title").textContent = "";
  $("send").removeAttribute("aria-busy");
}

const time = patience({ seconds: Number(timeout), warn, over: giveUp });

/** In the last seconds, how many there are: shown as they pass, said once. */
function warn(seconds) {
  const words = step === "reasons" ? text.reasons_left : text.levels_left;
  const left = seconds === null ? "" : fill(words, { seconds, level: text.levels[chosen()] });
  $("left").textContent = left;
  if (seconds === null || $("countdown").hidden) $("left-said").textContent = left;
  $("countdown").hidden = seconds === null;
}

/** Large type, for this citizen only. */
function enlarge(on) {
  document.documentElement.dataset.textSize = on ? "large" : "";
  $("larger").setAttribute("aria-pressed", String(on));
}

for (const button of document.querySelectorAll(".level")) {
  button.addEventListener("click", () => {
    choose(button.dataset.level, text);
    go("reasons");
    time.begin();
  });
}
$("again").addEventListener("click", () => {
  if (asked === null) return; // it is on its way
  choose(null, text);
  go("levels");
});
$("send").addEventListener("click", () => {
  if (asked === null) return; // it is on its way
  if (checkPhone(text)) rate();
  else $("phone").focus();
});
$("phone").addEventListener("input", () => $("phone").checkValidity() && checkPhone(text));
$("refuse").addEventListener("click", () => asked !== null && leaveUnrated("refused"));
$("larger").addEventListener("click", () => enlarge($("larger").getAttribute("aria-pressed") !== "true"));
$("comment").addEventListener("input", () => count(text));

// The device -------------------------------------------------------------------------------------------------------

/** The token is good for nothing here: ask to be let in. */
function startAnew() {
  if (token === undefined) return;
  forgetDeviceToken();
  location.reload();
}

async function nameClerk() {
  const answer = await sign.follow(state.on_duty?.since ?? null);
  if (answer?.status === 403) startAnew(); // another counter's evaluator
}

/** What the clock alone changes; and the hall's own language comes back once nobody is here who chose another. */
function tick() {
  if (alive) nameClerk();
  drawPlate(state, { alive, now: hallNow(link), text });
  $("languages").hidden = !alive || !allSent();
  if (deserted && step === "plate" && location.search !== "" && alive && allSent()) location.replace(location.pathname);
}

const sign = counterSign({
  sign: `/evaluator/${hall}/${counter}/plate`,
  photo: `/screen/${hall}/${counter}/photo`,
  token,
  words: text,
});

const link = connect({
  url: `/api/v1/halls/${hall}/live`,
  topic: `counter.${counter}`,
  token,
  onState(fresh) {
    state = fresh;
    follow();
  },
  onHint({ invite }) {
    if (invite !== undefined) inviteAgain(invite);
  },
  onStatus: banner(({ state: linked, code }) => {
    if (code === SIGN_IN) return startAnew();
    if (alive === (linked === "live")) return;
    alive = linked === "live";
    follow();
  }),
});

go(step);
follow();
setInterval(tick, TICK_MS);
followSetUp(`/evaluator/${hall}/${counter}/set-up`, version, () => step === "plate" && alive && allSent());
if (token === undefined) {
  pair({
    hall,
    role: "evaluator",
    counter: Number(counter),
    onCode: (code) => ($("pairing-code").textContent = code === null ? text.pairing_waits : spaced(code)),
    onToken(given) {
      if (!keepDeviceToken(given)) location.hash = `token=${given}`;
      location.reload();
    },
  });
}
