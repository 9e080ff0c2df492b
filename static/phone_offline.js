// Lets the phone's page come up without a network: its service worker keeps the shell.

const language = document.documentElement.lang.split("-")[0];

/** From plain http to another machine a browser has no service workers, and the page works without. */
export async function workOffline() {
  try {
    const worker = `/t/worker.js?lang=${language}`; // another address is another worker: one for each language
    const registered = await navigator.serviceWorker?.register(worker, { scope: "/t/" });
    await registered?.update(); // the server may be newer
  } catch {
    // The network went away meanwhile: the next visit tries again.
  }
}
