// A hall out to its files, and in again: never over what was changed since a file was taken, unless that is meant.

import { newKey } from "./api.js";
import { changeLines } from "./admin_change.js";
import { HALL, WORDS } from "./admin_data.js";
import { say } from "./dialog.js";

const PATIENCE_MS = 60000; // a large spreadsheet over a slow line

/** Send a file; the problem that refused it, null when it was taken in. */
async function send(path, file, key) {
  const headers = { "Accept-Language": document.documentElement.lang, "Idempotency-Key": key, "X-Jiaohao": "1" };
  try {
    const body = await file.arrayBuffer(); // anew each time: the file may have been mended meanwhile
    const answer = await fetch(`${HALL}/${path}`, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? null : await answer.json();
  } catch (error) {
    return { detail: error.name === "NotReadableError" ? WORDS.not_read : WORDS.unreachable };
  }
}

for (const form of document.querySelectorAll("form[data-path]")) {
  const [field] = form.querySelectorAll("input");
  const button = form.querySelector(".button-primary");
  const over = form.querySelector("[data-over]");
  const line = form.querySelector("[data-message]");
  let key = newKey();

  async function takeIn(path) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    over.hidden = true;
    say(line, "");
    const problem = await send(path, field.files[0], key);
    button.removeAttribute("aria-busy");
    if (problem?.code) key = newKey(); // answered: the next press is another command
    if (problem === null) say(line, WORDS.taken_in, "is-good");
    else if (problem.code === "file_outdated") askAbout(problem);
    else say(line, problem.detail ?? problem.title, "is-bad");
  }

  /** Show what the file would undo, and let it be meant: over the version that was shown, and no later one. */
  function askAbout({ title, version, changes }) {
    say(line, `${title}\n${changes.length > 0 ? changeLines(changes) : WORDS.from_elsewhere}`, "is-warning");
    over.dataset.version = version;
    over.hidden = false;
  }

  field.addEventListener("change", () => {
    key = newKey();
    over.hidden = true;
    say(line, "");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    takeIn(form.dataset.path);
  });
  over.addEventListener("click", () => takeIn(`${form.dataset.path}?over=${over.dataset.version}`));
}
