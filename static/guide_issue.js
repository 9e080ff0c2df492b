// A ticket for somebody at the enquiry desk: for an item that was found, or for a queue.

import { openDialog } from "./dialog.js";
import { element, hall, onChange, send, showBusy, text, underWay, whereTo } from "./guide_desk.js";
import { openTicket, setPriority } from "./guide_ticket.js";
import { clone } from "./page.js";
import { write } from "./rows.js";

const FACTS = ["department", "conditions", "materials", "promised_limit", "fee", "consult_phone"];

let wanted = {}; // {queue} or {service}

/** Ask for a queue's ticket. */
export function askForQueue({ id, name }) {
  ask({ queue: id }, name, whereTo(id), {});
}

/** Ask for an item's: what to bring, where it is handled, whom to call. service: as the search answers it. */
export function askForService(service) {
  const { no, name, queue, department, guide } = service;
  ask({ service: no }, name, whereTo(queue, guide.consult_phone), { department, ...guide });
}

function ask(what, name, where, known) {
  wanted = what;
  openDialog("issue");
  write(element("issue-name"), name);
  write(element("issue-where"), where);
  const stated = FACTS.filter((fact) => known[fact]?.length > 0);
  element("issue-facts").replaceChildren(...stated.map((fact) => {
    const row = clone("fact");
    write(row.firstElementChild, text.fact[fact]);
    write(row.lastElementChild, [known[fact]].flat().join(text.separator));
    return row;
  }));
  document.querySelector('#issue [name="priority"]').focus();
}

element("issue").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (underWay() !== null) return;
  const form = new FormData(event.target);
  const [priority, phone] = [form.get("priority"), form.get("phone").trim()];
  const answer = await send("issue", `${hall}/tickets`, { ...wanted, ...(priority && { priority }), ...(phone && { phone }) });
  if (!answer?.ok) return;
  element("issue-dialog").close();
  openTicket(answer.body, true);
  if (priority) setPriority(answer.body, true); // whoever chose it has seen the papers
});

onChange(() => showBusy(document.querySelector("#issue [data-submit]"), "issue"));
