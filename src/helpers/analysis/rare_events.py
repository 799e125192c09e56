"""Could the trials have seen an infection?

Person-years on LDN, expected events, exact Poisson limits, and the power to see a rise.
"""

import re

import numpy as np
import pandas as pd

from helpers import checks, evidence

WEEKS = 365.25 / 7


def person_years():
    """Most person-years on LDN in each randomised trial with results:
    a DataFrame by study, n_on, weeks, years, source.

    From the trials table, one row a study.
    Everybody who began is taken to have stayed to the end, which makes this an upper bound: `n` is
    how many were analysed, so where a note says how many were randomised or enrolled, that counts.
    In crossovers everybody takes LDN; in a parallel trial without a number for the LDN arm,
    half are taken to; a factorial trial counts its LDN arms. A duration of the whole crossover
    counts half.
    """
    table = evidence.trials()
    randomised = table[
        table["design"].isin(["parallel", "crossover", "factorial"])
        & (table["favours"] != "no result")
        & table["weeks"].notna()
    ]
    rows = []
    for study, group in randomised.groupby("study", sort=False):
        first = group.loc[group["n"].idxmax()]
        notes = " ".join(group["note"])
        began = max([first["n"], *map(int, re.findall(r"(\d+) (?:randomised|enrolled)", notes))])
        if first["design"] == "factorial":
            on = group[group["outcome"].str.contains("within LDN")]["n"].sum()
        elif first["design"] == "parallel":
            on = first["n_ldn"] if first["n_ldn"] > 0 else began / 2
        else:
            on = began
        weeks = first["weeks"] / 2 if "whole study" in notes else first["weeks"]
        rows.append(
            {
                "study": study,
                "n_on": on,
                "weeks": weeks,
                "years": on * weeks / WEEKS,
                "source": first["source"],
            }
        )
    return pd.DataFrame(rows).set_index("study")


def upper_limit(events, years, confidence=0.95):
    """Exact one-sided upper limit of a Poisson rate per person-year,
    when so many `events` are seen in `years`.
    """
    from statsmodels.stats.rates import confint_poisson  # slow to load

    events = checks.number("events", events, 0)
    years = checks.number("years", years, 1e-9)
    confidence = checks.number("confidence", confidence, 0.5, 0.9999)
    return float(confint_poisson(events, years, method="exact-c", alpha=2 * (1 - confidence))[1])


def power_to_see(factor, rate, years):
    """Chance that a one-sided exact test at 5% notices a rate `factor` times the background `rate`
    (per person-year) in `years`.
    """
    from scipy.stats import poisson  # slow to load

    expected = checks.number("rate", rate, 1e-12, 1e6) * checks.number("years", years, 1e-9, 1e6)
    critical = poisson.ppf(0.95, expected) + 1  # this many or more are called too many
    return float(poisson.sf(critical - 1, expected * checks.number("factor", factor, 0, 1e6)))


def years_needed(factor, rate, power=0.8):
    """Person-years from which on that chance stays at `power` or above (to 1%), from 1 to 100,000.

    Raises ValueError if it does not within that range.
    """
    years = np.geomspace(1, 1e5, 2317)
    power = checks.number("power", power, 0, 1)
    short = np.flatnonzero([power_to_see(factor, rate, y) < power for y in years])
    if len(short) and short[-1] == len(years) - 1:
        raise ValueError(
            f"100,000 years are too few for a power of {power:g} to see a factor of {factor!r}"
        )
    return float(years[short[-1] + 1 if len(short) else 0])


def poisson_interval(count, level=0.95):
    """Exact (Garwood) interval of a Poisson mean from one count ≥ 0: (low, high)."""
    from statsmodels.stats.rates import confint_poisson  # slow to load

    return confint_poisson(checks.number("count", count, 0), 1, method="exact-c", alpha=1 - level)
