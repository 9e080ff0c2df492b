// The day's figures so far, one row for each queue and one of all.

import { api } from "./api.js";
import { lasted } from "./hall_time.js";
import { clone, fill, readJson, words } from "./page.js";
import { syncRows, write } from "./rows.js";

const text = words();
const hall = `/api/v1/halls/${readJson("manager-data").hall}`;

/** Ask for a business day's figures and show them; whether they could be read. */
export async function refreshFigures(day) {
  const [byQueue, inAll] = await Promise.all(
    ["&by=queue", ""].map((by) => api("GET", `${hall}/statistics?from=${day}&to=${day}${by}`)),
  );
  if (!byQueue.ok || !inAll.ok) return false;
  render([...byQueue.body.rows, { ...inAll.body.rows[0], key: "", name: text.all }]);
  return true;
}

function render(rows) {
  const share = (rate) => (rate === undefined ? text.unknown : fill(text.percent, { share: Math.round(rate * 100) }));
  const time = (seconds) => (seconds === undefined ? text.unknown : lasted(seconds * 1000));
  const count = (figure) => (figure === undefined ? text.unknown : String(figure));
  syncRows(document.getElementById("figures"), rows, {
    key: (row) => row.key,
    make: () => clone("figure-row"),
    update(element, row) {
      write(element.firstElementChild, row.name ?? row.key);
      const cells = [
        count(row.issued), count(row.served), count(row.absent), time(row.waiting?.mean_s), time(row.waiting?.max_s),
        share(row.within_target_rate), time(row.service?.mean_s), share(row.abandonment_rate), share(row.rating_rate),
        share(row.good_rate_top3), time(row.promise_error_s), share(row.promise_kept_rate),
      ];
      cells.forEach((cell, place) => {
        const td = element.children[place + 1] ?? element.appendChild(document.createElement("td"));
        td.className = "figures";
        write(td, cell);
      });
    },
  });
}
