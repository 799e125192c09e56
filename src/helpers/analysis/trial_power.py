"""Power and size of a trial, exactly, by the t tests: the yardstick of the `trial_power` model."""

import numpy as np

from helpers import checks

DESIGNS = ("parallel", "crossover")


def power(design, people, effect, sd, correlation=0.5, dropout=0.0, arms=2):
    """Exact power of the t test (two-sided, 5%) between two treatments in a trial of that `design`.

    design: parallel or crossover (whose washout is taken to be complete).
    people: randomised in all; effect and sd in the same unit; dropout: share lost;
    arms: treatments compared.
    Raises UnknownName for another design, ValueError for a number out of range.
    """
    from scipy import stats  # slow to load
    from statsmodels.stats.power import TTestIndPower, TTestPower

    finished, difference = _design(design, people, effect, sd, correlation, dropout, arms)
    test, df, root = (
        (TTestIndPower, 2 * finished - 2, finished / 2)
        if design == "parallel"
        else (TTestPower, finished - 1, finished)
    )
    with np.errstate(all="ignore"):
        found = float(test().power(difference, finished, 0.05, alternative="two-sided"))
    if found < 1:
        return found
    # Where the power is all but 1 the far tail is lost: the library says 1, or not a number.
    return float(stats.nct.sf(stats.t.isf(0.025, df), df, difference * np.sqrt(root)))


def people_needed(design, effect, sd, correlation=0.5, dropout=0.0, arms=2, goal=0.8):
    """People to randomise for the power `goal`, rounded up so that all groups are equal.

    Arguments and errors as `power`.
    """
    from statsmodels.stats.power import TTestIndPower, TTestPower  # slow to load

    goal = checks.number("goal", goal, 0.06, 0.999)
    _, difference = _design(design, 1000, effect, sd, correlation, dropout, arms)
    solver = TTestIndPower() if design == "parallel" else TTestPower()
    finished = float(
        np.ravel(solver.solve_power(difference, None, 0.05, goal, alternative="two-sided"))[0]
    )
    return int(np.ceil(finished / (1 - dropout)) * (arms if design == "parallel" else 1))


def detectable(design, people, correlation=0.5, goal=0.8):
    """The difference, in standard deviations between people,
    that `people` analysed find with the power `goal`.

    Errors as `power`.
    """
    from statsmodels.stats.power import TTestIndPower, TTestPower  # slow to load

    group, unit = _design(
        design, people, 1.0, 1.0, correlation, 0.0, 2
    )  # one standard deviation, in units of the test
    goal = checks.number("goal", goal, 0.06, 0.999)
    solver = TTestIndPower() if design == "parallel" else TTestPower()
    return (
        float(np.ravel(solver.solve_power(None, group, 0.05, goal, alternative="two-sided"))[0])
        / unit
    )


def simulated_power(
    design, people, effect, sd, correlation=0.5, dropout=0.0, arms=2, repeats=4000, seed=1
):
    """The share of `repeats` simulated trials with p < 0.05, and the standard error of that share.

    Each person has a lasting part and a part new in each period;
    the two make `sd` and `correlation`.
    """
    from scipy import stats  # slow to load

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
    arms = checks.number("arms", arms, 2, 10)
    finished = people * (1 - dropout)
    if finished / (arms if design == "parallel" else 1) < 2:
        raise ValueError(
            f"people must leave at least 2 in each group after dropout, got {people:g}"
        )
    if design == "parallel":
        return finished / arms, effect / sd
    return finished, effect / (sd * np.sqrt(2 * (1 - correlation)))
