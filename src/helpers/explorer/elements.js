/* New elements, of HTML and of SVG. */
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";

  function fill(element, attributes, parent) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "text") element.textContent = value;
      else element.setAttribute(name, value);
    }
    if (parent) parent.appendChild(element);
    return element;
  }
  /** A new element at the end of `parent`; the attribute `text` becomes its text. */
  const node = (tag, attributes, parent) => fill(document.createElement(tag), attributes, parent);
  const draw = (tag, attributes, parent) =>
    fill(document.createElementNS(SVG, tag), attributes, parent);

  // JupyterLab takes arrow keys for itself unless the focused element carries this.
  const KEYS = { "data-lm-suppress-shortcuts": "true" };

  function button(text, parent, act, className = "") {
    const look = { type: "button", class: ("ldn-button " + className).trim() };
    const made = node("button", { ...look, text, ...KEYS }, parent);
    made.addEventListener("click", act);
    return made;
  }

  Object.assign(LDN, { button, node, draw, KEYS });
})();
