// The newest call of each counter, in rows: there at once, also while the call itself waits to be shown large.

import { recentCalls } from "./call_turns.js";
import { queueOf } from "./hall_screen_view.js";
import { clone } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

const NEW_MS = 20_000;
const list = document.getElementById("recent");
const empty = document.getElementById("recent-empty");

/** board: the whole one; view: the screen's part of it; called: the day's calls, newest last; now: the hall's time. */
export function renderRows({ board, view, called, now }) {
  const rows = recentCalls(board.counters ?? {}, called).filter((row) => {
    return view.shows({ ...row, queue: row.queue ?? queueOf(board, row.number)?.id ?? "" });
  });
  syncRows(list, rows.slice(0, capacity()), {
    key: ({ counter, called_at }) => `${counter} ${called_at}`,
    make: () => clone("recent-row"),
    update(row, { counter, number, called_at }) {
      writeMark(row.querySelector(".queue-mark"), queueOf(board, number));
      write(row.querySelector(".wall-recent-number"), number);
      write(row.querySelector(".wall-recent-counter .ticket-number"), String(counter));
      row.toggleAttribute("data-new", now - Date.parse(called_at) < NEW_MS);
    },
  });
  empty.hidden = rows.length > 0;
}

/** How many whole rows fit; one until there is one to measure. */
function capacity() {
  const row = list.firstElementChild?.getBoundingClientRect().height;
  if (!row) return 1;
  const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
  return columns * Math.max(1, Math.floor(list.clientHeight / row + 0.01));
}
