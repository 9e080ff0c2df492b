// A counter's desk: what it shows is a function of its topic; what is pressed goes to the server, one thing at a time.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { KEYS, possible } from "./clerk_rules.js";
import { chooseServices, forgetServices, notedServices, noteServices } from "./clerk_services.js";
import {
  countersOf, desk, element, holder, leg, serviceOf, text, waited,
  writeAbsentRow, writeHeldRow, writeLast, writeLineRow, writePriority, writeTicket, writeWaiting,
} from "./clerk_view.js";
import { Commands } from "./commands.js";
import { messageOfDialog, openDialog, say as sayIn } from "./dialog.js";
import { hallNow, knownAt, lasted } from "./hall_time.js";
import { connect } from "./live.js";
import { clone, fill, timeOf } from "./page.js";
import { syncRows, write } from "./rows.js";
import { followSetUp } from "./set_up.js";

const hall = `/api/v1/halls/${desk.hall.id}`;
const at = (verb) => `${hall}/counters/${desk.counter}/${verb}`;
const buttons = [...document.querySelectorAll("button[data-command]")];

const POST = `counter.${desk.counter}`; // everybody's view of the counter: who holds it
const DESK = `desk.${desk.counter}`; // the view of the clerk on duty, and of the head
const SLIP_MS = 400; // a row that came under the mouse just now is not the one that was aimed at

let link = null;
let watching = null; // stands for the connection that is listened to; what an earlier one still says is not heard
let topic = null;
let state = null; // the newest state of `topic`
let linkState = "connecting";
let lastCall = 0; // when this counter called last, hall time
let whyNext = new Map(); // by ticket id, why it stood where it stood in line
let asked; // since when the one on duty is, whom we took for us
let plate = ""; // the name of the one on duty, where it is not us
let nextHint = ""; // who is next, for the large button
let movedAt = -Infinity; // when the lists beside the ticket moved last
let lineTicket = null; // the id that the line's dialog is about

// The link ------------------------------------------------------------------------------------------------------------

const showStatus = banner();

function watch(name) {
  link?.close();
  topic = name;
  const mine = {};
  watching = mine;
  link = connect({
    url: `${hall}/live`,
    topic: name,
    onState: (next) => mine === watching && take(next),
    onStatus: (status) => mine === watching && follow(status),
  });
}

function take(next) {
  const other = topicAfter(next);
  if (other !== topic) return watch(other);
  commands.saw(happening(next) !== happening(state)); // nobody else acts at this counter: it was our command
  if (topic === DESK) remember(next);
  state = next;
  render();
}

/** Whoever is on duty follows the desk; whoever is not, the counter as everybody sees it. */
function topicAfter(next) {
  if (topic === POST && holds(next.on_duty)) return DESK;
  if (topic === DESK && desk.works && next.duty?.clerk !== desk.me) return POST;
  return topic;
}

function follow(status) {
  if (topic === DESK && desk.works && status.code === 4503) { // not ours, or not any more
    readPlate();
    return watch(POST);
  }
  linkState = status.state;
  showStatus(status);
  element("sign-in").hidden = status.code !== 4501;
  render();
}

/** Whether the one on duty may be us: the desk's own topic tells, once for each duty; everybody's names nobody. */
function holds(duty) {
  if (duty === undefined || duty.since === asked) return false;
  asked = duty.since;
  plate = "";
  return true;
}

/** Read who holds the counter, where it is not us. */
async function readPlate() {
  const since = asked;
  const answer = await api("GET", `/evaluator/${desk.hall.id}/${desk.counter}/plate`);
  if (since !== asked || !answer.ok) return;
  plate = answer.body.clerk ?? "";
  render();
}

/** What a command at the counter changes. */
function happening(seen) {
  const { counter, ticket } = seen ?? {};
  return JSON.stringify([counter?.state, ticket?.id, ticket?.state, ticket && leg(ticket).recalls]);
}

/** What the next state will not say any more. */
function remember(next) {
  const id = next.ticket?.id;
  if (id !== state?.ticket?.id) forgetServices();
  for (const [ticket, { why }] of Object.entries(state?.line ?? {})) whyNext.set(ticket, why);
  whyNext = new Map([...whyNext].filter(([ticket]) => ticket === id || ticket in next.line));
}

// What may be done now ------------------------------------------------------------------------------------------------

const onDuty = () => topic === DESK && desk.works && state?.duty?.clerk === desk.me;
const paused = () => state?.counter?.state !== "open";
const lockLeft = () => Math.ceil((lastCall + desk.rules.call_lock_s * 1000 - hallNow(link)) / 1000);

function allowed(command) {
  if (linkState !== "live" || commands.underWay !== null) return false;
  if (command === "sign-on") return topic === POST && state?.on_duty === undefined;
  if (!onDuty()) return false;
  const ticket = state.ticket && { state: state.ticket.state, recalls: leg(state.ticket).recalls };
  const locked = lockLeft() > 0;
  return possible(command, { ticket, paused: paused(), locked, recallsMax: desk.rules.recalls_max });
}

// Doing it ------------------------------------------------------------------------------------------------------------

const commands = new Commands({
  started() {
    say(text.doing);
    render();
  },
  slow: () => say(text.slow, "is-warning"),
});

/** Send one command and tell how it went; whether it was accepted. */
async function send(command, path, body = {}, values = {}) {
  const answer = await commands.send(command, path, body, (accepted) => !nobodyCame(accepted));
  if (answer === null || answer.overtaken) return answer?.ok ?? false;
  if (answer.ok) {
    if (command === "call") whyNext.set(answer.body.ticket.id, "chosen");
    const number = answer.body?.ticket?.number ?? answer.body?.number;
    say(fill(doneWords(command, answer), { number, most: desk.rules.absences_until_void, ...values }), "is-good");
  } else {
    explain(answer.problem);
  }
  render();
  return answer.ok;
}

const nobodyCame = (answer) => answer.body?.ticket === null;

function doneWords(command, answer) {
  if (nobodyCame(answer)) return text.done.next_nobody;
  if (command === "no-show" && answer.body.ticket.state === "void") return text.done["no-show_void"];
  return text.done[command];
}

/** Tell how it went where the hand is: in the open question, or above the buttons. */
function say(words, kind) {
  const signingOn = element("desk").hidden;
  const line = signingOn ? document.querySelector("#sign-on [data-message]") : element("message");
  sayIn(messageOfDialog() ?? line, words, kind);
}

function explain(problem) {
  const known = { unreachable: text.unreachable, unreadable: text.unreadable }[problem.code];
  const now = text.states[problem.state];
  say([known ?? problem.title, now && fill(text.number_at, { state: now })].filter(Boolean).join(""), "is-bad");
  if (problem.code === "on_duty_elsewhere") {
    const other = document.createElement("a");
    other.href = `/counter/${desk.hall.id}/${problem.counter}`;
    other.textContent = fill(text.elsewhere, problem);
    document.querySelector("#sign-on [data-message]").append(" ", other);
  }
}

const simple = (command) => () => send(command, at(command));
const ACTIONS = {
  next: () => (state.ticket === undefined ? send("next", at("next")) : askFirst()),
  recall: simple("recall"),
  start: simple("start"),
  finish() {
    const services = [...notedServices().keys()];
    return send("finish", at("finish"), services.length > 0 ? { services } : {});
  },
  "no-show": simple("no-show"),
  resume: simple("resume"),
  "sign-off": simple("sign-off"),
  hold: () => openDialog("hold"),
  transfer: openTransfer,
  pause: () => openDialog("pause"),
  call: () => openDialog("call"),
  "serve-now": () => openDialog("serve-now"),
  services: () => chooseServices(state.ticket.service, explain),
  "confirm-priority": () => setPriority(state.ticket, true),
  "withdraw-priority": () => setPriority(state.ticket, false),
};

function act(command) {
  if (allowed(command)) ACTIONS[command]();
}

function setPriority({ id, number, priority }, confirmed) {
  const command = confirmed ? "confirm-priority" : "withdraw-priority";
  return send(command, `${hall}/tickets/${id}/priority`, { class: priority, confirmed }, { number });
}

// Questions -----------------------------------------------------------------------------------------------------------

const FORMS = {
  call: (form) => send("call", at("call"), { number: form.get("number").trim().toUpperCase(), reason: reasonIn(form) }),
  hold: (form) => send("hold", at("hold"), reasonIn(form) === "" ? {} : { reason: reasonIn(form) }),
  transfer: (form) => {
    const queue = form.get("queue");
    const values = { queue: desk.queues[queue].name, counters: countersOf(queue), ...placeAndPhone() };
    return send("transfer", at("transfer"), { queue, reason: reasonIn(form) }, values);
  },
  pause: (form) => {
    const body = { reason: reasonIn(form) };
    const minutes = Number(form.get("minutes"));
    if (minutes > 0) body.back_at = new Date(hallNow(link) + minutes * 60000).toISOString();
    return send("pause", at("pause"), body);
  },
  "serve-now": (form) => send("serve-now", at("serve-now"), { queue: form.get("queue") }),
  async services() {
    noteServices();
    return true;
  },
};

const reasonIn = (form) => form.get("reason").trim();
const placeAndPhone = () => ({ place: desk.hall.place || "—", phone: desk.hall.phone || "—" });

function askFirst() {
  const dialog = openDialog("ask");
  const { number, state: now } = state.ticket;
  element("ask-text").textContent = fill(now === "called" ? text.ask_called : text.ask_serving, { number });
  for (const button of dialog.querySelectorAll("[data-first]")) {
    button.hidden = (button.dataset.first === "finish") !== (now === "serving");
  }
}

async function firstThenNext(first) {
  if (!allowed(first) || !(await ACTIONS[first]())) return;
  element("ask-dialog").close();
  await send("next", at("next"));
}

function openTransfer() {
  const dialog = openDialog("transfer");
  for (const choice of dialog.querySelectorAll("[data-queue]")) {
    choice.hidden = choice.dataset.queue === state.ticket.queue;
    choice.querySelector("[data-counters]").textContent = countersOf(choice.dataset.queue);
  }
}

function openLine(id) {
  lineTicket = id;
  openDialog("line");
  renderLineDialog();
}

// Showing it ----------------------------------------------------------------------------------------------------------

function render() {
  if (state === null) return tick();
  const atDesk = topic === DESK && "counter" in state;
  element("desk").hidden = !atDesk;
  element("sign-on").hidden = atDesk;
  write(element(atDesk ? "who" : "on-duty"), atDesk ? holder(state.duty) : holder(state.on_duty, plate));
  if (!atDesk) write(element("who"), "");
  if (atDesk) {
    const called = state.ticket && Date.parse(leg(state.ticket).called_at);
    if (called > lastCall) lastCall = called;
    const { ticket, counter } = state;
    writeTicket(ticket, counter, { done: notedServices(), why: whyNext.get(ticket?.id) ?? (ticket?.urgent ? "urgent" : undefined) });
    renderSide();
    renderLineDialog();
  }
  renderButtons(atDesk);
  tick();
}

function renderSide() {
  const { waiting, line, held, absent, last } = state;
  writeWaiting(waiting);
  const inLine = entries(line).sort((a, b) => a.place - b.place);
  element("line-empty").hidden = inLine.length > 0;
  element("held-empty").hidden = Object.keys(held).length > 0;
  element("absent-empty").hidden = Object.keys(absent).length > 0;
  const known = knownAt(link);
  const updateLineRow = (row, entry) => writeLineRow(row, entry, known);
  const moved = [
    syncRows(element("line"), inLine, { key: byId, make: makeLineRow, update: updateLineRow }),
    syncRows(element("held"), entries(held), { key: byId, make: makeHeldRow, update: writeHeldRow }),
    syncRows(element("absent"), entries(absent), { key: byId, make: makeAbsentRow, update: writeAbsentRow }),
  ];
  if (moved.includes(true)) movedAt = performance.now();
  writeLast(last);
  const next = inLine[0];
  nextHint = next ? fill(text.next_is, { number: next.number, wait: waited(next.issued_at, known) }) : text.next_none;
}

const entries = (byIds) => Object.entries(byIds).map(([id, entry]) => ({ id, ...entry }));
const byId = (entry) => entry.id;

function makeLineRow() {
  const row = clone("line-row");
  if (desk.works) {
    row.firstElementChild.addEventListener("click", (event) => {
      leaveNoFocus(event);
      openLine(row.dataset.key);
    });
  }
  return row;
}

function makeSideRow(button, command, body) {
  const row = clone("side-row");
  if (!desk.works) return row;
  const press = clone(button);
  press.dataset.command = command;
  press.addEventListener("click", ({ detail }) => {
    const slipped = detail > 0 && performance.now() - movedAt < SLIP_MS;
    if (allowed(command) && !slipped) body(row.dataset.key);
  });
  row.append(press);
  return row;
}

const makeHeldRow = () =>
  makeSideRow("resume-button", "resume-ticket", (id) =>
    send("resume-ticket", at("resume-ticket"), { number: state.held[id]?.number }),
  );
const makeAbsentRow = () =>
  makeSideRow("return-button", "return", (id) => send("return", `${hall}/tickets/${id}/return`));

function renderLineDialog() {
  const dialog = element("line-dialog");
  if (!dialog?.open) return;
  const entry = state.line[lineTicket];
  const [title, what, why] = ["title", "what", "why"].map((part) => element(`line-dialog-${part}`));
  if (entry === undefined) {
    write(what, text.line_gone);
    write(why, "");
  } else {
    write(title, entry.number);
    write(what, `${serviceOf(entry)}${text.separator}${waited(entry.issued_at, knownAt(link))}`);
    write(why, text.why[entry.why]);
  }
  writePriority(element("line-dialog-priority"), entry);
  for (const button of dialog.querySelectorAll("[data-priority]")) {
    const confirms = button.dataset.priority === "confirm-priority";
    button.hidden = !entry?.priority || (confirms && entry.priority_confirmed);
    button.disabled = !allowed(button.dataset.priority);
  }
  const call = dialog.querySelector("form .actions:last-child button:not([type])");
  call.disabled = entry === undefined || !allowed("call");
}

function renderButtons(atDesk) {
  for (const button of document.querySelectorAll("button[data-command]")) {
    const command = button.dataset.command;
    button.disabled = !allowed(command);
    if (command === commands.underWay) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
  for (const button of document.querySelectorAll("[data-first], dialog form .actions button:not([type])")) {
    button.disabled = commands.underWay !== null || linkState !== "live";
  }
  show("sign-off", atDesk && onDuty());
  show("pause", !atDesk || !paused());
  show("resume", atDesk && paused() && onDuty());
  const ticket = atDesk ? state.ticket : undefined;
  show("confirm-priority", ticket?.priority !== undefined && !ticket.priority_confirmed && !ticket.urgent);
  show("withdraw-priority", ticket?.priority !== undefined && !ticket.urgent);
  const form = element("sign-on-form");
  if (form !== null) form.hidden = state.on_duty !== undefined;
}

function show(command, shown) {
  for (const button of buttons) if (button.dataset.command === command) button.hidden = !shown;
}

/** What time alone changes. */
function tick() {
  const now = hallNow(link);
  write(element("clock"), timeOf(new Date(now)));
  if (state === null || element("desk").hidden) return;
  const ticket = state.ticket;
  const since = ticket && (leg(ticket).started_at ?? leg(ticket).called_at);
  write(element("ticket-lasted"), since && linkState === "live" ? lasted(now - Date.parse(since)) : "");
  const hint = element("next-hint");
  if (hint === null) return;
  write(hint, nextWords());
  const next = buttons.find((button) => button.dataset.command === "next");
  next.disabled = !allowed("next");
}

/** What stands under "next": what keeps it from being pressed, or who it would call. */
function nextWords() {
  if (linkState !== "live") return text.next_lost;
  if (paused()) return text.next_paused;
  const seconds = lockLeft();
  return seconds > 0 ? fill(text.next_locked, { seconds }) : nextHint;
}

/** A mouse leaves no focus behind on what it pressed, so that the space bar means "next" again. */
function leaveNoFocus({ detail, currentTarget }) {
  if (detail > 0) currentTarget.blur();
}

// Hands ---------------------------------------------------------------------------------------------------------------

for (const button of buttons) {
  button.addEventListener("click", (event) => {
    leaveNoFocus(event);
    if (button.dataset.command !== "sign-on") act(button.dataset.command);
  });
}

element("sign-on-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const capacity = new FormData(event.target).get("capacity");
  if (allowed("sign-on")) send("sign-on", at("sign-on"), { capacity });
});

for (const form of document.querySelectorAll("dialog form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    if (form.closest("dialog").id === "line-dialog") data.set("number", state.line[lineTicket]?.number ?? "");
    if (commands.underWay === null && (await FORMS[form.dataset.command](data))) {
      const told = element("message").textContent;
      form.closest("dialog").close();
      if (form.dataset.command !== "services") say(form.querySelector("[data-message]").textContent || told, "is-good");
      render();
    }
  });
}

for (const button of document.querySelectorAll("[data-first]")) {
  button.addEventListener("click", () => firstThenNext(button.dataset.first));
}
for (const button of document.querySelectorAll("[data-priority]")) {
  button.addEventListener("click", () => {
    const entry = state.line[lineTicket];
    if (entry && allowed(button.dataset.priority)) {
      setPriority({ id: lineTicket, ...entry }, button.dataset.priority === "confirm-priority");
    }
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const command = KEYS[event.key.toLowerCase()];
  if (command === undefined || !onDuty()) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog !== null) {
    const first = dialog.querySelector(`[data-first="${command}"]:not([hidden])`);
    if (first !== null && !event.repeat) first.click();
    return;
  }
  const focused = document.activeElement;
  if (focused.matches("input, select, textarea, [contenteditable]")) return;
  if (event.key === " " && focused.matches("a:focus-visible, button:focus-visible")) return; // it presses that one
  event.preventDefault(); // also a key held down must not scroll the page
  if (!event.repeat) act(command === "pause" && paused() ? "resume" : command);
});

element("sign-out").addEventListener("click", async () => {
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) location.assign("/");
  else pageMessage(answer.problem.title ?? text[answer.problem.code]);
});

function pageMessage(words) {
  const box = element("page-message");
  box.hidden = false;
  write(box, words);
}

setInterval(render, 1000);
const free = () => linkState === "live" && commands.underWay === null && state?.ticket === undefined;
followSetUp(`/counter/${desk.hall.id}/${desk.counter}/set-up`, desk.version, free);
watch(desk.works ? POST : DESK);
