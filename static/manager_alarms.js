// Alarms about devices: at the top of the page in words, colour and sign.

import { attend } from "./manager_attention.js";
import { nameOf, whenOf } from "./manager_devices.js";
import { clone, fill, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);

/** Show what `…/watch` answered at `now`, in milliseconds of the hall's time. */
export function renderAlarms({ alarms, devices }, now) {
  const known = new Map(devices.map((device) => [device.id, device]));
  const nameBy = (id) => nameOf(known.get(id));
  const rows = alarms
    .filter(({ since }) => since !== undefined)
    .map(({ kind, device, since }) => {
      const what = kind === "missing" ? kind : `${kind}_${known.get(device).role}`;
      const said = fill(text.alarm[what] ?? text.alarm[kind], { device: nameBy(device), time: whenOf(since, now) });
      return { key: `${kind} ${device}`, said, remedy: text.remedy[what] };
    });
  const never = alarms.filter(({ since }) => since === undefined).map(({ device }) => nameBy(device));
  if (never.length > 0) {
    const said = fill(text.alarm.never, { devices: never.join(text.listing) });
    rows.push({ key: `never ${never.length}`, said, remedy: text.remedy.never });
  }
  element("alarms").hidden = rows.length === 0;
  syncRows(element("alarm-list"), rows, {
    key: ({ key }) => key,
    make: () => clone("alarm-row"),
    update(row, { said, remedy }) {
      write(row.querySelector("strong"), said);
      write(row.querySelector("span"), remedy);
    },
  });
  attend("devices", new Map(rows.map(({ key }) => [key, 0])));
}
