"""How much damping helps and how much harms: dose–response of the `inflammation_defence` model.

Many parameter sets are computed at once.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import checks, models
from helpers.simulate import check_arrays, to_rest

# Below this signal the joint counts as healthy. Germs that once fall below this count as cleared,
# though in the equations, which know no last germ, they may grow again.
HEALTHY, CLEAR = 0.1, 1e-3
DAMPINGS = np.round(np.arange(0, 0.951, 0.05), 2)
INVENTED = ("provocation", "germ_half", "growth", "killing", "signal_half", "other_killing")


def outcome(damping, late=False, settle=2000.0, until=2000.0, step=0.1, ill=True, **parameters):
    """Signal and germs after an infection under damping, for arrays of equal shape (n,) or numbers.

    First the joint comes to rest without drug, from an inflamed (`ill`) or a calm start.
    Then the drug starts and germs arrive, together or (`late`) only when the joint has come to
    rest on the drug; then all comes to rest again.
    settle, until: the longest to wait for that, before and after the germs arrive, in lifetimes of
    the cytokines; `step` is the Runge-Kutta step.
    `ill` sets where the joint starts, and the drug is off at first,
    so start_inflaming and start_calming cannot be given.
    Returns a DataFrame: before (inflaming cytokines without drug), signal (at the end), fewest,
    most and left: germs over time and at the end; settled: whether all came to rest each time,
    so that before, signal and left last.
    Raises UnknownName or ValueError for names or values outside the model's ranges.
    """
    model = models.load("inflammation_defence")
    for name in ("start_inflaming", "start_calming"):
        if name in parameters:
            raise ValueError(
                f"{name} cannot be given, ill sets the start; got {parameters[name]!r}"
            )
    check_arrays(model, parameters | {"damping": damping})
    step = checks.number("step", step, 1e-6, 1)
    settle = checks.number("settle", settle, step, 1e6)
    until = checks.number("until", until, step, 1e6)
    names = ["damping", *parameters]
    arrays = np.broadcast_arrays(np.atleast_1d(damping), *parameters.values())
    given = {name: np.array(values, float) for name, values in zip(names, arrays)}
    drug = SimpleNamespace(**vars(model.values()) | given)
    no_drug = SimpleNamespace(**vars(drug) | {"damping": 0.0, "calming_loss": 0.0})
    rest = lambda state, p, longest: to_rest(model.module.rhs, state, p, step, longest, _resting)
    start = (1.0, 1.0, 0.0) if ill else (0.02, 0.0, 0.0)
    first = rest(tuple(np.full(arrays[0].shape, x) for x in start), no_drug, settle)
    ready = rest(first.state, drug, settle) if late else first
    inflaming, calming, _ = ready.state
    end = rest((inflaming, calming, drug.start_germ + 0 * calming), drug, until)
    return pd.DataFrame(
        {
            "before": first.state[0],
            "signal": (1 - drug.damping) * end.state[0],
            "fewest": end.lowest[2],
            "most": end.highest[2],
            "left": end.state[2],
            "settled": first.at_rest & ready.at_rest & end.at_rest,
        }
    )


def _resting(state, p):
    """Which joints are at rest: each number changes by less than a millionth of itself in a
    lifetime of the cytokines, or vanishes.
    """
    rates = models.load("inflammation_defence").module.rhs(0.0, state, p)
    return np.all(
        [
            (np.abs(rate) < 1e-6 * value) | ((rate <= 0) & (value < 1e-12))
            for rate, value in zip(rates, state)
        ],
        axis=0,
    )


def random_windows(late=False, n=150, seed=3, settle=2000.0, until=2000.0):
    """For `n` random parameter sets: the damping that heals, the damping at which germs stay,
    and the window between.

    `feedback` is drawn evenly from 8 to 20, each invented number evenly on a logarithmic scale from
    two thirds to one and a half of its default.
    Sets that are not inflamed, or that do not clear the germs without drug, are left out.
    Healed is a joint that comes to rest below `HEALTHY`, not one that goes on swinging;
    settle and until as in `outcome`.
    Returns a DataFrame, one row a set: heals (smallest damping of `DAMPINGS` that heals,
    NaN if none), clears (largest that still clears, all smaller ones included),
    width (from the one to the other, in steps of the grid; 0 if there is none), blocked_clears,
    swings (whether some damping leaves it without rest).
    """
    n, seed = checks.whole("n", n, 1, 1_000_000), checks.whole("seed", seed, 0, 2**53)
    rng = np.random.default_rng(seed)
    defaults = models.load("inflammation_defence").parameters
    sets = {
        name: defaults[name].value * np.exp(rng.uniform(-np.log(1.5), np.log(1.5), n))
        for name in INVENTED
    }
    sets["feedback"] = rng.uniform(8, 20, n)
    found = outcome(
        np.tile(DAMPINGS, n),
        late,
        settle,
        until,
        **{name: np.repeat(v, len(DAMPINGS)) for name, v in sets.items()},
    )
    shape = (n, len(DAMPINGS))
    settled = found["settled"].to_numpy().reshape(shape)
    healthy = settled & (found["signal"].to_numpy() < HEALTHY).reshape(shape)
    clear = (found["fewest"].to_numpy() < CLEAR).reshape(shape)
    inflamed = found["before"].to_numpy().reshape(shape)[:, 0] > HEALTHY
    rows = []
    kept = inflamed & clear[:, 0]
    for h, c, rests in zip(healthy[kept], clear[kept], settled[kept]):
        upto = int(np.argmin(c)) if not c.all() else len(c)
        both = np.flatnonzero(h[:upto])
        step = DAMPINGS[1] - DAMPINGS[0]
        rows.append(
            {
                "heals": DAMPINGS[np.argmax(h)] if h.any() else np.nan,
                "clears": DAMPINGS[upto - 1],
                "width": step * len(both),
                "blocked_clears": c[-1],
                "swings": not rests.all(),
            }
        )
    return pd.DataFrame(rows)
