// How wide a text is, for styles that make it as large as its place allows.

import { write } from "./rows.js";

const FIRST_WIDE = "\u2e80"; // from here on scripts whose characters are as wide as high
const NARROW_EMS = 0.6;

/** The width of a text in ems, about. */
export const emsOf = (text) => [...text].reduce((sum, letter) => sum + (letter < FIRST_WIDE ? NARROW_EMS : 1), 0);

/** Write a text, and its width as `--ems`: 1 at least, so that it may divide. */
export function writeSized(element, text) {
  if (element.textContent === text) return;
  write(element, text);
  element.style.setProperty("--ems", Math.max(1, emsOf(text)));
}
