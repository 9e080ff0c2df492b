// What stands in the hall: the worst first, in colour, word and shape, each with what to do and who can do it.

import { say } from "./dialog.js";
import { attend, URGENT } from "./manager_attention.js";
import { canBeSeenTo, lossSaid, lossToDo, seeTo, withoutSeenTo } from "./manager_losses.js";
import { peopleOf } from "./manager_people.js";
import { clone, fill, readJson, timeOf, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const { hall } = readJson("manager-data");
const element = (id) => document.getElementById(id);

const GRADES = { yellow: 0, orange: 1, red: URGENT };
const MOST = 6; // more would push the rest of the page out of sight
const PLACES = { // where it can be seen to
  post_uncovered: [`/manager/${hall}/week`, "week"], both_absent: [`/manager/${hall}/week`, "week"],
  bad_ratings: [`/manager/${hall}/ratings`, "ratings"], rectification_due: [`/manager/${hall}/ratings`, "ratings"],
  complaint_due: [`/complaints/${hall}`, "complaints"],
};

let latest = { alarms: [], now: 0 };

const keyOf = ({ kind, subject }) => `${kind} ${subject}`;

/** What the words for an alarm are called; once a limit is over, something else is to be done. */
const nameOf = ({ kind, colour }) => (kind.endsWith("_due") ? `${kind}_${colour === "red" ? "over" : "today"}` : kind);

function saidOf(alarm, now) {
  const { since } = alarm;
  if (alarm.kind === "history_lost") return lossSaid(alarm, now);
  const time = since === undefined ? "" : timeOf(new Date(since));
  return fill(text.standing[nameOf(alarm)], { ...alarm, people: peopleOf(alarm.actors), time });
}

function actOf(alarm) {
  const { kind, actors, lost } = alarm;
  if (kind === "history_lost") return text.act[lossToDo(lost)];
  const nobody = actors.length === 0 ? text.act[`${kind}_nobody`] : undefined;
  return fill(nobody ?? text.act[nameOf(alarm)], { people: peopleOf(actors) });
}

/** A row, whose button is for what ends when the head says so. */
function make() {
  const row = clone("standing-row");
  const button = row.querySelector("button");
  button.addEventListener("click", async () => {
    const alarm = latest.alarms.find((each) => keyOf(each) === row.dataset.key);
    const refused = alarm === undefined ? null : await seeTo(alarm, button);
    if (refused !== null) say(element("message"), refused, "is-bad");
    renderStanding(latest.alarms, latest.now);
  });
  return row;
}

function show(list, alarms, now) {
  syncRows(list, alarms, {
    key: keyOf,
    make,
    update(row, alarm) {
      const [colour, words, link, button] = row.children;
      colour.dataset.colour = alarm.colour;
      write(colour, text.colour[alarm.colour]);
      write(words.firstElementChild, saidOf(alarm, now));
      write(words.lastElementChild, actOf(alarm));
      const [address, name] = PLACES[alarm.kind] ?? [];
      link.hidden = address === undefined;
      if (address !== undefined) link.href = alarm.kind.endsWith("_due") ? `${address}#${alarm.subject}` : address;
      write(link, text.place[name] ?? "");
      button.hidden = !canBeSeenTo(alarm);
    },
  });
}

/** Show the alarms that `…/watch` answered at `now`, in milliseconds of the hall's time. */
export function renderStanding(answered, now) {
  latest = { alarms: answered, now };
  const alarms = withoutSeenTo(answered);
  element("standing-none").hidden = alarms.length > 0;
  show(element("standing-list"), alarms.slice(0, MOST), now);
  const rest = alarms.slice(MOST);
  element("standing-rest").hidden = rest.length === 0;
  write(element("standing-more"), fill(text.more, { count: rest.length }));
  show(element("standing-rest-list"), rest, now);
  const news = new Set(attend("standing", new Map(alarms.map((alarm) => [keyOf(alarm), GRADES[alarm.colour]]))));
  const said = alarms.filter((alarm) => news.has(keyOf(alarm))).map((alarm) => `${text.colour[alarm.colour]} ${saidOf(alarm, now)}`);
  if (said.length > 0) write(element("standing-said"), said.join(" "));
}
