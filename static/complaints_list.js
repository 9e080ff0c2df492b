// The list of complaints, asked for again and again: what waits for an answer, by its limit, and what is closed.

import { api } from "./api.js";
import { banner } from "./banner.js";
import { dueOf, HALL, TEXT, writeBadges } from "./complaints_data.js";
import { say } from "./dialog.js";
import { newest } from "./newest.js";
import { clone, fill } from "./page.js";
import { syncRows, write } from "./rows.js";
import { Tone } from "./tone.js";

const ASK_MS = 20_000;
const $ = (id) => document.getElementById(id);
const status = banner();
const tone = new Tone("jiaohao.complaints tone", $("tone-asleep"));
let asked = 0; // a late answer to an earlier question is not shown
let heardAt = null; // when the server last answered
let lostAt = null;
let known = null; // ids of the major ones that wait, null before the first answer
let listed = []; // as the server last had them
let shown = null; // the id of the one that is open

/** pick(id): somebody wants to see one. Returns {reload, mark(id)}. */
export function complaintList(pick) {
  const cut = newest($("closed-more"), TEXT.more, () => show(listed));

  async function reload() {
    const turn = ++asked;
    const answer = await api("GET", `${HALL}/complaints`, undefined, { patienceS: 0 });
    if (turn !== asked) return;
    if (!answer.ok) return lost(answer);
    heardAt = new Date();
    lostAt = null;
    status({ state: "live", asOf: heardAt.toISOString() });
    show(answer.body.complaints);
  }

  function lost({ status: code, problem }) {
    lostAt ??= new Date();
    const asOf = heardAt?.toISOString();
    if (code === 401 || code === 403) status({ state: "stopped", since: lostAt, asOf, meaning: problem.title });
    else status({ state: "lost", since: lostAt, asOf, ageS: heardAt === null ? 0 : (Date.now() - heardAt) / 1000 });
  }

  function show(complaints) {
    listed = complaints;
    const open = complaints.filter(({ state }) => state === "open");
    const closed = complaints.filter(({ state }) => state !== "open");
    rows($("open-list"), open);
    rows($("closed-list"), cut(closed, ({ id }) => id === shown));
    write($("open-count"), fill(TEXT.count, { count: open.length }));
    write($("closed-count"), fill(TEXT.count, { count: closed.length }));
    $("never").hidden = complaints.length > 0;
    $("open-none").hidden = open.length > 0 || complaints.length === 0;
    tellMajor(open.filter(({ severity }) => severity === "major"));
  }

  /** One that is major goes to everybody who answers it at once: in words until it was looked at, and with a tone. */
  function tellMajor(major) {
    const fresh = known === null ? [] : major.filter(({ id }) => !known.has(id));
    known = new Set([...(known ?? []), ...major.map(({ id }) => id)]);
    if (fresh.length === 0) return;
    say($("fresh"), fill(TEXT.fresh, { numbers: fresh.map(({ number }) => number).join(TEXT.listing) }), "is-bad");
    tone.ring();
  }

  function rows(list, complaints) {
    syncRows(list, complaints, {
      key: ({ id }) => id,
      make: () => clone("row"),
      update(row, complaint) {
        const due = dueOf(complaint);
        const button = row.firstElementChild;
        button.onclick = () => pick(complaint.id);
        button.setAttribute("aria-pressed", String(complaint.id === shown));
        write(row.querySelector(".ticket-number"), complaint.number);
        writeBadges(row.querySelector(".complaints-badges"), complaint);
        const line = row.querySelector(".complaints-row-due");
        write(line, due.words);
        line.classList.toggle("is-late", due.isLate);
        line.classList.toggle("is-near", due.isNear);
      },
    });
  }

  $("tone").checked = tone.isWanted;
  $("tone").addEventListener("change", () => {
    tone.want($("tone").checked);
    if ($("tone").checked) tone.ring(); // so that it is known how it sounds
  });
  setInterval(reload, ASK_MS);
  reload();
  return {
    reload,
    mark(id) {
      shown = id;
      say($("fresh"), "");
      for (const row of document.querySelectorAll(".complaints-list li")) {
        row.firstElementChild.setAttribute("aria-pressed", String(row.dataset.key === id));
      }
    },
  };
}
