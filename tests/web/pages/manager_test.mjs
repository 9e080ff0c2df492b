// Half hours without a gap, axes that can be read, waits without lunch, and what is news. Run by test_manager.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { slotsOf, stepOf } from "../../../static/half_hours.js";
import { News } from "../../../static/news.js";
import { openMs } from "../../../static/open_hours.js";

const at = (clock) => `2026-06-01T${clock}:00.000Z`;
const ms = (clock) => Date.parse(at(clock));
const OPENING = [[at("00:45"), at("04:00")], [at("06:00"), at("09:30")]];
const short = (slots) => slots.map(({ start, issued, served, waiting }) => [
  new Date(start).toISOString().slice(11, 16), issued, served, waiting,
]);

test("half hours run from the opening to the present one, and whoever waited still does", () => {
  const flow = { [at("01:00")]: { issued: 3, served: 1, waiting: 2 }, [at("02:00")]: { issued: 0, served: 1, waiting: 1 } };
  assert.deepEqual(short(slotsOf(flow, OPENING, ms("02:40"), 1)), [
    ["00:30", 0, 0, 0], ["01:00", 3, 1, 2], ["01:30", 0, 0, 2], ["02:00", 0, 1, 1], ["02:30", 0, 0, 1],
  ]);
});

test("whoever came before the opening is on it; before anything happened there is one half hour", () => {
  const early = { [at("00:00")]: { issued: 2, served: 0, waiting: 2 } };
  assert.deepEqual(short(slotsOf(early, OPENING, ms("00:50"), 2)), [["00:00", 2, 0, 2], ["00:30", 0, 0, 2]]);
  assert.deepEqual(short(slotsOf({}, [], ms("12:00"), 0)), [["12:00", 0, 0, 0]]);
  const always = [[at("00:00"), "2026-06-02T00:00:00.000Z"]];
  assert.equal(slotsOf({}, always, ms("23:00"), 0).length, 1);
});

test("an axis has a handful of lines at round figures", () => {
  for (let most = 1; most <= 2000; most += 7) {
    const lines = Math.ceil(most / stepOf(most));
    assert.ok(lines >= 1 && lines <= 5, `${most}: ${lines}`);
    assert.match(String(stepOf(most)), /^[125]0*$/);
  }
});

test("nobody waits while the hall is closed", () => {
  assert.equal(openMs(OPENING, ms("03:50"), ms("06:10")), 20 * 60000);
  assert.equal(openMs(OPENING, ms("00:15"), ms("00:45")), 0);
  assert.equal(openMs([], ms("00:15"), ms("00:45")), 0);
});

test("news is what is new or worse, and not what flutters about its threshold", () => {
  const news = new News();
  const at = (seconds, ...grades) => news.of(new Map(grades), seconds * 1000).join(" ");
  assert.equal(at(0, ["wait", 0], ["idle", 2]), "wait idle");
  assert.equal(at(10, ["wait", 0], ["idle", 2]), "");
  assert.equal(at(20, ["wait", 1], ["idle", 1]), "wait");
  assert.equal(at(30, ["wait", 0]), "");
  assert.equal(at(60, ["wait", 1], ["idle", 2]), "", "both were as bad less than a minute ago");
  assert.equal(at(110), "");
  assert.equal(at(130, ["wait", 0], ["idle", 2]), "wait idle", "after a minute it is new again");
  assert.equal(at(1000, ["idle", 2]), "idle", "so it is when nobody asked for long");
});
