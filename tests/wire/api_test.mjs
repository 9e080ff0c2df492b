// Commands from a page: each done once, however often it has to be sent.
// Run by test_live_js.py, or by hand: node --test tests/wire/api_test.mjs

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { api, newKey } from "../../static/api.js";

const PATH = "/api/v1/halls/town/counters/1/next";
const lost = () => Promise.reject(new TypeError("fetch failed"));
const answers = (status, body) => () => Promise.resolve(new Response(body === undefined ? "" : JSON.stringify(body), { status }));
const page = (status) => () => Promise.resolve(new Response("<html>", { status }));
const refusal = (status, code, retry) => answers(status, { status, code, retry, title: "…" });

let script, requests, pauses;

/** `api`, with the answers that the network gives in order. */
function ask(network, method = "POST", path = PATH, body = {}, options = {}) {
  script = [...network];
  return api(method, path, method === "POST" ? body : undefined, { wait: async (seconds) => void pauses.push(seconds), random: () => 1, ...options });
}

const keys = () => requests.map(({ headers }) => headers["Idempotency-Key"]);

beforeEach(() => {
  requests = [];
  pauses = [];
  mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 });
  mock.method(globalThis, "fetch", (path, request) => {
    requests.push({ path, ...request });
    return script.shift()();
  });
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

test("an answer is an answer", async () => {
  assert.deepEqual(await ask([answers(201, { id: "t" })]), { ok: true, status: 201, body: { id: "t" } });
  const [{ path, method, body, headers }] = requests;
  assert.deepEqual([path, method, body], [PATH, "POST", "{}"]);
  assert.equal(headers["Content-Type"], "application/json");
  assert.match(headers["Idempotency-Key"], /^[0-9a-f]{32}$/);
});

test("an acceptance that was cut off after its head is asked for again", async () => {
  const answer = await ask([answers(200), answers(200, {})], "DELETE", "/api/v1/session");
  assert.deepEqual(answer, { ok: true, status: 200, body: {} });
});

test("a cookie's request carries the header that a foreign page cannot send, a token's does not", async () => {
  await ask([answers(200, {})]);
  await ask([answers(200, {})], "POST", PATH, {}, { token: "abc" });
  const [cookie, token] = requests.map(({ headers }) => headers);
  assert.equal(cookie["X-Jiaohao"], "1");
  assert.equal(cookie.Authorization, undefined);
  assert.equal(token["X-Jiaohao"], undefined);
  assert.equal(token.Authorization, "Bearer abc");
});

test("a question has no key and no body, and is asked again too", async () => {
  const answer = await ask([lost, answers(200, { halls: [] })], "GET", "/api/v1/halls");
  assert.equal(answer.ok, true);
  assert.deepEqual(keys(), [undefined, undefined]);
  assert.equal(requests[0].body, undefined);
});

test("until it is answered, a command is sent again with the same key, at growing intervals", async () => {
  const broken = [lost, page(502), answers(500, { code: "internal" }), refusal(503, "store_away", "same_key")];
  const answer = await ask([...broken, refusal(429, "too_many", "same_key"), page(200), answers(200, { ticket: null })]);
  assert.deepEqual(answer.body, { ticket: null });
  assert.equal(new Set(keys()).size, 1);
  assert.equal(keys().length, 7);
  assert.deepEqual(pauses, [0.5, 1, 2, 4, 5, 5]);
});

test("a server that says how long to wait is not asked before, and a long wait is told", async () => {
  const wait = (wait_s) => answers(429, { status: 429, code: "too_many", retry: "same_key", wait_s });
  assert.equal((await ask([wait(3), wait(20), answers(201, {})], "POST", PATH, {}, { patienceS: Infinity })).ok, true);
  assert.deepEqual(pauses, [3, 20]);
  const { ok, problem } = await ask([wait(21)], "POST", PATH, {}, { patienceS: Infinity });
  assert.deepEqual([ok, problem.code, problem.wait_s], [false, "too_many", 21]);
  assert.equal(pauses.length, 2);
});

test("a definite refusal is final, and the next command has a new key", async () => {
  for (const network of [refusal(409, "ticket_open", "new_key"), refusal(403, "not_allowed", "never"), page(404)]) {
    const { ok } = await ask([network]);
    assert.equal(ok, false);
  }
  assert.deepEqual(pauses, []);
  assert.equal(new Set(keys()).size, 3);
});

test("a refusal comes with its problem", async () => {
  const { status, problem } = await ask([refusal(409, "ticket_open", "new_key")]);
  assert.deepEqual([status, problem.code, problem.retry], [409, "ticket_open", "new_key"]);
  const other = await ask([page(404)]);
  assert.deepEqual([other.status, other.problem], [404, { code: "unreadable", retry: "never" }]);
});

test("given up, it says so, and pressing again within two minutes is the same command", async () => {
  const { ok, status, problem } = await ask([lost], "POST", PATH, {}, { patienceS: 0 });
  assert.deepEqual([ok, status, problem], [false, 0, { code: "unreachable", retry: "same_key" }]);
  mock.timers.tick(119_000);
  await ask([lost], "POST", PATH, {}, { patienceS: 0 });
  await ask([answers(200, {})], "POST", PATH, { other: 1 });
  await ask([answers(200, {})]);
  await ask([answers(200, {})]);
  const [first, again, other, answered, next] = keys();
  assert.equal(again, first);
  assert.equal(answered, first);
  assert.equal(new Set([first, other, next]).size, 3);
});

test("after two minutes it is a new command", async () => {
  await ask([lost], "POST", PATH, {}, { patienceS: 0 });
  mock.timers.tick(120_000);
  await ask([answers(200, {})]);
  assert.notEqual(keys()[1], keys()[0]);
});

test("two presses at once are one command", async () => {
  script = [answers(200, {}), answers(200, {})];
  await Promise.all([api("POST", PATH, {}), api("POST", PATH, {})]);
  assert.equal(new Set(keys()).size, 1);
});

test("a caller's own key is used as it is", async () => {
  await ask([lost, answers(200, {})], "POST", PATH, {}, { key: "mine" });
  assert.deepEqual(keys(), ["mine", "mine"]);
});

test("keys are not repeated", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, newKey)).size, 1000);
});
