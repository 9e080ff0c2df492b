// What was said on the evaluator goes out, however long the network is away: with the same key until it is answered.

import { api } from "./api.js";

let unanswered = 0;

/** Whether everything that was said has been answered. */
export const allSent = () => unanswered === 0;

/** Send a command; what api() answers, once there is an answer. */
export async function send(path, body, token) {
  unanswered += 1;
  const answer = await api("POST", path, body, { token, patienceS: Infinity });
  unanswered -= 1;
  return answer;
}
