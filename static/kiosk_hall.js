// What the kiosk knows of its hall now.

import { hallBoard } from "./hall_board.js";
import { made, token } from "./kiosk_device.js";

export const {
  follow, isAlive, hasBoard, now, queues, queueOf, estimateOf, ticketing, opensNext, closesBefore, used, countersOf,
} = hallBoard({ made, token });
