// Absences: who, from when to when, who stands in; reporting one, and taking it back.

import { openDialog, say } from "./dialog.js";
import { clone, fill } from "./page.js";
import { rank } from "./posts_breaks.js";
import { halfDay, nameOf, obstacle, span, text } from "./posts_words.js";
import { syncRows, write } from "./rows.js";

const element = (id) => document.getElementById(id);

/**
 * The list of absences, and the question by which one is reported.
 *
 * desk   {hall, me, plan(), mayPlan, order(button, method, path, body), done(words)}: see posts_week.js
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
    const tomorrow = new Date(Date.parse(`${current.day}T12:00:00Z`) + 86400000).toISOString().slice(0, 10);
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
    const { names, current } = this.#desk.plan();
    const [head, when, deputies, reason, tools] = row.children;
    write(head.querySelector("strong"), fill(text.absence, { name: nameOf(names, absence.clerk), kind: text.kinds[absence.kind] }));
    head.querySelector(".badge").hidden = !absence.late;
    const by = absence.by === absence.clerk ? "" : fill(text.reported_by, { name: nameOf(names, absence.by) });
    write(when, [span(absence.first, absence.last), by].filter(Boolean).join(text.separator));
    this.#writeDeputies(deputies, absence);
    if (tools.childElementCount > 0) return; // its buttons are there, and what they do depends on time alone
    if (absence.has_reason && this.#desk.role !== "district") tools.append(this.#button("reason-button", (button) => this.#read(button, absence, reason)));
    const over = rank(absence.last) < rank(current);
    if (over || !(this.#desk.mayPlan || absence.clerk === this.#desk.me)) return;
    const begun = rank(absence.first) < rank(current);
    const said = begun ? text.back : text.withdrawn;
    tools.append(this.#button(begun ? "return-early-button" : "withdraw-button", (button) => this.#send(button, "DELETE", `/absences/${absence.id}`, undefined, said)));
  }

  #writeDeputies(list, absence) {
    const { names, posts } = this.#desk.plan();
    const shown = [...absence.deputies].sort((one, other) => rank(one.first).localeCompare(rank(other.first)));
    syncRows(list, shown.length > 0 ? shown : [null], {
      key: (one) => (one === null ? "none" : `${one.post} ${one.deputy} ${halfDay(one.first)}`),
      make: () => clone("deputy-row"),
      update: (row, one) => {
        if (one === null) return write(row.firstElementChild, text.no_deputy);
        const post = posts.find(({ id }) => id === one.post)?.name ?? one.post;
        write(row.firstElementChild, fill(text.deputy, { post, name: nameOf(names, one.deputy), span: span(one.first, one.last) }));
        if (!this.#desk.mayPlan || row.childElementCount > 1) return;
        const { post: of, first, last } = one;
        row.append(this.#button("undepute-button", (button) => this.#send(button, "POST", `/absences/${absence.id}/deputy`, { post: of, deputy: null, first, last }, this.#desk.words.undeputed)));
      },
    });
  }

  #button(template, press) {
    const button = clone(template);
    button.addEventListener("click", () => press(button));
    return button;
  }

  async #send(button, method, path, body, said) {
    const answer = await this.#desk.order(button, method, path, body);
    if (answer === null) return;
    if (answer.ok) this.#desk.done(said);
    else this.#desk.refused(obstacle(answer.problem));
  }

  async #read(button, absence, line) {
    const answer = await this.#desk.order(button, "GET", `/absences/${absence.id}/reason`);
    if (answer === null) return;
    if (!answer.ok) return this.#desk.refused(obstacle(answer.problem));
    line.hidden = false;
    write(line, answer.body.reason === undefined ? text.no_reason : fill(text.reason_is, answer.body));
    button.remove();
  }
}
