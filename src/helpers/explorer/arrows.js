/* A panel of boxes and arrows, whose looks change with the controls. Its twin is arrows.py. */
(function () {
  "use strict";
  const { draw, drawSigns, frameOf } = LDN;

  // As in arrows.py.
  const BOX = [124, 0.41, 142], LINE = 15, HEAD = 7;
  const MOST = 14; // letters in a line between two columns
  const LETTER = 6.1; // px

  const LOWEST = 440, HIGHEST = 520; // px, as .ldn-tall in explorer.css

  const round = (v) => Math.round(v * 100) / 100;

  /** The look of each arrow at the values of the controls. */
  function looksAt(panel, values) {
    return panel.arrows.map(({ look, changes }) => {
      const on = changes.filter(({ control, value }) => values[control] === value);
      return panel.looks[on.length ? on[on.length - 1].look : look];
    });
  }

  function boxWidth(width) {
    const [least, share, most] = BOX;
    return Math.min(most, Math.max(least, share * width));
  }

  /** {name: {x, y, half}}: the middles of the boxes, and half of their heights. */
  function placesOf(panel, width, height) {
    const rows = 1 + Math.max(...panel.boxes.map(({ y }) => y));
    const left = boxWidth(width) / 2 + 1, right = width - left;
    return Object.fromEntries(
      panel.boxes.map(({ name, lines, x, y }) => {
        const half = 3 + (LINE * lines.length) / 2;
        return [name, { x: left + x * (right - left), y: ((y + 0.5) * height) / rows, half }];
      })
    );
  }

  /** An arrow from {x1, y1} to {x2, y2} between two places, and {x, y, left} of its words. */
  function courseOf(start, end, width) {
    const y1 = start.y + start.half, y2 = end.y - end.half;
    const aside = start.x !== end.x; // from the edge of the box towards the other column
    const x1 = start.x + (end.x - start.x) * 0.3, x2 = end.x;
    const left = aside ? end.x < start.x : end.x > width / 2; // where the words stand
    const x = (x1 + x2) / 2 + (left ? -1 : 1) * (aside ? 14 : 9);
    return { x1, y1, x2, y2, x, y: (y1 + y2) / 2 + (aside ? -8 : 4), left };
  }

  /** A text in lines of at most so many letters. */
  function linesOf(text, most) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines[lines.length - 1]} ${word}`.trim();
      if (longer.length > most) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  /** As Panel of panel.js. */
  class ArrowsPanel {
    constructor(book, index, prefix, parent) {
      this.panel = book.spec.panels[index];
      this.frame = frameOf(this.panel, `${prefix}-panel${index}`, parent);
      this.holder = this.frame.holder;
      this.holder.classList.add("ldn-tall");
      drawSigns(this.frame.legend, this.panel.keys);
      this.result = this.compared = this.chart = null;
    }

    // -------------------------------------------------------------- drawing

    show(result, compared) {
      this.result = result;
      this.compared = compared;
      if (this.chart) this.fill();
    }
    compare(result) {
      this.compared = result;
      if (this.chart) this.fill();
    }
    shrink() {}

    layout(width) {
      const { panel } = this;
      const { svg, scene } = this.frame;
      const height = Math.round(Math.min(HIGHEST, Math.max(LOWEST, width * 1.2)));
      this.chart = { width, height };
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      scene.replaceChildren();
      const where = placesOf(panel, width, height);
      this.arrows = panel.arrows.map(({ start, end }) => this.addArrow(where[start], where[end]));
      for (const { name, lines } of panel.boxes) {
        const { x, y, half } = where[name];
        const wide = boxWidth(width);
        const size = { width: round(wide), height: 2 * half, rx: 6 };
        const corner = { x: round(x - wide / 2), y: round(y - half) };
        draw("rect", { class: "ldn-box", ...corner, ...size }, scene);
        lines.forEach((text, k) => {
          const at = { x: round(x), y: round(y - half + 3 + LINE * k + 11) };
          draw("text", { class: "ldn-block-text", ...at, "text-anchor": "middle", text }, scene);
        });
      }
      if (this.result) this.fill();
    }

    addArrow(start, end) {
      const { x1, y1, x2, y2, x, y, left } = courseOf(start, end, this.chart.width);
      const length = Math.hypot(x2 - x1, y2 - y1);
      const ux = (x2 - x1) / length, uy = (y2 - y1) / length, wing = 0.6 * HEAD;
      const bx = x2 - HEAD * ux, by = y2 - HEAD * uy;
      const group = draw("g", { class: "ldn-live ldn-arrow" }, this.frame.scene);
      const point = (px, py) => `${round(px)},${round(py)}`;
      draw("path", { class: "ldn-shaft", d: `M${point(x1, y1)}L${point(bx, by)}` }, group);
      const wings = [point(bx - wing * uy, by + wing * ux), point(bx + wing * uy, by - wing * ux)];
      draw("path", { class: "ldn-barb", d: `M${point(x2, y2)}L${wings.join("L")}Z` }, group);
      const anchor = { "text-anchor": left ? "end" : "start" };
      draw("text", anchor, group);
      const beside = x1 === x2 ? MOST : Math.floor(x / LETTER); // letters from the edge to x
      return { group, x, y, upward: x1 !== x2, most: left ? beside : Infinity };
    }

    fill() {
      const before = looksAt(this.panel, this.compared.values);
      looksAt(this.panel, this.result.values).forEach((look, i) => {
        const { group, x, y, upward, most } = this.arrows[i], { label } = this.panel.arrows[i];
        const words = `${i + 1} ${look.icon} ${label}`;
        group.style.setProperty("--ldn-c", `var(--ldn-${look.style})`);
        group.firstChild.setAttribute("stroke-dasharray", look.dash);
        group.classList.toggle("ldn-changed", look !== before[i]);
        const text = group.lastChild;
        const ends = text.getAttribute("text-anchor") === "end";
        text.replaceChildren();
        const lines = linesOf(words, most);
        text.setAttribute("y", round(y - (upward ? LINE * (lines.length - 1) : 0)));
        lines.forEach((line, k) => {
          const at = round(ends ? Math.max(x, LETTER * line.length) : x); // not over the edge
          draw("tspan", { x: at, dy: k ? LINE : 0, text: line }, text);
        });
      });
    }

    // -------------------------------------------------------------- words and numbers

    describe() {
      const looks = looksAt(this.panel, this.result.values);
      const parts = this.panel.arrows.map(({ label }, i) => {
        return `${i + 1} ${label}: ${looks[i].name}`;
      });
      this.frame.description.textContent = parts.join("; ") + ".";
    }

    rows(result = this.result, prefix = "") {
      const looks = looksAt(this.panel, result.values);
      const { title, arrows } = this.panel;
      return arrows.map(({ label }, i) => [title, prefix + label, label, looks[i].name, "", ""]);
    }
  }

  LDN.PANELS.arrows = ArrowsPanel;
})();
