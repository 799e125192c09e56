"""One look for all figures, and matplotlib pictures that follow the page's light or dark mode.

A figure is drawn with the colours below; in the SVG they become CSS variables (defined in
explorer.css), so that the page, JupyterLab and the live controls share one palette.
"""

import io
import re
import string
import textwrap
from dataclasses import dataclass, replace
from html import escape

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from helpers import checks, labels
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
    "font.size": 10.5,  # of all words but titles: 10 px is the least that a phone may show
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.edgecolor": MUTED,
    "axes.titlesize": 12,
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
    "lines.linewidth": 2,
    "legend.frameon": False,
    "axes.labelsize": "medium",
    "xaxis.labellocation": "right",  # a long one then has room to the left
    "xtick.labelsize": "medium",
    "ytick.labelsize": "medium",
    "legend.fontsize": "medium",
    "legend.handlelength": 1.8,
    "legend.borderaxespad": 0.2,
    "svg.fonttype": "none",
}
mpl.rcParams.update(RC)  # matplotlib reads many of these only while drawing


# A figure is drawn twice: for a phone of 360 px, in the pixels it has there, and for the column of
# a wide page, where its panels stand side by side and a pixel is a little larger (see book.css).
NARROW, WIDE = 312, 640
POINTS = 72  # in an inch


class Canvas(Figure):
    """A figure whose panels have a place in each of its two drawings.

    heights: of the narrow and of the wide drawing, in inches.
    narrow, wide: the places of its `panels` in each drawing, see `canvas`.
    letters: the names of its panels, if they have any.
    names: (text, line) of each line that carries its name, see `name_lines`.
    """

    def arrange(self, width):
        """Take the size and the places of the drawing that is `width` (NARROW or WIDE) wide."""
        narrow = width == NARROW
        for ax, letter in zip(self.panels, self.letters):
            words = ax.get_title(loc="left").removeprefix(f"{letter} ").lstrip()
            ax.set_title(f"{letter}   {words}")
        self.set_size_inches(width / POINTS, self.heights[0 if narrow else 1])
        for ax, place in zip(self.panels, self.narrow if narrow else self.wide):
            ax.set_subplotspec(place)
        self.set_layout_engine("constrained")
        for _ in range(2):  # the second time with the ticks of the new size
            self.get_layout_engine().execute(self)
        self.set_layout_engine("none")  # what is placed now shall stay
        for text, line in self.names:
            labels.place(text, line)

    def drawings(self):
        """The width of each drawing, the wide one first, with the figure arranged for it."""
        for width in (WIDE, NARROW):
            self.arrange(width)
            yield width


def canvas(rows=1, columns=1, height=3.4, wide=None, wide_height=None, letters=True, **options):
    """An empty figure in the book's style: (figure, axes as `Figure.subplots` gives them).

    rows, columns: of panels in the drawing for a phone, 1 to 20, together at most 26.
    height, wide_height: inches, 0.5 to 50, of the drawing for a phone and of the wide one; without
    the latter both are as high.
    wide: where the panels stand in the wide drawing, a letter for each in their order and a "/"
    between rows: "ab/ac" has the first on the left and two on the right. Without it panels that
    are one above the other stand side by side, and others as they do on a phone.
    letters: whether several panels are called A, B and so on, as captions call them.
    options: of `Figure.subplots`; ratios of heights and widths hold in the wide drawing, too, if it
    has as many rows or columns.
    Raises ValueError for other numbers, and for a place that is missing.
    """
    rows, columns = checks.whole("rows", rows, 1, 20), checks.whole("columns", columns, 1, 20)
    heights = [
        checks.number(name, value, 0.5, 50, "inches")
        for name, value in (
            ("height", height),
            ("wide_height", height if wide_height is None else wide_height),
        )
    ]
    panels = checks.whole("rows times columns", rows * columns, 1, 26)
    places = string.ascii_lowercase[:panels]
    if wide is None:
        parts = [places] if columns == 1 else textwrap.wrap(places, columns)
    else:
        parts = wide.split("/")
    if set("".join(parts)) != set(places) or len({len(part) for part in parts}) > 1:
        raise ValueError(f"wide must place each of {places!r} in a grid, as 'ab/ac', got {wide!r}")
    figure = Canvas(figsize=(NARROW / POINTS, heights[0]), dpi=POINTS)
    axes = figure.subplots(rows, columns, **options)
    figure.panels = np.atleast_1d(axes).ravel()
    figure.heights, figure.names = heights, []
    figure.letters = places.upper() if letters and panels > 1 else ""
    figure.narrow = [ax.get_subplotspec() for ax in figure.panels]
    kept = {"height_ratios": len(parts) == rows, "width_ratios": len(parts[0]) == columns}
    ratios = {name: value for name, value in options.items() if kept.get(name)}
    grid = figure.add_gridspec(len(parts), len(parts[0]), **ratios)
    cells = np.array([list(part) for part in parts])
    figure.wide = []
    for letter in places:
        y, x = np.nonzero(cells == letter)
        figure.wide.append(grid[y.min() : y.max() + 1, x.min() : x.max() + 1])
    return figure, axes


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


def better_left(ax, unit):
    """Say on the x axis, in `unit`, that left of zero is better on LDN, as in every such figure."""
    ax.set_xlabel(f"← LDN better · {unit} · worse →")


def interval_rows(
    ax, rows, looks=BLUE, *, places=None, labels=None, ms=8, lw=None, caps=0,
    dashed=False
):  # fmt: skip
    """Draw values with intervals, one a row: a whisker from `low` to `high`, a mark at `value`.

    rows: table with columns value, low and high, in the unit of the x axis; the first is on top.
    looks: a `Look` for all rows, or one for each; `dashed` whiskers have its dash, too.
    places: where the rows stand on the y axis; without them n, n - 1, … 1.
    labels: words of the ticks of the y axis; without them it has no ticks.
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
    ax.set_yticks(ticks, labels[: len(ticks)])
    ax.grid(axis="y", visible=False)
    return places


def words_above(ax, x, places, labels, *, lift=0.24):
    """Write a row's words above it, from `x` to the right, where they are too long for a tick.

    A line that refers to a value, such as that of no difference, stops where the words are.
    Raises ValueError if there are not as many labels as places.
    """
    ground = {"facecolor": BACKGROUND, "edgecolor": "none", "pad": 0.5}
    for place, words in zip(places, labels, strict=True):
        ax.text(
            x, place + lift, words.rstrip(), color=TEXT, va="bottom", in_layout=False, bbox=ground
        )


def name_lines(ax):
    """Write the label of each line, or of marks alone, beside it instead of in a legend.

    In each drawing the names stand where they cover nothing.
    """
    for line in ax.lines:
        if not line.get_label().startswith("_"):
            text = ax.text(0, 0, line.get_label(), color=TEXT, in_layout=False)
            ax.figure.names.append((text, line))


def key_above(ax, ncols=1, **options):
    """A legend above a panel, where it covers nothing, with each label once."""
    options = {"ncols": ncols, "columnspacing": 1.2} | options
    if len(ax.figure.panels) == 1:
        return one_legend(ax.figure, loc="outside upper left", **options)
    # Above the panel's title, too.
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 1.8}
    return one_legend(ax, **place, **options)


def one_legend(owner, **options):
    """A legend that names each label once. owner: an axes, or a figure for all its axes."""
    axes = owner.axes if isinstance(owner, Canvas) else [owner]
    pairs = [pair for ax in axes for pair in zip(*ax.get_legend_handles_labels())]
    shown = {label: handle for handle, label in pairs}
    return owner.legend(shown.values(), shown.keys(), **options)


def pictures(figure, name, alt):
    """Both drawings of a figure as one picture with one description: HTML.

    The page shows the one that fits its width (book.css); where nothing chooses, the wide one.
    """
    drawn = "".join(
        f'<div class="ldn-narrow" style="display:none">{svg(figure, name)}</div>'
        if width == NARROW
        else f'<div class="ldn-wide">{svg(figure, f"{name}-wide")}</div>'
        for width in figure.drawings()
    )
    return f'<div class="ldn-drawn" role="img" aria-label="{escape(alt)}">{drawn}</div>'


def svg(figure, name, alt=None):
    """The figure as inline SVG that follows the page's colours; `name` makes its ids unique.

    alt: its description, unless what it stands in has one.
    """
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
    # A tenth of a pixel is enough for outlines and a hundredth elsewhere; the words between the
    # tags keep their digits.
    text = re.sub(r' d="([^"]+)"', lambda path: f' d="{_outline(path[1])}"', text)
    text = re.sub(
        r"<[^>]*>", lambda tag: re.sub(r"\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", tag[0]), text
    )
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, variable)
    text = re.sub(r"font-family: [^;\"]+;\s*", "", text)  # the page's own font
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', text)
    # Wider than it was drawn for, its words become larger than those around it.
    most = 1.45 if float(size[1]) < WIDE else 1.25
    text = text.replace(
        size[0], f'style="width:100%;max-width:{most * float(size[1]):.0f}px;height:auto"', 1
    )
    if alt is None:
        return text
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def _outline(path):
    """The data of an SVG path, in tenths of a pixel from point to point: half as long."""
    written, before, here, start = "", "", (0, 0), (0, 0)
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        if command in "Zz":
            here = start
        places = [round(10 * float(number)) for number in numbers.split()]
        steps = []
        for i, place in enumerate(places):
            step = (place - here[i % 2]) / 10
            steps.append(f"{step:g}")
            if command in "ML" and i % 2:
                here = (places[i - 1], place)
        if command not in "MLZz":
            here = tuple(places[-2:])
        if command == "M":
            start = here
        # A command that is repeated need not be written.
        written += " " if command == before == "L" else command.lower()
        written, before = written + " ".join(steps), command
    return re.sub(r" -", "-", re.sub(r"(?<![\d.])0\.", ".", written))
