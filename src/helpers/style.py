"""One look for all figures, and matplotlib pictures that follow the page's light or dark mode.

A figure is drawn with the colours below; in the SVG they become CSS variables (defined in
explorer.css), so that the page, JupyterLab and the live controls share one palette.
"""

import io
import re
from dataclasses import dataclass, replace

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import NullLocator

from helpers import checks
from helpers.badges import VERDICTS

# Safe for colour-blind readers; always paired with a dash or a marker.
PALETTE = ["#0b5cb8", "#db6404", "#04966a", "#bf6bae", "#614700", "#3b4048"]
DASHES = ["-", (0, (6, 2.5)), (0, (1.5, 2)), (0, (8, 2.5, 1.5, 2.5)), (0, (3, 2)), (0, (10, 3))]
MARKERS = ["o", "s", "^", "D", "v", "P"]


@dataclass(frozen=True)
class Look:
    """A colour with the dash and the marker that go with it."""

    color: str
    dash: str | tuple
    marker: str

    @property
    def curve(self):
        """Options of `Axes.plot` for a curve."""
        return {"color": self.color, "ls": self.dash}

    @property
    def marks(self):
        """Options of `Axes.plot` for marks without a curve."""
        return {"color": self.color, "ls": "", "marker": self.marker}

    @property
    def band(self):
        """Options of `Axes.fill_between` for a shaded range without an edge."""
        return {"color": self.color, "alpha": 0.2, "lw": 0}


# A control names the same looks by their place, 0 to 5.
LOOKS = tuple(Look(*parts) for parts in zip(PALETTE, DASHES, MARKERS))
BLUE, ORANGE, GREEN, PINK, BROWN, GREY = LOOKS
# What is always drawn alike: people on LDN and on placebo, the result of a trial, of several.
LDN, PLACEBO = replace(BLUE, marker="s"), replace(ORANGE, marker="o")
TRIAL, POOLED = replace(BLUE, marker="s"), replace(GREEN, marker="D")
# The place of the look that a reading of the scans has, wherever it is drawn.
READING_LOOK = {"plasma": 1, "retained": 0, "fading": 3}
TEXT, MUTED, GRID, BACKGROUND = "#1f2328", "#57606a", "#d8dee4", "#fefefe"

VARIABLES = (
    {colour: f"var(--ldn-c{i},{colour})" for i, colour in enumerate(PALETTE)}
    | {
        # The second choice is JupyterLab's own, for a notebook without a control and its style.
        TEXT: f"var(--ldn-fg,var(--jp-ui-font-color1,{TEXT}))",
        MUTED: f"var(--ldn-muted,var(--jp-ui-font-color2,{MUTED}))",
        GRID: f"var(--ldn-grid,var(--jp-border-color2,{GRID}))",
        BACKGROUND: f"var(--ldn-bg,var(--jp-layout-color0,{BACKGROUND}))",
    }
    | {badge.colour: f"var(--ldn-{badge.style},{badge.colour})" for badge in VERDICTS.values()}
)

RC = {
    "font.family": "sans-serif",
    "font.size": 12,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.edgecolor": MUTED,
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "lines.linewidth": 2.2,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "svg.fonttype": "none",
}
mpl.rcParams.update(RC)  # matplotlib reads many of these only while drawing


def canvas(rows=1, columns=1, width=5.4, height=3.4, **options):
    """An empty figure in the book's style: (figure, axes as `Figure.subplots` gives them).

    rows, columns: 1 to 20. width, height: inches, 0.5 to 50.
    Raises ValueError for other numbers.
    """
    rows, columns = checks.whole("rows", rows, 1, 20), checks.whole("columns", columns, 1, 20)
    width, height = (
        checks.number(name, value, 0.5, 50, "inches")
        for name, value in (("width", width), ("height", height))
    )
    figure = Canvas(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def percent_axis(axis):
    """Label the ticks of an axis, such as `ax.yaxis`, whose numbers already are in per cent."""
    axis.set_major_formatter(lambda value, position: f"{value:.0f}%")


def log_ticks(axis, values, labels=None):
    """Ticks of a logarithmic axis, such as `ax.xaxis`, at `values` only.

    labels: one for each value; without them the numbers themselves, 1,000 rather than 10³.
    Raises ValueError if there are not as many labels as values.
    """
    axis.set_ticks(values, [f"{value:,g}" for value in values] if labels is None else labels)
    axis.set_minor_locator(NullLocator())


def better_left(ax, unit, fontsize=11):
    """Say on the x axis, in `unit`, that left of zero is better on LDN, as in every such figure."""
    ax.set_xlabel(f"← LDN better · {unit} · worse →", fontsize=fontsize)


def interval_rows(
    ax, rows, looks=BLUE, *, places=None, labels=None, fontsize=10, ms=8, lw=None, caps=0,
    dashed=False
):  # fmt: skip
    """Draw values with intervals, one a row: a whisker from `low` to `high`, a mark at `value`.

    rows: table with columns value, low and high, in the unit of the x axis; the first is on top.
    looks: a `Look` for all rows, or one for each; `dashed` whiskers have its dash, too.
    places: where the rows stand on the y axis; without them n, n - 1, … 1.
    labels: words of the ticks of the y axis, in size `fontsize`; without them it has no ticks.
    ms, lw, caps: size of the marks, width of the whiskers, half the height of their caps (points).
    Returns the places. Raises KeyError if a column is missing, and ValueError if looks, places or
    labels are not as many as the rows.
    """
    places = np.arange(len(rows), 0, -1) if places is None else places
    looks = [looks] * len(rows) if isinstance(looks, Look) else looks
    ticks = [] if labels is None else places
    labels = [""] * len(rows) if labels is None else labels
    for name, given in (("looks", looks), ("places", places), ("labels", labels)):
        if len(given) != len(rows):
            raise ValueError(f"{name} must be {len(rows)}, one for each row, got {len(given)}")
    caps = {"marker": "|", "ms": 2 * caps} if caps else {}
    numbers = rows[["value", "low", "high"]].itertuples(index=False)
    for (value, low, high), place, look in zip(numbers, places, looks):
        ax.plot(
            [low, high],
            [place, place],
            color=look.color,
            ls=look.dash if dashed else "-",
            lw=lw,
            solid_capstyle="butt",  # a whisker ends where the interval ends
            **caps,
        )
        ax.plot([value], [place], **look.marks, ms=ms)
    ax.set_yticks(ticks, labels[: len(ticks)], fontsize=fontsize)
    ax.grid(axis="y", visible=False)
    return places


def words_above(ax, x, places, labels, *, lift=0.24, fontsize=10):
    """Write a row's words above it, from `x` to the right, where they are too long for a tick.

    Raises ValueError if there are not as many labels as places.
    """
    for place, words in zip(places, labels, strict=True):
        ax.text(x, place + lift, words, fontsize=fontsize, color=TEXT)


def one_legend(owner, **options):
    """A legend that names each label once. owner: an axes, or a figure for all its axes."""
    axes = owner.axes if isinstance(owner, Canvas) else [owner]
    pairs = [pair for ax in axes for pair in zip(*ax.get_legend_handles_labels())]
    shown = {label: handle for handle, label in pairs}
    return owner.legend(shown.values(), shown.keys(), **options)


def svg(figure, name, alt):
    """The figure as inline SVG that follows the page's colours; `name` makes its ids unique."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)
    text = re.sub(
        r"<defs>\s*<style type=\"text/css\">.*?</style>\s*</defs>\s*", "", text, flags=re.S
    )
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.S)
    # matplotlib names its groups the same in every figure; only clip paths and markers need ids.
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    text = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else "", text)
    # A tenth of a point is enough for outlines and a hundredth elsewhere; the words between the
    # tags keep their digits.
    text = re.sub(r' d="([^"]+)"', lambda path: f' d="{_outline(path[1])}"', text)
    text = re.sub(
        r"<[^>]*>", lambda tag: re.sub(r"\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", tag[0]), text
    )
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, variable)
    text = re.sub(r"font-family: [^;\"]+;\s*", "", text)  # the page's own font
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', text)
    text = text.replace(
        size[0], f'style="width:100%;max-width:{float(size[1]) * 4 / 3:.0f}px;height:auto"', 1
    )
    label = alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _outline(path):
    """The data of an SVG path, rounded and without needless space."""
    rounded = re.sub(r"\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), path)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", rounded.strip())
