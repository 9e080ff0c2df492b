// Absences: who, from when to when, who stands in; reporting one, and taking it back.

import { dayAfter } from "./days.js";
import { openDialog, say } from "./dialog.js";
import { clone, fill } from "./page.js";
import { rank } from "./posts_breaks.js";
import { halfDay, nameOf, obstacle, span, text } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const element = (id) => document.getElementById(id);
const isFor = (handover, { id }, post) => handover.absence === id && handover.post === post && handover.direction === "out";

/**
 * The list of absences, and the question by which one is reported.
 *
 * desk   a PostsPlan that also tells how it went: done(words), refused(words)
 */
export class Absences {
  #desk;

  constructor(desk) {
    this.#desk = desk;
    element("absence-kind").replaceChildren(...Object.entries(text.kinds).map(([kind, words]) => new Option(words, kind)));
    element("absence-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#report(event.submitter ?? event.target.querySelector("[data-submit]"));
    });
    element("absence-first").addEventListener("change", () => {
      if (element("absence-last").value < element("absence-first").value) element("absence-last").value = element("absence-first").value;
    });
  }

  draw() {
    const { absences } = this.#desk.plan();
    syncRows(element("absences"), absences, { key: ({ id }) => id, make: () => clone("absence-row"), update: (row, one) => this.#write(row, one) });
    element("no-absences").hidden = absences.length > 0;
  }

  /** Ask for an absence: from tomorrow on, which is in time. */
  ask() {
    const { current, people } = this.#desk.plan();
    openDialog("absence");
    const tomorrow = dayAfter(current.day);
    for (const field of ["absence-first", "absence-last"]) Object.assign(element(field), { min: current.day, value: tomorrow });
    element("absence-clerk")?.replaceChildren(...people.map(({ id, name }) => new Option(name, id)));
  }

  async #report(button) {
    const [first, last] = ["first", "last"].map((end) => ({ day: element(`absence-${end}`).value, half: element(`absence-${end}-half`).value }));
    const reason = element("absence-reason").value.trim();
    const clerk = element("absence-clerk")?.value;
    const body = { first, last, kind: element("absence-kind").value, ...(clerk && { clerk }), ...(reason && { reason }) };
    const answer = await this.#desk.order(button, "POST", "/absences", body);
    if (answer === null) return;
    if (!answer.ok) return say(element("absence-form").querySelector("[data-message]"), obstacle(answer.problem), "is-bad");
    element("absence-dialog").close();
    const name = nameOf(this.#desk.plan().names, answer.body.clerk);
    this.#desk.done(fill(answer.body.late ? text.reported_late : text.reported, { name, span: span(first, last) }));
  }

  #write(row, absence) {
    const { names } = this.#desk.plan();
    const [head, when, deputies, reason, tools] = row.children;
    write(head.querySelector("strong"), fill(text.absence, { name: nameOf(names, absence.clerk), kind: text.kinds[absence.kind] }));
    head.querySelector(".badge").hidden = !absence.late;
    const by = absence.by === absence.clerk ? "" : fill(text.reported_by, { name: nameOf(names, absence.by) });
    write(when, [span(absence.first, absence.last), by].filter(Boolean).join(text.separator));
    this.#writeDeputies(deputies, absence);
    this.#writeTools(tools, absence, reason);
  }

  #writeTools(tools, absence, line) {
    const { current } = this.#desk.plan();
    const over = rank(absence.last) < rank(current);
    const begun = rank(absence.first) < rank(current);
    const asks = absence.has_reason && line.hidden && this.#desk.role !== "district";
    const ends = !over && (this.#desk.mayPlan || absence.clerk === this.#desk.me);
    const offered = [asks && "reason-button", ends && (begun ? "return-early-button" : "withdraw-button")].filter(Boolean);
    if (tools.dataset.offered === String(offered)) return; // the same buttons stay under the hand
    tools.dataset.offered = String(offered);
    const press = (name) => (name === "reason-button" ? (button) => this.#read(button, absence, line) : (button) => this.#end(button, absence));
    tools.replaceChildren(...offered.map((name) => this.#button(name, press(name))));
  }

  #writeDeputies(list, absence) {
    const { names, posts, handovers, current } = this.#desk.plan();
    const shown = [...absence.deputies].sort((one, other) => rank(one.first).localeCompare(rank(other.first)));
    syncRows(list, shown.length > 0 ? shown : [null], {
      key: (one) => (one === null ? "none" : `${one.post} ${one.deputy} ${halfDay(one.first)}`),
      make: () => clone("deputy-row"),
      update: (row, one) => {
        if (one === null) return write(row.firstElementChild, text.no_deputy);
        const post = posts.find(({ id }) => id === one.post)?.name ?? one.post;
        const said = fill(text.deputy, { post, name: nameOf(names, one.deputy), span: span(one.first, one.last) });
        const missing = rank(one.first) <= rank(current) && !handovers.some((handover) => isFor(handover, absence, one.post));
        write(row.firstElementChild, missing && this.#desk.mayPlan ? [said, text.not_given].join(text.separator) : said);
        if (!this.#desk.mayPlan || row.childElementCount > 1) return;
        row.append(this.#button("undepute-button", (button) => this.#undepute(button, absence, one)));
      },
    });
  }

  #button(template, press) {
    const button = clone(template);
    button.addEventListener("click", () => press(button));
    return button;
  }

  async #end(button, absence) {
    const answer = await this.#desk.order(button, "DELETE", `/absences/${absence.id}`);
    if (answer === null) return;
    if (answer.ok) this.#desk.done(answer.body.last ? text.back : text.withdrawn);
    else this.#desk.refused(obstacle(answer.problem));
  }

  async #undepute(button, absence, { post, first, last }) {
    const answer = await this.#desk.order(button, "POST", `/absences/${absence.id}/deputy`, { post, deputy: null, first, last });
    if (answer === null) return;
    if (answer.ok) this.#desk.done(text.undeputed);
    else this.#desk.refused(obstacle(answer.problem));
  }

  async #read(button, absence, line) {
    const answer = await this.#desk.order(button, "GET", `/absences/${absence.id}/reason`);
    if (answer === null) return;
    if (!answer.ok) return this.#desk.refused(obstacle(answer.problem));
    line.hidden = false;
    write(line, answer.body.reason === undefined ? text.no_reason : fill(text.reason_is, answer.body));
    this.draw();
  }
}
