// The hall's time on a page: the server's clock, with which the device's own need not agree.

import { timeOf } from "./page.js";

/** The hall's time now in milliseconds, by what a link of live.js heard last; the device's own time before that. */
export function hallNow(link) {
  const { asOf, ageS } = link?.status() ?? {};
  return asOf === undefined ? Date.now() : Date.parse(asOf) + ageS * 1000;
}

/** The hall's time at which a link's data was last the present: now, or when the link was lost. Milliseconds. */
export function knownAt(link) {
  const { state, asOf } = link?.status() ?? {};
  return state === "live" || asOf === undefined ? hallNow(link) : Date.parse(asOf);
}

/** "3:05", "1:02:33": how long something has lasted, in milliseconds; never less than nothing. */
export function lasted(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, place) => (place === 0 ? part : String(part).padStart(2, "0"))).join(":");
}

/** The instant of a time of day "HH:MM" on the hall's clock, on the day that it is there `now`; both in milliseconds. */
export function instantOf(clock, now) {
  const [hours, minutes] = clock.split(":").map(Number);
  const [hour, minute] = timeOf(new Date(now)).split(":").map(Number);
  const minuteNow = now - (now % 60000);
  return minuteNow + ((hours - hour) * 60 + minutes - minute) * 60000;
}

/** Whole minutes since an instant of the wire. */
export const minutesSince = (instant, now) => Math.max(0, Math.floor((now - Date.parse(instant)) / 60000));
