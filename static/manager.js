// A hall as its head watches it: the topic `load`, and what is asked for now and then.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { hallNow, knownAt, lasted, minutesSince } from "./hall_time.js";
import { connect } from "./live.js";
import { renderAlarms } from "./manager_alarms.js";
import { offerDecisions } from "./manager_decisions.js";
import { renderDevices } from "./manager_devices.js";
import { refreshFigures } from "./manager_figures.js";
import "./manager_trial.js";
import { clone, dateOf, fill, readJson, timeOf, wait, words } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

const text = words();
const manager = readJson("manager-data");
const hall = `/api/v1/halls/${manager.hall}`;
const element = (id) => document.getElementById(id);

const WATCH_MS = 10000; // devices, alarms, the date in doubt
const ESTIMATES_MS = 15000;
const FIGURES_MS = 60000; // they are worked out from the journal each time

let load = {};
let estimates = {}; // by queue
let live = false;
let dateToConfirm = null;

// The live part -------------------------------------------------------------------------------------------------------

const showStatus = banner();
let link = null;
const now = () => hallNow(link);
const known = () => knownAt(link); // waits stop growing when nobody knows whether they go on
const queues = () => Object.values(load.queues ?? {});
const counters = () => Object.values(load.counters ?? {});
const sum = (parts, of) => parts.reduce((total, part) => total + of(part), 0);

function render() {
  if (load.queues) {
    renderSums();
    renderQueues();
    renderCounters();
  }
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
  write(badge, load.closed ? text.ended : open ? text.open : text.not_open);
  const close = element("close-day");
  if (close !== null) close.disabled = !live || !load.business_day || load.closed;
  const confirm = element("confirm-day");
  if (confirm !== null) confirm.disabled = !live;
}

function isOpen() {
  const at = now();
  const within = ([start, end]) => Date.parse(start) <= at && at < Date.parse(end);
  return !load.closed && (load.opening ?? []).some(within);
}

function renderSums() {
  const waits = queues().map((queue) => queue.longest_since).filter(Boolean).sort();
  const on = counters().filter(({ state }) => state !== "closed").length;
  write(element("sum-waiting"), String(sum(queues(), (queue) => queue.waiting)));
  write(element("sum-longest"), waits.length > 0 ? lasted(known() - Date.parse(waits[0])) : text.unknown);
  write(element("sum-open"), fill(text.of, { open: on, all: counters().length }));
  write(element("sum-issued"), String(sum(queues(), (queue) => queue.issued)));
  write(element("sum-held"), String(load.held));
  write(element("sum-absent"), String(load.absent));
}

function renderQueues() {
  syncRows(element("queues"), queues(), {
    key: (queue) => queue.id,
    make: () => clone("queue-row"),
    update(row, queue) {
      const [name, waiting, longest, target, estimate, issued] = row.children;
      writeMark(name.firstElementChild, queue);
      write(name.lastElementChild, queue.name);
      write(waiting, String(queue.waiting));
      const over = queue.longest_since && known() - Date.parse(queue.longest_since) > queue.target_s * 1000;
      longest.classList.toggle("is-over", Boolean(over));
      const waited = queue.longest_since ? inMinutes(minutesSince(queue.longest_since, known())) : text.unknown;
      write(longest, over ? fill(text.over, { wait: waited }) : waited);
      write(target, inMinutes(Math.round(queue.target_s / 60)));
      write(estimate, wait(estimates[queue.id], text));
      write(issued, String(queue.issued));
    },
  });
}

const inMinutes = (minutes) => (minutes < 1 ? text.minute_less : fill(text.minutes, { minutes }));

function renderCounters() {
  syncRows(element("counters"), counters(), {
    key: (counter) => counter.number,
    make: () => clone("counter-row"),
    update(row, counter) {
      const [name, state, duty, current, operated] = row.children;
      write(name, fill(text.counter, counter));
      const badge = state.firstElementChild;
      badge.dataset.state = counter.state;
      const back = counter.back_at && timeOf(new Date(counter.back_at));
      write(badge, back ? fill(text.away_until, { back }) : text.state[counter.state]);
      write(duty.firstElementChild, dutyOf(counter));
      duty.lastElementChild.hidden = counter.confirmed !== false;
      write(duty.lastElementChild, text.unconfirmed);
      write(current.firstElementChild, counter.ticket?.number ?? text.unknown);
      write(current.lastElementChild, counter.ticket ? text.ticket[counter.ticket.state] : "");
      write(operated, ago(counter.operated_at));
    },
  });
}

function dutyOf({ clerk, capacity, since }) {
  if (clerk === undefined) return text.unknown;
  const name = manager.names[clerk] ?? text.somebody;
  return fill(text.duty, { name, capacity: text.capacity[capacity], since: timeOf(new Date(since)) });
}

function ago(instant) {
  if (instant === undefined) return text.unknown;
  const minutes = minutesSince(instant, known());
  return minutes < 1 ? text.ago_less : fill(text.ago, { minutes });
}

// What is asked for now and then --------------------------------------------------------------------------------------

async function askEstimates() {
  const answer = await api("GET", hall);
  estimates = answer.ok ? Object.fromEntries(answer.body.queues.map(({ id, estimate }) => [id, estimate])) : {};
  render();
}

async function askWatch() {
  const answer = await api("GET", `/manager/${manager.hall}/watch`);
  asOf("devices-asof", answer.ok);
  if (!answer.ok) return;
  renderDevices(answer.body, now());
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
  standing: () => ({ waiting: sum(queues(), (queue) => queue.waiting), held: load.held }),
  dateInDoubt: () => dateToConfirm,
  confirmed: askWatch,
});

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
