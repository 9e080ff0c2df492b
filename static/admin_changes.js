// Who changed what, and when.

import { api } from "./api.js";
import { whatOf, whenOf, whoOf } from "./admin_change.js";
import { HALL, WORDS } from "./admin_data.js";
import { say } from "./dialog.js";
import { clone } from "./page.js";

const byId = (id) => document.getElementById(id);
const answer = await api("GET", `${HALL}/changes`);

if (!answer.ok) say(byId("said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
else byId("changes").replaceChildren(...answer.body.changes.map(rowOf));

function rowOf(change) {
  const row = clone("change");
  [whenOf, whoOf, whatOf].forEach((word, place) => (row.children[place].textContent = word(change)));
  return row;
}
