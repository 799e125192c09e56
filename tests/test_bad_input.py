"""Bad input meets an error that names the argument, the value and what was expected."""

import csv
import functools
import math
import numbers

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from helpers import badges, evidence, explorer, export, models, population, self_check
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
from helpers.checks import UnknownName
from helpers.evidence import ledger
from helpers.simulate import check_arrays, daily, runge_kutta, schedule, simulate, single

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


def small_control(**changes):
    parts = dict(
        id="small",
        title="Small",
        hint="",
        badge="Illustration",
        model="naltrexone",
        controls=[explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg")],
        runs={"main": explorer.run("dose", 24)},
        panels=[
            explorer.panel(
                "P",
                explorer.axis("x", 0, 24),
                explorer.axis("y", 0, None),
                explorer.line("a", 0, run="main", output="naltrexone"),
            )
        ],
        measures={"peak": explorer.measure("naltrexone", "max", (0, 24))},
        status="{dose} {peak}",
    )
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
        (
            {
                "panels": [
                    explorer.panel(
                        "P",
                        explorer.axis("x", 0, 1),
                        explorer.axis("y", 0, 1),
                        explorer.line("a", 0, run="main", output="naltrexone", against="blood"),
                    )
                ]
            },
            "output 'blood'",
        ),
        ({"presets": [{"label": "x", "values": {"speed": 1}}]}, "control of 'small' 'speed'"),
        (
            {"sweeps": {"s": explorer.sweep("main", "parameters.cl", [1])}},
            "over of a sweep 'parameters.cl'",
        ),
        ({"status": "{dose} {trough}"}, "name in the status 'trough'"),
        (
            {
                "readout": {
                    "caption": "",
                    "columns": ["mg"],
                    "rows": [{"label": "a", "measures": ["trough"]}],
                }
            },
            "measure of the readout 'trough'",
        ),
        (
            {"table": {"axes": [{"control": "speed", "values": [1]}], "x": {}, "series": {}}},
            "control of a table axis 'speed'",
        ),
        ({"measures": {"peak": explorer.table_measure("level", 1)}}, "table series 'level'"),
    ],
)
def test_controls_refuse_what_does_not_exist(changes, expected):
    with pytest.raises(KeyError, match=expected):
        small_control(**changes)


def test_controls_with_stops_refuse_what_lies_between():
    """As the browser does: nothing is moved to the nearest stop."""
    stepped = explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg", marks=[0.5, 4.5, 100])
    with pytest.raises(ValueError, match=r"control 'dose' must be one of \[0.5, 4.5, 100\], got 3"):
        small_control(controls=[stepped]).evaluate(dose=3)
    table = {"axes": [{"control": "dose", "values": [0.5, 4.5, 100]}], "x": {}, "series": {}}
    with pytest.raises(ValueError, match=r"control 'dose' must be one of \[0.5, 4.5, 100\], got 3"):
        small_control(table=table).values = {"dose": 3}


def test_controls_refuse_runs_without_a_model_and_what_a_run_does_not_reach():
    with pytest.raises(ValueError, match="runs must have a model"):
        small_control(model=None)
    with pytest.raises(ValueError, match="window must lie within 0 to 24, got 25"):
        small_control(measures={"peak": explorer.measure("naltrexone", "at", (25, 25))}).evaluate()
    with pytest.raises(ValueError, match="low of control 'a' on a log scale"):
        explorer.slider("a", "A", 1, 0, 2, "h", scale="log")


@pytest.mark.parametrize("times", [[], 24])
def test_no_times(times):
    with pytest.raises(ValueError, match="times must be a list"):
        simulate("naltrexone", single(1), times)


def test_a_cycle_needs_time():
    with pytest.raises(ValueError, match="settle must be long enough"):
        synovium.cycle(settle=5.0, calming=7.0, amplification=18.0)


@given(
    st.one_of(
        st.floats(max_value=0.499),
        st.floats(min_value=100.01),
        st.just(math.nan),
        st.text(),
        st.none(),
    )
)
@settings(max_examples=50, deadline=None)
def test_controls_refuse_bad_values(bad):
    control = small_control()
    with pytest.raises(ValueError, match="control 'dose' must be a number from 0.5 to 100 mg"):
        control.evaluate(dose=bad)
    with pytest.raises(ValueError, match="control 'dose'"):
        control.values = {"dose": bad}
    assert control.values == {"dose": 4.5}


# ---------------------------------------------------------------- whatever anyone may pass


def advanced(h):
    """One step of a model under the Runge-Kutta rule, as an array."""
    model = models.load("inflammation_defence")
    state = (np.ones(3), np.ones(3), np.zeros(3))
    # What a step beyond all sense gives need not be finite.
    with np.errstate(all="ignore"):
        moved = np.array(runge_kutta(model.module.rhs, state, model.values(), h))
    return moved if h < 1 else None


EC50 = models.load("receptor_occupancy").parameters["EC50"]
RNG = lambda: np.random.default_rng(1)
RESULT = pd.DataFrame({"gain": [1.0]})
windows = functools.partial(defence.random_windows, settle=1, until=1)
# Public functions by the argument that is tried, the others being good; the last word is the
# name in the error.
# Numbers that would be fine and take hours stand back for a small one; absurd ones must be refused.
modest = lambda x: 7 if isinstance(x, numbers.Real) and 200 < abs(x) < 1e10 else x
ENTRANCES = {
    "single amount": lambda x: single(x).amounts,
    "single time": lambda x: single(1, at=x).times,
    "daily amount": lambda x: daily(x, 1).amounts,
    "daily days": lambda x: daily(1, modest(x)).times,
    "daily every": lambda x: daily(1, 1, every=modest(x)).times,
    "schedule time": lambda x: schedule([x], [1]).times,
    "simulate time": lambda x: simulate("naltrexone", single(1), [x]).to_numpy(),
    "simulate rtol": lambda x: simulate("naltrexone", single(1), [1.0], rtol=x).to_numpy(),
    "simulate model": lambda x: simulate(x, single(1), [1.0]).to_numpy(),
    "simulate ka": lambda x: simulate("naltrexone", single(1), [1.0], ka=x).to_numpy(),
    "load model": lambda x: models.load(x).name,
    "antimony doses": lambda x: export.antimony("naltrexone", x),
    "antimony ka": lambda x: export.antimony("naltrexone", ka=x),
    "means amount": lambda x: population.means("opioid_feedback", x, days=1, over=1).to_numpy(),
    "means days": lambda x: population.means("naltrexone", 1.0, days=modest(x), over=1).to_numpy(),
    "means over": lambda x: population.means("naltrexone", 1.0, days=1, over=x).to_numpy(),
    "means hour": lambda x: population.means(
        "naltrexone", 1.0, days=1, over=1, hours=[x]
    ).to_numpy(),
    "means gain": lambda x: population.means(
        "opioid_feedback", 1.0, days=1, over=1, gain=x
    ).to_numpy(),
    "means steps": lambda x: population.means(
        "naltrexone", 1.0, days=1, over=1, steps=modest(x)
    ).to_numpy(),
    "log_normal middle": lambda x: population.log_normal(EC50, x, 0.1, 3, RNG()),
    "log_normal spread": lambda x: population.log_normal(EC50, 1.0, modest(x), 3, RNG()),
    "log_normal people": lambda x: population.log_normal(EC50, 1.0, 0.1, modest(x), RNG()),
    "patients people": lambda x: virtual_trial.patients(modest(x)).to_numpy(),
    "patients seed": lambda x: virtual_trial.patients(3, seed=x).to_numpy(),
    "simulate_patients table": lambda x: virtual_trial.simulate_patients(x, 4.5).to_numpy(),
    "simulate_patients amount": lambda x: virtual_trial.simulate_patients(
        RESULT, x, days=1, over=1
    ).to_numpy(),
    "trial people": lambda x: virtual_trial.trial(modest(x), days=1, over=1)["change"],
    "trial dose": lambda x: virtual_trial.trial(9, dose=x, days=1, over=1)["change"],
    "trial seed": lambda x: virtual_trial.trial(9, seed=x, days=1, over=1)["change"],
    "trial placebo": lambda x: virtual_trial.trial(
        9, placebo=0 if x is None else x, days=1, over=1
    )["change"],
    "trial sd": lambda x: virtual_trial.trial(9, sd=1 if x is None else x, days=1, over=1)[
        "change"
    ],
    "sensitivity points": lambda x: virtual_trial.sensitivity(modest(x), days=1, over=1)["ST"],
    "sensitivity seed": lambda x: virtual_trial.sensitivity(8, seed=x, days=1, over=1)["ST"],
    "sensitivity output": lambda x: virtual_trial.sensitivity(8, output=x)["ST"],
    "check_arrays gain": lambda x: check_arrays(models.load("opioid_feedback"), {"gain": x}),
    "runge_kutta h": advanced,
    "region level": lambda x: fits.region("plasma", level=x)["EC50"],
    "fit_occupancy hour": lambda x: fits.fit_occupancy("plasma", hour=x).chi2,
    "blocked ratio": lambda x: fits.blocked("retained", single(1), [1.0], ratio=x),
    "ratio_seen hour": validation.ratio_seen,
    "switched gain": lambda x: feedback.switched(x, 1, [(0, 1)]),
    "switched memory": lambda x: feedback.switched(1, x, [(0, 1)]),
    "half_life state": lambda x: fits.half_life("naltrexone", [x]),
    "steady_states amplification": lambda x: [
        s.pro for s in synovium.steady_states(amplification=x)
    ],
    "amplification_at pro": synovium.amplification_at,
    "cycle settle": lambda x: synovium.cycle(settle=modest(x)),
    "cycle rtol": lambda x: synovium.cycle(settle=20.0, rtol=x),
    "cycle ageing": lambda x: synovium.cycle(settle=20.0, ageing=x),
    "reproduction priming": lambda x: tolerance.reproduction(priming=x),
    "lasting priming": lambda x: tolerance.lasting(priming=x),
    "mean_signal amount": lambda x: feedback.mean_signal(x, days=1),
    "one_site n": lambda x: feedback.one_site([1.0], modest(x)).to_numpy(),
    "one_site seed": lambda x: feedback.one_site([1.0], 1, seed=x).to_numpy(),
    "gain_from_rise rise": lambda x: feedback.gain_from_rise(x, 0.9),
    "gain_from_rise blocked": lambda x: feedback.gain_from_rise(1.5, x),
    "power design": lambda x: trial_power.power(x, 100, 1, 1),
    "power people": lambda x: trial_power.power("parallel", x, 1, 1),
    "power effect": lambda x: trial_power.power("parallel", 100, x, 1),
    "power sd": lambda x: trial_power.power("crossover", 100, 1, x),
    "power correlation": lambda x: trial_power.power("crossover", 100, 1, 1, correlation=x),
    "power dropout": lambda x: trial_power.power("parallel", 100, 1, 1, dropout=x),
    "power arms": lambda x: trial_power.power("parallel", 100, 1, 1, arms=x),
    "simulated_power people": lambda x: trial_power.simulated_power(
        "parallel", modest(x), 1, 1, repeats=3
    ),
    "simulated_power repeats": lambda x: trial_power.simulated_power(
        "parallel", 9, 1, 1, repeats=modest(x)
    ),
    "simulated_power seed": lambda x: trial_power.simulated_power(
        "parallel", 9, 1, 1, repeats=3, seed=x
    ),
    "people_needed goal": lambda x: trial_power.people_needed("parallel", 1, 1, goal=x),
    "detectable people": lambda x: trial_power.detectable("crossover", x),
    "standardised correlation": lambda x: meta_analysis.standardised(correlation=x)["d"],
    "pool effect": lambda x: meta_analysis.pool([x, 1.0], [1.0, 1.0]).mean,
    "pool error": lambda x: meta_analysis.pool([1.0, 1.0], [x, 1.0]).mean,
    "upper_limit events": lambda x: rare_events.upper_limit(x, 100),
    "upper_limit years": lambda x: rare_events.upper_limit(1, x),
    "upper_limit confidence": lambda x: rare_events.upper_limit(1, 100, x),
    "power_to_see factor": lambda x: rare_events.power_to_see(x, 0.1, 100),
    "power_to_see rate": lambda x: rare_events.power_to_see(2, x, 100),
    "years_needed factor": lambda x: rare_events.years_needed(x, 0.1),
    "years_needed power": lambda x: rare_events.years_needed(2, 0.1, x),
    "poisson_interval count": rare_events.poisson_interval,
    "poisson_interval level": lambda x: rare_events.poisson_interval(3, level=x),
    "random_windows n": lambda x: windows(n=modest(x)) is None,
    "random_windows seed": lambda x: windows(n=1, seed=x) is None,
    "chance_of_one p": lambda x: uncontrolled.chance_of_one(x, 3),
    "chance_of_one outcomes": lambda x: uncontrolled.chance_of_one(0.05, x),
    "outcome damping": lambda x: defence.outcome(x, settle=1, until=1).to_numpy(),
    "outcome settle": lambda x: defence.outcome(0.5, settle=modest(x), until=1).to_numpy(),
    "outcome until": lambda x: defence.outcome(0.5, settle=1, until=modest(x)).to_numpy(),
    "outcome step": lambda x: defence.outcome(0.5, settle=1, until=1, step=modest(x)).to_numpy(),
    "outcome start_calming": lambda x: defence.outcome(
        0.5, settle=1, until=1, start_calming=x
    ).to_numpy(),
    "falls people": lambda x: uncontrolled.falls(x, 1, 0.0, repeats=3),
    "falls cytokines": lambda x: uncontrolled.falls(3, x, 0.0, repeats=3),
    "falls correlation": lambda x: uncontrolled.falls(3, 1, x, repeats=3),
    "falls control": lambda x: uncontrolled.falls(3, 1, 0.0, control=x, repeats=3),
    "falls correction": lambda x: uncontrolled.falls(3, 1, 0.0, correction=x, repeats=3),
    "falls repeats": lambda x: uncontrolled.falls(3, 1, 0.0, repeats=modest(x)),
    "folds threshold": lambda x: microglia.switch_points(x),
    "block_needed trigger": lambda x: microglia.block_needed(x, 0.7),
    "quote number": lambda x: evidence.quote(x),
    "reference reference": lambda x: evidence.reference(x),
    "cite reference": lambda x: evidence.cite(x),
    "show chapter": lambda x: ledger.show(x)._repr_html_(),
    "badge badge": lambda x: badges.badge(x),
    "self_check self-check": lambda x: self_check.self_check(x)._repr_html_(),
    "slider value": lambda x: explorer.slider("a", "A", x, 0, 1, "h")["value"],
    "slider scale": lambda x: explorer.slider("a", "A", 0.5, 0, 1, "h", scale=x)["scale"],
    "measure reduction": lambda x: explorer.measure("signal", x, (0, 1))["reduce"],
}
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=12),
    st.floats(),
    st.integers(-5, 40),
    st.complex_numbers(),
    st.sampled_from(
        [
            0,
            -0.0,
            -1,
            1e-300,
            1e300,
            10**400,
            math.nan,
            math.inf,
            "4.5",
            "naltrexone",
            [],
            [1.0],
            {},
            b"x",
            object(),
        ]
    ),
)


def finite(value):
    """Whether a result holds no number that is none: text, or finite numbers."""
    if isinstance(value, (str, type(None))):
        return True
    return bool(np.isfinite(np.asarray(value, float)).all())


@pytest.mark.parametrize("entrance", ENTRANCES)
@settings(max_examples=30, deadline=None)
@given(value=STRANGE)
def test_anything_passed_is_refused_by_name_or_used(entrance, value):
    argument = entrance.split()[-1]
    try:
        result = ENTRANCES[entrance](value)
    except (ValueError, UnknownName, ArithmeticError) as error:
        assert argument in str(error), f"{entrance}: the error does not name it: {error}"
    else:
        assert finite(result), f"{entrance} made of {value!r}: {result!r}"
