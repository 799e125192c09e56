"""Nothing on a page moves by itself, and a link lands where it leads."""

import json

import pytest
from conftest import PAINTED, each, parsed
from test_pages import CONTROLS, PAGES, SLIDES

MOST_SHIFT = 0.02  # of a page's cumulative layout shift
SAME = 4  # px by which what stands in for a control may differ from it in height
LANDING = (60, 170)  # px from the top
SIZES = {375: 553, 390: 844, 768: 844, 1280: 844}  # px, width and height; the first a small phone
WIDTHS = [390, 768, 1280]

# Notes every shift, and how high all that stands in is just before its control replaces it.
WATCH = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) shifts.push([entry.value, ...entry.sources.map(
                ({node}) => node && (node.className || node.nodeName))]);
        }
    }).observe({type: "layout-shift", buffered: true});
    const define = customElements.define;
    window.heights = () => Object.fromEntries(
        [...document.querySelectorAll("ldn-explorer")].map(
            (control) => [control.id, control.getBoundingClientRect().height]));
    customElements.define = function (...given) {
        if (given[0] === "ldn-explorer") window.before = heights();
        return define.apply(this, given);
    };
"""
# Some browsers move the page along when something above grows; others do not.
NO_ANCHOR = """
    new MutationObserver((_, seen) => {
        if (!document.head) return;
        document.head.append(Object.assign(document.createElement("style"),
            {textContent: "* { overflow-anchor: none !important }"}));
        seen.disconnect();
    }).observe(document, {childList: true, subtree: true});
"""
REST = "() => new Promise((done) => setTimeout(() => done(shifts), 400))"
TOP = """(id) => {
    const {top} = document.getElementById(id).getBoundingClientRect();
    const left = document.documentElement.scrollHeight - innerHeight - scrollY;
    return {top: Math.round(top), end: left < 2};
}"""


@pytest.fixture(scope="module")
def readers(browser):
    """A page of its own for each width, which keeps the book's scripts from page to page."""
    contexts, pages = [], {}
    for width, height in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.add_init_script(WATCH + NO_ANCHOR)
        pages[width] = context.new_page()
    yield pages
    for context in contexts:
        context.close()


def opened(page, address):
    page.goto("about:blank")  # a new place on the same page would not load it again
    page.goto(address, wait_until="load")
    page.wait_for_function(
        "() => [...document.querySelectorAll('ldn-explorer')].every((e) => e.dataset.ready === '')"
    )
    return page.evaluate(REST)


def shifted(shifts):
    return sum(value for value, *_ in shifts)


@pytest.mark.parametrize("page", each(PAGES))
def test_nothing_moves_by_itself(readers, site, page):
    """On opening; a control comes alive in the room that was kept for it."""
    controls = [id for where, id in CONTROLS if where == page]
    for width in WIDTHS if controls else (390, 1280):
        one = readers[width]
        shifts = opened(one, f"{site}/{page}")
        assert shifted(shifts) <= MOST_SHIFT, (width, shifts)
        if controls and not (
            page in SLIDES and width > 390
        ):  # where they are laid out anew, unseen
            before, after = one.evaluate("[before, heights()]")
            assert sorted(before) == sorted(controls)
            moved = {id: (before[id], after[id]) for id in before}
            assert not {id: m for id, m in moved.items() if abs(m[0] - m[1]) > SAME}, width


def states(page):
    """What links lead to: the last control, also with a setting of its own, and the self-check, or
    the last heading of a page without one, if it has any below its title."""
    last = parsed(page).find_all("ldn-explorer")[-1]
    spec = json.loads(last.find("script").string)
    control = next(c for c in spec["controls"] if c["kind"] == "range")
    ends = parsed(page).select("#self-check") or parsed(page).select(
        "article section section[id], .slides section"
    )
    state = f"{last['id']}?{control['name']}={control['high']:g}"
    return [last["id"], state, *(end["id"] for end in ends[-1:])]


# What makes a link land wrong, a control of another height than its stand-in, is looked for on
# every page above.
DAILY = ("book/intro.html", "notebooks/03_ldn_mechanism.html", "book/slides_45.html")


def daily(pages):
    """Parameters of a test for each of these pages: a few with each change, the others weekly."""
    return [pytest.param(p, marks=() if p in DAILY else pytest.mark.weekly) for p in pages]


@pytest.mark.parametrize("page", daily(sorted({page for page, _ in CONTROLS})))
def test_links_land_where_they_lead(readers, site, page):
    for target in states(page):
        for width in (375, 390, 1280):
            shifts = opened(readers[width], f"{site}/{page}#{target}")
            where = readers[width].evaluate(TOP, target.split("?")[0])
            low, high = LANDING
            assert low <= where["top"] <= high or where["end"], (target, width, where)
            if "?" not in target:  # what a shared setting draws is more than stood there
                assert shifted(shifts) <= MOST_SHIFT, (target, width, shifts)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_move_styles_its_control_alone(browser, visit, site, width):
    """Not the page: one ":has" in a style that must look at all of it makes each move slow."""
    seen = visit(site, viewport={"width": width, "height": SIZES[width]})
    page = seen.open(f"{site}/notebooks/03_ldn_mechanism.html")
    control = page.locator("ldn-explorer").first
    slider = control.locator("input[type=range]").first
    slider.press("End")
    page.wait_for_timeout(1000)  # until the words were heard, and the address was written
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    slider.press("ArrowLeft")
    page.evaluate(PAINTED)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    done = [e["args"] for e in events if e["name"] == "UpdateLayoutTree"]
    # One that is under way when the tracing stops has no number, and came after the move.
    styled = [args["elementCount"] for args in done if "elementCount" in args]
    assert 0 < sum(styled) < control.locator("*").count()
