// Taking ratings out as a file: two days that make sense, before the browser is sent for it.

import { daysBetween } from "./days.js";
import { words } from "./page.js";

const DAYS_MAX = 366;
const text = words();

document.querySelector(".ratings-export")?.addEventListener("submit", (event) => {
  const { from, to } = Object.fromEntries(new FormData(event.currentTarget));
  const days = daysBetween(from, to) + 1;
  const fault = days < 1 ? text.export_backwards : days > DAYS_MAX ? text.export_long : "";
  document.getElementById("export-said").textContent = fault;
  if (fault !== "") event.preventDefault();
});
