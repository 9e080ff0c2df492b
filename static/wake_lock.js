// A public screen stays on, where the browser may keep it so: it takes that back whenever the page is out of sight.

/** Keep the machine's screen on for as long as the page is open. A page from plain http may not; the machine must then. */
export function keepAwake() {
  async function ask() {
    if (document.visibilityState !== "visible") return;
    await navigator.wakeLock?.request("screen").catch(() => {}); // a battery that is low refuses
  }
  document.addEventListener("visibilitychange", ask);
  ask();
}
