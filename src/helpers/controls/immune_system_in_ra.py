"""Controls of chapter 2, the immune system in rheumatoid arthritis."""

from functools import partial

import numpy as np

from helpers import explorer
from helpers.analysis import synovium


def explore_joint():
    """Control: the synovial model over time and in the phase plane."""
    model = "synovial_cytokines"
    slide = partial(explorer.parameter_slider, model)
    names = ("amplification", "calming", "pro_start", "ageing")
    given = {name: name for name in names}
    joint = lambda label, *values: {
        "label": label,
        "values": dict(zip(names, values)),
    }
    run = partial(explorer.run, 0, **given)
    at_rest = lambda label, style, output: explorer.line(
        label,
        style,
        sweep="lines",
        output=output,
        reduce="at",
        window=[0, 0],
    )
    inflammation = partial(explorer.measure, "inflammation")
    starts = np.geomspace(0.01, 2, 61).round(5)
    return explorer.Explorer(
        id="explore-joint",
        title="A joint with two fates",
        hint="Lower the inflammation at the start to 0.1. Then press the "
        "buttons: the joint can rest where the dotted and the dash-dotted "
        "line cross.",
        main=["pro_start", "amplification"],
        badge="Illustration",
        model=model,
        controls=[
            explorer.slider(
                "amplification",
                "Self-amplification of inflammation",
                10.0,
                1,
                30,
                "1",
                step=0.1,
            ),
            slide(
                "calming",
                "Strength of the calming response",
                1,
                9,
                step=0.1,
            ),
            explorer.slider(
                "pro_start",
                "Inflammation at the start",
                0.2,
                0.02,
                1,
                "1",
                scale="log",
            ),
            slide(
                "ageing", "Amplification added by ageing", 0, 50, step=0.5
            ),
        ],
        presets=[
            joint("Healthy", 5, 3.5, 0.2, 0),
            joint("Two fates", 10, 3.5, 0.2, 0),
            joint("Only inflamed", 20, 3.5, 0.02, 0),
            joint("Flares", 18, 7, 0.3, 0),
            joint("Ageing", 1, 7, 0.02, 49),
        ],
        runs={"main": run(60, samples=601), "rest": run(0.01, samples=2)},
        sweeps={
            "lines": explorer.sweep("rest", "parameters.pro_start", starts)
        },
        panels=[
            explorer.panel(
                "Over time",
                explorer.axis("Time (no unit)", 0, 60),
                explorer.axis("Signal (no unit)", 0, None),
                explorer.line(
                    "inflammation", 1, run="main", output="inflammation"
                ),
                explorer.line(
                    "calming signal", 0, run="main", output="calm"
                ),
            ),
            explorer.panel(
                "The same without time: where the joint can rest",
                explorer.axis("Inflammation", 0.01, 2, "log"),
                explorer.axis(
                    "Brake: production is divided by", 0.8, 60, "log"
                ),
                explorer.line(
                    "your joint",
                    1,
                    run="main",
                    output="brake",
                    against="inflammation",
                ),
                at_rest("brake that answers", 2, "brake_answering"),
                at_rest("brake needed at the start", 3, "brake_needed"),
            ),
        ],
        measures={
            "end": inflammation("mean", (40, 60)),
            "lowest": inflammation("min", (40, 60)),
            "highest": inflammation("max", (40, 60)),
            "peak": inflammation("max", (0, 60)),
            "evenness": explorer.ratio("lowest", "highest"),
        },
        phrases={
            "swings": explorer.phrase(
                "evenness",
                "The inflammation comes and goes",
                0.5,
                "The joint stays inflamed",
            ),
            "fate": explorer.phrase(
                "highest", "The joint calms down", 0.1, "{swings}"
            ),
        },
        status="{fate}: in the last third of the time the inflammation is "
        "{end} on average, from {lowest} to {highest}, after a peak of "
        "{peak}.",
    )


def explore_course():
    """Control: one patient, a course of treatment, and lasting damage."""
    model = "synovial_treatment"
    slide = partial(explorer.parameter_slider, model)
    names = ("amplification", "blocked", "removal", "course")
    given = {name: name for name in names}
    inflamed = {"pro_start": 1.0, "anti_start": 1.0}
    end = 250  # a long course is watched until a severe joint is back
    run = partial(explorer.run, 0, end, samples=4 * end + 1)
    treated = partial(explorer.line, "treated", 0, run="main")
    untreated = partial(explorer.line, "untreated", 1, run="none")
    damage = partial(
        explorer.measure, "harm_done", "at", (end, end), digits=3
    )
    time = explorer.axis("Time (no unit)", 0, end)
    return explorer.Explorer(
        id="explore-course",
        title="Block, and stop again",
        hint="Lower the block until the joint calms down no longer. This "
        "is a model: people's joints often flared when a drug was stopped.",
        main=["blocked", "course"],
        badge="Illustration",
        model=model,
        controls=[
            explorer.slider(
                "blocked",
                "Production blocked (share)",
                0.4,
                0,
                0.95,
                "1",
                step=0.01,
            ),
            slide(
                "removal", "Clearance speeded up (times)", 1, 5, step=0.05
            ),
            slide("course", "Length of the treatment", 1, 80, step=1),
            explorer.slider(
                "amplification",
                "Self-amplification (severity)",
                11.0,
                8,
                25,
                "1",
                step=0.1,
            ),
        ],
        runs={
            "main": run(**given, **inflamed),
            "none": run(amplification="amplification", **inflamed),
        },
        panels=[
            explorer.panel(
                "Inflammation",
                time,
                explorer.axis("Inflammation", 0, None),
                treated(output="inflammation"),
                untreated(output="inflammation"),
                explorer.rule("x", 20, "treatment begins"),
            ),
            explorer.panel(
                "Damage: inflammation added up",
                time,
                explorer.axis("Damage (no unit)", 0, None),
                treated(output="harm_done"),
                untreated(output="harm_done"),
            ),
        ],
        measures={
            "during": explorer.measure("inflammation", "min", (20, end)),
            "end": explorer.measure("inflammation", "at", (end, end)),
            "damage": damage(),
            "damage_none": damage(run="none"),
        },
        phrases={
            "unsettled": explorer.phrase(
                "during",
                "This model's joint calms down and flares again",
                0.1,
                "This model's joint stays inflamed",
            ),
            "fate": explorer.phrase(
                "end",
                "This model's joint is calm at the end",
                0.1,
                "{unsettled}",
            ),
        },
        status="{fate}: the inflammation falls to {during} and ends at "
        "{end}. Damage adds up to {damage} instead of {damage_none} "
        "without treatment.",
    )


def explore_patients():
    """Control: outcomes of 400 virtual patients, from a table."""
    shares = synovium.courses()
    blocked = [round(100 * b) for b in synovium.BLOCKED]
    lengths = list(synovium.COURSES)
    share = partial(explorer.table_measure, "outcome", percent=True)
    return explorer.Explorer(
        id="explore-patients",
        title="Four hundred virtual patients",
        hint="Raise the block: who gets well? Then shorten the course in "
        "this model; people's joints often flared when a drug was stopped.",
        main=["block", "length"],
        badge="Illustration",
        controls=[
            explorer.slider(
                "block",
                "Strength of the block",
                40,
                0,
                90,
                "%",
                marks=blocked,
            ),
            explorer.choice("way", "The drug", 0, synovium.WAYS),
            explorer.slider(
                "length",
                "Length of the course",
                60.0,
                lengths[0],
                lengths[-1],
                "1",
                marks=lengths,
            ),
        ],
        table={
            "axes": [
                {"control": "block", "values": blocked},
                {"control": "way", "values": list(synovium.WAYS.values())},
                {"control": "length", "values": lengths},
            ],
            "x": {"outcome": [0, 1, 2]},
            "series": {"outcome": shares.round(4).ravel().tolist()},
        },
        panels=[
            explorer.panel(
                "Outcome",
                explorer.axis("", 0, 2),
                explorer.axis("Virtual patients", 0, 1),
                explorer.bars(
                    "share of the virtual patients",
                    0,
                    list(synovium.RESPONSES),
                    series="outcome",
                ),
                percent=True,
            )
        ],
        measures={"stays": share(0), "only": share(1), "still": share(2)},
        phrases={
            "verdict": explorer.phrase(
                "stays",
                "Hardly anyone stays well",
                0.05,
                "Fewer than half stay well",
                0.5,
                "Half or more stay well",
                0.95,
                "Nearly all stay well",
            )
        },
        status="{verdict} in this toy: {stays} of its four hundred virtual "
        "patients get well and stay so after the course, {only} are well "
        "only while treated, {still} stay inflamed.",
    )
