// A rating on somebody's own phone: five levels, then the reasons of the one that was chosen, words, and after a bad one a
// number to be called back at.

import { clone, fill, readJson, words } from "./page.js";
import { excuse } from "./phone_excuse.js";

const WORDS = words();
const REASONS = readJson("reasons-by-level");
const BAD = new Set(["dissatisfied", "very_dissatisfied"]);

/** Whether a form's rating is on its way. */
export const isBusy = (form) => form.getAttribute("aria-busy") === "true";

/**
 * A form that asks for one rating.
 *
 * heading    what it asks
 * send       takes {level, reasons, reasons_version, comment?, phone?}; answers what api() does
 * settled    called with the answer when the rating was taken; with the problem when it had been given before
 */
export function ratingForm(heading, send, settled) {
  const form = clone("rating");
  form.querySelector("h2").textContent = heading;
  for (const button of form.querySelectorAll(".level")) {
    button.addEventListener("click", () => choose(form, button.dataset.level));
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(form)) return; // pressed twice
    const button = form.querySelector("[type=submit]");
    const notice = form.querySelector(".notice");
    form.setAttribute("aria-busy", "true");
    button.setAttribute("aria-busy", "true");
    notice.hidden = true;
    const answer = await send(said(form));
    form.removeAttribute("aria-busy");
    button.removeAttribute("aria-busy");
    if (answer.ok || /^already_/.test(answer.problem.code)) return settled(answer);
    notice.textContent = excuse(answer.problem);
    notice.hidden = false;
  });
  return form;
}

function choose(form, level) {
  form.dataset.level = level;
  for (const button of form.querySelectorAll(".level")) {
    button.setAttribute("aria-pressed", String(button.dataset.level === level));
  }
  form.querySelector("legend").textContent = fill(WORDS.reasons, { level: WORDS.levels[level] });
  form.querySelector(".reasons").replaceChildren(...Object.entries(REASONS[level]).map(([code, text]) => {
    const reason = clone("reason");
    reason.querySelector("input").value = code;
    reason.querySelector("span").textContent = text;
    return reason;
  }));
  const callBack = form.querySelector(".call-back");
  if (callBack !== null) callBack.hidden = !BAD.has(level);
  if (callBack?.hidden) form.elements.phone.value = "";
  form.querySelector(".more").hidden = false;
}

function said(form) {
  const comment = form.elements.comment.value.trim();
  const phone = form.elements.phone?.value.trim() ?? "";
  return {
    level: form.dataset.level,
    reasons: [...form.querySelectorAll(".reason input:checked")].map((input) => input.value),
    reasons_version: document.getElementById("reasons-by-level").dataset.version,
    ...(comment !== "" && { comment }),
    ...(phone !== "" && { phone }),
  };
}
