"""Figures of chapter 6, choosing a treatment for rheumatoid arthritis."""

from dataclasses import replace
from textwrap import fill

import numpy as np
import pandas as pd

from helpers import evidence
from helpers.analysis import meta_analysis
from helpers.figures import (
    Figure,
    columns,
    holds,
    in_a_hundred,
    say,
    say_each,
)
from helpers.simulate import simulate, single
from helpers.style import (
    BLUE,
    DASHES,
    GREY,
    GRID,
    LDN,
    MUTED,
    ORANGE,
    PALETTE,
    PLACEBO,
    TEXT,
    TRIAL,
    better_left,
    canvas,
    interval_rows,
    key_above,
    log_ticks,
    percent_axis,
)

SHORT = {
    "mtx-liver": "moderate liver rise",
    "tnf-infection": "serious infection in a year",
    "gc-bleeding": "gut bleeding",
    "jak-cancer": "cancer in about four years",
    "mtx-acr20": "20% better",
    "tnf-acr20": "20% better",
    "il6-acr20": "20% better",
    "jak-acr20": "20% better",
}
DRUGS = (
    "methotrexate",
    "TNF inhibitor",
    "tocilizumab",
    "tofacitinib",
    "glucocorticoid",
    "LDN",
)
# Drug → row of the table that is shown, or why there is none.
BENEFITS = {
    "methotrexate": "mtx-acr20",
    "TNF inhibitor": "tnf-acr20",
    "tocilizumab": "il6-acr20",
    "tofacitinib": "jak-acr20",
}
HARMS = {
    "methotrexate": "mtx-liver",
    "TNF inhibitor": "tnf-infection",
    "tofacitinib": "jak-cancer",
    "glucocorticoid": "gc-bleeding",
}
NO_BENEFIT = {
    "glucocorticoid": "measured on another scale",
    "LDN": "never measured in this disease",
}
NO_HARM = {
    "tocilizumab": "only measured with other biologics",
    "LDN": "serious harm: too few people, too short a time",
}


def benefits_and_harms():
    """The icon arrays as a table: people in a hundred.

    Each drug's benefit and harm, on the drug and on its control.
    """
    table = evidence.outcomes()

    def cell(drug, rows, missing):
        if drug in missing:
            return missing[drug]
        row = table.loc[rows[drug]]
        on_drug = in_a_hundred(row.arm_drug)
        without = in_a_hundred(row.arm_control)
        counts = f"{on_drug:.0f} against {without:.0f}"
        return f"{SHORT[row.name]}: {counts} ({row.control})"

    cells = {
        drug: [
            cell(drug, BENEFITS, NO_BENEFIT),
            cell(drug, HARMS, NO_HARM),
        ]
        for drug in DRUGS
    }
    names = ["benefit, in 100 people", "harm, in 100 people"]
    return pd.DataFrame.from_dict(cells, orient="index", columns=names)


def _icons(ax, title, words, both=None, extra=None):
    """A hundred people, ten a row, as icons.

    both: how many have it with and without the drug; extra: with it only.
    Without these two numbers every person is a question mark.
    """
    x = np.tile(np.arange(10), 10)
    y = np.repeat(np.arange(9, -1, -1), 10)
    ax.set(xlim=(-0.7, 9.7), ylim=(-3.4, 11.4))
    ax.axis("off")
    ax.text(-0.3, 10.2, title, weight="bold")
    ax.text(4.5, -1, words, ha="center", va="top")
    if both is None:
        mark = {"ha": "center", "va": "center"}
        for at in zip(x, y):
            ax.text(*at, "?", **mark, color=MUTED)
        return
    ends = [0, both, both + extra, 100]
    looks = [
        {"marker": "s", "ms": 6, "color": GREY.color},
        {"marker": "o", "ms": 7, "color": ORANGE.color},
        {"marker": ".", "ms": 2, "color": MUTED},
    ]
    for start, end, look in zip(ends, ends[1:], looks):
        ax.plot(x[start:end], y[start:end], ls="", **look)


def _icon_arrays(rows, unknown, kind, alt, also=(), **about):
    """Six icon arrays as a `Figure`, one a drug.

    rows: drug → row of the table of outcomes; unknown: drug → why there is
    none; kind: what a square stands for; alt: the description, with a field
    for what the known drugs did; also: rows of the table that the caption
    speaks of; about: the rest of the figure.
    """
    table = evidence.outcomes()
    figure, axes = canvas(
        3,
        2,
        height=7.8,
        wide="abc/def",
        wide_height=5.4,
        letters=False,
    )
    data = []
    for ax, drug in zip(axes.flat, DRUGS):
        if drug in unknown:
            _icons(ax, drug, fill(unknown[drug], 24))
            data.append({"treatment": drug, "outcome": "unknown"})
            continue
        row = table.loc[rows[drug]]
        both = int(in_a_hundred(row.arm_control))
        with_drug = int(in_a_hundred(row.arm_drug))
        what = fill(f"{SHORT[row.name]}:", 20)
        words = f"{what}\n{with_drug} against {both}"
        _icons(ax, drug, words, both, with_drug - both)
        names = ["treatment", "outcome", "arm_drug", "arm_control"]
        names += ["control", "n", "weeks", "source", "seen"]
        shown = {"shown_drug": with_drug, "shown_control": both}
        data.append(row[names].to_dict() | shown)
    figure.supxlabel(
        f"square: {kind} also without the drug\ncircle: with the drug only "
        "· dot: neither",
        fontsize="medium",
    )
    data = pd.DataFrame(data)
    known = data.dropna(subset=["arm_drug"])
    data = pd.concat([data, table.loc[list(also), names]])
    words = "{outcome} on {treatment} {shown_drug:.0f} and "
    words += "{shown_control:.0f}"
    return Figure(
        provenance="Data",
        sources=" ".join(table.loc[list(rows.values()), "source"]),
        alt=say(alt, say_each(words, known)),
        canvas=figure,
        data=data,
        **about,
    )


def benefit_icons():
    """Icon arrays of benefit: of a hundred people, who gets 20% better.

    With a drug, and how many would have anyway.
    """
    return _icon_arrays(
        BENEFITS,
        NO_BENEFIT,
        "better",
        number="6.1",
        caption="A hundred people on each drug: how many improved by at "
        "least 20%, and how many of them would have done so on placebo, if "
        "the same people improve on both. Compare within a panel only: "
        "trials differ in people and length. In the panels of the TNF "
        "inhibitor and of tocilizumab both groups also took methotrexate. "
        "A question mark is a person we know nothing about.",
        alt="Six grids of a hundred marks. With the drug and on placebo: "
        "{}. The grids of glucocorticoid and LDN are filled with question "
        "marks.",
    )


def harm_icons():
    """Icon arrays of harm: of a hundred people, who meets it.

    One well-measured harm of each drug, with the drug and without.
    """
    table = evidence.outcomes()
    liver, dreams = table.loc["mtx-liver-any"], table.loc["ldn-dreams"]
    return _icon_arrays(
        HARMS,
        NO_HARM,
        "harm",
        number="6.2",
        caption=say(
            "One harm for each drug, serious or a laboratory sign of it. "
            "Liver tests: moderate rises, against placebo, nearly two "
            "years, in people with heart disease; any rise was seen in "
            "{0:.1f}% and {1:.1f}%. Infections: one year, against older "
            "drugs. Cancer: the lower of two doses against TNF inhibitors, "
            "about four years, in people past fifty with a risk to the "
            "heart. Bleeding: mostly people in hospital. "
            "For LDN no serious harm was counted in enough people, so its "
            "panel is empty of numbers: that is unknown, not zero. What "
            "was counted, vivid dreams (in fibromyalgia, {2:.0f} against "
            "{3:.0f} in a hundred), is no serious harm and stands in "
            "Figure 6.4.",
            *(liver.arm_drug, liver.arm_control),
            *(dreams.arm_drug, dreams.arm_control),
        ),
        also=("mtx-liver-any", "ldn-dreams"),
        alt="Six grids of a hundred marks. With the drug and without: "
        "{}. The grids of tocilizumab and LDN show question marks.",
    )


def relative_harms():
    """Infections and bleeding: relative risks with intervals, LDN without.

    Ratios of hazards, odds or risks, as published.
    """
    ids = ["mtx-infection", "tnf-infection", "biologic-infection"]
    ids += ["biologic-infection-high", "gc-infection", "gc-bleeding-home"]
    rows = evidence.outcomes().loc[ids]
    outcome = rows["outcome"].str.split(" in a year").str[0]
    labels = [*(rows["treatment"] + ":\n" + outcome)]
    labels[-1] = "glucocorticoid: gut\nbleeding at home"
    figure, ax = canvas(height=4.4, wide_height=4)
    places = interval_rows(ax, rows, replace(BLUE, marker="s"), ms=7, lw=2)
    field = {"color": GRID, "alpha": 0.7, "lw": 0}
    ax.axvspan(0.3, 7, ymin=0.01, ymax=0.14, **field)
    words = "unknown: too few people,\ntoo short a time"
    ax.text(1.45, 0, words, ha="center", va="center")
    ax.axvline(1, color=TEXT, lw=1)
    ax.set(
        xscale="log",
        xlim=(0.3, 7),
        ylim=(-0.6, len(rows) + 0.6),
        xlabel="relative risk (1: equal) · more harm →",
    )
    log_ticks(ax.xaxis, [0.5, 1, 2, 5])
    labels.append("LDN:\nserious infection")
    ax.set_yticks([*places, 0], labels)
    bleeding = rows.loc["gc-bleeding-home"]
    infections = rows.drop("gc-bleeding-home")
    usual = infections.drop("biologic-infection-high")
    return Figure(
        number="6.3",
        provenance="Data",
        caption=say(
            "Infections are the shared price of the standard drugs, and "
            "{small} in relative terms at usual doses. Ratios are of "
            "hazards, odds or risks, as published. For LDN there is no "
            "number, and none is drawn.",
            small=holds("small", usual["value"].max() < 1.5),
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Ratios with 95 per cent intervals; right of one is more harm. "
            "{infections}. Bleeding outside hospital under glucocorticoid "
            "{bleeding.value:.2f}, from {bleeding.low:.2f} to "
            "{bleeding.high:.2f}. The line for LDN is a grey field marked "
            "unknown.",
            infections=say_each(
                "{treatment}, {outcome}: {value:.2f}", infections, "; "
            ),
            bleeding=bleeding,
        ),
        canvas=figure,
        data=columns(
            rows,
            "treatment",
            "outcome",
            "control",
            "measure",
            "value",
            "low",
            "high",
            "n",
        ),
    )


def arthritis_evidence():
    """All that is known of LDN in arthritis.

    The crossover trial, standardised, and the Norwegian register.
    """
    table = evidence.trials()
    trial = meta_analysis.within_person(table.query("group == 'arthritis'"))
    register = table.query("study == 'Norway, arthritis'")
    figure, axes = canvas(
        3,
        1,
        height=7,
        wide="ab/ac",
        wide_height=4.2,
        height_ratios=[len(trial), 2, 1.2],
    )
    used = "change, daily doses a patient and year"
    panels = (
        (trial, TRIAL, ""),
        (register.iloc[:2], GREY, used),
        (register.iloc[2:], GREY, "change, percentage points"),
    )
    shorter = {
        "clinical ": "",
        "Brief Fatigue Inventory": "fatigue",
        "Beck Depression Inventory II": "depression",
        "all studied drugs": "all drugs",
    }
    for ax, (rows, look, label) in zip(axes, panels):
        names = rows["outcome"].str.split(",").str[0]
        for long, short in shorter.items():
            names = names.str.replace(long, short, regex=False)
        interval_rows(ax, rows, look, labels=list(names), ms=6)
        ax.set(ylim=(0.4, len(rows) + 0.6), xlabel=label)
        ax.axvline(0, color=TEXT, lw=1)
    axes[0].set_xlim(-1.1, 1.1)
    better_left(axes[0], "SDs")
    axes[0].set_title("Crossover,\n23 people")
    axes[1].set_title("Register,\n360 people")
    data = pd.concat([trial, register])
    low, high = trial["low"], trial["high"]
    lost = ["LDNVA-painDETECT", "LDNVA-depression"]
    rest = trial.index.drop(lost)
    everything = register.iloc[0]
    fell = "{outcome} down {fall:g} {unit}"
    others = register.iloc[1:].assign(fall=-register["value"])
    return Figure(
        number="6.5",
        provenance="Data",
        caption=say(
            "What was found about LDN in arthritis. A: the only "
            "randomised trial, in {people}; sizes calculated from the "
            "published p values, in standard deviations of the difference "
            "within a person. Where both periods print the same change the "
            "direction is unknown, and the mark stands at zero. B and C: "
            "drugs dispensed to persistent users in Norway, the year after "
            "against the year before, with no untreated group. Less "
            "dispensed can mean less need or less treatment.",
            people=holds(
                "seventeen people with osteoarthritis and six with "
                "inflammatory arthritis",
                all(trial["n"] == 17 + 6),
            ),
        ),
        sources="Beaudette2023pilot NCT03008590 Raknes2019low",
        alt=say(
            "In A, seven outcomes of the crossover with intervals; left "
            "is better on LDN: pain interference, severity, fatigue and "
            "both global ratings {across}, painDETECT and depression "
            "{right}. In B and C, the register: {first[outcome]} down "
            "{fall:.0f} daily doses, from {low:.0f} to {high:.0f}; "
            "{others}.",
            across=holds(
                "lie across zero", all(low[rest] < 0), all(high[rest] > 0)
            ),
            right=holds("lie on the side of placebo", all(low[lost] > 0)),
            first=everything,
            fall=-everything["value"],
            low=-everything["low"],
            high=-everything["high"],
            others=say_each(fell, others, "; "),
        ),
        canvas=figure,
        data=columns(
            data, "id", "outcome", "value", "low", "high", "unit", "p", "n"
        ),
    )


def side_effects():
    """Side effects in trials of LDN, on the drug and on placebo."""
    ids = ["FINAL-adverse", "INNOVA-adverse"]
    ids += ["Younger2013-dreams", "Younger2013-headache"]
    rows = evidence.trials().loc[ids]
    places = np.arange(len(rows), 0, -1)
    ldn, placebo = rows["arm_ldn"], rows["arm_control"]
    figure, ax = canvas(height=3.3, wide_height=2.7)
    ax.hlines(places, placebo, ldn, color=MUTED, lw=1.5)
    ax.plot(placebo, places, **PLACEBO.marks, ms=9, label="placebo")
    ax.plot(ldn, places, **LDN.marks, ms=9, label="LDN")
    labels = [
        f"{row.outcome}\n({row.study}"
        + (f", {row.n:.0f} people)" if row.n > 0 else ")")
        for row in rows.itertuples()
    ]
    ax.set_yticks(places, labels)
    ax.set(xlim=(0, 100), ylim=(0.4, 4.6), xlabel="people with it")
    percent_axis(ax.xaxis)
    ax.grid(axis="y", visible=False)
    key_above(ax, ncols=2)
    nearly = max((placebo - ldn)[["FINAL-adverse", "INNOVA-adverse"]])
    dreams, headache = "Younger2013-dreams", "Younger2013-headache"
    apart = min((ldn - placebo)[[dreams, headache]])
    return Figure(
        number="6.4",
        provenance="Data",
        caption=say(
            "People on placebo report side effects too, {nearly}. Dreams "
            "and headaches {stand} in one trial, with twelve weeks of LDN "
            "and four of placebo; these two come from a conference report, "
            "which does not say of how many people. "
            "None of these trials was in rheumatoid arthritis.",
            nearly=holds("as many as on LDN", 0 <= nearly < 5),
            stand=holds("stand out", apart > 10),
        ),
        sources="Bruun2024naltrexone RodriguezFreireINNOVA EMPR2012lowdose",
        alt=say(
            "Four rows with two marks each, LDN and placebo. Any adverse "
            "event: {l[FINAL-adverse]:.0f} and {p[FINAL-adverse]:.0f} per "
            "cent in FINAL, {l[INNOVA-adverse]:.0f} and "
            "{p[INNOVA-adverse]:.0f} in INNOVA. Vivid dreams "
            "{l[Younger2013-dreams]:.0f} and {p[Younger2013-dreams]:.0f} "
            "per cent, headache {l[Younger2013-headache]:.0f} and "
            "{p[Younger2013-headache]:.0f} per cent in Younger 2013.",
            l=ldn,
            p=placebo,
        ),
        canvas=figure,
        data=columns(
            rows, "study", "outcome", "arm_ldn", "arm_control", "unit", "n"
        ),
    )


def opioid_use():
    """How many people with rheumatoid arthritis take opioids."""
    rows = evidence.outcomes().query("kind == 'use'")
    places = np.arange(len(rows), 0, -1)
    figure, ax = canvas(height=3.2, wide_height=2.7)
    ax.barh(
        places,
        rows["arm_drug"],
        0.55,
        color=BLUE.color,
        label="rheumatoid arthritis",
    )
    known = rows["arm_control"].notna()
    hollow = {"marker": "D", "ls": "", "mfc": "none", "mew": 2}
    ax.plot(
        rows["arm_control"][known],
        places[known],
        **hollow,
        ms=9,
        color=TEXT,
        label="without it",
    )
    labels = [*(rows["outcome"] + ",\n" + rows["study"])]
    ax.set_yticks(places, labels)
    ax.set(xlim=(0, 50), ylim=(0.4, 4.6), xlabel="people who use opioids")
    percent_axis(ax.xaxis)
    ax.grid(axis="y", visible=False)
    key_above(ax, ncols=2)
    return Figure(
        number="6.6",
        provenance="Data",
        caption="Opioids are common in rheumatoid arthritis. Naltrexone is "
        "not for anyone while taking one. That is no reason to stop an "
        "opioid: it is reduced slowly, and only with the prescriber. Both "
        "sources are from the USA.",
        sources="Zamora2016opioid Lee2019chronic",
        alt=say(
            "Four bars of people with rheumatoid arthritis who use "
            "opioids, and a marker for people without it where that was "
            "counted. {pairs}. {rest}.",
            pairs=say_each(
                "{outcome} in {study}: {arm_drug:g} per cent, marker at "
                "{arm_control:g}",
                rows[known],
                "; ",
            ),
            rest=say_each(
                "{outcome} in {study}: {arm_drug:g} per cent",
                rows[~known],
                "; ",
            ),
        ),
        canvas=figure,
        data=columns(
            rows, "study", "outcome", "arm_drug", "arm_control", "unit", "n"
        ),
    )


def shifted_curves():
    """An opioid's dose–response curve after naltrexone, shifted.

    Without it and at times after one dose, by the retained reading of the
    scans: the washout that competitive antagonism asks for.
    """
    model = "opioid_antagonism"
    low_dose = simulate(model, single(4.5), (4, 24, 72))["shift_retained"]
    tablet = simulate(model, single(50), [24])["shift_retained"]
    shifts = [(hour, "4.5", by) for hour, by in low_dose.items()]
    shifts += [(hour, "50", by) for hour, by in tablet.items()]
    doses = np.geomspace(0.1, 100, 121)
    alone = 100 * doses / (1 + doses)
    curves = {"opioid_dose": doses, "without naltrexone": alone}
    figure, ax = canvas(height=4.4, wide_height=4)
    ax.plot(doses, alone, color=TEXT, label="without naltrexone")
    # The solid line is the curve without naltrexone.
    for (hour, mg, shift), color, dash in zip(shifts, PALETTE, DASHES[1:]):
        name = f"{hour:.0f} h after {mg} mg: dose × {shift:.1f}"
        curves[name] = 100 * doses / (shift + doses)
        ax.plot(doses, curves[name], color=color, ls=dash, label=name)
    ax.set(
        xscale="log",
        xlim=(0.1, 100),
        ylim=(0, 102),
        xlabel="opioid dose (1 gives half of the full effect)",
        ylabel="effect of the opioid",
    )
    ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    percent_axis(ax.yaxis)
    key_above(ax)
    low_shift, far = low_dose.max(), tablet.iloc[0]
    return Figure(
        number="6.7",
        provenance="Illustration",
        caption="What a competitive blocker does: the whole curve moves "
        "to the right by one factor, 1/(1 − blocked). Retained reading of "
        "the scans; the opioid is a simple one with assumed numbers. A "
        "reason why the label says no, not a way to dose: taking more to "
        "overcome a block can kill.",
        sources="Trostheim2023opioid Lee1988duration",
        alt=say(
            "S-shaped curves of effect against opioid dose on a "
            "logarithmic axis. The curve without naltrexone lies furthest "
            "left; 72, 24 and 4 hours after 4.5 mg the curves lie {less} "
            "to the right, 24 hours after 50 mg {far:.1f}-fold.",
            less=holds("less than twofold", low_shift < 2),
            far=far,
        ),
        canvas=figure,
        data=pd.DataFrame(curves),
    )
