"""Controls of chapter 6, choosing a treatment for rheumatoid arthritis."""

import numpy as np
from scipy import stats

from helpers import explorer
from helpers.style import READING_LOOK


def explore_stories():
    """Control: how many of a few patients would feel better without any effect of the drug."""
    people, placebo, benefit = [5, 10, 20, 40, 100], [10, 15, 27, 40], [0, 10, 20, 30]
    shares = np.arange(0, 101, 5)
    chance = lambda n, p: stats.binom.sf(np.ceil(shares * n / 100 - 1e-9) - 1, n, p / 100).round(5).tolist()
    grid = [(n, p, b) for n in people for p in placebo for b in benefit]
    series = {
        "placebo": [v for n, p, b in grid for v in chance(n, p)],
        "drug": [v for n, p, b in grid for v in chance(n, p + b)],
    }
    settings = {"10% (RADIATE)": 10, "15% (adalimumab trial)": 15, "27% (ORAL Solo)": 27, "40%": 40}
    return explorer.Explorer(
        id="explore-stories",
        title="What can a few success stories show?",
        hint="The first curve is a doctor whose drug does nothing. Raise the number of patients, or the number who get better anyway, and see when the two doctors can be told apart.",
        badge="Illustration",
        controls=[
            explorer.slider("people", "Patients the doctor treats", 10, 5, 100, "patients", marks=people),
            explorer.choice("placebo", "Would feel better on placebo", 27, settings),
            explorer.choice("benefit", "Helped by the drug in addition", 20, {f"{b} in 100": b for b in benefit}),
        ],
        table={
            "axes": [{"control": "people", "values": people}, {"control": "placebo", "values": placebo}, {"control": "benefit", "values": benefit}],
            "x": dict.fromkeys(series, shares.tolist()),
            "series": series,
        },
        panels=[
            explorer.panel(
                "Chance of seeing that many better",
                explorer.axis("At least this share of the patients is better (%)", 0, 100),
                explorer.axis("Chance", 0, 1),
                explorer.line("the drug does nothing", 5, series="placebo"),
                explorer.line("the drug helps", 1, series="drug"),
                percent=True,
            )
        ],
        status="{people}, of whom {placebo} would feel better on placebo and {benefit} more because of the drug.",
    )


def explore_antagonism():
    """Control: an opioid's effect against hours since the last dose of naltrexone."""
    lines = lambda output, **more: [explorer.line(name, style, output=f"{output}_{name}", **more) for name, style in READING_LOOK.items()]
    given = {"habit": "dose", "days": "days", "opioid": "opioid", "retention": "retention"}
    return explorer.Explorer(
        id="explore-antagonism",
        title="Why not together with an opioid?",
        hint="Compare one dose of LDN with two weeks of it. The three readings disagree by days, and no measurement tells which is right: that is why the rule is caution. Not a way to time or choose doses.",
        badge="Illustration",
        model="opioid_antagonism",
        controls=[
            explorer.slider("dose", "Dose of naltrexone", 4.5, 0.5, 50, "mg", scale="log"),
            explorer.slider("days", "Earlier daily doses", 14, 0, 28, "days", step=1),
            explorer.parameter_slider("opioid_antagonism", "opioid", "Strength of the opioid dose", 0.3, 30, scale="log"),
            explorer.parameter_slider("opioid_antagonism", "retention", "Half-life of the drug in the brain (retained)", 1, 100, step=1),
        ],
        presets=[
            {"label": "One low dose", "values": {"dose": 4.5, "days": 0}},
            {"label": "Two weeks of LDN", "values": {"dose": 4.5, "days": 14}},
            {"label": "One 50 mg tablet", "values": {"dose": 50, "days": 0}},
        ],
        runs={
            "main": explorer.run("dose", 168, samples=337, **given),
            "day": explorer.run("dose", 24, samples=25, **given),
        },
        sweeps={"by_opioid": explorer.sweep("day", "parameters.opioid", np.geomspace(0.1, 100, 13))},
        panels=[
            explorer.panel(
                "Effect of the same opioid dose",
                explorer.axis("Hours since the last dose of naltrexone", 0, 168),
                explorer.axis("Share of full effect", 0, 1),
                explorer.line("without naltrexone", 5, run="main", output="effect_alone"),
                *lines("effect", run="main"),
                percent=True,
            ),
            explorer.panel(
                "Other opioid doses, one day after the last dose",
                explorer.axis("Opioid dose (1 gives half of the full effect)", 0.1, 100, "log"),
                explorer.axis("Share of full effect", 0, 1),
                explorer.line("without naltrexone", 5, sweep="by_opioid", output="effect_alone", reduce="at", window=[24, 24]),
                *lines("effect", sweep="by_opioid", reduce="at", window=[24, 24]),
                explorer.rule("x", "opioid", "the opioid dose set"),
                percent=True,
            ),
        ],
        measures={"alone": explorer.measure("effect_alone", "at", (24, 24), percent=True)}
        | {f"effect_{name}_24": explorer.measure(f"effect_{name}", "at", (24, 24), percent=True) for name in READING_LOOK}
        | {f"shift_{name}_24": explorer.measure(f"shift_{name}", "at", (24, 24)) for name in READING_LOOK},
        readout={
            "caption": "One day after the last dose",
            "columns": ["effect of the opioid", "dose ratio"],
            "rows": [{"label": name, "measures": [f"effect_{name}_24", f"shift_{name}_24"]} for name in READING_LOOK],
        },
        status="{dose} after {days} of it, opioid strength {opioid}, brain half-life {retention}: a day later {effect_plasma_24} (plasma), "
        "{effect_retained_24} (retained) or {effect_fading_24} (fading) of the full effect, against {alone} without naltrexone.",
    )
