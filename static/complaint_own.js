// A complaint on its complainant's own device: print it, or give it up.

import { api } from "./api.js";
import { openDialog } from "./dialog.js";
import { clearProblems, tellProblem } from "./fields.js";
import "./invalid.js";
import { readJson, words } from "./page.js";
import "./print_button.js";

const { hall, code } = readJson("own-data");
const form = document.getElementById("withdraw-form");
const button = form.querySelector(".button-danger");

document.getElementById("withdraw")?.addEventListener("click", () => openDialog("withdraw"));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  clearProblems(form);
  const reason = form.elements.reason.value.trim();
  const answer = await api("POST", `/api/v1/halls/${hall}/complaint/${encodeURIComponent(code)}/withdraw`, reason ? { reason } : {});
  button.removeAttribute("aria-busy");
  if (answer.ok) location.reload();
  else tellProblem(form, answer.problem, words().unreachable);
});
