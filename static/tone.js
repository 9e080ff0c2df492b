// One short, polite tone for a page that somebody works at. A browser lets no page sound before it was touched.

const NOTES = [ // pitch in Hz, when it begins in seconds
  [659, 0],
  [523, 0.3],
];
const LASTS_S = 0.7;
const TURN_S = 1.1; // from one ringing to the next
const LOUDNESS = 0.25;

/**
 * name: under which this browser keeps whether the tone is wanted; it is, until somebody says no.
 * asleep: says that the page has to be touched first; shown while the tone is wanted and cannot sound.
 */
export class Tone {
  #context = null;
  #name;
  #asleep;

  constructor(name, asleep) {
    this.#name = name;
    this.#asleep = asleep;
    this.#asleep.hidden = !this.isWanted;
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.#wake());
  }

  get isWanted() {
    try {
      return localStorage.getItem(this.#name) !== "off";
    } catch {
      return true;
    }
  }

  want(isWanted) {
    try {
      localStorage.setItem(this.#name, isWanted ? "on" : "off");
    } catch {
      // This browser keeps nothing: the next page asks again.
    }
  }

  /** Sound it, once or more often; nothing is heard where it is not wanted, or before the page was touched. */
  async ring(times = 1) {
    if (!this.isWanted || this.#context === null) return;
    await this.#context.resume();
    const notes = Array.from({ length: times }, (_, turn) => NOTES.map(([pitch, begins]) => [pitch, begins + turn * TURN_S]));
    for (const [pitch, begins] of notes.flat()) {
      const start = this.#context.currentTime + begins;
      const note = new OscillatorNode(this.#context, { frequency: pitch });
      const volume = new GainNode(this.#context, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + LASTS_S);
      note.connect(volume).connect(this.#context.destination);
      note.start(start);
      note.stop(start + LASTS_S);
    }
  }

  #wake() {
    this.#asleep.hidden = true;
    if ("AudioContext" in globalThis) this.#context ??= new AudioContext();
    this.#context?.resume();
  }
}
