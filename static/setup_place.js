// Step: which kind of hall, and what it is called.

import { api } from "./api.js";
import { problemAt } from "./fields.js";
import { byId, draft, keepForm, suggest, WORDS } from "./setup_step.js";

export const name = "place";

keepForm(name);
byId("name").addEventListener("change", () => suggest(byId("id"), byId("name").value));

export async function submit() {
  const answer = await api("GET", `/api/v1/halls/${byId("id").value}`, undefined, { patienceS: 3 });
  if (!answer.ok || draft.created) return true;
  problemAt(byId("id"), WORDS.taken);
  return false;
}
