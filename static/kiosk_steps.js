// One step at a time on the kiosk's screen, and the line above it that says what went wrong.

import { $ } from "./kiosk_device.js";

let shown = null;

/** The step that is on the screen, by its name. */
export const step = () => shown;

/** Show one step and say its title to those who cannot see it. */
export function go(next) {
  shown = next;
  for (const section of document.querySelectorAll(".step")) section.hidden = section.dataset.step !== next;
  document.querySelector(`[data-step="${next}"] h2`).focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Say what went wrong; "" for nothing. */
export function tell(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}
