// What each button and key of the desk does.

import { allowed, at, explain, seen, send } from "./clerk_desk.js";
import { float } from "./clerk_float.js";
import { askPosts } from "./clerk_posts.js";
import { askCover, askFirst, askPaper, askTransfer, finish } from "./clerk_questions.js";
import { chooseServices } from "./clerk_services.js";
import { setPriority } from "./clerk_sides.js";
import { openDialog } from "./dialog.js";

const simple = (command) => () => send(command, at(command));
const ask = (question) => () => openDialog(question);

const ACTIONS = {
  next: () => (seen().ticket === undefined ? send("next", at("next")) : askFirst(seen().ticket)),
  recall: simple("recall"),
  start: simple("start"),
  finish,
  "no-show": simple("no-show"),
  resume: simple("resume"),
  "sign-off": simple("sign-off"),
  hold: ask("hold"),
  pause: ask("pause"),
  call: ask("call"),
  "serve-now": ask("serve-now"),
  transfer: () => askTransfer(seen().ticket),
  services: () => chooseServices(seen().ticket.service, explain),
  cover: askCover,
  paper: askPaper,
  posts: askPosts,
  float: () => float(act),
  "confirm-priority": () => setPriority(seen().ticket, true),
  "withdraw-priority": () => setPriority(seen().ticket, false),
};

/** Do what a button stands for, if it may be done and its button is there. */
export function act(command) {
  const button = document.querySelector(`.desk-button[data-command="${command}"]`);
  if (allowed(command) && button && !button.hidden) ACTIONS[command]();
}
