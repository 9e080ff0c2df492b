// What the screen over a counter says, from the state of its topic. Pure: no DOM, no clock; times are milliseconds.

/**
 * The face of a counter: {kind, …}.
 *
 * kind      "called", "serving", "finished": with `number`; "called" with `again` (how often it was called before)
 *           "open"; "away": with `until` when the return is still to come; "paused"; "away" and "paused" with `number` when
 *           somebody was called here before; "closed"; "gone" (the hall has no such counter any more); "unknown" (not heard yet)
 * state     of topic counter.{n}; null before the first was heard
 * now       the hall's time
 * rateMs    for so long after a service whoever was served is invited to rate it
 */
export function faceOf(state, now, rateMs) {
  if (state === null) return { kind: "unknown" };
  const { state: counter = "gone", ticket, back_at: backAt, last } = state;
  if (counter === "away" || counter === "paused") {
    const until = Date.parse(backAt) > now ? backAt : undefined;
    return { kind: counter, number: ticket?.number, until };
  }
  if (counter !== "open") return { kind: counter };
  if (ticket?.state === "called") return { kind: "called", number: ticket.number, again: ticket.recalls };
  if (ticket !== undefined) return { kind: "serving", number: ticket.number };
  return invites(last, now, rateMs) ? { kind: "finished", number: last.number } : { kind: "open" };
}

/** Whether a leg is one that may be rated now: just finished, the last of its ticket's, and nothing said of it yet. */
function invites(leg, now, rateMs) {
  if (leg?.outcome !== "served" || leg.rated || leg.left_unrated) return false;
  return now - Date.parse(leg.finished_at) < rateMs;
}

/** A number as [letters, digits], for a screen too narrow to have both on one line: "A001" is ["A", "001"]. */
export const partsOf = (number) => [number.replace(/\d+$/, ""), number.match(/\d*$/)[0]];
