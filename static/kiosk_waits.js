// What the kiosk says of a wait.

import { hallWaits } from "./hall_waits.js";
import { text } from "./kiosk_device.js";
import * as board from "./kiosk_hall.js";

export const { waiting, howLong, howLongIn, warning, moreLater } = hallWaits(board, text);
