/* The first of the control's scripts: it makes their one global, LDN, and holds what they share:
 * numbers as text, and numbers read off curves. What LDN offers to others:
 *   LDN.models                            the models of this page, by name
 *   LDN.integrate(model, run)             time courses of a model
 *   LDN.evaluate(spec, values, {rtol})    all numbers behind the picture, without drawing
 *   LDN.mount(element, spec, options)     draws the control; returns {set, values, csv, destroy}
 *   LDN.widget                            the same as an anywidget module
 * and the element <ldn-explorer>, which mounts itself from the JSON it contains.
 * `spec` is plain JSON, made, checked and documented by helpers.explorer (Python).
 * Amounts are in mg, and times in the unit of the model: hours where drugs are simulated.
 * These are classic scripts that need nothing but the global `d3` of vendor/d3-explorer.min.js.
 */
var LDN = { models: {} };
(function () {
  "use strict";

  function need(condition, message) {
    if (!condition) throw new Error(message);
  }
  const list = (names) => (names.length ? names.join(", ") : "none");

  /** Whether two numbers are the same up to rounding. */
  function near(a, b) {
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(1e-300, Math.abs(a), Math.abs(b));
  }

  /** `value` with `digits` significant digits: 4.5, 0.012, 1.2 million, 1.2 × 10⁻⁵; 45% if
   * `percent`. */
  function format(value, digits, percent) {
    if (!Number.isFinite(value)) return "–";
    if (percent) return signed(Math.round(value * 100)) + "%";
    const rounded = Number(value.toPrecision(digits));
    const size = Math.abs(rounded);
    if (size === 0 || (size >= 0.0001 && size < 1e6)) return signed(rounded);
    if (size >= 1e6 && size < 1e9) return format(rounded / 1e6, digits) + " million";
    if (size >= 1e9 && size < 1e12) return format(rounded / 1e9, digits) + " billion";
    const [mantissa, power] = rounded.toExponential().split("e");
    const raise = (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)];
    return signed(mantissa) + " × 10" + String(Number(power)).replace(/[-\d]/g, raise);
  }
  const signed = (number) => String(number).replace("-", "−"); // a minus, no hyphen

  /** A share as whole per cent; some is not none, nor all: "under 1%", "over 99%". */
  function wholePercent(value) {
    if (value > 1e-6 && value < 0.005) return "under 1%"; // less is a solver's noise
    if (value >= 0.995 && value < 1 - 1e-6) return "over 99%";
    return format(value, 0, true);
  }

  /** A share as per cent, however small it is: 45%, 0.0024%. */
  const share = (value, digits) => format(100 * value, digits) + "%";

  /** "4.5 mg", but "45%". */
  function withUnit(text, unit) {
    return unit ? text + (unit === "%" ? "" : " ") + unit : text;
  }

  /** A number in its unit; what is a thousand milligrams or more, in grams. */
  function quantity(value, digits, unit) {
    const grams = unit === "mg" && Math.abs(value) >= 1000;
    return withUnit(format(grams ? value / 1000 : value, digits), grams ? "g" : unit);
  }

  /** The smallest of 1, 2, 5, 10, ... times a power of ten that `value` does not exceed,
   * by more than the factor `slack`. */
  function steps125(value, slack) {
    if (!(value > 0)) return 1;
    const power = Math.pow(10, Math.floor(Math.log10(value)));
    const factor = [1, 2, 5, 10].find((f) => f * power * slack >= value) || 10;
    return Number((factor * power).toPrecision(6));
  }

  /** y at `at` by straight lines between the samples x (ascending); NaN outside them. */
  function interpolate(x, y, at) {
    const last = x.length - 1;
    if (!(at >= x[0] - 1e-9 && at <= x[last] + 1e-9)) return NaN;
    let low = 0, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (x[middle] <= at) low = middle;
      else high = middle;
    }
    if (at >= x[high]) return y[high];
    return y[low] + ((y[high] - y[low]) * Math.max(0, at - x[low])) / (x[high] - x[low]);
  }

  /** One number from the samples with window[0] <= x <= window[1].
   * kind: max, min, mean, integral, or at, the value at window[0]. The window holds samples. */
  function reduce(x, y, kind, window) {
    const [from, to] = window;
    if (kind === "at") return interpolate(x, y, from);
    let first = -1, last = -1, extreme = kind === "max" ? -Infinity : Infinity, area = 0;
    for (let i = 0; i < x.length; i++) {
      if (x[i] < from - 1e-9 || x[i] > to + 1e-9) continue;
      if (first < 0) first = i;
      else area += 0.5 * (y[i] + y[i - 1]) * (x[i] - x[i - 1]);
      last = i;
      extreme = kind === "max" ? Math.max(extreme, y[i]) : Math.min(extreme, y[i]);
    }
    if (kind === "integral") return area;
    if (kind === "mean") return last > first ? area / (x[last] - x[first]) : y[first];
    return extreme;
  }

  Object.assign(LDN, {
    need, list, near, format, share, wholePercent, quantity, withUnit, steps125,
  });
  Object.assign(LDN, { interpolate, reduce });
})();
