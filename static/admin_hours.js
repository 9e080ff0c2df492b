// Opening hours: each day is one text, "08:30-12:00 14:00-17:30", empty when the hall is closed.

import { WORDS } from "./admin_data.js";
import { Rows } from "./admin_rows.js";
import { setUpForm } from "./admin_setup.js";
import { problemAt } from "./fields.js";

const byId = (id) => document.getElementById(id);
const SPAN = /^(\d?\d:\d\d)[-–—~](\d?\d:\d\d)$/;
const inFull = (time) => time.padStart(5, "0");

const textOf = (spans = []) => spans.map(([start, end]) => `${start}-${end}`).join(" ");

/** The spans of a text; null when it is none. */
function spansOf(text) {
  const parts = text.normalize("NFKC").split(/[\s,\u3001]+/).filter((part) => part !== ""); // full-width signs, too
  const found = parts.map((part) => SPAN.exec(part));
  return found.includes(null) ? null : found.map(([, start, end]) => [inFull(start), inFull(end)]);
}

function fillWeek(root, weekly) {
  for (const field of root.querySelectorAll("[data-day]")) field.value = textOf(weekly[field.dataset.day]);
}

class NotUnderstood extends Error {}

function spansIn(field) {
  const spans = spansOf(field.value);
  if (spans === null) {
    problemAt(field, WORDS.span);
    throw new NotUnderstood();
  }
  return spans;
}

function readWeek(root) {
  const days = Array.from(root.querySelectorAll("[data-day]"), (field) => [field.dataset.day, spansIn(field)]);
  return Object.fromEntries(days.filter(([, spans]) => spans.length > 0));
}

const touched = () => form.touched();
const seasons = new Rows(byId("seasons"), "season-row", { touched });
const exceptions = new Rows(byId("exceptions"), "exception-row", { touched });

function addSeason(season, begin = false) {
  const row = begin ? seasons.begin(season, "hours.seasons") : seasons.add(season, "hours.seasons");
  fillWeek(row, season.weekly);
}

function write({ hours }) {
  byId("always").checked = hours.always;
  fillWeek(byId("weekly"), hours.weekly);
  byId("makeup_like").value = hours.makeup_like;
  seasons.clear();
  exceptions.clear();
  for (const season of hours.seasons) addSeason(season);
  for (const [date, spans] of Object.entries(hours.exceptions).sort()) {
    exceptions.add({ date, spans: textOf(spans) }, "hours.exceptions");
  }
}

function read() {
  try {
    return {
      hours: {
        always: byId("always").checked,
        weekly: readWeek(byId("weekly")),
        makeup_like: byId("makeup_like").value,
        seasons: seasons.values().map(([row, { first, last }]) => ({ first, last, weekly: readWeek(row) })),
        exceptions: Object.fromEntries(
          exceptions.values().map(([row, { date }]) => [date, spansIn(row.querySelector("[data-of=spans]"))]),
        ),
      },
    };
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

byId("copy-monday").addEventListener("click", () => {
  const week = byId("weekly");
  const monday = week.querySelector("[data-day=mon]").value;
  for (const day of ["tue", "wed", "thu", "fri"]) week.querySelector(`[data-day=${day}]`).value = monday;
  touched();
});
byId("add-season").addEventListener("click", () => {
  const spans = spansOf(byId("weekly").querySelector("[data-day=mon]").value) ?? [];
  const days = ["mon", "tue", "wed", "thu", "fri"];
  addSeason({ first: "06-01", last: "09-30", weekly: Object.fromEntries(days.map((day) => [day, spans])) }, true);
});
byId("add-exception").addEventListener("click", () => exceptions.begin({ date: "", spans: "" }, "hours.exceptions"));

const form = setUpForm({ write, read });
