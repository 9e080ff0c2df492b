// Of the posts: the roster 排班, who of a post's holders is there in each half day of the week. What it leaves out is A.

import { clone, fill } from "./page.js";
import { write } from "./rows.js";

const USUAL = "usual"; // nothing is said: A
const NOBODY = "";

export class Roster {
  #row;
  #words;
  #holders;

  /**
   * row      of a post, with a place for the roster: [data-roster]
   * words    the page's
   * holders  () → the post's people as the row has them now: [{id, name}]
   */
  constructor(row, words, holders) {
    this.#row = row;
    this.#words = words;
    this.#holders = holders;
    row.querySelector("[data-roster]").replaceWith(clone("roster"));
    row.querySelector(".admin-roster").addEventListener("change", () => this.#tell());
  }

  /** Show what the set-up has. */
  write(roster) {
    this.offer((when) => roster[when] ?? USUAL);
  }

  /** Offer the post's people as they are now; who is none any more is A again. chosen: (half day) → value. */
  offer(chosen = (when, select) => select.value) {
    const people = this.#holders().map(({ id, name }) => [name, id]);
    for (const select of this.#selects()) {
      const value = chosen(select.dataset.when, select);
      const options = [[this.#words.roster.usual, USUAL], ...people, [this.#words.roster.nobody, NOBODY]];
      select.replaceChildren(...options.map(([words, of]) => new Option(words, of)));
      select.value = value;
      if (select.selectedIndex < 0) select.value = USUAL;
    }
    this.#tell();
  }

  /** The half days that are otherwise than usual, as the set-up has them. */
  read() {
    const said = this.#selects().filter(({ value }) => value !== USUAL);
    return Object.fromEntries(said.map(({ dataset, value }) => [dataset.when, value]));
  }

  #selects() {
    return [...this.#row.querySelectorAll("[data-when]")];
  }

  /** How many half days are otherwise, where the whole is folded up. */
  #tell() {
    const count = Object.keys(this.read()).length;
    const { roster } = this.#words;
    write(this.#row.querySelector(".admin-roster summary"), count === 0 ? roster.always : fill(roster.otherwise, { count }));
  }
}
