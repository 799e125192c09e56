"""Give doses to a model and sample what happens, with `scipy.integrate.solve_ivp`."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import checks, models

# Outside this range (mg) numbers lose their digits long before they mean a dose; 0 is allowed.
SMALLEST, LARGEST = 1e-9, 1e6
MOST = 100_000  # doses
# In the model's unit of time: samples, and doses from one to the next (the first: from 0).
EARLIEST, LATEST = 1e-9, 1e6
SHORTEST = 1e-6
TRACE = 1e-100  # how far a state is followed of which traces matter


@dataclass(frozen=True)
class Doses:
    """A dosing schedule: `amounts` (mg) taken at `times`, as many of each, at most 100,000.

    amounts: each 0 or from 1e-9 to 1e6.
    times: in the model's unit of time, h for the drug models; each 0 or from 1e-6 to 1e6,
    and at least 1e-6 after the one before.

    `single` and `daily` make the usual ones.
    Raises ValueError for anything else, naming the entry.
    """

    times: tuple
    amounts: tuple

    def __post_init__(self):
        times = checks.several("dose times", self.times)
        amounts = checks.several("dose amounts", self.amounts)
        if len(times) != len(amounts):
            raise ValueError(
                f"times and amounts must have equal length, got {len(times)} and {len(amounts)}"
            )
        if len(times) > MOST:
            raise ValueError(f"times must be those of at most {MOST:,} doses, got {len(times):,}")
        times = [checks.number(f"dose time [{i}]", t, 0, LATEST) for i, t in enumerate(times)]
        amounts = [
            checks.number(f"dose amount [{i}]", a, 0, LARGEST, "mg") for i, a in enumerate(amounts)
        ]
        before = 0.0
        for i, time in enumerate(times):
            if i and time <= before:
                raise ValueError(
                    f"dose times must increase, got {time:g} at [{i}] after {before:g}"
                )
            # By less than this the difference of two decimal numbers is not exact.
            if time and time - before < SHORTEST - 1e-9:
                raise ValueError(
                    f"dose time [{i}] must be at least {SHORTEST:g} after {before:g}, got {time!r}"
                )
            before = time
        for i, amount in enumerate(amounts):
            if 0 < amount < SMALLEST:
                raise ValueError(
                    f"dose amount [{i}] must be 0 or at least {SMALLEST:g} mg, got {amount!r}"
                )
        # Lists and arrays are kept as tuples of numbers, though the fields are frozen.
        object.__setattr__(self, "times", tuple(times))
        object.__setattr__(self, "amounts", tuple(amounts))


def schedule(times, amounts):
    """`Doses` of `amounts` mg at `times`, two lists; raises as `Doses` does."""
    return Doses(times, amounts)


def single(amount, at=0.0):
    """One dose of `amount` mg at time `at` (h)."""
    return schedule([at], [amount])


def daily(amount, days, every=24.0):
    """`amount` mg every `every` hours (1e-6 or more), from time 0, for `days` days.

    days: 0 to 41,666; at least one dose, and at most 100,000, are made.
    Raises ValueError for anything else.
    """
    every = checks.number("every", every, SHORTEST, unit="h")
    days = checks.number("days", days, 0, LATEST // 24, unit="days")
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
    rtol: relative error allowed in each step of the solver, 1e-12 to 0.1.
    parameters: changes to the model's defaults, in the units of its parameter table.
    Returns a DataFrame indexed by time, one column a state and one an output;
    `.attrs["units"]` maps each column to its unit.
    A state within the solver's error of 0 is 0, and one that leaves its range by no more is put
    back on its edge: noise is neither shown as cells below zero nor as a tail.
    Raises ValueError for bad times or values,
    UnknownName for a model or parameter that does not exist,
    ArithmeticError if the solver fails.
    """
    model = models.load(model)
    if not isinstance(doses, Doses):
        raise ValueError(f"doses must come from single(), daily() or schedule(), got {doses!r}")
    times = checks.several("times", times)
    if not times:
        raise ValueError("times must be a list of at least one time, got none")
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
    states = _solve(model, p, doses, times, rtol)
    rows[:, : len(model.states)] = states
    rows[:, len(model.states) :] = np.column_stack(
        [np.broadcast_to(o, times.shape) for o in model.module.outputs(times, tuple(states.T), p)]
    )
    frame = pd.DataFrame(rows, index=pd.Index(times, name="time"), columns=columns)
    frame.attrs["units"] = {name: q.unit for name, q in (model.states | model.outputs).items()}
    return frame


def _solve(model, p, doses, times, rtol):
    """The states at `times`, shape (n_times, n_states): LSODA, started afresh at each dose."""
    from scipy.integrate import solve_ivp  # slow to load

    module = model.module
    state = np.array(module.initial(p), float)
    result = np.empty((len(times), len(state)))
    starts = sorted({0.0, *doses.times})
    amounts = dict(zip(doses.times, doses.amounts))
    traces = [quantity.traces for quantity in model.states.values()]
    end = times[-1]
    for start, stop in zip(starts, [*starts[1:], np.inf]):
        if start > end:
            break
        if start in amounts:
            state = np.array(module.dose(amounts[start], tuple(state), p), float)
        inside = (times >= start) & (times < stop)
        # Never less than the solver can step, where the last sample follows a dose at once.
        stop = min(stop, max(end, start + SHORTEST))
        # Relative to the state, so that small doses are solved as well as large ones.
        error = np.where(traces, TRACE, 1e-6 * rtol * max(1e-3, np.abs(state).max()))
        solution = solve_ivp(
            lambda t, y: module.rhs(t, y.tolist(), p),
            (start, stop),
            state,
            method="LSODA",
            rtol=rtol,
            atol=error,
            t_eval=np.union1d(times[inside], [start, stop]),
        )
        if not solution.success or not np.isfinite(solution.y).all():
            raise ArithmeticError(
                f"the solver failed between times {start:g} and {stop:g}: {solution.message}"
            )
        found = _without_noise(model, solution.y.T, 10 * error, rtol)
        result[inside] = found[np.isin(solution.t, times[inside])]
        state = found[-1]
    return result


def _without_noise(model, states, error, rtol):
    """The states, shape (n, states), without what the solver's error alone makes of them."""
    low, high = np.array([(q.low, q.high) for q in model.states.values()]).T
    within = np.clip(np.where(np.abs(states) <= error, 0.0, states), low, high)
    beyond = np.abs(within - states) > rtol * np.abs(states).max() + error
    if beyond.any():
        name = list(model.states)[int(np.argmax(beyond.any(axis=0)))]
        raise ArithmeticError(
            f"model {model.name!r}: state {name!r} left its range by more than the solver's error"
        )
    return within


def check_arrays(model, parameters):
    """Raise as `Model.values` does, for parameters that are arrays, name -> numbers:
    of numbers it looks at the ends, else at every entry.
    """
    model = models.load(model)
    if not isinstance(parameters, dict):
        raise ValueError(f"parameters must be a dictionary by name, got {parameters!r}")
    for name, value in parameters.items():
        try:
            array = np.asarray(value)
        except ValueError:  # lists within lists, of unequal length
            array = np.array([None])
        if not array.size:
            raise ValueError(f"parameter {name!r} must be at least one number, got {value!r}")
        numbers = array.dtype.kind in "iuf"
        for one in (array.min(), array.max()) if numbers else array.ravel().tolist():
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
