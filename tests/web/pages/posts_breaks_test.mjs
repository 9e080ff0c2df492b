// Where a week of the posts breaks, and who could mend it. Run by test_posts.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { breaksOf, choicesOf, rank } from "../../../static/posts_breaks.js";

const half = (day, which) => ({ day: `2026-06-0${day}`, half: which });
const [MONDAY, TUESDAY, WEDNESDAY] = [1, 2, 3].map((day) => [half(day, "morning"), half(day, "afternoon")]);
const cell = (when, state, about = {}) => ({ ...when, state, ...about });
const post = (id, ...cells) => ({ id, name: id, cells });
const broken = (plan) => breaksOf({ current: MONDAY[0], ...plan }).map(({ post: { id }, state, cells }) => [id, state, cells.map(rank)]);

test("half days in the order of time", () => {
  assert.deepEqual([TUESDAY[1], TUESDAY[0], MONDAY[1]].map(rank).sort(), [MONDAY[1], TUESDAY[0], TUESDAY[1]].map(rank));
});

test("one for each run of half days of one absence, what comes first leading", () => {
  const away = (when, absence) => cell(when, "uncovered", { absence, choices: [] });
  const posts = [
    post("one", cell(MONDAY[0], "staffed"), away(TUESDAY[0], "a"), away(TUESDAY[1], "a"), away(WEDNESDAY[0], "b")),
    post("two", cell(MONDAY[0], "unnamed"), cell(MONDAY[1], "covered", { absence: "c" }), cell(TUESDAY[0], "broken", { absence: "c" })),
  ];
  assert.deepEqual(broken({ posts }), [
    ["two", "unnamed", [rank(MONDAY[0])]],
    ["one", "uncovered", [rank(TUESDAY[0]), rank(TUESDAY[1])]],
    ["two", "broken", [rank(TUESDAY[0])]],
    ["one", "uncovered", [rank(WEDNESDAY[0])]],
  ]);
});

test("what is covered in between parts two runs, so that mending one does not change it", () => {
  const states = [[MONDAY[0], "broken"], [MONDAY[1], "covered"], [TUESDAY[0], "broken"]];
  const posts = [post("one", ...states.map(([when, state]) => cell(when, state, { absence: "a" })))];
  assert.equal(broken({ posts }).length, 2);
});

test("what is over is arranged no more", () => {
  const posts = [post("one", cell(MONDAY[0], "unnamed"), cell(MONDAY[1], "unnamed"))];
  assert.deepEqual(broken({ posts, current: MONDAY[1] }), [["one", "unnamed", [rank(MONDAY[1])]]]);
  assert.deepEqual(broken({ posts, current: TUESDAY[0] }), []);
});

test("who can for all of it is offered once, who cannot for each run of half days", () => {
  const can = (...clerks) => ({ choices: clerks.map((clerk) => ({ clerk, whole: clerk === "li" })) });
  const cells = [
    cell(MONDAY[0], "uncovered", can("li", "zhao")),
    cell(MONDAY[1], "uncovered", can("li", "zhao")),
    cell(TUESDAY[0], "uncovered", can("li")),
    cell(TUESDAY[1], "uncovered", can("li", "zhao")),
  ];
  const offered = choicesOf(cells).map(([first, { clerk }]) => [clerk, rank(first), first.last && rank(first.last)]);
  assert.deepEqual(offered.filter(([clerk]) => clerk === "li").map(([, first]) => first), [rank(MONDAY[0])]);
  assert.deepEqual(offered.filter(([clerk]) => clerk === "zhao"), [
    ["zhao", rank(MONDAY[0]), rank(MONDAY[1])],
    ["zhao", rank(TUESDAY[1]), undefined],
  ]);
});
