"""Figures of chapter 4, cytokines: what was measured, chance findings,
defence, infections, time.
"""

import numpy as np
import pandas as pd

from helpers import evidence
from helpers.analysis import courses, defence, rare_events, uncontrolled
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
    DASHES,
    GREEN,
    GREY,
    LOOKS,
    MUTED,
    ORANGE,
    PINK,
    TEXT,
    Look,
    canvas,
    interval_rows,
    key_above,
    log_ticks,
    name_lines,
    one_legend,
    percent_axis,
    words_above,
)

# The plans of `courses`, each with its colour.
COLORS = (GREY.color, BLUE.color, GREEN.color, ORANGE.color)
PLANS = [(*p, color) for p, color in zip(courses.PLANS, COLORS)]


def directions():
    """Cytokines that fell in eight women, and a study without a change.

    With the words on every other study of cytokines on LDN that we found.
    """
    studies = evidence.cytokine_studies()
    drawn = studies.loc[["cs_parkitny", "cs_lie"]]
    women, bowel = (f"{n:.0f}" for n in drawn["n"])
    levels = evidence.cytokine_levels().set_index("name")
    table = evidence.cytokine_changes()
    table = table.join(levels[["before", "after", "unit"]], on="name")
    # The calming ones, the first group in the alphabet, below.
    rows = table.sort_values("group", ascending=False, kind="stable")
    words = {"color": TEXT}
    figure, (ax, other) = canvas(
        2,
        1,
        height=6.4,
        wide="aab",
        wide_height=4.8,
        height_ratios=[6, 1],
    )
    for axes in (ax, other):
        axes.axvline(0, color=MUTED, lw=1)
        axes.set_yticks([])
        axes.grid(visible=False)
    for y, row in zip(range(len(rows))[::-1], rows.itertuples()):
        calms = row.group == "calms"
        color = ORANGE.color if calms else BLUE.color
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 2.2}
        ax.annotate("", (-1, y), (0, y), arrowprops=arrow)
        label = f"{row.name} (calms)" if calms else row.name
        if row.before > 0:
            label += f", {row.before:g} → {row.after:g}"
        ax.text(0.08, y, label, va="center", **words)
    ax.set(xlim=(-1.1, 1.9), ylim=(-0.8, len(rows) - 0.2))
    ax.set_xticks([-1, 0], ["fell", "before"])
    ax.set_title(f"{women} women, fibromyalgia")
    other.plot([0], [0.5], ls="", marker="s", ms=11, color=GREEN.color)
    above = {"xytext": (0, 9), "textcoords": "offset points"}
    other.annotate("no change", (0, 0.5), ha="center", **above, **words)
    other.set(xlim=(-1.2, 1.2), ylim=(0, 1))
    other.set_xticks([-1, 0, 1], ["fell", "before", "rose"])
    other.set_title(f"{bowel}, bowel disease")
    others = studies.drop(drawn.index)
    words = "{n:.0f} people with {condition} ({study})"
    not_drawn = say_each(words, others, "; ")
    words = "{name} from {before:g} to {after:g}"
    numbers = say_each(words, levels.reset_index(), "; ")
    calm = (rows["group"] == "calms").sum()
    four = holds("Four of the seventeen", calm == 4, len(rows) == 17)
    rose = rows["after"] > rows["before"]
    fell = holds("all point from before to fell", not rose.any())
    words = ["study", "condition", "n", "source", "seen"]
    changes = columns(
        rows,
        *("study", "name", "group", "direction"),
        *("before", "after", "unit"),
    ).assign(studies_found=len(studies))
    return Figure(
        number="4.1",
        provenance="Data",
        caption=say(
            "We found {studies} studies that measured cytokines in people "
            "on LDN or set out to; the two that print what became of them "
            "are drawn. A: eight weeks in eight women with "
            "fibromyalgia; arrows show direction only, numbers are means "
            "in pg/mL where we saw them, in a table that copies the "
            "paper's. {four} calm inflammation (our grouping); they {too}. "
            "B: twelve weeks in people with bowel disease, cytokines "
            "in serum where available. Neither had a control group. Not "
            "drawn, for no numbers on LDN were seen: {not_drawn}. None was "
            "in rheumatoid arthritis.",
            studies=len(studies),
            four=four,
            too=holds("fell too", not rose[rows["group"] == "calms"].any()),
            not_drawn=not_drawn,
        ),
        sources=" ".join(studies["source"]),
        alt=say(
            "In A, seventeen arrows that {fell}: {others}; and, marked as "
            "calming, {calming}. {count} have numbers: {numbers}. In B, "
            "one mark at no change for the study of {bowel:.0f} people "
            "with bowel disease.",
            fell=fell,
            others=", ".join(rows["name"][rows["group"] != "calms"]),
            calming=", ".join(rows["name"][rows["group"] == "calms"]),
            count=holds("Six", len(levels) == 6),
            numbers=numbers,
            bowel=drawn.loc["cs_lie", "n"],
        ),
        canvas=figure,
        data=pd.concat([changes, others[words]]),
    )


def chance_findings():
    """Eight people, a drug that does nothing: how many cytokines fall."""
    settings = {
        "all may enter": {},
        "only on a bad day": {"entry": 1.0},
        "bad day, corrected": {"entry": 1.0, "correction": 1},
        "bad day, control group": {"entry": 1.0, "control": 1},
    }
    rows = {}
    for name, given in settings.items():
        fell = uncontrolled.falls(8, 17, 0.6, **given)
        rows[name] = uncontrolled.describe_falls(fell, 17)
    data = pd.DataFrame(rows).T
    figure, ax = canvas(height=3.6, wide_height=3)
    left = np.zeros(len(data))
    for key, label, look, alpha, hatch in (
        ("none", "none", GREY, 0.35, ""),
        ("some", "fewer than half", BLUE, 1, ""),
        ("half", "half or more", ORANGE, 1, "//"),
        ("all", "all 17", PINK, 1, "xx"),
    ):
        width = 100 * data[key].to_numpy(float)
        ax.barh(
            range(len(data)),
            width,
            left=left,
            color=look.color,
            alpha=alpha,
            hatch=hatch,
            edgecolor=TEXT,
            lw=0.6,
            label=label,
        )
        left += width
    ax.set_yticks(range(len(data)), list(data.index))
    ax.invert_yaxis()
    percent_axis(ax.xaxis)
    ax.set(xlim=(0, 100))
    ax.set_xlabel("studies in which so many cytokines “fall”")
    ax.grid(axis="y", visible=False)
    key_above(ax, ncols=2)
    settings = {"people": 8, "cytokines": 17, "correlation": 0.6}
    settings |= {"studies": uncontrolled.REPEATS}
    share = 100 * data
    return Figure(
        number="4.2",
        provenance="Illustration",
        caption=say(
            "{studies:,} imagined studies of a drug that does nothing, for "
            "each way of doing the study: {people} people, {cytokines} "
            "cytokines with a correlation of {correlation:g}, half of the "
            "variation lasting. On a “bad day” a person’s own cytokines "
            "were, on average, at least one standard deviation high at the "
            "first measurement; people are really chosen by symptoms, so "
            "this is the worst case. Monte-Carlo error at most {error:.1f} "
            "percentage points. All settings are assumed, those of the "
            "real study are not known.",
            **settings,
            error=share["error"].max(),
        ),
        sources="",
        alt=say(
            "Four stacked bars of imagined studies by how many of "
            "{cytokines} cytokines fall. If all may enter, none falls in "
            "{0[none]:.0f} per cent. If people enter only on a bad day, "
            "some fall in {1[any]:.0f} per cent and half or more in "
            "{half:.0f} per cent. Correcting for the number of tests "
            "brings those in which any falls to {2[any]:.0f} per cent, a "
            "control group to {3[any]:.0f}.",
            *share.to_dict("records"),
            half=share.loc["only on a bad day", ["half", "all"]].sum(),
            cytokines=17,
        ),
        canvas=figure,
        data=data.assign(
            half_or_all=data["half"] + data["all"], **settings
        ).reset_index(names="design"),
    )


def bowel():
    """Crohn's disease and colitis: how many improved, in ten results."""
    table = evidence.trials()
    smith_2011 = ["response", "endoscopy", "endoscopic-remission"]
    controlled = table.loc[[f"Smith2011-{name}" for name in smith_2011]]
    improved = ["Smith2007-response", "Lie-improvement"]
    improved += ["Crohn2011-improved"]
    remission = ["Smith2007-remission", "Lie-remission"]
    remission += ["Crohn2011-remission", "Bowel2014-remission"]
    open_label = table.loc[improved + remission]
    rows = pd.concat([controlled, open_label])
    planned = evidence.studies().loc[["LDN Crohn study"]]
    drawn = pd.concat([rows, planned.reset_index()])
    at = np.arange(len(rows))[::-1]
    above, below = at[: len(controlled)], at[len(controlled) :]
    placebo, ldn = controlled["arm_control"], controlled["arm_ldn"]
    circle = {"ls": "", "marker": "o", "ms": 9, "color": ORANGE.color}
    square = {"ls": "", "marker": "s", "ms": 9, "color": BLUE.color}
    # One lies at 0, half outside.
    empty = {"mfc": "none", "mew": 1.8, "clip_on": False}
    figure, ax = canvas(height=7.4, wide_height=6.8)
    ax.plot([placebo, ldn], [above, above], color=MUTED, lw=1.5)
    ax.plot(placebo, above, **circle, label="placebo")
    ax.plot(ldn, above, **square, mew=1.8, label="LDN")
    on = open_label["value"]
    ax.plot(on, below, **square, **empty, label="LDN, no control group")
    # Where those analysed were not seen, those who began.
    analysed = rows["n"].map("{:.0f} people".format)
    began = rows["enrolled"].map("{:.0f} began".format)
    size = analysed.where(rows["n"].notna(), began)
    labels = rows["outcome"] + "\n(" + rows["study"] + ", " + size + ")"
    words_above(ax, 1, at, labels, lift=0.18)
    ax.set(xlim=(0, 100), ylim=(-0.4, len(rows) + 0.05))
    ax.set(yticks=[], xlabel="people")
    percent_axis(ax.xaxis)
    ax.grid(axis="y", visible=False)
    key_above(ax, ncols=2)
    pairs = say_each(
        "{outcome} {arm_ldn:g} per cent on LDN against {arm_control:g}",
        controlled,
        "; ",
    )
    words = "{outcome} {value:g} per cent in {study}"
    alone = say_each(words, open_label, "; ")
    return Figure(
        number="4.3",
        provenance="Data",
        caption=say(
            "The bowel, the one organ in which a controlled trial looked "
            "at the inflamed tissue. Filled: with a placebo group, shares "
            "as printed. Open: without one. Where an abstract does not say "
            "how many were analysed, those who began are named. The trial "
            "planned with {:.0f} people has no published result that we "
            "could find.",
            planned["planned"].iloc[0],
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Shares of people who improved. With placebo group: {pairs}. "
            "Without: {alone}.",
            pairs=pairs,
            alone=alone,
        ),
        canvas=figure,
        data=columns(
            drawn,
            "study",
            "outcome",
            "value",
            "arm_ldn",
            "arm_control",
            "n",
            "unit",
            "planned",
        ),
    )


def damp_or_block():
    """A joint with disease meets germs as a drug starts, for four plans."""
    figure, (top, bottom) = canvas(2, 1, height=6, wide_height=3.4)
    parts = []
    plans = zip(courses.damp_or_block(), COLORS, DASHES)
    for course, color, dash in plans:
        name, times, run = course.name, course.times, course.run()
        signal, germs = run["signal"], run["germs"]
        top.plot(times, signal, color=color, ls=dash, label=name)
        shown = np.maximum(germs, 1e-8)
        bottom.plot(times, shown, color=color, ls=dash)
        data = {
            "plan": name,
            "time": times,
            "signal": signal,
            "germs": germs,
        }
        parts.append(pd.DataFrame(data))
    changes = evidence.cytokine_levels()["change_percent"]
    fell = changes.abs()
    for ax in (top, bottom):
        ax.set(xlim=(0, 60), xlabel="time (lifetimes of the cytokines)")
    top.set(ylim=(0, 1.0), ylabel="inflaming signal")
    one_legend(figure, loc="outside upper left")
    bottom.axhline(defence.CLEAR, color=MUTED, lw=1, ls=":")
    small = {"color": MUTED, "ha": "right", "va": "bottom"}
    bottom.text(60, 1.3e-3, "counts as cleared", **small)
    bottom.set(
        yscale="log",
        ylim=(1e-6, 1),
        ylabel="germs (1: the joint is full)",
    )
    parts_of = ["1 in a million", "1 in 10,000", "1 in 100", "1"]
    log_ticks(bottom.yaxis, [1e-6, 1e-4, 1e-2, 1], parts_of)
    data = pd.concat(parts)
    ends = {plan: part.iloc[-1] for plan, part in data.groupby("plan")}
    none, quarter, both, block = (ends[name] for name, *_ in PLANS)
    least = data.groupby("plan")["germs"].min()
    return Figure(
        number="4.4",
        provenance="Illustration",
        caption=say(
            "A toy with invented numbers: a diseased joint, a drug and "
            "some germs at the start. {block}. {damp}. Taking a quarter "
            "from both arms (in the eight women cytokines of both kinds "
            "{fell}, those we saw by {low:.0f} to {high:.0f}%) {both}. "
            "What LDN does to any of this has not been measured.",
            block=holds(
                "Blocking ends the inflammation and lets the germs grow",
                block["signal"] < 0.05,
                block["germs"] > 0.2,
            ),
            damp=holds(
                "Damping by a quarter tips the joint back to health after "
                "the germs have fallen below the line",
                quarter["signal"] < 0.1,
                least["damp by a quarter"] < defence.CLEAR,
            ),
            fell=holds("fell", all(changes < 0)),
            low=fell.min(),
            high=fell.max(),
            both=holds(
                "makes the signal swing and leaves the disease",
                abs(both["signal"] - none["signal"]) < 0.1,
            ),
        ),
        sources="Baker2013mathematical",
        alt=say(
            "In A, the inflaming signal: without drug it stays near "
            "{none[signal]:.1f}; with both arms down it swings and comes "
            "back to {both[signal]:.1f}; with a quarter damped it falls to "
            "{quarter[signal]:.2f}; blocked it ends at "
            "{block[signal]:.2f}. In B, germs: {gone}; with a quarter "
            "damped they {clear} and later settle {hundredth}; blocked "
            "they grow {third} of the most the joint can hold.",
            none=none,
            both=both,
            quarter=quarter,
            block=block,
            gone=holds(
                "they vanish without drug and with both arms down",
                none["germs"] < 1e-6,
                both["germs"] < 1e-6,
            ),
            clear=holds(
                "fall below the clearing line",
                least["damp by a quarter"] < defence.CLEAR,
            ),
            hundredth=holds(
                "near a hundredth", 0.007 < quarter["germs"] < 0.013
            ),
            third=holds(
                "to more than a third", 1 / 3 < block["germs"] < 0.4
            ),
        ),
        canvas=figure,
        data=data.assign(fell_least=fell.min(), fell_most=fell.max()),
    )


def windows(early, late):
    """Widths of the useful window of damping, in random parameter sets.

    early, late: as `helpers.analysis.defence.random_windows` gives them.
    """
    edges = np.arange(-0.025, 0.376, 0.05)
    middle = edges[:-1] + 0.025
    figure, ax = canvas(height=3.6)
    parts = []
    for name, sets, look, aside, hatch in (
        ("germs come with the drug", early, BLUE, -0.011, ""),
        ("germs come later", late, ORANGE, 0.011, "//"),
    ):
        share = np.histogram(sets["width"], edges)[0] / len(sets)
        has = (sets["width"] > 0).mean()
        error = np.sqrt(has * (1 - has) / len(sets))
        ax.bar(
            100 * (middle + aside),
            100 * share,
            2.0,
            color=look.color,
            hatch=hatch,
            edgecolor=TEXT,
            lw=0.6,
            label=f"{name}: in {has:.0%} (± {100 * error:.0f})",
        )
        percent = (100 * middle).round()
        data = {"germs": name, "width_percent": percent, "share": share}
        parts.append(pd.DataFrame(data).assign(sets=len(sets)))
    ax.set(
        xlabel="width of the window (share of the signal)",
        ylabel="parameter sets",
    )
    widths = range(5, 36, 5)
    ax.set_xticks([0, *widths], ["none", *[f"{w}%" for w in widths]])
    percent_axis(ax.yaxis)
    key_above(ax)
    data = pd.concat(parts)
    first, second = (
        part["share"][part["width_percent"] == 0].iloc[0] for part in parts
    )
    windows = data[data["width_percent"] > 0]
    wide = windows[windows["width_percent"] > 15]
    usual = windows[windows["width_percent"] <= 15]["width_percent"]
    return Figure(
        number="4.5",
        provenance="Illustration",
        caption=say(
            "Is there a damping that heals and still clears the germs? "
            "Random parameter sets of the toy, by the width of the range "
            "that does both. Where there is a window it is narrow, and "
            "{later}. {never}. ± is the standard error.",
            later=holds(
                "if germs come after the joint has calmed down it is "
                "narrower still",
                late["width"].mean() < early["width"].mean(),
            ),
            never="Blocking cleared the germs in no set",
        ),
        sources="Baker2013mathematical",
        alt=say(
            "Histogram of the width of the useful range of damping. "
            "{first:.0f} per cent of the sets have no window if germs come "
            "with the drug, {second:.0f} if they come later; most others "
            "have a width of {low:.0f} to {high:.0f} per cent, and {few}.",
            first=100 * first,
            second=100 * second,
            low=usual.min(),
            high=usual.max(),
            few=holds(
                "few are wider",
                wide.groupby("germs")["share"].sum().max() < 0.2,
            ),
        ),
        canvas=figure,
        data=data,
    )


def other_drugs():
    """Infections under other drugs: ratios with intervals."""
    table = evidence.outcomes()
    infection = table["outcome"].str.contains("infection")
    rows = table[infection].sort_values("value")
    labels = [
        f"{row.treatment} ({row.measure}):\n{row.outcome}"
        for row in rows.itertuples()
    ]
    at = range(len(rows))
    figure, ax = canvas(height=4.8, wide_height=4.2)
    ax.axvline(1, color=MUTED, lw=1.2)
    interval_rows(ax, rows, Look(BLUE.color, BLUE.dash, "s"), places=at)
    words_above(ax, 0.81, at, labels, lift=0.16)
    ax.set(
        xscale="log",
        xlim=(0.8, 3),
        ylim=(-0.4, len(rows)),
        xlabel="infections, against older drugs\nor placebo · more →",
    )
    words = ["as many", "1.5", "twice", "3"]
    log_ticks(ax.xaxis, [1, 1.5, 2, 3], words)
    return Figure(
        number="4.6",
        provenance="Data",
        caption=say(
            "{more} under drugs that damp immunity, each with its own "
            "measure and 95% interval. Glucocorticoid and methotrexate "
            "were given in low doses, methotrexate to people with heart "
            "disease. LDN is missing because no such count was found.",
            more=holds("More infections", rows["value"].min() > 1),
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Ratios above one: {}. {}.",
            say_each("{treatment}, {outcome}, {value:g}", rows, "; "),
            holds("All intervals lie above one", rows["low"].min() > 1),
        ),
        canvas=figure,
        data=columns(
            rows,
            "study",
            "treatment",
            "control",
            "outcome",
            "measure",
            "value",
            "low",
            "high",
        ),
    )


def limits():
    """What no infection at all would prove, against person-years."""
    total = rare_events.person_years()
    here = total["years"].sum()
    years = np.geomspace(10, 3000, 100)
    rates = evidence.treatments()["value"]
    usual, tnf = rates["uk_other"], rates["uk_tnf"]
    limit = lambda y: 1000 * rare_events.upper_limit(0, y)
    figure, ax = canvas(height=3.9)
    label = "zero events leave possible"
    ax.plot(years, [limit(y) for y in years], **BLUE.curve, label=label)
    label = f"on TNF inhibitors: {tnf:.0f}"
    ends = years[[0, -1]]
    ax.plot(ends, [tnf, tnf], **ORANGE.curve, label=label)
    label = f"on older drugs: {usual:.0f}"
    ax.plot(ends, [usual, usual], **GREEN.curve, label=label)
    ax.axvline(here, color=MUTED, lw=1.2)
    small = {"color": MUTED}
    ax.text(here * 1.06, 1.2, f"all trials: {here:.0f}", **small)
    ax.plot([here], [limit(here)], **BLUE.marks, ms=9)
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(10, 3000),
        ylim=(1, 400),
        xlabel="person-years on LDN",
        ylabel="serious infections per 1,000 years",
    )
    log_ticks(ax.xaxis, [10, 30, 100, 300, 1000, 3000])
    log_ticks(ax.yaxis, [1, 3, 10, 30, 100, 300])
    name_lines(ax)
    # So many years without one leave 1,000 times this a year possible.
    once = limit(1)
    crossed = [once / rate for rate in (usual, tnf)]
    shown = np.array([10, here, 1000, *crossed])
    left = [limit(y) for y in shown]
    line = pd.DataFrame({"years": shown, "limit": left})
    ten, trials, thousand, *crossed = line.to_dict("records")
    return Figure(
        number="4.7",
        provenance="Illustration",
        caption="If not one serious infection had been seen (no count was "
        "found): the exact 95% upper limit (one-sided, Poisson) against "
        "the person-years watched, with crude rates from a British "
        "register of people with rheumatoid arthritis. The trials' sum "
        "counts everybody who began to the end of each trial, and "
        "everybody randomised where those on LDN were not seen, so it is "
        "the most they can have watched; trials for which neither was "
        "seen are left out. Most of those people had other diseases.",
        sources=" ".join([*total["source"], "Galloway2011antitnf"]),
        alt=say(
            "A falling line on logarithmic axes: zero events in "
            "{ten[years]:.0f} person-years leave a rate of "
            "{ten[limit]:.0f} per 1,000 possible, in the trials' "
            "{trials[years]:.0f} person-years {trials[limit]:.0f}, in "
            "{thousand[years]:,.0f} years {thousand[limit]:.0f}. The rates "
            "on older drugs, {usual:.0f}, on TNF inhibitors, {tnf:.0f}, "
            "are crossed near {0[years]:.0f} and {1[years]:.0f} "
            "person-years.",
            *crossed,
            ten=ten,
            trials=trials,
            thousand=thousand,
            usual=usual,
            tnf=tnf,
        ),
        canvas=figure,
        data=pd.concat(
            [
                total.reset_index().assign(series="trial"),
                line.assign(series="zero events leave possible"),
            ]
        ),
    )


def time_courses():
    """A slow benefit, as trials of different lengths would see it."""
    three = courses.time_courses()
    weeks = three[0].times
    trials = rare_events.person_years()
    figure, ax = canvas(height=3.9)
    curves = {"weeks": weeks}
    for course, look in zip(three, LOOKS):
        onset = course.parameters["onset"]
        share = 100 * course.run()["difference"].to_numpy()
        ax.plot(weeks, share, **look.curve, label=course.name)
        curves[f"half-time {onset} weeks"] = share
    for week in (3, 8, 12):
        ax.axvline(week, color=MUTED, lw=1, ls=":")
    ends, foot = trials["weeks"], np.full(len(trials), 3)
    tick = {"ls": "", "marker": "|", "ms": 16, "mew": 2, "color": TEXT}
    ax.plot(ends, foot, **tick, label="length of a trial")
    ax.set(
        xlim=(0, 53),
        ylim=(0, 104),
        xlabel="weeks on the drug",
        ylabel="share of the full benefit",
    )
    ax.set_xticks([0, 3, 8, 12, 26, 52])
    percent_axis(ax.yaxis)
    name_lines(ax)
    data = pd.DataFrame(curves)
    at = lambda week: row_at(data, "weeks", week)
    return Figure(
        number="4.8",
        provenance="Illustration",
        caption="What a trial would see of a benefit that builds up, for "
        "three assumed half-times. Ticks at the foot: how long people took "
        "LDN in the randomised trials. A trial of three weeks could miss a "
        "slow benefit, one of a year could not.",
        sources=" ".join(trials["source"]),
        alt=say(
            "Three rising curves. With a half-time of 1 week {a[half-time "
            "1 weeks]:.3g} per cent has come by week {a[weeks]:.0f}; with "
            "4 weeks {a[half-time 4 weeks]:.3g} per cent by week "
            "{a[weeks]:.0f}, {b[half-time 4 weeks]:.3g} by week "
            "{b[weeks]:.0f} and {c[half-time 4 weeks]:.3g} by week "
            "{c[weeks]:.0f}; with 12 weeks {a[half-time 12 weeks]:.3g}, "
            "{b[half-time 12 weeks]:.3g} and {c[half-time 12 weeks]:.3g} "
            "per cent, and {d[half-time 12 weeks]:.3g} by week "
            "{d[weeks]:.0f}. Ticks show trials from {ends[0]:.0f} to "
            "{ends[1]:.0f} weeks, {most}.",
            a=at(3),
            b=at(8),
            c=at(12),
            d=at(52),
            ends=[trials["weeks"].min(), trials["weeks"].max()],
            most=holds(
                "most of them of 12 or fewer",
                (trials["weeks"] <= 12).mean() > 0.7,
            ),
        ),
        canvas=figure,
        data=data,
    )
