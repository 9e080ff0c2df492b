// Asking whoever was served last for a rating once more, at the counter's evaluator.

import { api } from "./api.js";
import { at } from "./clerk_desk.js";
import { element, text } from "./clerk_view.js";
import { say } from "./dialog.js";
import { fill } from "./page.js";

/** Let whoever works here ask; a desk that is only looked at has no button for it. */
export function offerInvitation() {
  const button = element("invite");

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return; // pressed twice
    button.setAttribute("aria-busy", "true");
    const answer = await api("POST", at("invite"));
    button.removeAttribute("aria-busy");
    const told = element("posts-dialog").querySelector("[data-message]");
    if (!answer.ok) return say(told, answer.problem.title ?? text.unreachable, "is-bad");
    const [words, kind] = answer.body.evaluators > 0 ? [text.invited, "is-good"] : [text.invited_nobody, "is-warning"];
    say(told, fill(words, answer.body), kind);
  });
}
