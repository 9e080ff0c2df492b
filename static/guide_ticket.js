// One ticket at the enquiry desk: where it stands, where its holder goes, and what can be done about it.

import { openDialog } from "./dialog.js";
import {
  element, facts, guide, hall, live, onChange, say, send, showBusy, text, ticket, underWay, whereTo, writePriority,
} from "./guide_desk.js";
import { fill } from "./page.js";
import { write } from "./rows.js";
import { printByBrowser, printSlip, showSlip } from "./slip.js";

let shown = null; // the ticket that the question is about, as it was known when it was opened

/** Open it. issued: it was issued just now, and its slip is to be printed. */
export function openTicket(which, issued = false) {
  shown = which;
  element("slip").hidden = true;
  element("urgent").hidden = true;
  openDialog("ticket");
  if (issued) {
    say(fill(text.done.issue, which), "is-good");
    showSlip(which, { hall: guide.hall.id });
  }
  draw();
}

const current = () => ticket(shown.id) ?? shown;

function draw() {
  if (!element("ticket-dialog").open) return;
  const known = ticket(shown.id);
  if (known) shown = known;
  const at = shown.counter ? ` ${fill(text.row_at, shown)}` : "";
  write(element("ticket-number"), shown.number);
  write(element("ticket-state"), text.states[shown.state] + at);
  write(element("ticket-facts"), facts(shown));
  write(element("ticket-where"), whereTo(shown.queue));
  writePriority(element("ticket-priority"), shown);
  for (const button of document.querySelectorAll("[data-act]")) {
    button.hidden = !POSSIBLE[button.dataset.act](shown);
    showBusy(button, button.dataset.act);
  }
  showBusy(document.querySelector("#urgent [data-submit]"), "urgent");
  if (!POSSIBLE.urgent(shown)) element("urgent").hidden = true;
}

const POSSIBLE = {
  return: ({ state }) => state === "absent" && guide.returns,
  "confirm-priority": ({ priority, priority_confirmed: confirmed }) => Boolean(priority) && !confirmed,
  "withdraw-priority": ({ priority }) => Boolean(priority),
  reprint: () => element("slip").hidden,
  urgent: ({ state, urgent }) => state === "waiting" && !urgent,
};

const ACTS = {
  return: ({ id }) => send("return", `${hall}/tickets/${id}/return`),
  "confirm-priority": (which) => setPriority(which, true),
  "withdraw-priority": (which) => setPriority(which, false),
  reprint,
  urgent() {
    element("urgent").hidden = false;
    element("urgent-reason").value = "";
    element("urgent-reason").focus();
  },
};

/** Confirm a ticket's priority, or withdraw it. */
export function setPriority({ id, priority }, confirmed) {
  const command = confirmed ? "confirm-priority" : "withdraw-priority";
  return send(command, `${hall}/tickets/${id}/priority`, { class: priority, confirmed });
}

async function reprint(which) {
  say(text.doing);
  const options = { hall: guide.hall.id, copy: true };
  let outcome = await printSlip(which, options);
  if (outcome.code === "no_printer") outcome = await printByBrowser(which, options);
  say(outcome.printed ? text.printed : (outcome.title ?? text[outcome.code]), outcome.printed ? "is-good" : "is-bad");
}

/** Do it, if it can be done to the open ticket. */
export function act(command) {
  if (live() && underWay() === null && POSSIBLE[command](current())) ACTS[command](current());
}

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", ({ detail }) => detail < 2 && act(button.dataset.act));
}

element("urgent").addEventListener("submit", (event) => {
  event.preventDefault();
  send("urgent", `${hall}/tickets/${shown.id}/urgent`, { reason: element("urgent-reason").value.trim() });
});

onChange(draw);
