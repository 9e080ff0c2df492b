// Numbers given on paper, entered at the enquiry desk, one after another until all are in.

import { openDialog } from "./dialog.js";
import { element, guide, hall, now, onChange, say, send, showBusy, text } from "./guide_desk.js";
import { fill, timeOf } from "./page.js";
import { lettersOf, numberAfter, paperIn } from "./paper.js";

const form = document.querySelector("#paper-dialog form");
const number = element("paper-number");

/** Ask for the first. */
export function askPaper() {
  openDialog("paper");
  element("paper-time").value = timeOf(new Date(now()));
  number.focus();
}

element("paper").addEventListener("click", askPaper);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = paperIn(new FormData(form), guide.queues, now());
  if (body.queue === undefined) {
    say(fill(text.paper_letter, { letters: lettersOf(guide.queues).join(text.listing) }), "is-bad");
    return;
  }
  const answer = await send("paper", `${hall}/paper`, body, { queue: guide.queues[body.queue].name });
  if (!answer?.ok) return;
  number.value = numberAfter(body.number);
  number.select();
});

onChange(() => showBusy(form.querySelector("[data-submit]"), "paper"));
