// A phone number to be told at when the turn is near: the step "remind", where the hall sends messages.

import { api } from "./api.js";
import { $, hall, text, token } from "./kiosk_device.js";
import { key } from "./kiosk_keys.js";
import { go, tell } from "./kiosk_steps.js";
import { fill } from "./page.js";

const LEAST = 7; // a number in the town, without its area code
const LONGEST = 12; // an area code of four digits and a number of eight

let ticket = null; // the id of the one on the screen
let typed = "";
let asking = false;

function show(number) {
  typed = number.slice(0, LONGEST);
  $("remind-number").textContent = typed || "—";
  $("remind-confirm").disabled = asking || typed.length < LEAST;
}

async function leave() {
  const [asked, phone] = [ticket, typed];
  asking = true;
  show(typed);
  const answer = await api("POST", `/api/v1/halls/${hall}/tickets/${asked}/phone`, { phone }, { token });
  asking = false;
  show(typed);
  if (asked !== ticket) return; // its holder has gone
  const { title } = answer.problem ?? {};
  tell(answer.ok ? "" : title ? fill(text.not_reminded, { title }) : text.lost);
  if (!answer.ok) return;
  $("to-remind").hidden = true;
  $("reminded").hidden = false;
  $("reminded").textContent = fill(text.reminded, { phone: `****${phone.slice(-4)}` });
  go("ticket");
}

/** Offer it for the ticket that is on the screen now; null: for none, and forget what was typed. */
export function remindOf(id) {
  ticket = id;
  if ($("to-remind") === null) return;
  show("");
  $("to-remind").hidden = false;
  $("reminded").hidden = true;
}

if ($("to-remind") !== null) {
  $("remind-digits").append(...[..."1234567890"].map((digit) => key(digit, () => show(typed + digit))));
  $("remind-erase").addEventListener("click", () => show(typed.slice(0, -1)));
  $("remind-confirm").addEventListener("click", () => asking || leave());
  $("to-remind").addEventListener("click", () => go("remind"));
  $("remind-back").addEventListener("click", () => go("ticket"));
}
