// 试音: every announcer and every screen that speaks says a sentence.

import { api } from "./api.js";
import { say } from "./dialog.js";
import { fill, readJson, words } from "./page.js";

const text = words();
const button = document.getElementById("voice-test");

button?.addEventListener("click", async () => {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", `/api/v1/halls/${readJson("manager-data").hall}/voice/test`, {});
  button.removeAttribute("aria-busy");
  const line = document.getElementById("voice-said");
  if (!answer.ok) return say(line, answer.problem.title ?? text[answer.problem.code], "is-bad");
  const { announcers, screens } = answer.body;
  if (announcers + screens > 0) say(line, fill(text.tested, { announcers, screens }), "is-good");
  else say(line, text.tested_nobody, "is-warning");
});
