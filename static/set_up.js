// A page follows what its hall's set-up becomes: it opens itself anew, when nobody is in the middle of something.

import { api } from "./api.js";

const ASK_MS = 10000;
const HANDS_OFF_MS = 3000; // nothing moves under the hand

let touchedAt = -Infinity;
for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => (touchedAt = performance.now()), { capture: true });
}

/**
 * Ask `path` now and then for {version}; once it is another than the page was made with, reload.
 *
 * free   () → whether the page may be replaced now
 */
export function followSetUp(path, version, free) {
  const rests = () => performance.now() - touchedAt > HANDS_OFF_MS && document.querySelector("dialog[open]") === null;
  setInterval(async () => {
    if (!rests() || !free()) return;
    const answer = await api("GET", path, undefined, { patienceS: 0 });
    if (answer.ok && answer.body.version !== version && rests() && free()) location.reload();
  }, ASK_MS);
}
