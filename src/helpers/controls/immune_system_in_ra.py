"""Controls of chapter 2, the immune system in rheumatoid arthritis."""

import numpy as np

from helpers import explorer
from helpers.analysis import synovium


def explore_joint():
    """Control: the synovial model over time and in the phase plane."""
    names = ("amplification", "calming", "pro_start", "ageing")
    given = {name: name for name in names}
    slide = lambda name, label, low, high, **more: explorer.parameter_slider("synovial_cytokines", name, label, low, high, **more)
    return explorer.Explorer(
        id="explore-joint",
        title="A joint with two fates",
        hint="Push the starting inflammation over the threshold, from 0.1 to 0.2. Then press the buttons, and watch where the dotted and the dash-dotted line cross: there the joint can rest.",
        badge="Illustration",
        model="synovial_cytokines",
        controls=[
            slide("amplification", "Self-amplification of inflammation", 1, 30, step=0.1) | {"value": 10.0},
            slide("calming", "Strength of the calming response", 1, 9, step=0.1),
            slide("pro_start", "Inflammation at the start", 0.02, 1, scale="log") | {"value": 0.2},
            slide("ageing", "Amplification added by ageing", 0, 50, step=0.5),
        ],
        presets=[
            {"label": "Healthy", "values": {"amplification": 5, "calming": 3.5, "pro_start": 0.2, "ageing": 0}},
            {"label": "Two fates", "values": {"amplification": 10, "calming": 3.5, "pro_start": 0.2, "ageing": 0}},
            {"label": "Only inflamed", "values": {"amplification": 20, "calming": 3.5, "pro_start": 0.02, "ageing": 0}},
            {"label": "Flares", "values": {"amplification": 18, "calming": 7, "pro_start": 0.3, "ageing": 0}},
            {"label": "Ageing", "values": {"amplification": 1, "calming": 7, "pro_start": 0.02, "ageing": 49}},
        ],
        runs={"main": explorer.run(0, 60, samples=601, **given), "rest": explorer.run(0, 0.01, samples=2, **given)},
        sweeps={"lines": explorer.sweep("rest", "parameters.pro_start", np.geomspace(0.01, 2, 61).round(5))},
        panels=[
            explorer.panel(
                "Over time",
                explorer.axis("Time (no unit)", 0, 60),
                explorer.axis("Signal (no unit)", 0, None),
                explorer.line("inflammation", 1, run="main", output="inflammation"),
                explorer.line("calming signal", 0, run="main", output="calm"),
            ),
            explorer.panel(
                "The same without time",
                explorer.axis("Inflammation", 0.01, 2, "log"),
                explorer.axis("Brake: production is divided by", 0.8, 60, "log"),
                explorer.line("your joint", 1, run="main", output="brake", against="inflammation"),
                explorer.line("brake that answers", 2, sweep="lines", output="brake_answering", reduce="at", window=[0, 0]),
                explorer.line("brake needed at the start", 3, sweep="lines", output="brake_needed", reduce="at", window=[0, 0]),
            ),
        ],
        measures={
            "end": explorer.measure("inflammation", "mean", (40, 60)),
            "lowest": explorer.measure("inflammation", "min", (40, 60)),
            "highest": explorer.measure("inflammation", "max", (40, 60)),
            "peak": explorer.measure("inflammation", "max", (0, 60)),
        },
        status="Amplification {amplification} (plus {ageing}), calming {calming}, start {pro_start}: inflammation peaks at {peak} and in the last third of the time is {end} on average, between {lowest} and {highest}.",
    )


def explore_course():
    """Control: one patient, one course of treatment, and the damage that adds up."""
    given = {name: name for name in ("amplification", "blocked", "removal", "course")}
    slide = lambda name, label, low, high, **more: explorer.parameter_slider("synovial_treatment", name, label, low, high, **more)
    start = {"pro_start": 1.0, "anti_start": 1.0}
    return explorer.Explorer(
        id="explore-course",
        title="Block, and stop again",
        hint="The treatment begins at time 20. Find the smallest block after which this model's joint stays calm; people's joints often flared. Then raise the amplification above 16 and try again.",
        badge="Illustration",
        model="synovial_treatment",
        controls=[
            slide("blocked", "Production blocked (share)", 0, 0.95, step=0.01) | {"value": 0.4},
            slide("removal", "Clearance speeded up (times)", 1, 5, step=0.05),
            slide("course", "Length of the treatment", 1, 80, step=1),
            explorer.slider("amplification", "Self-amplification (severity)", 11.0, 8, 25, "1", step=0.1),
        ],
        runs={
            "main": explorer.run(0, 120, samples=481, **given, **start),
            "none": explorer.run(0, 120, samples=481, amplification="amplification", **start),
        },
        panels=[
            explorer.panel(
                "Inflammation",
                explorer.axis("Time (no unit)", 0, 120),
                explorer.axis("Inflammation", 0, None),
                explorer.line("treated", 0, run="main", output="inflammation"),
                explorer.line("untreated", 1, run="none", output="inflammation"),
                explorer.rule("x", 20, "treatment begins"),
            ),
            explorer.panel(
                "Damage: inflammation added up",
                explorer.axis("Time (no unit)", 0, 120),
                explorer.axis("Damage (no unit)", 0, None),
                explorer.line("treated", 0, run="main", output="harm_done"),
                explorer.line("untreated", 1, run="none", output="harm_done"),
            ),
        ],
        measures={
            "during": explorer.measure("inflammation", "min", (20, 120)),
            "end": explorer.measure("inflammation", "at", (120, 120)),
            "damage": explorer.measure("harm_done", "at", (120, 120), digits=3),
            "damage_none": explorer.measure("harm_done", "at", (120, 120), run="none", digits=3),
        },
        status="Amplification {amplification}; {blocked} of production blocked and clearance {removal} times as fast, for {course}: inflammation falls to {during} and ends at {end}; damage {damage} instead of {damage_none}.",
    )


def explore_patients():
    """Control: outcomes of 400 virtual patients, from a table computed beforehand."""
    shares = synovium.courses()
    blocked = [round(100 * b) for b in synovium.BLOCKED]
    lengths = list(synovium.COURSES)
    flat = shares.reshape(-1, len(synovium.RESPONSES))
    return explorer.Explorer(
        id="explore-patients",
        title="Four hundred virtual patients",
        hint="Raise the block: who gets well? Then shorten the course.",
        badge="Illustration",
        controls=[
            explorer.slider("block", "Strength of the block", 40, 0, 90, "%", marks=blocked),
            explorer.choice("way", "The drug", 0, synovium.WAYS),
            explorer.slider("length", "Length of the course", 60.0, lengths[0], lengths[-1], "1", marks=lengths),
        ],
        table={
            "axes": [{"control": "block", "values": blocked}, {"control": "way", "values": list(synovium.WAYS.values())}, {"control": "length", "values": lengths}],
            "x": {"outcome": [0, 1, 2]},
            "series": {"outcome": flat.round(4).ravel().tolist()},
        },
        panels=[
            explorer.panel(
                "Outcome",
                explorer.axis("", 0, 2),
                explorer.axis("Virtual patients", 0, 1),
                explorer.bars("patients", 0, list(synovium.RESPONSES), series="outcome"),
                percent=True,
            )
        ],
        measures={name: explorer.table_measure("outcome", k, percent=True) for k, name in enumerate(("stays", "only", "still"))},
        status="{way}, block {block}, length {length}: {stays} get well and stay well after the course, {only} are well only while treated, {still} stay inflamed.",
    )
