"""Controls of chapter 7: the scoreboard, all trials together, and the trial that would settle it."""

import numpy as np

from helpers import evidence, explorer
from helpers.analysis import meta_analysis, virtual_trial


def explore_pooling():
    """Control: the pooled mean as the assumed correlation, the trials and the kind of interval change."""
    correlations = np.linspace(0, 0.9, 19).round(2)
    left = [None, *meta_analysis.PARALLEL, *meta_analysis.CROSSOVER]
    series = {name: [] for name in ("mean", "low", "high", "inconsistency")}
    for out in left:
        for kind in ("", "plain_"):
            for correlation in correlations:
                table = meta_analysis.standardised(correlation)
                table = table.drop(out) if out else table
                found = meta_analysis.pool(table["d"], table["se"])
                values = (found.mean, getattr(found, f"{kind}low"), getattr(found, f"{kind}high"), found.i2)
                for name, value in zip(series, values):
                    series[name].append(round(float(value), 5))
    studies = meta_analysis.standardised()["study"]
    return explorer.Explorer(
        id="explore-pooling",
        title="One answer from four trials?",
        hint="Take each trial out in turn, and switch to the usual interval. Then look along the axis: how much does the answer depend on a correlation that no abstract has printed?",
        badge="Fit",
        controls=[
            explorer.choice("out", "Left out", 0, {"no trial": 0} | {studies[id]: i for i, id in enumerate(left) if id}),
            explorer.choice("interval", "Interval", 0, {"Hartung–Knapp": 0, "usual": 1}),
            explorer.slider("at", "Mark a correlation", 0.5, 0, 0.9, "1", step=0.05),
        ],
        table={
            "axes": [{"control": "out", "values": list(range(len(left)))}, {"control": "interval", "values": [0, 1]}],
            "x": dict.fromkeys(series, correlations.tolist()),
            "series": series,
        },
        panels=[
            explorer.panel(
                "Pooled difference in pain",
                explorer.axis("Correlation of the two periods", 0, 0.9),
                explorer.axis("SDs, below 0: LDN better", -1.5, 1.5),
                explorer.band("95% interval", 2, low_series="low", high_series="high"),
                explorer.line("mean", 2, series="mean"),
                explorer.rule("y", 0, "no difference"),
                explorer.rule("x", "at", "your mark"),
            ),
            explorer.panel(
                "Scatter beyond chance (I²)",
                explorer.axis("Correlation of the two periods", 0, 0.9),
                explorer.axis("Share of the scatter", 0, 1),
                explorer.line("I²", 0, series="inconsistency"),
                explorer.rule("x", "at", "your mark"),
                percent=True,
            ),
        ],
        status="Left out: {out}. Interval: {interval}. Correlation marked: {at}.",
    )


def explore_design():
    """Control: power and smallest effect of a trial of given size and design."""
    model = "trial_power"
    sizes = np.geomspace(10, 1000, 25)
    controls = [
        explorer.parameter_slider(model, "effect", "Benefit beyond placebo (points of 10)", 0.1, 3, step=0.1),
        explorer.parameter_slider(model, "sd", "Standard deviation (points)", 0.5, 4, step=0.1),
        explorer.parameter_slider(model, "placebo", "Improvement on placebo (points)", 0, 3, step=0.1),
        explorer.parameter_slider(model, "dropout", "Share lost", 0, 0.5, step=0.05),
        explorer.parameter_slider(model, "correlation", "Correlation of a person's two periods", 0, 0.9, step=0.05),
        explorer.choice("arms", "Treatments compared", 2, {"2 (LDN, placebo)": 2, "3 (two doses, placebo)": 3, "4 (three doses, placebo)": 4}),
        explorer.slider("people", "People randomised", 100, 10, 1000, "people", scale="log"),
    ]
    parameters = {control["name"]: control["name"] for control in controls}
    size = lambda id: evidence.trials().loc[id]
    detectable = [2.8016 * (size(id)["high"] - size(id)["low"]) / 3.92 for id in meta_analysis.PARALLEL]
    return explorer.Explorer(
        id="explore-design",
        title="Design the trial",
        hint="Ask for a small benefit, half a point, and find how many people it takes. Then raise the improvement on placebo: only the study without control profits.",
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {"label": "Half a point", "values": {"effect": 0.5}},
            {"label": "Two doses and placebo", "values": {"arms": 3, "effect": 0.7}},
            {"label": "Like FINAL", "values": {"effect": 1.0, "sd": 1.5, "dropout": 0, "people": 99}},
        ],
        runs={"main": explorer.run(0, 1, samples=2, **parameters)},
        sweeps={"by_size": explorer.sweep("main", "parameters.people", sizes)},
        panels=[
            explorer.panel(
                "Chance to find the benefit",
                explorer.axis("People randomised", 10, 1000, "log"),
                explorer.axis("Power", 0, 1),
                explorer.line("parallel", 0, sweep="by_size", output="parallel", reduce="at", window=[1, 1]),
                explorer.line("crossover", 1, sweep="by_size", output="crossover", reduce="at", window=[1, 1]),
                explorer.line("no control", 5, sweep="by_size", output="uncontrolled", reduce="at", window=[1, 1]),
                explorer.rule("x", "people", "your trial"),
                explorer.rule("y", 0.8, "80%"),
                percent=True,
            ),
            explorer.panel(
                "Smallest benefit found with 80% power",
                explorer.axis("People randomised", 10, 1000, "log"),
                explorer.axis("Points of 10", 0, 4),
                explorer.line("parallel", 0, sweep="by_size", output="parallel_seen", reduce="at", window=[1, 1]),
                explorer.line("crossover", 1, sweep="by_size", output="crossover_seen", reduce="at", window=[1, 1]),
                explorer.points("FINAL and INNOVA (parallel)", 3, [99, 98], detectable, names=["FINAL", "INNOVA"]),
                explorer.rule("y", "effect", "your benefit"),
                explorer.rule("x", "people", "your trial"),
            ),
        ],
        measures={name: explorer.measure(name, "at", (1, 1), percent=True) for name in ("parallel", "crossover", "uncontrolled")}
        | {name: explorer.measure(name, "at", (1, 1), unit="people", digits=2) for name in ("parallel_needed", "crossover_needed")},
        readout={
            "caption": "Your trial",
            "columns": ["power", "people for 80%"],
            "rows": [
                {"label": "parallel", "measures": ["parallel", "parallel_needed"]},
                {"label": "crossover", "measures": ["crossover", "crossover_needed"]},
            ],
        },
        status="{people}, {arms}: benefit {effect} of 10, SD {sd}, placebo {placebo}, {dropout} lost, correlation {correlation}. "
        "Power {parallel} parallel, {crossover} crossover; a study without control would “succeed” with {uncontrolled}.",
    )


def explore_patient():
    """Control: one virtual patient, from dose to pain."""
    model = virtual_trial.MODEL
    controls = [
        explorer.slider("dose", "Daily dose", 4.5, 0.1, 50, "mg", scale="log"),
        explorer.choice("one_site", "The place where opioids act", 0, {"sees the blood (two sites)": 0, "sees the brain (one site)": 1}),
        explorer.parameter_slider(model, "gain", "Strength of the feedback (gain)", 0, 5, step=0.01),
        explorer.parameter_slider(model, "retention", "Half-life of the drug in the brain", 2, 100, scale="log"),
        explorer.parameter_slider(model, "sensitivity", "Points of pain per doubled signal", 0, 20, step=0.5),
        explorer.parameter_slider(model, "onset", "Half-time of relief", 12, 700, scale="log"),
    ]
    weeks, parameters = 6 * 168, {control["name"]: control["name"] for control in controls[1:]}
    return explorer.Explorer(
        id="explore-patient",
        title="One virtual patient",
        hint="Switch to one site: the same hypothesis now makes pain worse. Then set the points of pain to zero: that is the drug that does nothing.",
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {"label": "As supposed", "values": {"one_site": 0, "sensitivity": 5, "dose": 4.5, "gain": 0.66}},
            {"label": "One site", "values": {"one_site": 1, "sensitivity": 5}},
            {"label": "Without effect", "values": {"sensitivity": 0}},
            {"label": "50 mg", "values": {"dose": 50, "one_site": 0, "sensitivity": 5}},
        ],
        runs={
            "weeks": explorer.run("dose", weeks, 24, 42, 85, **parameters),
            "day": explorer.run("dose", weeks, 24, 42, 97, since=weeks - 24, **parameters),
        },
        panels=[
            explorer.panel(
                "Six weeks",
                explorer.axis("Hours after the first dose", 0, weeks),
                explorer.axis("Points of 10", -5, 5),
                explorer.line("pain taken away", 0, run="weeks", output="less_pain"),
                explorer.rule("y", 0, ""),
            ),
            explorer.panel(
                "The last of these days",
                explorer.axis("Hours after the first dose", weeks - 24, weeks),
                explorer.axis("Share, or relative to normal", 0, None),
                explorer.line("net opioid signal", 0, run="day", output="signal"),
                explorer.line("blocked in the brain", 5, run="day", output="sensor_blocked"),
                explorer.line("blocked where opioids act", 1, run="day", output="effector_blocked"),
                explorer.rule("y", 1, "no drug"),
            ),
        ],
        measures={
            "relief": explorer.measure("less_pain", "at", (weeks, weeks), run="weeks", digits=2),
            "mean": explorer.measure("signal", "mean", (weeks - 24, weeks), run="day", digits=3),
            "blocked": explorer.measure("sensor_blocked", "mean", (weeks - 24, weeks), run="day", percent=True),
        },
        status="{dose} daily; the place where opioids act {one_site}: after six weeks {relief} points of pain taken away (below 0: added). Last day: {blocked} blocked in the brain, mean signal {mean} (1 is no drug).",
    )
