// The pages of history: another question is answered without leaving the page, and every answer gets its charts.

import { fill, readJson, timeOf } from "./page.js";
import { drawCharts } from "./charts.js";

const text = readJson("words");
let asked = 0; // a late answer to an earlier question is not shown
let shown = location.search;

/** Write the times and draw the charts of what stands on the page now. */
function show() {
  for (const time of document.querySelectorAll("time[data-time]")) time.textContent = timeOf(new Date(time.dateTime));
  drawCharts();
}

/** Ask for another address, and show its answer in place of this one. */
async function swap(address, push) {
  const turn = ++asked;
  const here = document.getElementById("history");
  here.setAttribute("aria-busy", "true");
  const page = await read(address);
  if (turn !== asked) return;
  here.removeAttribute("aria-busy");
  if (page === null) {
    const known = here.querySelector("time[data-time]")?.textContent ?? "—";
    const trouble = document.getElementById("trouble");
    trouble.textContent = fill(text.unreachable, { time: known });
    trouble.hidden = false;
    return;
  }
  const next = page.getElementById("history");
  if (next === null) {
    location.assign(address); // signed out, or no longer allowed: that page says so
    return;
  }
  if (push) history.pushState(null, "", address);
  shown = location.search;
  const focused = document.activeElement?.id;
  here.replaceWith(document.adoptNode(next));
  show();
  if (focused) document.getElementById(focused)?.focus();
}

/** The page at an address; null when nothing of ours came. */
async function read(address) {
  try {
    const answer = await fetch(address);
    if (answer.status >= 500) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  swap(link.href, true);
});
document.addEventListener("click", (event) => {
  if (event.target.closest('a[href^="#meaning-"]')) document.getElementById("meanings").open = true;
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "history-form") return;
  event.preventDefault();
  swap(`?${new URLSearchParams(new FormData(event.target))}`, true);
});
addEventListener("popstate", () => {
  if (location.search !== shown) swap(location.href, false); // else a link to a part of this page
});

show();
