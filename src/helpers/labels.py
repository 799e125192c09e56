"""Names beside the lines they belong to, where nothing else is drawn.

`ink` says what a panel draws and where; `place` moves a name to a free place along its line. All
places are in pixels of the drawing, x to the right and y up.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.path import Path
from matplotlib.transforms import Bbox

STEP = 2.0  # px between the points that stand for a line
GAPS = (3.0, 9.0, 16.0, 26.0)  # px between a line and its name, the least first
CLEAR = 1.0  # px that words keep from what is drawn
KINDS = ("line", "mark", "words", "band")
ALL = frozenset(KINDS)
FAR = 40.0  # px; another line that far away cannot be taken for the one that is named
BLOCK = 64  # boxes looked at together: what they are compared with stays in the processor's cache


@dataclass(frozen=True)
class Ink:
    """What a panel draws.

    lines: line → points along it, (n, 2); marks: boxes of markers and bars; bands: outlines of
    shaded ranges, as paths; words: boxes of texts.
    """

    lines: dict
    marks: list
    bands: list
    words: list

    def covered(self, kind, low, high):
        """Whether words in each of these boxes would cover something of a kind: shape (n,).

        low, high: their lower left and upper right corners, (n, 2) each.
        """
        low, high = low - CLEAR, high + CLEAR
        if kind == "line":
            return _away(self.points(), low, high) == 0
        if kind == "band":
            boxes = [Bbox(corners) for corners in zip(low, high)]
            return np.array(
                [any(b.intersects_bbox(box, filled=True) for b in self.bands) for box in boxes]
            )
        others = self.marks if kind == "mark" else self.words
        found = np.zeros(len(low), bool)
        for other in others:
            found |= ((low < other.p1) & (other.p0 < high)).all(axis=1)
        return found

    def points(self, but=None):
        """Points along all lines, but one: (n, 2)."""
        found = [points for line, points in self.lines.items() if line is not but]
        return np.concatenate(found) if found else np.empty((0, 2))


def _away(points, low, high):
    """The least distance from each box to any of the points: shape (n,)."""
    least = np.full(len(low), np.inf)
    x, y = points.T
    for start in range(0, len(low) if len(x) else 0, BLOCK):
        some = slice(start, start + BLOCK)
        left, below, right, above = np.column_stack([low[some], high[some]]).T[..., None]
        dx = np.maximum(np.maximum(left - x, x - right), 0)
        dy = np.maximum(np.maximum(below - y, y - above), 0)
        least[some] = np.sqrt((dx * dx + dy * dy).min(axis=1))
    return least


def ink(ax):
    """What is drawn in a panel, without the lines that refer to a value, grids and fields."""
    lines, marks, bands = {}, [], []
    frame = ax.get_window_extent()
    for line in ax.lines:
        # A line of reference is in the units of one axis only.
        if not line.get_visible() or line.get_transform() != ax.transData:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            points = ax.transData.transform(line.get_xydata())
        points = points[np.isfinite(points).all(axis=1)]
        if line.get_marker() not in ("None", "", " ", None):
            half = line.get_markersize() / 2
            marks += [Bbox([p - half, p + half]) for p in points if _near(p, frame)]
        if line.get_linestyle() not in ("None", "", " ") and len(points) > 1:
            lines[line] = _along(points, frame)
    for bars in ax.containers:
        for bar in getattr(bars, "patches", ()):
            marks.append(bar.get_window_extent())
    for collection in ax.collections:
        shapes = collection.get_paths()
        moved = [collection.get_transform().transform_path(shape) for shape in shapes]
        if isinstance(collection, PolyCollection):
            bands += [_clipped(shape, frame) for shape in moved]
        elif len(collection.get_offsets()) <= 1:  # vlines and hlines
            for i, shape in enumerate(moved):
                lines[collection, i] = _along(shape.vertices, frame)
    words = [box(text) for text in ax.texts if text.get_visible() and text.get_text()]
    if ax.get_legend():
        words.append(ax.get_legend().get_window_extent())
    return Ink(lines, marks, bands, words)


def _near(point, frame):
    return frame.padded(5).contains(*point)


def _clipped(shape, frame):
    """An outline within the panel, its points as close as those of a line."""
    vertices = np.clip(shape.vertices, frame.min - 50, frame.max + 50)
    return Path(vertices, closed=False).clip_to_bbox(frame)


def _along(points, frame):
    """Points along a line at most STEP apart, as far as they are inside the panel."""
    points = np.clip(points, frame.min - 1000, frame.max + 1000)
    steps = np.hypot(*np.diff(points, axis=0).T)
    far = np.r_[0, np.cumsum(steps)]
    # A curve of many thousand samples has no more of them than its length has steps.
    at = np.union1d(np.arange(0, far[-1], STEP), far[-1])
    x, y = (np.interp(at, far, values) for values in points.T)
    inside = (x >= frame.x0) & (x <= frame.x1) & (y >= frame.y0 - 1) & (y <= frame.y1 + 1)
    return np.column_stack([x, y])[inside]


def box(text):
    """The box of a text without the empty room above and below its letters."""
    extent = text.get_window_extent()
    lines = text.get_text().count("\n") + 1
    trim = 0.12 * extent.height / lines
    return Bbox([[extent.x0, extent.y0 + trim], [extent.x1, extent.y1 - trim]])


def place(text, line):
    """Move a name beside its line, where it covers nothing and no other line is as near.

    It covers a shaded range only if there is no other place, and something else only if there is
    none at all, as a test of the book's figures finds.
    """
    any(_place(text, line, hiding) for hiding in (ALL, ALL - {"band"}, {"words"}, set()))


def _place(text, line, hiding):
    """Move the name where it covers nothing of `hiding`; says whether there is such a place."""
    ax = text.axes
    text.set_visible(False)  # and not in its own way
    drawn = ink(ax)
    own = drawn.lines.get(line)
    if own is None:  # marks alone
        frame = ax.get_window_extent()
        own = ax.transData.transform(line.get_xydata())
        own = own[[frame.contains(*point) for point in own]]
        own = np.repeat(own, 3, axis=0)
    text.set_visible(True)
    text.set(x=0, y=0, ha="left", va="baseline")
    size = np.array([text.get_window_extent().width, text.get_window_extent().height])
    frame = ax.get_window_extent().padded(-2)
    corners = [corner for point in own[::3] for corner in _corners(point, size)]
    corners = np.array(corners).reshape(-1, 2)
    inside = (corners >= frame.min) & (corners + size <= frame.max)
    corners = corners[inside.all(axis=1)]
    low, high = corners, corners + size
    score = np.minimum(_away(drawn.points(but=line), low, high), FAR)
    score -= 2 * np.minimum(_away(own, low, high), FAR)
    score += 0.02 * (low[:, 0] - frame.x0)  # rather where the line ends
    for kind in hiding - {"band"}:
        score[drawn.covered(kind, low, high)] = -np.inf
    # The dear question last, and only of what could be the best.
    found = None
    for i in np.argsort(-score, kind="stable"):
        if score[i] == -np.inf:
            break
        if "band" not in hiding or not drawn.covered("band", low[i : i + 1], high[i : i + 1]):
            found = corners[i]
            break
    if found is None:
        return False
    text.set_transform(ax.transData)
    text.set(va="bottom")
    text.set_position(ax.transData.inverted().transform(found))
    return True


def _corners(point, size):
    """Lower left corners of boxes above, below and beside a point."""
    w, h = size
    for gap in GAPS:
        for aside in (0.5, 0.0, 1.0, 0.25, 0.75):
            yield point + (-aside * w, gap)
            yield point + (-aside * w, -gap - h)
        for below in (-h / 2, gap, -gap - h):
            yield point + (gap, below)
            yield point + (-gap - w, below)
