/* What a reader can take along from a control: a link to what is shown, its picture, its numbers,
 * and the control itself as a file that runs elsewhere. */
(function () {
  "use strict";
  const { KEYS, button, draw, node, stateOf } = LDN;

  // Where the book's pages lie; empty where this script is no file, such as in JupyterLab.
  const source = document.currentScript && document.currentScript.src;
  const ROOT = source && /\/_static\//.test(source) ? source.replace(/\/_static\/.*/, "/") : "";

  const FILE_KEPT = 40000; // ms until the address of a saved file is given up; some phones ask late
  const PIXELS = 2; // of a saved picture for each one on the screen
  const WIDTH = 640, MARGIN = 20, LINE = 20; // of a saved picture, px
  const LOOKS = [
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin",
    "opacity",
    "visibility", "font-family", "font-size", "font-weight", "text-anchor", "paint-order",
  ];

  // ---------------------------------------------------------------- numbers

  /** The numbers of the picture, one row a point; the header names what x and y are. What was kept
   * follows under its own name. */
  function csvOf(spec, panels, kept) {
    const labels = (axis) => Array.from(new Set(spec.panels.map((p) => p[axis].label))).join(" | ");
    const [x, y] = [labels("x"), labels("y")];
    const rows = [["panel", "series", `x [${x}]`, `y [${y}]`, `low [${y}]`, `high [${y}]`]];
    for (const panel of panels) rows.push(...panel.rows());
    if (kept) for (const panel of panels) rows.push(...panel.rows(kept, "kept: "));
    const quoted = (text) => '"' + text.replace(/"/g, '""') + '"';
    const cell = (v) => (typeof v === "string" && /[",\n]/.test(v) ? quoted(v) : String(v));
    return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function save(blob, name) {
    const href = URL.createObjectURL(blob);
    node("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), FILE_KEPT);
  }

  // ---------------------------------------------------------------- picture

  /** Breaks a text into lines of at most `width` px. */
  function linesOf(text, width, font) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = (lines[lines.length - 1] + " " + word).trim();
      if (pen.measureText(longer).width > width && lines[lines.length - 1]) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  /** A copy of an SVG that needs no stylesheet. */
  function copyOf(svg) {
    const copy = svg.cloneNode(true);
    const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((element, i) => {
      const style = getComputedStyle(element);
      for (const name of LOOKS) to[i].style.setProperty(name, style.getPropertyValue(name));
    });
    return copy;
  }

  /** All panels below each other, with title, legends, words and source, as one SVG. */
  function pictureOf(root, spec, panels, words) {
    const { color, fontFamily, backgroundColor } = getComputedStyle(root);
    const all = draw("svg", { xmlns: "http://www.w3.org/2000/svg", width: WIDTH });
    const ground = draw("rect", { width: "100%", height: "100%", fill: backgroundColor }, all);
    let y = MARGIN;
    function write(text, size, weight = 400) {
      const font = `${weight} ${size}px ${fontFamily}`;
      for (const line of linesOf(text, WIDTH - 2 * MARGIN, font)) {
        y += 1.35 * size;
        const look = { x: MARGIN, y, fill: color, "font-family": fontFamily };
        draw("text", { ...look, "font-size": size, "font-weight": weight, text: line }, all);
      }
    }
    write(spec.title, 20, 650);
    write(spec.badge, 13);
    for (const panel of panels) {
      y += LINE;
      write(panel.panel.title, 15, 650);
      for (const key of panel.frame.legend.children) {
        if (getComputedStyle(key).visibility === "hidden") continue;
        const swatch = key.querySelector("svg"); // a sign in words has none
        if (swatch) {
          const sign = copyOf(swatch);
          sign.setAttribute("x", MARGIN);
          sign.setAttribute("y", y + 8);
          all.appendChild(sign);
        }
        y += LINE;
        const left = MARGIN + (swatch ? 36 : 0);
        const look = { x: left, y: y - 1, fill: color, "font-family": fontFamily };
        draw("text", { ...look, "font-size": 13, text: key.textContent }, all);
      }
      const { width, height } = panel.chart;
      const wide = WIDTH - 2 * MARGIN, tall = (height * wide) / width;
      const chart = copyOf(panel.frame.svg);
      const place = { x: MARGIN, y: y + 10, width: wide, height: tall };
      for (const [name, value] of Object.entries(place)) {
        chart.setAttribute(name, value);
        chart.style.removeProperty(name);
      }
      all.appendChild(chart);
      y += tall + 10;
    }
    y += 6;
    for (const text of words) write(text, 15);
    y += 6;
    write(`${document.title} · ${location.href.split("#")[0]} · text and pictures CC BY 4.0`, 11);
    all.setAttribute("height", y + MARGIN);
    ground.setAttribute("height", y + MARGIN);
    return all;
  }

  /** The picture as a PNG; where the browser refuses to paint it, as it is. */
  function savePicture(svg, name) {
    const text = new XMLSerializer().serializeToString(svg);
    const plain = new Blob([text], { type: "image/svg+xml" });
    const image = new Image();
    image.onerror = () => save(plain, name + ".svg");
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = PIXELS * image.width;
      canvas.height = PIXELS * image.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? save(blob, name + ".png") : save(plain, name + ".svg")));
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  }

  // ---------------------------------------------------------------- the menu

  /** A text to be copied by hand, where the browser does not let a script do it. */
  function showText(parent, label, text) {
    const field = node("label", { class: "ldn-copy", text: label }, parent);
    const input = node("textarea", { readonly: "", rows: 3, text, ...KEYS }, field);
    input.focus();
    input.select();
  }

  function copyLink(told, link) {
    const byHand = () => showText(told, "Copy this link:", link);
    told.replaceChildren();
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(link).then(() => (told.textContent = "Link copied."), byHand);
  }

  /** How the control is used on another page or from a disk. */
  function showElsewhere(told, spec, link, height) {
    const file = `${ROOT}controls/${spec.id}.html`;
    told.replaceChildren();
    const line = node("p", {}, told);
    const save = { href: file, download: `${spec.id}.html`, text: "Save it as one file" };
    node("a", { ...save, ...KEYS }, line);
    line.append(" that runs from a disk, without a network, or put it into a page of yours:");
    const state = link.split("#")[1];
    const frame =
      `<iframe src="${file}#${state.replace(/&/g, "&amp;")}" title="${spec.title}" ` +
      `width="100%" height="${height}" loading="lazy" style="border:0"></iframe>`;
    showText(told, "Code to embed it", frame);
    const licence = "Text and pictures CC BY 4.0, code MIT: name this book and link to it.";
    node("p", { text: licence }, told);
  }

  /**
   * What can be taken along, folded into one button.
   *
   * control: {spec, panels, share: whether there is a page to link to, csv(), values(), words()}.
   */
  function drawMenu(parent, { spec, panels, share, csv, values, words }) {
    const menu = node("details", { class: "ldn-menu" }, parent);
    node("summary", { class: "ldn-button", text: "Share or save", ...KEYS }, menu);
    const items = node("div", { class: "ldn-items" }, menu);
    const told = node("div", { class: "ldn-told", role: "status" }, menu);
    const root = () => menu.closest(".ldn");
    const link = () => location.href.split("#")[0] + "#" + stateOf(spec, values());
    const saved = (what) => (told.textContent = `${what} saved.`);
    if (share) button("Copy link", items, () => copyLink(told, link()));
    button("Save picture", items, () => {
      savePicture(pictureOf(root(), spec, panels, words()), spec.id);
      saved("Picture");
    });
    button("Save data (CSV)", items, () => {
      // The mark in front tells a spreadsheet that µ and β are UTF-8.
      save(new Blob(["\ufeff", csv()], { type: "text/csv" }), `${spec.id}.csv`);
      saved("Data");
    });
    if (share && ROOT) {
      const tall = () => Math.ceil(root().getBoundingClientRect().height) + 40;
      button("Use elsewhere", items, () => showElsewhere(told, spec, link(), tall()));
    }
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstChild.focus();
    });
    menu.addEventListener("toggle", () => told.replaceChildren());
  }

  Object.assign(LDN, { ROOT, csvOf, drawMenu });
})();
