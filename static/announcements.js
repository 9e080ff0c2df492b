// What a screen that speaks says next: the twin of display/announcements.py, where each rule is explained.
// tests/vectors/announcements.json drives both. Pure: no DOM, no clock, no sound; times are ms.

/**
 * The announcement of a call, or null for one that cannot be announced.
 *
 * {id, seq, epoch, number, queue, counter, recall, expiresAt}; id: what makes it the same call, also in another epoch
 */
export function announcementOf({ epoch, seq }, call) {
  const { number, queue = "", counter, recall = 0, expires_at: expires } = call;
  const isWhole = Number.isSafeInteger;
  if (typeof number !== "string" || number === "" || typeof queue !== "string") return null;
  if (!isWhole(counter) || !isWhole(recall)) return null;
  const expiresAt = typeof expires === "string" && /(Z|[+-]\d\d:?\d\d)$/.test(expires) ? Date.parse(expires) : NaN;
  if (Number.isNaN(expiresAt)) return null;
  return { id: `${seq} ${call.called_at}`, epoch, seq, number, queue, counter, recall, expiresAt };
}

/** Whether a screen for these queues and areas speaks it; empty: all. `state` is the board's. */
export function isWithin({ queues, areas }, { queue, counter }, state) {
  if (queues.length > 0 && !queues.includes(queue)) return false;
  return areas.length === 0 || areas.includes(state.counters?.[counter]?.area ?? "");
}

/** The queue. Its owner asks `dropStale`, reads `head` aloud, reports it `read`, and begins again. */
export class Announcements {
  settled = null; // {epoch, seq}: up to here everything was read or dropped; null before the first
  #waiting = [];
  #readings = 0; // of the first in the queue

  /** repeat: readings of each call, 1 at least; may be set anew at any time. */
  constructor(repeat = 2) {
    this.repeat = repeat;
  }

  add(announcement) {
    this.#waiting.push(announcement);
  }

  /** Leave out of the queue what is for others to read. */
  keep(wanted) {
    const kept = this.#waiting.filter(wanted);
    if (kept[0] !== this.#waiting[0]) this.#readings = 0;
    this.#waiting = kept;
  }

  /** {announcement, nth}: the reading that is next; null when there is nothing to say. */
  get head() {
    return this.#waiting.length > 0 ? { announcement: this.#waiting[0], nth: this.#readings + 1 } : null;
  }

  /**
   * Take from the front what must not be read any more: [{announcement, readings, why}].
   *
   * now         the hall's time
   * board       {epoch, seq, state} while it is live, else null; then nothing counts as answered
   * readingMs   about how long one reading takes
   * isSilent    nothing is read at this hour
   */
  dropStale(now, board, readingMs, isSilent = false) {
    const gone = [];
    for (;;) {
      const [first] = this.#waiting;
      const why = first && this.#whyNot(first, now, board, readingMs, isSilent);
      if (!why) return gone;
      gone.push({ announcement: first, readings: this.#readings, why });
      this.#leave();
    }
  }

  /** The head was read. */
  read() {
    this.#readings += 1;
    if (this.#readings >= this.repeat) this.#leave();
  }

  #whyNot(first, now, board, readingMs, isSilent) {
    if (board !== null && isAnswered(first, board)) return "answered";
    if (first.expiresAt <= now) return "expired";
    if (isSilent) return "silent";
    return this.#readings > 0 && this.#isUrged(now, readingMs) ? "gave_way" : null;
  }

  /** Whether a call further back would expire unread if the first one were repeated now. */
  #isUrged(now, readingMs) {
    return this.#waiting.some(({ expiresAt }, place) => {
      return place > 0 && now + (place - 1) * readingMs < expiresAt && now + place * readingMs >= expiresAt;
    });
  }

  #leave() {
    const { epoch, seq } = this.#waiting.shift();
    this.settled = { epoch, seq };
    this.#readings = 0;
  }
}

/** Whether the board shows that nobody waits for it any more; only one as new as the call, with its counter, can tell. */
function isAnswered({ epoch, seq, number, counter }, board) {
  if (board.epoch !== epoch || board.seq < seq) return false;
  const at = board.state.counters?.[counter];
  if (at === undefined) return false;
  return at.ticket?.number !== number || at.ticket.state !== "called";
}
