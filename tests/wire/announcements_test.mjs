// What a screen that speaks says next: the vectors that drive display/announcements.py too.
// Run by test_live_js.py, or by hand: node --test tests/wire/announcements_test.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { announcementOf, Announcements, isWithin } from "../../static/announcements.js";

const VECTORS = JSON.parse(readFileSync(new URL("../vectors/announcements.json", import.meta.url), "utf8"));
const NOON = Date.parse("2026-11-02T04:00:00Z");

const call = ({ number = "A001", counter = 1, life_s: life = 60 } = {}) => ({
  number,
  queue: "a",
  counter,
  recall: 0,
  called_at: "t0",
  expires_at: new Date(NOON + life * 1000).toISOString(),
});

test("a call is taken as the wire brings it", () => {
  const expiresAt = NOON + 60000;
  const taken = { id: "7 t0", epoch: "e1", seq: 7, number: "A001", queue: "a", counter: 1, recall: 0, expiresAt };
  assert.deepEqual(announcementOf({ epoch: "e1", seq: 7 }, call()), taken);
  const { queue, recall, ...bare } = call();
  assert.deepEqual(announcementOf({ epoch: "e1", seq: 7 }, bare), { ...taken, queue: "" });
});

describe("a damaged call is not announced", () => {
  for (const damage of VECTORS.unreadable) {
    test(JSON.stringify(damage), () => {
      assert.equal(announcementOf({ epoch: "e1", seq: 7 }, { ...call(), ...damage }), null);
    });
  }
});

describe("whose calls are read", () => {
  const state = { counters: { 1: { area: "一楼东厅" }, 2: {} } };
  for (const { name, counter, queues, areas, has } of VECTORS.scopes) {
    test(name, () => assert.equal(isWithin({ queues, areas }, call({ counter }), state), has));
  }
});

describe("lives of a queue", () => {
  for (const { name, repeat, steps } of VECTORS.lives) {
    test(name, () => {
      const queue = new Announcements(repeat);
      for (const step of steps) {
        take(queue, step);
        if (step.then === undefined) continue;
        const head = queue.head && [queue.head.announcement.seq, queue.head.nth];
        const settled = queue.settled && [queue.settled.epoch, queue.settled.seq];
        assert.deepEqual({ head, settled }, step.then, JSON.stringify(step));
      }
    });
  }
});

function take(queue, step) {
  switch (step.on) {
    case "add":
      return queue.add(announcementOf({ epoch: "e1", seq: step.seq }, call(step)));
    case "drop": {
      const board = step.board ? { ...step.board, state: { counters: step.board.counters } } : null;
      const gone = queue.dropStale(NOON + step.now * 1000, board, (step.reading_s ?? 8) * 1000, step.silent);
      return assert.deepEqual(gone.map(({ announcement, readings, why }) => [announcement.seq, readings, why]), step.gives);
    }
    case "keep":
      return queue.keep(({ counter }) => step.counters.includes(counter));
    case "read":
      return queue.read();
    case "repeat":
      queue.repeat = step.repeat;
  }
}
