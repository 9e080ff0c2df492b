// A hall screen's voice: what is heard, and when. Run by test_live_js.py, or by hand: node --test tests/wire/screen_voice_test.mjs

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { ScreenVoice } from "../../static/screen_voice.js";

const NOON = Date.parse("2026-11-02T04:00:00Z");
const CLIP_MS = 8000;
const SENTENCE_MS = 1700;

/** A call made `after` ms past NOON, that lives for a minute. */
const call = (number, counter = 1, { recall = 0, after = 0, lifeMs = 60000, queue = "a" } = {}) => ({
  number, queue, counter, recall,
  called_at: new Date(NOON + after).toISOString(),
  expires_at: new Date(NOON + after + lifeMs).toISOString(),
});

/** A hall around a voice. Its clock moves while something is played, and nothing else takes time. */
function hall({ voice = { repeat: 1 }, scope = { queues: [], areas: [] }, spoken = new Map() } = {}) {
  const here = {
    at: NOON,
    board: { epoch: "e1", seq: 0, isLive: true, state: { voice, hall: { timezone: "Asia/Shanghai" }, counters: {} } },
    isAllowed: true,
    isLinked: true,
    failing: 0, // so many of the next sounds cannot be played
    speaks: "espeak", // "": there is only the chime
    fetched: [],
    heard: [],
    acks: [],
    kept: [],
    isPlaying: false,
    onPlay: () => {},
  };
  const ports = {
    scope,
    now: () => here.at,
    board: () => here.board,
    isAllowed: () => here.isAllowed,
    async clip(announcement) {
      here.fetched.push(announcement?.seq ?? "test");
      if (here.speaks === null) return { durationMs: 1400, sentenceMs: null, voice: null };
      return here.speaks === ""
        ? { durationMs: 1400, sentenceMs: null, voice: "" }
        : { durationMs: CLIP_MS, sentenceMs: SENTENCE_MS, voice: here.speaks };
    },
    async play(clip, fromMs, gain) {
      assert.equal(here.isPlaying, false, "two sounds at once");
      here.isPlaying = true;
      here.sound = { fromMs, gain };
      here.onPlay();
      await Promise.resolve(); // gives whoever would talk over it the chance
      here.isPlaying = false;
      if (here.failing > 0) {
        here.failing -= 1;
        throw new Error("deaf");
      }
      here.at += clip.durationMs - fromMs;
    },
    memory: { spoken: () => new Map(spoken), keep: (map) => here.kept.push(new Map(map)) },
    ack(seq, health) {
      if (here.isLinked) here.acks.push([seq, health]);
      return here.isLinked;
    },
    played: ({ number, nth, test: id }) => here.heard.push(id ?? `${number}/${nth}`),
  };
  here.voice = new ScreenVoice(ports);
  here.all = async () => {
    while (await here.voice.next());
    return here.heard;
  };
  return here;
}

test("every call is heard in order with its repeats, and a recall is a call of its own", async () => {
  const here = hall({ voice: { repeat: 2 } });
  here.voice.add(call("A001"), 1, "e1");
  here.voice.add(call("B001", 2), 2, "e1");
  assert.deepEqual(await here.all(), ["A001/1", "A001/2", "B001/1", "B001/2"]);
  here.voice.add(call("A001", 1, { recall: 1, after: here.at - NOON }), 3, "e1");
  assert.deepEqual((await here.all()).slice(4), ["A001/1", "A001/2"]);
  assert.deepEqual(here.acks.map(([seq]) => seq), [0, 1, 1, 2, 2, 3, 3]);
  assert.deepEqual(here.fetched, [1, 2, "test", 3]);
});

test("the chime opens a call and its repeat is the sentence alone; without a voice the chime is all there is", async () => {
  const here = hall({ voice: { repeat: 2 } });
  const from = [];
  here.onPlay = () => from.push(here.sound.fromMs);
  here.voice.add(call("A001"), 1, "e1");
  await here.all();
  here.speaks = "";
  here.voice.add(call("A002"), 2, "e1");
  await here.all();
  assert.deepEqual(from, [0, SENTENCE_MS, 0, 0]);
  assert.deepEqual(here.fetched, [1, "test", 2, 2], "a chime is not taken for an answer: the sentence is asked for again");
});

test("nothing is heard before the hall's time and board are known; what expired meanwhile is not", async () => {
  const here = hall();
  const { at, board } = here;
  here.voice.add(call("A001", 1, { lifeMs: 5000 }), 1, "e1");
  here.voice.add(call("A002", 2), 2, "e1");
  here.at = null;
  assert.deepEqual(await here.all(), []);
  here.at = at + 5000;
  here.board = null;
  assert.deepEqual(await here.all(), []);
  here.board = board;
  assert.deepEqual(await here.all(), ["A002/1"]);
});

test("a ticket that was started is not called, be it while it waits, while its clip comes, or between two readings", async () => {
  const here = hall({ voice: { repeat: 2 } });
  const serve = (seq, counter, number) => {
    const counters = { ...here.board.state.counters, [counter]: { ticket: { number, state: "serving" } } };
    here.board = { ...here.board, seq, state: { ...here.board.state, counters } };
  };
  here.voice.add(call("A001", 1), 1, "e1");
  here.voice.add(call("A002", 2), 2, "e1");
  serve(3, 1, "A001");
  here.onPlay = () => serve(4, 2, "A002");
  assert.deepEqual(await here.all(), ["A002/1"]);
  here.voice.add(call("A003", 3, { after: 8000 }), 5, "e1");
  const reading = here.voice.next();
  serve(6, 3, "A003");
  assert.equal(await reading, true);
  assert.deepEqual(await here.all(), ["A002/1"]);
});

test("a board that is not live answers nothing, and still says how to speak and for whom", async () => {
  const here = hall({ voice: { repeat: 3 }, scope: { queues: [], areas: ["东厅"] } });
  here.board.state.counters = { 1: { area: "东厅", ticket: { number: "A001", state: "serving" } }, 2: { area: "西厅" } };
  here.board = { ...here.board, seq: 9, isLive: false };
  here.voice.add(call("A001", 1), 1, "e1");
  here.voice.add(call("B001", 2), 2, "e1");
  assert.deepEqual(await here.all(), ["A001/1", "A001/2", "A001/3"]);
  assert.deepEqual(here.fetched, [1, "test"], "no clip is fetched for others");
  assert.equal(here.acks.at(-1)[1].part, true);
});

test("seven counters that call at once are all heard", async () => {
  const here = hall({ voice: { repeat: 2 } });
  for (let counter = 1; counter <= 7; counter += 1) here.voice.add(call(`A00${counter}`, counter), counter, "e1");
  const heard = await here.all();
  assert.deepEqual(heard.filter((what) => what.endsWith("/1")).map((what) => what.slice(0, 4)), [
    "A001", "A002", "A003", "A004", "A005", "A006", "A007",
  ]);
  assert.ok(heard.length < 14);
});

test("the hour sets the volume, by the hall's clock", async () => {
  const here = hall({ voice: { repeat: 1, volume: 85, spans: [["12:00", "12:01", 34]] } });
  const gains = [];
  here.onPlay = () => gains.push(here.sound.gain);
  here.voice.add(call("A001"), 1, "e1");
  await here.all();
  here.at = NOON + 60000;
  here.voice.add(call("A002", 1, { after: 60000 }), 2, "e1");
  await here.all();
  assert.deepEqual(gains, [0.4, 1]);
});

test("in silent hours nothing is heard but a test, and what was called then does not come late", async () => {
  const here = hall({ voice: { repeat: 1, volume: 51, spans: [["12:00", "13:00", 0]] } });
  here.voice.add(call("A001"), 1, "e1");
  here.voice.test("t1");
  assert.deepEqual(await here.all(), ["t1"]);
  assert.equal(here.sound.gain, 0.6);
  here.board = { ...here.board, state: { ...here.board.state, voice: { repeat: 1 } } };
  assert.deepEqual(await here.all(), ["t1"]);
});

test("a test is said once and acknowledged", async () => {
  const here = hall();
  here.voice.test("t1");
  here.voice.test("t1");
  here.voice.test("t2");
  assert.deepEqual(await here.all(), ["t1", "t2"]);
  assert.deepEqual(here.acks.map(([seq, { voice, failures }]) => [seq, voice, failures]), Array(3).fill([0, "espeak", 0]));
  assert.deepEqual(here.acks.map(([, { spoken_at: at }]) => at === undefined), [true, false, false]);
});

test("a screen says with what it speaks when it comes up, as soon as the server can be asked and told", async () => {
  const here = hall();
  const tick = async () => {
    await here.all();
    await Promise.resolve();
    here.at += 5000;
  };
  here.speaks = null;
  await tick();
  here.speaks = "espeak";
  here.isLinked = false;
  await tick();
  here.isLinked = true;
  for (let times = 0; times < 5; times += 1) await tick();
  assert.deepEqual(here.acks, [[0, { voice: "espeak", failures: 0, part: false }]]);
  assert.deepEqual(here.fetched, ["test", "test", "test"]);
  here.isAllowed = false;
  await tick();
  here.isAllowed = true;
  await tick();
  assert.deepEqual(here.acks.map(([, { voice }]) => voice), ["espeak", "", "espeak"]);
});

test("while the server cannot be asked a call waits for its sentence; shortly before it expires the chime is better than nothing", async () => {
  const here = hall();
  here.speaks = null;
  here.voice.add(call("A001"), 1, "e1");
  here.voice.add(call("A002", 2), 2, "e1");
  assert.deepEqual(await here.all(), []);
  here.at += 20_000;
  here.speaks = "espeak";
  assert.deepEqual(await here.all(), ["A001/1", "A002/1"]);
  here.speaks = null;
  here.voice.add(call("A003"), 3, "e1");
  assert.deepEqual(await here.all(), ["A001/1", "A002/1"]);
  here.at = NOON + 50_000;
  assert.deepEqual(await here.all(), ["A001/1", "A002/1", "A003/1"]);
});

test("a page that was loaded anew repeats nothing, in this epoch or another", async () => {
  const before = hall({ voice: { repeat: 2 } });
  before.voice.add(call("A001"), 1, "e1");
  before.voice.add(call("A002", 2), 2, "e1");
  await before.voice.next();
  for (const epoch of ["e1", "e2"]) {
    const after = hall({ voice: { repeat: 2 }, spoken: before.kept.at(-1) });
    after.at = before.at;
    after.voice.add(call("A001"), 1, epoch);
    after.voice.add(call("A002", 2), 2, epoch);
    after.voice.add(call("A001", 1, { recall: 1, after: 7000 }), 3, epoch);
    const heard = await after.all();
    assert.deepEqual(heard.filter((what) => what.endsWith("/1")), ["A002/1", "A001/1"]);
  }
});

test("what has expired is forgotten, so that a screen's memory stays small", async () => {
  const here = hall();
  for (let seq = 1; seq <= 50; seq += 1) {
    here.at = NOON + seq * 30000;
    here.voice.add(call(`A${seq}`, 1, { after: here.at - NOON }), seq, "e1");
    await here.all();
  }
  assert.equal(here.heard.length, 50);
  assert.ok(here.kept.at(-1).size <= 4, `${here.kept.at(-1).size} kept`);
});

test("a clip that cannot be played is tried again until the call expires, and counted", async () => {
  mock.method(console, "error", () => {});
  const here = hall();
  here.failing = 2;
  here.voice.add(call("A001"), 1, "e1");
  for (let tick = 0; tick < 20; tick += 1) {
    await here.all();
    here.at += 250;
  }
  assert.deepEqual(here.heard, ["A001/1"]);
  const { voice, failures, spoken_at: at } = here.acks.at(-1)[1];
  assert.deepEqual([voice, failures, Number.isNaN(Date.parse(at))], ["espeak", 2, false]);
  here.failing = 1000;
  here.voice.add(call("A002", 1, { after: here.at - NOON }), 2, "e1");
  for (let tick = 0; tick < 400; tick += 1) {
    await here.all();
    here.at += 250;
  }
  assert.deepEqual(here.heard, ["A001/1"]);
  assert.ok(here.acks.at(-1)[1].failures < 70, "not at every tick");
});

test("while the browser allows no sound the server is told once, and a touch lets the rest be heard", async () => {
  const here = hall();
  here.isAllowed = false;
  here.voice.test("t1");
  here.voice.add(call("A001", 1, { lifeMs: 10000 }), 1, "e1");
  here.voice.add(call("A002", 2), 2, "e1");
  await here.all();
  await here.all();
  assert.deepEqual(here.acks.at(-1), [0, { voice: "", failures: 1, part: false }]);
  assert.ok(here.acks.length <= 2);
  here.at += 20000;
  here.isAllowed = true;
  assert.deepEqual(await here.all(), ["A002/1"]);
  assert.equal(here.acks.at(-1)[1].voice, "espeak");
});

test("a call that cannot be read is reported and costs no other", async () => {
  const complained = mock.method(console, "error", () => {});
  const here = hall();
  here.voice.add({ ...call("A001"), expires_at: "soon" }, 1, "e1");
  here.voice.add(call("A002"), 2, "e1");
  assert.deepEqual(await here.all(), ["A002/1"]);
  assert.equal(complained.mock.callCount() > 0, true);
});
