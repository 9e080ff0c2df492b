// A desk's live link: the counter as everybody sees it until it is ours, then the desk's own topic. The head, who looks
// on, follows the desk from the start.

import { api } from "./api.js";
import { desk } from "./clerk_view.js";
import { hallNow, knownAt } from "./hall_time.js";
import { connect } from "./live.js";

const POST = `counter.${desk.counter}`; // everybody's view of the counter: who holds it
const DESK = `desk.${desk.counter}`; // the view of the clerk on duty, and of the head

export class DeskLink {
  state = null; // the newest of the topic
  status = { state: "connecting" };
  plate = ""; // the name of the one on duty, where it is not us

  #link = null;
  #watching = null; // stands for the connection that is listened to; what an earlier one still says is not heard
  #topic = null;
  #asked; // since when the one on duty is, whom we took for us
  #hear;

  /** hear: {state(next, before), status(status), plate()}, called when the one or the other is new. */
  constructor(hear) {
    this.#hear = hear;
  }

  begin() {
    this.#watch(desk.works ? POST : DESK);
  }

  get live() {
    return this.status.state === "live";
  }

  /** Whether the state is the desk's own. */
  get atDesk() {
    return this.#topic === DESK && this.state !== null && "counter" in this.state;
  }

  /** Whether we are on duty here. */
  get onDuty() {
    return this.atDesk && desk.works && this.state.duty?.clerk === desk.me;
  }

  /** The hall's time, in milliseconds. */
  now() {
    return hallNow(this.#link);
  }

  /** The hall's time at which the state was last the present. */
  knownAt() {
    return knownAt(this.#link);
  }

  #watch(topic) {
    this.#link?.close();
    this.#topic = topic;
    const mine = {};
    this.#watching = mine;
    this.#link = connect({
      url: `/api/v1/halls/${desk.hall.id}/live`,
      topic,
      onState: (next) => mine === this.#watching && this.#take(next),
      onStatus: (status) => mine === this.#watching && this.#follow(status),
    });
  }

  #take(next) {
    const other = this.#topicAfter(next);
    if (other !== this.#topic) return this.#watch(other);
    const before = this.state;
    this.state = next;
    this.#hear.state(next, before);
  }

  /** Whoever is on duty follows the desk; whoever is not, the counter as everybody sees it. */
  #topicAfter(next) {
    if (this.#topic === POST && this.#mayBeOurs(next.on_duty)) return DESK;
    if (this.#topic === DESK && desk.works && next.duty?.clerk !== desk.me) return POST;
    return this.#topic;
  }

  #follow(status) {
    if (this.#topic === DESK && desk.works && status.code === 4503) { // not ours, or not any more
      this.#readPlate();
      return this.#watch(POST);
    }
    this.status = status;
    this.#hear.status(status);
  }

  /** Whether the one on duty may be us: the desk's own topic tells, once for each duty; everybody's names nobody. */
  #mayBeOurs(duty) {
    if (duty === undefined || duty.since === this.#asked) return false;
    this.#asked = duty.since;
    this.plate = "";
    return true;
  }

  /** Read who holds the counter, where it is not us. */
  async #readPlate() {
    const since = this.#asked;
    const answer = await api("GET", `/evaluator/${desk.hall.id}/${desk.counter}/plate`);
    if (since !== this.#asked || !answer.ok) return;
    this.plate = answer.body.clerk ?? "";
    this.#hear.plate();
  }
}
