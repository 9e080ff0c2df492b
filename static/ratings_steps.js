// What may be done about a bad rating by who looks at it: which buttons there are, the questions behind them, sending.

import { api } from "./api.js";
import { dayAfter } from "./days.js";
import { openDialog, say } from "./dialog.js";
import { fill, readJson, words } from "./page.js";
import { dayOf } from "./ratings_list.js";
import { write } from "./rows.js";

const text = words();
const { me } = readJson("ratings-data");
const element = (id) => document.getElementById(id);
const PATHS = { call: "call-back", follow: "follow-up", extension: "review", invalid: "review" };

/** Whether a step may be taken, by where it stands; the server has the last word. */
const MAY = {
  start: ({ state }) => state === "pending",
  finish: ({ state }) => state === "pending" || state === "under_way",
  note: () => true,
  call: ({ state }) => state !== "invalid",
  follow: ({ state, follow_up: followed }) => state === "finished" && followed === undefined,
  extension: ({ state, overdue }) => (state === "pending" || state === "under_way") && !overdue,
  invalid: ({ state }) => state === "pending" || state === "under_way",
  decision: ({ review }) => review !== undefined && review.by !== me,
};
const NEXT = { pending: "start", under_way: "finish", finished: "call" }; // what is most likely to come next

/**
 * Offer the steps of whichever is looked at.
 *
 * current()   {rectification, …}, null while none is
 * url         of all of them
 * changed()   called after a step was taken, or refused; awaited
 *
 * Returns refresh(), which brings the buttons up to date with what is looked at.
 */
export function offerSteps(current, url, changed) {
  const actions = element("one-actions");

  function refresh() {
    const one = current()?.rectification;
    if (one === undefined) return;
    for (const button of actions.children) {
      const step = button.dataset.step ?? button.dataset.ask;
      button.hidden = !MAY[step](one);
      if (step !== "decision") button.classList.toggle("button-primary", NEXT[one.state] === step);
    }
  }

  async function take(step, body, button, form) {
    const one = current()?.rectification;
    if (one === undefined || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const answer = await api("POST", `${url}/${one.id}/${PATHS[step] ?? step}`, body);
    button.removeAttribute("aria-busy");
    if (answer.ok) {
      form?.closest("dialog").close();
      say(element("one-message"), text.done[step], "is-good");
    } else {
      const line = form?.querySelector("[data-message]") ?? element("one-message");
      say(line, answer.problem.title ?? text[answer.problem.code], "is-bad");
    }
    await changed();
  }

  function ask(step) {
    const { rectification: one } = current();
    const dialog = openDialog(step);
    dialog.dataset.one = one.id;
    if (step === "call") showSatisfied(dialog, one);
    if (step === "extension") dialog.querySelector("[name=until]").min = dayAfter(one.due_on);
    if (step === "decision") {
      write(element("decision-asked"), fill(text.asked[one.review.what], { day: one.review.until && dayOf(one.review.until) }));
    }
  }

  for (const button of actions.children) {
    const { step, ask: question } = button.dataset;
    button.addEventListener("click", () => (step === undefined ? ask(question) : take(step, {}, button)));
  }
  for (const form of document.querySelectorAll("dialog form[data-step]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.closest("dialog").dataset.one !== current()?.rectification.id) return form.closest("dialog").close();
      const { step } = form.dataset;
      const button = event.submitter ?? form.querySelector(".button-primary");
      take(step, bodyOf(step, form, button), button, form);
    });
  }
  element("call-dialog").addEventListener("change", ({ currentTarget: dialog }) => {
    showSatisfied(dialog, current().rectification);
  });
  return refresh;
}

/** Whether somebody is satisfied is known once it is done, of whoever was reached. */
function showSatisfied(dialog, { state }) {
  const reached = dialog.querySelector("[name=reached]:checked")?.value === "yes";
  element("satisfied").hidden = !reached || state !== "finished";
}

/** What a form says, as the call takes it: yes and no as such, and nothing that was left empty or is hidden. */
function bodyOf(step, form, button) {
  const body = step === "extension" || step === "invalid" ? { what: step } : {};
  const said = [...new FormData(form), ...(button.name ? [[button.name, button.value]] : [])];
  for (const [name, value] of said) {
    const field = form.elements[name];
    const isHidden = (field instanceof RadioNodeList ? field[0] : field).closest("[hidden]") !== null;
    if (isHidden || String(value).trim() === "") continue;
    body[name] = value === "yes" || value === "no" ? value === "yes" : String(value).trim();
  }
  return body;
}
