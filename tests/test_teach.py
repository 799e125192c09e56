"""The pages for teachers: states of controls, plans, and paper without solutions."""

import re
from copy import copy
from types import SimpleNamespace

import book_teach  # conftest makes book/ext importable
import pytest
from conftest import PAINTED, ROOT
from docutils import nodes
from docutils.utils import new_document

from helpers.checks import UnknownName
from helpers.controls import ldn_mechanism
from helpers.self_check import chapters, self_check

SOURCE = (ROOT / "book/teach.md").read_text(encoding="utf-8")
PAGE, HANDOUT = "book/teach.html", "book/handout.html"
SEEN = "(all) => all.map((e) => e.checkVisibility({contentVisibilityAuto: true}))"


def states():
    """The states that the page links to, in words."""
    return [text for text in re.findall(r"\{control\}`[^<]+<([^>]+)>`", SOURCE)]


def test_plans_take_the_time_that_they_say():
    plans = re.findall(r"^## A lesson of (\d+) minutes(.*?)(?=^## )", SOURCE, re.M | re.S)
    assert [int(minutes) for minutes, _ in plans] == [45, 90]
    for minutes, plan in plans:
        steps = re.findall(r"^\d\. \*\*(\d+) minutes\.", plan, re.M)
        assert sum(map(int, steps)) == int(minutes)


def test_objectives_of_every_chapter(soup):
    [table] = soup(PAGE).select("section#objectives table")
    links = [row.a["href"] for row in table.tbody.find_all("tr")]
    assert links == [f"../notebooks/{chapter}.html" for chapter in chapters()]


def test_links_open_the_states_that_they_ask_for(visit, site, soup):
    """No word of a bad address, all inputs as asked, and the words that the page quotes."""
    links = [a["href"] for a in soup(PAGE).select("article a[href*='?']")]
    assert len(links) == len(states()) > 12
    one = visit(site)
    said = []
    for link, text in sorted(zip(links, states())):
        shown = one.open(f"{site}/book/{link}")
        id, values = book_teach.state(text)
        control = shown.locator(f"ldn-explorer#{id}")
        asked = dict(re.findall(r"[?&](\w+)=([^&]+)", link))
        control.locator(".ldn-menu").evaluate("(menu) => (menu.open = true)")
        control.get_by_role("button", name="Use elsewhere").click()
        code = control.get_by_role("textbox").input_value()
        given = dict(re.findall(r"[?&](?:amp;)?(\w+)=([^&\"]+)", code))
        assert {k: float(v) for k, v in given.items()} == pytest.approx(
            {k: float(v) for k, v in asked.items()}, rel=1e-9
        )
        assert values.items() <= {k: float(v) for k, v in asked.items()}.items()
        shown.evaluate(PAINTED)
        words = control.locator(".ldn-status").inner_text()
        assert "were not used" not in words and control.locator(".ldn-stuck").count() == 0
        said.append(" ".join(words.split()))
    quoted = [" ".join(e.get_text().split()) for e in soup(PAGE).select(".ldn-says")]
    assert len(quoted) > 6 and set(quoted) <= set(said)
    assert not one.complaints


def test_a_state_that_is_not_there_is_refused():
    spec = ldn_mechanism.explore_occupancy().spec
    id, values = book_teach.state("explore-occupancy dose=50")
    assert book_teach.address(spec, values) == (
        "explore-occupancy?dose=50&ED50=5.07&kappa=2&delta=79"
    )
    with pytest.raises(ValueError, match="expected input=number, got 'dose=many'"):
        book_teach.state("explore-occupancy dose=many")
    with pytest.raises(ValueError, match="control 'dose' must be a number from 0.5 to 100"):
        book_teach.address(spec, {"dose": 1000.0})
    with pytest.raises(UnknownName, match="dosis"):
        book_teach.address(spec, {"dosis": 4.5})


def test_a_wrong_state_is_a_warning_which_fails_the_build(monkeypatch):
    document = new_document("teach")
    document.settings.env = SimpleNamespace(docname="book/teach")
    document += nodes.paragraph("", "", book_teach.state_link("", "words", state="explore-nobody"))
    said = []
    monkeypatch.setattr(book_teach.Fill, "shown", lambda self: ({}, {}))
    monkeypatch.setattr(book_teach.logger, "warning", lambda text, error, **_: said.append(error))
    book_teach.Fill(document).run()
    assert len(said) == 1 and "explore-nobody" in str(said[0])
    assert document.astext() == "words"


def test_the_handout_has_every_exercise_and_no_solution(soup):
    page = soup(HANDOUT).article
    sheets = page.select(".ldn-handout")
    assert len(sheets) == len(chapters())
    assert not page.select(".solution, details, [data-right]")
    for chapter, sheet in zip(chapters(), sheets):
        text = " ".join(sheet.get_text().split())
        exercises = soup(f"notebooks/{chapter}.html").select(".exercise section")
        assert exercises
        for exercise in map(copy, exercises):
            for button in exercise.select(".ldn-edit"):
                button.decompose()
            for study in exercise.select(".ldn-sign, .ldn-study"):
                study.unwrap() if "ldn-sign" not in study["class"] else study.decompose()
            assert " ".join(exercise.get_text().split()) in text
        for question in self_check(chapter).questions:
            assert " ".join(question["text"].split()) in text
            for answer in question["answer"]:
                assert " ".join(answer["text"].split()) in text
                assert " ".join(answer["why"].split()) not in text


@pytest.mark.parametrize("scripts", [True, False])
def test_a_chapter_is_printed_without_its_solutions(visit, site, scripts):
    shown = visit(site, java_script_enabled=scripts).page
    shown.goto(f"{site}/notebooks/03_ldn_mechanism.html")
    note = shown.locator(".ldn-bare")
    assert not note.is_visible()
    shown.get_by_role("link", name="Print without solutions").click()
    assert note.is_visible()
    shown.emulate_media(media="print")
    if scripts:
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    seen = lambda selector: [e.is_visible() for e in shown.locator(selector).all()]
    assert not note.is_visible()
    for gone in (".solution", ".solution p", ".ldn-check details > p"):
        assert seen(gone) and not any(seen(gone)), gone
    for there in (".exercise p", ".ldn-check > li > p", ".ldn-check summary"):
        assert seen(there) and all(seen(there)), there
    shown.goto(f"{site}/notebooks/03_ldn_mechanism.html")
    assert any(seen(".solution p")) and any(seen(".ldn-check details > p"))
