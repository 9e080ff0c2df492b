// The tickets that this phone has taken in the hall and that are still open: shown, so that nobody takes another unawares.

import { api } from "./api.js";
import { clone } from "./page.js";
import { syncRows, write } from "./rows.js";

const LOOK_S = 5; // nobody stands before an empty page for longer

/** tickets: as in hall_phone_kept.js. states: what a state is called, by its name; only open tickets have one. */
export function myTickets({ hall, tickets, states }) {
  /** As the server has them now; what it cannot be asked about stays as it was. */
  async function look() {
    const seen = await Promise.all(tickets.read().map(async (mine) => {
      const answer = await api("GET", `/api/v1/halls/${hall}/tickets/${mine.id}`, undefined, { patienceS: LOOK_S });
      if (!answer.ok) return answer.problem.code === "ticket_unknown" ? null : mine;
      return answer.body.state in states ? entryOf(answer.body) : null;
    }));
    const open = seen.filter(Boolean);
    tickets.write(open);
    show(open);
    return open;
  }

  function show(open) {
    syncRows(document.getElementById("mine-list"), open, {
      key: ({ id }) => id,
      make: () => clone("my-ticket"),
      update(item, { number, state, track }) {
        item.firstElementChild.href = track;
        write(item.querySelector(".ticket-number"), number);
        write(item.querySelector(".my-state"), states[state]);
      },
    });
    document.getElementById("mine").hidden = open.length === 0;
  }

  return {
    look,
    took: (ticket) => tickets.write([...tickets.read(), entryOf(ticket)]),
  };
}

const entryOf = ({ id, number, queue, state, track }) => ({ id, number, queue, state, track });
