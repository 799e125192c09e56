"""Figures of chapter 5, microglia.

Concentrations, the switch, scans, and what trials measured.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import meta_analysis, microglia, uncontrolled
from helpers.figures import Figure, columns
from helpers.style import (
    BLUE,
    GREEN,
    GRID,
    LOOKS,
    MUTED,
    ORANGE,
    PINK,
    TEXT,
    canvas,
    interval_rows,
    log_ticks,
    one_legend,
    percent_axis,
    words_above,
)

LDN, PLACEBO = replace(BLUE, marker="s"), replace(ORANGE, marker="o")
TRIAL, POOLED = replace(BLUE, marker="s"), replace(ORANGE, marker="D")
# Looks of findings on the axis of concentrations.
STANDINGS = {
    "stands": BLUE,
    "contested": PINK,
    "retracted": replace(ORANGE, marker="X"),
    "blood": replace(GREEN, marker="^"),
}
# Their order on that axis, from the top.
TARGETS = {
    "NADPH oxidase": 0,
    "filamin A": 0,
    "mu receptor": 1,
    "blood": 2,
    "NOX2 enzyme": 3,
    "TLR4": 4,
    "microglia": 4,
}


def brain_scans():
    """PET scans of microglia (TSPO): the direction of the difference."""
    table = evidence.scans().query(
        "method == 'TSPO PET' and quantity.str.startswith('difference')"
        " and condition != 'Gulf War illness'"  # neither of the two kinds
    )
    findings = ["not raised", "raised in parts", "raised"]
    place = table["finding"].map(findings.index)
    rows = table.assign(place=place).sort_values("place", kind="stable")
    figure, ax = canvas(height=4.6)
    for y, row in enumerate(rows.itertuples()):
        look = BLUE if row.place == 0 else ORANGE
        size = 4 + 1.8 * row.n_patients**0.5
        ax.plot([row.place], [y], **look.marks, ms=size)
    labels = [
        f"{row.condition}: {row.n_patients:.0f} patients, "
        f"{row.n_controls:.0f} controls"
        for row in rows.itertuples()
    ]
    at = range(len(rows))
    words_above(ax, -0.45, at, labels, lift=0.3, fontsize=10.5)
    ax.set(xlim=(-0.5, 2.4), ylim=(-0.5, len(rows) - 0.2), yticks=[])
    ax.set_xticks(range(3), findings)
    ax.grid(axis="y", visible=False)
    return Figure(
        number="5.1",
        provenance="Data",
        caption="Scans of TSPO, a marker that rises with the number of "
        "microglia and other glia, patients against healthy people. "
        "Larger marks stand for more patients. The abstracts give "
        "directions; only the arthritis study prints a size. No study that "
        "scanned people before and after LDN was found.",
        sources=" ".join(rows["source"]),
        alt="Six scan studies placed by result. Rheumatoid arthritis, 15 "
        "patients and 15 controls, and lupus, 10 and 11: not raised. "
        "Fibromyalgia, 15 and 10, chronic low back pain, 9 and 9, and "
        "multiple sclerosis, 69 and 18: raised in parts. Fibromyalgia, 31 "
        "and 27: raised.",
        canvas=figure,
        data=columns(
            rows,
            "study",
            "condition",
            "method",
            "n_patients",
            "n_controls",
            "value",
            "unit",
            "finding",
        ),
    )


def _concentrations():
    """Findings and peaks in blood (nM) in the order of the axis."""
    table = evidence.concentrations()
    named = table["study"] + ": " + table["finding"]
    table = pd.DataFrame(
        {
            "finding": named + " (" + table["system"] + ")",
            "nM": table["nM"],
            "low": table["nM_low"],
            "high": table["nM_high"],
        }
    ).join(table[["standing", "target", "source", "seen"]])
    blood = microglia.blood_levels().rename(columns={"what": "finding"})
    blood = blood.assign(standing="stands", target="blood")
    quoted = evidence.read("quoted")["value"]
    low, high = quoted[["brewer_level_low", "brewer_level_high"]]
    serum = {
        "finding": "Brewer 2018: in serum on 4.5 mg a day, hour not given",
        "low": low * evidence.NANOMOLAR["ng/mL"],
        "high": high * evidence.NANOMOLAR["ng/mL"],
        "standing": "stands",
        "target": "blood",
        "source": "Brewer2018doubleblinded",
        "seen": "abstract",
    }
    blood = pd.concat([blood, pd.DataFrame([serum])])
    rows = pd.concat([table, blood])
    middle = rows["nM"].fillna(np.sqrt(rows["low"] * rows["high"]))
    rows = rows.assign(group=rows["target"].map(TARGETS), middle=middle)
    return rows.sort_values(["group", "middle"], kind="stable")


def concentration_axis():
    """Every concentration on one axis, from femtomolar to millimolar."""
    rows = _concentrations()
    places = np.arange(len(rows) - 1, -1, -1)
    figure, ax = canvas(height=7.4)
    low_dose = microglia.blood_levels()["nM"].iloc[0]
    strip = {"color": GRID, "alpha": 0.7, "lw": 0}
    ax.axvspan(low_dose * 0.7, low_dose * 1.8, **strip)
    for y, row in zip(places, rows.itertuples()):
        blood = row.target == "blood"
        look = STANDINGS["blood" if blood else row.standing]
        if np.isfinite(row.low):
            bar = {"lw": 4, "alpha": 0.55, "solid_capstyle": "butt"}
            ax.plot([row.low, row.high], [y, y], color=look.color, **bar)
        # A narrow range is drawn as its middle.
        if np.isfinite(row.nM) or row.high < 2 * row.low:
            ax.plot([row.middle], [y], **look.marks, ms=9)
        mark = {"retracted": "RETRACTED. ", "contested": "Contested. "}
        words = mark.get(row.standing, "") + row.finding
        small = {"fontsize": 9.5, "color": TEXT, "in_layout": False}
        ax.text(1.3e-6, y + 0.24, words, **small)
    ax.set(
        xscale="log",
        xlim=(1e-6, 1e6),
        ylim=(-0.6, len(rows) - 0.2),
        yticks=[],
        xlabel="concentration",
    )
    names = ["1 fM", "1 pM", "1 nM", "1 µM", "1 mM"]
    log_ticks(ax.xaxis, [1e-6, 1e-3, 1, 1e3, 1e6], names)
    ax.grid(axis="y", visible=False)
    return Figure(
        number="5.2",
        provenance="Data",
        caption="From femtomolar to millimolar, a trillionfold. "
        "Triangles: peaks in blood (the shaded strip is 4.5 mg, scaled "
        "from 2.4 mg); the bar below them was measured in serum on 4.5 mg "
        "a day. Dots: concentrations used or found in the "
        "laboratory; bars are ranges. Crosses: retracted by the journal. "
        "The bar on the far left: contested. Naloxone, the sister drug, "
        "and the mirror image of naltrexone stand in where naltrexone "
        "itself was not measured.",
        sources=" ".join(rows["source"]),
        alt="One logarithmic axis. Far left: femtomolar protection of "
        "nerve cells, contested, and two retracted papers at 10 and 100 "
        "picomolar. Middle: mu receptors at 0.3 to 1 nanomolar and the "
        "blood after 4.5 mg at 3, in another study from 4 to 53, and "
        "after 50 mg at 39 nanomolar. Far "
        "right: an enzyme at 2 micromolar, TLR4 experiments at 10 and 105 "
        "micromolar, calmer microglia at 100, and human cells without "
        "effect on TLR4 from 1 to 200 micromolar.",
        canvas=figure,
        data=columns(
            rows, "finding", "target", "nM", "low", "high", "standing"
        ),
    )


def closing_the_gap():
    """TLR4 blocked at the peak of 4.5 mg against drug hoarded in the brain.

    The accumulation is assumed; one dose–response curve for each potency.
    """
    unbound = models.load("microglial_switch").values().unbound
    free = microglia.blood_levels()["nM"].iloc[0] * unbound
    nM = evidence.concentrations()["nM"]
    potencies = {
        "measured half-block, 105.5 µM": nM["tlr4_wang"],
        "if 10 µM were half-block": nM["tlr4_hutchinson"],
        "NOX2, naloxone, 1.96 µM": nM["nox2_naloxone"],
    }
    factors = np.geomspace(1, 1e6, 121)
    curves = {"accumulation": factors}
    figure, ax = canvas(height=3.8)
    for look, (name, ic50) in zip(LOOKS, potencies.items()):
        blocked = 100 * free * factors / (free * factors + ic50)
        curves[name] = blocked
        ax.plot(factors, blocked, **look.curve, label=name)
        ax.plot([ic50 / free], [50], **look.marks, ms=9)
    ax.axhline(50, color=MUTED, lw=1, ls=":")
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(1, 1e6),
        ylim=(1e-3, 150),
        xlabel="free drug in brain ÷ free drug in blood",
        ylabel="blocked at the peak of 4.5 mg",
    )
    shares = [0.001, 0.01, 0.1, 1, 10, 50]
    log_ticks(ax.yaxis, shares, [f"{share:g}%" for share in shares])
    ax.minorticks_off()
    ax.legend(loc="lower right", fontsize=10)
    return Figure(
        number="5.3",
        provenance="Illustration",
        caption="How much the brain would have to hoard. Each curve asks "
        "what share of the target is blocked at the peak of 4.5 mg if "
        "free drug in the brain were so many times that in blood; marks "
        "show where half is blocked. The accumulation is assumed: no "
        "human value was found.",
        sources="Johnson2010relative FDArevia Wang2016pharmacological "
        "Hutchinson2008nonstereo Indand2026fibromyalgia WangQ2012naloxone",
        alt="Three rising curves on logarithmic axes. Without "
        "accumulation TLR4 is blocked to about two thousandths of one per "
        "cent. Half-block needs an accumulation of about 42 thousand "
        "times at 105.5 micromolar, 4 thousand at 10 micromolar and 770 "
        "at 1.96 micromolar.",
        canvas=figure,
        data=pd.DataFrame(curves),
    )


def switch_diagram():
    """Bifurcation diagram of the switch: hysteresis between two folds."""
    activity = np.linspace(0.001, 1.6, 800)
    figure, ax = canvas(height=4.0)
    parts = []
    for look, threshold in zip(LOOKS, (0.5, 0.7, 0.8)):
        off, on, at_off, at_on = microglia.switch_points(threshold)
        trigger = microglia.balance(activity, threshold)
        ends = f"off below {off:.2f}" if off > 0 else "never off"
        label = f"threshold {threshold:g}: on above {on:.2f}, {ends}"
        tipping = {"color": look.color, "ls": (0, (1, 3)), "lw": 1.3}
        branches = (
            (0, at_on, look.curve),
            (at_on, at_off, tipping),
            (at_off, 2, look.curve | {"label": label}),
        )
        for low, high, drawn in branches:
            inside = (activity >= low) & (activity <= high)
            x, y = trigger[inside], activity[inside]
            ax.plot(x, y, **drawn)
            part = {"threshold": threshold, "trigger": x, "activity": y}
            part["stable"] = drawn is not tipping
            parts.append(pd.DataFrame(part))
        ax.plot([on, off], [at_on, at_off], **look.marks, ms=8)
    ax.set(
        xlim=(-0.02, 0.6),
        ylim=(0, 2.3),
        xlabel="trigger that reaches the cell",
        ylabel="activity of the cell",
    )
    ax.legend(loc="upper left", fontsize=10)
    data = pd.concat(parts)
    return Figure(
        number="5.4",
        provenance="Illustration",
        caption="Steady states of the switch. Thick: stable; thin dots: "
        "the tipping line between calm and active; marks: the folds, "
        "where a state ends. The lower the cell's own threshold, the "
        "harder it is to switch off; at 0.5 no removal of the trigger is "
        "enough. All numbers are assumed.",
        sources="",
        alt="Three S-shaped curves of activity against trigger. For "
        "threshold 0.7 the cell turns on above 0.31 and off below 0.17; "
        "for 0.8 on above 0.37 and off below 0.28; for 0.5 on above 0.19 "
        "and never off. Between the folds both states are stable.",
        canvas=figure,
        data=data[data["trigger"] >= -0.02],
    )


def _dose(row):
    """'6 mg, 12 weeks, 99 people' of a trial, as far as known."""
    weeks = row.at_weeks if row.at_weeks > 0 else row.weeks
    known = {"mg": row.dose_mg, "weeks": weeks, "people": row.n}
    return ", ".join(f"{v:g} {unit}" for unit, v in known.items() if v > 0)


def _forest(ax, rows, one=0.0):
    """A forest plot: estimates with intervals, the words above each.

    rows: table with label, value, low, high, and pooled (true or false).
    one: where the line of no effect stands.
    """
    ax.axvline(one, color=MUTED, lw=1.2)
    looks = [POOLED if pooled else TRIAL for pooled in rows["pooled"]]
    places = np.arange(len(rows) - 1, -1, -1)
    interval_rows(ax, rows, looks, places=places, dashed=True)
    words_above(ax, ax.get_xlim()[0], places, " " + rows["label"])
    ax.set_ylim(-0.5, len(rows) - 0.2)


def pain_forest():
    """Pain in fibromyalgia on LDN against placebo: a forest plot.

    Trials and meta-analyses, each unit on its own axis.
    """
    ten = ["FINAL", "INNOVA", "Largest-two", "Vatvani", "Saif"]
    panels = {
        "points on a scale of 0 to 10": (ten, 1.5),
        "percentage points of the pain at the start": (["Younger2013"], 25),
        "standard deviations": (["Ologunowa", "AnnMedSurg"], 1.5),
    }
    figure, axes = canvas(3, 1, height=7.0, height_ratios=[5, 1.35, 2.1])
    shown = []
    for ax, (unit, (names, end)) in zip(axes, panels.items()):
        rows = evidence.trials().loc[[f"{name}-pain" for name in names]]
        # A reduction counts as negative, like all others.
        flip = np.where(rows["better"] == "higher", -1.0, 1.0)
        bounds = np.sort([flip * rows["low"], flip * rows["high"]], axis=0)
        pooled = rows["design"] == "meta-analysis"
        about = pooled.map({True: "pooled"}).fillna(
            rows.apply(_dose, axis=1)
        )
        drawn = pd.DataFrame(
            {
                "label": rows["study"] + ": " + about,
                "value": flip * rows["value"],
                "low": bounds[0],
                "high": bounds[1],
                "pooled": pooled,
                "unit": unit,
            }
        )
        ax.set_xlim(-end, end)
        _forest(ax, drawn)
        ax.set_xlabel(unit, fontsize=11)
        shown.append(drawn.join(rows[["source", "seen"]]))
    title = "← less pain on LDN  |  more pain on LDN →"
    axes[0].set_title(title, fontsize=11, loc="center")
    data = pd.concat(shown)
    return Figure(
        number="5.6",
        provenance="Data",
        caption="Pain in fibromyalgia, LDN against placebo, with 95% "
        "intervals; squares are trials, diamonds pooled results. Left of "
        "the line is better with LDN. INNOVA is shown at 3 months of 12, "
        "with the difference in the level of pain. The interval of the two "
        "largest trials pooled, as if both had the same true effect, was "
        "calculated by us from theirs; that of Younger, a crossover of 12 "
        "weeks of LDN against only 4 of placebo, from its p value. Scales "
        "differ, so each has its own axis.",
        sources=" ".join(data["source"]),
        alt="Forest plot. On the 10-point scale FINAL, 6 milligrams, 12 "
        "weeks, is minus 0.34 and INNOVA plus 0.49, both across zero; "
        "pooled minus 0.04. Two meta-analyses are minus 0.86 and minus "
        "0.46, clear of zero. Younger 2013 favours LDN by 10.8 percentage "
        "points. In standard deviations one meta-analysis crosses zero, "
        "one does not.",
        canvas=figure,
        data=data,
    )


def _against_chance(rows, height, **about):
    """Outcomes in standard errors from no difference, as a `Figure`.

    rows: of `meta_analysis.standard_errors`; about: the rest of the figure.
    """
    figure, ax = canvas(height=height)
    ax.axvspan(-2, 2, color=GRID, alpha=0.6, lw=0)
    ax.axvline(0, color=MUTED, lw=1.2)
    ax.set_xlim(-4, 4)
    places = np.arange(len(rows) - 1, -1, -1)
    for y, t in zip(places, rows["t"]):
        look = LDN if t > 0 else PLACEBO
        ax.plot([0, t], [y, y], color=look.color, lw=2)
        ax.plot([t], [y], **look.marks, ms=9)
    below = rows["p_relation"].eq("<").map({True: "< ", False: ""})
    p = below + rows["p"].map("{:g}".format)
    labels = rows["outcome"] + " (p " + p + ")"
    words_above(ax, -3.95, places, labels, lift=0.22)
    ax.set(
        ylim=(-0.5, len(rows) - 0.2),
        yticks=[],
        xlabel="← favours placebo  |  standard errors  |  favours LDN →",
    )
    ax.grid(axis="y", visible=False)
    data = columns(
        rows,
        "study",
        "outcome",
        "value",
        "unit",
        "better",
        "p_relation",
        "p",
        "n",
        "dose_mg",
        "weeks",
        "t",
    )
    return Figure(provenance="Data", canvas=figure, data=data, **about)


def arthritis_forest():
    """The only randomised trial with inflammatory arthritis.

    All its outcomes, in standard errors.
    """
    table = evidence.trials().query("group == 'arthritis'")
    rows = meta_analysis.standard_errors(table.dropna(subset=["p"]))
    outcome = rows["outcome"].str.replace(", change", "", regex=False)
    return _against_chance(
        rows.assign(outcome=outcome),
        height=4.6,
        number="5.5",
        caption="The arthritis trial (4.5 mg, 8 weeks of each, 23 "
        "finished, 6 of them with inflammatory arthritis). The outcomes "
        "have different scales, so each difference is drawn in units of "
        "its own standard error, which we calculated from the printed p. "
        "Where both periods print the same change the direction is "
        "unknown, and the mark stands at zero. The grey strip is what "
        "chance alone gives 19 times in 20.",
        sources="NCT03008590 Beaudette2023pilot",
        alt="Seven outcomes of the arthritis trial. Pain interference, "
        "fatigue, global severity and improvement lie near zero, pain "
        "severity a little towards placebo; painDETECT and depression lie "
        "beyond two standard errors in favour of placebo. None favours "
        "LDN clearly.",
    )


def sclerosis_forest():
    """The trial in multiple sclerosis that found something.

    Its outcomes, in standard errors.
    """
    table = evidence.trials().query("study == 'Cree 2010'")
    return _against_chance(
        meta_analysis.standard_errors(table.dropna(subset=["p"])),
        height=3.4,
        number="5.9",
        caption="Multiple sclerosis, 4.5 mg, 8 weeks of each: 80 people "
        "began and 60 were analysed. Drawn as in Figure 5.5. A larger "
        "trial (96 people, 17 weeks in all) found no difference and "
        "printed no numbers that could be drawn.",
        sources="Cree2010pilot Sharafaddinzadeh2010effect",
        alt="Four scales of one trial in multiple sclerosis: mental "
        "component of a quality-of-life form, a mental health inventory, "
        "pain effects and perceived deficits. All four lie between two "
        "and three standard errors in favour of LDN, at the edge of what "
        "chance gives.",
    )


def harms():
    """Side effects: dreams, dizziness, headache and nausea.

    Risk ratios, and shares of people in single trials.
    """
    table = evidence.trials()
    ratios = table.loc[
        ["AnnMedSurg-dreams", "Saif-dizziness"]
        + ["AnnMedSurg-headache", "Saif-nausea"]
    ]
    pairs = table.loc[
        ["Younger2013-dreams", "Younger2013-headache"]
        + ["FINAL-adverse", "INNOVA-adverse"]
    ]
    figure, (top, bottom) = canvas(2, 1, height=6.2)
    top.set(xscale="log", xlim=(0.5, 5))
    label = ratios["outcome"] + " (" + ratios["study"] + ", pooled)"
    _forest(top, ratios.assign(label=label, pooled=True), one=1)
    words = ["½", "as often", "twice", "4 times"]
    log_ticks(top.xaxis, [0.5, 1, 2, 4], words)
    top.set_xlabel("how often, LDN against placebo", fontsize=11)
    places = np.arange(len(pairs) - 1, -1, -1)
    for y, row in zip(places, pairs.itertuples()):
        placebo, ldn = row.arm_control, row.arm_ldn
        bottom.plot([placebo, ldn], [y, y], color=MUTED, lw=1.5)
        bottom.plot([placebo], [y], **PLACEBO.marks, ms=9, label="placebo")
        bottom.plot([ldn], [y], **LDN.marks, ms=9, label="LDN")
    labels = [
        f"{row.outcome}, {row.study}: {_dose(row)}"
        for row in pairs.itertuples()
    ]
    words_above(bottom, 1, places, labels)
    bottom.set(
        xlim=(0, 100),
        ylim=(-0.5, len(pairs) - 0.1),
        yticks=[],
        xlabel="people affected",
    )
    percent_axis(bottom.xaxis)
    bottom.grid(axis="y", visible=False)
    above = {"loc": "lower center", "bbox_to_anchor": (0.5, 0.98)}
    one_legend(bottom, **above, fontsize=10, ncols=2)
    shown = pd.concat([ratios, pairs])
    return Figure(
        number="5.7",
        provenance="Data",
        caption="Side effects on LDN and on placebo. Above: risk ratios "
        "with 95% intervals from pooled fibromyalgia trials; right of the "
        "line is more often on LDN. Below: shares of people in single "
        "trials (those of Younger 2013 from a conference report, without "
        "a test).",
        sources=" ".join(shown["source"]),
        alt="Above, vivid dreams are 2.4 times and dizziness 2.0 times as "
        "frequent, both intervals above one; headache 1.7 and nausea 1.0 "
        "cross one. Below, vivid dreams 37 against 13 per cent and "
        "headache 16 against 3 per cent in one trial; any adverse event "
        "84 against 86 and 69 against 72 per cent in two others.",
        canvas=figure,
        data=columns(
            shown,
            "study",
            "outcome",
            "value",
            "low",
            "high",
            "arm_ldn",
            "arm_control",
            "unit",
        ),
    )


def many_outcomes():
    """How often chance alone makes the best of many outcomes look good.

    Multiple testing: as good as the memory result, or p 0.05.
    """
    p = evidence.trials().loc["FINAL-memory", "p"]
    outcomes = np.arange(1, 61)
    data = pd.DataFrame({"outcomes": outcomes})
    figure, ax = canvas(height=3.4)
    for look, limit in zip(LOOKS, (p, 0.05)):
        name = f"p {limit:g} or less"
        data[name] = 100 * uncontrolled.chance_of_one(limit, outcomes)
        label = f"at least one with {name}"
        ax.plot(outcomes, data[name], **look.curve, label=label)
    ax.axhline(5, color=MUTED, lw=1, ls=":")
    ax.text(60, 6.5, "5%", ha="right", color=MUTED)
    ax.set(
        xlim=(1, 60),
        ylim=(0, 100),
        xlabel="outcomes tested, none with any effect",
        ylabel="chance of a finding",
    )
    percent_axis(ax.yaxis)
    ax.legend(fontsize=10, loc="center right", bbox_to_anchor=(1, 0.42))
    return Figure(
        number="5.8",
        provenance="Illustration",
        caption=f"A lucky find. With p {p:g}, as for memory, the chance "
        "that the best of several outcomes does so well with no effect at "
        "all passes 5% at 13 outcomes; with the usual limit of 0.05 it "
        "passes 5% at the second. Outcomes are taken as independent; "
        "related ones give fewer surprises.",
        sources="MEAssociation2023naltrexone Bruun2024naltrexone",
        alt="Two rising curves against the number of outcomes tested. The "
        "chance of at least one result with p 0.05 rises to 64 per cent "
        "at 20 outcomes and 95 at 60; with p 0.004 it reaches 8 per cent "
        "at 20 outcomes and 21 at 60.",
        canvas=figure,
        data=data,
    )
