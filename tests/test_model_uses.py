"""The model pages list the figures that rest on their model."""

import ast
import json
import re

import book_models
import model_uses
from conftest import ROOT  # which makes book/ext importable

from helpers import models
from helpers.analysis import courses

FIGURES = model_uses.figures(ROOT / "notebooks")


def test_it_finds_what_simulates_and_what_was_fitted():
    """All that draw courses, and those of chapter 3 that use the model through a fit."""
    for number, courses_of in courses.FIGURES.items():
        assert number in FIGURES[courses_of()[0].model], number
    assert {"3.2", "3.3", "3.5", "3.7", "3.8"} <= set(FIGURES["receptor_occupancy"])


def test_it_follows_cells_but_no_name_that_is_only_alike():
    """Chapters 2 and 7 have each a figure drawn by a function `virtual_patients`."""
    assert "7.8" in FIGURES["virtual_patient"] and "2.6" not in FIGURES["virtual_patient"]
    assert "2.6" in FIGURES["synovial_cytokines"]  # computed in the cell before
    data = {number for numbers in FIGURES.values() for number in numbers} & {"1.1", "4.6", "6.1"}
    assert not data, "a figure of published numbers needs no model"


def test_earlier_cells_count_where_they_set_what_is_used():
    trees = [ast.parse(line) for line in ("a = f()", "b = 1", "c = a", "draw(c)")]
    assert [ast.unparse(tree) for tree in model_uses.with_earlier(trees, 3)] == [
        "a = f()",
        "c = a",
        "draw(c)",
    ]


def test_each_page_names_them():
    for name in models.names():
        text = book_models.page(models.load(name))
        assert re.findall(r">Figure (\d\.\d+)</a>", text) == FIGURES[name]
        assert ("## Figures that rest on it" in text) == bool(FIGURES[name])


def test_a_broken_cell_is_left_to_its_run(tmp_path):
    """Which names the notebook; here nothing could."""
    cells = ["from helpers import no_such_module, models", "from helpers.nowhere import x", "1 +"]
    cells = [{"cell_type": "code", "source": [cell]} for cell in cells]
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    trees = list(model_uses.cells(path))
    assert len(trees) == 2
    assert model_uses.imported(trees) == {"models": models}
