// The browser's half of the live protocol: the shared vectors, then `connect` with a socket, a clock and a chance of ours.
// Run by test_live_js.py, or by hand: node --test tests/wire/live_test.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, mock, test } from "node:test";

import { applyPatch, comesBack, connect, meaning, Subscriber, subprotocols } from "../../static/live.js";

const load = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

const SNAPSHOT = { type: "snapshot", topic: "board", epoch: "e1", seq: 5, at: "t0", reason: "new", state: { a: 1 } };
const PATCH = { type: "patch", topic: "board", prev: 5, seq: 6, at: "t1", patch: { a: 2 } };
const GAP = { type: "patch", topic: "board", prev: 8, seq: 9, at: "t3", patch: {} };
const HEARTBEAT = { type: "heartbeat", topic: "board", head: 6, at: "t2" };

describe("merge patch", () => {
  for (const { name, target, patch, result } of load("merge_patch")) {
    test(name, () => {
      const before = structuredClone(target);
      assert.deepEqual(applyPatch(target, patch), result);
      assert.deepEqual(target, before, "the target was changed in place");
    });
  }
});

describe("close codes", () => {
  for (const { code, comes_back, zh, en } of load("close_codes")) {
    test(String(code), () => {
      assert.equal(comesBack(code), comes_back);
      assert.equal(meaning(code), zh);
      assert.equal(meaning(code, "zh-CN"), zh);
      assert.equal(meaning(code, "en"), en);
    });
  }
});

describe("frames", () => {
  const frames = load("frames");
  const reading = () => {
    const reader = new Subscriber("board");
    reader.opening(0);
    reader.receive(JSON.stringify(SNAPSHOT), 0);
    return reader;
  };
  for (const { name, text } of frames.unreadable) {
    test(`unreadable: ${name}`, () => {
      const reader = reading();
      assert.deepEqual(reader.receive(text, 1), [{ kind: "resubscribe", why: "apply" }]);
      assert.equal(reader.status, "lost");
      assert.equal(reader.position, null);
    });
  }
  for (const { name, text } of frames.unknown) {
    test(`unknown: ${name}`, () => {
      const reader = reading();
      assert.deepEqual(reader.receive(text, 1), []);
      assert.equal(reader.status, "live");
      assert.equal(reader.silentAt, 13.5);
    });
  }
  test("a binary message is no frame", () => {
    assert.deepEqual(reading().receive(new ArrayBuffer(3), 1), [{ kind: "resubscribe", why: "apply" }]);
  });
});

describe("subscriber", () => {
  const observed = {
    query: (reader) => reader.urlQuery(),
    age: (reader, now) => reader.age(now),
    position: ({ position }) => position && [position.epoch, position.seq],
    as_of: ({ asOf }) => asOf,
    silent_at: ({ silentAt }) => silentAt,
    status: ({ status }) => status,
    since: ({ since }) => since,
    state: ({ state }) => state,
  };
  for (const { name, topic, position, steps } of load("subscriber")) {
    test(name, () => {
      const reader = new Subscriber(topic, position && { epoch: position[0], seq: position[1] });
      let brought = [];
      steps.forEach((step, number) => {
        const { on, now, gives } = step;
        if (on === "opening") {
          reader.opening(now);
        } else if (on === "receive") {
          brought = reader.receive(step.text ?? JSON.stringify(step.frame), now);
          assert.deepEqual(brought, gives, `step ${number}`);
        } else if (on === "failed") {
          assert.deepEqual(reader.failed(brought.slice(step.change), now), gives, `step ${number}`);
        } else if (on === "closed") {
          const answer = reader.closed(step.code, now, step.chance);
          const said = answer.kind === "stop" ? { stop: answer.meaning } : { reconnect: answer.afterS };
          assert.deepEqual(said, gives, `step ${number}`);
        } else {
          assert.equal(on, "look");
        }
        for (const [what, expected] of Object.entries(step.then ?? {})) {
          assert.deepEqual(observed[what](reader, now), expected, `step ${number}: ${what}`);
        }
      });
    });
  }
  test("only calls can begin from a position", () => {
    assert.throws(() => new Subscriber("board", { epoch: "e1", seq: 5 }), TypeError);
  });
});

test("a token goes as a subprotocol, in base64url of its UTF-8", () => {
  assert.deepEqual(subprotocols("abc"), ["jiaohao.v1", "bearer.YWJj"]);
  assert.deepEqual(subprotocols("令牌>>?"), ["jiaohao.v1", "bearer.5Luk54mMPj4_"]);
});

describe("connect", () => {
  let sockets, seconds, heard, connection;

  class FakeSocket {
    readyState = 1;
    sent = [];
    constructor(address, protocols) {
      Object.assign(this, { address: String(address), protocols });
      sockets.push(this);
    }
    send(text) {
      this.sent.push(text);
    }
    close() {
      this.readyState = 3;
    }
    brings(frame) {
      this.onmessage?.({ data: JSON.stringify(frame) });
    }
    ends(code) {
      this.readyState = 3;
      this.onclose?.({ code });
    }
  }

  const last = () => sockets.at(-1);
  const state = () => connection.status().state;
  function pass(duration) {
    for (let passed = 0; passed < duration; passed += 0.5) {
      seconds += 0.5;
      mock.timers.tick(500);
    }
  }
  function begin(options = {}) {
    connection = connect({
      url: "http://hall.example/api/v1/halls/town/live",
      topic: "board",
      onState: (state, change) => heard.push(["state", state, change.kind]),
      onCall: (call, seq) => heard.push(["call", call, seq]),
      onHint: (hint) => heard.push(["hint", hint]),
      onStatus: (status) => heard.push(["status", status.state]),
      WebSocket: FakeSocket,
      now: () => seconds,
      random: () => 0.5,
      ...options,
    });
  }

  beforeEach(() => {
    sockets = [];
    seconds = 1000;
    heard = [];
    mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_700_000_000_000 });
    mock.method(console, "warn", () => {});
    mock.method(console, "error", () => {});
    globalThis.document = Object.assign(new EventTarget(), { hidden: false, documentElement: { lang: "en" } });
    for (const name of ["addEventListener", "removeEventListener"]) {
      globalThis[name] = globalThis.document[name].bind(globalThis.document);
    }
  });

  afterEach(() => {
    connection.close();
    mock.timers.reset();
    mock.restoreAll();
    delete globalThis.document;
    delete globalThis.addEventListener;
    delete globalThis.removeEventListener;
  });

  test("brings state, hints and status, and asks with the cookie alone", () => {
    begin();
    assert.equal(last().address, "ws://hall.example/api/v1/halls/town/live?topic=board");
    assert.equal(last().protocols, undefined);
    last().brings(SNAPSHOT);
    last().brings(PATCH);
    last().brings({ type: "hint", topic: "board", at: "t2", hint: { p50_s: 60 } });
    assert.deepEqual(heard, [
      ["status", "connecting"],
      ["state", { a: 1 }, "snapshot"],
      ["status", "live"],
      ["state", { a: 2 }, "patch"],
      ["hint", { p50_s: 60 }],
    ]);
  });

  test("a page from https asks by wss, a device page with its token", () => {
    begin({ url: "https://hall.example/live", token: "abc" });
    assert.equal(last().address, "wss://hall.example/live?topic=board");
    assert.deepEqual(last().protocols, ["jiaohao.v1", "bearer.YWJj"]);
  });

  test("a closed link: lost at once, then resumed from the position", () => {
    begin();
    last().brings(SNAPSHOT);
    last().ends(1006);
    assert.equal(state(), "lost");
    pass(0.5);
    assert.equal(sockets.length, 2);
    assert.equal(last().address, "ws://hall.example/api/v1/halls/town/live?topic=board&epoch=e1&after=5");
    last().brings(PATCH);
    assert.equal(state(), "lost", "what was missed is still on its way");
    last().brings(HEARTBEAT);
    assert.equal(state(), "live");
  });

  test("a dead link is noticed without any event, and says how old its data is", () => {
    begin();
    last().brings(SNAPSHOT);
    pass(12);
    assert.equal(state(), "live");
    const [dead] = sockets;
    pass(1);
    assert.equal(dead.readyState, 3);
    const { since, asOf, ageS } = connection.status();
    assert.equal(state(), "lost");
    assert.equal(asOf, "t0");
    assert.equal(ageS, 13);
    assert.equal(since.getTime(), Date.now() - (seconds - 1013) * 1000);
    pass(0.5);
    assert.equal(sockets.length, 2);
    dead.brings(SNAPSHOT);
    assert.equal(state(), "lost", "a link given up is not listened to");
  });

  test("while not live the page hears every second, so that the age can be shown", () => {
    begin();
    last().brings(SNAPSHOT);
    heard.length = 0;
    pass(3);
    assert.deepEqual(heard, []);
    last().ends(4501);
    pass(3);
    assert.deepEqual(heard, Array(4).fill(["status", "stopped"]));
  });

  test("a code that does not come back stops, with words in the page's language", () => {
    begin();
    last().ends(4501);
    pass(120);
    assert.equal(sockets.length, 1);
    const { state, code, meaning } = connection.status();
    assert.deepEqual({ state, code, meaning }, { state: "stopped", code: 4501, meaning: "Please sign in again" });
  });

  test("a gap and a frame that cannot be read connect anew", () => {
    begin();
    last().brings(SNAPSHOT);
    last().brings(GAP);
    assert.equal(state(), "lost");
    pass(0.5);
    assert.match(last().address, /after=5$/);
    last().onmessage({ data: "rubbish" });
    pass(0.5);
    assert.match(last().address, /topic=board$/);
    assert.equal(sockets.length, 3);
  });

  test("a page that cannot show a state is reported, and gets a fresh snapshot", () => {
    let broken = true;
    begin({
      onState() {
        if (broken) throw new Error("no such element");
      },
    });
    last().brings(SNAPSHOT);
    assert.equal(state(), "lost");
    assert.equal(console.error.mock.callCount(), 1);
    broken = false;
    pass(0.5);
    assert.match(last().address, /topic=board$/);
    last().brings(SNAPSHOT);
    assert.equal(state(), "live");
  });

  test("a page that cannot show that it is live again is told once more", () => {
    let broken = true;
    begin({
      onStatus({ state }) {
        if (broken && state === "live") throw new Error("no such element");
        heard.push(["status", state]);
      },
    });
    assert.throws(() => last().brings(SNAPSHOT), /no such element/); // in a browser: reported, and nothing else
    broken = false;
    heard.length = 0;
    pass(3);
    assert.deepEqual(heard, [["status", "live"]]);
    last().brings(PATCH);
    assert.equal(sockets.length, 1, "what it was given it has taken");
  });

  test("a call that failed comes again, and is acknowledged when shown", () => {
    let broken = true;
    begin({
      topic: "calls",
      onCall(call, seq) {
        if (broken) throw new Error("no voice");
        connection.ack(seq);
      },
    });
    const snapshot = { ...SNAPSHOT, topic: "calls", state: { calls: { 5: { number: "A001", called_at: "c1" } } } };
    last().brings(snapshot);
    broken = false;
    pass(0.5);
    last().brings(snapshot);
    assert.deepEqual(last().sent, ['{"type":"ack","seq":5}']);
  });

  test("of several calls at once, those behind the one that failed come again too", () => {
    const shown = [];
    let broken = true;
    begin({
      topic: "calls",
      onCall({ number }) {
        if (broken && number === "A002") throw new Error("no voice");
        shown.push(number);
      },
    });
    const calls = { 5: { number: "A001" }, 6: { number: "A002" }, 7: { number: "A003" } };
    last().brings({ ...SNAPSHOT, topic: "calls", seq: 7, state: { calls } });
    broken = false;
    pass(0.5);
    last().brings({ ...SNAPSHOT, topic: "calls", seq: 7, state: { calls } });
    assert.deepEqual(shown, ["A001", "A002", "A003"]);
  });

  test("what was shown without a connection is acknowledged on the next, unless its history is another", () => {
    begin();
    last().brings(SNAPSHOT);
    last().ends(1006);
    connection.ack(5);
    pass(0.5);
    assert.deepEqual(last().sent, []);
    last().brings(HEARTBEAT);
    last().brings({ ...HEARTBEAT, head: 7 });
    assert.deepEqual(last().sent, ['{"type":"ack","seq":5}'], "once a connection");
    last().ends(1006);
    pass(1);
    last().brings(HEARTBEAT);
    assert.deepEqual(last().sent, ['{"type":"ack","seq":5}'], "a server that was started again has forgotten it");
    last().ends(1006);
    pass(2);
    last().brings({ ...SNAPSHOT, epoch: "e2" });
    assert.deepEqual(last().sent, []);
  });

  test("coming online or into view does not wait for the next attempt", () => {
    begin();
    for (const event of ["online", "visibilitychange"]) {
      last().ends(1006);
      const before = sockets.length;
      globalThis.document.dispatchEvent(new Event(event));
      assert.equal(sockets.length, before + 1);
    }
    pass(0.5);
    assert.equal(sockets.length, 3, "the attempt that was waited for is not made as well");
  });

  test("coming into view after a sleep finds the link dead at once", () => {
    begin();
    last().brings(SNAPSHOT);
    seconds += 3600;
    globalThis.document.hidden = true;
    globalThis.document.dispatchEvent(new Event("visibilitychange"));
    assert.equal(state(), "live", "out of view, nobody is misled");
    globalThis.document.hidden = false;
    globalThis.document.dispatchEvent(new Event("visibilitychange"));
    assert.equal(state(), "lost");
  });

  for (const when of ["connecting", "live", "lost"]) {
    test(`closed by the page while ${when}, it stays closed`, () => {
      begin();
      if (when === "live") last().brings(SNAPSHOT);
      if (when === "lost") last().ends(1006);
      assert.equal(state(), when);
      connection.close();
      heard.length = 0;
      pass(60);
      globalThis.document.dispatchEvent(new Event("online"));
      assert.equal(sockets.length, 1);
      assert.deepEqual(heard, []);
    });
  }
});
