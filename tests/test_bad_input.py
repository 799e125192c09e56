"""Bad input meets an error that names the argument, the value and what was expected."""

import csv
import math

import numpy as np
import pandas as pd
import pytest

from helpers import badges, evidence, export, models, population, self_check
from helpers.analysis import (
    feedback,
    fits,
    synovium,
    virtual_trial,
)
from helpers.checks import UnknownName
from helpers.evidence import ledger
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
        assert repr(bad) in message(error) and "must be a number from 0 to 1e+06 mg" in message(
            error
        )


@pytest.mark.parametrize("bad", [1e-300, 1e-10])
def test_doses_too_small_to_simulate(bad):
    with pytest.raises(ValueError, match="dose amount .0. must be 0 or at least 1e-09 mg, got 1e-"):
        single(bad)


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
        ledger.show("99")
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
        population.means("opioid_feedback", 1.0, hours=[3.0, 1.0])
    with pytest.raises(ValueError, match="amount"):
        population.means("opioid_feedback", np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="gain"):
        population.means("opioid_feedback", 1.0, gain=np.array([1.0, np.nan]))
    with pytest.raises(
        ValueError, match="arrays of one length, at least 1, got .*'gain': \\(3,\\)"
    ):
        population.means("opioid_feedback", np.ones(2), gain=np.ones(3))
    with pytest.raises(ValueError, match="over must be a number from 1 to 3, got 4"):
        population.means("opioid_feedback", 1.0, days=3, over=4)
    with pytest.raises(ValueError, match="those of one patient, got 2"):
        population.exact_means("opioid_feedback", np.ones(2))
    with pytest.raises(ValueError, match="over must be a number from 1 to 3, got 4"):
        population.exact_means("opioid_feedback", 1.0, days=3, over=4)
    with pytest.raises(UnknownName, match="gian"):
        virtual_trial.trial(100, gian=1.0)
    with pytest.raises(ValueError, match="dose must be .* got -1"):
        virtual_trial.trial(100, dose=-1)
    with pytest.raises(ValueError, match="people must be a number from 6 .* got 5"):
        virtual_trial.trial(5)
    with pytest.raises(ValueError, match="sd"):
        virtual_trial.trial(100, sd=math.nan)
    with pytest.raises(ValueError, match="seed must be"):
        virtual_trial.patients(100, seed=-1)
    with pytest.raises(ValueError, match="table must have at least one row"):
        virtual_trial.simulate_patients(pd.DataFrame({"gain": []}), 4.5)
    with pytest.raises(ValueError, match="points must be a power of 2"):
        virtual_trial.sensitivity(100)
    with pytest.raises(UnknownName, match="less_pian"):
        virtual_trial.sensitivity(8, output="less_pian")
    with pytest.raises(ValueError, match="rise must be below"):
        feedback.gain_from_rise(3, 0.5)


def test_exports():
    for write in (export.antimony, export.sbml):
        with pytest.raises(ValueError, match="doses must come from .* got -1"):
            write("naltrexone", -1)
        with pytest.raises(ValueError, match="parameter 'ka' must be a number from"):
            write("naltrexone", ka=-1)


GOOD = {"id": "a", "source": "Lee1988duration", "seen": "abstract", "value": "1"}


def written(folder, table, *rows, columns=None):
    """A CSV of that table with these rows (dicts; the other cells empty), in `folder`."""
    columns = columns or list(evidence.fields(table))
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([GOOD, GOOD], "row 3, column 'id': 'a' is empty or repeated (row 2)"),
        ([GOOD | {"id": ""}], "row 2, column 'id'"),
        (
            [GOOD, GOOD | {"id": "b", "value": "much"}],
            "row 3, column 'value': 'much' is not a finite number",
        ),
        ([GOOD | {"value": "nan"}], "row 2, column 'value': 'nan'"),
        ([GOOD | {"dose_mg": "4,5"}], "row 2, column 'dose_mg': '4,5'"),
        ([GOOD | {"dose_mg": "1_0"}], "row 2, column 'dose_mg': '1_0'"),
        ([GOOD | {"seen": "from memory"}], "row 2, column 'seen': 'from memory'"),
        ([GOOD | {"source": ""}], "row 2, column 'source': a source is missing"),
        ([GOOD | {"source": "Nobody1900"}], "row 2, column 'source': 'Nobody1900' is not in"),
    ],
)
def test_damaged_rows(tmp_path, rows, expected):
    written(tmp_path, "kinetics", GOOD)
    assert len(evidence.read("kinetics", tmp_path)) == 1
    written(tmp_path, "kinetics", *rows)
    with pytest.raises(evidence.TableError, match="kinetics.csv") as error:
        evidence.read("kinetics", tmp_path)
    assert expected in message(error)


def test_unknown_verdict(tmp_path):
    written(
        tmp_path,
        "claims",
        {"id": "C1", "references": "Lee1988duration", "kind": "factual", "verdict": "certain"},
    )
    with pytest.raises(evidence.TableError, match="claims.csv, row 2, column 'verdict': 'certain'"):
        evidence.read("claims", tmp_path)


@pytest.mark.parametrize("table", evidence.TABLES)
def test_damaged_columns(tmp_path, table):
    columns = list(evidence.fields(table))
    written(tmp_path, table, columns=columns[:-1])
    with pytest.raises(
        evidence.TableError, match=f"{table}.csv, row 1: column {columns[-1]!r} is missing"
    ):
        evidence.read(table, tmp_path)
    written(tmp_path, table, columns=[*columns, "more"])
    with pytest.raises(evidence.TableError, match="column 'more' is unknown"):
        evidence.read(table, tmp_path)
    written(tmp_path, table, columns=[*columns, columns[-1]])
    with pytest.raises(evidence.TableError, match=f"column {columns[-1]!r} comes twice"):
        evidence.read(table, tmp_path)
    (tmp_path / f"{table}.csv").write_bytes(",".join(columns).encode() + b"\n\xe9\n")
    with pytest.raises(evidence.TableError, match=f"{table}.csv: not UTF-8"):
        evidence.read(table, tmp_path)
    (tmp_path / f"{table}.csv").write_text("", encoding="utf-8")
    with pytest.raises(evidence.TableError, match="is empty"):
        evidence.read(table, tmp_path)
    (tmp_path / f"{table}.csv").write_text(",".join(columns) + "\nx\n", encoding="utf-8")
    with pytest.raises(evidence.TableError, match=f"row 2: 1 cells, expected {len(columns)}"):
        evidence.read(table, tmp_path)
    with pytest.raises(UnknownName, match="table 'tables'"):
        evidence.read("tables")


@pytest.mark.parametrize("times", [[], 24])
def test_no_times(times):
    with pytest.raises(ValueError, match="times must be a list"):
        simulate("naltrexone", single(1), times)


def test_a_cycle_needs_time():
    with pytest.raises(ValueError, match="settle must be long enough"):
        synovium.cycle(settle=5.0, calming=7.0, amplification=18.0)
