"""Plain pages and pages with code: one switch, remembered, and applied before anything is seen."""

import pytest
from conftest import HTML, parsed
from test_pages import CHAPTERS

PAGE, NEXT = CHAPTERS[2], CHAPTERS[3]
# Whether anything of this kind is seen on the page, folded or not.
SEEN = """(selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility()).length"""
CODE, EQUATIONS = ".cell_input pre", "div.math"
LEVEL = "document.documentElement.dataset.level"
# The level when the body's first element comes, and every shift.
WATCH = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    new MutationObserver((_, seen) => {
        if (!document.body) return;
        window.early = document.documentElement.dataset.level;
        seen.disconnect();
    }).observe(document, {childList: true, subtree: true});
"""


def seen(page, selector):
    return page.evaluate(SEEN, selector)


def test_the_switch_hides_code_and_is_remembered(visit, site):
    one = visit(site)
    one.context.add_init_script(WATCH)
    shown = one.open(f"{site}/{PAGE}")
    plain, code = (shown.get_by_role("button", name=name) for name in ("plain", "with code"))
    pressed = lambda: [button.get_attribute("aria-pressed") for button in (plain, code)]
    assert pressed() == ["false", "true"] and seen(shown, CODE) and seen(shown, EQUATIONS)
    plain.press("Enter")
    assert pressed() == ["true", "false"]
    assert not seen(shown, CODE) and not seen(shown, EQUATIONS)
    # The next page is plain from the start, and none of it moves.
    shown = one.open(f"{site}/{NEXT}")
    assert shown.evaluate("early") == "plain" and not seen(shown, CODE)
    shown.wait_for_timeout(300)
    assert shown.evaluate("shifted") <= 0.02
    plain, code = (shown.get_by_role("button", name=name) for name in ("plain", "with code"))
    assert pressed() == ["true", "false"]
    code.click()
    assert seen(shown, CODE)
    # An address may ask for a level, which is remembered too.
    shown = one.open(f"{site}/{NEXT}?level=plain#self-check")
    assert shown.evaluate("early") == "plain" and not seen(shown, CODE)
    shown = one.open(f"{site}/{PAGE}")
    assert shown.evaluate(LEVEL) == "plain"
    shown = one.open(f"{site}/{PAGE}?level=nonsense")
    assert shown.evaluate(LEVEL) == "plain"
    assert not one.complaints


@pytest.mark.parametrize("page", CHAPTERS)
def test_levels_of_every_chapter(visit, site, page):
    """No code or equation, and no empty room, on a plain page; no bar at any level.

    "Code" links, too, are for readers of code; what they name opens.
    """
    one = visit(site)
    shown = one.open(f"{site}/{page}?level=plain")
    assert not seen(shown, CODE) and not seen(shown, EQUATIONS)
    bars = "details.hide.above-input > summary"
    assert not seen(shown, bars)
    empty = """() => [...document.querySelectorAll("article .cell")].filter((cell) =>
        cell.getBoundingClientRect().height > 0 && !cell.innerText.trim() &&
        !cell.querySelector("svg, img, ldn-explorer, math")).length"""
    assert shown.evaluate(empty) == 0
    for level in ("plain", "with code"):
        shown.get_by_role("button", name=level, exact=True).click()
        shown.evaluate("document.querySelectorAll('details.hide').forEach((d) => d.open = false)")
        assert not seen(shown, bars)
        if level == "plain":
            assert not seen(shown, ".ldn-code")
            continue
        for place in (".ldn-figure", "ldn-explorer"):
            link = shown.locator(f"{place} a.ldn-code").first
            code = shown.locator(f"[id='{link.get_attribute('href')[1:]}']")
            link.click()
            cell = code.locator("xpath=ancestor::div[contains(@class, 'cell ')]")
            function = cell.locator(".cell_input pre").last
            assert function.is_visible(), place
    assert not one.complaints


def test_without_scripts_a_page_stands_with_code(visit, site):
    shown = visit(site, java_script_enabled=False).page
    shown.goto(f"{site}/{PAGE}")
    assert shown.locator(f"{CODE} >> visible=true").count()
    assert shown.locator(f"{EQUATIONS} >> visible=true").count()
    assert not shown.locator(".ldn-level >> visible=true").count()
    assert not shown.locator("ldn-explorer .ldn-unseen").first.bounding_box()  # no empty room
    for control in shown.locator("ldn-explorer").all():
        assert control.locator(".ldn-chart svg").first.is_visible()
        assert "did not run" in control.locator(".ldn-dead").inner_text()


def test_where_the_script_of_controls_does_not_come_pictures_say_so(visit, site):
    one = visit(site)
    one.context.route("**/_static/pages.js*", lambda route: route.abort())
    shown = one.page
    shown.goto(f"{site}/{PAGE}", wait_until="load")
    line = shown.locator("ldn-explorer .ldn-dead").first
    line.wait_for(state="visible")
    assert "did not run" in line.inner_text()
    assert shown.locator("ldn-explorer .ldn-chart svg").first.is_visible()
    assert not shown.locator("ldn-explorer .ldn-unseen").first.bounding_box()


def test_paper_has_no_word_of_what_only_a_screen_can_do(visit, site):
    for options in ({}, {"java_script_enabled": False}):
        shown = visit(site, **options).page
        shown.goto(f"{site}/{PAGE}")
        shown.emulate_media(media="print")
        for selector in (".ldn-level", ".ldn-dead"):
            assert not shown.locator(f"{selector} >> visible=true").count()


def test_the_switch_is_in_every_chapter():
    assert all(len(parsed(page).select(".ldn-level button")) == 2 for page in CHAPTERS)
    assert (HTML / "_static" / "first.js").stat().st_size < 2000
