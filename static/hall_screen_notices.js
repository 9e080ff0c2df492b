// The notice line: counters that pause or are closed, what the head wrote, and what concerns this screen; each in its turn.

import { inRuns, pageOf, piecesOf } from "./hall_screen_fit.js";
import { fill, timeOf } from "./page.js";
import { write } from "./rows.js";

const line = document.getElementById("notice");
const LINES = { landscape: 1, portrait: 2, strip: 1 };

/** notices: texts, in their order; turn: whose it is. One that is longer than the line is shown piece by piece. */
export function renderNotice(notices, turn) {
  const lines = LINES[document.documentElement.dataset.layout];
  const { fontSize, paddingInlineEnd } = getComputedStyle(line);
  const width = (line.clientWidth - parseFloat(paddingInlineEnd)) / parseFloat(fontSize);
  const pieces = notices.flatMap((notice) => piecesOf(notice, width * lines - (lines - 1) - 0.5));
  write(line, pageOf(pieces, 1, turn)[0] ?? "");
}

/** What is to be said of counters, as texts. now: the hall's time: no return is promised that is past; text: words. */
export function counterNotices(counters, now, text) {
  const notices = counters
    .filter(({ state }) => state === "away" || state === "paused")
    .map(({ number, back_at: back }) => {
      const isPromised = back !== undefined && Date.parse(back) > now;
      return fill(isPromised ? text.away : text.paused, { counter: number, back: isPromised && timeOf(new Date(back)) });
    });
  const closed = counters.filter(({ state }) => state === "closed").map(({ number }) => number);
  if (closed.length > 0 && closed.length < counters.length) {
    notices.push(fill(text.closed_counters, { counters: inRuns(closed).join(text.listing) }));
  }
  return notices;
}
