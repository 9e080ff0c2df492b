// A hall as its head watches it: the topic `load`, and what is asked for now and then.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { slotsOf } from "./half_hours.js";
import { hallNow, knownAt } from "./hall_time.js";
import { connect } from "./live.js";
import { renderAlarms } from "./manager_alarms.js";
import { offerDecisions } from "./manager_decisions.js";
import { renderDevices, whenOf } from "./manager_devices.js";
import { refreshFigures } from "./manager_figures.js";
import { renderFlow } from "./manager_flow.js";
import { renderNow } from "./manager_now.js";
import { learnNames } from "./manager_people.js";
import { renderPosts } from "./manager_posts.js";
import { renderProposals } from "./manager_proposals.js";
import { renderStanding } from "./manager_standing.js";
import "./manager_trial.js";
import { dateOf, fill, readJson, timeOf, words } from "./page.js";
import { write } from "./rows.js";

const text = words();
const manager = readJson("manager-data");
const hall = `/api/v1/halls/${manager.hall}`;
const element = (id) => document.getElementById(id);

const WATCH_MS = 10000; // alarms, proposals, posts, devices, the date in doubt
const WATCH_SOON_MS = 1000; // the same, after something happened
const ESTIMATES_MS = 15000;
const FIGURES_MS = 60000; // they are worked out from the journal each time

let load = {};
let estimates = {}; // by queue
let opensAt; // when the hall opens next; undefined while it is open, or where nobody knows
let live = false;
let posts = [];
let proposals = [];
let dateToConfirm = null;

// The live part -------------------------------------------------------------------------------------------------------

const showStatus = banner();
let link = null;
const now = () => hallNow(link);
const known = () => knownAt(link); // waits stop growing when nobody knows whether they go on
const queues = () => Object.values(load.queues ?? {});
const counters = () => Object.values(load.counters ?? {});
const waiting = () => queues().reduce((total, queue) => total + queue.waiting, 0);

function render() {
  if (load.queues) {
    renderNow(load, estimates, known());
    renderProposals(proposals, (id) => load.queues[id]?.name ?? id);
    renderFlow(slotsOf(load.flow, load.opening, known(), waiting()));
  }
  renderPosts(posts, counters(), isOpen());
  renderHead();
  element("calendar").hidden = load.calendar_known !== false;
}

function renderHead() {
  const date = new Date(now());
  write(element("clock"), timeOf(date));
  write(element("day"), load.business_day ? dateOf(new Date(`${load.business_day}T12:00:00+08:00`)) : text.no_day);
  const badge = element("opening");
  const open = isOpen();
  badge.dataset.state = open ? "open" : "closed";
  badge.hidden = !load.business_day;
  write(badge, open ? text.open : closedText());
  const close = element("close-day");
  if (close !== null) close.disabled = !live || !load.business_day || load.closed;
  const confirm = element("confirm-day");
  if (confirm !== null) confirm.disabled = !live;
}

function closedText() {
  const until = opensAt === undefined ? "" : "_until";
  const when = opensAt === undefined ? "" : whenOf(opensAt, now());
  return fill(text[`${load.closed ? "ended" : "not_open"}${until}`], { when });
}

function isOpen() {
  const at = now();
  const within = ([start, end]) => Date.parse(start) <= at && at < Date.parse(end);
  return !load.closed && (load.opening ?? []).some(within);
}

/** Messages to phones do not arrive, since then; undefined while they do. */
function sayUndelivered(since) {
  const notice = element("undelivered");
  if (since !== undefined) write(notice.firstElementChild, fill(text.undelivered, { time: whenOf(since, now()) }));
  notice.hidden = since === undefined;
}

// What is asked for now and then --------------------------------------------------------------------------------------

async function askEstimates() {
  const answer = await api("GET", hall);
  opensAt = answer.ok ? answer.body.opens_at : undefined;
  estimates = answer.ok ? Object.fromEntries(answer.body.queues.map(({ id, estimate }) => [id, estimate])) : {};
  render();
}

let asked = 0;
let answered = 0; // which question that was: an older answer than that is no news

async function askWatch() {
  const question = (asked += 1);
  const answer = await api("GET", `/manager/${manager.hall}/watch`);
  if (question < answered) return;
  answered = question;
  for (const part of ["standing-asof", "devices-asof"]) asOf(part, answer.ok);
  if (!answer.ok) return;
  ({ posts, proposals } = answer.body);
  learnNames(answer.body.names);
  renderStanding(answer.body.standing, now());
  render();
  renderDevices(answer.body, now());
  sayUndelivered(answer.body.undelivered_since);
  renderAlarms(answer.body, now());
  dateToConfirm = answer.body.date_to_confirm ?? null;
  element("doubt").hidden = dateToConfirm === null;
  if (dateToConfirm !== null) write(element("doubt-text"), fill(text.doubt, { date: dateToConfirm }));
}

async function askFigures() {
  if (load.business_day) asOf("figures-asof", await refreshFigures(load.business_day));
}

/** Say from when a part is, or that it could not be read; then what it says is still from then. */
function asOf(id, ok) {
  const label = element(id);
  if (ok) label.dataset.time = timeOf(new Date(now()));
  const { time } = label.dataset;
  write(label, ok ? fill(text.as_of, { time }) : time ? fill(text.failed_as_of, { time }) : text.failed);
}

offerDecisions({
  standing: () => ({ waiting: waiting(), held: load.held }),
  dateInDoubt: () => dateToConfirm,
  confirmed: askWatch,
});

/** Ask once more, soon, however often something happens until then. */
let soon = null;
function askWatchSoon() {
  soon ??= setTimeout(async () => {
    await askWatch();
    soon = null;
  }, WATCH_SOON_MS);
}

/** Ask at once and then again and again, each time after the answer to the last. */
async function again(ask, everyMs) {
  await ask();
  setTimeout(again, everyMs, ask, everyMs);
}

link = connect({
  url: `${hall}/live`,
  topic: "load",
  onState(next) {
    const another = next.business_day !== load.business_day;
    load = next;
    render();
    if (another) askFigures();
    askWatchSoon();
  },
  onStatus(status) {
    live = status.state === "live";
    showStatus(status);
    element("sign-in").hidden = status.code !== 4501;
    render();
  },
});
setInterval(render, 1000);
again(askWatch, WATCH_MS);
again(askEstimates, ESTIMATES_MS);
setInterval(askFigures, FIGURES_MS);
