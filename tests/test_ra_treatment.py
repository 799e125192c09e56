"""Chapter 6: the antagonism model, its arithmetic, and the numbers behind its figures."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from helpers import evidence
from helpers.checks import UnknownName
from helpers.controls import ra_treatment as controls
from helpers.figures import ra_treatment
from helpers.simulate import daily, simulate, single

READINGS = ("plasma", "retained", "fading")


@given(
    amount=st.floats(0.1, 50),
    days=st.integers(0, 28),
    retention=st.floats(1, 150),
    fading=st.floats(72, 108),
)
@settings(max_examples=25, deadline=None)
def test_the_clock_starts_after_earlier_doses(amount, days, retention, fading):
    """The closed form of the initial state is what taking the doses one by one gives."""
    hours, values = [0.0, 7.0, 50.0], {"retention": retention, "fading": fading}
    short = simulate("opioid_antagonism", single(amount), hours, habit=amount, days=days, **values)
    full = simulate(
        "receptor_occupancy", daily(amount, days + 1), [24 * days + t for t in hours], **values
    )
    for reading in ("retained", "fading"):
        blocked = 1 - 1 / short[f"shift_{reading}"].to_numpy()
        np.testing.assert_allclose(blocked, full[f"mu_{reading}"], rtol=1e-6, atol=1e-9)


@given(amount=st.floats(0.5, 50), opioid=st.floats(0.1, 100), days=st.integers(0, 28))
@settings(max_examples=25, deadline=None)
def test_competition_only_shifts_the_curve(amount, opioid, days):
    """An opioid dose acts as that dose divided by the dose ratio; blocking never adds effect."""
    hours = [0.5, 12.0, 100.0]
    run = simulate(
        "opioid_antagonism", single(amount), hours, opioid=opioid, habit=amount, days=days
    )
    for reading in READINGS:
        shift, effect = run[f"shift_{reading}"], run[f"effect_{reading}"]
        np.testing.assert_allclose(effect, (opioid / shift) / (1 + opioid / shift), rtol=1e-9)
        assert (shift >= 1 - 1e-9).all() and (effect <= run["effect_alone"] + 1e-9).all()
    # The weaker the grip on a receptor, the smaller the shift.
    assert (run["shift_retained"] >= run["shift_kappa"]).all() and (
        run["shift_kappa"] >= run["shift_delta"]
    ).all()


def test_schilds_rule_at_the_half_blocking_dose():
    """Half of the receptors blocked means a dose ratio of two."""
    run = simulate("opioid_antagonism", single(5.07), [0.0], ED50=5.07)
    assert run["shift_retained"].iloc[0] == pytest.approx(2) and run["shift_fading"].iloc[
        0
    ] == pytest.approx(2)


def test_outcomes():
    table = evidence.outcomes()
    assert set(ra_treatment.DRUGS) - {"LDN"} <= set(table["treatment"])
    arms = table.dropna(subset=["arm_drug", "arm_control"])
    assert arms["arm_drug"].between(0, 100).all() and arms["arm_control"].between(0, 100).all()
    intervals = table.dropna(subset=["low"])
    assert (intervals["low"] <= intervals["value"]).all() and (
        intervals["value"] <= intervals["high"]
    ).all()
    # Nothing is said about benefit of LDN, because nothing was measured.
    assert table.query("treatment == 'LDN' and kind == 'benefit'").empty
    assert evidence.quote("mtx-acr20", "arm_drug") == "46"
    with pytest.raises(UnknownName, match="number 'ldn-acr20'"):
        evidence.quote("ldn-acr20")


def test_unknown_is_not_drawn_as_a_number():
    benefit = ra_treatment.benefit_icons()
    unknown = benefit.data.set_index("treatment").loc[["glucocorticoid", "LDN"]]
    assert (unknown["outcome"] == "unknown").all() and unknown[
        ["arm_drug", "arm_control"]
    ].isna().all().all()
    assert benefit._repr_html_().count(">?</text>") == 2 * 200  # in both drawings
    table = ra_treatment.benefits_and_harms()
    assert list(table.index) == list(ra_treatment.DRUGS)
    assert (
        not table.loc["LDN"].iloc[0].count("against")
        and table.loc["methotrexate"].iloc[0] == "20% better: 46 against 26 (placebo)"
    )


def test_sizes_in_the_arthritis_trial_give_back_their_p_values():
    trial = ra_treatment.arthritis_evidence().data.query("unit.str.startswith('SD')")
    moved = trial[trial["value"] != 0]
    found = 2 * stats.t.sf(np.abs(moved["value"]) * np.sqrt(23), 22)
    np.testing.assert_allclose(found, moved["p"], rtol=1e-9)


def test_stories_are_binomial():
    shown = controls.explore_stories()
    table = shown.spec["table"]
    grid = [
        (n, p, b) for n in (5, 10, 20, 40, 100) for p in (10, 15, 27, 40) for b in (0, 10, 20, 30)
    ]
    at = grid.index((10, 27, 20)) * len(table["x"]["placebo"])
    four_of_ten = table["series"]["placebo"][at + 8]  # 40 per cent or more
    rng = np.random.default_rng(6)
    simulated = (rng.random((200_000, 10)) < 0.27).sum(axis=1) >= 4
    assert four_of_ten == pytest.approx(
        simulated.mean(), abs=4 * simulated.std() / np.sqrt(200_000)
    )
