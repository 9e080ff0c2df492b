// What is wrong with a form, told at the field that it is about.

import { say } from "./dialog.js";

const FIELDS = "input, select, textarea";

let told = 0;

/** Take back everything that was told in the form. */
export function clearProblems(form) {
  for (const line of form.querySelectorAll(".field-problem")) clearField(line.previousElementSibling);
  say(form.querySelector("[data-message]"), "");
}

/** Tell a problem at a field, and lead there if asked to. It is taken back with the next key pressed in the field. */
export function problemAt(field, text, lead = true) {
  clearField(field);
  const line = document.createElement("p");
  line.className = "field-problem";
  line.id = `problem-${++told}`;
  line.setAttribute("role", "alert");
  line.textContent = text;
  field.after(line);
  field.setAttribute("aria-invalid", "true");
  field.dataset.describedBy = field.getAttribute("aria-describedby") ?? "";
  field.setAttribute("aria-describedby", `${field.dataset.describedBy} ${line.id}`.trim());
  field.addEventListener("input", () => clearField(field), { once: true });
  if (lead) field.focus();
}

/**
 * Tell a refusal of the server: at the field whose `data-place` is the refusal's `place`, or its nearest part that has a
 * field; else in the form's line for messages. unreachable: the words when there was no answer.
 */
export function tellProblem(form, problem, unreachable) {
  const text = problem.detail ?? problem.title ?? unreachable;
  const field = problem.place === undefined ? null : fieldOf(form, problem.place);
  if (field === null) say(form.querySelector("[data-message]"), text, "is-bad");
  else problemAt(field, text);
}

function fieldOf(form, place) {
  for (let part = place; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) {
    const found = form.querySelector(`[data-place="${CSS.escape(part)}"]`);
    if (found !== null) return found.matches(FIELDS) ? found : found.querySelector(FIELDS);
  }
  return null;
}

function clearField(field) {
  if (!field?.hasAttribute("aria-invalid")) return;
  field.removeAttribute("aria-invalid");
  field.nextElementSibling?.classList.contains("field-problem") && field.nextElementSibling.remove();
  if (field.dataset.describedBy) field.setAttribute("aria-describedby", field.dataset.describedBy);
  else field.removeAttribute("aria-describedby");
}
