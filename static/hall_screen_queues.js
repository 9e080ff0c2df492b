// Who waits: each queue with its number of people and the expected wait; a page of them at a time.

import { lineOf, pageOf, queueGrid, widthOf } from "./hall_screen_fit.js";
import { clone, fill, wait } from "./page.js";
import { syncRows, write, writeMark } from "./rows.js";

const list = document.getElementById("queues");
const LINES = { landscape: 2, portrait: 4, strip: 1 };
const TIGHTER_EM = 0.7; // what a strip saves around a cell

/** queues: the screen's; estimates: by queue, {p50_s, p90_s}; turn: which page; text: the page's words. */
export function renderQueues({ queues, estimates, turn, text }) {
  const cells = queues.map((queue) => ({
    ...queue,
    people: fill(text.waiting, queue),
    long: wait(estimates[queue.id], text),
  }));
  const { layout } = document.documentElement.dataset;
  const width = list.clientWidth / parseFloat(getComputedStyle(list).fontSize) + (layout === "strip" ? TIGHTER_EM : 0);
  const grid = queueGrid({
    names: widest(cells.map(({ prefix, name }) => prefix + name)),
    waits: widest(cells.map(({ people, long }) => `${people} ${long}`)),
    width,
    lines: LINES[layout],
  });
  list.dataset.columns = Math.min(grid.columns, Math.max(1, cells.length));
  list.dataset.shape = grid.shape;
  syncRows(list, pageOf(cells, grid.room, turn), {
    key: ({ id }) => id,
    make: () => clone("queue-cell"),
    update(cell, queue) {
      const needs = lineOf(queue.prefix + queue.name, `${queue.people} ${queue.long}`);
      cell.toggleAttribute("data-short", layout === "strip" && needs > width);
      writeMark(cell.querySelector(".queue-mark"), queue);
      write(cell.querySelector(".wall-queue-name"), queue.name);
      write(cell.querySelector(".wall-queue-people"), queue.people);
      write(cell.querySelector(".wall-queue-long"), queue.long);
    },
  });
}

const widest = (texts) => Math.max(0, ...texts.map(widthOf));
