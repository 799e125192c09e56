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

ALL = -9.0  # standard deviations; below it nobody is
GRID = {
    "people": (4, 8, 16, 32, 64),
    "cytokines": (1, 5, 17),
    "correlation": (0.0, 0.3, 0.6, 0.9),
    "entry": (ALL, 0.0, 1.0),
    "control": (0, 1),
    "correction": (0, 1),
}
# Share of a measurement's variance that lasts; assumed.
LASTING = 0.5
REPEATS = 10_000
AT_ONCE = 200_000  # numbers drawn at once; they stay in the processor's cache


def falls(
    people, cytokines, correlation, entry=ALL, control=0, correction=0, repeats=REPEATS, seed=1
):
    """How many cytokines fall significantly in each of `repeats` studies of a drug without effect:
    integers, shape (repeats,). Every study has its own people.

    people: in each group, at least 3. cytokines: at least 1.
    correlation: from 0 to 1 between cytokines.
    entry: least average of the first measurement, in standard deviations (-9 lets all in).
    control: 1 for a second group without drug, with which changes are compared.
    correction: 1 divides the 5% by the number of cytokines (Bonferroni).
    Other settings with the same seed, people and cytokines meet the same chances,
    so that they differ by the setting alone.
    Raises ValueError for other values.
    """
    from scipy import stats  # slow to load

    people = checks.whole("people", people, 3, 1000)
    cytokines = checks.whole("cytokines", cytokines, 1, 200)
    control = checks.whole("control", control, 0, 1)
    correlation = checks.number("correlation", correlation, 0, 1)
    entry = checks.number("entry", entry, ALL, 2)
    level = 0.05 / cytokines if checks.whole("correction", correction, 0, 1) else 0.05
    repeats = checks.whole("repeats", repeats, 1, 1_000_000)
    seed = checks.whole("seed", seed, 0, 2**53)
    mean, variance = _changes(people, cytokines, correlation, entry, repeats, seed)
    if control:
        difference, variance = mean[0] - mean[1], variance[0] + variance[1]
    else:
        difference, variance = mean[0], variance[0]
    statistic = difference / np.sqrt(variance / people)
    freedom = 2 * people - 2 if control else people - 1
    return (statistic < stats.t.ppf(level / 2, freedom)).sum(axis=1)


# Places kept in the sequence of chance for the people of a group, and for the numbers of a person.
PLACES = 64
TAIL = 20  # from which on a person's first measurement is drawn, where it must be high


def replay(people, cytokines, correlation, entry, control, seed, repeats, critical):
    """How many cytokines fall in each of `repeats` studies, as `falls`, but person by person and
    from a sequence of chance that any language can follow: integers, shape (repeats,).

    The control of chapter 4 draws the same people (replay.js). Other settings with the same seed
    meet the same people, and more of them.
    people: in each group, 3 to 64. cytokines: 1 to 17. correlation: from 0 to 1 between cytokines.
    entry: as in `falls`, but -9, 0 or above. control: 1 for a second group without drug.
    critical: value of t below which a cytokine falls, see `chances`.
    Raises ValueError for other values.
    """
    people = checks.whole("people", people, 3, PLACES)
    cytokines = checks.whole("cytokines", cytokines, 1, 17)
    correlation = checks.number("correlation", correlation, 0, 1)
    if entry != ALL:
        entry = checks.number("entry", entry, 0, 2)
    control = checks.whole("control", control, 0, 1)
    seed = checks.whole("seed", seed, 0, 2**32 - 1)
    repeats = checks.whole("repeats", repeats, 1, 2**17)
    critical = checks.number("critical", critical)
    group = np.arange(1 + control, dtype=np.uint32)[:, None, None, None]
    study = np.arange(repeats, dtype=np.uint32)[:, None, None]
    person = np.arange(people, dtype=np.uint32)[:, None]
    place = ((2 * study + group) * PLACES + person) * PLACES  # (groups, repeats, people, 1)
    uniform = functools.partial(_uniform, _mixed(np.array([seed], dtype=np.uint32)))
    steps = np.arange(0, cytokines + 2, 2, dtype=np.uint32)
    radius = np.sqrt(-2 * np.log(uniform(place + steps)))  # Box and Muller
    angle = 2 * np.pi * uniform(place + steps + np.uint32(1))
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    normal = normal.reshape(*normal.shape[:3], -1)
    before, new, own = normal[..., 0], normal[..., 1], normal[..., 2 : cytokines + 2]
    if entry == 0:
        before = np.abs(before)
    elif entry > 0:
        before = _above(entry, uniform, place[..., 0])
    shared = np.sqrt(1 - LASTING**2) * new - (1 - LASTING) * before
    spread = np.sqrt(correlation + (1 - correlation) / cytokines)
    scale = np.sqrt(2 * (1 - LASTING) * (1 - correlation))
    own = own - own.mean(axis=-1, keepdims=True)
    change = spread * shared[..., None] + scale * own
    mean, variance = change.mean(axis=2), change.var(axis=2, ddof=1)
    gap = mean[0] - mean[1] if control else mean[0]
    return (gap / np.sqrt(variance.sum(axis=0) / people) < critical).sum(axis=1)


def _mixed(h):
    """Whole numbers below 2**32 that look like chance: the last step of MurmurHash3."""
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def _uniform(key, place):
    return (_mixed(_mixed(place + np.uint32(1)) ^ key) + 0.5) / 2**32


def _above(least, uniform, place):
    """Normal numbers above `least`, which is above 0, by Marsaglia's tail."""
    found = np.full(place.shape, np.nan)
    for step in range(TAIL, PLACES, 2):
        x = np.sqrt(least**2 - 2 * np.log(uniform(place + np.uint32(step))))
        good = uniform(place + np.uint32(step + 1)) * x < least
        last = step + 2 >= PLACES
        found = np.where(np.isnan(found) & (good | last), x, found)
        if not np.isnan(found).any():
            break
    return found


def _changes(people, cytokines, correlation, entry, repeats, seed):
    """Mean and variance over the people of each change, in two groups:
    arrays (2, repeats, cytokines), in standard deviations of one measurement.

    A person's change is what all cytokines share plus what is a cytokine's own.
    """
    average, length = _shared(people, entry, repeats, seed)
    first, second, rest = _own(people, cytokines, repeats, seed)
    # The average of correlated cytokines varies less than one of them.
    spread = np.sqrt(correlation + (1 - correlation) / cytokines)
    scale = np.sqrt(2 * (1 - LASTING) * (1 - correlation))
    mean = spread * average + scale * first / np.sqrt(people)
    squares = (spread * length + scale * second) ** 2 + scale**2 * rest
    return mean, squares / (people - 1)


@functools.lru_cache(maxsize=len(GRID["entry"]))
def _shared(people, entry, repeats, seed):
    """What a person's cytokines share, their average change: its mean over the people,
    and the length of what deviates from it; arrays (2, repeats, 1), before they are scaled.
    """
    from scipy.special import ndtr, ndtri  # slow to load

    rng = np.random.default_rng([seed, 1])
    shape = (2, repeats, people)
    # The first average of those who enter: normal, without what lies below `entry`.
    before = -ndtri(ndtr(-entry) * (1 - rng.random(shape)))
    new = rng.standard_normal(shape)
    change = np.sqrt(1 - LASTING**2) * new - (1 - LASTING) * before
    mean = change.mean(axis=2, keepdims=True)
    return mean, np.sqrt(np.square(change - mean).sum(axis=2, keepdims=True))


@functools.lru_cache(maxsize=1)
def _own(people, cytokines, repeats, seed):
    """What is a cytokine's own in a person's changes, which adds up to zero over the cytokines:
    its parts along two directions among the people, and the sum of squares along the others;
    arrays (2, repeats, cytokines), before they are scaled.

    Normal numbers are alike along all directions that are at right angles. So the first may be
    that of the mean over the people, and the second that in which what is shared deviates,
    whichever that is; who enters makes no difference.
    """
    rng = np.random.default_rng([seed, 2])
    blocks = []
    size = max(1, AT_ONCE // (2 * people * cytokines))
    for start in range(0, repeats, size):
        shape = (2, min(size, repeats - start), people, cytokines)
        own = rng.standard_normal(shape, dtype=np.float32)
        own -= own.mean(axis=3, keepdims=True)
        rest = np.einsum("grij,grij->grj", own[:, :, 2:], own[:, :, 2:])
        blocks.append((own[:, :, 0], own[:, :, 1], rest))
    return [np.concatenate(part, axis=1) for part in zip(*blocks)]


def mean_by_chance(cytokines, correction=0):
    """How many cytokines fall on average where all may enter, exactly:
    a fortieth of them, or a fortieth of one with the correction, whatever the other settings.
    """
    cytokines = checks.whole("cytokines", cytokines, 1, 200)
    return 0.025 if checks.whole("correction", correction, 0, 1) else 0.025 * cytokines


def describe_falls(counts, cytokines):
    """Of the counts of `falls`, an array of at least two: shares of studies with none,
    some (fewer than half), half or more, all; any; the mean;
    and the Monte-Carlo standard errors of any and of the mean.

    The error of any is that of Agresti and Coull, which is not zero where the share is 0 or 1.
    Raises ValueError for other counts, or a bad number of cytokines.
    """
    cytokines, counts = checks.whole("cytokines", cytokines, 1, 200), np.asarray(counts)
    if (
        counts.ndim != 1
        or counts.dtype.kind not in "iu"
        or len(counts) < 2
        or counts.min() < 0
        or counts.max() > cytokines
    ):
        raise ValueError(
            f"counts must be at least two whole numbers from 0 to {cytokines}, got {counts!r}"
        )
    share, studies = counts / cytokines, len(counts)
    parts = {
        "none": (share == 0).mean(),
        "some": ((share > 0) & (share < 0.5)).mean(),
        "half": ((share >= 0.5) & (share < 1)).mean(),
        "all": (share == 1).mean(),
    }
    likely = ((share > 0).sum() + 2) / (studies + 4)
    return parts | {
        "any": 1 - parts["none"],
        "error": np.sqrt(likely * (1 - likely) / (studies + 4)),
        "mean": counts.mean(),
        "mean_error": counts.std(ddof=1) / np.sqrt(studies),
    }


@functools.cache
def table():
    """`describe_falls` at every point of `GRID`, with the exact mean where all may enter:
    a DataFrame in the order of the grid, the last control running fastest.
    """
    grid = pd.MultiIndex.from_product(GRID.values(), names=GRID)
    table = pd.DataFrame([describe_falls(falls(*point), point[1]) for point in grid], index=grid)
    for point in grid[grid.get_level_values("entry") == ALL]:
        exact = mean_by_chance(point[1], point[5])
        table.loc[point, ["mean", "mean_error"]] = exact, 0.0
    return table


def chances(correlation):
    """How likely a study finds any fall, without a correction, and the `critical` value of t:
    a DataFrame (any, its Monte-Carlo standard error, critical) over the rest of `GRID`.

    The chance is that of `table`; a single cytokine where all may enter falls in exactly one of
    forty, error 0. Raises ValueError for a correlation that is not on the grid.
    """
    from scipy import stats  # slow to load

    if checks.number("correlation", correlation, 0, 1) not in GRID["correlation"]:
        raise ValueError(f"correlation must be one of {GRID['correlation']}, got {correlation!r}")
    found = (
        table().xs((correlation, 0), level=("correlation", "correction"))[["any", "error"]].copy()
    )
    for people, cytokines, entry, control in found.index:
        point = people, cytokines, entry, control
        if cytokines == 1 and entry == ALL:
            found.loc[point, ["any", "error"]] = mean_by_chance(1), 0.0
        freedom = 2 * people - 2 if control else people - 1
        found.loc[point, "critical"] = stats.t.ppf(0.025, freedom)
    return found


def chance_of_one(p, outcomes):
    """Probability that at least one of so many independent outcomes reaches p
    when nothing has any effect. outcomes: a number or an array of any shape, each at least 0.

    Raises ValueError for a p that is not from 0 to 1, or a bad number of outcomes.
    """
    for number in np.ravel(outcomes).tolist():
        checks.number("outcomes", number, 0)
    return 1 - (1 - checks.number("p", p, 0, 1)) ** np.asarray(outcomes, float)
