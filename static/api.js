// Commands and questions to the server, each command done once however often it has to be sent.

const PATIENCE_S = 20; // how long to go on trying before the person is told
const ATTEMPT_S = 8; // one attempt without an answer
const KEEP_KEY_S = 120; // a command given up is the same one when it is asked for again within this time

const unanswered = new Map(); // method, path and body → {key, until}

/**
 * Ask the server, and go on asking until it answers or `patienceS` is over. A server that says how long to wait is not
 * asked before; when that is longer than a person would stand there, its refusal is the answer.
 *
 * method, path, body   body is a value for JSON; undefined for none
 * key                  an Idempotency-Key of the caller's; otherwise one is made, and kept until the command is
 *                      answered: pressing again, meanwhile or within two minutes, asks for the same thing
 * token                a device page's token; without one the page's cookie speaks
 *
 * Returns {ok: true, status, body} or {ok: false, status, problem}; `problem` is the server's (code, title, detail,
 * retry), or {code: "unreachable", retry: "same_key"} with status 0 when no answer came. Never throws for the network.
 * The rest of the options is for tests.
 */
export async function api(method, path, body, options = {}) {
  const { key, token, patienceS = PATIENCE_S, wait = sleep, random = Math.random } = options;
  const command = JSON.stringify([method, path, body, token]);
  const request = { method, headers: headersFor(token) };
  if (method !== "GET") request.headers["Idempotency-Key"] = key ?? keptKey(command);
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const giveUpAt = performance.now() + patienceS * 1000;
  for (let attempt = 0; ; attempt++) {
    const answer = await attemptOnce(path, request);
    const waitS = answer.problem?.wait_s ?? 0;
    if (answer.ok || answer.problem.retry !== "same_key" || waitS > PATIENCE_S) {
      unanswered.delete(command);
      return answer;
    }
    const pauseS = Math.max(waitS, random() * Math.min(5, 0.5 * 2 ** attempt));
    if (performance.now() + pauseS * 1000 >= giveUpAt) return answer;
    await wait(pauseS);
  }
}

/** A new Idempotency-Key. Not crypto.randomUUID, which a page from plain http does not have. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keptKey(command) {
  const now = Date.now();
  for (const [other, { until }] of unanswered) {
    if (now >= until) unanswered.delete(other);
  }
  const key = unanswered.get(command)?.key ?? newKey();
  unanswered.set(command, { key, until: now + KEEP_KEY_S * 1000 });
  return key;
}

function headersFor(token) {
  const headers = { "Accept-Language": globalThis.document?.documentElement.lang || "zh" };
  if (token) headers.Authorization = `Bearer ${token}`;
  else headers["X-Jiaohao"] = "1"; // a foreign page cannot send this: it shows that the page behind the cookie is ours
  return headers;
}

async function attemptOnce(path, request) {
  let status, value;
  const attempt = new AbortController(); // not AbortSignal.timeout, which has let go of a body that stopped coming
  const timer = setTimeout(() => attempt.abort(), ATTEMPT_S * 1000);
  try {
    const response = await fetch(path, { ...request, signal: attempt.signal });
    status = response.status;
    value = JSON.parse(await response.text());
  } catch {
    // No answer, or an acceptance cut short or from somebody else (a sign-in page of the network): ask again.
    if (!(status >= 400)) return { ok: false, status: 0, problem: { code: "unreachable", retry: "same_key" } };
  } finally {
    clearTimeout(timer);
  }
  if (status < 400) return { ok: true, status, body: value };
  // What stands between us and the server answers with pages of its own: then the status must do.
  const problem = { code: "unreadable", retry: status >= 500 ? "same_key" : "never", ...(value?.code && value) };
  return { ok: false, status, problem };
}

const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
