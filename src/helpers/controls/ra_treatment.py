"""Controls of chapter 6, choosing a treatment for rheumatoid arthritis."""

from functools import partial
from itertools import product

import numpy as np

from helpers import explorer
from helpers.style import READING_LOOK


def explore_stories():
    """Control: what a few success stories show (placebo response).

    How many patients feel better without any effect of the drug.
    """
    # Here, because SciPy's statistics take half a second to load.
    from scipy import stats

    people = [5, 10, 20, 40, 100]
    benefit = {f"{share} in 100": share for share in (0, 10, 20, 30)}
    placebo = {
        "10 in 100 (tocilizumab trial)": 10,
        "15 in 100 (adalimumab trial)": 15,
        "27 in 100 (tofacitinib trial)": 27,
        "40 in 100": 40,
    }
    shares = np.arange(0, 101, 5)

    def chance(n, percent):
        """Of at least each of `shares` of n people, each with `percent`."""
        least = np.ceil(shares * n / 100 - 1e-9)
        chances = stats.binom.sf(least - 1, n, percent / 100)
        return chances.round(5).tolist()

    axes = {
        "people": people,
        "placebo": list(placebo.values()),
        "benefit": list(benefit.values()),
    }
    series = {"placebo": [], "drug": []}
    for n, without, more in product(*axes.values()):
        series["placebo"] += chance(n, without)
        series["drug"] += chance(n, without + more)
    return explorer.Explorer(
        id="explore-stories",
        title="What can a few success stories show?",
        hint="Raise the number of patients. When can a doctor whose drug "
        "helps be told from one whose drug does nothing?",
        main=["people", "benefit"],
        badge="Illustration",
        controls=[
            explorer.slider(
                "people",
                "Patients the doctor treats",
                10,
                5,
                100,
                "patients",
                marks=people,
            ),
            explorer.choice(
                "placebo", "Would feel better on placebo", 27, placebo
            ),
            explorer.choice(
                "benefit", "Helped by the drug in addition", 20, benefit
            ),
        ],
        table={
            "axes": [
                {"control": name, "values": values}
                for name, values in axes.items()
            ],
            "x": dict.fromkeys(series, shares.tolist()),
            "series": series,
        },
        panels=[
            explorer.panel(
                "Chance of seeing that many better",
                explorer.axis(
                    "At least this share of the patients is better (%)",
                    0,
                    100,
                ),
                explorer.axis("Chance", 0, 1),
                explorer.line("the drug does nothing", 5, series="placebo"),
                explorer.line("the drug helps", 1, series="drug"),
                percent=True,
            )
        ],
        measures={
            "nothing": explorer.table_measure("placebo", 50, percent=True),
            "helping": explorer.table_measure("drug", 50, percent=True),
        },
        phrases={
            "verdict": explorer.phrase(
                "nothing",
                "A drug that does nothing rarely looks good",
                0.01,
                "A drug that does nothing can look good",
            ),
            # never none, however rare
            "rarely": explorer.phrase(
                "nothing", "under 1%", 0.005, "{nothing}"
            ),
        },
        status="{verdict}: the chance that half or more of {people} feel "
        "better is {rarely} if it does nothing, {helping} if it helps "
        "{benefit}. On placebo: {placebo}.",
    )


def explore_antagonism():
    """Control: an opioid's effect after the last dose of naltrexone.

    The washout: against hours, and as a dose–response curve a day later,
    by the three readings of the scans.
    """
    model = "opioid_antagonism"
    parameter = partial(explorer.parameter_slider, model)
    given = {name: name for name in ("days", "opioid", "retention")}
    given = {"habit": "dose", **given}
    next_day = {"reduce": "at", "window": [24, 24]}

    def effects(**source):
        """The effect by each reading, and without naltrexone."""
        alone = {"output": "effect_alone", **source}
        return [
            explorer.line("without naltrexone", 5, **alone),
            *(
                explorer.line(
                    name, style, output=f"effect_{name}", **source
                )
                for name, style in READING_LOOK.items()
            ),
        ]

    measured = {
        "alone": explorer.measure("effect_alone", **next_day, percent=True)
    }
    for name in READING_LOOK:
        measured[f"effect_{name}_24"] = explorer.measure(
            f"effect_{name}", **next_day, percent=True
        )
    for name in READING_LOOK:
        measured[f"shift_{name}_24"] = explorer.measure(
            f"shift_{name}", **next_day
        )
    return explorer.Explorer(
        id="explore-antagonism",
        title="Why not together with an opioid?",
        hint="Compare two weeks of LDN with “One low dose”. Not a way to "
        "time or choose doses: the three readings disagree by days, and "
        "no measurement tells which is right.",
        main=["dose"],
        badge="Illustration",
        model=model,
        controls=[
            explorer.slider(
                "dose",
                "Dose of naltrexone",
                4.5,
                0.5,
                50,
                "mg",
                scale="log",
            ),
            explorer.slider(
                "days", "Earlier daily doses", 14, 0, 28, "days", step=1
            ),
            parameter(
                "opioid",
                "Strength of the opioid dose",
                0.3,
                30,
                scale="log",
            ),
            parameter(
                "retention",
                "Half-life of the drug in the brain (retained)",
                1,
                100,
                step=1,
            ),
        ],
        presets=[
            {"label": "One low dose", "values": {"dose": 4.5, "days": 0}},
            {
                "label": "Two weeks of LDN",
                "values": {"dose": 4.5, "days": 14},
            },
            {
                "label": "One 50 mg tablet",
                "values": {"dose": 50, "days": 0},
            },
        ],
        runs={
            "main": explorer.run("dose", 168, samples=337, **given),
            "day": explorer.run("dose", 24, samples=25, **given),
        },
        sweeps={
            "by_opioid": explorer.sweep(
                "day", "parameters.opioid", np.geomspace(0.1, 100, 13)
            )
        },
        panels=[
            explorer.panel(
                "Effect of the same opioid dose",
                explorer.axis(
                    "Days since the last dose of naltrexone", 0, 7, per=24
                ),
                explorer.axis("Share of full effect", 0, 1),
                *effects(run="main"),
                percent=True,
            ),
            explorer.panel(
                "One day after the last dose, by the opioid dose",
                explorer.axis(
                    "Opioid dose (1: half of the full effect)",
                    0.1,
                    100,
                    "log",
                ),
                explorer.axis("Share of full effect", 0, 1),
                *effects(sweep="by_opioid", **next_day),
                explorer.rule("x", "opioid", "the dose set"),
                percent=True,
            ),
        ],
        measures=measured,
        readout={
            "caption": "One day after the last dose",
            "columns": ["effect of the opioid", "dose ratio"],
            "rows": [
                {
                    "label": name,
                    "measures": [f"effect_{name}_24", f"shift_{name}_24"],
                }
                for name in READING_LOOK
            ],
        },
        status="No setting here is safe; withdrawal is not in the picture. "
        "The opioid may do less, for a time nobody measured: a day after "
        "the last dose {effect_plasma_24}, {effect_retained_24} or "
        "{effect_fading_24} of its effect (plasma, retained, fading), "
        "without naltrexone {alone}.",
    )
