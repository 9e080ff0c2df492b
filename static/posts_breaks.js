// Where a week of the posts breaks, and who could mend it. Pure.

const BROKEN = new Set(["uncovered", "broken", "unnamed"]);

/** The place in time of {day, half}, to compare by. */
export const rank = ({ day, half }) => `${day} ${half === "morning" ? 0 : 1}`;

/** What is still to come and has nobody, one for each run of half days: [{key, post, state, cells}], in order of time. */
export function breaksOf(plan) {
  const breaks = [];
  for (const post of plan.posts) {
    let run = null;
    for (const cell of post.cells) {
      const counts = BROKEN.has(cell.state) && rank(cell) >= rank(plan.current);
      const goes = counts && run?.state === cell.state && run.cells[0].absence === cell.absence;
      if (goes) run.cells.push(cell);
      else run = counts ? { key: `${post.id} ${rank(cell)}`, post, state: cell.state, cells: [cell] } : null;
      if (counts && !goes) breaks.push(run);
    }
  }
  return breaks.sort((one, other) => rank(one.cells[0]).localeCompare(rank(other.cells[0])));
}

/**
 * Who could stand in for a run of half days: once who can for all of the absence, else once for each run of half days that
 * they can, whose first cell has its end as `last`. [[cell, choice], …]
 */
export function choicesOf(cells) {
  const found = [];
  for (const [place, cell] of cells.entries()) {
    for (const choice of cell.choices ?? []) {
      const before = found.findLast(([, other]) => other.clerk === choice.clerk);
      if (before === undefined || (!choice.whole && before[2] !== place - 1)) found.push([{ ...cell }, choice, place]);
      else [before[0].last, before[2]] = [cell, place];
    }
  }
  return found.map(([cell, choice]) => [cell, choice]);
}
