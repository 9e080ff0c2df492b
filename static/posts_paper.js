// A handover on paper: its times on the hall's clock, and the browser's print.

const { lang, dataset } = document.documentElement;
const clock = new Intl.DateTimeFormat(lang, { timeZone: dataset.timezone, dateStyle: "long", timeStyle: "short", hourCycle: "h23" });

for (const time of document.querySelectorAll("[data-time]")) time.textContent = clock.format(new Date(time.dateTime));
document.getElementById("print").addEventListener("click", () => print());
