// From what was answered in the wizard to a hall's set-up. Nothing here knows the page.

/** The windows that a plan proposes, each with a name of its own: {key, on, number, name, kind, queues, helps}. */
export function plannedWindows(plan) {
  return Object.entries(plan.counters).map(([number, counter]) => ({
    key: number,
    on: counter.kind !== "flexible",
    number: Number(number),
    name: counter.name,
    kind: counter.kind,
    queues: counter.queues,
    helps: counter.helps ?? [],
  }));
}

/** The hall's hours, from the form of that step. */
export function hoursOf({ hours, days = [], summer, ...at }) {
  if (hours === "always") return { always: true };
  const week = (spans) => Object.fromEntries([days].flat().map((day) => [day, spans]));
  if (hours === "through") return { weekly: week([[at.morning_from, at.afternoon_to]]) };
  const morning = [at.morning_from, at.morning_to];
  const weekly = week([morning, [at.afternoon_from, at.afternoon_to]]);
  if (!summer) return { weekly };
  const season = { first: at.summer_first, last: at.summer_last, weekly: week([morning, [at.summer_from, at.summer_to]]) };
  return { weekly, seasons: [season] };
}

/**
 * The set-up of a hall without its people.
 *
 * place, hours   the forms of those steps
 * windows        those that the hall has
 * plan           {queues, counters} of the hall's level
 */
export function setUpOf(place, hours, windows, plan) {
  const used = new Set(windows.flatMap((each) => each.queues));
  const counters = windows.map(({ number, name, kind, queues, helps }) => [
    number,
    { number, name, kind, queues, helps: helps.filter((queue) => used.has(queue)) },
  ]);
  const queues = Object.entries(plan.queues).filter(([id]) => used.has(id)).map(([id, queue]) => [id, { ...queue, id }]);
  return {
    name: place.name.trim(),
    level: place.level,
    place: place.place.trim(),
    phone: place.phone.trim(),
    queues: Object.fromEntries(queues),
    counters: Object.fromEntries(counters),
    hours: hoursOf(hours),
  };
}

/** The posts of the windows that somebody holds. people: {key: {id, b}}, b being the key of the deputy's window. */
export function postsOf(windows, people) {
  const held = windows.filter((each) => people[each.key]?.id);
  return Object.fromEntries(
    held.map(({ key, number, name }) => {
      const deputy = people[people[key].b]?.id;
      return [`post-${number}`, { id: `post-${number}`, name, counter: number, a: people[key].id, b: deputy ? [deputy] : [] }];
    }),
  );
}
