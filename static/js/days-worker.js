// Without a network the forms of needs, of the stand and of a tour still open; with one this script does nothing.
// It keeps those forms as they came (they name no resident) and what draws them.
const NAME = "days-2";
const FORMS = /^\/desk\/(days\/(needs\/new|\d+\/stand)|door\/tour)\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
  await self.clients.claim();
})()));

const fresh = async (request) => {
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected) (await caches.open(NAME)).put(request, answer.clone());
  return answer;
};
const fromNetElseKept = async (request) => {
  try { return await fresh(request); } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const isForm = event.request.mode === "navigate" && !url.search && FORMS.test(url.pathname);
  if (isForm || url.pathname.startsWith("/static/")) event.respondWith(fromNetElseKept(event.request));
});
