// What the pages' scripts share: the words and data that the template left for them, times and waits as people say them.

/** The JSON in `<script type="application/json" id="…">`. */
export const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

/** The page's words: the template's block `words`. */
export const words = () => readJson("words");

/** `text` with its {names} replaced. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The contents of `<template id="…">`, as an element of its own. */
export const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

const timezone = document.documentElement.dataset.timezone || undefined; // none given: the reader's own
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { timeZone: timezone, hour: "2-digit", minute: "2-digit", hour12: false });
const exactClock = new Intl.DateTimeFormat(language, { timeZone: timezone, timeStyle: "medium", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat(language, { timeZone: timezone, month: "long", day: "numeric", weekday: "short" });

/** "09:05", on the hall's clock. */
export const timeOf = (date) => clock.format(date).replace(/^24/, "00");

/** "09:05:07", likewise. */
export const exactTimeOf = (date) => exactClock.format(date);

/** "11月23日周一" or "Mon, November 23", on the hall's calendar. */
export const dateOf = (date) => calendar.format(date);

const LONGEST_S = 3 * 3600; // a longer wait is a guess: whoever stepped away "until next year" does not come back then

/**
 * A wait as a range of whole minutes: {least, most}, null when it is not known.
 *
 * From p50 to p90; above half an hour in steps of five minutes, because nobody knows better. One that
 * may last more than three hours is not known.
 */
export function minutes(estimate) {
  if (!estimate || estimate.p90_s > LONGEST_S) return null;
  const step = estimate.p90_s > 1800 ? 5 : 1;
  const most = Math.max(1, Math.ceil(estimate.p90_s / 60 / step) * step);
  const least = Math.min(most, Math.max(1, Math.floor(estimate.p50_s / 60 / step) * step));
  return { least, most };
}

/**
 * A wait in the page's words: wait_range ("约 {least}–{most} 分钟"), wait_about ("约 {most} 分钟"), wait_unknown ("—").
 */
export function wait(estimate, { wait_range, wait_about, wait_unknown }) {
  const range = minutes(estimate);
  if (range === null) return wait_unknown;
  return fill(range.least === range.most ? wait_about : wait_range, range);
}

/**
 * The token of a device page: from the address "…#token=…" once, then from this browser. null: none was ever given.
 *
 * Taken out of the address at once, so that it is neither seen on the screen nor kept in the history.
 */
export function deviceToken() {
  const name = `jiaohao.token ${location.pathname}`;
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    keepDeviceToken(given);
    return given;
  }
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keep the token of this device page; whether this browser does. */
export function keepDeviceToken(token) {
  try {
    localStorage.setItem(`jiaohao.token ${location.pathname}`, token);
    return true;
  } catch {
    return false; // it lasts as long as the page
  }
}

/** Forget the token of this device page. */
export function forgetDeviceToken() {
  try {
    localStorage.removeItem(`jiaohao.token ${location.pathname}`);
  } catch {
    // It kept none.
  }
}
