// What was answered in the wizard so far: kept in this tab, so that a reload loses nothing. No password is in it.

import { newKey } from "./api.js";

const NAME = "jiaohao.setup";

/** {step, forms, windows, people, created, keys}; fresh when nothing was answered yet. */
export function readDraft() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME));
    if (kept !== null) return kept;
  } catch {
    // Nothing is kept in this browser, or nothing that can be read: begin anew.
  }
  return { step: "place", forms: {}, windows: {}, people: {}, created: false, keys: {} };
}

export function keepDraft(draft) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(draft));
  } catch {
    // This browser keeps nothing: the draft lasts as long as the page.
  }
}

export function forgetDraft() {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Nothing was kept.
  }
}

/** The key of a command, the same after a reload for as long as it says the same: then its answer is the same too. */
export function keyOf(draft, name, body) {
  const said = JSON.stringify(body);
  if (draft.keys[name]?.said !== said) draft.keys[name] = { said, key: newKey() };
  keepDraft(draft);
  return draft.keys[name].key;
}
