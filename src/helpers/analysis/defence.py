"""How much damping helps and how much harms: dose–response of the `inflammation_defence` model.

Many parameter sets are computed at once.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import checks, models
from helpers.simulate import check_arrays, runge_kutta

# Below this signal the joint counts as healthy. Germs that once fall below this count as cleared,
# though in the equations, which know no last germ, they may grow again.
HEALTHY, CLEAR = 0.1, 1e-3
DAMPINGS = np.round(np.arange(0, 0.951, 0.05), 2)
INVENTED = ("provocation", "germ_half", "growth", "killing", "signal_half", "other_killing")


def outcome(damping, late=False, settle=60.0, until=120.0, step=0.1, ill=True, **parameters):
    """Signal and germs after an infection under damping, for arrays of equal shape (n,) or numbers.

    First the joint settles for `settle` without drug from an inflamed (`ill`) or a calm start.
    Then the drug starts and germs arrive, together or (`late`) only after another `settle` on the
    drug; then `until` passes.
    Times are in lifetimes of the cytokines; `step` is the Runge-Kutta step.
    `ill` sets where the joint starts, and the drug is off at first,
    so start_inflaming and start_calming cannot be given.
    Returns a DataFrame: before (inflaming cytokines without drug), signal (at the end), fewest,
    most and left: germs over time and at the end.
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
    steps = {
        name: range(round(checks.number(name, time, step, 1e6) / step))
        for name, time in (("settle", settle), ("until", until))
    }
    damping = np.atleast_1d(np.asarray(damping, float))
    p = SimpleNamespace(
        **vars(model.values()) | {name: np.asarray(v, float) for name, v in parameters.items()}
    )
    n = np.broadcast_shapes(damping.shape, *(np.shape(v) for v in parameters.values()))
    p.damping = 0.0
    loss, p.calming_loss = p.calming_loss, 0.0
    state = tuple(np.full(n, x) for x in ((1.0, 1.0, 0.0) if ill else (0.02, 0.0, 0.0)))
    for _ in steps["settle"]:
        state = runge_kutta(model.module.rhs, state, p, step)
    before = state[0].copy()
    p.damping, p.calming_loss = damping, loss
    for _ in steps["settle"] if late else ():
        state = runge_kutta(model.module.rhs, state, p, step)
    state = (state[0], state[1], np.full(n, p.start_germ))
    fewest, most = state[2], state[2]
    for _ in steps["until"]:
        state = runge_kutta(model.module.rhs, state, p, step)
        fewest, most = np.minimum(fewest, state[2]), np.maximum(most, state[2])
    return pd.DataFrame(
        {
            "before": before,
            "signal": (1 - damping) * state[0],
            "fewest": fewest,
            "most": most,
            "left": state[2],
        }
    )


def random_windows(late=False, n=150, seed=3):
    """For `n` random parameter sets: the damping that heals, the damping at which germs stay,
    and the window between.

    `feedback` is drawn evenly from 8 to 20, each invented number evenly on a logarithmic scale from
    two thirds to one and a half of its default.
    Sets that are not inflamed, or that do not clear the germs without drug, are left out.
    Returns a DataFrame, one row a set: heals (smallest damping of `DAMPINGS` that ends healthy,
    NaN if none), clears (largest that still clears, all smaller ones included),
    width (from the one to the other, in steps of the grid; 0 if there is none), blocked_clears.
    """
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
        **{name: np.repeat(v, len(DAMPINGS)) for name, v in sets.items()},
    )
    shape = (n, len(DAMPINGS))
    healthy, clear = (
        (found[c].to_numpy() < limit).reshape(shape)
        for c, limit in (("signal", HEALTHY), ("fewest", CLEAR))
    )
    inflamed = found["before"].to_numpy().reshape(shape)[:, 0] > HEALTHY
    rows = []
    for h, c in zip(healthy[inflamed & clear[:, 0]], clear[inflamed & clear[:, 0]]):
        upto = int(np.argmin(c)) if not c.all() else len(c)
        both = np.flatnonzero(h[:upto])
        step = DAMPINGS[1] - DAMPINGS[0]
        rows.append(
            {
                "heals": DAMPINGS[np.argmax(h)] if h.any() else np.nan,
                "clears": DAMPINGS[upto - 1],
                "width": step * len(both),
                "blocked_clears": c[-1],
            }
        )
    return pd.DataFrame(rows)
