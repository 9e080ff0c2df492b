// A kiosk that nobody touches goes home, so that the next citizen finds the first screen; and says so before.

import { $, text } from "./kiosk_device.js";
import { fill } from "./page.js";

const HOME_AFTER_MS = 60_000;
const WARN_BEFORE_S = 15;
const LOOK_MS = 1000;

/**
 * Watch for touches.
 *
 * busy     whether the kiosk waits for an answer, and nobody is to be sent away
 * resting  whether it is at home anyway, so that nobody needs a warning
 * leave    sends the citizen home
 *
 * Returns {touched, left, deserted}: `touched()` counts as a touch, `left()` says that the citizen has gone, which
 * `deserted()` tells until the next one comes.
 */
export function idling({ busy, resting, leave }) {
  let timer = null;
  let leavesAt = Infinity;
  let deserted = false;

  function touched() {
    deserted = false;
    clearTimeout(timer);
    leavesAt = performance.now() + HOME_AFTER_MS;
    timer = setTimeout(() => busy() || left(), HOME_AFTER_MS);
    warn();
  }

  function left() {
    deserted = true;
    leave();
  }

  function warn() {
    const seconds = Math.ceil((leavesAt - performance.now()) / 1000);
    const leaving = seconds > 0 && seconds <= WARN_BEFORE_S && !busy() && !resting();
    $("countdown").hidden = !leaving;
    if (leaving) $("countdown").textContent = fill(text.leaving, { count: seconds });
  }

  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, touched);
  setInterval(warn, LOOK_MS);
  touched();
  return { touched, left, deserted: () => deserted };
}
