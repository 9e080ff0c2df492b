// A counter's desk in words: how its parts are written, given what the topic says. Keeps nothing itself.

import { minutesSince } from "./hall_time.js";
import { clone, fill, readJson, timeOf, words } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

export const text = words();
export const desk = readJson("desk-data");
export const element = (id) => document.getElementById(id);

/** The leg of the visit that takes place now, or did last. */
export const leg = (ticket) => Object.values(ticket.legs).at(-1);

/** What the citizen came for. */
export const serviceOf = ({ service, queue }) => desk.services[service] ?? desk.queues[queue]?.name ?? "";

/** The counters that serve a queue first, with their names. */
export const countersOf = (queue) =>
  desk.queues[queue].counters.map((counter) => fill(text.counter, counter)).join(text.listing) || text.no_counter;

/** How long somebody has waited who took a ticket at `issued`; `at` in milliseconds of the hall's time. */
export function waited(issued, at) {
  const minutes = minutesSince(issued, at);
  return minutes === 0 ? text.row_new : fill(text.row_wait, { minutes });
}

/** Who is on duty, in which capacity and since when. name: where the duty does not say who. */
export function holder(duty, name = desk.names[duty?.clerk]) {
  if (duty === undefined) return text.nobody_on_duty;
  const said = duty.confirmed === false ? text.on_duty_unconfirmed : text.on_duty;
  return fill(said, {
    name: name || text.somebody,
    capacity: text.capacity[duty.capacity],
    since: timeOf(new Date(duty.since)),
  });
}

/** What else is covered from here, in words; nothing where nothing is. */
export function covering(duty) {
  const posts = Object.keys(duty?.covers ?? {}).map((id) => desk.posts.find((post) => post.id === id)?.name ?? id);
  return posts.length > 0 ? fill(text.covering, { posts: posts.join(text.listing) }) : "";
}

/** The present ticket, undefined for none. done: services noted for it, by number; why: the clause, if it is known. */
export function writeTicket(ticket, counter, { done, why }) {
  element("ticket").dataset.state = ticket?.state ?? counter.state;
  element("ticket").classList.toggle("is-unsure", Boolean(ticket?.unsure));
  write(element("ticket-state"), ticket ? (ticket.unsure && ticket.state === "called" ? text.calling : text.state[ticket.state]) : idle(counter));
  write(element("ticket-number"), ticket?.number ?? "");
  writeMark(element("ticket-mark"), ticket && desk.queues[ticket.queue]);
  write(element("ticket-service"), ticket ? serviceOf(ticket) : "");
  write(element("ticket-facts"), ticket ? facts(ticket, done).join(text.separator) : "");
  write(element("ticket-why"), ticket && why ? fill(text.why_next, { why: text.why[why] }) : "");
  writePriority(element("ticket-priority"), ticket);
}

function idle({ state, back_at: back }) {
  if (state === "away") return fill(text.away_at, { back: timeOf(new Date(back)) });
  return state === "paused" ? text.paused_at : text.no_ticket;
}

function facts(ticket, done) {
  const legs = Object.values(ticket.legs);
  const values = {
    issued: timeOf(new Date(ticket.issued_at)),
    waited: minutesSince(ticket.issued_at, Date.parse(legs[0].called_at)),
    recalls: leg(ticket).recalls,
    most: desk.rules.recalls_max,
    leg: legs.length,
    services: [...done.values()].join(text.listing),
  };
  const said = [fill(text.facts, values)];
  if (legs.length > 1) said.push(fill(text.fact_leg, values));
  if (values.recalls > 0) said.push(fill(text.fact_recalls, values));
  if (done.size > 0) said.push(fill(text.fact_services, values));
  return said;
}

/** A ticket's priority and whether it was confirmed; short: where there is little room. */
export function writePriority(badge, ticket, short = false) {
  const { priority, priority_confirmed: confirmed, urgent } = ticket ?? {};
  badge.hidden = !priority && !urgent;
  badge.classList.toggle("is-confirmed", Boolean(urgent || confirmed));
  write(badge, urgent ? text.urgent : priority ? priorityWords(priority, confirmed, short) : "");
}

function priorityWords(priority, confirmed, short) {
  if (short) return confirmed ? text.confirmed_short : text.claimed_short;
  return fill(confirmed ? text.priority_confirmed : text.priority_claimed, { priority: text.priority[priority] });
}

/** One who waits, in the line. */
export function writeLineRow(row, entry, at) {
  writeNumber(row, entry);
  write(row.querySelector(".desk-row-what"), serviceOf(entry));
  write(row.querySelector(".desk-row-wait"), waited(entry.issued_at, at));
  write(row.querySelector(".desk-row-why"), text.why[entry.why]);
  writePriority(row.querySelector(".badge"), entry, true);
}

/** One who is held. */
export function writeHeldRow(row, entry) {
  writeNumber(row, entry);
  write(row.querySelector(".desk-row-why"), fill(text.row_held, entry));
}

/** One who was missed. */
export function writeAbsentRow(row, entry) {
  writeNumber(row, entry);
  const values = { ...entry, most: desk.rules.absences_until_void };
  write(row.querySelector(".desk-row-why"), fill(text.row_absent, values));
}

function writeNumber(row, { queue, number }) {
  writeMark(row.querySelector(".queue-mark"), desk.queues[queue]);
  write(row.querySelector(".ticket-number"), number);
}

/** How many wait, in all and in each queue that the counter serves or helps. */
export function writeWaiting(waiting) {
  write(element("waiting"), String(Object.values(waiting).reduce((sum, count) => sum + count, 0)));
  syncRows(element("waiting-queues"), Object.entries(waiting), {
    key: ([id]) => id,
    make: () => clone("waiting-queue"),
    update(item, [id, count]) {
      item.title = desk.queues[id]?.name ?? id;
      writeMark(item.firstElementChild, desk.queues[id]);
      write(item.lastElementChild, String(count));
    },
  });
}

/** The ticket that was finished here last, and whether it was rated. */
export function writeLast(last) {
  write(element("last"), last ? fill(last.rated ? text.last_rated : text.last_unrated, last) : "");
}
