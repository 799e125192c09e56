"""The book in Firefox and in WebKit: as alive as in Chromium, and with the same words.

All pages come under a policy that forbids scripts within a page or made of text, see engines.py.
What is seen only once, in Chromium, stands in test_pages.py and test_steady_pages.py.
"""

import functools
import os
import time

import pytest
from conftest import HTML, Visit, served
from engines import ENGINES, PATIENCE, WatchedHandler
from selenium.webdriver.common.keys import Keys
from test_pages import CONTROLS, SLIDES, SOUP
from test_steady_pages import LANDING, SAME, TOP, states

WITH = sorted({page for page, _ in CONTROLS})
OWN = [page for page in WITH if page not in SLIDES]  # slides show controls of these once more
PAGES = [page for page in SOUP if page != "index.html"]  # a mere redirection
PHONES = [(390, 844), (375, 553)]
CHAPTER = "notebooks/03_ldn_mechanism.html"

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
let seed = 7;
const random = () => (seed = (16807 * seed) % 2147483647) / 2147483647;
const all = [];
for (let k = 0; k < settings; k++) {
    for (const input of document.querySelectorAll(
            "ldn-explorer .ldn-controls :is(input, select)")) {
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
# Reset the control of an input, bring the input to the middle; what there is then, and where.
PREPARE = (
    STATE
    + """
const input = document.getElementById(id);
const control = input.closest("ldn-explorer");
if (control.closest(".slides")) location.hash = control.id; // turn to it
await frame();
for (const more of control.querySelectorAll(".ldn-more")) more.open = true;
[...control.querySelectorAll("button")].find((b) => b.textContent === "Reset").click();
input.scrollIntoView({block: "center", behavior: "instant"});
await frame();
const {left, top, width, height} = input.getBoundingClientRect();
const share = (input.value - input.min) / (input.max - input.min);
return {...state(control), left, top, width, height, share};
"""
)
NOW = STATE + "await frame(); return state(document.getElementById(id).closest('ldn-explorer'));"
THUMB = 24


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


@pytest.fixture(
    scope="session",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES],
)
def engine(request, tmp_path_factory):
    """Each of the browsers; `downloads` is the folder of what it saves.

    A reader may have neither, and is told so at the end; continuous integration must have both.
    """
    chosen = ENGINES[request.param]
    if not chosen.found():
        missing = f'no {chosen.name} here ("apt-get install {" ".join(chosen.packages)}" on Debian)'
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


@pytest.mark.parametrize("page", PAGES)
def test_page_is_quiet_and_its_controls_alive(engine, strict_site, page):
    engine.open(f"{strict_site}/{page}")
    complaints, alive = engine.run(
        "return [complaints, document.querySelectorAll('ldn-explorer[data-ready]').length]"
    )
    assert complaints == []
    ids = [id for where, id in CONTROLS if where == page]
    assert alive == len(ids)
    if ids and page not in SLIDES:  # where they are laid out anew, unseen
        if not engine.run("return before"):
            engine.open(f"{strict_site}/{page}")  # the style is kept by now, and there at once
        before, after = engine.run("return [before, heights()]")
        moved = {id: (before[id], after[id]) for id in ids}
        assert not {id: m for id, m in moved.items() if abs(m[0] - m[1]) > SAME}


@pytest.mark.parametrize("page", OWN)
def test_words_are_those_of_chromium(engine, strict_site, chromium_words, page):
    engine.open(f"{strict_site}/{page}")
    found = later(engine, "settings", WORDS, SETTINGS)
    expected = chromium_words(page)
    assert len({str(words) for words in expected}) > SETTINGS / 2
    for mine, theirs in zip(found, expected, strict=True):
        assert mine == theirs


def moved(before, now, what):
    """What of a control should have changed and has not, in words."""
    same = [kind for kind in ("words", "paths") if before[kind] == now[kind]]
    return [f"{what}: the same {' and '.join(same)}"] if same or now["stuck"] else []


@pytest.mark.parametrize("page", OWN)
def test_every_input_works_by_mouse_and_by_keyboard(engine, strict_site, page):
    engine.open(f"{strict_site}/{page}")
    inputs = engine.run(
        "return [...document.querySelectorAll('ldn-explorer .ldn-controls :is(input, select)')]"
        ".map((e) => [e.id, e.type, e.selectedIndex === e.length - 1])"
    )
    assert inputs
    faults = []
    for id, kind, last in inputs:
        before = later(engine, "id", PREPARE, id)
        if kind == "checkbox":
            across, down = (before["left"] + THUMB / 2, before["top"] + before["height"] / 2)
            engine.drag(across, down, across)
            faults += moved(before, later(engine, "id", NOW, id), f"{id} by mouse")
            before = later(engine, "id", PREPARE, id)
            engine.press(f"#{id}", Keys.SPACE)
        elif kind == "select-one":
            engine.press(f"#{id}", Keys.ARROW_UP if last else Keys.ARROW_DOWN)
        else:
            low, track = before["left"] + THUMB / 2, before["width"] - THUMB
            far = 0.05 if before["share"] > 0.5 else 0.95
            stops = [low + share * track for share in (before["share"], 0.5, far)]
            middle = before["top"] + before["height"] / 2
            engine.drag(stops[0], middle, *stops[1:])
            faults += moved(before, later(engine, "id", NOW, id), f"{id} by mouse")
            before = later(engine, "id", PREPARE, id)
            near_low = before["share"] < 0.5
            step = Keys.ARROW_RIGHT if near_low else Keys.ARROW_LEFT
            engine.press(f"#{id}", step * 3 + (Keys.END if near_low else Keys.HOME))
        faults += moved(before, later(engine, "id", NOW, id), f"{id} by keyboard")
    assert faults == []
    assert engine.run("return complaints") == []


REST = "await new Promise((done) => setTimeout(done, 400));"
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
await new Promise((done) => setTimeout(done, 400));
"""
IN_FRAME = """
const {innerHeight, scrollY} = frame.contentWindow;
const top = page.getElementById(id).getBoundingClientRect().top;
const left = page.documentElement.scrollHeight - innerHeight - scrollY;
return {top: Math.round(top), end: left < 2};
"""


@pytest.mark.parametrize("page", OWN)
def test_links_land_where_they_lead(engine, strict_site, page):
    faults = []
    for target in states(page):
        address, id = f"{strict_site}/{page}#{target}", target.split("?")[0]
        engine.open(address)
        found = {"wide": later(engine, "id", f"{REST} return ({TOP})(id);", id)}
        engine.visit(f"{strict_site}/frame.html")
        for size in PHONES:
            found[size] = later(
                engine, "address, width, height, id", FRAMED + IN_FRAME, address, *size, id
            )
        low, high = LANDING
        for size, where in found.items():
            if not (low <= where["top"] <= high or where["end"]):
                faults.append((target, size, where))
    assert faults == []


@pytest.mark.parametrize("page", WITH)
def test_controls_live_in_a_page_opened_as_a_file(engine, page):
    engine.open((HTML / page).as_uri())
    ids = [id for where, id in CONTROLS if where == page]
    for id in ids:
        slider = f"#{id} input[type=range]"
        input = engine.run("return document.querySelector(arguments[0]).id", slider)
        before = later(engine, "id", PREPARE, input)
        engine.press(f"#{input}", Keys.END if before["share"] < 0.5 else Keys.HOME)
        assert moved(before, later(engine, "id", NOW, input), id) == []


def test_search_finds_a_model(engine, strict_site):
    engine.open(f"{strict_site}/book/intro.html")
    engine.visit(f"{strict_site}/search.html?q=naltrexone")
    engine.until("return document.querySelectorAll('#search-results li a').length > 3")
    assert engine.run("return complaints") == []


def test_ledger_filters_and_sorts(engine, strict_site):
    engine.open(f"{strict_site}/book/claims.html")
    shown = "return [...document.querySelectorAll('.ldn-ledger tbody tr')].filter("
    shown += "(row) => row.checkVisibility()).map((row) => row.id)"
    everything = engine.run(shown)
    engine.press("#ledger-text", "microglia")
    some = engine.run(shown)
    assert 0 < len(some) < len(everything)
    status = engine.run("return document.querySelector('.ldn-ledger-status').textContent")
    assert status.startswith(f"{len(some)} of {len(everything)} ")
    assert engine.run("return complaints") == []


def test_progress_and_choices_are_kept(engine, strict_site):
    """An answer of the self-check, the dark page and the plain page, all by keyboard."""
    engine.open(f"{strict_site}/{CHAPTER}")
    status = "return document.querySelector('.ldn-kept [role=status]').textContent"
    assert "0 of 5" in engine.run(status)
    engine.press(".ldn-check > li details[data-right] summary", Keys.ENTER)
    engine.until(f"{status}.includes('1 of 5')")
    look = "return [document.documentElement.dataset.theme, document.documentElement.dataset.level]"
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = engine.run(ground)
    for _ in range(3):
        if engine.run(look)[0] == "dark":
            break
        engine.press(".theme-switch-button", Keys.ENTER)
    engine.press(".ldn-level button[value=plain]", Keys.ENTER)
    chosen = engine.run(look)
    assert chosen == ["dark", "plain"]
    assert engine.run(ground) != light
    engine.open(f"{strict_site}/{CHAPTER}")
    assert "1 of 5" in engine.run(status)
    assert engine.run(look) == chosen
    engine.run("localStorage.clear()")
    assert engine.run("return complaints") == []


def test_numbers_are_saved(engine, strict_site):
    engine.open(f"{strict_site}/{CHAPTER}")
    click = """
        const menu = document.querySelector(".ldn-menu");
        menu.open = true;
        [...menu.querySelectorAll("button")].find((b) => /CSV/.test(b.textContent)).click();
    """
    engine.run(click)
    end = time.monotonic() + PATIENCE
    saved = b""
    while not saved and time.monotonic() < end:
        time.sleep(0.1)
        saved = b"".join(path.read_bytes() for path in engine.downloads.rglob("explore-*.csv"))
    assert saved.startswith(b"\xef\xbb\xbfpanel,series,")
    assert engine.run("return complaints") == []


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
    engine.until("return document.querySelectorAll('ldn-explorer[data-ready]').length === 4")
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
