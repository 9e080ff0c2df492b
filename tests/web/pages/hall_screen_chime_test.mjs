// The hall screen's own chime: as loud as the hall's voice, and not at all in silent hours. Run by test_hall_screen_voice.py.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const peaks = []; // of every note that was begun
const connecting = { connect: (next) => next };

globalThis.location = { search: "" };
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

const { chime, isMuted, sound } = await import("../../../static/hall_screen_chime.js");

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

test("nothing while the browser keeps it silent, and the page says so", () => {
  sound.state = "suspended";
  chime(1);
  assert.deepEqual([peaks, isMuted()], [[], true]);
});
