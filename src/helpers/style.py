"""One look for all figures, and matplotlib pictures that follow the page's light or dark mode.

A figure is drawn with the colours below; in the SVG they become CSS variables (defined in explorer.css),
so that the page, JupyterLab and the live controls share one palette.
"""

import io
import re

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from helpers.badges import VERDICTS

# Safe for colour-blind readers; always paired with a dash or a marker.
PALETTE = ["#0b5cb8", "#db6404", "#04966a", "#bf6bae", "#614700", "#3b4048"]
DASHES = ["-", (0, (6, 2.5)), (0, (1.5, 2)), (0, (8, 2.5, 1.5, 2.5)), (0, (3, 2)), (0, (10, 3))]
MARKERS = ["o", "s", "^", "D", "v", "P"]
# Which of these a reading of the scans has, wherever it is drawn.
READING_LOOK = {"plasma": 1, "retained": 0, "fading": 3}
TEXT, MUTED, GRID, BACKGROUND = "#1f2328", "#57606a", "#d8dee4", "#fefefe"

VARIABLES = (
    {colour: f"var(--ldn-c{i},{colour})" for i, colour in enumerate(PALETTE)}
    | {
        # The second choice is JupyterLab's own, for a notebook without a control to bring the style sheet.
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
    """An empty figure in the book's style: (figure, axes as `Figure.subplots` gives them)."""
    figure = Canvas(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def percent(value, position=None):
    """A tick label for a number that already is in per cent."""
    return f"{value:.0f}%"


def svg(figure, name, alt):
    """The figure as inline SVG that follows the page's colours; `name` keeps its ids unique on a page."""
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
    # matplotlib names its groups the same in every figure; only clip paths and markers need their ids.
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    text = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else "", text)
    # A tenth of a point is enough for outlines and a hundredth elsewhere; the words between the tags keep their digits.
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
