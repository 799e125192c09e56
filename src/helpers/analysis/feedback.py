"""The opioid rebound: the signal's mean over a day under the `opioid_feedback` model.

Over doses (a dose–response curve), premises and random parameter sets; and, for the theorem of
chapter 3, under blockade that is switched between levels, where the mean is exact.
"""

import numpy as np
import pandas as pd

from helpers import checks, population

# Premises under which the mean may exceed 1; each changes the defaults of the model.
PREMISES = {
    "one site, a few hours": {"half_life_sensor": 4.0, "half_life_effector": 4.0},
    "two sites": {"half_life_effector": 4.0},
    "two sites, gain 3": {"half_life_effector": 4.0, "gain": 3.0},
    # In blood 6β-naltrexol, which acts outside the brain, halves so slowly
    # (PainMed2011naltrexol).
    "two sites, 11 hours": {"half_life_effector": 11.1},
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
    """Mean signal for each of `PREMISES`: DataFrame, index dose (mg), one column a premise.

    Raises as `mean_signal` does.
    """
    doses = checks.several("doses", doses)
    return pd.DataFrame(
        {name: mean_signal(doses, **p) for name, p in PREMISES.items()},
        index=pd.Index(doses, name="dose_mg"),
    )


def one_site(doses, n, seed=1):
    """Mean signal for `n` random parameter sets with one site and feedback both ways.

    Gain is drawn evenly, times evenly on a logarithmic scale,
    over the ranges of the chapter's control.
    Returns a DataFrame, index dose (mg), one column a set.
    Raises ValueError for an n or a seed that is not a whole number in range.
    """
    doses = checks.several("doses", doses)
    n, seed = checks.whole("n", n, 1, 1_000_000), checks.whole("seed", seed, 0, 2**53)
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


def switched(gain, memory, pieces):
    """One site, linear feedback, and blockade that jumps between levels, over and over.

    gain: at least 0, also beyond the range of `opioid_feedback`. memory: of the sensor.
    pieces: (share blocked, duration) in their order. Times are in units of the mean life of the
    body's opioids, 1/k. Once the cycles repeat, the model is linear within a piece, so that matrix
    exponentials solve it exactly.
    Returns (mean signal, mean of opioid level × blocked, lowest opioid level), the lowest of 200
    samples a piece. Raises ValueError for values out of range, ArithmeticError if the cycles do not
    come to repeat.
    """
    from scipy.linalg import expm  # slow to load

    gain, memory = checks.number("gain", gain, 0, 1000), checks.number("memory", memory, 1e-3, 1e3)
    rates, spans = [], []
    for i, piece in enumerate(checks.several("pieces", pieces)):
        share, span = _pair(i, piece)
        share = checks.number(f"share blocked [{i}]", share, 0, 1)
        spans.append(checks.number(f"duration [{i}]", span, 1e-3, 1e3))
        # Opioid level, remembered shortfall, 1, and the integrals of signal and of level × blocked.
        rate = np.zeros((5, 5))
        rate[0, :3] = -1, gain, 1
        rate[1, :3] = -(1 - share) / memory, -1 / memory, 1 / memory
        rate[3, 0], rate[4, 0] = 1 - share, share
        rates.append(rate)
    if not rates:
        raise ValueError(f"pieces must be a list of at least one piece, got {pieces!r}")
    cycle = np.eye(5)
    for rate, span in zip(rates, spans):
        cycle = expm(rate * span) @ cycle
    if not np.isfinite(cycle).all() or np.abs(np.linalg.eigvals(cycle[:2, :2])).max() >= 1:
        raise ArithmeticError(f"with gain {gain:g} the cycles grow and do not come to repeat")
    start = np.linalg.solve(np.eye(2) - cycle[:2, :2], cycle[:2, 2])
    state, lowest = np.array([*start, 1.0, 0.0, 0.0]), start[0]
    for rate, span in zip(rates, spans):
        step = expm(rate * span / 200)
        for _ in range(200):
            state = step @ state
            lowest = min(lowest, state[0])
    signal, taken = state[3:] / sum(spans)
    return float(signal), float(taken), float(lowest)


def _pair(i, piece):
    if not isinstance(piece, (list, tuple)) or len(piece) != 2:
        raise ValueError(f"pieces [{i}] must be (share blocked, duration), got {piece!r}")
    return piece


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
