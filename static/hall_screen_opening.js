// Whether the hall is open, and when it is again; the board knows today, the server what comes after.

import { api } from "./api.js";
import { dateOf, fill, timeOf } from "./page.js";

const ASK_MS = 60_000;

/** hall: its id; now: () → the hall's time; text: the page's words. */
export function hallOpening({ hall, now, text }) {
  let board = {};
  let next = {}; // {opens_at, opening, ticketing} as the server sees them, asked for while it is closed
  let askedAt = -Infinity;

  const within = ([from, until]) => Date.parse(from) <= now() && now() < Date.parse(until);
  const span = ([from, until]) => fill(text.span, { from: timeOf(new Date(from)), until: timeOf(new Date(until)) });

  async function ask() {
    if (performance.now() - askedAt < ASK_MS) return;
    askedAt = performance.now();
    const answer = await api("GET", `/screen/${hall}/opening`, undefined, { patienceS: 0 });
    if (answer.ok) next = answer.body;
  }

  return {
    follow(state) {
      if (JSON.stringify([state.closed, state.opening]) !== JSON.stringify([board.closed, board.opening])) {
        askedAt = -Infinity;
      }
      board = state;
    },

    isOpen: () => !board.closed && (board.opening ?? []).some(within),

    /** Whether tickets are issued now: from before opening, through lunch. */
    isIssuing: () => !board.closed && board.ticketing !== undefined && within(board.ticketing),

    /** "下次开放：11月26日周四 09:00" */
    nextText() {
      ask();
      if (!next.opens_at || Date.parse(next.opens_at) <= now()) return text.opens_unknown;
      const date = new Date(next.opens_at);
      return fill(text.opens, { date: dateOf(date), time: timeOf(date) });
    },

    /** Of the day on which it opens next: "办理时间 09:00–12:00、13:30–17:00" and "取号时间 08:30–17:00"; as far as known. */
    hoursTexts() {
      const { opening = [], ticketing } = next;
      const hours = opening.length > 0 ? [fill(text.hours, { spans: opening.map(span).join(text.listing) })] : [];
      return ticketing ? [...hours, fill(text.ticketing, { span: span(ticketing) })] : hours;
    },
  };
}
