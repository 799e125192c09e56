"""Virtual patients: the fast engine beside the exact one; the same numbers wherever chunks run."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import psutil
import pytest
from distributed import Client
from hypothesis import given, settings, strategies as st

from helpers import models, population
from helpers.analysis import virtual_trial

pytestmark = pytest.mark.xdist_group("dask")  # one scheduler on a fixed port

PARAMETERS = models.load(virtual_trial.MODEL).parameters
SMALL = {"days": 3, "over": 1}  # enough to tell chunks apart


def exact(table, dose, **options):
    return pd.DataFrame(
        [
            population.exact_means(virtual_trial.MODEL, dose, **row, **options)
            for row in table.to_dict("records")
        ]
    )


def test_linear_part_is_found():
    split = population.split("virtual_patient")
    # 6β-naltrexol is linear too, but nothing depends on it.
    assert list(map(str, split.inside)) == ["gut", "central", "tissue", "retained"]
    assert list(map(str, split.outside)) == ["shortfall", "opioid", "relief"]
    # Here a dose multiplies the state, so it is not part of the linear system.
    assert list(map(str, population.split("receptor_occupancy").outside)) == ["blocked"]


def test_twenty_patients_against_the_exact_solution():
    """90 days, errors below 1e-4 of each output's largest value."""
    table = virtual_trial.patients(20, seed=11)
    expected = exact(table, 4.5)
    found = virtual_trial.simulate_patients(table, 4.5)
    assert ((found - expected).abs().max() / expected.abs().max() < 1e-4).all()


def test_the_fastest_and_slowest_patients_too():
    """The extremes among ten thousand, of each parameter that differs."""
    many = virtual_trial.patients(10_000)
    rows = sorted({f(many[name]) for name in many for f in (np.argmin, np.argmax)})
    expected = exact(many.iloc[rows].reset_index(drop=True), 4.5, days=30)
    found = virtual_trial.simulate_patients(many.iloc[rows], 4.5, days=30)
    assert len(rows) > 15
    assert ((found - expected).abs().max() / expected.abs().max() < 1e-4).all()


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({n: st.floats(0, 1) for n in PARAMETERS}),
    st.sampled_from([0.1, 4.5, 50.0]),
)
def test_whole_range_of_every_parameter(shares, dose):
    """Anywhere in the declared ranges, corners included, three days agree with the exact ones."""
    values = {n: p.low + shares[n] * (p.high - p.low) for n, p in PARAMETERS.items()}
    found = population.means(virtual_trial.MODEL, dose, **SMALL, **values).iloc[0]
    expected = population.exact_means(virtual_trial.MODEL, dose, **SMALL, **values)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_one_dose_a_day_or_its_halves():
    """Drug in the brain is linear: half doses leave as much as their sum, each from its hour."""
    kept = lambda amount, hours: population.means(
        "receptor_occupancy", amount, days=60, hours=hours, retention=10.0
    )["mu_retained"][0]
    assert kept(4.5, [0.0]) == pytest.approx(kept(4.5, [6.0]), rel=1e-6), (
        "the hour of the day does not matter"
    )
    assert kept(2.25, [0.0, 12.0]) > kept(4.5, [0.0]), (
        "an even level blocks more on average than a peak (saturation)"
    )


def test_no_dose_changes_nothing():
    found = population.means(virtual_trial.MODEL, 0.0, days=10)
    assert found.to_numpy() == pytest.approx(np.array([[0, 0, 1, 0]]), abs=1e-12)


def test_patients_stay_in_range_and_repeat():
    table = virtual_trial.patients(6_000, seed=5)
    for name, column in table.items():
        p = PARAMETERS[name]
        assert p.low <= column.min() and column.max() <= p.high, name
        spread = models.load(virtual_trial.MODEL).module.BETWEEN_PEOPLE[name]
        assert np.median(column) == pytest.approx(p.value, rel=0.1), name
        assert np.log(column).std() == pytest.approx(spread, rel=0.25), name
    assert table.equals(virtual_trial.patients(6_000, seed=5))
    assert not table.equals(virtual_trial.patients(6_000, seed=6))
    # The first chunk does not depend on how many follow.
    assert table[: virtual_trial.CHUNK].equals(virtual_trial.patients(virtual_trial.CHUNK, seed=5))


def test_a_virtual_trial_gives_back_what_was_put_in():
    result = virtual_trial.trial(9_000, days=45)
    groups = virtual_trial.compare_arms(result)
    assert list(groups["people"]) == pytest.approx([3_000] * 3, abs=3)
    placebo, nothing, supposed = (groups.loc[arm] for arm in virtual_trial.ARMS)
    assert placebo["change"] == pytest.approx(
        -models.load("trial_power").parameters["placebo"].value, abs=0.1
    )
    assert nothing["low"] < 0 < nothing["high"], "LDN without effect differs from placebo"
    put_in = result.loc[result["arm"] == virtual_trial.ARMS[2], "less_pain"].mean()
    assert -supposed["high"] < put_in < -supposed["low"]
    assert supposed["high"] < -0.2


def test_one_site_makes_it_worse():
    groups = virtual_trial.compare_arms(virtual_trial.trial(600, days=30, one_site=1.0))
    assert groups.loc[virtual_trial.ARMS[2], "low"] > 0


def test_sensitivity_finds_what_matters():
    """Without a feedback's gain there is no rise to vary; what cannot matter gets nothing."""
    indices = virtual_trial.sensitivity(64, days=10, over=1)
    assert set(indices.index) == set(models.load(virtual_trial.MODEL).module.BETWEEN_PEOPLE)
    assert (indices["ST"] > -0.05).all() and indices["ST"].iloc[0] > 0.2
    brain = virtual_trial.sensitivity(64, output="sensor_blocked", days=10, over=1)
    assert set(brain.index[:2]) == {"retention", "ED50"}
    assert brain.loc[["CL", "gain", "sensitivity"], "ST"].abs().max() < 1e-9


def test_progress_is_shown(capfd):
    virtual_trial.trial(60, **SMALL)
    assert re.search(r"virtual patients: 100%.*1/1", capfd.readouterr().err)


# ---------------------------------------------------------------- the same numbers everywhere


@pytest.fixture(scope="module")
def serial():
    return virtual_trial.trial(3 * virtual_trial.CHUNK + 10, **SMALL)


def again():
    return virtual_trial.trial(3 * virtual_trial.CHUNK + 10, **SMALL)


def test_two_processes(serial):
    with joblib.parallel_config(n_jobs=2):
        assert again().equals(serial)


@pytest.fixture(scope="module")
def cluster():
    """A client of a scheduler and two workers here, started by the commands of "How to run it"."""
    page = (Path(__file__).parent.parent / "book" / "run_it.md").read_text(encoding="utf-8")
    commands = re.findall(r"^(dask (?:scheduler|worker) .+)$", page, re.M)
    assert [c.split()[1] for c in commands] == ["scheduler", "worker", "worker"]
    address = re.search(r"tcp://[\d.:]+", commands[1])[0]
    run = lambda command: subprocess.Popen(
        [sys.executable, "-m", *command.split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    processes = [run(command) for command in commands]
    try:
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=120)
            yield client
    finally:  # else the fixed port stays taken
        for process in reversed(processes):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait()


def test_dask(cluster, serial):
    with joblib.parallel_config(backend="dask"):
        assert again().equals(serial)


def test_a_killed_worker_loses_no_chunk(cluster):
    """A worker dies while it computes; the trial ends with every patient, and the same numbers."""
    people = 6 * virtual_trial.CHUNK
    expected = virtual_trial.trial(people, days=8)
    victims = []

    def kill():
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            busy = {worker: keys for worker, keys in cluster.processing().items() if keys}
            if busy and not victims:
                pids = cluster.run(os.getpid)
                worker = next(iter(busy))
                os.kill(pids[worker], signal.SIGKILL)
                victims.append((pids[worker], len(busy[worker])))
                return
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    with joblib.parallel_config(backend="dask"):
        killer.start()
        found = virtual_trial.trial(people, days=8)
    killer.join()
    assert victims and victims[0][1] > 0, "no worker was busy when it should have been killed"
    assert (
        not psutil.pid_exists(victims[0][0])
        or psutil.Process(victims[0][0]).status() == psutil.STATUS_ZOMBIE
    )
    assert len(found) == people
    assert found.equals(expected)
