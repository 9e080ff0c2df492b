// The desk's questions, and what their answers send.

import { allowed, at, changed, hall, link, say, send } from "./clerk_desk.js";
import { standingOf } from "./clerk_posts.js";
import { notedServices, noteServices } from "./clerk_services.js";
import { askedAbout } from "./clerk_sides.js";
import { countersOf, desk, element, text } from "./clerk_view.js";
import { openDialog } from "./dialog.js";
import { clone, fill, timeOf } from "./page.js";
import { lettersOf, numberAfter, paperIn } from "./paper.js";
import { syncRows, write } from "./rows.js";

const reasonIn = (form) => form.get("reason").trim();
const numberIn = (form) => form.get("number").trim().toUpperCase();

const SENDS = {
  call: (form) => callNumber(numberIn(form), form),
  "line-call": (form) => callNumber(askedAbout()?.number ?? "", form),
  urgent: (form) => {
    const { id, number } = askedAbout();
    return send("urgent", `${hall}/tickets/${id}/urgent`, { reason: reasonIn(form) }, { values: { number } });
  },
  hold: (form) => send("hold", at("hold"), reasonIn(form) === "" ? {} : { reason: reasonIn(form) }),
  transfer: (form) => {
    const queue = form.get("queue");
    const { place, phone } = desk.hall;
    const values = { queue: desk.queues[queue].name, counters: countersOf(queue), place: place || "—", phone: phone || "—" };
    return send("transfer", at("transfer"), { queue, reason: reasonIn(form) }, { values });
  },
  pause: (form) => {
    const body = { reason: reasonIn(form) };
    const minutes = Number(form.get("minutes"));
    if (minutes > 0) body.back_at = new Date(link.now() + minutes * 60000).toISOString();
    return send("pause", at("pause"), body);
  },
  "serve-now": (form) => send("serve-now", at("serve-now"), { queue: form.get("queue") }),
  paper: enterPaper,
  services() {
    noteServices();
    changed();
  },
};

const SURE = new Set(["hold", "transfer", "pause", "services"]); // what is refused only if something else went wrong

function callNumber(number, form) {
  return send("call", at("call"), { number, reason: reasonIn(form) });
}

/** Ask what becomes of the present ticket before the next is called. */
export function askFirst({ number, state }) {
  const dialog = openDialog("ask");
  element("ask-text").textContent = fill(state === "called" ? text.ask_called : text.ask_serving, { number });
  for (const button of dialog.querySelectorAll("[data-first]")) {
    button.hidden = (button.dataset.first === "finish") !== (state === "serving");
  }
}

export function finish() {
  const services = [...notedServices().keys()];
  return send("finish", at("finish"), services.length > 0 ? { services } : {});
}

async function firstThenNext(first) {
  if (!allowed(first) || !(await (first === "finish" ? finish() : send(first, at(first))))) return;
  element("ask-dialog").close();
  await send("next", at("next"));
}

export function askTransfer(ticket) {
  const dialog = openDialog("transfer");
  for (const choice of dialog.querySelectorAll("[data-queue]")) {
    choice.hidden = choice.dataset.queue === ticket.queue;
    choice.querySelector("[data-counters]").textContent = countersOf(choice.dataset.queue);
  }
  const first = dialog.querySelector("[data-queue]:not([hidden]) input");
  if (first !== null) first.checked = true;
}

// Numbers given on paper: one after another, until all are in -----------------------------------------------------------

export function askPaper() {
  openDialog("paper");
  element("paper-time").value = timeOf(new Date(link.now()));
  element("paper-number").focus();
}

async function enterPaper(form) {
  const body = paperIn(form, desk.queues, link.now());
  if (body.queue === undefined) {
    say(fill(text.paper_letter, { letters: lettersOf(desk.queues).join(text.listing) }), "is-bad");
    return false;
  }
  const entered = await send("paper", `${hall}/paper`, body, { values: { queue: desk.queues[body.queue].name } });
  if (entered) {
    const input = element("paper-number");
    input.value = numberAfter(body.number);
    input.select();
  }
  return entered;
}

// Covering other posts ----------------------------------------------------------------------------------------------------

export function askCover() {
  openDialog("cover");
  drawCover();
}

/** The other posts, and which of them are covered from here. */
export function drawCover() {
  const dialog = element("cover-dialog");
  if (!dialog?.open) return;
  const covers = link.state?.duty?.covers ?? {};
  const writePost = (row, post) => {
    const covered = post.id in covers;
    write(row.querySelector("strong"), post.name);
    write(row.querySelector(".soft"), [fill(text.post_at, post), standingOf(post.id)].filter(Boolean).join(text.separator));
    const button = row.querySelector("button");
    write(button, covered ? text.uncover : text.cover);
    button.classList.toggle("button-primary", !covered);
    button.disabled = !allowed("cover");
  };
  syncRows(element("cover-posts"), desk.posts, { key: (post) => post.id, make: makeCoverRow, update: writePost });
}

function makeCoverRow() {
  const row = clone("cover-row");
  row.querySelector("button").addEventListener("click", () => {
    const post = desk.posts.find(({ id }) => id === row.dataset.key);
    if (!allowed("cover")) return;
    if (post.id in (link.state.duty?.covers ?? {})) {
      send("uncover", at("sign-off"), { post: post.id }, { values: { post: post.name } });
    } else {
      const body = { post: post.id, capacity: post.capacity };
      send("cover", at("sign-on"), body, { values: { post: post.name, capacity: text.capacity[post.capacity] } });
    }
  });
  return row;
}

// Hands ---------------------------------------------------------------------------------------------------------------------

for (const form of document.querySelectorAll("dialog form[data-command]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { command, sending } = form.dataset;
    if (sending) return;
    const dialog = form.closest("dialog");
    if (SURE.has(command)) dialog.close(); // its effect is shown at once, and the hand goes on
    form.dataset.sending = "yes";
    const accepted = await SENDS[command](new FormData(form));
    delete form.dataset.sending;
    if (!accepted || !dialog.open || command === "paper") return;
    const told = form.querySelector("[data-message]").textContent;
    dialog.close();
    say(told, "is-good");
    changed();
  });
}

for (const button of document.querySelectorAll("[data-first]")) {
  button.addEventListener("click", () => firstThenNext(button.dataset.first));
}
