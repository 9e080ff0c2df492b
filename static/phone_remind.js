// A phone number to be told at when the turn is near, left by the ticket's holder; not every hall sends messages.

import { api } from "./api.js";
import { words } from "./page.js";
import { excuse } from "./phone_excuse.js";

const WORDS = words();
const form = document.getElementById("remind");
const note = document.getElementById("remind-note");

/** Offer it for the ticket at `path` of the API. Returns draw(waits, left): whether it waits, and a number was left. */
export function offerToRemind(path) {
  if (form === null) return () => {};
  const button = form.querySelector("button");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return; // pressed twice
    button.setAttribute("aria-busy", "true");
    const answer = await api("POST", `${path}/phone`, { phone: form.elements.phone.value.trim() });
    button.removeAttribute("aria-busy");
    note.textContent = answer.ok ? WORDS.reminded : excuse(answer.problem);
    if (answer.ok) form.reset(); // whoever looks at this phone next need not read it
  });

  return (waits, left) => {
    form.hidden = !waits;
    if (left && form.dataset.left !== "yes") note.textContent = WORDS.reminded;
    form.dataset.left = left ? "yes" : "no";
  };
}
