// Whoever missed the call reports back at the kiosk by the number: the steps "return" and "returned".

import { api } from "./api.js";
import { $, hall, made, text, token } from "./kiosk_device.js";
import { key } from "./kiosk_keys.js";
import { go, tell, writeNumber } from "./kiosk_steps.js";
import { fill } from "./page.js";

const LONGEST = 6; // two letters and four digits

let typed = "";
let asking = false;

function show(number) {
  typed = number.slice(0, LONGEST);
  writeNumber($("return-number"), typed || "—");
  $("return-confirm").disabled = asking || !/^[A-Z]+\d{3,}$/.test(typed);
}

function begin() {
  tell("");
  show("");
  go("return");
}

async function report() {
  asking = true;
  show(typed);
  const answer = await api("POST", `/api/v1/halls/${hall}/returns`, { number: typed }, { token });
  asking = false;
  show(typed);
  if (answer.ok) return returned(answer.body);
  const { title } = answer.problem;
  tell(title ? fill(text.return_refused, { title }) : text.lost);
}

function returned({ number, ahead }) {
  tell("");
  writeNumber($("returned-number"), number);
  $("returned-ahead").textContent = fill(text.returned_ahead, { count: ahead });
  go("returned");
}

const prefixes = [...new Set(made.queues.map(({ prefix }) => prefix))].sort();
$("return-letters").append(...prefixes.map((prefix) => key(prefix, () => show(prefix)))); // a number begins with it
$("return-digits").append(...[..."1234567890"].map((digit) => key(digit, () => typed !== "" && show(typed + digit))));
$("return-erase").addEventListener("click", () => show(typed.slice(0, -1)));
$("return-confirm").addEventListener("click", report);
$("to-return").addEventListener("click", begin);
