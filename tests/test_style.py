"""The drawing verbs that the figures share."""

import pandas as pd
import pytest

from helpers import style

ROWS = pd.DataFrame({"value": [2.0, 5.0], "low": [1.0, 3.0], "high": [4.0, 9.0]})


def test_rows_end_where_their_intervals_end():
    """Each row has one whisker from low to high and one mark at the value, the first row on top."""
    _, ax = style.canvas()
    places = style.interval_rows(ax, ROWS, [style.BLUE, style.ORANGE], labels=["a", "b"])
    drawn = [(list(line.get_xdata()), line.get_color()) for line in ax.lines]
    blue, orange = style.BLUE.color, style.ORANGE.color
    assert drawn == [([1, 4], blue), ([2], blue), ([3, 9], orange), ([5], orange)]
    assert all(line.get_solid_capstyle() == "butt" for line in ax.lines[::2])
    assert list(places) == [2, 1]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


@pytest.mark.parametrize("name", ["looks", "places", "labels"])
def test_rows_refuse_what_is_not_one_for_each(name):
    _, ax = style.canvas()
    with pytest.raises(ValueError, match=f"{name} must be 2, one for each row, got 1"):
        style.interval_rows(ax, ROWS, **{name: [style.BLUE if name == "looks" else 1]})


def test_rows_need_an_interval():
    _, ax = style.canvas()
    with pytest.raises(KeyError, match="low"):
        style.interval_rows(ax, ROWS.drop(columns="low"))


def test_logarithmic_ticks_are_numbers_in_plain_words():
    _, ax = style.canvas()
    ax.set(xscale="log", xlim=(0.1, 5000))
    style.log_ticks(ax.xaxis, [0.5, 1000])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.5", "1,000"]
    assert len(ax.xaxis.get_minorticklocs()) == 0
    with pytest.raises(ValueError, match="labels"):
        style.log_ticks(ax.xaxis, [1, 10], ["one"])


def test_one_legend_names_each_label_once():
    figure, axes = style.canvas(2, 1)
    for ax in axes:
        ax.plot([0, 1], [0, 1], **style.BLUE.curve, label="both")
    axes[1].plot([0, 1], [1, 0], **style.PINK.curve, label="one")
    for owner, expected in ((figure, ["both", "one"]), (axes[0], ["both"])):
        legend = style.one_legend(owner)
        assert [text.get_text() for text in legend.get_texts()] == expected
