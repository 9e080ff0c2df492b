// What a phone keeps of its holder's tickets for when the network is away: what stands on the slip and on the wall, no more.

const NAME = "jiaohao.ticket ";

/**
 * Keep how a ticket stands, in place of what was kept of it before.
 *
 * track   what its page's address ends in
 * kept    {hall, number, queue?, standing, counter?}, as phone_ticket.js reads it; at, heard: when that was the present, by the
 *         server's clock (RFC 3339) and by this phone's (ms); ends: when its day is over and it goes (RFC 3339)
 */
export function keep(track, { hall, number, queue, standing, counter, at, heard, ends }) {
  const kept = { hall, number, queue, standing, counter, at, heard, ends };
  use((storage) => storage.setItem(NAME + track, JSON.stringify(kept)));
}

/** Nothing is left to know of a ticket. */
export const forget = (track) => use((storage) => storage.removeItem(NAME + track));

/** What is kept of a ticket; undefined for nothing. */
export const kept = (track) => all().get(track);

/** The track of the ticket that was heard of last; undefined without any. */
export const latest = () => [...all()].sort(([, a], [, b]) => a.heard - b.heard).at(-1)?.[0];

/** Everything that is kept, by track, after what is over was taken away. */
function all() {
  const found = new Map();
  use((storage) => {
    for (const name of Object.keys(storage).filter((each) => each.startsWith(NAME))) {
      const kept = parse(storage.getItem(name));
      if (Date.parse(kept?.ends) > Date.now()) found.set(name.slice(NAME.length), kept);
      else storage.removeItem(name);
    }
  });
  return found;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function use(act) {
  try {
    act(localStorage);
  } catch {
    // This browser keeps nothing: then there is nothing to show without a network.
  }
}

all(); // so that what is over goes whenever a page of the phone is opened
