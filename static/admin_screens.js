// The hall's screens, and how its calls are spoken.

import { DATA, WORDS } from "./admin_data.js";
import { fillFields, readFields } from "./admin_fields.js";
import { Rows } from "./admin_rows.js";
import { setUpForm } from "./admin_setup.js";
import { copyText } from "./copy_text.js";

const byId = (id) => document.getElementById(id);
const root = byId("set-up");
const touched = () => form.touched();
const screens = new Rows(byId("screens"), "screen-row", {
  touched,
  named: (row, { name }) => (row.querySelector("legend").textContent = name || WORDS.screen),
});
const spans = new Rows(byId("spans"), "span-row", { touched });
const languages = [...document.querySelectorAll("[data-language]")];

function addScreen(screen, begin = false) {
  const row = screens[begin ? "begin" : "add"](screen, `screens.${screen.id}`);
  const address = `${location.origin}/screen/${DATA.hall}?screen=${screen.id}`;
  const copied = row.querySelector("[data-copied]");
  row.dataset.id = screen.id;
  row.querySelector("code").textContent = address;
  row.querySelector("a").href = address;
  row.querySelector("[data-copy]").addEventListener("click", async () => {
    copied.textContent = (await copyText(address)) ? WORDS.copied : WORDS.not_copied;
  });
}

byId("add-screen").addEventListener("click", () => {
  const ids = new Set(Array.from(byId("screens").children, (row) => row.dataset.id));
  let number = 1;
  while (ids.has(`screen-${number}`)) number += 1;
  addScreen({ id: `screen-${number}`, name: "", layout: "auto", theme: "light", page_s: 12, voice: false }, true);
});
byId("add-span").addEventListener("click", () => spans.begin({ start: "12:00", end: "14:00", volume: 0 }, "voice.spans"));

function write(setup) {
  screens.clear();
  spans.clear();
  for (const screen of Object.values(setup.screens)) addScreen(screen);
  for (const span of setup.voice.spans) spans.add(span, "voice.spans");
  languages.forEach((field, place) => (field.value = setup.voice.languages[place] ?? ""));
  fillFields(root, setup);
}

function read(setup) {
  const { voice } = readFields(root, setup);
  voice.languages = languages.map(({ value }) => value).filter((code) => code !== "");
  voice.spans = spans.values().map(([, { start, end, volume }]) => ({ start: inFull(start), end: inFull(end), volume }));
  voice.templates = written(voice.templates);
  const found = screens.values().map(([row, screen]) => {
    const { id } = row.dataset;
    return [id, { ...setup.screens[id], ...screen, id }];
  });
  return { screens: Object.fromEntries(found), voice };
}

/** "9：00" is "09:00". */
const inFull = (time) => time.normalize("NFKC").padStart(5, "0");

/** The sentences that say something, of the languages that have any. */
function written(templates) {
  const kept = Object.entries(templates).map(([code, sentences]) => [
    code,
    Object.fromEntries(Object.entries(sentences).filter(([, sentence]) => sentence !== "")),
  ]);
  return Object.fromEntries(kept.filter(([, sentences]) => Object.keys(sentences).length > 0));
}

const form = setUpForm({ write, read });
