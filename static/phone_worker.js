// The phone's page without a network: a service worker for /t/, to which the server gives SHELF before this line:
// {name, shell, files}, another name whenever one of them is another. What is shelved holds no ticket; nothing is added later.

const PATIENCE_MS = 5000; // a network that takes longer is none
const OURS = /^jiaohao-phone-/;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("fetch", (event) => {
  const path = standIn(event.request);
  if (path !== null) event.respondWith(answer(event.request, path));
});

async function fill() {
  const shelf = await caches.open(SHELF.name);
  await shelf.addAll([SHELF.shell, ...SHELF.files].map((path) => new Request(path, { cache: "reload" })));
  await self.skipWaiting(); // what comes from the network is left alone, so no open page is in the way
}

async function clear() {
  const old = (await caches.keys()).filter((name) => OURS.test(name) && name !== SHELF.name);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** What may be answered from the shelf when the network is away: its path; null for everything else. */
function standIn({ method, mode, url }) {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return null;
  if (mode === "navigate") return SHELF.shell;
  return SHELF.files.includes(pathname) ? pathname : null;
}

/** The network's answer; the shelf's when there is none, or when something between us and the server says that it is away. */
async function answer(request, path) {
  const network = fetch(request);
  try {
    const response = await Promise.race([network, tooLate()]);
    if (response.status < 500) return response;
  } catch {
    // No network.
  }
  const shelf = await caches.open(SHELF.name);
  return (await shelf.match(path, { ignoreVary: true })) ?? network;
}

const tooLate = () => new Promise((_, fail) => setTimeout(() => fail(new Error("too late")), PATIENCE_MS));
