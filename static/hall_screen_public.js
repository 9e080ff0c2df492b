// Public information 政务公开 in the large panel while nobody is called: page after page, each as full as there is room for.

import { api } from "./api.js";
import { show } from "./hall_screen_call.js";
import { inRuns } from "./hall_screen_fit.js";
import { clone, fill } from "./page.js";
import { write, writeMark } from "./rows.js";

const ASK_MS = 60_000;
const SHORT = 16; // letters of a name or post beside another
const LONG_FIGURE = 14; // letters, more of which are not written as large as others
const panel = document.getElementById("call");

/**
 * hall, screen   its id; what the page was made with
 * text           the page's words
 * queueOf        id → the queue as the screen names it, or undefined
 */
export function publicPages({ hall, screen, text, queueOf }) {
  const address = `/screen/${hall}/pages?screen=${screen.id}`;
  let pages = [];
  let begin = { page: 0, item: 0 }; // of the present sheet
  let next = begin; // where the sheet after it begins
  let sheets = 0; // how many were shown
  let filled = ""; // the size of the panel that the present sheet was filled for
  let until = -Infinity;

  async function ask() {
    const answer = await api("GET", address, undefined, { patienceS: 0 });
    if (answer.ok) pages = answer.body.pages;
  }
  if (screen.pages.length > 0) {
    setInterval(ask, ASK_MS);
    ask();
  }

  /** A sheet in the panel: items until it is full; the rest comes with the next one. */
  function draw() {
    if (begin.page >= pages.length) begin = { page: 0, item: 0 };
    const page = pages[begin.page];
    const { title, more, items, wide } = KINDS[page.kind](page);
    const element = clone("public-page");
    element.dataset.kind = page.kind;
    writeMark(element.querySelector(".queue-mark"), queueOf(page.queue));
    write(element.querySelector(".wall-public-title"), title);
    write(element.querySelector(".wall-public-more"), more ?? "");
    sheets += 1;
    show(`public ${sheets}`, () => element);
    const list = element.querySelector("ul");
    list.toggleAttribute("data-wide", wide === true);
    let { item } = begin;
    for (; item < items.length; item += 1) {
      list.append(items[item]);
      if (!overflows(element)) continue;
      items[item].remove();
      break;
    }
    next = item < items.length ? { page: begin.page, item } : { page: begin.page + 1, item: 0 };
  }

  /** What is known of a kind of page: {title, more?, items: [element], wide?}; wide: one beside the other has no room. */
  const KINDS = {
    services: ({ queue, counters, services }) => ({
      title: fill(text.services, { queue: queueOf(queue)?.name ?? "" }),
      more: counters.length > 0 ? fill(text.at_counters, { counters: inRuns(counters).join(text.listing) }) : "",
      items: services.map((name) => line(name)),
    }),
    guides: ({ service, materials = [], limit, fee }) => ({
      title: service,
      more: materials.length > 0 ? text.materials : "",
      items: [
        ...materials.map((material) => line(material)),
        ...(limit === undefined ? [] : [fact(text.limit, limit)]),
        ...(fee === undefined ? [] : [fact(text.fee, fee)]),
      ],
    }),
    duty: ({ clerks }) => ({
      title: text.duty,
      wide: clerks.some(({ name, ...plate }) => Math.max(name.length, postOf(plate).length) > SHORT),
      items: clerks.map(clerk),
    }),
    phones: ({ consult, complaint, code }) =>
      code !== undefined
        ? { title: text.complain, items: [picture(code)] }
        : {
            title: text.phones,
            items: [[text.consult, consult], [text.complaint, complaint]].filter(([, phone]) => phone).map((two) => figure(...two)),
          },
    results: ({ issued, served, wait_s: waitS, good }) => ({
      title: text.results,
      items: [
        figure(text.issued, fill(text.people, { count: issued })),
        figure(text.served, fill(text.people, { count: served })),
        figure(text.mean_wait, waitS === undefined ? text.wait_unknown : fill(text.wait_about, { most: Math.max(1, Math.round(waitS / 60)) })),
        figure(text.good, good === undefined ? text.wait_unknown : `${Math.floor(good * 1000) / 10}%`),
      ],
    }),
  };

  function clerk({ counter, name, post, department }) {
    const item = clone("public-clerk");
    write(item.querySelector(".wall-public-counter .ticket-number"), String(counter));
    write(item.querySelector(".wall-public-name"), name);
    write(item.querySelector(".wall-public-post"), postOf({ post, department }));
    const photo = item.querySelector(".wall-public-photo");
    write(photo, [...name][0] ?? "");
    const picture = new Image();
    picture.alt = "";
    picture.onload = () => photo.replaceChildren(picture); // none there: the first character stays
    picture.src = `/screen/${hall}/${counter}/photo`;
    return item;
  }

  return {
    /** Whether there is anything to be shown. */
    any: () => pages.length > 0,
    /** It is their turn: go on to the next when the present one has been read. */
    show() {
      const { clientWidth, clientHeight } = panel;
      const size = `${clientWidth} ${clientHeight}`;
      const isOver = performance.now() >= until;
      if (!isOver && size === filled && !overflows(panel.firstElementChild)) return;
      if (isOver) {
        begin = next;
        until = performance.now() + screen.page_s * 1000;
      }
      filled = size;
      draw();
    },
    /** Something else is in the panel: they go on, later, with what was not shown yet. */
    leave: () => (until = -Infinity),
  };
}

const postOf = ({ post, department }) => [department, post].filter(Boolean).join(" ");

/** Whether a sheet has an item too many; one alone is shown whatever its length. */
function overflows(sheet) {
  return sheet.scrollHeight > sheet.clientHeight + 1 && sheet.querySelectorAll("li").length > 1;
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

/** "承诺时限：1 个工作日" */
function fact(label, value) {
  const item = clone("public-fact");
  write(item.firstElementChild, label);
  write(item.lastElementChild, value);
  return item;
}

/** A QR, as large as there is room. */
function picture(address) {
  const item = clone("public-code");
  item.firstElementChild.src = address;
  return item;
}

/** A figure to be read from afar, with what it is. */
function figure(label, value) {
  const item = clone("public-figure");
  item.toggleAttribute("data-long", value.length > LONG_FIGURE);
  write(item.firstElementChild, label);
  write(item.lastElementChild, value);
  return item;
}
