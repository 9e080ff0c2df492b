// What a citizen says on the evaluator's two pages: a level, reasons of that level, words.

import { clone, fill, readJson } from "./page.js";

const REASONS = readJson("reasons-by-level");
const BAD = new Set(["dissatisfied", "very_dissatisfied"]);
const { version } = document.getElementById("reasons-by-level").dataset;
const element = (id) => document.getElementById(id);

let level = null;

/** The level that was chosen, null while there is none. */
export const chosen = () => level;

/** Choose a level and offer its reasons; null takes the choice back. */
export function choose(next, text) {
  if (next !== level) offer(next);
  level = next;
  press(".level", (button) => button.dataset.level === level);
  element("reasons-title").textContent = level === null ? "" : fill(text.chosen, { level: text.levels[level] });
  element("call-back").hidden = !BAD.has(level);
  if (element("call-back").hidden) element("phone").value = "";
  checkPhone(text);
  count(text);
}

/** Take everything back: the next citizen finds nothing of it. */
export function forget(text) {
  element("comment").value = "";
  element("phone").value = "";
  choose(null, text);
}

/** Say whether the number can be called; one that cannot must not hold up a rating, and is left out. */
export function checkPhone(text) {
  const isGood = element("phone").checkValidity();
  element("phone-problem").textContent = isGood ? "" : text.phone_wrong;
  return isGood;
}

/** As `POST …/ratings` takes it; a level must have been chosen. */
export function answer() {
  const pressed = [...document.querySelectorAll('.reason[aria-pressed="true"]')];
  const comment = element("comment").value.trim();
  const phone = element("phone").checkValidity() ? element("phone").value.trim() : "";
  return {
    level,
    reasons: pressed.map((button) => button.dataset.code),
    reasons_version: version,
    ...(comment !== "" && { comment }),
    ...(phone !== "" && { phone }),
  };
}

/** How much was written, and how much there may be. */
export function count(text) {
  const { value, maxLength } = element("comment");
  element("comment-count").textContent = fill(text.count, { used: value.length, most: maxLength });
}

function offer(next) {
  const items = Object.entries(REASONS[next] ?? {}).map(([code, wording]) => {
    const item = clone("reason");
    const button = item.querySelector("button");
    button.dataset.code = code;
    button.textContent = wording;
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    });
    return item;
  });
  element("reasons").replaceChildren(...items);
}

function press(selector, pressed) {
  for (const button of document.querySelectorAll(selector)) button.setAttribute("aria-pressed", String(pressed(button)));
}
