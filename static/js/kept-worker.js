// Without a network the kept pages still open; with one this script does nothing but keep them.
// It keeps pages that say so themselves (X-Keep-Page: they name no resident) and what draws them.
const NAME = "kept-1";
const PATIENCE = 8000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
  await self.clients.claim();
})()));

const isStatic = (url) => url.pathname.startsWith("/static/");
const fresh = async (request, url, signal) => {
  const answer = await fetch(request, signal ? { signal } : undefined);
  const keeps = answer.ok && !answer.redirected && (isStatic(url) || answer.headers.get("X-Keep-Page"));
  if (keeps) (await caches.open(NAME)).put(request, answer.clone());
  return answer;
};
// A network in the mountains may neither answer nor fail: whoever has a kept page waits a while and no longer.
const fromNetElseKept = async (request, url) => {
  const kept = url.search ? undefined : await caches.match(request, { ignoreVary: true });
  try {
    return await fresh(request, url, kept && !isStatic(url) ? AbortSignal.timeout(PATIENCE) : null);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" || isStatic(url)) event.respondWith(fromNetElseKept(request, url));
});
