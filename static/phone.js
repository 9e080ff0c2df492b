// A ticket on its holder's phone: where it stands, the way to the counter, giving it up, and the ratings.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { connect } from "./live.js";
import { clone, fill, readJson, wait, words } from "./page.js";

const RATABLE = new Set(["served", "transferred"]);
const CALLED_VIBRATION = [400, 200, 400, 200, 400];

const WORDS = words();
const REASONS = readJson("reasons-by-level");
const NAMES = readJson("hall");
const $ = (id) => document.getElementById(id);
const { hall, ticket: id } = $("phone").dataset;
const path = `/api/v1/halls/${hall}/tickets/${id}`;

let ticket = null; // as the topic has it: legs by number, rated by leg
let estimate;
let alive = false;
let alerted = null; // the call that the phone has shaken for

function draw() {
  if (ticket === null) return;
  const gone = ticket.number === undefined;
  const state = gone ? "gone" : ticket.state === "waiting" && wasTransferred() ? "moved" : ticket.state;
  const about = { counter: counterNow(), name: counterName(), queue: NAMES.queues[ticket.queue] ?? ticket.queue };
  const { headline, advice } = WORDS.states[state];
  write("headline", fill(headline, about));
  write("advice", fill(advice, about));
  write("queue", gone ? "" : about.queue);
  $("now").dataset.state = state;
  $("facts").hidden = ticket.state !== "waiting";
  write("ahead", fill(WORDS.ahead, { count: ticket.ahead }));
  write("estimate", wait(estimate ?? ticket.estimate, WORDS));
  $("cancel").hidden = ticket.state !== "waiting";
  $("cancel").disabled = !alive;
  document.title = ticket.state === "called"
    ? fill(WORDS.title_called, { ...about, number: ticket.number })
    : fill(WORDS.title, { number: $("number").textContent, headline: fill(headline, about) });
  if (ticket.state === "called") shake();
  drawRatings();
}

function write(name, text) {
  if ($(name).textContent !== text) $(name).textContent = text; // a screen reader says what is written
}

const legs = () => Object.values(ticket.legs ?? {}).sort((a, b) => a.leg - b.leg);
const lastLeg = () => legs().at(-1);
const wasTransferred = () => lastLeg()?.outcome === "transferred";
const counterNow = () => ticket.counter?.number ?? lastLeg()?.counter;
const counterName = () => ticket.counter?.name ?? NAMES.counters[counterNow()] ?? "";

/** Once for each call, also a repeated one; a browser may refuse until the page was touched. */
function shake() {
  const { called_at, recalls } = lastLeg();
  const call = `${called_at} ${recalls}`;
  if (call === alerted) return;
  alerted = call;
  navigator.vibrate?.(CALLED_VIBRATION);
}

function tell(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}

const excuse = ({ title }) => (title ? fill(WORDS.refused, { title }) : WORDS.unreachable);

// Giving it up -----------------------------------------------------------------------------------------------------

async function cancel() {
  const button = $("cancel");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  tell("");
  const answer = await api("DELETE", path);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return tell(excuse(answer.problem));
  // The topic may be some seconds behind the answer.
  ticket = { ...ticket, state: answer.body.state };
  draw();
}

// Ratings ----------------------------------------------------------------------------------------------------------

const forms = new Map(); // leg → what stands for it: its form, later the thanks

function drawRatings() {
  for (const leg of legs()) {
    if (!RATABLE.has(leg.outcome)) continue;
    const rated = ticket.rated?.[leg.leg];
    if (!forms.has(leg.leg)) {
      forms.set(leg.leg, rated ? thanks(leg) : ratingForm(leg));
      $("ratings").append(forms.get(leg.leg));
    } else if (rated) settle(leg);
  }
}

function thanks({ counter }) {
  const line = clone("thanks");
  line.textContent = fill(WORDS.thanks, { counter });
  return line;
}

function settle(leg) {
  const form = forms.get(leg.leg);
  if (form.tagName !== "FORM") return;
  forms.set(leg.leg, thanks(leg));
  form.replaceWith(forms.get(leg.leg));
}

function ratingForm(leg) {
  const form = clone("rating");
  form.querySelector("h2").textContent = fill(WORDS.rate, leg);
  for (const button of form.querySelectorAll(".level")) {
    button.addEventListener("click", () => choose(form, button.dataset.level));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    rate(form, leg);
  });
  return form;
}

function choose(form, level) {
  form.dataset.level = level;
  for (const button of form.querySelectorAll(".level")) {
    button.setAttribute("aria-pressed", String(button.dataset.level === level));
  }
  form.querySelector("legend").textContent = fill(WORDS.reasons, { level: WORDS.levels[level] });
  form.querySelector(".reasons").replaceChildren(...Object.entries(REASONS[level]).map(([code, text]) => {
    const reason = clone("reason");
    reason.querySelector("input").value = code;
    reason.querySelector("span").textContent = text;
    return reason;
  }));
  form.querySelector(".more").hidden = false;
}

async function rate(form, leg) {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return; // pressed twice
  button.setAttribute("aria-busy", "true");
  const notice = form.querySelector(".notice");
  notice.hidden = true;
  const rating = {
    ticket: id,
    leg: leg.leg,
    level: form.dataset.level,
    reasons: [...form.querySelectorAll(".reason input:checked")].map((input) => input.value),
    reasons_version: $("reasons-by-level").dataset.version,
  };
  const comment = form.elements.comment.value.trim();
  if (comment !== "") rating.comment = comment;
  const answer = await api("POST", `/api/v1/halls/${hall}/ratings`, rating);
  button.removeAttribute("aria-busy");
  if (answer.ok || answer.problem.code === "already_rated") return settle(leg);
  notice.textContent = excuse(answer.problem);
  notice.hidden = false;
}

$("cancel").addEventListener("click", () => $("sure").showModal());
$("sure").addEventListener("close", () => $("sure").returnValue === "yes" && cancel());

connect({
  url: `/api/v1/halls/${hall}/live`,
  topic: `ticket.${id}`,
  onState(state) {
    ticket = state;
    if (ticket.state !== "waiting") estimate = undefined;
    draw();
  },
  onHint(hint) {
    estimate = hint.estimate;
    draw();
  },
  onStatus: banner(({ state }) => {
    if (alive === (state === "live")) return;
    alive = state === "live";
    draw();
  }),
});
