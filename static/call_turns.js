// Whose turn it is on a screen: calls come in bursts, and each is to be seen. Pure: no DOM, no clock; times are ms.

/** How long each call stays at least, also when others are waiting to be shown. */
export const HOLD_MS = 3500;

/** The calls of a screen, one shown at a time, in the order in which they came. */
export class CallTurns {
  shown = null; // {seq, call, since, until}; null while there is none
  #waiting = [];

  /**
   * A call came. It takes the place of one of the same counter that has not been shown yet, which is over; and of those
   * that were missed while the page was not there (`late`), only the newest is still shown large.
   */
  add(call, seq, late = false) {
    this.#waiting = this.#waiting.filter((other) => other.call.counter !== call.counter && !(late && other.late));
    this.#waiting.push({ call, seq, late });
  }

  /**
   * What to show at `now`: what is shown stays for HOLD_MS; then comes the next, or it stays until `until`.
   *
   * A call is shown at least as long as it is held, even one that expired while it waited for its turn here.
   */
  at(now) {
    const { shown } = this;
    if (shown !== null && now - shown.since < HOLD_MS) return shown;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.shown = { ...next, since: now, until: Date.parse(next.call.expires_at) };
    } else if (shown !== null && now >= shown.until) {
      this.shown = null;
    }
    return this.shown;
  }
}

/**
 * The newest call of each counter, newest first: [{counter, number, called_at}].
 *
 * counters   the board's, by number: what stands there now
 * called     earlier calls, newest last; one counts until its counter has called another, or has closed
 */
export function recentCalls(counters, called) {
  const newest = new Map();
  const see = (counter, number, called_at) => {
    if (!(newest.get(counter)?.called_at > called_at)) newest.set(counter, { counter, number, called_at });
  };
  for (const { counter, number, called_at } of called) {
    if ((counters[counter]?.state ?? "closed") !== "closed") see(counter, number, called_at);
  }
  for (const { number: counter, ticket } of Object.values(counters)) {
    if (ticket === undefined || newest.get(counter)?.number === ticket.number) continue; // a recall is later
    see(counter, ticket.number, ticket.called_at);
  }
  const newestFirst = (a, b) => Date.parse(b.called_at) - Date.parse(a.called_at) || a.counter - b.counter;
  return [...newest.values()].sort(newestFirst);
}

/** Ascending numbers, with those that follow one another as [first, last]: [1, 3, 4, 5] is [[1, 1], [3, 5]]. */
export function runsOf(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.at(-1)?.[1] === number - 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/** One page of things that do not all fit, `size` at a time, a page further with every turn. */
export function pageOf(things, size, turn) {
  const pages = Math.max(1, Math.ceil(things.length / size));
  const first = (turn % pages) * size;
  return things.slice(first, first + size);
}
