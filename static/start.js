// The start page and signing in.

import { api } from "./api.js";
import { dateOf, fill, timeOf, words } from "./page.js";

const WORDS = words();
const problemLine = document.getElementById("problem");

function tell(text) {
  problemLine.textContent = text;
  problemLine.hidden = text === "";
}

function said({ code, title, wait_s }) {
  if (code === "too_many" && wait_s) return fill(WORDS.wait, { minutes: Math.ceil(wait_s / 60) });
  return title ?? WORDS.unreachable;
}

async function signIn(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return; // pressed twice
  button.setAttribute("aria-busy", "true");
  tell("");
  const { user, password } = Object.fromEntries(new FormData(form));
  // No patience: a wrong password must be told at once, and waiting out a throttle is the person's choice.
  const answer = await api("POST", "/api/v1/session", { user, password }, { patienceS: 0 });
  if (answer.ok) return location.assign(form.dataset.then);
  button.removeAttribute("aria-busy");
  tell(said(answer.problem));
  form.elements.password.value = "";
  form.elements.password.focus();
}

async function signOut(event) {
  event.currentTarget.disabled = true;
  const answer = await api("DELETE", "/api/v1/session", undefined, { patienceS: 3 });
  if (answer.ok || answer.status === 401) return location.reload();
  document.getElementById("sign-out").disabled = false;
  tell(said(answer.problem));
}

document.getElementById("sign-in")?.addEventListener("submit", signIn);
document.getElementById("sign-out")?.addEventListener("click", signOut);
for (const element of document.querySelectorAll("time[data-time]")) {
  const at = new Date(element.dataset.time);
  element.dateTime = element.dataset.time;
  element.textContent = fill(WORDS.opens, { date: dateOf(at), time: timeOf(at) });
}
