// What a clerk is reminded of. Run by test_posts.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { remindersOf } from "../../../static/posts_reminders.js";

const [WANG, LI] = ["wang", "li"];
const half = (day, which) => ({ day: `2026-06-0${day}`, half: which });
const NOW = half(3, "morning");
const AT = "2026-06-02T01:00:00.000Z";
const post = (state, about = {}) => ({ id: "one", name: "综合岗", a: WANG, b: [LI], cells: [{ ...NOW, state, expected: WANG, ...about }] });
const plan = (about) => ({ current: NOW, posts: [post("staffed", { clerk: WANG })], absences: [], handovers: [], ...about });
const absent = (first, last, about = {}) => ({
  clerk: WANG, first: half(first, "morning"), last: half(last, "afternoon"), reported_at: AT,
  deputies: [{ post: "one", deputy: LI }], ...about,
});
const out = (about = {}) => ({ post: "one", giver: WANG, taker: LI, direction: "out", given_at: "2026-06-02T08:00:00.000Z", ...about });
const kinds = (about, me) => remindersOf(plan(about), me).map(({ kind }) => kind);

test("nothing is due on a quiet day", () => {
  assert.deepEqual(kinds({}, WANG), []);
  assert.deepEqual(kinds({ posts: [] }, WANG), []);
});

test("what was given is to be taken, by whom it was given to", () => {
  assert.deepEqual(kinds({ handovers: [out()] }, LI), ["take"]);
  assert.deepEqual(kinds({ handovers: [out()] }, WANG), []);
});

test("whoever is to stand in now is told so", () => {
  const posts = [post("covered", { clerk: LI, deputy: LI })];
  assert.deepEqual(kinds({ posts }, LI), ["deputy"]);
  assert.deepEqual(kinds({ posts }, WANG), []);
});

test("whoever is absent by tomorrow hands over to each deputy, once", () => {
  assert.deepEqual(kinds({ absences: [absent(4, 5)] }, WANG), ["give"]);
  assert.deepEqual(kinds({ absences: [absent(5, 6)] }, WANG), [], "there is time");
  assert.deepEqual(kinds({ absences: [absent(1, 2)] }, WANG), [], "it is over");
  assert.deepEqual(kinds({ absences: [absent(4, 5, { deputies: [] })] }, WANG), [], "to nobody");
  assert.deepEqual(kinds({ absences: [absent(4, 5)], handovers: [out()] }, WANG), [], "done");
  const before = out({ given_at: "2026-06-01T08:00:00.000Z", taken_at: "2026-06-01T08:05:00.000Z" });
  assert.deepEqual(kinds({ absences: [absent(4, 5)], handovers: [before] }, WANG), ["give"], "that was for another absence");
});

test("what was taken over is handed back once its holder is to be there again", () => {
  const taken = out({ taken_at: "2026-06-02T08:05:00.000Z" });
  const away = [post("covered", { clerk: LI, deputy: LI })];
  assert.deepEqual(kinds({ handovers: [taken] }, LI), ["back"]);
  assert.deepEqual(kinds({ handovers: [taken], posts: away }, LI), ["deputy"]);
  const back = { post: "one", giver: LI, taker: WANG, direction: "back", given_at: "2026-06-03T00:30:00.000Z" };
  assert.deepEqual(kinds({ handovers: [back, taken] }, LI), []);
});
