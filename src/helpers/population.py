"""Many virtual patients at once: kinetics solved exactly, the slow rest stepped,
chunks spread over processes.

Of a model's states some obey linear equations of their own: drug moving between compartments.
SymPy finds them in the model's `rhs`; a matrix exponential solves them exactly,
however fast they are.
Only the rest is stepped, by an exponential Runge-Kutta rule,
for all patients of a chunk together in numpy.

Chunks run one after the other, or wherever joblib is told to run them; the call stays the same:

    with joblib.parallel_config(n_jobs=2): ...
    with joblib.parallel_config(backend="dask"): ...

Random numbers belong to the chunk, not to the process, so that the numbers are the same everywhere.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import factorial

import numpy as np
import pandas as pd

from helpers import checks, models
from helpers.simulate import LARGEST, check_arrays

BLOCKS = 7  # step sizes between two doses
TOLERANCE = 1e-3


# ---------------------------------------------------------------- the engine


class Split:
    """A model as a linear part, `x' = A x` with doses added to x, and the rest, `y' = d y + push`.

    inside, outside: the states of x and y, as symbols. Of x only what y or an output depends on.
    matrix(*p): A, row by row. decay(*p): d, 0 where it is not a constant of the patient.
    push(t, *x, *y, *p), outputs(t, *x, *y, *p), initial(*p), and jump(amount, *x, *y, *p),
    what a dose adds.
    """

    def __init__(self, model):
        import sympy  # slow to load, as is export, which is made of it

        from helpers import export

        s = export.symbols(model)
        rhs, jump = dict(zip(s.state, s.rhs)), {x: after - x for x, after in zip(s.state, s.dose)}
        # A state stays inside if its change is linear in the states inside,
        # and a dose only adds to it.
        inside, kept = None, list(s.state)
        while kept != inside:
            inside = kept
            kept = [
                x
                for x in inside
                if _linear(rhs[x], inside, {export.TIME, *s.state})
                and not jump[x].free_symbols & set(s.state)
            ]
        outside = [x for x in s.state if x not in inside]
        reads = lambda expressions: set().union(*(e.free_symbols for e in expressions))
        used = reads([*s.outputs, *(rhs[x] for x in outside)])
        while not (more := reads(rhs[x] for x in inside if x in used)) <= used:
            used |= more
        inside = [x for x in inside if x in used]
        p = [*vars(s.p).values()]
        first = dict(zip(s.state, s.initial))
        numeric = lambda arguments, expressions: sympy.lambdify(
            arguments, expressions, "numpy", cse=True
        )
        timed = [export.TIME, *inside, *outside, *p]
        self.inside, self.outside = inside, outside
        self.matrix = numeric(p, [rhs[x].expand().coeff(other) for x in inside for other in inside])
        self.jump = numeric(
            [export.AMOUNT, *inside, *outside, *p], [jump[x] for x in [*inside, *outside]]
        )
        self.initial = numeric(p, [first[x] for x in [*inside, *outside]])
        decay = [rhs[x].expand().coeff(x) for x in outside]
        decay = [0 if d.free_symbols & {export.TIME, *s.state} else d for d in decay]
        self.decay = numeric(p, decay)
        self.push = numeric(
            timed, [sympy.factor_terms((rhs[x] - d * x).expand()) for x, d in zip(outside, decay)]
        )
        self.outputs = numeric(timed, list(s.outputs))


def _linear(change, inside, variables):
    """Whether `change` is linear in `inside`, without a constant or another of the `variables`."""
    import sympy  # slow to load
    from sympy.solvers.solveset import NonlinearError

    if change.free_symbols & (variables - set(inside)):
        return False
    try:
        constant = sympy.linear_eq_to_matrix([change], inside)[1]
    except NonlinearError:
        return False
    return bool(constant[0].is_zero)


def split(name):
    """The `Split` of the model of that name. Raises UnknownName if there is none."""
    return _split(models.load(name))


@lru_cache
def _split(model):
    return Split(model)


def means(model, amount, days=90, over=7, hours=(0.0,), steps=8, **parameters):
    """The mean of each output over the last `over` of `days` days of the same doses,
    for n patients together.

    amount: mg at each of `hours` (0 ≤ h < 24, increasing) of each day; a number or shape (n,).
    steps: at each of seven lengths, short ones after a dose and long ones later.
    They are doubled until doubling them again changes no state by more than a thousandth
    over the first day.
    parameters: arrays of shape (n,) or numbers; the others keep their defaults.
    Returns a DataFrame, one row a patient, one column an output.
    Raises UnknownName or ValueError for names or values outside the model's ranges,
    ArithmeticError if no number of steps is enough or a result is not finite.
    """
    from scipy.linalg import expm  # slow to load

    model = models.load(model)
    amount, p = _checked(model, amount, parameters)
    hours = checks.several("hours", hours)
    hours = [checks.number(f"hour [{i}]", h, 0, 24 - 1e-9, "h") for i, h in enumerate(hours)]
    if sorted(set(hours)) != hours:
        raise ValueError(f"hours must increase strictly, got {hours}")
    days, over = _days(days, over)
    steps = checks.whole("steps", steps, 1, 1000)
    parts, n = split(model.name), len(amount)
    m = len(parts.inside)
    matrix = np.zeros((n, m, m))
    for (i, j), value in zip(np.ndindex(m, m), parts.matrix(*p)):
        matrix[:, i, j] = value
    stops = sorted({0.0, *hours, 24.0})
    decay = _fill(parts.decay(*p), n)
    total = np.zeros((len(model.outputs), n))

    def one_day(day, state, plan, total=None):
        for start, stop in zip(stops, stops[1:]):
            if start in hours:
                state = state + _fill(parts.jump(amount, *state, *p), n)
            t = 24.0 * day + start
            for step in plan[stop - start]:
                state = _advance(parts, t, state, p, decay, step, total)
                t += step.h
        return state

    first = _fill(parts.initial(*p), n)
    lengths = set(np.diff(stops))
    # What half of the shortest of twice as many steps does to x;
    # its square belongs to the plan itself.
    finest = {length: expm(matrix * _shortest(length, 2 * steps) / 2) for length in lengths}
    plan = {
        length: _steps(finest[length] @ finest[length], decay, length, steps) for length in lengths
    }
    finer = {length: _steps(finest[length], decay, length, 2 * steps) for length in lengths}
    while not _alike(one_day(0, first, plan), one_day(0, first, finer)):
        steps *= 2
        if steps > 500:
            raise ArithmeticError(
                f"model {model.name!r} is too fast for these patients: "
                f"{steps} steps of each length are not enough"
            )
        plan = finer
        finer = {
            length: _steps(
                expm(matrix * _shortest(length, 2 * steps) / 2), decay, length, 2 * steps
            )
            for length in lengths
        }
    state = first
    for day in range(days):
        state = one_day(day, state, plan, total if day >= days - over else None)
    if not np.isfinite(total).all():
        raise ArithmeticError(
            f"model {model.name!r}: the result of patient "
            f"{np.argmin(np.isfinite(total).all(0))} is not finite"
        )
    return pd.DataFrame((total / (24 * over)).T, columns=list(model.outputs))


def _days(days, over):
    days = checks.whole("days", days, 1, 36_500)
    return days, checks.whole("over", over, 1, days)


def _checked(model, amount, parameters):
    """The doses, shape (n,), and the values of all parameters in the model's order,
    each checked.
    """
    shapes = {name: _shape(value) for name, value in ({"amount": amount} | parameters).items()}
    lengths = {shape[0] for shape in shapes.values() if shape} or {1}
    if max(map(len, shapes.values())) > 1 or len(lengths - {1}) > 1 or 0 in lengths:
        raise ValueError(
            "amount and parameters must be numbers or arrays of one length, at least 1, "
            f"got shapes {shapes}"
        )
    n = max(lengths)
    amount = np.broadcast_to(
        [checks.number("amount", a, 0, LARGEST, "mg") for a in np.atleast_1d(amount)], n
    )
    check_arrays(model, parameters)
    return amount, [np.array(v, float) for v in (vars(model.values()) | parameters).values()]


def _shape(value):
    try:
        return np.shape(value)
    except ValueError:  # lists within lists, of unequal length
        return (0, 0)


def _alike(coarse, fine):
    """Whether two solutions, shape (states, n), agree to `TOLERANCE` of each state's largest value
    (1e-9 where that is 0).
    """
    size = np.abs(fine).max(axis=1, keepdims=True)
    return bool((np.abs(coarse - fine) <= TOLERANCE * size + 1e-9).all())


def _fill(values, n):
    """Numbers and arrays of shape (n,) as one array of shape (len(values), n)."""
    filled = np.empty((len(values), n))
    for i, value in enumerate(values):
        filled[i] = value
    return filled


@dataclass(frozen=True)
class Step:
    """What a step of h hours does, as far as it is the same each day.

    half: e^(A h/2), shape (m, m, n).
    The others, shape (q, n), are the weights of the exponential Runge-Kutta rule.
    """

    h: float
    half: np.ndarray
    fade: np.ndarray
    fade_half: np.ndarray
    to_half: np.ndarray
    first: np.ndarray
    middle: np.ndarray
    last: np.ndarray


def _shortest(length, count):
    """The shortest step (h) if each of the blocks has `count` of them."""
    return length / (count * (2**BLOCKS - 1))


def _steps(half, decay, length, count):
    """The steps over `length` hours after a dose: blocks of `count` steps,
    each block with steps twice as long as the last.

    half: what half of the shortest does to x, shape (n, m, m).
    """
    h, steps = _shortest(length, count), []
    for _ in range(BLOCKS):
        z = decay * h
        one, two, three = _phi(z)
        weights = h * (one - 3 * two + 4 * three), h * (2 * two - 4 * three), h * (4 * three - two)
        steps += [
            Step(
                h,
                np.ascontiguousarray(half.transpose(1, 2, 0)),
                np.exp(z),
                np.exp(z / 2),
                h / 2 * _phi(z / 2)[0],
                *weights,
            )
        ] * count
        h, half = 2 * h, half @ half
    return steps


def _phi(z):
    """The functions (e^z - 1)/z, (e^z - 1 - z)/z² and (e^z - 1 - z - z²/2)/z³,
    without loss of digits near 0.
    """
    three = np.zeros_like(z)
    for k in range(18, 2, -1):  # Horner's scheme of the sum of z^(k-3)/k!
        three = three * z + 1 / factorial(k)
    far = np.abs(z) > 1
    three[far] = (np.exp(z[far]) - 1 - z[far] - z[far] ** 2 / 2) / z[far] ** 3
    two = 0.5 + z * three
    return 1 + z * two, two, three


def _advance(parts, t, state, p, decay, step, total=None):
    """The state after one step (Cox and Matthews' exponential rule of order 4).

    Adds the integrals of the outputs over the step to `total`, if given.
    """
    m, n, h = len(parts.inside), state.shape[1], step.h
    x, y = state[:m], state[m:]
    x_half = np.einsum("ijn,jn->in", step.half, x)
    x_end = np.einsum("ijn,jn->in", step.half, x_half)
    push = lambda t, x, y: _fill(parts.push(t, *x, *y, *p), n)
    faded = step.fade_half * y
    n1 = push(t, x, y)
    y2 = faded + step.to_half * n1
    n2 = push(t + h / 2, x_half, y2)
    y3 = faded + step.to_half * n2
    n3 = push(t + h / 2, x_half, y3)
    y4 = step.fade_half * y2 + step.to_half * (2 * n3 - n1)
    n4 = push(t + h, x_end, y4)
    y_end = step.fade * y + step.first * n1 + step.middle * (n2 + n3) + step.last * n4
    if total is not None:
        # Simpson's rule; the stages of the step are not exact enough at its middle,
        # a cubic through both ends is.
        slope, slope_end = decay * y + n1, decay * y_end + push(t + h, x_end, y_end)
        y_half = (y + y_end) / 2 + h / 8 * (slope - slope_end)
        for weight, time, a, b in (
            (1, t, x, y),
            (4, t + h / 2, x_half, y_half),
            (1, t + h, x_end, y_end),
        ):
            total += _fill(parts.outputs(time, *a, *b, *p), n) * (weight * h / 6)
    return np.concatenate([x_end, y_end])


def exact_means(model, amount, days=90, over=7, rtol=1e-10, **parameters):
    """As `means`, with one dose a day, for one patient by scipy's adaptive solver:
    slow, and the yardstick.

    Returns a Series, one entry an output. Raises as `means` does.
    """
    from scipy.integrate import solve_ivp  # slow to load

    model = models.load(model)
    amounts, _ = _checked(model, amount, parameters)
    if len(amounts) > 1:
        raise ValueError(f"amount and parameters must be those of one patient, got {len(amounts)}")
    days, over = _days(days, over)
    rtol = checks.number("rtol", rtol, 1e-12, 0.1)
    amount, p, module, count = (
        amounts[0],
        model.values(**parameters),
        model.module,
        len(model.states),
    )
    joined = lambda t, y: [
        *module.rhs(t, y[:count].tolist(), p),
        *module.outputs(t, y[:count].tolist(), p),
    ]
    state, total = np.array(module.initial(p), float), np.zeros(len(model.outputs))
    for day in range(days):
        state = np.array(module.dose(amount, tuple(state), p), float)
        start = np.concatenate([state, 0 * total])
        span = (24.0 * day, 24.0 * (day + 1))
        solution = solve_ivp(
            joined,
            span,
            start,
            method="LSODA",
            rtol=rtol,
            atol=rtol * max(1e-3, np.abs(state).max()),
        )
        if not solution.success:
            raise ArithmeticError(f"the solver failed on day {day}: {solution.message}")
        end = solution.y[:, -1]
        state = end[:count]
        total += end[count:] * (day >= days - over)
    return pd.Series(total / (24 * over), index=list(model.outputs))


# ---------------------------------------------------------------- patients, trials, sensitivity


def log_normal(parameter, middle, spread, people, rng):
    """Values of `parameter` (a `models.Parameter`) for so many people drawn at random by `rng`,
    a numpy Generator; shape (people,): `log_normal_at` random shares. Raises as it does.
    """
    people = checks.whole("people", people, 1, 1_000_000_000)
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    return log_normal_at(parameter, middle, spread, rng.random(people))


def log_normal_at(parameter, middle, spread, shares):
    """The values of `parameter` (a `models.Parameter`) that so large `shares` of people
    do not reach, shape of `shares`.

    Log-normal with the median `middle`, and `spread` the standard deviation of the log,
    cut off at the ends of the parameter's range.
    Raises ValueError unless the middle is above 0 and in the range, the spread from 1e-9 to 100,
    and the shares (a list or array) from 0 to 1.
    """
    from scipy.stats import truncnorm  # slow to load

    if not isinstance(parameter, models.Parameter):
        raise ValueError(f"parameter must be a Parameter of a model, got {parameter!r}")
    middle = checks.number(
        "middle", middle, max(parameter.low, 1e-300), parameter.high, parameter.unit
    )
    spread = checks.number("spread", spread, 1e-9, 100)
    given = np.asarray(shares)  # of millions of people: looked at together
    if given.ndim != 1 or given.dtype.kind not in "iuf" or not ((0 <= given) & (given <= 1)).all():
        raise ValueError(f"shares must be a list of numbers from 0 to 1, got {shares!r}")
    with np.errstate(divide="ignore"):  # a range that starts at 0 has no lower end on this scale
        low, high = (
            np.log(parameter.low / middle) / spread,
            np.log(parameter.high / middle) / spread,
        )
    return middle * np.exp(spread * truncnorm.ppf(given, low, high))
