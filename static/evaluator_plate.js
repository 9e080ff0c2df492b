// The counter's plate 岗位牌: number and name, who is on duty in which post, and what happens here.

import { api } from "./api.js";
import { fill, timeOf } from "./page.js";

const element = (id) => document.getElementById(id);

let named = null; // since when whoever's name stands on the plate is on duty; null when nobody is named

/**
 * Draw the counter as its topic has it. now: the hall's time in milliseconds; alive: whether the topic is.
 */
export function drawPlate(state, { alive, now, text }) {
  if (state.number !== undefined) write("number", String(state.number));
  if (state.name !== undefined) write("name", state.name);
  write("state", alive ? whatHappens(state, now, text.states) : text.unknown);
  element("state").dataset.state = alive ? (state.ticket?.state ?? state.state ?? "gone") : "unknown";
}

function whatHappens({ state = "gone", ticket, back_at: backAt }, now, states) {
  if (ticket) return fill(states[ticket.state] ?? states.open, ticket);
  if (state === "away" && Date.parse(backAt) > now) return fill(states.away_until, { time: timeOf(new Date(backAt)) });
  return states[state];
}

/**
 * Name whoever is on duty; since: of that duty, null when there is none.
 *
 * Returns the answer to the question who it is, null when nobody had to be asked.
 */
export async function drawClerk(since, { hall, counter, token, text }) {
  if (since === named) return null;
  named = since;
  show({});
  if (since === null) return null;
  const answer = await api("GET", `/evaluator/${hall}/${counter}/plate`, undefined, { token });
  if (named !== since) return null; // somebody else sat down meanwhile
  if (!answer.ok) named = null; // ask again when something happens
  else show(answer.body, text);
  return answer;
}

function show({ clerk, post = "", department = "" }, text) {
  element("clerk").hidden = clerk === undefined;
  write("portrait", clerk === undefined ? "" : initials(clerk));
  write("who", clerk === undefined ? "" : fill(text.clerk, { name: clerk }));
  write("post", post);
  write("department", department);
}

/** The family name's character, or the first letters of up to two words. */
function initials(name) {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0]).join("").toUpperCase();
}

function write(id, value) {
  if (element(id).textContent !== value) element(id).textContent = value; // a screen reader says what is written
}
