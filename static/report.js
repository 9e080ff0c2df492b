// The monthly report: its charts, the time it was made at, and printing.

import { drawCharts } from "./charts.js";
import { dateOf, timeOf } from "./page.js";

for (const time of document.querySelectorAll("time[data-time]")) {
  const at = new Date(time.dateTime);
  time.textContent = `${dateOf(at)} ${timeOf(at)}`;
}
document.getElementById("print").addEventListener("click", () => print());
drawCharts();
