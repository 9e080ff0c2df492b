// The step "search": a service by its name, or by the first letters of its pinyin.

import { serviceChoice } from "./kiosk_choices.js";
import { $, text } from "./kiosk_device.js";
import { key } from "./kiosk_keys.js";
import { pagedList } from "./kiosk_lists.js";
import { go, step, tell } from "./kiosk_steps.js";
import { fill } from "./page.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const TYPING_MS = 200;

/** finder: a serviceFinder; chosen: told of the service that was touched; changed: as for pagedList. */
export function searching(finder, chosen, changed) {
  const list = pagedList("services", text, changed);
  let typing = null;
  let asked = null;

  const gone = (query) => asked !== query || step() !== "search"; // somebody typed on, or left
  const say = (words, values) => ($("found").textContent = fill(words, values));

  async function search() {
    const query = $("query").value.trim();
    asked = query;
    const answer = await finder.search(query);
    if (gone(query)) return;
    if (!answer.ok) return tell(answer.problem.title ?? text.lost);
    tell("");
    const { services } = answer.body;
    say(services.length === 0 ? text.found_none : query === "" ? text.found_all : text.found, { count: services.length });
    list.show(services.map((service) => serviceChoice(service, chosen)), 0);
    if (services.length > 0) return;
    const elsewhere = await finder.elsewhere(query);
    if (elsewhere === undefined || gone(query)) return;
    say(elsewhere.at === "township" ? text.at_township : text.at_department, elsewhere);
  }

  function searchSoon() {
    clearTimeout(typing);
    typing = setTimeout(search, TYPING_MS);
  }

  function type(query) {
    $("query").value = query;
    searchSoon();
  }

  function begin() {
    $("query").value = "";
    go("search");
    search();
  }

  $("letters").append(...[...LETTERS].map((letter) => key(letter, () => type($("query").value + letter))));
  $("to-search").addEventListener("click", begin);
  $("query").addEventListener("input", searchSoon);
  $("search").addEventListener("submit", (event) => event.preventDefault());
  $("erase").addEventListener("click", () => type($("query").value.slice(0, -1)));
  $("clear").addEventListener("click", () => type(""));
}
