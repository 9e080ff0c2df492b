// The phone's page without a ticket of its own: in place of one that cannot be had now it shows what this phone kept of it,
// as old as it is, until the page itself is back; at /t/ it leads to the ticket that was heard of last.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { words } from "./page.js";
import { kept, latest } from "./phone_kept.js";
import { workOffline } from "./phone_offline.js";
import { show } from "./phone_view.js";

const BEFORE_ASKING_MS = 1000; // a page that comes up and is away again at once must not flicker

const $ = (id) => document.getElementById(id);
const track = location.pathname.slice("/t/".length);

function lead() {
  const last = latest();
  if (last === undefined) $("none").hidden = false;
  else location.replace(`/t/${last}`);
}

function standIn(ticket) {
  const ageS = ticket && (Date.now() - ticket.heard) / 1000;
  banner()({ state: "lost", since: new Date(), asOf: ticket?.at, ageS });
  $(ticket ? "old" : "unknown").hidden = false;
  if (ticket) {
    $("hall").textContent = ticket.hall;
    show(ticket, words(), false);
  }
  setTimeout(comeBack, BEFORE_ASKING_MS);
}

/** Ask for the ticket until the server answers, whatever it says: then its own page says it better. */
async function comeBack() {
  const [hall, id] = track.split(".");
  await api("GET", `/api/v1/halls/${hall}/tickets/${id}`, undefined, { patienceS: Infinity });
  location.reload();
}

if (track.includes(".")) standIn(kept(track));
else lead(); // no ticket's address
workOffline();
