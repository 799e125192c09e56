"""A control as one file, controls/<id>.html: from a disk, and in a frame of another page."""

import re

import pytest
from conftest import HTML, PAINTED, parsed
from test_accessibility import violations
from test_pages import CONTROLS

WHERE = {id: page for page, id in CONTROLS if page.startswith("notebooks/")}


def drawn(control):
    paths = control.locator(".ldn-live path")
    return paths.evaluate_all("all => all.map((path) => path.getAttribute('d'))")


def move(page, control):
    one = control.locator(".ldn-controls input").first
    switch = one.get_attribute("role") == "switch"
    one.press("Space" if switch else "End" if one.evaluate("s => s.value < s.max") else "Home")
    page.evaluate(PAINTED)


@pytest.mark.parametrize("name", sorted(WHERE))
def test_it_lives_from_a_disk_and_asks_for_nothing(visit, tmp_path, name):
    """In a folder where nothing else is."""
    file = tmp_path / f"{name}.html"
    file.write_bytes((HTML / "controls" / file.name).read_bytes())
    seen, asked = visit("file://"), []
    seen.page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    page = seen.open(file.as_uri())
    control = page.locator("ldn-explorer")
    before = drawn(control)
    move(page, control)
    assert drawn(control) != before and control.locator(".ldn-stuck").count() == 0
    assert set(asked) <= {"file", "data"} and asked.count("file") == 1
    # It cannot be given on from here, what it shows can be saved.
    control.locator(".ldn-menu > summary").click()
    items = control.locator(".ldn-items button").all_inner_texts()
    assert items == ["Copy link", "Save picture", "Save data (CSV)"]
    assert "CC BY 4.0" in page.locator("footer").inner_text()
    assert not violations(page, "body")  # a part of a page needs no heading of the first level
    assert not seen.complaints


def test_every_control_has_its_file():
    """The very spec of its chapter."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in HTML.glob("controls/*.html")}
    assert files.keys() == WHERE.keys()
    for name, text in files.items():
        spec = str(parsed(WHERE[name]).find(id=name).find("script").string)
        assert spec in text, name


def test_the_menu_gives_a_frame_that_opens_the_same_state(visit, site):
    name = "explore-occupancy"
    seen = visit(site)
    page = seen.open(f"{site}/{WHERE[name]}")
    control = page.locator(f"#{name}")
    move(page, control)
    control.get_by_text("Share or save").click()
    control.get_by_role("button", name="Use elsewhere").click()
    told = control.locator(".ldn-told")
    link = told.get_by_role("link", name="Save it as one file")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"{name}.html"
    frame = told.get_by_role("textbox", name="Code to embed it").input_value()
    assert "CC BY 4.0" in told.inner_text() and "MIT" in told.inner_text()
    assert re.search(rf'src="{site}/controls/{name}\.html#{name}\?', frame)
    shown, words = drawn(control), control.locator(".ldn-status").inner_text()
    other = visit(site)  # where no script of the book runs
    other.page.set_content(f"<!DOCTYPE html><title>Another page</title>{frame}")
    inside = other.page.frame_locator("iframe").locator("ldn-explorer")
    inside.locator("xpath=self::*[@data-ready]").wait_for()
    assert inside.locator(".ldn-status").inner_text() == words
    assert len(drawn(inside)) == len(shown)
    assert not seen.complaints and not other.complaints
