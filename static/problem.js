/**
 * A page that could not be had at the moment: opened again by itself as soon as it can, for nobody stands at a wall to
 * press a button.
 */

const EVERY_MS = 5000;

async function again() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.ok) {
      location.reload();
      return;
    }
  } catch {
    // nobody answers yet
  }
  later();
}

/** By chance, so that a building full of screens does not come all at once. */
function later() {
  setTimeout(again, EVERY_MS * (1 + Math.random()));
}

later();
