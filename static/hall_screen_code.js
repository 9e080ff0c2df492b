// The QR by which a phone in the hall takes a ticket: there only while the code in it is the hall's own, and the link lives.

import { api } from "./api.js";
import { keepDeviceToken } from "./page.js";
import { pair, spaced } from "./pairing.js";

const ASK_MS = 20_000; // a code stays good for ten minutes after the next has come

/**
 * Follow the hall's code.
 *
 * hall      its id; token: the screen's own, null when it has none and must be let in first
 * changed   called when there is another code, or none any more
 */
export function hallCode({ hall, token, changed }) {
  const picture = new Image();
  let code = null;
  let known = token !== null; // whether the server knows this screen
  let wanted = false;
  let pairing = null;

  function become(next) {
    if (next === code) return;
    code = next;
    changed();
  }

  async function ask() {
    const answer = await api("GET", `/api/v1/halls/${hall}/code`, undefined, { token, patienceS: 0 });
    if (!answer.ok) {
      known = known && answer.status !== 401; // shut out
      letIn();
      return become(null);
    }
    const { code: next } = answer.body;
    if (next === code) return;
    picture.src = `/h/${hall}/qr.svg?code=${next}`;
    await picture.decode().then(() => become(next), () => become(null)); // shown when it can be, and whole
  }

  /** Ask to be let in, once, where there is something to show by it. */
  function letIn() {
    if (known || !wanted || pairing !== null) return;
    pairing = "";
    pair({
      hall,
      role: "screen",
      onCode: (asked) => (pairing = asked ?? ""),
      onToken(given) {
        if (!keepDeviceToken(given)) location.hash = `token=${given}`;
        location.reload();
      },
    });
  }

  if (token !== null) {
    setInterval(ask, ASK_MS);
    ask();
  }
  return {
    /** The code as people read it out, "ABCD EFGH"; null while there is none to be shown. */
    text: () => code?.replace(/(.{4})(?=.)/g, "$1 ") ?? null,
    picture,
    /** Told whether the hall lets phones take tickets. */
    want(allowed) {
      wanted = allowed;
      letIn();
    },
    /** What the head types to let this screen in, "123 456"; null while it is of no use. */
    pairing: () => (wanted && pairing ? spaced(pairing) : null),
    /** Ask now: the link has come back. */
    again: () => token !== null && ask(),
  };
}
