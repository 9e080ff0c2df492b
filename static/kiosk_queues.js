// The first screen: the hall's queues, each with who waits there and how long.

import { drawQueue, queueChoice } from "./kiosk_choices.js";
import { text } from "./kiosk_device.js";
import { queues } from "./kiosk_hall.js";
import { pagedList } from "./kiosk_lists.js";

/** The list of queues. chosen: told of the queue that was touched, by its id; changed: as for pagedList. */
export function queueList(chosen, changed) {
  const list = pagedList("queues", text, changed);
  const items = new Map(); // each queue keeps its button: one that was replaced under a finger would swallow the press

  function itemOf(queue) {
    if (!items.has(queue.id)) items.set(queue.id, queueChoice(() => chosen(queue.id)));
    const item = items.get(queue.id);
    drawQueue(item, queue);
    return item;
  }

  return {
    draw: () => list.show(queues().map(itemOf)),
    begin: () => list.show(queues().map(itemOf), 0),
  };
}
