// Dates as the wire writes them, "2026-06-01", counted in days. Pure.

const DAY_MS = 86_400_000;

/** Whole days from one date to another. */
export const daysBetween = (from, to) => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/** The date after one. */
export const dayAfter = (day) => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
