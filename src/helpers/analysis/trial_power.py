"""Power and size of a trial, exactly, by the t tests: the yardstick of the `trial_power` model."""

import numpy as np

from helpers import checks

DESIGNS = ("parallel", "crossover")
MOST = 1e9  # people who finish, a group, that are searched


def power(design, people, effect, sd, correlation=0.5, dropout=0.0, arms=2):
    """Exact power of the t test (two-sided, 5%) between two treatments in a trial of that `design`.

    design: parallel or crossover (whose washout is taken to be complete).
    people: randomised in all, not always whole, so that curves are smooth;
    effect and sd in the same unit; dropout: share lost; arms: treatments compared.
    Raises UnknownName for another design, ValueError for a number out of range.
    """
    finished, difference = _design(design, people, effect, sd, correlation, dropout, arms)
    return _power(design, finished, difference)


def people_needed(design, effect, sd, correlation=0.5, dropout=0.0, arms=2, goal=0.8):
    """People to randomise for the power `goal` (0.06 to 0.999),
    rounded up so that all groups are equal; at least two in each group finish.

    Arguments and errors as `power`;
    ValueError also for an effect so small that a billion people would not be enough.
    """
    from scipy.optimize import brentq  # slow to load

    goal = checks.number("goal", goal, 0.06, 0.999)
    _, difference = _design(design, 1e6, effect, sd, correlation, dropout, arms)
    short = lambda log: _power(design, np.exp(log), difference) - goal
    low, high = np.log(2), np.log(MOST)
    if short(high) < 0:
        raise ValueError(
            f"effect must show in {MOST:g} people who finish, got {effect!r} with sd {sd!r}"
        )
    finished = 2.0 if short(low) >= 0 else np.exp(brentq(short, low, high, xtol=1e-12))
    return int(np.ceil(finished / (1 - dropout)) * (arms if design == "parallel" else 1))


def detectable(design, people, correlation=0.5, goal=0.8):
    """The difference, in standard deviations between people,
    that `people` analysed find with the power `goal` (0.06 to 0.999).

    Errors as `power`.
    """
    from scipy.optimize import brentq  # slow to load

    # One standard deviation between people, in units of the test.
    group, unit = _design(design, people, 1.0, 1.0, correlation, 0.0, 2)
    goal = checks.number("goal", goal, 0.06, 0.999)
    short = lambda log: _power(design, group, np.exp(log)) - goal
    return float(np.exp(brentq(short, np.log(1e-9), np.log(1e4), xtol=1e-12)) / unit)


def simulated_power(
    design, people, effect, sd, correlation=0.5, dropout=0.0, arms=2, repeats=4000, seed=1
):
    """The share of `repeats` simulated trials with p < 0.05, and the standard error of that share
    (Agresti and Coull's, which is above 0 even if all trials agree).

    Each person has a lasting part and a part new in each period;
    the two make `sd` and `correlation`.
    Arguments and errors as `power`; ValueError also for more than 10⁸ people in all the trials.
    """
    from scipy import stats  # slow to load

    finished, _ = _design(design, people, effect, sd, correlation, dropout, arms)
    finished = int(round(finished))
    repeats = checks.whole("repeats", repeats, 1, int(1e8 / finished))
    rng = np.random.default_rng(checks.whole("seed", seed, 0, 2**53))
    noise = lambda share: rng.normal(0, sd * np.sqrt(share), (repeats, finished))
    # The effect is added to the means: beside a large one the scatter would lose its digits.
    if design == "parallel":
        groups = noise(1), noise(1)
        found = groups[0].mean(axis=1) - groups[1].mean(axis=1)
        variance = sum(group.var(axis=1, ddof=1) for group in groups)
    else:
        lasting = noise(correlation)
        change = (lasting + noise(1 - correlation)) - (lasting + noise(1 - correlation))
        found, variance = change.mean(axis=1), change.var(axis=1, ddof=1)
    df = (2 if design == "parallel" else 1) * (finished - 1)
    limit = stats.t.isf(0.025, df) * np.sqrt(variance / finished)
    significant = int(np.sum(np.abs(effect + found) > limit))
    likely = (significant + 2) / (repeats + 4)
    return significant / repeats, float(np.sqrt(likely * (1 - likely) / (repeats + 4)))


def _power(design, finished, difference):
    """Power of the t test, from the noncentral t distribution.

    finished, difference: as `_design` returns them.
    """
    from scipy import stats  # slow to load

    df, size = (
        (2 * finished - 2, finished / 2) if design == "parallel" else (finished - 1, finished)
    )
    limit, shift = stats.t.isf(0.025, df), difference * np.sqrt(size)
    if shift > 1000:
        return 1.0  # to the last digit; the distribution is lost here
    # A significant difference the wrong way round: below 1e-9, and lost, for larger shifts.
    wrong_way = stats.nct.cdf(-limit, df, shift) if shift < 6 else 0.0
    return float(stats.nct.sf(limit, df, shift) + wrong_way)


def _design(design, people, effect, sd, correlation, dropout, arms):
    """People who finish (a group, or all of a crossover),
    and the difference in standard deviations of the test.
    """
    checks.known("design", design, DESIGNS)
    people = checks.number("people", people, 4, 1e6)
    effect, sd = checks.number("effect", effect, 1e-6, 1e6), checks.number("sd", sd, 1e-6, 1e6)
    correlation, dropout = (
        checks.number("correlation", correlation, 0, 0.99),
        checks.number("dropout", dropout, 0, 0.9),
    )
    arms = checks.whole("arms", arms, 2, 10)
    finished = people * (1 - dropout)
    if finished / (arms if design == "parallel" else 1) < 2:
        raise ValueError(
            f"people must leave at least 2 in each group after dropout, got {people:g}"
        )
    if design == "parallel":
        return finished / arms, effect / sd
    return finished, effect / (sd * np.sqrt(2 * (1 - correlation)))
