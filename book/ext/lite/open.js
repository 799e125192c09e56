// The link to a chapter's notebook that runs in this browser: see make_lite.py.
(() => {
  const link = document.querySelector("a.ldn-lite");
  const refuse = (why) => {
    const line = document.createElement("span");
    line.setAttribute("role", "status");
    line.textContent = `${why} There are other ways to run it: `;
    const more = document.createElement("a");
    more.href = "../book/run_it.html";
    more.textContent = "how to run it";
    line.append(more, ".");
    link.replaceWith(line);
  };
  const missing = () => {
    if (location.protocol === "file:") return "In your browser it runs only from a web address, not from a disk.";
    if (typeof WebAssembly !== "object" || typeof Worker !== "function")
      return "This browser cannot run Python: it lacks WebAssembly or workers.";
    return null;
  };
  link.addEventListener("click", async (event) => {
    const why = missing();
    if (why) {
      event.preventDefault();
      refuse(why);
      return;
    }
    if (!navigator.serviceWorker || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Ready before the first file is loaded, it can keep all of them for a visit without a network.
    event.preventDefault();
    const scope = new URL(".", new URL("../lite/open.js", location.href)).href;
    const ready = navigator.serviceWorker
      .register(`${scope}service-worker.js`, { scope })
      .then((found) => new Promise((done) => {
        const worker = found.installing || found.waiting || found.active;
        const look = () => worker.state === "activated" && done();
        worker.addEventListener("statechange", look);
        look();
      }));
    await Promise.race([ready.catch(() => {}), new Promise((done) => setTimeout(done, 3000))]);
    location.assign(link.href);
  });
})();
