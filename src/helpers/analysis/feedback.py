"""The opioid rebound: the signal's mean over a day under the `opioid_feedback` model.

Over doses (a dose–response curve), premises and random parameter sets.
"""

import numpy as np
import pandas as pd

from helpers import checks, population

# Premises under which the mean may exceed 1; each changes the defaults of the model.
PREMISES = {
    "one site, a few hours": {"half_life_sensor": 4.0, "half_life_effector": 4.0},
    "two sites": {"half_life_effector": 4.0},
    "two sites, gain 3": {"half_life_effector": 4.0, "gain": 3.0},
    "only upwards, slow opioids": {
        "half_life_sensor": 4.0,
        "half_life_effector": 4.0,
        "symmetry": 0.0,
        "gain": 5.0,
        "memory": 2.0,
        "turnover": 15.0,
    },
}


def mean_signal(doses, days=28, **parameters):
    """Mean signal over the last day of daily `doses` (mg, shape (n,));
    parameters as arrays of shape (n,) or numbers.

    Returns shape (n,), relative to no drug. Raises as `helpers.population.means` does.
    """
    return population.means("opioid_feedback", doses, days=days, over=1, **parameters)[
        "signal"
    ].to_numpy()


def premises(doses):
    """Mean signal for each of `PREMISES`: DataFrame, index dose (mg), one column a premise."""
    return pd.DataFrame(
        {name: mean_signal(doses, **p) for name, p in PREMISES.items()},
        index=pd.Index(doses, name="dose_mg"),
    )


def one_site(doses, n, seed=1):
    """Mean signal for `n` random parameter sets with one site and feedback both ways.

    Gain is drawn evenly, times evenly on a logarithmic scale,
    over the ranges of the chapter's control.
    Returns a DataFrame, index dose (mg), one column a set.
    """
    rng = np.random.default_rng(seed)
    log_uniform = lambda low, high: np.exp(rng.uniform(np.log(low), np.log(high), n))
    half_life = log_uniform(1, 100)
    sets = {
        "gain": rng.uniform(0, 5, n),
        "memory": log_uniform(1, 100),
        "turnover": log_uniform(0.3, 24),
        "half_life_sensor": half_life,
        "half_life_effector": half_life,
    }
    repeated = {name: np.repeat(values, len(doses)) for name, values in sets.items()}
    mean = mean_signal(np.tile(doses, n), **repeated).reshape(n, len(doses))
    return pd.DataFrame(mean.T, index=pd.Index(doses, name="dose_mg"))


def gain_from_rise(rise, blocked):
    """The gain at which steady blockade of a share `blocked` multiplies the opioid level by `rise`.

    Under constant blockade the level settles at (1 + g) / (1 + g (1 - blocked)).
    Raises ValueError unless 1 ≤ rise < 1 / (1 - blocked), which no gain can exceed.
    """
    blocked = checks.number("blocked", blocked, 0, 1)
    rise = checks.number("rise", rise, 1)
    if rise * (1 - blocked) >= 1:
        raise ValueError(
            f"rise must be below 1 / (1 - blocked) = {1 / (1 - blocked):g}, got {rise:g}"
        )
    return (rise - 1) / (1 - rise * (1 - blocked))
