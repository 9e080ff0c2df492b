// How the day flows: who came and who was served in each half hour, and how many waited at its end; as a chart and a table.

import { SLOT_MS, stepOf } from "./half_hours.js";
import { clone, fill, timeOf, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 300; // px, as the style says; the rest is in letters of the reader's own size
const EDGE = { top: 0.8, right: 0.7, bottom: 1.8, left: 2.4 };
const LABEL = 3.6; // from one time to the next, at least
const PLACES = 8; // half hours that there is room for, at least: a first bar as wide as the page says nothing

let slots = []; // [{start, issued, served, waiting}]
let drawn = ""; // what the chart was drawn from

/** Show the half hours. */
export function renderFlow(found) {
  slots = found;
  draw();
  syncRows(element("flow-rows"), slots, {
    key: ({ start }) => start,
    make: () => clone("flow-row"),
    update(row, { start, issued, served, waiting }) {
      const said = [spanOf(start), issued, served, waiting].map(String);
      said.forEach((cell, place) => write(row.children[place], cell));
    },
  });
}

const spanOf = (start) => `${timeOf(new Date(start))}–${timeOf(new Date(start + SLOT_MS))}`;

function shape(name, attributes, words) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  return made;
}

function draw() {
  const chart = element("flow-chart");
  const width = chart.clientWidth;
  const letter = parseFloat(getComputedStyle(chart).fontSize);
  const from = JSON.stringify([width, letter, slots]);
  if (width === 0 || slots.length === 0 || from === drawn) return;
  drawn = from;
  const most = Math.max(...slots.flatMap(({ issued, served, waiting }) => [issued, served, waiting]), 1);
  const step = stepOf(most);
  const top = Math.ceil(most / step) * step;
  const left = EDGE.left * letter;
  const right = width - EDGE.right * letter;
  const high = HEIGHT - (EDGE.top + EDGE.bottom) * letter;
  const wide = (right - left) / Math.max(slots.length, PLACES);
  const x = (place) => left + place * wide;
  const y = (figure) => EDGE.top * letter + high * (1 - figure / top);
  const parts = [];
  for (let line = 0; line <= top; line += step) {
    parts.push(shape("line", { class: "flow-line", x1: left, x2: right, y1: y(line), y2: y(line) }));
    parts.push(shape("text", { x: left - letter / 2, y: y(line) + letter / 3, "text-anchor": "end" }, String(line)));
  }
  const every = Math.max(1, Math.ceil((LABEL * letter) / wide));
  const bar = Math.min(wide * 0.38, 28);
  slots.forEach(({ start, issued, served }, place) => {
    const middle = x(place + 0.5);
    parts.push(shape("rect", { class: "flow-issued", x: middle - bar, y: y(issued), width: bar, height: y(0) - y(issued) }));
    parts.push(shape("rect", { class: "flow-served", x: middle, y: y(served), width: bar, height: y(0) - y(served) }));
    if (place % every === 0) {
      parts.push(shape("text", { x: middle, y: HEIGHT - letter / 2, "text-anchor": "middle" }, timeOf(new Date(start))));
    }
  });
  const points = slots.map(({ waiting }, place) => [x(place + 0.5), y(waiting)]);
  parts.push(shape("polyline", { class: "flow-waiting", points: points.map((point) => point.join(",")).join(" ") }));
  for (const [cx, cy] of points) parts.push(shape("circle", { class: "flow-waiting-at", cx, cy, r: 4 }));
  const svg = chart.firstElementChild;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.replaceChildren(...parts);
  const last = slots.at(-1);
  chart.setAttribute("aria-label", fill(text.flow, { ...last, span: spanOf(last.start) }));
}

new ResizeObserver(draw).observe(element("flow-chart"));
