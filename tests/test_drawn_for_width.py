"""Figures and what stands in for controls, as a browser shows them on a phone and on a desk."""

import re

import pytest
from conftest import text
from test_pages import PAGES, SLIDES

PICTURES = "figure.ldn-figure svg, .ldn-fallback svg"
WITH_PICTURES = [
    page for page in PAGES if re.search(r'class="ldn-(figure|fallback)[" ]', text(page))
]
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
# The theme's sidebars slide in.
AT_REST = "document.getAnimations().forEach((animation) => animation.finish())"
WIDTHS = """() => [...document.querySelectorAll("figure.ldn-figure")].map((figure) => {
    const inner = figure.querySelector(".ldn-drawn").clientWidth;
    const shown = [...figure.querySelectorAll("svg")].map(
        (svg) => svg.getBoundingClientRect().width);
    return [figure.id, shown.filter((width) => width).length, Math.max(...shown) / inner];
})"""


@pytest.mark.parametrize("page", WITH_PICTURES)
def test_drawn_for_its_width(visit, site, page):
    """Without scripts, so that pictures stand in: no text is small on a phone, none touches another
    there or on a desk; one drawing of each figure is shown, and it is as wide as the column."""
    shown = visit(site, java_script_enabled=False).page
    shown.set_viewport_size({"width": 360, "height": 800})
    shown.goto(f"{site}/{page}")
    sizes = shown.evaluate(SMALL, PICTURES)
    assert sizes
    faults = [f"{words}: {size} px" for size, words in sizes if size < LEAST]
    for width in (360, 1280, 1440):
        shown.set_viewport_size({"width": width, "height": 800})
        shown.evaluate(AT_REST)
        if width < 1440:
            faults += [
                f"{words} touch at {width} px" for words in shown.evaluate(TOUCHING, PICTURES)
            ]
        if page not in SLIDES and width != 1280:
            faults += [
                f"{figure} at {width} px: {number} drawings, {used:.0%} of the column"
                for figure, number, used in shown.evaluate(WIDTHS)
                if number != 1 or used < USED
            ]
    assert not faults
