"""Figures of chapter 7: the scoreboard, all trials together, and the trial that would settle it."""

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import meta_analysis, trial_power
from helpers.badges import VERDICTS
from helpers.figures import Figure
from helpers.style import (
    BACKGROUND,
    DASHES,
    MARKERS,
    MUTED,
    PALETTE,
    TEXT,
    canvas,
    percent,
)

HATCHES = ["", "//", "..", "xx", "\\\\"]
SCALE = "difference in SDs (below 0: LDN better)"


def scoreboard():
    """All claims by verdict, section by section."""
    table = evidence.claims()
    counts = pd.crosstab(table["section"], table["verdict"]).reindex(index=list(dict.fromkeys(table["section"])), columns=list(VERDICTS), fill_value=0)
    figure, ax = canvas(height=4.6)
    places, left = np.arange(len(counts), 0, -1), np.zeros(len(counts))
    for (verdict, badge), hatch in zip(VERDICTS.items(), HATCHES):
        ax.barh(places, counts[verdict], 0.7, left, color=badge.colour, hatch=hatch, edgecolor=BACKGROUND, lw=0.8, label=f"{verdict} ({counts[verdict].sum()})")
        left += counts[verdict].to_numpy()
    words = ("overview", "immune system", "mechanism", "cytokine", "microglia", "treatment", "final")
    names = ("Autoimmune diseases", "Immune system in RA", "LDN's mechanism", "Cytokines", "Microglia", "RA treatment", "Final thoughts")
    short = lambda section: next((name for word, name in zip(words, names) if word in section.lower()), section)
    ax.set_yticks(places, [short(section) for section in counts.index], fontsize=10)
    ax.set_xticks(range(0, 15, 2))
    ax.set(xlim=(0, left.max() + 0.5), xlabel="claims")
    ax.grid(axis="y", visible=False)
    ax.legend(fontsize=9.5, loc="upper center", bbox_to_anchor=(0.3, -0.16), ncols=2, columnspacing=1)
    words = "; ".join(f"{verdict} {counts[verdict].sum()}" for verdict in VERDICTS)
    return Figure(
        number="7.1",
        provenance="Data",
        caption=f"The verdicts on all {len(table)} claims, by section of the article. The verdicts are judgements; each is argued and sourced in the ledger. "
        "The three sources cited most are linked here, all others are there.",
        sources=" ".join(table["references"].str.split().explode().value_counts().index[:3]),
        alt=f"Stacked horizontal bars, one a section, coloured and hatched by verdict. In all: {words}. "
        "Well-established claims are mostly in the sections on autoimmune disease and the immune system; the sections on LDN are mostly open or contested.",
        canvas=figure,
        data=counts.reset_index(),
    )


def reviews():
    """Four reviews of fibromyalgia pain, and the two largest trials pooled."""
    ids = ["Vatvani-pain", "Saif-pain", "Largest-two-pain", "AnnMedSurg-pain", "Ologunowa-pain"]
    rows = evidence.trials().loc[ids]
    figure, axes = canvas(2, 1, height=4.2, height_ratios=[3, 2])
    for ax, unit, label in ((axes[0], "points", "difference in points of 10"), (axes[1], "SD", "difference in standard deviations")):
        part = rows[rows["unit"] == unit]
        places = np.arange(len(part), 0, -1)
        for place, row in zip(places, part.itertuples()):
            own = row.seen == "derived"
            ax.hlines(place, row.low, row.high, color=PALETTE[1 if own else 0], ls="-")
            ax.plot(row.value, place, marker="D" if own else "o", ms=8, color=PALETTE[1 if own else 0])
        ax.axvline(0, color=TEXT, lw=1)
        ax.set_yticks(places, [study.replace("FINAL and INNOVA pooled", "two largest trials") for study in part["study"]], fontsize=10.5)
        ax.set(xlim=(-1.6, 1), ylim=(0.4, len(part) + 0.6), xlabel=label)
        ax.grid(axis="y", visible=False)
    return Figure(
        number="7.2",
        provenance="Data",
        caption="Pain in fibromyalgia: four reviews of nearly the same few trials, and (diamond) the two largest trials alone, pooled with equal true effects. "
        "Left of the line favours LDN. At least two of the reviews searched before INNOVA was published.",
        sources=" ".join(rows["source"]),
        alt="Five intervals in two panels. In points of ten: Vatvani 2024 at -0.86 and Saif 2026 at -0.46, both left of zero; the two largest trials at -0.04 across zero. "
        "In standard deviations: Ann Med Surg 2025 at -0.61 left of zero, Ologunowa 2025 at -0.50 across zero.",
        canvas=figure,
        data=rows.reset_index()[["study", "outcome", "measure", "value", "low", "high", "unit", "source", "seen"]],
    )


def forest(table, pooled):
    """The comparable trials, their random-effects mean with three intervals, and the arthritis trial apart.

    table: from `meta_analysis.standardised`; pooled: a `meta_analysis.Pooled` of it.
    """
    apart = meta_analysis.standardised(ids=(meta_analysis.ARTHRITIS,))
    both = pd.concat([table.assign(group="pooled"), apart.assign(group="apart")])
    both["low"], both["high"] = both["d"] - 1.96 * both["se"], both["d"] + 1.96 * both["se"]
    figure, ax = canvas(height=4.4)
    places = [*np.arange(len(table) + 4, 4, -1), 0.8]
    for place, row in zip(places, both.itertuples()):
        look = 0 if row.design == "parallel" else 1
        if row.group == "apart":
            look = 5
        ax.hlines(place, row.low, row.high, color=PALETTE[look])
        ax.plot(row.d, place, marker=MARKERS[look], ms=8, color=PALETTE[look])
    summary = [("mean, Hartung–Knapp", pooled.low, pooled.high, "-"), ("mean, usual interval", pooled.plain_low, pooled.plain_high, DASHES[1]), ("prediction", pooled.prediction_low, pooled.prediction_high, DASHES[2])]
    for place, (name, low, high, dash) in zip((3.6, 2.8, 2.0), summary):
        ax.plot([low, high], [place, place], color=PALETTE[2], ls=dash)
        if name != "prediction":
            ax.plot(pooled.mean, place, marker="D", ms=8, color=PALETTE[2])
    names = [f"{row.study} ({row.design})" for row in table.itertuples()]
    ax.set_yticks([*places[:-1], 3.6, 2.8, 2.0, 0.8], [*names, *(s[0] for s in summary), "arthritis, kept apart"], fontsize=10)
    ax.axvline(0, color=TEXT, lw=1)
    ax.axhline(4.4, color=MUTED, lw=0.8)
    ax.axhline(1.4, color=MUTED, lw=0.8)
    ax.set(xlim=(-1.5, 1.3), xlabel=SCALE)
    ax.grid(axis="y", visible=False)
    data = pd.concat([both.reset_index()[["id", "study", "design", "n", "d", "low", "high", "source", "seen"]], pd.DataFrame([{"study": name, "d": pooled.mean, "low": low, "high": high, "seen": "derived"} for name, low, high, _ in summary])])
    return Figure(
        number="7.3",
        provenance="Fit",
        caption=f"Pain in fibromyalgia, LDN against placebo, four blind trials, pooled with random effects (I² {100 * pooled.i2:.0f}%). "
        "Sizes of the crossovers are calculated from p values and assume a correlation of 0.5 between a person's two periods. "
        f"INNOVA's size is calculated from its p value ({evidence.trials().loc['INNOVA-pain', 'p']:.2f}); the abstract prints 0.19 for the adjusted difference. "
        "The prediction interval is where the true effect of a new trial may lie. The arthritis trial is shown by its pain severity, a secondary outcome; "
        "its primary outcome, interference of pain, showed no difference. It is another disease and is not pooled.",
        sources=" ".join(both["source"]),
        alt="Forest plot in standard deviations. FINAL at -0.22 and Bested 2023 at -0.11 across zero, Younger 2013 at -0.47 left of zero, INNOVA at 0.24 across zero to the right. "
        f"Their mean is {pooled.mean:.2f}; the Hartung-Knapp interval runs from {pooled.low:.2f} to {pooled.high:.2f}, the prediction interval from {pooled.prediction_low:.2f} to {pooled.prediction_high:.2f}. "
        "The arthritis trial lies to the right of zero.",
        canvas=figure,
        data=data,
    )


def left_out(table, pooled):
    """The pooled mean without each trial in turn."""
    rows = meta_analysis.leave_one_out(table)
    figure, ax = canvas(height=2.9)
    places = np.arange(len(rows), 0, -1)
    ax.axvspan(pooled.low, pooled.high, color=PALETTE[2], alpha=0.15, lw=0, label="all four, 95% interval")
    ax.hlines(places, rows["low"], rows["high"], color=PALETTE[0])
    ax.plot(rows["mean"], places, ls="", marker="D", color=PALETTE[0])
    ax.axvline(0, color=TEXT, lw=1)
    ax.set_yticks(places, [f"without {study}" for study in table["study"]], fontsize=10.5)
    ax.set(xlim=(-1.5, 1.3), ylim=(0.4, len(rows) + 1.3), xlabel=SCALE)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper left", fontsize=10)
    return Figure(
        number="7.4",
        provenance="Fit",
        caption="The mean without each trial in turn, with Hartung–Knapp intervals. Three trials say little: no single one decides the answer, and none makes it firm.",
        sources=" ".join(table["source"]),
        alt="Four intervals, one for each trial left out, all across zero. The mean is " + ", ".join(f"{rows.loc[id, 'mean']:.2f} without {table.loc[id, 'study']}" for id in rows.index) + ".",
        canvas=figure,
        data=rows.reset_index(names="left_out"),
    )


def funnel(table, pooled):
    """Effect against standard error, with the region where trials fall if only chance differs."""
    errors = np.linspace(0, 0.3, 31)
    figure, ax = canvas(height=3.6)
    ax.fill_betweenx(errors, pooled.mean - 1.96 * errors, pooled.mean + 1.96 * errors, color=PALETTE[5], alpha=0.15, lw=0, label="95% by chance alone")
    ax.axvline(pooled.mean, color=PALETTE[2], ls=DASHES[1], label="mean")
    ax.axvline(0, color=TEXT, lw=1)
    for design, look in (("parallel", 0), ("crossover", 1)):
        part = table[table["design"] == design]
        ax.plot(part["d"], part["se"], ls="", marker=MARKERS[look], ms=9, color=PALETTE[look], label=design)
    for row in table.itertuples():
        ax.annotate(row.study, (row.d, row.se), xytext=(-14, -17) if row.study == "FINAL" else (-24, 9) if row.study == "Younger 2013" else (7, 5), textcoords="offset points", fontsize=9.5)
    ax.set(xlim=(-1.1, 0.8), ylim=(0.3, 0), xlabel=SCALE, ylabel="standard error")
    ax.legend(fontsize=9.5, loc="upper left", bbox_to_anchor=(-0.01, 1.02))
    return Figure(
        number="7.5",
        provenance="Fit",
        caption="A funnel plot. If small trials with dull results stayed unpublished, the lower right would be empty. "
        "With four trials the eye sees patterns that are not there.",
        sources=" ".join(table["source"]),
        alt="Four points in an upside-down funnel around the mean. Bested 2023 is highest, at a standard error of 0.13, left of zero; Younger 2013 is furthest left at 0.19; "
        "FINAL left and INNOVA right of zero, both at 0.20. Younger 2013 and INNOVA lie near or beyond the edges.",
        canvas=figure,
        data=table.reset_index()[["id", "study", "design", "n", "d", "se", "source", "seen"]],
    )


def power_checked(effect=1.0, sd=1.8, correlation=0.5, dropout=0.15):
    """The library's power against simulated trials, for both designs."""
    sizes = np.arange(20, 241, 20)
    figure, ax = canvas(height=3.5)
    rows = []
    for look, design in enumerate(trial_power.DESIGNS):
        given = {"effect": effect, "sd": sd, "correlation": correlation, "dropout": dropout}
        exact = [trial_power.power(design, n, **given) for n in sizes]
        found = [trial_power.simulated_power(design, n, repeats=2000, seed=int(n), **given) for n in sizes]
        ax.plot(sizes, 100 * np.array(exact), color=PALETTE[look], ls=DASHES[look], label=f"{design}, statsmodels")
        share, error = 100 * np.array(found).T
        ax.errorbar(sizes, share, 1.96 * error, ls="", marker=MARKERS[look], ms=6, color=PALETTE[look], capsize=3, label=f"{design}, 2,000 trials simulated")
        rows += [{"design": design, "people": n, "power": e, "simulated": s, "error": m} for n, e, (s, m) in zip(sizes, exact, found)]
    ax.axhline(80, color=MUTED, lw=1, ls=":")
    ax.set(xlim=(0, 250), ylim=(0, 103), xlabel="people randomised", ylabel="power")
    ax.yaxis.set_major_formatter(percent)
    ax.legend(fontsize=10, loc="lower right")
    data = pd.DataFrame(rows)
    needed = {design: trial_power.people_needed(design, effect, sd, correlation, dropout) for design in trial_power.DESIGNS}
    return Figure(
        number="7.6",
        provenance="Illustration",
        caption=f"Two ways to the same number: the formula of the t test, and trials played out with random people. Assumed: a true benefit of {effect:g} point of 10, "
        f"a standard deviation of {sd:g}, a correlation of {correlation:g} and {100 * dropout:.0f}% lost. The small bars are the error of the simulation.",
        sources="",
        alt=f"Power against the number of people. The crossover curve climbs past 80 per cent at about {needed['crossover']} people, the parallel curve at about {needed['parallel']}. "
        "Simulated trials lie on both curves within their small error bars.",
        canvas=figure,
        data=data,
    )


def existing_trials():
    """What the existing trials could have found, by size and design, in standard deviations between people."""
    ids = {"FINAL-pain": "FINAL", "INNOVA-pain": "INNOVA", "Younger2013-pain": "Younger 2013", "Bested-pain": "Bested 2023", "LDNVA-interference": "arthritis (LDN-VA)", "Cree-pain": "Cree 2010"}
    rows = []
    for id, name in ids.items():
        trial = evidence.trials().loc[id]
        # What 80% power means for a design: the difference that many people would find.
        seen = lambda r: trial_power.detectable(trial["design"], int(trial["n"]), r)
        rows.append({"study": name, "design": trial["design"], "n": int(trial["n"]), "middle": seen(0.5), "low": seen(0.8), "high": seen(0.2), "source": trial["source"], "seen": "derived"})
    data = pd.DataFrame(rows)
    sizes = np.geomspace(15, 400, 40)
    figure, ax = canvas(height=4.0)
    for look, design in enumerate(trial_power.DESIGNS):
        ax.plot(sizes, [trial_power.detectable(design, n, 0.5) for n in sizes], color=PALETTE[look], ls=DASHES[look], label=f"{design}{' (correlation 0.5)' if look else ''}")
        part = data[data["design"] == design]
        if look:
            ax.vlines(part["n"], part["low"], part["high"], color=PALETTE[look], lw=1.4)
        ax.plot(part["n"], part["middle"], ls="", marker=MARKERS[look], ms=8, color=PALETTE[look])
    beside = {"FINAL": (8, 6), "INNOVA": (8, 18), "arthritis (LDN-VA)": (-22, 40), "Younger 2013": (8, 8), "Bested 2023": (-30, 27), "Cree 2010": (8, -4)}
    for row in data.itertuples():
        ax.annotate(row.study, (row.n, row.middle), xytext=beside.get(row.study, (8, 6)), textcoords="offset points", fontsize=9.5)
    ax.axhspan(0.2, 0.3, color=PALETTE[2], alpha=0.2, lw=0)
    ax.text(16, 0.245, "small effects", va="center", fontsize=10)
    ax.set(xscale="log", xlim=(15, 400), ylim=(0, 1.25), xlabel="people analysed", ylabel="smallest effect found (SDs)")
    ax.set_xticks([20, 50, 100, 200, 400], ["20", "50", "100", "200", "400"])
    ax.minorticks_off()
    ax.legend(fontsize=10, loc="upper right")
    return Figure(
        number="7.7",
        provenance="Illustration",
        caption="The smallest true effect that each trial had an 80% chance to find, from its size and design alone. "
        "Bars: correlations from 0.2 (top) to 0.8. Unless a person's two periods agree closely, none could reliably find a small effect, for which a cheap and mild drug might still be worth taking.",
        sources=" ".join(data["source"]),
        alt="Smallest detectable effect against people analysed, on a logarithmic axis. FINAL and INNOVA lie on the parallel curve near 0.57. Crossovers lie lower for their size: arthritis with 23 people at 0.61, "
        "Younger 2013 with 28 at 0.55, Bested 2023 with 58 and Cree 2010 with 60 near 0.37. A band of small effects at 0.2 to 0.3 lies below all the marks.",
        canvas=figure,
        data=data,
    )


def virtual_trial(result):
    """The change of pain in the three groups of a virtual trial, from `virtual_trial.trial`."""
    table = virtual_trial.compare_arms(result)
    figure, ax = canvas(height=3.0)
    rows = []
    for look, (place, arm) in enumerate(zip((3, 2, 1), virtual_trial.ARMS)):
        change = result.loc[result["arm"] == arm, "change"]
        low, quarter, three, high = np.percentile(change, [2.5, 25, 75, 97.5])
        error = 1.96 * table.loc[arm, "sd"] / np.sqrt(table.loc[arm, "people"])
        ax.hlines(place, low, high, color=PALETTE[look], lw=1.6)
        ax.hlines(place, quarter, three, color=PALETTE[look], lw=9, alpha=0.45)
        ax.errorbar(table.loc[arm, "change"], place, xerr=error, color=TEXT, marker=MARKERS[look], ms=7, capsize=3, lw=1.4)
        rows.append({"arm": arm, **table.loc[arm], "low_95": low, "low_50": quarter, "high_50": three, "high_95": high})
    ax.axvline(0, color=TEXT, lw=1)
    ax.set_yticks((3, 2, 1), [arm.replace(" without", "\nwithout").replace(" as ", "\nas ") for arm in virtual_trial.ARMS])
    ax.set(ylim=(0.5, 3.5), xlabel="change of pain, points of 10 (below 0: less pain)")
    ax.grid(axis="y", visible=False)
    seen = lambda arm: f"{table.loc[arm, 'change']:.2f}"
    return Figure(
        number="7.8",
        provenance="Illustration",
        caption=f"{len(result):,} virtual patients in three groups. Thin line: 95% of the people; thick: half of them; mark: the mean with its 95% interval. "
        "The placebo response is that of the FINAL trial; the rest is assumed. The second group shows what placebo and chance do alone; the third gets back the hypothesis that was put in.",
        sources="Bruun2024naltrexone",
        alt=f"Three overlapping horizontal spreads of the change of pain, each about seven points wide. Means: placebo {seen(virtual_trial.ARMS[0])}, LDN without effect {seen(virtual_trial.ARMS[1])}, "
        f"LDN as supposed {seen(virtual_trial.ARMS[2])}. The difference of the means is small beside the spread.",
        canvas=figure,
        data=pd.DataFrame(rows),
    )


def what_decides(indices):
    """Sobol indices of the relief in virtual patients, from `virtual_trial.sensitivity`."""
    names = models.load(virtual_trial.MODEL).parameters
    words = {
        "CL": "clearance", "gain": "gain of the feedback", "sensitivity": "points per signal", "retention": "half-life in the brain", "ED50": "half-blocking dose",
        "EC50": "half-blocking level", "F": "bioavailability", "V1": "volume", "ka": "absorption", "onset": "half-time of relief", "memory": "memory of the sensor", "turnover": "half-life of opioids",
    }  # fmt: skip
    places = np.arange(len(indices), 0, -1)
    figure, ax = canvas(height=4.6)
    ax.barh(places + 0.2, indices["ST"], 0.38, xerr=indices["ST_error"], color=PALETTE[0], ecolor=TEXT, error_kw={"lw": 1.2}, label="with its interactions (total)")
    ax.barh(places - 0.2, indices["S1"], 0.38, xerr=indices["S1_error"], color=PALETTE[1], ecolor=TEXT, error_kw={"lw": 1.2}, hatch="//", edgecolor=BACKGROUND, lw=0, label="alone (first order)")
    ax.set_yticks(places, [words[name] for name in indices.index], fontsize=10.5)
    ax.set(xlim=(-0.02, None), xlabel="share of the variance of relief")
    ax.grid(axis="y", visible=False)
    ax.legend(fontsize=10, loc="lower right")
    first, second = indices.index[:2]
    data = indices.reset_index()
    data["status"] = [names[name].status for name in indices.index]
    return Figure(
        number="7.9",
        provenance="Illustration",
        caption="Which parameter decides how much relief the virtual patients get: Sobol indices over half to double each value, two sites, 4.5 mg daily for 90 days. "
        "Thin lines: 95% intervals. This is about the model; what is not in it cannot show.",
        sources="",
        alt=f"Paired horizontal bars, longest first: {words[first]} {indices['ST'].iloc[0]:.2f} and {words[second]} {indices['ST'].iloc[1]:.2f} of the variance, interactions included; "
        f"at the bottom {words[indices.index[-2]]} and {words[indices.index[-1]]} near zero.",
        canvas=figure,
        data=data,
    )
