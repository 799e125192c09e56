"""Figures of chapter 4, cytokines: what was measured, chance findings, defence, infections, time."""

import numpy as np
import pandas as pd

from helpers import evidence
from helpers.analysis import defence, rare_events, uncontrolled
from helpers.figures import Figure, columns
from helpers.simulate import simulate, single
from helpers.style import DASHES, MARKERS, MUTED, PALETTE, TEXT, canvas, percent

# Four ways to treat the model joint: words, share of the signal taken away, share of calming production taken away.
PLANS = {"no drug": (0.0, 0.0), "damp by a quarter": (0.25, 0.0), "both arms down by a quarter": (0.25, 0.25), "block": (0.95, 0.0)}


def directions():
    """The seventeen cytokines that fell in eight women, and all other
    studies of cytokines in people on LDN that were found.
    """
    table = evidence.cytokine_changes()
    levels = evidence.cytokine_levels().set_index("name")
    studies = evidence.cytokine_studies()
    drawn = studies.loc[["cs_parkitny", "cs_lie"]]
    others = studies.drop(drawn.index)
    figure, (ax, other) = canvas(1, 2, height=5.6, width_ratios=[3, 2])
    rows = table.sort_values("group", ascending=False, kind="stable")
    rows = rows.join(levels[["before", "after", "unit"]], on="name")
    calms = rows["group"] == "calms"
    places = np.arange(len(rows) - 1, -1, -1)
    for y, row, calm in zip(places, rows.itertuples(), calms):
        arrow = {"arrowstyle": "-|>", "color": PALETTE[int(calm)], "lw": 2.2}
        ax.annotate("", (-1, y), (0, y), arrowprops=arrow)
        words = row.name + (" (calms)" if calm else "")
        if row.before > 0:
            words += f", {row.before:g} → {row.after:g}"
        ax.text(0.08, y, words, va="center", fontsize=9.5, color=TEXT)
    ax.axvline(0, color=MUTED, lw=1)
    ax.set(
        xlim=(-1.1, 1.9),
        ylim=(-0.8, len(rows) - 0.2),
        yticks=[],
        xticks=[-1, 0],
    )
    ax.set_xticklabels(["fell", "before"])
    ax.grid(visible=False)
    women, bowel = (f"{n:.0f}" for n in drawn["n"])
    ax.set_title(f"{women} women, fibromyalgia", fontsize=11)
    other.axvline(0, color=MUTED, lw=1)
    look = {"marker": MARKERS[1], "ms": 11, "color": PALETTE[2]}
    other.plot([0], [0.5], ls="", **look)
    centred = {"ha": "center", "fontsize": 10.5, "color": TEXT}
    other.text(0, 0.58, "no change", **centred)
    other.set(xlim=(-1.2, 1.2), ylim=(0, 1), yticks=[], xticks=[-1, 0, 1])
    other.set_xticklabels(["fell", "before", "rose"])
    other.grid(visible=False)
    other.set_title(f"{bowel}, bowel disease", fontsize=11)
    rest = "; ".join(
        f"{row.n:.0f} people with {row.condition} ({row.study})"
        for row in others.itertuples()
    )
    return Figure(
        number="4.1",
        provenance="Data",
        caption=f"We found {len(studies)} studies that measured cytokines "
        "in people on LDN or set out to; the two that print what became "
        "of them are drawn. Left: eight weeks in eight women with "
        "fibromyalgia; arrows show direction only, numbers are means in "
        "pg/mL where we saw them, in a table that copies the paper's. "
        "Four of the seventeen calm inflammation (our grouping); they "
        "fell too. Right: twelve weeks in people with bowel disease, "
        "cytokines in serum where available. Neither had a control "
        f"group. Not drawn, for no numbers on LDN were seen: {rest}. None "
        "was in rheumatoid arthritis.",
        sources=" ".join(studies["source"]),
        alt="Left, seventeen arrows that all point from before to fell: "
        "thirteen for cytokines such as interleukins 1 beta, 6 and 17A "
        "and TNF, and four marked as calming: interleukin-1 receptor "
        "antagonist, interleukins 4 and 10 and TGF beta. Six have numbers: "
        + "; ".join(
            f"{name} from {level.before:g} to {level.after:g}"
            for name, level in levels.iterrows()
        )
        + f". Right, one mark at no change for the study of {bowel} people "
        "with bowel disease.",
        canvas=figure,
        data=columns(
            rows,
            *("study", "name", "group", "direction"),
            *("before", "after", "unit"),
        ),
    )


def chance_findings():
    """Studies of a drug that does nothing, eight people each: how many of 17 cytokines fall."""
    settings = {
        "all may enter": {},
        "only on a bad day": {"entry": 1.0},
        "bad day, corrected": {"entry": 1.0, "correction": 1},
        "bad day, control group": {"entry": 1.0, "control": 1},
    }
    classes = {"none": "none", "some": "fewer than half", "half": "half or more", "all": "all 17"}
    rows = {name: uncontrolled.describe_falls(uncontrolled.falls(8, 17, 0.6, repeats=4000, **given), 17) for name, given in settings.items()}
    data = pd.DataFrame(rows).T
    figure, ax = canvas(height=3.9)
    left = np.zeros(len(data))
    for i, (key, label) in enumerate(classes.items()):
        width = 100 * data[key].to_numpy(float)
        ax.barh(range(len(data)), width, left=left, color=PALETTE[[5, 0, 1, 3][i]], alpha=[0.35, 1, 1, 1][i], label=label, edgecolor=TEXT, lw=0.6, hatch=["", "", "//", "xx"][i])
        left += width
    ax.set_yticks(range(len(data)), list(data.index))
    ax.invert_yaxis()
    ax.xaxis.set_major_formatter(percent)
    ax.set(xlim=(0, 100), xlabel="studies in which so many cytokines “fall”")
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, fontsize=10, columnspacing=1.0, handlelength=1.3)
    return Figure(
        number="4.2",
        provenance="Illustration",
        caption="Four thousand imagined studies of a drug that does nothing, for each way of doing the study: eight people, seventeen cytokines with a correlation of 0.6, "
        f"half of the variation lasting. On a “bad day” a person’s own cytokines were, on average, at least one standard deviation high at the first measurement; "
        f"people are really chosen by symptoms, so this is the worst case. Monte-Carlo error at most {100 * data['error'].max():.1f} percentage points. All settings are assumed, those of the real study are not known.",
        sources="",
        alt="Four stacked bars of imagined studies by how many of 17 cytokines fall. If all may enter, none falls in about 80 per cent. If people enter only on a bad day, "
        "some fall in about 90 per cent and half or more in about 30 per cent. Correcting for the number of tests brings this to under 40 per cent, a control group to under 20.",
        canvas=figure,
        data=data.reset_index(names="design"),
    )


def bowel():
    """Crohn's disease and colitis: shares of people who improved, with and without a placebo group."""
    table = evidence.trials()
    controlled = table.loc[["Smith2011-response", "Smith2011-endoscopy", "Smith2011-endoscopic-remission"]]
    open_label = table.loc[["Smith2007-response", "Lie-improvement", "Smith2007-remission", "Lie-remission"]]
    figure, ax = canvas(height=4.6)
    rows = pd.concat([controlled, open_label])
    for i, row in enumerate(rows.itertuples()):
        y = len(rows) - 1 - i
        if i < len(controlled):
            ax.plot([row.arm_control, row.arm_ldn], [y, y], color=MUTED, lw=1.5)
            ax.plot([row.arm_control], [y], ls="", marker="o", ms=9, color=PALETTE[1], label="placebo" if i == 0 else None)
        on = row.arm_ldn if i < len(controlled) else row.value
        ax.plot([on], [y], ls="", marker="s", ms=9, color=PALETTE[0], mfc=PALETTE[0] if i < len(controlled) else "none", mew=1.8, label={0: "LDN", len(controlled): "LDN, no control group"}.get(i))
        ax.text(1, y + 0.24, f"{row.outcome} ({row.study}, {f'{row.n:.0f} people' if row.n > 0 else f'{row.enrolled:.0f} began'})", fontsize=10, color=TEXT)
    ax.set(xlim=(0, 100), ylim=(-0.5, len(rows) - 0.1), yticks=[], xlabel="people")
    ax.xaxis.set_major_formatter(percent)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=10)
    return Figure(
        number="4.3",
        provenance="Data",
        caption="The bowel, the one organ in which a controlled trial looked at the inflamed tissue. Filled: with a placebo group, shares as printed. "
        "Open: without one. Where an abstract does not say how many were analysed, those who began are named. The trial planned with 122 people has no published result that we could find.",
        sources=" ".join(rows["source"]),
        alt="Shares of people who improved. With placebo group: disease activity 88 per cent on LDN against 40, endoscopic score 78 against 28, "
        "endoscopic remission 33 against 8. Without: response 89 and 75 per cent, remission 67 and 26 per cent.",
        canvas=figure,
        data=rows.reset_index()[["study", "outcome", "value", "arm_ldn", "arm_control", "n", "unit", "source", "seen"]],
    )


def damp_or_block():
    """A joint with disease meets germs on the day a drug starts, for four plans."""
    times = np.linspace(0, 60, 241)
    figure, (top, bottom) = canvas(2, 1, height=5.6, sharex=True)
    parts = []
    for i, (name, (damping, loss)) in enumerate(PLANS.items()):
        run = simulate("inflammation_defence", single(0), times, damping=damping, calming_loss=loss)
        top.plot(times, run["signal"], color=PALETTE[[5, 0, 2, 1][i]], ls=DASHES[i], label=name)
        bottom.plot(times, np.maximum(run["germs"], 1e-8), color=PALETTE[[5, 0, 2, 1][i]], ls=DASHES[i])
        parts.append(pd.DataFrame({"plan": name, "time": times, "signal": run["signal"], "germs": run["germs"]}))
    top.set(ylim=(0, 1.0), ylabel="inflaming signal")
    top.legend(ncols=2, fontsize=10, loc="upper right")
    bottom.axhline(defence.CLEAR, color=MUTED, lw=1, ls=":")
    bottom.text(60, 1.3e-3, "counts as cleared", ha="right", va="bottom", fontsize=10, color=MUTED)
    bottom.set(yscale="log", ylim=(1e-6, 1), xlim=(0, 60), xlabel="time (lifetimes of the cytokines)", ylabel="germs")
    return Figure(
        number="4.4",
        provenance="Illustration",
        caption="A toy with invented numbers: a diseased joint, a drug and some germs at time 0. Blocking ends the inflammation and lets the germs grow. "
        "Damping by a quarter tips the joint back to health after the germs have fallen below the line. "
        "Taking a quarter from both arms (in the eight women cytokines of both kinds fell, those we saw by 6 to 35%) makes the signal swing and leaves the disease. What LDN does to any of this has not been measured.",
        sources="Baker2013mathematical",
        alt="Above, the inflaming signal: without drug it stays near 0.4; with both arms down it swings and comes back to 0.4; with a quarter damped it falls to 0.04; blocked it is near zero. "
        "Below, germs: they vanish without drug and with both arms down; with a quarter damped they fall below the clearing line and later settle at a hundredth; "
        "blocked they grow to a third of the most the joint can hold.",
        canvas=figure,
        data=pd.concat(parts),
    )


def windows(early, late):
    """Share of random parameter sets with a useful window, its width and where. early, late: of `defence.random_windows`."""
    figure, ax = canvas(height=3.8)
    edges = np.arange(-0.025, 0.376, 0.05)
    parts = []
    for i, (name, sets) in enumerate({"germs come with the drug": early, "germs come later": late}.items()):
        share = np.histogram(sets["width"], edges)[0] / len(sets)
        at = edges[:-1] + 0.025 + (-0.011, 0.011)[i]
        ax.bar(100 * at, 100 * share, 2.0, color=PALETTE[i], label=f"{name}: a window in {100 * (sets['width'] > 0).mean():.0f}%", hatch=["", "//"][i], edgecolor=TEXT, lw=0.6)
        parts.append(pd.DataFrame({"germs": name, "width": (edges[:-1] + 0.025).round(2), "share": share, "sets": len(sets)}))
    ax.set(xlabel="width of the window (share of the signal)", ylabel="parameter sets")
    ax.set_xticks(range(0, 36, 5), ["none", *[f"{w}%" for w in range(5, 36, 5)]])
    ax.tick_params(axis="x", labelsize=10)
    ax.yaxis.set_major_formatter(percent)
    ax.legend(fontsize=10)
    return Figure(
        number="4.5",
        provenance="Illustration",
        caption="Is there a damping that heals and still clears the germs? Random parameter sets of the toy, by the width of the range that does both. "
        "Where there is a window it is narrow, and if germs come after the joint has calmed down it is narrower still. Blocking cleared the germs in no set.",
        sources="Baker2013mathematical",
        alt="Histogram of the width of the useful range of damping. Three in ten sets have no window if germs come with the drug, four in ten if they come later; "
        "most others have a width of 5 to 15 per cent, and few are wider.",
        canvas=figure,
        data=pd.concat(parts),
    )


def other_drugs():
    """Infections under other drugs: ratios with intervals."""
    table = evidence.outcomes()
    rows = table[table["outcome"].str.contains("infection")].sort_values("value")
    figure, ax = canvas(height=4.0)
    ax.axvline(1, color=MUTED, lw=1.2)
    for i, row in enumerate(rows.itertuples()):
        ax.plot([row.low, row.high], [i, i], color=PALETTE[0], lw=2.2)
        ax.plot([row.value], [i], ls="", marker="s", ms=8, color=PALETTE[0])
        ax.text(0.81, i + 0.24, f"{row.treatment}: {row.outcome} ({row.measure})", fontsize=10, color=TEXT)
    ax.set(xscale="log", xlim=(0.8, 3), ylim=(-0.5, len(rows) - 0.1), yticks=[], xlabel="infections against usual drugs or placebo")
    ax.set_xticks([0.8, 1, 1.5, 2, 3], ["0.8", "as many", "1.5", "twice", "3"])
    ax.minorticks_off()
    ax.grid(axis="y", visible=False)
    return Figure(
        number="4.6",
        provenance="Data",
        caption="More infections under drugs that damp immunity, each with its own measure and 95% interval. Glucocorticoid and methotrexate were given in low doses, methotrexate to people with heart disease. "
        "LDN is missing because no such count was found.",
        sources=" ".join(rows["source"]),
        alt="Ratios above one: low-dose methotrexate 1.15, TNF blockers 1.2, biologics at standard dose 1.31, low-dose steroids 1.4, biologics at high dose 1.9. "
        "All intervals lie above one.",
        canvas=figure,
        data=rows.reset_index()[["study", "treatment", "control", "outcome", "measure", "value", "low", "high", "source", "seen"]],
    )


def limits():
    """What no infection at all would prove, against the person-years watched."""
    total = rare_events.person_years()
    years = np.geomspace(10, 3000, 100)
    rates = evidence.treatments()["value"]
    usual, tnf = rates["uk_other"], rates["uk_tnf"]
    limit = [1000 * rare_events.upper_limit(0, y) for y in years]
    figure, ax = canvas(height=3.9)
    ax.plot(years, limit, color=PALETTE[0], label="highest rate that zero events leave possible")
    ax.axhline(tnf, color=PALETTE[1], ls=DASHES[1], lw=1.8, label=f"serious infections on TNF blockers: {tnf:.0f}")
    ax.axhline(usual, color=PALETTE[2], ls=DASHES[2], lw=1.8, label=f"on usual drugs: {usual:.0f}")
    here = total["years"].sum()
    ax.axvline(here, color=MUTED, lw=1.2)
    ax.text(here * 1.06, 1.2, f"all trials: {here:.0f}", color=MUTED, fontsize=10.5)
    ax.plot([here], [1000 * rare_events.upper_limit(0, here)], marker="o", ms=9, color=PALETTE[0])
    ax.set(xscale="log", yscale="log", xlim=(10, 3000), ylim=(1, 400), xlabel="person-years on LDN", ylabel="per 1,000 person-years")
    ax.set_xticks([10, 30, 100, 300, 1000, 3000], ["10", "30", "100", "300", "1,000", "3,000"])
    ax.set_yticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
    ax.minorticks_off()
    ax.legend(fontsize=10, loc="upper right")
    return Figure(
        number="4.7",
        provenance="Illustration",
        caption="If not one serious infection had been seen (no count was found): the exact 95% upper limit (one-sided, Poisson) against the person-years watched, with crude rates from a British register "
        "of people with rheumatoid arthritis. The trials' sum counts everybody who began to the end of each trial, and everybody randomised where those on LDN were not seen, so it is the most they can have watched; most of those people had other diseases.",
        sources=" ".join([*total["source"], "Galloway2011antitnf"]),
        alt="A falling line on logarithmic axes: zero events in 10 person-years leave a rate of 300 per 1,000 possible, in the trials' 119 person-years 25, in 1,000 years 3. "
        "The rates on usual drugs, 32, and on TNF blockers, 42, are crossed near 94 and 71 person-years.",
        canvas=figure,
        data=total.reset_index(),
    )


def time_courses():
    """Share of a slow benefit that has come by the end of a trial, with the trials' durations."""
    weeks = np.linspace(0, 52, 209)
    onsets = (1, 4, 12)
    figure, ax = canvas(height=3.9)
    curves = {"weeks": weeks}
    for i, onset in enumerate(onsets):
        run = simulate("slow_benefit", single(0), weeks, onset=onset)
        curves[f"half-time {onset} weeks"] = 100 * run["difference"].to_numpy()
        ax.plot(weeks, curves[f"half-time {onset} weeks"], color=PALETTE[i], ls=DASHES[i], label=f"half of it in {onset} week{'s' * (onset > 1)}")
    for w in (3, 8, 12):
        ax.axvline(w, color=MUTED, lw=1, ls=":")
    trials = rare_events.person_years()["weeks"]
    ax.plot(trials, np.full(len(trials), 3), ls="", marker="|", ms=16, mew=2, color=TEXT, label="length of a trial")
    ax.set(xlim=(0, 53), ylim=(0, 104), xlabel="weeks on the drug", ylabel="share of the full benefit")
    ax.set_xticks([0, 3, 8, 12, 26, 52])
    ax.yaxis.set_major_formatter(percent)
    ax.legend(fontsize=10, loc="lower right", bbox_to_anchor=(1, 0.06))
    return Figure(
        number="4.8",
        provenance="Illustration",
        caption="What a trial would see of a benefit that builds up, for three assumed half-times. Ticks at the foot: how long people took LDN in the randomised trials. "
        "A trial of 3 weeks could miss a slow benefit, one of a year could not.",
        sources=" ".join(rare_events.person_years()["source"]),
        alt="Three rising curves. With a half-time of 1 week 88 per cent has come by week 3; with 4 weeks 41 per cent by week 3, 75 by week 8 and 88 by week 12; "
        "with 12 weeks 16, 37 and 50 per cent, and 95 by week 52. Ticks show trials from 3 to 52 weeks, most of them from 3 to 12.",
        canvas=figure,
        data=pd.DataFrame(curves),
    )
