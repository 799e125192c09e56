/* Where the words of a rule stand: at the first place that covers nothing, or else the least. */
(function () {
  "use strict";

  const WIDE = 7, EDGE = 8, ABOVE = 10, BELOW = 4; // px: to measure words would lay out the page
  const STEP = 3; // px between the points of a curve that are looked at
  const HEIGHTS = 16; // px between the places along an upright rule
  // What it costs to cover a curve, what was kept, the edge of a band, another rule, other words.
  const COST = { curve: 10, ghost: 4, band: 2, rule: 5, words: 100 };

  /** The box of a text: [left, top, right, bottom]. */
  function boxOf({ x, y, text, "text-anchor": anchor = "middle" }) {
    const wide = WIDE * text.length + EDGE;
    const left = x - { start: 0, middle: wide / 2, end: wide }[anchor];
    return [left, y - ABOVE, left + wide, y + BELOW];
  }

  /** Places beside a rule, the best first. */
  function placesOf(mark, at, chart) {
    const { x, y, left, right, top, bottom, width } = chart;
    const places = [];
    const add = (px, py, anchor) => {
      const place = { text: mark.label, x: px, y: py, "text-anchor": anchor };
      const [from, , to] = boxOf(place);
      if (from >= left && to <= width && py >= top && py <= bottom - BELOW) places.push(place);
    };
    if (mark.axis === "y") {
      const along = [[right - 2, "end"], [left + 4, "start"]];
      const shares = [0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875];
      for (const share of shares) along.push([left + share * (right - left), "middle"]);
      for (const [near, far] of [[-6, 15], [-20, 29], [-34, 43], [-48, 57]]) {
        for (const [px, anchor] of along) for (const dy of [near, far]) add(px, y(at) + dy, anchor);
      }
    } else {
      const sides = [[x(at) + 6, "start"], [x(at) - 6, "end"]];
      if (x(at) > (left + right) / 2) sides.reverse();
      for (let py = top + 9; py < bottom; py += HEIGHTS) {
        for (const [px, anchor] of sides) add(px, py, anchor);
      }
    }
    return places;
  }

  /** Whether a curve, a list of [x, y] in px, passes through a box. */
  function crosses(curve, [left, top, right, bottom]) {
    for (let i = 1; i < curve.length; i++) {
      const [x0, y0] = curve[i - 1], [x1, y1] = curve[i];
      if (Math.max(x0, x1) < left || Math.min(x0, x1) > right) continue;
      if (Math.max(y0, y1) < top || Math.min(y0, y1) > bottom) continue;
      const steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0) / STEP) || 1;
      for (let k = 0; k <= steps; k++) {
        const px = x0 + (k / steps) * (x1 - x0), py = y0 + (k / steps) * (y1 - y0);
        if (px >= left && px <= right && py >= top && py <= bottom) return true;
      }
    }
    return false;
  }

  const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  /** Attributes of the <text> of a rule, or null if it has no words or is not in the frame.
   * drawn: [kind in COST, curve] of all that is there; words: boxes of other texts, to which its
   * own is added. */
  function placeLabel(mark, at, chart, drawn, words) {
    let best = null, least = Infinity, cover = null;
    for (const place of mark.label ? placesOf(mark, at, chart) : []) {
      const box = boxOf(place);
      let cost = 0;
      for (const [kind, curve] of drawn) if (crosses(curve, box)) cost += COST[kind];
      for (const other of words) if (meet(other, box)) cost += COST.words;
      if (cost < least) [best, least, cover] = [place, cost, box];
    }
    if (cover) words.push(cover);
    return best;
  }

  Object.assign(LDN, { boxOf, placeLabel });
})();
