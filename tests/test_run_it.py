"""The Python of the page "How to run it" does what it says, on the files that the book offers."""

import os
import re
import shutil
import subprocess

import basico
import pytest
import roadrunner
from conftest import ROOT

from helpers import evidence, export, models
from helpers.simulate import daily, simulate

PAGE = (ROOT / "book" / "run_it.md").read_text(encoding="utf-8")
BLOCKS = [
    block
    for block in re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    if "dask" not in block  # needs the cluster that test_population starts
    and "__path__" not in block  # test_lite.py runs it, where the folder is
]
FILES = ("receptor_occupancy.sbml.xml", "receptor_occupancy.omex", "fit.petab.omex")


def test_the_python_of_the_page_runs(html, tmp_path, monkeypatch, capsys):
    for name in FILES:
        [offered] = html.glob(f"_downloads/*/{name}")
        shutil.copy(offered, tmp_path)
    tables = ["datapackage.json", *(f"{name}.csv" for name in evidence.TABLES)]
    for name in tables:
        shutil.copy(html / "_static" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    spoken, names = {}, {}
    for block in BLOCKS:
        exec(block, names)
        spoken[block.split("\n")[0]] = capsys.readouterr().out
    assert names["control"].values["dose"] == 3
    blocked = simulate("receptor_occupancy", daily(4.5, 14), [335])["mu_retained"].iloc[0]
    for simulator in ("import roadrunner", "import basico"):
        assert float(re.findall(r"0\.\d+", spoken[simulator])[-1]) == pytest.approx(
            blocked, abs=1e-5
        ), simulator
    assert f"{blocked:.3f}" in PAGE
    # The tables, with the marks that a spreadsheet needs and a program must not take for a letter.
    assert list(names["claims"]["verdict"].value_counts()) == list(
        evidence.claims()["verdict"].value_counts()
    )
    assert names["package"].resource_names == list(evidence.TABLES)
    assert not names["package"].validate().flatten(["type", "message"])
    assert spoken["from frictionless import Package"].startswith("id: ")
    twice = names["roadrunner"].RoadRunner(str(tmp_path / "twice_daily.sbml.xml"))
    twice.integrator.relative_tolerance = 1e-9
    twice.timeCourseSelections = ["mu_retained"]
    expected = simulate("receptor_occupancy", daily(3, 14, 12), [335])["mu_retained"].iloc[0]
    assert twice.simulate(0, 335, 336)[-1][0] == pytest.approx(expected, abs=1e-5)
    irregular = names["roadrunner"].RoadRunner(str(tmp_path / "irregular.sbml.xml"))
    irregular.integrator.relative_tolerance = 1e-9
    irregular.timeCourseSelections = ["mu_retained"]
    expected = simulate("receptor_occupancy", names["doses"], [120])["mu_retained"].iloc[0]
    assert irregular.simulate(0, 120, 121)[-1][0] == pytest.approx(expected, abs=1e-5)
    run = names["run"]
    expected = simulate("receptor_occupancy", export.ONE_DOSE, [72])["mu_retained"].iloc[0]
    assert run.index[-1] == 72 and run["mu_retained"].iloc[-1] == pytest.approx(expected, abs=1e-5)
    assert len(names["problem"].measurement_df) == 11 and "eleven measured values" in PAGE
    basico.load_model(str(tmp_path / "irregular.omex"))
    run = basico.run_time_course(use_sbml_id=True)
    expected = simulate("receptor_occupancy", names["doses"], [120])["mu_retained"].iloc[0]
    assert run.index[-1] == 120 and run["mu_retained"].iloc[-1] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", models.names())
def test_every_offered_file_runs_elsewhere(html, name):
    """The downloads alone, with another number of doses as the page says, in both simulators."""
    model = models.load(name)
    [offered] = html.glob(f"_downloads/*/{name}.sbml.xml")
    count = 3 if export.dosed(model) else 1
    expected = simulate(name, daily(4.5, count), [71.0])[list(model.outputs)].iloc[0]
    runner = roadrunner.RoadRunner(str(offered))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-12
    copasi = basico.load_model(str(offered))
    if count > 1:
        runner.dose_count = count
        basico.set_parameters("dose_count", initial_value=count, model=copasi)
    runner.timeCourseSelections = list(model.outputs)
    found = {"libRoadRunner": runner.simulate(0, 71, 72)[-1]}
    course = basico.run_time_course(
        values=[0, 71], r_tol=1e-9, a_tol=1e-12, max_steps=1_000_000, use_sbml_id=True, model=copasi
    )
    basico.remove_datamodel(copasi)
    course.columns = [re.sub(r"Values\[(.*)\]", r"\1", column) for column in course]
    found["COPASI"] = course[list(model.outputs)].iloc[-1]
    for simulator, values in found.items():
        assert list(values) == pytest.approx(list(expected), rel=1e-5, abs=1e-9), simulator


@pytest.mark.parametrize("name", models.names())
def test_numbers_set_elsewhere_count_as_the_page_says(name):
    """In libRoadRunner after a reset, which also works out the initial values anew."""
    model = models.load(name)
    runner = roadrunner.RoadRunner(export.sbml(name))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-12
    runner.timeCourseSelections = list(model.outputs)
    for key, p in model.parameters.items():
        value = p.value + 0.1 * (p.high - p.value)
        runner.resetAll()
        runner[key] = value
        runner.reset()
        found = runner.simulate(0, 24, 25)[-1]
        expected = simulate(name, export.ONE_DOSE, [24.0], **{key: value})[list(model.outputs)]
        assert list(found) == pytest.approx(list(expected.iloc[0]), rel=1e-5, abs=1e-9), key


def test_another_schedule_and_half_life_as_the_page_sets_them(capsys):
    half_life, schedule = (
        block for block in BLOCKS if "exact=True" in block or "model.reset" in block
    )
    model = roadrunner.RoadRunner(export.sbml("receptor_occupancy"))
    model.integrator.relative_tolerance = 1e-9
    model.timeCourseSelections = ["mu_retained"]
    model.dose_count = 14
    model.simulate(0, 335, 336)  # as the page does first: a reset forgets these doses
    exec(schedule, {"model": model})
    expected = simulate("receptor_occupancy", daily(3, 14, 12), [335])["mu_retained"].iloc[0]
    assert float(capsys.readouterr().out.strip(" []\n")) == pytest.approx(expected, abs=1e-5)
    loaded = basico.load_model(export.sbml("receptor_occupancy"))
    exec(half_life, {"basico": basico})
    run = basico.run_time_course(values=[0, 24], r_tol=1e-9, a_tol=1e-12, use_sbml_id=True)
    basico.remove_datamodel(loaded)
    expected = simulate("receptor_occupancy", export.ONE_DOSE, [24.0], retention=4)
    assert run["mu_retained"].iloc[-1] == pytest.approx(expected["mu_retained"].iloc[0], abs=1e-5)


def test_an_offered_file_gives_the_chapters_numbers(html):
    """Chapter 3: not quite half of the mu receptors 4 hours after 4.5 mg, a third a day later."""
    [offered] = html.glob("_downloads/*/receptor_occupancy.sbml.xml")
    runner = roadrunner.RoadRunner(str(offered))
    runner.timeCourseSelections = ["time", "mu_retained"]
    runner.integrator.relative_tolerance = 1e-9
    course = runner.simulate(0, 24, 25)
    assert course[4][1] == pytest.approx(0.45, abs=0.005)
    assert course[24][1] == pytest.approx(0.35, abs=0.005)


def test_commands_take_a_folder_with_any_letters():
    """In the C locale the package could not be installed from such a folder."""
    ask = ["make", "--silent", "--eval", "locale:\n\t@echo $$LC_ALL", "locale"]
    for said, used in {"C": "C.UTF-8", "POSIX": "C.UTF-8", "de_DE.UTF-8": "de_DE.UTF-8"}.items():
        environment = os.environ | {"LC_ALL": said}
        done = subprocess.run(ask, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.stdout.strip() == used, done.stderr
