// A small window above all others with what is pressed most, where the browser has one (Document Picture-in-Picture).

import { allowed, onChange, seen, underWay } from "./clerk_desk.js";
import { listen } from "./clerk_keys.js";
import { desk, text } from "./clerk_view.js";
import { clone } from "./page.js";
import { write, writeMark } from "./rows.js";

const SIZE = { width: 420, height: 320 };

let floating = null; // the window, null while there is none

/** Whether the browser can: some cannot, and none does on a page from plain http. */
export const floats = "documentPictureInPicture" in window;

/** Open the window; act(command): what its buttons do. */
export async function float(act) {
  if (floating !== null) return floating.close();
  floating = await documentPictureInPicture.requestWindow(SIZE);
  const { document: inside } = floating;
  inside.documentElement.lang = document.documentElement.lang;
  inside.documentElement.dataset.theme = document.documentElement.dataset.theme;
  inside.title = document.title;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) inside.head.append(sheet.cloneNode());
  inside.body.append(clone("floating"));
  for (const button of inside.querySelectorAll("button")) {
    button.addEventListener("click", ({ detail }) => detail < 2 && act(button.dataset.command));
  }
  listen(floating, act);
  floating.addEventListener("pagehide", () => (floating = null));
  draw();
}

function draw() {
  const state = seen();
  if (floating === null || !state?.waiting) return;
  const inside = floating.document;
  const { ticket, waiting } = state;
  write(inside.querySelector("[data-number]"), ticket?.number ?? "—");
  writeMark(inside.querySelector(".queue-mark"), ticket && desk.queues[ticket.queue]);
  write(inside.querySelector("[data-state]"), ticket ? text.state[ticket.state] : text.no_ticket);
  write(inside.querySelector("[data-waiting]"), String(Object.values(waiting).reduce((sum, count) => sum + count, 0)));
  for (const button of inside.querySelectorAll("button")) {
    button.disabled = !allowed(button.dataset.command);
    button.toggleAttribute("aria-busy", false);
    if (button.dataset.command === underWay()) button.setAttribute("aria-busy", "true");
  }
}

onChange(draw);
