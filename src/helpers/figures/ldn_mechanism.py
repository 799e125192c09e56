"""Figures of chapter 3, the mechanism of low-dose naltrexone."""

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.analysis import courses, fits, validation
from helpers.evidence import cite
from helpers.figures import (
    Figure,
    columns,
    holds,
    row_at,
    say,
    say_each,
)
from helpers.simulate import simulate, single
from helpers.style import (
    BACKGROUND,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    GRID,
    LOOKS,
    MUTED,
    ORANGE,
    PINK,
    READING_LOOK,
    TEXT,
    canvas,
    interval_rows,
    key_above,
    log_ticks,
    name_lines,
    percent_axis,
)


def _blocked(doses, times, **parameters):
    """Receptors blocked (%) at `times` (h) after `doses`, an array."""
    run = simulate("receptor_occupancy", doses, times, **parameters)
    return 100 * run["mu_retained"].to_numpy()


def _blocked_axis(ax):
    """The y axis of all pictures of blockade: per cent, from 0 to 100."""
    ax.set(ylim=(0, 100), ylabel="mu receptors blocked")
    percent_axis(ax.yaxis)


def disputed_kinetics():
    """Clearance and half-life of naltrexone as published, by study."""
    table = evidence.kinetics().query(
        "species == 'human' and analyte == 'naltrexone'"
    )
    figure, axes = canvas(2, 1, height=3.8, wide_height=2.2)
    shown = []
    for ax, quantity, unit in zip(
        axes, ("clearance", "half-life"), ("L/h", "h")
    ):
        rows = table[table["quantity"] == quantity].sort_values("value")
        labels = rows["study"] + " (" + rows["formulation"] + ")"
        ax.plot(rows["value"], range(len(rows)), **BLUE.marks, ms=9)
        ax.set_yticks(range(len(rows)), labels)
        ax.set(
            xlabel=f"{quantity} ({unit})",
            xlim=(0, 1.12 * rows["value"].max()),
            ylim=(-0.6, len(rows) - 0.4),
        )
        ax.grid(axis="y", visible=False)
        shown.append(rows)
    rows = pd.concat(shown)
    v = rows["value"]
    clearance, half_life = (
        v[rows["quantity"] == name] for name in ("clearance", "half-life")
    )
    spread = lambda values: values.max() / values.min()
    more = holds("more than twofold", 2 < spread(clearance) < 2.5)
    nearly = holds("fourfold", 3.9 < spread(half_life) < 4.1)
    each = "{value:g} in {study} ({formulation})"
    return Figure(
        number="3.1",
        provenance="Data",
        caption=say(
            "Published clearances differ {more} and published half-lives "
            "{nearly}. Older assays and different routes explain part of "
            "it, but not why {vein}. The control on blood levels below "
            "carries the spread of the clearances as a band.",
            more=more,
            nearly=nearly,
            vein=holds(
                "the shortest and the longest half-life are both of "
                "labelled drug into a vein",
                set(half_life.index[[0, -1]])
                == {"wall_half_life_iv", "licko_half_life_iv"},
            ),
        ),
        sources=" ".join(rows["source"]),
        alt=say(
            "Two dot plots. Clearance of naltrexone "
            "in litres an hour: {}. Half-life in hours: {}.",
            *(say_each(each, part) for part in shown),
        ),
        canvas=figure,
        data=columns(
            rows,
            "study",
            "quantity",
            "formulation",
            "value",
            "unit",
            "n",
        ),
    )


def occupancy_against_dose():
    """Occupancy against dose: seven scans and the dose–response fitted."""
    ed50, (low, high), _ = fits.fit_scans()
    scans = evidence.occupancy().query("study == 'Rabiner 2011'")
    dose = np.union1d(np.geomspace(0.5, 100, 200), 4.5)
    ratios = models.load("receptor_occupancy").values()
    blocked = lambda half, ratio=1: 100 * dose / (dose + ratio * half)
    curves = pd.DataFrame(
        {
            "dose_mg": dose,
            "mu": blocked(ed50),
            "mu_low": blocked(high),
            "mu_high": blocked(low),
            "kappa": blocked(ed50, ratios.kappa),
            "kappa_low": blocked(ed50, validation.ratio_seen(1)),
            "delta": blocked(ed50, ratios.delta),
        }
    )
    figure, ax = canvas(height=3.8)
    ax.axvspan(1, 4.5, color=GRID, alpha=0.6, lw=0)
    ax.text(2.12, 96, "LDN", ha="center", color=MUTED)
    ax.fill_between(
        dose,
        curves["mu_low"],
        curves["mu_high"],
        **BLUE.band,
    )
    ax.fill_between(
        dose,
        curves["kappa_low"],
        curves["kappa"],
        **ORANGE.band,
    )
    ax.plot(dose, curves["mu"], **BLUE.curve, label="mu, fit")
    for receptor, look in (("kappa", ORANGE), ("delta", GREEN)):
        label = f"{receptor}, from the ratio"
        ax.plot(dose, curves[receptor], **look.curve, label=label)
    scan = {"ls": "", "marker": "o", "ms": 8, "color": TEXT}
    ax.plot(scans["dose_mg"], scans["value"], **scan, label="one scan (mu)")
    ax.set(
        xscale="log",
        xlim=(0.5, 100),
        ylim=(0, 102),
        xlabel="dose of naltrexone (mg, one dose)",
        ylabel="receptors blocked",
    )
    log_ticks(ax.xaxis, [0.5, 1.5, 4.5, 15, 50])
    percent_axis(ax.yaxis)
    key_above(ax, ncols=2)
    half = {
        "dose_mg": [ed50],
        "mu": 50,
        "ed50_low": low,
        "ed50_high": high,
        "ed50_just_after": ratios.ED50,
    }
    data = pd.concat(
        [
            columns(scans, "dose_mg", "value").assign(series="scan"),
            curves.assign(series="fit"),
            pd.DataFrame(half).assign(series="half-blocking dose"),
        ]
    )
    seen = scans.sort_values(["dose_mg", "value"])
    kappa_below = all(curves["kappa"] < curves["mu"])
    delta_least = all(curves["delta"] < curves["kappa_low"])
    return Figure(
        number="3.2",
        provenance="Fit",
        caption=say(
            "Seven PET scans, each one person within eight hours of one "
            "dose, and the curve through them: half of the mu receptors at "
            "{:.1f} mg (95% interval {:.1f} to {:.1f} mg, shaded), as at "
            "the hours of the scans; {just_after:.1f} mg just after a "
            "dose, by the retained reading. Kappa and delta are not scans "
            "but the same curve shifted by the relative affinities used in "
            "the dose planner. A scan of kappa at a high dose suggests a "
            "weaker grip: by the best fit anywhere in the shaded part.",
            ed50,
            low,
            high,
            just_after=ratios.ED50,
        ),
        sources="Trostheim2023opioid Rabiner2011pharmacological "
        "Trostheim2022planner DeLaat2021occupancy",
        alt=say(
            "Share of receptors blocked against dose on a logarithmic "
            "axis. For mu the scans {rise}, in per cent: {scans}; the "
            "fitted curve passes {ldn[mu]:.0f} per cent at "
            "{ldn[dose_mg]:g} mg. Kappa {below}, with a shaded part below "
            "its curve; delta {least}.",
            rise=holds("rise", seen["value"].is_monotonic_increasing),
            scans=say_each("{value:.0f} at {dose_mg:g} mg", seen),
            ldn=row_at(curves, "dose_mg", 4.5),
            below=holds("lies lower", kappa_below),
            least=holds("lies lowest", delta_least),
        ),
        canvas=figure,
        data=data,
    )


def duration_after_50_mg():
    """Washout after 50 mg: measured, and by the structures fitted to it."""
    looks = {
        "retained": BLUE,
        "effect site": GREEN,
        "fading": PINK,
        "plasma": ORANGE,
    }
    times = np.linspace(1, 168, 168)
    curves = {"time_h": times}
    figure, ax = canvas(height=3.8)
    for structure, look in looks.items():
        model, output, _ = fits.STRUCTURES[structure]
        fit = fits.fit_occupancy(structure)
        blocked = simulate(model, single(50), times, **fit.estimates)[
            output
        ]
        share = 100 * blocked.to_numpy() / blocked.iloc[0]
        label = structure + (" (at its limit)" * bool(fit.at_edge))
        ax.plot(times, share, **look.curve, label=label)
        curves[structure] = share
    series = evidence.occupancy().query("study == 'Lee 1988'")
    means, *_ = ax.errorbar(
        series["time_h"],
        series["value"],
        series["dispersion"],
        ls="",
        marker="o",
        ms=8,
        color=TEXT,
        capsize=4,
    )
    means.set_label("measured, ± SEM")
    ax.set(
        xlim=(0, 172),
        ylim=(0, 150),
        xlabel="hours after one 50 mg dose",
        ylabel="share of own 1-hour scan",
    )
    ax.set_xticks(range(0, 169, 24))
    percent_axis(ax.yaxis)
    name_lines(ax)
    measured = columns(
        series, "time_h", "value", "dispersion", "dispersion_kind", "n"
    )
    fitted = pd.DataFrame(curves).melt("time_h", var_name="series")
    shares = say_each("{value:.0f} at {time_h:.0f} hours", series)
    hours = series["time_h"].to_numpy()
    passed = {name: np.interp(hours, times, curves[name]) for name in looks}
    near = abs(passed["retained"] - series["value"]) < series["dispersion"]
    beside = passed["effect site"] - series["value"]
    late = curves["plasma"][times > 36]
    return Figure(
        number="3.3",
        provenance="Fit",
        caption=say(
            "Five volunteers after 50 mg, each scan as a share of that "
            "person's first scan at 1 hour ({least:.0f} to {most:.0f} "
            "people a point). Structures fitted to these points and to the "
            "seven scans. Blood levels alone cannot hold the receptors "
            "this long. The fading curve would fit better with a half-life "
            "beyond those that the paper allows.",
            least=series["n"].min(),
            most=series["n"].max(),
        ),
        sources="Lee1988duration Indand2026fibromyalgia "
        "Trostheim2023opioid",
        alt=say(
            "Remaining blockade after 50 mg, relative to the first hour. "
            "Measured, in per cent: {shares}. The retained curve {near}; "
            "the effect-site curve {beside}; the plasma curve {late}.",
            shares=shares,
            near=holds(
                "passes within the error bars of all four", all(near)
            ),
            beside=holds(
                "lies above and then below",
                beside.iloc[0] > 0 > beside.iloc[-1],
            ),
            late=holds(
                "is near zero after a day and a half", max(late) < 2
            ),
        ),
        canvas=figure,
        data=pd.concat([measured.assign(series="measured"), fitted]),
    )


def saturation(retention):
    """One half-life of the drug, and two of the blockade, by dose.

    retention: half-life of the drug held in the brain (h).
    """
    both = courses.saturation(retention)
    times = both[0].times
    halved = {}
    figure, ax = canvas(height=3.6)
    curves = {"time_h": times}
    for course, look in zip(both, (BLUE, ORANGE)):
        [amount] = course.doses.amounts
        blocked = 100 * course.run()["mu_retained"].to_numpy()
        level = blocked[0] / 2
        half = np.interp(level, blocked[::-1], times[::-1])
        label = f"after {amount:g} mg: halved in {half:.0f} h"
        ax.plot(times, blocked, **look.curve, label=label)
        ax.plot([half], [level], **look.marks, ms=9)
        curves[f"{amount:g} mg"], halved[amount] = blocked, half
    quoted = evidence.read("quoted")["value"]
    paper = quoted["lee_half_time_low"], quoted["lee_half_time_high"]
    held = 100 * 0.5 ** (times / retention)
    curves["drug held"] = held
    dotted = {"color": GREY.color, "ls": GREEN.dash, "lw": 1.6}
    label = f"drug held in the brain: halved in {retention:.0f} h"
    ax.plot(times, held, **dotted, label=label)
    ax.set(xlim=(0, 168), xlabel="hours after the dose")
    ax.set_xticks(range(0, 169, 24))
    _blocked_axis(ax)
    key_above(ax)
    data = pd.DataFrame(curves)
    starts = data.iloc[0]
    return Figure(
        number="3.4",
        provenance="Illustration",
        caption=say(
            "Why one half-life looks like several. A large dose fills "
            "{all} receptors and leaves a reserve, so blockade starts to "
            "fade only when the reserve is gone. A small dose has no "
            "reserve. In this model the first halving after 50 mg takes "
            "about {half:.0f} hours and later ones less, so one number for "
            "the fading, such as the paper's {low:.0f} to {high:.0f} "
            "hours, depends on where one looks.",
            all=holds("nearly all", starts["50 mg"] > 85),
            half=halved[50],
            low=paper[0],
            high=paper[1],
        ),
        sources="Lee1988duration",
        alt=say(
            "Three falling curves over a week. The drug held in the brain "
            "halves in {held:.0f} hours. Blockade after 50 mg starts at "
            "{starts[50 mg]:.0f} per cent and halves in {large:.0f} hours; "
            "blockade after 4.5 mg starts at {starts[4.5 mg]:.0f} per cent "
            "and halves in {small:.0f} hours.",
            held=retention,
            starts=starts,
            large=halved[50],
            small=halved[4.5],
        ),
        canvas=figure,
        data=data,
    )


def unseen_data():
    """Data that no fit used, and what each reading predicts for them."""
    shares, tests = validation.shares(), validation.tests()
    figure, (above, below) = canvas(
        2, 1, height=8, wide_height=5, height_ratios=(4, 11)
    )
    looks = {name: LOOKS[READING_LOOK[name]] for name in fits.READINGS}
    offsets = dict(zip(looks, (0.26, 0, -0.26)))
    names = {
        "weerts_mu": "mu, 50 mg a day\nday 4 (n 21)",
        "weerts_delta": "delta, the same\npeople",
        "delaat_kappa": "kappa, 100 mg a\nday, day 7 (n 44)",
    }
    for place, id in zip((3, 2, 1), names):
        rows = shares[shares["id"] == id]
        low, high = rows[["mean_low", "mean_high"]].iloc[0]
        side = {"ymin": (place - 0.9) / 3, "ymax": (place - 0.1) / 3}
        above.axvspan(low, high, color=MUTED, alpha=0.3, lw=0, **side)
        for name, look in looks.items():
            said, y = rows[rows["reading"] == name], place + offsets[name]
            early = said[said["hour"] <= 8]
            for part, width in ((said, 1.2), (early, 5)):
                ends = part["low"].min(), part["high"].max()
                bar = {"color": look.color, "lw": width}
                above.plot(ends, (y, y), solid_capstyle="butt", **bar)
            [at_4] = said.loc[said["hour"] == 4, "value"]
            above.plot([at_4], [y], **look.marks, ms=6, mec=BACKGROUND)
            hours = validation.meets(shares, id, name)
            words = "never" if hours is None else "{}–{} h".format(*hours)
            shown = {"va": "center", "color": look.color}
            above.text(103, y, words, **shown)
    above.text(103, 3.52, "meet at", weight="bold")
    above.set(xlim=(-2, 101), ylim=(0.5, 3.5), title="Shares")
    above.set_yticks((3, 2, 1), names.values())
    above.grid(axis="y", visible=False)
    ids = list(dict.fromkeys(tests["id"]))
    places = np.arange(len(ids), 0, -1)
    for name, look in looks.items():
        rows = tests[tests["reading"] == name]
        interval_rows(
            below, rows, look, places=places + offsets[name], ms=5, lw=2.4
        )
        below.plot([], [], **look.marks, ms=6, label=name)
    rows = tests[tests["reading"] == "retained"]
    labels = []
    for row, place in zip(rows.itertuples(), places):
        dose = "50/100" if np.isnan(row.dose_mg) else f"{row.dose_mg:g}"
        heroin = ", heroin" if row.id.startswith("heroin") else ""
        labels.append(f"{dose} mg, {row.time_h:g} h{heroin}")
        part = "in part" if "in part" in row.finding else "blocked"
        word = part if row.blocked else "not seen"
        weight = "normal" if row.blocked else "bold"
        below.text(103, place, word, va="center", weight=weight)
    below.text(103, len(ids) + 0.65, "found", weight="bold")
    below.set_yticks(places, labels)
    below.set(
        xlim=(-2, 101),
        ylim=(0.4, len(ids) + 0.6),
        xlabel="mu receptors blocked, predicted",
        title="Tests",
    )
    for ax in (above, below):
        percent_axis(ax.xaxis)
    figure.legend(
        *below.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
    )
    expected = {
        id: say_each("{reading} {value:.0f}", part)
        for id, part in tests.groupby("id")
    }
    means = shares.groupby("id")["mean"].first()
    meets = lambda id, name: validation.meets(shares, id, name)
    always = ("weerts_mu", "weerts_delta")
    any_hour = holds(
        "at any hour", *(meets(id, "retained") == (1, 24) for id in always)
    )
    return Figure(
        number="3.5",
        provenance="Fit",
        caption="Bars are predictions with their 95% intervals, the hour "
        "of the seven scans left open. A: grey is the measured mean "
        "with its interval (for kappa the spread as printed). When after "
        "the last dose these scans were made was not seen: thick is any of "
        "the first eight hours, thin up to the next dose, a mark four "
        "hours; on the right, the hours at which reading and measurement "
        "meet. B: on the right what was found. The rows of heroin are "
        "the label's, an effect and no scan. The disputed clearances are "
        "in no interval.",
        sources="Weerts2008differences DeLaat2021occupancy "
        "Vijay2017naltrexone Trostheim2022planner Bednarczyk2005duration "
        "FDArevia Trostheim2023opioid Lee1988duration",
        alt=say(
            "Two panels of horizontal bars, three readings a row. In A, "
            "the retained reading meets the measured "
            "{means[weerts_mu]:.0f} per cent of mu and "
            "{means[weerts_delta]:.0f} per cent of delta receptors "
            "{any_hour}, and {means[delaat_kappa]:.0f} per cent of kappa "
            "from {kappa[0]} hours after a dose only; the plasma reading "
            "meets mu up to {fast[1]} hours after a dose. In B, the "
            "blockade expected, in per cent, where none was seen: after "
            "12.5 mg at 72 hours {of[bednarczyk_72]}; at 144 hours "
            "{of[bednarczyk_144]}. Where it was seen in part, 144 hours "
            "after 50 or 100 mg: {of[bednarczyk_high_144]}. Where heroin "
            "was blocked, 72 hours after 150 mg: {of[heroin_72]}.",
            means=means,
            any_hour=any_hour,
            kappa=meets("delaat_kappa", "retained"),
            fast=meets("weerts_mu", "plasma"),
            of=expected,
        ),
        canvas=figure,
        data=pd.concat(
            [shares.assign(series="share"), tests.assign(series="test")]
        ),
    )


def daily_dosing():
    """Occupancy over ten days of daily doses, with its 95% interval."""
    both = courses.daily_dosing()
    times = both[0].times
    days = times / 24
    figure, ax = canvas(height=3.7)
    curves = {"time_h": times}
    for course, look in zip(both, (BLUE, GREEN)):
        name = course.name
        # With its interval, and solved as a sum of exponentials.
        said = fits.predict("retained", course.doses, times)
        low, high = said["low"], said["high"]
        curves |= {name: said["value"].to_numpy()}
        curves |= {
            f"{name} low": low.to_numpy(),
            f"{name} high": high.to_numpy(),
        }
        ax.fill_between(days, low, high, **look.band)
        label = f"{name} every evening"
        ax.plot(days, said["value"], **look.curve, lw=1.8, label=label)
    ax.set(xlim=(0, 10), xlabel="days")
    ax.set_xticks(range(0, 11))
    _blocked_axis(ax)
    name_lines(ax)
    data = pd.DataFrame(curves)
    first, week = data[data["time_h"] < 24], data[data["time_h"] > 192]
    return Figure(
        number="3.6",
        provenance="Fit",
        caption="What the retained reading says about daily use: each dose "
        "meets the remains of the last, so blockade builds up over a week "
        "and never lets go. This is an extrapolation: no scan of people on "
        "a low dose beyond eight hours was found. Bands are 95% intervals.",
        sources="Trostheim2023opioid Lee1988duration",
        alt=say(
            "Saw-tooth curves over ten days. 4.5 mg daily climbs from "
            "between {0[4.5 mg]:.0f} and {1[4.5 mg]:.0f} per cent on the "
            "first day to between {2[4.5 mg]:.0f} and {3[4.5 mg]:.0f} per "
            "cent after a week. 1.5 mg daily climbs from between {0[1.5 "
            "mg]:.0f} and {1[1.5 mg]:.0f} per cent to between {2[1.5 "
            "mg]:.0f} and {3[1.5 mg]:.0f} per cent.",
            first.min(),
            first.max(),
            week.min(),
            week.max(),
        ),
        canvas=figure,
        data=data,
    )


def mouse_clock():
    """Blockade in mice and in people: where “4 to 6 hours” come from."""
    numbers = evidence.kinetics()["value"]
    half_life = numbers["porter_half_life"] / 60
    times = np.linspace(0, 30, 301)
    figure, ax = canvas(height=3.8)
    curves, halves = {"time_h": times}, []
    for amount, look in ((0.1, ORANGE), (0.4, BROWN), (10, PINK)):
        start = amount / numbers["porter_id50"]
        ratio = start * 0.5 ** (times / half_life)
        blocked = 100 * ratio / (1 + ratio)
        curves[f"mouse {amount:g} mg/kg"] = blocked
        half = times[np.argmax(blocked <= 50)]
        halves.append(half)
        label = f"mouse, {amount:g} mg/kg"
        ax.plot(times, blocked, **look.curve, label=label)
        ax.plot([half], [50], **look.marks)
    human = _blocked(single(4.5), times)
    curves["human 4.5 mg, retained"] = human
    label = "human, 4.5 mg (retained)"
    ax.plot(times, human, **BLUE.curve, lw=2.6, label=label)
    ax.axvspan(4, 6, color=GRID, alpha=0.8, lw=0)
    ax.text(5, 3, "“4–6 h”", ha="center", color=MUTED)
    ax.set(
        xlim=(0, 30),
        ylim=(0, 102),
        xlabel="hours after the dose",
        ylabel="antagonised or blocked",
    )
    ax.set_xticks(range(0, 31, 6))
    percent_axis(ax.yaxis)
    key_above(ax)
    data = pd.DataFrame(curves)
    starts, ends = data["human 4.5 mg, retained"].iloc[[0, -1]]
    return Figure(
        number="3.7",
        provenance="Illustration",
        caption=say(
            "The clock of “4 to 6 hours” is a mouse's. From the dose that "
            "halves morphine's effect in mice ({dose:g} µg/kg) and its "
            "half-life ({minutes:g} minutes), a model predicts {0:.0f}, "
            "{1:.0f} and {2:.0f} hours; {first} and {second} reported 4–6 "
            "hours at 0.1 mg/kg, under 10 at 0.4 and all day at 10. So "
            "{fits}. The marks are where half is lost; the thick line is a "
            "person after 4.5 mg, retained reading.",
            *halves,
            fits=holds(
                "it fits the two small doses and falls short of the large "
                "one",
                4 <= halves[0] <= 6,
                6 < halves[1] < 10,
                halves[2] < 20,
            ),
            dose=1000 * numbers["porter_id50"],
            minutes=numbers["porter_half_life"],
            first=cite("Zagon1983modulates"),
            second=cite("Zagon1984duration"),
        ),
        sources="Porter2002vivo Zagon1983modulates Zagon1984duration",
        alt=say(
            "Antagonism in mice falls to a half at {0:.0f} hours after 0.1 "
            "mg/kg, {1:.0f} hours after 0.4 and {2:.0f} hours after 10 "
            "mg/kg. The human curve for 4.5 mg under the retained reading "
            "{lower}, at {starts:.0f} per cent, and is still at {ends:.0f} "
            "per cent at the end, after {last:.0f} hours.",
            *halves,
            lower=holds("starts lower", starts < min(data.iloc[0, 1:4])),
            starts=starts,
            ends=ends,
            last=data["time_h"].iloc[-1],
        ),
        canvas=figure,
        data=data,
    )


def net_signal(sets, routes):
    """The rebound, if any: mean opioid signal over a day against dose.

    sets: DataFrame, index dose (mg), one column a random parameter set
    with one site and feedback both ways.
    routes: DataFrame, index dose (mg), one column a named set of premises.
    """
    doses = sets.index
    figure, (above, below) = canvas(2, 1, height=6.5, wide_height=4)
    low, middle, high = (sets.quantile(q, axis=1) for q in (0, 0.5, 1))
    every = f"all {sets.shape[1]:,} sets"
    grey = GREY.color
    above.fill_between(
        doses, low, high, color=grey, alpha=0.3, lw=0, label=every
    )
    above.plot(doses, middle, color=grey, label="median")
    above.set(ylim=(0, 1.1), title="One site, linear feedback")
    for name, look in zip(routes, LOOKS):
        below.plot(routes.index, routes[name], **look.curve, label=name)
    below.set(ylim=(0.15, 1.65), title="Other premises")
    for ax in (above, below):
        ax.axhline(1, color=TEXT, lw=1)
        ax.set(xscale="log", xlim=(doses.min(), doses.max()))
        ax.set_xlabel("daily dose (mg)")
        ax.set_ylabel("mean signal (no drug = 1)")
        log_ticks(ax.xaxis, [0.1, 0.5, 1.5, 4.5, 15, 50])
    key_above(above, ncols=2)
    key_above(below)
    best = routes.max()
    drawn = sets.stack().rename("signal").reset_index()
    drawn = drawn.set_axis(["dose_mg", "set", "signal"], axis=1)
    named = routes.rename_axis("dose_mg").reset_index()
    named = named.melt("dose_mg", var_name="set", value_name="signal")
    above_one = drawn["signal"].max() > 1.0005
    gain = lambda name: 100 * (best[name] - 1)
    peaks = best.rename_axis("name").reset_index(name="signal")
    return Figure(
        number="3.8",
        provenance="Illustration",
        caption=say(
            "Mean opioid signal over a day in the fourth week of daily "
            "doses; 1 is no drug. A: {never}. B: with other "
            "premises it can: by {two:.0f}% at the one gain a human study "
            "supports, by {three:.0f}% at an assumed gain of 3, if the "
            "drug's half-life where opioids act is four hours. At the 11 "
            "hours of 6β-naltrexol, which acts outside the brain, {long}.",
            never=holds(
                "with one site and linear feedback no parameter set rises "
                "above 1",
                not above_one,
            ),
            two=gain("two sites"),
            three=gain("two sites, gain 3"),
            long=holds(
                "no dose raises it", best["two sites, 11 hours"] < 1.0005
            ),
        ),
        sources="Kosten1986preliminary PainMed2011naltrexol",
        alt=say(
            "Two panels of mean signal against dose. A: a grey band of "
            "random parameter sets that starts at 1 for tiny doses and "
            "{falls}, {never}. B: {peaks}.",
            falls=holds("falls with dose", middle.is_monotonic_decreasing),
            never=holds("never above 1", not above_one),
            peaks=say_each("{name} peaks at {signal:.2f}", peaks, "; "),
        ),
        canvas=figure,
        data=pd.concat([drawn.query("set < 50"), named]),
    )


def one_low_dose(retention):
    """Blockade after 4.5 mg with a half-life of the reader's choice.

    retention: half-life of the drug held in the brain (h).
    Raises ValueError for one outside the range of the model.
    """
    times = np.linspace(0, 72, 289)
    fitted = models.load("receptor_occupancy").values().retention
    figure, ax = canvas(height=3.4)
    curves = {"time_h": times}
    for name, half_life, look in (
        ("fitted", fitted, GREY),
        ("yours", retention, BLUE),
    ):
        blocked = _blocked(single(4.5), times, retention=half_life)
        label = f"{name}: half-life {half_life:g} h"
        dash = {"ls": GREEN.dash} if name == "fitted" else {}
        ax.plot(times, blocked, **look.curve | dash, label=label)
        curves[name] = blocked
    ax.set(xlim=(0, 72), xlabel="hours after 4.5 mg")
    ax.set_xticks(range(0, 73, 12))
    _blocked_axis(ax)
    key_above(ax)
    data = pd.DataFrame(curves)
    after = data.set_index("time_h")
    return Figure(
        number="3.9",
        provenance="Illustration",
        caption=say(
            "One dose of 4.5 mg in the retained reading, with the "
            "half-life in the brain that you set: {own:g} hours. After a "
            "day {left:.0f}% of mu receptors are blocked. No scan of "
            "people on a low dose beyond eight hours was found, so none "
            "says which curve is right.",
            own=retention,
            left=after["yours"][24],
        ),
        sources="Trostheim2023opioid Lee1988duration",
        alt=say(
            "Blockade of mu receptors over three days after 4.5 mg. With a "
            "half-life of {own:g} hours it starts at {yours[0]:.0f} per "
            "cent and is {yours[24]:.0f} per cent after a day; with the "
            "fitted {fitted:g} hours it is {as_fitted[24]:.0f} per cent.",
            own=retention,
            yours=after["yours"],
            fitted=fitted,
            as_fitted=after["fitted"],
        ),
        canvas=figure,
        data=data,
    )
