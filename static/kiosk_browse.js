// The step "list": departments, what one of them does, or what people come for most.

import { departmentChoice, serviceChoice } from "./kiosk_choices.js";
import { $, text } from "./kiosk_device.js";
import { pagedList } from "./kiosk_lists.js";
import { go, tell } from "./kiosk_steps.js";

/** finder, chosen, changed: as for `searching`; home: goes to the first screen. */
export function browsing(finder, { chosen, home, changed }) {
  const list = pagedList("listed", text, changed);
  let goBack = home;

  function show(title, items, back) {
    $("list-title").textContent = title;
    $("list-empty").hidden = items.length > 0;
    goBack = back;
    list.show(items, 0);
    go("list");
  }

  const choices = (services) => services.map((service) => serviceChoice(service, chosen));

  async function departments() {
    const found = await finder.departments();
    if (found === null) return tell(text.lost);
    const open = ({ name, services }) =>
      services.length === 1 ? chosen(services[0]) : show(name, choices(services), departments); // a list of one is a touch lost
    show(text.departments, found.map((department) => departmentChoice(department, () => open(department))), home);
  }

  async function popular() {
    const services = await finder.popular();
    if (services === null) return tell(text.lost);
    show(text.popular, choices(services), home);
  }

  $("to-departments").addEventListener("click", departments);
  $("to-popular").addEventListener("click", popular);
  $("list-back").addEventListener("click", () => goBack());
}
