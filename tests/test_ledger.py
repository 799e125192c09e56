"""The ledger, the map and the links between claims and prose, as a reader meets them."""

import re
from html import unescape

import pytest
from conftest import ROOT, as_offered
from docutils.core import publish_doctree
from docutils.parsers.rst import roles
from docutils.utils import SystemMessage

from helpers import badges, evidence
from helpers.evidence import ledger, page_tables

PAGE = "book/claims.html"


@pytest.fixture
def opened(site, visit):
    """The ledger's page, open, and how many rows it shows."""
    one = visit(site)
    page = one.open(f"{site}/{PAGE}")
    yield page
    assert one.complaints == []


def shown(page):
    return page.locator(".ldn-ledger tbody tr:visible").evaluate_all(
        "rows => rows.map((row) => row.id)"
    )


def test_every_claim_stands_in_the_plain_page(soup):
    """Without scripts and in print: all claims with verdict, reason and sources."""
    rows = soup(PAGE).select(".ldn-ledger tbody tr")
    assert [row["id"] for row in rows] == list(evidence.claims().index)
    for row, claim in zip(rows, evidence.claims().itertuples()):
        text = row.get_text(" ")
        assert claim.claim in text and claim.verdict in text
        assert unescape(page_tables.prose(claim.reason)) in text
        assert row.select("a[href^=https]"), f"{claim.Index} has no source to open"


def test_claims_and_prose_lead_to_each_other(soup):
    """The ledger leads to the first mention in the claim's chapter, which leads back to it."""
    rows = {row["id"]: row for row in soup(PAGE).select(".ldn-ledger tbody tr")}
    pages = {}
    for claim in evidence.claims().itertuples():
        name = re.sub(r"\.(md|ipynb)$", ".html", ledger.page(claim.chapter))
        if name not in pages:
            mentions = soup(name).find_all(id=re.compile("^about-C"))
            pages[name] = mentions, soup(name).select(".ldn-claims > li")
        mentions, items = pages[name]
        [mention] = [one for one in mentions if one["id"] == f"about-{claim.Index}"]
        assert mention["href"] == f"../{PAGE}#{claim.Index}"
        assert rows[claim.Index].find("a", href=f"../{name}#about-{claim.Index}")
        # The chapter's own list of claims leads to both.
        [item] = [one for one in items if one["id"] == claim.Index]
        assert {f"../{PAGE}#{claim.Index}", f"#about-{claim.Index}"} <= {
            a["href"] for a in item.find_all("a")
        }
    assert len(pages) == 8


def test_the_ledger_is_offered_as_csv(html, soup):
    link = soup(PAGE).find("a", download=True)
    offered = (html / PAGE).parent / link["href"]
    assert offered.read_bytes() == as_offered(ROOT / "src/helpers/evidence/claims.csv")


def test_filters(opened):
    table = evidence.claims()
    assert shown(opened) == list(table.index)
    for verdict in badges.VERDICTS:
        opened.get_by_label("Verdict").select_option(verdict)
        assert shown(opened) == list(table[table["verdict"] == verdict].index)
    section = table["section"].iloc[30]
    opened.get_by_label("Section").select_option(section)
    both = table[(table["verdict"] == verdict) & (table["section"] == section)]
    assert shown(opened) == list(both.index)
    assert f"{len(both)} of {len(table)}" in opened.get_by_role("status").text_content()
    opened.get_by_role("button", name="Show all").click()
    opened.wait_for_timeout(100)
    assert len(shown(opened)) == len(table)


def test_words_by_keyboard(opened):
    box = opened.get_by_label("Words", exact=True)
    box.focus()
    opened.keyboard.type("3.7 norway")
    found = shown(opened)
    assert "C26" in found and len(found) < len(evidence.claims())
    assert all("3.7" in opened.locator(f"#{id}").text_content() for id in found)
    box.fill("no claim has these words")
    assert shown(opened) == []
    assert f"0 of {len(evidence.claims())} " in opened.get_by_role("status").text_content()


def test_sorting_by_keyboard(opened):
    heading = opened.locator(".ldn-ledger thead th").filter(has_text="Verdict")
    heading.get_by_role("button").focus()
    order = list(badges.VERDICTS)
    rank = lambda: [order.index(evidence.claims().loc[id, "verdict"]) for id in shown(opened)]
    assert rank() != sorted(rank())
    opened.keyboard.press("Enter")
    assert rank() == sorted(rank()) and heading.get_attribute("aria-sort") == "ascending"
    opened.keyboard.press("Enter")
    assert (
        rank() == sorted(rank(), reverse=True)
        and heading.get_attribute("aria-sort") == "descending"
    )
    opened.locator(".ldn-ledger thead th").first.get_by_role("button").press("Enter")
    assert shown(opened) == list(evidence.claims().index)
    assert heading.get_attribute("aria-sort") is None


def test_a_link_reaches_a_filtered_claim(opened):
    opened.get_by_label("Verdict").select_option("contested")
    assert "C23" not in shown(opened)
    opened.evaluate("location.hash = 'C23'")
    opened.locator("#C23").wait_for(state="visible")


def test_the_map_says_the_same_in_words(soup):
    page = soup("book/intro.html")
    picture, items = page.select_one("#mechanism-map .ldn-drawn"), page.select(".ldn-arrows > li")
    arrows = evidence.read("mechanism")
    assert picture["aria-label"] and len(items) == len(arrows)
    assert "Illustration" in page.select_one("#mechanism-map figcaption").get_text()
    links = [a.get("xlink:href") or a.get("href") for a in picture.find_all("a")]
    for arrow, item in zip(arrows.itertuples(), items):
        verdict = evidence.claims().loc[arrow.claim, "verdict"]
        assert verdict in item.get_text() and badges.VERDICTS[verdict].icon in item.get_text()
        address = item.find("a", string=arrow.claim)["href"]
        assert address in links, f"{arrow.Index}: the picture does not lead where its list does"
        assert badges.VERDICTS[verdict].icon in picture.get_text()


def test_one_definition_of_colours():
    css = (ROOT / "book/web/book.css").read_text(encoding="utf-8")
    css += (ROOT / "src/helpers/explorer/explorer.css").read_text(encoding="utf-8")
    for word, badge in (badges.VERDICTS | badges.PROVENANCE).items():
        name = badge.style if word in badges.VERDICTS else "quiet"
        assert f"--ldn-{name}: {badge.colour};" in css, word


def test_unknown_words_fail_the_build(monkeypatch):
    """A role with a word that is no verdict is an error of the build, and names the word."""
    monkeypatch.syspath_prepend(ROOT / "book" / "ext")
    from book_evidence import badge_role

    roles.register_local_role("verdict", badge_role)
    settings = {"report_level": 5, "halt_level": 3}
    publish_doctree(":verdict:`contested`", settings_overrides=settings)
    with pytest.raises(SystemMessage, match="badge 'certain'"):
        publish_doctree(":verdict:`certain`", settings_overrides=settings)
