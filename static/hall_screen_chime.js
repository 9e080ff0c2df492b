// The chime before a call: two falling notes. `?chime=off` leaves it to the announcer.

const NOTES = [659, 523]; // hertz
const APART_S = 0.35;

/** Through which the page sounds; null where it does not. */
export const sound = new URLSearchParams(location.search).get("chime") === "off" ? null : new AudioContext();

for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => sound?.resume());
}

/** Whether the browser keeps it silent: set it to allow sound, or touch the screen once. */
export const isMuted = () => sound?.state === "suspended";

/** The chime of calls that are shown together, [{call, seq}]; once for each, also when the page is loaded anew meanwhile. */
export function chimeFor(calls, gain) {
  const newest = calls.map(({ call, seq }) => `${call.called_at} ${String(seq).padStart(12, "0")}`).sort().at(-1);
  if (isHeard(newest)) return;
  chime(gain);
}

/** Whether this or a later one was heard before; from now on it was. */
function isHeard(call) {
  const name = `jiaohao.chimed ${location.pathname}${location.search}`;
  try {
    if (call <= (sessionStorage.getItem(name) ?? "")) return true;
    sessionStorage.setItem(name, call);
  } catch {
    // storage is off: a page that is loaded anew chimes again
  }
  return false;
}

/** gain: 1 is as loud as it was made, 0 in silent hours. */
export function chime(gain) {
  if (gain === 0 || sound?.state !== "running") return;
  NOTES.forEach((pitch, place) => {
    const start = sound.currentTime + place * APART_S;
    const note = new OscillatorNode(sound, { frequency: pitch });
    const volume = new GainNode(sound, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.4 * gain, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
    note.connect(volume).connect(sound.destination);
    note.start(start);
    note.stop(start + 1);
  });
}
