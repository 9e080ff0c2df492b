// What a desk will show once the server has done what was pressed: the page shows it at once, and the truth when it
// comes. Pure.

/**
 * The state of topic `desk.{n}` after a command, as far as a page can know; the same state where it cannot.
 *
 * asked   what the command names: number, ticket (an id), post, capacity, back_at, confirmed
 * at      the hall's time now, as on the wire
 *
 * A ticket that was just chosen is `unsure`: another counter may have been faster, and another number comes.
 */
export function expected(state, command, asked, at) {
  const change = CHANGES[command];
  return (change && change(state, asked, at)) ?? state;
}

const CHANGES = {
  next: (state, asked, at) => called(state, inLine(state)[0], at),
  call: (state, { number }, at) => called(state, inLine(state).find(([, entry]) => entry.number === number), at),
  recall: (state) => withLeg(state, {}, ({ recalls }) => ({ recalls: recalls + 1 })),
  start: (state, asked, at) => withLeg(state, { state: "serving" }, () => ({ started_at: at })),
  finish: done,
  transfer: done,
  "no-show": gone,
  hold: (state) => {
    const { id, number, queue } = state.ticket ?? {};
    return id && { ...gone(state), held: { ...state.held, [id]: { number, queue, counter: state.counter.number } } };
  },
  "resume-ticket": (state, { number }, at) => {
    const [id, entry] = Object.entries(state.held).find(([, held]) => held.number === number) ?? [];
    const times = { called_at: at, started_at: at };
    return id && { ...state, held: without(state.held, id), ticket: ticketOf(id, { issued_at: at, ...entry }, "serving", times) };
  },
  pause: (state, { back_at: back }) => ({
    ...state,
    counter: { ...state.counter, ...(back ? { state: "away", back_at: back } : { state: "paused" }) },
  }),
  resume: (state) => ({ ...state, counter: { ...without(state.counter, "back_at"), state: "open" } }),
  return: (state, { ticket }) => ({ ...state, absent: without(state.absent, ticket) }),
  "confirm-priority": (state, { ticket }) => withPriority(state, ticket, () => ({ priority_confirmed: true })),
  "withdraw-priority": (state, { ticket }) =>
    withPriority(state, ticket, () => ({ priority: undefined, priority_confirmed: undefined })),
  cover: (state, { post, capacity }) => withCovers(state, { ...state.duty?.covers, [post]: capacity }),
  uncover: (state, { post }) => withCovers(state, without(state.duty?.covers ?? {}, post)),
};

const inLine = ({ line }) => Object.entries(line).sort(([, a], [, b]) => a.place - b.place);

const without = (members, name) => Object.fromEntries(Object.entries(members).filter(([other]) => other !== name));

const withCovers = (state, covers) => state.duty && { ...state, duty: { ...state.duty, covers } };

function gone(state) {
  return without(state, "ticket");
}

/** The leg at this counter is over, and can be rated. */
function done(state) {
  const { number, legs } = state.ticket ?? {};
  return number && { ...gone(state), last: { number, leg: Object.keys(legs).length, rated: false } };
}

function called(state, chosen, at) {
  if (chosen === undefined) return undefined;
  const [id, entry] = chosen;
  const { waiting } = state;
  return {
    ...state,
    line: without(state.line, id),
    waiting: { ...waiting, [entry.queue]: Math.max(0, (waiting[entry.queue] ?? 1) - 1) },
    ticket: { ...ticketOf(id, entry, "called", { called_at: at }), unsure: true },
  };
}

function ticketOf(id, entry, state, times) {
  return { ...without(entry, "place"), id, state, legs: { 1: { leg: 1, recalls: 0, ...times } } };
}

function withLeg({ ticket, ...rest }, changed, change) {
  if (ticket === undefined) return undefined;
  const [last, leg] = Object.entries(ticket.legs).at(-1);
  return { ...rest, ticket: { ...ticket, ...changed, legs: { ...ticket.legs, [last]: { ...leg, ...change(leg) } } } };
}

function withPriority(state, id, change) {
  if (state.ticket?.id === id) return { ...state, ticket: { ...state.ticket, ...change() } };
  return id in state.line ? { ...state, line: { ...state.line, [id]: { ...state.line[id], ...change() } } } : undefined;
}
