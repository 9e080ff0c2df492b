// The plan of the posts in words: people, half days, and what stands in the way.

import { dateOf, fill, timeOf, words } from "./page.js";

export const text = words().posts;

/** Somebody's name; names: by account. */
export const nameOf = (names, account) => names[account] ?? text.somebody;

/** "6月2日周二", of an ISO date. */
export const dayWords = (iso) => dateOf(new Date(`${iso}T12:00:00+08:00`));

/** "6月2日周二上午", of {day, half}. */
export const halfDay = ({ day, half }) => fill(text.half_day, { date: dayWords(day), half: text.half[half] });

/** From one half day to another, both included. */
export function span(first, last) {
  if (first.day !== last.day) return fill(text.span, { first: halfDay(first), last: halfDay(last) });
  return first.half === last.half ? halfDay(first) : fill(text.whole_day, { date: dayWords(first.day) });
}

/** "6月2日周二 09:05", of an instant. */
export const moment = (instant) => `${dateOf(new Date(instant))} ${timeOf(new Date(instant))}`;

/** That the plan cannot be read anew; at: from when what is shown is, null while nothing was read. */
export const staleness = (at) => (at === null ? text.unread : fill(text.stale, { time: timeOf(at) }));

/** A refusal of the server in words. */
export function obstacle(problem) {
  const title = problem.title ?? text[problem.code] ?? text.unreachable;
  return problem.code === "deputy_absent" ? fill(text.occupied, { problem: title, when: halfDay(problem) }) : title;
}
