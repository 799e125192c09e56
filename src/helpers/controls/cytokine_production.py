"""Controls of chapter 4, cytokines: what was measured, chance findings,
defence, infections, time.
"""

from functools import partial

from helpers import explorer
from helpers.analysis import defence, uncontrolled


def explore_uncontrolled():
    """Control: chance findings in studies of a drug that does nothing."""
    table, grid = uncontrolled.table(), uncontrolled.GRID
    bars = table[["none", "some", "half", "all"]].to_numpy().round(4)
    # The error is shown in per cent.
    facts = table.assign(error=100 * table["error"])
    facts = facts[["any", "error", "mean", "mean_error"]].to_numpy()
    slide = lambda name, label, value, low, high, **scale: explorer.slider(
        name, label, value, low, high, "", marks=list(grid[name]), **scale
    )
    small = {"people": 8, "cytokines": 17, "correlation": 0.6}
    plain = {"entry": 0.0, "control": 0, "correction": 0}
    bad_day = {"entry": 1.0, "control": 0, "correction": 0}
    controlled = {"entry": 1.0, "control": 1, "correction": 0}
    return explorer.Explorer(
        id="explore-uncontrolled",
        title="How easily does nothing look like something?",
        hint="Let people enter only on a bad day, then add a control "
        "group. Then raise the number of people without one: more people "
        "make the false finding surer.",
        badge="Illustration",
        controls=[
            slide("people", "People in each group", 8, 4, 64, scale="log"),
            slide("cytokines", "Cytokines measured", 17, 1, 17),
            slide(
                "correlation", "Correlation between cytokines", 0.6, 0, 0.9
            ),
            explorer.choice(
                "entry",
                "Who may enter",
                0.0,
                {
                    "everybody": -9.0,
                    "those above average": 0.0,
                    "those far above average (1 SD)": 1.0,
                },
            ),
            explorer.choice(
                "control",
                "Control group",
                0,
                {"none": 0, "yes, without drug": 1},
            ),
            explorer.choice(
                "correction",
                "Correction for many tests",
                0,
                {"none": 0, "Bonferroni": 1},
            ),
        ],
        presets=[
            {"label": "Eight people, no control", "values": small | plain},
            {"label": "Bad day", "values": bad_day},
            {"label": "Bad day, control group", "values": controlled},
        ],
        table={
            "axes": [
                {"control": name, "values": list(values)}
                for name, values in grid.items()
            ],
            "x": {"shares": [0, 1, 2, 3], "facts": [0, 1, 2, 3]},
            "series": {
                "shares": bars.ravel().tolist(),
                "facts": facts.round(5).ravel().tolist(),
            },
        },
        panels=[
            explorer.panel(
                "Studies of a drug that does nothing, by how many "
                "cytokines “fall”",
                explorer.axis("Cytokines that fall", None, None),
                explorer.axis("Studies", 0, 1),
                explorer.bars(
                    "share of studies",
                    0,
                    ["none", "< half", "≥ half", "all"],
                    series="shares",
                ),
                percent=True,
            )
        ],
        measures={
            "found": explorer.table_measure("facts", 0, percent=True),
            "noise": explorer.table_measure("facts", 1, unit="%", digits=1),
            "number": explorer.table_measure("facts", 2, digits=3),
            "spread": explorer.table_measure("facts", 3, digits=1),
        },
        status="{people} people, {cytokines} cytokines, correlation "
        "{correlation}, entry {entry}, control group: {control}, "
        "correction: {correction}. At least one falls in {found} of "
        "studies (Monte-Carlo error {noise}); the mean is {number} "
        "(± {spread}).",
    )


def explore_defence():
    """Control: inflammation and germs under damping."""
    model = "inflammation_defence"
    slide = partial(explorer.parameter_slider, model)
    controls = [
        explorer.slider(
            "damping",
            "Inflaming signal taken away",
            0.25,
            0,
            0.95,
            "",
            step=0.01,
        ),
        slide(
            "calming_loss",
            "Calming production taken away",
            0,
            0.95,
            step=0.01,
        ),
        slide("feedback", "Severity of the disease", 8, 20, step=0.5),
        slide("killing", "Killing of germs by the signal", 2, 8, step=0.1),
        explorer.slider(
            "start_germ", "Germs at time 0", 0.05, 0.01, 0.3, "", step=0.01
        ),
    ]
    given = {control["name"]: control["name"] for control in controls}
    untreated = {
        name: name for name in ("feedback", "killing", "start_germ")
    }
    run = partial(explorer.run, 0, 40, samples=161)
    measure = partial(explorer.measure, digits=3)
    time = explorer.axis("Time (lifetimes of the cytokines)", 0, 40)
    drawn = lambda output: [
        explorer.line("with the drug", 0, run="main", output=output),
        explorer.line("without", 1, run="none", output=output),
    ]
    return explorer.Explorer(
        id="explore-defence",
        title="Damp or block?",
        hint="Press the buttons in turn. Then move the damping away from "
        "0.25 and see how soon it fails, on the one side by the signal, on "
        "the other by the germs.",
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {
                "label": "Damp by 25%",
                "values": {"damping": 0.25, "calming_loss": 0},
            },
            {
                "label": "Both arms down",
                "values": {"damping": 0.25, "calming_loss": 0.25},
            },
            {
                "label": "Block",
                "values": {"damping": 0.95, "calming_loss": 0},
            },
        ],
        runs={"main": run(**given), "none": run(**untreated)},
        panels=[
            explorer.panel(
                "Inflaming signal",
                time,
                explorer.axis("Signal", 0, None),
                *drawn("signal"),
            ),
            explorer.panel(
                "Germs",
                time,
                explorer.axis("Germs", 1e-6, 1, "log"),
                *drawn("germs"),
                explorer.rule("y", defence.CLEAR, "counts as cleared"),
            ),
        ],
        measures={
            "end": measure("signal", "at", (40, 40)),
            "plain": measure("signal", "at", (40, 40), run="none"),
            "five": measure("germs", "at", (5, 5)),
            "five_plain": measure("germs", "at", (5, 5), run="none"),
        },
        status="{damping} of the signal and {calming_loss} of the calming "
        "production taken away, severity {feedback}, killing {killing}, "
        "germs {start_germ}: at time 40 the signal is {end} (without drug "
        "{plain}); germs at time 5: {five} (without {five_plain}).",
    )


def explore_onset():
    """Control: what trials of different length see of a slow benefit."""
    model = "slow_benefit"
    slide = partial(explorer.parameter_slider, model)
    controls = [
        slide(
            "full_effect",
            "Full benefit of the drug (points)",
            0,
            3,
            step=0.1,
        ),
        slide("onset", "Half of it has come after", 0.5, 40, scale="log"),
        slide("placebo", "Placebo response (points)", 0, 3, step=0.1),
        slide(
            "placebo_onset",
            "Half of that has come after",
            0.5,
            20,
            scale="log",
        ),
    ]
    for control in controls[1::2]:
        control["unit"] = "weeks"
    given = {control["name"]: control["name"] for control in controls}
    weeks = (3, 8, 12, 52)
    lengths = [f"{w} weeks" for w in weeks]
    measure = partial(explorer.measure, reduce="at")
    drug = {
        f"drug_{w}": measure("on_drug", window=(w, w), digits=3)
        for w in weeks
    }
    placebo = {
        f"placebo_{w}": measure("on_placebo", window=(w, w), digits=3)
        for w in weeks
    }
    gap = {f"gap_{w}": measure("difference", window=(w, w)) for w in weeks}
    return explorer.Explorer(
        id="explore-onset",
        title="What would a short trial see?",
        hint="Slide the half-time of the drug from 1 to 20 weeks and watch "
        "the bar for 3 weeks. Then set the drug's benefit to 0: people on "
        "it still improve.",
        badge="Illustration",
        model=model,
        controls=controls,
        runs={"main": explorer.run(0, 52, samples=209, **given)},
        panels=[
            explorer.panel(
                "Improvement over a year",
                explorer.axis("Weeks", 0, 52),
                explorer.axis("Points", 0, None),
                explorer.line(
                    "on the drug", 0, run="main", output="on_drug"
                ),
                explorer.line(
                    "on placebo", 1, run="main", output="on_placebo"
                ),
            ),
            explorer.panel(
                "At the end of a trial",
                explorer.axis("Length of the trial", None, None),
                explorer.axis("Points", 0, None),
                explorer.bars(
                    "on the drug", 0, lengths, measures=list(drug)
                ),
                explorer.bars(
                    "on placebo", 1, lengths, measures=list(placebo)
                ),
            ),
        ],
        measures=drug | placebo | gap,
        status="Drug {full_effect} points, half in {onset}; placebo "
        "{placebo}, half in {placebo_onset}. Difference at 3, 8, 12 and 52 "
        "weeks: {gap_3}, {gap_8}, {gap_12} and {gap_52} points; people on "
        "the drug improve by {drug_3}, {drug_8}, {drug_12} and {drug_52}.",
    )
