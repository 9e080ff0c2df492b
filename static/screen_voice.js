// The voice of a hall screen: reads what is next aloud, one at a time. No DOM and no sound of its own: both come in.

import { announcementOf, Announcements, isWithin } from "./announcements.js";
import { gainOf, hallVoice } from "./hall_voice.js";

const FIRST_GUESS_MS = 8000; // for a reading, before one was made
const RETRY_MS = 1000; // after a clip could not be played, or had
const LAST_CHANCE_MS = 15000; // before it expires, a call whose sentence cannot be had is a chime, rather than nothing
const INTRODUCE_MS = 5000; // between attempts
const TESTS_CAP = 100;

/**
 * Whoever owns it calls `next` whenever something may be due, and again for as long as that gives true.
 *
 * scope       {queues, areas}: whose calls; empty: all
 * now()       the hall's time in ms, null before it is known
 * board()     {epoch, seq, state, isLive}: the newest board; null before the first
 * isAllowed() whether the browser lets the page sound
 * clip(call)  a promise of {durationMs, sentenceMs, voice} for an announcement, of the test sentence for null; never rejected.
 *             sentenceMs: where the sentence begins; null, and voice "", where there is only a chime; voice null: the server could
 *             not be asked
 * play(clip, fromMs, gain)   a promise that ends with the sound; rejected when it could not be heard
 * memory      {spoken(): Map of id to expiresAt, keep(map)}: what this screen has spoken, also before the page was loaded anew
 * ack(seq, health)   whether the server is told; health: {voice, failures, part, spoken_at?}; part: whether some calls are for others to speak
 * played(what)       told of everything that was heard: {seq, number, counter, recall, nth, volume}, of a test {test, volume}
 */
export class ScreenVoice {
  #ports;
  #queue = new Announcements();
  #clips = new WeakMap(); // by announcement: its clip, being fetched or there
  #spoken; // id to expiresAt, in ms
  #tests = [];
  #tested = [];
  #readingMs = FIRST_GUESS_MS;
  #waitUntil = -Infinity; // nothing is played before: the last time it failed
  #health;
  #seq = 0; // of the call read last
  #isAllowed = null; // whether the browser let the page sound when it was asked last
  #isMissed = false; // since then a call should have been heard and was not
  #introduceAt = -Infinity; // null: the server knows with what this screen speaks

  constructor(ports) {
    this.#ports = ports;
    this.#spoken = ports.memory.spoken();
    this.#health = { voice: "", failures: 0, part: ports.scope.queues.length + ports.scope.areas.length > 0 };
  }

  /** A call came in. */
  add(call, seq, epoch) {
    const announcement = announcementOf({ epoch, seq }, call);
    if (announcement === null) return console.error(`call ${seq} cannot be spoken`, call);
    if (this.#spoken.has(announcement.id)) return;
    this.#queue.add(announcement);
    const board = this.#ports.board();
    if (board !== null && isWithin(this.#ports.scope, announcement, board.state)) this.#clipOf(announcement);
  }

  /** Somebody wants to hear whether the voice works. Each test is said once. */
  test(id) {
    if (this.#tested.includes(id)) return;
    this.#tested = [...this.#tested, id].slice(-TESTS_CAP);
    this.#tests.push(id);
  }

  /** Read one thing aloud that is due, to its end; whether there was one. */
  async next() {
    const { now, board, isAllowed } = this.#ports;
    const at = now();
    const shown = board();
    if (at === null || shown === null) return false; // they decide what has expired, and how to speak
    this.#introduce(at, isAllowed());
    const head = this.#due(at, shown);
    if (!this.#isAllowed) return this.#miss(head);
    if (at < this.#waitUntil) return false;
    if (this.#tests.length > 0) return this.#say(this.#tests.shift());
    return head !== null && this.#read(head);
  }

  /** The server hears with what this screen speaks before there is a call; and has the first one's sound ready. */
  async #introduce(at, isAllowed) {
    if (isAllowed !== this.#isAllowed) {
      this.#isAllowed = isAllowed;
      this.#isMissed = false;
      this.#introduceAt = at;
    }
    if (this.#introduceAt === null || at < this.#introduceAt) return;
    this.#introduceAt = at + INTRODUCE_MS;
    const { voice } = await this.#ports.clip(null);
    if (voice === null) return;
    this.#health.voice = this.#isAllowed ? voice : "";
    if (this.#report()) this.#introduceAt = null;
  }

  /** The browser allows no sound: the server is told once that a call should have been heard. */
  #miss(head) {
    this.#tests = []; // nobody waits for one until then
    if (head === null || this.#isMissed) return false;
    this.#isMissed = true;
    this.#health.voice = "";
    this.#health.failures += 1;
    this.#report();
    return false;
  }

  #due(at, { epoch, seq, state, isLive }) {
    const voice = hallVoice(state);
    this.#queue.repeat = voice.repeat;
    this.#queue.keep((announcement) => isWithin(this.#ports.scope, announcement, state));
    const live = isLive ? { epoch, seq, state } : null;
    for (const { announcement } of this.#queue.dropStale(at, live, this.#readingMs, voice.volumeAt(at) === 0)) {
      this.#remember(announcement, at);
    }
    return this.#queue.head;
  }

  async #read({ announcement, nth }) {
    const { now, board, play, played } = this.#ports;
    const clip = await this.#clipOf(announcement);
    const at = now();
    const head = this.#due(at, board());
    if (head?.announcement !== announcement || head.nth !== nth) return true; // its ticket was started meanwhile
    if (clip.voice === null && at + LAST_CHANCE_MS < announcement.expiresAt) {
      this.#waitUntil = at + RETRY_MS; // the server is away: a chime alone tells nobody the number
      return false;
    }
    const volume = hallVoice(board().state).volumeAt(at);
    const from = nth === 1 ? 0 : (clip.sentenceMs ?? 0); // the chime opens a call; a repeat is the sentence alone
    if (!(await this.#sound(clip, from, volume))) return false; // it stays the next one until it expires
    this.#readingMs = clip.durationMs - from;
    this.#queue.read();
    this.#seq = announcement.seq;
    this.#remember(announcement, now());
    this.#report();
    const { seq, number, counter, recall } = announcement;
    played({ seq, number, counter, recall, nth, volume });
    return true;
  }

  /** A test is said also in silent hours, because a person has just asked for it. */
  async #say(test) {
    const clip = await this.#ports.clip(null);
    const voice = hallVoice(this.#ports.board().state);
    const volume = voice.volumeAt(this.#ports.now()) || voice.usual;
    if (await this.#sound(clip, 0, volume)) {
      this.#report();
      this.#ports.played({ test, volume });
    }
    return true;
  }

  /** Play it; whether it was heard. */
  async #sound(clip, fromMs, volume) {
    this.#health.voice = clip.voice ?? "";
    if (!clip.voice) this.#health.failures += 1;
    try {
      await this.#ports.play(clip, fromMs, gainOf(volume));
    } catch (error) {
      console.error("a clip could not be played", error);
      this.#health.failures += 1;
      this.#waitUntil = this.#ports.now() + RETRY_MS;
      this.#report();
      return false;
    }
    this.#health.spoken_at = new Date(this.#ports.now()).toISOString();
    return true;
  }

  #report() {
    return this.#ports.ack(this.#seq, { ...this.#health });
  }

  /** Fetched as soon as the call is there, so that it is ready when its turn comes; what failed is fetched again. */
  #clipOf(announcement) {
    const known = this.#clips.get(announcement);
    if (known !== undefined) return known;
    const clip = this.#ports.clip(announcement).then((found) => {
      if (!found.voice) this.#clips.delete(announcement);
      return found;
    });
    this.#clips.set(announcement, clip);
    return clip;
  }

  /** Also what was dropped: after a reload, another board may not know why. What has expired is forgotten. */
  #remember({ id, expiresAt }, at) {
    if (this.#spoken.has(id)) return;
    for (const [old, until] of this.#spoken) if (until <= at) this.#spoken.delete(old);
    this.#spoken.set(id, expiresAt);
    this.#ports.memory.keep(this.#spoken);
  }
}
