"""Virtual patients: what a hypothesis predicts for them, what trials of it would find,
and what that depends on.

`patients` are spread evenly, so that means over them say what the hypothesis predicts, with little
noise; `trial` draws people at random, as a real trial does.

Chunks of patients run one after the other, or wherever joblib is told to run them;
the call stays the same:

    with joblib.parallel_config(n_jobs=2): ...
    with joblib.parallel_config(backend="dask"): ...

Random numbers belong to the chunk, not to the process, so that the numbers are the same everywhere.
"""

import os
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import checks, models
from helpers.analysis import trial_power
from helpers.models import naltrexone, virtual_patient
from helpers.population import log_normal_at, means
from helpers.simulate import LARGEST

EVEN = 256  # patients spread evenly together; sets of them differ as chance lets them
CHUNK = 8 * EVEN  # the arrays of one step then stay in the processor's cache
MODEL = "virtual_patient"
ARMS = ("placebo", "LDN without effect", "LDN as supposed")
# What is not known of the patients: name → arguments of `patients`. EC50: what the scans leave,
# their hour open (`fits.region`).
SUPPOSITIONS = {
    "as supposed": {},
    "clearance 140 L/h": naltrexone.SCENARIOS["Clearance 140 L/h (Dunbar 2007)"],
    "clearance 211 L/h": naltrexone.SCENARIOS["Clearance 211 L/h (Licko 1981)"],
    "EC50 0.05 ng/mL": {"EC50": 0.05},
    "EC50 1.8 ng/mL": {"EC50": 1.8},
    "people differ more": {"spreads": virtual_patient.FROM_SCANS},
    "6β-naltrexol counts": {"potency": 1.0},
    "one site": {"one_site": 1.0},
}


def patients(people, seed=1, spreads=None, **middles):
    """Virtual patients of `MODEL`: a DataFrame of `people` rows,
    one column a parameter that differs between people or is given.

    Log-normal around the model's default, or the median in `middles`, with the model's
    `BETWEEN_PEOPLE`, or the standard deviation of the log in `spreads` (name → number),
    within the parameter's range. A given parameter that is not among those is the same for all.
    The patients are not drawn at random but spread evenly (scrambled Sobol points, `EVEN` at a
    time), so that their means hardly depend on the seed.
    Raises ValueError for a number of people or a seed that is not a whole number in range,
    for a median or spread out of range (a median of 0 has no logarithm) and for spreads that are
    no dict; UnknownName for the name of no such parameter.
    """
    if not isinstance(spreads, dict | None):
        raise ValueError(f"spreads must be a dict of name → number, got {spreads!r}")
    people = checks.whole("people", people, 1, 1_000_000_000)
    shares = [_even(size, np.random.default_rng(key)) for key, size in _chunks(people, seed)]
    return pd.DataFrame(_people(np.concatenate(shares), spreads or {}, middles))


def summary(found):
    """What a hypothesis predicts, and how far other patients would move that.

    found: from `simulate_patients` on `patients`, at least two times `EVEN` of them.
    Returns a Series: benefit (mean relief, points of 10), worse (share in whom pain gets worse),
    spread (standard deviation of relief between people), and people (randomised to LDN or placebo
    to find the difference with 80% power, with `sd` and `dropout` of the model `trial_power`);
    benefit_error and worse_error, 95% half-widths, and people_low and people_high (infinite where
    nothing can be found), from the differences between the sets of `EVEN` patients.
    """
    from scipy import stats  # slow to load

    relief = _columns("found", found, "less_pain")["less_pain"].to_numpy()
    count = len(relief) // EVEN
    if count < 2 or len(relief) % EVEN:
        raise ValueError(f"found must have 2 or more times {EVEN} rows, got {len(relief)}")
    sets = relief.reshape(count, EVEN)
    reach = stats.t.isf(0.025, count - 1) / np.sqrt(count)
    benefit, worse, spread = relief.mean(), (relief < 0).mean(), relief.std(ddof=1)
    error = reach * sets.mean(axis=1).std(ddof=1)
    # Rule of three: sets that agree, as where nobody gets worse, still leave 3 in all of them.
    unseen = 3 / len(relief)
    usual = models.load("trial_power").values()
    sd = _pooled(usual.sd, spread)
    needed = lambda effect: (
        trial_power.people_needed("parallel", effect, sd, dropout=usual.dropout)
        if effect > 1e-6
        else np.inf
    )
    return pd.Series(
        {
            "benefit": benefit,
            "benefit_error": error,
            "worse": worse,
            "worse_error": max(unseen, reach * (sets < 0).mean(axis=1).std(ddof=1)),
            "spread": spread,
            "people": needed(abs(benefit)),
            "people_low": needed(abs(benefit) + error),
            "people_high": needed(abs(benefit) - error),
        }
    )


def results(found, sizes):
    """What trials of LDN against placebo would find: a DataFrame, one row a size and arm.

    found: from `simulate_patients`. sizes: people randomised, each from 10 to a million.
    For LDN without effect and as supposed: middle, low and high, within which 95% of trials find
    the difference (change of pain beyond placebo, below 0: less pain), and power.
    No trial is played: means of so many people are as good as normally distributed.
    """
    usual = models.load("trial_power").values()
    supposed = _columns("found", found, "less_pain")["less_pain"].to_numpy()
    rows = []
    for people in checks.numbers_of("sizes", "sizes", sizes, 10, 1e6):
        for arm, relief in zip(ARMS[1:], (np.zeros(1), supposed)):
            sd = _pooled(usual.sd, relief.std())
            reach = 1.96 * sd * np.sqrt(4 / (people * (1 - usual.dropout)))
            power = trial_power.power(
                "parallel", people, max(abs(relief.mean()), 1e-6), sd, dropout=usual.dropout
            )
            middle = 0.0 - relief.mean()
            rows.append((people, arm, middle, middle - reach, middle + reach, power))
    return pd.DataFrame(rows, columns=["people", "arm", "middle", "low", "high", "power"])


def on_day_four(table, hour=4.0):
    """The receptors blocked in patients on the fourth day of 50 mg a day, what
    Weerts2008differences measured: a DataFrame of shares mu and delta, one row a patient.

    table: from `patients`, or any with the columns ED50 (mg) and retention (h).
    hour: of the scan after the dose, 0 to 24; the paper's abstract does not say.
    """
    hour = checks.number("hour", hour, 0, 24, "h")
    table = _columns("table", table, "ED50", "retention")
    model = models.load("receptor_occupancy")
    p = SimpleNamespace(
        **vars(model.values()) | {n: table[n].to_numpy() for n in ("ED50", "retention")}
    )
    retained = sum(50 * 2 ** (-(24 * day + hour) / p.retention) for day in range(4))
    state = [retained if name == "retained" else 0.0 for name in model.states]
    blocked = dict(zip(model.outputs, model.module.outputs(72 + hour, state, p)))
    return pd.DataFrame({name: blocked[f"{name}_retained"] for name in ("mu", "delta")})


def simulate_patients(table, amount, **options):
    """`means` of `MODEL` for each row of a table of parameters, chunk by chunk,
    with a progress bar.

    table: DataFrame, one column a parameter, as from `patients`. amount: mg, for all rows.
    options: what `means` takes. Returns a DataFrame, one row a patient. Raises as `means` does.
    """
    from joblib import delayed  # slow to load

    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table must be a DataFrame, got {table!r}")
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

    result = _columns("result", result, "change", others=("arm",))
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


def varied(points=256, dose=4.5, seed=1, **options):
    """`means` of `MODEL` over half to double each parameter that differs between people,
    all at once and evenly: a DataFrame of points × (parameters + 2) rows, made for `sensitivity`.

    points: a power of 2. options: what `means` takes.
    Raises ValueError for another number of points.
    """
    from SALib.sample import sobol as sobol_points  # slow to load

    dose = checks.number("dose", dose, 0, LARGEST, "mg")
    if isinstance(points, np.ndarray) or points not in [2**k for k in range(3, 21)]:
        raise ValueError(f"points must be a power of 2 from 8 to {2**20}, got {points!r}")
    seed, problem = checks.whole("seed", seed, 0, 2**32 - 1), _problem()
    table = pd.DataFrame(
        sobol_points.sample(problem, points, calc_second_order=False, seed=seed),
        columns=problem["names"],
    )
    return simulate_patients(table, dose, **options)


def sensitivity(points=256, dose=4.5, output="less_pain", seed=1, runs=None, **options):
    """Sobol indices (global sensitivity, by SALib) of `output` over what `varied` varies.

    runs: what `varied` returned for the same arguments, where that is at hand.
    Returns a DataFrame, one row a parameter, largest total first:
    S1 and ST with their 95% half-widths.
    Raises as `varied` does, UnknownName for another output,
    ValueError for another number of runs than belong to `points`.
    """
    from SALib.analyze import sobol as sobol_indices  # slow to load

    checks.known("output", output, models.load(MODEL).outputs)
    seed = checks.whole("seed", seed, 0, 2**32 - 1)
    problem = _problem()
    names = problem["names"]
    runs = varied(points, dose, seed, **options) if runs is None else runs
    runs = _columns("runs", runs, output)
    if len(runs) != points * (len(names) + 2):
        raise ValueError(f"runs must have {points} × {len(names) + 2} rows, got {len(runs)}")
    indices = sobol_indices.analyze(
        problem, runs[output].to_numpy(), calc_second_order=False, seed=seed
    )
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


def _even(people, rng):
    """Shares from 0 to 1 for so many people, one column a parameter that differs between them;
    each set of `EVEN` fills the space evenly.
    """
    from scipy.stats import qmc  # slow to load

    differ = len(virtual_patient.BETWEEN_PEOPLE)
    sets = [qmc.Sobol(differ, seed=rng).random(EVEN) for _ in range(-(-people // EVEN))]
    return np.concatenate(sets)[:people]


def _people(shares, spreads, middles):
    """The parameters at those shares: name → values, or the number that all have."""
    known = models.load(MODEL).parameters
    usual = virtual_patient.BETWEEN_PEOPLE
    for name in spreads:
        checks.known("parameter that differs between people", name, usual)
    models.load(MODEL).values(**middles)
    drawn = {
        name: log_normal_at(
            known[name],
            middles.get(name, known[name].value),
            spreads.get(name, spread),
            shares[:, i],
        )
        for i, (name, spread) in enumerate(usual.items())
    }
    return {name: value for name, value in middles.items() if name not in usual} | drawn


def _columns(argument, table, *numbers, others=()):
    """Return a table that has these columns of finite numbers, and the others."""
    names = [*numbers, *others]
    if (
        not isinstance(table, pd.DataFrame)
        or not {*names} <= {*table}
        or not len(table)
        or not np.isfinite(table[list(numbers)].to_numpy(float)).all()
    ):
        raise ValueError(
            f"{argument} must be a DataFrame with rows and the columns {', '.join(names)}, "
            f"all numbers finite, got {table!r}"
        )
    return table


def _pooled(sd, spread):
    """The standard deviation of the change in both groups of a trial,
    if relief adds its `spread` to it in one of them.
    """
    return np.sqrt(sd**2 + spread**2 / 2)


def _problem():
    """What SALib asks for: the parameters that differ, and half to double their defaults."""
    known = models.load(MODEL).parameters
    names = list(virtual_patient.BETWEEN_PEOPLE)
    return {
        "num_vars": len(names),
        "names": names,
        "bounds": [
            [max(q.low, q.value / 2), min(q.high, q.value * 2)] for q in map(known.get, names)
        ],
    }


def _trial(key, people, dose, placebo, sd, options):
    rng = np.random.default_rng(key)
    shares = rng.random((people, len(virtual_patient.BETWEEN_PEOPLE)))
    given = _people(shares, {}, {}) | options
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
