/* Drawing by hand: a reader's own line in a panel, by finger, mouse or keys.
 * The line is held by controls, one a place on the x axis, so that it is shared, kept and reset
 * like any setting, and can be set by sliders, too. */
(function () {
  "use strict";
  const { KEYS, node } = LDN;

  const STEP = 5, LEAP = 20; // of the height, per cent of the axis: arrow keys, page keys
  const SIDEWAYS = 6; // px by which a finger shows that it draws
  const SIZES = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: LEAP, PageDown: -LEAP };

  /** Heights at the places x (ascending) after a stroke from one [x, y] to another: those between
   * follow the stroke, and the one that is closest to its end does. Returns [index, height] each.
   */
  function strokeOver(x, [fromX, fromY], [toX, toY]) {
    const touched = [];
    const closest = x.reduce((b, v, i) => (Math.abs(v - toX) < Math.abs(x[b] - toX) ? i : b), 0);
    x.forEach((v, i) => {
      if (i === closest) touched.push([i, toY]);
      else if ((v - fromX) * (v - toX) < 0) {
        touched.push([i, fromY + ((toY - fromY) * (v - fromX)) / (toX - fromX)]);
      }
    });
    return touched;
  }

  /** Lets readers draw the line `panel.panel.draw` of the spec; change(values) is told. Keys go on
   * from valuesNow(): of two within one frame, the first is not drawn yet.
   * Returns {place(chart) after each layout, show() after each move}. */
  function addPen(panel, change, valuesNow) {
    const { book, holder } = panel;
    const { x, controls, per, until } = book.spec.drawn[panel.panel.draw];
    const [low, high] = [panel.panel.y.low * per, panel.panel.y.high * per];
    const area = node("div", {
      class: "ldn-pen", role: "slider", tabindex: 0, "aria-orientation": "vertical",
      "aria-label": "Your line. Left and right choose a place, up and down the height",
      "aria-valuemin": low, "aria-valuemax": high, ...KEYS,
    }, holder);
    const silent = { "aria-hidden": "true" };
    const invite = node("span", { class: "ldn-invite", ...silent, text: "Draw here" }, area);
    const at = node("span", { class: "ldn-nib", ...silent }, area);
    let chosen = 0, last = null;
    let draws = false; // while the pointer is down
    let waits = null; // where a finger went down that may still scroll the page

    const height = (i) => valuesNow()[controls[i]];
    /** Where a key begins: at the height of the place or, where none is drawn, of the closest. */
    function begun(i) {
      const far = (k) => Math.abs(x[k] - x[i]);
      const drawn = x.map((_, k) => k).filter((k) => height(k) >= low);
      return drawn.length ? height(drawn.reduce((a, b) => (far(b) < far(a) ? b : a))) : low;
    }
    const isOver = () => Boolean(until && valuesNow()[until]);
    const inside = (v) => Math.min(high, Math.max(low, Math.round(v)));
    function show() {
      const { chart } = panel;
      if (!chart) return;
      const control = book.byName[controls[chosen]];
      const shown = begun(chosen);
      const said = `${control.label}: ${book.controlText(control, height(chosen))}`;
      area.setAttribute("aria-valuenow", shown);
      area.setAttribute("aria-valuetext", said);
      area.setAttribute("aria-readonly", String(isOver()));
      at.style.left = chart.x(x[chosen]) - chart.left + "px";
      at.style.top = chart.y(shown / per) - chart.top + "px";
      const drawn = controls.some((name) => valuesNow()[name] !== book.defaults[name]);
      invite.hidden = drawn || isOver();
    }
    function place({ left, right, top, bottom }) {
      const box = { left, top, width: right - left, height: bottom - top };
      for (const [name, size] of Object.entries(box)) area.style[name] = size + "px";
      show();
    }
    /** Where the pointer is, in the units of the axes. */
    function spot({ clientX, clientY }) {
      const box = holder.getBoundingClientRect();
      const scale = panel.width / box.width;
      const { chart } = panel;
      return [
        chart.x.invert((clientX - box.left) * scale),
        chart.y.invert((clientY - box.top) * scale) * per,
      ];
    }
    function stroke(event) {
      const now = spot(event);
      const touched = strokeOver(x, last || now, now);
      last = now;
      chosen = touched.find(([, y]) => y === now[1])[0];
      change(Object.fromEntries(touched.map(([i, y]) => [controls[i], inside(y)])));
    }
    /** A finger draws sideways or by a tap: when it scrolls the page, the browser takes it over,
     * and nothing is drawn. */
    function begin() {
      const first = waits;
      waits = null;
      if (first) stroke(first);
    }
    area.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary || !panel.chart || isOver()) return;
      area.setPointerCapture(event.pointerId);
      draws = true;
      last = null;
      waits = event;
      if (event.pointerType !== "touch") begin();
    });
    area.addEventListener("pointermove", (event) => {
      if (!draws) return panel.point(event);
      if (waits && Math.abs(event.clientX - waits.clientX) < SIDEWAYS) {
        if (Math.abs(event.clientY - waits.clientY) > 2 * SIDEWAYS) waits = null;
        draws = Boolean(waits);
        return;
      }
      begin();
      stroke(event);
    });
    area.addEventListener("pointerup", () => {
      begin();
      draws = false;
    });
    area.addEventListener("pointercancel", () => {
      waits = null;
      draws = false;
    });
    area.addEventListener("pointerleave", () => panel.leave());
    area.addEventListener("keydown", (event) => {
      const { key } = event;
      const end = controls.length - 1;
      const moves = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: end };
      if (key in moves) {
        chosen = Math.min(end, Math.max(0, moves[key]));
        show();
      } else if (key in SIZES) {
        const wanted = begun(chosen) + (SIZES[key] / 100) * (high - low);
        if (!isOver()) change({ [controls[chosen]]: inside(wanted) });
      } else {
        return;
      }
      event.preventDefault();
    });
    return { place, show };
  }

  Object.assign(LDN, { addPen });
})();
