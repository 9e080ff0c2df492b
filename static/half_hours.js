// A day in half hours: without a gap, whatever came of it, and the axis that its figures stand at.

export const SLOT_MS = 30 * 60000;
const LOOK_BACK_MS = 14 * 3600000; // a hall that is always open began its day no longer ago than this

/**
 * The half hours from the opening, or the first ticket, to the present one, without a gap.
 *
 * flow      of the topic `load`: {start: {issued, served, waiting}}
 * opening   likewise: [[start, end]]
 * now       milliseconds of the hall's time; waiting: how many wait now
 */
export function slotsOf(flow, opening, now, waiting) {
  const known = new Map(Object.entries(flow).map(([start, slot]) => [Date.parse(start), slot]));
  const current = now - (now % SLOT_MS);
  const opens = opening.map(([start]) => Date.parse(start)).filter((start) => start <= now && start > now - LOOK_BACK_MS);
  const first = Math.min(current, ...known.keys(), ...opens.map((start) => start - (start % SLOT_MS)));
  const slots = [];
  let last = 0;
  for (let start = first; start <= current; start += SLOT_MS) {
    const slot = known.get(start);
    last = start === current ? waiting : (slot?.waiting ?? last);
    slots.push({ start, issued: slot?.issued ?? 0, served: slot?.served ?? 0, waiting: last });
  }
  return slots;
}

/** The step of an axis that has five lines at most: 1, 2, 5, 10, … */
export function stepOf(most) {
  const rough = Math.max(most / 5, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough);
}
