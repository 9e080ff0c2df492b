// Lists that change under a reader's eyes: what stays, stays the same element, so that focus and hands are left alone.

/**
 * Make the children of `parent` stand for `entries`, in their order.
 *
 * key      entry → what makes it the same one as before
 * make     () → a new element
 * update   (element, entry) writes an entry into its element, new or kept
 *
 * Returns whether anything came, went or moved.
 */
export function syncRows(parent, entries, { key, make, update }) {
  const kept = new Map(Array.from(parent.children, (child) => [child.dataset.key, child]));
  let moved = false;
  const names = new Set(entries.map((entry) => String(key(entry))));
  for (const [name, child] of kept) {
    if (names.has(name)) continue;
    child.remove(); // first, so that those who stay need not be moved
    moved = true;
  }
  let place = parent.firstElementChild;
  for (const entry of entries) {
    const name = String(key(entry));
    let element = kept.get(name);
    if (element === undefined) {
      element = make();
      element.dataset.key = name;
    }
    if (element === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(element, place);
      moved = true;
    }
    update(element, entry);
  }
  return moved;
}

/** Write a text only where it differs, so that a screen reader is not told the same again. */
export function write(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** Show a queue's mark: its letter, colour and icon. */
export function writeMark(element, queue) {
  element.hidden = queue === undefined;
  if (queue === undefined) return;
  write(element, queue.prefix);
  element.dataset.queueKind = queue.kind;
}
