// What a ticket's topic means to its holder. Pure: no page, no clock.

const RATABLE = new Set(["served", "transferred"]);

/**
 * Read the topic's state; `names` is {queues: {id: {name, kind, prefix}}, counters: {number: name}}.
 *
 * standing   the ticket's state; or "next" and "moved" of one that waits, "gone" of one that is no longer kept; phone.js
 *            adds "missing", of one that the server does not know any more
 * number     "A001"; undefined once it is gone
 * queue      {name, kind, prefix}; undefined of a queue that the hall has no more
 * counter    {number, name}, where it was called last; undefined before
 * call       names the call that stands now, another for each recall; null while it is not called
 * legs       those that were served, in order: {leg, counter, rated}
 * settled    whether nothing is left to happen or to do
 */
export function read(state, names) {
  const legs = Object.values(state.legs ?? {}).sort((a, b) => a.leg - b.leg);
  const last = legs.at(-1);
  const number = state.counter?.number ?? last?.counter;
  const served = legs
    .filter(({ outcome }) => RATABLE.has(outcome))
    .map(({ leg, counter }) => ({ leg, counter, rated: state.rated?.[leg] === true }));
  const over = !["waiting", "called", "serving", "held", "absent"].includes(state.state);
  return {
    standing: standing(state, last),
    number: state.number,
    queue: names.queues[state.queue],
    counter: number === undefined ? undefined : { number, name: state.counter?.name ?? names.counters[number] ?? "" },
    ahead: state.ahead,
    estimate: state.estimate,
    call: state.state === "called" ? `${last.called_at} ${last.recalls}` : null,
    legs: served,
    settled: over && served.every(({ rated }) => rated),
  };
}

function standing({ number, state, ahead }, last) {
  if (number === undefined) return "gone";
  if (state !== "waiting") return state;
  if (ahead === 0) return "next";
  return last?.outcome === "transferred" ? "moved" : "waiting";
}
