// The hall screen speaks: clips from the server through the browser's own sound. What is said when: screen_voice.js.

import { ScreenVoice } from "./screen_voice.js";

const TICK_MS = 250;
const CLIP_PATIENCE_MS = 12000; // the server itself gives its engines 8 s
const TRY_MS = 1000; // after a cut the browser still asks on connections from before it, on which nothing comes any more:
const TRY_MORE = 1.6; // there may be six, and each is given up with a try that hangs; each next try may take longer
const AGAIN_MS = 300;
const PLAY_PATIENCE_MS = 5000; // beyond the clip's own length: sound that hangs must not silence the hall
const CHIME_MS = 1400;

/**
 * A voice for this screen; null when it is not to speak: `voice` of its set-up, or ?voice=on, and the page may sound.
 *
 * screen   {queues, areas, voice}
 * sound    an AudioContext, or null; chime(gain): plays the page's own, for when the server cannot be asked
 * links    of hall_screen_links.js
 * board()  the board's state
 *
 * Returns {add(call, seq, epoch), test(id), isSpeaking()}. What was heard is told by an event "played" of the document, whose
 * detail says what.
 */
export function hallScreenVoice({ hall, screen, sound, chime, links, board }) {
  const isAsked = screen.voice || new URLSearchParams(location.search).get("voice") === "on";
  if (!isAsked || sound === null) return null;
  const address = `/screen/${encodeURIComponent(hall)}/voice`;
  const voice = new ScreenVoice({
    scope: screen,
    now: () => (links.standing() === null ? null : links.now()),
    board: () => links.standing() && { ...links.standing(), state: board() },
    ack: links.ack,
    isAllowed: () => sound.state === "running",
    clip: (call) => fetchClip(call === null ? "test" : `${encodeURIComponent(call.epoch)}/${call.seq}`),
    play: (clip, fromMs, gain) => play(clip, fromMs / 1000, gain),
    memory: memoryOf(`jiaohao.spoken ${location.pathname}${location.search}`),
    played: (detail) => document.dispatchEvent(new CustomEvent("played", { detail })),
  });

  async function fetchClip(name) {
    try {
      const answer = await ask(`${address}/${name}.wav`);
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      const buffer = await sound.decodeAudioData(answer.bytes);
      const sentence = answer.headers.get("jiaohao-sentence-at");
      return {
        buffer,
        durationMs: buffer.duration * 1000,
        sentenceMs: sentence === null ? null : Number(sentence) * 1000,
        voice: decodeURIComponent(answer.headers.get("jiaohao-voice") ?? ""),
      };
    } catch (error) {
      console.error("no clip", error);
      return { buffer: null, durationMs: CHIME_MS, sentenceMs: null, voice: null };
    }
  }

  /** {ok, status, headers, bytes}, as soon as the server can be reached; a try that hangs is given up with its connection. */
  async function ask(url) {
    const giveUp = performance.now() + CLIP_PATIENCE_MS;
    for (let patience = TRY_MS; ; patience *= TRY_MORE) {
      // A timer of our own holds its signal until the last byte, so that a body which was cut off unnoticed ends as well.
      const attempt = new AbortController();
      const timer = setTimeout(() => attempt.abort(), patience);
      try {
        const answer = await fetch(url, { signal: attempt.signal });
        const { ok, status, headers } = answer;
        return { ok, status, headers, bytes: await answer.arrayBuffer() };
      } catch (error) {
        if (performance.now() + AGAIN_MS > giveUp) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      } finally {
        clearTimeout(timer);
      }
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

  let isSpeaking = false;
  async function speak() {
    if (isSpeaking) return;
    isSpeaking = true;
    try {
      while (await voice.next());
    } finally {
      isSpeaking = false;
    }
  }

  setInterval(speak, TICK_MS);
  return {
    add: (call, seq, epoch) => voice.add(call, seq, epoch),
    test: (id) => typeof id === "string" && voice.test(id),
    isSpeaking: () => isSpeaking,
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
