// The large buttons of what a citizen can choose: a queue, a service, a department.

import { text } from "./kiosk_device.js";
import { estimateOf, queueOf, used } from "./kiosk_hall.js";
import { howLongIn, waiting } from "./kiosk_waits.js";
import { clone, fill } from "./page.js";
import { write, writeMark } from "./rows.js";

const LONG = 16; // characters of a name that would need a third line

/** A button for a queue; `drawQueue` writes into it. */
export const queueChoice = (chosen) => choice("queue-choice", chosen);

export function drawQueue(item, queue) {
  writeMark(part(item, ".queue-mark"), queue);
  writeName(item, queue.name);
  write(part(item, ".choice-what"), text.kinds[queue.kind]);
  write(part(item, ".choice-count"), waiting(queue));
  write(part(item, ".choice-time"), howLongIn(queue, estimateOf(queue.id)));
  item.firstElementChild.classList.toggle("is-full", used(queue) !== null);
}

export function serviceChoice(service, chosen) {
  const item = choice("service-choice", () => chosen(service));
  writeName(item, service.name);
  write(part(item, ".choice-what"), service.sub_item || service.main_item);
  const queue = queueOf(service.queue);
  const full = used(queue) !== null;
  write(part(item, ".choice-count"), full ? text.full : waiting(queue));
  item.firstElementChild.classList.toggle("is-full", full);
  return item;
}

export function departmentChoice({ name, services }, chosen) {
  const item = choice("department-choice", chosen);
  writeName(item, name);
  write(part(item, ".choice-count"), fill(text.services_of, { count: services.length }));
  return item;
}

function choice(template, chosen) {
  const item = clone(template);
  item.firstElementChild.addEventListener("click", chosen);
  return item;
}

function writeName(item, name) {
  write(part(item, "strong"), name);
  item.firstElementChild.classList.toggle("is-long", name.length > LONG);
}

const part = (item, name) => item.querySelector(name);
