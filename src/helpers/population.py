"""Many parameter sets at once: the model's own `rhs` on numpy arrays, stepped together."""

from types import SimpleNamespace

import numpy as np

from helpers import checks, models


def last_day(model, amount, hours=(0.0,), days=28, step=0.25, **parameters):
    """The last of `days` days of the same daily doses, for all parameter sets together.

    amount: mg at each of `hours` (0 ≤ h < 24, increasing) of each day; a number or shape (n,).
    step: longest step (h) of the fourth-order Runge-Kutta rule; choose it well below the fastest half-life.
    parameters: arrays of shape (n,) or numbers; the others keep their defaults.
    Returns (t, outputs): t of shape (m,), hours of that day; outputs name → shape (m, n). Moments of a dose
    appear twice, before and after it, so that integrals over t are right.
    Raises UnknownName or ValueError for names or values outside the model's ranges.
    """
    model = models.load(model) if isinstance(model, str) else model
    n = np.broadcast_shapes((1,), np.shape(amount), *(np.shape(v) for v in parameters.values()))[0]
    amount = np.array([checks.number("amount", a, 0, unit="mg") for a in np.atleast_1d(amount)])
    hours = [checks.number(f"hour [{i}]", h, 0, 24 - 1e-9, "h") for i, h in enumerate(hours)]
    if sorted(set(hours)) != hours:
        raise ValueError(f"hours must increase strictly, got {hours}")
    for name, value in parameters.items():
        for extreme in (np.min(value), np.max(value)):
            model.values(**{name: extreme})
    p = SimpleNamespace(**vars(model.values()) | {name: np.asarray(v, float) for name, v in parameters.items()})
    module = model.module
    state = tuple(np.zeros(n) + x for x in module.initial(p))
    stops = sorted({0.0, *hours, 24.0})
    times, kept = [], []
    for day in range(int(days)):
        for start, stop in zip(stops, stops[1:]):
            if start in hours:
                state = module.dose(amount, state, p)
            count = int(np.ceil((stop - start) / step - 1e-9))
            h = (stop - start) / count
            for i in range(count + 1):
                if day == days - 1:
                    times.append(start + i * h)
                    kept.append(np.array(np.broadcast_arrays(*module.outputs(0.0, state, p))))
                if i < count:
                    state = runge_kutta(module.rhs, state, p, h)
    return np.array(times), dict(zip(model.outputs, np.stack(kept, axis=1)))


def runge_kutta(rhs, state, p, h):
    """One step of the classical Runge-Kutta rule."""
    moved = lambda k, by: tuple(x + by * dx for x, dx in zip(state, k))
    k1 = rhs(0.0, state, p)
    k2 = rhs(0.0, moved(k1, h / 2), p)
    k3 = rhs(0.0, moved(k2, h / 2), p)
    k4 = rhs(0.0, moved(k3, h), p)
    return tuple(x + h / 6 * (a + 2 * b + 2 * c + d) for x, a, b, c, d in zip(state, k1, k2, k3, k4))
