// What asks for attention: a tone for whatever is new or got worse, and a mark in the title while anything stands.

import { News } from "./news.js";
import { fill, words } from "./page.js";
import { Tone } from "./tone.js";

const text = words();
const tone = new Tone("jiaohao.manager tone", document.getElementById("tone-asleep"));
const { title } = document;
const sources = new Map(); // by name: {news, isMarked}

export const URGENT = 2;

/**
 * Tell what stands now of one source: a Map of grades (0 … URGENT, the worst) by key. isMark: whether the title tells of it.
 *
 * Returns the keys of what is new, or worse than before.
 */
export function attend(source, grades, isMark = true) {
  const { news } = sources.get(source) ?? { news: new News() };
  sources.set(source, { news, isMarked: isMark && grades.size > 0 });
  const isMarked = [...sources.values()].some((each) => each.isMarked);
  document.title = isMarked ? fill(text.title, { title }) : title; // also seen where the page is not
  const found = news.of(grades, performance.now());
  if (found.length > 0) tone.ring(found.some((key) => grades.get(key) === URGENT) ? 2 : 1);
  return found;
}

const wish = document.getElementById("tone");
wish.checked = tone.isWanted;
wish.addEventListener("change", () => {
  tone.want(wish.checked);
  if (wish.checked) tone.ring(); // so that it is known how it sounds
});
