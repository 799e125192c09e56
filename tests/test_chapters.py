"""The shape of a chapter: minute box, control, claims; and without its code it reads whole."""

import re

import pytest
from conftest import ROOT

CHAPTERS = [f"notebooks/{path.stem}.html" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
OPEN_SOLUTIONS = """() => document.querySelectorAll(".toggle-hidden").forEach(
    (box) => box.classList.remove("toggle-hidden"))"""
# Sentences that end in a colon, and what they lead to is not there.
HANGING = """() => {
    const shown = (e) => e.checkVisibility() &&
        (e.innerText.trim() || e.matches("svg") || e.querySelector("svg, ldn-explorer"));
    const after = (e) =>
        e.nextElementSibling || (e.matches("article") ? null : after(e.parentElement));
    return [...document.querySelectorAll("article :is(p, li)")]
        .filter((e) => e.checkVisibility() && e.innerText.trim().endsWith(":"))
        .filter((e) => !after(e) || !shown(after(e)))
        .map((e) => e.innerText.slice(-100));
}"""
SEEN = """(selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility()).map((e) => e.textContent.slice(0, 60))"""


@pytest.mark.parametrize("page", CHAPTERS)
def test_control_and_claims_follow_the_minute_box(soup, page):
    soup = soup(page)
    [box] = [
        title.parent
        for title in soup.select(".admonition-title")
        if title.get_text() == "In one minute"
    ]
    control = box.find_next_sibling()
    assert control.find("ldn-explorer"), f"after the minute box stands {control.get_text()[:80]!r}"
    assert soup.select_one("ldn-explorer") == control.find("ldn-explorer")
    assert control.find_next("h2").get_text().startswith("What the article says")
    assert control.find_next("h2").find_next("ul")["class"] == ["ldn-claims"]


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_fall_has_no_minus(soup, page):
    """Who reads "fell by −23 points" may take it for a rise."""
    text = " ".join(soup(page).find("article").get_text(" ").split())
    twice = r"\b(?:fell|falls?|rose|rises?|dropped|less|fewer|lower|became)\b[^.;]{0,40}\bby −\d"
    back = r"−[\d.]+ [^.;]{0,40}\b(?:less|fewer) than"
    assert re.findall(f"{twice}|{back}", text) == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_plain_page_reads_whole(visit, site, page):
    """No code, equation or symbol, and no sentence that leads to something hidden."""
    one = visit(site)
    shown = one.open(f"{site}/{page}?level=plain")
    shown.evaluate(OPEN_SOLUTIONS)
    code = ".cell_input pre, .ldn-with-code, .ldn-code, .ldn-lite, .ldn-start [download]"
    assert shown.evaluate(SEEN, f"article math, article :is({code})") == []
    assert shown.evaluate(HANGING) == []
    shown.get_by_role("button", name="with code", exact=True).click()
    assert shown.evaluate(SEEN, "article .cell_input pre")
    assert shown.evaluate(HANGING) == []
    assert not one.complaints


def test_a_claim_opens_to_its_reason(visit, site):
    one = visit(site)
    shown = one.open(f"{site}/{CHAPTERS[0]}")
    claim = shown.locator(".ldn-claims > li").first
    reason = claim.locator("details > p").first
    assert claim.locator(".ldn-badge").is_visible() and not reason.is_visible()
    claim.locator("summary").click()
    assert reason.is_visible() and "round figure" in reason.inner_text()
    claim.locator("summary").press("Enter")
    assert not reason.is_visible()
    claim.locator("summary").press("Enter")
    assert claim.get_by_role("link", name="C06 in the text").is_visible()
    assert not one.complaints


def test_a_claim_opens_without_scripts(visit, site):
    shown = visit(site, java_script_enabled=False).page
    shown.goto(f"{site}/{CHAPTERS[0]}#C06")
    shown.locator("#C06 summary").click()
    assert shown.locator("#C06 details > p").first.is_visible()
