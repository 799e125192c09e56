/* The switch between a plain page and one with code and equations; the styles do the rest, and
 * first.js recalls the choice on the next page. */
(function () {
  "use strict";
  const page = document.documentElement;
  const buttons = document.querySelectorAll(".ldn-level button");
  function show() {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.value === page.dataset.level));
    }
  }
  function choose(level) {
    page.dataset.level = level;
    localStorage.setItem("ldn-level", level);
    show();
    dispatchEvent(new Event("resize")); // the theme looks again for what scrolls sideways
  }
  for (const button of buttons) button.addEventListener("click", () => choose(button.value));
  show();
})();
