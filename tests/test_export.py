"""The exports say what the models say: SBML in two independent simulators, equations complete."""

import inspect
import re
from html import unescape

import basico
import libsbml
import numpy as np
import pytest
import roadrunner
import sympy
from hypothesis import given, settings, strategies as st

from helpers import evidence, export, models
from helpers.simulate import daily, schedule, simulate, single

SCHEDULES = {
    "single": single(4.5),
    "daily": daily(4.5, 6),
    "every 8 h, 50 mg": daily(50.0, 4, 8.0),
    "from time 0, unequal": schedule([0, 23, 24.6, 71, 130], [4.5, 3, 50, 0, 1.5]),
    "late, close together": schedule([5.2, 5.2 + 1 / 60, 6, 100], [4.5, 4.5, 4.5, 4.5]),
    "none": schedule([], []),
}
# No sample at the moment of a dose, where "just before" and "just after" both are right.
TIMES = np.sort(np.r_[0.05, 0.3, 1.0, 2.0, np.arange(3.5, 144, 3.7)])
# A model without a drug is the same under every schedule.
CASES = [
    (name, schedule)
    for name in models.names()
    for schedule in SCHEDULES
    if export.dosed(models.load(name)) or schedule == "daily"
]


def reference(name, doses):
    return simulate(name, doses, TIMES, rtol=1e-11)


def assert_agree(found, frame):
    for column in frame:
        expected = frame[column].to_numpy()
        np.testing.assert_allclose(
            found[column], expected, rtol=1e-6, atol=1e-9 * np.abs(expected).max(), err_msg=column
        )


def libroadrunner(sbml, columns):
    """What libRoadRunner makes of the file at `TIMES`: column -> values."""
    runner = roadrunner.RoadRunner(sbml)
    runner.integrator.relative_tolerance = 1e-11
    runner.integrator.absolute_tolerance = 1e-14
    runner.timeCourseSelections = ["time", *columns]
    result = np.asarray(runner.simulate(times=[0.0, *TIMES]))
    return {column: result[1:, i + 1] for i, column in enumerate(columns)}


def copasi(sbml):
    """What COPASI makes of the file at `TIMES`: column -> values."""
    model = basico.load_model_from_string(sbml)
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
    times = result.index.to_numpy()
    rows = [int(np.argmin(np.abs(times - t))) for t in TIMES]
    np.testing.assert_allclose(times[rows], TIMES, rtol=1e-9)
    return {
        column.removeprefix("Values[").removesuffix("]"): result[column].to_numpy()[rows]
        for column in result
    }


@pytest.mark.parametrize("schedule", ["daily", "from time 0, unequal"])
@pytest.mark.parametrize("name", models.names())
def test_sbml_is_consistent(name, schedule):
    document = libsbml.readSBMLFromString(export.sbml(name, SCHEDULES[schedule]))
    document.checkConsistency()
    # Not even a warning: units, terms of the ontology and annotations are checked, too.
    problems = [document.getError(i).getMessage() for i in range(document.getNumErrors())]
    assert problems == []
    assert document.getModel().getNumParameters() > len(models.load(name).parameters)


def plain(xml):
    """The letters and digits of the text of some XML: Markdown became XHTML on the way."""
    return "".join(re.findall(r"\w", unescape(re.sub(r"<[^>]*>", " ", xml))))


def annotated(element):
    """What an element says of itself, as libSBML reads it: qualifier -> addresses."""
    found = {}
    for i in range(element.getNumCVTerms()):
        term = element.getCVTerm(i)
        resources = [term.getResourceURI(j) for j in range(term.getNumResources())]
        found[libsbml.BiolQualifierType_toString(term.getBiologicalQualifierType())] = resources
    return found


@pytest.mark.parametrize("name", models.names())
def test_each_name_in_the_sbml_says_what_it_is(name):
    model = models.load(name)
    document = libsbml.readSBMLFromString(export.sbml(name, SCHEDULES["from time 0, unequal"]))
    found = document.getModel()
    assert found.getName() == model.title
    notes = plain(found.getNotesString())
    for sentence in (*model.credibility.may, *model.credibility.may_not):
        assert plain(sentence) in notes
    assert plain(inspect.getdoc(model.module)) in notes
    labels = {q.label for q in (model.states | model.outputs).values()}
    labels |= {p.note.partition(";")[0] for p in model.parameters.values()}
    described = annotated(found).get("isDescribedBy", [])
    assert len(described) >= len(model.credibility.source.split())
    for element in found.getListOfParameters():
        # Antimony leaves out a name that is the id itself.
        words = element.getName() or element.getId()
        assert words in labels or words.startswith("dose_"), element.getId()
        assert element.isSetUnits(), element.getId()
        assert libsbml.SBO.isQuantitativeSystemsDescriptionParameter(element.getSBOTerm())
    for key, q in (model.parameters | model.states | model.outputs).items():
        element = found.getParameter(key)
        about = annotated(element).get("isPropertyOf", [])
        assert [address.partition(".org/")[2] for address in about] == q.about.split()
    for key, p in model.parameters.items():
        element = found.getParameter(key)
        assert plain(p.note) in plain(element.getNotesString())
        assert p.status in element.getNotesString().lower()
        described = annotated(element).get("isDescribedBy", [])
        assert len(described) >= len(p.source.split())
        for source in p.source.split():
            pmid = evidence.reference(source).fields.get("pmid")
            assert not pmid or f"https://identifiers.org/pubmed:{pmid}" in described


@pytest.mark.parametrize(("name", "schedule"), CASES)
def test_libroadrunner_agrees(name, schedule):
    expected = reference(name, SCHEDULES[schedule])
    assert_agree(libroadrunner(export.sbml(name, SCHEDULES[schedule]), list(expected)), expected)


@pytest.mark.parametrize(("name", "schedule"), CASES)
def test_copasi_agrees(name, schedule):
    expected = reference(name, SCHEDULES[schedule])
    assert_agree(copasi(export.sbml(name, SCHEDULES[schedule])), expected)


# Any doses: on a grid of minutes that never meets a sample.
@given(
    st.dictionaries(st.integers(0, 8000), st.floats(0.01, 100), max_size=8),
    st.sampled_from(["receptor_occupancy", "opioid_feedback"]),
)
@settings(max_examples=40, deadline=None)
def test_any_schedule_leaves_the_book(taken, name):
    times = sorted(taken)
    doses = schedule(
        [minute / 60 + (minute > 0) * 0.007 for minute in times], [taken[m] for m in times]
    )
    sbml, expected = export.sbml(name, doses), reference(name, doses)
    assert_agree(libroadrunner(sbml, list(expected)), expected)
    assert_agree(copasi(sbml), expected)


@pytest.mark.parametrize("bad", [None, 4.5, [4.5], "daily", (0.0, 4.5)])
def test_what_is_no_schedule_is_refused(bad):
    for write in (export.antimony, export.sbml):
        with pytest.raises(ValueError, match="doses must come from .* got "):
            write("naltrexone", bad)


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
    starts = [start for start in export.symbols(model).initial if not start.is_zero]
    assert text.count("(0) &=") == len(starts)
    assert text.count("&=") == len(model.states) + len(model.outputs) + len(starts)
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
        assert model.parameters[key].symbol in text, f"{key} stands in no printed equation"


@pytest.mark.parametrize("name", ["y", "dose_time_1"])
def test_a_reserved_name_is_refused(name):
    class Module:
        TITLE, OUTPUTS, PARAMETERS = "Bad", {}, {}
        CREDIBILITY = models.load("naltrexone").credibility
        STATES = {name: models.Quantity("1", "a state with a name the generated code needs")}

    with pytest.raises(ValueError, match=f"'{name}' is reserved"):
        export.javascript(models.Model("bad", Module))
