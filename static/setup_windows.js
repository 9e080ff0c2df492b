// Step: which windows the hall has, out of those that a hall of its kind usually has.

import { problemAt } from "./fields.js";
import { clone } from "./page.js";
import { keepDraft } from "./setup_draft.js";
import { plannedWindows } from "./setup_hall.js";
import { byId, draft, panelOf, PLANS, tell, WORDS } from "./setup_step.js";

export const name = "windows";

/** The usual queues and counters of the hall's kind. */
export const plan = () => PLANS[draft.forms.place.level];

/** The windows that the hall has. */
export const chosen = () => windows().filter((each) => each.on);

const windows = () => (draft.windows[draft.forms.place.level] ??= plannedWindows(plan()));

export function show() {
  byId("windows").replaceChildren(...windows().map(rowOf));
  const kinds = Object.entries(plan().queues).map(([id, queue]) => new Option(queue.name, id));
  byId("more").replaceChildren(...kinds);
}

function rowOf(each) {
  const row = clone("window-row");
  const queue = plan().queues[each.queues[0]];
  const mark = row.querySelector(".queue-mark");
  mark.textContent = each.queues.map((id) => plan().queues[id].prefix).join("");
  mark.dataset.queueKind = queue.kind;
  const [on, number, title] = row.querySelectorAll("[data-of]");
  on.checked = each.on;
  number.value = each.number;
  title.value = each.name;
  number.dataset.key = each.key;
  const read = () => {
    Object.assign(each, { on: on.checked, number: number.valueAsNumber || 0, name: title.value.trim() });
    number.disabled = title.disabled = !each.on;
    keepDraft(draft);
  };
  row.addEventListener("input", read);
  number.disabled = title.disabled = !each.on;
  return row;
}

byId("add-window").addEventListener("click", () => {
  const id = byId("more").value;
  const number = Math.max(0, ...windows().map((each) => each.number)) + 1;
  const { name, kind } = plan().queues[id];
  windows().push({ key: `more-${number}`, on: true, number, name, kind, queues: [id], helps: [] });
  keepDraft(draft);
  show();
  byId("windows").lastElementChild.querySelector("[data-of=name]").focus();
});

export function submit() {
  const panel = panelOf(name);
  if (chosen().length === 0) return tell(panel, WORDS.no_windows);
  const numbers = chosen().map((each) => each.number);
  const twice = chosen().find((each, place) => numbers.indexOf(each.number) < place);
  if (twice) problemAt(panel.querySelector(`[data-key="${twice.key}"]`), WORDS.number_twice);
  return !twice;
}
