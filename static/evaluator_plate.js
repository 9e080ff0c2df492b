// The counter's plate: its number and name, and what happens here. Who sits there: counter_sign.js.

import { fill, timeOf } from "./page.js";

const element = (id) => document.getElementById(id);

/**
 * Draw the counter as its topic has it. now: the hall's time in milliseconds; alive: whether the topic is.
 */
export function drawPlate(state, { alive, now, text }) {
  if (state.number !== undefined) write("number", String(state.number));
  if (state.name !== undefined) write("name", state.name);
  write("state", alive ? whatHappens(state, now, text.states) : text.unknown);
  element("state").dataset.state = alive ? (state.ticket?.state ?? state.state ?? "gone") : "unknown";
}

function whatHappens({ state = "gone", ticket, back_at: backAt }, now, states) {
  if (ticket) return fill(states[ticket.state] ?? states.open, ticket);
  if (state === "away" && Date.parse(backAt) > now) return fill(states.away_until, { time: timeOf(new Date(backAt)) });
  return states[state];
}

function write(id, value) {
  if (element(id).textContent !== value) element(id).textContent = value; // a screen reader says what is written
}
