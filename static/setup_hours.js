// Step: when the hall is open.

import { draft, keepForm, panelOf, readForm, tell, WORDS } from "./setup_step.js";

export const name = "hours";

const panel = panelOf(name);
keepForm(name);
panel.addEventListener("change", show);

/** The fields of the kind of hours that was chosen, and no others. */
export function show() {
  const { hours, summer } = readForm(panel);
  for (const element of panel.querySelectorAll("[data-only]")) offer(element, element.dataset.only === hours);
  offer(panel.querySelector("[data-summer]"), hours === "office" && summer === "yes");
  panel.querySelector("[data-unless]").hidden = hours === "always";
}

function offer(element, on) {
  element.hidden = !on;
  for (const field of element.querySelectorAll("input")) field.disabled = !on;
}

export function submit() {
  draft.forms.hours = readForm(panel);
  const { hours, days = [] } = draft.forms.hours;
  return hours === "always" || days.length > 0 || tell(panel, WORDS.no_days);
}
