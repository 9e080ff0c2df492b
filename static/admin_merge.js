// What somebody typed, and what somebody else saved meanwhile, brought together. Nothing here knows the page.

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other); // the order of queues counts, too
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Their value with what was typed over it.
 *
 * shown, typed      what a form said when it was filled, and what it says now
 * before, theirs    what the server had then, and what it has now
 *
 * Returns {value, torn}: `torn` when both changed the same thing; what was typed stands there in `value`.
 */
export function merge(shown, typed, before, theirs) {
  if (same(shown, typed)) return { value: theirs, torn: false };
  if (same(before, theirs)) return { value: typed, torn: false };
  if (![shown, typed, before, theirs].every(isTable)) return { value: typed, torn: !same(typed, theirs) };
  const ours = same(Object.keys(shown), Object.keys(typed)) ? [theirs, typed] : [typed, theirs]; // whose order it is
  const found = { value: {}, torn: false };
  for (const name of new Set(ours.flatMap(Object.keys))) {
    const part = merge(shown[name], typed[name], before[name], theirs[name]);
    if (part.value !== undefined) found.value[name] = part.value;
    found.torn ||= part.torn;
  }
  return found;
}
