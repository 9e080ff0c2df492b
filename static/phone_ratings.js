// The ratings of a ticket: a form for each leg that was served, and thanks in its place; after a bad one also the way to
// where its holder reads what was done about it.

import { api } from "./api.js";
import { clone, fill, words } from "./page.js";
import { isBusy, ratingForm } from "./rating_form.js";

const WORDS = words();
const NAME = "jiaohao.follow_up ";

/** Draws the ratings of one ticket; `hall` and `ticket` are ids. Returns draw(legs), as phone_ticket.js reads them. */
export function ratings(hall, ticket) {
  const parts = new Map(); // leg → what stands for it: its form, later a line
  const paths = new Map(); // leg → where its follow-up is, told on this page

  function draw(legs) {
    for (const leg of legs) {
      const part = parts.get(leg.leg);
      if (part === undefined) {
        parts.set(leg.leg, leg.rated ? line(leg, WORDS.thanks) : formOf(leg));
        document.getElementById("ratings").append(parts.get(leg.leg));
      } else if (leg.rated && !isBusy(part)) {
        settle(leg, WORDS.already); // at the evaluator, or on another phone
      }
    }
  }

  function formOf(leg) {
    const path = `/api/v1/halls/${hall}/ratings`;
    const send = (said) => api("POST", path, { ticket, leg: leg.leg, ...said });
    return ratingForm(fill(WORDS.rate, leg), send, (answer) => {
      if (answer.body?.follow_up !== undefined) keep(leg, answer.body.follow_up);
      settle(leg, answer.ok ? WORDS.thanks : WORDS.already);
    });
  }

  function settle(leg, text) {
    const form = parts.get(leg.leg);
    if (form.tagName !== "FORM") return;
    parts.set(leg.leg, line(leg, text));
    form.replaceWith(parts.get(leg.leg));
  }

  /** Thanks, and where this phone was told what will be done. */
  function line(leg, text) {
    const part = clone("thanks");
    part.querySelector("p").textContent = fill(text, leg);
    const link = part.querySelector("a");
    const path = kept(leg);
    if (path === null) link.parentElement.remove();
    else link.href = path;
    return part;
  }

  // The server tells it once, to whoever rates: nobody else who opens the ticket's page is to have it.

  function keep({ leg }, path) {
    paths.set(leg, path);
    try {
      localStorage.setItem(`${NAME}${ticket} ${leg}`, path);
    } catch {
      // This browser keeps nothing.
    }
  }

  function kept({ leg }) {
    try {
      return paths.get(leg) ?? localStorage.getItem(`${NAME}${ticket} ${leg}`);
    } catch {
      return null;
    }
  }

  return draw;
}
