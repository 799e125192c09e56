/* The live control of the book: simulates a small model (or looks up a table) in the page and draws it.
 *
 * A classic script that needs nothing but the global `d3` of vendor/d3-explorer.min.js.
 * It defines one global, LDN:
 *   LDN.integrate(model, run)             time courses of a model, by Dormand-Prince 5(4)
 *   LDN.evaluate(spec, values, {rtol})    all numbers behind the picture, without drawing
 *   LDN.mount(element, spec, options)     draws the control; returns {set, values, csv, destroy}
 *   LDN.widget                            the same as an anywidget module
 * and the element <ldn-explorer>, which mounts itself from the JSON it contains.
 * `spec` is plain JSON made by helpers.explorer (Python), which documents it.
 * Amounts are in mg, and times in the unit of the model: hours where drugs are simulated.
 */
var LDN = (function () {
  "use strict";

  const DRAWING_RTOL = 1e-6; // far below a pixel
  const EXACT_BELOW = 1e-7; // tighter than this, steps end on the samples instead of interpolating
  const STEP_LIMIT = 100000; // about a tenth of a second: a message then, never a frozen tab
  const STATUS_DELAY = 400; // ms of rest before screen readers hear the new status
  const ADDRESS_DELAY = 300; // ms of rest before the page address is rewritten

  function need(condition, message) {
    if (!condition) throw new Error(message);
  }
  const list = (names) => (names.length ? names.join(", ") : "none");
  const near = (a, b) => a === b || Math.abs(a - b) <= 1e-9 * Math.max(1e-300, Math.abs(a), Math.abs(b));

  // ---------------------------------------------------------------- numbers as text

  /** `value` with `digits` significant digits: 4.5, 0.012, 12000, 1.2 × 10⁻⁵; 45% if `percent`. */
  function format(value, digits, percent) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    if (percent) return Math.round(value * 100) + "%";
    const rounded = Number(value.toPrecision(digits || 3));
    const size = Math.abs(rounded);
    if (size === 0 || (size >= 0.001 && size < 1e5)) return String(rounded);
    const [mantissa, power] = rounded.toExponential().split("e");
    const raised = String(Number(power)).replace(/[-\d]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
    return mantissa + " × 10" + raised;
  }
  function withUnit(text, unit) {
    return unit ? text + (unit === "%" ? "" : " ") + unit : text;
  }

  // ---------------------------------------------------------------- integrator

  /* Dormand & Prince (1980), the embedded pair 5(4) with its free fourth-order interpolant
   * (Hairer, Norsett & Wanner, Solving ODEs I, II.5-6). */
  const A21 = 1 / 5;
  const A31 = 3 / 40, A32 = 9 / 40;
  const A41 = 44 / 45, A42 = -56 / 15, A43 = 32 / 9;
  const A51 = 19372 / 6561, A52 = -25360 / 2187, A53 = 64448 / 6561, A54 = -212 / 729;
  const A61 = 9017 / 3168, A62 = -355 / 33, A63 = 46732 / 5247, A64 = 49 / 176, A65 = -5103 / 18656;
  const B1 = 35 / 384, B3 = 500 / 1113, B4 = 125 / 192, B5 = -2187 / 6784, B6 = 11 / 84;
  const E1 = 71 / 57600, E3 = -71 / 16695, E4 = 71 / 1920, E5 = -17253 / 339200, E6 = 22 / 525, E7 = -1 / 40;
  const D1 = -12715105075 / 11282082432, D3 = 87487479700 / 32700410799, D4 = -10690763975 / 1880347072,
    D5 = 701980252875 / 199316789632, D6 = -1453857185 / 822651844, D7 = 69997945 / 29380423;

  /** Times of the doses: 0, every, 2 every, ... (`count` of them, all before `until`); one dose if every <= 0. */
  function doseTimes(every, count, until) {
    const times = [];
    const number = every > 0 ? count : 1;
    for (let n = 0; n < number; n++) {
      const time = n * every;
      if (time >= until - 1e-9 * Math.max(1, until)) break;
      times.push(time);
    }
    return times;
  }

  /**
   * Time courses of `model` after repeated doses.
   *
   * run: {dose, every, count, until, since, samples, parameters (in the model's order), rtol};
   * only `until` is needed. Samples lie evenly from since (0 if left out) to until.
   * Returns {t, <each state>, <each output>}, each a Float64Array(samples).
   * A sample at the time of a dose is taken after the dose. Throws when STEP_LIMIT steps do not suffice or a value
   * is not finite.
   */
  function integrate(model, run) {
    const { dose = 0, every = 0, count = 1, until, since = 0, samples = 241 } = run;
    const { parameters: p = model.defaults, rtol = DRAWING_RTOL } = run;
    need(until > 0 && Number.isFinite(until), `until: got ${until}, expected a time above 0`);
    need(since >= 0 && since < until, `since: got ${since}, expected a time from 0 to below until (${until})`);
    need(Number.isInteger(samples) && samples >= 2, `samples: got ${samples}, expected a whole number from 2`);
    need(rtol > 0 && rtol < 1, `rtol: got ${rtol}, expected a number between 0 and 1`);
    need(dose >= 0 && Number.isFinite(dose), `dose: got ${dose}, expected 0 mg or more`);

    const size = model.states.length;
    const make = () => new Float64Array(size);
    let y = make(), next = make(), k1 = make(), k7 = make(), swap;
    const stage = make(), k2 = make(), k3 = make(), k4 = make(), k5 = make(), k6 = make(), largest = make();
    const rhs = model.rhs;

    const time = new Float64Array(samples);
    for (let i = 0; i < samples; i++) time[i] = since + ((until - since) * i) / (samples - 1);
    const columns = model.outputs.map(() => new Float64Array(samples));
    const stateColumns = model.states.map(() => new Float64Array(samples));
    const row = new Float64Array(columns.length);
    let sample = 0;
    const keep = (state) => {
      model.read(time[sample], state, p, row);
      for (let j = 0; j < row.length; j++) columns[j][sample] = row[j];
      for (let i = 0; i < size; i++) stateColumns[i][sample] = state[i];
      sample++;
    };

    /* Tolerated error of a step: rtol of the state, or of 1e-10 of the largest it has been, so that tails are
     * right too. The second floor lets a state that starts at zero begin. */
    const scale = (i, size) => rtol * Math.max(size, 1e-10 * largest[i], 1e-14 * overall, 1e-290);
    let overall = 0;
    const notice = (state) => {
      for (let i = 0; i < size; i++) {
        const value = Math.abs(state[i]);
        if (value > largest[i]) largest[i] = value;
        if (value > overall) overall = value;
      }
    };

    const times = dose > 0 ? doseTimes(every, count, until) : [];
    const exact = rtol < EXACT_BELOW;
    const same = 1e-10 * until; // times closer than this are one time
    let t = 0, steps = 0, given = 0;
    model.initial(p, y);

    while (t < until - same) {
      // A new stretch, from here to the next dose: the state may have jumped, so begin with a small step.
      while (given < times.length && times[given] <= t + same) {
        model.dose(dose, p, y);
        given++;
      }
      const end = given < times.length ? times[given] : until;
      notice(y);
      if (sample < samples && time[sample] <= t + same) keep(y);
      rhs(t, y, p, k1);
      let fastest = 1 / (end - t);
      for (let i = 0; i < size; i++) {
        if (y[i] !== 0) fastest = Math.max(fastest, Math.min(Math.abs(k1[i] / y[i]), 1e6 * fastest));
      }
      let step = (0.1 * Math.pow(rtol, 0.2)) / fastest;
      let before = 1e-4; // error of the last step, for the controller
      let rejected = false;

      while (t < end - same) {
        if (++steps > STEP_LIMIT) {
          throw new Error(
            `These settings need more than ${STEP_LIMIT} calculation steps (stopped at time ${format(t, 3)} of ` +
              `${format(until, 4)}). Choose gentler settings or press Reset.`
          );
        }
        const stop = exact && sample < samples && time[sample] < end ? time[sample] : end;
        const cut = t + step * 1.0001 >= stop;
        const h = cut ? stop - t : step;

        for (let i = 0; i < size; i++) stage[i] = y[i] + h * A21 * k1[i];
        rhs(t + h / 5, stage, p, k2);
        for (let i = 0; i < size; i++) stage[i] = y[i] + h * (A31 * k1[i] + A32 * k2[i]);
        rhs(t + 0.3 * h, stage, p, k3);
        for (let i = 0; i < size; i++) stage[i] = y[i] + h * (A41 * k1[i] + A42 * k2[i] + A43 * k3[i]);
        rhs(t + 0.8 * h, stage, p, k4);
        for (let i = 0; i < size; i++) {
          stage[i] = y[i] + h * (A51 * k1[i] + A52 * k2[i] + A53 * k3[i] + A54 * k4[i]);
        }
        rhs(t + (8 / 9) * h, stage, p, k5);
        for (let i = 0; i < size; i++) {
          stage[i] = y[i] + h * (A61 * k1[i] + A62 * k2[i] + A63 * k3[i] + A64 * k4[i] + A65 * k5[i]);
        }
        rhs(t + h, stage, p, k6);
        for (let i = 0; i < size; i++) {
          next[i] = y[i] + h * (B1 * k1[i] + B3 * k3[i] + B4 * k4[i] + B5 * k5[i] + B6 * k6[i]);
        }
        rhs(t + h, next, p, k7);

        let error = 0;
        for (let i = 0; i < size; i++) {
          const e = h * (E1 * k1[i] + E3 * k3[i] + E4 * k4[i] + E5 * k5[i] + E6 * k6[i] + E7 * k7[i]);
          const ratio = Math.abs(e) / scale(i, Math.max(Math.abs(y[i]), Math.abs(next[i])));
          if (!(ratio <= error)) error = ratio; // so written that NaN gets through
        }
        if (!(error <= 1)) {
          step = h * (error < Infinity ? Math.max(0.2, 0.9 * Math.pow(error, -0.2)) : 0.1);
          rejected = true;
          need(step > 1e-14 * until, `The calculation broke down at time ${format(t, 3)}: a value is not finite.`);
          continue;
        }

        // Samples inside the step, by the interpolant; one at its very end is the new state itself.
        while (sample < samples && time[sample] < t + h - same) {
          const u = (time[sample] - t) / h, v = 1 - u;
          for (let i = 0; i < size; i++) {
            const rise = next[i] - y[i];
            const bend = h * k1[i] - rise;
            const last =
              h * (D1 * k1[i] + D3 * k3[i] + D4 * k4[i] + D5 * k5[i] + D6 * k6[i] + D7 * k7[i]);
            stage[i] = y[i] + u * (rise + v * (bend + u * (rise - h * k7[i] - bend + v * last)));
          }
          keep(stage);
        }
        t = cut ? stop : t + h;
        swap = y; y = next; next = swap;
        swap = k1; k1 = k7; k7 = swap;
        notice(y);
        if (sample < samples && t < end - same && Math.abs(time[sample] - t) <= same) keep(y);

        const clipped = Math.max(error, 1e-10);
        let factor = 0.9 * Math.pow(clipped, -0.14) * Math.pow(before, 0.08);
        factor = Math.min(rejected ? 1 : 5, Math.max(0.2, factor));
        step = cut ? Math.max(step, h * factor) : h * factor; // a cut step says little about the next
        before = Math.max(clipped, 1e-4);
        rejected = false;
      }
      t = end;
    }
    if (sample < samples) keep(y);

    const result = { t: time };
    model.states.forEach((name, i) => (result[name] = stateColumns[i]));
    model.outputs.forEach((name, j) => (result[name] = columns[j]));
    return result;
  }

  // ---------------------------------------------------------------- from curves to numbers

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

  const REDUCTIONS = ["max", "min", "mean", "integral", "at"];

  /** One number from the samples with window[0] <= x <= window[1]; see REDUCTIONS. */
  function reduce(x, y, kind, window) {
    const [from, to] = window || [x[0], x[x.length - 1]];
    if (kind === "at") {
      const value = interpolate(x, y, from);
      need(!Number.isNaN(value), `window: got ${from}, expected a value from ${x[0]} to ${x[x.length - 1]}`);
      return value;
    }
    let first = -1, last = -1, extreme = kind === "max" ? -Infinity : Infinity, area = 0;
    for (let i = 0; i < x.length; i++) {
      if (x[i] < from - 1e-9 || x[i] > to + 1e-9) continue;
      if (first < 0) first = i;
      else area += (0.5 * (y[i] + y[i - 1])) * (x[i] - x[i - 1]);
      last = i;
      extreme = kind === "max" ? Math.max(extreme, y[i]) : Math.min(extreme, y[i]);
    }
    need(first >= 0, `window: no sample between ${from} and ${to}`);
    if (kind === "integral") return area;
    if (kind === "mean") return last > first ? area / (x[last] - x[first]) : y[first];
    return extreme;
  }

  // ---------------------------------------------------------------- the engine: spec + values -> numbers

  /** The names in a template such as "A {dose} dose peaks at {peak}." */
  const slots = (template) => Array.from((template || "").matchAll(/\{([^{}]+)\}/g), (m) => m[1]);

  /** The values a range control steps through, ascending. */
  function stopsOf(control, spec) {
    const axis = spec.table && spec.table.axes.find((a) => a.control === control.name);
    if (control.marks || axis) return (control.marks || axis.values).slice().sort((a, b) => a - b);
    const { low, high } = control;
    const stops = [low, high, control.value];
    for (const preset of spec.presets || []) {
      if (control.name in preset.values) stops.push(preset.values[control.name]);
    }
    if (control.scale === "log") {
      // Values a person would say, 5 to 12 % apart: 1, 1.1 ... 2, 2.2 ... 4, 4.5 ... 10
      for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) {
        for (let m = 10; m < 100; m += m < 20 ? 1 : m < 40 ? 2 : 5) {
          stops.push(Number((m * Math.pow(10, k - 1)).toPrecision(3)));
        }
      }
    } else {
      const step = control.step || steps125((high - low) / 100, 1);
      for (let i = 1; low + i * step < high; i++) stops.push(Number((low + i * step).toPrecision(12)));
    }
    return stops
      .filter((v) => v >= low && v <= high)
      .sort((a, b) => a - b)
      .filter((v, i, all) => i === 0 || !near(v, all[i - 1]));
  }

  /** The smallest of 1, 2, 5, 10, ... times a power of ten that is not below `value` (up to `slack`). */
  function steps125(value, slack) {
    if (!(value > 0)) return 1;
    const power = Math.pow(10, Math.floor(Math.log10(value)));
    const factor = [1, 2, 5, 10].find((f) => f * power * slack >= value) || 10;
    return Number((factor * power).toPrecision(6));
  }

  /** Checks a spec once and gives what computes it: {defaults, check, compute, ...}. */
  function engine(spec) {
    need(spec && typeof spec === "object", "spec: expected an object");
    const controls = spec.controls || [];
    const byName = {};
    for (const c of controls) {
      need(c.name && !(c.name in byName), `controls: name "${c.name}" is missing or used twice`);
      byName[c.name] = c;
      need(["range", "choice"].includes(c.kind), `${c.name}: got kind "${c.kind}", expected range or choice`);
      if (c.kind === "range") {
        need(c.low < c.high, `${c.name}: got low ${c.low} and high ${c.high}, expected low below high`);
        need(c.scale !== "log" || c.low > 0, `${c.name}: got low ${c.low}, expected above 0 on a log scale`);
      } else {
        need(c.options && c.options.length, `${c.name}: expected options`);
      }
    }

    let model = null;
    if (spec.model) {
      model = new Function('"use strict"; return ' + spec.model)();
      for (const part of ["states", "parameters", "outputs", "defaults", "initial", "dose", "rhs", "read"]) {
        need(part in model, `model: "${part}" is missing`);
      }
    }
    const runs = spec.runs || {}, sweeps = spec.sweeps || {}, measures = spec.measures || {};
    const table = spec.table || null;

    const number = (where, value) =>
      need(
        typeof value === "number" ? Number.isFinite(value) : value in byName,
        `${where}: got ${JSON.stringify(value)}, expected a number or one of ${list(Object.keys(byName))}`
      );
    const known = (where, name, choices) =>
      need(choices.includes(name), `${where}: got ${JSON.stringify(name)}, expected one of ${list(choices)}`);

    for (const [name, run] of Object.entries(runs)) {
      need(model, `runs.${name}: expected a model in the spec`);
      for (const key of ["dose", "every", "count"]) if (key in run) number(`runs.${name}.${key}`, run[key]);
      for (const [parameter, value] of Object.entries(run.parameters || {})) {
        known(`runs.${name}.parameters`, parameter, model.parameters);
        number(`runs.${name}.parameters.${parameter}`, value);
      }
    }
    for (const [name, sweep] of Object.entries(sweeps)) {
      known(`sweeps.${name}.run`, sweep.run, Object.keys(runs));
      known(`sweeps.${name}.over`, sweep.over, [
        "dose", "every", "count", ...model.parameters.map((p) => "parameters." + p),
      ]);
    }
    if (table) {
      for (const axis of table.axes) known("table.axes", axis.control, Object.keys(byName));
      const cells = table.axes.reduce((n, axis) => n * axis.values.length, 1);
      for (const [name, flat] of Object.entries(table.series)) {
        need(table.x[name], `table.x: "${name}" is missing`);
        const length = cells * table.x[name].length;
        need(flat.length === length, `table.series.${name}: got ${flat.length} numbers, expected ${length}`);
      }
    }
    const source = (where, item) => {
      if (item.series !== undefined) return known(where + ".series", item.series, Object.keys((table || {}).series || {}));
      if (item.run !== undefined) known(where + ".run", item.run, Object.keys(runs));
      if (item.sweep !== undefined) known(where + ".sweep", item.sweep, Object.keys(sweeps));
      known(where + ".output", item.output, model ? [...model.outputs, ...model.states] : []);
    };
    for (const [name, measure] of Object.entries(measures)) {
      need(!(name in byName), `measures: "${name}" is also the name of a control`);
      source(`measures.${name}`, measure);
      known(`measures.${name}.reduce`, measure.reduce, REDUCTIONS);
    }
    (spec.panels || []).forEach((panel, i) =>
      panel.marks.forEach((mark, j) => {
        const where = `panels[${i}].marks[${j}]`;
        known(where + ".kind", mark.kind, ["line", "band", "points", "bars", "rule"]);
        if (mark.kind === "rule") return number(where + ".at", mark.at);
        if (mark.measures) return mark.measures.forEach((m) => known(where + ".measures", m, Object.keys(measures)));
        if (mark.runs) {
          mark.runs.forEach((run) => source(where, { run, output: mark.output }));
        } else if (mark.low_series) {
          source(where, { series: mark.low_series });
          source(where, { series: mark.high_series });
        } else if (mark.run !== undefined || mark.sweep !== undefined || mark.series !== undefined) {
          source(where, mark);
          if (mark.sweep !== undefined) known(where + ".reduce", mark.reduce, REDUCTIONS);
          if (mark.against !== undefined) known(where + ".against", mark.against, [...model.outputs, ...model.states]);
        } else {
          need(mark.x || mark.kind === "bars", `${where}: expected run, sweep, series or fixed numbers`);
        }
      })
    );
    for (const row of (spec.readout || {}).rows || []) {
      row.measures.forEach((m) => known("readout", m, Object.keys(measures)));
    }
    for (const slot of slots(spec.status)) {
      known("status", slot, [...Object.keys(byName), ...Object.keys(measures)]);
    }

    const stops = {};
    for (const c of controls) if (c.kind === "range") stops[c.name] = stopsOf(c, spec);

    /** The whole set of values: `given` on top of `base`. Throws on unknown names and values out of range. */
    function check(given, base) {
      const values = Object.assign({}, base);
      for (const [name, value] of Object.entries(given || {})) {
        const c = byName[name];
        need(c, `${name}: unknown control; expected one of ${list(Object.keys(byName))}`);
        const got = typeof value === "string" ? JSON.stringify(value) : String(value);
        if (c.kind === "choice") {
          const options = c.options.map((o) => o.value);
          need(options.includes(value), `${name}: got ${got}, expected one of ${list(options)}`);
        } else {
          const range = `from ${withUnit(c.low + " to " + c.high, c.unit)}`;
          need(
            typeof value === "number" && value >= c.low && value <= c.high,
            `${name}: got ${got}, expected a number ${range}`
          );
          const only = c.marks || (table && table.axes.some((a) => a.control === name) && stops[name]);
          need(!only || only.some((m) => near(m, value)), `${name}: got ${got}, expected one of ${only && list(only)}`);
        }
        values[name] = value;
      }
      return values;
    }
    const initial = {};
    for (const c of controls) initial[c.name] = c.value;
    const defaults = check(initial, {});

    // What was computed last, by the numbers it depends on: an unrelated control recomputes nothing.
    const cache = new Map();
    function cached(key, make) {
      let value = cache.get(key);
      if (value === undefined) value = make();
      else cache.delete(key);
      cache.set(key, value);
      if (cache.size > 40) cache.delete(cache.keys().next().value);
      return value;
    }

    function resolve(run, values, rtol) {
      const get = (value) => (typeof value === "string" ? values[value] : value);
      const parameters = Float64Array.from(model.defaults);
      for (const [name, value] of Object.entries(run.parameters || {})) {
        parameters[model.parameters.indexOf(name)] = get(value);
      }
      const { dose = 0, every = 0, count = 1, until, since = 0, samples = 241 } = run;
      return { dose: get(dose), every: get(every), count: get(count), until, since, samples, parameters, rtol };
    }
    const keyOf = (run) =>
      [run.rtol, run.dose, run.every, run.count, run.until, run.since, run.samples, ...run.parameters].join();

    const sweepMarks = {};
    (spec.panels || []).forEach((panel, i) =>
      panel.marks.forEach((mark, j) => {
        if (mark.sweep !== undefined) (sweepMarks[mark.sweep] = sweepMarks[mark.sweep] || {})[i + "." + j] = mark;
      })
    );

    /** Re-runs for every value of a sweep: {"<panel>.<mark>": {x, y}}. */
    function sweepCurves(name, values, rtol) {
      const sweep = sweeps[name];
      const base = resolve(runs[sweep.run], values, rtol);
      const place = sweep.over.startsWith("parameters.") ? model.parameters.indexOf(sweep.over.slice(11)) : -1;
      const at = (value) => {
        if (place >= 0) base.parameters[place] = value;
        else base[sweep.over] = value;
        return base;
      };
      return cached(name + ":" + keyOf(at(0)), () => {
        const curves = {};
        for (const key in sweepMarks[name]) curves[key] = { x: sweep.values.slice(), y: [] };
        for (const value of sweep.values) {
          const run = integrate(model, at(value));
          for (const key in curves) {
            const mark = sweepMarks[name][key];
            curves[key].y.push(reduce(run.t, run[mark.output], mark.reduce, mark.window));
          }
        }
        return curves;
      });
    }

    function relative(curve, at) {
      if (at === undefined || at === null) return curve;
      const unit = interpolate(curve.x, curve.y, at);
      return { x: curve.x, y: Array.from(curve.y, (v) => v / unit) };
    }

    function tableSeries(name, values) {
      let cell = 0;
      for (const axis of table.axes) {
        const place = axis.values.findIndex((v) => near(v, values[axis.control]));
        need(place >= 0, `${axis.control}: got ${values[axis.control]}, expected one of ${list(axis.values)}`);
        cell = cell * axis.values.length + place;
      }
      const x = table.x[name];
      return { x, y: table.series[name].slice(cell * x.length, (cell + 1) * x.length) };
    }

    /** Numbers of one mark: {x, y} and, for bands and error bars, {low, high}. */
    function markCurve(mark, key, result) {
      const { values, runs: done, sweeps: swept } = result;
      if (mark.kind === "rule") return { at: typeof mark.at === "string" ? values[mark.at] : mark.at };
      if (mark.measures) return { x: mark.names, y: mark.measures.map((m) => result.measures[m]) };
      if (mark.runs) {
        const all = mark.runs.map((name) => done[name][mark.output]);
        const t = done[mark.runs[0]].t, low = new Float64Array(t.length), high = new Float64Array(t.length);
        for (let i = 0; i < t.length; i++) {
          low[i] = Infinity;
          high[i] = -Infinity;
          for (const y of all) {
            if (y[i] < low[i]) low[i] = y[i];
            if (y[i] > high[i]) high[i] = y[i];
          }
        }
        return { x: t, low, high };
      }
      if (mark.low_series) {
        const low = tableSeries(mark.low_series, values);
        return { x: low.x, low: low.y, high: tableSeries(mark.high_series, values).y };
      }
      if (mark.sweep !== undefined) return relative(swept[mark.sweep][key], mark.relative_to);
      if (mark.run !== undefined) {
        const run = done[mark.run];
        return relative({ x: mark.against ? run[mark.against] : run.t, y: run[mark.output] }, mark.relative_to);
      }
      if (mark.series !== undefined) {
        const curve = relative(tableSeries(mark.series, values), mark.relative_to);
        return mark.kind === "bars" ? { x: mark.names || curve.x, y: curve.y } : curve;
      }
      return { x: mark.x || mark.names, y: mark.y, low: mark.low, high: mark.high };
    }

    /** Everything the picture shows at `values`. */
    function compute(values, rtol) {
      const result = { values, runs: {}, sweeps: {}, measures: {}, curves: [] };
      for (const name in runs) {
        const run = resolve(runs[name], values, rtol);
        result.runs[name] = cached(keyOf(run), () => integrate(model, run));
      }
      for (const name in sweeps) result.sweeps[name] = sweepCurves(name, values, rtol);
      for (const [name, m] of Object.entries(measures)) {
        const curve =
          m.series !== undefined
            ? tableSeries(m.series, values)
            : { x: result.runs[m.run].t, y: result.runs[m.run][m.output] };
        result.measures[name] = reduce(curve.x, curve.y, m.reduce, m.window);
      }
      result.curves = (spec.panels || []).map((panel, i) =>
        panel.marks.map((mark, j) => markCurve(mark, i + "." + j, result))
      );
      result.status = (spec.status || "").replace(/\{([^{}]+)\}/g, (_, name) =>
        name in byName ? controlText(byName[name], values[name]) : measureText(name, result.measures[name])
      );
      return result;
    }

    function controlText(c, value) {
      if (c.kind === "choice") return c.options.find((o) => o.value === value).text;
      return withUnit(format(value, c.digits), c.unit);
    }
    function measureText(name, value) {
      const m = measures[name];
      return m.percent ? format(value, 2, true) : withUnit(format(value, m.digits), m.unit);
    }

    return { spec, controls, byName, defaults, stops, check, compute, controlText, measureText };
  }

  /** All numbers behind the picture at `values` (missing ones at their default); plain arrays. */
  function evaluate(spec, values, options) {
    const book = engine(spec);
    const result = book.compute(book.check(values, book.defaults), (options || {}).rtol || DRAWING_RTOL);
    const plain = (columns) => Object.fromEntries(Object.entries(columns).map(([k, v]) => [k, Array.from(v)]));
    const each = (group, f) => Object.fromEntries(Object.entries(group).map(([k, v]) => [k, f(v)]));
    return {
      runs: each(result.runs, plain),
      sweeps: each(result.sweeps, (curves) => each(curves, plain)),
      measures: result.measures,
      status: result.status,
    };
  }

  // ---------------------------------------------------------------- small tools for the page

  const SVG = "http://www.w3.org/2000/svg";
  /** A new element; attributes that are undefined are left out, `text` becomes its text. */
  function node(tag, attributes, parent, namespace) {
    const element = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") element.textContent = value;
      else if (value !== undefined && value !== null) element.setAttribute(name, value);
    }
    if (parent) parent.appendChild(element);
    return element;
  }
  const draw = (tag, attributes, parent) => node(tag, attributes, parent, SVG);
  // JupyterLab takes arrow keys for itself unless the focused element carries this.
  const KEYS = { "data-lm-suppress-shortcuts": "true" };
  let mounted = 0; // makes element ids unique when one control is shown twice

  const styleClass = (mark) => "ldn-s" + ((mark.style || 0) % 6);

  /** Markers about 9 px wide, one shape for each style. */
  const MARKERS = [
    "m-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z",
    "m-4,-4h8v8h-8z",
    "m0,-5.2l5,8.6h-10z",
    "m0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z",
    "m0,5.2l5,-8.6h-10z",
    "m-5,-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
  ];
  const marker = (mark) => MARKERS[(mark.style || 0) % 6];

  /** Ticks of an axis that a person would have chosen. */
  function ticksOf(scale, axis, room) {
    const [low, high] = scale.domain();
    if (axis.scale === "log") {
      const decades = Math.log10(high / low);
      if (decades < 0.7) return scale.ticks(room);
      for (const [mantissas, every] of [[[1, 2, 5], 1], [[1, 3], 1], [[1], 1], [[1], 2], [[1], 3]]) {
        const ticks = [];
        for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high) + 1e-9; k++) {
          for (const m of mantissas) {
            const tick = Number((m * Math.pow(10, k)).toPrecision(3));
            if (k % every === 0 && tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push(tick);
          }
        }
        if (ticks.length <= Math.max(3, room)) return ticks;
      }
    }
    if (/^hours?\b/i.test(axis.label)) {
      const step = [1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 672].find((s) => (high - low) / s <= room);
      if (step) {
        const ticks = [];
        for (let v = Math.ceil(low / step) * step; v <= high; v += step) ticks.push(v);
        return ticks;
      }
    }
    return scale.ticks(room);
  }

  // ---------------------------------------------------------------- one panel

  /** Draws one panel into `parent`: {holder, layout(width), show(result, start), describe(), rows(), shrink()}. */
  function makePanel(panel, index, book, prefix, parent) {
    const marks = panel.marks;
    const percent = Boolean(panel.percent);
    const say = (value, digits) => format(value, digits || 3, percent);
    const bars = marks.filter((m) => m.kind === "bars");
    const categories = bars.length ? (bars[0].names || null) : panel.x.names || null;
    const categorical = bars.length > 0 || Boolean(categories);

    const figure = node("figure", { class: "ldn-panel" }, parent);
    const id = `${prefix}-panel${index}`;
    node("figcaption", { class: "ldn-panel-title", text: panel.title }, figure);
    const legend = node("div", { class: "ldn-legend" }, figure);
    const holder = node("div", { class: "ldn-chart" }, figure);
    const svg = draw("svg", { role: "img", "aria-labelledby": id + "-t", "aria-describedby": id + "-d" }, holder);
    draw("title", { id: id + "-t", text: panel.title }, svg);
    const description = draw("desc", { id: id + "-d" }, svg);
    const scene = draw("g", {}, svg);
    if (panel.caption) node("p", { class: "ldn-caption", text: panel.caption }, figure);

    const swatches = { line: "M1,6H27", band: "M1,1H27V11H1Z", bars: "M7,1H21V11H7Z" };
    const keyed = new Set();
    for (const mark of marks) {
      if (!mark.label || mark.kind === "rule" || keyed.has(mark.kind + mark.label + mark.style)) continue;
      keyed.add(mark.kind + mark.label + mark.style);
      const entry = node("span", { class: "ldn-key" }, legend);
      const swatch = draw("svg", { width: 28, height: 12, "aria-hidden": "true", class: styleClass(mark) }, entry);
      const d = mark.kind === "points" ? "M14,6" + marker(mark) : swatches[mark.kind];
      const path = draw("path", { d, class: "ldn-" + mark.kind }, swatch);
      if (mark.kind === "bars") path.style.fill = barFill(mark);
      node("span", { text: mark.label }, entry);
    }
    // What moves leaves its starting curve behind; bands only where no line does, or it gets crowded.
    const moving = (kind) => (m) => m.kind === kind && !(m.x && m.x.length);
    const ghosted = marks.some(moving("line")) ? moving("line") : moving("band");
    const leavesGhost = (m) => m.kind === "bars" || ghosted(m);
    let ghostKey = null;
    if (marks.some(leavesGhost)) {
      ghostKey = node("span", { class: "ldn-key ldn-key-ghost" }, legend);
      const swatch = draw("svg", { width: 28, height: 12, "aria-hidden": "true", class: "ldn-ghost" }, ghostKey);
      draw("path", { d: swatches[bars.length ? "bars" : "line"], class: "ldn-" + (bars.length ? "bars" : "line") }, swatch);
      node("span", { text: "starting settings" }, ghostKey);
    }
    const readout = node("div", { class: "ldn-tip", "aria-hidden": "true", hidden: "" }, holder);

    /** Bars of the first kind are filled, the others hatched, so that they differ without colour. */
    function barFill(mark) {
      const place = bars.indexOf(mark);
      return place > 0 ? `url(#${id}-hatch${place})` : "var(--ldn-c)";
    }

    let x, y, inner, live, ghost, ghostPaths, cross; // made by layout
    let width = 0, high = null, last, start; // the size, the top of a growing axis, the numbers now and at the start

    const extreme = (curves) => {
      let most = 0;
      curves.forEach((curve, j) => {
        if (marks[j].kind === "rule") {
          if (marks[j].axis === "y") most = Math.max(most, curve.at);
          return;
        }
        for (const values of [curve.y, curve.low, curve.high]) {
          if (values) for (const v of values) if (v !== null && Number.isFinite(v) && v > most) most = v;
        }
      });
      return most;
    };
    const top = (curves) => {
      if (panel.y.high !== null && panel.y.high !== undefined) return panel.y.high;
      const low = panel.y.low || 0;
      return Math.max(steps125(extreme(curves), 1 + 1e-6), low + 1e-12);
    };

    /** Axes, grid and empty marks for the present width and axis. */
    function layout(newWidth) {
      if (newWidth) width = newWidth;
      if (!width || !last) return; // not laid out yet, or nothing to show
      const height = Math.round(Math.min(310, Math.max(225, width * 0.66)));
      const logY = panel.y.scale === "log";
      y = (logY ? d3.scaleLog() : d3.scaleLinear()).domain([panel.y.low || 0, high]);
      const box = { top: 26, right: 14, bottom: 44, left: 0 };
      y.range([height - box.bottom, box.top]);
      const yTicks = logY ? ticksOf(y, panel.y, Math.floor(height / 36)) : y.ticks(Math.max(3, Math.round(height / 55)));
      const tickText = (v) => (percent ? format(v, 3, true) : format(v, 4));
      box.left = 14 + 7 * Math.max(2, ...yTicks.map((v) => tickText(v).length));
      const right = width - box.right;
      let xTicks = null;
      if (categorical) {
        const names = categories || last.curves[index][0].x;
        x = d3.scaleBand().domain(names).range([box.left, right]).paddingInner(0.28).paddingOuter(0.16);
      } else {
        const end = panel.x.high !== null && panel.x.high !== undefined ? panel.x.high : lastX();
        x = (panel.x.scale === "log" ? d3.scaleLog() : d3.scaleLinear()).domain([panel.x.low || 0, end]);
        x.range([box.left, right]);
        xTicks = ticksOf(x, panel.x, Math.max(2, Math.floor((right - box.left) / 62)));
      }
      inner = { left: box.left, right, top: box.top, bottom: height - box.bottom };

      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      scene.replaceChildren();
      const clip = draw("clipPath", { id: id + "-clip" }, draw("defs", {}, scene));
      draw("rect", { x: inner.left, y: inner.top - 5, width: right - inner.left, height: inner.bottom - inner.top + 5 }, clip);
      bars.forEach((mark, k) => {
        if (!k) return;
        const attributes = { id: `${id}-hatch${k}`, class: styleClass(mark), patternUnits: "userSpaceOnUse" };
        Object.assign(attributes, { width: 7, height: 7, patternTransform: `rotate(${45 * k})` });
        const pattern = draw("pattern", attributes, clip.parentNode);
        draw("rect", { width: 7, height: 7, class: "ldn-hatch-back" }, pattern);
        draw("rect", { width: 3, height: 7, class: "ldn-hatch" }, pattern);
      });

      const grid = draw("g", { class: "ldn-grid" }, scene);
      for (const v of yTicks) draw("line", { x1: inner.left, x2: right, y1: y(v), y2: y(v) }, grid);
      const axis = (scale, make, ticks, text, className, shift) => {
        const made = make(scale).tickSizeOuter(0).tickSizeInner(className === "ldn-x" ? 5 : 0).tickPadding(6);
        if (ticks) made.tickValues(ticks).tickFormat(text);
        return d3.select(scene).append("g").attr("class", "ldn-axis " + className).attr("transform", shift).call(made);
      };
      const bottom = axis(x, d3.axisBottom, xTicks, (v) => format(v, 4), "ldn-x", `translate(0,${inner.bottom})`);
      if (categorical) wrapNames(bottom.node(), x.step());
      axis(y, d3.axisLeft, yTicks, tickText, "ldn-y", `translate(${inner.left},0)`);
      draw("text", { class: "ldn-axis-label", x: 0, y: 12, text: panel.y.label }, scene);
      draw("text", { class: "ldn-axis-label", x: right, y: height - 5, "text-anchor": "end", text: panel.x.label }, scene);

      const data = draw("g", { "clip-path": `url(#${id}-clip)` }, scene);
      const behind = draw("g", {}, data);
      ghost = draw("g", { class: "ldn-ghost" }, data);
      const front = draw("g", {}, data);
      const loose = draw("g", {}, scene); // may reach over the edge: points and texts
      const place = { line: front, band: behind, bars: front, rule: loose, points: loose };
      live = marks.map((mark) => {
        const group = draw("g", { class: `${styleClass(mark)} ldn-live` }, place[mark.kind]);
        if (mark.kind === "points") draw("path", { class: "ldn-errors" }, group);
        const path = draw("path", { class: "ldn-" + mark.kind }, group);
        if (mark.kind === "bars") path.style.fill = barFill(mark);
        return group;
      });
      ghostPaths = marks.map((mark) =>
        leavesGhost(mark) ? draw("path", { class: `ldn-${mark.kind} ${styleClass(mark)}` }, ghost) : null
      );
      cross = draw("line", { class: "ldn-cross", y1: inner.top, y2: inner.bottom, visibility: "hidden" }, scene);
      fillGhost();
      fill();
    }
    function lastX() {
      return Math.max(...last.curves[index].map((c) => (c.x ? c.x[c.x.length - 1] : 0)));
    }

    /** Breaks long category names over lines so that neighbours do not touch. */
    function wrapNames(axisNode, room) {
      const most = Math.max(4, Math.floor(room / 6.6));
      for (const text of axisNode.querySelectorAll("text")) {
        const lines = [""];
        for (const word of text.textContent.split(" ")) {
          const joined = (lines[lines.length - 1] + " " + word).trim();
          if (joined.length > most && lines[lines.length - 1]) lines.push(word);
          else lines[lines.length - 1] = joined;
        }
        text.textContent = "";
        lines.slice(0, 2).forEach((line, i) => draw("tspan", { x: 0, dy: i ? "1.1em" : "0.71em", text: line }, text));
      }
    }

    const inRange = (v) => v !== null && Number.isFinite(v) && (panel.y.scale !== "log" || v > 0);
    const floorY = (v) => y(panel.y.scale === "log" ? Math.max(v, panel.y.low) : v);
    const belowY = (v) => y(panel.y.scale === "log" ? Math.max(v, panel.y.low * 1e-3) : v); // cut off at the frame
    const inFrame = (px, py) =>
      px >= inner.left - 1 && px <= inner.right + 1 && py >= inner.top - 1 && py <= inner.bottom + 1;

    /** The path of one mark. */
    function shape(mark, curve) {
      if (mark.kind === "line") {
        return d3.line((_, i) => x(curve.x[i]), (v) => y(v)).defined(inRange)(curve.y) || "";
      }
      if (mark.kind === "band") {
        const make = d3.area().x((_, i) => x(curve.x[i])).y0(belowY).y1((_, i) => belowY(curve.high[i]));
        return make.defined((v, i) => v !== null && curve.high[i] !== null)(curve.low) || "";
      }
      if (mark.kind === "bars") {
        const { wide, shift } = barPlace(mark);
        let d = "";
        const base = inner.bottom;
        curve.y.forEach((v, i) => {
          if (inRange(v)) d += `M${round(x(curve.x[i]) + shift)},${base}V${round(floorY(v))}h${round(wide)}V${base}Z`;
        });
        return d;
      }
      let d = "";
      if (mark.kind === "points") {
        const shift = categorical ? x.bandwidth() / 2 : 0;
        curve.x.forEach((v, i) => {
          const px = x(v) + shift, py = y(curve.y[i]);
          if (inRange(curve.y[i]) && inFrame(px, py)) d += `M${round(px)},${round(py)}${marker(mark)}`;
        });
        return d;
      }
      const at = mark.axis === "x" ? x(curve.at) : y(curve.at);
      return mark.axis === "x" ? `M${round(at)},${inner.top}V${inner.bottom}` : `M${inner.left},${round(at)}H${inner.right}`;
    }
    const round = (v) => Math.round(v * 100) / 100;
    function barPlace(mark) {
      const wide = Math.min(46, x.bandwidth() / bars.length);
      const left = (x.bandwidth() - wide * bars.length) / 2;
      return { wide: wide - (bars.length > 1 ? 2 : 0), shift: left + wide * bars.indexOf(mark) };
    }
    function errorBars(curve) {
      if (!curve.low || !curve.high) return "";
      const shift = categorical ? x.bandwidth() / 2 : 0;
      let d = "";
      curve.x.forEach((v, i) => {
        const known = [curve.low[i], curve.high[i]].every(Number.isFinite);
        const at = round(x(v) + shift);
        if (!known || curve.low[i] === curve.high[i] || !inFrame(at, y(curve.y[i]))) return;
        d += `M${at},${round(floorY(curve.low[i]))}V${round(floorY(curve.high[i]))}`;
        for (const end of [curve.low[i], curve.high[i]]) d += `M${at - 3.5},${round(floorY(end))}h7`;
      });
      return d;
    }

    function fillGhost() {
      marks.forEach((mark, j) => {
        if (ghostPaths[j]) ghostPaths[j].setAttribute("d", shape(mark, start.curves[index][j]));
      });
    }

    /** Puts the present numbers into the marks: this runs at every move of a control. */
    function fill() {
      const curves = last.curves[index];
      marks.forEach((mark, j) => {
        const group = live[j], curve = curves[j];
        group.querySelectorAll("text").forEach((text) => text.remove());
        group.querySelector(".ldn-" + mark.kind).setAttribute("d", shape(mark, curve));
        if (mark.kind === "points") group.firstChild.setAttribute("d", errorBars(curve));
        if (mark.kind === "bars") {
          const { wide, shift } = barPlace(mark);
          const digits = mark.measures ? book.spec.measures[mark.measures[0]].digits : 2;
          if (wide < 22) return;
          curve.y.forEach((v, i) => {
            const at = { class: "ldn-bar-text", x: x(curve.x[i]) + shift + wide / 2, y: floorY(v) - 5, text: say(v, digits) };
            if (inRange(v)) draw("text", at, group);
          });
        }
        if (mark.kind === "rule" && mark.label) {
          const onX = mark.axis === "x";
          const at = onX ? x(curve.at) : y(curve.at);
          const flip = onX && at > (inner.left + inner.right) / 2;
          draw("text", {
            class: "ldn-rule-text",
            x: onX ? at + (flip ? -6 : 6) : inner.right - 2,
            y: onX ? inner.top + 9 : at - 6,
            "text-anchor": flip || !onX ? "end" : "start",
            text: mark.label,
          }, group);
        }
      });
      const changed = book.controls.some((c) => last.values[c.name] !== start.values[c.name]);
      ghost.style.visibility = changed ? "" : "hidden";
      if (ghostKey) ghostKey.style.visibility = changed ? "" : "hidden";
    }

    function show(result, starting) {
      last = result;
      start = starting;
      const wanted = Math.max(top(result.curves[index]), top(starting.curves[index]));
      if (high === null || wanted > high) {
        high = wanted;
        layout();
      } else if (live) {
        fill();
      }
    }

    // A crosshair for the pointer; keyboard users have the status line, the table and the CSV file.
    function point(event) {
      if (!live || categorical) return;
      const area = svg.getBoundingClientRect();
      const px = ((event.clientX - area.left) * width) / area.width;
      if (px < inner.left || px > inner.right) return leave();
      const at = x.invert(px);
      const lines = [];
      marks.forEach((mark, j) => {
        const curve = last.curves[index][j];
        if (mark.kind === "line" && mark.label && !mark.against) {
          const value = interpolate(curve.x, curve.y, at);
          if (Number.isFinite(value)) lines.push([mark, `${mark.label}: ${say(value, 3)}`]);
        } else if (mark.kind === "points") {
          curve.x.forEach((v, i) => {
            if (Math.abs(x(v) - px) > 7 || !inRange(curve.y[i])) return;
            lines.push([mark, `${(mark.names && mark.names[i]) || mark.label}: ${say(curve.y[i], 3)}`]);
          });
        }
      });
      if (!lines.length) return leave();
      readout.replaceChildren();
      node("strong", { text: `${panel.x.label}: ${format(at, 3)}` }, readout);
      for (const [mark, text] of lines) node("span", { class: styleClass(mark), text }, readout);
      readout.hidden = false;
      cross.setAttribute("x1", px);
      cross.setAttribute("x2", px);
      cross.setAttribute("visibility", "visible");
      const half = px > width / 2;
      readout.style.left = half ? "auto" : `${((px + 10) / width) * 100}%`;
      readout.style.right = half ? `${((width - px + 10) / width) * 100}%` : "auto";
    }
    function leave() {
      readout.hidden = true;
      if (cross) cross.setAttribute("visibility", "hidden");
    }
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerleave", leave);

    /** What a screen reader is told instead of the picture. */
    function describe() {
      const parts = [`${panel.y.label} against ${panel.x.label}.`];
      marks.forEach((mark, j) => {
        const c = last.curves[index][j];
        const name = mark.label || "Unnamed";
        if (mark.kind === "rule") parts.push(`${name} at ${mark.axis === "y" ? say(c.at) : format(c.at, 3)}.`);
        else if (mark.kind === "bars") parts.push(`${name}: ${Array.from(c.x, (n, i) => `${n} ${say(c.y[i])}`).join(", ")}.`);
        else if (mark.kind === "points") parts.push(`${name}: ${c.x.length} measured points.`);
        else if (mark.kind === "band") {
          const end = c.x.length - 1;
          parts.push(`${name}: at the end from ${say(c.low[end])} to ${say(c.high[end])}.`);
        } else {
          let most = 0;
          for (let i = 1; i < c.y.length; i++) if (c.y[i] > c.y[most]) most = i;
          parts.push(`${name}: highest ${say(c.y[most])} at ${format(c.x[most], 3)}, at the end ${say(c.y[c.y.length - 1])}.`);
        }
      });
      description.textContent = parts.join(" ");
    }

    /** Rows of the data file: [panel, series, x, y, low, high]. */
    function rows() {
      const all = [];
      marks.forEach((mark, j) => {
        const c = last.curves[index][j], name = mark.label || mark.kind;
        const cell = (values, i) => (values && values[i] !== null && values[i] !== undefined ? values[i] : "");
        if (mark.kind === "rule") {
          all.push([panel.title, name, ...(mark.axis === "x" ? [c.at, ""] : ["", c.at]), "", ""]);
        } else {
          for (let i = 0; i < c.x.length; i++) {
            all.push([panel.title, name, c.x[i], cell(c.y, i), cell(c.low, i), cell(c.high, i)]);
          }
        }
      });
      return all;
    }
    return { holder, layout, show, describe, rows, shrink: () => (high = null) };
  }

  // ---------------------------------------------------------------- the page address

  /* "#explore-a?dose=10&every=24;explore-b?gain=3": the control used last comes first. */
  const readAddress = () =>
    location.hash.slice(1).split(";").filter((part) => part.includes("?")).map((part) => part.split("?"));

  function addressOf(spec) {
    const mine = readAddress().find(([id]) => id === spec.id);
    if (!mine) return null;
    const values = {};
    for (const [name, text] of new URLSearchParams(mine[1])) {
      const control = spec.controls.find((c) => c.name === name);
      const option = control && control.kind === "choice" && control.options.find((o) => String(o.value) === text);
      values[name] = option ? option.value : text.trim() === "" || control === undefined ? text : Number(text);
    }
    return values;
  }

  function writeAddress(spec, values, defaults) {
    const parts = readAddress();
    const others = parts.filter(([id]) => id !== spec.id);
    const changed = spec.controls.some((c) => values[c.name] !== defaults[c.name]);
    if (!changed && others.length === parts.length) return; // leave a plain #section alone
    if (changed) {
      const pairs = spec.controls.map((c) => `${encodeURIComponent(c.name)}=${encodeURIComponent(values[c.name])}`);
      others.unshift([spec.id, pairs.join("&")]);
    }
    const hash = others.map((part) => part.join("?")).join(";");
    try {
      history.replaceState(history.state, "", hash ? "#" + hash : location.pathname + location.search);
    } catch (refused) {
      // Some browsers refuse this for local files; the control works without it.
    }
  }

  // ---------------------------------------------------------------- the control

  /**
   * Draws the control of `spec` into `element`.
   *
   * options: {values, onChange(values) after each move by the reader, onDrawn() once the panels are there, which is
   * when the element is first laid out, share: keep the state in the page address}.
   * Returns {set(values), values(), csv(), destroy()}; set throws on bad values, as evaluate does.
   */
  function mount(element, spec, options) {
    const { values: given, onChange, onDrawn, share = false } = options || {};
    const book = engine(spec);
    const prefix = `${spec.id || "ldn"}-${++mounted}`;
    const start = book.compute(book.defaults, DRAWING_RTOL);
    let values = book.check(given, book.defaults);

    const root = node("section", { class: "ldn", "aria-labelledby": prefix + "-title" });
    const head = node("div", { class: "ldn-head" }, root);
    node("p", { class: "ldn-title", id: prefix + "-title", text: spec.title }, head);
    if (spec.badge) node("span", { class: "ldn-badge", "data-badge": spec.badge, text: spec.badge }, head);
    if (spec.hint) node("p", { class: "ldn-hint", text: spec.hint }, root);

    // Presets and controls
    const presets = (spec.presets || []).map((preset) => ({ preset }));
    if (presets.length) {
      const row = node("div", { class: "ldn-presets", role: "group", "aria-label": "Ready-made settings" }, root);
      for (const entry of presets) {
        entry.button = node("button", { type: "button", class: "ldn-button ldn-preset", text: entry.preset.label, ...KEYS }, row);
        entry.button.addEventListener("click", () => change(entry.preset.values));
      }
    }
    const fields = node("div", { class: "ldn-controls" }, root);
    const inputs = {};
    for (const c of book.controls) {
      const field = node("div", { class: "ldn-control" }, fields);
      const id = `${prefix}-${c.name}`;
      node("label", { for: id, text: c.label }, field);
      if (c.kind === "choice") {
        const input = node("select", { id, name: c.name, ...KEYS }, field);
        c.options.forEach((o, i) => node("option", { value: i, text: o.text }, input));
        input.addEventListener("change", () => change({ [c.name]: c.options[input.value].value }));
        inputs[c.name] = { input, show: (v) => (input.value = c.options.findIndex((o) => o.value === v)) };
      } else {
        const stops = book.stops[c.name];
        const text = node("span", { class: "ldn-value", "aria-hidden": "true" }, field);
        const input = node("input", { type: "range", id, name: c.name, min: 0, max: stops.length - 1, step: 1, ...KEYS }, field);
        input.addEventListener("input", () => change({ [c.name]: stops[input.value] }));
        const toLine = c.scale === "log" ? Math.log : Number;
        const show = (v) => {
          let best = 0;
          stops.forEach((s, i) => {
            if (Math.abs(toLine(s) - toLine(v)) < Math.abs(toLine(stops[best]) - toLine(v))) best = i;
          });
          input.value = best;
          input.style.setProperty("--ldn-fill", best / (stops.length - 1));
          text.textContent = book.controlText(c, v);
          input.setAttribute("aria-valuetext", text.textContent);
        };
        inputs[c.name] = { input, show };
      }
    }

    // Panels, table, status, buttons
    const grid = node("div", { class: "ldn-panels" }, root);
    const panels = (spec.panels || []).map((panel, i) => makePanel(panel, i, book, prefix, grid));
    const cells = [];
    if (spec.readout) {
      const table = node("table", { class: "ldn-table" }, node("div", { class: "ldn-scroll" }, root));
      node("caption", { text: spec.readout.caption }, table);
      const header = node("tr", {}, node("thead", {}, table));
      node("td", {}, header);
      for (const column of spec.readout.columns) node("th", { scope: "col", text: column }, header);
      const body = node("tbody", {}, table);
      for (const row of spec.readout.rows) {
        const line = node("tr", {}, body);
        node("th", { scope: "row", text: row.label }, line);
        for (const name of row.measures) cells.push({ name, cell: node("td", {}, line) });
      }
    }
    // Seen at once; heard once, when the reader has come to rest.
    const seen = node("p", { class: "ldn-status", "aria-hidden": "true" }, root);
    const heard = node("p", { class: "ldn-heard", role: "status" }, root);
    const foot = node("div", { class: "ldn-foot" }, root);
    const button = (text, act) =>
      node("button", { type: "button", class: "ldn-button", text, ...KEYS }, foot).addEventListener("click", act);
    button("Reset", reset);
    button("Download data (CSV)", download);
    // The built page has the code of the control; in JupyterLab it stands above.
    if (document.getElementById(spec.id + "-code")) {
      node("a", { class: "ldn-button ldn-code", href: `#${spec.id}-code`, text: "Code" }, foot);
    }

    let frame = 0, hearing = 0, addressing = 0;
    let shown = null; // the last result that could be computed

    function message(text, bad) {
      seen.textContent = (bad ? "⚠ " : "") + text;
      root.classList.toggle("ldn-stuck", bad);
    }
    function hear() {
      if (shown) panels.forEach((panel) => panel.describe());
      heard.textContent = seen.textContent;
    }

    /** Computes and draws the present values; a calculation that fails leaves the last picture and a message. */
    function paint() {
      frame = 0;
      try {
        const result = book.compute(values, DRAWING_RTOL);
        panels.forEach((panel) => panel.show(result, start));
        for (const { name, cell } of cells) cell.textContent = book.measureText(name, result.measures[name]);
        shown = result;
        message(result.status, false);
      } catch (error) {
        message(error.message, true);
      }
    }
    function showInputs() {
      for (const name in inputs) inputs[name].show(values[name]);
      for (const { preset, button } of presets) {
        const on = Object.keys(preset.values).every((name) => near(values[name], preset.values[name]));
        button.setAttribute("aria-pressed", String(on));
      }
    }
    function refresh() {
      showInputs();
      if (!frame) frame = requestAnimationFrame(paint);
      clearTimeout(hearing);
      hearing = setTimeout(hear, STATUS_DELAY);
    }
    /** A move by the reader. */
    function change(some) {
      values = book.check(some, values);
      refresh();
      if (share) {
        clearTimeout(addressing);
        addressing = setTimeout(() => writeAddress(spec, values, book.defaults), ADDRESS_DELAY);
      }
      if (onChange) onChange(Object.assign({}, values));
    }
    function set(some) {
      values = book.check(some, values);
      refresh();
    }
    function reset() {
      panels.forEach((panel) => panel.shrink());
      change(book.defaults);
    }
    function download() {
      const link = node("a", { href: URL.createObjectURL(new Blob([csv()], { type: "text/csv" })), download: `${spec.id}.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
    /** The numbers of the picture, one row a point; the header names what x and y are. */
    function csv() {
      const labels = (axis) => Array.from(new Set(spec.panels.map((p) => p[axis].label))).join(" | ");
      const [x, y] = [labels("x"), labels("y")];
      const rows = [["panel", "series", `x [${x}]`, `y [${y}]`, `low [${y}]`, `high [${y}]`]];
      for (const panel of panels) rows.push(...panel.rows());
      const cell = (v) => (typeof v === "string" && /[",\n]/.test(v) ? `"${v.replace(/"/g, '""')}"` : String(v));
      return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    }

    function fromAddress() {
      let wanted = null;
      try {
        wanted = addressOf(spec);
        if (wanted) set(Object.assign({}, book.defaults, book.check(wanted, book.defaults)));
      } catch (error) {
        paint();
        message(`The settings in the address were not used: ${error.message}`, true);
        hear();
      }
      if (wanted && readAddress()[0][0] === spec.id) element.scrollIntoView();
    }

    element.appendChild(root);
    showInputs();
    paint();
    hear();
    // Its first call comes before the next paint, when the browser has placed all that is on the page once:
    // to ask each panel for its width here would have it do so once a panel.
    let drawn = false;
    const observer = new ResizeObserver((entries) => {
      for (const entry of entries) {
        const panel = panels.find((p) => p.holder === entry.target);
        const width = Math.round(entry.contentRect.width);
        if (panel && width > 0) panel.layout(width);
      }
      if (!drawn && onDrawn) onDrawn();
      drawn = true;
    });
    panels.forEach((panel) => observer.observe(panel.holder));
    observer.observe(root); // so that a control without panels is drawn, too
    if (share) {
      fromAddress();
      window.addEventListener("hashchange", fromAddress);
    }

    function destroy() {
      observer.disconnect();
      window.removeEventListener("hashchange", fromAddress);
      cancelAnimationFrame(frame);
      clearTimeout(hearing);
      clearTimeout(addressing);
      root.remove();
    }
    return { set, values: () => Object.assign({}, values), csv, destroy };
  }

  // ---------------------------------------------------------------- two homes

  /** As an anywidget: the traits `spec` and `values` are kept in step with Python both ways. */
  const widget = {
    render({ model, el }) {
      let control;
      const build = () => {
        if (control) control.destroy();
        control = mount(el, model.get("spec"), {
          values: model.get("values"),
          onChange(values) {
            model.set("values", values);
            model.save_changes();
          },
        });
      };
      const follow = () => control.set(model.get("values"));
      build();
      model.on("change:spec", build);
      model.on("change:values", follow);
      return () => {
        model.off("change:spec", build);
        model.off("change:values", follow);
        control.destroy();
      };
    },
  };

  /** On a page: <ldn-explorer> holds its spec as JSON and a picture for readers without scripts. */
  class Explorer extends HTMLElement {
    connectedCallback() {
      if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
      } else {
        this.start();
      }
    }
    start() {
      if (this.control || !this.isConnected) return;
      try {
        const spec = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
        const inLab = document.body.hasAttribute("data-jp-theme-light"); // its address is not the reader's
        this.control = mount(this, spec, { share: !inLab, onDrawn: () => this.setAttribute("data-ready", "") });
        const fallback = this.querySelector(".ldn-fallback");
        if (fallback) fallback.remove();
      } catch (error) {
        this.setAttribute("data-error", error.message);
        console.error(`${this.id || "ldn-explorer"}: ${error.message}`);
      }
    }
  }
  if (!customElements.get("ldn-explorer")) customElements.define("ldn-explorer", Explorer);

  return { integrate, evaluate, mount, widget, format };
})();
