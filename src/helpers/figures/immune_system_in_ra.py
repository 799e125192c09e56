"""Figures of chapter 2, the immune system in rheumatoid arthritis."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from helpers import evidence, models
from helpers.analysis import synovium
from helpers.figures import Figure, columns, in_a_hundred
from helpers.simulate import simulate, single
from helpers.style import DASHES, GRID, MARKERS, MUTED, PALETTE, TEXT, canvas, percent

CYCLE = {"calming": 7.0, "amplification": 18.0}
KIND_STYLE = {"stable": 0, "saddle": 1, "unstable": 3}


def _run(times, **parameters):
    """The synovial model at `times`, without any dose."""
    return simulate("synovial_cytokines", single(0), times, **parameters)


def cytokine_levels():
    """Cytokines in joint fluid and serum, as published, on a logarithmic axis."""
    table = evidence.joint_cytokines().dropna(subset=["value"]).copy()
    table["bottom"] = table["low"].fillna(table["value"] - table["dispersion"])
    table["top"] = table["high"].fillna(table["value"] + table["dispersion"])
    names = list(dict.fromkeys(table["group"]))
    figure, axes = canvas(2, 1, height=6.2, height_ratios=[3.1, 1])
    for ax, place, low, unit in zip(axes, ("joint fluid", "serum"), (1, 0.8), ("pg/mL", "IU/mL")):
        rows = table[table["setting"] == place]
        studies = list(dict.fromkeys(zip(rows["quantity"], rows["study"])))[::-1]
        for i, (quantity, study) in enumerate(studies):
            group = rows[(rows["quantity"] == quantity) & (rows["study"] == study)]
            for j, row in enumerate(group.itertuples()):
                look = names.index(row.group)
                y = i + 0.17 * (1 - j)
                ax.plot([max(row.bottom, low), row.top], [y, y], color=PALETTE[look], lw=1.6)
                if row.bottom < low:
                    ax.plot([low * 1.04], [y], marker="<", ms=6, color=PALETTE[look], ls="")
                ax.plot([row.value], [y], ls="", marker=MARKERS[look], ms=8, color=PALETTE[look], label=row.group)
        ax.set_yticks(range(len(studies)), [f"{q}\n{s}" for q, s in studies], fontsize=10)
        ax.set(xscale="log", ylim=(-0.5, len(studies) - 0.4), xlabel=f"concentration in {place} ({unit})")
        ax.grid(axis="y", visible=False)
        ax.minorticks_off()
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes[0].set(xlim=(1, 60000))
    axes[1].set(xlim=(0.8, 400))
    shown = dict(zip(*reversed(axes[0].get_legend_handles_labels()))) | dict(zip(*reversed(axes[1].get_legend_handles_labels())))
    figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=2, fontsize=10)
    return Figure(
        number="2.1",
        provenance="Data",
        caption="Compare within a row only: the studies used different assays. Bars are what each paper printed: "
        "interquartile ranges for interleukin-6, standard deviations for 2001; an arrow means that the bar reaches below the axis. "
        "The spreads printed for 1990 are small enough to be standard errors. "
        "Not drawn, because their abstracts give no levels: three studies of TNF. It was higher than in osteoarthritis in joint fluid (Neidel 1995); "
        "in serum it was no different from healthy people in one (Beyazal 2017) and higher in another (Forsberg 2019).",
        sources=" ".join(evidence.joint_cytokines()["source"]),
        alt="Dots with bars on logarithmic axes. In joint fluid interleukin-6 is 2,516.5 picograms per millilitre (range of the middle half 1,136 to 25,058) in rheumatoid arthritis and 138 in osteoarthritis, "
        "interleukin-1 beta 130 against 28. Against spondyloarthritis, TNF is 105 against 74 with overlapping bars, interleukin-10 100 against 14. "
        "In serum interleukin-6 is 55 units in rheumatoid arthritis, 10 in healthy people and 7 in other joint disease.",
        canvas=figure,
        data=columns(table, "study", "setting", "quantity", "group", "value", "unit", "bottom", "top", "interval", "dispersion_kind", "n"),
    )


def two_fates(amplification):
    """The same joint from two starts: over time, and in the plane of inflammation and calming signal."""
    times = np.linspace(0, 40, 801)
    figure, axes = canvas(2, 1, height=6.8)
    frames = []
    for i, start in enumerate((0.08, 0.16)):
        frame = _run(times, amplification=amplification, pro_start=start)
        axes[0].plot(times, frame["inflammation"], color=PALETTE[i], ls=DASHES[i], label=f"starts at {start:g}")
        axes[1].plot(frame["inflammation"], frame["calm"], color=PALETTE[i], ls=DASHES[i])
        axes[1].plot([start], [frame["calm"].iloc[0]], marker=MARKERS[i], ms=8, color=PALETTE[i])
        frames.append(frame[["inflammation", "calm"]].assign(start=start).reset_index())
    p = np.geomspace(0.01, 1.1, 300)
    values = models.load(synovium.MODEL).values(amplification=amplification)
    answer = values.calming * p**2 / (values.sensitivity**2 + p**2)
    needed = (values.background + amplification * p**2 / (1 + p**2)) / (values.clearance * p)
    holds = np.sqrt(np.where(needed > 1, needed - 1, np.nan))
    axes[1].plot(p, answer, color=PALETTE[2], ls=DASHES[2], label="calming at rest")
    axes[1].plot(p, holds, color=PALETTE[3], ls=DASHES[3], label="inflammation at rest")
    for state in synovium.steady_states(amplification=amplification):
        stable = state.kind == "stable"
        axes[1].plot([state.pro], [state.anti], ls="", marker="o", ms=9, color=TEXT, mfc=TEXT if stable else "none", mew=1.8)
    axes[0].set(xlim=(0, 40), ylim=(0, 1.2), xlabel="time (no unit)", ylabel="inflammation")
    axes[0].legend(loc="upper right", fontsize=10)
    axes[1].set(xlim=(0, 1.1), ylim=(0, 3), xlabel="inflammation (p)", ylabel="calming signal (a)")
    axes[1].legend(loc="lower right", fontsize=10)
    return Figure(
        number="2.2",
        provenance="Illustration",
        caption=f"One joint, self-amplification {amplification:g}, two starts. Below, the same runs without time. Where the dotted line "
        "(calming signal at rest) meets the dash-dotted one (inflammation at rest), nothing changes any more: filled circles attract, the open one is the threshold between them.",
        sources="Baker2013mathematical",
        alt="Above: two curves of inflammation over time. The one that starts at 0.08 falls to 0.03, the one that starts at 0.16 shoots past 1, swings and settles near 0.39. "
        "Below: the same runs as paths of calming signal against inflammation, with the two lines of rest that cross three times, "
        "at low inflammation, at 0.11 (open circle) and at 0.39.",
        canvas=figure,
        data=pd.concat(frames),
    )


def alarm(amplifications):
    """Steady states against self-amplification, with the way up and the way down. amplifications: the two folds, low and high."""
    low, high = amplifications
    curve = synovium.branch(np.geomspace(0.019, 1.2, 500))
    figure, ax = canvas(height=3.9)
    ax.axvspan(low, high, color=GRID, alpha=0.6, lw=0)
    ax.text((low * high) ** 0.5 * 1.02, 1.05, "two fates", ha="center", color=MUTED)
    for kind, run in curve.groupby((curve["kind"] != curve["kind"].shift()).cumsum()):
        name = run["kind"].iloc[0]
        ax.plot(run["amplification"], run["pro"], color=PALETTE[KIND_STYLE[name]], ls=DASHES[KIND_STYLE[name]], lw=1.6)
    path = np.r_[np.linspace(1, 22, 43), np.linspace(22, 1, 43)[1:]]
    state, rows = (0.0058, 0.0203), []
    for amplification in path:
        frame = _run([0, 60], amplification=amplification, anti_start=state[0], pro_start=state[1])
        state = frame["anti"].iloc[-1], frame["pro"].iloc[-1]
        rows.append((amplification, state[1]))
    walk = pd.DataFrame(rows, columns=["amplification", "pro"])
    half = len(path) // 2 + 1
    ax.plot(walk["amplification"][:half], walk["pro"][:half], ls="", marker=MARKERS[2], ms=6, color=PALETTE[2], label="slowly up")
    ax.plot(walk["amplification"][half:], walk["pro"][half:], ls="", marker=MARKERS[4], ms=6, color=PALETTE[4], label="and down again")
    ax.plot([], [], color=PALETTE[0], label="stable")
    ax.plot([], [], color=PALETTE[1], ls=DASHES[1], label="threshold")
    ax.set_xticks(range(2, 23, 4))
    ax.set(xlim=(1, 22), ylim=(0, 1.2), xlabel="self-amplification of inflammation", ylabel="inflammation at rest")
    ax.legend(loc="upper left", fontsize=10)
    return Figure(
        number="2.3",
        provenance="Illustration",
        caption=f"Turn the amplification up and the alarm goes off at {high:.2f}; turn it down again and it stops only at {low:.2f}. "
        "In the shaded range the joint can rest in either state. The lines are all steady states of the model, the markers a simulation that follows them.",
        sources="Baker2013mathematical",
        alt=f"An S-shaped curve of inflammation against amplification. Markers going up stay near zero until {high:.1f} and then jump to about 0.6; "
        f"markers coming down stay on the upper branch until {low:.1f} and then drop. Between the two a dashed line marks the threshold.",
        canvas=figure,
        data=pd.concat([curve.assign(series="steady states"), walk.assign(series="simulation")]),
    )


def flares():
    """More calming makes flares: two runs, and where in the plane of the two strengths they occur."""
    times = np.linspace(0, 60, 1201)
    figure, axes = canvas(2, 1, height=6.6)
    frames = []
    for i, calming in enumerate((3.5, CYCLE["calming"])):
        frame = _run(times, calming=calming, amplification=CYCLE["amplification"], pro_start=0.3)
        axes[0].plot(times, frame["inflammation"], color=PALETTE[i], ls=DASHES[i], label=f"calming {calming:g}")
        frames.append(frame[["inflammation"]].assign(calming=calming).reset_index())
    axes[0].set(xlim=(0, 60), ylim=(0, 1.3), xlabel="time (no unit)", ylabel="inflammation")
    axes[0].legend(loc="upper right", ncols=2, fontsize=10)
    strengths = np.linspace(1, 9, 81)
    rows = []
    for calming in strengths:
        folds, turns = synovium.folds(calming=calming), synovium.onsets(calming=calming)
        ends = [at for at, _ in folds]
        rows.append((calming, min(ends, default=np.nan), max(ends, default=np.nan), *([at for at, _ in turns] if len(turns) == 2 else [np.nan] * 2)))
    plane = pd.DataFrame(rows, columns=["calming", "fold_low", "fold_high", "flares_from", "flares_to"])
    axes[1].fill_between(strengths, plane["fold_low"], plane["fold_high"], color=PALETTE[0], alpha=0.18, lw=0, label="two steady alternatives")
    axes[1].plot(strengths, plane["fold_low"], color=PALETTE[0], lw=1.6)
    axes[1].plot(strengths, plane["fold_high"], color=PALETTE[0], lw=1.6)
    axes[1].plot(strengths, plane["flares_from"], color=PALETTE[1], ls=DASHES[1])
    axes[1].plot(strengths, plane["flares_to"], color=PALETTE[1], ls=DASHES[1], label="inflamed state unsteady between")
    for i, calming in enumerate((3.5, CYCLE["calming"])):
        axes[1].plot([calming], [CYCLE["amplification"]], ls="", marker=MARKERS[i], ms=9, color=PALETTE[i])
    axes[1].set(xlim=(1, 9), ylim=(0, 32), xlabel="strength of the calming response", ylabel="self-amplification")
    axes[1].legend(loc="upper left", fontsize=10)
    return Figure(
        number="2.4",
        provenance="Illustration",
        caption="Above: the same amplification with the calming response at its first value and at twice that. The stronger brake answers late and too much, and steady inflammation becomes flares. "
        "Below: where the model has two alternatives and where its inflamed state is unsteady; the markers are the two runs.",
        sources="Baker2013mathematical",
        alt="Above: with calming 3.5 inflammation settles at a steady 0.8; with calming 7 it swings up and down for ever at a lower level. "
        "Below: a map with calming strength across and amplification up. A shaded band of two alternatives narrows from left to right; "
        "a dashed wedge of unsteady states opens to the right of about calming 4.5.",
        canvas=figure,
        data=pd.concat([*[f.melt(["time", "calming"], var_name="series") for f in frames], plane.melt("calming", var_name="series")]),
    )


def joint_damage():
    """Change of the joint damage score over a year in two trials, mean ± SD."""
    table = evidence.treatments()
    rows = table[table["quantity"] == "joint damage"]
    figure, ax = canvas(height=3.7)
    y = np.arange(len(rows))[::-1]
    for i, (at, row) in enumerate(zip(y, rows.itertuples())):
        look = 1 if row.group.startswith("placebo") else 0
        ax.errorbar([row.value], [at], xerr=[row.dispersion], marker=MARKERS[look], ms=9, color=PALETTE[look], capsize=4)
    labels = [f"{r.study}: " + r.group.replace("placebo + methotrexate", "methotrexate").replace(" + methotrexate", "\n+ methotrexate") for r in rows.itertuples()]
    ax.axvline(0, color=TEXT, lw=1)
    ax.set_yticks(y, labels, fontsize=10)
    ax.set(xlim=(-9, 19), ylim=(-0.6, len(rows) - 0.4), xlabel="change of score in a year (points)")
    ax.grid(axis="y", visible=False)
    return Figure(
        number="2.5",
        provenance="Data",
        caption="Joint damage on X-ray (modified Sharp score) over 54 weeks: mean and standard deviation between people. "
        "Methotrexate alone against methotrexate with infliximab. The spread between people is larger than the difference of the means.",
        sources=" ".join(rows["source"]),
        alt="Five rows of means with wide bars. Methotrexate alone: plus 7.0 points with SD 10.3 in one trial, plus 3.7 with SD 9.6 in the other. "
        "With infliximab: 0.6, 0.4 and 0.5 points, with SDs of about 6.",
        canvas=figure,
        data=columns(rows, "study", "group", "value", "unit", "dispersion", "dispersion_kind", "n"),
    )


def virtual_patients(shares, n):
    """Outcomes of a course of treatment against the share of production blocked.

    shares: as `helpers.synovium.courses` gives them; n: the number of patients behind each share.
    """
    figure, ax = canvas(height=3.9)
    x = 100 * np.array(synovium.BLOCKED)
    rows = []
    for k, label in enumerate(("off treatment too", "during treatment")):
        share = shares[:, 0, -1, 0] + (shares[:, 0, -1, 1] if k else 0)
        bounds = [binomtest(round(s * n), n).proportion_ci(method="wilson") for s in share]
        low, high = 100 * np.array([b.low for b in bounds]), 100 * np.array([b.high for b in bounds])
        ax.fill_between(x, low, high, color=PALETTE[k], alpha=0.2, lw=0)
        ax.plot(x, 100 * share, color=PALETTE[k], ls=DASHES[k], marker=MARKERS[k], label=f"calm {label}")
        rows.append(pd.DataFrame({"blocked_percent": x, "calm": label, "share_percent": 100 * share, "low": low, "high": high}))
    ax.set(xlim=(0, 93), ylim=(0, 103), xlabel="production blocked (%)", ylabel="virtual patients")
    ax.yaxis.set_major_formatter(percent)
    ax.legend(loc="lower right")
    return Figure(
        number="2.6",
        provenance="Illustration",
        caption=f"{n} virtual patients, each with an inflamed joint and treated for the same long course. Bands are 95% intervals for the number of patients. "
        "The gap between the lines is people who are calm only while treated. Nothing here was calibrated to a trial.",
        sources="",
        alt="Two rising S-shaped curves. The share that is calm during treatment rises from none to all as the block goes from 0 to 70 per cent; "
        "the share that stays calm after treatment levels off at about three quarters.",
        canvas=figure,
        data=pd.concat(rows),
    )


def responses():
    """Icon arrays of 100 people each: placebo beside drug, by the best response reached."""
    table = evidence.treatments()
    table = table[table["quantity"].str.startswith("ACR")]
    arms = list(dict.fromkeys(zip(table["study"], table["group"])))
    arms = sorted(arms, key=lambda arm: (arm[0], not arm[1].startswith("placebo")))
    figure, axes = canvas(2, 2, height=6.9)
    looks = {"70% better or more": (0, "o"), "50% to 70%": (2, "s"), "20% to 50%": (1, "^"), "less than 20%": (5, ".")}
    for ax, (study, arm) in zip(axes.flat, arms):
        at = table[(table["study"] == study) & (table["group"] == arm)].set_index("quantity")["value"]
        at = in_a_hundred(at)
        counts = [at["ACR70"], at["ACR50"] - at["ACR70"], at["ACR20"] - at["ACR50"], 100 - at["ACR20"]]
        kinds = np.repeat(list(looks), np.array(counts, int))
        for label, (look, marker) in looks.items():
            place = np.flatnonzero(kinds == label)
            ax.plot(place % 10, 9 - place // 10, ls="", marker=marker, ms=8 if marker != "." else 5, color=PALETTE[look], label=label)
        ax.set_title(f"{study}: {arm.split(' + ')[0]}", fontsize=11)
        ax.set(xlim=(-0.7, 9.7), ylim=(-0.7, 9.7), aspect="equal")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=10)
    words = lambda study, arm: ", ".join(f"{table[(table['study'] == study) & (table['group'] == arm) & (table['quantity'] == f'ACR{k}')]['value'].iloc[0]:g} per cent {k}" for k in (20, 50, 70))
    return Figure(
        number="2.7",
        provenance="Data",
        caption="Each block turns a trial's percentages, after 24 weeks and all on methotrexate, into 100 people; the trials' arms were of other sizes (RADIATE 158 and 170; ARMADA 271 in four arms). ACR20, 50 and 70 mean at least 20, 50 or 70% better on a list of joint counts and scores. "
        "ARMADA: people for whom methotrexate was not enough. RADIATE: people whom one or more TNF inhibitors had failed (its numbers come from a review's table). Rounded to whole people.",
        sources=" ".join(table["source"]),
        alt="Four blocks of 100 marks, placebo at the left and drug at the right. Share reaching at least a 20, 50 and 70 per cent improvement: "
        + "; ".join(f"{study}, {arm.split(' + ')[0]}: {words(study, arm)}" for study, arm in arms) + ".",
        canvas=figure,
        data=columns(table, "study", "setting", "group", "quantity", "value", "unit", "n"),
    )


def infections():
    """Serious infections with and without a TNF inhibitor, and how the excess changes with time."""
    table = evidence.treatments()
    rows = table[(table["setting"] == "serious infections") & (table["study"] == "UK register")]
    figure, axes = canvas(2, 1, height=4.0)
    for ax, quantity, label in zip(axes, ("rate", "hazard ratio"), ("serious infections per 1,000 patient-years", "hazard ratio, TNF inhibitor against other drugs")):
        part = rows[rows["quantity"] == quantity]
        y = range(len(part))[::-1]
        for i, row in zip(y, part.itertuples()):
            ax.errorbar([row.value], [i], xerr=[[row.value - row.low], [row.high - row.value]], marker=MARKERS[i], ms=8, color=PALETTE[i], capsize=4)
        ax.set_yticks(y, part["group"], fontsize=10.5)
        ax.set(ylim=(-0.6, len(part) - 0.4), xlabel=label)
        ax.grid(axis="y", visible=False)
    axes[0].set(xlim=(0, 50))
    axes[1].set(xlim=(0, 3))
    axes[1].axvline(1, color=TEXT, lw=1)
    return Figure(
        number="2.8",
        provenance="Data",
        caption="A British register of people with rheumatoid arthritis, with 95% intervals. Above: crude rates. Below: adjusted hazard ratios; 1 means no excess.",
        sources="Galloway2011antitnf",
        alt="Two dot plots. Serious infections per 1,000 patient-years: 42 with a TNF inhibitor, 32 with other drugs, intervals not overlapping. "
        "Hazard ratio: 1.2 over the whole follow-up, 1.8 in the first six months.",
        canvas=figure,
        data=columns(rows, "study", "quantity", "group", "value", "low", "high", "unit", "n"),
    )
