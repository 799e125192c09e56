"""Figures of chapter 7.

The scoreboard, all trials together, and the trial that would settle it.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import meta_analysis, trial_power, virtual_trial
from helpers.badges import VERDICTS
from helpers.figures import (
    Figure,
    columns,
    holds,
    say,
    say_each,
)
from helpers.style import (
    BACKGROUND,
    BLUE,
    DASHES,
    GREEN,
    GREY,
    MUTED,
    ORANGE,
    POOLED,
    TEXT,
    better_left,
    canvas,
    interval_rows,
    key_above,
    log_ticks,
    name_lines,
    percent_axis,
)

DESIGN_LOOKS = dict(zip(trial_power.DESIGNS, (BLUE, ORANGE)))
HATCHES = ["", "//", "..", "xx", "\\\\"]
SCALE = "SDs"
# A word of a section's heading in the article → what the axis says.
SECTIONS = {
    "overview": "Autoimmune diseases",
    "immune system": "Immune system in RA",
    "mechanism": "LDN's mechanism",
    "cytokine": "Cytokines",
    "microglia": "Microglia",
    "treatment": "RA treatment",
    "final": "Final thoughts",
}
# The parameters of the virtual patient in words.
PARAMETERS = {
    "CL": "clearance",
    "gain": "gain of the feedback",
    "sensitivity": "points per signal",
    "retention": "half-life in the brain",
    "ED50": "half-blocking dose",
    "EC50": "half-blocking level",
    "F": "bioavailability",
    "V1": "volume",
    "ka": "absorption",
    "onset": "half-time of relief",
    "memory": "memory of the sensor",
    "turnover": "half-life of opioids",
}


def scoreboard():
    """All claims by verdict, section by section."""
    table = evidence.claims()
    counts = pd.crosstab(table["section"], table["verdict"]).reindex(
        index=table["section"].unique(),
        columns=list(VERDICTS),
        fill_value=0,
    )
    totals = counts.sum()
    places, left = np.arange(len(counts), 0, -1), np.zeros(len(counts))
    figure, ax = canvas(height=4.6, wide_height=3.8)
    for (verdict, badge), hatch in zip(VERDICTS.items(), HATCHES):
        look = {"color": badge.colour, "hatch": hatch, "lw": 0.8}
        ax.barh(
            places,
            counts[verdict],
            0.7,
            left,
            **look,
            edgecolor=BACKGROUND,
            label=f"{verdict} ({totals[verdict]})",
        )
        left += counts[verdict].to_numpy()
    labels = [
        next((SECTIONS[w] for w in SECTIONS if w in name.lower()), name)
        for name in counts.index
    ]
    ax.set_yticks(places, labels)
    ax.set_xticks(range(0, 15, 2))
    ax.set(xlim=(0, left.max() + 0.5), xlabel="claims")
    ax.grid(axis="y", visible=False)
    key_above(ax)
    by_verdict = totals.rename_axis("verdict").reset_index(name="claims")
    known = counts["well established"]
    cited = table["references"].str.split().explode().value_counts()
    unsure = counts.drop(columns=["well established", "supported in part"])
    weak = unsure.sum(axis=1) > counts.sum(axis=1) / 2
    low = weak[counts.index.str.contains("cytokine|microglia")]
    return Figure(
        number="7.1",
        provenance="Data",
        caption=say(
            "The verdicts on all {} claims, by section of the article. The "
            "verdicts are judgements; each is argued and sourced in the "
            "ledger. The three sources cited most are linked here, all "
            "others are there.",
            len(table),
        ),
        sources=" ".join(cited.index[:3]),
        alt=say(
            "Stacked horizontal bars, one a section, coloured and hatched "
            "by verdict. In all: {all}. {most} has the most "
            "well-established claims; {weak}.",
            all=say_each("{verdict} {claims}", by_verdict, "; "),
            most=known.idxmax(),
            weak=holds(
                "most claims on cytokines and on microglia are unproven, "
                "contested or contradicted",
                all(low),
            ),
        ),
        canvas=figure,
        data=counts.reset_index().assign(all_claims=len(table)),
    )


def reviews():
    """Fibromyalgia pain in four reviews, and the two largest trials.

    Reviews: systematic reviews with a meta-analysis.
    """
    ids = ["Vatvani-pain", "Saif-pain", "Largest-two-pain"]
    ids += ["AnnMedSurg-pain", "Ologunowa-pain"]
    rows = evidence.trials().loc[ids]
    panels = {
        "points": "points of 10",
        "SD": SCALE,
    }
    own = replace(POOLED, color=GREY.color)
    long, short = "FINAL and INNOVA pooled", "two largest trials"
    figure, axes = canvas(
        2, 1, height=4.2, wide_height=2.4, height_ratios=[3, 2]
    )
    for ax, (unit, label) in zip(axes, panels.items()):
        part = rows[rows["unit"] == unit]
        looks = [
            own if how == "derived" else POOLED for how in part["seen"]
        ]
        names = list(part["study"].str.replace(long, short, regex=False))
        interval_rows(ax, part, looks, labels=names)
        ax.axvline(0, color=TEXT, lw=1)
        ax.set(xlim=(-1.6, 1), ylim=(0.4, len(part) + 0.6))
        better_left(ax, label)
    v, low, high = rows["value"], rows["low"], rows["high"]
    left = holds(
        "both left of zero", max(high[["Vatvani-pain", "Saif-pain"]]) < 0
    )
    one = holds("left of zero", high["AnnMedSurg-pain"] < 0)
    across = holds(
        "across zero",
        *(low[id] < 0 < high[id] for id in ("Largest-two-pain", ids[-1])),
    )
    return Figure(
        number="7.2",
        provenance="Data",
        caption="Pain in fibromyalgia: four reviews of nearly the same "
        "few trials, and (dark) the two largest trials alone, pooled "
        "with equal true effects. Left of the line favours LDN. At least "
        "two of the reviews searched before INNOVA was published.",
        sources=" ".join(rows["source"]),
        alt=say(
            "Five intervals in two panels; left is less pain on LDN. In "
            "points of ten: Vatvani 2024 at {v[Vatvani-pain]:.2f} and Saif "
            "2026 at {v[Saif-pain]:.2f}, {left}; the two largest trials at "
            "{v[Largest-two-pain]:.2f} {across}. In standard deviations: "
            "Ann Med Surg 2025 at {v[AnnMedSurg-pain]:.2f} {one}, "
            "Ologunowa 2025 at {v[Ologunowa-pain]:.2f} {across}.",
            v=v,
            left=left,
            one=one,
            across=across,
        ),
        canvas=figure,
        data=columns(
            rows,
            "study",
            "outcome",
            "measure",
            "value",
            "low",
            "high",
            "unit",
        ),
    )


def forest(table, pooled):
    """Forest plot of the comparable trials and their random-effects mean.

    The mean with three intervals; the arthritis trial stands apart.
    table: from `meta_analysis.standardised`.
    pooled: a `meta_analysis.Pooled` of it.
    """
    apart = meta_analysis.standardised(ids=(meta_analysis.ARTHRITIS,))
    rows = pd.concat([table, apart])
    half = 1.96 * rows["se"]
    low, high = rows["d"] - half, rows["d"] + half
    rows = rows.assign(value=rows["d"], low=low, high=high)
    looks = [DESIGN_LOOKS[design] for design in table["design"]]
    places = [*np.arange(len(table) + 4, 4, -1), 0.2]
    figure, ax = canvas(height=4.5, wide_height=4)
    interval_rows(ax, rows, [*looks, GREY], places=places)
    belief = meta_analysis.posterior(table["d"], table["se"])
    names = {
        "mean, Hartung–Knapp": (pooled.mean, pooled.low, pooled.high),
        "mean, usual interval": (
            pooled.mean,
            pooled.plain_low,
            pooled.plain_high,
        ),
        "mean, posterior": (
            belief.mean,
            belief.quantile(0.025),
            belief.quantile(0.975),
        ),
        # A prediction has no mean of its own.
        "prediction": (
            np.nan,
            pooled.prediction_low,
            pooled.prediction_high,
        ),
    }
    summary = pd.DataFrame(names.values(), columns=["d", "low", "high"])
    summary = summary.assign(study=[*names], seen="derived")
    means = summary.rename(columns={"d": "value"})
    looks = [replace(POOLED, dash=dash) for dash in DASHES[:4]]
    below = [3.6, 2.8, 2.0, 1.2]
    interval_rows(ax, means, looks, places=below, dashed=True)
    labels = [*(table["study"] + " (" + table["design"] + ")"), *names]
    labels.append("arthritis, kept apart")
    ax.set_yticks([*places[:-1], *below, 0.2], labels)
    ax.axvline(0, color=TEXT, lw=1)
    ax.axhline(4.4, color=MUTED, lw=0.8)
    ax.axhline(0.7, color=MUTED, lw=0.8)
    ax.set(xlim=(-1.5, 1.3))
    better_left(ax, SCALE)
    trials = columns(rows, "id", "study", "design", "n", "d", "low", "high")
    spread = {"study": ["I², share of the spread"], "d": pooled.i2}
    spread |= {"low": pooled.i2_low, "high": pooled.i2_high}
    v = rows.set_index("study")[["value", "low", "high"]]
    across = lambda *names: all(
        v.loc[name, "low"] < 0 < v.loc[name, "high"] for name in names
    )
    apart_d = rows["value"].iloc[-1]
    return Figure(
        number="7.3",
        provenance="Fit",
        caption=say(
            "Pain in fibromyalgia, LDN against placebo, four blind trials, "
            "pooled with random effects (I² {i2:.0f}%, {low:.0f} to "
            "{high:.0f}%). Sizes of the crossovers are calculated from p "
            "values and assume a correlation of a half between a person's "
            "two periods; Bested 2023 counts all who were randomised, for "
            "those analysed are not in its abstract. INNOVA's size is "
            "calculated from the printed interval of its level of pain; "
            "the size that its abstract prints {is_smaller}. The "
            "prediction interval is where the true effect of a new trial "
            "may lie. The arthritis trial is shown by its pain severity, a "
            "secondary outcome; its primary outcome, interference of pain, "
            "showed no difference. It is another disease and is not "
            "pooled.",
            is_smaller=holds(
                "is a little smaller", 0.19 < v.loc["INNOVA", "value"] < 0.3
            ),
            i2=100 * pooled.i2,
            low=100 * pooled.i2_low,
            high=100 * pooled.i2_high,
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Forest plot in standard deviations; left is less pain on LDN. "
            "FINAL at {v[FINAL]:.2f} and Bested 2023 at {v[Bested "
            "2023]:.2f} {both}, Younger 2013 at {v[Younger 2013]:.2f} "
            "{left}, INNOVA at {v[INNOVA]:.2f} {to_right}. Their mean is "
            "{mean[d]:.2f}; the Hartung-Knapp interval runs from "
            "{mean[low]:.2f} to {mean[high]:.2f}, the posterior from "
            "{belief[low]:.2f} to {belief[high]:.2f}, the prediction "
            "interval from {new[low]:.2f} to {new[high]:.2f}. The "
            "arthritis trial {apart}.",
            v=v["value"],
            both=holds("across zero", across("FINAL", "Bested 2023")),
            left=holds("left of zero", v.loc["Younger 2013", "high"] < 0),
            to_right=holds(
                "across zero to the right",
                across("INNOVA"),
                v.loc["INNOVA", "value"] > 0,
            ),
            mean=summary.iloc[0],
            belief=summary.iloc[2],
            new=summary.iloc[3],
            apart=holds("lies to the right of zero", apart_d > 0),
        ),
        canvas=figure,
        data=pd.concat([trials, summary, pd.DataFrame(spread)]),
    )


def left_out(table, pooled):
    """The pooled mean without each trial in turn (leave one out).

    table, pooled: as for `forest`.
    """
    rows = meta_analysis.leave_one_out(table)
    figure, ax = canvas(height=3, wide_height=2.5)
    strip = {"color": GREEN.color, "alpha": 0.15, "lw": 0}
    label = "all four, 95% interval"
    ax.axvspan(pooled.low, pooled.high, **strip, label=label)
    interval_rows(
        ax,
        rows.rename(columns={"mean": "value"}),
        POOLED,
        labels=[*("without " + table["study"])],
        ms=6,
    )
    ax.axvline(0, color=TEXT, lw=1)
    ax.set(xlim=(-1.5, 1.3), ylim=(0.4, len(rows) + 0.6))
    better_left(ax, SCALE)
    key_above(ax)
    means = say_each(
        "{mean:.2f} without {study}", rows.assign(study=table["study"])
    )
    across = (rows["low"] < 0) & (rows["high"] > 0)
    return Figure(
        number="7.4",
        provenance="Fit",
        caption=say(
            "The mean without each trial in turn, with Hartung–Knapp "
            "intervals. Three trials say little: {none}.",
            none=holds(
                "no single one decides the answer, and none makes it firm",
                all(across),
            ),
        ),
        sources=" ".join(table["source"]),
        alt=say(
            "Four intervals, one for each trial left out, {across}; left "
            "is less pain on LDN. The mean is {means}.",
            across=holds("all across zero", all(across)),
            means=means,
        ),
        canvas=figure,
        data=rows.reset_index(names="left_out"),
    )


def funnel(table, pooled):
    """Funnel plot: effect against standard error.

    Dotted: where 95% of trials lie if only chance differs.
    table, pooled: as for `forest`.
    """
    figure, ax = canvas(height=3.6)
    dotted = {"color": GREY.color, "ls": ":", "lw": 1.4}
    for side in (-1.96, 1.96):
        foot = pooled.mean + side * 0.3, 0.3
        ax.axline((pooled.mean, 0), foot, **dotted)
    dashed = {"color": GREEN.color, "ls": DASHES[1]}
    ax.plot([pooled.mean] * 2, [0, 0.3], **dashed, label="mean")
    ax.axvline(0, color=TEXT, lw=1)
    for row in table.itertuples():
        look = DESIGN_LOOKS[row.design].marks
        ax.plot([row.d], [row.se], **look, ms=9, label=row.study)
    ax.set(
        xlim=(-1.1, 0.8),
        ylim=(0.3, 0),
        ylabel="standard error",
    )
    ax.set_xticks([-1, -0.5, 0, 0.5])
    better_left(ax, SCALE)
    name_lines(ax)
    se = table.set_index("study")["se"]
    d = table.set_index("study")["d"]
    beside = abs(d - pooled.mean) > 1.6 * se
    sides = holds("left of zero", *(d.drop("INNOVA") < 0), d["INNOVA"] > 0)
    return Figure(
        number="7.5",
        provenance="Fit",
        caption="A funnel plot. Between the dotted lines lie 95% of trials "
        "if only chance differs; circles are parallel trials, squares "
        "crossovers. "
        "If small trials with dull results stayed unpublished, the lower "
        "right would be empty. With four trials the eye sees patterns that "
        "are not there.",
        sources=" ".join(table["source"]),
        alt=say(
            "Four points in an upside-down funnel around the mean; left is "
            "less pain on LDN. Bested 2023 is {highest}, at a standard "
            "error of {se[Bested 2023]:.2f}, {sides}; Younger 2013 is "
            "{furthest} at {se[Younger 2013]:.2f}; {other}, at "
            "{se[FINAL]:.2f} and {se[INNOVA]:.2f}. {edges}.",
            se=se,
            sides=sides,
            other=holds(
                "FINAL left and INNOVA right of zero",
                d["FINAL"] < 0 < d["INNOVA"],
            ),
            highest=holds("highest", se.idxmin() == "Bested 2023"),
            furthest=holds("furthest left", d.idxmin() == "Younger 2013"),
            edges=holds(
                "Younger 2013 and INNOVA lie near or beyond the edges",
                {*se.index[beside]} == {"Younger 2013", "INNOVA"},
            ),
        ),
        canvas=figure,
        data=columns(table, "id", "study", "design", "n", "d", "se"),
    )


def power_checked():
    """Power by formula against power by simulated trials."""
    effect, sd = 1.0, 1.8  # points of 10
    correlation, dropout = 0.5, 0.15  # the second: the share lost
    given = {"sd": sd, "correlation": correlation, "dropout": dropout}
    sizes = np.arange(20, 241, 20)
    figure, ax = canvas(height=4, wide_height=3.6)
    parts, needed = [], {}
    for design, look in DESIGN_LOOKS.items():
        exact, found = [], []
        for n in sizes:
            plan = (design, n, effect)
            exact.append(trial_power.power(*plan, **given))
            found.append(
                trial_power.simulated_power(
                    *plan, **given, repeats=2000, seed=int(n)
                )
            )
        share, error = np.array(found).T
        exact = np.array(exact)
        label = f"{design}, formula"
        ax.plot(sizes, 100 * exact, **look.curve, label=label)
        label = f"{design}, 2,000 trials simulated"
        ax.errorbar(
            sizes,
            100 * share,
            100 * 1.96 * error,
            **look.marks,
            ms=6,
            capsize=3,
            label=label,
        )
        part = {"design": design, "people": sizes, "power": exact}
        part |= {"simulated": share, "error": error}
        parts.append(pd.DataFrame(part))
        needed[design] = trial_power.people_needed(design, effect, **given)
    ax.axhline(80, color=MUTED, lw=1, ls=":")
    ax.set(
        xlim=(0, 250),
        ylim=(0, 103),
        xlabel="people randomised",
        ylabel="power",
    )
    percent_axis(ax.yaxis)
    key_above(ax)
    of = pd.concat(parts)
    data = of.assign(
        needed=of["design"].map(needed), effect=effect, **given
    )
    inside = abs(of["power"] - of["simulated"]) <= 2 * of["error"]
    return Figure(
        number="7.6",
        provenance="Illustration",
        caption=say(
            "Two ways to the same number: the formula of the t test, and "
            "trials played out with random people. Assumed: a true benefit "
            "of {effect:g} on a scale of ten, a standard deviation of "
            "{sd:g}, a correlation of {correlation:g} and {lost:.0f}% "
            "lost. The small bars are the error of the simulation.",
            effect=effect,
            sd=sd,
            correlation=correlation,
            lost=100 * dropout,
        ),
        sources="",
        alt=say(
            "Power against the number of people. The crossover curve "
            "climbs past a power of four in five at {needed[crossover]} "
            "people, the parallel curve at {needed[parallel]}. Simulated "
            "trials lie on both curves, {nearly}.",
            needed=needed,
            nearly=holds(
                "nearly all within their small error bars",
                inside.mean() > 0.8,
            ),
        ),
        canvas=figure,
        data=data,
    )


def existing_trials():
    """The smallest effect that each trial could have found (80% power).

    By size and design, in standard deviations between people.
    """
    shown = {
        "FINAL-pain": "FINAL",
        "INNOVA-pain": "INNOVA",
        "Younger2013-pain": "Younger 2013",
        "Bested-pain": "Bested 2023",
        "LDNVA-interference": "arthritis (LDN-VA)",
        "Cree-pain": "Cree 2010",
    }
    rows = evidence.trials().loc[list(shown)]
    data = pd.DataFrame(
        {
            "study": [*shown.values()],
            "design": rows["design"],
            "n": rows["n"].fillna(rows["randomised"]).astype(int),
        }
    )
    for name, rho in (("middle", 0.5), ("low", 0.8), ("high", 0.2)):
        data[name] = [
            trial_power.detectable(design, n, rho)
            for design, n in zip(data["design"], data["n"])
        ]
    data = data.assign(source=rows["source"], seen="derived")
    sizes = np.geomspace(15, 400, 40)
    short = lambda study: study.split()[-1 if "(" in study else 0].strip(
        "()"
    )
    figure, ax = canvas(height=6, wide_height=4.6)
    for design, look in DESIGN_LOOKS.items():
        smallest = [trial_power.detectable(design, n, 0.5) for n in sizes]
        ax.plot(sizes, smallest, **look.curve, label=design)
        part = data[data["design"] == design]
        if design == "crossover":
            ends = part["low"], part["high"]
            ax.vlines(part["n"], *ends, color=look.color, lw=1.4)
        for row in part.itertuples():
            named = {**look.marks, "ms": 8, "label": short(row.study)}
            ax.plot([row.n], [row.middle], **named)
    ax.axhspan(0.2, 0.3, color=GREEN.color, alpha=0.2, lw=0)
    words = "small effects, 0.2 to 0.3"
    ax.text(16, 0.13, words, va="center")
    ax.set(
        xscale="log",
        xlim=(15, 400),
        ylim=(0, 1.25),
        xlabel="people analysed (Bested 2023: randomised)",
        ylabel="smallest effect found (SDs)",
    )
    log_ticks(ax.xaxis, [20, 50, 100, 200, 400])
    name_lines(ax)
    found = data.set_index("study")["middle"]
    n = data.set_index("study")["n"]
    small = found.min() > 0.3
    return Figure(
        number="7.7",
        provenance="Illustration",
        caption=say(
            "The smallest true effect that each trial had a chance of four "
            "in five to find, from its size and design alone. Bars: "
            "correlations from a fifth (top) to four fifths, marks midway. "
            "Unless a person's two periods agree closely, {none}.",
            none=holds("none could reliably find a small effect", small),
        ),
        sources=" ".join(data["source"]),
        alt=say(
            "Smallest detectable effect against people analysed, on a "
            "logarithmic axis. FINAL and INNOVA lie on the parallel curve "
            "at {found[FINAL]:.2f} and {found[INNOVA]:.2f}. Crossovers lie "
            "lower for their size: arthritis with {n[arthritis (LDN-VA)]} "
            "people at {found[arthritis (LDN-VA)]:.2f}, Younger 2013 with "
            "{n[Younger 2013]} at {found[Younger 2013]:.2f}, Bested 2023 "
            "with {n[Bested 2023]} at {found[Bested 2023]:.2f} and Cree "
            "2010 with {n[Cree 2010]} at {found[Cree 2010]:.2f}. A band of "
            "small effects at 0.2 to 0.3 {below}.",
            found=found,
            n=n,
            below=holds("lies below all the marks", small),
        ),
        canvas=figure,
        data=data,
    )


def virtual_patients(found):
    """What LDN does to the pain of virtual patients, by what is supposed.

    And what trials of those as supposed would find, by their size.
    found: name → what `helpers.analysis.virtual_trial.simulate_patients`
    returns, one for each of `virtual_trial.SUPPOSITIONS`.
    """
    rows = []
    for name, table in found.items():
        shares = np.percentile(-table["less_pain"], [2.5, 25, 75, 97.5])
        ends = zip(("low_95", "low_50", "high_50", "high_95"), shares)
        summary = virtual_trial.summary(table)
        rows.append({"supposed": name, **summary, **dict(ends)})
    rows = pd.DataFrame(rows)
    figure, (patients, trials) = canvas(
        2, 1, height=7.2, wide_height=4.1, height_ratios=[8, 6]
    )
    places = np.arange(len(rows), 0, -1)
    for column, lw, alpha in (("95", 1.6, 1), ("50", 9, 0.45)):
        look = {"color": BLUE.color, "lw": lw, "alpha": alpha}
        ends = rows[f"low_{column}"], rows[f"high_{column}"]
        patients.hlines(places, *ends, **look)
    patients.plot(-rows["benefit"], places, **BLUE.marks, ms=7)
    worse = [f"{100 * share:.0f}" for share in rows["worse"]]
    labels = [
        f"{name}:\n{share} of 100 get worse"
        for name, share in zip(rows["supposed"], worse)
    ]
    patients.set_yticks(places, labels)
    patients.grid(axis="y", visible=False)
    results = virtual_trial.results(found["as supposed"], (100, 300, 1000))
    idle = results["arm"] == virtual_trial.ARMS[1]
    labels = [
        f"{people:,.0f} people, {'no effect' if none else 'as supposed'}"
        for people, none in zip(results["people"], idle)
    ]
    interval_rows(
        trials,
        results.rename(columns={"middle": "value"}),
        [GREY if none else BLUE for none in idle],
        labels=labels,
        lw=3,
    )
    for ax in (patients, trials):
        ax.axvline(0, color=TEXT, lw=1)
        ax.margins(y=0.1)
    patients.set(title="Virtual patients", xlim=(-4.5, 9))
    trials.set(
        title="Trials",
        xlim=(-1.5, 1),
    )
    better_left(trials, "points of 10")
    points = rows["benefit_error"].max()
    hundredths = 100 * rows["worse_error"].max()
    small = results[~idle].iloc[0]
    changes = rows.assign(change=-rows["benefit"])
    worse_of = rows.assign(hundredth=100 * rows["worse"])
    large = results["people"] == 1000
    wide = holds(
        "overlap widely with those of a drug that does nothing",
        small["high"] > results[idle]["low"].iloc[0],
    )
    reach, nothing = (results[large & arm].iloc[0] for arm in (~idle, idle))
    gap = reach["high"] - nothing["low"]
    hardly = holds(
        "they hardly overlap", gap < 0.4 * (reach["high"] - reach["low"])
    )
    return Figure(
        number="7.8",
        provenance="Illustration",
        caption=say(
            "A: what LDN does to the pain of virtual patients beyond "
            "placebo, {n:,} of them for each thing supposed; thin line: "
            "95% of them, thick: half, mark: the mean (± {points:.2f} or "
            "less; the counts ± {hundredths:.0f} or less). B: where "
            "95% of trials would find the difference between LDN and "
            "placebo, if some are lost. Most of it is assumed, the story "
            "first of all; rows in which pain grows by points speak "
            "against it, for no trial above saw that.",
            n=len(found["as supposed"]),
            points=points,
            hundredths=hundredths,
        ),
        sources="Meyer1984bioequivalence Dunbar2007population "
        "Licko1981overview Weerts2008differences",
        alt=say(
            "Two panels of horizontal intervals; left is less pain. In A, "
            "the mean change of pain is: {changes}; of a hundred patients "
            "{worse} get worse, in the same order. In B, results of "
            "trials: with {small[people]:.0f} people they run from "
            "{small[low]:.1f} to {small[high]:.1f} points as supposed, and "
            "{wide}; with {last[people]:,.0f} people {hardly}.",
            changes=say_each("{supposed} {change:.2f}", changes),
            worse=say_each("{hundredth:.0f}", worse_of),
            small=small,
            wide=wide,
            last=reach,
            hardly=hardly,
        ),
        canvas=figure,
        data=pd.concat(
            [
                rows.assign(patients=len(found["as supposed"])),
                results.rename(columns={"people": "size"}),
            ]
        ),
    )


def what_decides(indices):
    """Sobol indices of the relief in virtual patients: sensitivity.

    indices: from `helpers.analysis.virtual_trial.sensitivity`.
    """
    labels = [PARAMETERS[name] for name in indices.index]
    places = np.arange(len(indices), 0, -1)
    thin = {"ecolor": TEXT, "error_kw": {"lw": 1.2}}
    striped = {"hatch": "//", "edgecolor": BACKGROUND, "lw": 0}
    figure, ax = canvas(height=4.8, wide_height=4.4)
    ax.barh(
        places + 0.2,
        indices["ST"],
        0.38,
        xerr=indices["ST_error"],
        color=BLUE.color,
        **thin,
        label="with its interactions (total)",
    )
    ax.barh(
        places - 0.2,
        indices["S1"],
        0.38,
        xerr=indices["S1_error"],
        color=ORANGE.color,
        **thin,
        **striped,
        label="alone (first order)",
    )
    ax.set_yticks(places, labels)
    ax.set(xlim=(-0.02, None), xlabel="share of the variance of relief")
    ax.grid(axis="y", visible=False)
    key_above(ax)
    largest = say_each(
        "{name} {ST:.2f} ± {ST_error:.2f}",
        indices.iloc[:2].assign(name=labels[:2]),
        " and ",
    )
    known = models.load(virtual_trial.MODEL).parameters
    status = [known[name].status for name in indices.index]
    return Figure(
        number="7.9",
        provenance="Illustration",
        caption="Which parameter decides how much relief the virtual "
        "patients get: Sobol indices over half to double each value, two "
        "sites, a low dose daily for three months. Thin lines: 95% "
        "intervals. This is about the model; what is not in it cannot "
        "show.",
        sources="",
        alt=say(
            "Paired horizontal bars, longest first: {largest} of the "
            "variance, interactions included; at the bottom {names} "
            "{near}.",
            largest=largest,
            names=" and ".join(labels[-2:]),
            near=holds("near zero", all(indices["ST"].iloc[-2:] < 0.05)),
        ),
        canvas=figure,
        data=indices.reset_index().assign(status=status),
    )
