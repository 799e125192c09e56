"""Steady states of the synovial model, all of them: by polynomials,
so that no branch can be missed.

At a steady state the calming signal follows from the inflammation p,
and p is a positive root of a polynomial of degree 7.
The other way round, each p > 0 is a steady state for exactly one amplification,
so the whole curve of steady states over the amplification (the bifurcation diagram) is drawn
by moving p: a continuation without steps to tune.
"""

import functools
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
from numpy.polynomial import Polynomial

from helpers import checks, models, population
from helpers.simulate import runge_kutta

MODEL = "synovial_cytokines"
P = Polynomial([0.0, 1.0])


@dataclass(frozen=True)
class Steady:
    """A steady state: inflammation, calming signal,
    trace and determinant of the linearised system.
    """

    pro: float
    anti: float
    trace: float
    determinant: float

    @property
    def kind(self):
        """stable, saddle (a threshold) or unstable (things turn around it)."""
        if self.determinant < 0:
            return "saddle"
        return "stable" if self.trace < 0 else "unstable"


def _parts(p):
    """Polynomials of p: D = α3² + p², and D² (1 + a²) with a at its steady value."""
    D = p.sensitivity**2 + P**2
    return D, D**2 + p.calming**2 * P**4


def _positive(polynomial):
    """Its positive real roots, ascending, each polished by Newton's rule."""
    slope, found = polynomial.deriv(), []
    for root in polynomial.roots():
        if abs(root.imag) > 1e-7 * max(1e-3, abs(root)) or root.real <= 0:
            continue
        x = root.real
        for _ in range(3):
            if slope(x):
                x -= polynomial(x) / slope(x)
        found.append(x)
    return np.sort(found)


def _describe(pro, p):
    anti = p.calming * pro**2 / (p.sensitivity**2 + pro**2)
    brake = 1 + anti**2
    produced = p.background + p.amplification * pro**2 / (1 + pro**2)
    rise = 2 * p.amplification * pro / (1 + pro**2) ** 2 / brake - p.clearance
    answer = 2 * p.calming * p.sensitivity**2 * pro / (p.sensitivity**2 + pro**2) ** 2
    damping = -2 * anti * produced / brake**2
    return Steady(pro, anti, rise - 1, -rise - answer * damping)


def steady_states(**parameters):
    """All steady states for these parameters, by rising inflammation (a list of `Steady`).

    Raises UnknownName or ValueError as `helpers.models.Model.values` does.
    """
    p = models.load(MODEL).values(**parameters)
    D, braked = _parts(p)
    polynomial = (
        p.clearance * P * braked * (1 + P**2)
        - (p.background * (1 + P**2) + p.amplification * P**2) * D**2
    )
    return [_describe(pro, p) for pro in _positive(polynomial)]


def amplification_at(pro, **parameters):
    """The amplification for which `pro` (shape (n,), above 0) is a steady state."""
    p = models.load(MODEL).values(**parameters)
    D, braked = _parts(p)
    return (p.clearance * pro * braked(pro) / D(pro) ** 2 - p.background) * (1 + pro**2) / pro**2


def branch(pro, **parameters):
    """The curve of steady states: DataFrame with amplification, pro and kind,
    in the order of `pro` (ascending).
    """
    at = amplification_at(np.asarray(pro, float), **parameters)
    rows = []
    values = vars(models.load(MODEL).values(**parameters))
    for amplification, x in zip(at, pro):
        rows.append(_describe(x, SimpleNamespace(**values | {"amplification": amplification})).kind)
    return pd.DataFrame({"amplification": at, "pro": pro, "kind": rows})


def folds(**parameters):
    """Where steady states appear or vanish: the (amplification, pro) at which the curve turns,
    by rising pro.

    The curve is a ratio of polynomials;
    its turning points are the roots of the numerator of its slope.
    """
    p = models.load(MODEL).values(**parameters)
    D, braked = _parts(p)
    above = (p.clearance * P * braked - p.background * D**2) * (1 + P**2)
    below = D**2 * P**2
    turning = _positive(above.deriv() * below - above * below.deriv())
    found = [(float(amplification_at(x, **parameters)), float(x)) for x in turning]
    return [(at, x) for at, x in found if at > 0]


def onsets(**parameters):
    """Where a steady state starts or stops to oscillate (Hopf points):
    (amplification, pro), by rising pro.
    """
    p = models.load(MODEL).values(**parameters)
    D, braked = _parts(p)
    zero_trace = 2 * (p.clearance * P * braked - p.background * D**2) - (
        1 + p.clearance
    ) * P * braked * (1 + P**2)
    values = vars(p)
    found = []
    for x in _positive(zero_trace):
        at = float(amplification_at(x, **parameters))
        if (
            at > 0
            and _describe(x, SimpleNamespace(**values | {"amplification": at})).determinant > 0
        ):
            found.append((at, float(x)))
    return found


def cycle(start=(0.05, 1.0), settle=200.0, rtol=1e-9, **parameters):
    """The lasting oscillation from `start` (anti, pro): (period, lowest, highest inflammation),
    or None if it dies out.

    The period is the mean of the last ten returns through the mean level,
    found by the solver's event detection.
    Raises ValueError if there are no two returns within `settle`.
    """
    from scipy.integrate import solve_ivp  # slow to load

    model = models.load(MODEL)
    p = model.values(**parameters)
    rhs = lambda t, y: model.module.rhs(t, (*y, 0.0), p)[:2]
    settle = checks.number("settle", settle, 1)
    calm_down = solve_ivp(rhs, (0, settle), start, method="LSODA", rtol=rtol, atol=1e-3 * rtol)
    tail = solve_ivp(
        rhs,
        (0, settle),
        calm_down.y[:, -1],
        method="LSODA",
        rtol=rtol,
        atol=1e-3 * rtol,
        max_step=0.05,
    )
    low, high = tail.y[1].min(), tail.y[1].max()
    if high - low < 1e-4 * high:
        return None
    level = (low * high) ** 0.5
    crossing = lambda t, y: y[1] - level
    crossing.direction = 1
    found = solve_ivp(
        rhs,
        (0, settle),
        calm_down.y[:, -1],
        method="LSODA",
        rtol=rtol,
        atol=1e-3 * rtol,
        events=crossing,
    )
    times = found.t_events[0][-11:]
    if len(times) < 2:
        raise ValueError(
            f"settle must be long enough for two turns of the oscillation, got {settle:g}"
        )
    return float((times[-1] - times[0]) / (len(times) - 1)), float(low), float(high)


# ---------------------------------------------------------------- virtual patients

BLOCKED = tuple(round(0.1 * i, 1) for i in range(10))
WAYS = {"blocks production": 0, "speeds up clearance": 1}
COURSES = (5.0, 20.0, 60.0)
RESPONSES = ("well, stays well", "well while treated", "still inflamed")
BEGIN, AFTER = 10.0, 60.0
WELL = 0.1


@functools.cache
def random_patients(n=400, seed=2):
    """`n` virtual patients with an inflamed joint: parameter name → values, shape (n,).

    Amplification, calming and clearance scatter log-normally around Baker's model (assumed spreads
    30%, 15% and 10%); only those with a stable inflamed state are patients,
    and they start in it (anti_start, pro_start).
    """
    rng = np.random.default_rng(seed)
    model = models.load(MODEL)
    spreads = {"amplification": (12.0, 0.3), "calming": (3.5, 0.15), "clearance": (1.25, 0.1)}
    drawn = {
        name: population.log_normal(model.parameters[name], *spread, 4 * n, rng)
        for name, spread in spreads.items()
    }
    people = []
    for i in range(4 * n):
        one = {name: float(values[i]) for name, values in drawn.items()}
        inflamed = [s for s in steady_states(**one) if s.kind == "stable" and s.pro > WELL]
        if inflamed:
            people.append(one | {"anti_start": inflamed[-1].anti, "pro_start": inflamed[-1].pro})
    if len(people) < n:
        raise ArithmeticError(f"only {len(people)} of {n} patients have lasting inflammation")
    return {name: np.array([one[name] for one in people[:n]]) for name in people[0]}


@functools.cache
def courses(n=400, seed=2, step=0.1):
    """Outcomes of treatment for all patients: array (blocked, way, course, outcome) of shares.

    Blocking a share b of production and clearing 1 / (1 - b) times as fast hold the joint at the
    same level when steady, so the two ways are compared at equal b.
    Fourth-order Runge-Kutta, step `step`.
    """
    people = random_patients(n, seed)
    model = models.load("synovial_treatment")
    grid = [(b, w, c) for b in BLOCKED for w in WAYS.values() for c in COURSES]
    spread = lambda values: np.repeat(np.array(values, float), n)
    p = vars(model.values(begin=BEGIN))
    p |= {name: np.tile(values, len(grid)) for name, values in people.items()}
    p["blocked"] = spread([b if w == 0 else 0 for b, w, c in grid])
    p["removal"] = spread([1 / (1 - b) if w == 1 else 1 for b, w, c in grid])
    p["course"] = spread([c for b, w, c in grid])
    p = SimpleNamespace(**p)
    state = tuple(np.zeros(n * len(grid)) + x for x in model.module.initial(p))
    end = BEGIN + p.course
    quiet = np.zeros(n * len(grid))
    for i in range(int((BEGIN + max(COURSES) + AFTER) / step)):
        state = runge_kutta(model.module.rhs, state, p, step)
        now = (i + 1) * step
        quiet = np.where(now <= end, state[1], quiet)  # the level when treatment ends
    well_treated, well_after = quiet < WELL, state[1] < WELL
    outcome = np.where(well_treated & well_after, 0, np.where(well_treated, 1, 2)).reshape(
        len(BLOCKED), len(WAYS), len(COURSES), n
    )
    return np.stack([(outcome == k).mean(axis=-1) for k in range(3)], axis=-1)
