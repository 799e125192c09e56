"""Chapter 7: pooling against published values and a second implementation.

Power against the library and against simulation.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from scipy import integrate, optimize, stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.power import TTestIndPower, TTestPower

from helpers import evidence
from helpers.analysis import meta_analysis, trial_power
from helpers.checks import UnknownName
from helpers.figures import final_thoughts
from helpers.simulate import simulate, single

# The thirteen trials of BCG against tuberculosis (Colditz 1994), a standard example of
# meta-analysis: cases and others among the vaccinated, cases and others among the rest.
BCG = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
    [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
    [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338],
    [27, 16886, 29, 17825],
], float)  # fmt: skip


def bcg():
    a, b, c, d = BCG.T
    return np.log(a / (a + b)) - np.log(c / (c + d)), np.sqrt(
        1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    )


def by_hand(effects, errors):
    """Paule-Mandel, Hartung-Knapp and the prediction interval, written from their definitions."""
    k = len(effects)

    def excess(tau2):
        w = 1 / (errors**2 + tau2)
        return np.sum(w * (effects - np.sum(w * effects) / w.sum()) ** 2) - (k - 1)

    tau2 = 0.0 if excess(0) <= 0 else optimize.brentq(excess, 0, 1e3, xtol=1e-14)
    w = 1 / (errors**2 + tau2)
    mean = np.sum(w * effects) / w.sum()
    plain = 1 / np.sqrt(w.sum())
    careful = max(plain, np.sqrt(np.sum(w * (effects - mean) ** 2) / (k - 1) / w.sum()))
    fixed = 1 / errors**2
    q = np.sum(fixed * (effects - np.sum(fixed * effects) / fixed.sum()) ** 2)
    reach = stats.t.ppf(0.975, k - 1) * careful
    new = stats.t.ppf(0.975, k - 2) * np.sqrt(tau2 + plain**2) if k > 2 else np.nan
    surprise = lambda t2: stats.chi2.sf(excess(t2) + k - 1, k - 1)
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - np.sum(fixed**2))
    above = lambda t2, share: surprise(t2) - share
    ends = [
        0.0 if surprise(0) >= share else optimize.brentq(above, 0, 1e4, (share,), xtol=1e-14)
        for share in (0.025, 0.975)
    ]
    return {
        "mean": mean, "low": mean - reach, "high": mean + reach,
        "plain_low": mean - stats.norm.ppf(0.975) * plain,
        "prediction_low": mean - new, "prediction_high": mean + new,
        "tau2": tau2, "i2": max(0.0, 1 - (k - 1) / q), "q": q,
        "i2_low": ends[0] / (ends[0] + typical), "i2_high": ends[1] / (ends[1] + typical),
    }  # fmt: skip


def test_the_library_gives_the_published_values():
    """DerSimonian-Laird for BCG, as published with R's metafor.

    -0.7141 (SE 0.1787), tau2 0.3088, Q 152.2330, I2 92.1173% (81.9177 to 97.6781).
    """
    effects, errors = bcg()
    found = combine_effects(effects, errors**2, method_re="dl")
    assert found.mean_effect_re == pytest.approx(-0.7141, abs=5e-5)
    assert found.sd_eff_w_re == pytest.approx(0.1787, abs=5e-5)
    assert found.tau2 == pytest.approx(0.3088, abs=5e-5)
    ours = meta_analysis.pool(effects, errors)
    assert ours.q == pytest.approx(152.2330, abs=5e-5)
    printed = [0.921173, 0.819177, 0.976781]  # R's root finder stops at 1e-4 of tau2
    assert [ours.i2, ours.i2_low, ours.i2_high] == pytest.approx(printed, abs=5e-5)


def test_pooling_agrees_with_a_second_implementation():
    table = meta_analysis.standardised()
    for effects, errors in (
        bcg(),
        (table["d"].to_numpy(), table["se"].to_numpy()),
        (np.array([-0.34, 0.49]), np.array([0.311, 0.413])),
    ):
        found, expected = vars(meta_analysis.pool(effects, errors)), by_hand(effects, errors)
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, rel=1e-4, abs=1e-5, nan_ok=True), name


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 1)), min_size=2, max_size=12))
@settings(max_examples=100, deadline=None)
def test_properties_of_pooling(pairs):
    effects, errors = np.array(pairs).T
    found = meta_analysis.pool(effects, errors)
    assert min(effects) - 1e-6 <= found.mean <= max(effects) + 1e-6
    assert found.low <= found.plain_low + 1e-9 and found.plain_high <= found.high + 1e-9
    assert found.tau2 >= 0 and 0 <= found.i2 < 1
    assert 0 <= found.i2_low <= found.i2_high < 1
    mirrored = meta_analysis.pool(-effects, errors)
    assert mirrored.mean == pytest.approx(-found.mean, abs=1e-4)


def test_posterior_of_exact_cases():
    """All trials alike: the normal posterior. One trial: its error, and what τ adds."""
    table = meta_analysis.standardised()
    alike = meta_analysis.posterior(table["d"], table["se"], scale=0.001)
    w = 1 / table["se"] ** 2
    normal = stats.norm(np.average(table["d"], weights=w), w.sum() ** -0.5)
    assert alike.mean == pytest.approx(normal.mean(), abs=1e-5)
    for limit in (-0.3, -0.1, 0.0, 0.1):
        assert alike.below(limit) == pytest.approx(normal.cdf(limit), abs=1e-5)
        assert alike.quantile(normal.cdf(limit)) == pytest.approx(limit, abs=1e-5)
    one = meta_analysis.posterior([-0.4], [0.2])
    given_tau = lambda tau: (
        stats.halfnorm.pdf(tau, scale=0.5) * stats.norm.cdf(0.4 / np.hypot(0.2, tau))
    )
    assert one.below(0) == pytest.approx(integrate.quad(given_tau, 0, np.inf)[0], abs=1e-8)
    assert one.weights @ (one.sds**2) == pytest.approx(0.2**2 + 0.5**2, rel=1e-8)
    assert one.mean == pytest.approx(-0.4) and one.quantile(0.5) == pytest.approx(-0.4)


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0])
def test_posterior_agrees_with_a_grid_of_mean_and_tau(scale):
    table = meta_analysis.standardised()
    found = meta_analysis.posterior(table["d"], table["se"], scale)
    mean, tau = np.linspace(-4, 4, 4001)[:, None, None], np.linspace(0, 6, 601)[:, None]
    spread = np.hypot(table["se"].to_numpy(), tau)
    log = stats.norm.logpdf(table["d"].to_numpy(), mean, spread).sum(axis=2)
    density = np.exp(log) * stats.halfnorm.pdf(tau[:, 0], scale=scale)
    density = integrate.trapezoid(density, tau[:, 0], axis=1)
    share = integrate.cumulative_trapezoid(density, mean[:, 0, 0], initial=0)
    share /= share[-1]
    for limit in (-0.5, -0.3, 0.0, 0.2):
        expected = np.interp(limit, mean[:, 0, 0], share)
        assert found.below(limit) == pytest.approx(expected, abs=2e-5)
    assert found.quantile(0.025) == pytest.approx(np.interp(0.025, share, mean[:, 0, 0]), abs=1e-4)


@given(
    st.lists(st.tuples(st.floats(-10, 10), st.floats(0.001, 10)), min_size=1, max_size=12),
    st.floats(0.001, 10),
)
@settings(max_examples=100, deadline=None)
def test_properties_of_the_posterior(pairs, scale):
    effects, errors = np.array(pairs).T
    found = meta_analysis.posterior(effects, errors, scale)
    assert found.weights.sum() == pytest.approx(1)
    assert min(effects) - 1e-9 <= found.mean <= max(effects) + 1e-9
    low, middle, high = map(found.quantile, (0.025, 0.5, 0.975))
    assert low < middle < high and found.below(middle) == pytest.approx(0.5, abs=1e-6)
    mirrored = meta_analysis.posterior(-effects, errors, scale)
    assert mirrored.below(0) == pytest.approx(1 - found.below(0), abs=1e-9)


def test_the_chance_of_a_benefit():
    """What chapter 7 says of the mean: any benefit, and one of more than 0.3 SD."""
    for correlation in np.linspace(0, 0.9, 10):
        table = meta_analysis.standardised(correlation)
        found = meta_analysis.posterior(table["d"], table["se"])
        assert 0.75 < found.below(0) < 0.85, "about four in five"
        assert found.below(-0.3) < 0.25


def test_the_two_largest_trials_give_the_ledgers_value():
    """-0.04 (-0.53 to 0.45) with equal true effects, the row of the table that chapter 7 quotes."""
    rows = evidence.trials().loc[list(meta_analysis.PARALLEL)]
    weights = (2 * 1.959964 / (rows["high"] - rows["low"])) ** 2
    mean, error = np.average(rows["value"], weights=weights), 1 / np.sqrt(weights.sum())
    printed = evidence.trials().loc["Largest-two-pain"]
    assert [mean, mean - 1.96 * error, mean + 1.96 * error] == pytest.approx(
        [printed["value"], printed["low"], printed["high"]], abs=0.005
    )


def test_standardised_differences():
    table = meta_analysis.standardised(0.5)
    assert (
        table.loc["INNOVA-pain", "d"]
        > 0
        > table.loc["FINAL-pain", "d"]
        > table.loc["Younger2013-pain", "d"]
    )
    # The published effect size of INNOVA is 0.19, in its adjusted scale.
    assert table.loc["INNOVA-pain", "d"] == pytest.approx(0.19, abs=0.06)
    # At a correlation of 0.5 both scales agree, and the p value comes back.
    younger = meta_analysis.standardised(0.5).loc["Younger2013-pain"]
    within = younger["d"] / (1 - 3 / (4 * 27 - 1))
    assert 2 * stats.t.sf(abs(within) * np.sqrt(28), 27) == pytest.approx(0.016)
    # Crossovers grow with less correlation, parallel trials do not move.
    loose, tight = meta_analysis.standardised(0.0), meta_analysis.standardised(0.9)
    assert (
        loose.loc[list(meta_analysis.PARALLEL), "d"] == tight.loc[list(meta_analysis.PARALLEL), "d"]
    ).all()
    assert (
        loose.loc[list(meta_analysis.CROSSOVER), "d"].abs()
        > tight.loc[list(meta_analysis.CROSSOVER), "d"].abs()
    ).all()


def test_leaving_out():
    table = meta_analysis.standardised()
    rows = meta_analysis.leave_one_out(table)
    for id in table.index:
        rest = table.drop(id)
        assert rows.loc[id, "mean"] == pytest.approx(meta_analysis.pool(rest["d"], rest["se"]).mean)
    assert (rows["low"] < 0).all() and (rows["high"] > 0).all()


def test_power_of_textbook_cases():
    """64 a group for half a standard deviation and 80% (Cohen 1988).

    34 pairs for half of the scatter of differences.
    """
    assert trial_power.people_needed("parallel", 0.5, 1.0) == 128
    assert trial_power.people_needed("crossover", 0.5, 1.0, correlation=0.5) == 34
    assert trial_power.power("parallel", 128, 0.5, 1.0) == pytest.approx(0.8015, abs=5e-4)


@given(
    design=st.sampled_from(trial_power.DESIGNS), people=st.floats(4, 1e6),
    ratio=st.floats(-4, 1), correlation=st.floats(0, 0.99), dropout=st.floats(0, 0.9),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_power_is_the_librarys(design, people, ratio, correlation, dropout):
    group = people * (1 - dropout) / (2 if design == "parallel" else 1)
    if group < 2:
        return
    found = trial_power.power(design, people, 10**ratio, 1.0, correlation, dropout)
    scale = 1 if design == "parallel" else np.sqrt(2 * (1 - correlation))
    library = TTestIndPower() if design == "parallel" else TTestPower()
    with np.errstate(all="ignore"):
        expected = library.power(10**ratio / scale, group, 0.05, alternative="two-sided")
    assert 0.05 - 1e-9 <= found <= 1
    # Far from the limit the library says 1, 0 or not a number.
    assert not 0.05 < expected < 1 or found == pytest.approx(expected, abs=1e-8)


def test_power_where_every_trial_succeeds_or_none():
    for design in trial_power.DESIGNS:
        assert trial_power.power(design, 1e6, 1e6, 1e-6) == 1.0
        assert trial_power.power(design, 1e6, 1e-6, 1e6) == pytest.approx(0.05)
        arms = 2 if design == "parallel" else 1
        assert trial_power.people_needed(design, 100, 1) == 2 * arms
        assert trial_power.people_needed(design, 1e6, 1e-6, dropout=0.5) == 4 * arms
        with pytest.raises(ValueError, match=r"effect must show in 1e\+09 people who finish"):
            trial_power.people_needed(design, 1e-6, 1e6)
        for goal in (0.06, 0.5, 0.999):
            for people in (4, 100, 1e6):
                effect = trial_power.detectable(design, people, goal=goal)
                assert trial_power.power(design, people, effect, 1) == pytest.approx(goal, abs=1e-6)
        share, error = trial_power.simulated_power(design, 100, 1e6, 1e-6, repeats=50)
        assert share == 1 and error > 0.01, "fifty trials do not show that all succeed"


@pytest.mark.parametrize("design", trial_power.DESIGNS)
@pytest.mark.parametrize("people", [20, 60, 120])
def test_simulation_agrees_within_its_error(design, people):
    given = {"effect": 0.8, "sd": 1.8, "correlation": 0.4, "dropout": 0.1}
    found, error = trial_power.simulated_power(design, people, **given, repeats=20_000, seed=people)
    # The simulation rounds the people who finish; compare at the same whole number.
    whole = int(round(people * 0.9 / (2 if design == "parallel" else 1))) * (
        2 if design == "parallel" else 1
    )
    exact = trial_power.power(design, whole, 0.8, 1.8, 0.4)
    assert abs(found - exact) < 4 * error
    assert trial_power.simulated_power(
        design, people, **given, repeats=500, seed=3
    ) == trial_power.simulated_power(design, people, **given, repeats=500, seed=3)


@given(
    people=st.floats(10, 5000), effect=st.floats(0.1, 4), sd=st.floats(0.5, 4),
    correlation=st.floats(0, 0.9), dropout=st.floats(0, 0.6), arms=st.sampled_from([2, 3, 4]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_controls_model_is_near_the_exact_power(people, effect, sd, correlation, dropout, arms):
    """As its page says: anywhere in its ranges, if five people finish in each group."""
    assume(people * (1 - dropout) / arms >= 5)
    given = {"people": people, "sd": sd, "correlation": correlation, "dropout": dropout}
    plan = lambda effect: simulate(
        "trial_power", single(0), [0.0], **given, arms=arms, effect=effect
    ).iloc[0]
    run = plan(effect)
    for design in trial_power.DESIGNS:
        exact = trial_power.power(design, people, effect, sd, correlation, dropout, arms)
        # The approximation counts one tail: with almost no effect it gives 0.025 where the test
        # gives 0.05.
        assert run[design] == pytest.approx(exact, abs=0.03)
    # What is found with 80% power is found with 80% power.
    for design in trial_power.DESIGNS:
        seen = run[f"{design}_seen"]
        if 0.1 <= seen <= 4:
            again = plan(seen)
            assert again[design] == pytest.approx(0.8, abs=5e-4) and again[
                f"{design}_needed"
            ] == pytest.approx(people)


def test_placebo_helps_only_the_study_without_control():
    low, high = (
        simulate("trial_power", single(0), [0.0], placebo=p, people=20, effect=0.2).iloc[0]
        for p in (0.0, 2.0)
    )
    assert low["parallel"] == high["parallel"] and low["crossover"] == high["crossover"]
    assert high["uncontrolled"] > 0.9 > 0.2 > low["uncontrolled"]


def test_bad_input():
    with pytest.raises(UnknownName, match="design 'factorial'"):
        trial_power.power("factorial", 100, 1, 1)
    with pytest.raises(ValueError, match="effect must be a number from 1e-06 to 1e\\+06, got 0"):
        trial_power.people_needed("parallel", 0, 1)
    with pytest.raises(ValueError, match="arms must be a whole number from 2 to 10, got 2.5"):
        trial_power.power("parallel", 100, 1, 1, arms=2.5)
    with pytest.raises(ValueError, match="repeats must be a number from 1 to 2000, got 4000"):
        trial_power.simulated_power("crossover", 50_000, 1, 1)
    with pytest.raises(ValueError, match="people must leave at least 2 in each group"):
        trial_power.power("parallel", 4, 1, 1, dropout=0.5)
    with pytest.raises(ValueError, match="correlation must be a number from 0 to 0.95, got 1"):
        meta_analysis.standardised(1)
    with pytest.raises(UnknownName, match="trial of pain 'FINAL-memory'"):
        meta_analysis.standardised(ids=("FINAL-memory",))
    with pytest.raises(ValueError, match="equal length of at least 2, got 1 and 1"):
        meta_analysis.pool([1.0], [1.0])
    with pytest.raises(ValueError, match=r"standard error \[1\]"):
        meta_analysis.pool([1.0, 2.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="equal length of at least 1, got 0 and 0"):
        meta_analysis.posterior([], [])
    with pytest.raises(ValueError, match=r"effect \[0\] must be a number from -10 to 10, got 11"):
        meta_analysis.posterior([11], [1])
    with pytest.raises(ValueError, match="scale must be a number from 0.001 to 10, got 0"):
        meta_analysis.posterior([1], [1], 0)
    with pytest.raises(ValueError, match="share must be a number from 0.0001 to 0.9999, got 1"):
        meta_analysis.posterior([1], [1]).quantile(1)


def test_the_scoreboard_counts_every_claim():
    board = final_thoughts.scoreboard().data.drop(columns=["section", "all_claims"])
    assert board.to_numpy().sum() == len(evidence.claims())


def test_every_correlation_leaves_the_answer_open():
    """What the chapter says beside the control of pooling."""
    for correlation in np.linspace(0, 0.9, 10):
        table = meta_analysis.standardised(correlation)
        found = meta_analysis.pool(table["d"], table["se"])
        assert found.low < 0 < found.high and -0.3 < found.mean < 0


@pytest.mark.parametrize("design", trial_power.DESIGNS)
@pytest.mark.parametrize("people", [20, 58, 400])
def test_what_a_trial_can_find_it_finds_with_that_power(design, people):
    for correlation in (0.0, 0.5, 0.8):
        found = trial_power.detectable(design, people, correlation)
        assert trial_power.power(design, people, found, 1.0, correlation) == pytest.approx(
            0.8, abs=1e-4
        )
