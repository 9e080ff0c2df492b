// What the head's page calls people: by account id, also those who came after the page was opened.

import { readJson, words } from "./page.js";

const text = words();
const names = new Map(Object.entries(readJson("manager-data").names));
const PEOPLE = 3; // nobody asks more than these

/** Take in more names: {account id: name}. */
export function learnNames(more) {
  for (const [id, name] of Object.entries(more)) names.set(id, name);
}

/** One person; whoever works in another hall is nobody's here. */
export const personOf = (id) => names.get(id) ?? text.somebody;

/** Several, as a sentence names them. */
export const peopleOf = (ids) => ids.slice(0, PEOPLE).map(personOf).join(text.listing);
