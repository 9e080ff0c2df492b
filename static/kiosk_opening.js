// The hall's time, and when it opens again.

import { api } from "./api.js";
import { $, hall, made, text, token } from "./kiosk_device.js";
import { isAlive, now } from "./kiosk_hall.js";
import { dateOf, fill, timeOf } from "./page.js";

let opensAt = made.opens_at;

/** The hall's time; none rather than one that stands still. */
export function drawClock() {
  $("clock").textContent = isAlive() ? timeOf(new Date(now())) : "";
}

/** Write into the step "closed" when the hall opens; it is asked for, because what the page was made with grows old. */
export async function sayWhenItOpens() {
  draw();
  const answer = await api("GET", `/api/v1/halls/${hall}`, undefined, { token });
  if (!answer.ok) return;
  opensAt = answer.body.opens_at;
  draw();
}

function draw() {
  const at = new Date(opensAt);
  $("opens").textContent = opensAt ? fill(text.opens, { date: dateOf(at), time: timeOf(at) }) : text.opens_unknown;
}
