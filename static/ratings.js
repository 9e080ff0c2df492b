// A hall's bad ratings: asks for them again and again, and keeps the one that is looked at in the address (#r_…).

import { api } from "./api.js";
import { banner } from "./banner.js";
import "./ratings_export.js";
import { readJson, words } from "./page.js";
import { showList } from "./ratings_list.js";
import { showOne } from "./ratings_one.js";
import { offerSteps } from "./ratings_steps.js";
import "./sign_out.js";

const ASK_MS = 5000; // a bad rating is to be known at once
const text = words();
const data = readJson("ratings-data");
const url = `/api/v1/halls/${data.hall}/rectifications`;
const element = (id) => document.getElementById(id);

const showStatus = banner();
let lostSince = null;
let asOf; // when the server last answered, as instant of the wire
let list = { rectifications: [], today: "" };
let read = null; // {id, made, detail}: the one that was read, and as of which form of it in the list

/** Say whether what is shown is alive. */
function tell(answer) {
  const signedOut = answer.status === 401;
  element("sign-in").hidden = !signedOut;
  if (answer.ok) {
    lostSince = null;
    asOf = new Date().toISOString();
    return showStatus({ state: "live", since: new Date(), asOf, ageS: 0 });
  }
  lostSince ??= new Date();
  const ageS = asOf === undefined ? 0 : (Date.now() - Date.parse(asOf)) / 1000;
  showStatus({ state: signedOut ? "stopped" : "lost", since: lostSince, asOf, ageS, meaning: text.sign_in });
}

async function ask() {
  const answer = await api("GET", url, undefined, { patienceS: 0 });
  tell(answer);
  if (answer.ok) list = answer.body;
  await draw();
}

/** Show the list, and the one that is chosen; its words are read again only when it has changed: each look is recorded. */
async function draw() {
  const id = location.hash.slice(1);
  const chosen = list.rectifications.find((one) => one.id === id);
  if (asOf !== undefined) showList(list, id);
  if (chosen === undefined) {
    read = null;
    return show();
  }
  const made = JSON.stringify(chosen);
  if (read?.id === id && read.made === made) return show();
  const answer = await api("GET", `${url}/${id}`, undefined, { patienceS: 0 });
  if (!answer.ok) return tell(answer);
  if (location.hash.slice(1) !== id) return; // another one was chosen meanwhile
  const another = read?.id !== id;
  read = { id, made, detail: answer.body };
  show();
  if (another) element("one").focus({ preventScroll: matchMedia("(min-width: 60rem)").matches });
}

function show() {
  showOne(read?.detail ?? null, list.today);
  const isFirstDay = asOf !== undefined && list.rectifications.length === 0;
  element("how").hidden = !isFirstDay;
  if (isFirstDay) element("choose").hidden = true;
  refreshSteps();
}

async function again() {
  await ask();
  setTimeout(again, ASK_MS);
}

const refreshSteps = offerSteps(() => read?.detail ?? null, url, ask);
addEventListener("hashchange", draw);
again();
