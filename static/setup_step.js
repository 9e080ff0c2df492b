// What the wizard's steps share: its words, its draft, its forms, and how one of its commands is sent and refused.
//
// A step is a module that exports {name, show, submit}: show() fills it each time it is led to; submit(form) answers
// whether it is done with, after telling at its fields what stands in the way. Both may be missing.

import { api } from "./api.js";
import { say } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";
import "./invalid.js";
import { readJson, words } from "./page.js";
import { keepDraft, keyOf, readDraft } from "./setup_draft.js";

export const WORDS = words();
export const { first: FIRST, plans: PLANS } = readJson("setup-data");
export const draft = readDraft();
export const byId = (id) => document.getElementById(id);
export const panelOf = (name) => document.querySelector(`[data-step="${name}"]`);

/** Let a step's form do something once at a time. */
export function onSubmit(name, act) {
  panelOf(name)?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const button = form.querySelector(".button-primary");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    clearProblems(form);
    try {
      await act(form);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

/** Tell what is wrong with a step as a whole. Returns false: it is not done with. */
export function tell(form, text) {
  say(form.querySelector("[data-message]"), text, "is-bad");
  return false;
}

/** Send a command of the wizard; null after telling what refused it. */
export async function send(form, name, path, body) {
  const answer = await api("POST", `/api/v1${path}`, body, { key: keyOf(draft, name, body) });
  if (answer.ok) return answer.body;
  if (answer.status === 401) location.assign("/sign-in?next=/setup");
  tellProblem(form, answer.problem, WORDS.unreachable);
  return null;
}

export function readForm(form) {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "days") (found.days ??= []).push(value);
    else found[name] = value;
  }
  return found;
}

/** Let a step's form be what the draft says, and the draft what the form says. */
export function keepForm(name) {
  const form = panelOf(name);
  if (draft.forms[name]) fillForm(form, draft.forms[name]);
  const keep = () => {
    draft.forms[name] = readForm(form);
    keepDraft(draft);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  draft.forms[name] ??= readForm(form);
}

function fillForm(form, found) {
  for (const element of form.elements) {
    if (!element.name) continue;
    const value = found[element.name];
    if (element.type === "checkbox") element.checked = [value].flat().includes(element.value);
    else if (element.type === "radio") element.checked = value === element.value;
    else if (value !== undefined) element.value = value;
  }
}

/** A name in letters, for a field that says nothing yet, or what was suggested before. */
export async function suggest(field, text) {
  if (field.value !== "" && field.dataset.suggested !== field.value) return;
  const answer = await api("GET", `/setup/name?of=${encodeURIComponent(text)}`, undefined, { patienceS: 0 });
  if (!answer.ok) return;
  field.value = field.dataset.suggested = answer.body.name;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
