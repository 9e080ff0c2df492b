// The status banner: whether what the page shows is alive, since when not, and how old it is. Honest, and in few words.

import { fill, readJson, timeOf } from "./page.js";

const AGES_MS = 5000; // how often the age is looked at
const SHAPE = { connecting: "is-lost", live: "is-live", lost: "is-lost", stopped: "is-stopped" };

/**
 * Give the page's banner to live.js: `connect({ …, onStatus: banner() })`.
 *
 * Says nothing until something is worth saying: a page that connects at once never shows "connecting". The words stand in
 * the layout. `before(status)` runs first, for what else the page does when its link changes, such as locking buttons.
 */
export function banner(before = () => {}) {
  const element = document.getElementById("status");
  const words = readJson("status-words");
  let said = null;
  let last = null; // {status, heard}
  const show = () => {
    const { status, heard } = last;
    const ageS = (status.ageS ?? 0) + (performance.now() - heard) / 1000;
    const text = phrase(words, status, ageS);
    if (text === said) return; // a screen reader says what is written, so write only what is new
    said = text;
    element.textContent = text;
    element.className = `status-banner ${SHAPE[status.state]}`;
    element.hidden = false;
  };
  setInterval(() => last !== null && show(), AGES_MS);
  return (status) => {
    before(status);
    if (status.state === "connecting" && Date.now() - status.since < 2000) return;
    document.documentElement.dataset.link = status.state;
    last = { status, heard: performance.now() };
    show();
  };
}

/** The words for an age: "…_minutes" in few steps, because each is read out; "…_hours" when minutes say little. */
function aged(words, key, ageS) {
  const minutes = Math.floor(ageS / 60);
  if (minutes < 1) return words[key];
  const step = minutes < 5 ? 1 : 5;
  if (minutes < 120) return fill(words[`${key}_minutes`] ?? words[key], { age: minutes - (minutes % step) });
  return fill(words[`${key}_hours`] ?? words[key], { age: Math.floor(minutes / 60) });
}

function phrase(words, { state, since, asOf, meaning }, ageS) {
  const empty = asOf === undefined;
  const key = state === "lost" || state === "stopped" ? state + (empty ? "_empty" : "") : state;
  return fill(empty || key === "live" ? words[key] : aged(words, key, ageS), {
    since: timeOf(since),
    as_of: empty ? "" : timeOf(new Date(asOf)),
    meaning: meaning ?? "",
  });
}
