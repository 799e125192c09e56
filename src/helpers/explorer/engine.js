/* From a spec and the values of its controls to all numbers and words of the picture. */
(function () {
  "use strict";
  const { DRAWING_RTOL, format, integrate, interpolate, list, near, need, reduce } = LDN;
  const { quantity, replay, steps125, wholePercent, withUnit } = LDN;

  const KEPT_RESULTS = 40;
  const NONE = -1; // a measure of a line that is not drawn there

  // ---------------------------------------------------------------- values of the controls

  /** The places of a control with fixed ones, from its marks or its axis of the table, or null. */
  function fixedStops(control, spec) {
    const axis = spec.table && spec.table.axes.find((a) => a.control === control.name);
    const places = control.marks || (axis && axis.values);
    return places ? places.slice().sort((a, b) => a - b) : null;
  }

  /** Values a person would say, 5 to 12 % apart: 1, 1.1 ... 2, 2.2 ... 4, 4.5 ... 10 */
  function logSteps(low, high) {
    const steps = [];
    for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) {
      for (let m = 10; m < 100; m += m < 20 ? 1 : m < 40 ? 2 : 5) {
        steps.push(Number((m * Math.pow(10, k - 1)).toPrecision(3)));
      }
    }
    return steps;
  }

  function evenSteps(low, high, step) {
    const steps = [];
    for (let i = 1; low + i * step < high; i++) {
      steps.push(Number((low + i * step).toPrecision(12)));
    }
    return steps;
  }

  /** The values a slider steps through, ascending. */
  function stopsOf(control, spec) {
    const { name, low, high, scale, step, value } = control;
    const inPresets = spec.presets.filter((preset) => name in preset.values);
    const stops = [
      ...[low, high, value],
      ...inPresets.map((preset) => preset.values[name]),
      ...(scale === "log"
        ? logSteps(low, high)
        : evenSteps(low, high, step || steps125((high - low) / 100, 1))),
    ];
    return stops
      .filter((v) => v >= low && v <= high)
      .sort((a, b) => a - b)
      .filter((v, i, all) => i === 0 || !near(v, all[i - 1]));
  }

  /** `value`, if the control can take it. It may come from the page's address, or from a widget. */
  function checkValue(control, value, fixed) {
    const { name, low, high, unit } = control;
    const got = `${name}: got ${typeof value === "string" ? JSON.stringify(value) : value}`;
    if (control.kind === "choice") {
      const options = control.options.map((o) => o.value);
      need(options.includes(value), `${got}, expected one of ${list(options)}`);
      return value;
    }
    const inside = typeof value === "number" && value >= low && value <= high;
    const comma = /^\s*-?\d+,\d+\s*$/.test(value) ? " with a decimal point, not a comma" : "";
    const range = withUnit(low + " to " + high, unit);
    need(inside, `${got}, expected a number from ${range}${comma}`);
    if (fixed) need(fixed.some((m) => near(m, value)), `${got}, expected one of ${list(fixed)}`);
    return value;
  }

  /** What the controls of a spec may be set to: {byName, defaults, stops, check}. */
  function settingsOf(spec) {
    const byName = Object.create(null); // a name from the address may be any word
    const defaults = {}, stops = {}, fixed = {};
    for (const control of spec.controls) {
      const { name } = control;
      byName[name] = control;
      defaults[name] = control.value;
      if (control.kind === "choice") continue;
      fixed[name] = fixedStops(control, spec);
      stops[name] = fixed[name] || stopsOf(control, spec);
    }
    /** The whole set of values: `given` on top of `base`. Throws on what no control can take. */
    function check(given, base) {
      const values = Object.assign({}, base);
      for (const [name, value] of Object.entries(given || {})) {
        const expected = `expected one of ${list(Object.keys(byName))}`;
        need(name in byName, `${name}: unknown control; ${expected}`);
        values[name] = checkValue(byName[name], value, fixed[name]);
      }
      return values;
    }
    return { byName, defaults, stops, check };
  }

  // ---------------------------------------------------------------- numbers

  /** Keeps what was made last, by key. */
  function makeCache() {
    const kept = new Map();
    return (key, make) => {
      const value = kept.has(key) ? kept.get(key) : make();
      kept.delete(key);
      kept.set(key, value); // now the youngest
      if (kept.size > KEPT_RESULTS) kept.delete(kept.keys().next().value);
      return value;
    };
  }

  function modelOf(spec) {
    if (spec.model_name === null) return null;
    const model = LDN.models[spec.model_name];
    const there = list(Object.keys(LDN.models));
    need(model, `model "${spec.model_name}": its script is missing, here are those of: ${there}`);
    return model;
  }

  /** Runs and sweeps of the spec's model, by name. What they depend on is the key under which they
   * are kept, so that an unrelated control recomputes nothing. */
  function makeRunner(spec) {
    const model = modelOf(spec);
    const cached = makeCache();

    function resolve(name, values, rtol) {
      const run = spec.runs[name];
      const get = (value) => valueOf(value, values);
      const parameters = Float64Array.from(model.defaults);
      for (const [parameter, value] of Object.entries(run.parameters)) {
        parameters[model.parameters.indexOf(parameter)] = get(value);
      }
      const { until, since, samples } = run;
      const [dose, every, count] = [run.dose, run.every, run.count].map(get);
      return { dose, every, count, until, since, samples, parameters, rtol };
    }

    function keyOf(run) {
      const { rtol, dose, every, count, until, since, samples, parameters } = run;
      return [rtol, dose, every, count, until, since, samples, ...parameters].join();
    }

    /** The marks that show a sweep, by place: {"<panel>.<mark>": mark}. */
    function marksOf(name) {
      const marks = {};
      spec.panels.forEach((panel, i) =>
        panel.marks.forEach((mark, j) => {
          if (mark.sweep === name) marks[i + "." + j] = mark;
        })
      );
      return marks;
    }

    /** Columns of one run: {t, <state or output>}. */
    function run(name, values, rtol) {
      const wanted = resolve(name, values, rtol);
      return cached(keyOf(wanted), () => integrate(model, wanted));
    }

    /** Re-runs for every value of a sweep: {"<panel>.<mark>": {x, y}}. */
    function sweep(name, values, rtol) {
      const { over, values: places, run: of } = spec.sweeps[name];
      const base = resolve(of, values, rtol);
      const parameter = model.parameters.indexOf(over.replace("parameters.", ""));
      const at = (value) => {
        if (over === "dose") base.dose = value;
        else base.parameters[parameter] = value;
        return base;
      };
      return cached(name + ":" + keyOf(at(0)), () => {
        const runs = places.map((value) => integrate(model, at(value)));
        const read = (mark) => (r) => reduce(r.t, r[mark.output], mark.reduce, mark.window);
        const curve = (mark) => ({ x: places, y: runs.map(read(mark)) });
        return mapped(marksOf(name), curve);
      });
    }
    return { run, sweep };
  }

  /** {key: f(value, key)} of an object. */
  function mapped(object, f) {
    return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value, key)]));
  }

  /** A number of the spec: itself, or the value of the control that it names. */
  function valueOf(number, values) {
    return typeof number === "string" ? values[number] : number;
  }

  /** {x, y} of a series of the table at the present values. */
  function seriesOf(table, name, values) {
    let cell = 0;
    for (const axis of table.axes) {
      const place = axis.values.findIndex((v) => near(v, values[axis.control]));
      cell = cell * axis.values.length + place;
    }
    const x = table.x[name];
    return { x, y: table.series[name].slice(cell * x.length, (cell + 1) * x.length) };
  }

  /** {x, low, high}: what several curves span. */
  function spanOf(x, curves) {
    const pick = (choose) => x.map((_, i) => choose(...curves.map((y) => y[i])));
    return { x, low: pick(Math.min), high: pick(Math.max) };
  }

  function relative(curve, at) {
    const unit = interpolate(curve.x, curve.y, at);
    return { x: curve.x, y: curve.y.map((v) => v / unit) };
  }

  /** A line that the reader drew: the values of its controls, NaN where nothing is drawn. */
  const drawnOf = ({ x, controls, per }, values) => {
    return { x, y: controls.map((c) => (values[c] < 0 ? NaN : values[c] / per)) };
  };

  /** {fallen: how many cytokines fall in each study of a replay, seed}. */
  function replayOf({ critical, ...how }, values, table) {
    const given = mapped(how, (item) => valueOf(item, values));
    const fallen = replay({ ...given, critical: seriesOf(table, critical, values).y[0] });
    return { fallen, seed: given.seed };
  }
  const successes = ({ fallen }) => fallen.filter((count) => count > 0).length;

  /** The height of a drawn line; NaN in a gap: between two places both must be drawn. */
  function heightAt({ x, y }, at) {
    const place = x.findIndex((v) => Math.abs(v - at) < 1e-9);
    return place < 0 ? interpolate(x, y, at) : y[place];
  }

  /** A number read off a drawn line, or NONE where nothing is drawn; of "apart", the mean distance
   * of a run from it. */
  function readDrawn({ run, output, reduce: kind, window, factor = 1 }, line, runs) {
    const inside = (v) => v >= window[0] && v <= window[1];
    let found = [];
    if (kind === "at") {
      found = [heightAt(line, window[0])];
    } else if (kind === "apart") {
      const { t, [output]: column } = runs[run];
      const gaps = Array.from(t, (v, i) => Math.abs(column[i] - heightAt(line, v)));
      found = gaps.filter((_, i) => inside(t[i]));
    } else {
      const there = line.x.map((_, i) => i).filter((i) => inside(line.x[i]) && line.y[i] >= 0);
      const [x, y] = [line.x, line.y].map((all) => there.map((i) => all[i]));
      if (there.length) found = [reduce(x, y, kind, window)];
    }
    found = found.filter(Number.isFinite);
    return found.length ? (factor * found.reduce((a, b) => a + b)) / found.length : NONE;
  }

  /** Numbers of one mark: {x, y} and, for bands and error bars, {low, high}; {at} of a rule, {from,
   * to} of a fog; null while it waits for a control. place: "<panel>.<mark>". */
  function curveOf(mark, place, result, table) {
    const { values, runs, sweeps, measures, drawn, replays } = result;
    if (mark.when && !values[mark.when]) return null;
    if (mark.kind === "rule") return { at: valueOf(mark.at, values) };
    if (mark.kind === "fog") return { from: mark.from, to: mark.to };
    if (mark.kind === "pile") {
      const { fallen, seed } = replays[mark.replay];
      const worked = successes(replays[mark.replay]);
      const expected = measures[mark.chance] * fallen.length;
      const y = [worked, fallen.length - worked];
      return { x: mark.names, y, expected, bins: fallen.map((n) => (n ? 0 : 1)), seed };
    }
    if (mark.kind === "points") {
      const { x, y, low, high, reach } = mark;
      return { x, y, low, high, reach };
    }
    if (mark.drawn) return drawn[mark.drawn];
    if (mark.measures) return { x: mark.names, y: mark.measures.map((name) => measures[name]) };
    if (mark.runs) {
      return spanOf(runs[mark.runs[0]].t, mark.runs.map((name) => runs[name][mark.output]));
    }
    if (mark.low_series) {
      const { x, y: low } = seriesOf(table, mark.low_series, values);
      return { x, low, high: seriesOf(table, mark.high_series, values).y };
    }
    if (mark.sweep) return sweeps[mark.sweep][place];
    if (mark.run) {
      const run = runs[mark.run];
      const curve = { x: run[mark.against || "t"], y: run[mark.output] };
      return mark.relative_to === undefined ? curve : relative(curve, mark.relative_to);
    }
    const { x, y } = seriesOf(table, mark.series, values);
    return { x: mark.kind === "bars" ? mark.names : x, y };
  }

  /** One measure; those before it are in the result. */
  function measureOf(measure, result, { table, controls }) {
    const { of, run, output, series, drawn, reduce: kind, window, factor = 1 } = measure;
    const { values, runs, measures } = result;
    if (kind === "moved") {
      const moved = (c) => of.includes(c.name) && !near(values[c.name], c.value);
      return controls.filter(moved).length;
    }
    if (kind === "product") {
      const known = { ...values, ...measures };
      return factor * of.reduce((before, name) => before * known[name], 1);
    }
    if (of) return measures[of[0]] / measures[of[1]];
    if (measure.replay) return successes(result.replays[measure.replay]);
    if (drawn) return readDrawn(measure, result.drawn[drawn], runs);
    const { x, y } = run ? { x: runs[run].t, y: runs[run][output] }
      : seriesOf(table, series, values);
    return factor * reduce(x, y, kind, window.map((end) => valueOf(end, values)));
  }

  /** A curve in the unit of its x axis: see helpers.explorer.axis. */
  function onAxis(curve, mark, { zero = 0, per = 1 }) {
    if ((zero === 0 && per === 1) || !curve) return curve;
    const place = (v) => (v - zero) / per;
    if (mark.kind !== "rule") return { ...curve, x: Array.from(curve.x, place) };
    return mark.axis === "x" ? { at: place(curve.at) } : curve;
  }

  // ---------------------------------------------------------------- all together

  /** What computes a spec: {spec, byName, defaults, stops, check, compute, controlText,
   * measureText}. */
  function engine(spec) {
    const { byName, defaults, stops, check } = settingsOf(spec);
    const runner = makeRunner(spec);
    const replays = makeCache();

    function controlText(control, value) {
      if (control.kind === "choice") return control.options.find((o) => o.value === value).text;
      if (value < 0 && control.negative) return control.negative;
      return quantity(value, control.digits, control.unit);
    }
    function measureText(name, value) {
      const { percent, whole, digits, unit, negative } = spec.measures[name];
      if (value < 0 && negative) return negative;
      if (percent) return wholePercent(value);
      const few = whole && value < 10 ** digits;
      return quantity(few ? Math.ceil(value - 1e-9) : value, digits, unit);
    }
    /** The words of a phrase: the first below the lowest of its steps, the last above the highest.
     * What they depend on is a measure or a control. */
    function phraseText({ measure, steps, words }, { values, measures }) {
      const number = measure in byName ? values[measure] : measures[measure];
      return words[steps.filter((step) => number >= step).length];
    }
    /** A text with the present words in place of each {name}. */
    function filled(text, { values, measures }) {
      return text.replace(/\{([^{}]+)\}/g, (_, name) => {
        if (name in byName) return controlText(byName[name], values[name]);
        if (name in measures) return measureText(name, measures[name]);
        return filled(phraseText(spec.phrases[name], { values, measures }), { values, measures });
      });
    }

    /** The notes that hold at `values`. */
    function notesAt(values) {
      const { items } = spec.notes || { items: [] };
      return items.filter(({ control, value }) => values[control] === value);
    }

    /** Everything the picture shows at `values`:
     * {values, runs, sweeps, measures, curves (by panel and mark), status, notes}. */
    function compute(values, rtol) {
      const result = { values };
      result.runs = mapped(spec.runs, (_, name) => runner.run(name, values, rtol));
      result.sweeps = mapped(spec.sweeps, (_, name) => runner.sweep(name, values, rtol));
      result.drawn = mapped(spec.drawn || {}, (line) => drawnOf(line, values));
      result.replays = mapped(spec.replays || {}, (how, name) =>
        replays(name + ":" + Object.values(values), () => replayOf(how, values, spec.table))
      );
      result.measures = {};
      for (const [name, m] of Object.entries(spec.measures)) {
        result.measures[name] = measureOf(m, result, spec);
      }
      result.curves = spec.panels.map((panel, i) =>
        panel.marks.map((mark, j) =>
          onAxis(curveOf(mark, i + "." + j, result, spec.table), mark, panel.x)
        )
      );
      result.status = filled(spec.status, result);
      result.notes = notesAt(values);
      return result;
    }
    return { spec, byName, defaults, stops, check, compute, controlText, measureText };
  }

  /** The notes that are shown, as text. */
  function noteTexts({ notes }, shown) {
    const texts = shown.map(({ name, text }) => `${name} ${text}`.trim());
    return texts.length || !notes ? texts : [notes.empty];
  }

  /** All numbers behind the picture at `values` (missing ones at their default); plain arrays. */
  function evaluate(spec, values, { rtol = DRAWING_RTOL } = {}) {
    const book = engine(spec);
    const result = book.compute(book.check(values, book.defaults), rtol);
    const plain = (columns) => mapped(columns, (column) => Array.from(column));
    return {
      runs: mapped(result.runs, plain),
      sweeps: mapped(result.sweeps, (curves) => mapped(curves, plain)),
      measures: result.measures,
      status: result.status,
      notes: noteTexts(spec, result.notes),
    };
  }

  Object.assign(LDN, { engine, evaluate });
})();
