// The status banner: whether what the page shows is alive, since when not, and how old it is. Honest, and in few words.

import { fill, readJson, timeOf } from "./page.js";

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
  return (status) => {
    before(status);
    if (status.state === "connecting" && Date.now() - status.since < 2000) return;
    const text = phrase(words, status);
    document.documentElement.dataset.link = status.state;
    if (text === said) return; // a screen reader says what is written, so write only what is new
    said = text;
    element.textContent = text;
    element.className = `status-banner ${SHAPE[status.state]}`;
    element.hidden = false;
  };
}

function phrase(words, { state, since, asOf, meaning }) {
  const empty = asOf === undefined;
  const key = state === "lost" || state === "stopped" ? state + (empty ? "_empty" : "") : state;
  return fill(words[key], {
    since: timeOf(since),
    as_of: empty ? "" : timeOf(new Date(asOf)),
    meaning: meaning ?? "",
  });
}
