// The large panel: the call whose turn it is, or several of a large burst; else what there is to say while nobody is called.

import { widthOf } from "./hall_screen_fit.js";
import { clone } from "./page.js";
import { write, writeMark } from "./rows.js";

const panel = document.getElementById("call");
const MOST = 3; // numbers among which an eye finds its own at a glance
const HIGH = 1.05; // what one of several takes, in heights of its number
const WIDE = 5.25;
const LONG_NAME_EM = 13; // a wider one takes two lines
const LONG_NUMBER = 5; // more letters leave too little for the counter beside them

let told = null; // what the panel shows, so that nothing is built twice

/** Put something else into the panel. what: its identity; make: () → the element. Returns whether that was news. */
export function show(what, make, { calling = false } = {}) {
  if (told === what) return false;
  told = what;
  panel.replaceChildren(make());
  panel.toggleAttribute("data-calling", calling);
  return true;
}

/** How many calls there is room for at a time: the panel's own letters are as tall as a call. */
export function callsAtATime() {
  const { fontSize, paddingBlockStart, paddingInlineStart } = getComputedStyle(panel);
  const call = parseFloat(fontSize);
  const wide = panel.clientWidth - 2 * parseFloat(paddingInlineStart);
  const high = panel.clientHeight - 2 * parseFloat(paddingBlockStart);
  return wide < call * WIDE ? 1 : Math.max(1, Math.min(MOST, Math.floor(high / (call * HIGH))));
}

/** Show a turn of call_turns.js; view: the screen's part of the board. Returns whether it is news. */
export function showTurn(turn, view) {
  return show(turn, () => (turn.calls.length === 1 ? alone(turn.calls[0].call, view) : abreast(turn.calls)), { calling: true });
}

function alone({ number, queue, counter, counter_name: name, recall }, { queues, counters }) {
  const shown = clone("call-shown");
  writeMark(shown.querySelector(".queue-mark"), queues.find(({ id }) => id === queue));
  write(shown.querySelector(".wall-call-number .ticket-number"), number);
  write(shown.querySelector(".wall-call-counter .ticket-number"), String(counter));
  const what = counters.find((each) => each.number === counter)?.name ?? name;
  write(shown.querySelector(".wall-call-what"), what);
  shown.querySelector(".wall-call-name").toggleAttribute("data-long", widthOf(what) > LONG_NAME_EM);
  shown.querySelector(".wall-call-again").hidden = recall === 0;
  return shown;
}

function abreast(calls) {
  const list = clone("calls-shown");
  list.append(...calls.map(({ call: { number, counter } }) => {
    const row = clone("calls-row");
    row.toggleAttribute("data-long", number.length > LONG_NUMBER);
    write(row.querySelector(".wall-call-number"), number);
    write(row.querySelector(".wall-call-counter .ticket-number"), String(counter));
    return row;
  }));
  return list;
}

/** {title, more}: two lines for everybody who waits. */
export function showQuiet({ title, more }) {
  show(`${title} ${more}`, () => {
    const idle = clone("call-idle");
    write(idle.querySelector(".wall-call-title"), title);
    write(idle.querySelector(".wall-call-more"), more);
    return idle;
  });
}
