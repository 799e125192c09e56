"""Chapter 2: the synovial model has the regimes its paper names, no steady state is missed,

the figures say what is drawn.
"""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import brentq

from helpers import checks, evidence, models
from helpers.analysis import synovium
from helpers.figures import immune_system_in_ra as chapter
from helpers.simulate import simulate, single

MODEL = models.load("synovial_cytokines")
ranges = {
    "amplification": st.floats(0.5, 60),
    "calming": st.floats(0.5, 10),
    "clearance": st.floats(0.5, 3),
    "background": st.floats(0.002, 0.2),
    "sensitivity": st.floats(0.1, 2),
}


def at_rest(pro, p):
    """Net production of inflammation with the calming signal at rest: zero at a steady state.

    Not through a polynomial.
    """
    anti = p.calming * pro**2 / (p.sensitivity**2 + pro**2)
    return MODEL.module.rhs(0.0, (anti, pro, 0.0), p)[1]


def test_published_start_is_a_steady_state():
    """BioModels 550 starts at a = 0.00577667577789773, p = 0.0203298264712407."""
    [state] = synovium.steady_states()
    assert (state.anti, state.pro) == pytest.approx(
        (0.00577667577789773, 0.0203298264712407), rel=1e-9
    )
    assert state.kind == "stable"


@given(st.fixed_dictionaries(ranges))
@settings(max_examples=60, deadline=None)
def test_no_branch_is_missed(parameters):
    """Against a dense scan for sign changes over six decades of inflammation."""
    p = MODEL.values(**parameters)
    grid = np.geomspace(1e-5, 200, 20001)
    net = at_rest(grid, p)
    found = [
        brentq(at_rest, grid[i], grid[i + 1], args=(p,), xtol=1e-15)
        for i in np.flatnonzero(np.sign(net[1:]) != np.sign(net[:-1]))
    ]
    states = [s.pro for s in synovium.steady_states(**parameters)]
    for root in found:
        assert np.min(np.abs(np.array(states) - root)) < 1e-6 * root
    # Beyond the scan's resolution the polynomial may see a close pair, never a single root more.
    assert (len(states) - len(found)) % 2 == 0


@pytest.mark.parametrize("calming", np.linspace(1, 9, 9))
def test_no_branch_is_missed_over_the_controls_range(calming):
    for amplification in np.linspace(1, 80, 60) if calming == 9 else np.linspace(1, 30, 59):
        p = MODEL.values(calming=calming, amplification=min(amplification, 60))
        net = at_rest(np.geomspace(1e-3, 60, 8001), p)
        assert (
            len(synovium.steady_states(calming=calming, amplification=p.amplification))
            == (np.sign(net[1:]) != np.sign(net[:-1])).sum()
        )


@given(st.fixed_dictionaries(ranges))
@settings(max_examples=40, deadline=None)
def test_steady_states_are_steady_and_their_kind_is_right(parameters):
    p = MODEL.values(**parameters)
    for state in synovium.steady_states(**parameters):
        here = np.array([state.anti, state.pro])
        field = lambda y: np.array(MODEL.module.rhs(0.0, (*y, 0.0), p)[:2])
        assert np.abs(field(here)).max() < 1e-7 * max(1.0, *here)
        h = 1e-6 * np.maximum(here, 1e-3)
        jacobian = np.column_stack(
            [(field(here + d) - field(here - d)) / (2 * d.max()) for d in np.diag(h)]
        )
        assert np.trace(jacobian) == pytest.approx(state.trace, rel=1e-4, abs=1e-5)
        assert np.linalg.det(jacobian) == pytest.approx(state.determinant, rel=1e-3, abs=1e-4)


@given(st.floats(0.01, 30), st.floats(1, 9))
@settings(max_examples=40, deadline=None)
def test_the_curve_of_steady_states_goes_through_them(pro, calming):
    amplification = float(synovium.amplification_at(np.array(pro), calming=calming))
    if 0.1 < amplification < 60:
        states = synovium.steady_states(calming=calming, amplification=amplification)
        assert min(abs(s.pro - pro) for s in states) < 1e-6 * pro


@pytest.mark.parametrize("calming", [1.5, 3.5, 5.0, 7.0])
def test_folds_are_where_the_number_of_states_changes(calming):
    folds = sorted(at for at, _ in synovium.folds(calming=calming))
    assert len(folds) == 2
    count = lambda at: len(synovium.steady_states(calming=calming, amplification=at))
    low, high = folds
    assert [count(low - 1e-5), count(low + 1e-5), count(high - 1e-5), count(high + 1e-5)] == [
        1,
        3,
        3,
        1,
    ]


def test_bistable_as_the_paper_says():
    kinds = [s.kind for s in synovium.steady_states(amplification=10)]
    assert kinds == ["stable", "saddle", "stable"]
    ends = [
        simulate(MODEL, single(0), [0, 200], amplification=10, pro_start=start)[
            "inflammation"
        ].iloc[-1]
        for start in (0.05, 0.5)
    ]
    healthy, _, inflamed = [s.pro for s in synovium.steady_states(amplification=10)]
    assert ends == pytest.approx([healthy, inflamed], rel=1e-6)


def test_oscillating_as_the_paper_says():
    swing = synovium.cycle(**chapter.CYCLE)
    assert swing.highest > 2 * swing.lowest
    assert synovium.onsets() == [] and synovium.cycle(amplification=18) is None
    (begins, _), (ends, _) = synovium.onsets(calming=7)
    for at, kind in (
        (begins - 0.01, "unstable"),
        (begins + 0.01, "unstable"),
        (ends - 0.01, "unstable"),
        (ends + 0.01, "stable"),
    ):
        found = synovium.steady_states(calming=7, amplification=at)[-1].kind
        assert found == kind or at < begins


def test_a_cycle_is_the_same_however_it_is_reached():
    swing = astuple(synovium.cycle(**chapter.CYCLE))
    finer = synovium.cycle(**chapter.CYCLE, rtol=1e-11)
    within = synovium.cycle(**chapter.CYCLE, anti_start=0.78, pro_start=0.28)
    outside = synovium.cycle(**chapter.CYCLE, anti_start=6.0, pro_start=2.0)
    for other in (finer, within, outside):
        assert swing == pytest.approx(astuple(other), rel=1e-5)


def test_a_cycle_is_what_a_very_long_run_ends_in():
    """Against the samples of a run by another solver, long after it began."""
    swing = synovium.cycle(**chapter.CYCLE)
    late = np.linspace(2000, 2000 + 20 * swing.period, 20001)
    run = simulate(MODEL, single(0), late, **chapter.CYCLE)["inflammation"]
    assert (run.min(), run.max(), run.iloc[:-1].mean()) == pytest.approx(
        (swing.lowest, swing.highest, swing.mean), rel=2e-5
    )
    assert run.iloc[0] == pytest.approx(run.iloc[-1], rel=1e-5), "twenty whole periods"
    # The digits that the chapter prints.
    assert [f"{x:.4f}" for x in (swing.period, swing.lowest, swing.highest)] == [
        *("5.0574", "0.1600", "0.4930")
    ]


def test_the_multiplier_says_how_fast_a_cycle_is_reached():
    """Each turn leaves this share of what it is still away from the cycle."""
    swing = synovium.cycle(**chapter.CYCLE)
    times = np.linspace(0, 200, 200_001)
    run = simulate(MODEL, single(0), times, rtol=1e-11, **chapter.CYCLE)["inflammation"].to_numpy()
    inner = run[1:-1]
    tops = inner[(inner > run[:-2]) & (inner > run[2:])]
    away = tops[20:30] - swing.highest
    assert away[1:] / away[:-1] == pytest.approx(swing.multiplier, abs=0.02)


def test_a_cycle_settles_or_says_that_it_does_not():
    """Close to the onset turns change so slowly that the wait would be endless."""
    (_, _), (ends, _) = synovium.onsets(calming=7)
    with pytest.raises(ValueError, match="settle must be long enough .* got 1000"):
        synovium.cycle(calming=7, amplification=ends - 0.01, settle=1000)
    with pytest.raises(ValueError, match="settle must be long enough .* got 100"):
        synovium.cycle(**chapter.CYCLE, settle=100)
    near, far = (
        synovium.cycle(calming=7, amplification=ends - by, settle=20_000) for by in (0.5, 2)
    )
    # As at every such onset, the swing grows with the square root of the distance from it.
    height = lambda swing: swing.highest - swing.lowest
    assert height(far) / height(near) == pytest.approx(2, rel=0.1)
    assert synovium.cycle(calming=7, amplification=ends + 1, settle=20_000) is None
    with pytest.raises(ValueError, match="ageing must be 0"):
        synovium.cycle(ageing=1)


def test_ageing_as_in_biomodels_549():
    """alpha2(t) = 1 + 49 t²/(15² + t²), alpha4 = 7: healthy at first, inflamed later."""
    p = MODEL.values(ageing=49, calming=7)
    rate = MODEL.module.rhs(0.0, (0.3, 0.4, 15.0), p)[1]
    assert rate == pytest.approx((0.025 + 25.5 * 0.16 / 1.16) / 1.09 - 1.25 * 0.4)
    run = simulate(MODEL, single(0), [0, 2, 100], ageing=49, calming=7)
    assert run["inflammation"][2] < 0.03 and run["inflammation"][100] > 0.3


def test_treatment_off_is_the_published_model():
    times = np.linspace(0, 60, 61)
    plain = simulate(MODEL, single(0), times, amplification=10, pro_start=0.3)
    treated = simulate("synovial_treatment", single(0), times, amplification=10, pro_start=0.3)
    np.testing.assert_allclose(treated["inflammation"], plain["inflammation"], rtol=1e-6)
    assert treated["harm_done"].iloc[-1] == pytest.approx(
        np.trapezoid(
            simulate(MODEL, single(0), np.linspace(0, 60, 6001), amplification=10, pro_start=0.3)[
                "inflammation"
            ],
            dx=0.01,
        ),
        rel=1e-4,
    )
    assert (np.diff(treated["harm_done"]) > 0).all()


def test_virtual_patients():
    people, shares = synovium.random_patients(), synovium.courses()
    assert shares.shape == (10, 2, 3, 3)
    np.testing.assert_allclose(shares.sum(axis=-1), 1)
    assert (shares[0, 0, :, 2] == 1).all(), "without a block nobody gets well"
    # A stronger block never leaves more people inflamed, beyond the chance of 400 patients.
    assert (np.diff(shares[..., 2], axis=0) <= 0.02).all()
    # For good get well only those who have a healthy state, and under the strongest block all.
    has = np.isfinite(synovium.healthy(people)["pro_healthy"]).mean()
    assert shares[..., 0].max() <= has and (shares[-1, :, :, 0] == has).all()
    np.testing.assert_allclose(synovium.courses(step=0.05), shares, atol=0.005)
    one = {name: float(values[0]) for name, values in people.items()}
    assert (
        min(
            abs(s.pro - one["pro_start"])
            for s in synovium.steady_states(
                **{k: v for k, v in one.items() if not k.endswith("start")}
            )
        )
        < 1e-9
    )


def test_patients_end_where_a_long_run_ends():
    """Of the first patients: who is well for good, by the adaptive solver, very long after."""
    n = 12
    people, way = synovium.random_patients(), synovium.WAYS["blocks production"]
    blocked, course = synovium.BLOCKED[4], synovium.COURSES[-1]
    well = 0
    for values in zip(*(people[name][:n] for name in people)):
        given = dict(zip(people, map(float, values)))
        run = simulate(
            "synovial_treatment",
            single(0),
            [0, 5000],
            begin=synovium.BEGIN,
            course=course,
            blocked=blocked,
            **given,
        )
        well += run["inflammation"].iloc[-1] < synovium.WELL
    assert synovium.courses(n=n)[4, way, -1, 0] == well / n


def test_the_markers_of_the_alarm_are_at_rest():
    (high, _), (low, _) = synovium.folds()
    drawn = chapter.alarm((low, high)).data.query("series == 'simulation'")
    for amplification, pro in zip(drawn["amplification"], drawn["pro"]):
        states = synovium.steady_states(amplification=amplification)
        assert min(abs(s.pro / pro - 1) for s in states if s.kind == "stable") < 1e-5


def test_bad_input():
    with pytest.raises(checks.UnknownName, match="'alpha2'"):
        synovium.steady_states(alpha2=3)
    with pytest.raises(ValueError, match="'calming' must be a number from 0.5 to 10"):
        synovium.folds(calming=-1)
    with pytest.raises(ValueError, match="settle"):
        synovium.cycle(settle=0)
    with pytest.raises(ValueError, match="n must be"):
        synovium.random_patients(0)
    with pytest.raises(ValueError, match="step must be"):
        synovium.courses(step=1)


def test_published_numbers_on_the_figures():
    drawn = chapter.responses().data
    assert drawn.query("study == 'ARMADA' and quantity == 'ACR20'")["value"].tolist() == [
        67.2,
        14.5,
    ]
    levels = evidence.joint_cytokines()
    assert (levels["low"].isna() | (levels["low"] <= levels["value"])).all() and (
        levels["high"].isna() | (levels["value"] <= levels["high"])
    ).all()


def test_a_mild_block_never_reaches_the_threshold_however_long():
    """Exercise 6: 25% does not, a little more would in the end; 80% crosses it in 5 units."""
    joint = {"amplification": 11, "pro_start": 1, "anti_start": 1}
    end = lambda blocked, course, at: simulate(
        "synovial_treatment", single(0), [0, at], **joint, blocked=blocked, course=course
    )["inflammation"].iloc[-1]
    assert min(end(0.25, 400, at) for at in (30, 60, 100, 200, 400)) > 0.2
    assert end(0.8, 5, 200) < 0.05
    assert end(0.3, 60, 200) > 0.3 and end(0.3, 100, 200) < 0.05
