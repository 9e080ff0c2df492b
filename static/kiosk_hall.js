// What the kiosk knows of its hall now: by the topic `board`, and by what the page was made with until that speaks.

import { banner } from "./banner.js";
import { hallNow } from "./hall_time.js";
import { hall, made, token } from "./kiosk_device.js";
import { connect } from "./live.js";

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

/** The end of today's hours in milliseconds; undefined when it is not known. */
export function closes() {
  const last = board?.opening?.at(-1);
  return last && Date.parse(last[1]);
}
