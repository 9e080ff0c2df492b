// What only the head decides: to close the day early, to confirm a date that is in doubt; and leaving.

import { api } from "./api.js";
import { messageOfDialog, openDialog, say as sayIn } from "./dialog.js";
import { fill, readJson, words } from "./page.js";
import { write } from "./rows.js";

const text = words();
const hall = `/api/v1/halls/${readJson("manager-data").hall}`;
const element = (id) => document.getElementById(id);

/** Tell the outcome; in the question that is open, or on the page. */
const say = (words, kind) => sayIn(messageOfDialog() ?? element("message"), words, kind);

/** Do one thing while its button shows that it is being done. */
async function decide(button, path, body, done) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", path, body);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return say(answer.problem.title ?? text[answer.problem.code], "is-bad");
  element("close-dialog")?.close();
  say(done, "is-good");
}

/**
 * Wait for decisions, where the page offers any.
 *
 * standing()      {waiting, held}: how many would lose their tickets now
 * dateInDoubt()   "2026-11-26", null while there is no doubt
 * confirmed()     called when a date was confirmed, or refused
 */
export function offerDecisions({ standing, dateInDoubt, confirmed }) {
  element("close-day")?.addEventListener("click", () => {
    write(element("close-text"), fill(text.close, standing()));
    openDialog("close");
  });
  element("close-form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(event.submitter ?? event.target.querySelector("button"), `${hall}/day/close`, {}, text.closed);
  });
  element("confirm-day")?.addEventListener("click", async ({ currentTarget }) => {
    await decide(currentTarget, `${hall}/day/confirm`, { business_day: dateInDoubt() }, text.confirmed);
    confirmed();
  });
}

element("sign-out").addEventListener("click", async () => {
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) location.assign("/");
  else say(answer.problem.title ?? text[answer.problem.code], "is-bad");
});
