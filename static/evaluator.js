// The evaluator: the plate between citizens; after each service the five levels, then that level's reasons.
// Nobody is rated by default: what was not pressed is not sent.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { connect } from "./live.js";
import { clone, deviceToken, fill, readJson, timeOf, words } from "./page.js";

const THANKS_MS = 5000;
const REASONS_S = 20; // a level was chosen; so long for its reasons, then the level alone is sent

const WORDS = words();
const REASONS = readJson("reasons-by-level");
const $ = (id) => document.getElementById(id);
const { hall, counter, timeout } = $("evaluator").dataset;
const token = deviceToken() ?? undefined;

let state = {};
let alive = false;
let step = "plate";
let invited = null; // the leg that is being rated, as `legOf` names it
const settled = new Set(); // legs that were rated, refused or let pass on this screen
let level = null;
let sending = false;
let timer = null;

/** A finished leg's name; its time is in it because a number comes again on another day. */
const legOf = ({ number, leg, finished_at }) => `${number} ${leg} ${finished_at}`;

function go(next) {
  step = next;
  for (const section of document.querySelectorAll(".step")) section.hidden = section.dataset.step !== next;
  document.querySelector(`[data-step="${next}"] [tabindex]`)?.focus({ preventScroll: true });
}

function after(ms, then) {
  clearTimeout(timer);
  timer = setTimeout(then, ms);
}

function tell(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}

// The plate --------------------------------------------------------------------------------------------------------

function drawPlate() {
  $("state").textContent = alive ? stateOf(state) : WORDS.unknown;
  $("unready").hidden = token !== undefined;
}

function stateOf({ state: counterState = "closed", ticket, back_at }) {
  if (ticket) return fill(WORDS.states[ticket.state] ?? WORDS.states.open, ticket);
  if (counterState === "away" && back_at) return fill(WORDS.states.away_until, { time: timeOf(new Date(back_at)) });
  return WORDS.states[counterState];
}

let named = null; // since when whoever's name stands on the plate is on duty

async function drawClerk() {
  const since = state.on_duty?.since ?? null;
  if (since === named) return;
  named = since;
  $("clerk").textContent = "";
  if (since === null) return;
  const answer = await api("GET", `/evaluator/${hall}/${counter}/plate`, undefined, { token });
  if (named !== since) return; // somebody else sat down meanwhile
  if (!answer.ok) named = null; // ask again when something happens
  else if (answer.body.clerk) $("clerk").textContent = fill(WORDS.clerk, { name: answer.body.clerk });
}

// Rating -----------------------------------------------------------------------------------------------------------

/** The leg that may be rated now: just finished, not rated, and nobody else being served here yet. */
function ratable() {
  const { last, ticket } = state;
  if (!token || !last?.finished_at || last.rated || ticket?.state === "serving" || settled.has(legOf(last))) return null;
  if (legOf(last) === invited) return last; // whoever has begun may take their time
  const age = Date.parse(link.status().asOf) - Date.parse(last.finished_at);
  return age < timeout * 1000 ? last : null;
}

function follow() {
  drawPlate();
  drawClerk();
  if (step === "thanks") return;
  const last = ratable();
  if (last === null) {
    if (step !== "plate" && !sending) leave();
  } else if (alive && legOf(last) !== invited) invite(last);
}

function invite(last) {
  invited = legOf(last);
  level = null;
  $("levels-title").textContent = fill(WORDS.please, last);
  press(".level", () => false);
  tell("");
  go("levels");
  after(timeout * 1000, letPass);
}

/** Nobody answered: not rated. */
function letPass() {
  settled.add(invited);
  leave();
}

function leave() {
  clearTimeout(timer);
  invited = level = null;
  tell("");
  go("plate");
}

function choose(chosen) {
  level = chosen;
  press(".level", (button) => button.dataset.level === level);
  $("reasons-title").textContent = fill(WORDS.chosen, { level: WORDS.levels[level] });
  $("soon").textContent = fill(WORDS.soon, { seconds: REASONS_S });
  $("reasons").replaceChildren(...Object.entries(REASONS[level]).map(([code, text]) => {
    const item = clone("reason");
    const button = item.querySelector("button");
    button.dataset.code = code;
    button.textContent = text;
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      after(REASONS_S * 1000, send);
    });
    return item;
  }));
  go("reasons");
  after(REASONS_S * 1000, send);
}

async function send() {
  if (sending || level === null) return; // pressed twice
  sending = true;
  clearTimeout(timer);
  $("send").setAttribute("aria-busy", "true");
  const pressed = [...document.querySelectorAll('.reason[aria-pressed="true"]')];
  const reasons = pressed.map((button) => button.dataset.code);
  const reasons_version = $("reasons-by-level").dataset.version;
  const rating = { counter: Number(counter), level, reasons, reasons_version };
  const answer = await api("POST", `/api/v1/halls/${hall}/ratings`, rating, { token });
  sending = false;
  $("send").removeAttribute("aria-busy");
  if (answer.ok || answer.problem.code === "already_rated") return thank();
  const { code, title } = answer.problem;
  if (code === "unreachable" || !title) {
    tell(WORDS.unreachable);
    return after(timeout * 1000, letPass);
  }
  letPass();
  tell(fill(WORDS.refused, { title }));
  after(THANKS_MS, () => tell(""));
}

function thank() {
  settled.add(invited);
  tell("");
  go("thanks");
  after(THANKS_MS, () => {
    leave();
    follow();
  });
}

function press(selector, pressed) {
  for (const button of document.querySelectorAll(selector)) button.setAttribute("aria-pressed", String(pressed(button)));
}

for (const button of document.querySelectorAll(".level")) {
  button.addEventListener("click", () => choose(button.dataset.level));
}
$("send").addEventListener("click", send);
$("again").addEventListener("click", () => {
  level = null;
  go("levels");
  after(timeout * 1000, letPass);
});

const link = connect({
  url: `/api/v1/halls/${hall}/live`,
  topic: `counter.${counter}`,
  token,
  onState(fresh) {
    state = fresh;
    follow();
  },
  onStatus: banner(({ state: linked }) => {
    if (alive === (linked === "live")) return;
    alive = linked === "live";
    drawPlate();
  }),
});
drawPlate();
