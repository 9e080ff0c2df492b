// Giving a ticket up: asked first, and done once.

import { api } from "./api.js";
import { excuse } from "./phone_excuse.js";

const $ = (id) => document.getElementById(id);

/** Let the holder give up the ticket at `path` of the API; done(state) once the server has cancelled it. */
export function offerToCancel(path, done) {
  $("cancel").addEventListener("click", () => $("sure").showModal());
  $("sure").addEventListener("close", () => $("sure").returnValue === "yes" && cancel());

  async function cancel() {
    const button = $("cancel");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    tell("");
    const answer = await api("DELETE", path);
    button.removeAttribute("aria-busy");
    if (answer.ok) done(answer.body.state);
    else tell(excuse(answer.problem));
  }
}

function tell(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}
