"""Chapter 4: imagined studies, inflammation against defence, person-years, limits, courses."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings, strategies as st
from scipy import stats

from helpers import evidence, models
from helpers.analysis import defence, rare_events, uncontrolled
from helpers.controls import cytokine_production as controls
from helpers.evidence import add_trial
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


# Settings in which the truth is known: nobody is selected, so each cytokine falls in 2.5%.
KNOWN = [
    {"people": 64, "cytokines": 1, "correlation": 0.0},
    {"people": 4, "cytokines": 5, "correlation": 0.0},
    {"people": 16, "cytokines": 5, "correlation": 0.6},
    {"people": 8, "cytokines": 17, "correlation": 0.3, "control": 1, "correction": 1},
]
TABLES = 200


@pytest.mark.parametrize("known", KNOWN)
def test_the_errors_cover_the_truth_as_often_as_they_should(known):
    """Over many tables: within one standard error in 68%, within two in 95%,
    both to four standard errors of these shares.
    """
    cytokines, correction = known["cytokines"], known.get("correction", 0)
    truth = {"mean": cytokines * 0.025 / (cytokines if correction else 1)}
    if known["correlation"] == 0:
        truth["any"] = 1 - 0.975**cytokines
    found = pd.DataFrame(
        uncontrolled.describe_falls(uncontrolled.falls(**known, repeats=2000, seed=seed), cytokines)
        for seed in range(TABLES)
    )
    for name, error in (("mean", "mean_error"), ("any", "error")):
        if name in truth:
            off = (found[name] - truth[name]) / found[error]
            for limit in (1, 2):
                expected = stats.norm.cdf(limit) - stats.norm.cdf(-limit)
                slack = 4 * np.sqrt(expected * (1 - expected) / TABLES)
                assert (off.abs() < limit).mean() == pytest.approx(expected, abs=slack)


def test_without_selection_the_mean_is_a_fortieth_of_the_cytokines():
    """At every setting of the table, by the seed behind it: none is off by four errors,
    and the exact mean is what the table says.
    """
    for point, row in uncontrolled.table().xs(uncontrolled.ALL, level="entry").iterrows():
        people, cytokines, correlation, control, correction = point
        exact = 0.025 if correction else 0.025 * cytokines
        assert (row["mean"], row["mean_error"]) == (pytest.approx(exact), 0)
        counts = uncontrolled.falls(
            people, cytokines, correlation, control=control, correction=correction
        )
        drawn = uncontrolled.describe_falls(counts, cytokines)
        assert drawn["mean"] == pytest.approx(exact, abs=4 * drawn["mean_error"])


def imagined(people, cytokines, correlation, entry, control, repeats):
    """The same studies, one person after the other: three measurements' parts are drawn,
    and who has not the first average that is asked for is sent away.
    """
    rng = np.random.default_rng(17)
    limit = entry * np.sqrt(correlation + (1 - correlation) / cytokines)
    needed, found = (1 + control) * repeats * people, []
    while sum(map(len, found)) < needed:
        parts = [
            np.sqrt(correlation) * rng.standard_normal((50_000, 1))
            + np.sqrt(1 - correlation) * rng.standard_normal((50_000, cytokines))
            for _ in range(3)
        ]
        level = np.sqrt(uncontrolled.LASTING) * parts[0]
        before, after = (level + np.sqrt(1 - uncontrolled.LASTING) * new for new in parts[1:])
        found.append((after - before)[before.mean(axis=1) > limit])
    changes = np.concatenate(found)[:needed].reshape(1 + control, repeats, people, cytokines)
    if control:
        test = stats.ttest_ind(*changes, axis=1)
    else:
        test = stats.ttest_1samp(changes[0], 0, axis=1)
    return ((test.pvalue < 0.05) & (test.statistic < 0)).sum(axis=1)


@pytest.mark.parametrize(
    ("people", "cytokines", "correlation", "entry", "control"),
    [
        (4, 3, 0.6, 1.0, 0),
        (8, 17, 0.3, 0.0, 0),
        (8, 1, 0.0, 1.0, 0),
        (16, 5, 0.0, 1.0, 0),
        (5, 5, 0.9, 1.0, 1),
        (4, 4, 1.0, 0.0, 0),
    ],
)
def test_selection_as_if_people_were_sent_away(people, cytokines, correlation, entry, control):
    """Against studies drawn by other code, and tested by SciPy."""
    settings = people, cytokines, correlation, entry, control
    here, there = (
        uncontrolled.describe_falls(counts, cytokines)
        for counts in (uncontrolled.falls(*settings), imagined(*settings, repeats=3000))
    )
    for name, error in (("mean", "mean_error"), ("any", "error")):
        assert here[name] == pytest.approx(there[name], abs=4 * np.hypot(here[error], there[error]))


def test_bonferroni_keeps_the_family_below_its_level():
    for correlation in uncontrolled.GRID["correlation"]:
        found = uncontrolled.describe_falls(
            uncontrolled.falls(16, 17, correlation, correction=1), 17
        )
        assert found["any"] < 0.025 + 4 * found["error"]


def test_regression_to_the_mean_has_the_textbook_size():
    """Mean change of those above a limit: -(1 - lasting) times the mean of a truncated normal;
    and their variance follows from that of the truncated normal.
    """
    studies, people = 4000, 50
    mean, variance = uncontrolled._changes(people, 1, 0.0, 1.0, studies, 3)
    chosen = stats.truncnorm(1, np.inf)
    stays, new = uncontrolled.LASTING, 1 - uncontrolled.LASTING
    expected = new**2 * chosen.var() + 1 - stays**2
    slack = 4 * np.sqrt(expected / (2 * studies * people))
    assert mean.mean() == pytest.approx(-new * chosen.mean(), abs=slack)
    assert variance.mean() == pytest.approx(expected, rel=4 * np.sqrt(2 / (2 * studies * people)))


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
    assert 0 < table["error"].min() and table["error"].max() < 0.0051
    again = uncontrolled.describe_falls(uncontrolled.falls(8, 17, 0.6, 0.0, 0, 1), 17)
    assert table.loc[(8, 17, 0.6, 0.0, 0, 1)].to_dict() == pytest.approx(again)


def test_the_control_shows_the_table():
    control = controls.explore_uncontrolled()
    row = uncontrolled.table().loc[(32, 5, 0.3, 1.0, 1, 0)]
    shown = control.evaluate(
        people=32, cytokines=5, correlation=0.3, entry=1.0, control=1, correction=0
    )["measures"]
    assert shown == pytest.approx(
        {
            "found": row["any"],
            "noise": 100 * row["error"],
            "number": row["mean"],
            "spread": row["mean_error"],
        },
        abs=1e-4,
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
        ("seed", -1),
    ],
)
def test_bad_settings(name, bad):
    good = {"people": 8, "cytokines": 17, "correlation": 0.6}
    with pytest.raises(ValueError, match=f"{name} must be"):
        uncontrolled.falls(**good | {name: bad})


@pytest.mark.parametrize("bad", [[1], [0, 18], [-1, 0], [0.5, 1.0], [[1, 2]], "17", None])
def test_bad_counts(bad):
    with pytest.raises(ValueError, match="counts must be at least two whole numbers from 0 to 17"):
        uncontrolled.describe_falls(bad, 17)


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


def test_a_quarter_off_both_arms_leaves_the_disease_and_more_heals():
    shares = np.array([0.2, 0.25, 0.3, 0.5])
    found = defence.outcome(shares, calming_loss=shares)
    assert (found["signal"] > 0.3).tolist() == [True, True, False, False]
    assert (found["signal"] < defence.HEALTHY).tolist() == [False, False, True, True]


def test_windows():
    early, late = (defence.random_windows(late=late, n=150) for late in (False, True))
    again = defence.random_windows(n=20)
    assert again.equals(defence.random_windows(n=20))
    assert 0 < early["swings"].mean() < 0.2
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


def run_from_rest(times, damping, **parameters):
    """Germs and the drug come to a joint that has been ill for long; by the adaptive solver."""
    joint = {k: v for k, v in parameters.items() if k != "start_germ"}
    ill = simulate("inflammation_defence", single(0), [0, 3000], start_germ=0.0, **joint)
    start = {"start_inflaming": ill["inflaming"].iloc[-1], "start_calming": ill["calming"].iloc[-1]}
    return simulate(
        "inflammation_defence", single(0), times, damping=damping, **start, **parameters
    )


def test_what_lasts_lasts():
    """Before, signal and germs at the end are still there long after, by another solver."""
    damping = [0.0, 0.1, 0.2, 0.25, 0.5, 0.95]
    found = defence.outcome(damping)
    assert found["settled"].all() and defence.outcome(damping, late=True)["settled"].all()
    for row, e in zip(found.itertuples(), damping):
        run = run_from_rest([0, 3000], e)
        assert row.before == pytest.approx(run["inflaming"].iloc[0], rel=1e-4)
        assert row.signal == pytest.approx(run["signal"].iloc[-1], rel=1e-4)
        assert row.left == pytest.approx(run["germs"].iloc[-1], rel=1e-3, abs=1e-9)


def test_what_swings_for_ever_is_not_called_healed():
    """Germs and inflammation relapse again and again: at one moment both may be low."""
    relapsing = {"killing": 2.8, "feedback": 10.6, "growth": 1.36, "signal_half": 0.19}
    late = run_from_rest([0, *np.linspace(4000, 4400, 401)], 0.35, **relapsing)["signal"].loc[4000:]
    assert late.min() < defence.HEALTHY < late.max()
    [row] = defence.outcome(0.35, **relapsing).itertuples()
    assert not row.settled
    [short] = defence.outcome(0.25, settle=60, until=120).itertuples()
    assert not short.settled, "60 lifetimes are too few"


def test_the_fixed_step_is_fine_enough():
    coarse, fine = (
        defence.outcome([0.0, 0.2, 0.3, 0.6, 0.95], settle=100, until=150, step=step)[
            ["signal", "left"]
        ]
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
    assert table["years"].sum() == pytest.approx(118.5, abs=0.1)
    assert table.loc["INNOVA", "years"] == pytest.approx(48 * 52 * 7 / 365.25)
    assert table.loc["Sharafaddinzadeh 2010", "weeks"] == 8.5
    assert table.loc["de Paula 2023", "n_on"] == 43 and table.loc["Smith 2011", "n_on"] == 20
    # Those who began, not those analysed.
    assert table.loc[["Younger 2013", "LDN-VA", "Cree 2010"], "n_on"].tolist() == [31, 29, 80]
    assert (table["years"] > 0).all() and len(table) == 12


def test_typed_person_years_are_the_sum():
    """A claim and a self-check type it."""
    total = f"{rare_events.person_years()['years'].sum():.0f}"
    places = add_trial.typed(total)
    files = {"claims.csv", "04_cytokine_production.toml"}
    assert {place.split(":")[0] for place in places} == files
    for name in files:
        [path] = (ROOT / "src/helpers").rglob(name)
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"(?<![\d,])(\d+) person-years", text)) == {total}


@given(st.integers(0, 30), st.floats(1, 1e4))
@settings(max_examples=50, deadline=None)
def test_the_exact_limit_is_exact(events, years):
    limit = rare_events.upper_limit(events, years)
    assert stats.poisson.cdf(events, limit * years) == pytest.approx(0.05, rel=1e-6)


def test_rule_of_three():
    assert rare_events.upper_limit(0, 100) == pytest.approx(-np.log(0.05) / 100)
    assert 1000 * rare_events.upper_limit(
        0, rare_events.person_years()["years"].sum()
    ) == pytest.approx(25.3, abs=0.1)


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


def test_figures_show_what_theory_and_more_draws_give():
    chance = chapter.chance_findings().data.set_index("design")
    # From 200,000 studies each.
    assert chance["any"].tolist() == pytest.approx([0.185, 0.877, 0.367, 0.191], abs=0.02)
    course = chapter.time_courses().data.set_index("weeks")
    assert course.loc[3.0].tolist() == pytest.approx([87.5, 40.5, 15.9], abs=0.1)
    assert course.loc[52.0].iloc[-1] == pytest.approx(95, abs=0.1)
    damped = chapter.damp_or_block().data.set_index("plan").loc["damp by a quarter", "germs"]
    assert damped.min() < defence.CLEAR and damped.iloc[-1] == pytest.approx(0.01, abs=0.002)
    rates = evidence.treatments()["value"] / 1000
    assert [-np.log(0.05) / rates[id] for id in ("uk_other", "uk_tnf")] == pytest.approx(
        [94, 71], abs=0.5
    )
