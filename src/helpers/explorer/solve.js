/* Time courses of a model: its differential equations, solved.
 *
 * Dormand & Prince (1980), the embedded pair 5(4) with its free fourth-order interpolant
 * (Hairer, Norsett & Wanner, Solving ODEs I, II.5-6).
 */
(function () {
  "use strict";
  const { format, need } = LDN;

  const DRAWING_RTOL = 1e-6; // far below a pixel
  const EXACT_BELOW = 1e-7; // tighter than this, steps end on the samples, not interpolating
  const STEP_LIMIT = 100000; // about a tenth of a second: a message then, never a frozen tab

  const A21 = 1 / 5;
  const A31 = 3 / 40, A32 = 9 / 40;
  const A41 = 44 / 45, A42 = -56 / 15, A43 = 32 / 9;
  const A51 = 19372 / 6561, A52 = -25360 / 2187, A53 = 64448 / 6561, A54 = -212 / 729;
  const A61 = 9017 / 3168, A62 = -355 / 33, A63 = 46732 / 5247, A64 = 49 / 176,
    A65 = -5103 / 18656;
  const B1 = 35 / 384, B3 = 500 / 1113, B4 = 125 / 192, B5 = -2187 / 6784, B6 = 11 / 84;
  const E1 = 71 / 57600, E3 = -71 / 16695, E4 = 71 / 1920, E5 = -17253 / 339200,
    E6 = 22 / 525, E7 = -1 / 40;
  const D1 = -12715105075 / 11282082432, D3 = 87487479700 / 32700410799,
    D4 = -10690763975 / 1880347072, D5 = 701980252875 / 199316789632,
    D6 = -1453857185 / 822651844, D7 = 69997945 / 29380423;

  /** The state y, the next one, and the slopes of one step between them. */
  function workspace(size) {
    const names = ["y", "next", "stage", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];
    return Object.fromEntries(names.map((name) => [name, new Float64Array(size)]));
  }

  /** A step of length h from y at time t, where the slope is k1: fills next and k2 to k7. */
  function take(work, rhs, p, t, h) {
    const { y, next, stage, k1, k2, k3, k4, k5, k6, k7 } = work;
    const size = y.length;
    for (let i = 0; i < size; i++) stage[i] = y[i] + h * A21 * k1[i];
    rhs(t + h / 5, stage, p, k2);
    for (let i = 0; i < size; i++) stage[i] = y[i] + h * (A31 * k1[i] + A32 * k2[i]);
    rhs(t + 0.3 * h, stage, p, k3);
    for (let i = 0; i < size; i++) {
      stage[i] = y[i] + h * (A41 * k1[i] + A42 * k2[i] + A43 * k3[i]);
    }
    rhs(t + 0.8 * h, stage, p, k4);
    for (let i = 0; i < size; i++) {
      stage[i] = y[i] + h * (A51 * k1[i] + A52 * k2[i] + A53 * k3[i] + A54 * k4[i]);
    }
    rhs(t + (8 / 9) * h, stage, p, k5);
    for (let i = 0; i < size; i++) {
      stage[i] =
        y[i] + h * (A61 * k1[i] + A62 * k2[i] + A63 * k3[i] + A64 * k4[i] + A65 * k5[i]);
    }
    rhs(t + h, stage, p, k6);
    for (let i = 0; i < size; i++) {
      next[i] = y[i] + h * (B1 * k1[i] + B3 * k3[i] + B4 * k4[i] + B5 * k5[i] + B6 * k6[i]);
    }
    rhs(t + h, next, p, k7);
  }

  /** The estimated error of the step, as a multiple of what is tolerated. */
  function errorOf(work, h, tolerance) {
    const { y, next, k1, k3, k4, k5, k6, k7 } = work;
    let error = 0;
    for (let i = 0; i < y.length; i++) {
      const e =
        h * (E1 * k1[i] + E3 * k3[i] + E4 * k4[i] + E5 * k5[i] + E6 * k6[i] + E7 * k7[i]);
      const ratio = Math.abs(e) / tolerance.of(i, Math.max(Math.abs(y[i]), Math.abs(next[i])));
      if (!(ratio <= error)) error = ratio; // so written that NaN gets through
    }
    return error;
  }

  /** The state inside the step, at the share u of its length. */
  function inside(work, h, u) {
    const { y, next, stage, k1, k3, k4, k5, k6, k7 } = work;
    const v = 1 - u;
    for (let i = 0; i < y.length; i++) {
      const rise = next[i] - y[i];
      const bend = h * k1[i] - rise;
      const last =
        h * (D1 * k1[i] + D3 * k3[i] + D4 * k4[i] + D5 * k5[i] + D6 * k6[i] + D7 * k7[i]);
      stage[i] = y[i] + u * (rise + v * (bend + u * (rise - h * k7[i] - bend + v * last)));
    }
    return stage;
  }

  /** The step is good: its end is the state from which the next one starts. */
  function accept(work) {
    [work.y, work.next] = [work.next, work.y];
    [work.k1, work.k7] = [work.k7, work.k1];
  }

  /** Tolerated error of a step: rtol of the state, or of 1e-10 of the largest it has been, so that
   * tails are right too. A further floor lets a state that starts at zero begin. */
  function makeTolerance(size, rtol) {
    const largest = new Float64Array(size);
    let overall = 0;
    return {
      of(i, value) {
        return rtol * Math.max(value, 1e-10 * largest[i], 1e-14 * overall, 1e-290);
      },
      notice(state) {
        for (let i = 0; i < size; i++) {
          const value = Math.abs(state[i]);
          if (value > largest[i]) largest[i] = value;
          if (value > overall) overall = value;
        }
      },
    };
  }

  /** `count` samples, evenly from since to until, to be kept one after the other. */
  function makeSamples(model, p, since, until, count) {
    const time = new Float64Array(count);
    for (let i = 0; i < count; i++) time[i] = since + ((until - since) * i) / (count - 1);
    const states = model.states.map(() => new Float64Array(count));
    const outputs = model.outputs.map(() => new Float64Array(count));
    const row = new Float64Array(outputs.length);
    let sample = 0;
    return {
      /** When the next one is due; never, if all are kept. */
      due: () => (sample < count ? time[sample] : Infinity),
      keep(state) {
        model.read(time[sample], state, p, row);
        for (let j = 0; j < row.length; j++) outputs[j][sample] = row[j];
        for (let i = 0; i < states.length; i++) states[i][sample] = state[i];
        sample++;
      },
      result() {
        const all = { t: time };
        model.states.forEach((name, i) => (all[name] = states[i]));
        model.outputs.forEach((name, j) => (all[name] = outputs[j]));
        return all;
      },
    };
  }

  /** Times of the doses: 0, every, 2 every, ... (`count` of them, all before `until`);
   * one dose if every <= 0. */
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

  /** A first step that is small beside the fastest change of the state. */
  function firstStep(work, rtol, length) {
    const { y, k1 } = work;
    let fastest = 1 / length;
    for (let i = 0; i < y.length; i++) {
      if (y[i] === 0) continue;
      fastest = Math.max(fastest, Math.min(Math.abs(k1[i] / y[i]), 1e6 * fastest));
    }
    return (0.1 * Math.pow(rtol, 0.2)) / fastest;
  }

  /** From time t to `end`, between which no dose is taken. */
  function follow(course, t, end) {
    const { model, p, rtol, until, same, work, tolerance, samples } = course;
    const exact = rtol < EXACT_BELOW;
    tolerance.notice(work.y);
    if (samples.due() <= t + same) samples.keep(work.y);
    model.rhs(t, work.y, p, work.k1);
    let step = firstStep(work, rtol, end - t); // the state may have jumped: begin small
    let before = 1e-4; // error of the last step, for the controller
    let rejected = false;

    while (t < end - same) {
      if (++course.steps > STEP_LIMIT) {
        throw new Error(
          `These settings need more than ${STEP_LIMIT} calculation steps ` +
            `(stopped at time ${format(t, 3)} of ${format(until, 4)}). ` +
            "Choose gentler settings or press Reset."
        );
      }
      const stop = exact ? Math.min(samples.due(), end) : end;
      const cut = t + step * 1.0001 >= stop;
      const h = cut ? stop - t : step;
      take(work, model.rhs, p, t, h);
      const error = errorOf(work, h, tolerance);
      if (!(error <= 1)) {
        step = h * (error < Infinity ? Math.max(0.2, 0.9 * Math.pow(error, -0.2)) : 0.1);
        rejected = true;
        const broken = `The calculation broke down at time ${format(t, 3)}`;
        need(step > 1e-14 * until, `${broken}: a value is not finite.`);
        continue;
      }
      // Samples inside the step; one at its very end is the new state itself.
      while (samples.due() < t + h - same) {
        samples.keep(inside(work, h, (samples.due() - t) / h));
      }
      t = cut ? stop : t + h;
      accept(work);
      tolerance.notice(work.y);
      if (t < end - same && Math.abs(samples.due() - t) <= same) samples.keep(work.y);

      const clipped = Math.max(error, 1e-10);
      let factor = 0.9 * Math.pow(clipped, -0.14) * Math.pow(before, 0.08);
      factor = Math.min(rejected ? 1 : 5, Math.max(0.2, factor));
      step = cut ? Math.max(step, h * factor) : h * factor; // a cut step says little
      before = Math.max(clipped, 1e-4);
      rejected = false;
    }
  }

  /**
   * Time courses of `model` after repeated doses.
   *
   * run: {dose, every, count, until, since, samples, parameters (in the model's order), rtol};
   * only `until` is needed. Samples lie evenly from since (0 if left out) to until.
   * Returns {t, <each state>, <each output>}, each a Float64Array(samples).
   * A sample at the time of a dose is taken after the dose. Throws when STEP_LIMIT steps do not
   * suffice or a value is not finite.
   */
  function integrate(model, run) {
    const { dose = 0, every = 0, count = 1, until, since = 0, samples = 241 } = run;
    const { parameters: p = model.defaults, rtol = DRAWING_RTOL } = run;
    const work = workspace(model.states.length);
    const course = {
      model, p, rtol, until, work,
      same: 1e-10 * until, // times closer than this are one time
      steps: 0,
      tolerance: makeTolerance(model.states.length, rtol),
      samples: makeSamples(model, p, since, until, samples),
    };
    const times = dose > 0 ? doseTimes(every, count, until) : [];
    let t = 0, given = 0;
    model.initial(p, work.y);
    while (t < until - course.same) {
      while (given < times.length && times[given] <= t + course.same) {
        model.dose(dose, p, work.y);
        given++;
      }
      const end = given < times.length ? times[given] : until;
      follow(course, t, end);
      t = end;
    }
    if (course.samples.due() < Infinity) course.samples.keep(work.y);
    return course.samples.result();
  }

  Object.assign(LDN, { DRAWING_RTOL, integrate });
})();
