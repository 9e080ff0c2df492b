// The secret that signs the hall's messages: made, shown once, copied.

import { api } from "./api.js";
import { HALL, WORDS } from "./admin_data.js";
import { list } from "./admin_webhook_messages.js";
import { copyText } from "./copy_text.js";
import { openDialog, say } from "./dialog.js";

const byId = (id) => document.getElementById(id);
const shown = byId("secret").querySelector("code");

byId("renew").addEventListener("click", () => {
  if (byId("renew").dataset.signed === "true") openDialog("renew");
  else renew();
});

byId("renew-dialog").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("renew-dialog").close();
  renew();
});

async function renew() {
  const button = byId("renew");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await api("POST", `${HALL}/webhook/secret`, {}, { patienceS: 5 });
  button.removeAttribute("aria-busy");
  say(byId("secret-said"), answer.ok ? "" : (answer.problem.title ?? WORDS.unreachable), "is-bad");
  if (!answer.ok) return;
  shown.textContent = answer.body.secret;
  byId("secret").hidden = false;
  await list();
}

byId("copy").addEventListener("click", async () => {
  const isDone = await copyText(shown.textContent);
  say(byId("secret-said"), isDone ? WORDS.copied : WORDS.not_copied_secret, isDone ? "is-good" : "is-bad");
});
