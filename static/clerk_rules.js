// What a clerk on duty may press. The server decides; this keeps buttons from promising what it would refuse. Pure.

/** The key of each command, as shown on its button. */
export const KEYS = {
  " ": "next", r: "recall", s: "start", f: "finish", n: "no-show", h: "hold", t: "transfer", p: "pause",
  g: "posts", v: "services", c: "call", d: "serve-now", o: "cover", e: "paper", q: "sign-off", w: "float",
  y: "confirm-priority", x: "withdraw-priority",
};

/** The key that leads into each list, as shown on its title; from there on it is arrows and Enter. */
export const LISTS = { l: "line", b: "held", m: "absent" };

/**
 * Whether a command makes sense at a counter.
 *
 * ticket   the present one's {state, recalls}, undefined while there is none
 * paused   whether the counter is, with or without an expected return
 * locked   whether it called so recently that a second press must be a slip
 */
export function possible(command, { ticket, paused, locked, recallsMax }) {
  switch (command) {
    case "next":
      return !paused && !locked; // with a ticket open the page asks what becomes of it
    case "recall":
      return ticket?.state === "called" && ticket.recalls < recallsMax;
    case "start":
    case "no-show":
      return ticket?.state === "called";
    case "finish":
    case "hold":
    case "transfer":
    case "services":
      return ticket?.state === "serving";
    case "call":
    case "serve-now":
    case "resume-ticket":
      return ticket === undefined && !paused;
    case "sign-off":
      return ticket === undefined;
    case "pause":
      return !paused;
    case "resume":
      return paused;
    default:
      return true; // what concerns those who wait: priorities, and who comes back
  }
}
