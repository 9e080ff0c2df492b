// A hall out to its files, and in again.

import { newKey } from "./api.js";
import { HALL, WORDS } from "./admin_setup.js";
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
  let key = newKey();
  field.addEventListener("change", () => (key = newKey()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector(".button-primary");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const problem = await send(form.dataset.path, field.files[0], key);
    button.removeAttribute("aria-busy");
    const line = form.querySelector("[data-message]");
    if (problem === null) say(line, WORDS.taken_in, "is-good");
    else say(line, problem.detail ?? problem.title, "is-bad");
    if (problem?.code) key = newKey(); // answered: the next press is another command
  });
}
