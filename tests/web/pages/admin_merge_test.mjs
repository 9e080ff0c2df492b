// Bringing together what two people changed. Run by test_admin.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { merge } from "../../../static/admin_merge.js";

test("what nobody typed is theirs, what nobody else changed is ours", () => {
  assert.deepEqual(merge("a", "a", "A", "B"), { value: "B", torn: false });
  assert.deepEqual(merge("a", "b", "A", "A"), { value: "b", torn: false });
});

test("two who change different things in one table keep both", () => {
  const shown = { x: { name: "x", prefix: "A" }, y: { name: "y" } };
  const typed = { x: { name: "mine", prefix: "A" }, y: { name: "y" } };
  const before = { x: { name: "x", prefix: "A", target: 5 }, y: { name: "y" } };
  const theirs = { x: { name: "x", prefix: "B", target: 6 }, y: { name: "theirs" } };
  const { value, torn } = merge(shown, typed, before, theirs);
  assert.deepEqual(value, { x: { name: "mine", prefix: "B", target: 6 }, y: { name: "theirs" } });
  assert.equal(torn, false);
});

test("two who change the same thing are told apart, unless they agree", () => {
  assert.deepEqual(merge({ a: 1 }, { a: 2 }, { a: 1 }, { a: 3 }), { value: { a: 2 }, torn: true });
  assert.deepEqual(merge({ a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }), { value: { a: 2 }, torn: false });
  assert.deepEqual(merge([1], [1, 2], [1], [1, 3]), { value: [1, 2], torn: true });
});

test("what one took away and the other left goes; what the other changed is asked about", () => {
  assert.deepEqual(merge({ a: 1, b: 2 }, { a: 1 }, { a: 1, b: 2 }, { a: 9, b: 2 }), { value: { a: 9 }, torn: false });
  assert.equal(merge({ a: 1, b: 2 }, { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 3 }).torn, true);
  assert.equal(merge({ a: 1, b: 2 }, { a: 1, b: 3 }, { a: 1, b: 2 }, { a: 1 }).torn, true);
});

test("what both added stands side by side, in the order of whoever changed it", () => {
  const found = merge({ a: 1 }, { m: 1, a: 1 }, { a: 1 }, { a: 1, t: 1 });
  assert.deepEqual(Object.keys(found.value), ["m", "a", "t"]);
  const moved = merge({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 1 }, { b: 1, a: 1 });
  assert.deepEqual(Object.entries(moved.value), [["b", 1], ["a", 2]]);
});
