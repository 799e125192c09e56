"""Chapter 1: intervals from counts, negative selection, regulatory T cells as published."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from helpers import checks, evidence, models
from helpers.analysis import rare_events, tolerance
from helpers.figures import autoimmune_diseases as chapter
from helpers.simulate import simulate, single

CELLS = models.load("regulatory_t_cells")


# ---------------------------------------------------------------- prevalence


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.6889), (4, 1.0899, 10.2416), (10, 4.7954, 18.3904), (100, 81.3639, 121.6272)],
)
def test_poisson_intervals_as_tabulated(count, low, high):
    """Garwood's exact limits."""
    assert rare_events.poisson_interval(count) == pytest.approx((low, high), abs=2e-3)


def test_counts_give_the_published_rates_back():
    drawn = chapter.prevalence().data
    assert len(drawn) == 12 and drawn["count"].sum() == 1357
    np.testing.assert_allclose((drawn["count"] / drawn["n"] * 1e5).round(), drawn["value"], atol=1)
    assert (drawn["ci_low"] < drawn["value"]).all() and (drawn["value"] < drawn["ci_high"]).all()


def test_symptoms_are_those_published():
    rows = evidence.diseases().query("setting == 'lupus over 10 years'")
    assert len(rows) == 9 and rows["value"].max() < 50
    mixes = chapter.symptom_mixes().data
    assert mixes.equals(chapter.symptom_mixes().data), "the seed is fixed"
    many = chapter.symptom_mixes(people=4000).data.drop(columns="person").mean() * 100
    np.testing.assert_allclose(many[rows["quantity"]], rows["value"], atol=4 * 50 / np.sqrt(4000))
    # How many mixes come up in other draws, as the caption says.
    rng, shares = np.random.default_rng(2), rows["value"].to_numpy() / 100
    draws = [len(np.unique(rng.random((24, 9)) < shares, axis=0)) for _ in range(1000)]
    assert f"{np.mean(draws):.0f} on average" in chapter.symptom_mixes().caption


# ---------------------------------------------------------------- negative selection


def test_selection_obeys_its_logic():
    shares = tolerance.selection()
    assert shares.shape == (
        tolerance.REPEATS,
        len(tolerance.PEPTIDES),
        len(tolerance.SHOWN),
        len(tolerance.THRESHOLDS),
        3,
    )
    assert ((shares >= 0) & (shares <= 1)).all()
    survive, escape = shares[..., 0], shares[..., 1]
    # Sets are nested: more peptides or more of them shown never spare a receptor,
    # a higher threshold never removes one.
    assert (
        (np.diff(survive, axis=1) <= 0).all()
        and (np.diff(survive, axis=2) <= 0).all()
        and (np.diff(survive, axis=3) >= 0).all()
    )
    assert (escape[:, :, -1] == 0).all(), "who was shown everything cannot attack self"
    missed = shares.mean(axis=0)[1, 1, :, 2]
    assert missed.argmin() not in (0, len(missed) - 1), "holes at both ends"


def test_selection_repeats():
    first = tolerance.selection(2, 5).copy()
    tolerance._selection.cache_clear()
    tolerance._worlds.cache_clear()
    assert np.array_equal(first, tolerance.selection(2, 5))


def test_bindings_add_up_contacts():
    contact = np.arange(16.0).reshape(4, 4).astype(np.float32)
    found = tolerance.bindings(
        np.array([[0, 1], [3, 3]]), np.array([[2, 2], [0, 3], [1, 1]]), contact
    )
    assert found.tolist() == [[2 + 6, 0 + 7, 1 + 5], [14 + 14, 12 + 15, 13 + 13]]


def test_extremes_stay_below_independent_bindings():
    counts = np.array([1, 10, 100, 1000])
    found = tolerance.strongest(counts).mean(axis=0)
    assert (np.diff(found) > 0).all() and abs(found[0]) < 0.3
    assert (found[1:] < np.sqrt(2 * np.log(counts[1:]))).all()
    assert found[2:] == pytest.approx([2.5, 3.1], abs=0.1), "as the alt text says"


# ---------------------------------------------------------------- regulated tolerance


def test_reproduction_as_in_biomodels_289():
    assert tolerance.reproduction() == pytest.approx(1600 / 2001, rel=1e-12)


@pytest.mark.parametrize(
    "name",
    [
        "priming",
        "recruiting",
        "suppression_same",
        "loss_regulatory",
        "antigen_start",
        "presenting_start",
    ],
)
def test_what_does_not_enter_reproduction(name):
    p = CELLS.parameters[name]
    assert tolerance.reproduction(**{name: p.low}) == tolerance.reproduction(**{name: p.high})


def test_reproduction_is_the_stability_of_tolerance():
    """The leading eigenvalue of the model linearised at zero changes its sign with R0 - 1."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        changes = {
            name: float(np.exp(rng.uniform(np.log(max(p.low, 1e-9)), np.log(p.high))))
            for name, p in CELLS.parameters.items()
            if not name.endswith("start")
        }
        p = CELLS.values(**changes)
        jacobian = (
            np.column_stack(
                [np.array(CELLS.module.rhs(0.0, tuple(e), p)) for e in 1e-9 * np.eye(4)]
            )
            / 1e-9
        )
        growth = np.linalg.eigvals(jacobian).real.max()
        r0 = tolerance.reproduction(**changes)
        if abs(r0 - 1) > 1e-3:
            assert (growth > 0) == (r0 > 1)


@given(st.floats(1.05, 5), st.floats(1e-7, 1e-4), st.floats(1, 5000), st.floats(1e-3, 1))
@settings(max_examples=40, deadline=None)
def test_lasting_state_is_at_rest(r0, same, priming, recruiting):
    changes = dict(
        maturing=1e-4 * r0 / (1600 / 2001),
        suppression_same=same,
        priming=priming,
        recruiting=recruiting,
    )
    p = CELLS.values(**changes)
    effector = tolerance.lasting(**changes)
    presenting = p.loss_effector * effector / p.making
    antigen = p.release * effector / (p.uptake + p.loss_antigen)
    regulatory = (p.suppression_other + p.loss_presenting) * (r0 - 1) / same
    rates = CELLS.module.rhs(0.0, (presenting, regulatory, effector, antigen), p)
    sizes = (presenting, regulatory, effector, antigen)
    assert effector > 0 and all(
        abs(rate) < 1e-6 * max(1e-9, size) for rate, size in zip(rates, sizes)
    )


@pytest.mark.parametrize("trigger", [1e4, 1e8, 1e10])
def test_regimes_as_the_paper_says(trigger):
    """Below R0 = 1 only tolerance, above it a lasting reaction, whatever the trigger."""
    end = lambda maturing: simulate(
        CELLS, single(0), [0, 3000], maturing=maturing, antigen_start=trigger
    )["effectors"].iloc[-1]
    assert abs(end(1e-4)) < 1e-3
    assert end(2e-4) == pytest.approx(tolerance.lasting(maturing=2e-4), rel=1e-5)


def test_the_models_own_output_of_the_lasting_state():
    """It rounds the corner at R0 = 1 and is otherwise the exact solution."""
    own = lambda **parameters: simulate(CELLS, single(0), [0], **parameters)["lasting"].iloc[0]
    for maturing in (1.4e-4, 2e-4, 1e-3):
        assert own(maturing=maturing) == pytest.approx(
            tolerance.lasting(maturing=maturing), rel=1e-4
        )
    assert tolerance.lasting() == 0.0 and own() < 3


def test_bad_input():
    with pytest.raises(checks.UnknownName, match="'beta'"):
        tolerance.reproduction(beta=3)
    with pytest.raises(ValueError, match="'maturing' must be a number from"):
        tolerance.lasting(maturing=-1)
