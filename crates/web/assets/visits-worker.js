// The worker of the visits pages, and of no other: where there is no signal it answers with the list and the forms that were kept when
// the list was last opened, and with their styles and scripts; when the signal is back it sends what waits. The address of the outbox is
// put before this by the server.
const PATIENCE_MS = 5000;
const OLDEST_MS = 24 * 60 * 60 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "hemu-visits") event.waitUntil(deliver());
});

async function deliver() {
  const last = await self.hemuOutbox.deliverAll();
  for (const client of await self.clients.matchAll()) client.postMessage("hemu-visits");
  // The browser tries again by itself.
  if (last.state === "waiting") throw new Error("no signal yet");
}

async function page(request, url) {
  const kept = await caches.match(url.pathname);
  if (!kept || isOld(kept)) return fetch(request);
  try {
    const answer = await within(fetch(request));
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  }
}

async function asset(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

// What is kept is for the day: names and amounts of others do not stay readable on a phone for longer.
function isOld(answer) {
  const made = Date.parse(answer.headers.get("date"));
  return Number.isFinite(made) && Date.now() - made > OLDEST_MS;
}

function within(asked) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
  return Promise.race([asked, late]);
}
