// Telling holders that it is their turn: the phone shakes; after one touch it also rings, and its screen stays on until then.
// A browser lets no page make a sound before it was touched, and not again after a reload.

import { words } from "./page.js";
import { waits } from "./phone_view.js";
import { write } from "./rows.js";

const SHAKES_MS = [400, 200, 400, 200, 400];
const TONES = [659.26, 523.25, 659.26, 523.25]; // ding-dong, twice, as the hall's own chime: E5, C5 in Hz
const APART_S = 0.45;
const DECAY_S = 0.28;
const LEVEL = 0.7;
const NAME = "jiaohao.phone-alert"; // in this browser, while the holder wants to be rung for

const WORDS = words().alert;
const $ = (id) => document.getElementById(id);

let wanted = kept();
let context = null; // the AudioContext; null before the first touch, and where there is none
let lock = null; // what keeps the screen on
let locking = false;
let ticket = null;
let linked = false; // whether a call would be heard of
let answered = null; // the call that was told

/** Follow a ticket, as phone_ticket.js reads it: tell each call once, also a repeated one. alive: whether the page is. */
export function alertFor(newest, alive) {
  ticket = newest;
  linked = alive;
  if (ticket.call !== null && ticket.call !== answered) {
    navigator.vibrate?.(SHAKES_MS);
    ring(ticket.call);
  }
  answered = ticket.call ?? answered;
  draw();
}

async function ring(call) {
  if (!wanted || context === null) return;
  await context.resume(); // a phone call, or a locked screen, has stopped it; a touch may be needed
  if (ticket.call !== call) return; // so long ago that it is another call's turn, or nobody's
  TONES.forEach((hertz, place) => tone(hertz, context.currentTime + place * APART_S));
}

function tone(hertz, at) {
  const swing = context.createOscillator();
  const loudness = context.createGain();
  swing.frequency.value = hertz;
  loudness.gain.setValueAtTime(LEVEL, at);
  loudness.gain.setTargetAtTime(0, at, DECAY_S);
  swing.connect(loudness).connect(context.destination);
  swing.start(at);
  swing.stop(at + 5 * DECAY_S);
}

const rings = () => wanted && context?.state === "running";

function toggle() {
  wanted = !rings();
  keep();
  if (wanted) wake();
  draw();
}

/** Let the page make sounds; only in a touch does a browser allow it. */
function wake() {
  if (context === null && "AudioContext" in globalThis) {
    context = new AudioContext();
    context.onstatechange = draw;
  }
  context?.resume();
}

/** Keep the screen on while a call is waited for; a browser takes it back whenever the page is out of sight. */
async function holdScreen() {
  const due = () => rings() && (waits(ticket) || ticket.call !== null) && document.visibilityState === "visible";
  if (!due()) return lock?.release();
  if (lock !== null || locking || !("wakeLock" in navigator)) return;
  locking = true;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.onrelease = () => {
      lock = null;
      draw();
    };
  } catch {
    // The phone saves its battery: the note says that the screen may go dark.
  }
  locking = false;
  if (lock !== null) draw(); // which lets it go if it is not due any more
}

function draw() {
  if (ticket === null) return;
  $("alert").hidden = !waits(ticket) && ticket.call === null;
  $("alert-button").setAttribute("aria-pressed", String(rings()));
  write($("alert-note"), note());
  holdScreen();
}

function note() {
  if (!("AudioContext" in globalThis)) return WORDS.mute;
  if (rings() && !linked) return WORDS.unlinked;
  if (rings()) return lock === null ? WORDS.on_dark : WORDS.on;
  return wanted ? WORDS.asleep : "";
}

function kept() {
  try {
    return localStorage.getItem(NAME) === "on";
  } catch {
    return false;
  }
}

function keep() {
  try {
    if (wanted) localStorage.setItem(NAME, "on");
    else localStorage.removeItem(NAME);
  } catch {
    // This browser keeps nothing: it lasts as long as the page.
  }
}

if (wanted) wake(); // an installed page may be let without a touch
$("alert-button").disabled = !("AudioContext" in globalThis);
$("alert-button").addEventListener("click", toggle);
document.addEventListener("click", () => wanted && !rings() && wake()); // any touch will do, after the button's own
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && wanted) context?.resume();
  draw();
});
