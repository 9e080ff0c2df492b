// The first-run wizard: one step is shown at a time, each a module of its own; what was answered is kept in the tab.

import { beginWithAdministrator } from "./setup_admin.js";
import * as devices from "./setup_devices.js";
import * as done from "./setup_done.js";
import { keepDraft } from "./setup_draft.js";
import * as hours from "./setup_hours.js";
import * as people from "./setup_people.js";
import * as place from "./setup_place.js";
import * as sheet from "./setup_sheet.js";
import { byId, draft, FIRST, onSubmit, panelOf } from "./setup_step.js";
import * as windows from "./setup_windows.js";

const STEPS = [place, hours, windows, people, sheet, devices, done];
const NAMES = STEPS.map((step) => step.name);
const after = (count) => STEPS[NAMES.indexOf(draft.step) + count];

function show(name) {
  for (const panel of document.querySelectorAll("[data-step]")) panel.hidden = panel.dataset.step !== name;
  for (const item of byId("steps").children) {
    const names = item.dataset.for.split(" ");
    if (names.includes(name)) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
    item.classList.toggle("is-done", NAMES.indexOf(names.at(-1)) < NAMES.indexOf(name));
  }
  const title = panelOf(name).querySelector("h2");
  title.tabIndex = -1;
  title.focus();
  scrollTo(0, 0);
}

function lead(step) {
  draft.step = step.name;
  keepDraft(draft);
  show(step.name);
  step.show?.();
}

for (const step of STEPS) {
  onSubmit(step.name, async (form) => {
    if ((await step.submit?.(form)) ?? true) lead(after(1));
  });
}
// What was created is changed on the hall's own pages: from there one goes back to the passwords, and no further.
for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", () => lead(after(-1)));

if (FIRST) {
  beginWithAdministrator();
  show("admin");
} else lead(STEPS[NAMES.indexOf(draft.step)]);
