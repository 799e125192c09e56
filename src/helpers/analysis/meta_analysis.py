"""Meta-analysis: trials of LDN in one unit, pooled, and each left out in turn.

The columns d and se are also those of a funnel plot. Pooling is by statsmodels.
Differences are LDN minus placebo; for pain, below 0 is better.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import checks, evidence

# Placebo-controlled, blind, fibromyalgia, pain, and a size or p value for LDN against placebo.
PARALLEL = ("FINAL-pain", "INNOVA-pain")
CROSSOVER = ("Younger2013-pain", "Bested-pain")
ARTHRITIS = "LDNVA-severity"


def standard_errors(rows):
    """Differences of trials in units of their standard error, from the printed p;
    positive favours LDN.

    rows: of `evidence.trials()`, with p.
    A p printed as an upper limit gives a lower limit of the distance.
    Returns `rows` with columns `t`, 0 where the printed difference is 0,
    and `people`: those analysed, else, where that was not seen, those randomised.
    """
    from scipy import stats  # slow to load

    people = rows["n"].fillna(rows["randomised"])
    distance = stats.t.isf(rows["p"] / 2, people - 1)
    sign = np.sign(rows["value"]) * np.where(rows["better"] == "lower", -1, 1)
    return rows.assign(t=distance * sign, people=people)


def standardised(correlation=0.5, ids=(*PARALLEL, *CROSSOVER)):
    """Trials of pain in standard deviations between people, below 0 for LDN:
    a DataFrame of d and se, one row a trial.

    Parallel trials: the published difference by the standard deviation that its interval implies.
    Crossovers: t from the published p value, so the difference in standard deviations *within* a
    person is t/√n; the assumed `correlation` (0 to 0.95) of a person's two periods turns it into
    standard deviations between people.
    Both carry Hedges' factor for small samples.
    Raises ValueError for another correlation,
    UnknownName for a trial that is not among those of pain.
    """
    from scipy import stats  # slow to load

    correlation = checks.number("correlation", correlation, 0, 0.95)
    trials, rows = evidence.trials(), []
    for id in ids:
        trial = trials.loc[checks.known("trial of pain", id, (*PARALLEL, *CROSSOVER, ARTHRITIS))]
        if id in PARALLEL:
            share = 1 / trial["n_ldn"] + 1 / trial["n_control"]
            sd = (trial["high"] - trial["low"]) / (2 * stats.norm.isf(0.025)) / np.sqrt(share)
            d, df, people = (
                trial["value"] / sd,
                trial["n_ldn"] + trial["n_control"] - 2,
                trial["n_ldn"] + trial["n_control"],
            )
            variance = share + d**2 / (2 * people)
        else:
            trial = standard_errors(trials.loc[[id]]).iloc[0]
            people, df = trial["people"], trial["people"] - 1
            within = -trial["t"] / np.sqrt(people)
            between = 2 * (1 - correlation)
            d, variance = (
                within * np.sqrt(between),
                between * (1 / people + within**2 / (2 * people)),
            )
        small = 1 - 3 / (4 * df - 1)
        rows.append(
            {
                "id": id,
                "study": trial["study"],
                "design": trial["design"],
                "n": people,
                "d": small * d,
                "se": small * np.sqrt(variance),
                "source": trial["source"],
                "seen": "derived",
            }
        )
    return pd.DataFrame(rows).set_index("id")


@dataclass(frozen=True)
class Pooled:
    """A random-effects summary of k trials.

    mean with three 95% intervals: Hartung-Knapp (low, high),
    the usual normal one (plain_low, plain_high),
    and the prediction interval for the true effect in a new trial (no number below three trials).
    tau2: variance between trials (Paule and Mandel); i2: share of the scatter that is not chance,
    with its 95% interval by Q-profile (i2_low, i2_high; both 0 where the trials agree better
    than chance lets 39 of 40 agree); q: Cochran's Q.
    """

    k: int
    mean: float
    low: float
    high: float
    plain_low: float
    plain_high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    i2: float
    i2_low: float
    i2_high: float
    q: float


def pool(effects, errors):
    """`Pooled` from effects and their standard errors, both of shape (k,), k at least 2.

    The Hartung-Knapp error is not allowed below the usual one, so that it never narrows the
    interval by chance.
    Raises ValueError for unequal lengths, fewer than two trials or an error that is not positive.
    """
    from scipy import stats  # slow to load
    from statsmodels.stats.meta_analysis import combine_effects

    effects, errors = _trials(effects, errors, 2, largest=1e6, smallest=1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal effects have no scatter to divide
        found = combine_effects(effects, errors**2, method_re="pm")
    q = max(0.0, float(found.q))
    k, mean, plain = len(effects), float(found.mean_effect_re), float(found.sd_eff_w_re)
    careful = float(max(plain, found.sd_eff_w_re_hksj))
    tau2 = max(0.0, float(found.tau2))
    reach = float(stats.t.isf(0.025, k - 1)) * careful
    usual = float(stats.norm.isf(0.025)) * plain
    new = float(stats.t.isf(0.025, k - 2) * np.sqrt(tau2 + plain**2)) if k > 2 else np.nan
    return Pooled(
        k,
        mean,
        mean - reach,
        mean + reach,
        mean - usual,
        mean + usual,
        mean - new,
        mean + new,
        tau2,
        max(0.0, 1 - (k - 1) / q) if q else 0.0,
        *_i2_interval(effects, errors),
        q,
    )


def _i2_interval(effects, errors):
    """95% interval of I²: the variances between trials at which the weighted scatter is no more
    surprising than 1 in 40, either way, beside the typical variance within a trial.
    """
    from scipy import optimize, stats  # slow to load

    effects = effects - effects[0]  # so that equal ones do not scatter by rounding

    def scatter(tau2):
        w = 1 / (errors**2 + tau2)
        return np.sum(w * (effects - np.sum(w * effects) / w.sum()) ** 2)

    excess = lambda tau2, limit: scatter(tau2) - limit
    k, w = len(effects), (errors.min() / errors) ** 2
    pairs = np.triu(np.outer(w, w), 1).sum()  # half of (Σw)² − Σw², without loss of digits
    typical = errors.min() ** 2 * (k - 1) * w.sum() / (2 * pairs)
    ends = []
    for share in (0.975, 0.025):
        limit = stats.chi2.ppf(share, k - 1)
        # At the upper end even twice the unweighted scatter is below the limit.
        end = 2 * np.sum((effects - effects.mean()) ** 2) / limit
        tau2 = 0.0 if scatter(0) <= limit else optimize.brentq(excess, 0, end, (limit,))
        ends.append(float(tau2 / (tau2 + typical)))
    return ends


@dataclass(frozen=True)
class Posterior:
    """What trials leave to believe of the mean of the true effects.

    A mixture of normal distributions, one for each value of τ (the standard deviation of the true
    effects): weights (adding up to 1), means and sds, each of shape (n,).
    """

    weights: np.ndarray
    means: np.ndarray
    sds: np.ndarray

    @property
    def mean(self):
        return float(self.weights @ self.means)

    def below(self, limit):
        """The probability that the mean of the true effects lies below `limit`."""
        from scipy import stats  # slow to load

        limit = checks.number("limit", limit)
        return float(self.weights @ stats.norm.cdf((limit - self.means) / self.sds))

    def quantile(self, share):
        """The value below which the mean lies with the probability `share` (0.0001 to 0.9999)."""
        from scipy import optimize, stats  # slow to load

        share = checks.number("share", share, 1e-4, 1 - 1e-4)
        ends = self.means + self.sds * stats.norm.ppf(share)
        if np.ptp(ends) < 1e-12:
            return float(ends[0])
        return optimize.brentq(lambda x: self.below(x) - share, ends.min(), ends.max(), xtol=1e-10)


def _trials(effects, errors, least, largest, smallest):
    """Effects and their standard errors as arrays (k,), checked: k at least `least`, no effect or
    error above `largest` in size, no error below `smallest`.
    """
    effects = checks.numbers_of("effects", "effect", effects, -largest, largest)
    errors = checks.numbers_of("errors", "standard error", errors, smallest, largest)
    if len(effects) != len(errors) or len(effects) < least:
        raise ValueError(
            f"effects and errors must have equal length of at least {least}, "
            f"got {len(effects)} and {len(errors)}"
        )
    return np.array(effects), np.array(errors)


def posterior(effects, errors, scale=0.5):
    """`Posterior` of the mean of the true effects, in standard deviations.

    Before the trials every mean is as likely as any other, and τ is half-normal with `scale`
    (0.001 to 10): most likely small, in one case of twenty above twice the scale.
    effects (−10 to 10) and their standard errors (0.001 to 10): shape (k,), k at least 1.
    The integral over τ is a sum (trapezoids in asinh τ).
    Raises ValueError for numbers out of range and for unequal lengths.
    """
    scale = checks.number("scale", scale, 1e-3, 10)
    effects, errors = _trials(effects, errors, 1, largest=10, smallest=1e-3)
    # τ = unit · sinh u: even steps below the smallest error, even ratios above it.
    # Everything here is even in u, so that trapezoids converge at once.
    unit, u = min(errors.min(), scale), np.linspace(0, np.arcsinh(1e6), 2001)
    tau = unit * np.sinh(u)
    variances = errors**2 + tau[:, None] ** 2
    w = 1 / variances
    means, sds = (w * effects).sum(axis=1) / w.sum(axis=1), w.sum(axis=1) ** -0.5
    log = -(np.log(variances) + w * (effects - means[:, None]) ** 2).sum(axis=1) / 2
    log += np.log(sds) - (tau / scale) ** 2 / 2
    weights = np.exp(log - log.max()) * np.cosh(u)
    weights[0] /= 2
    counts = weights > 1e-15 * weights.max()
    return Posterior(weights[counts] / weights.sum(), means[counts], sds[counts])


def leave_one_out(table):
    """Pool `table` (columns d, se) without each trial in turn: a DataFrame of `Pooled`,
    one row the trial left out.
    """
    return pd.DataFrame(
        {id: vars(pool(table["d"].drop(id), table["se"].drop(id))) for id in table.index}
    ).T.astype(float)


def within_person(trial):
    """A crossover's outcomes in standard deviations of the difference within a person.

    trial: rows of `evidence.trials` with a p value, the same people in each.
    Returns the rows with `value` (below 0: better on LDN), its 95% interval `low` to `high` by
    Student's t, and `unit`; what the trial's own unit was is gone. Raises as `standard_errors`.
    """
    from scipy import stats  # slow to load

    rows = standard_errors(trial)
    people = rows["n"].iloc[0]
    step = 1 / np.sqrt(people)
    reach = stats.t.isf(0.025, people - 1) * step
    d = 0.0 - rows["t"] * step  # no "minus zero"
    unit = "SD of the difference within a person"
    return rows.assign(value=d, low=d - reach, high=d + reach, unit=unit, seen="derived")
