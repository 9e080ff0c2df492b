// One change of a hall in words: when, who, what.

import { WORDS } from "./admin_data.js";
import { dateOf, fill, timeOf } from "./page.js";

export function whenOf({ at }) {
  const date = new Date(at);
  return `${dateOf(date)} ${timeOf(date)}`;
}

/** A person's name; of the command line "console:" and the operating system's user is known. */
export function whoOf({ by, by_name: name }) {
  const [console, user] = by.split(":");
  return name || (console === "console" ? fill(WORDS.console, { user }) : by || WORDS.command_line);
}

/** What was changed; parts: of the set-up, null for all that were. */
export function whatOf({ what, fields = [], subject, subject_name: of }, parts = null) {
  const shown = fields.filter((field) => parts === null || parts.includes(field));
  const names = shown.map((field) => WORDS.fields[field] ?? field).join(WORDS.listing);
  return fill(WORDS.what[what] ?? what, { fields: names, subject: of || subject });
}

/** A line for each of the changes, the newest first. */
export const changeLines = (changes) =>
  changes.map((change) => fill(WORDS.change, { when: whenOf(change), who: whoOf(change), what: whatOf(change) })).join("\n");
