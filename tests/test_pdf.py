"""The book as one PDF, made by the command that readers have."""

import re
import subprocess
import sys
import unicodedata

import pytest
from bs4 import BeautifulSoup
from check_pages import pages
from conftest import ROOT  # which makes book/ext importable
from pypdf import PdfReader

pytestmark = [pytest.mark.xdist_group("pdf"), pytest.mark.weekly]  # one PDF for all


def plain(text):
    """Letters and digits only, ligatures apart: a PDF does not keep spaces reliably."""
    return re.sub(r"\W|_", "", unicodedata.normalize("NFKC", text)).lower()


@pytest.fixture(scope="module")
def pdf(html, browser):
    """The PDF, made by a browser of its own: the fixture only says that there must be one."""
    subprocess.run([sys.executable, "book/ext/make_pdf.py"], cwd=ROOT, check=True)
    return PdfReader(html / "downloads" / "low-dose-naltrexone.pdf")


@pytest.fixture(scope="module")
def titles(html):
    """The titles of all pages of the book, in their order."""
    soups = [
        BeautifulSoup((html / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        for page in pages(ROOT)
    ]
    return [next(soup.find("article").find("h1").stripped_strings) for soup in soups]


def test_every_page_is_there_in_order_and_bookmarked(pdf, titles):
    tops = [item for item in pdf.outline if not isinstance(item, list)]
    assert [item.title.removesuffix("#").strip() for item in tops] == titles
    starts = [pdf.get_destination_page_number(item) for item in tops]
    assert starts == sorted(set(starts)), "a chapter does not begin on a page of its own"
    for start, title in zip(starts, titles):
        assert plain(title) in plain(pdf.pages[start].extract_text())


def test_no_page_is_blank(pdf):
    thin = [
        number
        for number, page in enumerate(pdf.pages, 1)
        if len(plain(page.extract_text()).removeprefix(str(number))) < 40
    ]
    assert not thin


def test_links_work(pdf):
    """Between the book's pages by named places, to the world by addresses; none to this machine."""
    inside, outside = [], []
    for page in pdf.pages:
        for link in (note.get_object() for note in page.get("/Annots") or []):
            if "/Dest" in link:
                inside.append(link["/Dest"])
            elif link.get("/A", {}).get("/S") == "/URI":
                outside.append(link["/A"]["/URI"])
    assert len(set(inside)) > 2 * len(pages(ROOT))
    assert not set(inside) - set(pdf.named_destinations)
    assert not [address for address in outside if not address.startswith("https://")]
    ids = BeautifulSoup(
        (ROOT / "_build" / "pdf" / "book.html").read_text(encoding="utf-8"), "html.parser"
    )
    targets = {tag["id"] for tag in ids.find_all(id=True)}
    assert len(targets) == len(ids.find_all(id=True)), "an id comes twice"
    assert not [
        link["href"]
        for link in ids.find_all("a", href=re.compile("^#"))
        if link["href"][1:] not in targets
    ]


def test_pictures_stand_for_controls(html, pdf):
    document = BeautifulSoup(
        (ROOT / "_build" / "pdf" / "book.html").read_text(encoding="utf-8"), "html.parser"
    )
    controls = sum(
        (html / f"{page}.html").read_text(encoding="utf-8").count("<ldn-explorer")
        for page in pages(ROOT)
    )
    pictures = [
        fallback.select(".ldn-chart > svg") for fallback in document.select(".ldn-fallback")
    ]
    assert controls and len(pictures) == controls and all(pictures)
    assert not document.find_all(["script", "button", "input", "select", "ldn-explorer"])
    assert "/AcroForm" not in pdf.trailer["/Root"]
    assert not document.select("details:not([open])"), "an answer is folded"


def test_it_is_tagged_for_screen_readers(pdf):
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title and pdf.metadata.author
