"""Every page for readers with a screen reader, a keyboard only, a phone, other colours or no love
of motion: WCAG 2.2 A and AA."""

import re
from collections import Counter
from contextlib import suppress
from importlib.resources import files

import pytest
from conftest import each, parsed
from playwright.sync_api import TimeoutError
from test_pages import CHAPTERS, PAGES

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [1280, 360]


# Both widths and both colour schemes; axe has no rule that looks at one beside the other.
LOOKS = pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])


# The theme makes what scrolls sideways reachable by keyboard, but only some time after loading.
SETTLED = """() => [...document.querySelectorAll("[tabindex='-1']")].every(
    (e) => e.scrollWidth <= e.clientWidth || !/auto|scroll/.test(getComputedStyle(e).overflowX)
)"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [
    `${document.documentElement.scrollWidth} pixels wide`,
    ...[...document.querySelectorAll("article *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 10).map((e) => e.tagName + "." + e.className),
]"""


def violations(shown, part=None):
    """What axe finds on the page, or in a part of it, as it stands: 'rule: element (reason)'."""
    shown.wait_for_timeout(400)
    with suppress(TimeoutError):  # then axe will say what is wrong
        shown.wait_for_function(SETTLED, timeout=5000)
    if not shown.evaluate("'axe' in window"):
        shown.evaluate(AXE)
    result = shown.evaluate(
        """([part, rules]) => axe.run(
            part || document, {resultTypes: ["violations"], preload: false, runOnly: rules}
        )""",
        [part, RULES],
    )
    return [
        f"{found['id']}: {node['html'][:150]} ({node['failureSummary'][:250]})"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("page", each(PAGES))
@LOOKS
def test_axe_finds_nothing(visit, site, page, width, scheme):
    """No violation with all that can be unfolded open, and nothing that scrolls sideways."""
    shown = visit(site, color_scheme=scheme, viewport={"width": width, "height": 800}).open(
        f"{site}/{page}"
    )
    assert not shown.evaluate(TOO_WIDE)
    shown.evaluate(
        """document.querySelectorAll("details").forEach((d) => {
            d.removeAttribute("name");
            d.open = true;
        })"""
    )
    assert not violations(shown)


@LOOKS
def test_search_results(visit, site, width, scheme):
    shown = visit(site, color_scheme=scheme, viewport={"width": width, "height": 800}).open(
        f"{site}/search.html#q=naltrexone"
    )
    shown.locator("#search-results li a").first.wait_for()
    assert not violations(shown)


@LOOKS
def test_menus_and_a_moved_control(visit, site, width, scheme):
    """The states that only a reader's doing brings about."""
    shown = visit(site, color_scheme=scheme, viewport={"width": width, "height": 800}).open(
        f"{site}/{CHAPTERS[2]}"
    )
    control = shown.locator("ldn-explorer").first
    control.locator("input[type=range]").first.press("End")
    if control.locator(".ldn-preset").count():
        control.locator(".ldn-preset").first.click()
    control.get_by_role("button", name="Keep this curve").click()
    control.locator(".ldn-more").evaluate("(more) => (more.open = true)")
    control.locator(".ldn-menu > summary").click()
    control.get_by_role("button", name="Use elsewhere").click()
    assert control.get_by_role("textbox").is_visible()
    control.locator(".ldn-chart").first.hover()
    assert not violations(shown)
    shown.evaluate("scrollTo(0, 0)")
    shown.locator(".dropdown-download-buttons > button").click()
    assert not violations(shown)
    shown.keyboard.press("Escape")
    shown.keyboard.press("Control+k")
    assert shown.locator("#pst-search-dialog").is_visible()
    assert not violations(shown)
    shown.keyboard.press("Escape")
    if width == 360:
        shown.locator(".primary-toggle").click()
        shown.locator("#pst-primary-sidebar-modal").wait_for()
        assert not violations(shown)


@pytest.mark.parametrize("page", PAGES)
def test_structure(page):
    """What axe does not look at where it is hidden, or at all."""
    soup = parsed(page)
    ids = Counter(tag["id"] for tag in soup.find_all(id=True))
    assert not [id for id, number in ids.items() if number > 1]
    headings = soup.find_all(re.compile("^h[1-6]$"))
    assert not [str(heading) for heading in headings if not heading.get_text(strip=True)]
    assert sum(heading.name == "h1" for heading in headings) == 1
    levels = [int(heading.name[1]) for heading in headings]
    assert not [(high, low) for high, low in zip(levels, levels[1:]) if low > high + 1], (
        "a level of headings is skipped"
    )
    assert soup.html["lang"] == "en"


# By keyboard

# What shows the focus may be drawn on the element, around it or in it.
LOOK = """(e) => {
    const styles = [
        "outlineStyle", "outlineColor", "boxShadow", "borderColor", "backgroundColor", "color",
        "textDecorationLine", "textDecorationThickness",
    ];
    const look = (e, pseudo) => {
        const s = getComputedStyle(e, pseudo);
        return styles.map((name) => s[name]).join("|");
    };
    if (e.matches("input[type=range]")) return look(e, "::-webkit-slider-thumb");
    const around = [e, e.parentElement, e.parentElement.parentElement, ...e.children];
    return around.map((e) => look(e) + look(e, "::before")).join();
}"""
FOCUSED = f"""() => {{
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    e.dataset.walk ||= String(window.walked = (window.walked || 0) + 1);
    const boxes = [e, ...e.querySelectorAll("*")].map((e) => e.getBoundingClientRect());
    const box = boxes.find((box) => box.width && box.height);
    const inside = (at, end) => Math.min(Math.max(at, 1), end - 2);
    const top = box && document.elementFromPoint(
        inside(box.left + box.width / 2, innerWidth),
        inside(box.top + Math.min(box.height / 2, 20), innerHeight),
    );
    const onScreen = box && box.bottom > 0 && box.top < innerHeight &&
        box.right > 0 && box.left < innerWidth;
    return {{
        which: e.dataset.walk,
        html: e.outerHTML.slice(0, 120),
        look: ({LOOK})(e),
        shown: onScreen && (e.contains(top) || top.contains(e)),
    }};
}}"""
RESTING = f"""(which) => ({LOOK})(document.querySelector(`[data-walk="${{which}}"]`))"""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_walks_a_chapter(visit, site, width):
    """Tab reaches every control in turn; what has the focus looks so, is seen and is left."""
    shown = visit(site, reduced_motion="reduce", viewport={"width": width, "height": 800}).open(
        f"{site}/{CHAPTERS[2]}"
    )
    order, faults = [], []
    for _ in range(600):
        shown.keyboard.press("Tab")
        now = shown.evaluate(FOCUSED)
        if now is None:
            break
        if order and shown.evaluate(RESTING, order[-1]["which"]) == order[-1]["look"]:
            faults.append(f"looks the same with and without the focus: {order[-1]['html']}")
        if now["which"] in {one["which"] for one in order}:
            faults.append(f"comes twice: {now['html']}")
            break
        if not now["shown"]:
            faults.append(f"has the focus but is out of sight: {now['html']}")
        order.append(now)
    else:
        pytest.fail("the walk never ends")
    assert not faults
    reached = {one["which"] for one in order}
    controls = shown.locator("ldn-explorer :is(input, select, button, summary)")
    assert controls.count() > 5
    assert all(
        which in reached
        for which in controls.evaluate_all(
            "all => all.filter((e) => e.checkVisibility()).map((e) => e.dataset.walk)"
        )
    )


def test_skip_link(visit, site):
    shown = visit(site, reduced_motion="reduce").open(f"{site}/{CHAPTERS[0]}")
    shown.keyboard.press("Tab")
    link = shown.locator("#pst-skip-link a")
    assert link.evaluate("e => e === document.activeElement")
    assert link.bounding_box()["y"] >= 0
    shown.keyboard.press("Enter")
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", ["primary", "secondary"])
def test_menus_of_a_phone_by_keyboard(visit, site, name):
    shown = visit(site, viewport={"width": 360, "height": 740}).open(f"{site}/{CHAPTERS[0]}")
    toggle, menu = shown.locator(f".{name}-toggle"), shown.locator(f"#pst-{name}-sidebar-modal")
    toggle.focus()
    shown.keyboard.press("Enter")
    menu.wait_for()
    shown.keyboard.press("Tab")
    assert menu.evaluate("e => e.contains(document.activeElement)")
    shown.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert toggle.evaluate("e => e === document.activeElement"), "the focus does not come back"


def test_no_motion_where_none_is_wanted(visit, site):
    shown = visit(site, reduced_motion="reduce").open(f"{site}/{CHAPTERS[2]}")
    moving = shown.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("body *")].flatMap((e) =>
            ["", "::before", "::after"].filter((pseudo) => {
                const s = getComputedStyle(e, pseudo || null);
                const still = s.transitionProperty === "none" ||
                    s.transitionDuration.split(", ").every((t) => parseFloat(t) === 0);
                return !still || s.animationName !== "none" || s.scrollBehavior !== "auto";
            }).map((pseudo) => e.tagName + "." + e.className + pseudo)
        ).slice(0, 10)"""
    )
    assert not moving
