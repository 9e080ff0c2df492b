// The counter's plate: its number and name, and what happens here. Who sits there: counter_sign.js.

import { faceOf } from "./counter_face.js";
import { fill, timeOf } from "./page.js";

const element = (id) => document.getElementById(id);

/**
 * Draw the counter as its topic has it. now: the hall's time in milliseconds; alive: whether the topic is.
 */
export function drawPlate(state, { alive, now, text }) {
  if (state.number !== undefined) write("number", String(state.number));
  if (state.name !== undefined) write("name", state.name);
  const { kind, number, until } = faceOf(state, now, 0);
  const happens = until === undefined ? text.states[kind] : text.states.away_until;
  write("state", alive ? fill(happens, { number, time: until && timeOf(new Date(until)) }) : text.unknown);
  element("state").dataset.state = alive ? kind : "unknown";
}

function write(id, value) {
  if (element(id).textContent !== value) element(id).textContent = value; // a screen reader says what is written
}
