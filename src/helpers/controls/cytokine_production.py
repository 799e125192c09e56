"""Controls of chapter 4, cytokines: what was measured, chance findings,
defence, infections, time.
"""

from functools import partial

from helpers import explorer
from helpers.analysis import defence, uncontrolled


def _odds(chance):
    """A chance with its noise, which simulation never makes sure."""
    return {
        "margin": explorer.phrase("noise", "", 0.05, " (± {noise})"),
        "odds": explorer.phrase(
            chance,
            "under 1%",
            0.005,
            f"{{{chance}}}{{margin}}",
            0.995,
            "over 99%",
        ),
    }


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
        "group. Without one, raise the number of people.",
        main=["entry", "control"],
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
                    "those on a bad day (1 SD)": 1.0,
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
                "A drug that does nothing: studies by how many "
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
        phrases=_odds("found")
        | {
            "verdict": explorer.phrase(
                "found",
                "Rarely",
                0.1,
                "In less than half of the studies",
                0.5,
                "In half of the studies or more",
                0.9,
                "Nearly always",
            ),
        },
        status="{verdict}: at least one cytokine “falls” in {odds}, "
        "though the drug does nothing; on average {number} (± "
        "{spread}) of {cytokines} do. {people} people, control group: "
        "{control}.",
    )


# How many studies a control repeats, and the settings that stay there.
STUDIES = (1, 5, 10, 20, 50, 100)
CORRELATION = 0.6
SEEDS = range(1, 101)


def explore_replays():
    """Control: replay after replay of a study of a drug that does
    nothing.
    """
    chances, grid = uncontrolled.chances(CORRELATION), uncontrolled.GRID
    axes = {name: grid[name] for name in chances.index.names}
    slide = lambda name, label, value, low, high, **scale: explorer.slider(
        name, label, value, low, high, "", marks=list(grid[name]), **scale
    )
    given = ("people", "cytokines", "entry", "control", "seed", "studies")
    # The error is shown in per cent.
    chances = chances.assign(error=100 * chances["error"])
    facts = chances[["any", "error"]].to_numpy().round(5)
    return explorer.Explorer(
        id="explore-replays",
        title="Run the trial, again and again",
        hint="Run it again and again: a study “worked” if any cytokine "
        "falls clearly (p below 0.05). Then add a control group, more "
        "people, or fewer cytokines, or let everybody enter.",
        badge="Illustration",
        main=["control", "studies"],
        controls=[
            explorer.switch("control", "Control group", off="none"),
            explorer.slider(
                "studies",
                "Studies",
                20,
                STUDIES[0],
                STUDIES[-1],
                "",
                marks=list(STUDIES),
            ),
            slide("people", "People in each group", 8, 4, 64, scale="log"),
            slide("cytokines", "Cytokines measured", 17, 1, 17),
            explorer.choice(
                "entry",
                "Who may enter",
                1.0,
                {
                    "everybody": uncontrolled.ALL,
                    "above average": 0.0,
                    "only on a bad day (1 SD)": 1.0,
                },
            ),
            explorer.slider(
                "seed",
                "Run (its numbers of chance)",
                1,
                SEEDS[0],
                SEEDS[-1],
                "",
                marks=list(SEEDS),
            ),
        ],
        again={"label": "Run it again", "control": "seed"},
        presets=[
            {"label": "No control group", "values": {}},
            {"label": "64 people", "values": {"people": 64}},
            {
                "label": "Everybody may enter",
                "values": {"entry": uncontrolled.ALL},
            },
            {"label": "Control group", "values": {"control": 1}},
            {
                "label": "Control group, one cytokine",
                "values": {"control": 1, "cytokines": 1},
            },
        ],
        table={
            "axes": [
                {"control": name, "values": list(values)}
                for name, values in axes.items()
            ],
            "x": {"facts": [0, 1], "critical": [0]},
            "series": {
                "facts": facts.ravel().tolist(),
                "critical": chances["critical"].tolist(),
            },
        },
        replays={
            "replay": {name: name for name in given}
            | {"correlation": CORRELATION, "critical": "critical"}
        },
        panels=[
            explorer.panel(
                "A drug that does nothing: what each study found",
                explorer.axis("The study says", None, None),
                explorer.axis("Studies", 0, None),
                explorer.pile(
                    "one study",
                    1,
                    ["it “worked”", "it did not"],
                    "replay",
                    "chance",
                ),
            )
        ],
        measures={
            "worked": explorer.successes("replay"),
            "chance": explorer.table_measure("facts", 0, percent=True),
            "noise": explorer.table_measure("facts", 1, unit="%", digits=1),
        },
        phrases=_odds("chance")
        | {
            "verdict": explorer.phrase(
                "chance",
                "A false success is rare",
                0.1,
                "False successes happen",
                0.5,
                "False successes are the rule",
            ),
        },
        status="{verdict}: {worked} of {studies} studies of a drug that "
        "does nothing “worked”. The chance is {odds} for each. People: "
        "{people}, {entry}; cytokines: {cytokines}; control group: "
        "{control}; run: {seed}.",
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
    measure = partial(explorer.measure, digits=2)
    germs = partial(explorer.measure, "germs", unit="%", factor=100)
    time = explorer.axis("Time (lifetimes of the cytokines)", 0, 40)
    drawn = lambda output: [
        explorer.line("with the drug", 0, run="main", output=output),
        explorer.line("without", 1, run="none", output=output),
    ]
    return explorer.Explorer(
        id="explore-defence",
        title="Damp or block?",
        hint="Invented germs and an invented drug, none of yours: press "
        "the second and the third button. Then move the signal taken away "
        "to both sides of 0.25: what fails first?",
        main=["damping"],
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {
                "label": "Damp the signal by 25%",
                "values": {"damping": 0.25, "calming_loss": 0},
            },
            {
                "label": "Calming arm by 25%, too",
                "values": {"damping": 0.25, "calming_loss": 0.25},
            },
            {
                "label": "Block 95% of the signal",
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
                explorer.axis("Share of the most", 1e-6, 1, "log"),
                *drawn("germs"),
                explorer.rule("y", defence.CLEAR, "counts as cleared"),
                percent=True,
            ),
        ],
        measures={
            "end": measure("signal", "at", (40, 40)),
            "plain": measure("signal", "at", (40, 40), run="none"),
            "late": measure("signal", "max", (30, 40)),
            "five": germs("at", (5, 5)),
            "five_plain": germs("at", (5, 5), run="none"),
            "fewest": explorer.measure("germs", "min", (0, 40)),
        },
        phrases={
            "calm": explorer.phrase(
                "late",
                "The inflammation calms down",
                defence.HEALTHY,
                "The inflammation goes on",
            ),
            "germs": explorer.phrase(
                "fewest",
                "the germs count as cleared",
                defence.CLEAR,
                "the germs are not cleared",
            ),
        },
        status="{calm}, {germs}: the signal ends at {end} (without the "
        "drug {plain}); at time 5 germs are at {five} of their most "
        "(without {five_plain}).",
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
        slide(
            "onset", "Half of the benefit comes after", 0.5, 40, scale="log"
        ),
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
    drug = {f"drug_{w}": measure("on_drug", window=(w, w)) for w in weeks}
    placebo = {
        f"placebo_{w}": measure("on_placebo", window=(w, w)) for w in weeks
    }
    gap = {f"gap_{w}": measure("difference", window=(w, w)) for w in weeks}
    return explorer.Explorer(
        id="explore-onset",
        title="What would a short trial see?",
        hint="Slide the half-time of the drug to 20 weeks and watch the "
        "bars for 3 weeks. Then set its benefit to 0: people still "
        "improve.",
        main=["onset", "full_effect"],
        badge="Illustration",
        model=model,
        controls=controls,
        runs={"main": explorer.run(0, 52, samples=209, **given)},
        panels=[
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
        ],
        measures=drug | placebo | gap,
        status="Supposing a full benefit of {full_effect} (in points), 3 "
        "weeks would show {gap_3} of it, 12 weeks {gap_12}, a year "
        "{gap_52}. In 3 weeks people "
        "improve by {drug_3} points on the drug, {placebo_3} on placebo.",
    )
