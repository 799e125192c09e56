"""The book in Firefox and in WebKit: as alive as in Chromium, and with the same words.

All pages come under a policy that forbids scripts within a page or made of text, see engines.py.
What is seen only once, in Chromium, stands in test_pages.py and test_steady_pages.py. In Chromium
87, the oldest that the book promises, a few pages show what differs there.
"""

import functools
import os
import time

import pytest
from conftest import HTML, Visit, each, parsed, served
from engines import ENGINES, PATIENCE, OldChromium, WatchedHandler
from selenium.webdriver.common.keys import Keys
from test_pages import CONTROLS, PAGES, SLIDES
from test_steady_pages import LANDING, SAME, daily, states

WITH = sorted({page for page, _ in CONTROLS})
OWN = [page for page in WITH if page not in SLIDES]  # slides show controls of these once more
PHONES = [(390, 844), (375, 553)]
CHAPTER = "notebooks/03_ldn_mechanism.html"
THERE = [id for page, id in CONTROLS if page == CHAPTER]
BARS = "notebooks/04_cytokine_production.html"  # hatched ones

# What a control shows, as test_pages.py reads it with a tool that only Chromium has.
STATE = """
const state = (control) => ({
    words: [...control.querySelectorAll(
        ".ldn-status, .ldn-value, .ldn-table td, .ldn-notes li, select option:checked",
    )].map((e) => e.textContent),
    paths: [...control.querySelectorAll(".ldn-live path")].map((e) => e.getAttribute("d")),
    stuck: control.querySelectorAll(".ldn-stuck").length,
});
const frame = () => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(done)));
"""
# The words of every control of the page at many settings, the same in each browser.
SETTINGS = 12
WORDS = (
    STATE
    + """
const controls = [...document.querySelectorAll("ldn-explorer")];
for (const control of controls) {
    [...control.querySelectorAll("button")].find((b) => b.textContent === "Reset").click();
}
let seed = 7;
const random = () => (seed = (16807 * seed) % 2147483647) / 2147483647;
const all = [];
for (let k = 0; k < settings; k++) {
    for (const input of document.querySelectorAll(
            "ldn-explorer .ldn-controls input, ldn-explorer .ldn-controls select")) {
        if (input.matches("[role=switch]")) {
            if (random() < 0.5) input.click();
            continue;
        }
        const slider = input.matches("input");
        input.value = Math.round(random() * (slider ? input.max : input.length - 1));
        input.dispatchEvent(new Event(slider ? "input" : "change"));
    }
    await frame();
    all.push(controls.map((control) => state(control).words));
}
return all;
"""
)
# Where an element is, once it has not moved for some frames.
SETTLED = """
const settled = async (page, id, frames = 10) => {
    const top = () => Math.round(page.getElementById(id).getBoundingClientRect().top);
    for (let last, same = 0; same < frames; last = top()) {
        await new Promise((done) => requestAnimationFrame(done));
        same = top() === last ? same + 1 : 0;
    }
    const {innerHeight, scrollY} = page.defaultView;
    return {top: top(), end: page.documentElement.scrollHeight - innerHeight - scrollY < 2};
};
"""
# The controls of a page of which a chart reaches beyond its panel, over words.
STRAY = """
const beyond = (page) => [...page.querySelectorAll("ldn-explorer .ldn-panel")].filter((panel) => {
    const chart = panel.querySelector(".ldn-chart").getBoundingClientRect();
    return chart.bottom > panel.getBoundingClientRect().bottom + 1;
}).map((panel) => panel.closest("ldn-explorer").id);
"""
# Reset the control of an input, bring the input to the middle; what there is then, and where.
PREPARE = (
    STATE
    + SETTLED
    + """
const input = document.getElementById(id);
const control = input.closest("ldn-explorer");
if (control.closest(".slides")) {
    location.hash = control.id; // turn to it
    await frame();
}
for (const more of control.querySelectorAll(".ldn-more")) more.open = true;
[...control.querySelectorAll("button")].find((b) => b.textContent === "Reset").click();
input.scrollIntoView({block: "center", behavior: "instant"});
await frame();
await settled(document, id, 3); // or the pointer misses it on a slow machine
const {left, top, width, height} = input.getBoundingClientRect();
const share = (input.value - input.min) / (input.max - input.min);
return {...state(control), left, top, width, height, share};
"""
)
NOW = STATE + "await frame(); return state(document.getElementById(id).closest('ldn-explorer'));"
THUMB = 24
# The inputs by which controls are tried where not all need be.
FIRST_INPUTS = (
    "return [...document.querySelectorAll('ldn-explorer')].map("
    "(control) => (control.querySelector('[type=range]') ||"
    " control.querySelector('[role=switch]')).id)"
)


def later(engine, names, body, *arguments):
    """What the asynchronous body gives, of arguments with these names."""
    script = f"const [{names}] = arguments, done = arguments[arguments.length - 1];"
    script += f"(async () => {{ {body} }})().then(done, (error) => done('failed: ' + error));"
    found = engine.wait_for(script, *arguments)
    assert not (isinstance(found, str) and found.startswith("failed: ")), found
    return found


@pytest.fixture(scope="session")
def strict_site(html):
    """The address of the built book at a host that sends the policy, every page watched."""
    with served(html, WatchedHandler) as address:
        yield address


@pytest.fixture(params=["served", "from a disk"])
def root(request, strict_site):
    """Where the book lies: at that host, or on a disk, where no page is watched."""
    return strict_site if request.param == "served" else HTML.as_uri()


def named(*names):
    """These engines as parameters; the tests of one share its process."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]


FIREFOX = pytest.mark.parametrize("engine", named("Firefox"), indirect=True)
EVERY = pytest.mark.parametrize("engine", named(*ENGINES), indirect=True)
OLD = pytest.mark.parametrize("engine", named(OldChromium.name), indirect=True)


@pytest.fixture(scope="session", params=named("Firefox", "WebKit"))
def engine(request, tmp_path_factory):
    """Each of the browsers; `downloads` is the folder of what it saves.

    A reader may have none, and is told so at the end; continuous integration must have all.
    """
    chosen = ENGINES[request.param]
    if not chosen.found():
        missing = f'no {chosen.name} here ("{chosen.brought}" on Debian)'
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)
    folder = tmp_path_factory.mktemp(request.param)
    started = chosen(folder)
    started.downloads = folder
    yield started
    started.close()


@pytest.fixture(scope="session")
def chromium_words(browser, site):
    """A function: page → what `WORDS` gives in Chromium."""

    def read(page):
        seen = Visit(browser, site)
        shown = seen.open(f"{site}/{page}")
        found = shown.evaluate(f"async (settings) => {{ {WORDS} }}", SETTINGS)
        seen.context.close()
        return found

    return functools.cache(read)


def moved(before, now, what):
    """What of a control should have changed and has not, in words."""
    same = [kind for kind in ("words", "paths") if before[kind] == now[kind]]
    return [f"{what}: the same {' and '.join(same)}"] if same or now["stuck"] else []


def pressed(engine, id):
    """Bring the slider to its farther end by keyboard, or turn the switch; what should have
    changed and has not."""
    before = later(engine, "id", PREPARE, id)
    share = before["share"]  # None of a switch
    key = Keys.SPACE if share is None else Keys.END if share < 0.5 else Keys.HOME
    engine.press(f"#{id}", key)
    return moved(before, later(engine, "id", NOW, id), f"{id} by keyboard")


def dead_inputs(engine):
    """What the inputs of the page's controls should have changed, by mouse and by keyboard."""
    inputs = engine.run(
        "return [...document.querySelectorAll('ldn-explorer .ldn-controls :is(input, select)')]"
        ".map((e) => [e.id, e.type, e.selectedIndex === e.length - 1])"
    )
    assert inputs
    faults = []
    for id, kind, last in inputs:
        before = later(engine, "id", PREPARE, id)
        if kind == "checkbox":
            across, down = before["left"] + THUMB / 2, before["top"] + before["height"] / 2
            engine.drag(across, down, across)
            faults += moved(before, later(engine, "id", NOW, id), f"{id} by mouse")
            before = later(engine, "id", PREPARE, id)
            keys = Keys.SPACE
        elif kind == "select-one":
            keys = Keys.ARROW_UP if last else Keys.ARROW_DOWN
        else:
            low, track = before["left"] + THUMB / 2, before["width"] - THUMB
            far = 0.05 if before["share"] > 0.5 else 0.95
            middle = before["top"] + before["height"] / 2
            engine.drag(low + before["share"] * track, middle, low + far * track)
            dragged = later(engine, "id", NOW, id)
            faults += moved(before, dragged, f"{id} by mouse")
            before = dragged
            keys = Keys.ARROW_RIGHT + Keys.END if far < 0.5 else Keys.ARROW_LEFT + Keys.HOME
        engine.press(f"#{id}", keys)
        faults += moved(before, later(engine, "id", NOW, id), f"{id} by keyboard")
    return faults


@pytest.mark.parametrize("page", each(PAGES))
def test_page_is_quiet_and_its_controls_live(engine, strict_site, chromium_words, page):
    """All in one visit, for to load a page costs more than to look at it."""
    engine.open(f"{strict_site}/{page}")
    assert engine.run("return complaints") == []
    ids = [id for where, id in CONTROLS if where == page]
    assert engine.run("return document.querySelectorAll('ldn-explorer[data-ready]').length") == len(
        ids
    )
    if page not in OWN:  # slides are laid out anew, unseen
        return
    if not engine.run("return before"):
        engine.open(f"{strict_site}/{page}")  # the style is kept by now, and there at once
    before, after = engine.run("return [before, heights()]")
    grown = {id: (before[id], after[id]) for id in ids}
    assert not {id: m for id, m in grown.items() if abs(m[0] - m[1]) > SAME}
    assert engine.run(STRAY + "return beyond(document)") == []
    assert dead_inputs(engine) == []
    found = later(engine, "settings", WORDS, SETTINGS)
    expected = chromium_words(page)
    assert len({str(words) for words in expected}) > SETTINGS / 2
    for mine, theirs in zip(found, expected, strict=True):
        assert mine == theirs
    assert engine.run("return complaints") == []


FRAMED = """
const frame = document.getElementById("book");
Object.assign(frame, {width, height});
const once = (what) => new Promise((done) => frame.addEventListener(what, done, {once: true}));
let loaded = once("load");
frame.src = "about:blank";
await loaded;
loaded = once("load");
frame.src = address;
await loaded;
const page = frame.contentDocument;
while ([...page.querySelectorAll("ldn-explorer")].some((e) => !("ready" in e.dataset)))
    await new Promise((done) => setTimeout(done, 20));
return {...await settled(page, id), beyond: beyond(page)};
"""


@pytest.mark.parametrize("page", daily(OWN))
def test_links_land_where_they_lead(engine, strict_site, page):
    found = {}
    places = [(f"{strict_site}/{page}#{target}", target.split("?")[0]) for target in states(page)]
    for address, id in places:
        engine.open(address)
        found[address, "wide"] = later(engine, "id", SETTLED + "return settled(document, id);", id)
    engine.visit(f"{strict_site}/frame.html")
    names = "address, id, width, height"
    for address, id in places:
        for size in PHONES:
            body = SETTLED + STRAY + FRAMED
            found[address, size] = later(engine, names, body, address, id, *size)
            assert not found[address, size].pop("beyond")
    low, high = LANDING
    lands = lambda where: low <= where["top"] <= high or where["end"]
    assert {key: where for key, where in found.items() if not lands(where)} == {}


@pytest.mark.parametrize("page", daily(WITH))
def test_controls_live_in_a_page_opened_as_a_file(engine, page):
    engine.open((HTML / page).as_uri())
    inputs = engine.run(FIRST_INPUTS)
    assert len(inputs) == sum(where == page for where, _ in CONTROLS)
    assert [fault for id in inputs for fault in pressed(engine, id)] == []


COMPLAINTS = "return window.complaints || []"


def test_search_finds_a_model(engine, root):
    engine.open(f"{root}/search.html?q=naltrexone")
    engine.until("return document.querySelectorAll('#search-results li a').length > 3")
    link = "document.querySelector('#search-results li a')"
    there = engine.run(f"return {link}.pathname")
    engine.run(f"{link}.click()")
    engine.until(
        "return location.pathname === arguments[0] && document.querySelector('mark')", there
    )
    assert engine.run(COMPLAINTS) == []


@EVERY
def test_ledger_filters_and_sorts(engine, root):
    engine.open(f"{root}/book/claims.html")
    shown = "return [...document.querySelectorAll('.ldn-ledger tbody tr')].filter("
    shown += "(row) => row.getClientRects().length).map((row) => row.id)"
    everything = engine.run(shown)
    having = "return [...document.querySelectorAll('.ldn-ledger tbody tr')].filter("
    having += "(row) => /microglia/i.test(row.textContent)).map((row) => row.id)"
    some = engine.run(having)
    assert 0 < len(some) < len(everything)
    engine.press("#ledger-text", "microglia")
    status = "return document.querySelector('.ldn-ledger-status').textContent"
    engine.until(f"{status}.startsWith('{len(some)} of {len(everything)} ')")
    assert engine.run(shown) == some
    assert engine.run(COMPLAINTS) == []


LOOK = "return [document.documentElement.dataset.theme, document.documentElement.dataset.level]"


def test_progress_and_choices_are_kept_and_numbers_saved(engine, root):
    """An answer of the self-check, the dark page and the plain page by keyboard; and a CSV."""
    engine.open(f"{root}/{CHAPTER}")
    status = "return document.querySelector('.ldn-kept [role=status]').textContent"
    assert "0 of 5" in engine.run(status)
    engine.press(".ldn-check > li details[data-right] summary", Keys.ENTER)
    engine.until(f"{status}.includes('1 of 5')")
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = engine.run(ground)
    mode = "return document.documentElement.dataset.mode"
    for _ in range(3):
        before = engine.run(mode)
        if before == "dark":
            break
        engine.press(".theme-switch-button", Keys.ENTER)
        engine.until(f"{mode} !== '{before}'")
    engine.press(".ldn-level button[value=plain]", Keys.ENTER)
    engine.until("return document.documentElement.dataset.level === 'plain'")
    chosen = engine.run(LOOK)
    assert chosen == ["dark", "plain"]
    assert engine.run(ground) != light
    engine.open(f"{root}/{CHAPTER}")
    assert "1 of 5" in engine.run(status)
    assert engine.run(LOOK) == chosen
    engine.run("localStorage.clear()")
    engine.run("""
        const menu = document.querySelector(".ldn-menu");
        menu.open = true;
        [...menu.querySelectorAll("button")].find((b) => /CSV/.test(b.textContent)).click();
    """)
    assert engine.run(COMPLAINTS) == []
    saved = b""
    end = time.monotonic() + PATIENCE
    while not saved and time.monotonic() < end:
        time.sleep(0.1)
        saved = b"".join(path.read_bytes() for path in engine.downloads.rglob("explore-*.csv"))
    assert saved.startswith(b"\xef\xbb\xbfpanel,series,")
    for path in engine.downloads.rglob("explore-*.csv"):
        path.unlink()


@FIREFOX
def test_a_reader_who_blocks_cookies_loses_memory_alone(engine, strict_site):
    with engine.preferring("network.cookie.cookieBehavior", 2):
        engine.open(f"{strict_site}/{CHAPTER}")
    assert engine.run("return document.documentElement.dataset.storage") == "refused"
    assert [fault for id in engine.run(FIRST_INPUTS) for fault in pressed(engine, id)] == []
    engine.press(".ldn-check > li details[data-right] summary", Keys.ENTER)
    status = "return document.querySelector('.ldn-kept [role=status]').textContent"
    engine.until(f"{status}.includes('1 of 5')")
    engine.press(".theme-switch-button", Keys.ENTER)
    engine.press(".ldn-level button[value=plain]", Keys.ENTER)
    assert engine.run(LOOK) == ["dark", "plain"]
    assert engine.run("return document.querySelectorAll('.toggle-button, .copybtn').length") > 3
    assert engine.run("return complaints") == []


@FIREFOX
@pytest.mark.parametrize("dark", [0, 1])
def test_without_scripts_all_is_read_and_nothing_folded(engine, strict_site, dark):
    """In the theme's colours, with text that does not show through the bar at the top."""
    off = engine.preferring("javascript.enabled", False)
    with engine.preferring("ui.systemUsesDarkTheme", dark), off:
        engine.visit(f"{strict_site}/{CHAPTER}")
        colours = "const {color, backgroundColor} = getComputedStyle(document.querySelector("
        colours += "arguments[0])); return [color, backgroundColor].map((c) => c.match(/[\\d.]+/g))"
        heights = "return [...document.querySelectorAll(arguments[0])].map((e) => "
        heights += "e.getBoundingClientRect().height)"
        ink, ground = engine.run(colours, "body")
        _, bar = engine.run(colours, ".bd-header-article")
        pictures = engine.run(heights, ".ldn-fallback svg")
        said = engine.run(heights, ".ldn-dead")
        solutions = engine.run(heights, ".solution p")
        alive = engine.run("return document.documentElement.className")
    assert "ldn-alive" not in alive
    assert contrast(map(float, ink), map(float, ground)) > 7
    assert bar == ground and len(bar) == 3  # no fourth number: nothing shows through
    assert len(pictures) > 3 and min(pictures) > 100
    assert len(said) == len(THERE) and min(said) > 0
    assert solutions and min(solutions) > 0


# All that the theme's list of contents asks of Chromium 87 in vain: it does not follow the reader.
CONTENTS = ":is(h1,h2,h3,h4,h5,h6)' is not a valid selector"
ON_SCREEN = """
const input = document.getElementById(id);
input.scrollIntoView({block: "center", behavior: "instant"});
await frame();
const {left, top, width, height} = input.getBoundingClientRect();
return {left, top, width, height, share: (input.value - input.min) / (input.max - input.min)};
"""


def contrast(one, other):
    """The contrast of two colours by WCAG 2, each red, green and blue from 0 to 255."""
    linear = lambda c: c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
    light = lambda rgb: sum(
        weight * linear(c / 255) for weight, c in zip((0.2126, 0.7152, 0.0722), rgb, strict=True)
    )
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@OLD
@pytest.mark.parametrize("page", ["book/intro.html", CHAPTER, BARS])
def test_controls_live_and_are_seen_in_the_oldest_browser(engine, strict_site, page):
    engine.open(f"{strict_site}/{page}")
    ids = [id for where, id in CONTROLS if where == page]
    assert engine.run("return document.querySelectorAll('[data-ready]').length") == len(ids)
    # A fill that a browser does not know is black.
    drawn = "return [...document.querySelectorAll('.ldn-live path, .ldn-hatch-back')].map((e) => "
    drawn += "getComputedStyle(e)).flatMap(({fill, stroke}) => [fill, stroke])"
    assert "rgb(0, 0, 0)" not in engine.run(drawn)
    for id in engine.run(FIRST_INPUTS):
        assert pressed(engine, id) == []
        if not engine.run(
            "return document.getElementById(arguments[0]).matches('[type=range]')", id
        ):
            continue
        engine.press(f"#{id}", Keys.HOME)
        box = later(engine, "id", STATE + ON_SCREEN, id)
        picture = engine.look()
        at = lambda x, y, box=box, picture=picture: picture.getpixel(
            (round(box["left"] + x * box["width"]), round(box["top"] + y * box["height"]))
        )
        assert contrast(at(0.7, 0.5), at(0.7, 0.02)) > 1.3, f"{id}: the track is not seen"
    assert [said for said in engine.run("return complaints") if CONTENTS not in said] == []


@OLD
def test_a_chapter_in_the_oldest_browser(engine, strict_site, chromium_words):
    """The same words; equations in a line, and one sentence says so; plain hides the code."""
    engine.open(f"{strict_site}/{CHAPTER}")
    assert later(engine, "settings", WORDS, SETTINGS) == chromium_words(CHAPTER)
    lines = engine.run(
        "return [...document.querySelectorAll('.ldn-in-line')].map((e) => e.innerText)"
    )
    assert len(lines) == len(parsed(CHAPTER).find_all("math"))
    assert "blocked= dose/(dose+ ED_50)" in lines
    said = engine.run("return document.querySelector('h1 + p').innerText")
    assert "cannot draw equations" in said and said.count(".") == 1
    seen = "return [...document.querySelectorAll(arguments[0])].filter("
    seen += "(e) => e.getClientRects().length).length"
    assert engine.run(seen, ".cell_input") and not engine.run(seen, "details.hide.above-input")
    engine.run("document.querySelector('.ldn-level button[value=plain]').click()")
    assert not engine.run(seen, ".cell_input")
    engine.run("localStorage.clear()")


def test_a_frame_that_refuses_storage_loses_memory_alone(engine, site):
    """As a learning platform has it: the controls, the menu and the reading level work."""
    engine.open(f"{site}/book/about.html")
    engine.run(
        """
        const frame = document.createElement("iframe");
        Object.assign(frame, {id: "framed", width: 400, height: 800, src: arguments[0]});
        frame.sandbox = "allow-scripts";
        document.body.prepend(frame);
        """,
        f"{site}/{CHAPTER}",
    )
    engine.enter("#framed")
    alive = "return document.querySelectorAll('ldn-explorer[data-ready]').length"
    engine.until(f"{alive} === {len(THERE)}")
    assert engine.run("return document.documentElement.dataset.storage") == "refused"
    id = engine.run("return document.querySelector('ldn-explorer input[type=range]').id")
    before = later(engine, "id", PREPARE, id)
    # By scripts: the driver of WebKit does not let a key into such a frame.
    slide = "const slider = document.getElementById(arguments[0]); slider.value = slider.max;"
    engine.run(slide + "slider.dispatchEvent(new Event('input'))", id)
    assert moved(before, later(engine, "id", NOW, id), id) == []
    engine.run("document.querySelector('.ldn-level button[value=plain]').click()")
    assert engine.run("return document.documentElement.dataset.level") == "plain"
    assert engine.run("return document.querySelectorAll('.toggle-button').length")
    engine.run("document.querySelector('.primary-toggle').click()")
    engine.until("return document.querySelector('dialog[open]')")
    engine.enter(None)
