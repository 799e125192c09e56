/* Replays of a study of a drug that does nothing: the twin of helpers.analysis.uncontrolled.replay.
 * Every number of chance has its own place in one sequence, so that other settings with the same
 * seed meet the same people, in Python as in the page. */
(function () {
  "use strict";

  const MOST_PEOPLE = 64, DRAWS = 64; // places kept for a group, and for a person
  const TAIL = 20; // the place of a person from which on the tail of the first measurement is drawn
  const LASTING = 0.5; // share of a measurement's variance that lasts

  /** A whole number below 2³² that looks like chance: the last step of MurmurHash3. */
  function mixed(h) {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }
  const uniform = (key, place) => (mixed(mixed(place + 1) ^ key) + 0.5) / 4294967296;

  /** Two standard normal numbers, by Box and Muller. */
  function normals(key, place, out, i) {
    const radius = Math.sqrt(-2 * Math.log(uniform(key, place)));
    const angle = 2 * Math.PI * uniform(key, place + 1);
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }

  /** A normal number above `least`, which is above 0, by Marsaglia's tail. */
  function tail(key, place, least) {
    for (let k = TAIL; ; k += 2) {
      const x = Math.sqrt(least * least - 2 * Math.log(uniform(key, place + k)));
      if (k + 2 >= DRAWS || uniform(key, place + k + 1) * x < least) return x;
    }
  }

  /** Mean and variance over the people of the change of each cytokine: arrays. */
  function changesOf({ people, cytokines, correlation, entry }, key, first) {
    const spread = Math.sqrt(correlation + (1 - correlation) / cytokines);
    const scale = Math.sqrt(2 * (1 - LASTING) * (1 - correlation));
    const sum = new Float64Array(cytokines), squares = new Float64Array(cytokines);
    const z = new Float64Array(TAIL);
    for (let person = 0; person < people; person++) {
      const place = first + person * DRAWS;
      for (let k = 0; k < cytokines + 2; k += 2) normals(key, place + k, z, k);
      let before = z[0];
      if (entry === 0) before = Math.abs(before);
      else if (entry > 0) before = tail(key, place, entry);
      const shared = Math.sqrt(1 - LASTING * LASTING) * z[1] - (1 - LASTING) * before;
      let own = 0;
      for (let j = 0; j < cytokines; j++) own += z[2 + j] / cytokines;
      for (let j = 0; j < cytokines; j++) {
        const change = spread * shared + scale * (z[2 + j] - own);
        sum[j] += change;
        squares[j] += change * change;
      }
    }
    const mean = sum.map((s) => s / people);
    const variance = squares.map((q, j) => (q - people * mean[j] * mean[j]) / (people - 1));
    return { mean, variance };
  }

  /** How many cytokines fall in each study, where t is below `critical`: an array.
   * how: {people, cytokines, correlation, entry, control, seed, studies, critical}. */
  function replay(how) {
    const { people, cytokines, control, seed, studies, critical } = how;
    const key = mixed(seed);
    return Array.from({ length: studies }, (_, study) => {
      const first = 2 * study * MOST_PEOPLE * DRAWS;
      const drug = changesOf(how, key, first);
      const other = control ? changesOf(how, key, first + MOST_PEOPLE * DRAWS) : null;
      let fallen = 0;
      for (let j = 0; j < cytokines; j++) {
        const gap = drug.mean[j] - (other ? other.mean[j] : 0);
        const variance = drug.variance[j] + (other ? other.variance[j] : 0);
        if (gap / Math.sqrt(variance / people) < critical) fallen++;
      }
      return fallen;
    });
  }

  Object.assign(LDN, { replay });
})();
