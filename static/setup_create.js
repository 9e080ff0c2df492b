// The hall and its accounts, made from the wizard's answers. Each command keeps its key, so that all of it may be asked for
// again: after a refusal, after a lost answer, after a reload.

import { api } from "./api.js";
import { problemAt, tellProblem } from "./fields.js";
import { keepDraft, keyOf } from "./setup_draft.js";
import { postsOf, setUpOf } from "./setup_hall.js";
import { draft, send, tell, WORDS } from "./setup_step.js";
import { chosen, plan } from "./setup_windows.js";

/** Who works at a window, or, as "head", leads the hall: {name, user, b, id?}, b being the deputy's window. */
export const person = (key) => (draft.people[key] ??= { name: "", user: "", b: "" });

/** Those who get an account: [{key, role, counter?, window?, who}], the head first. */
export function everybody() {
  const clerks = chosen().filter((each) => person(each.key).name !== "");
  return [
    { key: "head", role: "head", who: person("head") },
    ...clerks.map(({ key, number, name }) => ({ key, role: "clerk", counter: number, window: name, who: person(key) })),
  ];
}

/** Create the hall with its people and posts; whether all of it is there. fieldOf(key): where a login name stands. */
export async function createHall(form, fieldOf) {
  const { place, hours } = draft.forms;
  const setup = setUpOf(place, hours, chosen(), plan());
  const made = draft.created ? await replaceSetUp(form, setup) : await send(form, "hall", "/halls", { id: place.id, setup });
  if (made === null) return false;
  draft.created = true;
  keepDraft(draft);
  if ((await addEverybody(form, fieldOf)) === null) return false;
  return (await replaceSetUp(form, { ...setup, posts: postsOf(chosen(), draft.people) })) !== null;
}

/** Everybody's password by key, null after telling what refused somebody. Asked for again, it is answered the same. */
export async function addEverybody(form, fieldOf = () => null) {
  const passwords = {};
  for (const { key, role, counter, who } of everybody()) {
    const about = role === "head" ? {} : { counter, capacity: "A" };
    const body = { user: who.user, name: who.name, role, ...about };
    const path = `/api/v1/halls/${draft.forms.place.id}/staff`;
    const answer = await api("POST", path, body, { key: keyOf(draft, `person ${key}`, body) });
    if (!answer.ok) {
      const text = answer.problem.title ?? WORDS.unreachable;
      const field = fieldOf(key);
      if (field) problemAt(field, text);
      else tell(form, text);
      return null;
    }
    who.id = answer.body.id;
    passwords[key] = answer.body.password;
    keepDraft(draft);
  }
  return passwords;
}

/** Put another set-up in the place of the hall's. */
async function replaceSetUp(form, setup) {
  const path = `/halls/${draft.forms.place.id}/setup`;
  const now = await api("GET", `/api/v1${path}`);
  if (now.ok) return send(form, "posts", path, { version: now.body.version, setup: { ...now.body.setup, ...setup } });
  tellProblem(form, now.problem, WORDS.unreachable);
  return null;
}
