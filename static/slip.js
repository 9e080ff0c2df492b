// The slip of a ticket: on the printer that the server has for this device, else by the browser's own print.

import { api } from "./api.js";
import { fill, readJson } from "./page.js";

const PATIENCE_S = 40; // a printer may be busy with others' slips

/**
 * Print a ticket's slip.
 *
 * ticket   as the server issued it; hall: its hall's id; token: the device's; copy: it was printed before, and says so
 *
 * Returns {printed: true}, or {failed: true, code, title}; code "no_printer" where only the browser can print. Whoever asks
 * again after no answer came ("unreachable") asks for the same paper: api.js keeps the key, and nothing is printed twice.
 */
export function printSlip(ticket, { hall, token, copy = false }) {
  return order(`/api/v1/halls/${hall}/tickets/${ticket.id}/print`, { language: language(), copy }, token);
}

/** Print what to know of a service, once and in full 一次性告知单. no: its catalogue number. Returns as printSlip does. */
export function printNotice(no, { hall, token }) {
  return order(`/api/v1/halls/${hall}/services/${no}/print`, { language: language() }, token);
}

async function order(path, request, token) {
  const answer = await api("POST", path, request, { token, patienceS: PATIENCE_S });
  if (answer.ok) return { printed: true };
  return { failed: true, code: answer.problem.code, title: answer.problem.title };
}

const language = () => document.documentElement.lang.slice(0, 2);

/** Print it by the browser: the server's slip, alone on the paper. Returns as printSlip does. */
export async function printByBrowser(ticket, { hall, copy = false }) {
  let slip;
  try {
    const response = await fetch(`/kiosk/${hall}/slip/${ticket.id}?lang=${language()}${copy ? "&copy=yes" : ""}`);
    if (!response.ok) return { failed: true, code: "unreadable" };
    slip = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".slip");
  } catch {
    return { failed: true, code: "unreachable" };
  }
  const root = document.documentElement;
  document.body.append(slip);
  await Promise.all([...slip.querySelectorAll("img")].map((image) => image.decode().catch(() => image.remove())));
  root.classList.add("prints-slip");
  print(); // returns once the paper is on its way, or was declined
  root.classList.remove("prints-slip");
  slip.remove();
  return { printed: true };
}

/**
 * Print a new ticket's slip and say on the page what became of it (templates/slip/state.html).
 *
 * byItself: the browser prints without asking, where the server has no printer. Otherwise there is a button, which opens
 * the browser's own print: a dialog that nobody asked for would stand in the next citizen's way.
 */
export async function showSlip(ticket, { byItself = false, ...options }) {
  const words = readJson("slip-words");
  const place = document.getElementById("slip");
  const [state, staff, button] = ["[role=status]", ".slip-staff", "button"].map((part) => place.querySelector(part));
  const current = () => place.dataset.ticket === ticket.id; // the next citizen may have come meanwhile
  place.dataset.ticket = ticket.id;
  place.hidden = false;
  let copy = false;

  async function attempt(way) {
    say(words.printing, "");
    staff.hidden = button.hidden = true;
    const outcome = await way(ticket, { ...options, copy });
    if (!current()) return;
    if (outcome.code === "no_printer") return byItself ? attempt(printByBrowser) : offer(words.print, printByBrowser, "");
    copy ||= outcome.printed === true;
    staff.hidden = outcome.printed === true;
    if (!outcome.printed) say(fill(words.failed, { title: outcome.title ?? words.unreachable }), "is-bad");
    else say(way === printByBrowser ? words.sent : words.printed, "is-good");
    offer(words.again, way);
  }

  function offer(label, way, text = state.textContent) {
    if (text === "") say("", "");
    button.textContent = label;
    button.hidden = false;
    button.onclick = () => attempt(way);
  }

  function say(text, kind) {
    state.textContent = text;
    state.hidden = text === "";
    state.className = `notice ${kind}`;
  }

  await attempt(printSlip);
}
