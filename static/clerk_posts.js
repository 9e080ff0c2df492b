// Absences and handovers at the desk: read now and then, told on the button and before signing on.

import { desk, element, text } from "./clerk_view.js";
import { openDialog, say } from "./dialog.js";
import { fill } from "./page.js";
import { Absences } from "./posts_absences.js";
import { Handovers } from "./posts_handovers.js";
import { rank } from "./posts_breaks.js";
import { PostsPlan } from "./posts_plan.js";
import { write } from "./rows.js";

const ASK_MS = 60000;

let held = () => []; // the numbers that are open here
let lists = null;

const plan = new PostsPlan({ hallId: desk.hall.id, me: desk.me, role: "clerk", changed: draw });
Object.assign(plan, { words: text, done: (said) => tell(said, "is-good"), refused: (said) => tell(said, "is-bad") });

const tell = (said, kind) => say(element("posts-dialog").querySelector("[data-message]"), said, kind);

/** Begin to follow the plan. openNumbers(): those of tickets that are held, to be handed over with a post. */
export function followPosts(openNumbers) {
  held = openNumbers;
  lists = { absences: new Absences(plan), handovers: new Handovers(plan) };
  element("report").addEventListener("click", () => plan.plan() && lists.absences.ask());
  element("hand-over").addEventListener("click", () => plan.plan() && lists.handovers.ask(held()));
  plan.follow(ASK_MS);
}

export function askPosts() {
  openDialog("posts");
  plan.read();
}

function draw() {
  if (plan.plan() === null) return;
  for (const list of Object.values(lists)) list.draw();
  const { handovers, posts, current } = plan.plan();
  const waiting = handovers.filter(({ taker, taken_at: taken }) => taker === desk.me && !taken);
  const covered = posts.filter(({ cells }) => cells.some((cell) => rank(cell) === rank(current) && cell.deputy === desk.me));
  const badge = element("posts-count");
  badge.hidden = waiting.length === 0;
  write(badge, String(waiting.length));
  const said = [
    waiting.length > 0 ? text.posts_wait.handover : "",
    covered.length > 0 ? fill(text.posts_wait.deputy, { posts: covered.map(({ name }) => name).join(text.listing) }) : "",
  ];
  say(element("posts-wait"), said.join(""), "is-warning");
}
