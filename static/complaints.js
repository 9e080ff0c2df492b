// Complaints as they are answered: the list, the one that is open, what is done about it, and taking new ones in.

import { complaintActs } from "./complaints_acts.js";
import { onTaken } from "./complaints_enter.js";
import { complaintList } from "./complaints_list.js";
import { showComplaint, shownComplaint } from "./complaints_one.js";

const one = document.getElementById("one");

const list = complaintList(pick);

async function pick(id) {
  list.mark(id);
  await showComplaint(id);
  one.focus({ preventScroll: true });
  one.scrollIntoView({ block: "nearest" });
}

/** An alarm leads here with the one that it is about (#c_…). */
function pickNamed() {
  if (location.hash.startsWith("#c_")) pick(location.hash.slice(1));
}

complaintActs(shownComplaint, (id) => {
  list.reload();
  showComplaint(id);
});

onTaken(() => list.reload());
addEventListener("hashchange", pickNamed);
pickNamed();
