// Waiting for somebody without hurrying them: the time stands still while they touch or type, and its end is told before.

const WARN_S = 15;
const LOOK_MS = 250;

/**
 * Wait `seconds` for a sign of somebody, once begun.
 *
 * warn   told the whole seconds that are left, from the last fifteen on; null when nothing has to be said
 * over   called when nobody gave a sign for so long
 *
 * Returns {begin, end}; `begin()` also gives all the time again.
 */
export function patience({ seconds, warn, over }) {
  let until = Infinity;

  function begin() {
    until = performance.now() + seconds * 1000;
    look();
  }

  function end() {
    until = Infinity;
    warn(null);
  }

  function look() {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left > 0) return warn(left <= WARN_S ? left : null);
    end();
    over();
  }

  // Not pointerdown: a warning that went from under the finger would let the touch through to what lies below it.
  for (const sign of ["click", "scroll", "keydown", "input"]) {
    addEventListener(sign, () => until !== Infinity && begin(), { capture: true });
  }
  setInterval(look, LOOK_MS);
  return { begin, end };
}
