// Taking a ticket, and handing it over: its number on the screen, its slip on paper.

import { api } from "./api.js";
import { $, hall, phones, printsByItself, text, token } from "./kiosk_device.js";
import { queueOf } from "./kiosk_hall.js";
import { remindOf } from "./kiosk_remind.js";
import { go, step, tell, writeNumber } from "./kiosk_steps.js";
import { howLong, warning } from "./kiosk_waits.js";
import { fill } from "./page.js";
import { showSlip } from "./slip.js";

/**
 * The buttons that take a ticket, on the step "ask".
 *
 * chosen   what the ticket is for, {queue} or {service}; null when nothing is
 * handed   called when a ticket is on the screen; refused: before it is said why there is none
 */
export function taking({ chosen, handed, refused }) {
  async function take(priority) {
    const what = chosen();
    if (what === null || step() !== "ask") return; // pressed twice
    const request = what.service ? { service: what.service.no } : { queue: what.queue };
    if (priority) request.priority = priority;
    go("wait");
    const answer = await api("POST", `/api/v1/halls/${hall}/tickets`, request, { token });
    if (answer.ok) {
      hand(answer.body);
      return handed();
    }
    refused();
    const { title } = answer.problem;
    tell(title ? fill(text.refused, { title }) : text.unreachable);
  }

  for (const button of document.querySelectorAll("[data-priority]")) {
    button.addEventListener("click", () => take(button.dataset.priority));
  }
}

function hand(ticket) {
  const { number, queue, ahead, estimate, track } = ticket;
  tell("");
  writeNumber($("number"), number);
  $("ticket-queue").textContent = queueOf(queue)?.name ?? "";
  $("ahead").textContent = fill(text.ahead, { count: ahead });
  $("estimate").textContent = howLong(estimate);
  const warned = warning(estimate);
  $("warning").hidden = warned === "";
  $("warning").textContent = warned;
  $("track").hidden = !phones;
  if (phones) $("qr").src = `${track}/qr.svg`;
  remindOf(ticket.id);
  go("ticket");
  showSlip(ticket, { hall, token, byItself: printsByItself });
}

/** Nothing of the last citizen's ticket stays. */
export function forgetTicket() {
  $("qr").removeAttribute("src");
  remindOf(null);
}
