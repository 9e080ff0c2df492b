// What a clerk has still to do about her posts. Pure.

import { dayAfter } from "./days.js";
import { rank } from "./posts_breaks.js";

/**
 * What is due, of a plan as GET …/staffing answers it to the clerk `me`:
 *
 *   {kind: "take", handover}        a post was given to her, and she has not taken it
 *   {kind: "deputy", post}          she is to stand in there now
 *   {kind: "give", post, deputy}    she is absent by tomorrow, and has not handed the post over to whoever stands in
 *   {kind: "back", post}            she took it over, its holder is to be there again, and she has not handed it back
 */
export function remindersOf(plan, me) {
  return [...toTake(plan, me), ...toStandIn(plan, me), ...toGive(plan, me), ...toGiveBack(plan, me)];
}

/** A post's half day that it is now; undefined while it is closed or not staffed. */
export const cellNow = (post, { current }) => post.cells.find((cell) => rank(cell) === rank(current));

const toTake = ({ handovers }, me) =>
  handovers.filter(({ taker, taken_at: taken }) => taker === me && !taken).map((handover) => ({ kind: "take", handover }));

const toStandIn = (plan, me) =>
  plan.posts.filter((post) => cellNow(post, plan)?.deputy === me).map((post) => ({ kind: "deputy", post }));

function toGive({ absences, handovers, posts, current }, me) {
  const soon = dayAfter(current.day);
  const mine = absences.filter((one) => one.clerk === me && rank(one.last) >= rank(current) && one.first.day <= soon);
  const found = new Map();
  for (const absence of mine) {
    for (const { post: id, deputy } of absence.deputies) {
      const given = handovers.some(({ post, giver, given_at: at }) => post === id && giver === me && at >= absence.reported_at);
      const post = posts.find((one) => one.id === id);
      if (!given && post !== undefined) found.set(`${id} ${deputy}`, { kind: "give", post, deputy });
    }
  }
  return [...found.values()];
}

/** Handovers come newest first, so the first of a post says where it is. */
function toGiveBack(plan, me) {
  return plan.posts.flatMap((post) => {
    const last = plan.handovers.find((handover) => handover.post === post.id);
    const cell = cellNow(post, plan);
    const isMine = last?.direction === "out" && last.taker === me && last.taken_at !== undefined;
    return isMine && cell?.state === "staffed" && cell.clerk !== me ? [{ kind: "back", post }] : [];
  });
}
