// The list of what breaks in a week: one line for each run of half days, with what mends it at one touch.

import { clone, fill } from "./page.js";
import { breaksOf, choicesOf, rank } from "./posts_breaks.js";
import { nameOf, span } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const element = (id) => document.getElementById(id);

/** Write them. confirmButton(post, cell, choice), sendButton(post, cell): null where none may be pressed. */
export function drawBreaks(plan, words, { confirmButton, sendButton }) {
  const breaks = breaksOf(plan);
  const box = element("breaks");
  const isOver = rank({ day: plan.days.at(-1).day, half: "afternoon" }) < rank(plan.current); // nothing can be mended there
  box.hidden = plan.posts.length === 0 || isOver;
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
