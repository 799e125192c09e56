// Keeps what a visit has loaded, so that the next needs no network; the files of a kernel are
// JupyterLite's affair. The cache of a new build has another name and begins empty; the old one
// goes.
const kept = "lite-VERSION";
// Notebooks and models, which a reader may open for the first time without a network.
const files = FILES;
let files_are_kept;

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) =>
    names.filter((name) => name.startsWith("lite-") && name !== kept));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

async function answer(request) {
  const cache = await caches.open(kept);
  const there = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  if (there) return there;
  const response = await fetch(request);
  if (response.status === 200) {
    // Full storage keeps nothing, and spoils nothing either.
    cache.put(request, response.clone()).catch(() => {});
  }
  return response;
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const own = /\/api\/(drive|stdin|service-worker-heartbeat)/.test(pathname);
  if (event.request.method !== "GET" || origin !== location.origin || own) return;
  event.stopImmediatePropagation();
  files_are_kept ??= caches.open(kept).then((cache) => cache.addAll(files)).catch(() => {});
  event.waitUntil(files_are_kept);
  event.respondWith(answer(event.request));
});

importScripts("files-worker.js");
