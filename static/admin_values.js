// A section that is nothing but single values: what the hall is called and its rules; when its head is warned.

import { fillFields, readFields } from "./admin_fields.js";
import { setUpForm } from "./admin_setup.js";

const form = document.getElementById("set-up");
setUpForm({ write: (setup) => fillFields(form, setup), read: (setup) => readFields(form, setup) });
