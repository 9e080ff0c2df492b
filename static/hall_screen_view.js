// What of the hall a screen is for: its queues, and the counters in its areas. Pure: no DOM, no clock.

import { isWithin } from "./announcements.js";

/**
 * screen   {queues, areas, queue_names, counter_names}; empty queues, areas: all
 * board    the topic's state; {} before the first business day
 *
 * Returns {queues: [queue], counters: [counter], shows(call)}: in the hall's order, under the names that the page shows.
 */
export function viewOf(screen, board) {
  const within = ({ area = "" }) => screen.areas.length === 0 || screen.areas.includes(area);
  const serves = ({ queues }) => screen.queues.length === 0 || queues.some((queue) => screen.queues.includes(queue));
  const named = (names, key, thing) => ({ ...thing, name: names[key] ?? thing.name });
  const counters = Object.values(board.counters ?? {})
    .filter((counter) => within(counter) && serves(counter))
    .map((counter) => named(screen.counter_names, counter.number, counter));
  const queues = Object.values(board.queues ?? {})
    .filter(({ id }) => screen.queues.length === 0 || screen.queues.includes(id))
    .filter(({ id }) => screen.areas.length === 0 || counters.some((counter) => counter.queues.includes(id)))
    .map((queue) => named(screen.queue_names, queue.id, queue));
  return { queues, counters, shows: (call) => isWithin(screen, call, board) };
}

/** The queue whose letters stand before a number. */
export function queueOf(board, number) {
  const letters = number.replace(/\d+$/, "");
  return Object.values(board.queues ?? {}).find(({ prefix }) => prefix === letters);
}
