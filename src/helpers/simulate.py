"""Give doses to a model and sample what happens, with `scipy.integrate.solve_ivp`."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import checks, models

# Outside this range (mg) numbers lose their digits long before they mean a dose; 0 is allowed.
SMALLEST, LARGEST = 1e-9, 1e6
MOST = 100_000  # doses
EARLIEST, LATEST = 1e-9, 1e6  # in the model's unit of time


@dataclass(frozen=True)
class Doses:
    """A dosing schedule: `amounts` (mg) taken at `times`.

    times: increasing, in the model's unit of time, h for the drug models.

    Make one with `single`, `daily` or `schedule`.
    """

    times: tuple
    amounts: tuple


def schedule(times, amounts):
    """Doses of `amounts` at `times`.

    amounts: mg, each 0 or from 1e-9 to 1e6. times: each ≥ 0, strictly increasing.

    Raises ValueError for anything else, naming the entry.
    """
    times, amounts = list(times), list(amounts)
    if len(times) != len(amounts):
        raise ValueError(
            f"times and amounts must have equal length, got {len(times)} and {len(amounts)}"
        )
    times = tuple(checks.number(f"dose time [{i}]", t, 0) for i, t in enumerate(times))
    amounts = tuple(
        checks.number(f"dose amount [{i}]", a, 0, LARGEST, "mg") for i, a in enumerate(amounts)
    )
    for i, amount in enumerate(amounts):
        if 0 < amount < SMALLEST:
            raise ValueError(
                f"dose amount [{i}] must be 0 or at least {SMALLEST:g} mg, got {amount!r}"
            )
    for i, (before, after) in enumerate(zip(times, times[1:])):
        if after <= before:
            raise ValueError(
                f"dose times must increase, got {after:g} at [{i + 1}] after {before:g}"
            )
    return Doses(times, amounts)


def single(amount, at=0.0):
    """One dose of `amount` mg at time `at` (h)."""
    return schedule([at], [amount])


def daily(amount, days, every=24.0):
    """`amount` mg every `every` hours, from time 0, for `days` days (at least one dose)."""
    every = checks.number("every", every, 1e-6, unit="h")
    days = checks.number("days", days, 0, unit="days")
    if days * 24.0 / every > MOST:
        raise ValueError(
            f"days and every must make at most {MOST:,} doses, "
            f"got {days:g} days of a dose every {every:g} h"
        )
    count = max(1, int(np.ceil(days * 24.0 / every - 1e-9)))
    return schedule([i * every for i in range(count)], [amount] * count)


def simulate(model, doses, times, rtol=1e-8, **parameters):
    """Simulate `model` (a name or a `Model`) under `doses`.

    times: in the model's unit of time, shape (n,) with n ≥ 1, increasing,
    each 0 or from 1e-9 to 1e6.
    A sample at the moment of a dose is taken just after it.
    parameters: changes to the model's defaults, in the units of its parameter table.
    Returns a DataFrame indexed by time, one column a state and one an output;
    `.attrs["units"]` maps each column to its unit.
    Raises ValueError for bad times or values,
    UnknownName for a model or parameter that does not exist.
    """
    if not isinstance(model, models.Model):
        model = models.load(model)
    if not isinstance(doses, Doses):
        raise ValueError(f"doses must come from single(), daily() or schedule(), got {doses!r}")
    times = list(times) if np.iterable(times) else []
    if not times:
        raise ValueError("times must be a list of at least one time")
    times = np.array(
        [checks.number(f"time [{i}]", t, 0, LATEST, model.time) for i, t in enumerate(times)]
    )
    for i, time in enumerate(times):
        if 0 < time < EARLIEST:
            raise ValueError(f"time [{i}] must be 0 or at least {EARLIEST:g}, got {time!r}")
    if np.any(np.diff(times) <= 0):
        raise ValueError("times must increase strictly")
    rtol = checks.number("rtol", rtol, 1e-12, 0.1)
    p = model.values(**parameters)
    columns = [*model.states, *model.outputs]
    rows = np.empty((len(times), len(columns)))
    states = solve(model.module, p, doses, times, rtol)
    rows[:, : len(model.states)] = states
    rows[:, len(model.states) :] = np.column_stack(
        [np.broadcast_to(o, times.shape) for o in model.module.outputs(times, tuple(states.T), p)]
    )
    frame = pd.DataFrame(rows, index=pd.Index(times, name="time"), columns=columns)
    frame.attrs["units"] = {name: q.unit for name, q in (model.states | model.outputs).items()}
    return frame


def solve(module, p, doses, times, rtol):
    """The states at `times`, shape (n_times, n_states): LSODA, started afresh at each dose."""
    from scipy.integrate import solve_ivp  # slow to load

    state = np.array(module.initial(p), float)
    result = np.empty((len(times), len(state)))
    starts = sorted({0.0, *doses.times})
    amounts = dict(zip(doses.times, doses.amounts))
    end = times[-1]
    for start, stop in zip(starts, [*starts[1:], np.inf]):
        if start > end:
            break
        if start in amounts:
            state = np.array(module.dose(amounts[start], tuple(state), p), float)
        inside = (times >= start) & (times < stop)
        stop = min(stop, end)
        if stop == start:
            result[inside] = state
            break
        solution = solve_ivp(
            lambda t, y: module.rhs(t, y.tolist(), p),
            (start, stop),
            state,
            method="LSODA",
            rtol=rtol,
            # Relative to the state, so that small doses are solved as well as large ones.
            atol=1e-6 * rtol * max(1e-3, np.abs(state).max()),
            t_eval=np.union1d(times[inside], [stop]),
        )
        if not solution.success or not np.isfinite(solution.y).all():
            raise ArithmeticError(
                f"the solver failed between times {start:g} and {stop:g}: {solution.message}"
            )
        result[inside] = solution.y.T[np.isin(solution.t, times[inside])]
        state = solution.y[:, -1]
    return result


def check_arrays(model, parameters):
    """Raise as `Model.values` does, for parameters that are arrays:
    of numbers it looks at the ends, else at every entry.
    """
    for name, value in parameters.items():
        array = np.asarray(value)
        for one in (
            (array.min(), array.max())
            if array.size and array.dtype.kind in "iuf"
            else array.ravel().tolist()
        ):
            model.values(**{name: one})


def runge_kutta(rhs, state, p, h):
    """One step `h` of the classical Runge-Kutta rule; `state` is a tuple of arrays of equal shape.

    For models of other shapes than `helpers.population.means` is made for.
    Raises ValueError unless h is a number above 0.
    """
    h = checks.number("h", h, 1e-300)
    moved = lambda k, by: tuple(x + by * dx for x, dx in zip(state, k))
    k1 = rhs(0.0, state, p)
    k2 = rhs(0.0, moved(k1, h / 2), p)
    k3 = rhs(0.0, moved(k2, h / 2), p)
    k4 = rhs(0.0, moved(k3, h), p)
    return tuple(
        x + h / 6 * (a + 2 * b + 2 * c + d) for x, a, b, c, d in zip(state, k1, k2, k3, k4)
    )


LOOK_AFTER = 20.0  # units of time after which `to_rest` looks again what is at rest


@dataclass(frozen=True)
class End:
    """Where a simulation ended: the last state and the lowest and highest on the way,
    each a tuple of arrays of shape (n,); and which of the n are `at_rest`, shape (n,).
    """

    state: tuple
    lowest: tuple
    highest: tuple
    at_rest: np.ndarray


def to_rest(rhs, state, p, h, longest, resting):
    """Steps `h` of the classical Runge-Kutta rule until all is at rest, for n cases at once;
    a case that is at rest is left there.

    state: a tuple of arrays of shape (n,) or numbers; p: a namespace of the same.
    longest: time after which to stop anyway.
    resting: asked now and then with (state, p) of the cases that go on,
    it says of each whether it is at rest.
    Returns an `End`. Raises ValueError for a step or a time that is not a number in range.
    """
    h = checks.number("h", h, 1e-6, 1)
    steps = round(checks.number("longest", longest, h, 1e6) / h)
    n = np.broadcast(*state, *vars(p).values()).size
    found = np.empty((3, len(state), n))
    at_rest, left = np.zeros(n, bool), np.arange(n)
    low = high = state
    while steps and len(left):
        some = min(steps, round(LOOK_AFTER / h))
        steps -= some
        for _ in range(some):
            state = runge_kutta(rhs, state, p, h)
            low, high = tuple(map(np.minimum, low, state)), tuple(map(np.maximum, high, state))
        for part, values in zip(found, (state, low, high)):
            for row, value in zip(part, values):
                row[left] = value
        at_rest[left] = rests = resting(state, p)
        goes_on = lambda x, moves=~rests: x[moves] if np.ndim(x) else x
        left = goes_on(left)
        state, low, high = (tuple(map(goes_on, values)) for values in (state, low, high))
        p = SimpleNamespace(**{name: goes_on(value) for name, value in vars(p).items()})
    return End(*map(tuple, found), at_rest)
