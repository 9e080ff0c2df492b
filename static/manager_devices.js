// The hall's devices: who is there, and which call each showed or spoke last.

import { minutesSince } from "./hall_time.js";
import { clone, dateOf, exactTimeOf, fill, timeOf, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);

/** What people call a device: "大屏 二楼". */
export function nameOf({ role, counter, label }) {
  const name = counter ? fill(text.role_at[role], { counter }) : text.role[role];
  return label ? `${name} ${label}` : name;
}

/** "10:20" today, "11月23日周一 10:20" on another day. */
export function whenOf(instant, now) {
  const at = new Date(instant);
  const day = dateOf(at);
  return day === dateOf(new Date(now)) ? timeOf(at) : `${day} ${timeOf(at)}`;
}

function agoOf(instant, now) {
  const minutes = minutesSince(instant, now);
  return minutes < 1 ? text.ago_less : fill(text.ago, { minutes });
}

/** Show what `…/watch` answered at `now`, in milliseconds of the hall's time. */
export function renderDevices({ devices, alarms, strangers }, now) {
  element("devices-empty").hidden = devices.length > 0;
  const alarmed = new Set(alarms.map(({ device }) => device));
  syncRows(element("devices"), devices, {
    key: ({ id }) => id,
    make: () => clone("device-row"),
    update: (row, device) => renderDevice(row, device, alarmed.has(device.id), now),
  });
  const others = Object.entries(strangers).filter(([, count]) => count > 0);
  write(element("strangers"), others.map(([kind, count]) => fill(text.strangers[kind], { count })).join(" "));
}

function renderDevice(row, device, isAlarmed, now) {
  const here = device.connections > 0;
  row.classList.toggle("is-alarmed", isAlarmed);
  write(row.querySelector("strong"), nameOf(device));
  const badge = row.querySelector(".badge");
  badge.dataset.state = here ? "open" : "closed";
  write(badge, here ? text.online : text.offline);
  const lines = linesOf(device, here, now).map((line, place) => ({ place, ...line }));
  syncRows(row.querySelector("ul"), lines, {
    key: ({ place }) => place,
    make: () => document.createElement("li"),
    update(line, { words: said, isBad = false }) {
      line.classList.toggle("is-over", isBad);
      write(line, said);
    },
  });
}

/** What is to be said of a device, in its order: [{words, isBad}]. */
function linesOf(device, here, now) {
  const { since, seen_at: seen, acked, behind = 0, voice, failures = 0, spoken_at: spoken } = device;
  const lines = [];
  if (here) lines.push({ words: fill(text.since, { time: whenOf(since, now), ago: agoOf(seen, now) }) });
  else if (seen) lines.push({ words: fill(text.last_seen, { time: whenOf(seen, now), ago: agoOf(seen, now) }) });
  else lines.push({ words: text.never });
  if (acked) {
    const time = exactTimeOf(new Date(acked.at));
    const of = device.role === "announcer" ? text.spoke : text.showed;
    lines.push({ words: fill(of, { ...acked, time, ago: agoOf(acked.at, now) }) });
  }
  if (here && behind > 0) lines.push({ words: fill(text.behind, { count: behind }) });
  if (voice === "" && (spoken || failures > 0)) lines.push({ words: text.chime_only, isBad: true });
  else if (voice) lines.push({ words: fill(text.voice, { voice }) });
  if (spoken) lines.push({ words: fill(text.sounded, { time: whenOf(spoken, now), ago: agoOf(spoken, now) }) });
  if (failures > 0) lines.push({ words: fill(text.failures, { count: failures }), isBad: true });
  return lines;
}
