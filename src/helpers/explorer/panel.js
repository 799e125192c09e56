/* One panel of a control: a picture with its title, its legend and its words. */
(function () {
  "use strict";
  const { MARKS, addPen, barFill, boxOf, chartOf, draw, drawAxes, drawHatches, drawLegend } = LDN;
  const { format, leavesGhost, node, placeLabel, share, steps125, styleClass } = LDN;

  /** The highest number that the curves of a panel reach, 0 if they stay below it. */
  function highest(marks, curves) {
    let most = 0;
    curves.forEach((curve, j) => {
      if (!curve) return;
      const { kind, axis } = marks[j];
      const at = kind === "rule" && axis === "y" ? [curve.at] : [];
      for (const values of [curve.y, curve.low, curve.high, at]) {
        for (const v of values || []) if (Number.isFinite(v) && v > most) most = v;
      }
    });
    return most;
  }

  /** The panel's elements in the page. */
  function frameOf(panel, id, parent) {
    const figure = node("figure", { class: "ldn-panel" }, parent);
    node("figcaption", { class: "ldn-panel-title", text: panel.title }, figure);
    const legend = node("div", { class: "ldn-legend" }, figure);
    const holder = node("div", { class: "ldn-chart" }, figure);
    const named = { "aria-labelledby": id + "-t", "aria-describedby": id + "-d" };
    const svg = draw("svg", { role: "img", ...named }, holder);
    draw("title", { id: id + "-t", text: panel.title }, svg);
    const description = draw("desc", { id: id + "-d" }, svg);
    const scene = draw("g", {}, svg);
    const tip = node("div", { class: "ldn-tip", "aria-hidden": "true", hidden: "" }, holder);
    return { legend, holder, svg, description, scene, tip };
  }

  /** Panel number `index` of a control, drawn into `parent` once `layout` tells its width.
   * book: the engine of the control's spec; prefix: what its ids begin with; change(values): for
   * what the reader does in the picture itself, going on from valuesNow(). */
  class Panel {
    constructor(book, index, prefix, parent, change, valuesNow) {
      this.book = book;
      this.index = index;
      this.id = `${prefix}-panel${index}`;
      this.panel = book.spec.panels[index];
      this.marks = this.panel.marks;
      this.bars = this.marks.filter((mark) => mark.kind === "bars");
      this.frame = frameOf(this.panel, this.id, parent);
      this.holder = this.frame.holder;
      const { ghost, keys } = drawLegend(this.frame.legend, this.panel, this.id);
      this.ghostKey = ghost;
      this.ghostName = ghost ? ghost.lastChild.textContent : "";
      this.keys = keys; // [mark, its entry]
      this.pen = this.panel.draw ? addPen(this, change, valuesNow) : null;
      if (this.pen) this.nameGhost("kept");
      this.width = 0;
      this.high = null; // the end of the y axis
      this.result = this.compared = null; // the numbers now, and those that stand behind them
      this.chart = null; // scales and elements, made by layout
      this.frame.svg.addEventListener("pointermove", (event) => this.point(event));
      this.frame.svg.addEventListener("pointerleave", () => this.leave());
    }

    say(value, digits = 3) {
      const { percent, y } = this.panel;
      if (percent && y.scale === "log") return share(value, digits);
      return format(value, digits, percent);
    }
    /** The mark, its numbers in a result and its place, one after the other; those that wait for a
     * control are left out. */
    eachMark(act, result = this.result) {
      const curves = result.curves[this.index];
      this.marks.forEach((mark, j) => curves[j] && act(mark, curves[j], j));
    }

    // -------------------------------------------------------------- drawing

    /** Where the y axis ends for a result: as given, or in large steps. */
    topFor(result) {
      const { high, low } = this.panel.y;
      if (high !== null) return high;
      const reached = highest(this.marks, result.curves[this.index]);
      return Math.max(steps125(reached, 1 + 1e-6), low + 1e-12);
    }

    /** Puts a result into the picture, whose axis grows where it must, until `shrink`. */
    show(result, compared) {
      this.result = result;
      this.compared = compared;
      const wanted = Math.max(this.topFor(result), this.topFor(compared));
      if (this.high === null || wanted > this.high) {
        this.high = wanted;
        this.layout(this.width);
      } else if (this.chart) {
        this.fill();
      }
    }
    shrink() {
      this.high = null;
    }
    /** Puts another result behind the present one, under this name. */
    compare(result, name, kept) {
      this.compared = result;
      this.kept = kept;
      this.nameGhost(name);
      if (!this.chart) return;
      this.fillGhosts();
      this.fill();
    }

    /** Draws all anew: axes, grid and marks for this width in px and the present axis. */
    layout(width) {
      this.width = width;
      if (!width || !this.result) return; // not laid out yet, or nothing to show
      const { svg, scene } = this.frame;
      const named = this.marks.find(({ kind }) => kind === "bars" || kind === "pile");
      const names = named ? named.names : null;
      const chart = chartOf(this.panel, width, this.high, names);
      this.chart = chart;
      chart.bars = this.bars;
      svg.setAttribute("viewBox", `0 0 ${width} ${chart.height}`);
      scene.replaceChildren();
      const { left, right, top, bottom } = chart;
      const defs = draw("defs", {}, scene);
      const clip = draw("clipPath", { id: this.id + "-clip" }, defs);
      const size = { width: right - left, height: bottom - top + 5 };
      draw("rect", { x: left, y: top - 5, ...size }, clip);
      drawHatches(this.bars, defs, this.id);
      drawAxes(scene, chart, this.panel);
      this.addMarks();
      const ends = { y1: top, y2: bottom, visibility: "hidden" };
      chart.cross = draw("line", { class: "ldn-cross", ...ends }, scene);
      this.fillGhosts();
      this.fill();
      if (this.pen) this.pen.place(chart);
    }

    /** Empty marks, in the order in which they cover each other. */
    addMarks() {
      const { chart, marks, frame } = this;
      const data = draw("g", { "clip-path": `url(#${this.id}-clip)` }, frame.scene);
      const behind = draw("g", {}, data);
      chart.ghost = draw("g", { class: "ldn-ghost" }, data);
      const front = draw("g", {}, data);
      const fog = draw("g", {}, data);
      const loose = draw("g", {}, frame.scene); // may reach over the edge: points and texts
      const place = { line: front, band: behind, bars: front, rule: loose, points: loose };
      Object.assign(place, { fog, pile: loose });
      chart.live = marks.map((mark) => {
        const layer = mark.drawn ? loose : place[mark.kind]; // the reader's own lies over all
        const group = draw("g", { class: `${styleClass(mark)} ldn-live` }, layer);
        const { errors, also } = MARKS[mark.kind];
        const second = also ? " ldn-" + also.kind : "";
        if (errors) draw("path", { class: "ldn-errors" + second }, group);
        const own = mark.drawn ? " ldn-own" : "";
        const path = draw("path", { class: "ldn-" + mark.kind + own }, group);
        if (mark.kind === "bars") path.style.fill = barFill(this.bars, mark, this.id);
        return group;
      });
      chart.ghosts = marks.map((mark) => {
        const look = { class: `ldn-${mark.kind} ${styleClass(mark)}` };
        return leavesGhost(mark, marks) ? draw("path", look, chart.ghost) : null;
      });
    }

    /** At once, for the room in the legend is that of these words. */
    nameGhost(name) {
      this.ghostName = name;
      if (this.ghostKey) this.ghostKey.lastChild.textContent = name;
    }

    fillGhosts() {
      const { chart } = this;
      const curves = this.result.curves[this.index];
      for (const ghost of chart.ghosts) if (ghost) ghost.setAttribute("d", "");
      this.nameGhost(this.ghostName);
      this.eachMark((mark, curve, j) => {
        const ghost = chart.ghosts[j];
        const { behind, path, tally } = MARKS[mark.kind];
        const shown = behind && curves[j] ? behind(curve, curves[j]) : curve;
        if (ghost) ghost.setAttribute("d", path(mark, shown, chart));
        if (tally) this.ghostKey.lastChild.textContent += `: ${tally(curve)}`;
      }, this.compared);
    }

    /** Puts the present numbers into the marks: this runs at every move of a control. */
    fill() {
      const { book, chart, result, compared } = this;
      if (this.marks.some(({ kind }) => MARKS[kind].behind)) this.fillGhosts();
      const words = {
        say: (value, digits) => this.say(value, digits),
        digitsOf: (mark) => (mark.measures ? book.spec.measures[mark.measures[0]].digits : 2),
      };
      const boxes = []; // of words
      const curves = result.curves[this.index];
      const waits = (visible) => (visible ? "" : "hidden");
      chart.live.forEach((group, j) => (group.style.visibility = waits(curves[j])));
      for (const [mark, key] of this.keys) {
        key.style.visibility = waits(curves[this.marks.indexOf(mark)]);
      }
      this.eachMark((mark, curve, j) => {
        const { path, errors, pieces, texts } = MARKS[mark.kind];
        const group = chart.live[j];
        group.querySelectorAll("text").forEach((text) => text.remove());
        if (pieces) pieces(mark, curve, chart, group);
        group.querySelector(".ldn-" + mark.kind).setAttribute("d", path(mark, curve, chart));
        const bars = group.querySelector(".ldn-errors");
        if (errors) bars.setAttribute("d", errors(mark, curve, chart));
        for (const text of texts ? texts(mark, curve, chart, words) : []) {
          draw("text", text, group);
          boxes.push(boxOf(text));
        }
      });
      const names = Object.keys(book.defaults);
      const differs = names.some((name) => result.values[name] !== compared.values[name]);
      const changed = differs && (this.kept || !this.pen); // nothing is drawn at first
      chart.ghost.style.visibility = changed ? "" : "hidden";
      if (this.ghostKey) this.ghostKey.style.visibility = changed ? "" : "hidden";
      this.fillLabels(changed, boxes);
      if (this.pen) this.pen.show();
    }

    /** Puts the words of the rules where they cover nothing; boxes: of the words that are there. */
    fillLabels(changed, boxes) {
      const { chart, marks } = this;
      const drawn = [];
      const add = (name) => (mark, curve) => {
        const kind = { band: "band", rule: "rule" }[mark.kind] || name;
        for (const path of MARKS[mark.kind].outline(mark, curve, chart)) drawn.push([kind, path]);
      };
      this.eachMark(add("curve"));
      const ghost = add("ghost");
      const leave = (mark, curve) => leavesGhost(mark, marks) && ghost(mark, curve);
      if (changed) this.eachMark(leave, this.compared);
      this.eachMark((mark, { at }, j) => {
        const place = mark.kind === "rule" && placeLabel(mark, at, chart, drawn, boxes);
        if (place) draw("text", { class: "ldn-rule-text", ...place }, chart.live[j]);
      });
    }

    // -------------------------------------------------------------- the pointer's crosshair

    /** Numbers under the pointer; those who use the keyboard have the status line, the table and
     * the CSV file. */
    point(event) {
      const { chart, width } = this;
      if (!chart || chart.names) return;
      const area = this.frame.svg.getBoundingClientRect();
      const px = ((event.clientX - area.left) * width) / area.width;
      if (px < chart.left || px > chart.right) return this.leave();
      const lines = [];
      this.eachMark((mark, curve) => {
        const { under } = MARKS[mark.kind];
        const found = under ? under(mark, curve, chart, px) : [];
        for (const [name, value] of found) lines.push([mark, `${name}: ${this.say(value)}`]);
      });
      if (!lines.length) return this.leave();
      this.tell(px, lines);
    }

    tell(px, lines) {
      const { chart, width } = this;
      const { tip } = this.frame;
      tip.replaceChildren();
      const at = chart.xText(chart.x.invert(px), 3);
      node("strong", { text: `${this.panel.x.label}: ${at}` }, tip);
      for (const [mark, text] of lines) node("span", { class: styleClass(mark), text }, tip);
      tip.hidden = false;
      chart.cross.setAttribute("x1", px);
      chart.cross.setAttribute("x2", px);
      chart.cross.setAttribute("visibility", "visible");
      const half = px > width / 2;
      tip.style.left = half ? "auto" : `${((px + 10) / width) * 100}%`;
      tip.style.right = half ? `${((width - px + 10) / width) * 100}%` : "auto";
    }

    leave() {
      this.frame.tip.hidden = true;
      if (this.chart) this.chart.cross.setAttribute("visibility", "hidden");
    }

    // -------------------------------------------------------------- words and numbers

    /** Tells screen readers what the picture shows. */
    describe() {
      const parts = [`${this.panel.y.label} against ${this.panel.x.label}.`];
      const say = (value) => this.say(value);
      this.eachMark((mark, curve) => {
        parts.push((mark.label || "Unnamed") + MARKS[mark.kind].spoken(curve, say, mark));
      });
      this.frame.description.textContent = parts.join(" ");
    }

    /** Rows of the data file, of a result whose series get this prefix: [panel, series, x, y, low,
     * high]. */
    rows(result = this.result, prefix = "") {
      const rows = [];
      const cell = (values, i) => (values && Number.isFinite(values[i]) ? values[i] : "");
      this.eachMark((mark, curve) => {
        const head = [this.panel.title, prefix + (mark.label || mark.kind)];
        if (mark.kind === "fog") {
          for (const end of [curve.from, curve.to]) rows.push([...head, end, "", "", ""]);
          return;
        }
        if (mark.kind === "rule") {
          rows.push([...head, ...(mark.axis === "x" ? [curve.at, ""] : ["", curve.at]), "", ""]);
          return;
        }
        const { x, y, low, high } = curve;
        for (let i = 0; i < x.length; i++) {
          rows.push([...head, x[i], cell(y, i), cell(low, i), cell(high, i)]);
        }
      }, result);
      return rows;
    }
  }

  /** What draws a panel, by its kind; others add theirs. */
  const PANELS = { chart: Panel };

  Object.assign(LDN, { PANELS, frameOf });
})();
