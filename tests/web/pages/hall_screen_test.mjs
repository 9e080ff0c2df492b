// What of the hall screen needs no browser. Run by test_hall_screen.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CallTurns, HOLD_MS, mayRest, recentCalls } from "../../../static/call_turns.js";
import { pageOf, piecesOf, queueGrid, runsOf, widthOf } from "../../../static/hall_screen_fit.js";
import { viewOf } from "../../../static/hall_screen_view.js";

const T0 = Date.parse("2026-03-02T01:00:00Z");
const call = (number, counter = 1, recall = 0, at = T0) => ({
  number, counter, recall,
  called_at: new Date(at).toISOString(),
  expires_at: new Date(at + 60000).toISOString(),
});
const numbers = (turns, at, most) => turns.at(at, most)?.calls.map(({ call }) => call.number) ?? [];
const shown = (turns, at) => numbers(turns, at)[0] ?? null;
const burst = (count) => {
  const turns = new CallTurns();
  for (let n = 1; n <= count; n++) turns.add(call(`A${n}`, n), n);
  return turns;
};

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
  assert.equal(first.calls[0].seq, 1);
  assert.equal(turns.at(T0 + HOLD_MS).calls[0].seq, 3);
  assert.equal(turns.at(T0 + 2 * HOLD_MS).calls[0].seq, 4);
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

test("five at once are shown one by one, twelve side by side, each for as long as one and none left out", () => {
  const five = burst(5);
  for (let n = 0; n < 5; n++) assert.deepEqual(numbers(five, T0 + n * HOLD_MS, 3), [`A${n + 1}`]);
  const twelve = burst(12);
  const held = new Map();
  let last = T0;
  for (let at = T0; at < T0 + 60000; at += 100) {
    const now = numbers(twelve, at, 3);
    for (const number of now) held.set(number, (held.get(number) ?? 0) + 100);
    if (now.includes("A12") && held.get("A12") === 100) last = at;
  }
  assert.deepEqual([...held.keys()], Array.from({ length: 12 }, (_, n) => `A${n + 1}`));
  assert.ok([...held.values()].every((ms) => ms >= HOLD_MS));
  assert.ok(last - T0 <= 5 * HOLD_MS, "the last of twelve waits no longer than the sixth of six");
});

test("a screen with little room shows as many side by side as it has room for", () => {
  assert.deepEqual(numbers(burst(12), T0, 1), ["A1"]);
  assert.deepEqual(numbers(burst(12), T0, 2), ["A1", "A2"]);
  assert.deepEqual(numbers(burst(6), T0, 3), ["A1", "A2"]);
});

test("a window that has become smaller shows fewer, and the others after them", () => {
  const turns = burst(12);
  assert.deepEqual(numbers(turns, T0, 3), ["A1", "A2", "A3"]);
  assert.deepEqual(numbers(turns, T0 + 100, 1), ["A1"]);
  assert.deepEqual(numbers(turns, T0 + HOLD_MS, 1), ["A2"]);
});

test("after a burst calls are shown one by one again", () => {
  const turns = burst(6);
  for (let n = 0; n < 4; n++) turns.at(T0 + n * 10000, 3);
  assert.equal(turns.isBusy, false);
  turns.at(T0 + 50000, 3);
  turns.add(call("B001", 1), 7);
  turns.add(call("B002", 2), 8);
  assert.deepEqual(numbers(turns, T0 + 50100, 3), ["B001"]);
});

test("a call gives way to public information once its citizen has come, or has had the time to look up", () => {
  const turns = burst(1);
  const turn = turns.at(T0);
  const at = (state) => ({ 1: { ticket: { number: "A1", state } } });
  assert.equal(mayRest(turn, T0 + HOLD_MS - 1, at("serving")), false);
  assert.equal(mayRest(turn, T0 + HOLD_MS, at("called")), false);
  assert.equal(mayRest(turn, T0 + HOLD_MS, at("serving")), true);
  assert.equal(mayRest(turn, T0 + HOLD_MS, { 1: {} }), true);
  assert.equal(mayRest(turn, T0 + 15000, at("called")), true);
});

test("calls that were missed are shown too, after those that come now, unless their citizens have come", () => {
  const turns = new CallTurns();
  for (const n of [1, 2, 3]) turns.add(call(`A00${n}`, n), n, true);
  turns.add(call("A004", 4), 4);
  turns.add(call("A005", 5), 5);
  const at = (number, state) => ({ ticket: { number, state } });
  turns.dropAnswered({ 1: at("A001", "called"), 2: at("A002", "serving"), 3: at("A003", "called"), 4: {}, 5: {} });
  const seen = [0, 1, 2, 3].map((turn) => shown(turns, T0 + turn * HOLD_MS));
  assert.deepEqual(seen, ["A004", "A005", "A001", "A003"]);
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
  assert.deepEqual([0, 1, 2, 3].map((turn) => pageOf(things, 2, turn)), [[1, 2], [3, 4], [4, 5], [1, 2]]);
  assert.deepEqual(pageOf([], 6, 9), []);
});

test("a long text is cut into pieces that fit, where a reader takes a breath, and nothing of it is lost", () => {
  assert.deepEqual(piecesOf("请稍候", 10), ["请稍候"]);
  assert.deepEqual(piecesOf("周五下午停电检修，请提前办理，谢谢您的配合", 12), ["周五下午停电检修，", "请提前办理，谢谢您的配合"]);
  assert.deepEqual(piecesOf("一二三四五六七八九十", 4), ["一二三四", "五六七八", "九十"]);
  assert.deepEqual(piecesOf("closed on Friday afternoon", 6), ["closed on", "Friday", "afternoon"]);
  assert.deepEqual(piecesOf("  ", 9), []);
  const long = "城乡居民基本养老保险和医疗保险参保登记，及社会救助综合受理窗口。".repeat(4);
  for (const width of [5, 12, 37]) {
    assert.equal(piecesOf(long, width).join(""), long);
    assert.ok(piecesOf(long, width).every((piece) => widthOf(piece) <= width));
  }
});

test("queues stand in as many columns as their names leave room for", () => {
  const grid = (names, lines = 2, width = 38) => {
    const { columns, shape, room } = queueGrid({ names, waits: 9, width, lines });
    return `${columns} ${shape} ${room}`;
  };
  assert.equal(grid(4), "2 line 4");
  assert.equal(grid(4, 2, 60), "3 line 6");
  assert.equal(grid(14), "2 stacked 2");
  assert.equal(grid(14, 4), "2 stacked 4");
  assert.equal(grid(30), "1 stacked 1");
  assert.equal(grid(30, 4, 22), "1 tall 2");
  assert.equal(grid(30, 1, 22), "1 line 1");
});

test("a screen shows the calls of its queues at counters in its areas, and everything where none is named", () => {
  const counters = {
    1: { number: 1, name: "一号", queues: ["a"], area: "东" },
    2: { number: 2, name: "二号", queues: ["b"], area: "西" },
    3: { number: 3, name: "三号", queues: ["a", "b"] },
  };
  const board = { counters, queues: { a: { id: "a", name: "甲" }, b: { id: "b", name: "乙" } } };
  const of = (part, state = board) => {
    const view = viewOf({ queues: [], areas: [], queue_names: {}, counter_names: {}, ...part }, state);
    return [view.queues.map(({ id }) => id), view.counters.map(({ number }) => number), view.shows];
  };
  const [queues, all, shows] = of({});
  assert.deepEqual([queues, all], [["a", "b"], [1, 2, 3]]);
  assert.ok(shows({ queue: "b", counter: 2 }));
  const east = of({ areas: ["东"] });
  assert.deepEqual(east.slice(0, 2), [["a"], [1]]);
  assert.ok(east[2]({ queue: "b", counter: 1 }) && !east[2]({ queue: "a", counter: 3 }));
  const queue = of({ queues: ["b"] });
  assert.deepEqual(queue.slice(0, 2), [["b"], [2, 3]]);
  assert.ok(queue[2]({ queue: "b", counter: 1 }) && !queue[2]({ queue: "a", counter: 3 }));
  assert.deepEqual(of({}, {}).slice(0, 2), [[], []]);
  const english = viewOf({ queues: [], areas: [], queue_names: { a: "First" }, counter_names: { 1: "One" } }, board);
  assert.equal(english.queues[0].name, "First");
  assert.equal(english.counters[0].name, "One");
});
