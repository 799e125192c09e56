"""What stands in for a control until its script lives: for readers without scripts, and for print.

It has the parts of the control in the same order and size (control.js draws those), so that nothing
moves on the page when the control takes its place: the pictures, words and numbers of the starting
settings, and room for what only a script could move.
"""

from html import escape
from textwrap import fill

import numpy as np
from matplotlib.ticker import NullFormatter

from helpers.explorer import arrows, dots
from helpers.explorer.evaluation import (
    control_text,
    drawn_line,
    evaluate,
    measure_text,
    quantity,
    replayed,
    table_series,
)
from helpers.explorer.spec_checks import check_values
from helpers.style import DASHES, MARKERS, MUTED, NARROW, PALETTE, canvas, key_above, svg

HEIGHT = 3.27  # inches: the shape of a chart on a phone, see explorer.css
UNSEEN = "ldn-unseen"  # keeps its room, is not shown
# Where a script runs and fails, control.js puts its own words here.
DEAD = (
    "If no sliders appear here, the script of this page did not run in your browser: "
    "the picture shows the starting settings. Load the page again, or try a newer browser."
)


def stand_in(spec):
    """The control of `spec` at its default values, as HTML that nothing can move."""
    shown = evaluate(spec)
    values = check_values(spec, spec["still"])
    still = evaluate(spec, values) if spec["still"] else shown
    panels = [_panel(spec, still, values, i) for i in range(len(spec["panels"]))]
    is_curve = any(panel.get("kind", "chart") == "chart" for panel in spec["panels"])
    kept = "this curve" if is_curve else "these words"
    rest = [c for c in spec["controls"] if c["name"] not in spec["main"]]
    main = [c for name in spec["main"] for c in spec["controls"] if c["name"] == name]
    presets = _row("ldn-presets", (preset["label"] for preset in spec["presets"]))
    more = f'<div class="ldn-more {UNSEEN}"><p>More settings</p>{_inputs(rest)}</div>'
    return (
        f'<div class="ldn-fallback{" ldn-veiled" if spec["still"] else ""}">'
        '<div class="ldn"><div class="ldn-body">'
        f'<div class="ldn-head"><p class="ldn-title">{escape(spec["title"])}</p>'
        f'<span class="ldn-badge" data-badge="{spec["badge"]}">{spec["badge"]}</span></div>'
        + (f'<p class="ldn-hint {UNSEEN}">{escape(spec["hint"])}</p>' if spec["hint"] else "")
        + f'<div class="ldn-front">{panels[0]}'
        f"{_words(shown, still)}"
        f"{_again(spec)}{_inputs(main)}{presets if spec['presets'] else ''}"
        f"{more if rest else ''}</div>{_notes(spec, still)}"
        + "".join(panels[1:])
        + _table(spec, still)
        + _row("ldn-foot", ("Reset", f"Keep {kept}", "Share or save", "Code"))
        + "</div></div></div>"
    )


def _words(shown, still):
    """The words, which may be others where what stands in shows more than the control at first."""
    first = f'<p class="ldn-status">{escape(shown["status"])}</p>'
    if still is shown:
        return f'{first}<p class="ldn-dead">{DEAD}</p>'
    more = f'<p class="ldn-status ldn-still">{escape(still["status"])}</p>'
    dead = DEAD.replace("the starting settings", "what is known")
    return (
        first.replace("ldn-status", f"ldn-status {UNSEEN}")
        + more
        + f'<p class="ldn-dead">{dead}</p>'
    )


def _again(spec):
    return _row("ldn-presets", [spec["again"]["label"]]) if spec["again"] else ""


def _row(kind, labels):
    buttons = "".join(f'<span class="ldn-button">{escape(label)}</span>' for label in labels)
    return f'<div class="{kind} {UNSEEN}">{buttons}</div>'


def _inputs(controls):
    return f'<div class="ldn-controls {UNSEEN}">{"".join(map(_input, controls))}</div>'


def _input(control):
    value = escape(control_text(control, control["value"]))
    kind = control.get("look", control["kind"])
    room = max(len(o["text"]) for o in control["options"]) if kind == "switch" else 0
    wide = f' style="min-width:{room}ch"' if room else ""
    number = f'<span class="ldn-value"{wide}>{value}</span>' if kind != "choice" else ""
    switch = " ldn-switch" if kind == "switch" else ""
    label = f'<span class="ldn-label">{escape(control["label"])}</span>'
    return (
        f'<div class="ldn-control{switch}">{label}{number}'
        f'<span class="ldn-input ldn-{kind}"></span></div>'
    )


def _table(spec, shown):
    readout = spec["readout"]
    if not readout:
        return ""
    cells = lambda names: "".join(
        f"<td>{escape(measure_text(spec, name, shown['measures'][name]))}</td>" for name in names
    )
    header = "".join(f'<th scope="col">{escape(column)}</th>' for column in readout["columns"])
    rows = "".join(
        f'<tr><th scope="row">{escape(row["label"])}</th>{cells(row["measures"])}</tr>'
        for row in readout["rows"]
    )
    kept_back = " ldn-still" if "when" in readout else ""
    return (
        f'<div class="ldn-scroll{kept_back}"><table class="ldn-table">'
        f"<caption>{escape(readout['caption'])}</caption>"
        f"<thead><tr><td></td>{header}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _notes(spec, shown):
    notes = spec.get("notes")
    if not notes:
        return ""
    lines = "".join(f"<li>{escape(text)}</li>" for text in shown["notes"])
    return (
        f'<div class="ldn-notes"><p class="ldn-panel-title">{escape(notes["caption"])}</p>'
        f"<ul>{lines}</ul></div>"
    )


def _panel(spec, shown, values, i):
    panel = spec["panels"][i]
    alt = f"{spec['title']}: {panel['title']}." + (f" {shown['status']}" if i == 0 else "")
    styled = [mark for mark in panel["marks"] if mark["kind"] not in ("rule", "fog")]
    lines = {(mark["label"], mark["style"]) for mark in styled if mark["kind"] == "line"}
    looks = {
        (mark["kind"], mark["label"], mark["style"]): mark["label"]
        for mark in styled
        if mark["kind"] != "band" or (mark["label"], mark["style"]) not in lines
    }
    moving = {mark["kind"] for mark in styled} & {"line", "band", "bars", "pile"}
    ghost = ["kept" if panel.get("draw") else "starting settings"] if moving else []
    for mark in styled:
        if mark["kind"] == "pile":
            found = replayed(spec, mark["replay"], values)
            ghost = [f"{ghost[0]}: {(found > 0).sum()} of {len(found)}"]
    second = ["expected by chance"] if "pile" in moving else []
    kind = panel.get("kind", "chart")
    draw, tall = DRAWN[kind], " ldn-tall" if kind == "arrows" else ""
    signs = panel.get("keys", [])
    worded = signs and kind != "dots"  # words that explain the picture without scripts, too
    unseen = f'<span class="ldn-key {UNSEEN}"><span class="ldn-swatch"></span>'
    start = '<span class="ldn-key">' if worded else unseen
    names = signs or [*looks.values(), *second]
    keys = "".join(f"{start}{escape(name)}</span>" for name in names)
    keys += "".join(f"{unseen}{name}</span>" for name in ghost)
    return (
        f'<figure class="ldn-panel"><figcaption class="ldn-panel-title">{escape(panel["title"])}'
        f'</figcaption><div class="ldn-legend">{keys}</div>'
        f'<div class="ldn-chart{tall}">{draw(spec, shown, values, i, alt)}</div></figure>'
    )


def picture(spec, shown, values, i, alt):
    """Panel number i of `spec` at its default values, as inline SVG with a description."""
    figure, ax = canvas(height=HEIGHT)
    panel = spec["panels"][i]
    zero, per = panel["x"].get("zero", 0), panel["x"].get("per", 1)
    place = lambda x: (np.asarray(x) - zero) / per
    groups = sum(mark["kind"] == "bars" for mark in panel["marks"])
    named = groups or any(mark["kind"] == "pile" for mark in panel["marks"])
    group = 0
    for j, mark in enumerate(panel["marks"]):
        waits = mark.get("when") and not values[mark["when"]]
        if waits or (
            "drawn" in mark and np.isnan(drawn_line(spec, mark["drawn"], values)[1]).all()
        ):
            continue
        look = {"color": PALETTE[mark["style"]], "label": mark["label"]} if "style" in mark else {}
        match mark["kind"]:
            case "line":
                x, y = _curve(spec, shown, values, mark, f"{i}.{j}")
                own = {"ls": "-", "lw": 3.5} if "drawn" in mark else {"ls": DASHES[mark["style"]]}
                ax.plot(place(x), y, **own, **look)
            case "band":
                x, *ends = _band(spec, shown, values, mark)
                ax.fill_between(place(x), *ends, alpha=0.2, lw=0, **look)
            case "points":
                x = place(mark["x"])
                ax.plot(x, mark["y"], ls="", marker=MARKERS[mark["style"]], **look)
                if mark["reach"]:
                    ax.hlines(mark["y"], *mark["reach"], color=look["color"], lw=1.2)
                if mark["low"]:
                    ax.vlines(x, mark["low"], mark["high"], color=look["color"], lw=1.2)
            case "bars":
                heights = (
                    [shown["measures"][m] for m in mark["measures"]]
                    if "measures" in mark
                    else table_series(spec, mark["series"], values)[1]
                )
                ax.bar(
                    np.arange(len(heights)) + (group - (groups - 1) / 2) * 0.8 / groups,
                    heights,
                    0.8 / groups,
                    **look,
                )
                room = max(8, 36 // len(heights))  # letters; a phone shows about 36
                names = [fill(name, room) for name in mark["names"]]
                if group == 0:  # those that stand beside them have the first of these names
                    ax.set_xticks(np.arange(len(heights)), names)
                group += 1
            case "fog":
                ax.axvspan(mark["from"], mark["to"], color=MUTED, alpha=0.25, lw=0)
                middle = (mark["from"] + mark["to"]) / 2
                ax.text(middle, 0.97, mark["label"], transform=ax.get_xaxis_transform(),
                        ha="center", va="top")  # fmt: skip
            case "pile":
                _pile(ax, spec, shown, values, mark, look)
            case "rule":
                at = values[mark["at"]] if isinstance(mark["at"], str) else mark["at"]
                at = place(at) if mark["axis"] == "x" else at
                (ax.axvline if mark["axis"] == "x" else ax.axhline)(at, color=MUTED, lw=1, ls=":")
    if not named:
        ax.set(xscale=panel["x"]["scale"], xlim=(panel["x"]["low"], panel["x"]["high"]))
    ax.set(
        xlabel=panel["x"]["label"],
        ylabel=panel["y"]["label"],
        yscale=panel["y"]["scale"],
    )
    ax.set_ylim(panel["y"]["low"], panel["y"]["high"])
    ax.yaxis.set_major_formatter(
        (lambda y, _: f"{100 * y:g}%") if panel["percent"] else (lambda y, _: f"{y:g}")
    )
    if not named:
        unit = panel["x"].get("unit", "")
        ax.xaxis.set_major_formatter(lambda x, _: quantity(x, 4, unit))
    for axis in (ax.xaxis, ax.yaxis):  # less than a decade would name each step
        axis.set_minor_formatter(NullFormatter())
    key_above(ax)
    figure.arrange(NARROW)
    return svg(figure, f"{spec['id']}-{i}", alt)


def _pile(ax, spec, shown, values, mark, look):
    """One dot a study, in two piles, as in marks.js."""
    worked = replayed(spec, mark["replay"], values) > 0
    goes_in = [n for n in range(1, len(worked) + 1) if len(worked) % n == 0]
    unit = min(goes_in, key=lambda n: abs(n - (len(worked) / 3) ** 0.5))  # dots side by side
    for bin, found in enumerate((worked, ~worked)):
        place = np.arange(found.sum())
        x = bin + 0.8 * ((place % unit) - (unit - 1) / 2) / unit
        face = look["color"] if bin == 0 else "none"
        label = look["label"] if bin == 0 else None
        ax.plot(x, (place // unit + 0.5) * unit, "o", color=look["color"], mfc=face, label=label)
        ax.annotate(str(len(place)), (bin, 1), xycoords=("data", "axes fraction"), ha="center")
    expected = shown["measures"][mark["chance"]] * len(worked)
    ax.hlines(expected, -0.4, 0.4, color=MUTED, label="expected by chance")
    ax.set_xticks([0, 1], mark["names"])
    ax.set_xlim(-0.6, 1.6)


def _curve(spec, shown, values, mark, name):
    if "run" in mark:
        run = shown["runs"][mark["run"]]
        y = run[mark["output"]]
        if "relative_to" in mark:
            y = y / np.interp(mark["relative_to"], run["t"], y)
        return run[mark.get("against", "t")], y
    if "sweep" in mark:
        curve = shown["sweeps"][mark["sweep"]][name]
        return curve["x"], curve["y"]
    if "series" in mark:
        return table_series(spec, mark["series"], values)
    if "drawn" in mark:
        return drawn_line(spec, mark["drawn"], values)
    return mark["x"], mark["y"]


# What draws a panel, by its kind.
DRAWN = {"chart": picture, "dots": dots.picture, "arrows": arrows.picture}


def _band(spec, shown, values, mark):
    if "runs" in mark:
        curves = [shown["runs"][name][mark["output"]] for name in mark["runs"]]
        return shown["runs"][mark["runs"][0]]["t"], np.min(curves, axis=0), np.max(curves, axis=0)
    if "low_series" in mark:
        x, low = table_series(spec, mark["low_series"], values)
        return x, low, table_series(spec, mark["high_series"], values)[1]
    return mark["x"], mark["low"], mark["high"]
