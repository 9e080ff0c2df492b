// A list that grows for years: its newest entries, and more at a touch.

import { fill } from "./page.js";
import { write } from "./rows.js";

const AT_ONCE = 10;

/**
 * Cut a list short; `button` is shown while there is more, and says `words` with {count}.
 *
 * redraw   called when somebody wants to see more
 *
 * Returns cut(entries, isKept): the newest of them, and whichever else is to be kept.
 */
export function newest(button, words, redraw) {
  let most = AT_ONCE;

  button.addEventListener("click", () => {
    most += AT_ONCE;
    redraw();
  });

  return (entries, isKept) => {
    const more = entries.length - most;
    button.hidden = more <= 0;
    write(button, fill(words, { count: Math.min(more, AT_ONCE) }));
    return entries.filter((entry, place) => place < most || isKept(entry));
  };
}
