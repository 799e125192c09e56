"""A drug that does nothing, tested without a control group: how many cytokines "fall"?

People differ in their lasting level of each cytokine, and each measurement wanders around it.
Those who enter may be chosen for a high average at the first measurement;
then nothing is done, and all is measured again.
A cytokine is said to fall if a two-sided test at 5% says that it changed, downwards.
"""

import functools

import numpy as np
import pandas as pd

from helpers import checks

GRID = {
    "people": (4, 8, 16, 32, 64),
    "cytokines": (1, 5, 17),
    "correlation": (0.0, 0.3, 0.6, 0.9),
    "entry": (-9.0, 0.0, 1.0),
    "control": (0, 1),
    "correction": (0, 1),
}
# Share of a measurement's variance that lasts; assumed.
LASTING = 0.5
REPEATS, POOL = 2000, 12000


@functools.lru_cache(maxsize=64)
def _pool(cytokines, correlation, entry, seed):
    """Changes (people, cytokines) of those who enter, in standard deviations of one measurement;
    a third of POOL at least.
    """
    rng = np.random.default_rng(
        [seed, cytokines, int(100 * correlation), int(100 * max(entry, -1)) + 100]
    )
    kept, found = [], 0
    while found < POOL // 3:
        shared = rng.standard_normal((3, POOL, 1))
        own = rng.standard_normal((3, POOL, cytokines))
        level, first, second = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
        before = np.sqrt(LASTING) * level + np.sqrt(1 - LASTING) * first
        change = np.sqrt(LASTING) * level + np.sqrt(1 - LASTING) * second - before
        # The average of correlated cytokines varies less than one of them;
        # the limit is in its own standard deviations.
        spread = np.sqrt(correlation + (1 - correlation) / cytokines)
        enters = before.mean(axis=1) > entry * spread
        kept.append(change[enters])
        found += int(enters.sum())
    return np.concatenate(kept).astype(np.float32)


def falls(
    people, cytokines, correlation, entry=-9.0, control=0, correction=0, repeats=REPEATS, seed=5
):
    """How many cytokines fall significantly in each of `repeats` studies of a drug without effect:
    integers, shape (repeats,).

    people: in each group, at least 3. cytokines: at least 1.
    correlation: from 0 to 1 between cytokines.
    entry: least average of the first measurement, in standard deviations (-9 lets all in).
    control: 1 for a second group without drug, with which changes are compared.
    correction: 1 divides the 5% by the number of cytokines (Bonferroni).
    Raises ValueError for other values.
    """
    from scipy import stats  # slow to load

    people = checks.whole("people", people, 3, 1000)
    cytokines = checks.whole("cytokines", cytokines, 1, 200)
    control = checks.whole("control", control, 0, 1)
    correlation = checks.number("correlation", correlation, 0, 1)
    entry = checks.number("entry", entry, -9, 2)
    statistic = _statistic(
        people,
        cytokines,
        correlation,
        entry,
        control,
        checks.whole("repeats", repeats, 1, 1_000_000),
        seed,
    )
    level = 0.05 / cytokines if checks.whole("correction", correction, 0, 1) else 0.05
    freedom = 2 * people - 2 if control else people - 1
    return (statistic < stats.t.ppf(level / 2, freedom)).sum(axis=1)


@functools.lru_cache(maxsize=512)
def _statistic(people, cytokines, correlation, entry, control, repeats, seed):
    pool = _pool(cytokines, correlation, entry, seed)
    rng = np.random.default_rng([seed, people, cytokines, control])
    groups = pool[rng.integers(len(pool), size=(1 + control, repeats, people))]
    mean = groups.mean(axis=2)
    variance = groups.var(axis=2, ddof=1)
    error = np.sqrt(variance.sum(axis=0) / people)
    return (mean[0] - (mean[1] if control else 0)) / error


def describe_falls(counts, cytokines):
    """Of the counts of `falls`: shares of studies with none, some (fewer than half), half or more,
    all; any; and its Monte-Carlo error.
    """
    share = counts / cytokines
    parts = {
        "none": (share == 0).mean(),
        "some": ((share > 0) & (share < 0.5)).mean(),
        "half": ((share >= 0.5) & (share < 1)).mean(),
        "all": (share == 1).mean(),
    }
    any_fall = 1 - parts["none"]
    return parts | {
        "any": any_fall,
        "error": np.sqrt(any_fall * (1 - any_fall) / len(counts)),
        "mean": counts.mean(),
    }


@functools.cache
def table():
    """`describe_falls` at every point of `GRID`: a DataFrame in the order of the grid,
    the last control running fastest.
    """
    grid = pd.MultiIndex.from_product(GRID.values(), names=GRID)
    return pd.DataFrame([describe_falls(falls(*point), point[1]) for point in grid], index=grid)


def chance_of_one(p, outcomes):
    """Probability that at least one of so many independent outcomes reaches p
    when nothing has any effect.
    """
    return 1 - (1 - checks.number("p", p, 0, 1)) ** np.asarray(outcomes, float)
