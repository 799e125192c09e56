"""A book that knows its age: when the literature was last searched, and once that is long ago."""

from datetime import date, timedelta

import pytest
from conftest import ROOT

from helpers import evidence
from helpers.evidence import ledger, search_log

PAGES = ["book/claims", "book/findings", "book/questions", "book/trials", "book/verdicts"] + [
    ledger.page(chapter).rsplit(".", 1)[0] for chapter in sorted(set(evidence.claims()["chapter"]))
]


def test_the_longest_ago_counts(monkeypatch):
    table = evidence.searches()
    days = [f"2026-01-{day:02d}" for day in range(1, len(table) + 1)]
    monkeypatch.setattr(evidence, "searches", lambda: table.assign(date=days))
    assert search_log.last_searched() == date(2026, 1, 1)
    ids = list(table.index)
    later = table.iloc[ids.index("infections")]["sentences"].split(" | ")[0]
    expected = date(2026, 1, 1 + ids.index("infections"))
    assert search_log.last_searched(f"Some text. {later}. More text.") == expected
    assert search_log.last_searched("Rests on none of them.") == date(2026, 1, 1)
    assert search_log.in_words(date(2026, 1, 9)) == "9 January 2026"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_when(soup, page):
    [line] = soup(f"{page}.html").select("article .ldn-age")
    source = ROOT / f"{page}{'.ipynb' if page.startswith('notebooks/') else '.md'}"
    all_of_them = page in ("book/claims", "book/findings", "book/trials")
    day = search_log.last_searched(None if all_of_them else source.read_text(encoding="utf-8"))
    assert line.time["datetime"] == str(day) and line.time.get_text() == search_log.in_words(day)
    assert "No named clinician has reviewed this" in line.get_text()
    [late] = line.select("[data-after]")
    assert late.has_attr("hidden")
    assert date.fromisoformat(late["data-after"]) == day + timedelta(days=366)


def test_other_pages_say_nothing(html):
    for page in ("book/run_it", "book/licences"):
        assert "ldn-age" not in (html / f"{page}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["book/trials", "notebooks/06_ra_treatment"])
def test_it_speaks_up_after_a_year(visit, site, page):
    """By the reader's clock: not on the last day, but on the day after, and ten years on."""
    one = visit(site)
    late = search_log.last_searched() + timedelta(days=366)
    for day, said in ((late, False), (late + timedelta(days=1), True), (date(2037, 1, 1), True)):
        one.page.clock.set_fixed_time(f"{day}T12:00:00Z")
        shown = one.open(f"{site}/{page}.html")
        assert shown.get_by_text("That is over a year ago").is_visible() == said, day
    assert one.complaints == []


def test_the_searches_can_be_made_again(soup):
    rows = soup("book/verdicts.html").select(".ldn-searches tbody tr")
    assert len(rows) == len(evidence.searches())
    for row, search in zip(rows, evidence.searches().itertuples()):
        text = row.get_text(" ")
        assert search.question in text and search.found in text and search.words in text
        assert row.find("a", string="PubMed")["href"] == search.pubmed
        assert bool(row.find("a", string="registers")) == bool(search.registers)
