"""Figures of chapter 2, the immune system in rheumatoid arthritis."""

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import courses, synovium
from helpers.figures import (
    Figure,
    columns,
    holds,
    in_a_hundred,
    row_at,
    say,
)
from helpers.simulate import simulate, single
from helpers.style import (
    BLUE,
    BROWN,
    GREEN,
    GREY,
    GRID,
    LOOKS,
    MUTED,
    ORANGE,
    PINK,
    TEXT,
    canvas,
    interval_rows,
    key_above,
    name_lines,
    one_legend,
    percent_axis,
)

CYCLE = {"calming": 7.0, "amplification": 18.0}
KIND_LOOK = {"stable": BLUE, "saddle": ORANGE, "unstable": PINK}


def _run(times, **parameters):
    """The synovial model at `times`, without any dose."""
    return simulate("synovial_cytokines", single(0), times, **parameters)


def _rows_of_studies(table):
    """The table with a `row` for each study and a `place` for each group.

    The first study is on top (rows come from the bottom up), and so is
    the first of its groups.
    """
    studies = table.groupby(["quantity", "study"], sort=False)
    row = studies.ngroup(ascending=False)
    place = row + 0.17 * (1 - studies.cumcount())
    return table.assign(row=row, place=place).sort_values(
        "row", kind="stable"
    )


def cytokine_levels():
    """Cytokines in joint fluid and serum, as published."""
    # Not the meta-analysis, which has no concentrations.
    everything = evidence.joint_cytokines().query("unit != 'SMD'")
    table = everything.dropna(subset=["value"])
    value, spread = table["value"], table["dispersion"]
    bottom = table["low"].fillna(value - spread)
    top = table["high"].fillna(value + spread)
    table = table.assign(bottom=bottom, top=top)
    looks = dict(zip(table["group"].unique(), LOOKS))
    figure, (above, below) = canvas(
        2, 1, height=6.4, wide_height=4.4, height_ratios=[3.1, 1]
    )
    for ax, place, unit, (least, most) in (
        (above, "joint fluid", "pg/mL", (1, 60000)),
        (below, "serum", "IU/mL", (0.8, 400)),
    ):
        rows = _rows_of_studies(table[table["setting"] == place])
        ax.set(xscale="log", xlim=(least, most))
        whiskers = rows.assign(
            low=rows["bottom"].clip(lower=least), high=rows["top"]
        )
        of_row = list(rows["group"].map(looks))
        interval_rows(ax, whiskers, of_row, places=rows["place"], lw=1.6)
        for row in rows[rows["bottom"] < least].itertuples():
            cut = {"color": looks[row.group].color, "marker": "<", "ms": 6}
            ax.plot([least * 1.04], [row.place], ls="", **cut)
        for name in rows["group"].unique():
            ax.plot([], [], **looks[name].marks, ms=8, label=name)
        study = rows.drop_duplicates("row")
        labels = study["quantity"] + "\n" + study["study"]
        ax.set_yticks(study["row"], labels)
        ax.set_ylim(-0.5, len(study) - 0.4)
        ax.set_xlabel(f"concentration in {place} ({unit})")
        ax.minorticks_off()
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    one_legend(figure, loc="outside lower center", ncols=2)
    v, low, high = table["value"], table["bottom"], table["top"]
    least, most = low["tnf_fluid_ra_2001"], high["tnf_fluid_ra_2001"]
    overlap = least < high["tnf_fluid_spa"] and low["tnf_fluid_spa"] < most
    return Figure(
        number="2.1",
        provenance="Data",
        caption="Compare within a row only: the studies used different "
        "assays. Bars are what each paper printed: interquartile ranges "
        "for interleukin-6, standard deviations for Moeller 2001; an arrow "
        "means that the bar reaches below the axis. The spreads printed by "
        "Westacott 1990 are small enough to be standard errors. Not drawn, "
        "because their abstracts give no levels: three studies of TNF. It "
        "was higher than in osteoarthritis in joint fluid (Neidel 1995); "
        "in serum it was no different from healthy people in one (Beyazal "
        "2017) and higher in another (Forsberg 2019), as in the pooled "
        "studies of Wei 2015, which has no levels either.",
        sources=" ".join(everything["source"]) + " Wei2015serum",
        alt=say(
            "Dots with bars on logarithmic axes. In joint fluid "
            "interleukin-6 is {v[il6_fluid_ra]:,.1f} picograms per "
            "millilitre (range of the middle half {low[il6_fluid_ra]:,.0f} "
            "to {high[il6_fluid_ra]:,.0f}) in rheumatoid arthritis and "
            "{v[il6_fluid_oa]:.0f} in osteoarthritis, interleukin-1β "
            "{v[il1_fluid_ra]:.0f} against {v[il1_fluid_oa]:.0f}. Against "
            "spondyloarthritis, TNF is {v[tnf_fluid_ra_2001]:.0f} against "
            "{v[tnf_fluid_spa]:.0f} {overlap}, interleukin-10 "
            "{v[il10_fluid_ra]:.0f} against {v[il10_fluid_spa]:.0f}. In "
            "serum interleukin-6 is {v[il6_serum_ra]:.0f} units in "
            "rheumatoid arthritis, {v[il6_serum_healthy]:.0f} in healthy "
            "people and {v[il6_serum_other]:.0f} in other joint disease.",
            v=v,
            low=low,
            high=high,
            overlap=holds("with overlapping bars", overlap),
        ),
        canvas=figure,
        data=columns(
            table,
            "study",
            "setting",
            "quantity",
            "group",
            "value",
            "unit",
            "bottom",
            "top",
            "interval",
            "dispersion_kind",
            "n",
        ),
    )


def _at_rest(pro, amplification):
    """Calming signal at which it is itself at rest, and inflammation is.

    pro: inflammation, shape (n,). Returns two arrays of shape (n,), the
    second nan where no calming signal holds so little inflammation.
    """
    p = models.load(synovium.MODEL).values(amplification=amplification)
    answer = p.calming * pro**2 / (p.sensitivity**2 + pro**2)
    made = p.background + amplification * pro**2 / (1 + pro**2)
    needed = made / (p.clearance * pro)
    return answer, np.sqrt(np.where(needed > 1, needed - 1, np.nan))


def two_fates(amplification):
    """One joint from two starts: over time, and in the phase plane."""
    figure, (above, below) = canvas(2, 1, height=6.4, wide_height=3.4)
    frames = []
    for course, look in zip(courses.two_fates(amplification), LOOKS):
        run, start = course.run(), course.parameters["pro_start"]
        pro, calm = run["inflammation"], run["calm"]
        above.plot(course.times, pro, **look.curve, label=course.name)
        below.plot(pro, calm, **look.curve)
        below.plot([start], [calm.iloc[0]], **look.marks, ms=8)
        path = run[["inflammation", "calm"]].assign(start=start)
        frames.append(path.reset_index())
    pro = np.geomspace(0.01, 1.6, 300)
    calming, inflammation = _at_rest(pro, amplification)
    below.plot(pro, calming, **GREEN.curve, label="calming at rest")
    below.plot(
        pro, inflammation, **PINK.curve, label="inflammation at rest"
    )
    for state in synovium.steady_states(amplification=amplification):
        fill = TEXT if state.kind == "stable" else "none"
        below.plot(
            [state.pro],
            [state.anti],
            ls="",
            marker="o",
            ms=9,
            color=TEXT,
            mfc=fill,
            mew=1.8,
        )
    above.set(
        xlim=(0, 40),
        ylim=(0, 1.2),
        xlabel="time (no unit)",
        ylabel="inflammation",
    )
    name_lines(above)
    below.set(
        xlim=(0, 1.6),
        ylim=(0, 3.4),
        xlabel="inflammation (p)",
        ylabel="calming signal (a)",
    )
    name_lines(below)
    data = pd.concat(frames)
    falls, shoots = (
        run["inflammation"] for _, run in data.groupby("start")
    )
    states = synovium.steady_states(amplification=amplification)
    rest = [state.pro for state in states]
    data = data.assign(rests_at=np.resize(rest, len(data)))
    return Figure(
        number="2.2",
        provenance="Illustration",
        caption=say(
            "One joint, self-amplification {:g}, two starts. B: the "
            "same runs without time. Where the dotted line (calming signal "
            "at rest) meets the dash-dotted one (inflammation at rest), "
            "nothing changes any more: filled circles attract, the open "
            "one is the threshold between them.",
            amplification,
        ),
        sources="Baker2013mathematical",
        alt=say(
            "A: two curves of inflammation over time. The one that "
            "starts at {low[start]:g} falls to {low[inflammation]:.2f}, "
            "the one that starts at {high[start]:g} {past}, swings and "
            "settles near {rest[2]:.2f}. B: the same runs as paths of "
            "calming signal against inflammation, with the two lines of "
            "rest that cross three times, at {rest[0]:.2f}, at "
            "{rest[1]:.2f} (open circle) and at {rest[2]:.2f}.",
            low=data[data["start"] == 0.08].iloc[-1],
            high=data[data["start"] == 0.16].iloc[-1],
            past=holds("shoots past one", shoots.max() > 1),
            rest=rest,
        ),
        canvas=figure,
        data=data,
    )


def _followed(amplifications):
    """Inflammation as the amplification slowly takes these values in turn.

    Returns a DataFrame of `amplification` and `pro`, one row a value.
    """
    anti, pro = 0.0058, 0.0203
    rows = []
    for amplification in amplifications:
        start = {"anti_start": anti, "pro_start": pro}
        end = _run([0, 1000], amplification=amplification, **start).iloc[-1]
        anti, pro = end["anti"], end["pro"]
        rows.append((amplification, pro))
    return pd.DataFrame(rows, columns=["amplification", "pro"])


def alarm(amplifications):
    """Steady states against self-amplification, the way up and down.

    amplifications: the two folds, low and high.
    """
    low, high = amplifications
    curve = synovium.branch(np.geomspace(0.019, 1.2, 500))
    figure, ax = canvas(height=3.9)
    ax.axvspan(low, high, color=GRID, alpha=0.6, lw=0)
    middle = (low * high) ** 0.5 * 1.02
    ax.text(middle, 1.05, "two fates", ha="center", color=MUTED)
    names = {"stable": "stable", "saddle": "threshold"}
    piece = (curve["kind"] != curve["kind"].shift()).cumsum()
    for _, run in curve.groupby(piece):
        kind = run["kind"].iloc[0]
        label = names.pop(kind, None)  # once
        curve_of = {**KIND_LOOK[kind].curve, "lw": 1.6, "label": label}
        ax.plot(run["amplification"], run["pro"], **curve_of)
    rise = np.linspace(1, 22, 43)
    walk = _followed([*rise, *rise[-2::-1]])
    for label, part, look in (
        ("slowly up", walk[: len(rise)], GREEN),
        ("and down again", walk[len(rise) :], BROWN),
    ):
        ax.plot(
            part["amplification"],
            part["pro"],
            **look.marks,
            ms=6,
            label=label,
        )
    ax.set_xticks(range(2, 23, 4))
    ax.set(
        xlim=(1, 22),
        ylim=(0, 1.2),
        xlabel="self-amplification of inflammation",
        ylabel="inflammation at rest",
    )
    name_lines(ax)
    data = pd.concat(
        [
            curve.assign(series="steady states"),
            walk.assign(series="simulation"),
            pd.DataFrame({"amplification": amplifications}).assign(
                series="folds"
            ),
        ]
    )
    up, down = walk[: len(rise)], walk[len(rise) :]
    near = up[up["amplification"] <= high]["pro"].max()
    top = row_at(up[up["amplification"] > high], "amplification", high)
    upper = down[down["amplification"] >= low]["pro"].min()
    return Figure(
        number="2.3",
        provenance="Illustration",
        caption=say(
            "Turn the amplification up and the alarm goes off at "
            "{high:.2f}; turn it down again and it stops only at "
            "{low:.2f}. In the shaded range the joint can rest in either "
            "state. The lines are all steady states of the model, the "
            "markers a simulation that follows them.",
            high=high,
            low=low,
        ),
        sources="Baker2013mathematical",
        alt=say(
            "An S-shaped curve of inflammation against amplification. "
            "Markers going up {near} until {high:.1f} and then jump to "
            "about {top:.1f}; markers coming down {stay} until {low:.1f} "
            "and then drop. Between the two a dashed line marks the "
            "threshold.",
            near=holds("stay near zero", near < 0.1),
            high=high,
            top=top["pro"],
            stay=holds("stay on the upper branch", upper > near),
            low=low,
        ),
        canvas=figure,
        data=data,
    )


def _plane(strengths):
    """Where the joint has two fates and where it flares.

    strengths: of the calming response. Returns a DataFrame, one row each,
    with the amplifications at the borders, nan where there is none.
    """
    rows = []
    for calming in strengths:
        folds = [at for at, _ in synovium.folds(calming=calming)]
        turns = [at for at, _ in synovium.onsets(calming=calming)]
        low, high = min(folds, default=np.nan), max(folds, default=np.nan)
        if len(turns) != 2:
            turns = [np.nan, np.nan]
        rows.append((calming, low, high, *turns))
    names = ["calming", "fold_low", "fold_high", "flares_from", "flares_to"]
    return pd.DataFrame(rows, columns=names)


def flares():
    """More calming makes flares: two runs, and where else they occur."""
    strong = CYCLE["amplification"]
    figure, (above, below) = canvas(2, 1, height=6.2, wide_height=3.4)
    frames = []
    two = {}
    for course, look in zip(courses.flares(strong), (BLUE, ORANGE)):
        inflammation = course.run()[["inflammation"]]
        calming = course.parameters["calming"]
        two[calming] = look
        above.plot(
            course.times, inflammation, **look.curve, label=course.name
        )
        frame = inflammation.assign(calming=calming).reset_index()
        frames.append(frame.melt(["time", "calming"], var_name="series"))
    above.set(
        xlim=(0, 60),
        ylim=(0, 1.3),
        xlabel="time (no unit)",
        ylabel="inflammation",
    )
    name_lines(above)
    plane = _plane(np.linspace(1, 9, 81))
    at, low, high = plane["calming"], plane["fold_low"], plane["fold_high"]
    below.fill_between(
        at,
        low,
        high,
        color=BLUE.color,
        alpha=0.18,
        lw=0,
        label="two steady alternatives",
    )
    for edge in (low, high):
        below.plot(at, edge, color=BLUE.color, lw=1.6)
    below.plot(at, plane["flares_from"], **ORANGE.curve)
    below.plot(
        at,
        plane["flares_to"],
        **ORANGE.curve,
        label="inflamed state unsteady between",
    )
    for calming, look in two.items():
        below.plot([calming], [strong], **look.marks, ms=9)
    below.set(
        xlim=(1, 9),
        ylim=(0, 32),
        xlabel="strength of the calming response",
        ylabel="self-amplification",
    )
    key_above(below)
    data = pd.concat([*frames, plane.melt("calming", var_name="series")])
    late = data.query("series == 'inflammation' and time > 40")
    steady, swings = (late[late["calming"] == c]["value"] for c in two)
    wedge = plane.dropna(subset="flares_from").iloc[0]
    band = (plane["fold_high"] - plane["fold_low"]).dropna()
    return Figure(
        number="2.4",
        provenance="Illustration",
        caption=say(
            "A: the same amplification with the calming response at "
            "its first value and at {twice} that. The stronger brake "
            "answers late and too much, and steady inflammation becomes "
            "flares. B: where the model has two alternatives and where "
            "its inflamed state is unsteady; the markers are the two runs.",
            twice=holds("twice", [*two][1] == 2 * [*two][0]),
        ),
        sources="Baker2013mathematical",
        alt=say(
            "A: with calming {0:g} inflammation settles at a steady "
            "{steady:.1f}; with calming {1:g} it {swings}. B: a map "
            "with calming strength across and amplification up. A shaded "
            "band of two alternatives {narrows} from left to right; a "
            "dashed wedge of unsteady states opens to the right of about "
            "calming {wedge:.1f}.",
            *two,
            steady=steady.iloc[-1],
            swings=holds(
                "swings up and down for ever at a lower level",
                swings.max() > 2 * swings.min(),
                swings.mean() < steady.mean(),
            ),
            narrows=holds("narrows", band.is_monotonic_decreasing),
            wedge=wedge["calming"],
        ),
        canvas=figure,
        data=data,
    )


def joint_damage():
    """Change of the joint damage score over a year in two trials."""
    table = evidence.treatments()
    rows = table[table["quantity"] == "joint damage"]
    value, spread = rows["value"], rows["dispersion"]
    alone = rows["group"].str.startswith("placebo")
    looks = [ORANGE if only else BLUE for only in alone]
    drugs = [group.removeprefix("placebo + ") for group in rows["group"]]
    labels = [
        f"{study}: {drug}".replace(" + ", "\n+ ")
        for study, drug in zip(rows["study"], drugs)
    ]
    figure, ax = canvas(height=3.4, wide_height=2.8)
    ax.axvline(0, color=TEXT, lw=1)
    interval_rows(
        ax,
        rows.assign(low=value - spread, high=value + spread),
        looks,
        places=range(len(rows))[::-1],
        labels=labels,
        ms=9,
        caps=4,
    )
    ax.set(
        xlim=(-9, 19),
        ylim=(-0.6, len(rows) - 0.4),
        xlabel="change of score in a year (points)",
    )
    gap = value[alone].max() - value[~alone].min()
    return Figure(
        number="2.5",
        provenance="Data",
        caption=say(
            "Joint damage on X-ray (modified Sharp score) over 54 weeks: "
            "mean and standard deviation between people. Methotrexate "
            "alone against methotrexate with infliximab. {}.",
            holds(
                "The spread between people is larger than the difference "
                "of the means in the same trial",
                spread[alone].min() > gap,
            ),
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Five rows of means with wide bars. Methotrexate alone: plus "
            "{v[attract_mtx]:.1f} points with SD {sd[attract_mtx]} in one "
            "trial, plus {v[aspire_mtx]} with SD {sd[aspire_mtx]} in the "
            "other. With infliximab: {v[attract_infliximab]}, "
            "{v[aspire_infliximab_3]} and {v[aspire_infliximab_6]} points, "
            "with SDs of {sd[attract_infliximab]}, "
            "{sd[aspire_infliximab_3]} and {sd[aspire_infliximab_6]}.",
            v=value,
            sd=spread,
        ),
        canvas=figure,
        data=columns(
            rows,
            "study",
            "setting",
            "group",
            "value",
            "unit",
            "dispersion",
            "dispersion_kind",
            "n",
        ),
    )


def virtual_patients(shares, n):
    """Outcomes of treatment against the share blocked: a dose–response.

    shares: as `helpers.analysis.synovium.courses` gives them.
    n: the number of patients behind each share.
    """
    # Here, because SciPy's statistics take half a second to load.
    from scipy.stats import binomtest

    blocked = 100 * np.array(synovium.BLOCKED)
    calm_after, calm_during, _ = shares[:, 0, -1].T
    figure, ax = canvas(height=3.9)
    rows = []
    for label, share, look in (
        ("off treatment too", calm_after, BLUE),
        ("during treatment", calm_after + calm_during, ORANGE),
    ):
        counts = [binomtest(round(s * n), n) for s in share]
        bounds = [count.proportion_ci(method="wilson") for count in counts]
        low, high = 100 * np.array(bounds).T
        ax.fill_between(blocked, low, high, **look.band)
        ax.plot(
            blocked,
            100 * share,
            **look.curve,
            marker=look.marker,
            label=f"calm {label}",
        )
        data = {
            "blocked_percent": blocked,
            "calm": label,
            "share_percent": 100 * share,
            "low": low,
            "high": high,
        }
        rows.append(pd.DataFrame(data))
    ax.set(
        xlim=(0, 93),
        ylim=(0, 103),
        xlabel="production blocked (%)",
        ylabel="virtual patients",
    )
    percent_axis(ax.yaxis)
    name_lines(ax)
    data = pd.concat(rows).assign(patients=n)
    during, after = (
        data[data["calm"] == label]
        for label in ("during treatment", "off treatment too")
    )
    full = during[during["share_percent"] > 99].iloc[0]
    level = after[after["blocked_percent"] >= 60]["share_percent"]
    return Figure(
        number="2.6",
        provenance="Illustration",
        caption=say(
            "{:.0f} virtual patients, each with an inflamed joint and "
            "treated for the same long course; afterwards each was "
            "followed until the joint came to rest. Bands are 95% "
            "intervals for the number of patients. The gap between the "
            "lines is people who are calm only while treated. Nothing here "
            "was calibrated to a trial.",
            n,
        ),
        sources="",
        alt=say(
            "Two rising S-shaped curves. The share that is calm during "
            "treatment rises from none to all as the block grows to "
            "{full[blocked_percent]:.0f} per cent; the share that stays "
            "calm after treatment levels off {level} at "
            "{end[share_percent]:.0f} per cent.",
            full=full,
            level=holds("from a block of six tenths on", np.ptp(level) < 5),
            end=after.iloc[-1],
        ),
        canvas=figure,
        data=data,
    )


def responses():
    """Icon arrays of 100 people: placebo beside drug, by best response."""
    table = evidence.treatments()
    table = table[table["quantity"].str.startswith("ACR")]
    marks = {
        "70% better or more": (BLUE.color, "o", 6.5),
        "50% to 70%": (GREEN.color, "s", 6.5),
        "20% to 50%": (ORANGE.color, "^", 6.5),
        "less than 20%": (GREY.color, ".", 5),
    }
    figure, axes = canvas(
        2, 2, height=5.6, wide="abcd", wide_height=2.9, letters=False
    )
    reached = table.pivot(
        index=["study", "group"], columns="quantity", values="value"
    )
    placebo_first = lambda arm: (arm[0], not arm[1].startswith("placebo"))
    spoken = []
    for ax, arm in zip(axes.flat, sorted(reached.index, key=placebo_first)):
        share = reached.loc[arm]
        people = in_a_hundred(share)
        steps = [0, people["ACR70"], people["ACR50"], people["ACR20"], 100]
        kinds = np.repeat(list(marks), np.diff(steps).astype(int))
        for label, (color, marker, size) in marks.items():
            at = np.flatnonzero(kinds == label)
            ax.plot(
                at % 10,
                9 - at // 10,
                ls="",
                marker=marker,
                ms=size,
                color=color,
                label=label,
            )
        study, drug = arm[0], arm[1].split(" + ")[0]
        ax.set_title(f"{study}\n{drug}")
        ax.set(xlim=(-0.7, 9.7), ylim=(-0.7, 9.7), aspect="equal")
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
        words = "{0}, {1}: {2[ACR20]:g}, {2[ACR50]:g} and {2[ACR70]:g}"
        spoken.append(say(words, study, drug, share))
    one_legend(figure, loc="outside lower center", ncols=2)
    return Figure(
        number="2.7",
        provenance="Data",
        caption=say(
            "Each block turns a trial's percentages, after 24 weeks and "
            "all on methotrexate, into a hundred people; the trials' arms "
            "were of other sizes (RADIATE {n[radiate_placebo_20]:.0f} and "
            "{n[radiate_drug_20]:.0f}; ARMADA had four arms). ACR20, 50 "
            "and 70 mean at least 20, 50 or 70% better on a list of joint "
            "counts and scores. ARMADA: people for whom methotrexate was "
            "not enough. RADIATE: people whom one or more TNF inhibitors "
            "had failed (its numbers come from a review's table). Rounded "
            "to whole people.",
            n=table["n"],
        ),
        sources=" ".join(table["source"]),
        alt=say(
            "Four blocks of a hundred marks, placebo at the left and drug "
            "at the right. Per cent that reach at least a 20, 50 and 70 "
            "per cent improvement: {}; {}; {}; {}.",
            *spoken,
        ),
        canvas=figure,
        data=columns(
            table,
            "study",
            "setting",
            "group",
            "quantity",
            "value",
            "unit",
            "n",
        ),
    )


def infections():
    """Serious infections with and without a TNF inhibitor, by time."""
    table = evidence.treatments()
    serious = table[table["setting"] == "serious infections"]
    rows = serious[serious["study"] == "UK register"]
    figure, (above, below) = canvas(2, 1, height=4.0, wide_height=2.2)
    for ax, quantity in ((above, "rate"), (below, "hazard ratio")):
        part = rows[rows["quantity"] == quantity]
        interval_rows(
            ax,
            part,
            (ORANGE, BLUE),
            places=(1, 0),
            labels=part["group"],
            caps=4,
        )
        ax.set_ylim(-0.6, 1.6)
    above.set(
        xlim=(0, 50), xlabel="serious infections per 1,000 person-years"
    )
    below.set(
        xlim=(0, 3),
        xlabel="hazard ratio, TNF inhibitor against older drugs",
    )
    below.axvline(1, color=TEXT, lw=1)
    v, low, high = rows["value"], rows["low"], rows["high"]
    return Figure(
        number="2.8",
        provenance="Data",
        caption="A British register of people with rheumatoid arthritis, "
        "with 95% intervals. A: crude rates. B: adjusted hazard "
        "ratios; one means no excess.",
        sources="Galloway2011antitnf",
        alt=say(
            "Two dot plots. Serious infections per 1,000 person-years: "
            "{v[uk_tnf]:.0f} with a TNF inhibitor, {v[uk_other]:.0f} with "
            "older drugs, {apart}. Hazard ratio: {v[uk_ratio_all]} over "
            "the whole follow-up, {v[uk_ratio_early]} in the first six "
            "months.",
            v=v,
            apart=holds(
                "intervals not overlapping",
                low["uk_tnf"] > high["uk_other"],
            ),
        ),
        canvas=figure,
        data=columns(
            rows,
            "study",
            "quantity",
            "group",
            "value",
            "low",
            "high",
            "unit",
            "n",
        ),
    )
