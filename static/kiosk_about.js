// The step "ask": what is known of a service before one waits for it, on the screen and on paper.

import { $, hall, text, token } from "./kiosk_device.js";
import { estimateOf, hasBoard, isAlive, queueOf } from "./kiosk_hall.js";
import { go } from "./kiosk_steps.js";
import { waiting, warning } from "./kiosk_waits.js";
import { fill } from "./page.js";
import { printNotice } from "./slip.js";

const LINE_PX = 48; // what was read last stays in sight

const turners = document.querySelectorAll("[data-turn-about]"); // up, down

let service; // whose notice can be printed; undefined where only a queue was chosen

/** Show the step for {queue} (its id) or {service} (as the server lists it). */
export function showAbout(chosen) {
  service = chosen.service;
  const queue = queueOf(chosen.queue ?? service.queue);
  $("ask-title").textContent = service?.name ?? queue.name;
  $("about").replaceChildren(...about(queue));
  $("print-notice").hidden = service === undefined;
  sayOfNotice("");
  go("ask");
  $("about").scrollTop = 0;
  offerTurns();
}

/** What is too long for its place is turned by large buttons. */
function offerTurns() {
  const { scrollTop, scrollHeight, clientHeight } = $("about");
  const fits = scrollHeight <= clientHeight + 1;
  for (const button of turners) button.hidden = fits;
  turners[0].disabled = scrollTop <= 1;
  turners[1].disabled = scrollTop + clientHeight >= scrollHeight - 1;
}

function turn(by) {
  const { clientHeight } = $("about");
  $("about").scrollBy({ top: by * Math.max(clientHeight - LINE_PX, clientHeight / 2), behavior: "instant" });
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

for (const button of turners) button.addEventListener("click", () => turn(Number(button.dataset.turnAbout)));
$("about").addEventListener("scroll", offerTurns);
new ResizeObserver(offerTurns).observe($("about"));
$("print-notice").addEventListener("click", printTheNotice);
