// Flexible counters 机动窗口 that should be opened or closed: why, and whom to ask. A person does it, or puts it off.

import { attend } from "./manager_attention.js";
import { peopleOf } from "./manager_people.js";
import { clone, fill, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);
const keyOf = ({ action, counter }) => `${action} ${counter}`;
let latest = { proposals: [], nameOf: String };
const putOff = new Set(); // keys, for as long as they are proposed

/** Show what `…/watch` proposed. nameOf: the name of a queue by its id. */
export function renderProposals(proposals, nameOf) {
  latest = { proposals, nameOf };
  const keys = new Set(proposals.map(keyOf));
  for (const key of putOff) if (!keys.has(key)) putOff.delete(key);
  const shown = proposals.filter((proposal) => !putOff.has(keyOf(proposal)));
  element("proposals").hidden = shown.length === 0;
  syncRows(element("proposal-list"), shown, {
    key: keyOf,
    make() {
      const row = clone("proposal-row");
      row.querySelector("button").addEventListener("click", () => {
        putOff.add(row.dataset.key);
        renderProposals(latest.proposals, latest.nameOf);
      });
      return row;
    },
    update(row, proposal) {
      const { action, actors, queues } = proposal;
      const values = { ...proposal, people: peopleOf(actors), queues: queues.map(nameOf).join(text.listing) };
      const what = action === "open" && proposal.open === 0 ? "open_none" : action;
      write(row.querySelector("strong"), fill(text.proposal[what], values));
      write(row.querySelector("span"), fill(text.proposal[actors.length > 0 ? `ask_${action}` : "ask_nobody"], values));
    },
  });
  attend("proposals", new Map(shown.map((proposal) => [keyOf(proposal), 0])), false);
}
