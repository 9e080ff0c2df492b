// Posts: who is to be there, who is, in which capacity, from where, and since when.

import { personOf } from "./manager_people.js";
import { clone, fill, timeOf, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const element = (id) => document.getElementById(id);

/** posts: what `…/watch` answered; counters: those of the topic `load`; isOpen: whether the hall is. */
export function renderPosts(posts, counters, isOpen) {
  element("posts-empty").hidden = posts.length > 0;
  element("posts-table").hidden = posts.length === 0;
  syncRows(element("posts"), posts, {
    key: ({ id }) => id,
    make: () => clone("post-row"),
    update(row, post) {
      const [name, expected, there, capacity, since] = row.children;
      write(name, fill(text.post, post));
      write(expected.firstElementChild, expectedOf(post));
      expected.lastElementChild.hidden = !post.away;
      write(expected.lastElementChild, awayOf(post));
      const held = counters.find((counter) => counter.post === post.id);
      const covered = counters.find(({ covers }) => covers?.[post.id] !== undefined);
      const at = held ?? covered;
      there.classList.toggle("is-over", at === undefined && post.staffed && isOpen);
      write(there, at ? personOf(at.clerk) : post.staffed ? text.post_nobody : text.unknown);
      const standing = held ? held.capacity : covered?.covers[post.id];
      write(capacity.firstElementChild, standing ? text.capacity[standing] : text.unknown);
      const from = held || !covered ? "" : fill(text.post_covered, covered);
      write(capacity.lastElementChild, from);
      write(since, at ? fill(text.from, { time: timeOf(new Date(at.since)) }) : text.unknown);
    },
  });
}

function expectedOf({ staffed, expected }) {
  if (!staffed) return text.post_unstaffed;
  return expected === undefined ? text.unknown : personOf(expected);
}

function awayOf({ planned }) {
  return planned === undefined ? text.post_away : fill(text.post_deputy, { name: personOf(planned) });
}
