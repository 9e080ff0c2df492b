// Which kiosk this is: its hall, its token, and the words that its page was made with.

import { deviceToken, readJson, words } from "./page.js";

export const $ = (id) => document.getElementById(id);
export const text = words();

const { staff, links, ...page } = $("kiosk").dataset;

export const hall = page.hall;

/** Whether this browser prints without asking, as Chromium does with --kiosk-printing: it was opened by "?print=browser". */
export const printsByItself = kept("print", "browser");

export const token = deviceToken() ?? undefined;

/** Whether somebody may take tickets here: the device, or staff who signed in. */
export const ready = token !== undefined || staff === "yes";

/** Whether phones can reach this server, so that a ticket can show the way to its own page. */
export const phones = links === "yes";

/** The hall as GET /halls/{hall} had it when the page was made. */
export const made = readJson("hall");

/** Whether the address said so when this tab was opened: the next citizen's does not. */
function kept(name, value) {
  const said = new URLSearchParams(location.search).get(name) === value;
  try {
    if (said) sessionStorage.setItem(`jiaohao.${name}`, value);
    return said || sessionStorage.getItem(`jiaohao.${name}`) === value;
  } catch {
    return said;
  }
}
