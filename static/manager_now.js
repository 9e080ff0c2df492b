// What happens now: the sums, the queues with who waits longest, the counters with who works there.

import { lasted, minutesSince } from "./hall_time.js";
import { personOf } from "./manager_people.js";
import { openMs } from "./open_hours.js";
import { clone, fill, timeOf, wait, words } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);
const sum = (parts, of) => parts.reduce((total, part) => total + of(part), 0);

/**
 * load        the state of the topic
 * estimates   by queue
 * known       the hall's time at which all this was last known, in milliseconds: waits do not grow beyond it
 */
export function renderNow(load, estimates, known) {
  const queues = Object.values(load.queues);
  const counters = Object.values(load.counters);
  const waited = ({ longest_since: since }) => (since ? openMs(load.opening, Date.parse(since), known) : undefined);
  renderSums(load, queues, counters, waited);
  renderQueues(queues, estimates, waited);
  renderCounters(counters, known);
}

function renderSums(load, queues, counters, waited) {
  const waits = queues.map(waited).filter((ms) => ms !== undefined);
  const on = counters.filter(({ state }) => state !== "closed").length;
  write(element("sum-waiting"), String(sum(queues, (queue) => queue.waiting)));
  write(element("sum-longest"), waits.length > 0 ? lasted(Math.max(...waits)) : text.unknown);
  write(element("sum-open"), fill(text.of, { open: on, all: counters.length }));
  write(element("sum-issued"), String(sum(queues, (queue) => queue.issued)));
  write(element("sum-held"), String(load.held));
  write(element("sum-absent"), String(load.absent));
}

function renderQueues(queues, estimates, waited) {
  syncRows(element("queues"), queues, {
    key: (queue) => queue.id,
    make: () => clone("queue-row"),
    update(row, queue) {
      const [name, waiting, longest, target, estimate, issued] = row.children;
      writeMark(name.firstElementChild, queue);
      write(name.lastElementChild, queue.name);
      write(waiting, String(queue.waiting));
      const ms = waited(queue);
      const isOver = ms > queue.target_s * 1000;
      longest.classList.toggle("is-over", isOver);
      const said = ms === undefined ? text.unknown : inMinutes(Math.floor(ms / 60000));
      write(longest, isOver ? fill(text.over, { wait: said }) : said);
      write(target, inMinutes(Math.round(queue.target_s / 60)));
      write(estimate, wait(estimates[queue.id], text));
      write(issued, String(queue.issued));
    },
  });
}

const inMinutes = (minutes) => (minutes < 1 ? text.minute_less : fill(text.minutes, { minutes }));

function renderCounters(counters, known) {
  syncRows(element("counters"), counters, {
    key: (counter) => counter.number,
    make: () => clone("counter-row"),
    update(row, counter) {
      const [name, state, duty, current, operated] = row.children;
      write(name, fill(text.counter, counter));
      const [badge, since] = state.children;
      badge.dataset.state = counter.state;
      const back = counter.back_at && timeOf(new Date(counter.back_at));
      write(badge, back ? fill(text.away_until, { back }) : text.state[counter.state]);
      const began = counter.paused_at ?? counter.since;
      write(since, began ? fill(text.from, { time: timeOf(new Date(began)) }) : "");
      write(duty.firstElementChild, dutyOf(counter));
      duty.lastElementChild.hidden = counter.confirmed !== false;
      write(duty.lastElementChild, text.unconfirmed);
      write(current.firstElementChild, counter.ticket?.number ?? text.unknown);
      write(current.lastElementChild, counter.ticket ? doneOf(counter.ticket, known) : "");
      write(operated, ago(counter.operated_at, known));
    },
  });
}

function doneOf({ state, called_at: called, started_at: started }, known) {
  return fill(text.ticket[state], { time: lasted(known - Date.parse(started ?? called)) });
}

function dutyOf({ clerk, capacity }) {
  if (clerk === undefined) return text.unknown;
  return fill(text.duty, { name: personOf(clerk), capacity: text.capacity[capacity] });
}

function ago(instant, known) {
  if (instant === undefined) return text.unknown;
  const minutes = minutesSince(instant, known);
  return minutes < 1 ? text.ago_less : fill(text.ago, { minutes });
}
