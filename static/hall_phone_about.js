// What is known of a queue or a service before one waits for it.

import { fill } from "./page.js";

/**
 * Elements for {queue} (as the board has it) and {service} (as the server lists it, undefined for a queue alone).
 * board, waits: of hall_board.js and hall_waits.js; text: the page's words.
 */
export function about({ queue, service }, { board, waits, text }) {
  const estimate = board.estimateOf(queue.id);
  const warned = board.isAlive() && board.hasBoard() ? waits.warning(estimate) : "";
  const facts = {
    queue: service && queue.name,
    waiting: queue.waiting === 0 ? text.nobody : fill(text.ahead, { count: queue.waiting }),
    estimate: waits.howLong(estimate),
    handling: service && text[service.handling],
    ...service?.guide,
  };
  const list = document.createElement("dl");
  list.append(...Object.entries(text.facts).filter(([name]) => facts[name]).map(([name, label]) => {
    const fact = document.createElement("div");
    fact.append(made("dt", label), made("dd", facts[name]));
    return fact;
  }));
  return [...(warned === "" ? [] : [warning(warned)]), list, ...(service ? bring(service, text) : [])];
}

function bring({ guide: { materials = [] } }, text) {
  if (materials.length === 0) return [made("p", text.materials_unknown)];
  const list = document.createElement("ul");
  list.append(...materials.map((each) => made("li", each)));
  return [made("p", text.materials), list];
}

const made = (name, text) => Object.assign(document.createElement(name), { textContent: text });
const warning = (text) => Object.assign(made("p", text), { className: "notice is-warning" });
