// The list of bad ratings: how many stand where, what is still to be done, the most urgent first, and what is over.

import { daysBetween } from "./days.js";
import { newest } from "./newest.js";
import { clone, dateOf, fill, readJson, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const { names } = readJson("ratings-data");
const element = (id) => document.getElementById(id);

let shown = null; // what the list was last drawn from
const cut = newest(element("over-more"), text.more, () => showList(...shown));

/** A local day of the wire, "2026-06-08", as people say it. */
export const dayOf = (day) => dateOf(new Date(`${day}T12:00:00+08:00`));

/** Who served, and in which capacity. */
export const whoOf = ({ clerk, capacity }) =>
  fill(text.who, { name: names[clerk] ?? text.somebody, capacity: text.capacity[capacity] });

/** By when it is due, as of a local day; of one that is over, whether that was kept. */
export function dueOf(one, today) {
  const day = dayOf(one.due_on);
  if (one.state === "finished") return one.in_time ? text.in_time : text.late;
  if (one.state === "invalid") return fill(text.due_over, { day });
  const days = daysBetween(today, one.due_on);
  if (days === 0) return text.due_today;
  return days > 0 ? fill(text.due_in, { day, days }) : fill(text.due_past, { day, days: -days });
}

/** Write where it stands into its badge. */
export function writeState(badge, one) {
  badge.dataset.state = one.overdue ? "overdue" : one.state;
  write(badge, one.overdue && one.state === "pending" ? text.overdue : text.state[one.state]);
}

/** Show `{rectifications, today}` as the server has it; chosen: the id of the one that is looked at. */
export function showList({ rectifications, today }, chosen) {
  shown = [{ rectifications, today }, chosen];
  const isOver = ({ state }) => state === "finished" || state === "invalid";
  const open = rectifications.filter((one) => !isOver(one));
  const over = rectifications.filter(isOver);
  const count = (of) => String(open.filter(of).length);
  write(element("sum-pending"), count(({ state }) => state === "pending"));
  write(element("sum-under-way"), count(({ state }) => state === "under_way"));
  write(element("sum-review"), count(({ review }) => review !== undefined));
  write(element("sum-overdue"), count(({ overdue }) => overdue));
  element("overdue-panel").classList.toggle("is-over", open.some(({ overdue }) => overdue));
  element("none").hidden = rectifications.length > 0;
  showRows("open", open, today, chosen);
  showRows("over", cut(over, ({ id }) => id === chosen), today, chosen);
}

function showRows(name, rows, today, chosen) {
  element(`${name}-title`).hidden = rows.length === 0;
  element(name).hidden = rows.length === 0;
  syncRows(element(name), rows, {
    key: ({ id }) => id,
    make: () => clone("row"),
    update(row, one) {
      const link = row.firstElementChild;
      const [head, who, due] = link.children;
      const [number, level, badge] = head.children;
      link.href = `#${one.id}`;
      if (one.id === chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      write(number, one.number);
      write(level, text.level[one.level]);
      writeState(badge, one);
      write(who, `${dayOf(one.business_day)} ${fill(text.counter, one)} ${whoOf(one)}`); // a number comes again every day
      write(due, dueOf(one, today));
    },
  });
}
