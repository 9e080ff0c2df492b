// What the kiosk says of a wait: how many are there, and how long it lasts or what stands in its place.

import { text } from "./kiosk_device.js";
import { closesBefore, opensNext, used } from "./kiosk_hall.js";
import { fill, minutes, timeOf, wait } from "./page.js";

/** "等候 3 人" */
export const waiting = ({ waiting: count }) => (count === 0 ? text.nobody : fill(text.waiting, { count }));

/** "约 10–15 分钟"; when the counters open, or who knows more, where no wait is known. */
export function howLong(estimate) {
  if (minutes(estimate) !== null) {
    const range = wait(estimate, text);
    return closesBefore(estimate) === undefined ? range : fill(text.range_too_late, { range });
  }
  const opens = opensNext();
  return opens === undefined ? text.ask_staff : fill(text.opens_at, { time: timeOf(new Date(opens)) });
}

/** The same of a queue: that its tickets are used up comes first. */
export const howLongIn = (queue, estimate) => (used(queue) === null ? howLong(estimate) : text.full);

/** What is to be said in full sentences before a ticket is taken; "" for nothing. */
export function warning(estimate) {
  const late = closesBefore(estimate);
  if (late !== undefined) return fill(text.late, { time: timeOf(new Date(late)) });
  if (minutes(estimate) !== null) return "";
  const opens = opensNext();
  return opens === undefined ? text.unstaffed : fill(text.not_open_yet, { time: timeOf(new Date(opens)) });
}
