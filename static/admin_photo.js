// The photo on somebody's counter: chosen, looked at, made small enough to be sent, taken away again.

import { api } from "./api.js";
import { HALL, WORDS } from "./admin_data.js";
import { openDialog, say } from "./dialog.js";
import { fill } from "./page.js";
import { write } from "./rows.js";

const WIDTH = 480; // pixels; more is not kept
const HEIGHT = 640;
const MOST_BYTES = 45000; // in base64 it still fits a request
const SIZES = [1, 0.75, 0.5]; // tried in turn until it can be sent
const QUALITIES = [0.9, 0.8, 0.65, 0.5];

const byId = (id) => document.getElementById(id);
const message = () => byId("photo-dialog").querySelector("[data-message]");

let person = null; // whose photo the question is about
let changed = null; // told of the person as they are now
let chosen = null; // what is to be sent, in base64; null until a picture was chosen and read

/** Where somebody's photo is, as those see it who keep the hall's people; null without one. */
export const photoOf = ({ id, photo }) => (photo === undefined ? null : `${HALL}/staff/${id}/photo?of=${photo}`);

/** Ask for somebody's photo; done(person) once it was changed. */
export function askForPhoto(whose, done) {
  person = whose;
  changed = done;
  openDialog("photo");
  write(byId("photo-title"), fill(WORDS.photo_of, person));
  show(photoOf(person));
  byId("photo-remove").hidden = person.photo === undefined;
  choose(null);
}

function show(source) {
  byId("photo-preview").hidden = source === null;
  byId("photo-none").hidden = source !== null;
  if (source === null) byId("photo-preview").removeAttribute("src");
  else byId("photo-preview").src = source;
  byId("photo-preview").alt = source === null ? "" : fill(WORDS.photo_of, person);
}

function choose(picture) {
  chosen = picture;
  byId("photo-save").disabled = picture === null;
}

byId("photo-file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  const whose = person;
  choose(null);
  say(message(), "");
  if (file === undefined) return show(photoOf(person));
  const address = await small(file).catch(() => null);
  if (person !== whose || target.files[0] !== file) return; // another one was chosen meanwhile
  show(address ?? photoOf(person));
  if (address === null) return say(message(), WORDS.photo_not_read, "is-bad");
  choose(address.slice(address.indexOf(",") + 1));
});

/** A picture as a data address: a JPEG cut to 3:4 and made so small that it can be sent. Rejects what is no picture. */
async function small(file) {
  const picture = await createImageBitmap(file);
  const part = Math.min(picture.width / WIDTH, picture.height / HEIGHT); // of the picture's pixels, for one of the photo's
  for (const size of SIZES) {
    const canvas = drawn(picture, part, size * Math.min(1, part)); // a small picture stays as small as it is
    for (const quality of QUALITIES) {
      const address = canvas.toDataURL("image/jpeg", quality);
      if (address.length * 0.75 <= MOST_BYTES) return address;
    }
  }
  throw new RangeError("a picture of nothing but detail");
}

/** The middle of a picture, as large a part of it as 3:4 takes. */
function drawn(picture, part, size) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(WIDTH * size);
  canvas.height = Math.round(HEIGHT * size);
  const [width, height] = [WIDTH * part, HEIGHT * part];
  const [left, top] = [(picture.width - width) / 2, (picture.height - height) / 2];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white"; // where the picture is clear
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function send(method, button, body, words) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  say(message(), "");
  const [whose, tell] = [person, changed];
  const answer = await api(method, `${HALL}/staff/${whose.id}/photo`, body);
  button.removeAttribute("aria-busy");
  if (answer.ok) tell(answer.body, fill(words, whose));
  if (person !== whose) return; // closed, and opened for somebody else
  if (answer.ok) byId("photo-dialog").close();
  else say(message(), answer.problem.title ?? WORDS.unreachable, "is-bad");
}

byId("photo-dialog").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (chosen !== null) send("POST", byId("photo-save"), { photo: chosen }, WORDS.photo_saved);
});
byId("photo-remove").addEventListener("click", () => {
  send("DELETE", byId("photo-remove"), undefined, WORDS.photo_removed);
});
byId("photo-dialog").addEventListener("close", () => (person = null));
