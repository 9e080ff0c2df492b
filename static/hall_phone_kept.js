// What a citizen's phone keeps: in the tab, the hall's code and the command that is under way; in the browser, its tickets.

const MOST_TICKETS = 5;

/** A value under a name, null when there is none or the browser keeps nothing; `null` takes it away. */
function place(storage, name) {
  return {
    read() {
      try {
        return JSON.parse(storage().getItem(name));
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        if (value === null) storage().removeItem(name);
        else storage().setItem(name, JSON.stringify(value));
      } catch {
        // It lasts as long as the page.
      }
    },
  };
}

/** code: text. command: {key, request}, from when it is sent until it is answered. tickets: [{id, number, queue, track}]. */
export function kept(hall) {
  const tickets = place(() => localStorage, `jiaohao.tickets ${hall}`);
  return {
    code: place(() => sessionStorage, `jiaohao.code ${hall}`),
    command: place(() => sessionStorage, `jiaohao.taking ${hall}`),
    tickets: {
      read: () => tickets.read() ?? [],
      write: (all) => tickets.write(all.slice(-MOST_TICKETS)),
    },
  };
}
