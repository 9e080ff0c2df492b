// Commands of a page that follows a topic, one at a time: a press counts at once, and twice does no harm.
// A lost network is no answer: the same command goes out with the same key until there is one; api.js sees to the key.

import { api } from "./api.js";

const SLOW_MS = 2500;
const FRAME_MS = 500; // an accepted command's frame is usually here before its answer

export class Commands {
  #pending = null; // {command}: neither answered yet nor seen to have happened
  #states = 0; // how many the topic has shown
  #waiting = [];
  #started;
  #slow;

  /** started(): a command is on its way; slow(): the one that is under way takes long. */
  constructor({ started, slow }) {
    this.#started = started;
    this.#slow = slow;
  }

  /** The command under way; null when the next may be pressed. */
  get underWay() {
    return this.#pending?.command ?? null;
  }

  /** The topic has a new state. happened: whether it shows that the command under way was done. */
  saw(happened) {
    this.#states += 1;
    if (happened) this.#pending = null;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /**
   * Send a command; null if another one is under way, which counts instead.
   *
   * shows   whether the topic will show that an accepted one was done: then the page is given the time to
   *
   * Returns what api() does, with `overtaken` when the next command is on its way by now, and what that says counts.
   */
  async send(command, path, body, shows = () => true) {
    if (this.#pending !== null) return null;
    const mine = { command };
    this.#pending = mine;
    this.#started();
    const slow = setTimeout(() => this.#pending === mine && this.#slow(), SLOW_MS);
    const before = this.#states;
    const answer = await api("POST", path, body, { patienceS: Infinity }); // whether it was done must become known
    clearTimeout(slow);
    if (answer.ok && this.#states === before && shows(answer)) await this.#nextState();
    const overtaken = this.#pending !== mine && this.#pending !== null;
    if (!overtaken) this.#pending = null;
    return { ...answer, overtaken };
  }

  #nextState() {
    return new Promise((tell) => {
      this.#waiting.push(tell);
      setTimeout(tell, FRAME_MS);
    });
  }
}
