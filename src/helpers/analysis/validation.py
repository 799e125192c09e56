"""Data that no fit used, against what each reading of the scans predicts (external validation).

Rows of `helpers.evidence.occupancy` that are neither among the seven scans nor in the dual-detector
series: shares measured once, and tests that say only blocked or not.
Sources: Weerts2008differences, DeLaat2021occupancy, Bednarczyk2005duration, FDArevia,
SwissSmPC56109.
"""

import numpy as np
import pandas as pd

from helpers import checks, evidence, models
from helpers.analysis import fits
from helpers.simulate import daily, schedule, single

# The schedule behind each measured share; the hour of its scan was not seen. The steps to 100 mg
# are those of Vijay2017naltrexone, the conference abstract of de Laat's study.
TITRATED = schedule([24.0 * day for day in range(7)], [25.0, 50.0, *[100.0] * 5])
MEASURED = {"weerts_mu": daily(50, 4), "weerts_delta": daily(50, 4), "delaat_kappa": TITRATED}
HOURS = tuple(range(1, 25))  # after the last dose, up to the next
POOLED = (50.0, 100.0)  # mg; the doses that one arm pools
SECOND_DAY = daily(50, 28, every=48)  # of the Swiss label, which does not say for how long


def shares():
    """Measured shares beside predictions, one row a measurement, a reading and an hour (per cent).

    Columns: id, reading, `hour` of the scan after the last dose, the measured `mean` with its 95%
    interval (`mean_low`, `mean_high`; the spread as printed where its kind is not known), the
    predicted value, low and high of `fits.predict`, and whether the two intervals `agree`.
    """
    table, found = evidence.occupancy(), []
    for id, doses in MEASURED.items():
        row = table.loc[id]
        half = _half_width(row)
        for reading in fits.READINGS:
            times = [doses.times[-1] + hour for hour in HOURS]
            said = fits.predict(reading, doses, times, _ratio(row["receptor"]))
            said.insert(0, "hour", HOURS)
            said = said.assign(
                mean=row["value"], mean_low=row["value"] - half, mean_high=row["value"] + half
            )
            found.append(said.assign(id=id, reading=reading))
    found = pd.concat(found, ignore_index=True)
    found["agree"] = (found["low"] <= found["mean_high"]) & (found["high"] >= found["mean_low"])
    return found


def meets(found, id, reading):
    """The first and the last hour at which prediction and measurement agree, None if they never do.

    found: what `shares` returns. Raises UnknownName for another id or reading.
    """
    checks.known("measurement", id, MEASURED)
    checks.known("reading", reading, fits.READINGS)
    rows = found[(found["id"] == id) & (found["reading"] == reading)]
    hours = rows.loc[rows["agree"], "hour"]
    return (int(hours.min()), int(hours.max())) if len(hours) else None


def tests():
    """Tests of blockade beside predictions, one row a test and a reading (per cent).

    Columns: id, reading, dose_mg, time_h, finding, `blocked` (what was found), value, low, high.
    For an arm that pools two doses the interval is that of both, the value their middle.
    """
    found = []
    table = evidence.occupancy()
    for id, row in table[table["value"].isna() & table["finding"].notna()].iterrows():
        doses = POOLED if np.isnan(row["dose_mg"]) else (row["dose_mg"],)
        for reading in fits.READINGS:
            said = pd.concat(
                [fits.predict(reading, single(dose), [row["time_h"]]) for dose in doses]
            )
            found.append(
                {
                    "id": id,
                    "reading": reading,
                    "dose_mg": row["dose_mg"],
                    "time_h": row["time_h"],
                    "finding": row["finding"],
                    "blocked": row["finding"].startswith("blocked"),
                    "value": said["value"].mean(),
                    "low": said["low"].min(),
                    "high": said["high"].max(),
                }
            )
    return pd.DataFrame(found)


def second_day():
    """Mu receptors blocked two days after the last of `SECOND_DAY`, one row a reading (per cent).

    Columns: value, low and high of `fits.predict`. Beside it stands a label's range, `quoted`
    smpc_blockade_low to _high (SwissSmPC56109), which does not say what was measured.
    """
    later = SECOND_DAY.times[-1] + 48
    found = {name: fits.predict(name, SECOND_DAY, [later]).iloc[0] for name in fits.READINGS}
    return pd.DataFrame(found).T


def ratio_seen(hour, id="delaat_kappa"):
    """The half-blocking dose, as a multiple of mu's, at which the best retained fit gives the
    measured share exactly, if the scan was made `hour` hours after the last dose, 1 to 24.

    id: one of `MEASURED`. Raises UnknownName or ValueError for another id or hour.
    """
    checks.known("measurement", id, MEASURED)
    hour = checks.number("hour", hour, HOURS[0], HOURS[-1], "h")
    row, doses = evidence.occupancy().loc[id], MEASURED[id]
    best = fits.fit_occupancy("retained").estimates
    mu = fits.blocked("retained", doses, [doses.times[-1] + hour], **best).item()
    measured = row["value"] / 100
    return float(mu / (1 - mu) * (1 - measured) / measured)


def _ratio(receptor):
    return (
        1.0 if receptor == "mu" else getattr(models.load("receptor_occupancy").values(), receptor)
    )


def _half_width(row):
    from scipy import stats  # slow to load

    if row["dispersion_kind"] != "SD":
        return row["dispersion"]
    return stats.t.ppf(0.975, row["n"] - 1) * row["dispersion"] / np.sqrt(row["n"])
