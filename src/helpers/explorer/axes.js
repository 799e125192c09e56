/* The frame of a panel: its size, scales, ticks, grid and axes. */
(function () {
  "use strict";
  const { draw, format, quantity, share } = LDN;

  const MARGIN = { top: 26, right: 14, bottom: 44 };
  const HOURS = [1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 672];
  // Ever fewer ticks on a log axis: the first digits, and in every how many decades.
  const LOG_TICKS = [[[1, 2, 5], 1], [[1, 3], 1], [[1], 1], [[1], 2], [[1], 3]];
  const MOST_NAME_LINES = 2;

  function decadeTicks(low, high, mantissas, every) {
    const ticks = [];
    for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high) + 1e-9; k++) {
      for (const m of mantissas) {
        const tick = Number((m * Math.pow(10, k)).toPrecision(3));
        if (k % every === 0 && tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push(tick);
      }
    }
    return ticks;
  }

  /** Ticks of an axis that a person would have chosen, about `room` of them. */
  function ticksOf(scale, axis, room) {
    const [low, high] = scale.domain();
    if (axis.scale === "log" && Math.log10(high / low) < 0.7) return scale.ticks(room);
    if (axis.scale === "log") {
      const tries = LOG_TICKS.map(([digits, every]) => decadeTicks(low, high, digits, every));
      const fit = tries.find((ticks) => ticks.length <= Math.max(3, room));
      if (fit) return fit;
    }
    const step = /^hours?\b/i.test(axis.label) && HOURS.find((s) => (high - low) / s <= room);
    if (!step) return scale.ticks(room);
    const ticks = [];
    for (let v = Math.ceil(low / step) * step; v <= high; v += step) ticks.push(v);
    return ticks;
  }

  const scaleOf = (axis) => (axis.scale === "log" ? d3.scaleLog() : d3.scaleLinear());

  /** Scales and frame of a panel that is `width` px wide and whose y axis ends at `high`.
   * names: of its bars, or null. */
  function chartOf(panel, width, high, names) {
    const height = Math.round(Math.min(310, Math.max(225, width * 0.66)));
    const logY = panel.y.scale === "log";
    const [top, bottom, right] = [MARGIN.top, height - MARGIN.bottom, width - MARGIN.right];
    const y = scaleOf(panel.y).domain([panel.y.low, high]).range([bottom, top]);
    const yTicks = logY
      ? ticksOf(y, panel.y, Math.floor(height / 36))
      : y.ticks(Math.max(3, Math.round(height / 55)));
    const yText = (v) => {
      if (panel.percent) return logY ? share(v, 3) : format(v, 3, true);
      return format(v, 4);
    };
    const xText = (v, digits = 4) => quantity(v, digits, panel.x.unit);
    const left = 14 + 7 * Math.max(2, ...yTicks.map((v) => yText(v).length));
    let x, xTicks = null;
    if (names) {
      x = d3.scaleBand().domain(names).range([left, right]).paddingInner(0.28).paddingOuter(0.16);
    } else {
      x = scaleOf(panel.x).domain([panel.x.low, panel.x.high]).range([left, right]);
      xTicks = ticksOf(x, panel.x, Math.max(2, Math.floor((right - left) / 62)));
    }
    return {
      width, height, left, right, top, bottom, x, y, xTicks, yTicks, xText, yText, names,
      /** Whether a value has a place on the y axis. */
      drawable: (v) => Number.isFinite(v) && (!logY || v > 0),
      /** Where a value is, on a log axis not below its end. */
      floorY: (v) => y(logY ? Math.max(v, panel.y.low) : v),
      /** The same, but far below the end, so that the frame cuts the edge off. */
      belowY: (v) => y(logY ? Math.max(v, panel.y.low * 1e-3) : v),
      inFrame: (px, py) =>
        px >= left - 1 && px <= right + 1 && py >= top - 1 && py <= bottom + 1,
    };
  }

  /** Breaks long names of bars over lines so that neighbours do not touch. */
  function wrapNames(axis, room) {
    const most = Math.max(4, Math.floor(room / 6.6));
    for (const text of axis.querySelectorAll("text")) {
      const lines = [""];
      for (const word of text.textContent.split(" ")) {
        const joined = (lines[lines.length - 1] + " " + word).trim();
        if (joined.length > most && lines[lines.length - 1]) lines.push(word);
        else lines[lines.length - 1] = joined;
      }
      text.textContent = "";
      lines.slice(0, MOST_NAME_LINES).forEach((line, i) => {
        draw("tspan", { x: 0, dy: i ? "1.1em" : "0.71em", text: line }, text);
      });
    }
  }

  function drawAxis(scene, name, axis, { ticks, text, size, shift }) {
    axis.tickSizeOuter(0).tickSizeInner(size).tickPadding(6);
    if (ticks) axis.tickValues(ticks).tickFormat(text);
    const group = draw("g", { class: `ldn-axis ldn-${name}`, transform: shift }, scene);
    d3.select(group).call(axis);
    return group;
  }

  /** Grid, axes and their labels. */
  function drawAxes(scene, chart, panel) {
    const { x, y, left, right, bottom, height } = chart;
    const grid = draw("g", { class: "ldn-grid" }, scene);
    for (const v of chart.yTicks) draw("line", { x1: left, x2: right, y1: y(v), y2: y(v) }, grid);
    const below = drawAxis(scene, "x", d3.axisBottom(x), {
      ticks: chart.xTicks, text: (v) => chart.xText(v), size: 5, shift: `translate(0,${bottom})`,
    });
    if (chart.names) wrapNames(below, x.step());
    drawAxis(scene, "y", d3.axisLeft(y), {
      ticks: chart.yTicks, text: chart.yText, size: 0, shift: `translate(${left},0)`,
    });
    const label = (attributes) => draw("text", { class: "ldn-axis-label", ...attributes }, scene);
    label({ x: 0, y: 12, text: panel.y.label });
    label({ x: right, y: height - 5, "text-anchor": "end", text: panel.x.label });
  }

  Object.assign(LDN, { chartOf, drawAxes });
})();
