// What the complaints' page was made with, and how a complaint's kind and deadline are said.

import { daysBetween } from "./days.js";
import { dateOf, fill, readJson, words } from "./page.js";

export const DATA = readJson("complaints-data");
export const TEXT = words();
export const HALL = `/api/v1/halls/${DATA.hall}`;

const timezone = document.documentElement.dataset.timezone;
const iso = new Intl.DateTimeFormat("en-CA", { timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit" });

/** Today's date in the hall, "2026-06-01". */
export const today = () => iso.format(new Date());

/** A date "2026-06-01" in words. */
export const saidDay = (day) => dateOf(new Date(`${day}T12:00:00Z`));

/** What its clock says: {words, isLate, isNear}. */
export function dueOf({ state, late, last_day: day, closed_at: closedAt }) {
  if (state !== "open") {
    const how = state === "withdrawn" ? TEXT.state.withdrawn : late ? TEXT.closed_late : TEXT.in_time;
    const closed = fill(TEXT.closed, { date: dateOf(new Date(closedAt)) });
    return { words: closed + TEXT.separator + how, isLate: late && state === "replied", isNear: false };
  }
  const days = daysBetween(today(), day);
  if (late) return { words: fill(TEXT.overdue, { days: Math.max(1, -days) }), isLate: true, isNear: false };
  if (days <= 0) return { words: TEXT.due_today, isLate: false, isNear: true };
  return { words: fill(TEXT.due_days, { days, date: saidDay(day) }), isLate: false, isNear: days === 1 };
}

/** Its kind as badges, made anew in `place` when they are others. */
export function writeBadges(place, complaint) {
  const { severity, about, state, late, extended } = complaint;
  const badges = [
    [TEXT.severity[severity], severity === "major" ? "is-bad" : ""],
    [TEXT.about[about], ""],
    ...(late ? [[TEXT.late, "is-bad"]] : []),
    ...(extended ? [[TEXT.extended, ""]] : []),
    ...(state === "open" ? [] : [[TEXT.state[state], "is-confirmed"]]),
  ];
  const key = JSON.stringify(badges);
  if (place.dataset.badges === key) return;
  place.dataset.badges = key;
  place.replaceChildren(
    ...badges.map(([text, kind]) => {
      const badge = document.createElement("span");
      badge.className = `badge ${kind}`.trim();
      badge.textContent = text;
      return badge;
    }),
  );
}
