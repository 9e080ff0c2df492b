// Where alerts are sent, and which.

import { setUpForm } from "./admin_setup.js";
import { list } from "./admin_webhook_messages.js";
import "./admin_webhook_secret.js";

const url = document.getElementById("url");
const from = document.getElementById("alarms-from");
const kinds = [...document.querySelectorAll("[name=kind]")];

/** An address that is not https is warned of as it is typed. */
const warn = () => (document.getElementById("plain").hidden = !/^http:/i.test(url.value.trim()));
url.addEventListener("input", warn);

setUpForm({
  write({ webhook }) {
    url.value = url.dataset.saved = webhook.url;
    from.value = webhook.alarms_from;
    for (const box of kinds) box.checked = webhook.kinds.includes(box.value);
    warn();
    list();
  },
  read: ({ webhook }) => ({
    webhook: {
      ...webhook,
      url: url.value.trim(),
      kinds: kinds.filter(({ checked }) => checked).map(({ value }) => value),
      alarms_from: from.value,
    },
  }),
});
