// The ratings: a form for each leg that was served, and thanks in its place.

import { api } from "./api.js";
import { clone, fill, readJson, words } from "./page.js";
import { excuse } from "./phone_excuse.js";

const WORDS = words();
const REASONS = readJson("reasons-by-level");

/** Draws the ratings of one ticket; `hall` and `ticket` are ids. Returns draw(legs), as phone_ticket.js reads them. */
export function ratings(hall, ticket) {
  const parts = new Map(); // leg → what stands for it: its form, later a line

  function draw(legs) {
    for (const leg of legs) {
      const part = parts.get(leg.leg);
      if (part === undefined) {
        parts.set(leg.leg, leg.rated ? line(leg, WORDS.thanks) : ratingForm(leg, (text) => settle(leg, text)));
        document.getElementById("ratings").append(parts.get(leg.leg));
      } else if (leg.rated && !isBusy(part)) {
        settle(leg, WORDS.already); // at the evaluator, or on another phone
      }
    }
  }

  function settle(leg, text) {
    const form = parts.get(leg.leg);
    if (form.tagName !== "FORM") return;
    parts.set(leg.leg, line(leg, text));
    form.replaceWith(parts.get(leg.leg));
  }

  function ratingForm(leg, settled) {
    const form = clone("rating");
    form.querySelector("h2").textContent = fill(WORDS.rate, leg);
    for (const button of form.querySelectorAll(".level")) {
      button.addEventListener("click", () => choose(form, button.dataset.level));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      rate(form, leg, settled);
    });
    return form;
  }

  async function rate(form, { leg }, settled) {
    if (isBusy(form)) return; // pressed twice
    form.setAttribute("aria-busy", "true");
    const button = form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    const notice = form.querySelector(".notice");
    notice.hidden = true;
    const answer = await api("POST", `/api/v1/halls/${hall}/ratings`, { ticket, leg, ...ratingIn(form) });
    form.removeAttribute("aria-busy");
    button.removeAttribute("aria-busy");
    if (answer.ok) return settled(WORDS.thanks);
    if (answer.problem.code === "already_rated") return settled(WORDS.already);
    notice.textContent = excuse(answer.problem);
    notice.hidden = false;
  }

  return draw;
}

const isBusy = (form) => form.getAttribute("aria-busy") === "true";

function line({ counter }, text) {
  const part = clone("thanks");
  part.textContent = fill(text, { counter });
  return part;
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
  form.querySelector(".more").hidden = false;
}

/** What the form says: {level, reasons, reasons_version, comment?}. */
function ratingIn(form) {
  const comment = form.elements.comment.value.trim();
  return {
    level: form.dataset.level,
    reasons: [...form.querySelectorAll(".reason input:checked")].map((input) => input.value),
    reasons_version: document.getElementById("reasons-by-level").dataset.version,
    ...(comment !== "" && { comment }),
  };
}
