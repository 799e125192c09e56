"""From each claim, figure, study and finding to a report: where it leads, and what it knows."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from conftest import ROOT

from helpers import evidence

REPOSITORY = "https://github.com/reader/fork"


@pytest.fixture
def reports(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "ext")
    import book_reports

    return book_reports


@pytest.mark.parametrize(
    ("kind", "what"), [("claim", "C27"), ("figure", "Figure 6.4"), ("study", "Norway, MS & more")]
)
def test_a_form_is_filled_in(reports, kind, what):
    address = reports.address(REPOSITORY, kind, what, "page.html#place")
    assert address.startswith(f"{REPOSITORY}/issues/new?")
    filled = parse_qs(urlsplit(address).query)
    form, field = reports.FORMS[kind]
    assert filled["template"] == [f"{form}.yml"] and filled["title"] == [f"{what}: "]
    expected = what if kind == "claim" else f"{what}, page.html#place"
    assert filled[field] == [expected] and len(filled) == 3


def test_forms_have_the_fields_that_are_filled_in(reports):
    for form, field in reports.FORMS.values():
        path = ROOT / ".github/ISSUE_TEMPLATE" / f"{form}.yml"
        body = yaml.safe_load(path.read_text(encoding="utf-8"))["body"]
        assert field in [part.get("id") for part in body]


def test_gitlab_has_its_own_words(reports):
    address = reports.address("https://gitlab.com/reader/fork", "claim", "C27", "page.html#C27")
    filled = parse_qs(urlsplit(address).query)
    assert address.startswith("https://gitlab.com/reader/fork/-/issues/new?")
    assert (
        filled["issue[title]"] == ["C27: "] and "page.html#C27" in filled["issue[description]"][0]
    )


def test_without_a_repository_it_says_how(reports):
    link = reports.link("", "figure", "figure-6-4", "figure-6-4", "page", "../book/contribute.html")
    assert 'href="../book/contribute.html#report-a-mistake"' in link
    assert "in Figure 6.4</span>" in link


def test_each_thing_has_one_link(html, soup, reports):
    """In the built book; the link is named by what is reported."""
    from book_links import repository

    address, _ = repository(ROOT)
    claims = soup("book/claims.html").select(".ldn-ledger tbody tr")
    studies = soup("book/trials.html").select(".ldn-trials tbody")
    findings = soup("book/findings.html").select(".ldn-findings tbody")
    assert (len(claims), len(studies), len(findings)) == (
        len(evidence.claims()), len(evidence.studies()), len(evidence.findings()),
    )  # fmt: skip
    figures, listed = [], []
    for path in sorted(html.glob("notebooks/*.html")) + [html / "book/intro.html"]:
        page = soup(path.relative_to(html).as_posix())
        figures += page.select("figure.ldn-figure")
        listed += page.select(".ldn-claims > li")
    assert len(figures) > 25 and len(listed) == len(claims)
    for thing in (*claims, *studies, *findings, *figures, *listed):
        [link] = thing.select(".ldn-report")
        if address:
            assert link["href"].startswith(f"{address}/")
        else:
            assert link["href"].endswith("contribute.html#report-a-mistake")
    for thing in (*claims, *listed):
        assert thing["id"] in thing.select_one(".ldn-report").get_text()
    for figure in figures:
        name = re.sub(r"^figure-(\d+)-(\d+)$", r"Figure \1.\2", figure["id"])
        assert name in figure.select_one(".ldn-report").get_text()
    assert soup("book/contribute.html").find(id="report-a-mistake")


def test_no_mark_is_left(html):
    for path in html.rglob("*.html"):
        if "_static" not in path.parts:
            assert "<!-- report" not in path.read_text(encoding="utf-8"), path
