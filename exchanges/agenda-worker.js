/* The worker of an agenda's page: what came last is shown again when the line is down. */
"use strict";
const KEPT = "agenda-1";
const keep = async (request, answer) => {
  const kept = await caches.open(KEPT);
  if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
  else if (answer.status < 500) await kept.delete(request, { ignoreSearch: true }); // it is shown no more
  return answer;
};
self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  await self.clients.claim();
  // The page that called us was fetched before we were there.
  const pages = (await self.clients.matchAll()).map((client) => client.url);
  await Promise.allSettled(pages.map(async (url) => keep(url, await fetch(url))));
})()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    fetch(request)
      .then((answer) => keep(request, answer))
      .catch(async () => (await caches.match(request)) || (await caches.match(request, { ignoreSearch: true })) || Response.error()),
  );
});
