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
from helpers.simulate import runge_kutta, to_rest

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


def _rise(anti, pro, p):
    """How much faster inflammation grows, for each unit more of it."""
    return 2 * p.amplification * pro / (1 + pro**2) ** 2 / (1 + anti**2) - p.clearance


def _describe(pro, p):
    anti = p.calming * pro**2 / (p.sensitivity**2 + pro**2)
    brake = 1 + anti**2
    produced = p.background + p.amplification * pro**2 / (1 + pro**2)
    rise = _rise(anti, pro, p)
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
    """The amplification for which `pro` (a number or shape (n,), above 0) is a steady state.

    Raises UnknownName or ValueError for other parameters or numbers.
    """
    for number in np.ravel(pro).tolist():
        checks.number("pro", number, 1e-100, 1e30)
    pro = np.asarray(pro, float)
    p = models.load(MODEL).values(**parameters)
    D, braked = _parts(p)
    return (p.clearance * pro * braked(pro) / D(pro) ** 2 - p.background) * (1 + pro**2) / pro**2


def branch(pro, **parameters):
    """The curve of steady states: DataFrame with amplification, pro and kind,
    in the order of `pro` (ascending).
    """
    pro = checks.several("pro", pro)
    at = amplification_at(pro, **parameters)
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


@dataclass(frozen=True)
class Cycle:
    """A lasting oscillation: its period, its lowest, highest and mean inflammation,
    and its multiplier, the share of a small disturbance that is left after one turn.
    """

    period: float
    lowest: float
    highest: float
    mean: float
    multiplier: float


def cycle(settle=5000.0, rtol=1e-9, **parameters):
    """The lasting oscillation that the model reaches from its start, or None if it comes to rest.

    rtol: accuracy of the solver. The oscillation is followed until all turns still to come would
    move neither its highest nor its lowest inflammation by more than a millionth of the distance
    between the two, or ten times rtol if that is more.
    A turn leaves the share exp(∮ trace dt) of what is still to come (Liouville's formula).
    Raises ValueError for ageing above 0, under which nothing lasts,
    and if to settle takes longer than `settle`, in the model's unit of time.
    """
    from scipy.integrate import solve_ivp  # slow to load

    model = models.load(MODEL)
    p = model.values(**parameters)
    if p.ageing:
        raise ValueError(f"ageing must be 0 for an oscillation to last, got {p.ageing!r}")
    settle = checks.number("settle", settle, 1, 1e6)
    rtol = checks.number("rtol", rtol, 1e-12, 0.1)
    calm = [state for state in steady_states(**parameters) if state.kind == "stable"]

    def rhs(t, y):  # with the integrals of inflammation and of the trace
        anti, pro, *_ = y.tolist()
        d_anti, d_pro, _ = model.module.rhs(t, (anti, pro, 0.0), p)
        return d_anti, d_pro, pro, _rise(anti, pro, p) - 1

    turns = [lambda t, y: rhs(t, y)[1], lambda t, y: rhs(t, y)[1]]
    turns[0].direction, turns[1].direction = -1, 1  # at the highest, and at the lowest
    now, state = 0.0, np.array([p.anti_start, p.pro_start, 0.0, 0.0])
    tops, bottoms = np.empty((0, 5)), np.empty((0, 5))  # time and state
    while now < settle:
        run = solve_ivp(
            rhs,
            (now, min(now + 50, settle)),
            state,
            method="DOP853",
            rtol=rtol,
            atol=1e-3 * rtol,
            events=turns,
        )
        now, state = run.t[-1], run.y[:, -1]
        tops, bottoms = (
            np.vstack([before[-3:], *(np.append(t, y) for t, y in zip(times, states))])
            for before, times, states in zip((tops, bottoms), run.t_events, run.y_events)
        )
        if any(abs(state[:2] / (rest.anti, rest.pro) - 1).max() < 1e-4 for rest in calm):
            return None
        if len(tops) < 2 or len(bottoms) < 2:
            continue
        period, _, _, area, trace = tops[-1] - tops[-2]
        highest, lowest = tops[-1, 2], bottoms[-1, 2]
        multiplier = np.exp(trace)
        last = max(abs(highest - tops[-2, 2]), abs(lowest - bottoms[-2, 2]))
        to_come = last * multiplier / (1 - multiplier) if multiplier < 1 else np.inf
        if to_come <= max(1e-6, 10 * rtol) * (highest - lowest):
            return Cycle(*map(float, (period, lowest, highest, area / period, multiplier)))
    raise ValueError(f"settle must be long enough for the oscillation to settle, got {settle:g}")


# ---------------------------------------------------------------- virtual patients

BLOCKED = tuple(round(0.1 * i, 1) for i in range(10))
WAYS = {"blocks production": 0, "speeds up clearance": 1}
COURSES = (5.0, 20.0, 60.0)
RESPONSES = ("well, stays well", "well while treated", "still inflamed")
BEGIN = 10.0
WELL = 0.1
# Middle and standard deviation of the logarithm of what differs between patients; assumed.
SPREADS = {"amplification": (12.0, 0.3), "calming": (3.5, 0.15), "clearance": (1.25, 0.1)}
LONGEST = 10_000.0  # to wait for a joint that comes to rest


def random_patients(n=400, seed=2):
    """`n` virtual patients with an inflamed joint: parameter name → values, shape (n,).

    Amplification, calming and clearance scatter log-normally around Baker's model (assumed spreads
    30%, 15% and 10%); only those with a stable inflamed state are patients,
    and they start in it (anti_start, pro_start).
    Raises ValueError for an n or a seed that is not a whole number in range.
    """
    n, seed = checks.whole("n", n, 1, 100_000), checks.whole("seed", seed, 0, 2**53)
    return _random_patients(n, seed)


@functools.cache
def _random_patients(n, seed):
    rng = np.random.default_rng(seed)
    model = models.load(MODEL)
    drawn = {
        name: population.log_normal(model.parameters[name], *spread, 4 * n, rng)
        for name, spread in SPREADS.items()
    }
    people = []
    for i in range(4 * n):
        one = {name: float(values[i]) for name, values in drawn.items()}
        inflamed = [s for s in steady_states(**one) if s.kind == "stable" and s.pro > WELL]
        if inflamed:
            people.append(one | {"anti_start": inflamed[-1].anti, "pro_start": inflamed[-1].pro})
        if len(people) == n:
            return {name: np.array([one[name] for one in people]) for name in people[0]}
    raise ArithmeticError(f"only {len(people)} of {n} patients have lasting inflammation")


def healthy(people):
    """Each patient's healthy state: anti_healthy and pro_healthy, shape (n,), nan where none is.

    people: parameter name → values, shape (n,), as from `random_patients`.
    """
    rows = []
    for values in zip(*(people[name] for name in SPREADS)):
        first = steady_states(**dict(zip(SPREADS, map(float, values))))[0]
        well = first.kind == "stable" and first.pro < WELL
        rows.append((first.anti, first.pro) if well else (np.nan, np.nan))
    return dict(zip(("anti_healthy", "pro_healthy"), np.array(rows).T))


def _resting(state, p):
    """Which joints are within 1% of their healthy state or of the one in which they started."""
    anti, pro, *_ = state
    near = lambda x, rest: np.abs(x - rest) < 0.01 * rest
    return (near(anti, p.anti_healthy) & near(pro, p.pro_healthy)) | (
        near(anti, p.anti_start) & near(pro, p.pro_start)
    )


@functools.cache
def courses(n=400, seed=2, step=0.1):
    """Outcomes of treatment for all patients: array (blocked, way, course, outcome) of shares.

    Blocking a share b of production and clearing 1 / (1 - b) times as fast hold the joint at the
    same level when steady, so the two ways are compared at equal b.
    Well is who is below `WELL`: while treated, when the course ends; for good, where the joint
    comes to rest afterwards, followed until it is within 1% of a stable state.
    Fourth-order Runge-Kutta, step `step`, at most 0.2.
    Raises ArithmeticError if a joint does not come to rest, ValueError for other numbers.
    """
    step = checks.number("step", step, 1e-6, 0.2)
    people = random_patients(n, seed)
    model = models.load("synovial_treatment")
    drugs = [(b, w) for b in BLOCKED for w in WAYS.values()]
    each = lambda values: np.repeat(np.array(values, float), n)
    drawn = people | healthy(people)
    given = {name: np.tile(values, len(drugs)) for name, values in drawn.items()} | {
        "blocked": each([b if w == 0 else 0 for b, w in drugs]),
        "removal": each([1 / (1 - b) if w == 1 else 1 for b, w in drugs]),
    }
    outcomes = []
    for course in COURSES:
        p = SimpleNamespace(**vars(model.values(begin=BEGIN, course=course)) | given)
        state = model.module.initial(p)
        for _ in range(round((BEGIN + course) / step)):
            state = runge_kutta(model.module.rhs, state, p, step)
        treated = state[1] < WELL
        end = to_rest(model.module.rhs, state, p, step, LONGEST, _resting)
        if not end.at_rest.all():
            raise ArithmeticError(
                f"{(~end.at_rest).sum()} of {n} patients under {len(drugs)} treatments "
                f"have not come to rest {LONGEST:g} after a course of {course:g}"
            )
        outcome = np.where(end.state[1] < WELL, 0, np.where(treated, 1, 2))
        outcomes.append(outcome.reshape(len(BLOCKED), len(WAYS), n))
    outcome = np.stack(outcomes, axis=2)
    return np.stack([(outcome == k).mean(axis=-1) for k in range(3)], axis=-1)
