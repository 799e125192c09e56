"""Figures of chapter 6, choosing a treatment for rheumatoid arthritis."""

from textwrap import fill

import numpy as np
import pandas as pd
from scipy import stats

from helpers import evidence
from helpers.analysis import meta_analysis
from helpers.figures import Figure, in_a_hundred
from helpers.simulate import simulate, single
from helpers.style import DASHES, GRID, MUTED, PALETTE, TEXT, canvas, percent

SHORT = {
    "mtx-liver": "moderate liver rise",
    "tnf-infection": "serious infection",
    "gc-bleeding": "gut bleeding",
    "jak-cancer": "cancer",
    "ldn-dreams": "vivid dreams",
} | dict.fromkeys(("mtx-acr20", "tnf-acr20", "il6-acr20", "jak-acr20"), "20% better")
DRUGS = ("methotrexate", "TNF inhibitor", "tocilizumab", "tofacitinib", "glucocorticoid", "LDN")
# Drug → row of the table that is shown, or why there is none.
BENEFITS = {"methotrexate": "mtx-acr20", "TNF inhibitor": "tnf-acr20", "tocilizumab": "il6-acr20", "tofacitinib": "jak-acr20"}
HARMS = {"methotrexate": "mtx-liver", "TNF inhibitor": "tnf-infection", "tofacitinib": "jak-cancer", "glucocorticoid": "gc-bleeding", "LDN": "ldn-dreams"}
NO_BENEFIT = {"glucocorticoid": "measured on another scale", "LDN": "never measured in this disease"}
NO_HARM = {"tocilizumab": "only measured with other biologics"}


def benefits_and_harms():
    """The icon arrays as a table: each drug's benefit and harm, people in a hundred on the drug and on its control."""
    table = evidence.outcomes()

    def cell(drug, rows, missing):
        if drug in missing:
            return missing[drug]
        row = table.loc[rows[drug]]
        return f"{SHORT[row.name]}: {in_a_hundred(row.arm_drug):.0f} against {in_a_hundred(row.arm_control):.0f} ({row.control})"

    cells = {drug: [cell(drug, BENEFITS, NO_BENEFIT), cell(drug, HARMS, NO_HARM)] for drug in DRUGS}
    return pd.DataFrame.from_dict(cells, orient="index", columns=["benefit, in 100 people", "harm, in 100 people"])


def _icons(ax, title, both, extra, words):
    """A hundred people: `both` with and without the drug, `extra` with it only, the rest without; None is unknown."""
    x, y = np.tile(np.arange(10), 10), np.repeat(np.arange(9, -1, -1), 10)
    ax.set(xlim=(-0.7, 9.7), ylim=(-3.4, 11.4))
    ax.axis("off")
    ax.text(-0.3, 10.2, title, fontsize=11.5, weight="bold")
    ax.text(4.5, -1, words, ha="center", va="top", fontsize=9.5)
    if both is None:
        for at in zip(x, y):
            ax.text(*at, "?", ha="center", va="center", fontsize=8.5, color=MUTED)
        return
    ends = [0, both, both + extra, 100]
    looks = [{"marker": "s", "color": PALETTE[5], "ms": 6}, {"marker": "o", "color": PALETTE[1], "ms": 7}, {"marker": ".", "color": MUTED, "ms": 2}]
    for start, end, look in zip(ends, ends[1:], looks):
        ax.plot(x[start:end], y[start:end], ls="", **look)


def _panels(number, rows, unknown, caption, alt, kind):
    """Six icon arrays: `rows` drug → row of the table, `unknown` drug → words."""
    figure, axes = canvas(2, 3, height=5.4)
    data = []
    for ax, drug in zip(axes.flat, DRUGS):
        if drug in unknown:
            _icons(ax, drug, None, None, fill(unknown[drug], 18))
            data.append({"treatment": drug, "outcome": "unknown"})
            continue
        row = evidence.outcomes().loc[rows[drug]]
        both, with_drug = int(in_a_hundred(row.arm_control)), int(in_a_hundred(row.arm_drug))
        _icons(ax, drug, both, with_drug - both, f"{SHORT[row.name]}:\n{with_drug} against {both}")
        data.append(row[["treatment", "outcome", "arm_drug", "arm_control", "control", "n", "weeks", "source", "seen"]].to_dict())
    figure.supxlabel(f"square: {kind} also without the drug · circle: with the drug only · dot: neither", fontsize=9)
    sources = evidence.outcomes().loc[list(rows.values()), "source"]
    return Figure(number=number, provenance="Data", caption=caption, sources=" ".join(sources), alt=alt, canvas=figure, data=pd.DataFrame(data))


def benefit_icons():
    """Of a hundred people: how many get 20% better with a drug, and how many would have anyway."""
    return _panels(
        "6.1",
        BENEFITS,
        NO_BENEFIT,
        "A hundred people on each drug: how many improved by at least 20%, and how many of them would have done so on placebo. "
        "Trials differ in people and length, so compare within a panel, not between panels. In the panels of the TNF inhibitor and of tocilizumab both groups also took methotrexate. A question mark is a person we know nothing about.",
        "Six grids of a hundred marks. Better with the drug and on placebo: methotrexate 46 and 26, TNF inhibitor 67 and 15, tocilizumab 50 and 10, "
        "tofacitinib 60 and 27. The grids of glucocorticoid and LDN are filled with question marks.",
        "better",
    )


def harm_icons():
    """Of a hundred people: one well-measured harm of each drug, and how many meet it without the drug."""
    liver = evidence.outcomes().loc["mtx-liver-any"]
    return _panels(
        "6.2",
        HARMS,
        NO_HARM,
        "One measured harm for each drug; they are not equally serious. Liver tests: moderate rises, against placebo, 23 months, in people with heart disease; "
        f"any rise was seen in {liver.arm_drug:.1f}% and {liver.arm_control:.1f}%. "
        "Infections: one year, against older drugs. Cancer: against TNF inhibitors. Bleeding: mostly people in hospital. "
        "Dreams: 12 weeks, fibromyalgia, from a conference report. Whether LDN has rare serious harms in this disease is unknown.",
        "Six grids of a hundred marks. With the drug and without: moderate liver test rises on methotrexate 8 and 2, serious infections on a TNF inhibitor 4 and 3, "
        "cancer on tofacitinib 4 and 3, gut bleeding on glucocorticoid 3 and 2, vivid dreams on LDN 37 and 13. Tocilizumab's grid shows question marks.",
        "harm",
    )


def relative_harms():
    """Infections and bleeding relative to the comparison, with intervals; LDN's line has none."""
    ids = ["mtx-infection", "tnf-infection", "biologic-infection", "biologic-infection-high", "gc-infection", "gc-bleeding-home"]
    rows = evidence.outcomes().loc[ids]
    figure, ax = canvas(height=4.3)
    labels = [f"{r.treatment}:\n{r.outcome.split(' in a year')[0]}" for r in rows.itertuples()]
    labels[-1] = "glucocorticoid: gut\nbleeding at home"
    places = np.arange(len(rows), 0, -1)
    ax.hlines(places, rows["low"], rows["high"], color=PALETTE[0], lw=2)
    ax.plot(rows["value"], places, ls="", marker="s", color=PALETTE[0], ms=7)
    ax.axvspan(0.3, 7, ymin=0.01, ymax=0.14, color=GRID, alpha=0.7, lw=0)
    ax.text(1.45, 0, "unknown: too few people,\ntoo short a time", ha="center", va="center", fontsize=9)
    ax.axvline(1, color=TEXT, lw=1)
    ax.set(xscale="log", xlim=(0.3, 7), ylim=(-0.6, len(rows) + 0.6), xlabel="relative risk (1 is no difference)")
    ax.set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
    ax.minorticks_off()
    ax.set_yticks([*places, 0], [*labels, "LDN:\nserious infection"], fontsize=9.5)
    ax.grid(axis="y", visible=False)
    return Figure(
        number="6.3",
        provenance="Data",
        caption="Infections are the shared price of the standard drugs, and small in relative terms at usual doses. "
        "Ratios are of hazards, odds or risks, as published. For LDN there is no number, and none is drawn.",
        sources=" ".join(rows["source"]),
        alt="Ratios with 95 per cent intervals. Infection: methotrexate 1.15, TNF inhibitor 1.2, biologics 1.31 and 1.90 at high dose, glucocorticoid 1.40. "
        "Bleeding outside hospital under glucocorticoid 1.63, from 0.42 to 6.34. The line for LDN is a grey field marked unknown.",
        canvas=figure,
        data=rows.reset_index()[["treatment", "outcome", "control", "measure", "value", "low", "high", "n", "source", "seen"]],
    )


def arthritis_evidence():
    """All that is known of LDN in arthritis: the crossover trial, standardised, and the Norwegian register."""
    trial = meta_analysis.standard_errors(evidence.trials().query("group == 'arthritis'"))
    people = trial["n"].iloc[0]
    step = 1 / np.sqrt(people)
    trial["d"] = -trial["t"] * step  # above 0 is worse on LDN
    reach = stats.t.isf(0.025, people - 1) * step
    trial["d_low"], trial["d_high"] = trial["d"] - reach, trial["d"] + reach
    register = evidence.trials().query("study == 'Norway, arthritis'")
    figure, axes = canvas(3, 1, height=6.1, height_ratios=[len(trial), 2, 1.2])
    places = np.arange(len(trial), 0, -1)
    axes[0].hlines(places, trial["d_low"], trial["d_high"], color=PALETTE[0])
    axes[0].plot(trial["d"], places, ls="", marker="o", color=PALETTE[0])
    names = [outcome.split(",")[0].replace("clinical ", "").replace("Brief Fatigue Inventory", "fatigue").replace("Beck Depression Inventory II", "depression") for outcome in trial["outcome"]]
    axes[0].set_yticks(places, names, fontsize=10)
    axes[0].set(ylim=(0.4, len(trial) + 0.6), xlim=(-1.1, 1.1), xlabel="← LDN better · in SDs · placebo better →")
    axes[0].set_title("Randomised crossover, 23 people")
    axes[1].set_title("Register, persistent users among\n360 people, no untreated group")
    for ax, rows, label in ((axes[1], register.iloc[:2], "daily doses a patient and year"), (axes[2], register.iloc[2:], "percentage points")):
        at = np.arange(len(rows), 0, -1)
        ax.hlines(at, rows["low"], rows["high"], color=PALETTE[1])
        ax.plot(rows["value"], at, ls="", marker="s", color=PALETTE[1])
        ax.set_yticks(at, [outcome.split(",")[0].replace("all studied drugs", "all drugs") for outcome in rows["outcome"]], fontsize=10)
        ax.set(ylim=(0.4, len(rows) + 0.6), xlabel=f"change, {label}")
    for ax in axes:
        ax.axvline(0, color=TEXT, lw=1)
        ax.grid(axis="y", visible=False)
    data = pd.concat([trial.assign(value=trial["d"], low=trial["d_low"], high=trial["d_high"], unit="SD of the difference within a person", seen="derived"), register])
    return Figure(
        number="6.5",
        provenance="Data",
        caption="Everything known about LDN in arthritis. Above: the only randomised trial, 17 people with osteoarthritis and 6 with inflammatory arthritis; "
        "sizes calculated from the published p values, in standard deviations of the difference within a person. Where both periods print the same change the direction is unknown, and the mark stands at zero. "
        "Below: drugs dispensed to persistent users in Norway, the year after against the year before. Less dispensed can mean less need or less treatment.",
        sources="Beaudette2023pilot NCT03008590 Raknes2019low",
        alt="Above, seven outcomes of the crossover with intervals: pain interference, severity, fatigue and both global ratings lie across zero, painDETECT and depression lie on the side of placebo. "
        "Below, the register: all drugs down 73 daily doses, from 120 to 26; analgesics down 22; users of disease-modifying drugs down 6.7 percentage points.",
        canvas=figure,
        data=data.reset_index()[["id", "outcome", "value", "low", "high", "unit", "p", "n", "source", "seen"]],
    )


def side_effects():
    """Side effects in trials of LDN, on the drug and on placebo."""
    ids = ["FINAL-adverse", "INNOVA-adverse", "Younger2013-dreams", "Younger2013-headache"]
    rows = evidence.trials().loc[ids]
    figure, ax = canvas(height=3.1)
    places = np.arange(len(rows), 0, -1)
    ax.hlines(places, rows["arm_control"], rows["arm_ldn"], color=MUTED, lw=1.5)
    ax.plot(rows["arm_ldn"], places, ls="", marker="o", ms=9, color=PALETTE[0], label="LDN")
    ax.plot(rows["arm_control"], places, ls="", marker="s", ms=8, mfc="none", mew=2, color=PALETTE[1], label="placebo")
    ax.set_yticks(places, [f"{r.outcome}\n({r.study}, {r.n:.0f} people)" for r in rows.itertuples()], fontsize=10)
    ax.set(xlim=(0, 100), ylim=(0.4, 5.2), xlabel="people with it")
    ax.xaxis.set_major_formatter(percent)
    ax.grid(axis="y", visible=False)
    ax.legend(ncols=2, loc="upper left")
    return Figure(
        number="6.4",
        provenance="Data",
        caption="People on placebo report side effects too, nearly as many as on LDN. Dreams and headaches stand out in one trial; these two come from a conference report. "
        "None of these trials was in rheumatoid arthritis.",
        sources="Bruun2024naltrexone RodriguezFreireINNOVA EMPR2012lowdose",
        alt="Four rows with two marks each, LDN and placebo. Any adverse event: 84 and 86 per cent in FINAL, 69 and 72 in INNOVA. "
        "Vivid dreams 37 and 13 per cent, headache 16 and 3 per cent in Younger 2013.",
        canvas=figure,
        data=rows.reset_index()[["study", "outcome", "arm_ldn", "arm_control", "unit", "n", "source", "seen"]],
    )


def opioid_use():
    """How many people with rheumatoid arthritis take opioids."""
    rows = evidence.outcomes().query("kind == 'use'")
    figure, ax = canvas(height=3.0)
    places = np.arange(len(rows), 0, -1)
    ax.barh(places, rows["arm_drug"], 0.55, color=PALETTE[0], label="rheumatoid arthritis")
    known = rows["arm_control"].notna()
    ax.plot(rows["arm_control"][known], places[known], ls="", marker="D", ms=9, color=TEXT, mfc="none", mew=2, label="without it")
    ax.set_yticks(places, [f"{r.outcome},\n{r.study}" for r in rows.itertuples()], fontsize=10)
    ax.set(xlim=(0, 50), ylim=(0.4, 4.6), xlabel="people who use opioids")
    ax.xaxis.set_major_formatter(percent)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="center right", bbox_to_anchor=(1, 0.4))
    return Figure(
        number="6.6",
        provenance="Data",
        caption="Opioids are common in rheumatoid arthritis. Naltrexone is not for anyone while taking one. That is no reason to stop an opioid: it is reduced slowly, and only with the prescriber. Both sources are from the USA.",
        sources="Zamora2016opioid Lee2019chronic",
        alt="Four bars. Any opioid in 2014: 40 per cent of people with rheumatoid arthritis, a marker at 24 per cent for people without it. "
        "Long use in 2014: 12 per cent, marker at 4. Long use in a US register: 7.4 per cent in 2002 and 16.9 per cent in 2015.",
        canvas=figure,
        data=rows.reset_index()[["study", "outcome", "arm_drug", "arm_control", "unit", "n", "source", "seen"]],
    )


def shifted_curves():
    """The opioid's dose-response curve without naltrexone and after one 4.5 mg dose, retained reading."""
    doses = np.geomspace(0.1, 100, 121)
    alone = 100 * doses / (1 + doses)
    figure, ax = canvas(height=4.1)
    curves = {"opioid_dose": doses, "without naltrexone": alone}
    ax.plot(doses, alone, color=TEXT, label="without naltrexone")
    hours = (4, 24, 72)
    shifts = simulate("opioid_antagonism", single(4.5), hours)["shift_retained"]
    after_50 = simulate("opioid_antagonism", single(50), [24])["shift_retained"].iloc[0]
    for i, (hour, shift) in enumerate([*shifts.items(), (24, after_50)]):
        name = f"{hour:.0f} h after {'50' if i == 3 else '4.5'} mg: dose × {shift:.1f}"
        curves[name] = 100 * doses / (shift + doses)
        ax.plot(doses, curves[name], color=PALETTE[i], ls=DASHES[i + 1], label=name)
    ax.set(xscale="log", xlim=(0.1, 100), ylim=(0, 102), xlabel="opioid dose (1 gives half of the full effect)", ylabel="effect of the opioid")
    ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    ax.yaxis.set_major_formatter(percent)
    ax.legend(fontsize=9.5, ncols=2, loc="upper center", bbox_to_anchor=(0.42, -0.2), columnspacing=1)
    return Figure(
        number="6.7",
        provenance="Illustration",
        caption="What a competitive blocker does: the whole curve moves to the right by one factor, 1/(1 − blocked). "
        "Retained reading of the scans; the opioid is a simple one with assumed numbers. A reason for the contraindication, not a way to dose: taking more to overcome a block can kill.",
        sources="Trostheim2023opioid Lee1988duration",
        alt="S-shaped curves of effect against opioid dose on a logarithmic axis. The curve without naltrexone lies furthest left; 72, 24 and 4 hours after 4.5 mg "
        "the curves lie less than twofold to the right, 24 hours after 50 mg about sevenfold.",
        canvas=figure,
        data=pd.DataFrame(curves),
    )
