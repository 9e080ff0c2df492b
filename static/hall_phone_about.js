// What is known of a queue or a service before one waits for it.

import { fill, timeOf, wait } from "./page.js";

/** Elements for {queue} (as the board has it) and {service} (as the server lists it, undefined for a queue alone). */
export function about({ queue, service }, board, text) {
  const estimate = board.estimateOf(queue.id);
  const facts = {
    queue: service && queue.name,
    waiting: queue.waiting === 0 ? text.nobody : fill(text.ahead, { count: queue.waiting }),
    estimate: wait(estimate, text),
    handling: service && text[service.handling],
    ...service?.guide,
  };
  const list = document.createElement("dl");
  list.append(...Object.entries(text.facts).filter(([name]) => facts[name]).map(([name, label]) => {
    const fact = document.createElement("div");
    fact.append(made("dt", label), made("dd", facts[name]));
    return fact;
  }));
  return [...warnings(estimate, board, text), list, ...(service ? bring(service, text) : [])];
}

/** "等候 3 人" */
export const waiting = ({ waiting: count }, text) => (count === 0 ? text.nobody : fill(text.waiting, { count }));

function warnings(estimate, board, text) {
  if (!board.isAlive()) return [];
  if (!estimate) return [warning(text.unstaffed)];
  const closes = board.closes();
  if (!closes || board.now() + estimate.p90_s * 1000 <= closes) return [];
  return [warning(fill(text.late, { time: timeOf(new Date(closes)) }))];
}

function bring({ guide: { materials = [] } }, text) {
  if (materials.length === 0) return [made("p", text.materials_unknown)];
  const list = document.createElement("ul");
  list.append(...materials.map((each) => made("li", each)));
  return [made("p", text.materials), list];
}

const made = (name, text) => Object.assign(document.createElement(name), { textContent: text });
const warning = (text) => Object.assign(made("p", text), { className: "notice is-warning" });
