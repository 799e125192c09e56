/* "Code" at a figure or a control opens the hidden cell that made it and takes the reader there.
 * The address stays: it may hold the settings of a control. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".ldn-code");
    if (!link) return;
    event.preventDefault();
    const code = document.getElementById(link.hash.slice(1));
    // The cell itself is folded, or only the function that it calls.
    const box = code.closest("details") || code.parentElement.querySelector(":scope > details");
    if (box) box.open = true;
    const place = box ? box.querySelector("summary") : code;
    if (!box) code.tabIndex = -1;
    place.scrollIntoView();
    place.focus({ preventScroll: true });
  });
})();
