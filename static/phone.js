// A ticket on its holder's phone: follows its topic, and puts together what the page's other modules do.

import { banner } from "./banner.js";
import { connect } from "./live.js";
import { readJson, words } from "./page.js";
import { alertFor } from "./phone_alert.js";
import { offerToCancel } from "./phone_cancel.js";
import { forget, keep } from "./phone_kept.js";
import { workOffline } from "./phone_offline.js";
import { offerToRemind } from "./phone_remind.js";
import { ratings } from "./phone_ratings.js";
import { read } from "./phone_ticket.js";
import { show, showFacts, waits } from "./phone_view.js";

const WORDS = words();
const NAMES = readJson("hall");
const $ = (id) => document.getElementById(id);
const { hall, ticket: id, ends } = $("phone").dataset;
const track = `${hall}.${id}`;
const drawRatings = ratings(hall, id);
const drawReminder = offerToRemind(`/api/v1/halls/${hall}/tickets/${id}`);

let topic = null; // its state; null before the first
let estimate; // newer than the topic's
let alive = false;
let isMissing = false; // the server has no such ticket any more

const known = () => ({ ...read(topic, NAMES), ...(isMissing && { standing: "missing" }) });

function draw() {
  if (topic === null) return;
  const ticket = known();
  show(ticket, WORDS, alive);
  showFacts({ ...ticket, estimate: estimate ?? ticket.estimate }, WORDS);
  $("cancel").hidden = !waits(ticket);
  $("cancel").disabled = !alive;
  alertFor(ticket, alive);
  drawRatings(ticket.legs);
  drawReminder(waits(ticket), topic.phone_left === true);
}

/** For when the network is away. */
function remember() {
  if (topic === null) return;
  const ticket = known();
  if (ticket.settled) return forget(track);
  const { asOf: at, ageS } = link.status();
  keep(track, { ...ticket, hall: $("hall-name").textContent, at, heard: Date.now() - ageS * 1000, ends });
}

offerToCancel(`/api/v1/halls/${hall}/tickets/${id}`, (state) => {
  topic = { ...topic, state }; // the topic may be some seconds behind the answer
  draw();
});

const link = connect({
  url: `/api/v1/halls/${hall}/live`,
  topic: `ticket.${id}`,
  onState(state) {
    topic = state;
    if (state.state !== "waiting") estimate = undefined;
    draw();
    remember();
  },
  onHint(hint) {
    estimate = hint.estimate;
    draw();
  },
  onStatus: banner(({ state, code }) => {
    if (alive === (state === "live") && isMissing === (code === 4504)) return;
    [alive, isMissing] = [state === "live", code === 4504];
    draw();
    remember();
  }),
});
document.addEventListener("visibilitychange", remember); // as late as can be: what is kept is as old as it says
addEventListener("pagehide", remember);
workOffline();
