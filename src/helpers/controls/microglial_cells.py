"""Controls of chapter 5, microglia: concentrations, the switch, scans, and what trials measured."""

import numpy as np

from helpers import evidence, explorer
from helpers.analysis.microglia import LDN_DOSE


def _drug_controls():
    return [
        explorer.slider("dose", "Dose", LDN_DOSE, 0.5, 1e6, "mg", scale="log"),
        explorer.parameter_slider("microglial_switch", "IC50", "Concentration that blocks half", scale="log", digits=4),
        explorer.parameter_slider("microglial_switch", "accumulation", "Brain to blood, free drug", scale="log") | {"unit": "to 1"},
    ]


def explore_gap():
    """Control: share of TLR4 blocked against dose, with potency and accumulation free."""
    controls = [*_drug_controls(), explorer.parameter_slider("microglial_switch", "unbound", "Share of the drug in blood that is free", step=0.01)]
    run = explorer.run("dose", 1, samples=3, IC50="IC50", accumulation="accumulation", unbound="unbound")
    # Half of the mu receptors at 0.86 nM, without any accumulation.
    cassel = float(evidence.concentrations().loc["mu_cassel", "nM_low"]) / 1000
    mu = explorer.run("dose", 1, samples=3, IC50=cassel, unbound="unbound")
    doses = np.geomspace(0.1, 1e6, 43)
    return explorer.Explorer(
        id="explore-gap",
        title="Which dose would block half?",
        hint="Read the dose in the last line: with the numbers as measured it is nearly 200 grams. Then find an accumulation, or a potency, that brings it to 4.5 mg.",
        badge="Illustration",
        model="microglial_switch",
        controls=controls,
        presets=[
            {"label": "TLR4, as measured", "values": {"dose": 4.5, "IC50": 105.5, "accumulation": 1}},
            {"label": "NOX2, naloxone", "values": {"dose": 4.5, "IC50": 1.96, "accumulation": 1}},
            {"label": "A 50 mg tablet", "values": {"dose": 50, "IC50": 105.5, "accumulation": 1}},
        ],
        runs={"main": run, "mu": mu},
        sweeps={"by_dose": explorer.sweep("main", "dose", doses), "mu_by_dose": explorer.sweep("mu", "dose", doses)},
        panels=[
            explorer.panel(
                "Blocked at the peak, against dose",
                explorer.axis("Dose (mg)", 0.1, 1e6, "log"),
                explorer.axis("Share blocked", 1e-6, 1, "log"),
                explorer.line("TLR4", 0, sweep="by_dose", output="blocked", reduce="at", window=[0, 0]),
                explorer.line("mu receptors, for comparison", 1, sweep="mu_by_dose", output="blocked", reduce="at", window=[0, 0]),
                explorer.rule("x", "dose", "your dose"),
                explorer.rule("y", 0.5, "half"),
            )
        ],
        measures={
            "share": explorer.measure("blocked_percent", "at", (0, 0), unit="%"),
            "mu_share": explorer.measure("blocked_percent", "at", (0, 0), run="mu", unit="%"),
            "needed": explorer.measure("half_dose", "at", (0, 0), unit="mg"),
        },
        status="{dose}, half-block at {IC50}, brain to blood {accumulation}, {unbound} of the drug in blood free: {share} of TLR4 and {mu_share} of mu receptors blocked at the peak. To block half of TLR4 it would take {needed}.",
    )


def explore_switch():
    """Control: the microglial switch with an antagonist of what sets it off."""
    controls = [
        *_drug_controls(),
        explorer.parameter_slider("microglial_switch", "trigger", "Trigger", 0.01, 0.5, step=0.01),
        explorer.parameter_slider("microglial_switch", "threshold", "Threshold of the cell's own signals", 0.5, 0.85, step=0.01),
    ]
    given = {control["name"]: control["name"] for control in controls[1:]}
    main = explorer.run("dose", 60, samples=121, start=1.2, **given)
    calm = explorer.run("dose", 60, samples=61, start=0.05, **given)
    none = explorer.run(0, 60, samples=121, start=1.2, **given)
    triggers = [round(0.0125 * i, 4) for i in range(1, 41)]
    return explorer.Explorer(
        id="explore-switch",
        title="Can the drug switch the cell off?",
        hint="At first the two curves of the first picture lie on each other: 4.5 mg does nothing here. Raise the accumulation until the cell falls silent. Then lower the threshold to 0.5 and try again.",
        badge="Illustration",
        model="microglial_switch",
        controls=controls,
        presets=[
            {"label": "4.5 mg, as measured", "values": {"dose": 4.5, "IC50": 105.5, "accumulation": 1, "trigger": 0.25, "threshold": 0.7}},
            {"label": "Accumulated 40,000 times", "values": {"dose": 4.5, "IC50": 105.5, "accumulation": 40000, "trigger": 0.25, "threshold": 0.7}},
            {"label": "A cell that never calms", "values": {"dose": 4.5, "IC50": 105.5, "accumulation": 40000, "trigger": 0.25, "threshold": 0.5}},
        ],
        runs={"main": main, "calm": calm, "none": none},
        sweeps={
            "down": explorer.sweep("main", "parameters.trigger", triggers),
            "up": explorer.sweep("calm", "parameters.trigger", triggers),
            "by_dose": explorer.sweep("main", "dose", np.geomspace(0.1, 1e6, 43)),
        },
        panels=[
            explorer.panel(
                "An active cell, drug from time 0",
                explorer.axis("Time (lifetimes of the activity)", 0, 60),
                explorer.axis("Activity", 0, 1.6),
                explorer.line("with the drug", 0, run="main", output="activation"),
                explorer.line("without", 1, run="none", output="activation"),
            ),
            explorer.panel(
                "Where it ends, against the trigger, with the drug",
                explorer.axis("Trigger", 0, 0.5),
                explorer.axis("Activity at time 60", 0, 1.6),
                explorer.line("cell that was active", 0, sweep="down", output="activation", reduce="at", window=[60, 60]),
                explorer.line("cell that was calm", 2, sweep="up", output="activation", reduce="at", window=[60, 60]),
                explorer.rule("x", "trigger", "your trigger"),
            ),
            explorer.panel(
                "Where an active cell ends, against dose",
                explorer.axis("Dose (mg)", 0.1, 1e6, "log"),
                explorer.axis("Activity at time 60", 0, 1.6),
                explorer.line("with the drug", 0, sweep="by_dose", output="activation", reduce="at", window=[60, 60]),
                explorer.rule("x", "dose", "your dose"),
            ),
        ],
        measures={
            "share": explorer.measure("blocked_percent", "at", (0, 0), unit="%"),
            "end": explorer.measure("activation", "at", (60, 60), digits=3),
            "plain": explorer.measure("activation", "at", (60, 60), run="none", digits=3),
        },
        status="{dose}, half-block at {IC50}, brain to blood {accumulation}: {share} of TLR4 blocked. Trigger {trigger}, threshold {threshold}: an active cell ends at {end}, without the drug at {plain}.",
    )
