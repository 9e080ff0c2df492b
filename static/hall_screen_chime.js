// The chime before a call: two falling notes. `?chime=off` leaves it to the announcer.

const NOTES = [659, 523]; // hertz
const APART_S = 0.35;
const KEPT = 200; // calls that were chimed for: more than are unexpired at any time

/** Through which the page sounds; null where it does not. */
export const sound = new URLSearchParams(location.search).get("chime") === "off" ? null : new AudioContext();

for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => sound?.resume());
}

/** Whether the browser keeps it silent: set it to allow sound, or touch the screen once. */
export const isMuted = () => sound?.state === "suspended";

/** The chime of calls that are shown together, [{call, seq}]; once for each, also when the page is loaded anew meanwhile. */
export function chimeFor(calls, gain) {
  if (areNew(calls.map(({ call, seq }) => `${seq} ${call.called_at}`))) chime(gain);
}

/** Whether one of these calls was not chimed for before; from now on they were. */
function areNew(ids) {
  const name = `jiaohao.chimed ${location.pathname}${location.search}`;
  try {
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    sessionStorage.setItem(name, JSON.stringify([...new Set([...kept, ...ids])].slice(-KEPT)));
    return ids.some((id) => !kept.includes(id));
  } catch {
    return true; // storage is off: a page that is loaded anew chimes again
  }
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
