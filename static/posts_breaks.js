// Where the week breaks: one line for each post and absence, with what mends it at one touch.

import { clone, fill } from "./page.js";
import { nameOf, rank, span } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const element = (id) => document.getElementById(id);
const BROKEN = new Set(["uncovered", "broken", "unnamed"]);

/** What is still to come and has nobody, one for each run of half days: [{key, post, state, cells}], in order of time. */
export function breaksOf(plan) {
  const breaks = [];
  for (const post of plan.posts) {
    let run = null;
    for (const cell of post.cells) {
      const counts = BROKEN.has(cell.state) && rank(cell) >= rank(plan.current);
      const goes = counts && run?.state === cell.state && run.cells[0].absence === cell.absence;
      if (goes) run.cells.push(cell);
      else run = counts ? { key: `${post.id} ${rank(cell)}`, post, state: cell.state, cells: [cell] } : null;
      if (counts && !goes) breaks.push(run);
    }
  }
  return breaks.sort((one, other) => rank(one.cells[0]).localeCompare(rank(other.cells[0])));
}

/** Write them. confirmButton(post, cell, choice), sendButton(post, cell): null where none may be pressed. */
export function drawBreaks(plan, words, { confirmButton, sendButton }) {
  const breaks = breaksOf(plan);
  const box = element("breaks");
  box.hidden = plan.posts.length === 0;
  box.classList.toggle("is-good", breaks.length === 0);
  box.classList.toggle("is-bad", breaks.some(({ state }) => state !== "uncovered"));
  box.classList.toggle("is-warning", breaks.length > 0 && breaks.every(({ state }) => state === "uncovered"));
  write(element("breaks-title"), breaks.length === 0 ? words.whole_week : fill(words.breaks, { count: breaks.length }));
  syncRows(element("break-list"), breaks, {
    key: ({ key }) => key,
    make: () => clone("break-row"),
    update(row, { post, state, cells }) {
      const said = JSON.stringify([post.name, state, cells, plan.names]);
      if (row.dataset.said === said) return;
      row.dataset.said = said;
      const values = { post: post.name, name: nameOf(plan.names, cells[0].expected), span: span(cells[0], cells.at(-1)) };
      write(row.firstElementChild, fill(words.break[state], values));
      const buttons = choicesOf(cells).map(([cell, choice]) => confirmButton(post, cell, choice));
      if (state === "broken") buttons.push(sendButton(post, { ...cells[0], last: cells.at(-1) }));
      row.lastElementChild.replaceChildren(...buttons.filter(Boolean));
    },
  });
}

/** Who could stand in: once who can for all of it, else once for each run of half days that they can. */
function choicesOf(cells) {
  const found = [];
  for (const [place, cell] of cells.entries()) {
    for (const choice of cell.choices ?? []) {
      const before = found.findLast(([, other]) => other.clerk === choice.clerk);
      if (before === undefined || (!choice.whole && before[2] !== place - 1)) found.push([{ ...cell }, choice, place]);
      else [before[0].last, before[2]] = [cell, place];
    }
  }
  return found;
}
