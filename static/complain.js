// Bringing something up: the form goes out once, and what is answered stays on the page until it was written down.

import { api } from "./api.js";
import { copyText } from "./copy_text.js";
import { say } from "./dialog.js";
import { clearProblems, problemAt, tellProblem } from "./fields.js";
import "./invalid.js";
import { dateOf, fill, readJson, words } from "./page.js";

const text = words();
const data = readJson("complain-data");
const $ = (id) => document.getElementById(id);
const form = $("complain");
const button = form.querySelector("button");

form.addEventListener("change", () => ($("staff-hint").hidden = form.elements.about.value !== "staff"));
form.dispatchEvent(new Event("change")); // what a browser remembers of a page that is opened again

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") return;
  clearProblems(form);
  if (form.elements.about.value === "") return askAbout(); // none is chosen for them: it decides who reads it
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", `/api/v1/halls/${data.hall}/complain`, written());
  button.removeAttribute("aria-busy");
  if (answer.ok) taken(answer.body);
  else tellProblem(form, answer.problem, text.unreachable);
});

function askAbout() {
  problemAt($("about"), text.choose, false);
  form.elements.about[0].focus();
}

/** The form as the server takes it: what was left empty is left out. */
function written() {
  const filled = [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== "");
  const body = { ...Object.fromEntries(filled), scanned: data.scanned };
  if (body.counter !== undefined) body.counter = Number(body.counter);
  return body;
}

function taken({ number, code, due_at: dueAt }) {
  const path = `/complaint/${data.hall}/${code}`;
  $("number").textContent = number;
  $("due").textContent = fill(text.until, { date: dateOf(new Date(Date.parse(dueAt) - 1)) });
  $("own-code").textContent = code.replace(/(.{4})(?=.)/g, "$1-");
  $("own").href = path;
  $("copy").onclick = async () => {
    const isDone = await copyText((data.public_url ?? location.origin).replace(/\/$/, "") + path);
    say($("copied"), isDone ? text.copied : text.not_copied, isDone ? "is-good" : "is-bad");
  };
  form.reset(); // nobody after them reads it
  $("write").hidden = true;
  $("done").hidden = false;
  $("done-title").focus();
  scrollTo(0, 0);
}

$("look").addEventListener("submit", (event) => {
  event.preventDefault();
  location.href = `/complaint/${data.hall}/${encodeURIComponent($("code").value.replace(/[\s-]/g, ""))}`;
});
