// What fits on a hall screen, whose text is never made smaller than what is read from afar. Pure: widths are in em.

/** About how wide a text is: a Chinese character is one em, a space a quarter, everything else a little more than half. */
export function widthOf(text) {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 1 : letter === " " ? 0.25 : 0.56), 0);
}

const AROUND_EM = 3.2; // a queue's mark without its letters, and the room around what stands in a cell
const BETWEEN_EM = 0.5;

/** The width of a queue's cell in which everything stands on one line. */
export const lineOf = (name, wait) => AROUND_EM + widthOf(name) + BETWEEN_EM + widthOf(wait);

/**
 * How to lay out the queues: {columns, shape, room}; room: how many fit at a time.
 *
 * names, waits   the widest of each, in em; a name with the letters of its mark
 * width, lines   of the place, in em and in lines of text
 *
 * As many at a time as fit. shape: "line" is a name and its wait on one line, "stacked" has the wait below the name. Where
 * neither fits, a "tall" one has a name of two lines; and where there is but one line, it has to do.
 */
export function queueGrid({ names, waits, width, lines }) {
  const shapes = [3, 2, 1].flatMap((columns) => [
    { columns, shape: "line", room: columns * lines, needs: names + BETWEEN_EM + waits },
    { columns, shape: "stacked", room: columns * Math.floor(lines / 2), needs: Math.max(names, waits) },
  ]);
  const fits = shapes.filter(({ columns, room, needs }) => room > 0 && AROUND_EM + needs <= width / columns);
  const [best] = fits.sort((a, b) => b.room - a.room);
  return best ?? { columns: 1, shape: lines > 1 ? "tall" : "line", room: Math.ceil(lines / 3) };
}

/**
 * A text in pieces that each fit into `width` em, cut where a reader takes a breath: after a punctuation mark or a space
 * if there is one in the second half of a piece.
 */
export function piecesOf(text, width) {
  const pieces = [];
  let piece = "";
  for (const letter of text.trim()) {
    if (piece !== "" && widthOf(piece + letter) > width) {
      const breath = [...piece.matchAll(/[\p{Po}\s]/gu)].map(({ index }) => index + 1).findLast((at) => at > piece.length / 2);
      const cut = breath ?? piece.length;
      pieces.push(piece.slice(0, cut).trim());
      piece = piece.slice(cut).trimStart();
    }
    piece += letter;
  }
  return [...pieces, piece.trim()].filter((each) => each !== "");
}

/** Ascending numbers, with those that follow one another as [first, last]: [1, 3, 4, 5] is [[1, 1], [3, 5]]. */
export function runsOf(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.at(-1)?.[1] === number - 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/** Ascending numbers in as few words as they take: [1, 3, 4, 5] is ["1", "3–5"]. */
export const inRuns = (numbers) => runsOf(numbers).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));

/** One page of things that do not all fit, `size` at a time, a page further with every turn; the last one is full too. */
export function pageOf(things, size, turn) {
  const pages = Math.max(1, Math.ceil(things.length / size));
  const first = Math.max(0, Math.min((turn % pages) * size, things.length - size));
  return things.slice(first, first + size);
}
