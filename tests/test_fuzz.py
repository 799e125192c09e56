"""Every public function over the domain that it documents, and beside it.

Inside, a result is finite and in its range; outside, an error names the argument. `FUZZED` says for
each function what its arguments may be; what is not there is in `LEFT_OUT`, with the reason.
"""

import math
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from helpers import (
    checks,
    explorer,
    export,
    models,
    simulate as simulation,
)
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
def schedules(draw, until=1e6, most=4):
    """Any doses: (times, amounts)."""
    gaps = draw(st.lists(st.floats(2e-6, until / most), max_size=most))
    times = np.cumsum(gaps).tolist()
    if times and draw(st.booleans()):
        times[0] = 0.0
    return times, [draw(amounts) for _ in times]


@st.composite
def sample_times(draw, until=1e6, most=6):
    """Increasing times, each 0 or from 1e-9."""
    found = draw(
        st.lists(
            st.one_of(st.just(0.0), st.floats(1e-9, until)), min_size=1, max_size=most, unique=True
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
def simulations(draw, names=MODELS):
    """Arguments of a simulation; not for long where a model may turn in circles."""
    name = draw(st.sampled_from(names))
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
    named={"low": "low|value|high", "high": "high|value|low"},
)
fuzz(
    explorer.parameter_slider,
    lambda **given: checked(
        controls=[explorer.parameter_slider(**given)],
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
    named={"high": "high|low"},
)
fuzz(
    explorer.panel,
    lambda mark, **given: checked(panels=[explorer.panel(**given, x=X, y=Y) | {"marks": [mark]}]),
    cases=50,
    title=LABEL,
    percent=FLAG,
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
    sweeps=only({}, wrong=[None, [], 3]),
    readout=only(
        None,
        {"caption": "c", "columns": ["a"], "rows": [{"label": "l", "measures": ["peak"]}]},
        wrong=[
            {"caption": 3, "columns": [], "rows": []},
            {"caption": "", "columns": None, "rows": []},
            {"caption": "", "columns": [], "rows": [{"label": "l", "measures": ["pek"]}]},
        ],
    ),
    named={"presets": "presets?|label|values|control"},
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
fuzz(
    evaluation.number,
    holds=lambda result, value, digits: math.isclose(
        float(result.replace(" × 10", "e").translate(SUPERSCRIPTS)),
        value,
        rel_tol=5.1 * 10.0**-digits,
    ),
    value=numbers(None, None, since=-1e300, upto=1e300),
    digits=DIGITS,
)

# ---------------------------------------------------------------- the tests


def quick(examples):
    return settings(max_examples=examples, deadline=None, database=None)


@pytest.mark.parametrize("name", FUZZED)
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
            except (ValueError, TypeError, checks.UnknownName) as error:
                said = str(error)
            else:
                raise AssertionError(f"{argument} = {bad!r} was taken, and gave {result!r}")
        assert re.search(rf"\b({word})\b", said), f"{argument} = {bad!r}: the error is {said!r}"

    try_it()
