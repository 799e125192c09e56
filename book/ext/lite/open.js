// Live Python in a chapter's page: the link that opens its notebook, and the buttons that open an
// editor in place. See make_lite.py, which puts both there.
(() => {
  const here = new URL(".", document.currentScript.src).href;

  // One line in the place of what cannot be done: why, and what else to do.
  function refuse(place, why) {
    const line = document.createElement("span");
    line.setAttribute("role", "status");
    line.textContent = `${why} There are other ways to run it: `;
    const more = document.createElement("a");
    more.href = "../book/run_it.html";
    more.textContent = "how to run it";
    line.append(more, ".");
    place.replaceWith(line);
  }

  function missing() {
    if (location.protocol === "file:")
      return "In your browser it runs only from a web address, not from a disk.";
    if (typeof WebAssembly !== "object" || typeof Worker !== "function")
      return "This browser cannot run Python: it lacks WebAssembly or workers.";
    return null;
  }

  // Ready before the first file is loaded, it can keep all of them for a visit without a network.
  // Registered as JupyterLite would do it, which else registers a second one in the midst of
  // loading: its worker's script, asked for just then, was seen never to arrive.
  async function registered() {
    const address = `${here}service-worker.js?enableCache=false`;
    localStorage.setItem(`${address}-version`, "JUPYTERLITE");
    const found = await navigator.serviceWorker.register(address, { scope: here });
    await found.update().catch(() => {}); // without a network the one from before does
    const worker = found.installing || found.waiting || found.active;
    await new Promise((done) => {
      const look = () => worker.state === "activated" && done();
      worker.addEventListener("statechange", look);
      look();
    });
  }

  function keep() {
    if (!navigator.serviceWorker) return Promise.resolve();
    const longest = new Promise((done) => setTimeout(done, 3000));
    return Promise.race([registered().catch(() => {}), longest]);
  }

  const link = document.querySelector("a.ldn-lite");
  link.addEventListener("click", async (event) => {
    const why = missing();
    if (why) {
      event.preventDefault();
      refuse(link, why);
      return;
    }
    if (!navigator.serviceWorker || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await keep();
    location.assign(link.href);
  });

  for (const button of document.querySelectorAll(".ldn-edit > button")) {
    button.addEventListener("click", async () => {
      const why = missing();
      if (why) {
        refuse(button, why);
        return;
      }
      button.disabled = true;
      try {
        await keep();
        const { edit } = await import(`${here}edit.js`);
        await edit(button);
      } catch (error) {
        console.error(error); // what went wrong, if it was not the network
        refuse(button, "The editor did not arrive: load the page again once the network is back.");
      }
    });
  }
})();
