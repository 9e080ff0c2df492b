// Time as a hall counts it: only while it is open does anybody wait.

/** Milliseconds of [since, now) in which the hall was open. opening: of a topic, [[start, end]] as texts. */
export function openMs(opening, since, now) {
  const spans = opening.map((span) => span.map((at) => Date.parse(at)));
  return spans.reduce((total, [start, end]) => total + Math.max(Math.min(end, now) - Math.max(start, since), 0), 0);
}
