"""The page about the book: what it says of itself holds."""

import re

from conftest import ROOT

from helpers.evidence import search_log

SOURCE = (ROOT / "book/about.md").read_text(encoding="utf-8")
PAGE = "book/about.html"
# Of parts of the theme and its extensions that the book has no use for: banners, sets of tabs.
UNUSED = {"pst_banner_pref", "pst_announcement_banner_pref"}


def rows(heading):
    """The table of a section, row by row, without its head."""
    section = SOURCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (.+) \|$", section, re.M)
    return [[cell.strip() for cell in line.split(" | ")] for line in lines[2:]]


def kept(storage):
    """The names that the page says a storage has."""
    cells = [row[1] for row in rows("Privacy") if row[0] == storage]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_it_says_when_the_literature_was_searched(soup):
    day = search_log.in_words(search_log.last_searched())
    assert day not in SOURCE
    assert f"Last on {day}." in soup(PAGE).article.get_text()


def test_every_name_that_a_script_keeps_is_told(html):
    scripts = [path for path in (html / "_static").glob("*.js") if path.name != "design-tabs.js"]
    for storage in ("local", "session"):
        found = set()
        for path in scripts:
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(rf'\b{storage}Storage\.setItem\("([^"]+)"', text))
            for name in re.findall(rf"\b{storage}Storage\.setItem\((\w+)", text):
                found |= set(re.findall(rf'\b{name} ?= ?"([^"]+)"', text))
            assert not re.search(r"\bdocument\.cookie\b|\bindexedDB\b|\bsendBeacon\b", text)
        assert found - UNUSED == kept(f"{storage} storage"), storage


def test_a_browser_keeps_what_is_told_and_nothing_else(visit, site):
    one = visit(site)
    shown = one.open(f"{site}/notebooks/03_ldn_mechanism.html")
    shown.get_by_role("button", name="plain").click()
    shown.locator(".theme-switch-button").first.click()
    shown.locator(".ldn-check [data-right] > summary").first.click()
    shown.locator("ldn-explorer input[type=range]").first.press("End")
    names = lambda storage: set(shown.evaluate(f"Object.keys({storage}Storage)"))
    seen = {storage: names(storage) for storage in ("local", "session")}
    shown = one.open(f"{site}/search.html#q=tramadol")
    shown.locator("#search-results li a").first.wait_for()
    for storage, before in seen.items():
        assert before | names(storage) == kept(f"{storage} storage"), storage
    assert one.context.cookies() == []
    assert not [said for said in one.complaints if said.startswith("third-party")]


def test_browsers_need_what_is_told():
    folders = (ROOT / "book/web", ROOT / "src/helpers/explorer")
    text = "".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in [*folder.glob("*.js"), *folder.glob("*.css")]
    )
    needs = {row[0]: re.findall(r"`([^`]+)`", row[1]) for row in rows("Browsers")}
    assert len(needs) == 4 and len(needs["the controls"]) == 3
    for names in needs.values():
        assert not [name for name in names if name not in text]


def test_each_item_of_the_standards_is_answered():
    """Six to qualify, six to be certified, and four on tests in one row."""
    answers = [row[1] for row in rows("Is this a decision aid?")]
    assert len(answers) == 13 and set(answers) <= {"yes", "in part", "no", "does not apply"}
    assert answers[-1] == "does not apply" and "no" in answers
    assert all(len(row[2]) > 10 for row in rows("Is this a decision aid?"))
    assert "\n## Is this a decision aid?\n\nNo.\n" in SOURCE
