// The week's table: posts by half days. Two halves of a day that say the same are one cell.

import { clone, fill } from "./page.js";
import { rank } from "./posts_breaks.js";
import { dayWords, nameOf } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const element = (id) => document.getElementById(id);
const HALVES = ["morning", "afternoon"];

/** Write the week. words: the page's; confirm(post, cell), send(post, cell): a button's, null where none may be pressed. */
export function drawGrid(plan, words, { confirmButton, sendButton }) {
  element("no-posts").hidden = plan.posts.length > 0;
  element("week").querySelector("table").hidden = plan.posts.length === 0;
  writeDays(plan, words);
  syncRows(element("posts"), plan.posts, {
    key: ({ id }) => id,
    make: () => clone("post-row"),
    update: (row, post) => writePost(row, post, plan, words, { confirmButton, sendButton }),
  });
}

function writeDays({ days, current }, words) {
  const [row, halves] = [element("days"), element("halves")];
  if (row.childElementCount > 1) return markNow(halves, current);
  for (const { day, kind, halves: open } of days) {
    const head = document.createElement("th");
    Object.assign(head, { scope: "colgroup", colSpan: 2 });
    head.append(dayWords(day));
    const said = open.length === 0 ? (kind === "holiday" ? words.kind.holiday : words.kind.closed) : words.kind[kind];
    if (said) head.append(document.createElement("br"), Object.assign(document.createElement("span"), { className: "soft", textContent: said }));
    row.append(head);
    for (const half of HALVES) {
      const part = document.createElement("th");
      part.scope = "col";
      part.dataset.when = rank({ day, half });
      part.textContent = words.posts.half[half];
      halves.append(part);
    }
  }
  markNow(halves, current);
}

function markNow(halves, current) {
  for (const part of halves.children) {
    if (part.dataset.when === rank(current)) part.setAttribute("aria-current", "time");
    else part.removeAttribute("aria-current");
  }
}

function writePost(row, post, plan, words, buttons) {
  const said = JSON.stringify([post, plan.current, plan.on_duty[post.id], plan.names]);
  if (row.dataset.said === said) return; // nothing moves under the hand
  row.dataset.said = said;
  const [name, counter, , holders] = row.firstElementChild.children;
  write(name, post.name);
  write(counter, fill(words.at_counter, post));
  const people = (ids) => ids.map((id) => nameOf(plan.names, id)).join(words.posts.listing) || words.nobody;
  write(holders, fill(words.holders, { a: people(post.a ? [post.a] : []), b: people(post.b) }));
  const cells = plan.days.flatMap(({ day }) => cellsOf(day, post, plan).map((cell) => makeCell(cell, post, plan, words, buttons)));
  row.replaceChildren(row.firstElementChild, ...cells);
}

/** A day's cells: one for both halves where they say the same. */
function cellsOf(day, post, plan) {
  const found = HALVES.map((half) => post.cells.find((cell) => cell.day === day && cell.half === half) ?? { day, half, state: "closed" });
  const same = ({ half, ...cell }) => JSON.stringify(cell);
  const now = plan.current.day === day; // only one half of today shows who is there
  if (now || same(found[0]) !== same(found[1])) return found.map((cell) => ({ cell, halves: 1 }));
  return [{ cell: { ...found[0], both: true }, halves: 2 }];
}

function makeCell({ cell, halves }, post, plan, words, { confirmButton, sendButton }) {
  const made = clone("cell");
  const [name, more] = made.children;
  made.colSpan = halves;
  made.dataset.state = cell.state;
  const isNow = rank(cell) === rank(plan.current);
  if (isNow) made.setAttribute("aria-current", "time");
  if (rank({ ...cell, half: halves === 2 ? "afternoon" : cell.half }) < rank(plan.current)) made.classList.add("is-over");
  const lines = linesOf(cell, post, plan, words);
  write(name, lines.shift());
  if (isNow && cell.state !== "closed") lines.push(presence(post, cell, plan, words));
  more.append(...lines.filter(Boolean).flatMap((line) => [line, document.createElement("br")]).slice(0, -1));
  const buttons = cell.state === "uncovered" ? cell.choices.map((choice) => confirmButton(post, cell, choice)) : [];
  if (cell.state === "broken") buttons.push(sendButton(post, cell));
  if (!made.classList.contains("is-over")) made.append(...buttons.filter(Boolean));
  return made;
}

/** What a cell says: who is to be there, then why somebody else, or nobody, is. */
function linesOf(cell, post, plan, words) {
  const name = (id) => nameOf(plan.names, id);
  switch (cell.state) {
    case "closed":
      return [words.nobody];
    case "staffed":
      return [name(cell.clerk)];
    case "covered": {
      const posts = (cell.also ?? []).map((id) => plan.posts.find((other) => other.id === id)?.name ?? id);
      return [name(cell.clerk), fill(words.for, { name: name(cell.expected) }), posts.length > 0 ? fill(words.also, { posts: posts.join(words.posts.listing) }) : ""];
    }
    case "unnamed":
      return [words.state.unnamed];
    default:
      return [words.state[cell.state], fill(words.away, { name: name(cell.expected) })];
  }
}

/** Who is there now. */
function presence(post, cell, plan, words) {
  const there = plan.on_duty[post.id];
  if (there === undefined) return plan.open ? words.not_there : "";
  const where = there.counter === post.counter ? "there" : "from";
  const said = fill(words[there.clerk === cell.clerk ? `${where}_self` : where], { ...there, name: nameOf(plan.names, there.clerk) });
  return there.confirmed === false ? [said, words.unconfirmed].join(words.posts.separator) : said;
}
