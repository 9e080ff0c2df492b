// The kiosk: choose, say whether you come first, take the ticket. Three touches at most.

import { showAbout } from "./kiosk_about.js";
import { browsing } from "./kiosk_browse.js";
import { $, hall, ready, text, token } from "./kiosk_device.js";
import { showFull } from "./kiosk_full.js";
import { follow, hasBoard, isAlive, queueOf, ticketing, used } from "./kiosk_hall.js";
import { idling } from "./kiosk_idle.js";
import { drawClock, sayWhenItOpens } from "./kiosk_opening.js";
import { queueList } from "./kiosk_queues.js";
import "./kiosk_return.js";
import { searching } from "./kiosk_search.js";
import { serviceFinder } from "./kiosk_services.js";
import { go, step, tell } from "./kiosk_steps.js";
import { forgetTicket, taking } from "./kiosk_ticket.js";
import { keepDeviceToken } from "./page.js";
import { pair, spaced } from "./pairing.js";

const TICK_MS = 1000;

let chosen = null; // {queue} or {service}, what the ticket will be for

/** The step that stands when nobody is using the kiosk. */
const resting = () => (!ready ? "unready" : ticketing() ? "home" : "closed");

function goHome() {
  chosen = null;
  queues.begin();
  forgetTicket();
  tell("");
  rest();
  draw();
}

function rest() {
  go(resting());
  if (step() === "closed") sayWhenItOpens();
}

/** The citizen has gone; the next one is met in the hall's own language. */
function startOver() {
  enlarge(false);
  if (location.search !== "" && isAlive()) return location.replace(location.pathname);
  goHome(); // in whatever language: this page is all there is while the server is away
}

function ask(what) {
  const queue = queueOf(what.queue ?? what.service.queue);
  if (used(queue) !== null) return showFull(queue);
  chosen = what;
  showAbout(what);
}

function draw() {
  queues.draw();
  drawClock();
  lock();
}

/** What needs the server is not offered while it is away. */
function lock() {
  for (const button of document.querySelectorAll(".choice, .ways [id^=to-]")) button.disabled = !(isAlive() && ready);
}

/** Large type, for this citizen only. */
function enlarge(on) {
  document.documentElement.dataset.textSize = on ? "large" : "";
  $("larger").setAttribute("aria-pressed", String(on));
}

/** What the clock changes: opening and closing. */
function tick() {
  drawClock();
  if ((step() === "home" || step() === "closed") && step() !== resting()) rest();
}

function linked(alive) {
  tell(!alive && hasBoard() && ready ? text.lost : "");
  if (alive && idle.deserted()) startOver();
  draw();
}

const queues = queueList((queue) => ask({ queue }), lock);
const finder = serviceFinder({ hall, token });
const chooseService = (service) => ask({ service });
searching(finder, chooseService, lock);
browsing(finder, { chosen: chooseService, home: goHome, changed: lock });
const idle = idling({ busy: () => step() === "wait", resting: () => step() === resting(), leave: startOver });
taking({ chosen: () => chosen, handed: idle.touched, refused: goHome });
$("larger").addEventListener("click", () => enlarge($("larger").getAttribute("aria-pressed") !== "true"));
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", button.dataset.go === "home" ? goHome : idle.left);
}
follow({ changed: draw, linked });
goHome();
setInterval(tick, TICK_MS);
if (!ready) {
  pair({
    hall,
    role: "kiosk",
    onCode: (code) => ($("pairing-code").textContent = code === null ? text.pairing_waits : spaced(code)),
    onToken(given) {
      if (!keepDeviceToken(given)) location.hash = `token=${given}`;
      location.reload();
    },
  });
}
