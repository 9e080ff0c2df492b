// Taking in what was said, phoned or written; what its complainant takes along is shown once.

import { api } from "./api.js";
import { DATA, HALL, saidDay, TEXT } from "./complaints_data.js";
import { followKind, kindOf } from "./complaints_kind.js";
import { openDialog } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";
import "./invalid.js";
import { fill } from "./page.js";
import "./print_button.js";
import "./sign_out.js";

const $ = (id) => document.getElementById(id);
const form = $("enter-form");
const button = form.querySelector("[data-submit]");
const taken = new EventTarget();

/** Have something done when one was taken in. */
export const onTaken = (listener) => taken.addEventListener("taken", listener);

const follow = followKind(form, () => {
  const { severity, about } = kindOf(form);
  $("enter-staff").hidden = about !== "staff";
  const isSpot = severity === "general" && about !== "staff" && form.elements.channel.value !== "paper";
  $("enter-spot").hidden = !isSpot;
  form.elements.reply.disabled = !isSpot; // what is not answered on the spot says nothing of it
});

$("enter").addEventListener("click", () => {
  openDialog("enter");
  clearProblems(form);
  follow();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  clearProblems(form);
  const filled = [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== "");
  const body = { ...Object.fromEntries(filled), ...kindOf(form) };
  if (body.counter !== undefined) body.counter = Number(body.counter);
  const answer = await api("POST", `${HALL}/complaints`, body);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return tellProblem(form, answer.problem, TEXT.unreachable);
  $("enter-dialog").close();
  show(answer.body);
  taken.dispatchEvent(new Event("taken"));
});

function show({ number, state, last_day: day, code }) {
  openDialog("taken");
  $("taken-number").textContent = number;
  $("taken-due").textContent = state === "replied" ? TEXT.taken_replied : fill(TEXT.taken_due, { date: saidDay(day) });
  $("taken-own").hidden = code === undefined;
  $("taken-none").hidden = code !== undefined;
  $("taken-qr").replaceChildren();
  if (code === undefined) return;
  const path = `/complaint/${DATA.hall}/${code}`;
  $("taken-code").textContent = code.replace(/(.{4})(?=.)/g, "$1-");
  $("taken-address").textContent = (DATA.public_url ?? location.origin).replace(/\/$/, "") + path;
  if (DATA.public_url === null) return;
  const picture = new Image();
  picture.alt = "";
  picture.src = `${path}/qr.svg`;
  $("taken-qr").replaceChildren(picture);
}
