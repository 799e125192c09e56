"""Controls of chapter 1, autoimmune diseases."""

from functools import partial

import numpy as np

from helpers import explorer
from helpers.analysis import tolerance


def explore_selection():
    """Control: negative selection of random receptors, from a table."""
    thresholds = list(tolerance.THRESHOLDS)
    counts = list(tolerance.PEPTIDES)
    shown = [round(100 * share) for share in tolerance.SHOWN]
    worlds = tolerance.selection()
    mean = worlds.mean(axis=0)
    error = worlds.std(axis=0, ddof=1) / np.sqrt(len(worlds))
    low, high = worlds.min(axis=0), worlds.max(axis=0)
    flat = lambda shares: np.round(shares, 3).ravel().tolist()
    # A curve over all thresholds stands at each setting of the slider.
    curve = lambda shares, k: flat([shares[..., k]] * len(thresholds))
    survive, escape, missed = range(3)  # as in tolerance.FATES
    series = {
        "survive": curve(mean, survive),
        "escape": curve(mean, escape),
        "escape_low": curve(low, escape),
        "escape_high": curve(high, escape),
        "missed": curve(mean, missed),
        "missed_low": curve(low, missed),
        "missed_high": curve(high, missed),
        "here": flat(np.moveaxis(mean, 2, 0)),
        "error": flat(100 * np.moveaxis(error, 2, 0)),
    }
    bars = {"here": [0, 1, 2], "error": [0, 1, 2]}
    x = dict.fromkeys(series, thresholds) | bars
    share = partial(explorer.table_measure, "here", percent=True)
    noise = partial(explorer.table_measure, "error", unit="%", digits=1)
    return explorer.Explorer(
        id="explore-selection",
        title="A threshold, not a list",
        hint="Escapees are receptors left that can attack self; holes are "
        "foreign peptides that none can attack. Move the threshold to both "
        "ends; then, under More settings, show all of self.",
        badge="Illustration",
        main=["threshold"],
        controls=[
            explorer.slider(
                "threshold",
                "Threshold of recognition",
                2.75,
                thresholds[0],
                thresholds[-1],
                "SD",
                marks=thresholds,
            ),
            explorer.slider(
                "peptides",
                "Self peptides",
                300,
                counts[0],
                counts[-1],
                "peptides",
                scale="log",
                marks=counts,
                digits=4,
            ),
            explorer.slider(
                "shown",
                "Shown in the thymus",
                90,
                shown[0],
                shown[-1],
                "%",
                marks=shown,
            ),
        ],
        table={
            "axes": [
                {"control": "threshold", "values": thresholds},
                {"control": "peptides", "values": counts},
                {"control": "shown", "values": shown},
            ],
            "x": x,
            "series": series,
        },
        panels=[
            explorer.panel(
                "At this threshold",
                explorer.axis("", 0, 2),
                explorer.axis("Share", 0, 1),
                explorer.bars(
                    "mean of 12 random worlds",
                    0,
                    ["receptors left", "escapees", "holes"],
                    series="here",
                ),
                percent=True,
            ),
            explorer.panel(
                "At every threshold (bands: range of 12 random worlds)",
                explorer.axis(
                    "Threshold (SD)", thresholds[0], thresholds[-1]
                ),
                explorer.axis("Share", 0, 1),
                explorer.line("receptors left", 0, series="survive"),
                explorer.band(
                    "escapees",
                    1,
                    low_series="escape_low",
                    high_series="escape_high",
                ),
                explorer.line("escapees", 1, series="escape"),
                explorer.band(
                    "holes",
                    2,
                    low_series="missed_low",
                    high_series="missed_high",
                ),
                explorer.line("holes", 2, series="missed"),
                explorer.rule("x", "threshold", "your threshold"),
                percent=True,
            ),
        ],
        measures={
            "survive": share(survive),
            "escape": share(escape),
            "missed": share(missed),
            "survive_error": noise(survive),
            "escape_error": noise(escape),
            "missed_error": noise(missed),
        },
        phrases={
            "danger": explorer.phrase(
                "escape",
                "Almost no receptor left attacks self",
                0.01,
                "Few of the receptors left attack self",
                0.1,
                "Many of the receptors left attack self",
            ),
            "gap": explorer.phrase(
                "missed",
                "almost no foreign peptide goes unseen",
                0.01,
                "few foreign peptides go unseen",
                0.1,
                "many foreign peptides go unseen",
            ),
        },
        status="{danger}, {gap}: {escape} ± {escape_error} and {missed} ± "
        "{missed_error} (mean of 12 random worlds ± standard error). "
        "{survive} ± {survive_error} of the receptors are left.",
    )


def explore_tolerance():
    """Control: a trigger among regulatory T cells, R0 below or above 1."""
    model = "regulatory_t_cells"
    slide = partial(explorer.parameter_slider, model, scale="log")
    controls = [
        slide(
            "maturing",
            "New presenting cells per unit of antigen taken up",
            2e-5,
            5e-4,
        ),
        slide(
            "suppression_other",
            "Suppression by other regulatory cells",
            0.05,
            2,
        ),
        slide(
            "suppression_same",
            "Suppression by each regulatory cell of the same kind",
            1e-6,
            1e-4,
        ),
        slide("antigen_start", "Trigger: self antigen set free", 1e6, 1e9),
    ]
    for control in controls[1:3]:
        control["unit"] = "per day"
    given = {control["name"]: control["name"] for control in controls}
    run = partial(explorer.run, 0, **given)
    measure = partial(explorer.measure, digits=2)
    tolerant = {"maturing": 1e-4, "suppression_other": 0.25}
    broken = {"maturing": 2e-4, "suppression_other": 0.25}
    restored = {"maturing": 2e-4, "suppression_other": 0.8}
    values = np.geomspace(2e-5, 5e-4, 81).round(8)
    return explorer.Explorer(
        id="explore-tolerance",
        title="Does it stop?",
        hint="Raise the first slider until it goes on for good. Then try "
        "to stop it with each of the other three: only one can.",
        main=["maturing", "suppression_other"],
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {"label": "Tolerance", "values": tolerant},
            {"label": "Tolerance broken", "values": broken},
            {"label": "Restored", "values": restored},
        ],
        runs={
            "main": run(365, samples=366),
            "rest": run(0.01, samples=2),
        },
        sweeps={
            "by_maturing": explorer.sweep(
                "rest", "parameters.maturing", values
            )
        },
        panels=[
            explorer.panel(
                "After the trigger",
                explorer.axis("Days", 0, 365),
                explorer.axis("Cells", 1, 1e8, "log"),
                explorer.line(
                    "effector cells against self",
                    1,
                    run="main",
                    output="effectors",
                ),
                explorer.line(
                    "regulatory cells of the same kind",
                    0,
                    run="main",
                    output="regulators",
                ),
            ),
            explorer.panel(
                "What lasts: effector cells for good",
                explorer.axis(
                    "New presenting cells per unit of antigen",
                    2e-5,
                    5e-4,
                    "log",
                ),
                explorer.axis("Cells", 10, 1e7, "log"),
                explorer.line(
                    "effector cells in the lasting state",
                    1,
                    sweep="by_maturing",
                    output="lasting",
                    reduce="at",
                    window=[0, 0],
                ),
                explorer.rule("x", "maturing", "your setting"),
            ),
        ],
        measures={
            "R0": explorer.measure("reproduction", "at", (0, 0), digits=3),
            "peak": measure("effectors", "max", (0, 365)),
            "year": measure("effectors", "at", (365, 365)),
        },
        phrases={
            "end": explorer.phrase(
                "R0",
                "It stops by itself",
                1,
                "It goes on for good",
            ),
            "left": explorer.phrase(
                "year", "fewer than one is", 1, "{year} are"
            ),
        },
        status="{end}: R0 is {R0}. The trigger leads to {peak} effector "
        "cells at the peak; after a year {left} left.",
    )
