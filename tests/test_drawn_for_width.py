"""Figures and what stands in for controls, as a browser shows them on a phone and on a desk."""

import pytest
from test_pages import PAGES, SLIDES, SOUP

PICTURES = "figure.ldn-figure svg, .ldn-fallback svg"
WITH_PICTURES = [page for page in PAGES if SOUP[page].select(PICTURES)]
LEAST = 10  # px that any text of a picture is high on a phone
USED = 0.95  # of the column's width that a figure takes on a desk

SMALL = """(pictures) => [...document.querySelectorAll(pictures)]
    .filter((svg) => svg.getBoundingClientRect().width)
    .flatMap((svg) => [...svg.querySelectorAll("text")].map((text) => {
        const {a, b} = text.getScreenCTM();
        const shown = [text, ...text.querySelectorAll("tspan")].map(
            (part) => parseFloat(getComputedStyle(part).fontSize) * Math.hypot(a, b));
        const {id} = svg.closest("figure, ldn-explorer");
        return [Math.min(...shown), `${id}: ${text.textContent.trim()}`];
    }))"""
TOUCHING = """(pictures) => [...document.querySelectorAll(pictures)]
    .filter((svg) => svg.getBoundingClientRect().width)
    .flatMap((svg) => {
        const boxes = [...svg.querySelectorAll("text")].map((text) => {
            const {left, right, top, bottom, height} = text.getBoundingClientRect();
            const trim = 0.15 * height; // no letter is so high or so low
            return [left + 0.5, right - 0.5, top + trim, bottom - trim, text.textContent.trim()];
        });
        return boxes.flatMap(([left, right, top, bottom, words], i) => boxes.slice(0, i)
            .filter((b) => left < b[1] && b[0] < right && top < b[3] && b[2] < bottom)
            .map((b) => `${svg.closest("figure, ldn-explorer").id}: ${words} / ${b[4]}`));
    })"""
WIDTHS = """() => [...document.querySelectorAll("figure.ldn-figure")].map((figure) => {
    const inner = figure.querySelector(".ldn-drawn").clientWidth;
    const shown = [...figure.querySelectorAll("svg")].map(
        (svg) => svg.getBoundingClientRect().width);
    return [figure.id, shown.filter((width) => width).length, Math.max(...shown) / inner];
})"""


@pytest.fixture
def opened(visit, site):
    """A function: page, width → the page without its scripts, so that pictures stand in."""

    def open(page, width):
        size = {"width": width, "height": 800}
        shown = visit(site, java_script_enabled=False, viewport=size).page
        shown.goto(f"{site}/{page}")
        return shown

    return open


@pytest.mark.parametrize("page", WITH_PICTURES)
def test_no_text_is_small_on_a_phone(opened, page):
    sizes = opened(page, 360).evaluate(SMALL, PICTURES)
    assert sizes
    assert [(size, words) for size, words in sizes if size < LEAST] == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page", WITH_PICTURES)
def test_words_do_not_touch(opened, page, width):
    assert opened(page, width).evaluate(TOUCHING, PICTURES) == []


WITH_FIGURES = [page for page in PAGES if SOUP[page].select("figure.ldn-figure")]


@pytest.mark.parametrize("page", [page for page in WITH_FIGURES if page not in SLIDES])
def test_figures_use_the_column(opened, page):
    """One drawing of each is shown, and on a desk it is as wide as the column."""
    for width in (360, 1440):
        for figure, shown, used in opened(page, width).evaluate(WIDTHS):
            assert shown == 1, f"{figure} at {width} px"
            assert used >= USED, f"{figure} at {width} px"
