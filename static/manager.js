// A hall as its head watches it: the topic `load`, and what is asked for now and then.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { messageOfDialog, openDialog, say as sayIn } from "./dialog.js";
import { hallNow, knownAt, lasted, minutesSince } from "./hall_time.js";
import { connect } from "./live.js";
import { renderAlarms } from "./manager_alarms.js";
import { renderDevices } from "./manager_devices.js";
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
  const day = load.business_day;
  if (!day) return;
  const [byQueue, inAll] = await Promise.all(
    ["&by=queue", ""].map((by) => api("GET", `${hall}/statistics?from=${day}&to=${day}${by}`)),
  );
  const ok = byQueue.ok && inAll.ok;
  asOf("figures-asof", ok);
  if (ok) renderFigures([...byQueue.body.rows, { ...inAll.body.rows[0], key: "", name: text.all }]);
}

/** Say from when a part is, or that it could not be read; then what it says is still from then. */
function asOf(id, ok) {
  const label = element(id);
  if (ok) label.dataset.time = timeOf(new Date(now()));
  const { time } = label.dataset;
  write(label, ok ? fill(text.as_of, { time }) : time ? fill(text.failed_as_of, { time }) : text.failed);
}

function renderFigures(rows) {
  const share = (rate) => (rate === undefined ? text.unknown : fill(text.percent, { share: Math.round(rate * 100) }));
  const time = (seconds) => (seconds === undefined ? text.unknown : lasted(seconds * 1000));
  const count = (figure) => (figure === undefined ? text.unknown : String(figure));
  syncRows(element("figures"), rows, {
    key: (row) => row.key,
    make: () => clone("figure-row"),
    update(element, row) {
      write(element.firstElementChild, row.name ?? row.key);
      const cells = [
        count(row.issued), count(row.served), count(row.absent), time(row.waiting?.mean_s), time(row.waiting?.max_s),
        share(row.within_target_rate), time(row.service?.mean_s), share(row.abandonment_rate), share(row.rating_rate),
        share(row.good_rate_top3),
      ];
      cells.forEach((cell, place) => {
        const td = element.children[place + 1] ?? element.appendChild(document.createElement("td"));
        td.className = "figures";
        write(td, cell);
      });
    },
  });
}

// What the head decides -----------------------------------------------------------------------------------------------

/** Tell the outcome; in the question that is open, or on the page. */
const say = (words, kind) => sayIn(messageOfDialog() ?? element("message"), words, kind);

/** Do one thing while its button shows that it is being done. */
async function decide(button, path, body, done) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", path, body);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return say(answer.problem.title ?? text[answer.problem.code], "is-bad");
  element("close-dialog")?.close();
  say(done, "is-good");
}

element("close-day")?.addEventListener("click", () => {
  const waiting = sum(queues(), (queue) => queue.waiting);
  write(element("close-text"), fill(text.close, { waiting, held: load.held }));
  openDialog("close");
});
element("close-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  decide(event.submitter ?? event.target.querySelector("button"), `${hall}/day/close`, {}, text.closed);
});
element("confirm-day")?.addEventListener("click", async ({ currentTarget }) => {
  await decide(currentTarget, `${hall}/day/confirm`, { business_day: dateToConfirm }, text.confirmed);
  askWatch();
});

element("sign-out").addEventListener("click", async () => {
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) location.assign("/");
  else say(answer.problem.title ?? text[answer.problem.code], "is-bad");
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
