"""Trials of LDN taken together, and trials yet to be done: pooling, power and simulated trials.

Pooling and power come from statsmodels. Differences are LDN minus placebo; for pain, below 0 is better.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.power import TTestIndPower, TTestPower

from helpers import checks, evidence

# Placebo-controlled, blind, fibromyalgia, pain, and a size or p value for LDN against placebo.
PARALLEL = ("FINAL-pain", "INNOVA-pain")
CROSSOVER = ("Younger2013-pain", "Bested-pain")
ARTHRITIS = "LDNVA-severity"
DESIGNS = ("parallel", "crossover")


def standard_errors(rows):
    """Differences of trials in units of their standard error, from the printed p; positive favours LDN.

    rows: of `evidence.trials()`, with p. A p printed as an upper limit gives a lower limit of the distance.
    Returns `rows` with column `t`; 0 where the printed difference is 0.
    """
    distance = stats.t.isf(rows["p"] / 2, rows["n"] - 1)
    sign = np.sign(rows["value"]) * np.where(rows["better"] == "lower", -1, 1)
    return rows.assign(t=distance * sign)


def standardised(correlation=0.5, ids=(*PARALLEL, *CROSSOVER)):
    """Trials of pain in standard deviations between people, below 0 for LDN: a DataFrame of d and se, one row a trial.

    Parallel trials: the published difference by the standard deviation that its interval implies.
    Crossovers: t from the published p value, so the difference in standard deviations *within* a person is t/√n;
    the assumed `correlation` (0 to 0.95) of a person's two periods turns it into standard deviations between people.
    Both carry Hedges' factor for small samples.
    Raises ValueError for another correlation, UnknownName for a trial that is not among those of pain.
    """
    correlation = checks.number("correlation", correlation, 0, 0.95)
    rows = []
    for id in ids:
        trial = evidence.trials().loc[checks.known("trial of pain", id, (*PARALLEL, *CROSSOVER, ARTHRITIS))]
        if id in PARALLEL:
            share = 1 / trial["n_ldn"] + 1 / trial["n_control"]
            sd = (trial["high"] - trial["low"]) / (2 * stats.norm.isf(0.025)) / np.sqrt(share)
            d, df, people = trial["value"] / sd, trial["n_ldn"] + trial["n_control"] - 2, trial["n_ldn"] + trial["n_control"]
            variance = share + d**2 / (2 * people)
        else:
            people, df = trial["n"], trial["n"] - 1
            within = -standard_errors(evidence.trials().loc[[id]])["t"].item() / np.sqrt(people)
            between = 2 * (1 - correlation)
            d, variance = within * np.sqrt(between), between * (1 / people + within**2 / (2 * people))
        small = 1 - 3 / (4 * df - 1)
        rows.append({"id": id, "study": trial["study"], "design": trial["design"], "n": people, "d": small * d, "se": small * np.sqrt(variance), "source": trial["source"], "seen": "derived"})
    return pd.DataFrame(rows).set_index("id")


@dataclass(frozen=True)
class Pooled:
    """A random-effects summary of k trials.

    mean with three 95% intervals: Hartung-Knapp (low, high), the usual normal one (plain_low, plain_high), and the
    prediction interval for the true effect in a new trial (not a number below three trials).
    tau2: variance between trials (Paule and Mandel); i2: share of the scatter that is not chance; q: Cochran's Q.
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
    q: float


def pool(effects, errors):
    """`Pooled` from effects and their standard errors, both of shape (k,), k at least 2.

    The Hartung-Knapp error is not allowed below the usual one, so that it never narrows the interval by chance.
    Raises ValueError for unequal lengths, fewer than two trials or an error that is not positive.
    """
    effects = np.array([checks.number(f"effect [{i}]", x, -1e6, 1e6) for i, x in enumerate(effects)])
    errors = np.array([checks.number(f"standard error [{i}]", x, 1e-9, 1e6) for i, x in enumerate(errors)])
    if len(effects) != len(errors) or len(effects) < 2:
        raise ValueError(f"effects and errors must have equal length of at least 2, got {len(effects)} and {len(errors)}")
    with np.errstate(divide="ignore", invalid="ignore"):  # equal effects have no scatter to divide
        found = combine_effects(effects, errors**2, method_re="pm")
    q = max(0.0, float(found.q))
    k, mean, plain = len(effects), float(found.mean_effect_re), float(found.sd_eff_w_re)
    careful = float(max(plain, found.sd_eff_w_re_hksj))
    tau2 = max(0.0, float(found.tau2))
    reach = float(stats.t.isf(0.025, k - 1)) * careful
    usual = float(stats.norm.isf(0.025)) * plain
    new = float(stats.t.isf(0.025, k - 2) * np.sqrt(tau2 + plain**2)) if k > 2 else np.nan
    return Pooled(k, mean, mean - reach, mean + reach, mean - usual, mean + usual, mean - new, mean + new, tau2, max(0.0, 1 - (k - 1) / q) if q else 0.0, q)


def leave_one_out(table):
    """Pool `table` (columns d, se) without each trial in turn: a DataFrame of `Pooled`, one row the trial left out."""
    return pd.DataFrame({id: vars(pool(table["d"].drop(id), table["se"].drop(id))) for id in table.index}).T.astype(float)


def power(design, people, effect, sd, correlation=0.5, dropout=0.0, arms=2):
    """Exact power of the t test (two-sided, 5%) between two treatments of a parallel or crossover trial.

    people: randomised in all; effect and sd in the same unit; dropout: share lost; arms: treatments compared.
    Raises UnknownName for another design, ValueError for a number out of range.
    """
    finished, difference = _design(design, people, effect, sd, correlation, dropout, arms)
    test, df, root = (TTestIndPower, 2 * finished - 2, finished / 2) if design == "parallel" else (TTestPower, finished - 1, finished)
    with np.errstate(all="ignore"):
        found = float(test().power(difference, finished, 0.05, alternative="two-sided"))
    # The far tail of the noncentral t distribution is not a number in the library where the power is all but 1.
    return float(stats.nct.sf(stats.t.isf(0.025, df), df, difference * np.sqrt(root))) if np.isnan(found) else found


def people_needed(design, effect, sd, correlation=0.5, dropout=0.0, arms=2, goal=0.8):
    """People to randomise for the power `goal`, rounded up so that all groups are equal. Arguments and errors as `power`."""
    goal = checks.number("goal", goal, 0.06, 0.999)
    _, difference = _design(design, 1000, effect, sd, correlation, dropout, arms)
    solver = TTestIndPower() if design == "parallel" else TTestPower()
    finished = float(np.ravel(solver.solve_power(difference, None, 0.05, goal, alternative="two-sided"))[0])
    return int(np.ceil(finished / (1 - dropout)) * (arms if design == "parallel" else 1))


def detectable(design, people, correlation=0.5, goal=0.8):
    """The difference, in standard deviations between people, that `people` analysed find with the power `goal`.

    Errors as `power`.
    """
    group, unit = _design(design, people, 1.0, 1.0, correlation, 0.0, 2)  # one standard deviation, in units of the test
    goal = checks.number("goal", goal, 0.06, 0.999)
    solver = TTestIndPower() if design == "parallel" else TTestPower()
    return float(np.ravel(solver.solve_power(None, group, 0.05, goal, alternative="two-sided"))[0]) / unit


def simulated_power(design, people, effect, sd, correlation=0.5, dropout=0.0, arms=2, repeats=4000, seed=1):
    """The share of `repeats` simulated trials with p < 0.05, and the standard error of that share.

    Each person has a lasting part and a part new in each period; the two make `sd` and `correlation`.
    """
    finished, _ = _design(design, people, effect, sd, correlation, dropout, arms)
    finished = int(round(finished))
    rng = np.random.default_rng(seed)
    if design == "parallel":
        ldn = rng.normal(-effect, sd, (repeats, finished))
        placebo = rng.normal(0, sd, (repeats, finished))
        p = stats.ttest_ind(ldn, placebo, axis=1).pvalue
    else:
        lasting = rng.normal(0, sd * np.sqrt(correlation), (repeats, finished))
        period = lambda: lasting + rng.normal(0, sd * np.sqrt(1 - correlation), (repeats, finished))
        p = stats.ttest_rel(period() - effect, period(), axis=1).pvalue
    share = float(np.mean(p < 0.05))
    return share, float(np.sqrt(share * (1 - share) / repeats))


def _design(design, people, effect, sd, correlation, dropout, arms):
    """People who finish (a group, or all of a crossover) and the difference in standard deviations of the test."""
    checks.known("design", design, DESIGNS)
    people = checks.number("people", people, 4, 1e6)
    effect, sd = checks.number("effect", effect, 1e-6, 1e6), checks.number("sd", sd, 1e-6, 1e6)
    correlation, dropout = checks.number("correlation", correlation, 0, 0.99), checks.number("dropout", dropout, 0, 0.9)
    arms = checks.number("arms", arms, 2, 10)
    finished = people * (1 - dropout)
    if finished / (arms if design == "parallel" else 1) < 2:
        raise ValueError(f"people must leave at least 2 in each group after dropout, got {people:g}")
    if design == "parallel":
        return finished / arms, effect / sd
    return finished, effect / (sd * np.sqrt(2 * (1 - correlation)))
