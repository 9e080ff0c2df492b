// How the hall wants its calls spoken: the vectors that drive display/hall_voice.py too.
// Run by test_live_js.py, or by hand: node --test tests/wire/hall_voice_test.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hallVoice } from "../../static/hall_voice.js";

const VECTORS = JSON.parse(readFileSync(new URL("../vectors/hall_voice.json", import.meta.url), "utf8"));

for (const { name, state, languages, repeat, volumes } of VECTORS) {
  test(name, () => {
    const voice = hallVoice(state);
    assert.deepEqual([voice.languages, voice.repeat], [languages, repeat]);
    const heard = Object.keys(volumes).map((at) => [at, voice.volumeAt(Date.parse(at))]);
    assert.deepEqual(Object.fromEntries(heard), volumes);
  });
}
