// A counter's desk: what it shows is a function of its topic, and of what was just pressed.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { act } from "./clerk_actions.js";
import { allowed, at, changed, link, lockLeft, onChange, paused, seen, send, underWay, whyOf } from "./clerk_desk.js";
import { floats } from "./clerk_float.js";
import { offerInvitation } from "./clerk_invite.js";
import { listen } from "./clerk_keys.js";
import { drawCover } from "./clerk_questions.js";
import { followPosts } from "./clerk_posts.js";
import { notedServices } from "./clerk_services.js";
import { drawSides, nextInLine } from "./clerk_sides.js";
import { covering, desk, element, holder, leg, text, writeTicket } from "./clerk_view.js";
import { lasted } from "./hall_time.js";
import { fill, timeOf } from "./page.js";
import { write } from "./rows.js";
import { followSetUp } from "./set_up.js";

const buttons = [...document.querySelectorAll(".desk-button")];
const showStatus = banner();
let shownStatus = null;
let place = null; // whether the desk is shown, or what is before it
let handsDue = false; // whether the keyboard is to be put on signing on

// Showing it ----------------------------------------------------------------------------------------------------------

function draw() {
  if (shownStatus !== link.status) {
    shownStatus = link.status;
    showStatus(shownStatus);
    element("sign-in").hidden = shownStatus.code !== 4501;
  }
  const state = seen();
  if (state === null) return tick();
  const { atDesk } = link;
  if (place !== atDesk) handsDue = !atDesk;
  place = atDesk;
  element("desk").hidden = !atDesk;
  element("sign-on").hidden = atDesk;
  write(element("who"), atDesk ? [holder(state.duty), covering(state.duty)].filter(Boolean).join(text.separator) : "");
  if (atDesk) {
    writeTicket(state.ticket, state.counter, { done: notedServices(), why: whyOf(state.ticket) });
    drawSides();
    drawCover();
  } else {
    write(element("on-duty"), holder(state.on_duty, link.plate));
  }
  drawButtons(state);
  const enter = document.querySelector("#sign-on-form button");
  if (handsDue && enter?.disabled === false) {
    enter.focus();
    handsDue = false;
  }
  tick();
}

function drawButtons({ ticket, on_duty: duty }) {
  for (const button of document.querySelectorAll("button[data-command]")) {
    const command = button.dataset.command;
    button.disabled = !allowed(command);
    if (command === underWay()) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
  for (const button of document.querySelectorAll("[data-first], [data-submit]:not(#line-submit)")) button.disabled = !link.live;
  const { atDesk, onDuty } = link;
  show("sign-off", onDuty);
  show("float", onDuty && floats);
  show("pause", !atDesk || !paused());
  show("resume", onDuty && paused());
  const claimed = atDesk && ticket?.priority !== undefined && !ticket.urgent;
  show("confirm-priority", claimed && !ticket.priority_confirmed);
  show("withdraw-priority", claimed);
  const form = element("sign-on-form");
  if (form !== null) form.hidden = duty !== undefined;
}

function show(command, shown) {
  for (const button of buttons) if (button.dataset.command === command) button.hidden = !shown;
}

/** What time alone changes. */
function tick() {
  const now = link.now();
  write(element("clock"), timeOf(new Date(now)));
  if (link.state === null || element("desk").hidden) return;
  const { ticket } = seen();
  const since = ticket && (leg(ticket).started_at ?? leg(ticket).called_at);
  write(element("ticket-lasted"), since && link.live ? lasted(now - Date.parse(since)) : "");
  const hint = element("next-hint");
  if (hint === null) return;
  write(hint, nextWords());
  buttons.find((button) => button.dataset.command === "next").disabled = !allowed("next");
}

/** What stands under "next": what keeps it from being pressed, or who it would call. */
function nextWords() {
  if (!link.live) return text.next_lost;
  if (paused()) return text.next_paused;
  const seconds = lockLeft();
  return seconds > 0 ? fill(text.next_locked, { seconds }) : nextInLine();
}

// Hands ---------------------------------------------------------------------------------------------------------------

for (const button of buttons) {
  button.addEventListener("click", ({ detail }) => {
    if (detail > 0) button.blur(); // a mouse leaves no focus behind, so that the space bar means "next" again
    if (detail < 2) act(button.dataset.command); // the second of a double click is a slip
  });
}

element("sign-on-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const capacity = new FormData(event.target).get("capacity");
  if (allowed("sign-on")) send("sign-on", at("sign-on"), { capacity });
});

element("sign-out").addEventListener("click", async () => {
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) return location.assign("/");
  const box = element("page-message");
  box.hidden = false;
  write(box, answer.problem.title ?? text[answer.problem.code]);
});

onChange(draw);
setInterval(changed, 1000);
listen(window, act);
const free = () => link.live && underWay() === null && link.state?.ticket === undefined;
followSetUp(`/counter/${desk.hall.id}/${desk.counter}/set-up`, desk.version, free);
link.begin();
if (desk.works) {
  followPosts(() => Object.values(seen()?.held ?? {}).map(({ number }) => number));
  offerInvitation();
}
