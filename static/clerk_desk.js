// The desk as it is now, and what is done at it: one command at a time, shown at once, repeated until it is answered.

import { DeskLink } from "./clerk_link.js";
import { expected } from "./clerk_expected.js";
import { possible } from "./clerk_rules.js";
import { forgetServices } from "./clerk_services.js";
import { desk, element, leg, text } from "./clerk_view.js";
import { Commands } from "./commands.js";
import { messageOfDialog, say as sayIn } from "./dialog.js";
import { fill } from "./page.js";

export const hall = `/api/v1/halls/${desk.hall.id}`;
export const at = (verb) => `${hall}/counters/${desk.counter}/${verb}`;

const HEADS = new Set(["confirm-priority", "withdraw-priority", "urgent"]); // what the head may, who looks on

const QUEUE = 5; // how many presses are remembered while one is under way

const drawers = [];
let lastCall = 0; // when this counter called last, hall time
let whyNext = new Map(); // by ticket id, why it stood where it stood in line
let asked = null; // what the command under way names
const queue = []; // pressed meanwhile: {command, asked, go(whether it is to be sent)}

let going = false; // the first of them is about to be sent

/** Call `draw` whenever something of the desk is new. */
export const onChange = (draw) => drawers.push(draw);

export function changed() {
  for (const draw of drawers) draw();
}

export const link = new DeskLink({
  state(next, before) {
    commands.saw(happening(next) !== happening(before)); // nobody else acts at this counter: it was our command
    if (link.atDesk) remember(next, before);
    changed();
    goOn();
  },
  status: changed,
  plate: changed,
});

/** What a command at the counter changes. */
function happening(seen) {
  const { counter, ticket } = seen ?? {};
  return JSON.stringify([counter?.state, ticket?.id, ticket?.state, ticket && leg(ticket).recalls]);
}

/** What the next state will not say any more. */
function remember(next, before) {
  const id = next.ticket?.id;
  if (id !== before?.ticket?.id) forgetServices();
  for (const [ticket, { why }] of Object.entries(before?.line ?? {})) whyNext.set(ticket, why);
  whyNext = new Map([...whyNext].filter(([ticket]) => ticket === id || ticket in next.line));
  if (next.ticket) lastCall = Math.max(lastCall, Date.parse(leg(next.ticket).called_at));
}

/** The desk's state with what was pressed already done. */
export function seen() {
  if (!link.atDesk) return link.state;
  const now = new Date(link.now()).toISOString();
  const pressed = commands.underWay === null ? queue : [{ command: commands.underWay, asked }, ...queue];
  return pressed.reduce((state, each) => expected(state, each.command, each.asked, now), link.state);
}

/** Why the present ticket was called, as a clause of the rule; undefined when it is not known. */
export const whyOf = (ticket) => whyNext.get(ticket?.id) ?? ticket?.why ?? (ticket?.urgent ? "urgent" : undefined);

export const paused = () => seen()?.counter?.state !== "open";

/** Seconds until the counter may call again. */
export const lockLeft = () => Math.ceil((lastCall + desk.rules.call_lock_s * 1000 - link.now()) / 1000);

export const underWay = () => commands.underWay;

/** Whether a command may be given now, what was pressed before it being done. */
export function allowed(command) {
  if (command === "posts") return desk.works; // also before signing on
  if (!link.live || commands.underWay === command || queue.length >= QUEUE) return false;
  return makesSense(command, seen());
}

function makesSense(command, state) {
  if (command === "sign-on") return !link.atDesk && state?.on_duty === undefined;
  if (!link.onDuty) return !desk.works && link.atDesk && HEADS.has(command);
  const { ticket, counter } = state;
  return possible(command, {
    ticket: ticket && { state: ticket.state, recalls: leg(ticket).recalls },
    paused: counter.state !== "open",
    locked: lockLeft() > 0 || Boolean(ticket?.unsure),
    recallsMax: desk.rules.recalls_max,
  });
}

/** Wait until what was pressed before is done; false when that was refused, or when this makes no sense then. */
async function itsTurn(command, what) {
  if (!allowed(command)) return false;
  const go = await new Promise((tell) => {
    queue.push({ command, asked: what, go: tell });
    changed();
  });
  if (go && makesSense(command, link.state)) return true;
  giveUp();
  return false;
}

/** Send what was pressed meanwhile, one after another. */
function goOn() {
  if (commands.underWay !== null || going || queue.length === 0) return;
  going = true;
  queue.shift().go(true);
}

function giveUp() {
  going = false;
  for (const { go } of queue.splice(0)) go(false);
}

const commands = new Commands({
  started() {
    say(text.doing);
    changed();
  },
  slow: () => say(text.slow, "is-warning"),
});

/**
 * Send one command and tell how it went; whether it was accepted.
 *
 * names    what the command names, for clerk_expected.js
 * values   what else the words for its success need
 */
export async function send(command, path, body = {}, { names = {}, values = {} } = {}) {
  const what = { ...body, ...names };
  const waits = commands.underWay !== null || going || queue.length > 0;
  if (waits && !(await itsTurn(command, what))) return false;
  asked = what;
  going = false;
  const answer = await commands.send(command, path, body, (accepted) => !nobodyCame(accepted));
  if (answer === null || answer.overtaken) return answer?.ok ?? false;
  if (!answer.ok) giveUp();
  if (answer.ok) {
    if (command === "call") whyNext.set(answer.body.ticket.id, "chosen");
    const number = answer.body?.ticket?.number ?? answer.body?.number;
    say(fill(doneWords(command, answer), { number, most: desk.rules.absences_until_void, ...values }), "is-good");
  } else {
    explain(answer.problem);
  }
  changed();
  goOn();
  return answer.ok;
}

const nobodyCame = (answer) => answer.body?.ticket === null;

function doneWords(command, answer) {
  if (nobodyCame(answer)) return text.done.next_nobody;
  if (command === "no-show" && answer.body.ticket.state === "void") return text.done["no-show_void"];
  return text.done[command];
}

/** Tell how it went where the hand is: in the open question, or above the buttons. */
export function say(words, kind) {
  const signingOn = element("desk").hidden;
  const line = signingOn ? document.querySelector("#sign-on [data-message]") : element("message");
  sayIn(messageOfDialog() ?? line, words, kind);
}

export function explain(problem) {
  const known = { unreadable: text.unreadable }[problem.code];
  const now = text.states[problem.state];
  say([known ?? problem.title, now && fill(text.number_at, { state: now })].filter(Boolean).join(""), "is-bad");
  if (problem.code === "on_duty_elsewhere") {
    const other = document.createElement("a");
    other.href = `/counter/${desk.hall.id}/${problem.counter}`;
    other.textContent = fill(text.elsewhere, problem);
    document.querySelector("#sign-on [data-message]").append(" ", other);
  }
}
