// Step: who works at the windows. With it the hall is created.

import { problemAt } from "./fields.js";
import { clone, fill } from "./page.js";
import { createHall, everybody, person } from "./setup_create.js";
import { keepDraft } from "./setup_draft.js";
import { byId, draft, suggest, WORDS } from "./setup_step.js";
import { chosen } from "./setup_windows.js";

export const name = "people";

export function show() {
  bind(person("head"), byId("head_name"), byId("head_user"));
  byId("people").replaceChildren(...chosen().map(rowOf));
  showDeputies();
}

function rowOf(each) {
  const row = clone("person-row");
  const [title, user, b] = row.querySelectorAll("[data-of]");
  row.querySelector("legend").textContent = fill(WORDS.window, each);
  for (const field of [title, user, b]) field.dataset.key = each.key;
  bind(person(each.key), title, user);
  title.addEventListener("input", showDeputies);
  b.addEventListener("change", () => {
    person(each.key).b = b.value;
    keepDraft(draft);
  });
  return row;
}

function bind(who, title, user) {
  [title.value, user.value] = [who.name, who.user];
  title.oninput = user.oninput = () => {
    Object.assign(who, { name: title.value.trim(), user: user.value.trim() });
    keepDraft(draft);
  };
  title.onchange = () => title.value.trim() !== "" && suggest(user, title.value.trim());
}

function showDeputies() {
  for (const select of byId("people").querySelectorAll("select")) {
    const others = chosen().filter((each) => each.key !== select.dataset.key && person(each.key).name !== "");
    const options = others.map((each) => new Option(person(each.key).name, each.key));
    select.replaceChildren(new Option(WORDS.no_deputy, ""), ...options);
    select.value = person(select.dataset.key).b;
    if (select.selectedIndex < 0) select.value = "";
  }
}

const userField = (key) =>
  key === "head" ? byId("head_user") : byId("people").querySelector(`[data-of="user"][data-key="${key}"]`);

export async function submit(form) {
  const people = everybody();
  const users = people.map(({ who }) => who.user.toLowerCase());
  const wrong = people.find(({ who }, place) => who.user === "" || users.indexOf(who.user.toLowerCase()) < place);
  if (wrong) {
    problemAt(userField(wrong.key), wrong.who.user === "" ? WORDS.user_missing : WORDS.user_twice);
    return false;
  }
  return createHall(form, userField);
}
