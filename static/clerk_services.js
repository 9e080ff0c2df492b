// The services noted for the present ticket 所办事项: chosen from a search, told to the server when it is finished.

import { api } from "./api.js";
import { desk, element } from "./clerk_view.js";
import { openDialog } from "./dialog.js";
import { clone } from "./page.js";

const TYPING_MS = 200;
const MOST = 12; // found ones that are offered

let noted = new Map(); // names by number
let chosen = new Map(); // the same while they are being chosen
let searched = ""; // what was typed last
let asked; // the number of the service that the ticket was taken for
let failed = () => {};
let typing = null;

/** What is noted, names by number. */
export const notedServices = () => noted;

/** Another ticket: nothing is noted. */
export const forgetServices = () => (noted = new Map());

/** Note what was chosen. */
export const noteServices = () => (noted = chosen);

/** Let the clerk choose. service: the one that the ticket was taken for; onProblem(problem): a search was refused. */
export function chooseServices(service, onProblem) {
  asked = service;
  failed = onProblem;
  chosen = new Map(noted);
  openDialog("services");
  find("");
}

/** Offer the chosen services, then what the search finds. */
async function find(query) {
  searched = query;
  const found = query.trim() === "" ? [] : await search(query);
  if (searched !== query) return; // something else was typed meanwhile
  const offered = new Map(chosen);
  if (query.trim() === "" && asked) offered.set(asked, desk.services[asked]);
  for (const { no, name } of found.slice(0, MOST)) offered.set(no, name);
  element("services-found").replaceChildren(...[...offered].map(([no, name]) => choice(no, name)));
}

async function search(query) {
  const answer = await api("GET", `/api/v1/halls/${desk.hall.id}/services?q=${encodeURIComponent(query)}`);
  if (!answer.ok) failed(answer.problem);
  return answer.ok ? answer.body.services : [];
}

function choice(no, name) {
  const label = clone("service-choice");
  const box = label.querySelector("input");
  box.type = "checkbox";
  box.checked = chosen.has(no);
  box.addEventListener("change", () => (box.checked ? chosen.set(no, name) : chosen.delete(no)));
  label.querySelector("span").textContent = name;
  return label;
}

element("services-search")?.addEventListener("input", ({ target }) => {
  clearTimeout(typing);
  typing = setTimeout(() => find(target.value), TYPING_MS);
});
element("services-search")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault(); // searches, and must not close the question
});
