"""What is said under every figure and control follows from what it shows; and the words of a
figure know their numbers. `spoken_numbers.py` proves that this test notices."""

import re
from urllib.parse import unquote

import pandas as pd
import pytest
from controls import builders
from spoken_numbers import (
    NUMBER,
    changed,
    drawn,
    loose_words,
    stand_ins,
    wrong_in,
    wrong_numbers,
)

from helpers import evidence, style
from helpers.figures import Figure, Untrue, download, holds, say, say_each

FIGURES = {
    name: make
    for name, make in drawn().items()
    # The map's numbers are the ids of claims; the table is none of a figure.
    if name not in ("intro.mechanism_map", "ra_treatment.benefits_and_harms")
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_number_said_is_shown(name):
    """In the description and in the caption, at the precision said; words that compare are held."""
    figure = FIGURES[name]()
    assert isinstance(figure, Figure)
    assert wrong_numbers(figure) == [], f"{name}: said, but not shown"
    loose = [*loose_words(figure.alt), *loose_words(figure.caption)]
    assert loose == [], f"{name}: tie these words to the numbers by `holds`"


@pytest.mark.parametrize("name", builders())
def test_each_number_that_stands_in_for_a_control_is_shown(name):
    for text, numbers, written, values in stand_ins(builders()[name]().spec):
        assert wrong_in(text, written, values, numbers) == [], text


def test_words_know_their_numbers():
    rows = pd.DataFrame({"name": ["a", "b"], "value": [1234.5, 0.25]})
    each = say_each("{name} {value:g}", rows)
    text = say("{n:,.0f} in {}: {each}; {so}", "C27", n=41.6, each=each, so=holds("twice", 2 > 1))
    assert text == "42 in C27: a 1234.5, b 0.25; twice"
    assert [(text[i:j], value) for i, j, value in text.numbers] == [
        ("42", 41.6), ("1234.5", 1234.5), ("0.25", 0.25),
    ]  # fmt: skip
    assert [text[i:j] for i, j in text.held] == ["twice"]
    with pytest.raises(Untrue, match="'twice'"):
        holds("twice", True, False)
    with pytest.raises(KeyError, match="n"):
        say("{n}")
    with pytest.raises(ValueError, match="'n' of '{n} people' is nan"):
        say("{n} people", n=float("nan"))


def test_numbers_are_found_as_they_are_written():
    assert NUMBER.findall("IL-6 2,516.5 of 25,885, 17A, R0 = 1, ACR20, −0.34") == [
        "6", "2,516.5", "25,885", "1", "0.34",
    ]  # fmt: skip
    text = say("{a:.0f} of 95, in 95% intervals; {b:,.0f}", a=41.6, b=7000)
    assert wrong_in(text, set(), [41.6, 7000]) == ["95"]
    assert wrong_in(text, {"95"}, [41.6]) == ["7,000"]
    assert wrong_in(text.replace("42", "41"), {"95"}, [41.6, 7000], text.numbers) == ["41"]
    assert [what for what, _ in changed("9 of 0.30")] == [
        "9 → 8", "0.30 → 0.31", "0.30 → 0.29",
    ]  # fmt: skip


def test_downloads_carry_numbers_as_published():
    rows = evidence.diseases().loc[["sardinia_thyroid"], ["n", "value"]]
    rows = rows.assign(low=2516.5, computed=1 / 3, none=float("nan"), name="TGF-β, 4 µM")
    link = download("a", rows)
    [data] = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', link)
    assert data.startswith("%EF%BB%BF"), "without the mark, a spreadsheet shows Î² for β"
    assert unquote(data).lstrip("\ufeff").splitlines()[1] == (
        '25885,2619,2516.5,0.333333,,"TGF-β, 4 µM"'
    )


# ---------------------------------------------------------------- one language of pictures

COMPARISONS = (
    "microglial_cells.arthritis_forest",
    "microglial_cells.sclerosis_forest",
    "microglial_cells.pain_forest",
    "ra_treatment.arthritis_evidence",
    "final_thoughts.reviews",
    "final_thoughts.forest",
    "final_thoughts.left_out",
    "final_thoughts.funnel",
)


@pytest.mark.parametrize("name", COMPARISONS)
def test_better_on_ldn_is_left(name):
    labels = [ax.get_xlabel() for ax in FIGURES[name]().canvas.axes]
    said = [label for label in labels if "LDN" in label]
    assert said and all(re.fullmatch(r"← LDN better · .+ · worse →", label) for label in said)


def test_one_trial_is_never_mirrored():
    """Figures 5.5 and 6.5 draw the same outcomes, where they are drawn by their value."""
    both = [
        FIGURES[name]().data.dropna(subset="p").query("unit.str.startswith('SD')")
        for name in ("microglial_cells.arthritis_forest", "ra_treatment.arthritis_evidence")
    ]
    one, other = (rows.sort_values("p")[["value", "low", "high"]].to_numpy() for rows in both)
    assert one.shape == other.shape and abs(one - other).max() < 1e-12
    trials = evidence.trials()
    pain = FIGURES["microglial_cells.pain_forest"]().data
    for id, row in pain.iterrows():
        sign = 1 if trials.loc[id, "better"] == "lower" else -1
        assert row["value"] == sign * trials.loc[id, "value"], id


@pytest.mark.parametrize(
    "name", ["cytokine_production.bowel", "microglial_cells.harms", "ra_treatment.side_effects"]
)
def test_ldn_and_placebo_look_the_same_everywhere(name):
    looks = {
        line.get_label(): (line.get_color(), line.get_marker())
        for ax in FIGURES[name]().canvas.axes
        for line in ax.lines
    }
    assert looks["LDN"] == (style.LDN.color, style.LDN.marker)
    assert looks["placebo"] == (style.PLACEBO.color, style.PLACEBO.marker)
