/* Runs before the first paint, so that nothing moves or changes colour later. The only script of a
 * page that the browser waits for. */
(function () {
  "use strict";
  const page = document.documentElement;
  page.classList.add("ldn-alive"); // scripts run here
  // All other scripts have run by then, or failed to come: the pictures of controls say so, and
  // what they would have folded stands open.
  addEventListener("load", () => {
    page.classList.add("ldn-loaded");
    if (document.querySelector("ldn-explorer:not(:defined)")) page.classList.add("ldn-is-dead");
  });

  // A frame of a learning platform, or a reader who blocks cookies, refuses storage, and the
  // theme's scripts would stop there: they get one that lasts as long as the page.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("theme");
    } catch {
      const kept = new Map();
      const value = {
        getItem: (key) => (kept.has(key) ? kept.get(key) : null),
        setItem: (key, text) => void kept.set(key, String(text)),
        removeItem: (key) => void kept.delete(key),
      };
      Object.defineProperty(window, name, { value });
      page.dataset.storage = "refused";
    }
  }

  // Dark for readers who chose it or whose system is dark; the theme's own script comes later.
  const theme = localStorage.getItem("theme") || "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  page.dataset.mode = localStorage.getItem("mode") || "auto";
  page.dataset.theme = theme === "auto" ? (dark ? "dark" : "light") : theme;

  // Plain, or with code: as the address asks, as chosen before, or with code. level.js changes it.
  const asked = new URLSearchParams(location.search).get("level");
  const levels = ["plain", "code"];
  if (levels.includes(asked)) localStorage.setItem("ldn-level", asked);
  const level = levels.includes(asked) ? asked : localStorage.getItem("ldn-level");
  page.dataset.level = levels.includes(level) ? level : "code";
})();

// Settings of sphinx-togglebutton, which folds the solutions of exercises.
var toggleHintShow = "Click to show",
  toggleHintHide = "Click to hide",
  toggleOpenOnPrint = "true";
var togglebuttonSelector = ".toggle, .admonition.dropdown";
