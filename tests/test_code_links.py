"""From each figure and control to the code that made it, by mouse and by keyboard."""

import inspect
import re

import pytest
from conftest import HTML, parsed, text
from test_pages import PAGES

PLACES = [
    (page, id)
    for page in PAGES
    if page.startswith("notebooks/")
    for id in re.findall(
        r'<(?:figure class="ldn-figure[^>]*|ldn-explorer) id="([\w-]+)"', text(page)
    )
]


def test_every_figure_and_control_names_its_code():
    """The plain page leads to the cell and shows the function it calls, word for word."""
    import importlib

    assert len(PLACES) > 50
    for page, id in PLACES:
        [code] = parsed(page).find_all(id=f"{id}-code")
        call, function, *rest = [
            block.get_text() for block in code.find_parent(class_="cell").select(".cell_input pre")
        ]
        assert not rest, f"{id}: more than one function"
        name = function.split("(")[0].removeprefix("def ")
        room = "figures" if id.startswith("figure") else "controls"
        assert f"{room}.{name}(" in call
        module = importlib.import_module(
            f"helpers.{room}." + page.split("_", 1)[1].removesuffix(".html")
        )
        assert function.strip() == inspect.getsource(getattr(module, name)).strip()
        if id.startswith("figure"):
            [link] = parsed(page).find(id=id).select("a.ldn-code")
            assert link["href"] == f"#{id}-code"


@pytest.mark.parametrize("page", sorted({page for page, _ in PLACES}))
def test_code_opens_in_place(visit, page):
    """From a file, without any server: the link opens the cell and takes the focus there.

    It leaves the address alone, and no code, listing or output is wider than its box.
    """
    one = visit("file://", viewport={"width": 1280, "height": 720})
    shown = one.open((HTML / page).as_uri() + "#settings")
    for i, id in enumerate(id for where, id in PLACES if where == page):
        link = shown.locator(f"[id={id}] a.ldn-code")
        code = shown.locator(f"[id={id}-code]")
        hidden = code.locator("xpath=ancestor::details").count() > 0
        assert code.is_visible() != hidden, id
        if i % 2:
            link.focus()
            shown.keyboard.press("Enter")
        else:
            link.click()
        assert code.is_visible(), id
        # Of an open cell the function that it calls is folded.
        focused = code.locator("xpath=(ancestor::details | parent::*/details)/summary")
        assert focused.evaluate("e => e === document.activeElement"), id
        top = shown.evaluate("document.activeElement.getBoundingClientRect().top")
        assert 0 <= top < 740, f"{id}: the code is out of sight"
        assert shown.url.endswith("#settings")
    too_wide = shown.evaluate(
        """() => {
            document.querySelectorAll('details').forEach(box => { box.open = true; });
            return [...document.querySelectorAll('article pre')]
                .filter(pre => pre.scrollWidth > pre.clientWidth)
                .map(pre => pre.innerText.slice(0, 80));
        }"""
    )
    assert too_wide == []
    assert one.complaints == []


def test_code_opens_without_scripts(visit, site):
    """The browser itself opens what the link under a figure leads into."""
    page, id = next(place for place in PLACES if place[1].startswith("figure"))
    shown = visit(site, java_script_enabled=False).page
    shown.goto(f"{site}/{page}")
    code = shown.locator(f"[id={id}-code]")
    assert not code.is_visible()
    shown.locator(f"[id={id}] a.ldn-code").click()
    code.wait_for(state="visible")
