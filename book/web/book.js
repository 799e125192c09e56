/* Small things that styles cannot do. */
(function () {
  "use strict";
  // The theme makes what scrolls sideways reachable by keyboard, but looks only when the window changes:
  // code that is unfolded later needs another look.
  addEventListener("toggle", () => dispatchEvent(new Event("resize")), true);

  // The theme lets its menu buttons drop the focus, which then is lost when the menu closes.
  let opener = null;
  addEventListener("click", (event) => (opener = event.target.closest("button")), true);
  const back = () => document.activeElement === document.body && opener && opener.focus();
  addEventListener("close", () => setTimeout(back), true); // once the theme has put the menu's content back in its place

  // Two buttons of the theme, whose own scripts within the page a host may forbid.
  document.querySelector(".btn-download-pdf-button")?.addEventListener("click", () => print());
  document.querySelector(".btn-fullscreen-button")?.addEventListener("click", () => toggleFullScreen());

  // What is looked for stands behind the # of the search page's address, which no host sees.
  document.querySelector("#pst-search-dialog form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    location.href = `${event.target.action}#q=${encodeURIComponent(event.target.q.value)}`;
  });

  // What a page says from a day on, such as that its search of the literature is old.
  const today = new Date().toISOString().slice(0, 10);
  for (const late of document.querySelectorAll("[data-after]")) late.hidden = today <= late.dataset.after;

  // Paper is white, whatever the screen is.
  let theme;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme));
})();
