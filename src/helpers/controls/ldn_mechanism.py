"""Controls of chapter 3, the mechanism of low-dose naltrexone."""

from functools import partial

import numpy as np

from helpers import evidence, explorer
from helpers.analysis.fits import READINGS, SCAN_HOUR
from helpers.models.naltrexone import SCENARIOS
from helpers.style import READING_LOOK


def explore_blood():
    """Control: levels in blood after swallowed doses, and half-lives."""
    model = "naltrexone"
    slide = partial(explorer.parameter_slider, model)
    repeated = partial(explorer.run, "dose", 48, "every", 4, 289)
    scenarios = {
        f"scenario {i}": repeated(**pair)
        for i, pair in enumerate(SCENARIOS.values())
    }
    x_dose = explorer.axis("Single dose (mg)", 0.5, 120, "log")
    data = evidence.kinetics()
    human = data["species"] == "human"
    other_forms = data["formulation"].str.contains("extended|crushed")
    measured = data[human & ~other_forms]
    quoted = evidence.read("quoted")["value"]
    serum = {
        f"{end} in serum on 4.5 mg": float(quoted[f"brewer_level_{which}"])
        for end, which in (("lowest", "low"), ("highest", "high"))
    }

    def observed(quantity, analyte, label, style):
        rows = measured[measured["quantity"] == quantity]
        rows = rows[rows["analyte"] == analyte]
        value, spread = rows["value"], rows["dispersion"].fillna(0)
        return explorer.points(
            label,
            style,
            rows["dose_mg"].tolist(),
            value.tolist(),
            (value - spread).tolist(),
            (value + spread).tolist(),
            rows["study"].tolist(),
        )

    def predicted(label, style, output, reduce):
        return explorer.line(
            label,
            style,
            sweep="by_dose",
            output=output,
            reduce=reduce,
            window=[0, 48],
        )

    return explorer.Explorer(
        id="explore-blood",
        title="Levels in blood",
        hint="Slide the dose to 50 mg. Then press the buttons: each takes "
        "a study's clearance, and the share reaching the blood that then "
        "meets the exposure of Johnson 2010; the first takes Meyer's own "
        "share, which does not.",
        main=["dose", "every"],
        badge="Fit",
        model=model,
        controls=[
            explorer.slider(
                "dose", "Dose", 4.5, 0.5, 100, "mg", scale="log"
            ),
            explorer.choice(
                "every",
                "How often",
                0,
                {"once": 0, "every 24 hours": 24, "every 12 hours": 12},
            ),
            slide("CL", "Clearance", step=1),
            slide(
                "F",
                "Bioavailability (share reaching the blood)",
                scale="log",
            ),
        ],
        presets=[
            {"label": name, "values": values}
            for name, values in SCENARIOS.items()
        ],
        runs={
            "main": repeated(CL="CL", F="F"),
            "single": explorer.run("dose", 48, samples=481, CL="CL", F="F"),
            **scenarios,
        },
        sweeps={
            "by_dose": explorer.sweep(
                "single", "dose", [0.5, 2, 8, 30, 120]
            )
        },
        panels=[
            explorer.panel(
                "Level over time",
                explorer.axis("Hours after the first dose", 0, 48),
                explorer.axis("Level (ng/mL)", 0.01, 500, "log"),
                explorer.band(
                    "naltrexone, range of the studies",
                    0,
                    runs=list(scenarios),
                    output="naltrexone",
                ),
                explorer.line(
                    "naltrexone", 0, run="main", output="naltrexone"
                ),
                explorer.line(
                    "6β-naltrexol", 1, run="main", output="naltrexol"
                ),
                *(
                    explorer.rule("y", at, label)
                    for label, at in serum.items()
                ),
            ),
            explorer.panel(
                "Peak against dose",
                x_dose,
                explorer.axis("Peak (ng/mL)", 0.05, 500, "log"),
                predicted("naltrexone", 0, "naltrexone", "max"),
                predicted("6β-naltrexol", 1, "naltrexol", "max"),
                observed("Cmax", "naltrexone", "naltrexone, data", 0),
                observed("Cmax", "naltrexol", "6β-naltrexol, data", 1),
                explorer.rule("x", "dose", "the dose set"),
            ),
            explorer.panel(
                "Total exposure against dose",
                x_dose,
                explorer.axis("AUC (ng·h/mL)", 0.1, 2000, "log"),
                predicted("naltrexone", 0, "naltrexone", "integral"),
                observed("AUC", "naltrexone", "naltrexone, data", 0),
                explorer.rule("x", "dose", "the dose set"),
            ),
        ],
        measures={
            "peak": explorer.measure(
                "naltrexone", "max", (0, 24), unit="ng/mL"
            ),
            "later": explorer.measure(
                "naltrexone", "at", (12, 12), run="single", unit="ng/mL"
            ),
            "highest": explorer.measure(
                "naltrexone", "max", (0, 24), run="single", unit="ng/mL"
            ),
            "left": explorer.ratio("later", "highest", percent=True),
            "peak_metabolite": explorer.measure(
                "naltrexol", "max", (0, 24), unit="ng/mL"
            ),
        },
        status="After half a day {left} of a dose's peak is left in "
        "blood; the block in the brain may last for days. {dose} {every}: "
        "naltrexone peaks at {peak} on the first day, 6β-naltrexol at "
        "{peak_metabolite}.",
    )


def explore_occupancy():
    """Control: occupancy of three receptors, a dose–response."""
    model = "receptor_occupancy"
    slide = partial(explorer.parameter_slider, model)
    given = {name: name for name in ("ED50", "kappa", "delta")}
    run = explorer.run("dose", 4, samples=2, **given)
    doses = np.geomspace(0.5, 100, 33).round(4)
    scans = evidence.occupancy().query("study == 'Rabiner 2011'")
    curve = lambda receptor, style: explorer.line(
        receptor,
        style,
        sweep="by_dose",
        output=f"{receptor}_retained",
        reduce="at",
        window=[4, 4],
    )
    blocked = lambda receptor: explorer.measure(
        f"{receptor}_retained", "at", (4, 4), percent=True
    )
    return explorer.Explorer(
        id="explore-occupancy",
        title="How much is blocked",
        hint="Slide the dose to 1.5 and to 50 mg; no dose here is safe "
        "beside an opioid. Under More settings, raise kappa's multiple (2 "
        "is from affinities; a scan suggests 2.5 to 4, 2 not excluded).",
        main=["dose"],
        badge="Fit",
        model=model,
        controls=[
            explorer.slider(
                "dose", "Dose", 4.5, 0.5, 100, "mg", scale="log"
            ),
            slide(
                "ED50",
                "Half-blocking dose for mu, just after it",
                step=0.01,
            ),
            slide(
                "kappa", "Kappa: times mu's half-blocking dose", step=0.1
            ),
            slide(
                "delta", "Delta: times mu's half-blocking dose", scale="log"
            ),
        ],
        runs={"main": run},
        sweeps={"by_dose": explorer.sweep("main", "dose", doses)},
        panels=[
            explorer.panel(
                "Blocked 4 hours after one dose",
                explorer.axis("Dose (mg)", 0.5, 100, "log"),
                explorer.axis("Receptors blocked", 0, 1),
                curve("mu", 0),
                curve("kappa", 1),
                curve("delta", 2),
                explorer.points(
                    "one scan (mu)",
                    5,
                    scans["dose_mg"].tolist(),
                    (scans["value"] / 100).tolist(),
                    names=scans["study"].tolist(),
                ),
                explorer.rule("x", "dose", "the dose set"),
                percent=True,
            )
        ],
        measures={
            "mu_blocked": blocked("mu"),
            "kappa_blocked": blocked("kappa"),
            "delta_blocked": blocked("delta"),
        },
        phrases={
            "verdict": explorer.phrase(
                "mu_blocked",
                "Less than half of the mu receptors",
                0.5,
                "More than half of the mu receptors",
                0.9,
                "Nearly all mu receptors",
            )
        },
        status="{verdict} are blocked: 4 hours after {dose}, about "
        "{mu_blocked} of mu, {kappa_blocked} of kappa and {delta_blocked} "
        "of delta receptors in the brain.",
    )


def explore_duration():
    """Control: washout of the blockade under three readings."""
    model = "receptor_occupancy"
    slide = partial(explorer.parameter_slider, model)
    run = partial(explorer.run, retention="retention", fading="fading")
    share = partial(explorer.measure, percent=True)
    hours = (4, 8, 12, 24)
    at_hours, at_week, over_day_7, rows = {}, {}, {}, []
    for name, output in READINGS.items():
        moments = {
            f"{name}_{t}": share(output, "at", (t, t), run="once")
            for t in hours
        }
        at_hours |= moments
        at_week[f"{name}_week"] = share(
            output, "at", (168, 168), run="week"
        )
        over_day_7[f"{name}_day_7"] = share(output, "mean", (144, 168))
        rows.append(
            {
                "label": name.capitalize(),
                "measures": [*moments, f"{name}_week"],
            }
        )
    curves = lambda run, **more: [
        explorer.line(
            name.capitalize(),
            READING_LOOK[name],
            run=run,
            output=output,
            **more,
        )
        for name, output in READINGS.items()
    ]
    series = evidence.occupancy().query("study == 'Lee 1988'")
    value, error = series["value"] / 100, series["dispersion"] / 100
    unseen = evidence.occupancy().loc["weerts_mu", "value"] / 100
    return explorer.Explorer(
        id="explore-duration",
        title="How long is “brief”?",
        hint="Slide the half-life in the brain to 4 hours: does the second "
        "picture still meet the measured points? The third is of a study "
        "that no fit has seen.",
        main=["dose", "retention"],
        badge="Fit",
        model=model,
        controls=[
            explorer.slider(
                "dose", "Dose", 4.5, 0.5, 50, "mg", scale="log"
            ),
            explorer.choice(
                "every",
                "How often",
                24,
                {"once": 0, "every 24 hours": 24, "every 48 hours": 48},
            ),
            slide(
                "retention",
                "Half-life of the drug in the brain (retained)",
                1,
                100,
                step=1,
            ),
            slide("fading", "Half-life of the blockade (fading)", step=1),
        ],
        presets=[
            {"label": "LDN, daily", "values": {"dose": 4.5, "every": 24}},
            {
                "label": "One 50 mg tablet",
                "values": {"dose": 50, "every": 0},
            },
            {
                "label": "The 12.5 mg study",
                "values": {"dose": 12.5, "every": 0},
            },
        ],
        runs={
            "main": run("dose", 168, "every", 7, 337),
            "once": run("dose", 24, samples=49),
            "week": run("dose", 168, 24, 7, 15),
            "check": run(50, 168, samples=169),
            "fourth": run(50, 96, 24, 4, 97, since=72),
        },
        panels=[
            explorer.panel(
                "The dose set",
                explorer.axis("Days after the first dose", 0, 7, per=24),
                explorer.axis("mu receptors blocked", 0, 1),
                *curves("main"),
                percent=True,
            ),
            explorer.panel(
                "Check: 50 mg against measurement",
                explorer.axis("Days after 50 mg", 0, 7, per=24),
                explorer.axis("Share of own 1-hour scan", 0, 1.2),
                *curves("check", relative_to=1),
                explorer.points(
                    "measured, ± SEM",
                    5,
                    series["time_h"].tolist(),
                    value.tolist(),
                    (value - error).tolist(),
                    (value + error).tolist(),
                    series["study"].tolist(),
                ),
                percent=True,
            ),
            explorer.panel(
                "Not used in the fit: 50 mg a day, fourth day",
                explorer.axis(
                    "Hours after the fourth dose", 0, 24, zero=72
                ),
                explorer.axis("mu receptors blocked", 0, 1),
                *curves("fourth"),
                explorer.rule("y", unseen, "measured, hour not seen"),
                percent=True,
            ),
        ],
        measures=at_hours | at_week | over_day_7,
        readout={
            "caption": "mu receptors blocked after one dose, and just "
            "before the next after a week of daily doses",
            "columns": [*(f"{t} h" for t in hours), "day 7"],
            "rows": rows,
        },
        status="It depends on the reading: a day after {dose}, "
        "{plasma_24} (plasma), {retained_24} (retained) or {fading_24} "
        "(fading) is blocked. Mean of day 7, {every}: {plasma_day_7}, "
        "{retained_day_7} or {fading_day_7}. No hour here makes an opioid "
        "safe.",
    )


# Places where a reader sets the height of a line (h after the dose).
GUESSED = (1, *range(2, 25, 2))
# What each of the readings holds.
MEANING = {
    "plasma": "Plasma: as in the blood",
    "retained": "Retained: the brain holds the drug",
    "fading": "Fading: the block itself fades",
}
LATEST_SCAN = 8  # hours; the scans were made before, at hours not printed


def explore_guess():
    """Control: the blockade after 4.5 mg, drawn by the reader first."""
    hour = lambda t: "1 hour" if t == 1 else f"{t} hours"
    names = {t: f"at_{t}" for t in GUESSED}
    heights = [
        explorer.slider(
            name,
            f"After {hour(t)}",
            -1,
            -1,
            100,
            "%",
            step=1,
            negative=explorer.NOT_DRAWN,
        )
        for t, name in names.items()
    ]
    known = explorer.switch(
        "known", "Show scans and readings", off="hidden", on="shown"
    )
    scans = evidence.occupancy().query(
        "study == 'Rabiner 2011' and dose_mg == 5"
    )
    seen = scans["value"] / 100
    hours, whole = (4, 12, 24), (GUESSED[0], GUESSED[-1])
    guess = partial(explorer.drawn_measure, "guess", percent=True)
    mine = {f"mine_{t}": guess("at", (t, t)) for t in hours}
    readings, rows = {}, [{"label": "Your line", "measures": list(mine)}]
    for name, output in READINGS.items():
        row = {
            f"{name}_{t}": explorer.measure(
                output, "at", (t, t), percent=True
            )
            for t in hours
        }
        row[f"{name}_apart"] = explorer.apart(
            "guess", "main", output, whole, unit="points", factor=100
        )
        readings |= row
        rows.append({"label": MEANING[name], "measures": list(row)})
    return explorer.Explorer(
        id="explore-guess",
        title="Draw it first",
        hint="Draw what share of the brain's mu receptors stays blocked "
        "after one dose, by finger, mouse, arrow keys or the sliders under "
        "More settings. Then turn on the switch: your line stays as it is, "
        "until Reset clears it.",
        badge="Fit",
        model="receptor_occupancy",
        controls=[known, *heights],
        main=["known"],
        still={"known": 1},
        drawn={
            "guess": {
                "x": list(GUESSED),
                "controls": list(names.values()),
                "per": 100,
                "until": "known",
            }
        },
        runs={"main": explorer.run(4.5, 24, samples=97)},
        panels=[
            explorer.panel(
                "mu receptors blocked after one dose of 4.5 mg",
                explorer.axis("Hours after the dose", 0, 24),
                explorer.axis("Receptors blocked", 0, 1),
                *(
                    explorer.line(
                        name.capitalize(),
                        READING_LOOK[name],
                        run="main",
                        output=output,
                        when="known",
                    )
                    for name, output in READINGS.items()
                ),
                explorer.points(
                    "scans at 5 mg",
                    5,
                    [SCAN_HOUR] * len(scans),
                    seen.tolist(),
                    names=scans["study"].tolist(),
                    reach=[0, LATEST_SCAN],
                    when="known",
                ),
                explorer.fog(
                    LATEST_SCAN, 24, "no scan of a low dose", when="known"
                ),
                explorer.line("your line", 2, drawn="guess"),
                percent=True,
                draw="guess",
            )
        ],
        measures={
            "highest": guess("max", whole),
        }
        | mine
        | readings,
        readout={
            "caption": "mu receptors blocked, and how far each reading is "
            "from your line on average, where you drew it",
            "columns": [*(f"{t} h" for t in hours), "from you"],
            "rows": rows,
            "when": "known",
        },
        phrases={
            "place": explorer.phrase(
                "mine_4",
                "you drew nothing beside",
                0,
                "your {mine_4} is below",
                float(seen.min()),
                "your {mine_4} is within",
                float(seen.max()) + 1e-9,
                "your {mine_4} is above",
            ),
            "early": explorer.phrase("mine_4", "nothing", 0, "{mine_4}"),
            "late": explorer.phrase("mine_24", "nothing", 0, "{mine_24}"),
            "drawn": explorer.phrase(
                "highest",
                "Draw your line first: the rest is hidden until you "
                "press the switch.",
                0,
                "You drew {early} at 4 hours and {late} at 24; the "
                "rest is still hidden.",
            ),
            "compared": explorer.phrase(
                "highest",
                f"{len(scans)} scans at 5 mg found {100 * seen.min():.0f} "
                f"to {100 * seen.max():.0f}% blocked. At 24 hours, where "
                "no scan of a low dose was found, the readings say "
                "{plasma_24} (plasma), {retained_24} (retained) or "
                "{fading_24} (fading).",
                0,
                f"At {SCAN_HOUR:g} hours {{place}} the "
                f"{len(scans)} scans at 5 mg ({100 * seen.min():.0f} to "
                f"{100 * seen.max():.0f}%, hour unknown, within "
                f"{LATEST_SCAN:g}). At 24, where we found no low-dose "
                "scan, you drew {late}; readings say "
                "{plasma_24} (plasma), {retained_24} (retained) or "
                "{fading_24} (fading).",
            ),
            "answer": explorer.phrase("known", "{drawn}", 1, "{compared}"),
        },
        status="{answer}",
    )


def explore_feedback():
    """Control: the rebound, net opioid signal with feedback, day by day."""
    model = "opioid_feedback"
    slide = partial(explorer.parameter_slider, model)
    log_slide = partial(slide, scale="log")
    controls = [
        explorer.slider(
            "dose", "Daily dose", 4.5, 0.1, 50, "mg", scale="log"
        ),
        slide("gain", "Strength of the feedback (gain)", 0, 5, step=0.01),
        log_slide("memory", "Memory of the sensor", 1, 100),
        log_slide(
            "half_life_sensor",
            "Half-life of the drug at the sensor",
            1,
            100,
        ),
        log_slide(
            "half_life_effector",
            "Half-life of the drug where opioids act",
            1,
            100,
        ),
        log_slide("turnover", "Half-life of the body's opioids", 0.3, 24),
        explorer.choice(
            "symmetry", "Feedback", 1, {"both ways": 1, "only upwards": 0}
        ),
    ]
    names = [control["name"] for control in controls[1:]]
    given = {name: name for name in names}
    sites = lambda sensor, effector: {
        "half_life_sensor": sensor,
        "half_life_effector": effector,
    }
    usual = {"gain": 0.66, "memory": 24, "turnover": 0.62, "symmetry": 1}
    only_up = {"gain": 5, "memory": 2, "turnover": 15, "symmetry": 0}
    doses = [0.1, 0.3, 0.6, 1, 1.5, 2.2, 3, 4.5, 6.5, 10, 16, 28, 50]
    day_28 = (648, 672)
    measure = partial(explorer.measure, window=day_28, run="month")
    return explorer.Explorer(
        id="explore-feedback",
        title="Does blocking raise the signal?",
        hint="Press “Two sites”, then the button after it: what is left "
        "of the rise? Then try to lift "
        "the curve above the line with one site and feedback both ways.",
        main=["dose"],
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {
                "label": "One site, as in the brain",
                "values": usual | sites(34, 34),
            },
            {
                "label": "One site, a few hours",
                "values": usual | sites(4, 4),
            },
            {"label": "Two sites", "values": usual | sites(34, 4)},
            {
                "label": "Two sites, 11 hours as the metabolite",
                "values": usual | sites(34, 11.1),
            },
            {
                "label": "Only upwards, slow opioids",
                "values": only_up | sites(4, 4),
            },
        ],
        runs={
            "week": explorer.run("dose", 168, 24, 7, 505, **given),
            "month": explorer.run(
                "dose", 672, 24, 28, 97, since=648, **given
            ),
        },
        sweeps={"by_dose": explorer.sweep("month", "dose", doses)},
        panels=[
            explorer.panel(
                "Mean signal on day 28, against dose",
                explorer.axis("Daily dose (mg)", 0.1, 50, "log"),
                explorer.axis("Relative to normal", 0, None),
                explorer.line(
                    "net opioid signal",
                    0,
                    sweep="by_dose",
                    output="signal",
                    reduce="mean",
                    window=list(day_28),
                ),
                explorer.rule("y", 1, "no drug"),
                explorer.rule("x", "dose", "the dose set"),
            ),
            explorer.panel(
                "The first week",
                explorer.axis("Days after the first dose", 0, 7, per=24),
                explorer.axis("Relative to normal", 0, None),
                explorer.line(
                    "net opioid signal", 0, run="week", output="signal"
                ),
                explorer.line(
                    "the body's opioids",
                    1,
                    run="week",
                    output="opioid_level",
                ),
                explorer.line(
                    "blocked at the sensor",
                    5,
                    run="week",
                    output="sensor_blocked",
                ),
                explorer.rule("y", 1, "no drug"),
            ),
        ],
        measures={
            "mean": measure("signal", "mean", digits=3),
            "high": measure("signal", "max", digits=3),
            "level": measure("opioid_level", "mean"),
        },
        phrases={
            "answer": explorer.phrase(
                "mean",
                "No: the day's mean signal falls to",
                0.995,
                "No change: the day's mean signal is",
                1.005,
                "In this model it does: the day's mean signal rises to",
            )
        },
        status="{answer} {mean} times normal (its highest moment: {high}), "
        "and the body's opioids (half-life {turnover}) are at {level} "
        "times, on day 28 of {dose} daily, feedback {symmetry}.",
    )
