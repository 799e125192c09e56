"""The exports say what the models say: SBML in two independent simulators, equations complete."""

import re

import basico
import libsbml
import numpy as np
import pytest
import roadrunner
import sympy

from helpers import export, models
from helpers.simulate import daily, simulate, single

SCHEDULES = {"single": (4.5, 24.0, 1), "daily": (4.5, 24.0, 6), "every 8 h, 50 mg": (50.0, 8.0, 12)}
# No sample at the moment of a dose, where "just before" and "just after" both are right.
TIMES = np.sort(np.r_[0.05, 0.3, 1.0, 2.0, np.arange(3.5, 144, 3.7)])


def reference(name, amount, every, count):
    doses = single(amount) if count == 1 else daily(amount, count * every / 24, every)
    assert len(doses.times) == count
    return simulate(name, doses, TIMES, rtol=1e-11)


def assert_agree(found, frame):
    for column in frame:
        expected = frame[column].to_numpy()
        np.testing.assert_allclose(
            found[column], expected, rtol=1e-6, atol=1e-9 * np.abs(expected).max(), err_msg=column
        )


@pytest.mark.parametrize("name", models.names())
def test_sbml_is_consistent(name):
    document = libsbml.readSBMLFromString(export.sbml(models.load(name), count=3))
    document.checkConsistency()
    problems = [document.getError(i) for i in range(document.getNumErrors())]
    # 99505: libSBML cannot check units beside bare numbers (ln 2); pint does, in test_models.
    serious = [p.getMessage() for p in problems if p.getErrorId() != 99505]
    assert serious == []
    assert document.getModel().getNumParameters() > len(models.load(name).parameters)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", models.names())
def test_libroadrunner_agrees(name, schedule):
    model = models.load(name)
    amount, every, count = SCHEDULES[schedule]
    runner = roadrunner.RoadRunner(export.sbml(model, amount, every, count))
    runner.integrator.relative_tolerance = 1e-11
    runner.integrator.absolute_tolerance = 1e-14
    columns = [*model.states, *model.outputs]
    runner.timeCourseSelections = ["time", *columns]
    result = runner.simulate(times=[0.0, *TIMES])
    assert_agree(
        {c: np.asarray(result)[1:, i + 1] for i, c in enumerate(columns)},
        reference(name, amount, every, count),
    )


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", models.names())
def test_copasi_agrees(name, schedule):
    amount, every, count = SCHEDULES[schedule]
    model = basico.load_model_from_string(export.sbml(models.load(name), amount, every, count))
    try:
        result = basico.run_time_course(
            values=[0.0, *TIMES],
            r_tol=1e-11,
            a_tol=1e-14,
            max_steps=1_000_000,
            use_sbml_id=True,
            model=model,
        )
    finally:
        basico.remove_datamodel(model)
    found = {
        column.removeprefix("Values[").removesuffix("]"): result[column].to_numpy()
        for column in result
    }
    times = result.index.to_numpy()
    rows = [int(np.argmin(np.abs(times - t))) for t in TIMES]
    np.testing.assert_allclose(times[rows], TIMES, rtol=1e-9)
    assert_agree(
        {column: values[rows] for column, values in found.items()},
        reference(name, amount, every, count),
    )


@pytest.mark.parametrize("name", models.names())
def test_changed_parameters_reach_the_export(name):
    model = models.load(name)
    for key, p in model.parameters.items():
        value = (p.value + p.high) / 2
        assert f"  {key} = {value!r};" in export.antimony(model, **{key: value})


@pytest.mark.parametrize("name", models.names())
def test_equations_are_complete(name):
    model = models.load(name)
    text = export.latex(model)
    assert text.count("&=") == len(model.states) + len(model.outputs)
    assert not re.search(r"[1-9]\d{4}", text.replace(".", "")), (
        "a number of an equation is longer than a reader can take in"
    )
    used = set().union(
        *(
            e.free_symbols
            for part in vars(export.symbols(model)).values()
            if isinstance(part, tuple)
            for e in part
        )
    )
    for key in model.parameters:
        assert sympy.Symbol(key) in used, f"{key} is never used"


def test_a_reserved_name_is_refused():
    class Module:
        TITLE, OUTPUTS, PARAMETERS = "Bad", {}, {}
        CREDIBILITY = models.load("naltrexone").credibility
        STATES = {"y": models.Quantity("1", "a state with a name the generated code needs")}

    with pytest.raises(ValueError, match="'y' is reserved"):
        export.javascript(models.Model("bad", Module))
