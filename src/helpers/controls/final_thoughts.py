"""Controls of chapter 7.

Everyone ever randomised, all trials together, the trial that would settle
it, one patient, what would change the verdicts, and a chain of chances.
"""

from functools import partial

import numpy as np

from helpers import evidence, explorer
from helpers.analysis import (
    meta_analysis,
    randomised,
    verdict_changes,
    virtual_trial,
)
from helpers.badges import VERDICTS
from helpers.evidence import ledger, study_cards
from helpers.explorer import arrows, dots
from helpers.figures import intro


def _by(groups, column, rings):
    """A view's blocks, one for each value of a column, largest first."""
    sums = groups.groupby(column)["people"].sum()
    return [
        *(
            dots.block(
                f"{name[:1].upper()}{name[1:]}: {people}",
                groups.index[groups[column] == name].tolist(),
            )
            for name, people in sums.sort_values(ascending=False).items()
        ),
        rings,
    ]


def _parts(groups, column, words):
    """'372 had fibromyalgia, 80 multiple sclerosis', the largest first."""
    sums = groups.groupby(column)["people"].sum()
    largest, *others = sums.sort_values(ascending=False).items()
    first = words.format(name=largest[0], people=largest[1])
    return ", ".join([first, *(f"{n} {name}" for name, n in others)])


def explore_everyone():
    """Control: everyone ever randomised, one dot a person.

    In the blind trials of LDN against placebo that have reported.
    """
    groups, trials = randomised.groups(), randomised.trials()
    uncounted = trials.index[trials["randomised"].isna()]
    without = randomised.unfinished().index
    studies = [*groups["study"].unique(), *uncounted, *without]
    picks = {study: i for i, study in enumerate(studies, start=1)}
    group = lambda study, people: dots.group(
        study, people, picks[study], study_cards.anchor(study)
    )
    marks = [
        *map(group, groups["study"], groups["people"].tolist()),
        *(group(study, None) for study in [*uncounted, *without]),
    ]
    people = int(groups["people"].sum())
    rings = dots.block(
        f"Rings: {len(without)} have no result, "
        f"{len(uncounted)} no count of people",
        range(len(groups), len(marks)),
    )
    few = groups["arthritis"] == randomised.INFLAMMATORY
    lost = groups["arthritis"] == randomised.LOST
    n_few, n_lost = (
        int(groups.loc[x, "people"].sum()) for x in (few, lost)
    )
    [design] = groups.loc[few, "design"].unique()
    arthritis = [
        dots.block(
            f"Inflammatory arthritis, finished: {n_few}",
            groups.index[few].tolist(),
        ),
        dots.block(
            f"Left early, kind of arthritis not seen: {n_lost}",
            groups.index[lost].tolist(),
            faint=True,
        ),
        dots.block(
            f"Everyone else: {people - n_few - n_lost}",
            groups.index[~few & ~lost].tolist(),
            faint=True,
        ),
        rings | {"faint": True},
    ]
    asked = groups.groupby("question")["people"].sum()
    asked = asked.sort_values(ascending=False)
    joints = randomised.with_joints()
    joints = f"{joints} people were" if joints else "Nobody was"
    alone = (trials["condition"] == "rheumatoid arthritis").sum()
    steps = explorer.phrase(
        "step",
        f"In the {groups['study'].nunique()} reported blind trials whose "
        f"people can be counted, {people} were randomised, to LDN or "
        "to placebo, or to both in turn (crossover). "
        f"{alone or 'None'} of the trials was in rheumatoid arthritis "
        "alone.",
        2,
        _parts(groups, "family", "{people} of the people had {name}")
        + f"; of those with arthritis, {n_few} are known to have had an "
        "inflammatory one.",
        3,
        "What each trial asked first, or reported first: "
        + ", ".join(f"{name} ({n} people)" for name, n in asked.items())
        + f". {joints} in a trial that gave a result on inflamed joints.",
        4,
        f"{n_few} of {people} people are known to have finished a blind "
        "trial with rheumatoid or another inflammatory arthritis "
        f"({design}). How many of the {n_few} had rheumatoid arthritis "
        "was not seen.",
    )
    table, outcomes = evidence.studies(), evidence.trials()
    told = [
        _trial_in_words(study, table.loc[study], outcomes)
        for study in studies
    ]
    picked = [
        part for i, words in enumerate(told, 1) for part in (i, words)
    ]
    names = {"none": 0} | {
        f"{study} ({_randomised(row)})": picks[study]
        for study, row in table.loc[studies].iterrows()
    }
    return explorer.Explorer(
        id="explore-everyone",
        title="Everyone ever randomised",
        hint="A dot is a person in a blind trial of LDN against placebo. "
        "Go through the steps, and touch a dot to see its trial.",
        badge="Data",
        controls=[
            explorer.slider(
                "step", "Step", 1, 1, 4, "of 4", marks=[1, 2, 3, 4]
            ),
            explorer.choice("trial", "Look at one trial", 0, names),
        ],
        main=["step", "trial"],
        presets=[
            {"label": label, "values": {"step": step}}
            for step, label in enumerate(
                (
                    "All",
                    "By disease",
                    "By question",
                    "Inflammatory arthritis",
                ),
                start=1,
            )
        ],
        panels=[
            dots.panel(
                "The people of the trials that we found",
                "step",
                "trial",
                marks,
                [
                    dots.view(
                        1,
                        dots.block(
                            f"Randomised: {people}", range(len(groups))
                        ),
                        rings,
                    ),
                    dots.view(2, *_by(groups, "family", rings)),
                    dots.view(3, *_by(groups, "question", rings)),
                    dots.view(4, *arthritis),
                ],
                ("a person", "a trial whose people we cannot count"),
            )
        ],
        phrases={
            "shown": steps,
            "answer": explorer.phrase("trial", "{shown}", *picked),
        },
        status="{answer}",
    )


def _randomised(row):
    """'98 randomised', as many as there are dots."""
    if row["randomised"] > 0:
        return f"{row['randomised']:.0f} randomised"
    return study_cards.people(row)


def _trial_in_words(study, row, outcomes):
    """A trial in a sentence: what it was, and its first result."""
    people = _randomised(row)
    if row["analysed"] < row["randomised"]:
        people += f", {row['analysed']:.0f} of them analysed"
    # Without its disease a score says nothing: many diseases share them.
    design = study_cards.design(row).removeprefix("randomised trial, ")
    words = f"{study}, in {row['condition']}: {design}; {people}."
    outcomes = outcomes[outcomes["study"] == study]
    if not len(outcomes):
        return words + " We did not see a result."
    primary = outcomes[outcomes["primary"] == "yes"]
    first = (primary if len(primary) else outcomes).iloc[0]
    asked = first["outcome"][:1].upper() + first["outcome"][1:]
    return f"{words} {asked}: {study_cards.spoken_result(first)}."


def explore_pooling():
    """Control: the pooled mean of the trials (meta-analysis).

    As the assumed correlation, the trials and the interval change.
    """
    correlations = np.linspace(0, 0.9, 19).round(2)
    trials = [*meta_analysis.PARALLEL, *meta_analysis.CROSSOVER]
    names = ("mean", "low", "high", "inconsistency", "any", "more")
    rows = []
    tables = [meta_analysis.standardised(rho) for rho in correlations]
    for out in ([], *([trial] for trial in trials)):
        kept = [table.drop(out) for table in tables]
        pairs = [
            (
                meta_analysis.pool(t["d"], t["se"]),
                meta_analysis.posterior(t["d"], t["se"]),
            )
            for t in kept
        ]
        same = [(p.i2, q.below(0), q.below(-0.3)) for p, q in pairs]
        ends = (
            [(p.mean, p.low, p.high) for p, _ in pairs],
            [(p.mean, p.plain_low, p.plain_high) for p, _ in pairs],
            [(q.mean, *map(q.quantile, (0.025, 0.975))) for _, q in pairs],
        )
        rows += [a + b for three in ends for a, b in zip(three, same)]
    series = {
        name: np.round(values, 5).tolist()
        for name, values in zip(names, zip(*rows))
    }
    studies = tables[0]["study"]
    left_out = {"no trial": 0}
    left_out |= {studies[id]: i for i, id in enumerate(trials, start=1)}
    intervals = {"Hartung–Knapp": 0, "usual": 1, "posterior": 2}
    axes = {"out": list(left_out.values()), "interval": [0, 1, 2]}
    correlation = explorer.axis("Correlation of the two periods", 0, 0.9)
    mark = explorer.rule("x", "at", "your setting")
    here = partial(explorer.table_measure, at="at")
    return explorer.Explorer(
        id="explore-pooling",
        title="One answer from four trials?",
        hint="Slide the correlation, which no abstract has printed, from "
        "end to end. Then leave each trial out in turn.",
        main=["at", "out"],
        badge="Fit",
        controls=[
            explorer.choice("out", "Left out", 0, left_out),
            explorer.choice("interval", "Interval", 0, intervals),
            explorer.slider(
                "at",
                "Correlation of a person's two periods",
                0.5,
                0,
                0.9,
                "1",
                marks=correlations.tolist(),
            ),
        ],
        table={
            "axes": [
                {"control": name, "values": values}
                for name, values in axes.items()
            ],
            "x": dict.fromkeys(series, correlations.tolist()),
            "series": series,
        },
        panels=[
            explorer.panel(
                "Pooled difference in pain",
                correlation,
                explorer.axis("SDs, below 0: LDN better", -1.5, 1.5),
                explorer.band(
                    "95% interval", 2, low_series="low", high_series="high"
                ),
                explorer.line("mean", 2, series="mean"),
                explorer.rule("y", 0, "no difference"),
                mark,
            ),
            explorer.panel(
                "Chance that the mean is a benefit",
                correlation,
                explorer.axis("Chance", 0, 1),
                explorer.line("any benefit", 2, series="any"),
                explorer.line("more than 0.3 SD", 1, series="more"),
                mark,
                percent=True,
            ),
            explorer.panel(
                "Scatter beyond chance (I²)",
                correlation,
                explorer.axis("Share of the scatter", 0, 1),
                explorer.line("I²", 0, series="inconsistency"),
                mark,
                percent=True,
            ),
        ],
        measures={name: here(name) for name in names[:3]}
        | {name: here(name, percent=True) for name in names[4:]},
        phrases={
            "answer": explorer.phrase(
                "high",
                "Pain is less on LDN, by this interval",
                0,
                "No clear difference",
            )
        },
        status="{answer}: {mean} SDs ({low} to {high}, {interval}; below 0 "
        "LDN is better). Chance that the mean is any benefit {any}, over "
        "0.3 SD {more}, in fibromyalgia; not one person's. Correlation "
        "{at}; left out: {out}.",
    )


def explore_design():
    """Control: power of a trial of given size and design.

    And the smallest benefit that it would find with 80% power.
    """
    model = "trial_power"
    parameter = partial(explorer.parameter_slider, model)
    arms = {
        "2 (LDN, placebo)": 2,
        "3 (two doses, placebo)": 3,
        "4 (three doses, placebo)": 4,
    }
    lines = {
        "effect": ("Benefit beyond placebo (points of 10)", 0.1, 3, 0.1),
        "sd": ("Standard deviation (points)", 0.5, 4, 0.1),
        "placebo": ("Improvement on placebo (points)", 0, 3, 0.1),
        "dropout": ("Share lost", 0, 0.5, 0.05),
        "correlation": (
            "Correlation of a person's two periods",
            0,
            0.9,
            0.05,
        ),
    }
    controls = [
        *(
            parameter(name, *given, step=step)
            for name, (*given, step) in lines.items()
        ),
        explorer.choice("arms", "Treatments compared", 2, arms),
        explorer.slider(
            "people",
            "People randomised",
            100,
            10,
            1000,
            "people",
            scale="log",
        ),
    ]
    parameters = {control["name"]: control["name"] for control in controls}
    at_size = {"sweep": "by_size", "reduce": "at", "window": [1, 1]}

    def curve(label, style, output):
        """An output of the model against the number of people."""
        return explorer.line(label, style, output=output, **at_size)

    size = explorer.axis("People randomised", 10, 1000, "log")
    yours = explorer.rule("x", "people", "your trial")
    # 80% power finds 2.8016 standard errors; an interval is 3.92 wide.
    trials = evidence.trials().loc[list(meta_analysis.PARALLEL)]
    seen = 2.8016 * (trials["high"] - trials["low"]) / 3.92
    now = partial(explorer.measure, reduce="at", window=(1, 1))
    powers = ("parallel", "crossover", "uncontrolled")
    people = ("parallel_needed", "crossover_needed")
    return explorer.Explorer(
        id="explore-design",
        title="Design the trial",
        hint="Press “Half a point”: how many people does it take? Then "
        "raise the improvement on placebo, under More settings.",
        main=["people", "effect"],
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {"label": "Half a point", "values": {"effect": 0.5}},
            {
                "label": "Two doses and placebo",
                "values": {"arms": 3, "effect": 0.7},
            },
            {
                "label": "Like the trial FINAL",
                "values": {
                    "effect": 1.0,
                    "sd": 1.5,
                    "dropout": 0,
                    "people": 99,
                },
            },
        ],
        runs={"main": explorer.run(0, 1, samples=2, **parameters)},
        sweeps={
            "by_size": explorer.sweep(
                "main", "parameters.people", np.geomspace(10, 1000, 25)
            )
        },
        panels=[
            explorer.panel(
                "Chance to find the benefit",
                size,
                explorer.axis("Power", 0, 1),
                curve("parallel", 0, "parallel"),
                curve("crossover", 1, "crossover"),
                curve("no control", 5, "uncontrolled"),
                yours,
                explorer.rule("y", 0.8, "80%"),
                percent=True,
            ),
            explorer.panel(
                "Smallest benefit found with 80% power",
                size,
                explorer.axis("Points of 10", 0, 4),
                curve("parallel", 0, "parallel_seen"),
                curve("crossover", 1, "crossover_seen"),
                explorer.points(
                    "FINAL and INNOVA (parallel)",
                    3,
                    trials["n"].astype(int).tolist(),
                    seen.tolist(),
                    names=trials["study"].tolist(),
                ),
                explorer.rule("y", "effect", "your benefit"),
                yours,
            ),
        ],
        measures={name: now(name, percent=True) for name in powers}
        | {name: now(name, whole=True) for name in people},
        readout={
            "caption": "Your trial",
            "columns": ["power", "people for 80%"],
            "rows": [
                {"label": name, "measures": [name, f"{name}_needed"]}
                for name in ("parallel", "crossover")
            ],
        },
        phrases={
            "verdict": explorer.phrase(
                "parallel",
                "Too small: it misses the benefit more often than not",
                0.5,
                "Rather small: it may miss the benefit",
                0.8,
                "Large enough by the usual standard",
            )
        },
        status="{verdict}. With {people}, {parallel} of parallel trials "
        "and {crossover} of crossovers find {effect} of 10 points; 80% "
        "takes {parallel_needed} or {crossover_needed} people. Without "
        "control, placebo ({placebo} points) included, {uncontrolled} "
        "“succeed”.",
    )


def explore_patient():
    """Control: one virtual patient, from dose to pain."""
    model = virtual_trial.MODEL
    parameter = partial(explorer.parameter_slider, model)
    sites = {
        "sees the blood (two sites)": 0,
        "sees the brain (one site)": 1,
    }
    controls = [
        explorer.slider(
            "dose", "Daily dose", 4.5, 0.1, 50, "mg", scale="log"
        ),
        explorer.choice(
            "one_site", "The place where opioids act", 0, sites
        ),
        parameter(
            "gain", "Strength of the feedback (gain)", 0, 5, step=0.01
        ),
        parameter(
            "retention",
            "Half-life of the drug in the brain",
            2,
            100,
            scale="log",
        ),
        parameter(
            "sensitivity",
            "Points of pain per doubled signal",
            0,
            20,
            step=0.5,
        ),
        parameter("onset", "Half-time of relief", 12, 700, scale="log"),
        parameter(
            "potency",
            "Potency of 6β-naltrexol where opioids act",
            0,
            3,
            step=0.05,
        ),
    ]
    parameters = {
        control["name"]: control["name"] for control in controls[1:]
    }
    weeks = 6 * 168  # hours
    last_day = (weeks - 24, weeks)
    daily = partial(explorer.run, "dose", weeks, 24, 42, **parameters)
    at_end = partial(
        explorer.measure, "less_pain", "mean", last_day, run="day"
    )
    return explorer.Explorer(
        id="explore-patient",
        title="One virtual patient",
        hint="Not a way to choose a dose: switch to one site, and see what "
        "becomes of the pain. Then press “6β-naltrexol counts” (the "
        "metabolite, outside the brain) and “Without effect”.",
        main=["one_site", "dose"],
        badge="Illustration",
        model=model,
        controls=controls,
        presets=[
            {
                "label": "As supposed",
                "values": {
                    "one_site": 0,
                    "sensitivity": 5,
                    "dose": 4.5,
                    "gain": 0.66,
                },
            },
            {
                "label": "6β-naltrexol counts",
                "values": {"one_site": 0, "potency": 1},
            },
            {
                "label": "One site",
                "values": {"one_site": 1, "sensitivity": 5},
            },
            {"label": "Without effect", "values": {"sensitivity": 0}},
            {
                "label": "50 mg",
                "values": {"dose": 50, "one_site": 0, "sensitivity": 5},
            },
        ],
        runs={
            "weeks": daily(samples=85),
            "day": daily(samples=97, since=weeks - 24),
        },
        panels=[
            explorer.panel(
                "Six weeks",
                explorer.axis("Weeks", 0, 6, per=168),
                explorer.axis("Points of 10, below 0: more pain", -5, 5),
                explorer.line(
                    "pain taken away", 0, run="weeks", output="less_pain"
                ),
                explorer.rule("y", 0, ""),
            ),
            explorer.panel(
                "The last of these days",
                explorer.axis(
                    "Hours after the last dose", 0, 24, zero=last_day[0]
                ),
                explorer.axis("Share, or relative to normal", 0, None),
                explorer.line(
                    "net opioid signal", 0, run="day", output="signal"
                ),
                explorer.line(
                    "blocked in the brain",
                    5,
                    run="day",
                    output="sensor_blocked",
                ),
                explorer.line(
                    "blocked where opioids act",
                    1,
                    run="day",
                    output="effector_blocked",
                ),
                explorer.rule("y", 1, "no drug"),
            ),
        ],
        measures={
            "relief": at_end(),
            "added": at_end(factor=-1),
            "mean": explorer.measure(
                "signal", "mean", last_day, run="day", digits=2
            ),
            "blocked": explorer.measure(
                "sensor_blocked", "mean", last_day, run="day", percent=True
            ),
        },
        phrases={
            "verdict": explorer.phrase(
                "relief",
                "Pain would grow beyond a scale of 10 points (no such "
                "person exists)",
                -10,
                "Pain grows by {added} points of 10",
                -0.05,
                "Pain stays as it is (within 0.05 points of 10)",
                0.05,
                "Pain falls by {relief} points of 10",
                10,
                "Pain would fall beyond a scale of 10 points (no such "
                "person exists)",
            )
        },
        status="{verdict} after six weeks of {dose} daily, in this model. "
        "The day's mean opioid signal is then {mean} times normal, with "
        "{blocked} blocked in the brain.",
    )


def _dash(badge):
    """The dash of a badge as SVG writes it, for a line 2.4 px wide."""
    if badge.dash == "-":
        return "none"
    return " ".join(f"{2.4 * part:g}" for part in badge.dash[1])


# The verdicts in brief, in their order.
BRIEF = (
    "well established",
    "in part",
    "unproven",
    "contested",
    "contradicted",
)
SIGNS = [
    f"{badge.icon} {words}"
    for badge, words in zip(VERDICTS.values(), BRIEF)
]


def _map(table, claims, options):
    """The map of the mechanism, whose arrows follow the results.

    options: (result, control, value) of each result.
    """
    verdicts = list(VERDICTS)
    changes = {}
    for result, control, value in options:
        for row in table[table["result"] == result].itertuples():
            change = control, value, verdicts.index(row.verdict)
            changes.setdefault(row.claim, []).append(change)
    return arrows.panel(
        "The map: arrows by verdict",
        [arrows.box(name, *given) for name, given in intro.BOXES.items()],
        [
            arrows.arrow(
                arrow.start,
                arrow.end,
                arrow.label,
                verdicts.index(claims.loc[arrow.claim, "verdict"]),
                *changes.get(arrow.claim, ()),
            )
            for arrow in evidence.mechanism(intro.BOXES).itertuples()
        ],
        [
            arrows.look(verdict, badge.icon, badge.style, _dash(badge))
            for verdict, badge in VERDICTS.items()
        ],
        SIGNS,
    )


# The two routes of the map, by the ids of their arrows, M and a number.
ROUTES = {
    "to the joint": ("M1", "M2", "M3", "M4", "M5", "M6"),
    "to symptoms": ("M7", "M8", "M9"),
}
TRIAL = "A large trial in rheumatoid arthritis"
EVEN, LIKELY = 50, 90  # per cent on each arrow of the chain


def explore_verdicts():
    """Control: what the verdicts would be.

    If results came that nobody has seen.
    """
    table, claims = evidence.verdict_changes(), evidence.claims()
    questions = verdict_changes.questions()
    options, controls = [], []
    for question, results in questions.items():
        options += [(r, question, i) for i, r in enumerate(results, 1)]
        if len(results) == 1:
            controls.append(explorer.switch(question, results[0]))
        else:
            known = {"not done": 0} | {
                r: i for i, r in enumerate(results, 1)
            }
            controls.append(explorer.choice(question, TRIAL, 0, known))
    counts, changed = _all_counts()
    read = lambda name, at: explorer.table_measure(name, at, digits=3)
    icons = [badge.icon for badge in VERDICTS.values()]
    now = [f"n{i}" for i in range(len(icons))]
    return explorer.Explorer(
        id="explore-verdicts",
        title="Change the verdicts",
        hint="Suppose a result that nobody has seen yet: which claims "
        "move, and which arrows?",
        badge="Illustration",
        controls=controls,
        main=["trial", "scan"],
        presets=[
            {"label": "What we know today", "values": {}},
            {"label": "The trial finds a benefit", "values": {"trial": 1}},
            {
                "label": "The chain is seen",
                "values": {"scan": 1, "opioids": 1, "fluid": 1},
            },
            {"label": "Harm is seen", "values": {"infections": 1}},
        ],
        table={
            "axes": [
                {"control": question, "values": [*range(len(results) + 1)]}
                for question, results in questions.items()
            ],
            "x": {"claims": [*range(len(icons))], "changed": [0]},
            "series": {"claims": counts, "changed": changed},
        },
        panels=[
            explorer.panel(
                "The scoreboard",
                explorer.axis("Verdict", 0, 5),
                explorer.axis("Claims", 0, 30),
                explorer.bars("claims", 0, icons, series="claims"),
                keys=SIGNS,
            ),
            _map(table, claims, options),
        ],
        measures={"changed": read("changed", 0)}
        | {name: read("claims", i) for i, name in enumerate(now)},
        phrases={
            "answer": explorer.phrase(
                "changed",
                "What we know today",
                1,
                "One verdict changes",
                2,
                "{changed} verdicts change",
            )
        },
        status="{answer}: "
        + ", ".join(f"{{n{i}}} {words}" for i, words in enumerate(BRIEF))
        + ".",
        notes=explorer.notes(
            "What changes, and why",
            "Nothing: this is what we know today.",
            *(
                explorer.note(
                    control,
                    value,
                    f"{claims.loc[row.claim, 'claim']}: from "
                    f"{claims.loc[row.claim, 'verdict']} to {row.verdict}. "
                    f"{row.reason}",
                    row.claim,
                    f"{ledger.LEDGER.replace('.md', '.html')}#{row.claim}",
                )
                for result, control, value in options
                for row in table[table["result"] == result].itertuples()
            ),
        ),
    )


def explore_chain():
    """Control: how far the chain of the mechanism holds.

    If each arrow of the map had the chance that the reader gives it.
    """
    steps = evidence.mechanism(intro.BOXES)
    goal = lambda arrow: intro.BOXES[arrow.end][0].replace("\n", " ")
    chances = [
        explorer.slider(
            arrow.Index.lower(),
            f"Arrow {i}: {arrow.label} → {goal(arrow)}",
            EVEN,
            0,
            100,
            "%",
            step=5,
        )
        for i, arrow in enumerate(steps.itertuples(), 1)
    ]
    names = [chance["name"] for chance in chances]
    held, ends = {}, {}
    for route, ids in ROUTES.items():
        before = []
        for id in ids:
            held[f"up_to_{id}"] = explorer.product(
                *before, id.lower(), factor=0.01, percent=True
            )
            before = [f"up_to_{id}"]
        ends[route.split()[-1]] = explorer.product(
            *before, factor=100, unit="times in 100"
        )
    return explorer.Explorer(
        id="explore-chain",
        title="How far does the chain hold?",
        hint="Put your own chance on each numbered arrow of the map: how "
        "sure are you that it holds, if those before it do?",
        badge="Illustration",
        controls=chances,
        main=names[:2],
        presets=[
            {"label": "A coin toss on each", "values": {}},
            {
                "label": f"{LIKELY}% on each",
                "values": dict.fromkeys(names, LIKELY),
            },
        ],
        panels=[
            explorer.panel(
                "Chance that the chain holds so far",
                explorer.axis("How many of its arrows", 0, 6),
                explorer.axis("Chances, multiplied", 0, 1),
                *(
                    explorer.bars(
                        f"{route}, arrows {ids[0][1:]}–{ids[-1][1:]}",
                        style,
                        [str(i) for i in range(1, len(ids) + 1)],
                        measures=[f"up_to_{id}" for id in ids],
                    )
                    for style, (route, ids) in enumerate(ROUTES.items())
                ),
                percent=True,
            ),
        ],
        measures={"moved": explorer.moved(*names)} | held | ends,
        phrases={
            "whose": explorer.phrase(
                "moved",
                "With a coin toss on each arrow (nobody's estimate)",
                1,
                f"With {{moved}} of {len(names)} arrows set by you, and a "
                "coin toss on the others",
                len(names),
                "With every arrow set by you",
            )
        },
        status="{whose}, the way to the joint would hold {joint}, that to "
        "symptoms {symptoms}. This is not the chance that LDN helps.",
    )


def _all_counts():
    """Claims of each verdict and verdicts changed, at every setting."""
    every = verdict_changes.every()
    counts, changed = [], []
    for verdicts in every:
        found = verdicts.value_counts().reindex(
            list(VERDICTS), fill_value=0
        )
        counts += found.tolist()
        changed.append(int((verdicts != every[0]).sum()))
    return counts, changed
