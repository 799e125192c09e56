/* Small things that styles cannot do. */
(function () {
  "use strict";
  // The theme makes what scrolls sideways reachable by keyboard, but looks only when the window
  // changes: code that is unfolded later needs another look.
  addEventListener("toggle", () => dispatchEvent(new Event("resize")), true);

  // The theme lets its menu buttons drop the focus, which then is lost when the menu closes.
  let opener = null;
  addEventListener("click", (event) => (opener = event.target.closest("button")), true);
  const back = () => document.activeElement === document.body && opener && opener.focus();
  // Once the theme has put the menu's content back in its place.
  addEventListener("close", () => setTimeout(back), true);

  // The theme's way back to the top lies over the page: not over the buttons of a control.
  const under = new Set();
  const low = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        under[isIntersecting ? "add" : "delete"](target);
      document.documentElement.classList.toggle("ldn-control-below", under.size > 0);
    },
    { rootMargin: "-88% 0px 0px" },
  ); // where it is, see pydata_sphinx_theme
  for (const control of document.querySelectorAll("ldn-explorer")) low.observe(control);

  // Two buttons of the theme, whose own scripts within the page a host may forbid.
  document.querySelector(".btn-download-pdf-button")?.addEventListener("click", () => print());
  document
    .querySelector(".btn-fullscreen-button")
    ?.addEventListener("click", () => toggleFullScreen());

  // What is looked for stands behind the # of the search page's address, which no host sees.
  document.querySelector("#pst-search-dialog form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    location.href = `${event.target.action}#q=${encodeURIComponent(event.target.q.value)}`;
  });

  // What a page says from a day on, such as that its search of the literature is old.
  const today = new Date().toISOString().slice(0, 10);
  for (const late of document.querySelectorAll("[data-after]"))
    late.hidden = today <= late.dataset.after;

  // Browsers that know no MathML run the letters of an equation together: there it stands in a
  // line, as in a program, and the page says why.
  const parted = (text) => (/[^\p{L}\p{N}.]/u.test(text.trim()) ? `(${text.trim()})` : text.trim());
  function inLine(part) {
    const name = part.localName;
    if (!part.children.length) return name === "mspace" ? " " : part.textContent;
    const parts = Array.from(part.children, inLine);
    if (name === "mfrac") return ` ${parted(parts[0])}/${parted(parts[1])} `;
    if (name === "msup") return `${parts[0]}^${parted(parts[1])}`;
    if (name === "msub" || name === "munder") return `${parts[0]}_${parted(parts[1])}`;
    if (name === "msubsup") return `${parts[0]}_${parted(parts[1])}^${parted(parts[2])}`;
    if (name === "msqrt") return `√(${parts.join("")})`;
    return parts.join({ mtable: "\n", mtr: " " }[name] || "");
  }
  const equations = window.MathMLElement ? [] : document.querySelectorAll("math");
  for (const equation of equations) {
    const text = inLine(equation)
      .replace(/[^\S\n]+/g, " ")
      .replace(/([(\n]) | (?=[)])/g, "$1")
      .trim();
    equation.replaceWith(
      Object.assign(document.createElement("span"), {
        className: "ldn-in-line",
        textContent: text,
      }),
    );
  }
  if (equations.length) {
    const why =
      "This browser cannot draw equations, so they stand in a line; a newer one draws them.";
    document
      .querySelector("h1")
      .after(Object.assign(document.createElement("p"), { textContent: why }));
  }

  // Paper is white, whatever the screen is.
  let theme;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme));
})();
