/* Two small things that styles cannot do. */
(function () {
  "use strict";
  // The theme makes what scrolls sideways reachable by keyboard, but looks only when the window changes:
  // code that is unfolded later needs another look.
  addEventListener("toggle", () => dispatchEvent(new Event("resize")), true);

  // Paper is white, whatever the screen is.
  let theme;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme));
})();
