// Records that were lost: what of the hall's day is gone, and the head's word that it was seen to.

import { api } from "./api.js";
import { whenOf } from "./manager_devices.js";
import { fill, readJson, words } from "./page.js";

const text = words();
const { hall, decides } = readJson("manager-data");
const MOST = 20; // numbers in a sentence
const seenTo = new Set(); // what was told of them, for as long as it is told: of more, nothing was seen to

const toldOf = ({ subject, figure, lost }) => JSON.stringify([subject, figure, lost]);

/** Numbers as a sentence names them. */
function listed(numbers) {
  const shown = numbers.slice(0, MOST).join(text.listing);
  return numbers.length > MOST ? fill(text.lost.among, { numbers: shown, count: numbers.length }) : shown;
}

/** What is said of the alarm, at `now`. */
export function lossSaid({ figure, since, lost }, now) {
  const what = fill(text.lost[lost.part], { figure, time: whenOf(since, now) });
  const hit = ["issued", "again", "back", "complaints"].filter((kind) => lost[kind].length > 0);
  return [what, ...hit.map((kind) => fill(text.lost[kind], { numbers: listed(lost[kind]) }))].join(" ");
}

/** What the words for what is to be done are called. */
export function lossToDo({ part, issued }) {
  return `history_lost_${part}${part === "day" && issued.length === 0 ? "_nobody" : ""}`;
}

/** The alarms without those that the head has just seen to. */
export function withoutSeenTo(alarms) {
  const told = new Set(alarms.map(toldOf));
  for (const loss of seenTo) if (!told.has(loss)) seenTo.delete(loss);
  return alarms.filter((alarm) => !seenTo.has(toldOf(alarm)));
}

/** Whether the alarm's row has the button that ends it. */
export const canBeSeenTo = ({ kind }) => kind === "history_lost" && decides;

/** Say that a loss was seen to, while its button shows that it is being said; what was refused, or null. */
export async function seeTo(alarm, button) {
  if (button.getAttribute("aria-busy") === "true") return null;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", `/api/v1/halls/${hall}/losses/${alarm.subject}/acknowledge`, {});
  button.removeAttribute("aria-busy");
  if (!answer.ok) return answer.problem.title ?? text[answer.problem.code];
  seenTo.add(toldOf(alarm));
  return null;
}
