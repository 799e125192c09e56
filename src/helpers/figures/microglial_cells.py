"""Figures of chapter 5, microglia.

Concentrations, the switch, scans, and what trials measured.
"""

from dataclasses import replace
from textwrap import fill

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import meta_analysis, microglia, uncontrolled
from helpers.figures import (
    Figure,
    columns,
    holds,
    row_at,
    say,
    say_each,
)
from helpers.style import (
    BLUE,
    GREEN,
    GREY,
    GRID,
    LDN,
    LOOKS,
    MUTED,
    ORANGE,
    PINK,
    PLACEBO,
    POOLED,
    TEXT,
    TRIAL,
    better_left,
    canvas,
    interval_rows,
    key_above,
    log_ticks,
    name_lines,
    percent_axis,
    words_above,
)

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
    figure, ax = canvas(height=4.6, wide_height=4)
    for y, row in enumerate(rows.itertuples()):
        look = BLUE if row.place == 0 else ORANGE
        size = 4 + 1.8 * row.n_patients**0.5
        ax.plot([row.place], [y], **look.marks, ms=size)
    labels = [
        f"{row.condition}: {row.n_patients:.0f} ill, "
        f"{row.n_controls:.0f} healthy"
        for row in rows.itertuples()
    ]
    at = range(len(rows))
    words_above(ax, -0.45, at, labels, lift=0.3)
    ax.set(xlim=(-0.5, 2.4), ylim=(-0.5, len(rows) - 0.2), yticks=[])
    ax.set_xticks(range(3), findings)
    ax.grid(axis="y", visible=False)
    words = "{condition}, {n_patients:.0f} and {n_controls:.0f}"
    found = {
        name: say_each(words, part, "; ")
        for name, part in rows.groupby("finding")
    }
    sizes = rows["value"].notna()
    return Figure(
        number="5.1",
        provenance="Data",
        caption=say(
            "Scans of TSPO, a marker that rises with the number of "
            "microglia and other glia, patients against healthy people. "
            "Larger marks stand for more patients. The abstracts give "
            "directions; {only}. No study that scanned people before and "
            "after LDN was found.",
            only=holds(
                "only the arthritis study prints a size",
                [*rows["condition"][sizes]] == ["rheumatoid arthritis"],
            ),
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Six scan studies placed by result, with the numbers of "
            "patients and of healthy people. Not raised: {found[not "
            "raised]}. Raised in parts: {found[raised in parts]}. Raised: "
            "{found[raised]}.",
            found=found,
        ),
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
    figure, ax = canvas(height=9.5, wide_height=8.5)
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
        words = fill(mark.get(row.standing, "") + row.finding, 44)
        ax.text(1.3e-6, y + 0.2, words, color=TEXT, in_layout=False)
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
    nM = rows["nM"]
    peaks = nM[rows["target"] == "blood"].dropna()
    serum = rows[rows["source"] == "Brewer2018doubleblinded"].iloc[0]
    far = ["nox2_naloxone", "tlr4_hutchinson", "tlr4_wang", "tlr4_kucic"]
    human = rows.loc["tlr4_cant"]
    return Figure(
        number="5.2",
        provenance="Data",
        caption="From femtomolar to millimolar, a trillionfold. Triangles: "
        "peaks in blood (the shaded strip is 4.5 mg, scaled from a smaller "
        "dose); the bar below them was measured in serum on 4.5 mg a day. "
        "Dots: concentrations used or found in the laboratory; bars are "
        "ranges. Crosses: retracted by the journal. The bar on the far "
        "left: contested. Naloxone, the sister drug, and the mirror image "
        "of naltrexone stand in where naltrexone itself was not measured.",
        sources=" ".join(rows["source"]),
        alt=say(
            "One logarithmic axis. Far left: femtomolar protection of "
            "nerve cells, contested, and two retracted papers at "
            "{pico[0]:.0f} and {pico[1]:.0f} picomolar. Middle: mu "
            "receptors at {mu[0]:.1f} to {mu[1]:.1f} nanomolar, by the "
            "metabolite at {mu[2]:.2f}, and the "
            "blood after 4.5 mg at {peaks[0]:.0f}, in another study from "
            "{serum.low:.0f} to {serum.high:.0f}, and after 50 mg at "
            "{peaks[1]:.0f} nanomolar. Far right: an enzyme at "
            "{micro[0]:.0f} micromolar, TLR4 experiments at {micro[1]:.0f} "
            "and {micro[2]:g} micromolar, calmer microglia at "
            "{micro[3]:.0f}, and human cells without effect on TLR4 from "
            "{human[0]:.0f} to {human[1]:.0f} micromolar.",
            pico=list(1000 * nM[["pico_wang2008", "pico_wang2009"]]),
            mu=[
                nM["mu_porter"],
                rows.loc["mu_cassel", "high"],
                nM["mu_porter_metabolite"],
            ],
            peaks=list(peaks),
            serum=serum,
            micro=list(nM[far] / 1000),
            human=[human["low"] / 1000, human["high"] / 1000],
        ),
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
    halves = [ic50 / free for ic50 in potencies.values()]
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
    times = ["1", "100", "10,000", "1 million"]
    log_ticks(ax.xaxis, [1, 100, 10_000, 1_000_000], times)
    key_above(ax)
    half = {"target": [*potencies], "accumulation": halves}
    data = pd.DataFrame(curves)
    least = data["measured half-block, 105.5 µM"].iloc[0]
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
        alt=say(
            "Three rising curves on logarithmic axes. Without accumulation "
            "TLR4 is blocked to {least:.4f} per cent. Half-block needs an "
            "accumulation of {0:,.0f} times at {nM[0]:g} micromolar, "
            "{1:,.0f} at {nM[1]:g} micromolar and {2:,.0f} at {nM[2]:g} "
            "micromolar.",
            *halves,
            least=least,
            nM=[ic50 / 1000 for ic50 in potencies.values()],
        ),
        canvas=figure,
        data=pd.concat([data, pd.DataFrame(half)]),
    )


def switch_diagram():
    """Bifurcation diagram of the switch: hysteresis between two folds."""
    activity = np.linspace(0.001, 1.6, 800)
    figure, ax = canvas(height=4.2, wide_height=4)
    parts, folds = [], {}
    for look, threshold in zip(LOOKS, (0.5, 0.7, 0.8)):
        off, on, at_off, at_on = microglia.switch_points(threshold)
        folds[threshold] = off, on
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
    key_above(ax)
    data = pd.concat(parts)
    never = holds("and never off", folds[0.5][0] <= 0)
    return Figure(
        number="5.4",
        provenance="Illustration",
        caption=say(
            "Steady states of the switch. Thick: stable; thin dots: the "
            "tipping line between calm and active; marks: the folds, where "
            "a state ends. {lower}; at 0.5 no removal of the trigger is "
            "enough. All numbers are assumed.",
            lower=holds(
                "The lower the cell's own threshold, the harder it is to "
                "switch off",
                folds[0.5][0] < folds[0.7][0] < folds[0.8][0],
            ),
        ),
        sources="",
        alt=say(
            "Three S-shaped curves of activity against trigger. For "
            "threshold 0.7 the cell turns on above {b[1]:.2f} and off "
            "below {b[0]:.2f}; for 0.8 on above {c[1]:.2f} and off below "
            "{c[0]:.2f}; for 0.5 on above {a[1]:.2f} {never}. Between the "
            "folds both states are stable.",
            a=folds[0.5],
            b=folds[0.7],
            c=folds[0.8],
            never=never,
        ),
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
        "points of 10": (ten, 1.5),
        "% of the pain at the start": (["Younger2013"], 25),
        "SDs": (["Ologunowa", "AnnMedSurg"], 1.5),
    }
    figure, axes = canvas(
        3,
        1,
        height=7.4,
        wide="ab/ac",
        wide_height=4,
        height_ratios=[5, 1.35, 2.1],
    )
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
                "label": rows["study"].str.removesuffix(" pooled")
                + ": "
                + about,
                "value": flip * rows["value"],
                "low": bounds[0],
                "high": bounds[1],
                "pooled": pooled,
                "unit": unit,
            }
        )
        ax.set_xlim(-end, end)
        _forest(ax, drawn)
        better_left(ax, unit)
        shown.append(drawn.join(rows[["source", "seen"]]))
    data = pd.concat(shown)
    v, low, high = data["value"], data["low"], data["high"]
    crosses = lambda *ids: all(low[id] < 0 < high[id] for id in ids)
    return Figure(
        number="5.6",
        provenance="Data",
        caption="Pain in fibromyalgia, LDN against placebo, with 95% "
        "intervals; squares are trials, diamonds pooled results. Left of "
        "the line is better with LDN. INNOVA is shown at three months of "
        "twelve, with the difference in the level of pain. The interval of "
        "the two largest trials pooled, as if both had the same true "
        "effect, was calculated by us from theirs; that of Younger, a "
        "crossover of 12 weeks of LDN against only four of placebo, from "
        "its p value. Scales differ, so each has its own axis.",
        sources=" ".join(data["source"]),
        alt=say(
            "Forest plot; left is less pain on LDN. On the 10-point scale "
            "FINAL, 6 mg, 12 weeks, is minus {v[FINAL-pain]:.2f} and "
            "INNOVA plus {v[INNOVA-pain]:.2f}, {across}; pooled minus "
            "{v[Largest-two-pain]:.2f}. Two meta-analyses are minus "
            "{v[Vatvani-pain]:.2f} and minus {v[Saif-pain]:.2f}, {clear}. "
            "Younger 2013 favours LDN by {v[Younger2013-pain]:.1f} "
            "percentage points. In standard deviations {one}.",
            v=v.abs(),
            across=holds(
                "both across zero", crosses("FINAL-pain", "INNOVA-pain")
            ),
            clear=holds(
                "clear of zero",
                max(high[["Vatvani-pain", "Saif-pain"]]) < 0,
            ),
            one=holds(
                "one meta-analysis crosses zero, one does not",
                crosses("Ologunowa-pain"),
                not crosses("AnnMedSurg-pain"),
            ),
        ),
        canvas=figure,
        data=data,
    )


def _against_chance(rows, height, **about):
    """A crossover's outcomes beside what chance alone gives.

    rows: of `meta_analysis.within_person`; about: the rest of the figure.
    """
    figure, ax = canvas(height=height, wide_height=0.85 * height)
    chance = rows["high"].iloc[0] - rows["value"].iloc[0]
    ax.axvspan(-chance, chance, color=GRID, alpha=0.6, lw=0)
    ax.axvline(0, color=MUTED, lw=1.2)
    ax.set_xlim(-1.1, 1.1)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1])
    places = np.arange(len(rows) - 1, -1, -1)
    for y, d in zip(places, rows["value"]):
        look = LDN if d < 0 else PLACEBO if d > 0 else GREY
        ax.plot([0, d], [y, y], color=look.color, lw=2)
        ax.plot([d], [y], **look.marks, ms=9)
    below = rows["p_relation"].eq("<").map({True: "< ", False: ""})
    p = below + rows["p"].map("{:g}".format)
    labels = rows["outcome"] + " (p " + p + ")"
    words_above(ax, -1.09, places, labels, lift=0.22)
    ax.set(ylim=(-0.5, len(rows) - 0.2), yticks=[])
    better_left(ax, "SDs")
    ax.grid(axis="y", visible=False)
    data = columns(
        rows,
        "study",
        "outcome",
        "value",
        "low",
        "high",
        "unit",
        "p_relation",
        "p",
        "n",
        "dose_mg",
        "weeks",
    ).assign(chance=chance)
    return Figure(provenance="Data", canvas=figure, data=data, **about)


def arthritis_forest():
    """The only randomised trial with inflammatory arthritis.

    All its outcomes, in standard deviations.
    """
    table = evidence.trials().query("group == 'arthritis'")
    rows = meta_analysis.within_person(table.dropna(subset=["p"]))
    outcome = rows["outcome"].str.replace(", change", "", regex=False)
    low, high = rows["low"], rows["high"]
    lost = ["LDNVA-painDETECT", "LDNVA-depression"]
    rest = rows.index.drop(lost)
    return _against_chance(
        rows.assign(outcome=outcome),
        height=4.6,
        number="5.5",
        caption=say(
            "The arthritis trial ({dose:g} mg, {weeks:g} weeks of each, "
            "{n:.0f} finished, six of them with inflammatory arthritis). "
            "The outcomes have different scales, so each difference is "
            "drawn in standard deviations of the difference within a "
            "person, which we calculated from the printed p. Where both "
            "periods print the same change the direction is unknown, and "
            "the mark stands at zero. The grey strip is what chance alone "
            "gives nineteen times in twenty. Right of it the scores are "
            "worse on LDN.",
            dose=rows["dose_mg"].iloc[0],
            weeks=rows["weeks"].iloc[0],
            n=rows["n"].iloc[0],
        ),
        sources="NCT03008590 Beaudette2023pilot",
        alt=say(
            "Seven outcomes of the arthritis trial; left is better on LDN. "
            "Pain interference, fatigue, global severity and improvement "
            "and pain severity {near}, pain severity a little towards "
            "placebo; painDETECT and depression {beyond}. {none}.",
            near=holds(
                "lie within what chance gives",
                all(low[rest] < 0),
                all(high[rest] > 0),
            ),
            beyond=holds(
                "lie beyond it in favour of placebo", all(low[lost] > 0)
            ),
            none=holds("None favours LDN clearly", all(high > 0)),
        ),
    )


def sclerosis_forest():
    """The trial in multiple sclerosis that found something.

    Its outcomes, in standard deviations.
    """
    table = evidence.trials().query("study == 'Cree 2010'")
    rows = meta_analysis.within_person(table.dropna(subset=["p"]))
    return _against_chance(
        rows,
        height=3.4,
        number="5.9",
        caption=say(
            "Multiple sclerosis, {dose:g} mg, {weeks:g} weeks of each: "
            "eighty people began and {n:.0f} were analysed. Drawn as in "
            "Figure 5.5. A larger trial found no difference and printed no "
            "numbers that could be drawn.",
            dose=rows["dose_mg"].iloc[0],
            weeks=rows["weeks"].iloc[0],
            n=rows["n"].iloc[0],
        ),
        sources="Cree2010pilot Sharafaddinzadeh2010effect",
        alt=say(
            "Four scales of one trial in multiple sclerosis: mental "
            "component of a quality-of-life form, a mental health "
            "inventory, pain effects and perceived deficits; left is "
            "better on LDN. All four {left}, {edge}.",
            left=holds("lie left of zero", all(rows["value"] < 0)),
            edge=holds(
                "at the edge of what chance gives",
                all(rows["high"].abs() < 0.1),
            ),
        ),
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
    figure, (top, bottom) = canvas(2, 1, height=7.6, wide_height=4.2)
    top.set(xscale="log", xlim=(0.5, 5))
    label = ratios["outcome"] + " (" + ratios["study"] + ", pooled)"
    _forest(top, ratios.assign(label=label, pooled=True), one=1)
    words = ["½", "as often", "twice", "4 times"]
    log_ticks(top.xaxis, [0.5, 1, 2, 4], words)
    top.set_xlabel("how often, LDN against placebo · more →")
    places = np.arange(len(pairs) - 1, -1, -1)
    for y, row in zip(places, pairs.itertuples()):
        placebo, ldn = row.arm_control, row.arm_ldn
        bottom.plot([placebo, ldn], [y, y], color=MUTED, lw=1.5)
        bottom.plot([placebo], [y], **PLACEBO.marks, ms=9, label="placebo")
        bottom.plot([ldn], [y], **LDN.marks, ms=9, label="LDN")
    labels = [
        fill(f"{row.outcome}, {row.study}: {_dose(row)}", 42)
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
    key_above(bottom, ncols=2)
    shown = pd.concat([ratios, pairs])
    v, low, high = shown["value"], shown["low"], shown["high"]
    ldn, placebo = shown["arm_ldn"], shown["arm_control"]
    above = ["AnnMedSurg-dreams", "Saif-dizziness"]
    cross = ["AnnMedSurg-headache", "Saif-nausea"]
    return Figure(
        number="5.7",
        provenance="Data",
        caption="Side effects on LDN and on placebo. A: risk ratios "
        "with 95% intervals from pooled fibromyalgia trials; right of the "
        "line is more often on LDN. Of dizziness and nausea another "
        "review says the reverse, without numbers in its abstract "
        "(Vatvani 2024). B: shares of people in single trials "
        "(those of Younger 2013 from a conference report, without a test).",
        sources=" ".join([*shown["source"], "Vatvani2024efficacy"]),
        alt=say(
            "In A, vivid dreams are {v[AnnMedSurg-dreams]:.1f} times and "
            "dizziness {v[Saif-dizziness]:.1f} times as frequent, {above}; "
            "headache {v[AnnMedSurg-headache]:.1f} and nausea "
            "{v[Saif-nausea]:.1f} {cross}. In B, vivid dreams "
            "{ldn[Younger2013-dreams]:.0f} against "
            "{placebo[Younger2013-dreams]:.0f} per cent and headache "
            "{ldn[Younger2013-headache]:.0f} against "
            "{placebo[Younger2013-headache]:.0f} per cent in one trial; "
            "any adverse event {ldn[FINAL-adverse]:.0f} against "
            "{placebo[FINAL-adverse]:.0f} and {ldn[INNOVA-adverse]:.0f} "
            "against {placebo[INNOVA-adverse]:.0f} per cent in two others.",
            v=v,
            ldn=ldn,
            placebo=placebo,
            above=holds("both intervals above one", all(low[above] > 1)),
            cross=holds(
                "cross one", all(low[cross] < 1), all(high[cross] > 1)
            ),
        ),
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
    name_lines(ax)
    first = data[data[f"p {p:g} or less"] > 5].iloc[0]
    usual = data[data["p 0.05 or less"] > 5 + 1e-9].iloc[0]
    twenty, sixty = (row_at(data, "outcomes", n) for n in (20, 60))
    return Figure(
        number="5.8",
        provenance="Illustration",
        caption=say(
            "A lucky find. With p {p:g}, as for memory, the chance that "
            "the best of several outcomes does so well with no effect at "
            "all passes one in twenty at {first[outcomes]:.0f} outcomes; "
            "with the usual limit of 0.05 it does so {second}. Outcomes "
            "are taken as independent; related ones give fewer surprises.",
            p=p,
            first=first,
            second=holds("at the second", usual["outcomes"] == 2),
        ),
        sources="MEAssociation2023naltrexone Bruun2024naltrexone",
        alt=say(
            "Two rising curves against the number of outcomes tested. The "
            "chance of at least one result with p 0.05 rises to {0[p 0.05 "
            "or less]:.0f} per cent at {0[outcomes]:.0f} outcomes and {1[p "
            "0.05 or less]:.0f} at {1[outcomes]:.0f}; with p {p:g} it "
            "reaches {2:.0f} per cent and {3:.0f}.",
            twenty,
            sixty,
            twenty[f"p {p:g} or less"],
            sixty[f"p {p:g} or less"],
            p=p,
        ),
        canvas=figure,
        data=data,
    )
