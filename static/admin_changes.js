// Who changed what, and when.

import { api } from "./api.js";
import { HALL, WORDS } from "./admin_setup.js";
import { say } from "./dialog.js";
import { clone, dateOf, fill, timeOf } from "./page.js";

const byId = (id) => document.getElementById(id);
const answer = await api("GET", `${HALL}/changes`);

if (!answer.ok) say(byId("said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
else byId("changes").replaceChildren(...answer.body.changes.map(rowOf));

function rowOf({ at, by, by_name: name, what, fields = [], subject, subject_name: of }) {
  const row = clone("change");
  const [when, who, whats] = row.children;
  const date = new Date(at);
  when.textContent = `${dateOf(date)} ${timeOf(date)}`;
  who.textContent = name || whoTyped(by);
  const parts = fields.map((field) => WORDS.fields[field] ?? field).join(WORDS.listing);
  whats.textContent = fill(WORDS.what[what] ?? what, { fields: parts, subject: of || subject });
  return row;
}

/** Who changed it on the command line: "console:" and the operating system's user. */
function whoTyped(by) {
  const [console, user] = by.split(":");
  return console === "console" ? fill(WORDS.console, { user }) : by || WORDS.command_line;
}
