// What a page that issues tickets knows of its hall now: by the topic `board`, and by what the page was made with until
// that speaks.

import { banner } from "./banner.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";

/**
 * Follow a hall's board.
 *
 * made      the hall as GET /halls/{hall} had it when the page was made
 * token     the device's; without one the page's cookie speaks, if there is one
 * changed   called when anything is new
 * linked    told true or false when the link comes or goes
 */
export function followBoard({ made, token, changed, linked }) {
  let board = null;
  let estimates = Object.fromEntries(made.queues.map(({ id, estimate }) => [id, estimate]));
  let alive = false;

  const link = connect({
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

  const queues = () => (board === null ? made.queues : Object.values(board.queues));

  return {
    isAlive: () => alive,

    /** The hall's time in milliseconds: the device's own clock may be wrong. */
    now: () => hallNow(link),

    queues,
    queueOf: (id) => queues().find((queue) => queue.id === id) ?? made.queues.find((queue) => queue.id === id),

    /** {p50_s, p90_s} of whoever takes a ticket of this queue now; undefined while nobody serves it. */
    estimateOf: (queue) => estimates[queue],

    /** Whether tickets are issued now. */
    ticketing() {
      if (board === null) return made.ticketing_now;
      if (board.closed || !board.ticketing) return false;
      const [from, until] = board.ticketing.map(Date.parse);
      return hallNow(link) >= from && hallNow(link) < until;
    },

    /** The end of today's hours in milliseconds; undefined when it is not known. */
    closes() {
      const last = board?.opening?.at(-1);
      return last && Date.parse(last[1]);
    },
  };
}
