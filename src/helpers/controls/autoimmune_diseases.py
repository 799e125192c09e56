"""Controls of chapter 1, autoimmune diseases."""

import itertools

import numpy as np

from helpers import explorer
from helpers.analysis import tolerance


def explore_selection():
    """Control: negative selection of random receptors, from a table computed beforehand."""
    result = tolerance.selection()
    counts, shown, thresholds = list(tolerance.PEPTIDES), [round(100 * s) for s in tolerance.SHOWN], list(tolerance.THRESHOLDS)
    axes = [{"control": "threshold", "values": thresholds}, {"control": "peptides", "values": counts}, {"control": "shown", "values": shown}]
    series = {}
    for k, name in enumerate(tolerance.FATES):
        for suffix, reduced in (("", result.mean(axis=0)), ("_low", result.min(axis=0)), ("_high", result.max(axis=0))):
            if suffix and name == "survive":
                continue
            curves = [reduced[i, j, :, k] for _, i, j in itertools.product(thresholds, range(len(counts)), range(len(shown)))]
            series[name + suffix] = np.round(curves, 3).ravel().tolist()
    at = [result.mean(axis=0)[i, j, t] for t, i, j in itertools.product(range(len(thresholds)), range(len(counts)), range(len(shown)))]
    series["here"] = np.round(at, 3).ravel().tolist()
    return explorer.Explorer(
        id="explore-selection",
        title="A threshold, not a list",
        hint="Escapees are receptors left that can attack self; holes are foreign peptides that none can attack. Move the threshold to both ends. Then show all self peptides in the thymus instead of 90%.",
        badge="Illustration",
        controls=[
            explorer.slider("threshold", "Threshold of recognition", 2.75, thresholds[0], thresholds[-1], "SD", marks=thresholds),
            explorer.slider("peptides", "Self peptides", 300, counts[0], counts[-1], "peptides", scale="log", marks=counts, digits=4),
            explorer.slider("shown", "Shown in the thymus", 90, shown[0], shown[-1], "%", marks=shown),
        ],
        table={"axes": axes, "x": {name: [0, 1, 2] if name == "here" else thresholds for name in series}, "series": series},
        panels=[
            explorer.panel(
                "At this threshold",
                explorer.axis("", 0, 2),
                explorer.axis("Share", 0, 1),
                explorer.bars("mean of 12 random worlds", 0, ["receptors left", "escapees", "holes"], series="here"),
                percent=True,
            ),
            explorer.panel(
                "At every threshold",
                explorer.axis("Threshold (SD)", thresholds[0], thresholds[-1]),
                explorer.axis("Share", 0, 1),
                explorer.line("receptors left", 0, series="survive"),
                explorer.band("range", 1, low_series="escape_low", high_series="escape_high"),
                explorer.line("escapees", 1, series="escape"),
                explorer.band("range", 2, low_series="missed_low", high_series="missed_high"),
                explorer.line("holes", 2, series="missed"),
                explorer.rule("x", "threshold", "your threshold"),
                percent=True,
            ),
        ],
        measures={name: explorer.table_measure("here", k, percent=True) for k, name in enumerate(tolerance.FATES)},
        status="Threshold {threshold}, {peptides} of self, {shown} of them shown: {survive} of the receptors survive, {escape} of the survivors can attack self, {missed} of foreign peptides are missed.",
    )


def explore_tolerance():
    """Control: a trigger in the regulatory T cell model, with R0 below or above 1."""
    names = ("maturing", "suppression_other", "suppression_same", "antigen_start")
    given = {name: name for name in names}
    slide = lambda name, label, low, high, **more: explorer.parameter_slider("regulatory_t_cells", name, label, low, high, **more)
    values = np.geomspace(2e-5, 5e-4, 81).round(8)
    return explorer.Explorer(
        id="explore-tolerance",
        title="Does it stop?",
        hint="Slide the maturing share until R0 passes 1. Then try to restore tolerance with each of the other three: only one can.",
        badge="Illustration",
        model="regulatory_t_cells",
        controls=[
            slide("maturing", "New presenting cells per unit of antigen taken up", 2e-5, 5e-4, scale="log"),
            slide("suppression_other", "Suppression by other regulatory cells", 0.05, 2, scale="log") | {"unit": "per day"},
            slide("suppression_same", "Suppression by each regulatory cell of the same kind", 1e-6, 1e-4, scale="log") | {"unit": "per day"},
            slide("antigen_start", "Trigger: self antigen set free", 1e6, 1e9, scale="log"),
        ],
        presets=[
            {"label": "Tolerance", "values": {"maturing": 1e-4, "suppression_other": 0.25}},
            {"label": "Tolerance broken", "values": {"maturing": 2e-4, "suppression_other": 0.25}},
            {"label": "Restored", "values": {"maturing": 2e-4, "suppression_other": 0.8}},
        ],
        runs={"main": explorer.run(0, 365, samples=366, **given), "rest": explorer.run(0, 0.01, samples=2, **given)},
        sweeps={"by_maturing": explorer.sweep("rest", "parameters.maturing", values)},
        panels=[
            explorer.panel(
                "After the trigger",
                explorer.axis("Days", 0, 365),
                explorer.axis("Cells", 0.01, 1e9, "log"),
                explorer.line("effector cells against self", 1, run="main", output="effectors"),
                explorer.line("regulatory cells of the same kind", 0, run="main", output="regulators"),
                explorer.rule("y", 1, "one cell"),
            ),
            explorer.panel(
                "Effector cells for good",
                explorer.axis("New presenting cells per unit of antigen", 2e-5, 5e-4, "log"),
                explorer.axis("Cells", 10, 1e7, "log"),
                explorer.line("effector cells in the lasting state", 1, sweep="by_maturing", output="lasting", reduce="at", window=[0, 0]),
                explorer.rule("x", "maturing", "yours"),
            ),
        ],
        measures={
            "R0": explorer.measure("reproduction", "at", (0, 0), digits=3),
            "peak": explorer.measure("effectors", "max", (0, 365), digits=3),
            "year": explorer.measure("effectors", "at", (365, 365), digits=3),
            "guards": explorer.measure("regulators", "at", (365, 365), digits=3),
        },
        status="R0 is {R0} ({maturing} new cells per unit, other suppression {suppression_other}). A trigger of {antigen_start} leads to {peak} effector cells at the peak and {year} after a year, held by {guards} regulatory cells of strength {suppression_same}.",
    )
