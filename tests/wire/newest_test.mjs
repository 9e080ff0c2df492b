// A list that grows for years. Run by test_live_js.py.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { documentElement: { dataset: {}, lang: "en" } }; // what page.js looks at
const { newest } = await import("../../static/newest.js");

function button() {
  let pressed;
  return { hidden: false, textContent: "", addEventListener: (_, act) => (pressed = act), press: () => pressed() };
}

const numbers = (count) => Array.from({ length: count }, (_, n) => n);

test("the newest ten, and ten more at each touch, until there are no more", () => {
  const more = button();
  let drawn = 0;
  const cut = newest(more, "{count} older ones", () => drawn++);
  assert.equal(cut(numbers(25), () => false).length, 10);
  assert.deepEqual([more.hidden, more.textContent], [false, "10 older ones"]);
  more.press();
  assert.equal(drawn, 1);
  assert.equal(cut(numbers(25), () => false).length, 20);
  assert.equal(more.textContent, "5 older ones");
  more.press();
  assert.equal(cut(numbers(25), () => false).length, 25);
  assert.equal(more.hidden, true);
});

test("one that is looked at stays, however old", () => {
  const cut = newest(button(), "", () => {});
  assert.deepEqual(cut(numbers(25), (n) => n === 24), [...numbers(10), 24]);
});

test("a short list is shown whole", () => {
  const more = button();
  assert.equal(newest(more, "", () => {})(numbers(10), () => false).length, 10);
  assert.equal(more.hidden, true);
});
