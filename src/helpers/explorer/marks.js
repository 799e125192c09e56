/* The marks of a panel. Each kind says
 *   swatch(mark)                       its sign in the legend, a path in a box of 28 by 12 px
 *   path(mark, curve, chart)           its path in the chart
 *   errors(mark, curve, chart)         error bars, if it can have them
 *   texts(mark, curve, chart, words)   texts beside it: attributes of <text>
 *   outline(mark, curve, chart)        what words must not cover: lists of [x, y] in px
 *   under(mark, curve, chart, px)      [name, value] of all that is under the pointer at px
 *   spoken(curve, say, mark)           what a screen reader is told
 * A curve is the mark's numbers, as the engine gives them; `say` puts a number into words.
 */
(function () {
  "use strict";
  const { boxOf, draw, format, interpolate, node } = LDN;

  /** Markers about 9 px wide, one shape for each style. */
  const MARKERS = [
    "m-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z",
    "m-4,-4h8v8h-8z",
    "m0,-5.2l5,8.6h-10z",
    "m0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z",
    "m0,5.2l5,-8.6h-10z",
    "m-5,-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
  ];
  const WIDEST_BAR = 46;
  const GAP = 2; // px between the bars of a group, which a number may reach into

  const styleClass = (mark) => "ldn-s" + (mark.style || 0); // a rule has none
  const round = (v) => Math.round(v * 100) / 100;

  /** Width of a bar and its distance from the left of its band. */
  function barPlace(mark, chart) {
    const { bars, x } = chart;
    const wide = Math.min(WIDEST_BAR, x.bandwidth() / bars.length);
    const left = (x.bandwidth() - wide * bars.length) / 2;
    return { wide: wide - (bars.length > 1 ? 2 : 0), shift: left + wide * bars.indexOf(mark) };
  }

  /** Where the values of a curve are, [x, y] in px, as far as they have a place. */
  function placed(x, y, chart) {
    const places = Array.from(x, (v, i) => [chart.x(v), chart.y(y[i])]);
    return places.filter((_, i) => chart.drawable(y[i]));
  }

  const line = {
    swatch: () => "M1,6H27",
    path(mark, curve, { x, y, drawable }) {
      return d3.line((_, i) => x(curve.x[i]), (v) => y(v)).defined(drawable)(curve.y) || "";
    },
    outline: (mark, { x, y }, chart) => [placed(x, y, chart)],
    under(mark, curve, chart, px) {
      if (mark.against) return []; // may pass there more than once
      const value = interpolate(curve.x, curve.y, chart.x.invert(px));
      return Number.isFinite(value) ? [[mark.label, value]] : [];
    },
    spoken({ x, y }, say) {
      let most = 0;
      for (let i = 1; i < y.length; i++) if (y[i] > y[most]) most = i;
      const end = say(y[y.length - 1]);
      return `: highest ${say(y[most])} at ${format(x[most], 3)}, at the end ${end}.`;
    },
  };

  const band = {
    swatch: () => "M1,1H27V11H1Z",
    path(mark, curve, { x, belowY }) {
      const area = d3.area().x((_, i) => x(curve.x[i])).y0(belowY);
      return area.y1((_, i) => belowY(curve.high[i]))(curve.low) || "";
    },
    outline: (mark, { x, low, high }, chart) => [low, high].map((y) => placed(x, y, chart)),
    spoken({ x, low, high }, say) {
      const end = x.length - 1;
      return `: at the end from ${say(low[end])} to ${say(high[end])}.`;
    },
  };

  const points = {
    swatch: (mark) => "M14,6" + MARKERS[mark.style],
    path(mark, curve, chart) {
      const places = Array.from(curve.x, (v, i) => [chart.x(v), chart.y(curve.y[i])]);
      const inside = ([px, py], i) => chart.drawable(curve.y[i]) && chart.inFrame(px, py);
      const shown = places.filter(inside);
      return shown.map(([px, py]) => `M${round(px)},${round(py)}${MARKERS[mark.style]}`).join("");
    },
    errors(mark, { x, y, low, high }, chart) {
      if (!low || !high) return "";
      let d = "";
      x.forEach((v, i) => {
        const at = round(chart.x(v));
        const known = Number.isFinite(low[i]) && Number.isFinite(high[i]);
        if (!known || low[i] === high[i] || !chart.inFrame(at, chart.y(y[i]))) return;
        const [bottom, top] = [low[i], high[i]].map((end) => round(chart.floorY(end)));
        d += `M${at},${bottom}V${top}`;
        for (const end of [bottom, top]) d += `M${at - 3.5},${end}h7`;
      });
      return d;
    },
    outline(mark, { x, y, low, high }, chart) {
      const around = (v, i) => {
        const [px, py] = [chart.x(v), chart.y(y[i])];
        const far = (end, other) => Math[other](py, end ? chart.floorY(end[i]) : py);
        return [[px, far(high, "min") - 5], [px, far(low, "max") + 5], [px - 5, py], [px + 5, py]];
      };
      return Array.from(x, around).filter((_, i) => chart.drawable(y[i]));
    },
    under(mark, curve, chart, px) {
      const all = curve.y.map((v, i) => [(mark.names && mark.names[i]) || mark.label, v]);
      const close = (i) => Math.abs(chart.x(curve.x[i]) - px) <= 7;
      return all.filter(([, v], i) => close(i) && chart.drawable(v));
    },
    spoken: ({ x }) => `: ${x.length} measured points.`,
  };

  const bars = {
    swatch: () => "M7,1H21V11H7Z",
    path(mark, curve, chart) {
      const { wide, shift } = barPlace(mark, chart);
      let d = "";
      curve.y.forEach((v, i) => {
        if (!chart.drawable(v)) return;
        const left = round(chart.x(curve.x[i]) + shift);
        d += `M${left},${chart.bottom}V${round(chart.floorY(v))}h${round(wide)}V${chart.bottom}Z`;
      });
      return d;
    },
    texts(mark, curve, chart, { say, digitsOf }) {
      const { wide, shift } = barPlace(mark, chart);
      const texts = curve.y.map((v, i) => ({
        class: "ldn-bar-text",
        x: chart.x(curve.x[i]) + shift + wide / 2,
        y: chart.floorY(v) - 5,
        text: say(v, digitsOf(mark)),
      }));
      const fit = texts.every((text) => boxOf(text)[2] - boxOf(text)[0] <= wide + GAP);
      const alone = chart.bars.length === 1;
      return alone || fit ? texts.filter((_, i) => chart.drawable(curve.y[i])) : [];
    },
    outline(mark, curve, chart) {
      const { wide, shift } = barPlace(mark, chart);
      return curve.y.map((v, i) => {
        const left = chart.x(curve.x[i]) + shift, top = chart.floorY(v);
        const far = left + wide, { bottom } = chart;
        return [[left, bottom], [left, top], [far, top], [far, bottom]];
      });
    },
    spoken: ({ x, y }, say) => `: ${x.map((name, i) => name + " " + say(y[i])).join(", ")}.`,
  };

  const rule = {
    path(mark, { at }, { x, y, left, right, top, bottom }) {
      return mark.axis === "x"
        ? `M${round(x(at))},${top}V${bottom}`
        : `M${left},${round(y(at))}H${right}`;
    },
    outline(mark, { at }, { x, y, left, right, top, bottom }) {
      return mark.axis === "x"
        ? [[[x(at), top], [x(at), bottom]]]
        : [[[left, y(at)], [right, y(at)]]];
    },
    spoken: ({ at }, say, mark) => ` at ${mark.axis === "y" ? say(at) : format(at, 3)}.`,
  };

  const MARKS = { line, band, points, bars, rule };

  /** The fill of bars: the first are full, others hatched, so that they differ without colour. */
  function barFill(all, mark, id) {
    const place = all.indexOf(mark);
    return place > 0 ? `url(#${id}-hatch${place})` : "var(--ldn-c)";
  }

  /** The hatches that barFill names. */
  function drawHatches(all, defs, id) {
    all.slice(1).forEach((mark, i) => {
      const pattern = draw("pattern", {
        id: `${id}-hatch${i + 1}`, class: styleClass(mark), patternUnits: "userSpaceOnUse",
        width: 7, height: 7, patternTransform: `rotate(${45 * (i + 1)})`,
      }, defs);
      draw("rect", { width: 7, height: 7, class: "ldn-hatch-back" }, pattern);
      draw("rect", { width: 3, height: 7, class: "ldn-hatch" }, pattern);
    });
  }

  /** What moves leaves its starting curve behind; bands only where no line does, or it gets
   * crowded. */
  function leavesGhost(mark, marks) {
    const moving = marks.some((m) => m.kind === "line") ? "line" : "band";
    return mark.kind === "bars" || mark.kind === moving;
  }

  function drawSwatch(entry, className, path, fill) {
    const look = { width: 28, height: 12, "aria-hidden": "true", class: className };
    const shape = draw("path", path, draw("svg", look, entry));
    if (fill) shape.style.fill = fill;
  }

  const isLike = (a, b) => a.label === b.label && a.style === b.style;

  /** Names every look of a mark once. Returns the entry of the starting curves, or null. */
  function drawLegend(legend, marks, id) {
    const all = marks.filter((m) => m.kind === "bars");
    const named = new Set();
    for (const mark of marks) {
      const look = mark.kind + mark.label + mark.style;
      // A band named as a line is its range.
      const range = mark.kind === "band" && marks.some((m) => m.kind === "line" && isLike(m, mark));
      if (mark.kind === "rule" || range || named.has(look)) continue;
      named.add(look);
      const entry = node("span", { class: "ldn-key" }, legend);
      const path = { d: MARKS[mark.kind].swatch(mark), class: "ldn-" + mark.kind };
      drawSwatch(entry, styleClass(mark), path, mark.kind === "bars" && barFill(all, mark, id));
      node("span", { text: mark.label }, entry);
    }
    if (!marks.some((mark) => leavesGhost(mark, marks))) return null;
    const entry = node("span", { class: "ldn-key ldn-key-ghost" }, legend);
    const kind = all.length ? "bars" : "line";
    drawSwatch(entry, "ldn-ghost", { d: MARKS[kind].swatch(), class: "ldn-" + kind });
    node("span", { text: "starting settings" }, entry);
    return entry;
  }

  Object.assign(LDN, { MARKS, barFill, drawHatches, drawLegend, leavesGhost, styleClass });
})();
