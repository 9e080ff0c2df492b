// Whose turn it is on the hall screen. Run by test_hall_screen.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CallTurns, HOLD_MS, pageOf, recentCalls, runsOf } from "../../../static/call_turns.js";

const T0 = Date.parse("2026-03-02T01:00:00Z");
const call = (number, counter = 1, recall = 0, at = T0) => ({
  number, counter, recall,
  called_at: new Date(at).toISOString(),
  expires_at: new Date(at + 60000).toISOString(),
});
const shown = (turns, at) => turns.at(at)?.call.number ?? null;

test("a call is shown at once and stays until it expires", () => {
  const turns = new CallTurns();
  assert.equal(shown(turns, T0), null);
  turns.add(call("A001"), 1);
  assert.equal(shown(turns, T0), "A001");
  assert.equal(shown(turns, T0 + 59999), "A001");
  assert.equal(shown(turns, T0 + 60000), null);
});

test("calls of one second are shown one after another, each for as long as the others", () => {
  const turns = new CallTurns();
  ["A001", "B001", "C001"].forEach((number, place) => turns.add(call(number, place + 1), place));
  const seen = [];
  for (let at = T0; at < T0 + 3 * HOLD_MS; at += 100) seen.push(shown(turns, at));
  for (const number of ["A001", "B001", "C001"]) {
    assert.equal(seen.filter((one) => one === number).length, HOLD_MS / 100);
  }
  assert.deepEqual([...new Set(seen)], ["A001", "B001", "C001"]);
});

test("a new call waits until the one before was seen", () => {
  const turns = new CallTurns();
  turns.add(call("A001"), 1);
  turns.at(T0);
  turns.add(call("A002", 2), 2);
  assert.equal(shown(turns, T0 + HOLD_MS - 1), "A001");
  assert.equal(shown(turns, T0 + HOLD_MS), "A002");
});

test("a repeated call is shown again, and replaces the same one that has not been shown", () => {
  const turns = new CallTurns();
  turns.add(call("A001"), 1);
  const first = turns.at(T0);
  turns.add(call("B001", 2), 2);
  turns.add(call("B001", 2, 1), 3);
  turns.add(call("A001", 1, 1), 4);
  assert.equal(first.seq, 1);
  assert.equal(turns.at(T0 + HOLD_MS).seq, 3);
  assert.equal(turns.at(T0 + 2 * HOLD_MS).seq, 4);
});

test("a counter that calls on while its call waits here has only the newer one shown", () => {
  const turns = new CallTurns();
  ["A001", "A002", "A003"].forEach((number, place) => turns.add(call(number, 1), place));
  assert.equal(shown(turns, T0), "A003");
  assert.equal(shown(turns, T0 + HOLD_MS), "A003");
});

test("a burst longer than a call's life is still shown whole", () => {
  const turns = new CallTurns();
  for (let n = 0; n < 40; n++) turns.add(call(`A${n}`, n), n);
  const seen = new Set();
  for (let at = T0; at < T0 + 40 * HOLD_MS; at += 250) seen.add(shown(turns, at));
  assert.equal(seen.size, 40);
});

test("of the calls that were missed, only the newest is shown large", () => {
  const turns = new CallTurns();
  for (const [place, number] of ["A001", "A002", "A003"].entries()) turns.add(call(number, place), place, true);
  turns.add(call("A004", 4), 4);
  assert.equal(shown(turns, T0 + 30000), "A003");
  assert.equal(shown(turns, T0 + 30000 + HOLD_MS), "A004");
});

test("recent calls: one for each counter, the newest first", () => {
  const board = (number, ticket) => ({ number, state: "open", ...(ticket && { ticket }) });
  const counters = {
    1: board(1, { number: "A002", called_at: "2026-03-02T01:05:00.000Z" }),
    2: board(2),
    3: { ...board(3), state: "closed" },
  };
  const called = [call("A001", 1, 0, T0), call("B001", 2, 0, T0 + 60000), call("C001", 3, 0, T0 + 90000)];
  const rows = recentCalls(counters, called).map(({ counter, number }) => [counter, number]);
  assert.deepEqual(rows, [[1, "A002"], [2, "B001"]]);
  assert.deepEqual(recentCalls({}, []), []);
});

test("recent calls: a recalled ticket stands where it was called last", () => {
  const counters = {
    1: { number: 1, state: "open", ticket: { number: "A001", called_at: "2026-03-02T01:00:00.000Z" } },
    2: { number: 2, state: "open", ticket: { number: "A002", called_at: "2026-03-02T01:01:00.000Z" } },
  };
  const rows = recentCalls(counters, [call("A001", 1, 0, T0), call("A002", 2, 0, T0 + 60000), call("A001", 1, 1, T0 + 90000)]);
  assert.deepEqual(rows.map(({ number }) => number), ["A001", "A002"]);
});

test("numbers that follow one another are told as a run", () => {
  assert.deepEqual(runsOf([1, 3, 4, 5, 9]), [[1, 1], [3, 5], [9, 9]]);
  assert.deepEqual(runsOf([]), []);
});

test("what does not fit on a page comes on the next, and the first again after the last", () => {
  const things = [1, 2, 3, 4, 5];
  assert.deepEqual([0, 1, 2, 3].map((turn) => pageOf(things, 2, turn)), [[1, 2], [3, 4], [5], [1, 2]]);
  assert.deepEqual(pageOf([], 6, 9), []);
});
