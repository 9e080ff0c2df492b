// The step "ask": what is known of a service before one waits for it, on the screen and on paper.

import { $, hall, text, token } from "./kiosk_device.js";
import { estimateOf, hasBoard, isAlive, queueOf } from "./kiosk_hall.js";
import { go } from "./kiosk_steps.js";
import { waiting, warning } from "./kiosk_waits.js";
import { fill } from "./page.js";
import { printNotice } from "./slip.js";

let service; // whose notice can be printed; undefined where only a queue was chosen

/** Show the step for {queue} (its id) or {service} (as the server lists it). */
export function showAbout(chosen) {
  service = chosen.service;
  const queue = queueOf(chosen.queue ?? service.queue);
  $("ask-title").textContent = service?.name ?? queue.name;
  $("about").replaceChildren(...about(queue));
  $("notice-state").hidden = service === undefined;
  sayOfNotice("");
  go("ask");
}

function about(queue) {
  const parts = service === undefined ? [] : guideOf(queue);
  const warned = isAlive() && hasBoard() ? warning(estimateOf(queue.id)) : "";
  return warned === "" ? parts : [...parts, Object.assign(line(warned), { className: "notice is-warning" })];
}

function guideOf(queue) {
  const handling = text[service.handling];
  const parts = [line(fill(text.handling, { handling, queue: queue.name, waiting: waiting(queue) }))];
  const { materials = [], ...guide } = service.guide;
  if (materials.length > 0) {
    const bring = document.createElement("ul");
    bring.append(...materials.map((each) => Object.assign(document.createElement("li"), { textContent: each })));
    parts.push(line(text.materials), bring);
  } else {
    parts.push(line(text.materials_unknown));
  }
  for (const [name, label] of Object.entries(text.guide)) {
    if (guide[name]) parts.push(line(fill(text.known_of, { label, value: guide[name] })));
  }
  return parts;
}

const line = (words) => Object.assign(document.createElement("p"), { textContent: words });

async function printTheNotice() {
  const { no } = service;
  $("print-notice").disabled = true;
  sayOfNotice(text.notice_printing);
  const outcome = await printNotice(no, { hall, token });
  $("print-notice").disabled = false;
  if (service?.no !== no) return; // the citizen has gone on
  if (outcome.printed) sayOfNotice(text.notice_printed, "is-good");
  else sayOfNotice(fill(text.notice_failed, { title: outcome.title ?? text.lost }), "is-bad");
}

function sayOfNotice(words, kind = "") {
  const said = $("notice-said");
  said.textContent = words;
  said.hidden = words === "";
  said.className = `notice ${kind}`;
}

$("print-notice").addEventListener("click", printTheNotice);
