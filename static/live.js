// A topic's reader in the browser: the twin of queue_server/wire/subscriber.py, where each rule is explained.
// tests/vectors/*.json drives both. `Subscriber` is pure (no DOM, no clock); `connect` runs one over a WebSocket.

const SILENCE_S = 12.5;
const HEALTHY_S = 10;
const BACKOFF_BASE_S = 0.5;
const BACKOFF_CAP_S = 10;
const ATTEMPTS_CAP = 5;
const SEEN_CAP = 1000;

const MEANINGS = {
  4408: { zh: "网络较慢，正在重新连接", en: "The network is slow; reconnecting" },
  4413: { zh: "服务器正在重启，稍后自动恢复", en: "The server is restarting; this page will recover by itself" },
  4429: { zh: "连接较多，稍后自动重试", en: "Too many connections; trying again shortly" },
  4501: { zh: "登录已失效，请重新登录", en: "Please sign in again" },
  4503: { zh: "此账号或设备无权查看本页", en: "This account or device may not see this page" },
  4504: { zh: "没有这个大厅或窗口，请检查地址", en: "There is no such hall or counter; please check the address" },
  4522: { zh: "服务器不能识别本页的请求，请刷新", en: "The server did not understand this page; please reload it" },
};
const LOST = { zh: "连接中断，正在重新连接", en: "Connection lost; reconnecting" };
const REFUSED = { zh: "服务器不再接受本页的连接，请刷新", en: "The server no longer accepts this page; please reload it" };

/** Whether to connect again after `code`: always, except after 4500–4599. */
export const comesBack = (code) => !(code >= 4500 && code <= 4599);

/** What `code` means, in words for whoever stands before the screen; `language` is zh or en. */
export function meaning(code, language = "zh") {
  const words = MEANINGS[code] ?? (comesBack(code) ? LOST : REFUSED);
  return language.startsWith("zh") ? words.zh : words.en;
}

/** `target` after an RFC 7396 `patch`; neither is changed. */
export function applyPatch(target, patch) {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) result.delete(name);
    else result.set(name, applyPatch(result.get(name), change));
  }
  return Object.fromEntries(result); // not by assignment: a member may be called __proto__
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string" && value !== "";
const isSeq = (value) => Number.isSafeInteger(value) && value >= 0;
const isEpoch = (value) => isText(value) && /^[!-~]{1,128}$/.test(value);
const follows = ({ prev, seq }) => isSeq(prev) && isSeq(seq) && prev < seq;

const FIELDS = {
  snapshot: (f) => isEpoch(f.epoch) && isSeq(f.seq) && isText(f.reason) && isObject(f.state),
  patch: (f) => follows(f) && isObject(f.patch),
  call: (f) => follows(f) && isObject(f.call),
  hint: (f) => isObject(f.hint),
  heartbeat: (f) => isSeq(f.head) && (f.prev === undefined || isSeq(f.prev)),
};

/** The frame in `text`; null for a type that this version does not know. Throws on anything that is no frame. */
function parse(text) {
  const frame = typeof text === "string" ? JSON.parse(text) : undefined;
  if (!isObject(frame) || !isText(frame.type)) throw new TypeError("not a frame");
  if (!Object.hasOwn(FIELDS, frame.type)) return null;
  if (!isText(frame.topic) || !isText(frame.at) || !FIELDS[frame.type](frame)) {
    throw new TypeError(`not a ${frame.type} frame`);
  }
  return frame;
}

/** One reader of one topic: what happened goes in, what to do comes out. Times are seconds of a steady clock. */
export class Subscriber {
  position = null; // {epoch, seq}
  state = null; // null before the first snapshot, and always on `calls`
  status = "connecting"; // connecting, live, lost, stopped
  since = null; // when the status began; null before the first `opening`
  asOf = null; // the server's time at which what we hold was last known to be the present
  silentAt = null; // when this connection counts as dead; null without a connection
  #heardAt = 0;
  #currentAt = null;
  #attempts = 0;
  #gapAt = null;
  #seen = new Set();

  constructor(topic, position = null) {
    if (position !== null && topic !== "calls") throw new TypeError("a position without its state is of no use");
    this.topic = topic;
    this.position = position;
  }

  urlQuery() {
    const query = new URLSearchParams({ topic: this.topic });
    if (this.position !== null) {
      query.set("epoch", this.position.epoch);
      query.set("after", this.position.seq);
    }
    return query.toString();
  }

  /** Seconds since what we hold was last known to be the present; null when it never was. */
  age(now) {
    return this.#currentAt === null ? null : now - this.#currentAt;
  }

  /** A connection is being made; it has until `silentAt` to bring its first frame. */
  opening(now) {
    if (this.status === "stopped") return;
    this.since ??= now;
    this.#hear(now);
  }

  /** Take one text in; what it brought, in order. Applies first and moves the position after. */
  receive(text, now) {
    if (this.silentAt === null) return []; // the rest of a connection that was given up
    this.#hear(now);
    let frame, changes;
    try {
      frame = parse(text);
      if (frame === null || frame.topic !== this.topic) return [];
      changes = this.#take(frame, now);
    } catch {
      return [this.#forget(now)];
    }
    if (this.status === "live") {
      this.#currentAt = now;
      this.asOf = frame.at;
    }
    return changes;
  }

  /** The owner could not use the first of `changes`, and has not come to the others: all their calls come again. */
  failed(changes, now) {
    for (const { kind, seq, call } of changes) if (kind === "call") this.#seen.delete(identity(seq, call));
    return this.#forget(now);
  }

  /** The connection ended, or could not be made; `code` is 1006 when there was none, `chance` random in [0, 1). */
  closed(code, now, chance) {
    this.#lose(now);
    if (!comesBack(code)) {
      this.status = "stopped";
      this.since = now;
      return { kind: "stop", code, meaning: meaning(code) };
    }
    const afterS = chance * Math.min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, ATTEMPTS_CAP);
    return { kind: "reconnect", afterS };
  }

  #take(frame, now) {
    switch (frame.type) {
      case "snapshot": {
        const changes = this.#replace(frame);
        this.position = { epoch: frame.epoch, seq: frame.seq };
        this.#live(now);
        return changes;
      }
      case "heartbeat":
        if (this.position === null || frame.prev > this.position.seq) return [this.#gap(now)]; // or it was lost for good
        this.#advance(frame.head);
        this.#live(now);
        return [];
      case "hint":
        return [{ kind: "hint", hint: frame.hint }];
      default: {
        if (this.position === null || frame.prev > this.position.seq) return [this.#gap(now)];
        if (frame.seq <= this.position.seq) return [];
        const changes = this.#apply(frame);
        this.#advance(frame.seq);
        return changes;
      }
    }
  }

  #replace({ seq, reason, state }) {
    if (this.topic === "calls") {
      return callsOf(state).filter(({ seq, call }) => this.#firstSight(seq, call));
    }
    this.state = state;
    return [{ kind: "snapshot", seq, reason }];
  }

  #apply({ type, seq, call, patch }) {
    if (type === "call") return this.#firstSight(seq, call) ? [{ kind: "call", seq, call }] : [];
    this.state = applyPatch(this.state, patch);
    return [{ kind: "patch", seq, patch }];
  }

  #firstSight(seq, call) {
    const key = identity(seq, call);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > SEEN_CAP) this.#seen.delete(this.#seen.values().next().value);
    return true;
  }

  #advance(seq) {
    if (seq > this.position.seq) this.position = { ...this.position, seq };
  }

  #gap(now) {
    if (samePosition(this.position, this.#gapAt)) this.position = null; // resuming from here did not close it
    this.#gapAt = this.position;
    this.#lose(now);
    return { kind: "resubscribe", why: "gap" };
  }

  #forget(now) {
    this.position = null;
    this.#lose(now);
    return { kind: "resubscribe", why: "apply" };
  }

  #hear(now) {
    this.#heardAt = now;
    this.silentAt = now + SILENCE_S;
  }

  #live(now) {
    if (this.status === "live") return;
    this.status = "live";
    this.since = now;
  }

  #lose(now) {
    this.silentAt = null;
    if (this.status === "live" && this.#heardAt - this.since >= HEALTHY_S) this.#attempts = 0;
    if (this.status === "connecting" || this.status === "live") {
      this.status = "lost";
      this.since = now;
    }
  }
}

/** What makes a call the same one, also in another epoch, where its seq may have gone to another call. */
const identity = (seq, call) => `${seq} ${call.called_at}`;
const samePosition = (a, b) => a?.epoch === b?.epoch && a?.seq === b?.seq;

/** The calls in a snapshot of `calls`, in order. */
function callsOf({ calls }) {
  if (!isObject(calls)) throw new TypeError("calls is no object");
  return Object.entries(calls)
    .map(([seq, call]) => {
      if (!/^[0-9]{1,16}$/.test(seq) || !isObject(call)) throw new TypeError("calls are not by seq");
      return { kind: "call", seq: Number(seq), call };
    })
    .sort((a, b) => a.seq - b.seq);
}

/**
 * Keep a topic on the page, for as long as the page lives.
 *
 * url        the hall's live address, for example "/api/v1/halls/town/live"
 * topic      "board", "calls", "counter.3", …
 * token      a device page's token; without one the page's cookie speaks
 * onState    (state, change) after every snapshot and patch; `change.kind` says which
 * onCall     (call, seq, epoch) once for each call; whether it has expired is for the page to see
 * onHint     (hint)
 * onStatus   (status) when it changes, and every second while it is not live:
 *            {state: "connecting" | "live" | "lost" | "stopped", since: Date, asOf?, ageS?, code?, meaning?};
 *            asOf, ageS: the server's time at which the data was last the present, and the seconds since
 *
 * A callback that throws is reported and answered with a fresh snapshot; the call that it was given comes again, and
 * those behind it.
 * Returns {status(), position(), ack(seq, health), close()}; position: {epoch, seq} or null; ack: whether the server is
 * told, now or on the next connection; health: {voice, failures, spoken_at, part} of a page that speaks. The rest of
 * the options is for tests.
 */
export function connect({
  url, topic, token, onState, onCall, onHint, onStatus,
  WebSocket = globalThis.WebSocket, now = steadyClock(), random = Math.random,
}) {
  const subscriber = new Subscriber(topic);
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace("http", "ws");
  let socket = null;
  let waiting = null; // the timer of the next attempt
  let stop = null;
  let told = null; // the state that onStatus heard last
  let acked = null; // {epoch, text, on}: the last acknowledgement, and the socket that it was sent on

  function dial() {
    waiting = null;
    subscriber.opening(now());
    address.search = subscriber.urlQuery();
    socket = token ? new WebSocket(address, subprotocols(token)) : new WebSocket(address);
    socket.onmessage = ({ data }) => take(subscriber.receive(data, now()));
    socket.onclose = ({ code }) => ended(code);
    tell();
  }

  function take(changes) {
    for (const [place, change] of changes.entries()) {
      if (change.kind === "resubscribe") {
        console.warn(`${topic}: ${change.why}, connecting anew`);
        return drop();
      }
      try {
        deliver(change);
      } catch (error) {
        report(error);
        subscriber.failed(changes.slice(place), now());
        return drop();
      }
    }
    tell();
  }

  function deliver(change) {
    if (change.kind === "call") onCall?.(change.call, change.seq, subscriber.position.epoch);
    else if (change.kind === "hint") onHint?.(change.hint);
    else onState?.(subscriber.state, change);
  }

  function drop() {
    if (socket === null) return;
    release();
    ended(1006); // without waiting for the other side: a dead link never answers
  }

  function release() {
    if (socket === null) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    socket = null;
  }

  function ended(code) {
    socket = null;
    const next = subscriber.closed(code, now(), random());
    if (next.kind === "stop") stop = next;
    else waiting = setTimeout(dial, next.afterS * 1000);
    tell();
  }

  function check() {
    if (socket !== null && now() >= subscriber.silentAt) drop();
    else tell();
  }

  function hurry() {
    if (globalThis.document?.hidden) return;
    if (waiting === null) return check();
    clearTimeout(waiting);
    dial();
  }

  function status() {
    const at = now();
    return {
      state: subscriber.status,
      since: new Date(Date.now() - (at - (subscriber.since ?? at)) * 1000),
      asOf: subscriber.asOf ?? undefined,
      ageS: subscriber.age(at) ?? undefined,
      code: stop?.code,
      meaning: stop === null ? undefined : meaning(stop.code, globalThis.document?.documentElement.lang || "zh"),
    };
  }

  function tell() {
    const { status: state } = subscriber;
    if (state === "live" && told === "live") return;
    if (state === "live") tellAcked(); // what was shown while there was no connection, or to a server that has forgotten
    onStatus?.(status());
    told = state; // after: a page that failed to show it is told once more
  }

  function ack(seq, health = {}) {
    acked = { epoch: subscriber.position?.epoch, text: JSON.stringify({ type: "ack", seq, ...health }), on: null };
    tellAcked();
    return subscriber.position !== null;
  }

  function tellAcked() {
    if (socket?.readyState !== 1 || acked === null || acked.on === socket) return;
    if (acked.epoch !== subscriber.position?.epoch) return; // its seq means another call there
    acked.on = socket;
    socket.send(acked.text);
  }

  function close() {
    clearInterval(ticking);
    clearTimeout(waiting);
    globalThis.removeEventListener?.("online", hurry);
    globalThis.document?.removeEventListener("visibilitychange", hurry);
    release();
  }

  const ticking = setInterval(check, 1000);
  globalThis.addEventListener?.("online", hurry);
  globalThis.document?.addEventListener("visibilitychange", hurry);
  dial();
  return { status, position: () => subscriber.position, ack, close };
}

/** The subprotocols that carry a device page's token, as a page cannot set a socket's headers. */
export function subprotocols(token) {
  const binary = String.fromCharCode(...new TextEncoder().encode(token));
  return ["jiaohao.v1", "bearer." + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")];
}

/** Seconds that never go back, and that go on while the computer sleeps, which performance.now() may not. */
function steadyClock() {
  let seconds = 0;
  let ticks = performance.now();
  let date = Date.now();
  return () => {
    const newTicks = performance.now();
    const newDate = Date.now();
    seconds += Math.max(newTicks - ticks, newDate - date) / 1000; // a date set forward costs one reconnection at most
    ticks = newTicks;
    date = newDate;
    return seconds;
  };
}

const report = (error) => (globalThis.reportError ?? console.error)(error);
