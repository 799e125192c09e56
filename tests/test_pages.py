"""Every built page as its readers meet it: no network, no kernel, by mouse, by keyboard, no script.

On a phone, in the dark and for a screen reader: test_accessibility.py.
"""

import gzip
import re
from copy import copy
from functools import cache
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest
from conftest import HTML, PAINTED, Visit, built_pages, each, is_slides, parsed, text

PAGES = built_pages()
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]
SLIDES = [page for page in PAGES if is_slides(page)]  # see test_slides.py, too
CONTROLS = [
    (page, id) for page in PAGES for id in re.findall(r'<ldn-explorer id="([\w-]+)"', text(page))
]
STUBS = re.compile(
    r"coming soon|lorem ipsum|to be written|under construction|placeholder text"
    r"|\bTODO\b|\bTBD\b|\bFIXME\b",
    re.I,
)
# The curves, bands, points and bars that follow the controls; the faint starting curve does not.
LIVE = ".ldn-live path"
# Megabytes (10⁶ bytes) over the wire, each file compressed by itself, as a host does.
FIRST_VISIT, FURTHER_PAGE = 0.35, 0.12


def test_there_are_controls():
    assert CONTROLS, "no page of the book has a control"


# What the files say


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_loaded_from_elsewhere(page):
    loading = {
        "script": "src",
        "link": "href",
        "img": "src",
        "iframe": "src",
        "source": "src",
        "video": "src",
        "audio": "src",
        "object": "data",
    }
    found = [
        str(tag)[:200]
        for name, attribute in loading.items()
        for tag in parsed(page).find_all(name)
        # An address of its own, and a feed that a reader may ask for, load nothing.
        if urlsplit(tag.get(attribute, "")).netloc
        and not {"canonical", "alternate"} & set(tag.get("rel", []))
    ]
    assert not found


def test_styles_load_nothing_from_elsewhere():
    found = [
        f"{path.name}: {match}"
        for path in HTML.rglob("*.css")
        if "lite" not in path.relative_to(HTML).parts  # test_lite.py sees what that loads
        for match in re.findall(
            r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^\"')]+", path.read_text(encoding="utf-8")
        )
    ]
    assert not found


def targets(page):
    """All that a link to the page may name after "#"."""
    return {tag["id"] for tag in parsed(page).find_all(id=True)} | {
        tag["name"] for tag in parsed(page).find_all("a", attrs={"name": True})
    }


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    broken = []
    for link in parsed(page).find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc:
            continue
        path = (
            normpath(str(PurePosixPath(page).parent / unquote(parts.path))) if parts.path else page
        )
        fragment = unquote(parts.fragment).partition("?")[0]  # settings of a control may follow
        if not (HTML / path).is_file() or (
            path in PAGES and fragment and fragment not in targets(path)
        ):
            broken.append(link["href"])
    assert not broken


@pytest.mark.parametrize("page", PAGES)
def test_pictures_are_described(page):
    """Decoration may have an empty alt text, a picture in the article must say what it shows."""
    article = parsed(page).find("article") or parsed(page)
    images = article.find_all("img")
    bad = [
        tag
        for tag in images
        if not tag.get("alt") or re.search(r"\.(png|svg|jpe?g|gif|webp)$", tag["alt"])
    ]
    for tag in article.find_all("svg", role="img"):
        labels = tag.get("aria-labelledby", "").split()
        named = (
            tag.get("aria-label")
            or tag.find("title")
            or any(tag.find(id=label) for label in labels)
        )
        if not named:
            bad.append(tag)
    assert not [str(tag)[:200] for tag in bad]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_a_stub(page):
    text = (parsed(page).find("article") or parsed(page)).get_text(" ")
    assert not STUBS.findall(text)


@pytest.mark.parametrize("page", PAGES)
def test_no_table_cuts_words(page):
    """As pandas does after 50 letters: set its display.max_colwidth in that chapter."""
    cells = parsed(page).select("table :is(td, th)")
    assert [cell.get_text() for cell in cells if cell.get_text().endswith(("...", "…"))] == []


@pytest.mark.parametrize("page", PAGES)
def test_mathematics_needs_no_script(page):
    article = copy(parsed(page).find("article") or parsed(page))
    for code in article.find_all(["pre", "code", "script"]):
        code.extract()
    assert not re.findall(r"\\\(|\\\[|\\frac|\\begin\{|\$\$", article.get_text()), (
        "LaTeX is left in the text"
    )
    assert all(block.find("math") for block in article.select(".math")), (
        "an equation was not converted"
    )


def test_mathematics_is_there():
    assert any(parsed(page).find("math") for page in PAGES)


# What a browser does with them


def test_equations_stand_in_a_line_where_mathml_is_unknown(visit, site):
    """As in Chrome before 109: a fraction must keep its bar, and one line says why."""
    seen = visit(site)
    seen.context.add_init_script("delete window.MathMLElement")
    shown = seen.open(f"{site}/notebooks/03_ldn_mechanism.html")
    lines = shown.locator(".ldn-in-line").all_inner_texts()
    assert len(lines) == len(parsed("notebooks/03_ldn_mechanism.html").find_all("math"))
    assert "blocked= dose/(dose+ ED_50)" in lines and not shown.locator("math").count()
    assert "cannot draw equations" in shown.locator("h1 + p").inner_text()
    seen = visit(site)
    shown = seen.open(f"{site}/notebooks/03_ldn_mechanism.html")
    assert shown.locator("math").count() == len(lines)
    assert not shown.locator(".ldn-in-line").count()


CUT_OFF = """() => [
    ...document.querySelectorAll("figure.ldn-figure svg, .ldn-fallback svg"),
].flatMap((svg) => {
    const edge = svg.getBoundingClientRect();
    const outside = (box) =>
        box.left < edge.left - 1 || box.right > edge.right + 1 ||
        box.top < edge.top - 3 || box.bottom > edge.bottom + 3;
    return [...svg.querySelectorAll("text")]
        .filter((text) => outside(text.getBoundingClientRect()))
        .map((text) => `${svg.closest("figure, ldn-explorer").id}: ${text.textContent.trim()}`);
})"""


@pytest.mark.parametrize(
    "page", [page for page in PAGES if re.search(r'class="ldn-(figure|fallback)', text(page))]
)
def test_pictures_without_scripts(visit, site, page):
    """Pictures stand in for controls, and no word of a picture is cut off.

    A browser cuts an SVG off at its edge; two pixels above are the superscript's empty line box.
    """
    shown = visit(site, java_script_enabled=False).page
    shown.goto(f"{site}/{page}")
    assert not shown.evaluate(CUT_OFF)
    ink = "getComputedStyle(document.documentElement).getPropertyValue('--pst-color-text-base')"
    # Slides have colours of their own (slides.css).
    assert page in SLIDES or shown.evaluate(ink), "the theme's colours need a script"
    controls = shown.locator("ldn-explorer").all()
    assert len(controls) == sum(where == page for where, _ in CONTROLS)
    for control in controls:
        picture = control.locator(".ldn-fallback svg").first
        assert picture.is_visible()
        assert picture.bounding_box()["height"] > 100


@cache
def wire(file):
    """The size of a file of the book in megabytes, compressed."""
    return len(gzip.compress((HTML / file).read_bytes(), 6)) / 1e6


def loaded(seen, site, page):
    """Open the page with an empty cache; the files that the browser fetches for it."""
    fetched = []
    seen.page.on("request", lambda request: fetched.append(request.url))
    seen.open(f"{site}/{page}", idle=True)
    return {urlsplit(url).path.lstrip("/") for url in fetched if url.startswith(site)}


@pytest.fixture(scope="module")
def cached(browser, site):
    """What a reader's browser keeps from the book's first page, the lightest of all."""
    seen = Visit(browser, site)
    files = loaded(seen, site, "book/intro.html")
    seen.context.close()
    return files - {"book/intro.html"}


BARE_ICONS = """() => [
    ...document.querySelectorAll("i.fa-solid, i.fas, i.far, i.fab, i.fa-regular, i.fa-brands"),
].filter((icon) => !getComputedStyle(icon).maskImage.startsWith("url")).map((i) => i.className)"""


# What is seen and means nothing on paper: signs that lead somewhere, dots between links that are
# gone, empty frames.
STRAY = r"""() => {
    const seen = (e) => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true});
    const found = [];
    for (const e of document.querySelectorAll("article *:not(svg *, pre *, script, style)")) {
        if (!seen(e) || parseFloat(getComputedStyle(e).fontSize) < 3) continue;
        const own = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
        if (/^\s*[▤¶↕#]\s*$/.test(own)) found.push(e.outerHTML);
        for (const side of ["::before", "::after"])
            if (/[▤¶↕↑↓▾▸]/.test(getComputedStyle(e, side).content)) found.push(e.outerHTML);
        const text = e.innerText ?? "";
        if (e.matches("p, figcaption, li, dd, td, caption") && /(^|\n)\s*·|·\s*(·|\n|$)/.test(text))
            found.push(text);
        const { borderTopWidth: line, display } = getComputedStyle(e);
        const empty = !text.trim() && !e.querySelector("svg, img, math") && display !== "inline";
        if (empty && parseFloat(line) > 0 && !e.matches("td, th, tr, hr, svg, math"))
            found.push(e.outerHTML);
    }
    return found.map((one) => one.slice(-150));
}"""


@pytest.mark.parametrize("page", each(PAGES))
def test_page_is_quiet_drawn_and_light(visit, site, cached, page):
    """One visit: nothing is complained of, every icon has its picture, little is fetched, and paper
    shows no stray marks.

    Icons are masks from icons.css: one it does not know would show as a filled square, or fetch the
    theme's icon font.
    """
    seen = visit(site)
    files = loaded(seen, site, page)
    assert page in files and any(file.endswith(".css") for file in files)
    needed = {"first visit": files, "further page": files - cached}
    weights = {kind: sum(map(wire, some)) for kind, some in needed.items()}
    limits = {"first visit": FIRST_VISIT, "further page": FURTHER_PAGE}
    faults = {
        "complaints": seen.complaints,
        "icons without a picture": seen.page.evaluate(BARE_ICONS),
        "fonts": [file for file in files if re.search(r"\.(woff2?|ttf)$", file)],
        "too heavy": [
            f"{kind}: {weights[kind]:.3f} MB, largest is {max(needed[kind], key=wire)}"
            for kind in needed
            if weights[kind] > limits[kind]
        ],
    }
    if parsed(page).article:
        seen.page.emulate_media(media="print")
        seen.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        faults["stray marks on paper"] = seen.page.evaluate(STRAY)
    assert not any(faults.values()), faults


def test_data_of_figures_is_there():
    """The links to data are files, and none stays in a page as weight."""
    links = [
        (page, link["href"])
        for page in PAGES
        for link in parsed(page).select(".ldn-sources a[download]")
    ]
    assert len(links) > 40
    assert all(not href.startswith("data:") for _, href in links)


@pytest.mark.parametrize("page", sorted({page for page, _ in CONTROLS} - {*SLIDES}))
def test_paper_shows_all_and_only_what_can_be_read(visit, site, page):
    """Curves without inputs, answers unfolded, dark ink on white even from a dark screen."""
    shown = visit(site, color_scheme="dark").open(f"{site}/{page}")
    shown.emulate_media(media="print", color_scheme="dark")
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    visible = "(e) => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})"
    seen = lambda selector: shown.locator(selector).evaluate_all(f"all => all.map({visible})")
    for selector in [
        ".ldn-controls",
        ".ldn-foot",
        ".bd-sidebar-primary",
        ".bd-header-article",
        ".headerlink",
        "button:not(th button)",  # heads of columns are words on paper
        "details.hide",
    ]:
        assert not any(seen(selector)), selector
    readable = ["h1", ".ldn-chart", ".ldn-status"]
    if page == "book/trials.html":
        readable += [".ldn-trials details p, .ldn-trials details li"]
    else:
        readable += [".ldn-claims details p"]
    if page.startswith("notebooks/"):
        readable += [".ldn-check details p", ".solution p"]
    for selector in readable:
        assert seen(selector) and all(seen(selector)), selector
    ink = shown.evaluate("getComputedStyle(document.querySelector('article p:not([class])')).color")
    assert ink == "rgb(34, 40, 50)"
    shown.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown.evaluate("document.documentElement.dataset.theme") == "dark"


STATE = f"""(control) => {{
    const all = (selector, read) => [...control.querySelectorAll(selector)].map(read);
    return {{
        values: all(".ldn-value", (e) => e.innerText),
        choices: all(".ldn-controls select", (e) => e.selectedOptions[0].text),
        status: control.querySelector(".ldn-status").innerText,
        paths: all("{LIVE}", (e) => e.getAttribute("d")),
        stuck: control.querySelectorAll(".ldn-stuck").length,
    }};
}}"""
# One frame to draw in, one to be sure.
DRAWN = f"""(control) => new Promise((done) => requestAnimationFrame(() =>
    requestAnimationFrame(() => done(({STATE})(control)))))"""


def state(control):
    """What a control shows: its values and choices in words, its status line, its drawn paths."""
    return control.evaluate(STATE)


def moved(control, before, what):
    """Check that its words, its status line and a path went on from `before`; the new state."""
    now = control.evaluate(DRAWN)
    assert (now["values"], now["choices"]) != (before["values"], before["choices"]), (
        f"{what}: no value's text changed"
    )
    assert now["status"] != before["status"], (
        f"{what}: the status line still says {before['status']!r}"
    )
    assert now["paths"] != before["paths"], f"{what}: no drawn path changed"
    assert not now["stuck"], f"{what}: {now['status']}"
    return now


def reset(control):
    """By script, which is quicker; that its button can be pressed: test_explorer_js.py."""
    control.locator("button:text-is('Reset')").evaluate("one => one.click()")
    control.evaluate(PAINTED)


def drag(page, slider):
    """Take the slider's thumb with the mouse and pull it to the far end of its track."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    share = slider.evaluate("s => (s.value - s.min) / (s.max - s.min)")
    thumb, middle = 24, box["y"] + box["height"] / 2
    at = lambda fraction: box["x"] + thumb / 2 + fraction * (box["width"] - thumb)
    page.mouse.move(at(share), middle)
    page.mouse.down()
    page.mouse.move(at(0.5), middle, steps=2)
    page.mouse.move(at(0.05 if share > 0.5 else 0.95), middle, steps=2)
    page.mouse.up()


def press(page, slider):
    """Move the slider by keyboard alone, by single steps and then to its farther end."""
    slider.focus()
    near_low = slider.evaluate("s => s.value - s.min < s.max - s.value")
    for key in [*["ArrowRight" if near_low else "ArrowLeft"] * 3, "End" if near_low else "Home"]:
        page.keyboard.press(key)


# Slides show controls of the chapters once more.
WITH_CONTROLS = [
    pytest.param(page, marks=pytest.mark.weekly if page in SLIDES else ())
    for page in sorted({page for page, _ in CONTROLS})
]


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_every_input_of_a_control_works(visit, site, page):
    seen = visit(site)
    shown = seen.open(f"{site}/{page}")
    for name in [name for where, name in CONTROLS if where == page]:
        move_every_input(shown, name)
    assert not seen.complaints


def go_to(shown, name):
    """The control, in view: slides take a moment to turn to it, and what is hidden has no keys."""
    shown.evaluate("(name) => (location.hash = name)", name)
    control = shown.locator(f"ldn-explorer#{name}")
    control.wait_for()
    return control


def move_every_input(shown, name):
    """Move each input of the control by mouse and by keyboard, and press its presets."""
    control = go_to(shown, name)
    assert control.locator(".ldn-fallback").count() == 0
    inputs = control.locator(".ldn-controls :is(input, select)").all()
    assert inputs, f"{name} has no inputs"
    for one in inputs:
        label = one.get_attribute("name")
        kind = one.evaluate("e => e.type")
        reset(control)
        before = state(control)
        if kind == "checkbox":
            one.click()
            moved(control, before, f"{name}: {label} by mouse")
            reset(control)
            before = state(control)
            one.press("Space")
            moved(control, before, f"{name}: {label} by keyboard")
        elif kind == "select-one":
            other = one.evaluate("s => (s.selectedIndex + 1) % s.length")
            one.select_option(index=other)
            moved(control, before, f"{name}: {label} by mouse")
            reset(control)
            one.focus()
            shown.keyboard.press(
                "ArrowUp" if one.evaluate("s => s.selectedIndex === s.length - 1") else "ArrowDown"
            )
            moved(control, before, f"{name}: {label} by keyboard")
        else:
            drag(shown, one)
            moved(control, before, f"{name}: {label} by mouse")
            reset(control)
            press(shown, one)
            moved(control, before, f"{name}: {label} by keyboard")
            assert one.get_attribute("aria-valuetext"), (
                f"{name}: {label} has no words for a screen reader"
            )
    for preset in control.locator(".ldn-preset").all():
        preset.click()
        assert preset.get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("page", sorted({page for page, _ in CONTROLS}))
def test_controls_live_in_a_page_opened_as_a_file(visit, page):
    seen = visit("file://")
    shown = seen.open((HTML / page).as_uri())
    for name in [name for where, name in CONTROLS if where == page]:
        control = go_to(shown, name)
        before = state(control)
        slider = control.locator("input[type=range]")
        if slider.count():
            press(shown, slider.first)
        else:
            control.locator("[role=switch]").first.press("Space")
        moved(control, before, f"{name}: as a file")
    assert not seen.complaints
