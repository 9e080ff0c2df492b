// Which kiosk this is: its hall, its token, and the words that its page was made with.

import { deviceToken, readJson, words } from "./page.js";

export const $ = (id) => document.getElementById(id);
export const text = words();

const { staff, links, ...page } = $("kiosk").dataset;

export const hall = page.hall;
export const token = deviceToken() ?? undefined;

/** Whether somebody may take tickets here: the device, or staff who signed in. */
export const ready = token !== undefined || staff === "yes";

/** Whether phones can reach this server, so that a ticket can show the way to its own page. */
export const phones = links === "yes";

/** The hall as GET /halls/{hall} had it when the page was made. */
export const made = readJson("hall");
