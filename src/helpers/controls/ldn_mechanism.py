"""Controls of chapter 3, the mechanism of low-dose naltrexone."""

import numpy as np

from helpers import evidence, explorer
from helpers.analysis.fits import READINGS
from helpers.models.naltrexone import SCENARIOS
from helpers.style import READING_LOOK

READING_LABEL = {
    "plasma": "Plasma: gone when the blood is clear",
    "retained": "Retained: the brain holds the drug",
    "fading": "Fading: blockade itself fades, 90 h",
}



def explore_blood():
    """Control: levels of naltrexone and 6β-naltrexol in blood after swallowed doses."""
    data = evidence.kinetics()
    measured = data[(data["species"] == "human") & ~data["formulation"].str.contains("extended|crushed")]
    doses = explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg", scale="log")
    scenarios = {f"scenario {i}": explorer.run("dose", 48, "every", 4, 289, **s) for i, s in enumerate(SCENARIOS.values())}
    by_dose = explorer.run("dose", 48, samples=481, CL="CL", F="F")
    x_dose = explorer.axis("Single dose (mg)", 0.5, 120, "log")

    def observed(quantity, analyte, label, style):
        rows = measured[(measured["quantity"] == quantity) & (measured["analyte"] == analyte)]
        spread = rows["dispersion"].fillna(0)
        return explorer.points(
            label, style, rows["dose_mg"].tolist(), rows["value"].tolist(),
            (rows["value"] - spread).tolist(), (rows["value"] + spread).tolist(), rows["study"].tolist(),
        )  # fmt: skip

    return explorer.Explorer(
        id="explore-blood",
        title="Levels in blood",
        hint="Slide the dose from 4.5 to 50 mg. Then compare the studies: the buttons set clearance and bioavailability together.",
        badge="Fit",
        model="naltrexone",
        controls=[
            doses,
            explorer.choice("every", "How often", 0, {"once": 0, "every 24 hours": 24, "every 12 hours": 12}),
            explorer.parameter_slider("naltrexone", "CL", "Clearance", step=1),
            explorer.parameter_slider("naltrexone", "F", "Bioavailability (share reaching the blood)", scale="log"),
        ],
        presets=[{"label": name, "values": values} for name, values in SCENARIOS.items()],
        runs={"main": explorer.run("dose", 48, "every", 4, 289, CL="CL", F="F"), "single": by_dose} | scenarios,
        sweeps={"by_dose": explorer.sweep("single", "dose", [0.5, 2, 8, 30, 120])},
        panels=[
            explorer.panel(
                "Level over time",
                explorer.axis("Hours after the first dose", 0, 48),
                explorer.axis("Level (ng/mL)", 0.01, 500, "log"),
                explorer.band("naltrexone, the published clearances", 0, runs=list(scenarios), output="naltrexone"),
                explorer.line("naltrexone", 0, run="main", output="naltrexone"),
                explorer.line("6β-naltrexol", 1, run="main", output="naltrexol"),
            ),
            explorer.panel(
                "Peak against dose",
                x_dose,
                explorer.axis("Peak (ng/mL)", 0.05, 500, "log"),
                explorer.line("naltrexone", 0, sweep="by_dose", output="naltrexone", reduce="max", window=[0, 48]),
                explorer.line("6β-naltrexol", 1, sweep="by_dose", output="naltrexol", reduce="max", window=[0, 48]),
                observed("Cmax", "naltrexone", "naltrexone, measured", 0),
                observed("Cmax", "naltrexol", "6β-naltrexol, measured", 1),
                explorer.rule("x", "dose", "your dose"),
            ),
            explorer.panel(
                "Total exposure against dose",
                x_dose,
                explorer.axis("AUC (ng·h/mL)", 0.1, 2000, "log"),
                explorer.line("naltrexone", 0, sweep="by_dose", output="naltrexone", reduce="integral", window=[0, 48]),
                observed("AUC", "naltrexone", "naltrexone, measured", 0),
                explorer.rule("x", "dose", "your dose"),
            ),
        ],
        measures={
            "peak": explorer.measure("naltrexone", "max", (0, 24), unit="ng/mL"),
            "later": explorer.measure("naltrexone", "at", (12, 12), run="single", unit="ng/mL"),
            "peak_metabolite": explorer.measure("naltrexol", "max", (0, 24), unit="ng/mL"),
        },
        status="{dose}, {every}: naltrexone peaks at {peak} on the first day and a single dose leaves {later} at 12 hours; 6β-naltrexol peaks at {peak_metabolite}.",
    )


def explore_occupancy():
    """Control: receptors blocked against dose."""
    scans = evidence.occupancy().query("study == 'Rabiner 2011'")
    run = explorer.run("dose", 4, samples=2, ED50="ED50", kappa="kappa", delta="delta")
    # Named by receptor, so that the curve, the read-out and the legend agree.
    receptors = {"mu": "mu_retained", "kappa": "kappa_retained", "delta": "delta_retained"}
    return explorer.Explorer(
        id="explore-occupancy",
        title="How much is blocked",
        hint="Slide the dose to 1.5, 4.5 and 50 mg. Then move the half-blocking dose over its uncertainty, about 4 to 7 mg.",
        badge="Fit",
        model="receptor_occupancy",
        controls=[
            explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg", scale="log"),
            explorer.parameter_slider("receptor_occupancy", "ED50", "Half-blocking dose for mu", step=0.01),
            explorer.parameter_slider("receptor_occupancy", "kappa", "Kappa: times mu's half-blocking dose", step=0.1),
            explorer.parameter_slider("receptor_occupancy", "delta", "Delta: times mu's half-blocking dose", scale="log"),
        ],
        runs={"main": run},
        sweeps={"by_dose": explorer.sweep("main", "dose", np.geomspace(0.5, 100, 33).round(4))},
        panels=[
            explorer.panel(
                "Blocked 4 hours after one dose",
                explorer.axis("Dose (mg)", 0.5, 100, "log"),
                explorer.axis("Receptors blocked", 0, 1),
                *(
                    explorer.line(name, i, sweep="by_dose", output=output, reduce="at", window=[4, 4])
                    for i, (name, output) in enumerate(receptors.items())
                ),
                explorer.points("one scan (mu)", 5, scans["dose_mg"].tolist(), (scans["value"] / 100).tolist(), names=scans["study"].tolist()),
                explorer.rule("x", "dose", "your dose"),
                percent=True,
            )
        ],
        measures={f"{name}_blocked": explorer.measure(output, "at", (4, 4), percent=True) for name, output in receptors.items()},
        status="{dose} blocks about {mu_blocked} of mu, {kappa_blocked} of kappa and {delta_blocked} of delta receptors in the brain at 4 hours.",
    )


def explore_duration():
    """Control: how long the blockade lasts, under the three readings."""
    series = evidence.occupancy().query("study == 'Lee 1988'")
    value, error = series["value"] / 100, series["dispersion"] / 100
    given = {"retention": "retention", "fading": "fading"}
    moments = {"4 h": 4, "8 h": 8, "12 h": 12, "24 h": 24}
    measures = {
        f"{name}_{t}": explorer.measure(output, "at", (t, t), run="once", percent=True)
        for name, output in READINGS.items()
        for t in moments.values()
    } | {
        f"{name}_week": explorer.measure(output, "at", (168, 168), run="week", percent=True)
        for name, output in READINGS.items()
    } | {
        f"{name}_day_7": explorer.measure(output, "mean", (144, 168), percent=True) for name, output in READINGS.items()
    }
    curves = lambda run, **more: [
        explorer.line(READING_LABEL[name].split(":")[0], READING_LOOK[name], run=run, output=output, **more)
        for name, output in READINGS.items()
    ]
    return explorer.Explorer(
        id="explore-duration",
        title="How long is “brief”?",
        hint="Compare one dose with daily doses. Then slide the half-life in the brain and watch the second picture: which values still meet the measured points?",
        badge="Fit",
        model="receptor_occupancy",
        controls=[
            explorer.slider("dose", "Dose", 4.5, 0.5, 50, "mg", scale="log"),
            explorer.choice("every", "How often", 24, {"once": 0, "every 24 hours": 24, "every 48 hours": 48}),
            explorer.parameter_slider("receptor_occupancy", "retention", "Half-life of the drug in the brain (retained)", 1, 100, step=1),
            explorer.parameter_slider("receptor_occupancy", "fading", "Half-life of the blockade (fading)", step=1),
        ],
        presets=[
            {"label": "LDN, daily", "values": {"dose": 4.5, "every": 24}},
            {"label": "One 50 mg tablet", "values": {"dose": 50, "every": 0}},
            {"label": "The 12.5 mg study", "values": {"dose": 12.5, "every": 0}},
        ],
        runs={
            "main": explorer.run("dose", 168, "every", 7, 337, **given),
            "once": explorer.run("dose", 24, samples=49, **given),
            "week": explorer.run("dose", 168, 24, 7, 15, **given),
            "check": explorer.run(50, 168, samples=169, **given),
        },
        panels=[
            explorer.panel(
                "Your dose",
                explorer.axis("Hours after the first dose", 0, 168),
                explorer.axis("mu receptors blocked", 0, 1),
                *curves("main"),
                percent=True,
            ),
            explorer.panel(
                "Check: 50 mg against measurement",
                explorer.axis("Hours after 50 mg", 0, 168),
                explorer.axis("Share of own 1-hour scan", 0, 1.2),
                *curves("check", relative_to=1),
                explorer.points("measured, ± SEM", 5, series["time_h"].tolist(), value.tolist(), (value - error).tolist(), (value + error).tolist(), series["study"].tolist()),
                percent=True,
            ),
        ],
        measures=measures,
        readout={
            "caption": "mu receptors blocked after one dose, and just before the next after a week of daily doses",
            "columns": [*moments, "day 7"],
            "rows": [
                {"label": READING_LABEL[name].split(":")[0], "measures": [f"{name}_{t}" for t in (*moments.values(), "week")]}
                for name in READINGS
            ],
        },
        status="{dose}, {every}: over day 7 a mean of {plasma_day_7} (plasma), {retained_day_7} (retained) or {fading_day_7} (fading) is blocked. "
        "24 hours after a single dose it is {plasma_24}, {retained_24} or {fading_24}.",
    )


def explore_feedback():
    """Control: net opioid signal under daily doses, with feedback."""
    controls = [
        explorer.slider("dose", "Daily dose", 4.5, 0.1, 50, "mg", scale="log"),
        explorer.parameter_slider("opioid_feedback", "gain", "Strength of the feedback (gain)", 0, 5, step=0.01),
        explorer.parameter_slider("opioid_feedback", "memory", "Memory of the sensor", 1, 100, scale="log"),
        explorer.parameter_slider("opioid_feedback", "half_life_sensor", "Half-life of the drug at the sensor", 1, 100, scale="log"),
        explorer.parameter_slider("opioid_feedback", "half_life_effector", "Half-life of the drug where opioids act", 1, 100, scale="log"),
        explorer.parameter_slider("opioid_feedback", "turnover", "Half-life of the body's opioids", 0.3, 24, scale="log"),
        explorer.choice("symmetry", "Feedback", 1, {"both ways": 1, "only upwards": 0}),
    ]
    parameters = {control["name"]: control["name"] for control in controls[1:]}
    one_site = {"gain": 0.66, "memory": 24, "turnover": 0.62, "symmetry": 1}
    week = explorer.run("dose", 168, 24, 7, 505, **parameters)
    month = explorer.run("dose", 672, 24, 28, 97, since=648, **parameters)
    return explorer.Explorer(
        id="explore-feedback",
        title="Does blocking raise the signal?",
        hint="Press the four buttons in turn and look at the second picture. Then try to lift the curve above the line with one site and feedback both ways.",
        badge="Illustration",
        model="opioid_feedback",
        controls=controls,
        presets=[
            {"label": "One site, as in the brain", "values": one_site | {"half_life_sensor": 34, "half_life_effector": 34}},
            {"label": "One site, a few hours", "values": one_site | {"half_life_sensor": 4, "half_life_effector": 4}},
            {"label": "Two sites", "values": one_site | {"half_life_sensor": 34, "half_life_effector": 4}},
            {"label": "Only upwards, slow opioids", "values": {"gain": 5, "memory": 2, "turnover": 15, "symmetry": 0, "half_life_sensor": 4, "half_life_effector": 4}},
        ],
        runs={"week": week, "month": month},
        sweeps={"by_dose": explorer.sweep("month", "dose", [0.1, 0.3, 0.6, 1, 1.5, 2.2, 3, 4.5, 6.5, 10, 16, 28, 50])},
        panels=[
            explorer.panel(
                "The first week",
                explorer.axis("Hours after the first dose", 0, 168),
                explorer.axis("Relative to normal", 0, None),
                explorer.line("net opioid signal", 0, run="week", output="signal"),
                explorer.line("the body's opioids", 1, run="week", output="opioid_level"),
                explorer.line("blocked at the sensor", 5, run="week", output="sensor_blocked"),
                explorer.rule("y", 1, "no drug"),
            ),
            explorer.panel(
                "Mean signal on day 28, against dose",
                explorer.axis("Daily dose (mg)", 0.1, 50, "log"),
                explorer.axis("Relative to normal", 0, None),
                explorer.line("net opioid signal", 0, sweep="by_dose", output="signal", reduce="mean", window=[648, 672]),
                explorer.rule("y", 1, "no drug"),
                explorer.rule("x", "dose", "your dose"),
            ),
        ],
        measures={
            "mean": explorer.measure("signal", "mean", (648, 672), run="month", digits=3),
            "high": explorer.measure("signal", "max", (648, 672), run="month", digits=3),
            "level": explorer.measure("opioid_level", "mean", (648, 672), run="month", digits=3),
        },
        status="{dose} daily, day 28: opioids at {level} of normal, mean signal {mean} (1 is no drug), highest moment {high}.",
    )
