"""The picture of a control in its default state, for readers without scripts and for print."""

from textwrap import fill

import numpy as np

from helpers.explorer.evaluation import evaluate, table_series
from helpers.explorer.spec_checks import check_values
from helpers.style import DASHES, MARKERS, MUTED, PALETTE, canvas, svg


def picture(spec):
    """The panels of `spec` at its default values, as inline SVG with a description."""
    shown = evaluate(spec)
    values = check_values(spec, {})
    figure, axes = canvas(len(spec["panels"]), 1, height=3.1 * len(spec["panels"]), squeeze=False)
    for i, (panel, ax) in enumerate(zip(spec["panels"], axes[:, 0])):
        groups = sum(mark["kind"] == "bars" for mark in panel["marks"])
        group = 0
        for j, mark in enumerate(panel["marks"]):
            look = (
                {"color": PALETTE[mark["style"]], "label": mark["label"]} if "style" in mark else {}
            )
            match mark["kind"]:
                case "line":
                    ax.plot(
                        *_curve(spec, shown, values, mark, f"{i}.{j}"),
                        ls=DASHES[mark["style"]],
                        **look,
                    )
                case "band":
                    ax.fill_between(*_band(spec, shown, values, mark), alpha=0.2, lw=0, **look)
                case "points":
                    ax.plot(mark["x"], mark["y"], ls="", marker=MARKERS[mark["style"]], **look)
                    if mark["low"]:
                        ax.vlines(mark["x"], mark["low"], mark["high"], color=look["color"], lw=1.2)
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
                    ax.set_xticks(np.arange(len(heights)), mark["names"])
                    group += 1
                case "rule":
                    at = values[mark["at"]] if isinstance(mark["at"], str) else mark["at"]
                    (ax.axvline if mark["axis"] == "x" else ax.axhline)(
                        at, color=MUTED, lw=1, ls=":"
                    )
        if not groups:
            ax.set(xscale=panel["x"]["scale"], xlim=(panel["x"]["low"], panel["x"]["high"]))
        ax.set(
            title=fill(panel["title"], 42),
            xlabel=panel["x"]["label"],
            ylabel=panel["y"]["label"],
            yscale=panel["y"]["scale"],
        )
        ax.set_ylim(panel["y"]["low"], panel["y"]["high"])
        ax.yaxis.set_major_formatter(
            (lambda y, _: f"{100 * y:.0f}%") if panel["percent"] else (lambda y, _: f"{y:g}")
        )
        if not groups:
            ax.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
        ax.legend()
    return svg(figure, spec["id"], f"{spec['title']}. {shown['status']}")


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
    return mark["x"], mark["y"]


def _band(spec, shown, values, mark):
    if "runs" in mark:
        curves = [shown["runs"][name][mark["output"]] for name in mark["runs"]]
        return shown["runs"][mark["runs"][0]]["t"], np.min(curves, axis=0), np.max(curves, axis=0)
    if "low_series" in mark:
        x, low = table_series(spec, mark["low_series"], values)
        return x, low, table_series(spec, mark["high_series"], values)[1]
    return mark["x"], mark["low"], mark["high"]
