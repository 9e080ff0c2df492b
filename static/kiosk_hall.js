// What the kiosk knows of its hall now: by the topic `board`, and by what the page was made with until that speaks.

import { banner } from "./banner.js";
import { hallNow } from "./hall_time.js";
import { hall, made, token } from "./kiosk_device.js";
import { connect } from "./live.js";

const WHOLE_DAY_MS = 24 * 3600 * 1000; // a hall that is open that long does not close

let board = null;
let estimates = Object.fromEntries(made.queues.map(({ id, estimate }) => [id, estimate]));
let alive = false;
let link = null;

/** Follow the board. changed: called when anything of it is new; linked: told true or false when the link comes or goes. */
export function follow({ changed, linked }) {
  link = connect({
    url: `/api/v1/halls/${hall}/live`,
    topic: "board",
    token,
    onState(state) {
      board = state.queues ? state : null; // no business day yet: what the page was made with must do
      changed();
    },
    onHint({ queues: waits }) {
      estimates = waits;
      changed();
    },
    onStatus: banner(({ state }) => {
      if (alive === (state === "live")) return;
      alive = state === "live";
      linked(alive);
    }),
  });
}

export const isAlive = () => alive;

/** Whether the board has spoken: what the page was made with says less. */
export const hasBoard = () => board !== null;

/** The hall's time in milliseconds: the kiosk's own clock may be wrong. */
export const now = () => hallNow(link);

export const queues = () => (board === null ? made.queues : Object.values(board.queues));

export const queueOf = (id) => queues().find((queue) => queue.id === id) ?? made.queues.find((queue) => queue.id === id);

/** {p50_s, p90_s} of whoever takes a ticket of this queue now; undefined while nobody serves it. */
export const estimateOf = (queue) => estimates[queue];

/** Whether tickets are issued now. */
export function ticketing() {
  if (board === null) return made.ticketing_now;
  if (board.closed || !board.ticketing) return false;
  const [from, until] = board.ticketing.map(Date.parse);
  return now() >= from && now() < until;
}

const spans = () => (board?.opening ?? []).map((span) => span.map(Date.parse));

/** When the counters open next today, in milliseconds; undefined while they are open, or when nobody knows. */
export function opensNext() {
  if (board === null) return made.open_now || !made.opens_at ? undefined : Date.parse(made.opens_at);
  if (spans().some(([from, until]) => now() >= from && now() < until)) return undefined;
  return spans().find(([from]) => from > now())?.[0];
}

/** Whether whoever waits that long may still be waiting when the hall closes; then when it does, in milliseconds. */
export function closesBefore(estimate) {
  const [from, until] = spans().at(-1) ?? [];
  if (estimate === undefined || from === undefined || until - from >= WHOLE_DAY_MS) return undefined;
  return now() + estimate.p90_s * 1000 > until ? until : undefined;
}

/** Whether the quota of a queue is used up now; then {again}: when there are tickets again today, in milliseconds, or not. */
export function used(queue) {
  if (board === null || !queue.full) return null;
  const [from, until] = queue.full.map(Date.parse);
  if (now() < from || now() >= until) return null;
  return { again: until < Date.parse(board.ticketing[1]) ? until : undefined };
}

/** The numbers of the open counters that serve a queue, ascending. */
export const countersOf = (queue) =>
  Object.values(board?.counters ?? {})
    .filter(({ state, queues: served }) => state === "open" && served.includes(queue))
    .map(({ number }) => number);
