// What asks for attention: a tone for whatever is new or got worse, and a mark in the title while anything stands.

import { fill, words } from "./page.js";
import { Tone } from "./tone.js";

const text = words();
const tone = new Tone("jiaohao.manager tone");
const { title } = document;
const known = new Map(); // by source: grades by key; what comes again is new again

export const URGENT = 2;

/**
 * Tell what stands now of one source: a Map of grades (0 … 2, the worst) by key. marks: whether the title tells of it.
 *
 * Returns the keys of what is new, or worse than before.
 */
export function attend(source, grades, marks = true) {
  const before = known.get(source)?.grades ?? new Map();
  const news = [...grades.keys()].filter((key) => grades.get(key) > (before.get(key) ?? -1));
  known.set(source, { grades, marks });
  const isMarked = [...known.values()].some((each) => each.marks && each.grades.size > 0);
  document.title = isMarked ? fill(text.title, { title }) : title; // also seen where the page is not
  if (news.length > 0) tone.ring(news.some((key) => grades.get(key) === URGENT) ? 2 : 1);
  return news;
}

const wish = document.getElementById("tone");
wish.checked = tone.isWanted;
wish.addEventListener("change", () => {
  tone.want(wish.checked);
  if (wish.checked) tone.ring(); // so that it is known how it sounds
});
