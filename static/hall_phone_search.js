// A service by its name, or by the first letters of its pinyin.

import { serviceFinder } from "./kiosk_services.js";
import { clone, fill } from "./page.js";
import { write } from "./rows.js";

const TYPING_MS = 200;

/** chosen: told of the service that was touched; drawn: called when other services are on the page. */
export function searching({ hall, board, waits, text, chosen, drawn }) {
  const finder = serviceFinder({ hall });
  const [field, found, list] = ["query", "found", "services"].map((id) => document.getElementById(id));
  let typing = null;
  let asked = "";

  async function search() {
    const query = field.value.trim();
    asked = query;
    if (query === "") return show("", []);
    const answer = await finder.search(query);
    if (asked !== query) return; // somebody typed on
    if (!answer.ok) return show(text.unreachable, []);
    const { services } = answer.body;
    show(services.length === 0 ? text.found_none : fill(text.found, { count: services.length }), services);
    if (services.length > 0) return;
    const elsewhere = await finder.elsewhere(query);
    if (elsewhere === undefined || asked !== query) return;
    show(fill(elsewhere.at === "township" ? text.at_township : text.at_department, elsewhere), []);
  }

  function show(words, services) {
    write(found, words);
    list.replaceChildren(...services.map(itemOf));
    drawn();
  }

  function itemOf(service) {
    const item = clone("service-choice");
    write(item.querySelector("strong"), service.name);
    write(item.querySelector(".choice-what"), service.sub_item || service.main_item);
    const queue = board.queueOf(service.queue);
    const full = board.used(queue) !== null;
    write(item.querySelector(".choice-count"), full ? text.full : waits.waiting(queue));
    item.firstElementChild.classList.toggle("is-full", full);
    item.firstElementChild.addEventListener("click", () => chosen(service));
    return item;
  }

  function soon() {
    clearTimeout(typing);
    typing = setTimeout(search, TYPING_MS);
  }

  field.addEventListener("input", soon);
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    soon();
  });
}
