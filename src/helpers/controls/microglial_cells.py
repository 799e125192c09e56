"""Controls of chapter 5, microglia: how much is blocked, and the switch."""

from functools import partial

import numpy as np

from helpers import evidence, explorer
from helpers.analysis.microglia import LDN_DOSE

MODEL = "microglial_switch"
DOSES = np.geomspace(0.1, 1e6, 43)  # mg
DOSE_AXIS = explorer.axis("Dose", 0.1, 1e6, "log", "mg")
SILENT = 0.5  # activity between the calm and the active branch

_parameter = partial(explorer.parameter_slider, MODEL)


def _drug_controls():
    potency = "Concentration that blocks half"
    hoard = _parameter(
        "accumulation", "Accumulation: brain to blood", scale="log"
    )
    return [
        explorer.slider(
            "dose", "Dose", LDN_DOSE, 0.5, 1e6, "mg", scale="log"
        ),
        _parameter("IC50", potency, scale="log", digits=4),
        hoard | {"unit": "to 1"},
    ]


def explore_gap():
    """Control: dose–response of TLR4, the share blocked at the peak.

    Potency and accumulation in the brain are free; mu for comparison.
    """
    free = _parameter(
        "unbound", "Share of the drug in blood that is free", step=0.01
    )
    controls = [*_drug_controls(), free]
    tlr4 = {control["name"]: control["name"] for control in controls[1:]}
    # Half of the mu receptors at 0.86 nM, without any accumulation.
    cassel = evidence.concentrations().loc["mu_cassel", "nM_low"]
    mu = {"IC50": float(cassel) / 1000, "unbound": "unbound"}
    at_peak = {"output": "blocked", "reduce": "at", "window": [0, 0]}
    now = partial(explorer.measure, reduce="at", window=(0, 0))
    return explorer.Explorer(
        id="explore-gap",
        title="Which dose would block half?",
        hint="Raise the accumulation in the brain until 4.5 mg block half. "
        "Then press the button for NOX2, another target.",
        main=["dose", "accumulation"],
        badge="Illustration",
        model=MODEL,
        controls=controls,
        presets=[
            {
                "label": "TLR4, as measured",
                "values": {"dose": 4.5, "IC50": 105.5, "accumulation": 1},
            },
            {
                "label": "NOX2 by naloxone, as measured",
                "values": {"dose": 4.5, "IC50": 1.96, "accumulation": 1},
            },
            {
                "label": "TLR4, a 50 mg tablet",
                "values": {"dose": 50, "IC50": 105.5, "accumulation": 1},
            },
        ],
        runs={
            "main": explorer.run("dose", 1, samples=3, **tlr4),
            "mu": explorer.run("dose", 1, samples=3, **mu),
        },
        sweeps={
            "by_dose": explorer.sweep("main", "dose", DOSES),
            "mu_by_dose": explorer.sweep("mu", "dose", DOSES),
        },
        panels=[
            explorer.panel(
                "Blocked at the peak of free drug, by potency in a dish",
                DOSE_AXIS,
                explorer.axis("Share blocked", 1e-6, 1, "log"),
                explorer.line("the target", 0, sweep="by_dose", **at_peak),
                explorer.line(
                    "mu receptors, for comparison",
                    1,
                    sweep="mu_by_dose",
                    **at_peak,
                ),
                explorer.rule("x", "dose", "the dose set"),
                explorer.rule("y", 0.5, "half"),
                percent=True,
            )
        ],
        measures={
            "share": now("blocked_percent", unit="%"),
            "mu_share": now("blocked_percent", run="mu", unit="%"),
            "needed": now("half_dose", unit="mg"),
        },
        status="Half would be blocked at {needed}: no dose to take, for no "
        "human value of the accumulation was found. {dose} "
        "blocks {share}, and {mu_share} of mu receptors by affinity in a "
        "dish; scans (chapter 3) differ.",
    )


def explore_switch():
    """Control: the microglial switch and a blocker of what sets it off.

    Bistable, with hysteresis: whether the drug silences an active cell.
    """
    own_signals = "Threshold of the cell's own signals"
    controls = [
        *_drug_controls(),
        _parameter("trigger", "Trigger", 0.01, 0.5, step=0.01),
        _parameter("threshold", own_signals, 0.5, 0.85, step=0.01),
    ]
    given = {control["name"]: control["name"] for control in controls[1:]}
    active, calm = {"start": 1.2, **given}, {"start": 0.05, **given}
    triggers = [round(0.0125 * i, 4) for i in range(1, 41)]
    activity = explorer.axis("Activity after 60 lifetimes", 0, 1.6)
    at_end = {"output": "activation", "reduce": "at", "window": [60, 60]}
    end = partial(explorer.measure, "activation", "at", (60, 60), digits=3)
    preset = lambda label, accumulation, threshold: {
        "label": label,
        "values": {
            "dose": 4.5,
            "IC50": 105.5,
            "accumulation": accumulation,
            "trigger": 0.25,
            "threshold": threshold,
        },
    }
    return explorer.Explorer(
        id="explore-switch",
        title="Can the drug switch the cell off?",
        hint="Raise the accumulation in the brain until the cell falls "
        "silent. Then, under More settings, lower the threshold to 0.5 "
        "and try again.",
        main=["accumulation", "dose"],
        badge="Illustration",
        model=MODEL,
        controls=controls,
        presets=[
            preset("4.5 mg, as measured", 1, 0.7),
            preset("Accumulated 40,000 times", 40000, 0.7),
            preset("A cell that never calms", 40000, 0.5),
        ],
        runs={
            "main": explorer.run("dose", 60, samples=121, **active),
            "calm": explorer.run("dose", 60, samples=61, **calm),
            "none": explorer.run(0, 60, samples=121, **active),
        },
        sweeps={
            "down": explorer.sweep("main", "parameters.trigger", triggers),
            "up": explorer.sweep("calm", "parameters.trigger", triggers),
            "by_dose": explorer.sweep("main", "dose", DOSES),
        },
        panels=[
            explorer.panel(
                "An active cell, with the drug from time 0",
                explorer.axis("Time (lifetimes of the activity)", 0, 60),
                explorer.axis("Activity", 0, 1.6),
                explorer.line(
                    "with the drug", 0, run="main", output="activation"
                ),
                explorer.line(
                    "without", 1, run="none", output="activation"
                ),
            ),
            explorer.panel(
                "With the drug, in the end, against the trigger",
                explorer.axis("Trigger", 0, 0.5),
                activity,
                explorer.line(
                    "cell that was active", 0, sweep="down", **at_end
                ),
                explorer.line(
                    "cell that was calm", 2, sweep="up", **at_end
                ),
                explorer.rule("x", "trigger", "your trigger"),
            ),
            explorer.panel(
                "An active cell in the end, against dose",
                DOSE_AXIS,
                activity,
                explorer.line(
                    "with the drug", 0, sweep="by_dose", **at_end
                ),
                explorer.rule("x", "dose", "the dose set"),
            ),
        ],
        measures={
            "share": explorer.measure(
                "blocked_percent", "at", (0, 0), unit="%"
            ),
            "end": end(),
            "plain": end(run="none"),
        },
        phrases={
            "answer": explorer.phrase(
                "end",
                "Yes, in this model: the drug switches the cell off",
                SILENT,
                "No: the cell stays active",
            ),
            "verdict": explorer.phrase(
                "plain",
                "This cell falls silent without any drug",
                SILENT,
                "{answer}",
            ),
        },
        status="{verdict}. Its activity ends at {end}, without the drug "
        "at {plain}: {dose} blocks {share} of TLR4 at an accumulation of "
        "{accumulation}, which nobody has found in people.",
    )
