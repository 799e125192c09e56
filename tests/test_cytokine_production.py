"""Chapter 4: imagined studies, inflammation against defence, person-years, limits, courses."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from helpers import evidence, models
from helpers.analysis import defence, rare_events, uncontrolled
from helpers.controls import cytokine_production as controls
from helpers.figures import cytokine_production as chapter
from helpers.simulate import simulate, single


def test_seventeen_cytokines():
    table = evidence.cytokine_changes()
    assert len(table) == evidence.trials().loc["Parkitny-cytokines", "value"] == 17
    assert set(table["direction"]) == {"fell"}
    note = evidence.trials().loc["Parkitny-cytokines", "note"]
    plain = lambda name: name.replace("β", "beta").replace("α", "alpha")
    assert all(plain(name) in note for name in table["name"])
    assert set(table.query("group == 'calms'").index) == {"il1ra", "il4", "il10", "tgfb"}


# ---------------------------------------------------------------- imagined studies


@pytest.mark.parametrize("people", [4, 8, 32])
@pytest.mark.parametrize("control", [0, 1])
def test_one_cytokine_falls_by_chance_in_one_study_of_forty(people, control):
    """Without selection the t test keeps its level: 2.5% of each tail, to four standard errors."""
    found = uncontrolled.falls(people, 1, 0.0, control=control, repeats=20000).mean()
    assert found == pytest.approx(0.025, abs=4 * np.sqrt(0.025 * 0.975 / 20000) + 0.001)


def test_independent_cytokines_give_the_binomial_chance():
    found = uncontrolled.describe_falls(uncontrolled.falls(16, 17, 0.0, repeats=8000), 17)
    expected = 1 - 0.975**17
    assert found["any"] == pytest.approx(expected, abs=4 * found["error"] + 0.005)


def test_bonferroni_keeps_the_family_below_its_level():
    for correlation in uncontrolled.GRID["correlation"]:
        found = uncontrolled.describe_falls(
            uncontrolled.falls(16, 17, correlation, correction=1, repeats=4000), 17
        )
        assert found["any"] < 0.025 + 4 * found["error"] + 0.003


def test_regression_to_the_mean_has_the_textbook_size():
    """Mean change of those above a limit: -(1 - lasting) times the mean of a truncated normal."""
    change = uncontrolled._pool(1, 0.0, 1.0, 5)
    chosen = stats.norm.pdf(1) / stats.norm.sf(1)
    assert change.mean() == pytest.approx(-(1 - uncontrolled.LASTING) * chosen, abs=0.05)


def test_a_control_group_removes_it_and_more_people_do_not():
    fell = lambda people, control: uncontrolled.falls(
        people, 17, 0.6, entry=1.0, control=control
    ).mean()
    assert fell(64, 0) > fell(8, 0) > 5
    assert fell(64, 1) < 1 and fell(8, 1) < 1


def test_the_table_is_complete_and_repeats():
    table = uncontrolled.table()
    assert len(table) == np.prod([len(v) for v in uncontrolled.GRID.values()])
    parts = table[["none", "some", "half", "all"]]
    np.testing.assert_allclose(parts.sum(axis=1), 1)
    assert table["error"].max() < 0.012
    again = uncontrolled.describe_falls(uncontrolled.falls(8, 17, 0.6, 0.0, 0, 1), 17)
    assert table.loc[(8, 17, 0.6, 0.0, 0, 1)].to_dict() == pytest.approx(again)


def test_the_control_shows_the_table():
    control = controls.explore_uncontrolled()
    row = uncontrolled.table().loc[(32, 5, 0.3, 1.0, 1, 0)]
    shown = control.evaluate(
        people=32, cytokines=5, correlation=0.3, entry=1.0, control=1, correction=0
    )["measures"]
    assert shown == pytest.approx(
        {"found": row["any"], "noise": 100 * row["error"], "number": row["mean"]}, abs=0.006
    )


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("people", 2),
        ("people", "8"),
        ("cytokines", 0),
        ("correlation", 1.1),
        ("entry", float("nan")),
        ("control", 2),
        ("correction", -1),
        ("repeats", 0),
    ],
)
def test_bad_settings(name, bad):
    good = {"people": 8, "cytokines": 17, "correlation": 0.6}
    with pytest.raises(ValueError, match=f"{name} must be"):
        uncontrolled.falls(**good | {name: bad})


# ---------------------------------------------------------------- inflammation against defence


def test_bakers_healthy_state():
    """BioModels 550 starts in its healthy steady state, as published, without germs."""
    start = {
        "start_inflaming": 0.0203298264712407,
        "start_calming": 0.00577667577789773,
        "start_germ": 0.0,
    }
    run = simulate("inflammation_defence", single(0), [0, 50], feedback=1.0, **start)
    assert run["inflaming"].iloc[-1] == pytest.approx(0.0203298, rel=1e-5)
    assert run["calming"].iloc[-1] == pytest.approx(0.00577668, rel=1e-5)


def test_disease_and_health_are_both_stable():
    ill, well = (
        defence.outcome(0.0, ill=i, start_germ=0.0)["signal"].iloc[0] for i in (True, False)
    )
    assert ill == pytest.approx(0.391, abs=0.001) and well < 0.05
    defaults = models.load("inflammation_defence").parameters
    assert defaults["start_inflaming"].value == pytest.approx(ill, abs=0.01)


def test_the_prototype_is_reproduced():
    """10% damps and stays ill, 25% heals and clears, 30% and more leave germs, 95% grows them."""
    found = defence.outcome([0.1, 0.25, 0.3, 0.95])
    assert (
        found["signal"].iloc[0] == pytest.approx(0.345, abs=0.002)
        and found["fewest"].iloc[0] < defence.CLEAR
    )
    assert found["signal"].iloc[1] < defence.HEALTHY and found["fewest"].iloc[1] < defence.CLEAR
    assert found["signal"].iloc[2] < defence.HEALTHY and found["fewest"].iloc[2] > defence.CLEAR
    assert found["left"].iloc[3] == pytest.approx(0.36, abs=0.01)


def test_both_arms_down_leave_the_disease():
    assert defence.outcome(0.25, calming_loss=0.25)["signal"].iloc[0] > 0.3


def test_windows():
    early, late = (defence.random_windows(late=late, n=150) for late in (False, True))
    assert early.equals(defence.random_windows(n=150))
    # Prototype: a window in 71% of 150 sets, median width 0.10, none with full blocking.
    share = (early["width"] > 0).mean()
    assert 0.6 < share < 0.82 and (late["width"] > 0).mean() < share
    assert early.loc[early["width"] > 0, "width"].median() == pytest.approx(0.1, abs=0.051)
    assert not early["blocked_clears"].any()
    assert (
        (early["width"] <= early["clears"] - early["heals"] + 0.051)
        .where(early["width"] > 0, True)
        .all()
    )


def test_the_fixed_step_is_fine_enough():
    coarse, fine = (
        defence.outcome([0.0, 0.2, 0.3, 0.6, 0.95], step=step)[["signal", "left"]]
        for step in (0.1, 0.02)
    )
    np.testing.assert_allclose(coarse, fine, rtol=1e-4, atol=1e-7)


@given(st.floats(0, 0.95), st.floats(0, 0.95), st.floats(0, 0.3))
@settings(max_examples=20, deadline=None)
def test_nothing_becomes_negative(damping, loss, germ):
    run = simulate(
        "inflammation_defence",
        single(0),
        np.linspace(0, 40, 81),
        damping=damping,
        calming_loss=loss,
        start_germ=germ,
    )
    assert (run > -1e-9).all().all() and run["germs"].max() <= 1


@pytest.mark.parametrize("bad", [-0.1, 1.0, float("nan")])
def test_bad_damping(bad):
    with pytest.raises(ValueError, match="parameter 'damping' must be"):
        defence.outcome(bad)


# ---------------------------------------------------------------- infections


def test_person_years():
    table = rare_events.person_years()
    assert table["years"].sum() == pytest.approx(119.4, abs=0.1)
    assert table.loc["INNOVA", "years"] == pytest.approx(48 * 52 * 7 / 365.25)
    assert table.loc["Sharafaddinzadeh 2010", "weeks"] == 8.5
    assert table.loc["de Paula 2023", "n_on"] == 43 and table.loc["Smith 2011", "n_on"] == 20
    # Those who began, not those analysed.
    assert table.loc[["Younger 2013", "LDN-VA", "Cree 2010"], "n_on"].tolist() == [31, 29, 80]
    assert (table["years"] > 0).all() and len(table) == 11


@given(st.integers(0, 30), st.floats(1, 1e4))
@settings(max_examples=50, deadline=None)
def test_the_exact_limit_is_exact(events, years):
    limit = rare_events.upper_limit(events, years)
    assert stats.poisson.cdf(events, limit * years) == pytest.approx(0.05, rel=1e-6)


def test_rule_of_three():
    assert rare_events.upper_limit(0, 100) == pytest.approx(-np.log(0.05) / 100)
    assert 1000 * rare_events.upper_limit(
        0, rare_events.person_years()["years"].sum()
    ) == pytest.approx(25.1, abs=0.1)


def test_power():
    assert rare_events.power_to_see(1, 0.032, 500) < 0.05
    years = rare_events.years_needed(2, 0.032)
    assert rare_events.power_to_see(2, 0.032, years) >= 0.8
    assert rare_events.power_to_see(2, 0.032, rare_events.person_years()["years"].sum()) < 0.5
    for bad in (0, -1, float("inf")):
        with pytest.raises(ValueError, match="years must be"):
            rare_events.upper_limit(0, bad)


# ---------------------------------------------------------------- time


@given(st.floats(0.3, 50), st.floats(0, 4), st.floats(0.5, 104))
@settings(max_examples=30, deadline=None)
def test_half_times(onset, effect, week):
    run = simulate("slow_benefit", single(0), [0, week], onset=onset, full_effect=effect)
    assert run["difference"].iloc[-1] == pytest.approx(
        effect * (1 - 2 ** (-week / onset)), rel=1e-6, abs=1e-9
    )


# ---------------------------------------------------------------- figures


def shown():
    makers = {
        n: f
        for n, f in inspect.getmembers(chapter, inspect.isfunction)
        if f.__module__ == chapter.__name__ and not n.startswith("explore_")
    }
    sets = (defence.random_windows(n=60), defence.random_windows(late=True, n=60))
    return [make(*sets) if name == "windows" else make() for name, make in makers.items()]


def test_alt_text_agrees_with_the_numbers():
    chance = chapter.chance_findings().data.set_index("design")
    assert chance["any"].tolist() == pytest.approx([0.17, 0.87, 0.375, 0.19], abs=0.03)
    course = chapter.time_courses().data.set_index("weeks")
    assert course.loc[3.0].tolist() == pytest.approx([87.5, 40.5, 15.9], abs=0.1)
    assert course.loc[52.0].iloc[-1] == pytest.approx(95, abs=0.1)
    damped = chapter.damp_or_block().data.set_index("plan").loc["damp by a quarter", "germs"]
    assert damped.min() < defence.CLEAR and damped.iloc[-1] == pytest.approx(0.01, abs=0.002)
    years = rare_events.person_years()["years"].sum()
    assert "119 person-years 25," in chapter.limits().alt and years == pytest.approx(119, abs=0.5)
    rates = evidence.treatments()["value"] / 1000
    assert [-np.log(0.05) / rates[id] for id in ("uk_other", "uk_tnf")] == pytest.approx(
        [94, 71], abs=0.5
    )
