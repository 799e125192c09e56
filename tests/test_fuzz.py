"""Every public function over the domain that it documents, and beside it.

Inside, a result is finite and in its range; outside, an error names the argument. `FUZZED` says for
each function what its arguments may be; what is not there is in `LEFT_OUT`, with the reason.
"""

import fnmatch
import importlib
import inspect
import math
import pkgutil
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import helpers
from helpers import (
    badges,
    checks,
    evidence,
    explorer,
    export,
    figures,
    models,
    population,
    self_check,
    simulate as simulation,
    style,
)
from helpers.analysis import (
    defence,
    feedback,
    fits,
    meta_analysis,
    microglia,
    rare_events,
    synovium,
    tolerance,
    trial_power,
    uncontrolled,
    validation,
    virtual_trial,
)
from helpers.evidence import ledger, rules
from helpers.explorer import evaluation

CASES = 300

# ---------------------------------------------------------------- what arguments may be


class Thing:
    """What nobody means, with a short name."""

    def __repr__(self):
        return "a thing"


NO_NUMBERS = st.one_of(
    st.sampled_from(
        [None, True, "", "4.5", "a lot", b"4", [], [1.0, 2.0], {}, 1j, Thing(), print]
        + [math.nan, math.inf, -math.inf, 10**400, -(10**400)]
        + [pd.Timestamp(0), np.array([[1.0]])]
    ),
    st.text(max_size=5),
    st.complex_numbers(),
)


@dataclass(frozen=True)
class Domain:
    """What an argument may be (`inside`) and what it may not be (`outside`, None if all may)."""

    inside: st.SearchStrategy
    outside: st.SearchStrategy | None = None


def numbers(low, high, upto=None, since=None):
    """A number from low to high (None: no end); drawn between `since` and `upto` to save time."""
    drawn = [low if since is None else since, high if upto is None else upto]
    wrong = [NO_NUMBERS]
    if low is not None:
        wrong.append(st.floats(max_value=low, exclude_max=True))
    if high is not None:
        wrong.append(st.floats(min_value=high, exclude_min=True))
    return Domain(st.floats(*drawn, allow_nan=False, allow_infinity=False), st.one_of(wrong))


def or_arrays(domain):
    """The same, where a list or array of such numbers is allowed and thus not wrong."""
    return Domain(domain.inside, domain.outside.filter(lambda x: np.ndim(x) == 0))


def several_sets(domain):
    """Parameters by name, where arrays of values are allowed and thus not wrong."""
    lists = lambda given: (
        isinstance(given, dict)
        and any(isinstance(value, (list, np.ndarray)) for value in given.values())
    )
    return Domain(domain.inside, domain.outside.filter(lambda given: not lists(given)))


def whole(low, high, upto=None):
    """A whole number from low to high, as int, numpy's int or float."""
    ints = st.integers(low, high if upto is None else upto)
    wrong = st.one_of(
        NO_NUMBERS,
        st.integers(max_value=low - 1),
        st.integers(min_value=high + 1),
        st.floats(low, min(high, 1e6)).filter(lambda x: x % 1),
    )
    return Domain(st.one_of(ints, ints.map(float), ints.map(np.int64)), wrong)


def words(*allowed):
    """One of these words."""
    allowed = list(allowed)
    wrong = st.one_of(st.text(max_size=8), NO_NUMBERS).filter(
        lambda x: not any(type(x) is type(word) and x == word for word in allowed)
    )
    return Domain(st.sampled_from(allowed), wrong)


def only(*values, wrong=None):
    """These values, not to be tried otherwise unless `wrong` ones are given."""
    return Domain(st.sampled_from(values), None if wrong is None else st.sampled_from(wrong))


def drawn(inside, outside=None):
    return Domain(inside, outside)


def lists(item, least=0, most=6, wrong_too=()):
    """A list, tuple or array of numbers as `item`."""
    inside = st.lists(item.inside, min_size=least, max_size=most)
    shape = st.sampled_from([list, tuple, np.array])
    no_list = st.sampled_from([None, 3.0, "4.5", {}, np.array([[1.0]]), Thing(), *wrong_too])
    wrong = st.one_of(
        no_list,
        st.tuples(st.lists(item.inside, min_size=least, max_size=most), item.outside).map(
            lambda pair: [*pair[0], pair[1]]
        ),
    )
    return Domain(st.tuples(shape, inside).map(lambda pair: pair[0](pair[1])), wrong)


def within(parameter):
    """A value in the range of a model's parameter, evenly or on a logarithmic scale."""
    low, high = parameter.low, parameter.high
    even = st.floats(low, high)
    if low <= 0:
        return even
    logs = st.floats(math.log(low), math.log(high)).map(lambda x: min(max(math.exp(x), low), high))
    return st.one_of(even, logs)


def parameters(name, most=4):
    """Some parameters of a model, each in its range; outside, a stranger or one out of range."""
    known = models.load(name).parameters
    inside = st.lists(st.sampled_from(sorted(known)), max_size=most, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({n: within(known[n]) for n in names})
    )
    wrong = st.sampled_from(sorted(known)).flatmap(
        lambda n: numbers(known[n].low, known[n].high).outside.map(lambda value: {n: value})
    )
    return Domain(inside, st.one_of(wrong, st.just({"strange": 1.0})))


MODELS = models.names()
model_names = lambda *names: words(*(names or MODELS))
DRUGS = [name for name in MODELS if export.dosed(name) and models.load(name).time == "h"]
amounts = st.one_of(st.just(0.0), st.floats(1e-9, 1e6), st.floats(0.5, 50))


@st.composite
def schedules(draw, until=1e6):
    """Any doses: (times, amounts)."""
    gaps = draw(st.lists(st.floats(2e-6, until / 4), max_size=4))
    times = np.cumsum(gaps).tolist()
    if times and draw(st.booleans()):
        times[0] = 0.0
    return times, [draw(amounts) for _ in times]


@st.composite
def sample_times(draw, until):
    """Increasing times, each 0 or from 1e-9."""
    found = draw(
        st.lists(
            st.one_of(st.just(0.0), st.floats(1e-9, until)), min_size=1, max_size=6, unique=True
        )
    )
    return sorted(found)


# ---------------------------------------------------------------- what a result must be


def finite(result):
    """Whether it holds no number that is none."""
    if isinstance(result, (str, bytes, bool, type(None))):
        return True
    if isinstance(result, (int, float, np.number)):
        return math.isfinite(result)
    if isinstance(result, dict):
        return all(map(finite, result.values()))
    if isinstance(result, pd.DataFrame):
        return bool(np.isfinite(result.select_dtypes("number").to_numpy(float)).all())
    if isinstance(result, (list, tuple, set)):
        return all(map(finite, result))
    if isinstance(result, (np.ndarray, pd.Series)):
        return bool(np.isfinite(np.asarray(result, float)).all())
    raise TypeError(f"say what a {type(result).__name__} must be")


def share(result):
    return finite(result) and 0 <= result <= 1


def positive(result):
    return finite(result) and result > 0


def in_range(model, table):
    """Whether each column of a simulation is finite and within the range of its quantity."""
    model = models.load(model)
    quantities = {name: q for name, q in (model.states | model.outputs).items() if name in table}
    return finite(table) and all(
        q.low <= table[name].min() and table[name].max() <= q.high for name, q in quantities.items()
    )


# ---------------------------------------------------------------- the functions


@dataclass(frozen=True)
class Fuzzed:
    """call: the function on keyword arguments. domains: argument -> `Domain`.
    holds: whether a result is right, given the arguments as well.
    named: argument -> the word in the error, if not its name.
    beside: cases outside for each argument.
    """

    call: object
    domains: dict = field(default_factory=dict)
    holds: object = lambda result, **arguments: finite(result)
    named: dict = field(default_factory=dict)
    cases: int = CASES
    beside: int = 30


FUZZED = {}


def place(function):
    return f"{function.__module__}.{function.__qualname__}"


def fuzz(function, call=None, holds=None, named=None, cases=CASES, beside=30, **domains):
    """Put a function on the list; twice, if its arguments are tried together and one by one."""
    name = place(function)
    FUZZED[name if name not in FUZZED else f"{name}, again"] = Fuzzed(
        call or function,
        domains,
        holds or (lambda result, **arguments: finite(result)),
        named or {},
        cases,
        beside,
    )


# checks

fuzz(
    checks.number,
    lambda value: checks.number("value", value, -1, 5, "mg"),
    lambda result, value: result == value,
    value=numbers(-1, 5),
)
fuzz(
    checks.whole,
    lambda value: checks.whole("value", value, -3, 7),
    lambda result, value: result == value and isinstance(result, int),
    value=whole(-3, 7),
)
fuzz(
    checks.several,
    lambda values: checks.several("values", values),
    lambda result, values: result == list(values),
    values=Domain(
        lists(numbers(-1, 5)).inside,
        st.sampled_from([None, 3.0, "4.5", b"x", {}, np.array([[1.0]]), np.array(1.0), Thing()]),
    ),
)
fuzz(
    checks.numbers_of,
    lambda values: checks.numbers_of("values", "values", values, -1, 5, "mg"),
    lambda result, values: result == [float(value) for value in values],
    values=lists(numbers(-1, 5)),
)
fuzz(
    checks.known,
    lambda name: checks.known("name", name, ["a", "b"]),
    lambda result, name: result == name,
    name=words("a", "b"),
)

# models

WORDS = drawn(st.text("ab µ", min_size=1).filter(str.strip), st.sampled_from(["", " ", None, 3]))
SENTENCES = drawn(
    st.lists(st.text("ab ", min_size=1).map(lambda x: f"A{x}."), min_size=1).map(tuple),
    st.sampled_from([None, "", (), [], ["A."], ("",), ("A",), (1,), {}]),
)
ABOUT = drawn(
    st.sampled_from(["", "CHEBI:7465", "pubchem.compound:631219 uniprot:P35372"]),
    st.sampled_from([None, 3, "naltrexone", "CHEBI:", "CHEBI:7465, uniprot:P35372", ("CHEBI:1",)]),
)
NO_END = st.sampled_from([None, "1", math.nan, True, [1.0], Thing()])
fuzz(
    models.Quantity,
    lambda **given: vars(models.Quantity(**given)),
    lambda result, **given: result["low"] < result["high"],
    cases=100,
    unit=WORDS,
    label=WORDS,
    low=drawn(st.one_of(st.just(-math.inf), st.floats(-5, 0)), NO_END),
    high=drawn(st.one_of(st.just(math.inf), st.floats(1, 5)), NO_END),
    sbo=whole(0, 9_999_999),
    about=ABOUT,
    named={"high": "high|low"},
)
fuzz(
    models.Parameter,
    lambda known, **given: vars(
        models.Parameter(
            **given, status="measured" if known else "assumed", source="Lee1988duration" * known
        )
    ),
    cases=100,
    unit=WORDS,
    note=WORDS,
    symbol=WORDS,
    low=drawn(st.floats(-5, 1), st.one_of(NO_END, st.floats(5, 9))),
    value=drawn(st.floats(1, 2), st.one_of(NO_END, st.floats(-9, -6), st.floats(5.1, 9))),
    high=drawn(st.floats(2, 5), st.one_of(NO_END, st.floats(-9, 0.9))),
    known=only(True, False),
    sbo=whole(0, 9_999_999),
    about=ABOUT,
    named={"low": "low|value", "high": "high|low|value"},
)
fuzz(
    models.Credibility,
    lambda **given: vars(models.Credibility(**given)),
    cases=100,
    beside=20,
    **{part: SENTENCES for part in ("question", "use", "may", "may_not", "support", "refutation")},
    source=drawn(st.just("Lee1988duration"), st.sampled_from([None, 3, ("a",)])),
)
fuzz(
    models.Model,
    lambda name, module: models.Model(name, module).title,
    name=only("naltrexone"),
    module=only(models.load("naltrexone").module, wrong=[None, 3, Thing(), math]),
    named={"module": "model"},
)
fuzz(
    models.Model.values,
    lambda changes: vars(models.load("naltrexone").values(**changes)),
    changes=parameters("naltrexone"),
    named={"changes": "parameter"},
)
fuzz(models.names)
fuzz(models.load, lambda name: models.load(name).title, name=model_names(), named={"name": "model"})

# simulate

fuzz(
    simulation.Doses,
    lambda doses: simulation.Doses(*doses).amounts,
    doses=drawn(
        schedules(),
        st.sampled_from(
            [
                ([0, 1e-300], [2, 2]),
                ([0, 1e-7], [2, 2]),
                ([3, 3], [2, 2]),
                ([3, 2], [2, 2]),
                ([0], [-4.5]),
                ([0], [1e-10]),
                ([0], [2e6]),
                ([2e6], [1]),
                ([-1], [1]),
                ([math.nan], [1]),
                (None, [1]),
                ([1], None),
                ([1], [1, 2]),
                (0, 4.5),
                ("1", "1"),
                (range(200_000), [1] * 200_000),
                (["1"], [1]),
                ([[1]], [1]),
            ]
        ),
    ),
    named={"doses": "times?|amounts?"},
)
fuzz(
    simulation.schedule,
    lambda doses: simulation.schedule(*doses).times,
    lambda result, doses: result == tuple(doses[0]),
    doses=drawn(schedules(), st.just(([0, 1e-300], [2, 2]))),
    named={"doses": "dose time"},
)
AMOUNT = Domain(
    amounts,
    st.one_of(numbers(0, 1e6).outside, st.floats(1e-300, 1e-10)),
)
fuzz(
    simulation.single,
    lambda amount, at: simulation.single(amount, at).times,
    amount=AMOUNT,
    at=drawn(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), numbers(0, 1e6).outside),
    named={"at": "time"},
)
fuzz(
    simulation.daily,
    lambda **given: simulation.daily(**given).times,
    lambda result, days, **others: len(result) >= 1 and result[-1] <= max(24 * days, 0),
    amount=AMOUNT,
    days=numbers(0, 41_666, upto=100),
    every=numbers(1e-6, None, since=1.0),
)
UNTIL = {"h": 1e4, "week": 1e4}


@st.composite
def simulations(draw):
    """Arguments of a simulation; not for long where a model may turn in circles."""
    name = draw(st.sampled_from(MODELS))
    until = UNTIL.get(models.load(name).time, 300)
    return {
        "model": name,
        "doses": simulation.schedule(*draw(schedules(until))),
        "times": draw(sample_times(until)),
        "rtol": draw(st.sampled_from([1e-10, 1e-8, 1e-6, 1e-3, 0.1])),
        "parameters": draw(parameters(name, most=8).inside),
    }


fuzz(
    simulation.simulate,
    lambda all: simulation.simulate(
        all["model"], all["doses"], all["times"], all["rtol"], **all["parameters"]
    ),
    lambda result, all: in_range(all["model"], result),
    all=drawn(simulations()),
)
fuzz(
    simulation.simulate,
    lambda ka, **given: simulation.simulate(**given, ka=ka),
    cases=20,
    model=model_names("naltrexone", "receptor_occupancy"),
    doses=only(simulation.single(4.5), wrong=[None, 4.5, [4.5], ((0.0,), (4.5,)), Thing()]),
    times=lists(
        drawn(st.just(1.0), numbers(0, 1e6).outside),
        least=1,
        most=1,
        wrong_too=[[], [2, 1], [1, 1]],
    ),
    rtol=numbers(1e-12, 0.1, since=1e-10),
    ka=numbers(0.3, 4.0),
    named={"times": "times?"},
)


# explorer


def control(**parts):
    """A control with these parts checked and evaluated: its numbers."""
    spec = BASE | parts
    explorer.check_spec(spec)
    found = explorer.evaluate(spec)
    return {"runs": found["runs"], "sweeps": str(found["sweeps"]), "measures": found["measures"]}


def checked(**parts):
    """A control with these parts, checked only."""
    explorer.check_spec(BASE | parts)


DOSE = explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg")
RUN = explorer.run("dose", 24, samples=5)
X, Y = explorer.axis("hours", 0, 24), explorer.axis("level", 0, None)
LINE = explorer.line("a", 0, run="main", output="naltrexone")
PEAK = explorer.measure("naltrexone", "max", (0, 24))
BASE = dict(
    explorer.Explorer(
        id="base", title="Base", hint="", badge="Illustration", model="naltrexone",
        controls=[DOSE], runs={"main": RUN}, panels=[explorer.panel("P", X, Y, LINE)],
        measures={"peak": PEAK}, status="{dose} {peak}",
    ).spec
)  # fmt: skip
LABEL = drawn(st.text(max_size=6), st.sampled_from([None, 3, 2.5, [], b"x", Thing()]))
NAMED = drawn(
    st.text("ab ", min_size=1, max_size=6), st.sampled_from([None, 3, 2.5, [], "", b"x", Thing()])
)
FLAG = drawn(st.booleans(), st.sampled_from([None, 1, 0.0, "yes", [], Thing()]))
DIGITS = whole(1, 15)
show = lambda mark: checked(panels=[explorer.panel("P", X, Y, mark)])
series = {
    "axes": [],
    "x": {"s": [0.0, 1.0, 2.0]},
    "series": {"s": [1.0, 2.0, 3.0], "t": [2.0, 3.0, 4.0]},
}
series["x"]["t"] = series["x"]["s"]

fuzz(
    explorer.slider,
    lambda **given: checked(controls=[explorer.slider("dose", **given)]),
    cases=100,
    label=LABEL,
    value=drawn(st.floats(2, 3), NO_END),
    low=drawn(st.floats(0.5, 2), st.one_of(NO_END, st.just(5.0))),
    high=drawn(st.floats(3, 9), st.one_of(NO_END, st.just(1.0))),
    unit=LABEL,
    scale=words("linear", "log"),
    step=drawn(
        st.one_of(st.none(), st.floats(0.01, 0.5)), st.sampled_from([0.0, -1, "1", math.nan, [1]])
    ),
    marks=only(None, wrong=[3.0, ["a"], [None], "12", [[1.0]]]),
    digits=DIGITS,
    negative=only(None, "none", wrong=[3, ["none"]]),
    named={"low": "low|value|high", "high": "high|value|low"},
)
fuzz(
    explorer.parameter_slider,
    lambda **given: checked(
        controls=[explorer.parameter_slider(**given)],
        main=[given["parameter"]],
        runs={"main": explorer.run(4.5, 24, samples=5, ka="ka")},
        status="{ka}",
        measures={},
    ),
    cases=50,
    model=model_names("naltrexone"),
    parameter=words("ka"),
    label=LABEL,
    low=drawn(st.sampled_from([None, 0.5]), st.sampled_from(["1", math.nan, [1.0], 5.0])),
    high=drawn(st.sampled_from([None, 3.0]), st.sampled_from(["1", math.nan, [1.0], 0.1])),
    named={"low": "low|value|high", "high": "high|value|low"},
)
fuzz(
    explorer.choice,
    lambda **given: checked(controls=[explorer.choice("dose", **given)]),
    cases=50,
    label=LABEL,
    value=only(3.0, wrong=[4.0, None, "3", [3.0], math.nan, Thing(), np.array([[3.0]])]),
    options=only(
        {"three": 3.0, "six": 6.0},
        wrong=[None, {}, [3.0], 3.0, {"three": 3.0, 4: 5.0}, {"a": 3.0, "b": "c"}],
    ),
    named={"options": "options|value"},
)
fuzz(
    explorer.run,
    lambda parameters, **given: control(
        runs={"main": explorer.run(**given, **parameters)},
        measures={"peak": explorer.measure("naltrexone", "at", (given["until"],) * 2)},
    ),
    cases=100,
    dose=drawn(st.one_of(amounts, st.just("dose")), st.one_of(NO_NUMBERS, st.floats(-9, -1e-9))),
    until=numbers(1e-3, 1e6, upto=500),
    every=drawn(st.sampled_from([0, 6, 24.0]), st.one_of(NO_NUMBERS, st.floats(-9, -1e-9))),
    count=whole(1, 100_000, upto=9),
    samples=whole(2, 100_000, upto=9),
    since=drawn(st.just(0), st.one_of(NO_NUMBERS, st.floats(1e6, 1e9), st.floats(-9, -1e-9))),
    parameters=parameters("naltrexone"),
    named={
        "parameters": r"parameter|control|\w+ of run",
        "dose": "dose|control",
        "every": "every|control",
        "count": "count|control",
    },
)
fuzz(
    explorer.sweep,
    lambda **given: control(
        sweeps={"s": explorer.sweep(**given)},
        panels=[
            explorer.panel(
                "P", X, Y,
                explorer.line("a", 0, sweep="s", output="naltrexone", reduce="max", window=[0, 24]),
            )
        ],
    ),
    cases=30,
    run=words("main"),
    over=words("dose", "parameters.ka"),
    values=Domain(
        st.lists(st.floats(0.5, 3), min_size=1, max_size=3),
        st.sampled_from([[], None, 3.0, "12", [None], ["1"], [math.nan], [-4.0], [[1.0]]]),
    ),
    named={"values": "values|dose|parameter"},
)  # fmt: skip
fuzz(
    explorer.axis,
    lambda **given: checked(panels=[explorer.panel("P", explorer.axis(**given), Y, LINE)]),
    cases=50,
    label=LABEL,
    low=drawn(st.floats(0.5, 1), st.one_of(NO_END, st.just(50.0))),
    high=drawn(st.floats(2, 30), st.one_of(NO_END, st.just(0.1))),
    scale=words("linear", "log"),
    unit=LABEL,
    zero=numbers(None, None),
    per=numbers(1e-3, 1e6),
    named={"high": "high|low"},
)
fuzz(
    explorer.panel,
    lambda mark, **given: checked(panels=[explorer.panel(**given, x=X, y=Y) | {"marks": [mark]}]),
    cases=50,
    title=LABEL,
    percent=FLAG,
    draw=only(None, wrong=["mine", 3]),
    keys=only([], ["● one", "○ other"], wrong=[None, 3, [3]]),
    mark=only(LINE),
)
STYLE = whole(0, 5)
fuzz(
    explorer.line,
    lambda **given: show(explorer.line(**given)),
    cases=50,
    label=NAMED,
    style=STYLE,
    run=words("main"),
    output=words("naltrexone", "gut"),
    relative_to=numbers(0, 24),
)
fuzz(
    explorer.band,
    lambda **given: checked(
        table=series, panels=[explorer.panel("P", X, Y, explorer.band(**given))]
    ),
    cases=50,
    label=NAMED,
    style=STYLE,
    low_series=words("s"),
    high_series=words("t"),
    named={"low_series": "series", "high_series": "series"},
)
XS = lists(numbers(-1e6, 1e6), least=2, most=2)
fuzz(
    explorer.points,
    lambda **given: show(explorer.points(**given)),
    cases=50,
    label=NAMED,
    style=STYLE,
    x=XS,
    y=XS,
    low=XS,
    high=XS,
    names=only(None, ["a", "b"], wrong=[["a"], "ab", 3, [1, 2], [None, "a"]]),
    reach=only(None, (-1e6, 1e6), wrong=[(5e6, 6e6), ("a", "b"), (None, 1)]),
    named={"x": "x|y"},
)
fuzz(
    explorer.bars,
    lambda **given: show(explorer.bars(**given)),
    cases=50,
    label=NAMED,
    style=STYLE,
    names=only(["a"], wrong=[None, [], ["a", "b"], 3, "a", [3]]),
    measures=only(["peak"], wrong=[["pek"], None, [], 3, [None]]),
    named={"measures": "measures?"},
)
fuzz(
    explorer.rule,
    lambda **given: show(explorer.rule(**given)),
    cases=50,
    axis=words("x", "y"),
    at=drawn(st.one_of(st.floats(-9, 9), st.just("dose")), NO_NUMBERS),
    label=LABEL,
    named={"at": "at|control"},
)
HAND = {"mine": {"x": [0, 24], "controls": ["dose", "dose"], "per": 100}}
NULL = {
    "people": 8, "cytokines": 17, "correlation": 0.6, "entry": 0.0, "control": 0, "seed": 1,
    "studies": 3, "critical": "s",
}  # fmt: skip
named_x = explorer.axis("found", None, None)
fuzz(
    explorer.switch,
    lambda **given: checked(controls=[DOSE, explorer.switch("known", **given)], main=["dose"]),
    cases=20,
    label=LABEL,
    off=only("no", wrong=[None, 3]),
    on=only("yes", wrong=[None, 3]),
    named={"off": "options", "on": "options"},
)
fuzz(
    explorer.fog,
    lambda **given: show(explorer.fog(**given)),
    cases=20,
    start=drawn(st.floats(0, 5), NO_NUMBERS),
    end=drawn(st.floats(6, 9), st.one_of(NO_NUMBERS, st.just(-1.0))),
    label=LABEL,
    when=words("dose"),
    named={"when": "waits"},
)
fuzz(
    explorer.pile,
    lambda **given: checked(
        table=series,
        replays={"r": NULL},
        measures={"peak": PEAK, "chance": explorer.table_measure("s", 1)},
        panels=[explorer.panel("P", named_x, Y, explorer.pile(**given))],
    ),
    cases=20,
    label=NAMED,
    style=STYLE,
    names=only(["a", "b"], wrong=[["a"], None, 3, ["a", "b", "c"]]),
    replay=words("r"),
    chance=words("chance"),
)
fuzz(
    explorer.drawn_measure,
    lambda **given: control(drawn=HAND, measures={"peak": explorer.drawn_measure(**given)}),
    cases=20,
    drawn=words("mine"),
    reduce=words("max", "min", "mean", "integral", "at"),
    window=only((0, 24), wrong=[(3,), (1, 2, 3), (5, 3), (0, 25), ("a", "b"), (None, 3)]),
    unit=LABEL,
    digits=DIGITS,
    percent=FLAG,
    named={"reduce": "reduction"},
)
fuzz(
    explorer.apart,
    lambda **given: control(drawn=HAND, measures={"peak": explorer.apart(**given)}),
    cases=20,
    drawn=words("mine"),
    run=words("main"),
    output=words("naltrexone", "gut"),
    window=only((0, 24), wrong=[(3,), (1, 2, 3), (5, 3), (0, 25), ("a", "b"), (None, 3)]),
    unit=LABEL,
    digits=DIGITS,
    percent=FLAG,
    factor=numbers(-1e9, 1e9),
)
fuzz(
    explorer.successes,
    lambda **given: control(
        table=series, replays={"r": NULL}, measures={"peak": explorer.successes(**given)}
    ),
    cases=5,
    replay=words("r"),
)
fuzz(
    explorer.measure,
    lambda **given: control(measures={"peak": explorer.measure(**given)}),
    cases=100,
    output=words("naltrexone", "gut"),
    reduce=words("max", "min", "mean", "integral", "at"),
    window=only(
        (0, 24),
        (6, 18.0),
        wrong=[None, 3, (3,), (1, 2, 3), (5, 3), (0, 25), ("a", "b"), (None, 3), (math.nan, 3)],
    ),
    run=words("main"),
    unit=LABEL,
    digits=DIGITS,
    percent=FLAG,
    factor=numbers(-1e9, 1e9),
    named={"reduce": "reduction"},
)
fuzz(
    explorer.table_measure,
    lambda **given: control(table=series, measures={"peak": explorer.table_measure(**given)}),
    cases=50,
    series=words("s", "t"),
    at=drawn(st.floats(0, 2), st.one_of(NO_NUMBERS, st.floats(-9, -1), st.floats(3, 9))),
    unit=LABEL,
    digits=DIGITS,
    percent=FLAG,
    named={"at": "window"},
)
fuzz(
    explorer.ratio,
    lambda **given: control(measures={"peak": PEAK, "share": explorer.ratio(**given)}),
    cases=20,
    top=words("peak"),
    bottom=words("peak"),
    digits=DIGITS,
    percent=FLAG,
    named={"top": "ratio", "bottom": "ratio"},
)
fuzz(
    explorer.phrase,
    lambda measure, parts: checked(phrases={"high": explorer.phrase(measure, *parts)}),
    cases=20,
    measure=words("peak"),
    parts=only(
        ("low", 1, "high"),
        ("always",),
        ("{peak}", 1, "of {dose}"),
        wrong=[
            (),
            ("a", 1),
            ("a", 2, "b", 1, "c"),
            ("a", "1", "b"),
            ("a", 1, 2),
            (3, 1, "b"),
            ("{pek}",),
            ("{",),
        ],
    ),
    named={"parts": "phrase"},
)
fuzz(
    explorer.Explorer,
    lambda **given: (
        control(**{k: v for k, v in given.items() if k != "badge"})
        if given["badge"] == "Data"
        else explorer.Explorer(
            id="a", title="b", hint="", controls=[], panels=[], status="", badge=given["badge"]
        )
    ),
    cases=20,
    id=drawn(st.just("a"), LABEL.outside),
    title=LABEL,
    hint=LABEL,
    badge=words("Data"),
    status=drawn(
        st.sampled_from(["", "{dose}", "{peak} {dose}", "100%"]),
        st.sampled_from([None, 3, "{", "}", "{pek}", "{}", "{0}", []]),
    ),
    panels=only([], wrong=[None, 3, "a"]),
    presets=only(
        [],
        [{"label": "a", "values": {"dose": 3}}],
        wrong=[
            None,
            3,
            [{"label": 3, "values": {}}],
            [{"label": "a", "values": None}],
            [{"label": "a", "values": {"does": 3}}],
            [{"label": "a", "values": {"dose": "3"}}],
        ],
    ),
    measures=only({"peak": PEAK}, wrong=[None, [], 3]),
    drawn=only(
        {},
        HAND,
        wrong=[
            3,
            {"a": {"x": [1], "controls": ["dose"], "per": 1}},
            {"a": {"x": [2, 1], "controls": ["dose", "dose"], "per": 1}},
            {"a": {"x": [1, 2], "controls": ["dose"], "per": 1}},
            {"a": {"x": [1, 2], "controls": ["dose", "does"], "per": 1}},
            {"a": {"x": [1, 2], "controls": ["dose", "dose"], "per": 0}},
            {"a": {"x": [1, 2], "controls": ["dose", "dose"], "per": 1, "until": "dose"}},
        ],
    ),
    replays=only({}, wrong=[3, {"r": {}}, {"r": NULL}, {"r": NULL | {"people": "doses"}}]),
    again=only(
        None,
        {"label": "Again", "control": "dose"},
        wrong=[{"label": 3, "control": "dose"}, {"label": "a", "control": "does"}],
    ),
    still=only({}, {"dose": 3}, wrong=[3, {"does": 3}, {"dose": "3"}]),
    sweeps=only({}, wrong=[None, [], 3]),
    phrases=only({}, wrong=[None, [], 3]),
    main=only(["dose"], wrong=[None, [], "dose", 3, ["doze"], ["dose"] * 3]),
    readout=only(
        None,
        {"caption": "c", "columns": ["a"], "rows": [{"label": "l", "measures": ["peak"]}]},
        wrong=[
            {"caption": 3, "columns": [], "rows": []},
            {"caption": "", "columns": None, "rows": []},
            {"caption": "", "columns": [], "rows": [{"label": "l", "measures": ["pek"]}]},
        ],
    ),
    named={
        "presets": "presets?|label|values|control",
        "replays": "replays?",
        "still": "still|control",
    },
)
fuzz(
    explorer.Explorer.evaluate,
    lambda values: evaluation.evaluate(BASE, values)["measures"],
    cases=100,
    holds=lambda result, values: positive(result["peak"]),
    values=drawn(
        st.one_of(st.just({}), st.floats(0.5, 100).map(lambda x: {"dose": x})),
        st.one_of(
            numbers(0.5, 100).outside.map(lambda x: {"dose": x}),
            st.sampled_from([{"does": 3}, [], 3, "dose"]),
        ),
    ),
    named={"values": "values|control"},
)
fuzz(
    evaluation.evaluate,
    lambda rtol: evaluation.evaluate(BASE, {}, rtol)["measures"],
    cases=20,
    rtol=numbers(1e-12, 0.1, since=1e-10),
)
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def plain(text):
    """The number that a text says."""
    for words, digits in {" million": "e6", " billion": "e9", " × 10": "e"}.items():
        text = text.replace(words, digits)
    return float(text.replace("−", "-").translate(SUPERSCRIPTS))


fuzz(
    evaluation.number,
    holds=lambda result, value, digits: math.isclose(
        plain(result),
        value,
        rel_tol=5.1 * 10.0**-digits,
    ),
    value=numbers(None, None, since=-1e300, upto=1e300),
    digits=DIGITS,
)

# export

EXPORTED = model_names()
for write in (export.latex, export.javascript):
    fuzz(
        write,
        lambda write=write, **given: str(write(**given)),
        lambda result, **given: len(result) > 100,
        model=EXPORTED,
        cases=8,
        beside=8,
    )
EXPORTS = dict(
    model=model_names("naltrexone", "opioid_feedback", "slow_benefit"),
    doses=drawn(
        schedules().map(lambda pair: simulation.schedule(*pair)),
        st.sampled_from([None, 4.5, [4.5], ((0.0,), (4.5,)), Thing()]),
    ),
    parameters=drawn(
        st.just({}), st.sampled_from([{"strange": 1}, {"onset": "x"}, {"gain": -1}, {"ka": None}])
    ),
)
fuzz(
    export.antimony,
    lambda parameters, **given: export.antimony(**given, **parameters),
    lambda result, **given: result.rstrip().endswith("end") and "nan" not in result.split(),
    cases=60,
    named={"parameters": "parameter"},
    **EXPORTS,
)
fuzz(
    export.sbml,
    lambda parameters, **given: export.sbml(**given, **parameters),
    lambda result, **given: result.rstrip().endswith("</sbml>"),
    cases=12,
    beside=6,
    named={"parameters": "parameter"},
    **EXPORTS,
)
fuzz(export.units, lambda: str(export.units().Quantity(1, "mg")))

# population

RNG = np.random.default_rng(1)
EC50 = models.load("receptor_occupancy").parameters["EC50"]
NO_RNG = st.sampled_from([None, 3, "x", Thing()])
SHARES = drawn(
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
    st.sampled_from([None, "a", [2.0], [-0.1], [math.nan], ["x"], [None], Thing()]),
)
DAYS = whole(1, 36_500, upto=3)
SOME = drawn(
    st.one_of(
        st.floats(0, 100),
        st.lists(st.floats(0, 100), min_size=2, max_size=2).map(np.array),
    ),
    st.one_of(NO_NUMBERS.filter(lambda x: not np.ndim(x) or np.size(x) == 0), st.just([1.0, -1.0]),
              st.just([1.0, math.nan]), st.just(np.array([[1.0]])), st.just(2e6)),
)  # fmt: skip


def patients(result, model, **given):
    return in_range(model, result)


fuzz(
    population.means,
    lambda model, amount, days, hours, steps, parameters: population.means(
        model, amount, days, 1, hours, steps, **parameters
    ),
    patients,
    cases=40,
    beside=10,
    model=model_names("naltrexone", "opioid_feedback"),
    amount=SOME,
    days=DAYS,
    hours=Domain(
        st.lists(st.floats(0, 23.9), max_size=2, unique=True).map(sorted),
        st.sampled_from([None, 3.0, "4.5", [24], [-1], [3, 3], [5, 3], [math.nan], [None], ["1"]]),
    ),
    steps=whole(1, 1000, upto=8),
    parameters=drawn(
        st.just({}),
        st.sampled_from(
            [
                {"strange": 1},
                {"ka": "x"},
                {"ka": None},
                {"ka": [1.0, -1.0]},
                {"ka": []},
                {"ka": [[1.0]]},
            ]
        ),
    ),
    named={"hours": "hours?", "parameters": "parameters?"},
)
fuzz(
    population.exact_means,
    lambda model, amount, days, rtol: population.exact_means(model, amount, days, 1, rtol),
    lambda result, model, **given: in_range(model, result.to_frame().T),
    cases=15,
    beside=10,
    model=model_names("naltrexone", "opioid_feedback"),
    amount=drawn(st.floats(0, 100), numbers(0, 1e6).outside.filter(lambda x: np.size(x) == 1)),
    days=DAYS,
    rtol=numbers(1e-12, 0.1, since=1e-10, upto=1e-3),
)
fuzz(
    population.split,
    lambda name: str(population.split(name).inside),
    cases=5,
    name=model_names("naltrexone", "slow_benefit"),
    named={"name": "model"},
)
fuzz(
    population.log_normal,
    lambda rng, **given: population.log_normal(EC50, rng=RNG if rng is True else rng, **given),
    lambda result, people, **given: (
        len(result) == people
        and EC50.low * (1 - 1e-9) <= result.min() <= result.max() <= EC50.high * (1 + 1e-9)
    ),
    middle=numbers(EC50.low, EC50.high),
    spread=numbers(1e-9, 100),
    people=whole(1, 1_000_000_000, upto=9),
    rng=drawn(st.just(True), NO_RNG),
)
fuzz(
    population.log_normal_at,
    holds=lambda result, parameter, **given: (
        finite(result)
        and (result >= parameter.low * (1 - 1e-9)).all()
        and (result <= parameter.high * (1 + 1e-9)).all()
    ),
    parameter=only(
        EC50,
        models.load("virtual_patient").parameters["sensitivity"],
        wrong=[None, 3, "EC50", Thing()],
    ),
    middle=drawn(st.floats(0.5, 9), st.one_of(NO_NUMBERS, st.floats(-9, 0), st.floats(21, 99))),
    spread=numbers(1e-9, 100),
    shares=SHARES,
)

# evidence, its texts and badges

TABLE = words(*evidence.TABLES)
fuzz(evidence.fields, table=TABLE, holds=lambda result, table: len(result) > 1, cases=50)
fuzz(evidence.numeric, table=TABLE, holds=lambda result, table: isinstance(result, list), cases=50)
fuzz(
    evidence.read,
    lambda name: evidence.read(name),
    lambda result, name: len(result) > 0,
    name=TABLE,
    named={"name": "table"},
    cases=30,
)
for name, function in vars(evidence).items():
    if inspect.isfunction(function) and not name.startswith("_"):
        if not inspect.signature(function).parameters:
            fuzz(function, holds=lambda result: len(result) > 0)
CHAPTER = words(*sorted(set(evidence.claims()["chapter"])))
fuzz(
    evidence.claims,
    chapter=drawn(
        st.one_of(st.none(), CHAPTER.inside), CHAPTER.outside.filter(lambda x: x is not None)
    ),
    holds=lambda result, chapter: len(result) > 0,
    cases=20,
)
NUMBERS = evidence.kinetics()["value"].dropna().index
fuzz(
    evidence.quote,
    holds=lambda result, **given: any(c.isdigit() for c in result),
    cases=100,
    id=words(*NUMBERS),
    column=words("value"),
    named={"id": "number"},
)
KEY = words("Lee1988duration", "Baker2013mathematical", "FDArevia")
for function in (evidence.reference, evidence.address, evidence.short_name, evidence.markdown):
    fuzz(
        function,
        lambda key, function=function: str(function(key)),
        key=KEY,
        named={"key": "reference"},
        cases=30,
    )
fuzz(
    evidence.cite,
    keys=drawn(
        st.lists(KEY.inside, max_size=3).map(" ".join),
        st.sampled_from([None, 3, "Nobody1900", ["FDArevia"], Thing()]),
    ),
    named={"keys": "reference"},
    cases=50,
)
fuzz(ledger.show, lambda chapter: ledger.show(chapter)._repr_html_(), chapter=CHAPTER, cases=20)
fuzz(ledger.page, chapter=words("00", *(name[:2] for name in self_check.chapters())), cases=20)
fuzz(ledger.ledger, holds=lambda result: "</table>" in result)
fuzz(
    badges.badge,
    word=words(*badges.VERDICTS, *badges.PROVENANCE),
    named={"word": "badge"},
    cases=50,
)
fuzz(self_check.chapters)
fuzz(
    self_check.self_check,
    lambda chapter: self_check.self_check(chapter)._repr_html_(),
    chapter=words(*self_check.chapters()),
    named={"chapter": "self-check"},
    cases=20,
)

ROW = rules.Row({"value": "3.5", "n": "20"}, "trials.csv", 2)
FORMULA = st.recursive(
    st.one_of(st.sampled_from(["value", "n", "2", "0.5", "1e300", "9"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: "({} {} {})".format(*x)),
        st.tuples(inner, inner).map(lambda x: "({} ** {})".format(*x)),
        inner.map("-{}".format),
    ),
    max_leaves=6,
)


def calculated(expression):
    """The number of a formula, or None where arithmetic has none: then it must say so."""
    try:
        return rules.calculate(expression, ROW, {})
    except ArithmeticError:
        return None


fuzz(
    rules.calculate,
    calculated,
    lambda result, expression: result is None or isinstance(result, (float, complex)),
    expression=drawn(
        FORMULA,
        st.sampled_from(
            [
                "m",
                "value +",
                "__import__('os')",
                "value.real",
                "[1]",
                "lambda: 1",
                "f(x)",
                "",
                "value if n else 2",
                "n == 2",
                "exec('1')",
                "'a' + 1",
                "of('x', 'n')",
                "round()",
            ]
        ),
    ),
    named={"expression": ".*"},
)

# style and the figures' own helpers

fuzz(
    style.canvas,
    lambda **given: len(style.canvas(**given)[0].axes),
    lambda result, rows, columns, **given: result == rows * columns,
    cases=10,
    beside=8,
    rows=drawn(st.integers(1, 2), st.sampled_from([0, -1, 1.5, None, "1", [1], True])),
    columns=drawn(st.integers(1, 2), st.sampled_from([0, -1, 1.5, None, "1", [1], True])),
    height=numbers(0.5, 50),
)
fuzz(
    figures.in_a_hundred,
    holds=lambda result, percentage: 0 <= result <= 100 and float(result).is_integer(),
    percentage=drawn(st.floats(0, 100)),
)
fuzz(
    figures.sources_line,
    keys=drawn(
        st.lists(KEY.inside, max_size=3).map(" ".join),
        st.sampled_from([3, "Nobody1900", ["FDArevia"], Thing()]),
    ),
    named={"keys": "reference"},
    cases=30,
)

# analysis: fits and feedback

READING = words(*fits.READINGS)
fuzz(
    fits.fit_occupancy,
    lambda structure, hour: fits.fit_occupancy(structure, hour=hour).estimates,
    cases=3,
    beside=20,
    structure=words("plasma", "retained"),
    hour=drawn(st.sampled_from([1.0, 4.0, 8]), numbers(1, 8).outside),
)
fuzz(
    fits.blocked,
    lambda parameters, **given: fits.blocked(**given, **parameters),
    lambda result, **given: finite(result) and -1e-9 <= result.min() and result.max() <= 1 + 1e-9,
    cases=60,
    reading=READING,
    doses=drawn(
        schedules(500).map(lambda pair: simulation.schedule(*pair)),
        st.sampled_from([None, 4.5, [1]]),
    ),
    times=lists(numbers(0, 1e6, upto=500), least=1, most=3),
    ratio=numbers(1e-3, 1e3),
    parameters=several_sets(parameters("receptor_occupancy")),
    named={"parameters": "parameter", "times": "times?"},
)
fuzz(
    fits.misfit,
    lambda parameters, **given: fits.misfit(**given, **parameters),
    lambda result, **given: finite(result) and (result >= 0).all(),
    cases=30,
    reading=READING,
    hour=numbers(1, 8),
    parameters=drawn(st.just({}), parameters("receptor_occupancy").outside),
    named={"parameters": "parameter"},
)
fuzz(
    fits.region,
    lambda reading, level: len(fits.region(reading, level)),
    cases=2,
    beside=15,
    reading=words("plasma"),
    level=drawn(st.just(0.95), numbers(0, 0.9999).outside),
)
fuzz(
    fits.predict,
    lambda reading, times: fits.predict(reading, simulation.single(4.5), times),
    lambda result, **given: (result["low"] <= result["high"]).all(),
    cases=3,
    beside=10,
    reading=words("plasma"),
    times=drawn(st.just([1.0, 5.0]), st.sampled_from([None, 3.0, "4", [-1], [None], [math.nan]])),
    named={"times": "times?"},
)
fuzz(
    fits.rank_structures,
    lambda hour: len(fits.rank_structures(hour=hour)),
    cases=0,
    beside=15,
    hour=drawn(st.just(4.0), numbers(1, 8).outside),
)
fuzz(
    fits.half_life,
    lambda states, parameters: fits.half_life("naltrexone", states, **parameters),
    lambda result, **given: positive(result),
    cases=100,
    states=only(["gut"], ["central", "tissue"], wrong=[["blood"], None, [], "gut", 3, [3], [None]]),
    parameters=parameters("naltrexone"),
    named={"states": "states?", "parameters": "parameter"},
)
DOSES = lists(numbers(0, 1e6, upto=50), least=1, most=2)
fuzz(
    feedback.mean_signal,
    cases=20,
    beside=10,
    doses=DOSES,
    days=whole(1, 36_500, upto=2),
    named={"doses": "doses?|amount"},
)
fuzz(feedback.premises, doses=DOSES, cases=0, beside=8, named={"doses": "doses?|amount"})
fuzz(
    feedback.one_site,
    cases=5,
    beside=10,
    doses=DOSES,
    n=whole(1, 1_000_000, upto=2),
    seed=whole(0, 2**53),
    named={"doses": "doses?|amount"},
)
fuzz(
    feedback.gain_from_rise,
    holds=lambda result, **given: finite(result) and result >= 0,
    rise=drawn(st.floats(1, 1.9), st.one_of(NO_NUMBERS, st.floats(-9, 0.999), st.floats(1e3, 1e9))),
    blocked=drawn(
        st.floats(0.5, 0.99), st.one_of(NO_NUMBERS, st.floats(-9, -0.01), st.floats(1.01, 9))
    ),
)
fuzz(
    feedback.switched,
    holds=lambda result, **given: finite(result),
    cases=60,
    gain=numbers(0, 1000, upto=5),
    memory=numbers(1e-3, 1e3, since=0.1, upto=10),
    pieces=drawn(
        st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 5)), min_size=1, max_size=3),
        st.sampled_from(
            [[], None, 3, [(2.0, 1)], [(0.5, 0)], [(0.5, math.nan)], [("a", 1)], [1], [(1,)]]
        ),
    ),
    named={"pieces": "pieces|share blocked|duration"},
)

# analysis: trials and statistics

DESIGN = dict(
    design=words("parallel", "crossover"),
    effect=numbers(1e-6, 1e6, since=0.01, upto=100),
    sd=numbers(1e-6, 1e6, since=0.1, upto=100),
    correlation=numbers(0, 0.99),
    dropout=numbers(0, 0.9, upto=0.5),
    arms=whole(2, 10, upto=4),
)
fuzz(
    trial_power.power,
    holds=lambda result, **given: share(result),
    **DESIGN,
    people=numbers(4, 1e6, since=40),
)
fuzz(
    trial_power.power,
    lambda people, effect, sd, design: trial_power.power(design, people, effect, sd),
    lambda result, **given: share(result),
    people=numbers(4, 1e6),
    effect=numbers(1e-6, 1e6),
    sd=numbers(1e-6, 1e6),
    design=words("parallel", "crossover"),
)
fuzz(
    trial_power.people_needed,
    holds=lambda result, **given: positive(result) and isinstance(result, int),
    cases=100,
    **DESIGN,
    goal=numbers(0.06, 0.999),
)
fuzz(
    trial_power.detectable,
    holds=lambda result, **given: positive(result),
    cases=100,
    design=words("parallel", "crossover"),
    people=numbers(4, 1e6),
    correlation=numbers(0, 0.99),
    goal=numbers(0.06, 0.999),
)
fuzz(
    trial_power.simulated_power,
    holds=lambda result, **given: share(result[0]) and result[1] > 0,
    cases=60,
    **DESIGN,
    people=numbers(4, 1e6, since=40, upto=100),
    repeats=drawn(st.integers(1, 5), st.sampled_from([0, -1, 1.5, None, "1", math.nan, 10**9, []])),
    seed=whole(0, 2**53),
)
fuzz(meta_analysis.standardised, cases=20, correlation=numbers(0, 0.95), beside=15)
EFFECTS = st.lists(st.floats(-3, 3), min_size=3, max_size=3)
ERRORS = st.lists(st.floats(0.01, 3), min_size=3, max_size=3)
WRONG = [None, 3.0, "4.5", [1.0], [1.0, 1.0, math.nan], [1.0, 1.0, None], [1, 1, "1"], [], Thing()]
POOLED = dict(
    effects=drawn(EFFECTS, st.sampled_from([*WRONG, [1, 1, 1e9]])),
    errors=drawn(ERRORS, st.sampled_from([*WRONG, [1.0, 1.0, 0.0], [1.0, 1.0, -1.0]])),
)
NAMED_POOL = {"effects": "effects?", "errors": "errors?"}
fuzz(
    meta_analysis.pool,
    lambda **given: vars(meta_analysis.pool(**given)),
    lambda result, **given: (
        finite(result)
        and result["low"] <= result["mean"] <= result["high"]
        and 0 <= result["i2_low"] <= result["i2_high"] <= 1
    ),
    named=NAMED_POOL,
    cases=150,
    **POOLED,
)
fuzz(
    meta_analysis.posterior,
    lambda **given: meta_analysis.posterior(**given).mean,
    named=NAMED_POOL,
    cases=100,
    scale=numbers(1e-3, 10),
    **POOLED,
)
POST = meta_analysis.posterior([0.1, -0.4], [0.2, 0.3])
fuzz(
    meta_analysis.Posterior.below,
    POST.below,
    lambda result, limit: share(result),
    limit=numbers(None, None, since=-1e9, upto=1e9),
)
fuzz(meta_analysis.Posterior.quantile, POST.quantile, share=numbers(1e-4, 1 - 1e-4), cases=100)
fuzz(
    rare_events.upper_limit,
    events=whole(0, 1_000_000_000, upto=1000),
    years=numbers(1e-9, 1e9),
    confidence=numbers(0.5, 0.9999),
    holds=lambda result, **given: positive(result),
)
fuzz(
    rare_events.power_to_see,
    factor=numbers(0, 1e6),
    rate=numbers(1e-12, 1e6),
    years=numbers(1e-9, 1e6),
    holds=lambda result, **given: share(result),
)
fuzz(
    rare_events.years_needed,
    factor=drawn(st.floats(2, 9), NO_NUMBERS),
    rate=drawn(st.floats(0.1, 1), NO_NUMBERS),
    power=drawn(st.floats(0.1, 0.9), st.one_of(NO_NUMBERS, st.floats(1.01, 9))),
    cases=2,
    beside=10,
    holds=lambda result, **given: positive(result),
)
fuzz(
    rare_events.poisson_interval,
    count=whole(0, 1_000_000_000, upto=100_000),
    level=numbers(0.01, 0.9999),
    holds=lambda result, count, **given: finite(result) and 0 <= result[0] <= count <= result[1],
)
CORRECTION = drawn(st.sampled_from([0, 1]), st.sampled_from([2, -1, 0.5, None, "1", []]))
fuzz(
    uncontrolled.falls,
    lambda **given: uncontrolled.falls(**given, repeats=5),
    lambda result, cytokines, **given: 0 <= result.min() <= result.max() <= cytokines,
    cases=100,
    people=whole(3, 1000, upto=9),
    cytokines=whole(1, 200, upto=9),
    correlation=numbers(0, 1),
    entry=numbers(-9, 2),
    control=CORRECTION,
    correction=CORRECTION,
    seed=whole(0, 2**53),
)
fuzz(
    uncontrolled.falls,
    lambda repeats: uncontrolled.falls(3, 2, 0.5, repeats=repeats),
    repeats=whole(1, 1_000_000, upto=9),
    cases=20,
)
fuzz(
    uncontrolled.replay,
    lambda **given: uncontrolled.replay(**given, critical=-2.0),
    lambda result, cytokines, **given: 0 <= result.min() <= result.max() <= cytokines,
    cases=40,
    people=whole(3, 64, upto=9),
    cytokines=whole(1, 17),
    correlation=numbers(0, 1),
    entry=numbers(0, 2),
    control=CORRECTION,
    seed=whole(0, 2**32 - 1),
    repeats=whole(1, 2**17, upto=5),
)
fuzz(
    uncontrolled.replay,
    lambda critical: uncontrolled.replay(3, 2, 0.5, -9, 0, 1, 2, critical),
    cases=20,
    critical=numbers(None, None),
)
fuzz(
    uncontrolled.chances,
    cases=None,  # seconds; test_set_pieces_play looks at each
    correlation=only(0.6, wrong=[0.5, -1, None, "0.6", 2, math.nan]),
)
fuzz(
    uncontrolled.mean_by_chance,
    cytokines=whole(1, 200),
    correction=CORRECTION,
    holds=lambda result, **given: positive(result),
)
fuzz(
    uncontrolled.describe_falls,
    lambda counts, cytokines: {
        k: float(v) for k, v in uncontrolled.describe_falls(counts, cytokines).items()
    },
    counts=drawn(
        st.lists(st.integers(0, 5), min_size=2, max_size=9).map(np.array),
        st.sampled_from([None, 3, "a", np.array([1]), [], np.array([99, 1]), np.array([-1, 1])]),
    ),
    cytokines=drawn(st.integers(5, 9), st.sampled_from([0, -1, None, "1", 1.5])),
    cases=60,
)
fuzz(
    uncontrolled.chance_of_one,
    p=numbers(0, 1),
    outcomes=or_arrays(numbers(0, None, upto=1e6)),
    holds=lambda result, **given: share(float(result)),
)

# analysis: joints, cells and tolerance

fuzz(
    defence.outcome,
    lambda **given: defence.outcome(**given, settle=3, until=3).drop(columns="settled"),
    lambda result, **given: finite(result) and (result >= 0).all(axis=None),
    cases=40,
    damping=numbers(0, 0.99),
    killing=numbers(0.5, 12),
    late=only(True, False),
    ill=only(True, False),
)
fuzz(
    defence.outcome,
    lambda settle, until, step: defence.outcome(0.5, settle=settle, until=until, step=step).drop(
        columns="settled"
    ),
    cases=10,
    settle=numbers(1, 1e6, upto=3),
    until=numbers(1, 1e6, upto=3),
    step=numbers(1e-6, 0.2, since=0.1),
)
fuzz(
    defence.random_windows,
    lambda n, seed: len(defence.random_windows(n=n, seed=seed, settle=2.0, until=2.0)),
    cases=4,
    beside=12,
    n=whole(1, 1_000_000, upto=2),
    seed=whole(0, 2**53),
)
JOINT = parameters("synovial_cytokines")
fuzz(
    synovium.steady_states,
    lambda given: [s.pro for s in synovium.steady_states(**given)],
    lambda result, given: result and min(result) > 0,
    given=JOINT,
    named={"given": "parameter"},
    cases=150,
)
PRO = numbers(1e-100, 1e30, since=1e-3, upto=1e3)
PRO = Domain(PRO.inside, PRO.outside.filter(lambda x: np.size(x) == 1))
fuzz(
    synovium.amplification_at,
    lambda pro, given: float(synovium.amplification_at(pro, **given)),
    pro=PRO,
    given=JOINT,
    named={"given": "parameter"},
    cases=100,
)
fuzz(
    synovium.branch,
    lambda pro, given: synovium.branch(pro, **given),
    pro=lists(PRO, least=1, most=3),
    given=drawn(st.just({}), JOINT.outside),
    named={"given": "parameter"},
    cases=40,
)
for turning in (synovium.folds, synovium.onsets):
    fuzz(
        turning,
        lambda given, points=turning: points(**given),
        given=JOINT,
        named={"given": "parameter"},
        cases=60,
    )
fuzz(
    synovium.cycle,
    lambda settle, rtol: synovium.cycle(settle, rtol),
    lambda result, **given: result is None,
    cases=3,
    beside=15,
    settle=drawn(st.just(500.0), numbers(1, 1e6).outside),
    rtol=drawn(st.just(1e-6), numbers(1e-12, 0.1).outside),
)
fuzz(
    synovium.random_patients,
    lambda n, seed: len(synovium.random_patients(n, seed)["pro_start"]),
    lambda result, n, **given: result == n,
    cases=3,
    beside=12,
    n=whole(1, 100_000, upto=3),
    seed=whole(0, 2**53),
)
fuzz(microglia.switch_points, threshold=numbers(0.5, 0.9, upto=0.75), cases=30)
fuzz(
    microglia.block_needed,
    trigger=numbers(1e-9, None, upto=9),
    threshold=numbers(0.5, 0.9, upto=0.75),
    cases=30,
    holds=lambda result, **given: share(result),
)
fuzz(
    microglia.balance,
    activity=or_arrays(numbers(0, 1e60, upto=1e6)),
    threshold=numbers(1e-6, 1e60, since=0.5, upto=0.9),
)
CELLS = parameters("regulatory_t_cells")
fuzz(
    tolerance.reproduction,
    lambda given: tolerance.reproduction(**given),
    lambda result, given: positive(result),
    given=CELLS,
    named={"given": "parameter"},
)
fuzz(
    tolerance.lasting,
    lambda given: tolerance.lasting(**given),
    lambda result, given: finite(result) and result >= 0,
    given=CELLS,
    named={"given": "parameter"},
)
WORLDS = dict(
    repeats=drawn(st.just(1), st.sampled_from([0, -1, 1.5, None, "1", math.nan, []])),
    seed=drawn(st.just(9), st.sampled_from([-1, 1.5, None, "1", math.nan, []])),
)
fuzz(tolerance.worlds, lambda **given: len(tolerance.worlds(**given)), cases=1, beside=8, **WORLDS)
fuzz(
    tolerance.selection,
    lambda **given: tolerance.selection(**given),
    lambda result, **given: finite(result) and 0 <= result.min() <= result.max() <= 1,
    cases=1,
    beside=8,
    **WORLDS,
)
fuzz(
    tolerance.strongest,
    lambda counts: tolerance.strongest(counts, 1),
    cases=2,
    beside=10,
    counts=only([1, 30], wrong=[None, 3, "a", [0], [-1], [1.5], [10**9], ["1"]]),
)

# analysis: virtual patients

SEED = whole(0, 2**53)
fuzz(
    virtual_trial.patients,
    lambda middles, **given: virtual_trial.patients(**given, **middles),
    lambda result, people, **given: finite(result) and len(result) == people,
    cases=15,
    beside=10,
    people=whole(1, 1_000_000_000, upto=9),
    seed=SEED,
    spreads=only(
        None,
        {"ka": 0.1},
        wrong=[3, [1], "a", {"kb": 1.0}, {"ka": -1.0}, {"ka": None}, {"onset": "1"}],
    ),
    middles=drawn(st.just({}), parameters("virtual_patient").outside),
    named={"spreads": "spreads?|parameter", "middles": "parameter|middle"},
)
TWO = virtual_trial.patients(2)
LEAST = dict(days=1, over=1)
fuzz(
    virtual_trial.simulate_patients,
    lambda table, amount: virtual_trial.simulate_patients(table, amount, **LEAST),
    cases=5,
    beside=10,
    table=only(TWO, wrong=[None, 3, "a", [1], TWO.iloc[:0], {"gain": [1.0]}]),
    amount=drawn(st.floats(0, 50), numbers(0, 1e6).outside.filter(lambda x: np.size(x) == 1)),
)
fuzz(
    virtual_trial.trial,
    lambda **given: virtual_trial.trial(**given, **LEAST).drop(columns="arm"),
    cases=5,
    beside=10,
    people=whole(6, 1_000_000_000, upto=12),
    dose=numbers(0, 1e6, upto=50),
    seed=SEED,
    placebo=drawn(st.sampled_from([None, 1.0]), st.sampled_from([-1.0, 9.0, "1", math.nan, [1.0]])),
    sd=drawn(st.sampled_from([None, 1.0]), st.sampled_from([-1.0, 9.0, "1", math.nan, [1.0]])),
)
fuzz(
    virtual_trial.varied,
    lambda **given: virtual_trial.varied(**given, **LEAST),
    cases=1,
    beside=10,
    points=only(8, wrong=[0, 7, 8.5, None, "8", math.nan, [8], 2**30]),
    dose=numbers(0, 1e6, upto=50),
    seed=whole(0, 2**32 - 1),
)
RUNS = virtual_trial.varied(8, **LEAST)
fuzz(
    virtual_trial.sensitivity,
    lambda **given: virtual_trial.sensitivity(8, runs=RUNS, **given),
    cases=2,
    beside=10,
    output=words("less_pain"),
    seed=whole(0, 2**32 - 1),
)
fuzz(
    virtual_trial.on_day_four,
    lambda hour: virtual_trial.on_day_four(TWO, hour),
    lambda result, hour: finite(result) and (result <= 1).all(axis=None),
    hour=numbers(0, 24),
    cases=30,
)
fuzz(
    validation.ratio_seen,
    lambda hour, id: validation.ratio_seen(hour, id),
    cases=3,
    beside=10,
    hour=numbers(1, 24),
    id=words("delaat_kappa"),
    named={"id": "measurement"},
    holds=lambda result, **given: positive(result),
)

# ---------------------------------------------------------------- what is not tried here

# Place, or the module with ".*", -> why. Figures and controls without arguments are drawn and run
# by tests of their own.
LEFT_OUT = {
    "helpers.models.*.initial": "arithmetic on what simulate and Model.values have checked",
    "helpers.models.*.dose": "arithmetic on what simulate and Model.values have checked",
    "helpers.models.*.rhs": "arithmetic on what simulate and Model.values have checked",
    "helpers.models.*.outputs": "arithmetic on what simulate and Model.values have checked",
    "helpers.figures.*": "draws what its chapter hands it, from functions that are tried here",
    "helpers.controls.*": "takes no argument",
    "helpers.explorer.evaluation.drawn_line": "reads a spec that was checked",
    "helpers.explorer.evaluation.replayed": "reads a spec that was checked",
    "helpers.checks.text": "one line; every control is tried with what is no text",
    "helpers.checks.UnknownName": "an error",
    "helpers.evidence.TableError": "an error",
    "helpers.evidence.mechanism": "its boxes are those of one figure; test_evidence tries others",
    "helpers.evidence.add_trial.*": "a command; test_add_trial breaks every column of a row",
    "helpers.evidence.page_tables.*": "puts tags around HTML, all of it drawn on pages",
    "helpers.evidence.rules.*": "a rule of rows; test_tables breaks one row for each",
    "helpers.evidence.search_log.*": "rows of the tables as HTML; test_searches reads the page",
    "helpers.evidence.study_cards.*": "rows of the tables as HTML, each one drawn on a page",
    "helpers.evidence.summary.*": "rows of the tables as HTML, each one drawn on a page",
    "helpers.questions.*": "one text for each language; test_front_door damages one",
    "helpers.evidence.word_tables.*": "rows of the tables as HTML, each one drawn on a page",
    "helpers.evidence.ledger.ClaimList": "a result",
    "helpers.evidence.ledger.discussion": "a row of the claims, each one drawn on a page",
    "helpers.self_check.SelfCheck": "a result",
    "helpers.badges.Badge": "the badges are defined beside it",
    "helpers.explorer.script": "joins scripts",
    "helpers.explorer.element": "writes what was checked; test_explorer reads it",
    "helpers.explorer.starting_at": "check_values, which is tried here, takes its arguments",
    "helpers.explorer.Explorer.html": "writes what was checked; test_explorer reads it",
    "helpers.explorer.switch": "a choice, which is tried",
    "helpers.explorer.moved": "names; test_set_pieces tries what the spec refuses",
    "helpers.explorer.product": "names; test_set_pieces tries what the spec refuses",
    "helpers.explorer.note": "words; test_set_pieces tries what the spec refuses",
    "helpers.explorer.notes": "words; test_set_pieces tries what the spec refuses",
    "helpers.explorer.dots.*": "draws what its check lets through; test_set_pieces tries that",
    "helpers.explorer.arrows.*": "draws what its check lets through; test_set_pieces tries that",
    "helpers.explorer.evaluation.notes_shown": "a part of what evaluate gives, which is tried",
    "helpers.explorer.fallback.*": "draws what was checked; test_explorer draws each control",
    "helpers.explorer.spec_checks.*": "what every control here goes through",
    "helpers.explorer.evaluation.control_text": "a value that was checked; evaluate writes it",
    "helpers.explorer.evaluation.measure_text": "a number that was computed; evaluate writes it",
    "helpers.explorer.evaluation.percent": "a share that was computed; evaluate writes it",
    "helpers.explorer.evaluation.quantity": "a number that was checked; evaluate writes it",
    "helpers.explorer.evaluation.status": "a part of what evaluate gives, which is tried",
    "helpers.explorer.evaluation.table_index": "asked by evaluate, of values that it has checked",
    "helpers.explorer.evaluation.table_series": "asked by evaluate, of values that it has checked",
    "helpers.archives.*": "test_archives opens what they write, and tries wrong names",
    "helpers.analysis.courses.*": "test_archives tries wrong parts of a course, and draws the rest",
    "helpers.export.dosed": "of a model; loads it as `latex` does",
    "helpers.export.symbols": "of a model; loads it as `latex` does",
    "helpers.population.Split": "made by split, of a model",
    "helpers.population.Step": "made by means",
    "helpers.simulate.check_arrays": "means and outcome hand it what they get, and are tried",
    "helpers.simulate.runge_kutta": "for rhs and states of a model; test_bad_input tries its step",
    "helpers.simulate.to_rest": "for rhs and states of a model; outcome is tried",
    "helpers.simulate.End": "a result",
    "helpers.labels.*": "looks at what matplotlib drew; test_labels tries words in bad places",
    "helpers.style.*": "draws into axes of matplotlib; test_style tries wrong numbers of labels",
    "helpers.analysis.fits.Fit": "a result",
    "helpers.analysis.fits.measured": "takes no argument; test_archives reads it again",
    "helpers.analysis.fits.fit_scans": "takes no argument; a test repeats it",
    "helpers.analysis.fits.fit_naltrexone": "takes no argument; a test repeats it",
    "helpers.analysis.validation.*": "takes no argument, or the rows that its neighbour returns",
    "helpers.analysis.meta_analysis.standard_errors": "takes rows of the trials",
    "helpers.analysis.meta_analysis.within_person": "takes rows of the trials",
    "helpers.analysis.meta_analysis.leave_one_out": "takes the rows that `standardised` returns",
    "helpers.analysis.meta_analysis.Pooled": "a result",
    "helpers.analysis.meta_analysis.Posterior": "a result",
    "helpers.analysis.microglia.blood_levels": "takes no argument",
    "helpers.analysis.rare_events.person_years": "takes no argument",
    "helpers.analysis.randomised.*": "takes no argument",
    "helpers.analysis.verdict_changes.*": "words of a table; test_set_pieces tries others",
    "helpers.analysis.synovium.Steady": "a result",
    "helpers.analysis.synovium.Cycle": "a result",
    "helpers.analysis.synovium.healthy": "takes the patients that its neighbour returns",
    "helpers.analysis.synovium.courses": "minutes long; as random_patients, which is tried",
    "helpers.analysis.tolerance.bindings": "takes random receptors; a test adds up",
    "helpers.analysis.uncontrolled.table": "takes no argument",
    "helpers.analysis.virtual_trial.summary": "takes the rows that its neighbour returns",
    "helpers.analysis.virtual_trial.results": "takes the rows that its neighbour returns",
    "helpers.analysis.virtual_trial.compare_arms": "takes the rows that its neighbour returns",
}


def public():
    """The places of all public functions, classes and their methods in the package."""
    for item in pkgutil.walk_packages(helpers.__path__, "helpers."):
        for name, thing in vars(importlib.import_module(item.name)).items():
            own = getattr(thing, "__module__", None) == item.name and callable(thing)
            if name.startswith("_") or not own or isinstance(thing, (Fuzzed, style.Look)):
                continue
            yield f"{item.name}.{name}"
            if inspect.isclass(thing):
                for part, method in vars(thing).items():
                    if inspect.isfunction(method) and not part.startswith("_"):
                        yield f"{item.name}.{name}.{part}"


def covers(pattern, name):
    return fnmatch.fnmatchcase(name, pattern) or name.startswith(f"{pattern}.")


def test_every_public_function_is_tried_or_says_why_not():
    everything = set(public())
    missing = [
        name
        for name in sorted(everything - set(FUZZED))
        if not any(covers(pattern, name) for pattern in LEFT_OUT)
    ]
    assert not missing
    gone = [pattern for pattern in LEFT_OUT if not any(covers(pattern, n) for n in everything)]
    assert not gone
    assert len(FUZZED) > 120


# ---------------------------------------------------------------- the tests


def quick(examples):
    # The same cases at each run: what passes here passes elsewhere.
    return settings(max_examples=examples, deadline=None, database=None, derandomize=True)


# Where one call takes seconds, other tests make it: here it is tried beside its domain alone.
@pytest.mark.parametrize("name", [name for name, one in FUZZED.items() if one.cases])
def test_inside_its_domain_a_function_gives_what_it_says(name):
    one = FUZZED[name]

    @given(st.fixed_dictionaries({key: domain.inside for key, domain in one.domains.items()}))
    @quick(one.cases if one.domains else 1)
    def try_it(arguments):
        with np.errstate(all="ignore"):
            result = one.call(**arguments)
        assert one.holds(result, **arguments), f"{arguments} gave {result!r}"

    try_it()


BESIDE = [
    (name, key)
    for name, one in FUZZED.items()
    for key, domain in one.domains.items()
    if domain.outside is not None
]


@pytest.mark.parametrize(("name", "argument"), BESIDE)
def test_beside_its_domain_a_function_refuses_by_name(name, argument):
    one = FUZZED[name]
    good = st.fixed_dictionaries(
        {key: domain.inside for key, domain in one.domains.items() if key != argument}
    )
    word = one.named.get(argument, argument)

    @given(good, one.domains[argument].outside)
    @quick(one.beside)
    def try_it(others, bad):
        with np.errstate(all="ignore"):
            try:
                result = one.call(**others, **{argument: bad})
            except (ValueError, TypeError, SyntaxError, checks.UnknownName) as error:
                said = str(error)
            else:
                raise AssertionError(f"{argument} = {bad!r} was taken, and gave {result!r}")
        assert re.search(rf"\b({word})\b", said), f"{argument} = {bad!r}: the error is {said!r}"

    try_it()
