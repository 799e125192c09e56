"""The archives that the model pages offer, opened by tools that the book did not write."""

import functools
import re
import zipfile

import basico
import COPASI
import libcombine
import libsbml
import libsedml
import numpy as np
import pandas as pd
import petab.v1 as petab
import pytest
import roadrunner
import sympy
from petab.v1.lint import lint_problem
from petab.v1.math import sympify_petab
from scipy.optimize import least_squares

from helpers import archives, checks, export, models
from helpers.analysis import courses, fits
from helpers.simulate import simulate

# A figure's data have six digits; what is next to nothing beside the most of its curve is not held
# to them. Relative to each value, and to the most of its curve.
RELATIVE, OF_THE_MOST = 2e-5, 1e-6
# What a figure draws, in the order of its courses: figure -> (index, series, value), or columns.
DRAWN = {
    "1.6": ("day", "R0", ["effectors"]),
    "2.2": ("time", "start", ["inflammation", "calm"]),
    "2.4": ("time", "calming", ["value"]),
    "3.4": ["50 mg", "4.5 mg"],
    "3.6": ["4.5 mg", "1.5 mg"],
    "4.4": ("time", "plan", ["signal", "germs"]),
    "4.8": ["half-time 1 weeks", "half-time 4 weeks", "half-time 12 weeks"],
}


def unpacked(archive, folder):
    """The archive as libCombine reads it, unpacked; the path of what it says to open."""
    reader = libcombine.CombineArchive()
    assert reader.initializeFromArchive(str(archive)), archive
    listed = {reader.getEntry(i).getLocation() for i in range(reader.getNumEntries())}
    with zipfile.ZipFile(archive) as file:
        names = {f"./{name}" for name in file.namelist()}
    # libCombine keeps the list of contents for itself.
    assert names - {"./manifest.xml"} <= listed
    folder.mkdir(exist_ok=True)
    assert reader.extractTo(str(folder))
    master = folder / reader.getMasterFile().getLocation()
    reader.cleanUp()
    return master


def simulation(path):
    """The SED-ML, as libSEDML reads it, without a complaint."""
    document = libsedml.readSedMLFromFile(str(path))
    assert [document.getError(i).getMessage() for i in range(document.getNumErrors())] == []
    return document


def each(container):
    return [container.get(i) for i in range(container.size())]


def told(document, task):
    """What the SED-ML tells of a task: its model, its run, and name of a parameter -> factor."""
    model = document.getModel(task.getModelReference())
    run = document.getSimulation(task.getSimulationReference())
    factors = {}
    for generator in each(document.getListOfDataGenerators()):
        [variable] = each(generator.getListOfVariables())
        if variable.getTaskReference() == task.getId() and not variable.getSymbol():
            name = re.search(r"@id='(\w+)'", variable.getTarget())[1]
            formula = libsedml.formulaToString(generator.getMath())
            factors[name] = float(formula.partition(" * ")[0]) if " * " in formula else 1.0
    return model, run, factors


def libroadrunner(path):
    """One table a task of the SED-ML: libRoadRunner runs what libSEDML reads."""
    document, tables = simulation(path), []
    for task in each(document.getListOfTasks()):
        model, run, factors = told(document, task)
        runner = roadrunner.RoadRunner(str(path.parent / model.getSource()))
        errors = {
            p.getKisaoID(): float(p.getValue())
            for p in each(run.getAlgorithm().getListOfAlgorithmParameters())
        }
        runner.integrator.relative_tolerance = errors["KISAO:0000209"]
        runner.integrator.absolute_tolerance = errors["KISAO:0000211"]
        runner.timeCourseSelections = ["time", *factors]
        found = np.asarray(
            runner.simulate(
                run.getOutputStartTime(), run.getOutputEndTime(), run.getNumberOfSteps() + 1
            )
        )
        table = pd.DataFrame(found[:, 1:], found[:, 0], list(factors))
        tables.append(table * pd.Series(factors))
    return tables


def copasi(path):
    """One table a task: COPASI reads the SED-ML, the SBML and runs them by itself."""
    document, tables = simulation(path), []
    for task in each(document.getListOfTasks()):
        _, _, factors = told(document, task)
        options = COPASI.SedmlImportOptions(task.getId(), task.getModelReference())
        model = basico.create_datamodel()
        assert model.importSEDML(str(path), None, True, options)
        found = basico.run_time_course(use_sbml_id=True, model=model)
        basico.remove_datamodel(model)
        tables.append(found[list(factors)] * pd.Series(factors))
    return tables


def drawn(html, number):
    """The figure's own data: one table a course, index time."""
    table = pd.read_csv(html / "_downloads" / f"figure-{number.replace('.', '-')}.csv")
    if isinstance(DRAWN[number], list):
        table = table.set_index(table.columns[0])
        return [table[[column]] for column in DRAWN[number]]
    index, series, values = DRAWN[number]
    if "series" in table:  # beside other things of the figure
        table = table[table["series"] == "inflammation"]
    return [
        table[table[series] == name].set_index(index)[values]
        for name in table[series].dropna().unique()
    ]


@pytest.mark.parametrize("number", courses.FIGURES)
def test_a_figure_s_archive_draws_its_curves_again(html, tmp_path, number):
    [offered] = html.glob(f"_downloads/*/figure-{number.replace('.', '-')}.omex")
    path = unpacked(offered, tmp_path / "archive")
    expected = drawn(html, number)
    taken = courses.FIGURES[number]()[0].doses.times[1:]
    for tool in (libroadrunner, copasi):
        tables = tool(path)
        assert len(tables) == len(expected)
        for found, own in zip(tables, expected):
            np.testing.assert_allclose(found.index, own.index, rtol=1e-5)
            # At the moment of a dose a tool may print what was just before or just after it.
            apart = ~np.isin(np.round(own.index, 6), taken)
            for found_column, own_column in zip(found, own):
                theirs, ours = found[found_column].to_numpy(), own[own_column].to_numpy()
                np.testing.assert_allclose(
                    theirs[apart],
                    ours[apart],
                    rtol=RELATIVE,
                    atol=OF_THE_MOST * np.abs(ours).max(),
                    err_msg=f"{tool.__name__}, {own_column}",
                )


@pytest.mark.parametrize("name", models.names())
def test_a_model_s_archive_runs(html, tmp_path, name):
    """In COPASI as a reader would open it, by the archive alone."""
    [offered] = html.glob(f"_downloads/*/{name}.omex")
    path = unpacked(offered, tmp_path / "archive")
    simulation(path)
    sbml = libsbml.readSBMLFromFile(str(path.parent / "course_1.xml"))
    assert sbml.checkConsistency() == 0
    model = basico.load_model(str(offered))
    assert basico.get_model_name(model=model) == models.load(name).title
    found = basico.run_time_course(use_sbml_id=True, model=model)
    basico.remove_datamodel(model)
    expected = simulate(name, export.ONE_DOSE, found.index[1:], rtol=1e-10)
    for output in models.load(name).outputs:
        own = expected[output].to_numpy()
        np.testing.assert_allclose(
            found[output].to_numpy()[1:], own, rtol=1e-5, atol=1e-7 * np.abs(own).max()
        )


def test_the_same_courses_make_the_same_bytes():
    [course, *_] = courses.time_courses()
    first, again = (archives.archive([course], "A title & more") for _ in range(2))
    assert first == again


def test_what_cannot_be_packed_is_refused():
    with pytest.raises(checks.UnknownName, match="figure with courses '9.9'"):
        archives.of_figure("9.9")
    with pytest.raises(checks.UnknownName, match="ending of a file in an archive '.exe'"):
        archives.packed({"a.exe": ""})
    with pytest.raises(ValueError, match="title must be text, got 3"):
        archives.archive(courses.time_courses(), 3)
    for wrong in ([], ["slow_benefit"]):
        with pytest.raises(ValueError, match="made must be a list of courses, at least one, got"):
            archives.archive(wrong, "A title")
    with pytest.raises(checks.UnknownName, match="output of model 'slow_benefit' 'benefit'"):
        courses.Course("a", "slow_benefit", courses.NO_DOSE, 1, 1, {"benefit": 1})
    with pytest.raises(ValueError, match="end must be .*, got 0"):
        courses.Course("a", "slow_benefit", courses.NO_DOSE, 0, 1, {"difference": 1})


@pytest.fixture(scope="module")
def problem(html, tmp_path_factory):
    """The fit of chapter 3 as PEtab's own library reads it, and the model in COPASI."""
    [offered] = html.glob("_downloads/*/fit.petab.omex")
    path = unpacked(offered, tmp_path_factory.mktemp("petab") / "archive")
    model = basico.load_model(str(path.parent / "receptor_occupancy.xml"))
    yield petab.Problem.from_combine(str(offered)), model
    basico.remove_datamodel(model)


@functools.cache
def observable(formula):
    """The names in a formula as PEtab's library reads it, and the function of their values."""
    read = sympify_petab(formula)
    names = sorted(symbol.name for symbol in read.free_symbols)
    return names, sympy.lambdify(sorted(read.free_symbols, key=lambda s: s.name), read)


def residuals(problem, model, **values):
    """The weighted residuals of the problem at those parameters: COPASI simulates, and PEtab's
    library gives the data, the conditions, the observables and the noise.
    """
    found = []
    for condition, rows in problem.measurement_df.groupby("simulationConditionId"):
        given = values | problem.condition_df.loc[condition].dropna().to_dict()
        for id, value in given.items():
            parameter = model.getModel().getModelValue(NAMES[id])
            parameter.setInitialValue(float(value))
            model.getModel().updateInitialValues(parameter.getInitialValueReference())
        times = sorted({0.0, *rows["time"]})
        course = basico.run_time_course(
            values=times, r_tol=1e-9, a_tol=1e-12, use_sbml_id=True, model=model
        )
        for row in rows.itertuples():
            names, value_of = observable(
                problem.observable_df.loc[row.observableId, "observableFormula"]
            )
            seen = course.iloc[np.argmin(np.abs(course.index - row.time))].to_dict() | given
            expected = value_of(*(seen[name] for name in names))
            found.append((expected - row.measurement) / row.noiseParameters)
    return np.array(found)


NAMES = {
    key: p.note.partition(";")[0] for key, p in models.load("receptor_occupancy").parameters.items()
} | {"dose_amount": "dose_amount"}


def test_the_petab_problem_is_clean(problem):
    assert not lint_problem(problem[0])
    assert len(problem[0].measurement_df) == 11


def test_another_tool_finds_the_fit_again(problem):
    """Within the book's interval, and for the same data the same numbers."""
    fit = fits.fit_occupancy("retained")
    read, model = problem
    free = list(read.x_free_ids)
    assert free == list(fit.estimates)
    at_ours = residuals(read, model, **fit.estimates)
    assert (at_ours**2).sum() == pytest.approx(fit.chi2, rel=1e-4)
    again = least_squares(
        lambda x: residuals(read, model, **dict(zip(free, np.exp(x)))),
        np.log(read.x_nominal_free) + 0.3,
        bounds=(np.log(read.lb), np.log(read.ub)),
        diff_step=1e-4,
    )
    interval = fits.region("retained")
    for name, value in zip(free, np.exp(again.x)):
        assert interval[name].min() < value < interval[name].max()
        assert value == pytest.approx(fit.estimates[name], rel=0.005)
