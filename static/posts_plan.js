// A week of the posts as a page has it: read now and then, and after each command; one command at a time.

import { api } from "./api.js";

const ASK_MS = 15000;

export class PostsPlan {
  #path;
  #changed;
  #now;
  #busy = false;
  readAt = null; // when it was read last; null before

  /**
   * hallId, me, role   whose posts, and who looks
   * plan               what GET …/staffing answers, or null while it was not read yet
   * from               the first day; undefined for this week
   * now()              milliseconds of the hall's time
   * changed(ok)        told when it was read anew, or could not be
   */
  constructor({ hallId, me, role, plan = null, from, now, changed }) {
    Object.assign(this, { hallId, me, role, current: plan });
    this.hall = `/api/v1/halls/${hallId}`;
    this.mayPlan = role === "head";
    this.#path = `${this.hall}/staffing${from ? `?from=${from}` : ""}`;
    this.#now = now;
    this.#changed = changed;
    if (plan !== null) this.readAt = new Date(now());
  }

  plan() {
    return this.current;
  }

  /** Read it anew; patience: how long to go on trying, in seconds. */
  async read(patience = 0) {
    const answer = await api("GET", this.#path, undefined, { patienceS: patience });
    if (answer.ok) [this.current, this.readAt] = [answer.body, new Date(this.#now())];
    this.#changed(answer.ok);
    return answer.ok;
  }

  /** Read it again and again, each time after the answer to the last. */
  async follow(everyMs = ASK_MS) {
    await this.read();
    setTimeout(() => this.follow(everyMs), everyMs);
  }

  /** Send one command, its button showing that it is under way; null while another one is. */
  async order(button, method, path, body) {
    if (this.#busy) return null;
    this.#busy = true;
    button.setAttribute("aria-busy", "true");
    const answer = await api(method, this.hall + path, body);
    button.removeAttribute("aria-busy");
    this.#busy = false;
    if (answer.ok && method !== "GET") await this.read();
    return answer;
  }
}
