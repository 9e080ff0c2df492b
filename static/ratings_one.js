// One bad rating: what was rated and said, by when it is due, and everything that was done about it.

import { api } from "./api.js";
import { copyText } from "./copy_text.js";
import { clone, dateOf, fill, readJson, timeOf, words } from "./page.js";
import { dayOf, dueOf, whoOf, writeState } from "./ratings_list.js";
import { syncRows, write } from "./rows.js";

const text = words();
const data = readJson("ratings-data");
const reasons = readJson("reasons");
const element = (id) => document.getElementById(id);

let shown = null; // {rectification, log, path}

/** Show one as the server has it, as of a local day; null: none is chosen. */
export function showOne(detail, today) {
  const another = detail?.rectification.id !== shown?.rectification.id;
  shown = detail;
  element("choose").hidden = detail !== null;
  element("chosen").hidden = detail === null;
  document.documentElement.dataset.chosen = detail === null ? "no" : "yes";
  if (another) hidePrivate();
  if (detail === null) return;
  const { rectification: one, log } = detail;
  write(element("one-number"), one.number);
  write(element("one-level"), text.level[one.level]);
  writeState(element("one-state"), one);
  write(element("one-due"), dueOf(one, today));
  showSaid(one, log[0]);
  showFacts(one);
  showLog(log);
  element("show-phone").hidden = !one.phone || !element("phone").hidden;
}

/** A number and a message are for the one they were asked for. */
function hidePrivate() {
  element("phone").hidden = true;
  element("one-message").hidden = true;
  write(element("copied"), "");
}

/** What the citizen wrote, and the reasons that were chosen. */
function showSaid(one, opened) {
  element("one-words").hidden = !one.comment;
  write(element("one-words"), opened.words ?? text.expired);
  const known = reasons[one.reasons_version]?.[one.level] ?? {};
  const said = (one.reasons ?? []).map((code) => ({ code, words: known[code] ?? code }));
  element("one-reasons").hidden = said.length === 0;
  syncRows(element("one-reasons"), said, {
    key: ({ code }) => code,
    make: () => document.createElement("li"),
    update: (line, { words: wording }) => write(line, wording),
  });
}

function showFacts(one) {
  const { called_back: called, follow_up: followed } = one;
  const facts = {
    rated: when(one.opened_at),
    clerk: whoOf(one),
    counter: fill(text.counter, one),
    post: data.posts[one.post],
    queue: data.queues[one.queue]?.name ?? one.queue,
    service: data.services[one.service],
    called_back: called && `${calledOf(called)} ${when(called.at)}`,
    follow_up: followed && `${text.level[followed.level]} ${when(followed.at)}`,
  };
  const rows = Object.entries(facts).filter(([, said]) => said);
  syncRows(element("one-facts"), rows, {
    key: ([name]) => name,
    make: () => clone("fact"),
    update(row, [name, said]) {
      write(row.firstElementChild, text.fact[name]);
      write(row.lastElementChild, said);
    },
  });
}

function showLog(log) {
  syncRows(element("log"), log.map((step, place) => ({ place, ...step })), {
    key: ({ place, at }) => `${place} ${at}`,
    make: () => clone("step"),
    update(row, step) {
      const [about, what, said] = row.children;
      about.firstElementChild.dateTime = step.at;
      write(about.firstElementChild, when(step.at));
      write(about.lastElementChild, byOf(step));
      write(what.firstElementChild, stepOf(step));
      said.hidden = step.step === "opened" || step.words === undefined;
      write(said, step.words ?? "");
    },
  });
}

const when = (instant) => fill(text.when, { day: dateOf(new Date(instant)), time: timeOf(new Date(instant)) });

/** Who took a step: the hall itself opens one, the citizen rates once more. */
function byOf({ step, by }) {
  if (by === "holder") return text.holder;
  return step === "opened" ? text.hall : (data.names[by] ?? text.somebody);
}

function calledOf({ reached, satisfied }) {
  if (!reached) return text.called.no;
  return satisfied === undefined ? text.called.yes : text.called[satisfied ? "satisfied" : "dissatisfied"];
}

function stepOf(step) {
  switch (step.step) {
    case "called_back": return fill(text.step.called_back, { said: calledOf(step) });
    case "followed_up": return fill(text.step.followed_up, { level: text.level[step.level] });
    case "review_asked":
      return step.what === "invalid" ? text.step.asked_invalid : fill(text.step.asked_extension, { day: dayOf(step.until) });
    case "reviewed": return step.granted ? text.step.granted : text.step.refused;
    default: return text.step[step.step];
  }
}

element("show-phone").addEventListener("click", async ({ currentTarget: button }) => {
  const { id } = shown.rectification;
  button.setAttribute("aria-busy", "true");
  const answer = await api("GET", `/api/v1/halls/${data.hall}/rectifications/${id}/phone`);
  button.removeAttribute("aria-busy");
  if (shown?.rectification.id !== id) return;
  const number = element("phone");
  button.hidden = answer.ok;
  number.hidden = !answer.ok;
  if (answer.ok) {
    number.href = `tel:${answer.body.phone.replaceAll(" ", "")}`;
    write(number, answer.body.phone);
    return number.focus();
  }
  const message = element("one-message");
  message.className = "notice is-bad";
  message.hidden = false;
  write(message, answer.problem.title ?? text[answer.problem.code]);
});

element("copy-link").addEventListener("click", async () => {
  const address = location.origin + shown.path;
  const isDone = await copyText(address);
  write(element("copied"), isDone ? text.copied : fill(text.not_copied, { address }));
});
