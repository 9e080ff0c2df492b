// The first-run wizard. One step is shown at a time; what it was answered is kept in the tab (setup_draft.js).

import { api } from "./api.js";
import { say } from "./dialog.js";
import { clearProblems, problemAt, tellProblem } from "./fields.js";
import { clone, fill, readJson, words } from "./page.js";
import { forgetDraft, keepDraft, keyOf, readDraft } from "./setup_draft.js";
import { plannedWindows, postsOf, setUpOf } from "./setup_hall.js";

const STEPS = ["place", "hours", "windows", "people", "sheet", "devices", "done"];
const WORDS = words();
const { first, plans } = readJson("setup-data");
const draft = readDraft();
const byId = (id) => document.getElementById(id);
const step = (name) => document.querySelector(`[data-step="${name}"]`);

// Which step ------------------------------------------------------------------------------------------------------

function show(name) {
  for (const panel of document.querySelectorAll("[data-step]")) panel.hidden = panel.dataset.step !== name;
  for (const item of byId("steps").children) {
    const names = item.dataset.for.split(" ");
    if (names.includes(name)) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
    item.classList.toggle("is-done", STEPS.indexOf(names.at(-1)) < STEPS.indexOf(name));
  }
  if (name !== "admin") {
    draft.step = name;
    keepDraft(draft);
  }
  SHOWN[name]?.();
  const title = step(name).querySelector("h2");
  title.tabIndex = -1;
  title.focus();
  scrollTo(0, 0);
}

const next = () => show(STEPS[STEPS.indexOf(draft.step) + 1]);

function back() {
  // What was created is changed on the hall's own pages: from there one goes back to the passwords, and no further.
  show(STEPS[STEPS.indexOf(draft.step) - 1]);
}

/** Let a form's button do something once at a time; what it throws away is told at its fields. */
function onSubmit(name, act) {
  step(name)?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const button = form.querySelector(".button-primary");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    clearProblems(form);
    try {
      await act(form);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

/** Send a command of the wizard; null after telling what refused it. */
async function send(form, name, path, body) {
  const answer = await api("POST", `/api/v1${path}`, body, { key: keyOf(draft, name, body) });
  if (answer.ok) return answer.body;
  if (answer.status === 401) location.assign("/sign-in?next=/setup");
  tellProblem(form, answer.problem, WORDS.unreachable);
  return null;
}

// Forms that are what they show -----------------------------------------------------------------------------------

function readForm(form) {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "days") (found.days ??= []).push(value);
    else found[name] = value;
  }
  return found;
}

function fillForm(form, found) {
  for (const element of form.elements) {
    if (!element.name) continue;
    const value = found[element.name];
    if (element.type === "checkbox") element.checked = [value].flat().includes(element.value);
    else if (element.type === "radio") element.checked = value === element.value;
    else if (value !== undefined) element.value = value;
  }
}

for (const name of ["place", "hours"]) {
  const form = step(name);
  if (draft.forms[name]) fillForm(form, draft.forms[name]);
  const keep = () => {
    draft.forms[name] = readForm(form);
    keepDraft(draft);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  draft.forms[name] ??= readForm(form);
}

// Administrator ---------------------------------------------------------------------------------------------------

onSubmit("admin", async (form) => {
  const { code, admin_name: name, admin_user: user, password, again } = readForm(form);
  if (password !== again) return problemAt(byId("again"), WORDS.again);
  const answer = await api("POST", "/api/v1/setup", { code, user, name, password }, { patienceS: 5 });
  if (!answer.ok && answer.problem.code !== "already_set_up") {
    const at = { first_code_wrong: "code", weak_password: "password", bad_user: "admin_user" }[answer.problem.code];
    const text = answer.problem.title ?? WORDS.unreachable;
    return at ? problemAt(byId(at), text) : say(form.querySelector("[data-message]"), text, "is-bad");
  }
  const session = await api("POST", "/api/v1/session", { user, password }, { patienceS: 5 });
  location.replace(session.ok ? "/setup" : "/sign-in?next=/setup");
});

// Place -----------------------------------------------------------------------------------------------------------

/** Names in letters, for what has no name yet. */
async function suggest(field, text) {
  if (field.value !== "" && field.dataset.suggested !== field.value) return;
  const answer = await api("GET", `/setup/name?of=${encodeURIComponent(text)}`, undefined, { patienceS: 0 });
  if (!answer.ok) return;
  field.value = field.dataset.suggested = answer.body.name;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

byId("name").addEventListener("change", () => suggest(byId("id"), byId("name").value));

onSubmit("place", async () => {
  const answer = await api("GET", `/api/v1/halls/${byId("id").value}`, undefined, { patienceS: 3 });
  const taken = answer.ok && !draft.created;
  if (taken) return problemAt(byId("id"), WORDS.taken);
  next();
});

// Hours -----------------------------------------------------------------------------------------------------------

function showHours() {
  const form = step("hours");
  const { hours, summer } = readForm(form);
  const shown = (element, on) => {
    element.hidden = !on;
    for (const field of element.querySelectorAll("input")) field.disabled = !on;
  };
  for (const element of form.querySelectorAll("[data-only]")) shown(element, element.dataset.only === hours);
  shown(form.querySelector("[data-summer]"), hours === "office" && summer === "yes");
  form.querySelector("[data-unless]").hidden = hours === "always";
}

step("hours").addEventListener("change", showHours);
onSubmit("hours", (form) => {
  draft.forms.hours = readForm(form);
  const { hours, days = [] } = draft.forms.hours;
  if (hours !== "always" && days.length === 0) return say(form.querySelector("[data-message]"), WORDS.no_days, "is-bad");
  next();
});

// Windows ---------------------------------------------------------------------------------------------------------

const plan = () => plans[draft.forms.place.level];
const windows = () => (draft.windows[draft.forms.place.level] ??= plannedWindows(plan()));
const chosen = () => windows().filter((each) => each.on);

function showWindows() {
  byId("windows").replaceChildren(...windows().map(windowRow));
  const kinds = Object.entries(plan().queues).map(([id, queue]) => new Option(queue.name, id));
  byId("more").replaceChildren(...kinds);
}

function windowRow(each) {
  const row = clone("window-row");
  const queue = plan().queues[each.queues[0]];
  const mark = row.querySelector(".queue-mark");
  mark.textContent = each.queues.map((id) => plan().queues[id].prefix).join("");
  mark.dataset.queueKind = queue.kind;
  const [on, number, name] = row.querySelectorAll("[data-of]");
  on.checked = each.on;
  number.value = each.number;
  name.value = each.name;
  number.dataset.key = each.key;
  const read = () => {
    Object.assign(each, { on: on.checked, number: number.valueAsNumber || 0, name: name.value.trim() });
    number.disabled = name.disabled = !each.on;
    keepDraft(draft);
  };
  row.addEventListener("input", read);
  number.disabled = name.disabled = !each.on;
  return row;
}

byId("add-window").addEventListener("click", () => {
  const id = byId("more").value;
  const number = Math.max(0, ...windows().map((each) => each.number)) + 1;
  const { name, kind } = plan().queues[id];
  windows().push({ key: `more-${number}`, on: true, number, name, kind, queues: [id], helps: [] });
  keepDraft(draft);
  showWindows();
  byId("windows").lastElementChild.querySelector("[data-of=name]").focus();
});

onSubmit("windows", (form) => {
  if (chosen().length === 0) return say(form.querySelector("[data-message]"), WORDS.no_windows, "is-bad");
  const numbers = chosen().map((each) => each.number);
  const twice = chosen().find((each, place) => numbers.indexOf(each.number) < place);
  if (twice) return problemAt(form.querySelector(`[data-key="${twice.key}"]`), WORDS.number_twice);
  next();
});

// People ----------------------------------------------------------------------------------------------------------

const person = (key) => (draft.people[key] ??= { name: "", user: "", b: "" });

function showPeople() {
  const head = person("head");
  bindPerson(head, byId("head_name"), byId("head_user"));
  const rows = chosen().map((each) => {
    const row = clone("person-row");
    const [name, user, b] = row.querySelectorAll("[data-of]");
    row.querySelector("legend").textContent = fill(WORDS.window, each);
    name.dataset.key = each.key;
    bindPerson(person(each.key), name, user);
    name.addEventListener("input", showDeputies);
    b.addEventListener("change", () => {
      person(each.key).b = b.value;
      keepDraft(draft);
    });
    b.dataset.key = each.key;
    return row;
  });
  byId("people").replaceChildren(...rows);
  showDeputies();
}

function bindPerson(who, name, user) {
  [name.value, user.value] = [who.name, who.user];
  name.oninput = user.oninput = () => {
    Object.assign(who, { name: name.value.trim(), user: user.value.trim() });
    keepDraft(draft);
  };
  name.onchange = () => name.value.trim() !== "" && suggest(user, name.value.trim());
}

function showDeputies() {
  for (const select of byId("people").querySelectorAll("select")) {
    const others = chosen().filter((each) => each.key !== select.dataset.key && person(each.key).name !== "");
    const options = others.map((each) => new Option(person(each.key).name, each.key));
    select.replaceChildren(new Option(WORDS.no_deputy, ""), ...options);
    select.value = person(select.dataset.key).b;
    if (select.selectedIndex < 0) select.value = "";
  }
}

/** Those who get an account: [{key, role, counter?, who, field}], the head first. */
function everybody() {
  const clerks = chosen().filter((each) => person(each.key).name !== "");
  const field = (key) => byId("people").querySelector(`input[data-key="${key}"]`)?.closest("fieldset").querySelector("[data-of=user]");
  return [
    { key: "head", role: "head", who: person("head"), field: byId("head_user") },
    ...clerks.map(({ key, number, name }) => ({ key, role: "clerk", counter: number, window: name, who: person(key), field: field(key) })),
  ];
}

async function addEverybody(form) {
  const hall = draft.forms.place.id;
  const passwords = {};
  for (const { key, role, counter, who, field } of everybody()) {
    const about = role === "head" ? {} : { counter, capacity: "A" };
    const body = { user: who.user, name: who.name, role, ...about };
    const answer = await api("POST", `/api/v1/halls/${hall}/staff`, body, { key: keyOf(draft, `person ${key}`, body) });
    if (!answer.ok) {
      const text = answer.problem.title ?? WORDS.unreachable;
      if (field) problemAt(field, text);
      else say(form.querySelector("[data-message]"), text, "is-bad");
      return null;
    }
    who.id = answer.body.id;
    passwords[key] = answer.body.password;
    keepDraft(draft);
  }
  return passwords;
}

onSubmit("people", async (form) => {
  const people = everybody();
  const users = people.map(({ who }) => who.user.toLowerCase());
  const wrong = people.find(({ who }, place) => who.user === "" || users.indexOf(who.user.toLowerCase()) < place);
  if (wrong) return problemAt(wrong.field, wrong.who.user === "" ? WORDS.user_missing : WORDS.user_twice);
  const { place, hours } = draft.forms;
  const setup = setUpOf(place, hours, chosen(), plan());
  const made = draft.created ? await replaceSetUp(form, setup) : await send(form, "hall", "/halls", { id: place.id, setup });
  if (made === null) return;
  draft.created = true;
  keepDraft(draft);
  if ((await addEverybody(form)) === null) return;
  if ((await replaceSetUp(form, { ...setup, posts: postsOf(chosen(), draft.people) })) === null) return;
  next();
});

/** Put another set-up in the place of the hall's. */
async function replaceSetUp(form, setup) {
  const path = `/halls/${draft.forms.place.id}/setup`;
  const now = await api("GET", `/api/v1${path}`);
  if (!now.ok) {
    tellProblem(form, now.problem, WORDS.unreachable);
    return null;
  }
  return send(form, "posts", path, { version: now.body.version, setup: { ...now.body.setup, ...setup } });
}

// Passwords -------------------------------------------------------------------------------------------------------

/** The same commands with the same keys are answered the same: so the passwords are there after a reload, too. */
async function showSheet() {
  const form = step("sheet");
  byId("cards").replaceChildren();
  const passwords = await addEverybody(form);
  if (passwords === null) return;
  const hall = draft.forms.place;
  const cards = everybody().map(({ key, role, counter, window, who }) => {
    const card = clone("card");
    const [address, user, password] = card.querySelectorAll("dd");
    card.querySelector("h3").textContent = who.name;
    card.querySelector("p").textContent = role === "head" ? WORDS.roles.head : fill(WORDS.person, { number: counter, name: window });
    address.textContent = location.origin + (role === "head" ? `/manager/${hall.id}` : `/counter/${hall.id}/${counter}`);
    user.textContent = who.user;
    password.textContent = passwords[key];
    return card;
  });
  byId("cards").replaceChildren(...cards);
}

byId("print").addEventListener("click", () => print());
onSubmit("sheet", next);

// Devices ---------------------------------------------------------------------------------------------------------

function places() {
  const { id } = draft.forms.place;
  const of = (path, text) => ({ path, text });
  return [
    of(`/kiosk/${id}`, WORDS.devices.kiosk),
    of(`/screen/${id}`, WORDS.devices.screen),
    ...chosen().flatMap(({ number }) => [
      of(`/counter/${id}/${number}`, fill(WORDS.desk, { number })),
      of(`/evaluator/${id}/${number}`, fill(WORDS.evaluator, { number })),
    ]),
  ];
}

function showDevices() {
  byId("local").hidden = !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  byId("addresses").replaceChildren(
    ...places().map(({ path, text }) => {
      const row = clone("address-row");
      const link = row.querySelector("a");
      row.querySelector("th").textContent = text;
      link.textContent = location.origin + path;
      link.href = path;
      return row;
    }),
  );
  listDevices();
}

async function listDevices() {
  const answer = await api("GET", `/api/v1/halls/${draft.forms.place.id}/devices`);
  if (!answer.ok) return;
  const items = answer.body.devices.map(({ role, counter, label }) => {
    const item = document.createElement("li");
    const name = role === "evaluator" ? fill(WORDS.evaluator, { number: counter }) : WORDS.devices[role];
    item.textContent = label ? `${name} · ${label}` : name;
    return item;
  });
  byId("devices").replaceChildren(...items);
  byId("devices-empty").hidden = items.length > 0;
}

async function pair() {
  const form = step("devices");
  clearProblems(form);
  const { pairing: code, label } = readForm(form);
  if (code.trim() === "") return byId("pairing").focus();
  const answer = await api("POST", `/api/v1/halls/${draft.forms.place.id}/devices`, { code, label }, { patienceS: 5 });
  if (!answer.ok) return problemAt(byId("pairing"), answer.problem.title ?? WORDS.unreachable);
  byId("pairing").value = byId("label").value = "";
  listDevices();
}

byId("pair").addEventListener("click", pair);
onSubmit("devices", async () => (byId("pairing").value.trim() === "" ? next() : pair()));

// Done ------------------------------------------------------------------------------------------------------------

function showDone() {
  const { id } = draft.forms.place;
  byId("first-ticket").href = `/kiosk/${id}`;
  const links = [...places(), { path: `/manager/${id}`, text: WORDS.manager }];
  byId("links").replaceChildren(
    ...links.map(({ path, text }) => {
      const row = clone("link-row");
      Object.assign(row.querySelector("a"), { href: path, textContent: text });
      return row;
    }),
  );
}

byId("another").addEventListener("click", () => {
  forgetDraft();
  location.reload();
});

for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", back);

const SHOWN = { hours: showHours, windows: showWindows, people: showPeople, sheet: showSheet, devices: showDevices, done: showDone };

if (first) {
  const given = new URLSearchParams(location.hash.slice(1)).get("code");
  if (given) {
    byId("code").value = given;
    history.replaceState(null, "", location.pathname); // neither on the screen nor in the history
  }
}
show(first ? "admin" : draft.step);
