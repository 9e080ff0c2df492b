// The hall screen's own chime: as loud as the hall's voice, and not at all in silent hours. Run by test_hall_screen_voice.py.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const peaks = []; // of every note that was begun
const connecting = { connect: (next) => next };

globalThis.location = { pathname: "/screen/town", search: "" };
const kept = new Map();
globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
globalThis.addEventListener = () => {};
globalThis.AudioContext = class {
  state = "running";
  currentTime = 0;
};
globalThis.OscillatorNode = class {
  connect = connecting.connect;
  start() {}
  stop() {}
};
globalThis.GainNode = class {
  connect = connecting.connect;
  gain = {
    setValueAtTime() {},
    linearRampToValueAtTime: (value) => peaks.push(value),
    exponentialRampToValueAtTime() {},
  };
};

const { chime, chimeFor, isMuted, sound } = await import("../../../static/hall_screen_chime.js");

beforeEach(() => peaks.splice(0));

test("two notes, as loud as asked", () => {
  chime(1);
  chime(0.5);
  assert.deepEqual(peaks, [0.4, 0.4, 0.2, 0.2]);
});

test("nothing in silent hours", () => {
  chime(0);
  assert.deepEqual(peaks, []);
});

test("once for each call, also of a page that was loaded anew", () => {
  const [first, second, third] = [99, 100, 101].map((seq) => ({ seq, call: { called_at: "2026-06-01T01:02:03.456Z" } }));
  chimeFor([first], 1);
  chimeFor([first], 1);
  assert.equal(peaks.length, 2);
  chimeFor([first, second], 1);
  chimeFor([second], 1);
  assert.equal(peaks.length, 4);
  chimeFor([{ ...third, call: { called_at: "2026-06-02T01:00:00Z" } }], 1);
  assert.equal(peaks.length, 6);
});

test("nothing while the browser keeps it silent, and the page says so", () => {
  sound.state = "suspended";
  chime(1);
  assert.deepEqual([peaks, isMuted()], [[], true]);
});
