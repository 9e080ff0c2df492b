// Long lists on a kiosk: five at a time, turned by large buttons.

import { fill } from "./page.js";

const PAGE = 5; // choices on one screen

/**
 * The list `<ul id="NAME">` with its `<div id="NAME-pager">`.
 *
 * words    {page: "第 {page} 页，共 {pages} 页"}
 * changed  called after other choices were put on the screen
 */
export function pagedList(name, words, changed = () => {}) {
  const list = document.getElementById(name);
  const pager = document.getElementById(`${name}-pager`);
  const [back, forth] = [-1, 1].map((by) => pager.querySelector(`[data-turn="${by}"]`));
  let all = [];
  let page = 0;

  /** Show these items, from the page that is open or from another. */
  function show(items, from = page) {
    all = items;
    const last = Math.max(0, Math.ceil(all.length / PAGE) - 1);
    page = Math.min(from, last);
    const shown = all.slice(page * PAGE, (page + 1) * PAGE);
    // An item that was replaced under a finger would swallow the press.
    if (list.children.length !== shown.length || shown.some((item, place) => item !== list.children[place])) {
      list.replaceChildren(...shown);
    }
    pager.hidden = last === 0;
    pager.querySelector("p").textContent = fill(words.page, { page: page + 1, pages: last + 1 });
    back.disabled = page === 0;
    forth.disabled = page === last;
    changed();
  }

  back.addEventListener("click", () => show(all, page - 1));
  forth.addEventListener("click", () => show(all, page + 1));
  return { show };
}
