// Giữ trang xác thực khi mất mạng: the page, its styles and scripts, and the keys that were seen last.
const CACHE = "motcua-verify-1";
const PAGE = "/xac-thuc/ngoai-tuyen/";
const KEYS = "/.well-known/motcua-keys.json";

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep() {
  const cache = await caches.open(CACHE);
  const page = await fetch(PAGE);
  const text = await page.clone().text();
  const assets = [...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, address]) => address);
  await cache.put(PAGE, page);
  await Promise.all([...new Set([...assets, KEYS])].map((address) => cache.add(address).catch(() => {})));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPage = request.mode === "navigate";
  if (!isPage && pathname !== KEYS && !pathname.startsWith("/static/")) return;
  event.respondWith(
    fetch(request)
      .then(async (answer) => {
        if (pathname === KEYS && answer.ok) (await caches.open(CACHE)).put(KEYS, answer.clone());
        return answer;
      })
      .catch(async () => (await caches.match(isPage ? PAGE : request, { ignoreSearch: true })) ?? Response.error()),
  );
});
