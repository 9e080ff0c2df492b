// What a page that issues tickets says of a wait: how many are there, and how long it lasts or what stands in its place.

import { fill, minutes, timeOf, wait } from "./page.js";

/** board: as hallBoard gives it, as far as hours and quotas go; text: the page's words. */
export function hallWaits({ closesBefore, opensNext, used }, text) {
  const at = (instant) => ({ time: timeOf(new Date(instant)) });

  /** "约 10–15 分钟"; when the counters open, or who knows more, where no wait is known. */
  function howLong(estimate) {
    if (minutes(estimate) !== null) {
      const range = wait(estimate, text);
      return closesBefore(estimate) === undefined ? range : fill(text.range_too_late, { range });
    }
    if (estimate !== undefined) return text.very_long;
    const opens = opensNext();
    return opens === undefined ? text.ask_staff : fill(text.opens_at, at(opens));
  }

  return {
    /** "等候 3 人" */
    waiting: ({ waiting: count }) => (count === 0 ? text.nobody : fill(text.waiting, { count })),

    howLong,

    /** The same of a queue: that its tickets are used up comes first. */
    howLongIn: (queue, estimate) => (used(queue) === null ? howLong(estimate) : text.full),

    /** What is to be said in full sentences before a ticket is taken; "" for nothing. */
    warning(estimate) {
      const late = closesBefore(estimate);
      if (late !== undefined) return fill(text.late, at(late));
      if (estimate !== undefined) return minutes(estimate) === null ? text.very_long_ask : "";
      const opens = opensNext();
      return opens === undefined ? text.unstaffed : fill(text.not_open_yet, at(opens));
    },

    /** When a queue whose tickets are used up has some again, and what to do now: {again} as `used` tells it. */
    moreLater: ({ again }) => (again === undefined ? text.full_today : fill(text.full_until, at(again))),
  };
}
