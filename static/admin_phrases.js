// Phrases for the clerks, notices for everybody.

import { fillFields, readFields } from "./admin_fields.js";
import { setUpForm } from "./admin_setup.js";

const form = document.getElementById("set-up");
setUpForm({ write: (setup) => fillFields(form, setup), read: (setup) => readFields(form, setup) });
