/* The marks of a panel. Each kind says
 *   swatch(mark)                       its sign in the legend, a path in a box of 28 by 12 px
 *   path(mark, curve, chart)           its path in the chart
 *   behind(curve, now)                 a curve that stands behind another, where it must be fitted
 *   tally(curve)                       its count in words, where its ghost needs one
 *   errors(mark, curve, chart)         error bars, if it can have them
 *   pieces(mark, curve, chart, group)  its single pieces, if it has any, into the group
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
      const there = Array.from(x, (_, i) => i).filter((i) => Number.isFinite(y[i]));
      if (!there.length) return ": nothing.";
      const most = there.reduce((best, i) => (y[i] > y[best] ? i : best));
      const end = there[there.length - 1];
      const last = end === y.length - 1 ? "at the end" : `last at ${format(x[end], 3)}`;
      return `: highest ${say(y[most])} at ${format(x[most], 3)}, ${last} ${say(y[end])}.`;
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
    errors(mark, { x, y, low, high, reach }, chart) {
      let d = "";
      if (reach) {
        const [from, to] = reach.map((end) => round(chart.x(end)));
        for (const v of y) d += `M${from},${round(chart.y(v))}H${to}`;
      }
      if (!low || !high) return d;
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

  /** Where nobody has measured. */
  const fog = {
    swatch: () => "M1,1H27V11H1Z",
    path: (mark, { from, to }, { x, top, bottom }) =>
      `M${round(x(from))},${top - 5}H${round(x(to))}V${bottom}H${round(x(from))}Z`,
    texts: (mark, { from, to }, { x, top }) => [{
      class: "ldn-fog-text", x: (x(from) + x(to)) / 2, y: top + 12, "text-anchor": "middle",
      text: mark.label,
    }],
    outline: () => [],
    spoken: ({ from, to }) => ` from ${format(from, 3)} to ${format(to, 3)}.`,
  };

  const FALL = 1500; // ms until the last of many new dots begins to fall
  const MOST_ACROSS = 44; // px from dot to dot
  const APART = 60; // ms between two of few
  const lastShown = new WeakMap(); // mark → what its dots showed before: {seed, count}

  /** How many dots stand beside each other, close to what is wished: a number that goes into all,
   * so that no pile is higher than its count. Also in fallback.py. */
  function columnsOf(all, wished) {
    let best = 1;
    for (let n = 2; n <= all; n++) {
      if (all % n === 0 && Math.abs(n - wished) < Math.abs(best - wished)) best = n;
    }
    return best;
  }

  /** Single things, each in one of several named piles. */
  const pile = {
    swatch: () => "M9.5,6a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z",
    /** The top of each pile: what is left of dots that stand behind others. */
    path(mark, { x, y }, chart) {
      const wide = round(chart.x.bandwidth());
      const top = (name, i) => `M${round(chart.x(name))},${round(chart.y(y[i]))}h${wide}`;
      return x.map(top).join("");
    },
    /** Counts of another number of studies say nothing beside each other: their shares do. */
    behind: (curve, now) => ({
      ...curve, y: curve.y.map((v) => (v * now.bins.length) / curve.bins.length),
    }),
    tally: ({ y, bins }) => `${y[0]} of ${bins.length}`,
    /** How many would be expected in the first pile. */
    errors(mark, { x, expected }, chart) {
      return `M${round(chart.x(x[0]))},${round(chart.y(expected))}h${round(chart.x.bandwidth())}`;
    },
    also: { label: "expected by chance", path: "M1,6H27", kind: "expected" },
    pieces(mark, { x, bins, seed }, chart, group) {
      const unit = chart.y(0) - chart.y(1), wide = chart.x.bandwidth();
      const columns = columnsOf(bins.length, Math.sqrt(wide / unit));
      const across = Math.min(wide / columns, MOST_ACROSS), up = columns * unit;
      const r = round(0.42 * Math.min(across, up));
      const before = lastShown.get(mark);
      const old = !before ? bins.length : before.seed === seed ? before.count : 0;
      lastShown.set(mark, { seed, count: bins.length });
      let all = group.querySelector("g");
      if (!all) group.prepend((all = draw("g", {})));
      const there = [...all.children];
      there.slice(bins.length).forEach((circle) => circle.remove());
      const high = x.map(() => 0); // of each pile so far
      bins.forEach((bin, i) => {
        const place = high[bin]++;
        const middle = chart.x(x[bin]) + wide / 2;
        const px = middle + across * ((place % columns) - (columns - 1) / 2);
        const py = chart.bottom - up * (Math.floor(place / columns) + 0.5);
        const circle = there[i] || draw("circle", {}, all);
        const falls = i < old ? "" : " ldn-falls-" + (seed % 2); // another name begins it anew
        circle.setAttribute("r", r);
        circle.setAttribute("class", "ldn-study" + (bin ? " ldn-study-empty" : "") + falls);
        circle.style.transform = `translate(${round(px)}px,${round(py)}px)`;
        const delay = Math.min(APART, FALL / bins.length) * Math.max(0, i - old);
        circle.style.animationDelay = delay + "ms";
      });
    },
    texts: (mark, { x, y }, chart) => y.map((count, i) => ({
      class: "ldn-bar-text", x: chart.x(x[i]) + chart.x.bandwidth() / 2, y: chart.top - 8,
      text: String(count),
    })),
    outline: () => [],
    spoken: ({ x, y }, say) => `: ${x.map((name, i) => name + " " + say(y[i])).join(", ")}.`,
  };

  const MARKS = { line, band, points, bars, rule, fog, pile };

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
    return ["bars", "pile", moving].includes(mark.kind);
  }

  function drawSwatch(entry, className, path, fill) {
    const look = { width: 28, height: 12, "aria-hidden": "true", class: className };
    const shape = draw("path", path, draw("svg", look, entry));
    if (fill) shape.style.fill = fill;
  }

  const isLike = (a, b) => a.label === b.label && a.style === b.style;

  /** What signs mean, in words. */
  function drawSigns(legend, signs) {
    for (const text of signs) node("span", { class: "ldn-key", text }, legend);
  }

  /** Names every look of a mark once, or what the signs of the panel mean. Returns {ghost: the
   * entry of the starting curves, or null, keys: [mark, entry] of each look}. */
  function drawLegend(legend, { marks, keys: signs = [] }, id) {
    const all = marks.filter((m) => m.kind === "bars");
    const named = new Set();
    const keys = [];
    drawSigns(legend, signs);
    for (const mark of signs.length ? [] : marks) {
      const look = mark.kind + mark.label + mark.style;
      // A band named as a line is its range.
      const range = mark.kind === "band" && marks.some((m) => m.kind === "line" && isLike(m, mark));
      if (["rule", "fog"].includes(mark.kind) || range || named.has(look)) continue;
      named.add(look);
      const entry = node("span", { class: "ldn-key" }, legend);
      const path = { d: MARKS[mark.kind].swatch(mark), class: "ldn-" + mark.kind };
      if (mark.drawn) path.class += " ldn-own";
      drawSwatch(entry, styleClass(mark), path, mark.kind === "bars" && barFill(all, mark, id));
      node("span", { text: mark.label }, entry);
      keys.push([mark, entry]);
      const { also } = MARKS[mark.kind];
      if (!also) continue;
      const second = node("span", { class: "ldn-key" }, legend);
      drawSwatch(second, styleClass(mark), { d: also.path, class: "ldn-" + also.kind });
      node("span", { text: also.label }, second);
    }
    if (!marks.some((mark) => leavesGhost(mark, marks))) return { ghost: null, keys };
    const entry = node("span", { class: "ldn-key ldn-key-ghost" }, legend);
    const kind = all.length ? "bars" : "line";
    drawSwatch(entry, "ldn-ghost", { d: MARKS[kind].swatch(), class: "ldn-" + kind });
    node("span", { text: "starting settings" }, entry);
    return { ghost: entry, keys };
  }

  Object.assign(LDN, { MARKS, barFill, drawHatches, drawLegend, drawSigns });
  Object.assign(LDN, { leavesGhost, styleClass });
})();
