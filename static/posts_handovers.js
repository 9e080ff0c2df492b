// Handovers 交接: giving a post over, taking it, and what was told of it.

import { openDialog, say } from "./dialog.js";
import { clone, fill } from "./page.js";
import { moment, nameOf, obstacle, text } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const element = (id) => document.getElementById(id);

/** The list of handovers, and the question by which a post is handed over. desk: as of Absences. */
export class Handovers {
  #desk;

  constructor(desk) {
    this.#desk = desk;
    element("handover-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#give(event.submitter ?? event.target.querySelector("[data-submit]"));
    });
    element("handover-giver")?.addEventListener("change", () => this.#offerTakers());
    element("handover-post").addEventListener("change", () => this.#offerTakers());
  }

  draw() {
    const { handovers } = this.#desk.plan();
    syncRows(element("handovers"), handovers, { key: ({ id }) => id, make: () => clone("handover-row"), update: (row, one) => this.#write(row, one) });
    element("no-handovers").hidden = handovers.length > 0;
  }

  /** Ask to whom a post goes. numbers: of the tickets that are open; post, taker: which is meant, and to whom, if known. */
  ask(numbers = [], { post, taker } = {}) {
    const { posts, people } = this.#desk.plan();
    openDialog("handover");
    const mine = posts.filter((post) => this.#desk.mayPlan || this.#isMine(post));
    element("handover-post").replaceChildren(...(mine.length > 0 ? mine : posts).map(({ id, name }) => new Option(name, id)));
    element("handover-giver")?.replaceChildren(...people.map(({ id, name }) => new Option(name, id)));
    element("handover-numbers").value = numbers.join(" ");
    if (post !== undefined) element("handover-post").value = post;
    this.#offerTakers();
    if (taker !== undefined) element("handover-taker").value = taker;
  }

  /** Whether I hold that post, or stand there now. */
  #isMine({ id, a, b }) {
    const { me } = this.#desk;
    return a === me || b.includes(me) || this.#desk.plan().on_duty[id]?.clerk === me;
  }

  /** Everybody but the giver, the post's own people first. */
  #offerTakers() {
    const { posts, people } = this.#desk.plan();
    const post = posts.find(({ id }) => id === element("handover-post").value);
    const giver = element("handover-giver")?.value ?? this.#desk.me;
    const holders = [post?.a, ...(post?.b ?? [])];
    const takers = people.filter(({ id }) => id !== giver);
    takers.sort((one, other) => holders.includes(other.id) - holders.includes(one.id));
    const chosen = element("handover-taker").value;
    element("handover-taker").replaceChildren(...takers.map(({ id, name }) => new Option(name, id)));
    if (takers.some(({ id }) => id === chosen)) element("handover-taker").value = chosen;
  }

  async #give(button) {
    const taker = element("handover-taker").value;
    const numbers = element("handover-numbers").value.split(/[\s,\uFF0C\u3001]+/).filter(Boolean);
    const note = element("handover-note").value.trim();
    const giver = element("handover-giver")?.value;
    const body = { post: element("handover-post").value, taker, numbers, ...(giver && { giver }), ...(note && { note }) };
    const answer = await this.#desk.order(button, "POST", "/handovers", body);
    if (answer === null) return;
    if (!answer.ok) return say(element("handover-form").querySelector("[data-message]"), obstacle(answer.problem), "is-bad");
    element("handover-dialog").close();
    this.#desk.done(fill(text.handed_over, { name: nameOf(this.#desk.plan().names, taker) }));
  }

  #write(row, handover) {
    const { names, posts } = this.#desk.plan();
    const [head, when, numbers, note, tools] = row.children;
    const post = posts.find(({ id }) => id === handover.post)?.name ?? handover.post;
    write(head.querySelector("strong"), fill(text.handover, { post, giver: nameOf(names, handover.giver), taker: nameOf(names, handover.taker) }));
    write(head.querySelector(".badge"), text.direction[handover.direction]);
    const taken = handover.taken_at ? fill(text.taken, { time: moment(handover.taken_at) }) : text.not_taken;
    write(when, [fill(text.given, { time: moment(handover.given_at) }), taken].join(text.separator));
    numbers.hidden = handover.numbers.length === 0;
    write(numbers, fill(text.numbers, { numbers: handover.numbers.join(text.listing) }));
    this.#writeTools(tools, handover, note);
  }

  #writeTools(tools, handover, line) {
    const mine = handover.taker === this.#desk.me && !handover.taken_at;
    const offered = String([mine, line.hidden]);
    if (tools.dataset.offered === offered) return; // the same buttons stay under the hand
    tools.dataset.offered = offered;
    tools.replaceChildren();
    if (mine) tools.append(this.#button("take-button", (button) => this.#take(button, handover)));
    if (this.#desk.role === "district") return;
    if (handover.has_note && line.hidden) tools.append(this.#button("note-button", (button) => this.#read(button, handover, line)));
    const print = clone("print-link");
    print.href = `/handover/${this.#desk.hallId}/${handover.id}`;
    tools.append(print);
  }

  #button(template, press) {
    const button = clone(template);
    button.addEventListener("click", () => press(button));
    return button;
  }

  async #take(button, handover) {
    const answer = await this.#desk.order(button, "POST", `/handovers/${handover.id}/take`, {});
    if (answer === null) return;
    if (answer.ok) this.#desk.done(text.taken_over);
    else this.#desk.refused(obstacle(answer.problem));
  }

  async #read(button, handover, line) {
    const answer = await this.#desk.order(button, "GET", `/handovers/${handover.id}/note`);
    if (answer === null) return;
    if (!answer.ok) return this.#desk.refused(obstacle(answer.problem));
    line.hidden = false;
    write(line, answer.body.note === undefined ? text.no_note : fill(text.note_is, answer.body));
    this.draw();
  }
}
