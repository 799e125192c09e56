/* The slides of a lesson (book_slides.py), turned by reveal.js. On a small screen they stand one
 * below the other, as without scripts. */
(function () {
  "use strict";
  const page = document.documentElement;
  if (!matchMedia("(min-width: 760px) and (min-height: 480px)").matches) return;
  const control = (target) => target.closest && target.closest("ldn-explorer");
  const asked = new URLSearchParams(location.search).has("notes");
  let other = asked ? opener : null; // the window that turns with this one

  const start = location.hash; // reveal.js will put its own there
  page.classList.add("ldn-deck", "print-pdf"); // the latter: slides.css prints, not reveal.js
  document.querySelector("main > div").className = "reveal"; // whose styles hide all slides but one
  page.classList.toggle("ldn-notes", asked);
  Reveal.initialize({
    width: 1024,
    height: 560,
    margin: 0.06,
    maxScale: 4,
    center: false,
    display: "flex",
    hash: true,
    respondToHashChanges: false, // see follow
    overview: false, // Esc leaves a control
    keyboardCondition: (event) => !control(event.target) || /^Page/.test(event.key),
    scrollActivationWidth: null, // it would make the controls anew
    showNotes: asked,
    slideNumber: "c/t",
    transition: "none",
    viewDistance: 1000, // a control can be drawn only where it has a width
  }).then(() => follow(start));

  /** Turns to the control whose state the address names ("#explore-blood?dose=50"): it follows by
   * itself. */
  function follow(hash) {
    const named = document.getElementById(hash.slice(1).split("?")[0]);
    const slide = named && named.closest(".slides > section");
    // Turned to once more, it would put itself into the address.
    if (!slide || slide === Reveal.getCurrentSlide()) return;
    Reveal.slide(Reveal.getIndices(slide).h);
  }
  addEventListener("hashchange", () => follow(location.hash));

  // A presenter sends Page up and Page down, which would move the slider that was moved last.
  addEventListener(
    "keydown",
    (event) => {
      if (!control(event.target)) return;
      if (/^Page/.test(event.key) || event.key === "Escape") event.target.blur();
    },
    true,
  );

  // Notes in a window of their own; both turn together.
  Reveal.addKeyBinding({ keyCode: 83, key: "S", description: "Notes in a second window" }, () => {
    if (!asked) other = open("?notes" + location.hash, "ldn-notes", "width=1000,height=800");
  });
  Reveal.on("slidechanged", ({ indexh }) => other && other.postMessage(indexh, "*"));
  addEventListener("message", ({ source, data }) => {
    if (source === other && Number.isInteger(data)) Reveal.slide(data);
  });
})();
