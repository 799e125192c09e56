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
from scipy import stats

from helpers import checks, evidence, models, population
from helpers.analysis import fits, trial_power, virtual_trial
from helpers.figures import final_thoughts
from helpers.models import virtual_patient
from helpers.simulate import daily, simulate

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
    # 6β-naltrexol is linear too, and blocks where `potency` counts it.
    metabolite = ["metabolite", "metabolite_tissue"]
    inside = ["gut", "central", "tissue", *metabolite, "retained"]
    assert list(map(str, split.inside)) == inside
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


def test_middles_and_spreads_are_those_asked_for():
    given = virtual_trial.patients(2048, CL=140.0, one_site=1.0, spreads={"gain": 0.8})
    assert (given["one_site"] == 1).all()
    assert np.median(given["CL"]) == pytest.approx(140, rel=0.05)
    assert np.log(given["gain"]).std() == pytest.approx(0.8, rel=0.05)
    usual = virtual_trial.patients(2048)
    assert usual.drop(columns=["CL", "gain"]).equals(
        given.drop(columns=["CL", "gain", "one_site"])
    ), "what was not asked for has changed"
    with pytest.raises(checks.UnknownName, match="parameter that differs between people 'Q'"):
        virtual_trial.patients(10, spreads={"Q": 0.3})
    with pytest.raises(checks.UnknownName, match="parameter of model 'virtual_patient' 'gian'"):
        virtual_trial.patients(10, gian=1.0)
    with pytest.raises(ValueError, match="parameter 'CL' must be a number from 50 to 250 L/h"):
        virtual_trial.patients(10, CL=300)
    with pytest.raises(ValueError, match="spreads must be a dict of name → number, got 0.8"):
        virtual_trial.patients(10, spreads=0.8)
    with pytest.raises(ValueError, match="spread must be a number from 1e-09 to 100, got 0"):
        virtual_trial.patients(10, spreads={"CL": 0})


def test_shares_of_people():
    ED50 = PARAMETERS["ED50"]
    ends = population.log_normal_at(ED50, 5.0, 0.8, [0, 1])
    assert ends == pytest.approx([ED50.low, ED50.high])
    # Cut off as far above as below, so that the median stays.
    alike = models.Parameter(2.0, "1", 0.5, 8.0, "assumed", "", "a number", "x")
    assert population.log_normal_at(alike, 2.0, 1.0, [0.5]) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="shares must be a list of numbers from 0 to 1"):
        population.log_normal_at(ED50, 5.0, 0.8, [0.5, 1.5])


def relief_of(table):
    """A stand-in for the model, whose mean and share below 0 are known exactly."""
    return pd.DataFrame({"less_pain": table["sensitivity"] * (1 - 100 / table["CL"])})


def test_the_errors_cover_the_truth_as_often_as_they_should():
    """40 seeds, 95% each: fewer than 33 right would happen once in 4,000."""
    known, spread = PARAMETERS, virtual_patient.BETWEEN_PEOPLE
    shares = (np.arange(200_000) + 0.5) / 200_000
    values = {
        name: population.log_normal_at(known[name], known[name].value, spread[name], shares)
        for name in ("CL", "sensitivity")
    }
    benefit = values["sensitivity"].mean() * (1 - 100 / values["CL"]).mean()
    worse = (values["CL"] < 100).mean()
    right, errors = {"benefit": 0, "worse": 0}, []
    for seed in range(40):
        found = virtual_trial.summary(relief_of(virtual_trial.patients(2048, seed=seed)))
        right["benefit"] += abs(found["benefit"] - benefit) < found["benefit_error"]
        right["worse"] += abs(found["worse"] - worse) < found["worse_error"]
        errors.append(found["benefit_error"])
    assert min(right.values()) >= 33, right
    at_random = 1.96 * found["spread"] / np.sqrt(2048)
    assert np.mean(errors) < at_random / 2, "patients spread evenly are worth more"


def test_people_needed_follow_from_the_summary():
    found = virtual_trial.summary(relief_of(virtual_trial.patients(1024)))
    usual = models.load("trial_power").values()
    sd = np.hypot(usual.sd, found["spread"] / np.sqrt(2))
    benefit, error = abs(found["benefit"]), found["benefit_error"]
    for name, effect in (("people", 0), ("people_low", error), ("people_high", -error)):
        expected = trial_power.people_needed("parallel", benefit + effect, sd, dropout=0.15)
        assert found[name] == expected, name
    nothing = virtual_trial.summary(relief_of(virtual_trial.patients(512)) * 0)
    assert nothing["worse"] == 0 and nothing["people_high"] == np.inf
    assert nothing["worse_error"] == 3 / 512, "none among so many is not none at all"
    with pytest.raises(ValueError, match="found must have 2 or more times 256 rows, got 300"):
        virtual_trial.summary(relief_of(virtual_trial.patients(300)))


def test_tables_that_lack_what_is_asked_for():
    table = virtual_trial.patients(4)
    for argument, call in {
        "found": virtual_trial.summary,
        "found .*less_pain": lambda x: virtual_trial.results(x, [100]),
        "table .*ED50, retention": virtual_trial.on_day_four,
        "result .*change, arm": virtual_trial.compare_arms,
        "runs": lambda x: virtual_trial.sensitivity(8, runs=x),
    }.items():
        for wrong in (3.0, table[["CL"]], table[:0], table.assign(less_pain=np.nan)):
            if (
                argument.startswith("table")
                and "ED50" in getattr(wrong, "columns", ())
                and len(wrong)
            ):
                continue
            with pytest.raises(ValueError, match=f"{argument}"):
                call(wrong)


@pytest.mark.parametrize("people", [40, 300])
def test_results_are_those_of_trials_played(people):
    """4,000 trials with people drawn at random, 15% lost, beside the formula."""
    found = relief_of(virtual_trial.patients(2048))
    idle, supposed = virtual_trial.results(found, [people]).itertuples()
    usual, rng = models.load("trial_power").values(), np.random.default_rng(7)
    each = round(people * 0.85 / 2)
    relief = rng.choice(found["less_pain"], (4000, each))
    ldn = rng.normal(-usual.placebo, usual.sd, (4000, each)) - relief
    placebo = rng.normal(-usual.placebo, usual.sd, (4000, each))
    difference = ldn.mean(axis=1) - placebo.mean(axis=1)
    inside = np.mean((supposed.low < difference) & (difference < supposed.high))
    assert inside == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 4000))
    significant = np.mean(stats.ttest_ind(ldn, placebo, axis=1).pvalue < 0.05)
    assert significant == pytest.approx(supposed.power, abs=0.04)
    assert idle.middle == 0 and idle.power == pytest.approx(0.05) and idle.low == -idle.high


def test_the_fourth_day_is_the_models():
    table = virtual_trial.patients(3, seed=4)
    for _, row in table.iterrows():
        given = row[["EC50", "ED50", "retention"]].clip(upper=[10, 15, 150]).to_dict()
        run = simulate("receptor_occupancy", daily(50, 4), [78.0], **given).iloc[0]
        found = virtual_trial.on_day_four(pd.DataFrame([given]), hour=6.0).iloc[0]
        assert found.tolist() == pytest.approx(
            [run["mu_retained"], run["delta_retained"]], rel=1e-6
        )


def test_people_differ_less_than_the_scans_suggest():
    """What chapter 7 says beside the scatter that Weerts 2008 saw, in percentage points."""
    seen = evidence.occupancy()["dispersion"]
    ours = 100 * virtual_trial.on_day_four(virtual_trial.patients(4096)).std()
    assert ours["mu"] < seen["weerts_mu"] / 2 and ours["delta"] < seen["weerts_delta"] / 2
    wide = virtual_trial.patients(4096, spreads=virtual_patient.FROM_SCANS)
    for hour in (1.0, 4.0, 8.0):
        wide_sd = 100 * virtual_trial.on_day_four(wide, hour).std()
        assert wide_sd["mu"] > seen["weerts_mu"], "an upper bound"
        assert wide_sd["delta"] == pytest.approx(seen["weerts_delta"], abs=0.6)


def test_what_is_supposed():
    """A month of five hundred patients is enough for the order that chapter 7 describes."""
    simulated = lambda **how: virtual_trial.simulate_patients(
        virtual_trial.patients(512, **how), 4.5, days=30
    )
    found = {name: simulated(**how) for name, how in virtual_trial.SUPPOSITIONS.items()}
    table = pd.DataFrame({name: virtual_trial.summary(x) for name, x in found.items()}).T
    first, middle, fast, low, high, differ, counted, one = table["benefit"]
    assert counted < one < -2 < low < -1 < 0.2 < differ < first < middle < fast < 1 < high
    assert (table["worse"].drop("EC50 1.8 ng/mL") > 0.05).all()
    worse = ["6β-naltrexol counts", "one site", "EC50 0.05 ng/mL"]
    assert (table.loc[worse, "worse"] > 0.9).all()
    left = fits.region("plasma")["EC50"]
    supposed = [virtual_trial.SUPPOSITIONS[f"EC50 {end} ng/mL"]["EC50"] for end in (0.05, 1.8)]
    assert supposed == pytest.approx([left.min(), left.max()], rel=0.1)
    # Relief follows the link to pain in proportion.
    half = simulated(sensitivity=2.5)["less_pain"].mean()
    assert half == pytest.approx(first / 2, rel=0.01)
    shown = final_thoughts.virtual_patients(found)
    trials = shown.data.dropna(subset="size")
    idle = trials["arm"] == virtual_trial.ARMS[1]
    low, high = trials["low"][~idle].to_numpy(), trials["high"][~idle].to_numpy()
    idle_low = trials["low"][idle].to_numpy()
    overlap = np.clip(high - idle_low, 0, None) / (high - low)
    assert overlap[0] > 0.5 and overlap[-1] < overlap[0] / 3, "widely with few people only"


def test_a_virtual_trial_gives_back_what_was_put_in():
    """Within four standard errors, which chance exceeds once in 16,000 draws."""
    result = virtual_trial.trial(3_000, days=30)
    groups = virtual_trial.compare_arms(result)
    assert list(groups["people"]) == pytest.approx([1_000] * 3, abs=2)
    placebo, nothing, supposed = (groups.loc[arm] for arm in virtual_trial.ARMS)
    usual = models.load("trial_power").values()
    error = usual.sd / np.sqrt(1_000)
    assert placebo["change"] == pytest.approx(-usual.placebo, abs=4 * error)
    assert nothing["difference"] == pytest.approx(0, abs=4 * error * np.sqrt(2))
    put_in = result.loc[result["arm"] == virtual_trial.ARMS[2], "less_pain"].mean()
    assert -supposed["difference"] == pytest.approx(put_in, abs=4 * error * np.sqrt(2))
    assert put_in > 0.2 and supposed["high"] < 0


def test_the_metabolite_undoes_the_gain():
    """Chapter 7 and the model's page: at a twentieth of naltrexone's potency, at any dose."""
    doses = np.geomspace(0.1, 50, 13)
    relief = lambda **p: population.means(virtual_trial.MODEL, doses, days=60, **p)["less_pain"]
    assert relief().max() > 0.4 and (relief(potency=0.05) < 0).all()


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
    runs = virtual_trial.varied(16, days=10, over=1)
    assert virtual_trial.sensitivity(16, runs=runs).equals(
        virtual_trial.sensitivity(16, days=10, over=1)
    )
    with pytest.raises(ValueError, match="runs must have 32 × 14 rows, got 224"):
        virtual_trial.sensitivity(32, runs=runs)


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
