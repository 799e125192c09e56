"""Chapter 5: the switch and its folds, concentrations and ratios, trials drawn against chance."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from scipy.optimize import brentq

from helpers import evidence, models
from helpers.analysis import meta_analysis, microglia, uncontrolled
from helpers.figures import microglial_cells as chapter
from helpers.simulate import simulate, single


def end(start, trigger, threshold, dose=0, until=600, **more):
    return simulate(
        "microglial_switch",
        single(dose),
        [0, until],
        start=start,
        trigger=trigger,
        threshold=threshold,
        **more,
    )["activation"].iloc[-1]


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8])
def test_folds_against_a_dense_scan(threshold):
    """Count the steady states on a fine grid: three between the folds, one outside."""
    off, on, at_off, at_on = microglia.switch_points(threshold)
    assert off < on and at_on < at_off
    activity = np.linspace(0, 3, 300001)

    def states(trigger):
        return int((np.diff(np.sign(microglia.balance(activity, threshold) - trigger)) != 0).sum())

    assert states(on + 1e-3) == 1 and states(on - 1e-3) == 3
    if off > 0:
        assert states(off + 1e-3) == 3 and states(off - 1e-3) == 1


def test_folds_of_the_prototype():
    """On above 0.192, 0.305 and 0.369; off below 0.165 and 0.284, and never at 0.5."""
    assert microglia.switch_points(0.5)[0] < 0 and microglia.switch_points(0.5)[1] == pytest.approx(
        0.192, abs=5e-4
    )
    assert microglia.switch_points(0.7)[:2] == pytest.approx((0.165, 0.305), abs=5e-4)
    assert microglia.switch_points(0.8)[:2] == pytest.approx((0.284, 0.369), abs=5e-4)


@given(st.floats(0.55, 0.85), st.floats(0.1, 0.9))
@settings(max_examples=20, deadline=None)
def test_the_simulation_obeys_the_folds(threshold, share):
    off, on, at_off, at_on = microglia.switch_points(threshold)
    inside = off + (on - off) * share
    if on - off > 0.02 and inside > 0.01 and 0.1 < share < 0.9:
        assert end(0, inside, threshold) < at_on
        assert end(1.5, inside, threshold) > at_off
    if off > 0.03:
        assert end(1.5, off - 0.02, threshold) < at_on
    if on < 0.55:
        assert end(0, on + 0.02, threshold) > at_off


def test_the_block_needed_is_where_the_cell_falls_silent():
    needed = microglia.block_needed(0.25, 0.7)
    assert needed == pytest.approx(1 - microglia.switch_points(0.7)[0] / 0.25)
    level = lambda share: 105.5 * share / (1 - share) / (0.000713 * 0.79)
    assert end(1.2, 0.25, 0.7, level(needed - 0.02)) > 0.8
    assert end(1.2, 0.25, 0.7, level(needed + 0.02)) < 0.4
    assert microglia.block_needed(0.25, 0.5) == 1
    assert microglia.block_needed(0.25, 0.8) == 0


def test_no_drug_and_a_low_dose_are_alike():
    assert end(1.2, 0.25, 0.7, 4.5) == pytest.approx(end(1.2, 0.25, 0.7), rel=1e-4)


@given(st.floats(0.1, 1e5), st.floats(0.001, 1000), st.floats(1, 1e5))
@settings(max_examples=30, deadline=None)
def test_half_dose_blocks_half(dose, IC50, accumulation):
    run = simulate("microglial_switch", single(dose), [0, 1], IC50=IC50, accumulation=accumulation)
    half = run["half_dose"].iloc[0]
    assert run["blocked"].iloc[0] == pytest.approx(dose / (dose + half), rel=1e-9)


@pytest.mark.parametrize("bad", [0.4, 0.95, float("nan"), "0.7", None])
def test_bad_thresholds(bad):
    with pytest.raises(ValueError, match="threshold must be"):
        microglia.switch_points(bad)


def test_bad_triggers():
    with pytest.raises(ValueError, match="trigger must be"):
        microglia.block_needed(-1, 0.7)


# ---------------------------------------------------------------- concentrations


def test_the_models_concentrations_are_the_tables():
    parameters = models.load("microglial_switch").parameters
    table, kinetics = evidence.concentrations(), evidence.kinetics()["value"]
    assert parameters["IC50"].value * 1000 == pytest.approx(table.loc["tlr4_wang", "nM"])
    assert parameters["peak"].value == pytest.approx(
        kinetics["johnson_cmax"] / 2.4 / 341.41, rel=0.001
    )


def test_published_ratios():
    """Evidence sheet: 3.2 nM at 4.5 mg, 39 nM at 50 mg; TLR4 33,000 and 2,700 times higher."""
    low, high = microglia.blood_levels()["nM"]
    assert low == pytest.approx(3.21, abs=0.01) and high == pytest.approx(39, abs=0.1)
    tlr4 = evidence.concentrations().loc["tlr4_wang", "nM"]
    assert tlr4 / low == pytest.approx(33000, rel=0.01) and tlr4 / high == pytest.approx(
        2700, rel=0.01
    )


def test_units_of_concentration():
    table = evidence.concentrations()
    assert table.loc["femto_qin", ["nM_low", "nM_high"]].tolist() == pytest.approx([1e-6, 1e-3])
    assert table.loc["pico_wang2008", "nM"] == pytest.approx(0.01)
    assert set(table[table["standing"] == "retracted"].index) == {"pico_wang2008", "pico_wang2009"}


# ---------------------------------------------------------------- trials


def test_standard_errors_give_back_the_p():
    table = evidence.trials()
    rows = meta_analysis.standard_errors(table[table["group"] == "arthritis"].dropna(subset=["p"]))
    back = 2 * stats.t.sf(rows["t"].abs(), rows["n"] - 1)
    np.testing.assert_allclose(back[rows["value"] != 0], rows["p"][rows["value"] != 0], rtol=1e-9)
    # Worse on LDN is negative, whatever the scale's direction.
    assert rows.loc["LDNVA-painDETECT", "t"] < -2 and rows.loc["LDNVA-interference", "t"] > 0
    tested = table[table["study"] == "Cree 2010"].dropna(subset=["p"])
    assert len(tested) == 4 and (meta_analysis.standard_errors(tested)["t"] > 0).all()


def test_the_two_largest_trials_pooled():
    """Inverse variance from the printed intervals gives the row of the table."""
    table = evidence.trials()
    first, second, pooled = (
        table.loc["FINAL-pain"],
        table.loc["INNOVA-pain"],
        table.loc["Largest-two-pain"],
    )
    errors = np.array([(row["high"] - row["low"]) / 3.92 for row in (first, second)])
    weights = errors**-2
    mean = (weights * [first["value"], second["value"]]).sum() / weights.sum()
    assert mean == pytest.approx(pooled["value"], abs=0.01)
    assert 1.96 / np.sqrt(weights.sum()) == pytest.approx(
        (pooled["high"] - pooled["low"]) / 2, abs=0.01
    )


def test_chance_of_one():
    assert uncontrolled.chance_of_one(0.05, 1) == pytest.approx(0.05)
    outcomes = brentq(lambda m: uncontrolled.chance_of_one(0.004, m) - 0.05, 1, 60)
    assert 12 < outcomes < 13  # the caption says that 5% is passed at 13
    assert uncontrolled.chance_of_one(0.05, 2) > 0.05
    with pytest.raises(ValueError, match="p must be"):
        uncontrolled.chance_of_one(2, 3)


# ---------------------------------------------------------------- figures


def test_half_is_blocked_where_the_marks_stand():
    gap = chapter.closing_the_gap().data
    marks = gap.dropna(subset="target").set_index("target")["accumulation"]
    curves = gap[gap["target"].isna()]
    places = [np.interp(50, curves[name], curves["accumulation"]) for name in marks.index]
    assert places == pytest.approx(list(marks), rel=0.05)
