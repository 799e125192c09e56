"""No word of a figure covers what is drawn, touches another or is cut off, in both drawings; and
names find their place beside their lines."""

import numpy as np
import pytest
from drawn_boxes import faults
from matplotlib.transforms import Bbox
from spoken_numbers import drawn

from helpers import labels, style
from helpers.figures import Figure

OTHERS = ("intro.mechanism_map", "ra_treatment.benefits_and_harms")  # a map, a table


@pytest.mark.parametrize("name", [name for name in drawn() if name not in OTHERS])
def test_words_cover_nothing(name):
    figure = drawn()[name]()
    assert isinstance(figure, Figure)
    found = [
        f"{width}: {fault}" for width in figure.canvas.drawings() for fault in faults(figure.canvas)
    ]
    assert found == []


def two_lines():
    figure, ax = style.canvas()
    for height, label in ((1, "low"), (9, "high")):
        ax.plot([0, 10], [height, height], label=label)
    ax.set(xlim=(0, 10), ylim=(0, 10))
    return figure, ax


def test_names_stand_beside_their_lines():
    figure, ax = two_lines()
    style.name_lines(ax)
    for _ in figure.drawings():
        assert faults(figure) == []
        for text, line in figure.names:
            middle = labels.box(text).get_points().mean(axis=0)
            _, y = ax.transData.inverted().transform(middle)
            assert abs(y - line.get_ydata()[0]) < 2


@pytest.mark.parametrize(
    "spoil, fault",
    [
        (lambda ax: ax.text(5, 1, "x", va="center"), "'x' covers a line"),
        (lambda ax: (ax.text(5, 5, "one"), ax.text(5, 5, "two")), "'two' touches 'one'"),
        (lambda ax: ax.text(9.9, 5, "a long word"), "'a long word' is cut off"),
        (lambda ax: ax.text(5, 5, "x", fontsize=9), "'x' is small"),
        (lambda ax: ax.set_ylabel("x" * 60), f"{'x' * 60!r} is longer than its axis"),
        (lambda ax: (ax.plot([5], [5], "o"), ax.text(5, 5, "x")), "'x' covers a mark"),
        (lambda ax: (ax.bar([5], [6]), ax.text(5, 5, "x")), "'x' covers a mark"),
        (lambda ax: (ax.fill_between([2, 8], 3, 7), ax.text(5, 5, "x")), "'x' covers a band"),
    ],
)
def test_faults_are_found(spoil, fault):
    figure, ax = two_lines()
    figure.arrange(style.NARROW)
    assert faults(figure) == []
    spoil(ax)
    assert fault in faults(figure)


def test_points_stand_for_a_line_closely():
    frame = Bbox([[0, 0], [100, 100]])
    points = labels._along(np.array([[0.0, 0.0], [300.0, 0.0]]), frame)
    assert points[:, 0].max() <= 100 and np.diff(points[:, 0]).max() <= labels.STEP


def test_panels_change_place():
    figure, (a, b) = style.canvas(2, 1, height=4, wide_height=2)
    places = {width: (a.get_position(), b.get_position()) for width in figure.drawings()}
    above, below = places[style.NARROW]
    left, right = places[style.WIDE]
    assert above.y0 > below.y1 and left.x1 < right.x0
    assert [ax.get_title(loc="left").strip() for ax in (a, b)] == ["A", "B"]
    with pytest.raises(ValueError, match="wide must place each of 'ab'"):
        style.canvas(2, 1, wide="aa")
