"""A trial with virtual patients, and what its result depends on.

Chunks of patients run one after the other, or wherever joblib is told to run them;
the call stays the same:

    with joblib.parallel_config(n_jobs=2): ...
    with joblib.parallel_config(backend="dask"): ...

Random numbers belong to the chunk, not to the process, so that the numbers are the same everywhere.
"""

import os

import numpy as np
import pandas as pd

from helpers import checks, models
from helpers.population import log_normal, means
from helpers.simulate import LARGEST

CHUNK = 2500  # patients; the arrays of one step then stay in the processor's cache
MODEL = "virtual_patient"
ARMS = ("placebo", "LDN without effect", "LDN as supposed")


def patients(people, seed=1):
    """Virtual patients of `MODEL`: a DataFrame of `people` rows,
    one column a parameter that differs between people.

    Log-normal around the model's default with the model's `BETWEEN_PEOPLE`,
    within the parameter's range.
    Raises ValueError for a number of people or a seed that is not a whole number in range.
    """
    people = checks.whole("people", people, 1, 1_000_000_000)
    return pd.concat(
        [_draw(size, np.random.default_rng(key)) for key, size in _chunks(people, seed)],
        ignore_index=True,
    )


def simulate_patients(table, amount, **options):
    """`means` of `MODEL` for each row of a table of parameters, chunk by chunk,
    with a progress bar.

    table: DataFrame, one column a parameter, as from `patients`. amount: mg, for all rows.
    options: what `means` takes. Returns a DataFrame, one row a patient. Raises as `means` does.
    """
    from joblib import delayed  # slow to load

    if not len(table):
        raise ValueError("table must have at least one row, got none")
    columns = {name: column.to_numpy() for name, column in table.items()}
    parts = [slice(start, start + CHUNK) for start in range(0, len(table), CHUNK)]
    return _spread(
        [
            delayed(means)(
                MODEL, amount, **{name: column[part] for name, column in columns.items()}, **options
            )
            for part in parts
        ]
    )


def trial(people, dose=4.5, seed=1, placebo=None, sd=None, **options):
    """A trial of `people` virtual patients in three equal groups,
    each patient as `means` finds them after 90 days.

    `ARMS`: placebo; LDN if it does nothing for pain (sensitivity 0);
    LDN if the model's hypothesis is true.
    placebo, sd: improvement on placebo and standard deviation of the change, points of 10;
    as in the model `trial_power`.
    options: what `means` takes, parameters of all patients included.
    Returns a DataFrame, one row a patient:
    arm, the means, and `change` of pain (below 0: less pain).
    Raises as `means` does, and ValueError for fewer than 6 people.
    """
    from joblib import delayed  # slow to load

    people = checks.whole("people", people, 6, 1_000_000_000)
    dose = checks.number("dose", dose, 0, LARGEST, "mg")
    usual = models.load("trial_power").values(
        **{k: v for k, v in {"placebo": placebo, "sd": sd}.items() if v is not None}
    )
    return _spread(
        [
            delayed(_trial)(key, size, dose, usual.placebo, usual.sd, options)
            for key, size in _chunks(people, seed)
        ]
    )


def compare_arms(result):
    """A trial's groups beside its placebo group: people, mean and SD of the change,
    difference with its 95% interval.

    result: from `trial`. The intervals are Welch's.
    """
    from scipy import stats  # slow to load

    groups = {arm: result.loc[result["arm"] == arm, "change"] for arm in ARMS}
    rows = []
    for arm, change in groups.items():
        low, high = stats.ttest_ind(change, groups[ARMS[0]], equal_var=False).confidence_interval(
            0.95
        )
        beside = (
            (np.nan,) * 3 if arm == ARMS[0] else (change.mean() - groups[ARMS[0]].mean(), low, high)
        )
        rows.append((len(change), change.mean(), change.std(), *beside))
    return pd.DataFrame(
        rows,
        index=pd.Index(ARMS, name="arm"),
        columns=["people", "change", "sd", "difference", "low", "high"],
    )


def sensitivity(points=256, dose=4.5, output="less_pain", seed=1, **options):
    """Sobol indices (global sensitivity, by SALib) of `output`,
    over half to double each parameter that differs between people.

    points: a power of 2; the model runs points × (parameters + 2) times.
    Returns a DataFrame, one row a parameter, largest total first:
    S1 and ST with their 95% half-widths.
    Raises ValueError for another number of points, UnknownName for another output.
    """
    from SALib.analyze import sobol as sobol_indices  # slow to load
    from SALib.sample import sobol as sobol_points

    if points not in [2**k for k in range(3, 21)]:
        raise ValueError(f"points must be a power of 2 from 8 to {2**20}, got {points!r}")
    loaded = models.load(MODEL)
    checks.known("output", output, loaded.outputs)
    names = list(loaded.module.BETWEEN_PEOPLE)
    ranges = [loaded.parameters[name] for name in names]
    problem = {
        "num_vars": len(names),
        "names": names,
        "bounds": [[max(q.low, q.value / 2), min(q.high, q.value * 2)] for q in ranges],
    }
    table = pd.DataFrame(
        sobol_points.sample(problem, points, calc_second_order=False, seed=seed), columns=names
    )
    found = simulate_patients(table, dose, **options)[output].to_numpy()
    indices = sobol_indices.analyze(problem, found, calc_second_order=False, seed=seed)
    columns = {"S1": "S1", "S1_error": "S1_conf", "ST": "ST", "ST_error": "ST_conf"}
    return pd.DataFrame(
        {name: indices[key] for name, key in columns.items()},
        index=pd.Index(names, name="parameter"),
    ).sort_values("ST", ascending=False)


def _chunks(people, seed):
    """The key of the random numbers and the number of patients of each chunk."""
    seed = checks.whole("seed", seed, 0, 2**53)
    return [
        ((seed, i), min(CHUNK, people - start)) for i, start in enumerate(range(0, people, CHUNK))
    ]


def _draw(people, rng):
    loaded = models.load(MODEL)
    known = loaded.parameters
    return pd.DataFrame(
        {
            name: log_normal(known[name], known[name].value, spread, people, rng)
            for name, spread in loaded.module.BETWEEN_PEOPLE.items()
        }
    )


def _trial(key, people, dose, placebo, sd, options):
    rng = np.random.default_rng(key)
    given = dict(_draw(people, rng).items()) | options
    arm = rng.permutation(np.arange(people) % len(ARMS))
    given["sensitivity"] = np.where(arm == 1, 0.0, given["sensitivity"])
    found = means(MODEL, np.where(arm == 0, 0.0, dose), **given)
    found.insert(0, "arm", pd.Categorical.from_codes(arm, ARMS))
    found["change"] = rng.normal(-placebo, sd, people) - found["less_pain"]
    return found


def _spread(calls):
    """The tables that joblib's delayed calls return as one,
    computed wherever its configuration says.
    """
    from joblib import Parallel  # slow to load
    from tqdm.auto import tqdm

    results = Parallel(return_as="generator")(calls)
    quiet = "TQDM_DISABLE" in os.environ  # which tqdm's own bar for notebooks does not heed
    return pd.concat(
        tqdm(results, total=len(calls), desc="virtual patients", unit="chunk", disable=quiet),
        ignore_index=True,
    )
