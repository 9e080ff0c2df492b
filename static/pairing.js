// A device without a token asks to be let in: it shows a code, and waits until somebody has typed it on the set-up page.

import { api } from "./api.js";

const LOOK_EVERY_MS = 3000;
const ASK_AGAIN_MS = 15_000;

/**
 * Ask until the device is let in.
 *
 * role      "kiosk", "screen" or "evaluator"; counter: an evaluator's own
 * onCode    told of each new code, "123456", and null while there is none
 * onToken   told once, of the device's token
 */
export function pair({ hall, role, counter, onCode, onToken }) {
  let asked = null;

  async function step() {
    if (asked === null) {
      const answer = await api("POST", "/api/v1/pairings", { hall, role, ...(counter && { counter }) });
      asked = answer.ok ? answer.body : null;
      onCode(asked?.code ?? null);
      return again(asked === null ? ASK_AGAIN_MS : LOOK_EVERY_MS);
    }
    const answer = await api("GET", `/api/v1/pairings/${asked.id}`);
    if (answer.ok && answer.body.state === "paired") return onToken(answer.body.token);
    if (!answer.ok && answer.problem.code === "pairing_unknown") asked = null; // its time is over
    again(asked === null ? 0 : LOOK_EVERY_MS);
  }

  const again = (afterMs) => setTimeout(step, afterMs);
  step();
}

/** A code as people read it out: "123 456". */
export const spaced = (code) => code.replace(/(\d{3})(?=\d)/g, "$1 ");
