// Who signs in, and who holds which post.

import { api } from "./api.js";
import { DATA, HALL, WORDS } from "./admin_data.js";
import { askForPhoto, photoOf } from "./admin_photo.js";
import { Roster } from "./admin_roster.js";
import { Rows } from "./admin_rows.js";
import { setUpForm } from "./admin_setup.js";
import { say } from "./dialog.js";
import { clearProblems, problemAt } from "./fields.js";
import { clone, fill } from "./page.js";
import { syncRows, write } from "./rows.js";

const byId = (id) => document.getElementById(id);
const counters = Object.values(DATA.setup.counters);
const staff = new Map(DATA.staff.map((person) => [person.id, person]));
const keptByHeads = ({ id, role, shared }) => id === DATA.me || (!shared && (role === "clerk" || role === "guide"));
const mayKeep = (person) => DATA.role === "admin" || keptByHeads(person);

const counterOptions = () => [
  new Option(WORDS.nobody, ""),
  ...counters.map((counter) => new Option(fill(WORDS.counter, counter), counter.number)),
];

// People ----------------------------------------------------------------------------------------------------------

function showPeople() {
  syncRows(byId("people"), [...staff.values()], { key: ({ id }) => id, make: makePerson, update: showPerson });
}

function makePerson() {
  const row = clone("person");
  row.querySelector("select").replaceChildren(...counterOptions());
  row.querySelector("select").addEventListener("change", ({ target }) => {
    const capacity = staff.get(row.dataset.key).capacity ?? "A";
    change(row.dataset.key, target.value === "" ? { counter: null } : { counter: Number(target.value), capacity });
  });
  row.querySelector("[data-photo]").addEventListener("click", () => askForPhoto(staff.get(row.dataset.key), showChange));
  row.querySelector("[data-password]").addEventListener("click", () => newPassword(row.dataset.key));
  row.querySelector("[data-able]").addEventListener("click", () => {
    change(row.dataset.key, { disabled: !staff.get(row.dataset.key).disabled });
  });
  return row;
}

function showPerson(row, person) {
  const [name, user, role] = row.children;
  write(name, person.name);
  write(user, person.user);
  const about = [WORDS.roles[person.role] ?? person.role, person.shared && WORDS.shared, person.disabled && WORDS.disabled];
  write(role, about.filter(Boolean).join(" · "));
  row.querySelector("select").value = person.counter ?? "";
  showFace(row.querySelector("[data-photo]"), person);
  write(row.querySelector("[data-able]"), person.disabled ? WORDS.enable : WORDS.disable);
  for (const control of row.querySelectorAll("button, select")) control.disabled = !mayKeep(person);
  row.querySelector("[data-able]").disabled ||= person.id === DATA.me;
}

function showFace(button, person) {
  const [image, words] = button.children;
  const source = photoOf(person);
  button.setAttribute("aria-label", fill(WORDS.photo_of, person));
  image.hidden = source === null;
  words.hidden = source !== null;
  if (source !== null && image.getAttribute("src") !== source) image.src = source;
}

async function change(id, body) {
  say(byId("said"), ""); // what was said of the change before is not said of this one
  const answer = await api("POST", `${HALL}/staff/${id}`, body);
  if (answer.ok) return showChange(answer.body, WORDS.saved);
  say(byId("said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
  showPeople();
}

function showChange(person, words) {
  staff.set(person.id, { ...person, shared: staff.get(person.id).shared });
  say(byId("said"), words, "is-good");
  showPeople();
}

async function newPassword(id) {
  say(byId("said"), "");
  const answer = await api("POST", `${HALL}/staff/${id}/password`, {});
  if (answer.ok) say(byId("said"), fill(WORDS.new_password, answer.body), "is-good");
  else say(byId("said"), answer.problem.title ?? WORDS.unreachable, "is-bad");
}

byId("new-counter").replaceChildren(...counterOptions());
byId("new-name").addEventListener("change", async () => {
  if (byId("new-user").value !== "") return;
  const answer = await api("GET", `/setup/name?of=${encodeURIComponent(byId("new-name").value)}`, undefined, { patienceS: 0 });
  if (answer.ok && byId("new-user").value === "") byId("new-user").value = answer.body.name;
});

byId("add-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector(".button-primary");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  clearProblems(form);
  const body = { name: byId("new-name").value.trim(), user: byId("new-user").value.trim(), role: byId("new-role").value };
  if (byId("new-counter").value !== "") Object.assign(body, { counter: Number(byId("new-counter").value), capacity: "A" });
  const answer = await api("POST", `${HALL}/staff`, body);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return problemAt(byId("new-user"), answer.problem.title ?? WORDS.unreachable);
  const { password, ...person } = answer.body;
  staff.set(person.id, person);
  say(byId("said"), fill(WORDS.added, { ...person, password }), "is-good");
  form.reset();
  showPeople();
  showHolders();
});

// Posts -----------------------------------------------------------------------------------------------------------

const rows = new Rows(byId("rows"), "row", {
  touched: () => form.touched(),
  named: (row, { name }) => (row.querySelector("legend").textContent = name),
});
const rosters = new WeakMap(); // by row
const holders = () => [...staff.values()].filter(({ role, disabled }) => role === "clerk" && !disabled);

function add(post, begin = false) {
  const row = rows[begin ? "begin" : "add"]({ ...post, a: "", b: [] }, `posts.${post.id}`);
  row.dataset.id = post.id;
  const counter = row.querySelector("[data-of=counter]");
  counter.replaceChildren(...counterOptions().slice(1));
  counter.value = post.counter;
  holdersOf(row, post.a ?? "", post.b);
  const roster = new Roster(row, WORDS, () => chosenOf(row));
  rosters.set(row, roster);
  roster.write(post.roster ?? {});
  row.addEventListener("change", ({ target }) => {
    if (target.matches("[data-of=a], [data-set=b] input")) roster.offer();
  });
}

/** Who holds a post, as its row has it now. */
function chosenOf(row) {
  const ids = [row.querySelector("[data-of=a]").value, ...Array.from(row.querySelectorAll("[data-set=b] input:checked"), ({ value }) => value)];
  return ids.filter((id) => staff.has(id)).map((id) => staff.get(id));
}

/** The people to choose from, with those that are chosen. */
function holdersOf(row, a, b) {
  const select = row.querySelector("[data-of=a]");
  select.replaceChildren(new Option(WORDS.nobody, ""), ...holders().map(({ id, name }) => new Option(name, id)));
  select.value = a;
  if (select.selectedIndex < 0) select.value = "";
  const boxes = holders().map(({ id, name }) => {
    const holder = clone("holder");
    const box = holder.querySelector("input");
    box.value = id;
    box.checked = b.includes(id);
    holder.querySelector("span").textContent = name;
    return holder;
  });
  const set = row.querySelector("[data-set=b]");
  set.replaceChildren(set.querySelector("legend"), ...boxes);
}

function showHolders() {
  for (const [row, { a, b }] of rows.values()) holdersOf(row, a, b);
}

byId("add").addEventListener("click", () => {
  const taken = new Set(rows.values().map(([, { counter }]) => counter));
  const free = counters.find(({ number }) => !taken.has(number)) ?? counters[0];
  const ids = new Set(Array.from(byId("rows").children, (row) => row.dataset.id));
  let id = `post-${free.number}`;
  while (ids.has(id)) id += "-2";
  add({ id, name: free.name, counter: free.number, b: [] }, true);
});

const form = setUpForm({
  write({ posts }) {
    rows.clear();
    for (const post of Object.values(posts)) add(post);
  },
  read: () => ({
    posts: Object.fromEntries(
      rows.values().map(([row, { a, ...post }]) => {
        const { id } = row.dataset;
        return [id, { ...post, id, roster: rosters.get(row).read(), ...(a && { a }) }];
      }),
    ),
  }),
});
showPeople();
