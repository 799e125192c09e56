"""Bad input meets an error that names the argument, the value and what was expected."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import badges, claims, evidence, explorer, export, feedback, fits, models, population, self_check
from helpers.checks import UnknownName
from helpers.simulate import daily, schedule, simulate, single

NOT_NUMBERS = ["4.5", None, "a lot", [1], True, 1j]
NOT_FINITE = [math.nan, math.inf, -math.inf]


def message(error):
    return str(error.value)


@pytest.mark.parametrize("bad", [-1, -1e-12, *NOT_FINITE, *NOT_NUMBERS])
def test_doses(bad):
    for make in (single, lambda mg: daily(mg, 3), lambda mg: schedule([0, 24], [4.5, mg])):
        with pytest.raises(ValueError, match="dose amount") as error:
            make(bad)
        assert repr(bad) in message(error) and "finite number of at least 0 mg" in message(error)


@pytest.mark.parametrize("bad", [-1, *NOT_FINITE, *NOT_NUMBERS])
def test_times(bad):
    with pytest.raises(ValueError, match="dose time"):
        schedule([bad], [4.5])
    with pytest.raises(ValueError, match="time"):
        simulate("naltrexone", single(4.5), [0, bad])
    with pytest.raises(ValueError, match="every"):
        daily(4.5, 3, every=bad)
    with pytest.raises(ValueError, match="days"):
        daily(4.5, bad)


@pytest.mark.parametrize("times", [[24, 0], [0, 0]])
def test_unordered_schedule(times):
    with pytest.raises(ValueError, match="increase"):
        schedule(times, [1, 1])
    with pytest.raises(ValueError, match="increase"):
        simulate("naltrexone", single(1), times)


def test_schedule_lengths_and_type():
    with pytest.raises(ValueError, match="equal length, got 2 and 1"):
        schedule([0, 1], [1])
    with pytest.raises(ValueError, match="doses must come from"):
        simulate("naltrexone", 4.5, [1])


def test_unknown_names():
    with pytest.raises(KeyError, match="unknown model 'naltrexon'; did you mean 'naltrexone'"):
        models.load("naltrexon")
    with pytest.raises(UnknownName, match="parameter of model 'naltrexone' 'cl'"):
        simulate("naltrexone", single(1), [1], cl=100)
    with pytest.raises(UnknownName, match="structure 'magic'"):
        fits.fit_occupancy("magic")
    with pytest.raises(UnknownName, match="state 'blood'"):
        fits.half_life("naltrexone", ["blood"])
    with pytest.raises(UnknownName, match="reference 'Nobody1900nothing'"):
        evidence.cite("Nobody1900nothing")
    with pytest.raises(UnknownName, match="chapter '99'"):
        claims.show("99")
    with pytest.raises(UnknownName, match="badge 'certain'"):
        badges.badge("certain")
    with pytest.raises(UnknownName, match="self-check '99'"):
        self_check.self_check("99")


@pytest.mark.parametrize("name", models.names())
def test_parameters_outside_their_range(name):
    for key, p in models.load(name).parameters.items():
        for bad in (p.low - 1, p.high * 1.01 + 1, math.nan, "1"):
            with pytest.raises(ValueError, match=f"parameter '{key}' must be a number from"):
                simulate(name, single(1), [1], **{key: bad})


def test_population():
    with pytest.raises(ValueError, match="hours must increase"):
        population.last_day("opioid_feedback", 1.0, hours=[3.0, 1.0])
    with pytest.raises(ValueError, match="amount"):
        population.last_day("opioid_feedback", np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="gain"):
        population.last_day("opioid_feedback", 1.0, gain=np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="rise must be below"):
        feedback.gain_from_rise(3, 0.5)


def test_exports():
    model = models.load("naltrexone")
    with pytest.raises(ValueError, match="amount"):
        export.sbml(model, amount=-1)
    with pytest.raises(ValueError, match="count"):
        export.antimony(model, count=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("id,value\na,1\n", "column 'source' is missing"),
        ("id,source,seen,value\na,Lee1988duration,abstract,1\na,Lee1988duration,abstract,2\n", "row 3, column 'id'"),
        ("id,source,seen,value\na,Lee1988duration,abstract,much\n", "row 2, column 'value': 'much'"),
        ("id,source,seen,value\na,Lee1988duration,abstract,nan\n", "row 2, column 'value': 'nan'"),
        ("id,source,seen,value\na,Lee1988duration,from memory,1\n", "row 2, column 'seen': 'from memory'"),
        ("id,source,seen,value\na,,abstract,1\n", "row 2, column 'source': a source is missing"),
        ("id,source,seen,value\na,Nobody1900,abstract,1\n", "row 2, column 'source': 'Nobody1900' is not in"),
        ("id,source,seen,value\na,Lee1988duration,abstract\n", "row 2: 3 cells, expected 4"),
        ("id,source,verdict\na,Lee1988duration,certain\n", "row 2, column 'verdict': 'certain'"),
    ],
)
def test_damaged_tables(tmp_path, text, expected):
    (tmp_path / "kinetics.csv").write_text(text, encoding="utf-8")
    with pytest.raises(evidence.TableError, match="kinetics.csv") as error:
        evidence.read("kinetics", "source", folder=tmp_path)
    assert expected in message(error)


def small_control(**changes):
    parts = dict(
        id="small", title="Small", hint="", badge="Illustration", model="naltrexone",
        controls=[explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg")],
        runs={"main": explorer.run("dose", 24)},
        panels=[explorer.panel("P", explorer.axis("x", 0, 24), explorer.axis("y", 0, None), explorer.line("a", 0, run="main", output="naltrexone"))],
        measures={"peak": explorer.measure("naltrexone", "max", (0, 24))},
        status="{dose} {peak}",
    )  # fmt: skip
    return explorer.Explorer(**parts | changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"badge": "Fact"}, "badge 'Fact'"),
        ({"model": "naltrexon"}, "model 'naltrexon'"),
        ({"runs": {"main": explorer.run("amount", 24)}}, "control in run 'main' 'amount'"),
        ({"runs": {"main": explorer.run("dose", 24, cl=3)}}, "parameter in run 'main' 'cl'"),
        ({"runs": {"other": explorer.run("dose", 24)}}, "run 'main'"),
        ({"measures": {"peak": explorer.measure("blood", "max", (0, 24))}}, "output 'blood'"),
        ({"sweeps": {"s": explorer.sweep("none", "dose", [1])}}, "run of a sweep 'none'"),
        ({"presets": [{"label": "x", "values": {"speed": 1}}]}, "control of 'small' 'speed'"),
    ],
)
def test_controls_refuse_what_does_not_exist(changes, expected):
    with pytest.raises(KeyError, match=expected):
        small_control(**changes)


@given(st.one_of(st.floats(max_value=0.499), st.floats(min_value=100.01), st.just(math.nan), st.text(), st.none()))
@settings(max_examples=50, deadline=None)
def test_controls_refuse_bad_values(bad):
    control = small_control()
    with pytest.raises(ValueError, match="control 'dose' must be a number from 0.5 to 100 mg"):
        control.evaluate(dose=bad)
    with pytest.raises(ValueError, match="control 'dose'"):
        control.values = {"dose": bad}
    assert control.values == {"dose": 4.5}
