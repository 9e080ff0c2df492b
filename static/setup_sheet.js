// Step: everybody's login name and password, to be printed and handed over.

import { clone, fill } from "./page.js";
import { addEverybody, everybody } from "./setup_create.js";
import { byId, draft, panelOf, WORDS } from "./setup_step.js";

export const name = "sheet";

export async function show() {
  byId("cards").replaceChildren();
  const passwords = await addEverybody(panelOf(name));
  if (passwords !== null) byId("cards").replaceChildren(...everybody().map((each) => cardOf(each, passwords[each.key])));
}

function cardOf({ role, counter, window, who }, given) {
  const card = clone("card");
  const [address, user, password] = card.querySelectorAll("dd");
  const hall = draft.forms.place.id;
  card.querySelector("h3").textContent = who.name;
  card.querySelector("p").textContent =
    role === "head" ? WORDS.roles.head : fill(WORDS.person, { number: counter, name: window });
  address.textContent = location.origin + (role === "head" ? `/manager/${hall}` : `/counter/${hall}/${counter}`);
  user.textContent = who.user;
  password.textContent = given;
  return card;
}

byId("print").addEventListener("click", () => print());
