// The hall screen speaks: clips from the server through the browser's own sound. What is said when: screen_voice.js.

import { ScreenVoice } from "./screen_voice.js";

const TICK_MS = 250;
const CLIP_PATIENCE_MS = 12000; // the server itself gives its engines 8 s
const PLAY_PATIENCE_MS = 5000; // beyond the clip's own length: sound that hangs must not silence the hall
const CHIME_MS = 1400;

/**
 * A voice for this screen, or null when it is not to speak (`voice` of its set-up, or ?voice=on).
 *
 * hall          its id
 * scope         {queues, areas}: whose calls it speaks; empty: all
 * sound         an AudioContext
 * chime         plays the page's own chime at a gain, for when the server cannot be asked
 * now, board    as ScreenVoice wants them
 * ack           (seq, health)
 *
 * Returns {add(call, seq, epoch), hint(hint)}. What was heard is told by an event "played" of the document, whose detail says what.
 */
export function hallScreenVoice({ hall, scope, sound, chime, now, board, ack }) {
  const address = `/screen/${encodeURIComponent(hall)}/voice`;
  const voice = new ScreenVoice({
    scope,
    now,
    board,
    ack,
    isAllowed: () => sound.state === "running",
    clip: (call) => fetchClip(call === null ? `${address}/test.wav` : `${address}/${encodeURIComponent(call.epoch)}/${call.seq}.wav`),
    play: (clip, fromMs, gain) => play(clip, fromMs / 1000, gain),
    memory: memoryOf(`jiaohao.spoken ${location.pathname}${location.search}`),
    played: (detail) => document.dispatchEvent(new CustomEvent("played", { detail })),
  });

  async function fetchClip(path) {
    try {
      const answer = await fetch(path, { signal: AbortSignal.timeout(CLIP_PATIENCE_MS) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      const buffer = await sound.decodeAudioData(await answer.arrayBuffer());
      const sentence = answer.headers.get("jiaohao-sentence-at");
      return {
        buffer,
        durationMs: buffer.duration * 1000,
        sentenceMs: sentence === null ? null : Number(sentence) * 1000,
        voice: decodeURIComponent(answer.headers.get("jiaohao-voice") ?? ""),
      };
    } catch (error) {
      console.error("no clip", error);
      return { buffer: null, durationMs: CHIME_MS, sentenceMs: null, voice: "" };
    }
  }

  function play({ buffer, durationMs }, fromS, gain) {
    return new Promise((resolve, reject) => {
      const source = buffer && new AudioBufferSourceNode(sound, { buffer });
      const hanging = setTimeout(() => {
        source?.stop();
        reject(new Error("it does not end"));
      }, durationMs + PLAY_PATIENCE_MS);
      const done = () => {
        clearTimeout(hanging);
        resolve();
      };
      if (source === null) {
        chime(gain);
        setTimeout(done, durationMs);
        return;
      }
      source.connect(new GainNode(sound, { gain })).connect(sound.destination);
      source.onended = done;
      source.start(0, fromS);
    });
  }

  let isBusy = false;
  async function speak() {
    if (isBusy) return;
    isBusy = true;
    try {
      while (await voice.next());
    } finally {
      isBusy = false;
    }
  }

  setInterval(speak, TICK_MS);
  return {
    add: (call, seq, epoch) => voice.add(call, seq, epoch),
    hint: ({ test }) => typeof test === "string" && voice.test(test),
  };
}

/** What this screen has spoken, kept in this browser so that a page which is loaded anew repeats nothing. */
function memoryOf(name) {
  return {
    spoken() {
      try {
        return new Map(JSON.parse(localStorage.getItem(name) ?? "[]"));
      } catch {
        return new Map(); // storage is off, or holds something else
      }
    },
    keep(spoken) {
      try {
        localStorage.setItem(name, JSON.stringify([...spoken]));
      } catch {
        // storage is off: it lasts as long as the page
      }
    },
  };
}
