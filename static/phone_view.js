// How a ticket looks on the phone: number, headline, what to do next.

import { fill, wait } from "./page.js";
import { write, writeMark } from "./rows.js";

const $ = (id) => document.getElementById(id);

/** Whether the ticket waits to be called. */
export const waits = ({ standing }) => ["waiting", "next", "moved"].includes(standing);

/**
 * Show a ticket, as phone_ticket.js reads it, in the page's words.
 *
 * linked   whether what happens to it will be seen here
 */
export function show(ticket, words, linked) {
  const about = { counter: ticket.counter?.number, queue: ticket.queue?.name ?? "" };
  const { headline, advice } = words.states[ticket.standing];
  if (ticket.number !== undefined) write($("number"), ticket.number);
  write($("queue"), about.queue);
  writeMark($("queue-mark"), ticket.queue);
  writeHeadline(headline, about);
  write($("place"), ticket.counter?.name ?? "");
  $("place").hidden = !["called", "serving", "held"].includes(ticket.standing);
  write($("advice"), fill(waits(ticket) && !linked ? words.unlinked : advice, about));
  $("now").dataset.standing = ticket.standing;
  document.title = ticket.standing === "called"
    ? fill(words.title_called, { ...about, number: ticket.number })
    : fill(words.title, { number: $("number").textContent, headline: fill(headline, about) });
}

/** How long it may still take. */
export function showFacts(ticket, words) {
  $("facts").hidden = !waits(ticket);
  write($("ahead"), fill(words.ahead, { count: ticket.ahead }));
  write($("estimate"), wait(ticket.estimate, words));
}

/** The headline, in which the counter's number stands out in the face of the signs. */
function writeHeadline(text, about) {
  if ($("headline").textContent === fill(text, about)) return; // a screen reader says what is written
  const [before, after] = text.split("{counter}").map((part) => fill(part, about));
  if (after === undefined) return $("headline").replaceChildren(before);
  const number = document.createElement("span");
  number.className = "ticket-number";
  number.textContent = about.counter;
  $("headline").replaceChildren(before, number, after);
}
