"""Figures of chapter 5, microglia: concentrations, the switch, scans, and what trials measured."""

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import meta_analysis, microglia, uncontrolled
from helpers.figures import Figure
from helpers.style import DASHES, GRID, MARKERS, MUTED, PALETTE, TEXT, canvas, percent

# Looks of findings on the axis of concentrations.
STANDINGS = {"stands": ("o", 0), "contested": ("D", 3), "retracted": ("X", 1)}


def brain_scans():
    """Scans of microglia (and other glia): direction of the difference, study by study."""
    table = evidence.scans().query("method == 'TSPO PET' and quantity.str.startswith('difference')")
    order = {"not raised": 0, "raised in parts": 1, "raised": 2}
    rows = table.assign(place=table["finding"].map(order)).sort_values("place", kind="stable")
    figure, ax = canvas(height=4.6)
    for i, row in enumerate(rows.itertuples()):
        look = 0 if row.place == 0 else 1
        ax.plot([row.place], [i], ls="", marker=MARKERS[look], ms=4 + 1.8 * row.n_patients**0.5, color=PALETTE[look])
        ax.text(-0.45, i + 0.3, f"{row.condition}: {row.n_patients:.0f} patients, {row.n_controls:.0f} controls", fontsize=10.5, color=TEXT)
    ax.set(xlim=(-0.5, 2.4), ylim=(-0.5, len(rows) - 0.2), yticks=[])
    ax.set_xticks(range(3), order)
    ax.grid(axis="y", visible=False)
    return Figure(
        number="5.1",
        provenance="Data",
        caption="Scans of TSPO, a marker that rises in active microglia and other glia, patients against healthy people. "
        "Larger marks stand for more patients. The abstracts give directions; only the arthritis study prints a size. "
        "No study that scanned people before and after LDN was found.",
        sources=" ".join(rows["source"]),
        alt="Six scan studies placed by result. Rheumatoid arthritis, 15 patients and 15 controls, and lupus, 10 and 11: not raised. "
        "Fibromyalgia, 15 and 10, chronic low back pain, 9 and 9, and multiple sclerosis, 69 and 18: raised in parts. Fibromyalgia, 31 and 27: raised.",
        canvas=figure,
        data=rows.reset_index()[["study", "condition", "method", "n_patients", "n_controls", "value", "unit", "finding", "source", "seen"]],
    )


def concentration_axis():
    """Everything on one logarithmic axis from femtomolar to millimolar."""
    table = evidence.concentrations()
    blood = microglia.blood_levels()
    found = [
        (f"{r.study}: {r.finding} ({r.system})", r.nM, r.nM_low, r.nM_high, r.standing, r.target, r.source, r.seen) for r in table.itertuples()
    ] + [(r.what, r.nM, np.nan, np.nan, "stands", "blood", r.source, r.seen) for r in blood.itertuples()]
    rows = pd.DataFrame(found, columns=["finding", "nM", "low", "high", "standing", "target", "source", "seen"])
    groups = {"NADPH oxidase": 0, "filamin A": 0, "mu receptor": 1, "blood": 2, "NOX2 enzyme": 3, "TLR4": 4, "microglia": 4}
    rows = rows.assign(group=rows["target"].map(groups), middle=rows["nM"].fillna(np.sqrt(rows["low"] * rows["high"])))
    rows = rows.sort_values(["group", "middle"], kind="stable").reset_index(drop=True)
    figure, ax = canvas(height=7.4)
    low_dose = blood["nM"].iloc[0]
    ax.axvspan(low_dose * 0.7, low_dose * 1.8, color=GRID, alpha=0.7, lw=0)
    for i, row in rows.iterrows():
        marker, look = STANDINGS[row["standing"]]
        look = 2 if row["target"] == "blood" else look
        y = len(rows) - 1 - i
        if np.isfinite(row["low"]):
            ax.plot([row["low"], row["high"]], [y, y], color=PALETTE[look], lw=4, alpha=0.55, solid_capstyle="butt")
        if np.isfinite(row["nM"]) or row["high"] < 2 * row["low"]:  # a narrow range is drawn as its middle
            ax.plot([row["middle"]], [y], ls="", marker="^" if row["target"] == "blood" else marker, ms=9, color=PALETTE[look])
        mark = {"retracted": "RETRACTED. ", "contested": "Contested. "}.get(row["standing"], "")
        ax.text(1.3e-6, y + 0.24, mark + row["finding"], fontsize=9.5, color=TEXT, in_layout=False)
    ax.set(xscale="log", xlim=(1e-6, 1e6), ylim=(-0.6, len(rows) - 0.2), yticks=[], xlabel="concentration")
    ax.set_xticks([1e-6, 1e-3, 1, 1e3, 1e6], ["1 fM", "1 pM", "1 nM", "1 µM", "1 mM"])
    ax.minorticks_off()
    ax.grid(axis="y", visible=False)
    return Figure(
        number="5.2",
        provenance="Data",
        caption="From femtomolar to millimolar, a trillionfold. Triangles: peaks in blood (the shaded strip is 4.5 mg, scaled from 2.4 mg). "
        "Dots: concentrations used or found in the laboratory; bars are ranges. Crosses: retracted by the journal. The bar on the far left: contested. "
        "Naloxone, the sister drug, and the mirror image of naltrexone stand in where naltrexone itself was not measured.",
        sources=" ".join(rows["source"]),
        alt="One logarithmic axis. Far left: femtomolar protection of nerve cells, contested, and two retracted papers at 10 and 100 picomolar. "
        "Middle: mu receptors at 0.3 to 1 nanomolar and the blood after 4.5 mg at 3 and after 50 mg at 39 nanomolar. "
        "Far right: an enzyme at 2 micromolar, TLR4 experiments at 10 and 105 micromolar, calmer microglia at 100, and human cells without effect on TLR4 from 1 to 200 micromolar.",
        canvas=figure,
        data=rows[["finding", "target", "nM", "low", "high", "standing", "source", "seen"]],
    )


def closing_the_gap():
    """Share blocked at the peak of 4.5 mg against an assumed accumulation in the brain, for three potencies."""
    free = microglia.blood_levels()["nM"].iloc[0] * models.load("microglial_switch").values().unbound
    table = evidence.concentrations()
    factors = np.geomspace(1, 1e6, 121)
    potencies = {
        "measured half-block, 105.5 µM": table.loc["tlr4_wang", "nM"],
        "if 10 µM were half-block": table.loc["tlr4_hutchinson", "nM"],
        "NOX2, naloxone, 1.96 µM": table.loc["nox2_naloxone", "nM"],
    }
    figure, ax = canvas(height=3.8)
    curves = {"accumulation": factors}
    for i, (name, ic50) in enumerate(potencies.items()):
        curves[name] = 100 * free * factors / (free * factors + ic50)
        ax.plot(factors, curves[name], color=PALETTE[i], ls=DASHES[i], label=name)
        ax.plot([ic50 / free], [50], marker=MARKERS[i], ms=9, color=PALETTE[i])
    ax.axhline(50, color=MUTED, lw=1, ls=":")
    ax.set(xscale="log", yscale="log", xlim=(1, 1e6), ylim=(1e-3, 150), xlabel="free drug in brain ÷ free drug in blood", ylabel="blocked at the peak of 4.5 mg")
    ax.set_yticks([0.001, 0.01, 0.1, 1, 10, 50], ["0.001%", "0.01%", "0.1%", "1%", "10%", "50%"])
    ax.minorticks_off()
    ax.legend(loc="lower right", fontsize=10)
    return Figure(
        number="5.3",
        provenance="Illustration",
        caption="How much the brain would have to hoard. Each curve asks what share of the target is blocked at the peak of 4.5 mg if free drug "
        "in the brain were so many times that in blood; marks show where half is blocked. The accumulation is assumed: no human value was found.",
        sources="Johnson2010relative FDArevia Wang2016pharmacological Hutchinson2008nonstereo Indand2026fibromyalgia WangQ2012naloxone",
        alt="Three rising curves on logarithmic axes. Without accumulation TLR4 is blocked to about two thousandths of one per cent. "
        "Half-block needs an accumulation of about 42 thousand times at 105.5 micromolar, 4 thousand at 10 micromolar and 770 at 1.96 micromolar.",
        canvas=figure,
        data=pd.DataFrame(curves),
    )


def switch_diagram():
    """Steady states of the switch against the trigger, for three thresholds, with the folds marked."""
    activity = np.linspace(0.001, 1.6, 800)
    figure, ax = canvas(height=4.0)
    parts = []
    for i, threshold in enumerate((0.5, 0.7, 0.8)):
        off, on, at_off, at_on = microglia.switch_points(threshold)
        trigger = microglia.balance(activity, threshold)
        for low, high, stable in ((0, at_on, True), (at_on, at_off, False), (at_off, 2, True)):
            inside = (activity >= low) & (activity <= high)
            label = f"threshold {threshold:g}: on above {on:.2f}, " + (f"off below {off:.2f}" if off > 0 else "never off") if high == 2 else None
            ax.plot(trigger[inside], activity[inside], color=PALETTE[i], ls=DASHES[i] if stable else (0, (1, 3)), lw=2.2 if stable else 1.3, label=label)
            parts.append(pd.DataFrame({"threshold": threshold, "trigger": trigger[inside], "activity": activity[inside], "stable": stable}))
        ax.plot([on, off], [at_on, at_off], ls="", marker=MARKERS[i], ms=8, color=PALETTE[i])
    ax.set(xlim=(-0.02, 0.6), ylim=(0, 2.3), xlabel="trigger that reaches the cell", ylabel="activity of the cell")
    ax.legend(loc="upper left", fontsize=10)
    data = pd.concat(parts)
    return Figure(
        number="5.4",
        provenance="Illustration",
        caption="Steady states of the switch. Thick: stable; thin dots: the tipping line between calm and active; marks: the folds, where a state ends. "
        "The lower the cell's own threshold, the harder it is to switch off; at 0.5 no removal of the trigger is enough. All numbers are assumed.",
        sources="",
        alt="Three S-shaped curves of activity against trigger. For threshold 0.7 the cell turns on above 0.31 and off below 0.17; "
        "for 0.8 on above 0.37 and off below 0.28; for 0.5 on above 0.19 and never off. Between the folds both states are stable.",
        canvas=figure,
        data=data[data["trigger"] >= -0.02],
    )


def _dose(row):
    """'6 mg, 12 weeks, 99 people' of a trial, as far as known."""
    words = [f"{row.dose_mg:g} mg" if row.dose_mg > 0 else "", f"{row.weeks:g} weeks" if row.weeks > 0 else "", f"{row.n:g} people" if row.n > 0 else ""]
    return ", ".join(word for word in words if word)


def _forest(ax, rows, one=0.0):
    """Estimates with intervals, one a line, the label above it; the line of no effect at `one`."""
    ax.axvline(one, color=MUTED, lw=1.2)
    left = ax.get_xlim()[0]
    for i, row in enumerate(rows):
        y = len(rows) - 1 - i
        pooled = row.get("pooled", False)
        ax.plot([row["low"], row["high"]], [y, y], color=PALETTE[1 if pooled else 0], lw=2.2, ls=DASHES[1] if pooled else "-")
        ax.plot([row["value"]], [y], ls="", marker="D" if pooled else "s", ms=8, color=PALETTE[1 if pooled else 0])
        ax.text(left, y + 0.24, " " + row["label"], fontsize=10, color=TEXT)
    ax.set(ylim=(-0.5, len(rows) - 0.2), yticks=[])
    ax.grid(axis="y", visible=False)


def pain_forest():
    """Pain in fibromyalgia under LDN against placebo: trials and meta-analyses, each unit on its own axis."""
    table = evidence.trials()
    panels = {
        "points on a scale of 0 to 10": (["FINAL-pain", "INNOVA-pain", "Largest-two-pain", "Vatvani-pain", "Saif-pain"], (-1.5, 1.5)),
        "percentage points of the pain at the start": (["Younger2013-pain"], (-25, 25)),
        "standard deviations": (["Ologunowa-pain", "AnnMedSurg-pain"], (-1.5, 1.5)),
    }
    figure, axes = canvas(3, 1, height=7.0, height_ratios=[5, 1.35, 2.1])
    shown = []
    for ax, (unit, (ids, limits)) in zip(axes, panels.items()):
        rows = table.loc[ids]
        ax.set_xlim(limits)
        # A reduction counts as negative, like all others.
        flip = np.where(rows["better"] == "higher", -1.0, 1.0)
        drawn = []
        for row, sign in zip(rows.itertuples(), flip):
            pooled = row.design == "meta-analysis"
            low, high = sorted((sign * row.low, sign * row.high))
            about = "pooled" if pooled else f"{_dose(row)}"
            drawn.append({"label": f"{row.study}: {about}", "value": sign * row.value, "low": low, "high": high, "pooled": pooled})
        _forest(ax, drawn)
        ax.set_xlabel(unit, fontsize=11)
        shown.append(pd.DataFrame(drawn).assign(unit=unit, source=rows["source"].to_numpy(), seen=rows["seen"].to_numpy()))
    axes[0].set_title("← less pain on LDN  |  more pain on LDN →", fontsize=11, loc="center")
    data = pd.concat(shown)
    return Figure(
        number="5.6",
        provenance="Data",
        caption="Pain in fibromyalgia, LDN against placebo, with 95% intervals; squares are trials, diamonds pooled results. "
        "Left of the line is better with LDN. The interval of INNOVA (3 months of a 12-month trial) and that of the two largest trials pooled, as if both had the same true effect, were calculated by us from printed p values; "
        "so was Younger's, a crossover of 12 weeks of LDN against only 4 of placebo. Scales differ, so each has its own axis.",
        sources=" ".join(data["source"]),
        alt="Forest plot. On the 10-point scale FINAL, 6 milligrams, 12 weeks, is minus 0.34 and INNOVA plus 0.49, both across zero; pooled minus 0.04. "
        "Two meta-analyses are minus 0.86 and minus 0.46, clear of zero. Younger 2013 favours LDN by 10.8 percentage points. "
        "In standard deviations one meta-analysis crosses zero, one does not.",
        canvas=figure,
        data=data,
    )


def _against_chance(rows, number, caption, alt, height, sources):
    figure, ax = canvas(height=height)
    ax.axvspan(-2, 2, color=GRID, alpha=0.6, lw=0)
    ax.axvline(0, color=MUTED, lw=1.2)
    ax.set_xlim(-4, 4)
    for i, row in enumerate(rows.itertuples()):
        y = len(rows) - 1 - i
        good = row.t > 0
        ax.plot([0, row.t], [y, y], color=PALETTE[0 if good else 1], lw=2)
        ax.plot([row.t], [y], ls="", marker="s" if good else "o", ms=9, color=PALETTE[0 if good else 1])
        ax.text(-3.95, y + 0.22, f"{row.outcome} (p {'< ' if row.p_relation == '<' else ''}{row.p:g})", fontsize=10, color=TEXT)
    ax.set(ylim=(-0.5, len(rows) - 0.2), yticks=[], xlabel="← favours placebo  |  standard errors  |  favours LDN →")
    ax.grid(axis="y", visible=False)
    return Figure(
        number=number, provenance="Data", caption=caption, sources=sources, alt=alt, canvas=figure,
        data=rows.reset_index()[["study", "outcome", "value", "unit", "better", "p_relation", "p", "n", "dose_mg", "weeks", "t", "source", "seen"]],
    )  # fmt: skip


def arthritis_forest():
    """The only randomised trial with inflammatory arthritis: all its outcomes, in standard errors."""
    table = evidence.trials()
    rows = meta_analysis.standard_errors(table[table["group"] == "arthritis"].dropna(subset=["p"]))
    rows = rows.assign(outcome=rows["outcome"].str.replace(", change", "", regex=False))
    return _against_chance(
        rows, "5.5",
        "The arthritis trial (4.5 mg, 8 weeks of each, 23 finished, 6 of them with inflammatory arthritis). The outcomes have different scales, so each difference "
        "is drawn in units of its own standard error, which we calculated from the printed p. Where both periods print the same change the direction is unknown, and the mark stands at zero. The grey strip is what chance alone gives 19 times in 20.",
        "Seven outcomes of the arthritis trial. Pain interference, fatigue, global severity and improvement lie near zero, pain severity a little towards placebo; "
        "painDETECT and depression lie beyond two standard errors in favour of placebo. None favours LDN clearly.",
        4.6, "NCT03008590 Beaudette2023pilot",
    )  # fmt: skip


def sclerosis_forest():
    """The MS trial that found something: its outcomes, in standard errors."""
    table = evidence.trials()
    rows = meta_analysis.standard_errors(table[(table["study"] == "Cree 2010")].dropna(subset=["p"]))
    return _against_chance(
        rows, "5.9",
        "Multiple sclerosis, 4.5 mg, 8 weeks of each: 80 people began and 60 were analysed. Drawn as in Figure 5.5. A larger trial (96 people, 17 weeks in all) found no difference "
        "and printed no numbers that could be drawn.",
        "Four scales of one trial in multiple sclerosis: mental component of a quality-of-life form, a mental health inventory, pain effects and perceived deficits. "
        "All four lie between two and three standard errors in favour of LDN, at the edge of what chance gives.",
        3.4, "Cree2010pilot Sharafaddinzadeh2010effect",
    )  # fmt: skip


def harms():
    """Dreams, dizziness, headache and nausea: risk ratios, and shares of people in single trials."""
    table = evidence.trials()
    ratios = table.loc[["AnnMedSurg-dreams", "Saif-dizziness", "AnnMedSurg-headache", "Saif-nausea"]]
    pairs = table.loc[["Younger2013-dreams", "Younger2013-headache", "FINAL-adverse", "INNOVA-adverse"]]
    figure, (top, bottom) = canvas(2, 1, height=6.2)
    top.set(xscale="log", xlim=(0.5, 5))
    _forest(top, [{"label": f"{r.outcome} ({r.study}, pooled)", "value": r.value, "low": r.low, "high": r.high, "pooled": True} for r in ratios.itertuples()], one=1)
    top.set_xticks([0.5, 1, 2, 4], ["½", "as often", "twice", "4 times"])
    top.minorticks_off()
    top.set_xlabel("how often, LDN against placebo", fontsize=11)
    for i, row in enumerate(pairs.itertuples()):
        y = len(pairs) - 1 - i
        bottom.plot([row.arm_control, row.arm_ldn], [y, y], color=MUTED, lw=1.5)
        bottom.plot([row.arm_control], [y], ls="", marker="o", ms=9, color=PALETTE[1], label="placebo" if i == 0 else None)
        bottom.plot([row.arm_ldn], [y], ls="", marker="s", ms=9, color=PALETTE[0], label="LDN" if i == 0 else None)
        bottom.text(1, y + 0.24, f"{row.outcome}, {row.study}: {_dose(row)}", fontsize=10, color=TEXT)
    bottom.set(xlim=(0, 100), ylim=(-0.5, len(pairs) - 0.1), yticks=[], xlabel="people affected")
    bottom.xaxis.set_major_formatter(percent)
    bottom.grid(axis="y", visible=False)
    bottom.legend(loc="lower center", bbox_to_anchor=(0.5, 0.98), fontsize=10, ncols=2)
    shown = pd.concat([ratios, pairs])
    return Figure(
        number="5.7",
        provenance="Data",
        caption="Side effects on LDN and on placebo. Above: risk ratios with 95% intervals from pooled fibromyalgia trials; right of the line is more often on LDN. "
        "Below: shares of people in single trials (those of Younger 2013 from a conference report, without a test).",
        sources=" ".join(shown["source"]),
        alt="Above, vivid dreams are 2.4 times and dizziness 2.0 times as frequent, both intervals above one; headache 1.7 and nausea 1.0 cross one. "
        "Below, vivid dreams 37 against 13 per cent and headache 16 against 3 per cent in one trial; any adverse event 84 against 86 and 69 against 72 per cent in two others.",
        canvas=figure,
        data=shown.reset_index()[["study", "outcome", "value", "low", "high", "arm_ldn", "arm_control", "unit", "source", "seen"]],
    )


def many_outcomes():
    """How often the best of many outcomes looks as good as the memory result, by chance."""
    p = evidence.trials().loc["FINAL-memory", "p"]
    outcomes = np.arange(1, 61)
    data = pd.DataFrame({"outcomes": outcomes, f"p {p:g} or less": 100 * uncontrolled.chance_of_one(p, outcomes), "p 0.05 or less": 100 * uncontrolled.chance_of_one(0.05, outcomes)})
    figure, ax = canvas(height=3.4)
    for i, name in enumerate(data.columns[1:]):
        ax.plot(outcomes, data[name], color=PALETTE[i], ls=DASHES[i], label=f"at least one with {name}")
    ax.axhline(5, color=MUTED, lw=1, ls=":")
    ax.text(60, 6.5, "5%", ha="right", color=MUTED)
    ax.set(xlim=(1, 60), ylim=(0, 100), xlabel="outcomes tested, none with any effect", ylabel="chance of a finding")
    ax.yaxis.set_major_formatter(percent)
    ax.legend(fontsize=10, loc="center right", bbox_to_anchor=(1, 0.42))
    return Figure(
        number="5.8",
        provenance="Illustration",
        caption=f"A lucky find. With p {p:g}, as for memory, the chance that the best of several outcomes does so well with no effect at all passes 5% "
        "at 13 outcomes; with the usual limit of 0.05 it passes 5% at the second. Outcomes are taken as independent; related ones give fewer surprises.",
        sources="MEAssociation2023naltrexone Bruun2024naltrexone",
        alt="Two rising curves against the number of outcomes tested. The chance of at least one result with p 0.05 rises to 64 per cent at 20 outcomes and 95 at 60; "
        "with p 0.004 it reaches 8 per cent at 20 outcomes and 21 at 60.",
        canvas=figure,
        data=data,
    )
