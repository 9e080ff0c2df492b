// What stands beside the desk's ticket: the line with its question, who is held, and who was missed.

import { allowed, at, hall, link, seen, send, whyOf } from "./clerk_desk.js";
import {
  desk, element, serviceOf, text, waited, writeAbsentRow, writeHeldRow, writeLast, writeLineRow, writePriority, writeWaiting,
} from "./clerk_view.js";
import { openDialog } from "./dialog.js";
import { clone, fill } from "./page.js";
import { syncRows, write } from "./rows.js";

const SLIP_MS = 400; // a row that came under the mouse just now is not the one that was aimed at

let movedAt = -Infinity; // when the lists moved last
let asking = null; // the id that the line's question is about

/** Whom the question about one who waits is about: {id, number, …}; undefined when that one waits no more. */
export const askedAbout = () => seen()?.line?.[asking] && { id: asking, ...seen().line[asking] };

/** Who is next, for the large button. */
export function nextInLine() {
  const next = inLine()[0];
  return next ? fill(text.next_is, { number: next.number, wait: waited(next.issued_at, link.knownAt()) }) : text.next_none;
}

/** Write all of it, after any change. */
export function drawSides() {
  const { waiting, held, absent, last } = seen();
  writeWaiting(waiting);
  const line = inLine();
  element("line-empty").hidden = line.length > 0;
  element("held-empty").hidden = Object.keys(held).length > 0;
  element("absent-empty").hidden = Object.keys(absent).length > 0;
  const known = link.knownAt();
  const updateLine = (row, entry) => writeLineRow(row, entry, known);
  const moved = [
    syncRows(element("line"), line, { key: byId, make: makeLineRow, update: updateLine }),
    syncRows(element("held"), entries(held), { key: byId, make: makeHeldRow, update: writeHeldRow }),
    syncRows(element("absent"), entries(absent), { key: byId, make: makeAbsentRow, update: writeAbsentRow }),
  ];
  if (moved.includes(true)) movedAt = performance.now();
  writeLast(last);
  drawQuestion();
}

const entries = (byIds) => Object.entries(byIds).map(([id, entry]) => ({ id, ...entry }));
const byId = (entry) => entry.id;
const inLine = () => entries(seen().line).sort((a, b) => a.place - b.place);

function makeLineRow() {
  const row = clone("line-row");
  row.firstElementChild.addEventListener("click", () => {
    document.activeElement.blur(); // afterwards the space bar means "next" again
    asking = row.dataset.key;
    openDialog("line");
    drawQuestion();
  });
  return row;
}

function makeSideRow(button, command, press) {
  const row = clone("side-row");
  if (!desk.works) return row;
  const pressed = clone(button);
  pressed.dataset.command = command;
  pressed.addEventListener("click", ({ detail }) => {
    const slipped = detail > 0 && performance.now() - movedAt < SLIP_MS;
    if (!allowed(command) || slipped) return;
    pressed.blur();
    press(row.dataset.key);
  });
  row.append(pressed);
  return row;
}

const makeHeldRow = () =>
  makeSideRow("resume-button", "resume-ticket", (id) =>
    send("resume-ticket", at("resume-ticket"), { number: seen().held[id].number }),
  );
const makeAbsentRow = () =>
  makeSideRow("return-button", "return", (id) => send("return", `${hall}/tickets/${id}/return`, {}, { names: { ticket: id } }));

/** Confirm a ticket's priority, or withdraw it. */
export function setPriority({ id, number, priority }, confirmed) {
  const command = confirmed ? "confirm-priority" : "withdraw-priority";
  const options = { names: { ticket: id }, values: { number } };
  return send(command, `${hall}/tickets/${id}/priority`, { class: priority, confirmed }, options);
}

function drawQuestion() {
  const dialog = element("line-dialog");
  if (!dialog.open) return;
  const entry = askedAbout();
  const [title, what, why] = ["title", "what", "why"].map((part) => element(`line-dialog-${part}`));
  if (entry === undefined) {
    write(what, text.line_gone);
    write(why, "");
  } else {
    write(title, entry.number);
    write(what, `${serviceOf(entry)}${text.separator}${waited(entry.issued_at, link.knownAt())}`);
    write(why, text.why[whyOf(entry)]);
  }
  writePriority(element("line-dialog-priority"), entry);
  for (const button of dialog.querySelectorAll("[data-priority]")) {
    const confirms = button.dataset.priority === "confirm-priority";
    button.hidden = !entry?.priority || (confirms && entry.priority_confirmed);
    button.disabled = !allowed(button.dataset.priority);
  }
  const submit = element("line-submit");
  submit.disabled = entry === undefined || !allowed(desk.works ? "call" : "urgent");
}

for (const button of document.querySelectorAll("[data-priority]")) {
  button.addEventListener("click", () => {
    const entry = askedAbout();
    if (entry && allowed(button.dataset.priority)) setPriority(entry, button.dataset.priority === "confirm-priority");
  });
}
