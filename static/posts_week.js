// A week of the posts, for the head who plans it, for clerks, and for those who look on.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { openDialog, say } from "./dialog.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";
import { fill, readJson, words } from "./page.js";
import { Absences } from "./posts_absences.js";
import { drawBreaks } from "./posts_break_list.js";
import { rank } from "./posts_breaks.js";
import { drawGrid } from "./posts_grid.js";
import { Handovers } from "./posts_handovers.js";
import { PostsPlan } from "./posts_plan.js";
import { dayWords, nameOf, obstacle, span, staleness } from "./posts_words.js";
import { write } from "./rows.js";

const text = words();
const data = readJson("posts-data");
const element = (id) => document.getElementById(id);
const message = element("message");

let link = null;
let counters = ""; // who is where, as far as everybody sees it
let asked = null; // {post, cell} that relief is asked for

const desk = new PostsPlan({
  hallId: data.hall,
  me: data.me,
  role: data.role,
  plan: data.plan,
  from: data.plan.days[0].day,
  now: () => hallNow(link),
  changed(ok) {
    say(element("stale"), ok ? "" : staleness(desk.readAt), "is-warning");
    draw();
  },
});
Object.assign(desk, {
  done: (said) => say(message, said, "is-good"),
  refused: (said) => say(message, said, "is-bad"),
});
const absences = new Absences(desk);
const handovers = new Handovers(desk);

function draw() {
  const plan = desk.plan();
  write(element("week-span"), fill(text.posts.span, { first: dayWords(plan.days[0].day), last: dayWords(plan.days.at(-1).day) }));
  drawBreaks(plan, text, { confirmButton: namedConfirm, sendButton });
  drawGrid(plan, text, { confirmButton, sendButton });
  absences.draw();
  handovers.draw();
}

// Standing in ---------------------------------------------------------------------------------------------------------

/** The time that a cell means: all of the absence, or no more than its own half days. */
const partOf = (cell, whole) => (whole ? {} : { first: half(cell), last: cell.last ? half(cell.last) : cell.both ? { day: cell.day, half: "afternoon" } : half(cell) });
const half = ({ day, half: which }) => ({ day, half: which });

function confirmButton(post, cell, choice) {
  if (!desk.mayPlan) return null;
  const button = document.createElement("button");
  const { names } = desk.plan();
  const name = nameOf(names, choice.clerk);
  button.type = "button";
  button.className = "button-primary";
  button.textContent = fill(text.confirm, { name });
  const part = partOf(cell, choice.whole);
  button.setAttribute("aria-label", fill(text.confirm_for, { name, post: post.name, span: spanOf(cell, choice.whole) }));
  button.addEventListener("click", () => confirm(button, post, cell, choice.clerk, part));
  return button;
}

/** The same, with the half day on it where it is for no more. */
function namedConfirm(post, cell, choice) {
  const button = confirmButton(post, cell, choice);
  if (button === null || choice.whole) return button;
  button.textContent = fill(text.confirm_part, { name: nameOf(desk.plan().names, choice.clerk), span: spanOf(cell, false) });
  return button;
}

function spanOf(cell, whole) {
  const absence = desk.plan().absences.find(({ id }) => id === cell.absence);
  if (whole && absence !== undefined) return span(absence.first, absence.last);
  const { first, last } = partOf(cell, false);
  return span(first, last);
}

async function confirm(button, post, cell, deputy, part) {
  const answer = await desk.order(button, "POST", `/absences/${cell.absence}/deputy`, { post: post.id, deputy, ...part });
  if (answer === null) return false;
  if (!answer.ok) {
    say(document.querySelector("dialog[open] [data-message]") ?? message, obstacle(answer.problem), "is-bad");
    return false;
  }
  desk.done(fill(text.confirmed, { name: nameOf(desk.plan().names, deputy), post: post.name }));
  return true;
}

function sendButton(post, cell) {
  if (!desk.mayPlan) return null;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text.send;
  button.addEventListener("click", () => {
    const { people, absences: all } = desk.plan();
    openDialog("relief");
    asked = { post, cell };
    write(element("relief-what"), fill(text.send_for, { post: post.name, span: spanOf(cell, false) }));
    const { first, last } = partOf(cell, false);
    const away = (id) => all.some((one) => one.clerk === id && rank(one.first) <= rank(last) && rank(first) <= rank(one.last));
    element("relief-clerk").replaceChildren(...people.filter(({ id }) => !away(id)).map(({ id, name }) => new Option(name, id)));
  });
  return button;
}

element("relief-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { post, cell } = asked;
  const button = event.submitter ?? event.target.querySelector(".button-primary");
  if (await confirm(button, post, cell, element("relief-clerk").value, partOf(cell, false))) element("relief-dialog").close();
});

// Hands ---------------------------------------------------------------------------------------------------------------

element("report")?.addEventListener("click", () => absences.ask());
element("hand-over")?.addEventListener("click", () => handovers.ask());
element("print").addEventListener("click", () => print());
element("sign-out").addEventListener("click", async () => {
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) location.assign("/");
  else desk.refused(obstacle(answer.problem));
});

const showStatus = banner();
link = connect({
  url: `${desk.hall}/live`,
  topic: "board",
  onState(board) {
    const next = JSON.stringify(Object.values(board.counters ?? {}).map(({ number, state, queues }) => [number, state, queues]));
    if (counters !== "" && next !== counters) desk.read(); // somebody signed on, left, or covers another post
    counters = next;
  },
  onStatus(status) {
    showStatus(status);
    element("sign-in").hidden = status.code !== 4501;
  },
});
draw();
document.querySelector("#halves [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
desk.follow();
