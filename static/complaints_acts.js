// What is done about a complaint: each question's form goes out once, and what is wrong with it is told at its field.

import { api } from "./api.js";
import { HALL, TEXT, today } from "./complaints_data.js";
import { followKind, kindOf } from "./complaints_kind.js";
import { dayAfter, daysBetween } from "./days.js";
import { openDialog } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";

const $ = (id) => document.getElementById(id);

/** shown(): the complaint that is shown; done(id): something was done about it. */
export function complaintActs(shown, done) {
  const followKinds = followKind($("kind-dialog").querySelector("form"), () => {
    $("kind-staff").hidden = kindOf($("kind-dialog").querySelector("form")).about !== "staff";
  });

  /** What a question begins with, of the complaint that it is about. */
  const FILL = {
    reply(form, { written }) {
      form.elements.written.checked = written;
      form.elements.written.disabled = written; // what was put in writing is answered so
      $("reply-hint").hidden = !written;
    },
    extend(form, { last_day: last, channel }) {
      $("extend-told").hidden = channel === "online" || channel === "qr"; // they have a page, which tells them
      const from = daysBetween(today(), last) >= 0 ? last : today();
      form.elements.until.min = dayAfter(from);
    },
    kind(form, { severity, about, subject }) {
      form.elements.severity.value = severity;
      form.elements.about.value = about;
      form.elements.subject.value = subject?.id ?? "";
      followKinds();
    },
  };

  const BODY = {
    reply: (form) => ({ text: form.elements.text.value.trim(), written: form.elements.written.checked }),
    extend: (form) => ({
      until: form.elements.until.value,
      reason: form.elements.reason.value.trim(),
      told: form.elements.told.checked,
    }),
    reclassify: kindOf,
    notes: (form) => ({ text: form.elements.text.value.trim() }),
    withdraw: (form) => ({ text: form.elements.text.value.trim() }),
  };

  for (const button of document.querySelectorAll("[data-ask]")) {
    button.addEventListener("click", () => {
      const dialog = openDialog(button.dataset.ask);
      const form = dialog.querySelector("form");
      clearProblems(form);
      form.dataset.of = shown().id;
      FILL[button.dataset.ask]?.(form, shown());
    });
  }

  for (const form of document.querySelectorAll("form[data-act]")) {
    const button = form.querySelector("[data-submit]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-busy") === "true") return;
      button.setAttribute("aria-busy", "true");
      clearProblems(form);
      const { act, of: id } = form.dataset;
      const answer = await api("POST", `${HALL}/complaints/${id}/${act}`, BODY[act](form));
      button.removeAttribute("aria-busy");
      if (!answer.ok) return tellProblem(form, answer.problem, TEXT.unreachable);
      form.closest("dialog").close();
      done(id);
    });
  }
}
