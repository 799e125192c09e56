"""Every figure and control of the built chapters, whatever chapter it is in.

Badge, number, alt text, sources and data, and that the code shown fits its box.
"""

import csv
import re

import pytest
from conftest import HTML, parsed
from test_pages import CHAPTERS

from helpers import badges, style

WIDEST = 76  # characters of a line of code; what a box holds at 1280 px, see test_code_links


def test_there_are_chapters():
    assert CHAPTERS


@pytest.mark.parametrize("page", CHAPTERS)
def test_figures_are_numbered_in_order(page):
    chapter = int(re.search(r"/(\d+)_", page)[1])
    numbers = [figure["id"] for figure in parsed(page).select("figure.ldn-figure")]
    assert numbers == [f"figure-{chapter}-{i + 1}" for i in range(len(numbers))]
    assert len(numbers) >= 4, "a chapter has 6 to 10 figures and controls"


@pytest.mark.parametrize("page", CHAPTERS)
def test_figures_are_complete(page):
    for figure in parsed(page).select("figure.ldn-figure"):
        where = f"{page}#{figure['id']}"
        picture, caption = figure.select_one(".ldn-drawn"), figure.find("figcaption")
        assert picture["role"] == "img" and len(picture["aria-label"]) > 80, where
        assert len(picture.find_all("svg")) == 2, f"{where} has a narrow and a wide drawing"
        provenance = caption.select_one(".ldn-badge").get_text().split()[-1]
        assert provenance in badges.PROVENANCE, where
        sources = [a for a in caption.find_all("a", href=True) if a["href"].startswith("http")]
        assert sources or provenance == "Illustration", f"{where} is {provenance} without a source"
        for colour in style.PALETTE:
            bare = re.search(rf"(?<![,(]){colour}", str(picture))
            assert not bare, f"{where}: {colour} does not follow the page's light or dark mode"
        link = caption.find("a", download=True)
        with ((HTML / page).parent / link["href"]).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > 2 and len({len(row) for row in rows}) == 1, (
            f"{where}: its data are no table"
        )


@pytest.mark.parametrize("page", CHAPTERS)
def test_code_is_short_enough_to_read(page):
    """Cells, the functions of figures and controls, and what cells print: short lines."""
    lines = [
        line
        for code in parsed(page).select("article .cell pre")
        for line in code.get_text().splitlines()
    ]
    assert len(lines) > 500
    assert [line for line in lines if len(line) > WIDEST] == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_chapters_have_their_parts(page):
    headings = [h.get_text().rstrip("#").strip() for h in parsed(page).select("article h2")]
    for part in (
        "What the article says",
        "What this leaves out",
        "Try it yourself",
        "Self-check",
        "Key points",
    ):
        assert part in headings, f"{page} has no section {part!r}; it has {headings}"
    assert "In one minute" in parsed(page).select_one(".admonition-title").get_text()
    assert len(parsed(page).select("ldn-explorer")) >= 1
    assert len(parsed(page).select(".exercise")) == 3 and len(parsed(page).select(".solution")) == 3
    assert len(parsed(page).select(".ldn-check > li")) == 5
    points = (
        [h for h in parsed(page).select("article h2") if h.get_text().startswith("Key points")][0]
        .find_next("ul")
        .find_all("li", recursive=False)
    )
    assert 3 <= len(points) <= 5
