// One step at a time on the kiosk's screen, what went wrong above it, and the number as its hero.

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

/** Write a ticket's number as large as its place lets it be. */
export function writeNumber(element, number) {
  element.textContent = number;
  element.style.setProperty("--characters", number.length);
}
