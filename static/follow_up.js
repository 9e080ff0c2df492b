// What was done about a bad rating, as its citizen reads it; and the second rating, once.

import { api } from "./api.js";
import { clone, dateOf, words } from "./page.js";
import { ratingForm } from "./rating_form.js";

const WORDS = words();
const { call } = document.getElementById("follow-up").dataset;
const second = document.getElementById("second");

for (const time of document.querySelectorAll("[data-day]")) {
  time.dateTime = time.dataset.day;
  time.textContent = dateOf(new Date(`${time.dataset.day}T12:00:00+08:00`));
}
if (!second.hidden) {
  const form = ratingForm(WORDS.second, (said) => api("POST", call, said), (answer) => {
    const line = clone("thanks");
    line.textContent = answer.ok ? WORDS.thanks : WORDS.already;
    form.replaceWith(line);
  });
  second.append(form);
}
