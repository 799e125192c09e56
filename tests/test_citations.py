"""A citation tells what it is before it is opened, and opens beside the book."""

import json
import re

import pytest
from book_citations import about, citing, plain
from conftest import HTML, parsed
from test_accessibility import violations
from test_pages import PAGES

from helpers import evidence

PAGE = "notebooks/03_ldn_mechanism.html"
LEE = evidence.address("Lee1988duration")
CARD = "#ldn-cite"


@pytest.fixture(scope="module")
def sources():
    text = (HTML / "_static/sources.js").read_text(encoding="utf-8")
    known = json.loads(text.removeprefix("window.ldnSources=").rstrip().removesuffix(";"))
    return {
        address: [*told, dict(known["pages"][number] for number in numbers)]
        for address, (*told, numbers) in known["sources"].items()
    }


def test_every_cited_source_is_told(sources):
    known = {plain(evidence.address(key)): key for key in evidence._references()}
    for page in PAGES:
        if not page.startswith("notebooks/"):
            continue
        for link in parsed(page).article.select('a[href^="https://"]'):
            address = plain(link["href"])
            if address in known:
                *told, pages = sources[address]
                assert told == about(known[address])
                assert pages[f"chapter {int(page.split('/')[1][:2])}"] == page
    assert len(sources) > 200


def test_what_a_card_says():
    title, place, people, read = about("Bruun2024naltrexone")
    assert re.search("[Nn]altrexone", title) and "{" not in title and place.endswith("2024")
    assert "fibromyalgia" in people and "analysed" in people
    assert read == {"abstract": "Read as abstract or register entry"}.get(
        evidence.reference("Bruun2024naltrexone").fields["seen"], "Read in the work itself"
    )
    assert about("Balshem2011grade")[2] == ""
    assert citing(HTML)[plain(LEE)]["chapter 3"] == PAGE


def lee(shown):
    """The first link to Lee 1988 in the prose of a page, and where its card will be."""
    return shown.locator(f'article section > p > a[href="{LEE}"]').first, shown.locator(CARD)


def told(card):
    return " ".join(card.inner_text().split())


@pytest.mark.parametrize("way", ["served", "a file"])
def test_a_card_comes_and_goes(visit, site, way):
    """By pointer, by keyboard; gone when left and at Escape; never of other links."""
    one = visit(site if way == "served" else "file://")
    shown = one.open(f"{site}/{PAGE}" if way == "served" else (HTML / PAGE).as_uri())
    link, card = lee(shown)
    assert link.get_attribute("target") == "_blank" and "noopener" in link.get_attribute("rel")
    assert shown.locator("script[src*='sources.js']").count() == 0
    link.hover()
    card.wait_for()
    assert about("Lee1988duration")[0] in told(card) and "Cited in: chapter" in told(card)
    assert link.get_attribute("aria-describedby") == "ldn-cite"
    assert not violations(shown, CARD)
    card.hover()  # it stays for those who enlarge it
    shown.wait_for_timeout(600)
    assert card.is_visible()
    shown.keyboard.press("Escape")
    assert card.count() == 0 and link.get_attribute("aria-describedby") is None
    shown.locator("h1").hover()
    link.hover()
    card.wait_for()
    shown.locator("h1").hover()
    card.wait_for(state="detached")
    link.focus()
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Tab")
    card.wait_for()
    shown.keyboard.press("Tab")
    assert not card.count() or about("Lee1988duration")[0] not in told(card)
    assert not one.complaints


def test_a_card_that_comes_late_stays_away(visit, site):
    """The reader has gone on before what there is to tell has come."""
    one = visit(site)
    late = []
    one.context.route("**/sources.js", lambda route: late.append(route))
    shown = one.open(f"{site}/{PAGE}")
    shown.locator(f'article section > p > a[href="{LEE}"]').first.hover()
    shown.wait_for_timeout(600)
    shown.locator("h1").hover()
    shown.wait_for_timeout(600)
    late[0].continue_()
    shown.wait_for_function("window.ldnSources")
    shown.wait_for_timeout(200)
    assert shown.locator(CARD).count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_card_is_within_the_window(visit, site, width):
    shown = visit(site, viewport={"width": width, "height": 700}).open(f"{site}/{PAGE}")
    wrong = []
    for link in shown.locator("article section > p > a[href^='https://']").all()[:12]:
        link.scroll_into_view_if_needed()
        link.hover()
        shown.locator(CARD).wait_for()
        shown.wait_for_timeout(350)
        box = shown.locator(CARD).bounding_box()
        if box["x"] < 0 or box["x"] + box["width"] > width or box["y"] < 0:
            wrong.append(box)
        shown.keyboard.press("Escape")
        shown.locator("h1").hover(force=True)
    assert not wrong
    assert not shown.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_finger_is_told_first(visit, site):
    one = visit(site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    shown = one.open(f"{site}/{PAGE}")
    link, card = lee(shown)
    link.tap()
    card.wait_for()
    assert "Tap again" in told(card) and shown.url.endswith(PAGE)
    with one.context.expect_page() as opened:
        link.tap()
    assert opened.value.url.startswith(("https://", "about:blank", "chrome-error"))
    shown.locator("h1").tap()
    assert card.count() == 0


def elsewhere(card):
    """The links of the card to where else the source is cited."""
    return card.locator("a")


@pytest.mark.parametrize("way", ["served", "a file"])
def test_a_card_leads_to_where_else_the_source_is_cited(visit, site, way):
    """By mouse, by keyboard: to the very citation there; Escape goes back to where one was."""
    one = visit(site if way == "served" else "file://")
    root = site if way == "served" else HTML.as_uri()
    shown = one.open(f"{root}/{PAGE}")
    link, card = lee(shown)
    focused = "(e) => e === document.activeElement"
    link.focus()
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Tab")
    card.wait_for()
    assert "chapter 3 (here)" in told(card) and "↓" in told(card)
    shown.keyboard.press("ArrowUp")
    assert link.evaluate(focused)
    shown.keyboard.press("ArrowDown")
    assert elsewhere(card).first.evaluate(focused) and not violations(shown, CARD)
    shown.wait_for_timeout(600)  # a pointer elsewhere does not take it away
    shown.keyboard.press("Escape")
    assert card.count() == 0 and link.evaluate(focused)
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Tab")
    card.wait_for()
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Tab")  # goes on after the citation
    assert not link.evaluate(focused) and shown.evaluate("document.activeElement !== document.body")
    link.hover()
    card.filter(has_text="Duration of occupancy").wait_for()  # no longer that of the next citation
    elsewhere(card).first.click()
    shown.wait_for_url("**#cited=*")
    assert PAGE not in shown.url
    shown.wait_for_function("document.activeElement !== document.body")
    there = shown.evaluate("document.activeElement.getAttribute('href')")
    assert plain(there) == plain(LEE)
    at = shown.evaluate("document.activeElement.getBoundingClientRect().top")
    assert 0 < at < shown.viewport_size["height"]
    assert not one.complaints


def test_a_finger_follows_the_links_of_a_card(visit, site):
    one = visit(site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    shown = one.open(f"{site}/{PAGE}")
    link, card = lee(shown)
    link.tap()
    card.wait_for()
    boxes = link.evaluate("(e) => [...e.getClientRects()].map((r) => [r.top, r.bottom])")
    own = card.bounding_box()
    assert all(b <= own["y"] + 1 or t >= own["y"] + own["height"] - 1 for t, b in boxes)
    elsewhere(card).first.tap()
    shown.wait_for_url("**#cited=*")
    assert not one.complaints
