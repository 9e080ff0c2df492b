// What the browser finds wrong with a field, told at the field and in the page's language. To be imported for that alone; the
// words are the page's `invalid`. A field whose value has a form of its own says what it is in data-form.

import { problemAt } from "./fields.js";
import { fill, words } from "./page.js";

const { invalid: WORDS } = words();

let led = false; // to the first of the fields that one press found wrong

function tell(event) {
  event.preventDefault(); // the browser's own words are in the browser's language
  const field = event.target;
  const kind = Object.keys(WORDS).find((each) => field.validity[each]) ?? "other";
  const { min, max, minLength: least } = field;
  problemAt(field, field.validity.patternMismatch ? field.dataset.form : fill(WORDS[kind], { min, max, least }), !led);
  led = true;
  setTimeout(() => (led = false));
}

addEventListener("invalid", tell, true);
