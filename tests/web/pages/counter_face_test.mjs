// What the screen over a counter says. Run by test_counter_screen.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { faceOf, partsOf } from "../../../static/counter_face.js";
import { emsOf } from "../../../static/text_width.js";

const NOW = Date.parse("2026-03-02T01:00:00Z");
const RATE_MS = 60000;
const at = (ms) => new Date(NOW + ms).toISOString();
const face = (state) => {
  const { kind, ...about } = faceOf(state, NOW, RATE_MS);
  return [kind, Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined))];
};
const ticket = (state, recalls = 0) => ({ number: "A001", state, recalls, called_at: at(-5000) });
const served = { number: "A001", leg: 1, outcome: "served", rated: false, left_unrated: false, finished_at: at(-1000) };

test("a counter that is open says whom it calls and serves, and otherwise that people wait", () => {
  assert.deepEqual(face({ state: "open" }), ["open", {}]);
  assert.deepEqual(face({ state: "open", ticket: ticket("called") }), ["called", { number: "A001", again: 0 }]);
  assert.deepEqual(face({ state: "open", ticket: ticket("called", 2) }), ["called", { number: "A001", again: 2 }]);
  assert.deepEqual(face({ state: "open", ticket: ticket("serving") }), ["serving", { number: "A001" }]);
});

test("whoever was served is invited to rate for a while, unless something was said already", () => {
  assert.deepEqual(face({ state: "open", last: served }), ["finished", { number: "A001" }]);
  for (const other of [
    { rated: true },
    { left_unrated: true },
    { outcome: "transferred" },
    { outcome: "held", finished_at: undefined },
    { finished_at: at(-RATE_MS) },
  ]) {
    assert.deepEqual(face({ state: "open", last: { ...served, ...other } }), ["open", {}], JSON.stringify(other));
  }
  assert.deepEqual(face({ state: "open", last: served, ticket: ticket("called") })[0], "called");
});

test("a counter that was left says when somebody is back, while that is to come, and whom it asks to wait", () => {
  assert.deepEqual(face({ state: "away", back_at: at(1) }), ["away", { until: at(1) }]);
  assert.deepEqual(face({ state: "away", back_at: at(0) }), ["away", {}]);
  const left = { state: "away", back_at: at(1), ticket: ticket("called") };
  assert.deepEqual(face(left), ["away", { until: at(1), number: "A001" }]);
  assert.deepEqual(face({ state: "paused", last: served }), ["paused", {}]);
  assert.deepEqual(face({ state: "paused", ticket: ticket("serving") }), ["paused", { number: "A001" }]);
});

test("closed, gone and not heard of are told apart", () => {
  assert.deepEqual(face({ state: "closed", last: served }), ["closed", {}]);
  assert.deepEqual(face({}), ["gone", {}]);
  assert.deepEqual(face(null), ["unknown", {}]);
});

test("a number divides after its letters", () => {
  assert.deepEqual(partsOf("A001"), ["A", "001"]);
  assert.deepEqual(partsOf("AB1000"), ["AB", "1000"]);
  assert.deepEqual(partsOf(""), ["", ""]);
});

test("a character of Chinese is one em wide, a letter less", () => {
  assert.equal(emsOf("请稍候"), 3);
  assert.ok(emsOf("Please") < 4);
});
