"""What machines read of the pages, and what stands beside them for machines.

Each kind is opened with a tool that others wrote. A book built in a fork: test_published_pages.py.
"""

import codecs
import csv
import fnmatch
import io
import json
import re
from posixpath import normpath
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import book_data
import book_metadata
import cards
import conftest
import feedparser
import frictionless
import mlcroissant
import pytest
import rdflib
from bs4 import BeautifulSoup
from check_pages import pages
from conftest import PAINTED, ROOT  # which makes book/ext importable
from docutils import nodes
from PIL import Image

from helpers import evidence
from helpers.badges import VERDICTS

BASE = "https://example.org/ldn/"
CONFIG = SimpleNamespace(author="Some people", copyright="2026", html_title="A book")
CHAPTERS = [f"notebooks/{path.stem}" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
KINDS = {
    "book/intro": {"Book"},
    CHAPTERS[2]: {"Chapter"},
    "book/claims": {"WebPage", "ClaimReview", "Claim", "Rating"},
    "book/data": {"WebPage", "Dataset", "DataDownload"},
    "book/about": {"WebPage"},
}


# Where the book is published


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/Reader/LDN-book", "https://reader.github.io/LDN-book/"),
        ("https://github.com/reader/reader.github.io", "https://reader.github.io/"),
        ("https://gitlab.com/reader/ldn", ""),  # its Pages may have an address of their own
        (None, ""),
    ],
)
def test_the_address_follows_the_repository(monkeypatch, remote, address):
    monkeypatch.setattr(book_metadata, "repository", lambda folder: (remote, "main"))
    assert book_metadata.address(".") == address


def test_an_address_that_is_given_wins(monkeypatch):
    config = SimpleNamespace(html_baseurl=BASE)
    book_metadata.configure(SimpleNamespace(srcdir="."), config)
    assert config.html_baseurl == BASE
    config.html_baseurl = "https://example.org"
    with pytest.raises(ValueError, match="baseurl must end with a slash, got 'https://example"):
        book_metadata.configure(SimpleNamespace(srcdir="."), config)


# JSON-LD


def graph(page):
    """The JSON-LD of a page as rdflib reads it; with schema.org's names, without its context."""
    data = book_metadata.linked_data("Title", "Words.", page, CONFIG, BASE, CHAPTERS)
    assert data["@context"] == "https://schema.org"
    data["@context"] = {"@vocab": str(rdflib.SDO)}
    return rdflib.Graph().parse(data=json.dumps(data), format="json-ld")


@pytest.mark.parametrize("page", KINDS)
def test_linked_data_has_the_words_of_schema_org(page):
    found = graph(page)
    types = {kind.removeprefix(str(rdflib.SDO)) for kind in found.objects(None, rdflib.RDF.type)}
    assert types == KINDS[page] | {"Organization"}
    words = {*found.predicates(), *found.objects(None, rdflib.RDF.type)} - {rdflib.RDF.type}
    assert words and not [word for word in words if word not in rdflib.SDO]
    about = next(found.subjects(rdflib.SDO.name, rdflib.Literal("Title")))
    assert (about, rdflib.SDO.license, None) in found


def test_claims_are_reviewed_in_words():
    """Each claim that can be true or false, once, with the ledger's verdict and no number."""
    found = graph("book/claims")
    rows = evidence.claims().query("kind == 'factual'")
    reviews = list(found.subjects(rdflib.RDF.type, rdflib.SDO.ClaimReview))
    assert {str(review) for review in reviews} == {
        f"{BASE}book/claims.html#{id}" for id in rows.index
    }
    for review in reviews:
        row = rows.loc[str(review).partition("#")[2]]
        assert str(found.value(review, rdflib.SDO.claimReviewed)) == row["claim"]
        rating = found.value(review, rdflib.SDO.reviewRating)
        word = str(found.value(rating, rdflib.SDO.alternateName))
        assert word == row["verdict"] and word in VERDICTS
    assert not list(found.triples((None, rdflib.SDO.ratingValue, None)))


@pytest.mark.parametrize("page", ["book/intro", CHAPTERS[2]])
def test_a_reference_manager_reads_a_book_by_a_group(page):
    """Zotero takes such an element before all other tags, and "aucorp" for a single name."""
    made = book_metadata.coins("A & B", 'Half: 50%, "so" far.', page, CONFIG, BASE)
    span = BeautifulSoup(made, "html.parser").select_one("span.Z3988")
    found = {name: values[0] for name, values in parse_qs(span["title"]).items()}
    assert found["rft.btitle"] == CONFIG.html_title and found["rft.aucorp"] == CONFIG.author
    assert found["rft.description"] == 'Half: 50%, "so" far.'
    assert found["rft_id"] == book_metadata.place(BASE, page)
    part = page != "book/intro"
    assert found["rft.genre"] == ("bookitem" if part else "book")
    assert found.get("rft.atitle") == ("A & B" if part else None)


# Files beside the pages


def test_the_sitemap_names_each_page_once():
    names = ["book/intro", *CHAPTERS]
    tree = ElementTree.fromstring(book_metadata.sitemap(BASE, names))
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = [loc.text for loc in tree.findall("s:url/s:loc", space)]
    assert found == [BASE, *(f"{BASE}{name}.html" for name in CHAPTERS)]


CHANGES = """<article><section id="changelog"><h1>Changelog</h1><p>What changed.</p>
<section id="next"><h2>0.3.0, not yet released<a class="headerlink" href="#next">#</a></h2>
<ul><li>A number of <a href="trials.html#a">a trial</a>: 3 &lt; 4.</li></ul></section>
<section id="last"><h2>0.2.0, 2026-11-27</h2><section><h3>Added</h3><p>All.</p></section>
</section></section></article>"""


def test_the_changelog_can_be_followed():
    changed = "2027-02-01T10:00:00+00:00"
    read = feedparser.parse(book_metadata.feed(CHANGES, CONFIG, BASE, changed))
    assert not read.bozo and read.version == "atom10"
    assert read.feed.updated == changed and read.feed.author == CONFIG.author
    coming, last = read.entries
    assert (coming.title, coming.updated) == ("0.3.0, not yet released", changed)
    assert (last.title, last.updated) == ("0.2.0, 2026-11-27", "2026-11-27T00:00:00Z")
    assert coming.id == coming.link == f"{BASE}book/changelog.html#next"
    assert f'href="{BASE}book/trials.html#a"' in coming.content[0].value
    assert "<h2>" not in coming.content[0].value and "Added" in last.content[0].value


def test_each_chapter_has_a_picture():
    """Small, of the size that previews have, of one of its figures."""
    assert [f"notebooks/{name}" for name in cards.FIGURES] == CHAPTERS
    for page in ["book/trials", *CHAPTERS]:
        name = cards.name(page)
        made = cards.draw(name, "A title that is long enough to need a second line", "A book")
        assert len(made) < 40_000 and Image.open(io.BytesIO(made)).size == cards.SIZE
        chapter = name[1] if name in cards.FIGURES else "7"
        assert cards.figure(name).number.startswith(f"{chapter}.")


def test_the_tables_are_a_croissant():
    data = mlcroissant.Dataset(jsonld=book_data.croissant(BASE, "Some people", "2026"))
    assert not data.metadata.ctx.issues.errors
    assert data.metadata.cite_as.startswith("Some people (2026). ")
    assert data.metadata.cite_as.endswith(f"{BASE}book/data.html")
    columns = {f"{table}/{name}" for table in evidence.TABLES for name in evidence.fields(table)}
    assert {field.id for table in data.metadata.record_sets for field in table.fields} == columns


# The pages


FIELDS = {"schema": {"fields": [{"name": "n", "description": "People", "unit": "people"}]}}


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        (["12.0", ""], "number", "People"),  # the same number in other digits
        (["12", "13"], "number", None),  # one is not of the table
        (["", ""], "string", None),
        (["True", "False"], "boolean", None),
    ],
)
def test_a_column_of_a_figure_has_only_words_that_are_true(monkeypatch, values, kind, words):
    monkeypatch.setattr(book_data, "meanings", dict)
    described = lambda values, tables: book_data.field_of("figure-0-0", "n", values, tables, ["n"])
    found = described(values, [(FIELDS, [{"n": "12"}, {"n": "40"}])])
    assert (found["type"], found.get("description")) == (kind, words)
    assert found.get("unit") == (words and "people")
    other = {"schema": {"fields": [{"name": "n", "description": "Trials"}]}}
    two = [(FIELDS, [{"n": "12"}]), (other, [{"n": "12"}])]
    assert "description" not in described(["12"], two)  # which of them?
    other["schema"]["fields"][0]["description"] = "Trials, or what column kind says"
    assert described(["12"], two)["description"] == "People"  # there is no column kind


SAID = {
    "all": {"n": "People", "d": "A size"},
    "figure-1-1": {"n": ["Cells", "10⁶"], "* mg": "Dose"},
    "figure-1-3": {"*": "Any"},
}


@pytest.mark.parametrize(
    ("figure", "column", "words"),
    [
        ("figure-1-1", "n", {"description": "Cells", "unit": "10⁶"}),  # of this figure, first
        ("figure-1-2", "n", {"description": "Published"}),  # of its table
        ("figure-1-3", "n", {"description": "Published"}),
        ("figure-1-3", "d", {"description": "Any"}),
        ("figure-1-2", "d", {"description": "A size"}),
        ("figure-1-1", "50 mg", {"description": "Dose"}),
        ("figure-1-2", "50 mg", {}),
    ],
)
def test_the_meaning_nearest_to_a_figure_counts(monkeypatch, figure, column, words):
    monkeypatch.setattr(book_data, "meanings", lambda: SAID)
    table = {"schema": {"fields": [{"name": "n", "description": "Published"}]}}
    found = book_data.field_of(figure, column, ["12"], [(table, [{"n": "12"}])], [column])
    assert found == {"name": column, "type": "number"} | words


def test_the_data_of_figures_are_a_package(html):
    package = frictionless.Package(html / "_downloads" / "datapackage.json")
    assert not package.validate().flatten(["title", "type", "message"])
    files = {path.stem for path in (html / "_downloads").glob("figure-*.csv")}
    assert set(package.resource_names) == files
    for resource in package.resources:
        assert f"Figure {resource.name[7:].replace('-', '.')}." in resource.description


def test_each_column_of_a_figure_has_a_meaning(html):
    """And columns.toml none that no column has."""
    package = frictionless.Package(html / "_downloads" / "datapackage.json")
    columns = {one.name: one.schema.fields for one in package.resources}
    missing = [(id, c.name) for id, of in columns.items() for c in of if not c.description]
    assert not missing, f"say in {book_data.COLUMNS.name} what these mean"
    for id, of in columns.items():
        named = {name for c in of for name in book_data.NAMED.findall(c.description)}
        assert named <= {c.name for c in of}, id
    for id, said in book_data.meanings().items():
        of = [c.name for c in columns[id]] if id != "all" else []
        of = of or [c.name for some in columns.values() for c in some]
        assert not [name for name in said if not fnmatch.filter(of, name)], id
    used = {(c.name, c.description) for of in columns.values() for c in of}
    for name in book_data.meanings()["all"]:
        assert (name, book_data.meaning("all", name)[0]) in used, name


def rows_of(html, folder, resource):
    """The rows of a table that the book offers."""
    with (html / folder / resource.path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_rows_of_a_figure_say_what_they_are(html):
    """Where most rows of its data have a word, none has numbers alone."""
    package = frictionless.Package(html / "_downloads" / "datapackage.json")
    for resource in package.resources:
        rows = rows_of(html, "_downloads", resource)
        strings = [field.name for field in resource.schema.fields if field.type == "string"]
        words = [name for name in strings if name not in ("source", "seen", "unit")]
        bare = [row for row in rows if not any(row[name] for name in words)]
        assert not bare or len(bare) > len(rows) / 2, resource.name


# What a spreadsheet takes for something else than letters: a number, a date, a formula.
CHANGED = re.compile(
    r"[-+]?\d*\.?\d+(e[-+]?\d+)?%?|\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?|\d+:\d\d(:\d\d)?"
    r"|[=+@-].+|(\d{1,2}[- ])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]?\d{0,4}"
    r"|true|false",
    re.I,
)


@pytest.mark.parametrize("folder", ["_static", "_downloads"])
def test_a_spreadsheet_shows_what_is_there(html, folder):
    """Words stay words, and numbers have signs and points that it knows; letters are UTF-8."""
    package = frictionless.Package(html / folder / "datapackage.json")
    assert len(package.resources) > 20
    for resource in package.resources:
        assert (html / folder / resource.path).read_bytes().startswith(codecs.BOM_UTF8)
        rows = rows_of(html, folder, resource)
        for field in resource.schema.fields:
            cells = {row[field.name] for row in rows} - {""}
            if field.type == "string" and "a spreadsheet" not in (field.description or ""):
                # A column may mix numbers with words: its numbers are right as numbers.
                words = [cell for cell in cells if not re.fullmatch(r"0|[1-9]\d*", cell)]
                assert not [w for w in words if CHANGED.fullmatch(w)], (resource.name, field.name)
            if field.type in ("number", "integer"):
                strange = [cell for cell in cells if not book_data.NUMBER.fullmatch(cell)]
                assert not strange, (resource.name, field.name)


def test_a_description_is_whole_and_has_no_badge():
    said = nodes.paragraph(
        "", "Nobody ", nodes.raw("", "<b>?</b>", format="html"), nodes.Text("knows.")
    )
    box = nodes.tip("", nodes.title("", "In one minute"), said)
    page = nodes.section("", nodes.paragraph("", "First."), box)
    assert book_metadata.description("book/about", page) == "First."
    assert book_metadata.description(CHAPTERS[0], page) == "Nobody knows."


def test_every_page_says_what_it_is(soup):
    descriptions = {}
    for page in conftest.built_pages():
        head = soup(page).head
        assert len(head.select("meta[name=viewport]")) == 1, page
        if page.removesuffix(".html") not in pages(ROOT):
            continue
        [said] = head.select("meta[name=description]")
        assert descriptions.setdefault(said["content"], page) == page
        assert said["content"].endswith((".", "?", ":", ")")), page
        [title] = head.select("meta[name=citation_title]")
        assert title["content"] and head.select("meta[name=citation_author]"), page
        inside = head.select("meta[name=citation_inbook_title]")
        assert len(inside) == (page != "book/intro.html"), page
        known = head.select_one("link[rel=canonical]")
        assert bool(known) == bool(head.select("meta[property='og:image']")), page


def test_the_front_page_is_the_home_page(html, soup, visit, site):
    """The same words, links that lead to the same pages, and a living control."""
    front, home = soup("index.html"), soup("book/intro.html")
    assert front.article.get_text() == home.article.get_text()
    leads = lambda page, folder: [
        link["href"] if urlsplit(link["href"]).scheme else normpath(f"{folder}/{link['href']}")
        for link in page.find_all("a", href=re.compile("^[^#]"))
    ]
    assert leads(front, ".") == leads(home, "book")
    shown = visit(site)
    page = shown.open(f"{site}/")
    control = page.locator("ldn-explorer")
    before = control.locator(".ldn-status").inner_text()
    control.locator("input[type=range]").first.press("End")
    control.evaluate(PAINTED)
    assert control.locator(".ldn-status").inner_text() != before
    assert not shown.complaints


def test_each_download_leads_to_what_its_columns_mean(html, soup):
    """Each CSV of every page, tables' and figures' alike; a slide has room for the CSV alone."""
    about = soup("book/data.html").article
    for name in evidence.TABLES:
        section = about.find(id=name)
        named = [head.get_text() for head in section.select("tbody th")]
        assert named == list(evidence.fields(name)), name
        assert section.select_one(f"a[download][href='../_static/{name}.csv']"), name
    figures = {path.stem: path for path in (html / "_downloads").glob("figure-*.csv")}
    for name, path in figures.items():
        section = about.find(id=name)
        with path.open(encoding="utf-8-sig", newline="") as file:
            named = [code.get_text() for code in section.select("li > code")]
            assert named == next(csv.reader(file)), name
        assert section.select_one(f"a[download][href='../_downloads/{name}.csv']"), name
        assert f"#{name}" in section.a["href"] and section.a.get_text().startswith("Figure ")
    seen = set()
    for page in {*conftest.built_pages(), "index.html"} - {"book/data.html"}:
        if conftest.is_slides(page):
            continue
        for link in soup(page).select("a[download][href$='.csv']"):
            name = link["href"].rpartition("/")[2].removesuffix(".csv")
            near = link.parent.select(f"a[href$='data.html#{name}']")
            assert [normpath(f"{page}/../{there['href']}") for there in near] == [
                f"book/data.html#{name}"
            ], (page, name)
            seen.add(name)
    assert seen > figures.keys() and seen & set(evidence.TABLES)
