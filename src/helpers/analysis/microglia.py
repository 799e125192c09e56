"""The `microglial_switch` model: its steady states, the points at which it switches,
and the blood levels it is set against.
"""

import numpy as np
import pandas as pd

from helpers import checks, evidence, models

LDN_DOSE = 4.5  # mg


def balance(activity, threshold):
    """The trigger at which `activity` (any shape, ≥ 0) neither rises nor falls:
    the steady states, solved for the trigger. threshold: above 0.
    Raises ValueError for other numbers.
    """
    for number in np.ravel(activity).tolist():
        checks.number("activity", number, 0, 1e60)
    threshold = checks.number("threshold", threshold, 1e-6, 1e60)
    activity = np.asarray(activity, float)
    return activity - activity**4 / (threshold**4 + activity**4)


def switch_points(threshold):
    """The two folds of the switch: (off, on, activity at off, activity at on),
    triggers and activities without unit.

    Below `off` an active cell calms down, above `on` a calm cell becomes active;
    `off` below zero means it never calms down.
    Raises ValueError for a threshold outside the model's range,
    or one so high that the switch has no folds.
    """
    from scipy.optimize import brentq  # slow to load

    p = models.load("microglial_switch").parameters["threshold"]
    threshold = checks.number("threshold", threshold, p.low, p.high)
    # With u = activity⁴ / K⁴ the folds are where the loop gains as much as activity loses:
    # 4 u = M (1 + u)².
    slope = lambda m: 4 * threshold**4 * m**3 - (threshold**4 + m**4) ** 2
    grid = np.linspace(1e-6, 2, 20001)
    places = np.flatnonzero(np.diff(np.sign(slope(grid))))
    if len(places) != 2:
        raise ValueError(f"threshold must be low enough for two folds, got {threshold:g}")
    ends = [brentq(slope, grid[i], grid[i + 1]) for i in places]
    on, off = (float(balance(m, threshold)) for m in ends)
    return off, on, ends[1], ends[0]


def block_needed(trigger, threshold):
    """The share of TLR4 that has to be blocked before an active cell calms down;
    0 if the cell calms down without, 1 if no share is enough.
    """
    off = switch_points(threshold)[0]
    trigger = checks.number("trigger", trigger, 1e-9)
    return float(np.clip(1 - off / trigger, 0, 1))


def blood_levels():
    """Peaks of naltrexone in blood (nM): measured after 2.4 mg, scaled to 4.5 mg,
    and the label's after 50 mg.
    """
    data = evidence.kinetics()
    johnson, label = data.loc["johnson_cmax"], data.loc["smpc_cmax"]
    unit = evidence.NANOMOLAR["ng/mL"]
    rows = [
        (
            "peak in blood after 4.5 mg",
            johnson["value"] / johnson["dose_mg"] * LDN_DOSE * unit,
            "Johnson2010relative",
            "derived",
        ),
        ("peak in blood after 50 mg", label["value"] * unit, "SwissSmPC56109", "label"),
    ]
    return pd.DataFrame(rows, columns=["what", "nM", "source", "seen"])
