// What to say when the server did not do what was asked.

import { fill, words } from "./page.js";

const WORDS = words();

/** In the words of the server's problem; without an answer, to try again. */
export const excuse = ({ title }) => (title ? fill(WORDS.refused, { title }) : WORDS.unreachable);
