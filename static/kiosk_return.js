// Whoever missed the call reports back at the kiosk: by the number, on keys as large as hands need.

import { api } from "./api.js";

const LONGEST = 6; // two letters and four digits

/**
 * The step "return". prefixes: the queues' letters, in order. onReturned: told of the ticket, which waits again.
 * onRefused: told of the problem.
 */
export function returnPad({ hall, token, prefixes, onReturned, onRefused }) {
  const shown = document.getElementById("return-number");
  const confirm = document.getElementById("return-confirm");
  let typed = "";
  let asking = false;

  function show(text) {
    typed = text.slice(0, LONGEST);
    shown.textContent = typed || "—";
    confirm.disabled = asking || !/^[A-Z]+\d{3,}$/.test(typed);
  }

  async function report() {
    asking = true;
    show(typed);
    const answer = await api("POST", `/api/v1/halls/${hall}/returns`, { number: typed }, { token });
    asking = false;
    show(typed);
    if (answer.ok) onReturned(answer.body);
    else onRefused(answer.problem);
  }

  function key(text, pressed) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", pressed);
    return button;
  }

  const letter = (prefix) => key(prefix, () => show(prefix)); // a number begins with it
  const digit = (each) => key(each, () => typed !== "" && show(typed + each));
  document.getElementById("return-letters").append(...prefixes.map(letter));
  document.getElementById("return-digits").append(...[..."1234567890"].map(digit));
  document.getElementById("return-erase").addEventListener("click", () => show(typed.slice(0, -1)));
  confirm.addEventListener("click", report);
  return { begin: () => show("") };
}
