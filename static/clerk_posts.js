// Absences and handovers at the desk: read now and then; what is due is told on the button and before signing on.

import { link } from "./clerk_desk.js";
import { desk, element, text } from "./clerk_view.js";
import { openDialog, say } from "./dialog.js";
import { fill } from "./page.js";
import { Absences } from "./posts_absences.js";
import { Handovers } from "./posts_handovers.js";
import { PostsPlan } from "./posts_plan.js";
import { cellNow, remindersOf } from "./posts_reminders.js";
import { nameOf, staleness } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const ASK_MS = 60000;

let held = () => []; // the numbers that are open here
let lists = null;

const tell = (said, kind) => say(element("posts-dialog").querySelector("[data-message]"), said, kind);
const plan = new PostsPlan({ hallId: desk.hall.id, me: desk.me, role: "clerk", now: () => link.now(), changed });
Object.assign(plan, { done: (said) => tell(said, "is-good"), refused: (said) => tell(said, "is-bad") });

/** Begin to follow the plan. openNumbers(): those of tickets that are held, to be handed over with a post. */
export function followPosts(openNumbers) {
  held = openNumbers;
  lists = { absences: new Absences(plan), handovers: new Handovers(plan) };
  element("report").addEventListener("click", () => plan.plan() && lists.absences.ask());
  element("hand-over").addEventListener("click", () => plan.plan() && lists.handovers.ask(held(), meant()));
  plan.follow(ASK_MS);
}

export function askPosts() {
  openDialog("posts");
  plan.read();
}

/** How a post stands in this half day, where somebody is absent; "" otherwise. */
export function standingOf(id) {
  const post = plan.plan()?.posts.find((one) => one.id === id);
  const cell = post && cellNow(post, plan.plan());
  if (cell?.absence === undefined) return "";
  if (cell.clerk === desk.me) return text.posts_now.yours;
  return fill(cell.clerk ? text.posts_now.covered : text.posts_now.open, { name: nameOf(plan.plan().names, cell.clerk) });
}

const due = () => remindersOf(plan.plan(), desk.me);

/** The handover that is due, if one is. */
function meant() {
  const { kind, post, deputy } = due().find((one) => one.kind === "give" || one.kind === "back") ?? {};
  return kind === undefined ? {} : { post: post.id, taker: kind === "give" ? deputy : post.a };
}

function changed(isRead) {
  say(element("posts-stale"), isRead ? "" : staleness(plan.readAt), "is-warning");
  draw();
}

function draw() {
  if (plan.plan() === null) return;
  for (const list of Object.values(lists)) list.draw();
  const said = due().map(words);
  const toDo = due().filter(({ kind }) => kind !== "deputy").length;
  const badge = element("posts-count");
  badge.hidden = toDo === 0;
  write(badge, String(toDo));
  for (const box of [element("posts-due"), element("posts-wait")]) {
    box.hidden = said.length === 0;
    syncRows(box.firstElementChild, said, { key: (one) => one, make: () => document.createElement("li"), update: write });
  }
}

/** What is due, in words. */
function words({ kind, handover, post, deputy }) {
  const { names, posts } = plan.plan();
  const of = post ?? posts.find(({ id }) => id === handover.post);
  const values = { post: of?.name ?? "", name: nameOf(names, handover?.giver ?? deputy ?? of?.a) };
  return fill(text.posts_due[kind], values);
}
