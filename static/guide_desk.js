// The enquiry desk as it is now: its topic, its words, and one command at a time.

import { banner } from "./banner.js";
import { Commands } from "./commands.js";
import { messageOfDialog, say as sayIn } from "./dialog.js";
import { hallNow, knownAt, minutesSince } from "./hall_time.js";
import { connect } from "./live.js";
import { fill, readJson, timeOf, words } from "./page.js";
import { write } from "./rows.js";

export const text = words();
export const guide = readJson("guide-data");
export const element = (id) => document.getElementById(id);
export const hall = `/api/v1/halls/${guide.hall.id}`;

const drawers = [];
let state = {};
let linkState = "connecting";

/** Call `draw` whenever something is new. */
export const onChange = (draw) => drawers.push(draw);

export function changed() {
  for (const draw of drawers) draw();
}

/** The day's open tickets, as [{id, number, …}]. */
export const tickets = () => Object.entries(state.tickets ?? {}).map(([id, ticket]) => ({ id, ...ticket }));

/** One open ticket; undefined when it is closed by now. */
export const ticket = (id) => state.tickets?.[id] && { id, ...state.tickets[id] };

export const live = () => linkState === "live";
export const underWay = () => commands.underWay;
export const now = () => hallNow(link);

/** How long somebody has waited, as of when it was last known. */
export function waited({ issued_at: issued }) {
  const minutes = minutesSince(issued, knownAt(link));
  return minutes === 0 ? text.row_new : fill(text.row_wait, { minutes });
}

/** What somebody came for. */
export const whatFor = ({ service, queue }) => guide.services[service] ?? guide.queues[queue]?.name ?? "";

/** Where to go for a queue: its counters, place and phone 首问负责. */
export function whereTo(id, phone) {
  const queue = guide.queues[id];
  const counters = queue.counters.map((counter) => fill(text.counter, counter)).join(text.listing) || text.no_counter;
  const { place, phone: halls } = guide.hall;
  return fill(text.where, { queue: queue.name, counters, place: place || "—", phone: phone || halls || "—" });
}

/** Write a ticket's priority, and whether it was confirmed. */
export function writePriority(badge, { priority, priority_confirmed: confirmed, urgent } = {}) {
  badge.hidden = !priority && !urgent;
  badge.classList.toggle("is-confirmed", Boolean(urgent || confirmed));
  const words = confirmed ? text.priority_confirmed : text.priority_claimed;
  write(badge, urgent ? text.urgent : priority ? fill(words, { priority: text.priority[priority] }) : "");
}

export const facts = (of) => fill(text.facts, { what: whatFor(of), issued: timeOf(new Date(of.issued_at)) });

const commands = new Commands({
  started() {
    say(text.doing);
    changed();
  },
  slow: () => say(text.slow, "is-warning"),
});

/** Send one command and tell how it went; its answer, null when another one is under way. values: for the words. */
export async function send(command, path, body = {}, values = {}) {
  const answer = await commands.send(command, path, body);
  if (answer === null) return null;
  if (answer.ok) say(fill(text.done[command], { number: answer.body.number, ...values }), "is-good");
  else say(answer.problem.title ?? text[answer.problem.code], "is-bad");
  changed();
  return answer;
}

/** Let a button be pressed only when its command would be sent, and show that it was pressed until it is answered. */
export function showBusy(button, command) {
  button.disabled = !live() || underWay() !== null;
  if (underWay() === command) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

/** Tell it where the hand is: in the open question, or on the page. */
export const say = (said, kind) => sayIn(messageOfDialog() ?? element("message"), said, kind);

const showStatus = banner();
const link = connect({
  url: `${hall}/live`,
  topic: "guide",
  onState(next) {
    state = next;
    commands.saw(false);
    changed();
  },
  onStatus(status) {
    linkState = status.state;
    showStatus(status);
    element("sign-in").hidden = status.code !== 4501;
    changed();
  },
});
