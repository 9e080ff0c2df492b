// Whose turn it is on a screen: calls come in bursts, and each is to be seen. Pure: no DOM, no clock; times are ms.

/** How long each call stays at least, also when others are waiting to be shown. */
export const HOLD_MS = 3500;
const HOLD_MORE_MS = 750; // for every further call beside it: there is more to read
const FEW_TURNS = 5; // a burst of up to five calls is shown one by one; a larger one takes about as long, side by side
const REST_MS = 15_000; // a call that nobody has answered yet is large for that long before anything else may be

/** The calls of a screen, one shown at a time, or several of a large burst, in the order in which they came. */
export class CallTurns {
  shown = null; // {calls: [{seq, call}], since, until}; null while there is none
  #waiting = [];
  #abreast = 1; // of the present burst

  /**
   * A call came. It takes the place of one of the same counter that has not been shown yet, which is over; and goes before
   * those that were missed while the page was not there (`late`).
   */
  add(call, seq, late = false) {
    const others = this.#waiting.filter((other) => other.call.counter !== call.counter);
    const isAfter = (other) => late || !other.late;
    this.#waiting = [...others.filter(isAfter), { call, seq, late }, ...others.filter((other) => !isAfter(other))];
  }

  /** Leave out missed calls whose citizens have come meanwhile. counters: the board's, by number. */
  dropAnswered(counters) {
    this.#waiting = this.#waiting.filter(({ call, late }) => !late || !isAnswered(call, counters));
  }

  /** Whether calls wait for their turn. */
  get isBusy() {
    return this.#waiting.length > 0;
  }

  /**
   * What to show at `now`: what is shown is held; then comes the next, or it stays until `until`. most: how many calls
   * the screen has room for at a time.
   *
   * A call is shown at least as long as it is held, even one that expired while it waited for its turn here.
   */
  at(now, most = 1) {
    const { shown } = this;
    if (shown !== null && shown.calls.length > most) { // the window has become smaller
      this.#waiting.unshift(...shown.calls.slice(most));
      return (this.shown = { ...shown, calls: shown.calls.slice(0, most) });
    }
    if (shown !== null && now - shown.since < holdOf(shown)) return shown;
    if (this.#waiting.length > 0) {
      this.#abreast = Math.max(this.#abreast, Math.ceil(this.#waiting.length / FEW_TURNS));
      const calls = this.#waiting.splice(0, Math.max(1, Math.min(most, this.#abreast)));
      this.shown = { calls, since: now, until: Math.max(...calls.map(({ call }) => Date.parse(call.expires_at))) };
    } else {
      this.#abreast = 1;
      if (shown !== null && now >= shown.until) this.shown = null;
    }
    return this.shown;
  }
}

const holdOf = ({ calls }) => HOLD_MS + (calls.length - 1) * HOLD_MORE_MS;

/**
 * Whether what is shown may give its place to something else meanwhile: it was held, and everybody who was called has
 * come, or has had the time to look up. counters: the board's, by number.
 */
export function mayRest(shown, now, counters) {
  const areAnswered = shown.calls.every(({ call }) => isAnswered(call, counters));
  return now - shown.since >= (areAnswered ? holdOf(shown) : REST_MS);
}

/** Whether nobody is waited for at the counter that called. */
function isAnswered({ number, counter }, counters) {
  const { ticket } = counters[counter] ?? {};
  return ticket?.number !== number || ticket.state !== "called";
}

/**
 * The newest call of each counter, newest first: [{counter, number, called_at, queue?}].
 *
 * counters   the board's, by number: what stands there now
 * called     earlier calls, newest last; one counts until its counter has called another, or has closed
 */
export function recentCalls(counters, called) {
  const newest = new Map();
  const see = (seen) => {
    if (!(newest.get(seen.counter)?.called_at > seen.called_at)) newest.set(seen.counter, seen);
  };
  for (const { counter, number, called_at, queue } of called) {
    if ((counters[counter]?.state ?? "closed") !== "closed") see({ counter, number, called_at, queue });
  }
  for (const { number: counter, ticket } of Object.values(counters)) {
    if (ticket === undefined || newest.get(counter)?.number === ticket.number) continue; // a recall is later
    see({ counter, number: ticket.number, called_at: ticket.called_at });
  }
  const newestFirst = (a, b) => Date.parse(b.called_at) - Date.parse(a.called_at) || a.counter - b.counter;
  return [...newest.values()].sort(newestFirst);
}
