// One section's form of the set-up: filled from it, saved into it, never over what somebody else changed meanwhile.

import { api } from "./api.js";
import { say } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";
import { readJson, words } from "./page.js";

export const DATA = readJson("admin-data");
export const WORDS = words();
export const HALL = `/api/v1/halls/${DATA.hall}`;

let { setup, version } = DATA;

/**
 * The form `set-up` of the page.
 *
 * write(setup)   fills the form
 * read(setup)    the parts of the set-up that the form holds, from what it shows now; null when something in it cannot
 *                be understood, after telling so at its field
 *
 * Returns {touched}: to be called when the form changed otherwise than by typing.
 */
export function setUpForm({ write, read }) {
  const form = document.getElementById("set-up");
  const line = form.querySelector(".admin-foot [data-message]");
  const unsaved = form.querySelector("[data-unsaved]");
  const reload = form.querySelector("[data-reload]");
  const button = form.querySelector(".admin-foot .button-primary");
  const mark = (isDirty) => (unsaved.hidden = !isDirty);
  const touched = () => {
    mark(true);
    say(line, "");
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  addEventListener("beforeunload", (event) => !unsaved.hidden && event.preventDefault());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    clearProblems(form);
    const parts = read(setup);
    if (parts === null) return;
    button.setAttribute("aria-busy", "true");
    const answer = await api("POST", `${HALL}/setup`, { version, setup: { ...setup, ...parts } });
    button.removeAttribute("aria-busy");
    reload.hidden = answer.problem?.code !== "hall_changed";
    if (answer.ok) {
      ({ setup, version } = answer.body);
      mark(false);
      say(line, WORDS.saved, "is-good");
    } else if (!reload.hidden) say(line, WORDS.changed, "is-warning");
    else tellProblem(form, answer.problem, WORDS.unreachable);
  });

  // The other parts become what they are now; this form keeps what was typed.
  reload.addEventListener("click", async () => {
    const answer = await api("GET", `${HALL}/setup`);
    if (!answer.ok) return tellProblem(form, answer.problem, WORDS.unreachable);
    ({ setup, version } = answer.body);
    reload.hidden = true;
    say(line, WORDS.reloaded, "is-warning");
    button.focus();
  });

  write(setup);
  return { touched };
}
