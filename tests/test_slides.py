"""The slides of the lessons: what they say is the plan's, and what they show is alive.

Like every page they are opened, read, looked at and weighed: test_pages.py, test_accessibility.py.
"""

import json
import re

import book_slides  # conftest makes book/ext importable
import pytest
from bs4 import BeautifulSoup
from conftest import HTML, parsed
from sphinx.errors import ExtensionError
from test_accessibility import violations
from test_pages import SLIDES, moved, press, state

from helpers import explorer
from helpers.controls import ra_treatment

PLAN = "book/teach.html"
NOW = ".slides > section.present"


def words(node):
    return " ".join(node.get_text().split())


def steps(page):
    """The steps of the lesson that the slides are of."""
    start = f"A lesson of {re.search('[0-9]+', page)[0]} minutes"
    [lesson] = [
        h.parent for h in parsed(PLAN).article.find_all("h2") if h.get_text().startswith(start)
    ]
    return lesson.ol.find_all("li", recursive=False)


def test_each_lesson_has_its_slides():
    assert SLIDES == ["book/slides_45.html", "book/slides_90.html"]
    links = {a["href"] for a in parsed(PLAN).article.select("a[href^=slides_]")}
    assert {f"book/{link}" for link in links} == {*SLIDES}


@pytest.mark.parametrize("page", SLIDES)
def test_slides_say_what_the_plan_says(page):
    """Every point for the class is on a slide, one that opens a control on the control's own; none
    in brackets is, and none on how to open a control; the notes are the step."""
    for number, step in enumerate(steps(page), 1):
        slides = parsed(page).find_all(id=re.compile(rf"^step-{number}(-\d)?$"))
        shown = " ".join(
            words(part) for slide in slides for part in slide.select("h2, section > ul, .states")
        )
        assert all(words(slide.select_one(".notes")) == words(step) for slide in slides)
        for point in step.select("li"):
            control = point.select_one('a[href*="?"]')
            if re.match(r"\(|(Open|Then|And)\b", words(point)):
                assert words(point) not in shown
            elif control:
                id = re.search(r"#([\w-]+)", control["href"])[1]
                [slide] = [slide for slide in slides if slide.select_one(f"#{id}")]
                assert words(point) in words(slide.select_one("section > ul"))
            else:
                assert words(point) in shown


def test_words_stand_with_what_they_are_about():
    """What leads to a control is no longer on the slide of the last one; a question to it is."""
    opened = '<a href="x.html#explore-{}?y=0">{}</a>'
    said = (
        f"Begin. | Draw it {opened.format('a', 'here')}. | Three readings. | More. "
        f"| Open {opened.format('b', 'it')}. | Why? | (So.) | Look on. "
        f"| Then {opened.format('c', 'this')}. | Go on. | And {opened.format('c', 'that')}. | End."
    )
    points = "".join(f"<li><p>{point.strip()}</p></li>" for point in said.split("|"))
    lesson = BeautifulSoup(
        f"<section><h2>A lesson of 5 minutes: b</h2><ul>{points}</ul></section>", "html.parser"
    ).section
    parts = book_slides.Deck(lesson, {}, {}, ("", "")).parts([], lesson.find_all("li"))
    assert [(id, len(links), said) for id, links, said in parts] == [
        ("", 0, ["Begin."]),
        ("explore-a", 1, ["Draw it here."]),
        ("", 0, ["Three readings.", "More."]),
        ("explore-b", 1, ["Why?"]),
        ("", 0, ["Look on."]),
        ("explore-c", 2, ["Go on.", "End."]),
    ]


@pytest.mark.parametrize("page", SLIDES)
def test_slides_begin_with_licence_and_warning(page):
    first, second = parsed(page).select(".slides > section")[:2]
    assert "CC BY 4.0" in first.get_text() and first.h1
    assert second.h2.get_text() == "Before the lesson"
    said = parsed(PLAN).article.select_one(".admonition.important blockquote")
    assert words(said) in words(second)
    for word in ("opioids", "tramadol and codeine", "prescriber", "not about what to take"):
        assert word in words(said)


@pytest.mark.parametrize("page", SLIDES)
def test_controls_begin_at_the_plan_s_state(page):
    """And their buttons lead to the states that the plan names, if there are several."""
    plan = [a for step in steps(page) for a in step.select('a[href*="?"]')]
    wanted = {}
    for link in plan:
        id, values = link["href"].split("#")[1].split("?")
        wanted.setdefault(id, []).append((link.get_text(), values))
    controls = parsed(page).select("ldn-explorer")
    assert [c["id"] for c in controls] == list(wanted) and len(controls) >= 3
    for control in controls:
        spec = json.loads(control.script.string)
        first = dict(re.findall(r"(\w+)=([^&]+)", wanted[control["id"]][0][1]))
        assert {c["name"]: c["value"] for c in spec["controls"]} == pytest.approx(
            {name: float(value) for name, value in first.items()}
        )
        buttons = control.find_parent("section").select(".states a")
        there = [(b.get_text(), b["href"].split("?")[1]) for b in buttons]
        states = wanted[control["id"]]
        assert there == (states if len(states) > 1 else [])


def test_other_starting_settings_leave_presets_what_they_set():
    spec = ra_treatment.explore_stories().spec
    before = explorer.check_values(spec, {})
    other = explorer.starting_at(spec, {"benefit": 0})
    assert explorer.check_values(other, {}) == before | {"benefit": 0} != before
    for preset, now in zip(spec["presets"], other["presets"]):
        assert now["values"] == before | preset["values"]
    with pytest.raises(ValueError, match="benefit"):
        explorer.starting_at(spec, {"benefit": 1e9})


def test_a_control_in_two_steps_is_refused():
    """A page holds it once."""
    link = '<a href="x.html#explore-stories?benefit=0">a</a>'
    step = f"<li><p><strong>5 minutes. A.</strong></p><ul><li><p>{link}</p></li></ul></li>"
    lesson = BeautifulSoup(
        f"<section><h2>A lesson of 5 minutes: b</h2><ol>{step}{step}</ol></section>", "html.parser"
    )
    specs = {"explore-stories": ra_treatment.explore_stories().spec}
    deck = book_slides.Deck(lesson.section, specs, {}, ("", ""))
    with pytest.raises(ExtensionError, match="explore-stories"):
        deck.slides()


@pytest.mark.parametrize("page", SLIDES)
def test_links_leave_the_deck_where_it_is(page):
    """A deck that is left, and come back to, no longer turns its window of notes."""
    for link in parsed(page).select("a[href]:not([download])"):
        away = not link["href"].startswith("#")
        assert (link.get("target") == "_blank") is away, link
        assert ("noopener" in link.get("rel", [])) is away, link


# The places of the buttons that cover the title's words.
COVERED = """(slide) => {
  const words = document.createRange();
  words.selectNodeContents(slide.querySelector("h1, h2"));
  const title = words.getBoundingClientRect();
  return [...slide.querySelectorAll(".states a")].map((a) => a.getBoundingClientRect()).filter(
    (a) => a.left < title.right && a.right > title.left && a.top < title.bottom
      && a.bottom > title.top);
}"""


def turn(shown, key="ArrowRight"):
    shown.keyboard.press(key)
    return shown.locator(NOW).get_attribute("id")


@pytest.mark.parametrize("page", SLIDES)
@pytest.mark.parametrize("size", [(1920, 1080), (1440, 900), (1280, 720), (1024, 768)])
def test_all_slides_fit_the_screen(visit, site, page, size):
    """By the arrow keys from first to last; of a control whole pictures, words and first slider;
    no button covers a title."""
    width, height = size
    one = visit(site, viewport={"width": width, "height": height}, color_scheme="dark")
    shown = one.open(f"{site}/{page}")
    for number in range(len(parsed(page).select(".slides > section"))):
        now = shown.locator(NOW)
        assert now.count() == 1
        for part in now.locator(
            "h1, h2, > ul > li, .ldn-chart, .ldn-status, figure svg:visible"
        ).all():
            box = part.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width + 1
            assert box["y"] >= 0 and box["y"] + box["height"] <= height
        assert not now.evaluate(COVERED)
        if now.locator("ldn-explorer").count():
            room = now.locator(".control").bounding_box()
            for chart in now.locator(".ldn-chart").all():
                box = chart.bounding_box()
                assert box["y"] >= room["y"]
                assert box["y"] + box["height"] <= room["y"] + room["height"] + 1
            slider = now.locator(
                ".ldn-front > .ldn-controls :is(input, select)"
            ).first.bounding_box()
            question = now.locator("> ul").bounding_box()
            assert slider["y"] + slider["height"] <= question["y"] + 1
        if number in (0, 4):
            assert not violations(shown)
        turn(shown)
    assert (
        shown.locator(NOW).get_attribute("id") == parsed(page).select(".slides > section")[-1]["id"]
    )
    assert not one.complaints


def test_keys_belong_to_the_control_that_has_the_focus(visit, site):
    """Arrow keys move its slider; a presenter's keys and Escape lead on."""
    one = visit(site, viewport={"width": 1280, "height": 720})
    shown = one.open(f"{site}/book/slides_45.html#explore-occupancy")
    place = shown.locator(NOW).get_attribute("id")
    control = shown.locator("ldn-explorer#explore-occupancy")
    before = state(control)
    slider = control.locator("input[type=range]").first
    press(shown, slider)
    moved(control, before, "by keyboard")
    assert shown.locator(NOW).get_attribute("id") == place
    here = state(control)
    after = turn(shown, "PageDown")
    assert after != place and turn(shown, "PageUp") == place
    assert state(control) == here
    slider.focus()
    shown.keyboard.press("Escape")
    assert turn(shown) == after
    shown.keyboard.press("ArrowLeft")
    control.get_by_role("button", name="Reset").focus()
    shown.keyboard.press("Space")  # presses the button
    assert shown.locator(NOW).get_attribute("id") == place
    moved(control, here, "by Reset")
    shown.get_by_role("link", name="50 mg").click()
    dose = control.locator(".ldn-value").first.filter(has_text="50 mg")
    dose.wait_for()
    assert shown.locator(NOW).get_attribute("id") == place
    shown.reload()
    shown.locator(f"{NOW}#{place}").wait_for()
    dose.wait_for()
    assert not one.complaints


@pytest.mark.parametrize("way", ["served", "a file", "under a policy"])
def test_notes_stand_in_a_window_of_their_own(visit, site, strict_site, way):
    own = {"served": site, "a file": "file://", "under a policy": strict_site}[way]
    root = HTML.as_uri() if way == "a file" else own
    one = visit(own, viewport={"width": 1280, "height": 720})
    shown = one.open(f"{root}/book/slides_45.html")
    with one.context.expect_page() as opened:
        shown.keyboard.press("s")
    notes = opened.value
    plan = {f"step-{i}": words(step) for i, step in enumerate(steps("book/slides_45.html"), 1)}
    for window in (shown, notes, shown):
        notes.wait_for_function("() => window.Reveal && Reveal.isReady()")
        turn(window)
        at = window.locator(NOW).get_attribute("id")
        other = notes if window is shown else shown
        other.locator(f"{NOW}#{at}").wait_for()
        if at in plan:
            said = notes.locator(".speaker-notes").inner_text()
            assert " ".join(said.split()) == plan[at]
    assert at in plan
    assert not one.complaints


def test_notes_turn_on_after_a_link_was_followed(visit, site):
    one = visit(site, viewport={"width": 1280, "height": 720})
    shown = one.open(f"{site}/book/slides_90.html#/step-1")
    with one.context.expect_page() as opened:
        shown.keyboard.press("s")
    notes = opened.value
    notes.wait_for_function("() => window.Reveal && Reveal.isReady()")
    with one.context.expect_page() as opened:
        shown.get_by_role("link", name="C24").first.click()
    opened.value.wait_for_url("**/book/claims.html#C24")
    opened.value.close()
    shown.bring_to_front()
    at = turn(shown)
    assert at == "step-2"
    notes.locator(f"{NOW}#{at}").wait_for()
    assert not one.complaints


def test_a_phone_and_no_script_have_them_one_below_the_other(visit, site):
    """On a phone the controls live; without scripts a picture stands for them."""
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    for options in (phone, {"java_script_enabled": False}):
        shown = visit(site, **options).page
        shown.goto(f"{site}/book/slides_45.html")
        places = [one.bounding_box()["y"] for one in shown.locator(".slides > section").all()]
        assert places == sorted(set(places)) and len(places) > 8
        assert not shown.locator(".notes >> visible=true").count()


@pytest.mark.parametrize("page", SLIDES)
def test_slides_are_printed_one_a_sheet(visit, site, page):
    """White, with pictures and their words, without inputs, buttons and notes."""
    one = visit(site, color_scheme="dark", viewport={"width": 1280, "height": 720})
    shown = one.open(f"{site}/{page}")
    sheets = shown.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert sheets == len(parsed(page).select(".slides > section"))
    shown.emulate_media(media="print", color_scheme="dark")
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    visible = "(e) => e.checkVisibility({visibilityProperty: true})"
    seen = lambda selector: shown.locator(selector).evaluate_all(f"all => all.map({visible})")
    for gone in (".notes", ".ldn-controls", ".ldn-foot", ".states", ".reveal > .controls"):
        assert not any(seen(gone)), gone
    for there in ("h2", ".ldn-chart", ".ldn-status", "figure figcaption"):
        assert all(seen(there)) and seen(there), there
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_the_sheet_of_a_chapter_is_one_page(visit, site, paper):
    shown = visit(site).open(f"{site}/book/handout.html")
    shown.add_style_tag(content=f"@page {{ size: {paper} }}")
    sheets = shown.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert sheets == shown.locator(".ldn-handout").count() > 5
