// The wizard's very first step: the administrator's own account, by the code that the server printed.

import { api } from "./api.js";
import { problemAt } from "./fields.js";
import { byId, onSubmit, readForm, tell, WORDS } from "./setup_step.js";

const FIELDS = { first_code_wrong: "code", weak_password: "password", bad_user: "admin_user" };

/** Whoever made the account is signed in, and goes on with the first step. */
export function beginWithAdministrator() {
  const given = new URLSearchParams(location.hash.slice(1)).get("code");
  if (given) {
    byId("code").value = given;
    history.replaceState(null, "", location.pathname); // neither on the screen nor in the history
  }
  onSubmit("admin", async (form) => {
    const { code, admin_name: name, admin_user: user, password, again } = readForm(form);
    if (password !== again) return problemAt(byId("again"), WORDS.again);
    const answer = await api("POST", "/api/v1/setup", { code, user, name, password }, { patienceS: 5 });
    if (!answer.ok && answer.problem.code !== "already_set_up") {
      const field = FIELDS[answer.problem.code];
      const text = answer.problem.title ?? WORDS.unreachable;
      return field ? problemAt(byId(field), text) : tell(form, text);
    }
    const session = await api("POST", "/api/v1/session", { user, password }, { patienceS: 5 });
    location.replace(session.ok ? "/setup" : "/sign-in?next=/setup");
  });
}
