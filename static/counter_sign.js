// The sign on a counter 岗位牌: who is on duty in which post, with their photo, or their initials while there is none.

import { api } from "./api.js";
import { fill } from "./page.js";
import { write } from "./rows.js";
import { writeSized } from "./text_width.js";

const AGAIN_MS = 60000; // a photo or a name may be changed while its owner is on duty

const element = (id) => document.getElementById(id);

/**
 * Draws the sign into the page's elements of these ids: clerk (around them all), photo, portrait, who, post, department.
 *
 * sign      where it is asked for; photo: where the picture is; token: the device's own, undefined without one
 * words     {clerk: "… {name}", photo_of: "… {name}"}
 *
 * Returns {follow(since)}: name whoever is on duty; since: when that duty began, null when there is none. It answers what
 * the server did, null when nobody had to be asked.
 */
export function counterSign({ sign, photo, token, words }) {
  let named = null; // the duty whose clerk stands there
  let askedAt = -Infinity;

  async function follow(since) {
    if (since === named && (since === null || performance.now() - askedAt < AGAIN_MS)) return null;
    if (since !== named) show({});
    named = since;
    askedAt = performance.now();
    if (since === null) return null;
    const answer = await api("GET", sign, undefined, { token });
    if (named !== since) return null; // somebody else sat down meanwhile
    if (answer.ok) show(answer.body);
    else askedAt = -Infinity; // again when something happens
    return answer;
  }

  function show({ clerk, post = "", department = "", photo: digest }) {
    element("clerk").hidden = clerk === undefined;
    write(element("portrait"), clerk === undefined ? "" : initials(clerk));
    writeSized(element("who"), clerk === undefined ? "" : fill(words.clerk, { name: clerk }));
    writeSized(element("post"), post);
    writeSized(element("department"), department);
    picture(digest, clerk);
  }

  /** Another picture is seen when it is whole, and the initials until then. */
  async function picture(digest, name) {
    const image = element("photo");
    if (image.dataset.of === digest) return;
    image.hidden = true;
    element("portrait").hidden = false;
    image.removeAttribute("src");
    image.alt = "";
    delete image.dataset.of;
    if (digest === undefined) return;
    image.dataset.of = digest;
    image.alt = fill(words.photo_of, { name });
    image.src = `${photo}?of=${digest}`;
    try {
      await image.decode();
    } catch {
      if (image.dataset.of === digest) delete image.dataset.of; // taken away meanwhile, or not to be reached: asked for again
      return;
    }
    if (image.dataset.of !== digest) return;
    image.hidden = false;
    element("portrait").hidden = true;
  }

  return { follow };
}

/** The family name's character, or the first letters of up to two words. */
function initials(name) {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0]).join("").toUpperCase();
}
