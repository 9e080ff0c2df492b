// The desk by keys alone: each button has one, shown on it; arrows move in the lists beside.

import { link, paused } from "./clerk_desk.js";
import { KEYS, LISTS } from "./clerk_rules.js";
import { element } from "./clerk_view.js";

const SLIP_MS = 400; // the same key again so soon is a slip of the finger

let last = { key: "", at: -Infinity };

/** Listen to the keys of a window: the page's own, or the one that floats. act(command): what a key does. */
export function listen(target, act) {
  target.addEventListener("keydown", (event) => pressed(event, act), { capture: true });
}

function pressed(event, act) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const key = event.key.toLowerCase();
  const slipped = event.repeat || (last.key === key && event.timeStamp - last.at < SLIP_MS);
  last = { key, at: event.timeStamp };
  let focused = event.target.ownerDocument.activeElement;
  if (focused.closest("dialog:not([open])")) focused = document.body; // closing left it there
  if (focused.matches("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  if (key.startsWith("arrow")) return move(event, focused, key);
  const command = KEYS[key];
  if (!(command || LISTS[key]) || !link.onDuty) return;
  if (!slipped && key === " " && focused.matches("a, button, input, summary")) return; // it presses that one
  event.preventDefault(); // also a key held down must not scroll the page
  if (slipped) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog !== null) dialog.querySelector(`[data-first="${command}"]:not([hidden])`)?.click();
  else if (LISTS[key]) element(LISTS[key]).querySelector("button")?.focus();
  else act(command === "pause" && paused() ? "resume" : command);
}

function move(event, focused, key) {
  const list = focused.closest(".desk-rows");
  const step = { arrowdown: 1, arrowup: -1 }[key];
  if (list === null || step === undefined) return;
  const buttons = [...list.querySelectorAll("button")];
  buttons[buttons.indexOf(focused) + step]?.focus();
  event.preventDefault();
}
