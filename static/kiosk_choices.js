// The large buttons of what a citizen can choose: a queue, a service, a department.

import { text } from "./kiosk_device.js";
import { estimateOf, queueOf } from "./kiosk_hall.js";
import { clone, fill, wait } from "./page.js";
import { write, writeMark } from "./rows.js";

/** "等候 3 人" */
export const waiting = ({ waiting: count }) => (count === 0 ? text.nobody : fill(text.waiting, { count }));

/** A button for a queue; `drawQueue` writes into it. */
export const queueChoice = (chosen) => choice("queue-choice", chosen);

export function drawQueue(item, queue) {
  writeMark(part(item, ".queue-mark"), queue);
  write(part(item, "strong"), queue.name);
  write(part(item, ".choice-what"), text.kinds[queue.kind]);
  write(part(item, ".choice-count"), waiting(queue));
  write(part(item, ".choice-time"), wait(estimateOf(queue.id), text));
}

export function serviceChoice(service, chosen) {
  const item = choice("service-choice", () => chosen(service));
  write(part(item, "strong"), service.name);
  write(part(item, ".choice-what"), service.sub_item || service.main_item);
  write(part(item, ".choice-count"), waiting(queueOf(service.queue)));
  return item;
}

export function departmentChoice({ name, services }, chosen) {
  const item = choice("department-choice", chosen);
  write(part(item, "strong"), name);
  write(part(item, ".choice-count"), fill(text.services_of, { count: services.length }));
  return item;
}

function choice(template, chosen) {
  const item = clone(template);
  item.firstElementChild.addEventListener("click", chosen);
  return item;
}

const part = (item, name) => item.querySelector(name);
