// The step "full": a queue's tickets are used up; when there are more, and what to do now.

import { $, text } from "./kiosk_device.js";
import { countersOf, used } from "./kiosk_hall.js";
import { go } from "./kiosk_steps.js";
import { moreLater } from "./kiosk_waits.js";
import { fill } from "./page.js";

/** Show the step for a queue that is `used` up. */
export function showFull(queue) {
  const counters = countersOf(queue.id);
  $("full-title").textContent = fill(text.full_title, { queue: queue.name });
  $("full-again").textContent = moreLater(used(queue));
  $("full-counters").hidden = counters.length === 0;
  $("full-counters").textContent = fill(text.full_counters, { counters: counters.join(text.separator) });
  go("full");
}
