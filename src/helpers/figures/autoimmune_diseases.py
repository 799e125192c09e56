"""Figures of chapter 1, autoimmune diseases."""

import numpy as np
import pandas as pd

from helpers import evidence
from helpers.analysis import courses, tolerance
from helpers.analysis.rare_events import poisson_interval
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
    GRID,
    LOOKS,
    MUTED,
    ORANGE,
    TEXT,
    canvas,
    interval_rows,
    log_ticks,
    name_lines,
    percent_axis,
)


def prevalence():
    """Twelve diseases in one population, with 95% Poisson intervals."""
    table = evidence.diseases()
    rows = table[table["setting"] == "prevalence"].sort_values("value")
    count = (rows["value"] * rows["n"] / 1e5).round().astype(int)
    people = rows["n"].to_numpy()[:, None]
    bounds = np.array([poisson_interval(c) for c in count]) / people * 1e5
    rows = rows.assign(count=count, low=bounds[:, 0], high=bounds[:, 1])
    labels = [f"{q} ({c})" for q, c in zip(rows["quantity"], count)]
    at = range(len(rows))
    figure, ax = canvas(height=4.6, wide_height=4)
    interval_rows(ax, rows, places=at, labels=labels, ms=7, caps=3)
    ax.set(
        xscale="log", xlim=(3, 5000), xlabel="people affected per 100,000"
    )
    log_ticks(ax.xaxis, [10, 100, 1000])
    return Figure(
        number="1.1",
        provenance="Data",
        caption=say(
            "One region, one method: {:,.0f} people of general practices "
            "in southern Sardinia. In brackets the number of people with "
            "the disease, calculated back from the published rate; bars "
            "are exact 95% Poisson intervals from these counts. The "
            "authors name only coeliac disease and myasthenia gravis as "
            "possibly out of line with other studies.",
            rows["n"].iloc[0],
        ),
        sources="Sardu2012population",
        alt=say(
            "Dots with bars on a logarithmic axis, from {low[quantity]} at "
            "{low[value]:.0f} per 100,000 ({low[count]} people, interval "
            "{low[low]:.0f} to {low[high]:.0f}) through lupus at "
            "{v[sardinia_lupus]:.0f} and multiple sclerosis at "
            "{v[sardinia_ms]:.0f} to rheumatoid arthritis at "
            "{v[sardinia_ra]:.0f}, psoriasis at "
            "{v[sardinia_psoriasis]:.0f} and {high[quantity]} at "
            "{high[value]:,.0f} per 100,000 ({high[count]} people).",
            low=rows.iloc[0],
            high=rows.iloc[-1],
            v=rows["value"],
        ),
        canvas=figure,
        data=columns(
            rows.rename(columns={"low": "ci_low", "high": "ci_high"}),
            "study",
            "quantity",
            "value",
            "unit",
            "n",
            "count",
            "ci_low",
            "ci_high",
        ),
    )


def totals():
    """Shares of a population affected, and how many diseases one has."""
    table = evidence.diseases()
    share = table[table["setting"] == "share affected"]
    many = table[table["setting"] == "diseases in one person"]
    figure, (above, below) = canvas(
        2, 1, height=3.8, wide_height=2.2, height_ratios=[1, 1.5]
    )
    colors = [BLUE.color, ORANGE.color]
    above.barh([1, 0], share["value"], color=colors, height=0.6)
    above.set_yticks([1, 0], share["group"] + ": " + share["quantity"])
    above.set_xticks(range(0, 13, 4))
    above.set(xlim=(0, 12.5), xlabel="people with at least one of them")
    places = range(len(many))[::-1]
    below.barh(places, many["value"], color=ORANGE.color, height=0.6)
    below.set_yticks(places, many["quantity"])
    below.set(xlim=(0, 78), xlabel="of those affected, USA")
    for ax in (above, below):
        percent_axis(ax.xaxis)
        ax.grid(axis="y", visible=False)
        gap = ax.get_xlim()[1] * 0.01
        for bar in ax.patches:
            value, y = bar.get_width(), bar.get_y() + 0.3
            ax.text(value + gap, y, f"{value:g}%", va="center")
    rows = pd.concat([share, many])
    return Figure(
        number="1.2",
        provenance="Data",
        caption=say(
            "A: two totals that disagree by design. {list}, because "
            "the two studies counted different people, records and "
            "criteria. B: how many of the 105 diseases one affected "
            "person has; these four percentages were read in reports of "
            "the study.",
            list=holds(
                "A shorter list gives the larger share",
                share["value"].is_monotonic_decreasing,
            ),
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Bars. Share of people affected: about {v[uk_share]:g} per "
            "cent in the United Kingdom for 19 diseases, {v[us_share]:g} "
            "per cent in the USA for 105 diseases. Among those affected in "
            "the USA: {many}.",
            v=share["value"],
            many=say_each("{quantity} {value:g} per cent", many),
        ),
        canvas=figure,
        data=columns(
            rows,
            "study",
            "setting",
            "quantity",
            "group",
            "value",
            "unit",
            "n",
        ),
    )


def extremes():
    """The strongest binding to self against the number of self peptides."""
    most = max(tolerance.PEPTIDES)
    counts = np.unique(np.geomspace(1, most, 22).astype(int))
    found = tolerance.strongest(counts)
    middle, low, high = (
        found.mean(axis=0),
        found.min(axis=0),
        found.max(axis=0),
    )
    mean = f"mean of {len(found)} random worlds"
    bound = np.sqrt(2 * np.log(counts[1:]))
    figure, ax = canvas(height=3.6)
    ax.fill_between(counts, low, high, **BLUE.band)
    ax.plot(counts, middle, **BLUE.curve, label=mean)
    ax.plot(
        counts[1:], bound, **ORANGE.curve, label="upper bound for the mean"
    )
    ax.set(
        xscale="log",
        xlim=(1, 1000),
        ylim=(-0.5, 4.3),
        xlabel="self peptides met in the thymus",
        ylabel="strongest binding (SD)",
    )
    log_ticks(ax.xaxis, [1, 10, 100, 1000])
    name_lines(ax)
    data = pd.DataFrame(
        {"peptides": counts, "mean": middle, "low": low, "high": high}
    )
    hundred = row_at(data, "peptides", 100)
    return Figure(
        number="1.3",
        provenance="Illustration",
        caption="The strongest of many random bindings, which decides the "
        "fate of a receptor, grows ever more slowly with their number. The "
        "dashed line is the square root of twice the logarithm, an upper "
        "bound for the mean of the strongest of so many normal bindings; "
        "the mean stays below it and comes closer only slowly. The shading "
        "holds all the random worlds.",
        sources="Kosmrlj2009thymic",
        alt=say(
            "A rising curve that flattens on a logarithmic axis: the "
            "strongest binding is {first[mean]:.0f} standard deviations "
            "for one self peptide, about {hundred[mean]:.1f} for "
            "{hundred[peptides]:.0f} and about {last[mean]:.1f} for a "
            "thousand. A dashed line of the same shape {above}.",
            first=data.iloc[0].abs(),
            hundred=hundred,
            last=row_at(data, "peptides", 1000),
            above=holds("lies above it", all(bound >= middle[1:])),
        ),
        canvas=figure,
        data=data,
    )


def _lupus():
    """How often each manifestation of lupus occurred, the rarest first."""
    table = evidence.diseases()
    lupus = table["setting"].str.startswith("lupus")
    return table[lupus].sort_values("value")


def lupus_symptoms():
    """How often each symptom of lupus occurred within ten years."""
    # Here, because SciPy's statistics take half a second to load.
    from scipy.stats import binomtest

    rows = _lupus()
    bounds = []
    for share, n in zip(rows["value"], rows["n"].astype(int)):
        people = binomtest(round(share * n / 100), n)
        bounds.append(people.proportion_ci(method="wilson"))
    low, high = 100 * np.array(bounds).T
    rows = rows.assign(low=low, high=high)
    at, symptoms = range(len(rows)), rows["quantity"]
    figure, ax = canvas(height=3.8, wide_height=3.4)
    interval_rows(ax, rows, places=at, labels=symptoms, ms=7, caps=3)
    ax.set(
        xlim=(0, 60),
        ylim=(-0.6, len(rows) - 0.4),
        xlabel="people affected within 10 years",
    )
    percent_axis(ax.xaxis)
    return Figure(
        number="1.4",
        provenance="Data",
        caption=say(
            "One disease, many faces: {:,.0f} people with lupus in seven "
            "European countries, followed for ten years. {none}. Bars are "
            "95% intervals for the number of people.",
            rows["n"].iloc[0],
            none=holds(
                "None of these nine occurred in more than half of them",
                len(rows) == 9,
                rows["value"].max() < 50,
            ),
        ),
        sources="Cervera2003morbidity",
        alt=say(
            "Dots with bars, in per cent: {}.",
            say_each("{quantity} {value:.1f}", rows[::-1]),
        ),
        canvas=figure,
        data=columns(
            rows, "study", "quantity", "value", "unit", "n"
        ).assign(low=low, high=high),
    )


def symptom_mixes(people=24, seed=4):
    """Virtual people with lupus, as if their symptoms were independent."""
    rows = _lupus()
    share = rows["value"].to_numpy() / 100
    has = np.random.default_rng(seed).random((people, len(rows))) < share
    has = has[np.lexsort(has.T)]
    distinct = len({tuple(row) for row in has})
    # Over all draws: every mix counts by its chance to come up at all.
    chances = np.ones(1)
    for p in share:
        chances = np.concatenate([chances * p, chances * (1 - p)])
    usual = np.sum(1 - (1 - chances) ** people)
    figure, ax = canvas(height=3.6, wide_height=3.2)
    ax.plot(*np.nonzero(has), **ORANGE.marks, ms=5.5)
    ax.plot(*np.nonzero(~has), ls="", marker=".", ms=3, color=MUTED)
    ax.set_yticks(range(len(rows)), rows["quantity"])
    ax.set_xticks([])
    ax.set(
        xlim=(-0.7, people - 0.3),
        ylim=(-0.6, len(rows) - 0.4),
        xlabel=f"{people} virtual people, one a column",
    )
    ax.grid(visible=False)
    data = pd.DataFrame(has.astype(int), columns=list(rows["quantity"]))
    data = data.assign(
        person=range(1, people + 1), mixes=distinct, mixes_usual=usual
    )
    return Figure(
        number="1.5",
        provenance="Illustration",
        caption=say(
            "The published frequencies, drawn as if each manifestation "
            "came independently of the others: {mixes} different mixes "
            "among {people} people in this draw, {usual:.0f} on average "
            "over all draws. That assumption is ours and surely not exact: "
            "in real people some manifestations go together.",
            mixes=distinct,
            people=people,
            usual=usual,
        ),
        sources="Cervera2003morbidity",
        alt=say(
            "A grid with {people} columns, one for each virtual person, "
            "and nine rows, one for each manifestation of lupus. Squares "
            "mark who has what: {mixes} patterns in all.",
            people=people,
            mixes=distinct,
        ),
        canvas=figure,
        data=data,
    )


def triggers(shares):
    """Effector cells after the same trigger.

    shares: values of `maturing`, below and above R0 = 1; one curve each.
    """
    figure, ax = canvas(height=3.8, wide_height=3.4)
    frames = []
    for share, course, look in zip(shares, courses.triggers(shares), LOOKS):
        r0 = tolerance.reproduction(maturing=share)
        times = course.times
        cells = course.run()["effectors"].to_numpy()
        shown = cells.clip(min=1e-9)
        ax.plot(times, shown, **look.curve, label=course.name)
        data = {"day": times, "effectors": cells, "R0": r0}
        frames.append(pd.DataFrame(data))
    ax.axhspan(1e-3, 1, color=GRID, alpha=0.6, lw=0)
    ax.text(360, 2e-3, "less than one cell", ha="right", color=MUTED)
    ax.set(
        yscale="log",
        xlim=(0, 365),
        ylim=(1e-3, 1e8),
        xlabel="days after the trigger",
        ylabel="effector cells against self",
    )
    many = ["1", "100", "10,000", "1 million", "100 million"]
    log_ticks(ax.yaxis, [1, 1e2, 1e4, 1e6, 1e8], many)
    name_lines(ax)
    data = pd.concat(frames)
    ends = data.groupby("R0", sort=False)["effectors"].agg(["last", "max"])
    out, stay = ends[ends.index < 1], ends[ends.index > 1]
    return Figure(
        number="1.6",
        provenance="Illustration",
        caption=say(
            "The same injury sets the same amount of self antigen free. "
            "{R0}. In the shaded range the model counts less than one "
            "cell, where a real reaction would be over.",
            R0=holds(
                "Below R0 = 1 the reaction flares and dies out; above it, "
                "it never ends",
                all(out["last"] < 1),
                all(stay["last"] > 1),
            ),
        ),
        sources="Alexander2011selftolerance",
        alt=say(
            "Four curves on a logarithmic axis. The two with R0 of "
            "{0[0]:.2f} and {0[1]:.2f} {gone}, the one with {0[1]:.2f} "
            "more slowly; the two with {1[0]:.2f} and {1[1]:.2f} {level}.",
            out.index,
            stay.index,
            gone=holds(
                "peak and then fall below one cell within the year",
                all(out["last"] < 1),
            ),
            level=holds(
                "rise and settle at a lasting level of tens of thousands "
                "of cells",
                all(stay["last"].between(1e4, 1e5)),
            ),
        ),
        canvas=figure,
        data=data,
    )


def threshold():
    """Lasting effector cells against R0, by strength of suppression."""
    r0 = np.r_[np.linspace(0.2, 1, 9), np.linspace(1.001, 3, 80)]
    unit = tolerance.reproduction(maturing=1e-4) / 1e-4
    factors = {
        "a tenth": 0.1,
        "as published": 1.0,
        "ten times": 10.0,
    }
    figure, ax = canvas(height=3.6)
    frames = []
    for (label, factor), look in zip(factors.items(), LOOKS):
        same = 3e-6 * factor
        level = [
            tolerance.lasting(maturing=x / unit, suppression_same=same)
            for x in r0
        ]
        ax.plot(r0, level, **look.curve, label=label)
        data = {"R0": r0, "effectors": level, "suppression": label}
        frames.append(pd.DataFrame(data))
    ax.axvline(1, color=TEXT, lw=1)
    ax.set(
        xlim=(0.2, 3),
        ylim=(0, 1.6e5),
        xlabel="R0",
        ylabel="lasting effector cells",
        title="Suppression (same specificity)",
    )
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}")
    name_lines(ax)
    data = pd.concat(frames)
    none = data[data["R0"] <= 1]["effectors"].max() < 1
    last = data.groupby("suppression", sort=False)["effectors"].last()
    return Figure(
        number="1.7",
        provenance="Illustration",
        caption="Whether autoimmunity lasts is decided at R0 = 1, whatever "
        "the regulatory cells of the same specificity do. How bad it is "
        "depends on them.",
        sources="Alexander2011selftolerance",
        alt=say(
            "Three curves of lasting effector cells against R0. {none}, "
            "{order}.",
            none=holds(
                "All are zero up to R0 = 1 and rise from there", none
            ),
            order=holds(
                "the steepest with a tenth of the suppression, the "
                "flattest with ten times as much",
                last.is_monotonic_decreasing,
            ),
        ),
        canvas=figure,
        data=data,
    )
