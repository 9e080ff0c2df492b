// Step: where to go now.

import { clone } from "./page.js";
import { places } from "./setup_devices.js";
import { forgetDraft } from "./setup_draft.js";
import { byId, draft, WORDS } from "./setup_step.js";

export const name = "done";

export function show() {
  const { id } = draft.forms.place;
  byId("first-ticket").href = `/kiosk/${id}`;
  const links = [
    ...places(),
    { path: `/manager/${id}`, text: WORDS.manager },
    { path: `/admin/${id}`, text: WORDS.admin },
  ];
  byId("links").replaceChildren(
    ...links.map(({ path, text }) => {
      const row = clone("link-row");
      Object.assign(row.querySelector("a"), { href: path, textContent: text });
      return row;
    }),
  );
}

byId("another").addEventListener("click", () => {
  forgetDraft();
  location.reload();
});
