// The button `sign-out` of a page that somebody works at, and no more than that.

import { api } from "./api.js";

const button = document.getElementById("sign-out");

button.addEventListener("click", async () => {
  button.setAttribute("aria-busy", "true");
  const answer = await api("DELETE", "/api/v1/session");
  if (answer.ok || answer.status === 401) location.assign("/");
  else button.removeAttribute("aria-busy");
});
