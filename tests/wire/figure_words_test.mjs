// Figures of statistics in words, by the vectors that the server's tables go by. Run by test_live_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { said } from "../../static/figure_words.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/figure_words.json", import.meta.url), "utf-8"));

test("a chart says a figure as its table does", () => {
  for (const [value, unit, words] of vectors) assert.equal(said(value, unit), words);
});
