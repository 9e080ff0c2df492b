// One section's form of the set-up: filled from it, saved into it, never over what somebody else changed meanwhile.

import { api } from "./api.js";
import { changeLines } from "./admin_change.js";
import { DATA, HALL, WORDS } from "./admin_data.js";
import { merge } from "./admin_merge.js";
import { say } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";
import { fill as fillIn } from "./page.js";

/**
 * The form `set-up` of the page.
 *
 * write(setup)   fills the form anew
 * read(setup)    the parts of the set-up that the form holds, from what it shows now; null when something in it cannot
 *                be understood, after telling so at its field
 *
 * Returns {touched}: to be called when the form changed otherwise than by typing.
 */
export function setUpForm({ write, read }) {
  const form = document.getElementById("set-up");
  const line = form.querySelector(".admin-foot [data-message]");
  const unsaved = form.querySelector("[data-unsaved]");
  const [button, mine, others] = [".button-primary", "[data-mine]", "[data-theirs]"].map((name) =>
    form.querySelector(`.admin-foot ${name}`),
  );
  let seen; // {setup, version}: what the form was filled from
  let shown; // the parts that it said then
  let torn = null; // {setup, version}: what somebody else saved of the same parts, until it is decided whose counts

  const mark = (isDirty) => (unsaved.hidden = !isDirty);
  const touched = () => {
    mark(true);
    if (torn === null) say(line, "");
  };

  function fill(found) {
    const wasHere = form.contains(document.activeElement);
    seen = found;
    write(seen.setup);
    shown = read(seen.setup);
    if (wasHere && !form.contains(document.activeElement)) button.focus(); // its row was made anew
    torn = null;
    mine.hidden = others.hidden = true;
    mark(false);
  }

  /** Save what was typed over `from`, which is what the form was filled from, or what came since; whatever else it says. */
  async function save(from, changes = []) {
    const typed = read(seen.setup);
    if (typed === null) return;
    const parts = Object.keys(typed).map((name) => [
      name,
      merge(shown[name], typed[name], seen.setup[name], from.setup[name]).value,
    ]);
    const setup = { ...from.setup, ...Object.fromEntries(parts) };
    const answer = await api("POST", `${HALL}/setup`, { version: from.version, setup });
    if (answer.ok) {
      fill(answer.body);
      if (changes.length === 0) say(line, WORDS.saved, "is-good");
      else say(line, `${WORDS.saved_beside}\n${changeLines(changes)}`, "is-good");
    } else if (answer.problem.code === "hall_changed") await overtaken(typed, answer.problem.changes ?? []);
    else tell(answer.problem);
  }

  /** What stands in the way; also when it is in another section, whose screen shows what is to go from here. */
  function tell(problem) {
    const part = problem.place?.split(".")[0];
    const parts = Array.from(form.querySelectorAll("[data-place]"), ({ dataset }) => dataset.place.split(".")[0]);
    const isHere = part === undefined || parts.includes(part);
    if (isHere) tellProblem(form, problem, WORDS.unreachable);
    else say(line, fillIn(WORDS.elsewhere, { part: WORDS.fields[part] ?? part, problem: problem.detail ?? problem.title }), "is-bad");
  }

  /** Somebody else was quicker: what both may have is saved; where both changed the same, it is asked whose counts. */
  async function overtaken(typed, changes) {
    const now = await api("GET", `${HALL}/setup`);
    if (!now.ok) return tellProblem(form, now.problem, WORDS.unreachable);
    const from = now.body;
    const isTorn = (name) => merge(shown[name], typed[name], seen.setup[name], from.setup[name]).torn;
    if (!Object.keys(typed).some(isTorn)) return save(from, changes);
    torn = from;
    mine.hidden = others.hidden = false;
    say(line, `${WORDS.changed}\n${changeLines(changes)}`, "is-warning");
    mine.focus();
  }

  /** Do it once, however often it is pressed. */
  async function once(act) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    clearProblems(form);
    try {
      await act();
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  addEventListener("beforeunload", (event) => !unsaved.hidden && event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(() => save(seen));
  });
  mine.addEventListener("click", () => form.reportValidity() && once(() => save(torn)));
  others.addEventListener("click", () => {
    fill(torn);
    say(line, WORDS.reloaded, "is-good");
    button.focus();
  });

  fill({ setup: DATA.setup, version: DATA.version });
  return { touched };
}
