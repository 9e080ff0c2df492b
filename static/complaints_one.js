// One complaint, read on purpose and not again by itself: every look is recorded.

import { api } from "./api.js";
import { DATA, dueOf, HALL, saidDay, TEXT, writeBadges } from "./complaints_data.js";
import { say } from "./dialog.js";
import { clone, dateOf, fill, timeOf } from "./page.js";
import { write } from "./rows.js";

const $ = (id) => document.getElementById(id);
let open = null; // the complaint that is shown
let asked = null; // the id of the one that was asked for last

/** The complaint that is shown, null for none. */
export const shownComplaint = () => open;

/** Show one; false when it is not to be seen (any more). */
export async function showComplaint(id) {
  asked = id;
  if (open?.id !== id) clear(); // whoever goes on to answer does not answer the one before
  $("one").setAttribute("aria-busy", "true");
  const answer = await api("GET", `${HALL}/complaints/${id}`);
  if (asked !== id) return true; // another one was picked meanwhile
  $("one").removeAttribute("aria-busy");
  if (!answer.ok) {
    hide(answer.problem.code === "complaint_unknown" ? TEXT.gone : (answer.problem.title ?? TEXT.unreachable));
    return false;
  }
  open = answer.body;
  draw();
  return true;
}

/** Show none; words: why. */
function hide(words) {
  clear();
  say($("one-problem"), words, "is-bad");
}

function clear() {
  open = null;
  $("one-shown").hidden = $("one-none").hidden = true;
  say($("one-problem"), "");
}

function draw() {
  say($("one-problem"), "");
  $("one-none").hidden = true;
  $("one-shown").hidden = false;
  const { id, number, state, text, named, phone, log, looks } = open;
  const due = dueOf(open);
  write($("number"), number);
  writeBadges($("badges"), open);
  write($("due"), due.words);
  $("due").classList.toggle("is-late", due.isLate);
  $("due").classList.toggle("is-near", due.isNear);
  write($("facts"), facts(open));
  write($("text"), text ?? TEXT.forgotten);
  $("contact").hidden = !named && !phone;
  write($("contact-shown"), named || phone ? "" : TEXT.nobody_left);
  for (const button of $("acts").querySelectorAll("[data-ask]")) button.hidden = state !== "open" && button.dataset.ask !== "note";
  $("letter").hidden = state !== "replied";
  $("letter").href = `/complaints/${DATA.hall}/${id}/letter`;
  $("log").replaceChildren(...log.map(entry));
  write($("looks-count"), `${looks.length}`);
  $("looks").replaceChildren(...looks.map(look));
}

function facts({ came_at: cameAt, channel, counter, subject, written }) {
  const came = new Date(cameAt);
  return [
    fill(TEXT.came, { date: dateOf(came), time: timeOf(came), channel: TEXT.channel[channel] }),
    ...(counter === undefined ? [] : [fill(TEXT.at_counter, { counter })]),
    ...(subject === undefined ? [] : [fill(TEXT.about_person, { name: subject.name || TEXT.someone })]),
    ...(written ? [TEXT.must_write] : []),
  ].join(TEXT.separator);
}

function entry({ at, by, by_name: name, what, note, severity, about, last_day: day, told, written }) {
  const item = clone("entry");
  const kind = { severity: TEXT.severity[severity], about: TEXT.about[about], day: day && saidDay(day) };
  const more = [told && TEXT.log_told, written === undefined ? false : written ? TEXT.log_written : TEXT.log_said].filter(Boolean);
  write(item.querySelector("strong"), [fill(TEXT.log[what], kind), ...more].join(TEXT.separator));
  write(item.querySelector("span"), whoAndWhen(at, by, name));
  const said = item.querySelector(".complaints-words");
  write(said, note ?? "");
  said.hidden = note === undefined;
  return item;
}

function look({ at, reader, reader_name: name, what }) {
  const item = document.createElement("li");
  item.textContent = [whoAndWhen(at, reader, name), TEXT.look[what]].join(TEXT.separator);
  return item;
}

function whoAndWhen(at, id, name) {
  const when = new Date(at);
  const who = id === "public" || id === "holder" ? TEXT.complainant : name || TEXT.someone;
  return fill(TEXT.who, { date: dateOf(when), time: timeOf(when), name: who });
}

$("contact").addEventListener("click", async () => {
  const button = $("contact");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const { id } = open;
  const answer = await api("GET", `${HALL}/complaints/${id}/contact`);
  button.removeAttribute("aria-busy");
  if (open?.id !== id) return;
  const { name, phone } = answer.ok ? answer.body : {};
  const found = [name, phone].filter(Boolean).join(TEXT.separator);
  button.hidden = answer.ok;
  write($("contact-shown"), answer.ok ? found || TEXT.contact_gone : (answer.problem.title ?? TEXT.unreachable));
});
