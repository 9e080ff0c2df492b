// The face of a hall that is closed: a large clock, when it opens, and whom to phone; dimmed, and nothing of the day's rows.

import { show } from "./hall_screen_call.js";
import { clone } from "./page.js";
import { write } from "./rows.js";

const root = document.documentElement;
const byDay = root.dataset.theme;

/** Whether nothing more happens today on this screen: closed, no tickets to be had, nobody waiting or at a counter. */
export function isNight({ opening, view }) {
  if (opening.isOpen() || opening.isIssuing()) return false;
  return view.queues.every(({ waiting }) => waiting === 0) && view.counters.every(({ ticket }) => ticket === undefined);
}

/** Dim the screen, or not. */
export function dim(night) {
  if (root.hasAttribute("data-night") === night) return;
  root.toggleAttribute("data-night", night);
  root.dataset.theme = night ? "dark" : byDay;
}

/** title, next: what is so and when it opens; lines: hours and telephones; clock, date: the hall's. */
export function showNight({ title, next, lines, clock, date }) {
  show(["night", title, next, clock, date, ...lines].join("\n"), () => {
    const face = clone("night");
    write(face.querySelector(".wall-night-clock"), clock);
    write(face.querySelector(".wall-night-date"), date);
    write(face.querySelector(".wall-call-title"), title);
    write(face.querySelector(".wall-night-next"), next);
    const line = (text) => {
      const element = document.createElement("p");
      element.textContent = text;
      return element;
    };
    face.querySelector(".wall-night-lines").append(...lines.map(line));
    return face;
  });
}
