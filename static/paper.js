// Numbers that were given on paper while the power was out, as somebody types them in, one after another.

import { instantOf } from "./hall_time.js";

/**
 * What a filled-in form asks for: {queue, number, issued_at}; queue is undefined when the letters are no queue's.
 * queues: {id: {prefix, …}}; now: milliseconds of the hall's time, before which every paper was given.
 */
export function paperIn(form, queues, now) {
  const number = form.get("number").trim().toUpperCase();
  const letters = number.replace(/\d+$/, "");
  const queue = Object.keys(queues).find((id) => queues[id].prefix === letters);
  return { queue, number, issued_at: new Date(Math.min(instantOf(form.get("time"), now), now)).toISOString() };
}

/** The number on the next paper. */
export const numberAfter = (number) =>
  number.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(digits.length, "0"));

/** The letters that a number may begin with. */
export const lettersOf = (queues) => Object.values(queues).map(({ prefix }) => prefix);
