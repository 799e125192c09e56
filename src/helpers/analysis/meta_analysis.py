"""Meta-analysis: trials of LDN in one unit, pooled, and each left out in turn.

The columns d and se are also those of a funnel plot. Pooling is by statsmodels.
Differences are LDN minus placebo; for pain, below 0 is better.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import checks, evidence

# Placebo-controlled, blind, fibromyalgia, pain, and a size or p value for LDN against placebo.
PARALLEL = ("FINAL-pain", "INNOVA-pain")
CROSSOVER = ("Younger2013-pain", "Bested-pain")
ARTHRITIS = "LDNVA-severity"


def standard_errors(rows):
    """Differences of trials in units of their standard error, from the printed p;
    positive favours LDN.

    rows: of `evidence.trials()`, with p.
    A p printed as an upper limit gives a lower limit of the distance.
    Returns `rows` with column `t`; 0 where the printed difference is 0.
    """
    from scipy import stats  # slow to load

    distance = stats.t.isf(rows["p"] / 2, rows["n"] - 1)
    sign = np.sign(rows["value"]) * np.where(rows["better"] == "lower", -1, 1)
    return rows.assign(t=distance * sign)


def standardised(correlation=0.5, ids=(*PARALLEL, *CROSSOVER)):
    """Trials of pain in standard deviations between people, below 0 for LDN:
    a DataFrame of d and se, one row a trial.

    Parallel trials: the published difference by the standard deviation that its interval implies.
    Crossovers: t from the published p value, so the difference in standard deviations *within* a
    person is t/√n; the assumed `correlation` (0 to 0.95) of a person's two periods turns it into
    standard deviations between people.
    Both carry Hedges' factor for small samples.
    Raises ValueError for another correlation,
    UnknownName for a trial that is not among those of pain.
    """
    from scipy import stats  # slow to load

    correlation = checks.number("correlation", correlation, 0, 0.95)
    rows = []
    for id in ids:
        trial = evidence.trials().loc[
            checks.known("trial of pain", id, (*PARALLEL, *CROSSOVER, ARTHRITIS))
        ]
        if id in PARALLEL:
            share = 1 / trial["n_ldn"] + 1 / trial["n_control"]
            sd = (trial["high"] - trial["low"]) / (2 * stats.norm.isf(0.025)) / np.sqrt(share)
            d, df, people = (
                trial["value"] / sd,
                trial["n_ldn"] + trial["n_control"] - 2,
                trial["n_ldn"] + trial["n_control"],
            )
            variance = share + d**2 / (2 * people)
        else:
            people, df = trial["n"], trial["n"] - 1
            within = -standard_errors(evidence.trials().loc[[id]])["t"].item() / np.sqrt(people)
            between = 2 * (1 - correlation)
            d, variance = (
                within * np.sqrt(between),
                between * (1 / people + within**2 / (2 * people)),
            )
        small = 1 - 3 / (4 * df - 1)
        rows.append(
            {
                "id": id,
                "study": trial["study"],
                "design": trial["design"],
                "n": people,
                "d": small * d,
                "se": small * np.sqrt(variance),
                "source": trial["source"],
                "seen": "derived",
            }
        )
    return pd.DataFrame(rows).set_index("id")


@dataclass(frozen=True)
class Pooled:
    """A random-effects summary of k trials.

    mean with three 95% intervals: Hartung-Knapp (low, high),
    the usual normal one (plain_low, plain_high),
    and the prediction interval for the true effect in a new trial (no number below three trials).
    tau2: variance between trials (Paule and Mandel); i2: share of the scatter that is not chance;
    q: Cochran's Q.
    """

    k: int
    mean: float
    low: float
    high: float
    plain_low: float
    plain_high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    i2: float
    q: float


def pool(effects, errors):
    """`Pooled` from effects and their standard errors, both of shape (k,), k at least 2.

    The Hartung-Knapp error is not allowed below the usual one, so that it never narrows the
    interval by chance.
    Raises ValueError for unequal lengths, fewer than two trials or an error that is not positive.
    """
    from scipy import stats  # slow to load
    from statsmodels.stats.meta_analysis import combine_effects

    effects = np.array(
        [checks.number(f"effect [{i}]", x, -1e6, 1e6) for i, x in enumerate(effects)]
    )
    errors = np.array(
        [checks.number(f"standard error [{i}]", x, 1e-9, 1e6) for i, x in enumerate(errors)]
    )
    if len(effects) != len(errors) or len(effects) < 2:
        raise ValueError(
            "effects and errors must have equal length of at least 2, "
            f"got {len(effects)} and {len(errors)}"
        )
    with np.errstate(divide="ignore", invalid="ignore"):  # equal effects have no scatter to divide
        found = combine_effects(effects, errors**2, method_re="pm")
    q = max(0.0, float(found.q))
    k, mean, plain = len(effects), float(found.mean_effect_re), float(found.sd_eff_w_re)
    careful = float(max(plain, found.sd_eff_w_re_hksj))
    tau2 = max(0.0, float(found.tau2))
    reach = float(stats.t.isf(0.025, k - 1)) * careful
    usual = float(stats.norm.isf(0.025)) * plain
    new = float(stats.t.isf(0.025, k - 2) * np.sqrt(tau2 + plain**2)) if k > 2 else np.nan
    return Pooled(
        k,
        mean,
        mean - reach,
        mean + reach,
        mean - usual,
        mean + usual,
        mean - new,
        mean + new,
        tau2,
        max(0.0, 1 - (k - 1) / q) if q else 0.0,
        q,
    )


def leave_one_out(table):
    """Pool `table` (columns d, se) without each trial in turn: a DataFrame of `Pooled`,
    one row the trial left out.
    """
    return pd.DataFrame(
        {id: vars(pool(table["d"].drop(id), table["se"].drop(id))) for id in table.index}
    ).T.astype(float)
