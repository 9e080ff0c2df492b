// What a page that issues tickets knows of its hall now: by the topic `board`, and by what the page was made with until
// that speaks.

import { banner } from "./banner.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";

const WHOLE_DAY_MS = 24 * 3600 * 1000; // a hall that is open that long does not close

/** made: the hall as GET /halls/{hall} had it when the page was made; token: the device's, if the page has one. */
export function hallBoard({ made, token }) {
  let board = null;
  let estimates = Object.fromEntries(made.queues.map(({ id, estimate }) => [id, estimate]));
  let alive = false;
  let link = null;

  const now = () => hallNow(link);
  const queues = () => (board === null ? made.queues : Object.values(board.queues));
  const spans = () => (board?.opening ?? []).map((span) => span.map(Date.parse));

  return {
    /** Follow the board. changed: called when anything of it is new; linked: told true or false when the link comes or goes. */
    follow({ changed, linked }) {
      link = connect({
        url: `/api/v1/halls/${made.id}/live`,
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
    },

    isAlive: () => alive,

    /** Whether the board has spoken: what the page was made with says less. */
    hasBoard: () => board !== null,

    /** The hall's time in milliseconds: the device's own clock may be wrong. */
    now,

    queues,
    queueOf: (id) => queues().find((queue) => queue.id === id) ?? made.queues.find((queue) => queue.id === id),

    /** {p50_s, p90_s} of whoever takes a ticket of this queue now; undefined while nobody serves it. */
    estimateOf: (queue) => estimates[queue],

    /** Whether tickets are issued now. */
    ticketing() {
      if (board === null) return made.ticketing_now;
      if (board.closed || !board.ticketing) return false;
      const [from, until] = board.ticketing.map(Date.parse);
      return now() >= from && now() < until;
    },

    /** When the counters open next today, in milliseconds; undefined while they are open, or when nobody knows. */
    opensNext() {
      if (board === null) return made.open_now || !made.opens_at ? undefined : Date.parse(made.opens_at);
      if (spans().some(([from, until]) => now() >= from && now() < until)) return undefined;
      return spans().find(([from]) => from > now())?.[0];
    },

    /** Whether whoever waits that long may still be waiting when the hall closes; then when it does, in milliseconds. */
    closesBefore(estimate) {
      const [from, until] = spans().at(-1) ?? [];
      if (estimate === undefined || from === undefined || until - from >= WHOLE_DAY_MS) return undefined;
      return now() + estimate.p90_s * 1000 > until ? until : undefined;
    },

    /** Whether the quota of a queue is used up now; then {again}: when there are tickets again today, in ms, or not. */
    used(queue) {
      if (board === null || !queue.full) return null;
      const [from, until] = queue.full.map(Date.parse);
      if (now() < from || now() >= until) return null;
      return { again: until < Date.parse(board.ticketing[1]) ? until : undefined };
    },

    /** The numbers of the open counters that serve a queue, ascending. */
    countersOf: (queue) =>
      Object.values(board?.counters ?? {})
        .filter(({ state, queues: served }) => state === "open" && served.includes(queue))
        .map(({ number }) => number),
  };
}
