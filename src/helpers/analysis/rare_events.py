"""Could the trials have seen an infection?

Person-years on LDN, expected events, exact Poisson limits, and the power to see a rise.
"""

import numpy as np
import pandas as pd

from helpers import checks, evidence

WEEKS = 365.25 / 7


def person_years():
    """Most person-years on LDN in each randomised trial with results, from the table of studies.

    Returns a DataFrame by study: n_on, weeks, years, source.
    Everybody is taken to have stayed to the end, which makes this an upper bound:
    in a parallel or factorial trial those randomised to LDN, in a crossover, or where the arms were
    not seen, everybody randomised, else enrolled. Where only the weeks of a whole crossover were
    seen, a period is taken as an equal part of them. Trials without a number of people or weeks are
    left out. What followed in the open is not counted.
    """
    table = evidence.studies().query("kind == 'randomised trial' and status == 'reported'")
    on = table["ldn_randomised"].fillna(table["randomised"]).fillna(table["enrolled"])
    weeks = table["weeks"].fillna(table["weeks_total"] / table["periods"])
    rows = pd.DataFrame({"n_on": on, "weeks": weeks, "years": on * weeks / WEEKS})
    return rows.assign(source=table["source"]).dropna()


def upper_limit(events, years, confidence=0.95):
    """Exact one-sided upper limit of a Poisson rate per person-year,
    when so many `events` are seen in `years`.
    """
    from statsmodels.stats.rates import confint_poisson  # slow to load

    events = checks.whole("events", events, 0, 1_000_000_000)
    years = checks.number("years", years, 1e-9, 1e9)
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
    """Exact (Garwood) interval of a Poisson mean from one count ≥ 0: (low, high).

    Raises ValueError for a count that is not whole, or a level that is not from 0.01 to 0.9999.
    """
    from statsmodels.stats.rates import confint_poisson  # slow to load

    count = checks.whole("count", count, 0, 1_000_000_000)
    level = checks.number("level", level, 0.01, 0.9999)
    return confint_poisson(count, 1, method="exact-c", alpha=1 - level)
