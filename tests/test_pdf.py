"""The book as one PDF, in both editions, made by the command that readers have."""

import re
import subprocess
import sys
import unicodedata
from collections import Counter

import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from check_pages import pages
from conftest import ROOT  # which makes book/ext importable
from make_pdf import EDITIONS, anchor
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from take_along import NAME, place

pytestmark = [pytest.mark.xdist_group("pdf"), pytest.mark.weekly]  # two PDFs for all


def plain(text):
    """Letters and digits only, ligatures apart: a PDF does not keep spaces reliably."""
    return re.sub(r"\W|_", "", unicodedata.normalize("NFKC", text)).lower()


@pytest.fixture(scope="module")
def made(html, browser):
    """The PDFs, made by a browser of its own: the fixture only says that there must be one."""
    subprocess.run([sys.executable, "book/ext/make_pdf.py"], cwd=ROOT, check=True)
    return {ending: place(html, ending) for ending in EDITIONS}


@pytest.fixture(scope="module", params=EDITIONS)
def path(request, made):
    return made[request.param]


@pytest.fixture(scope="module")
def pdf(path):
    return PdfReader(path)


@pytest.fixture(scope="module")
def texts(path):
    """What is to be read on each page, by PDFium, which is quick."""
    return read(path)


def read(path):
    return [page.get_textpage().get_text_bounded() for page in PdfDocument(path)]


@pytest.fixture(scope="module")
def document(path):
    """The one document that was printed."""
    name = f"book{path.name.removeprefix(NAME).removesuffix('pdf')}html"
    text = (ROOT / "_build" / "pdf" / name).read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def titles(html):
    """The titles of all pages of the book, in their order."""
    soups = [
        BeautifulSoup((html / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        for page in pages(ROOT)
    ]
    return [next(soup.find("article").find("h1").stripped_strings) for soup in soups]


def tops(pdf):
    """The bookmarks of the articles."""
    return [item for item in pdf.outline if not isinstance(item, list)]


def test_every_page_is_there_in_order_and_bookmarked(pdf, texts, titles):
    assert [item.title.removesuffix("#").strip() for item in tops(pdf)] == titles
    starts = [pdf.get_destination_page_number(item) for item in tops(pdf)]
    assert starts == sorted(set(starts)), "a chapter does not begin on a page of its own"
    for start, title in zip(starts, titles):
        assert plain(title) in plain(texts[start])


def test_no_page_is_blank(texts):
    thin = [number for number, text in enumerate(texts, 1) if len(plain(text)) < 40]
    assert not thin


def test_links_work(pdf, document):
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
    targets = {tag["id"] for tag in document.find_all(id=True)}
    assert len(targets) == len(document.find_all(id=True)), "an id comes twice"
    assert not [
        link["href"]
        for link in document.find_all("a", href=re.compile("^#"))
        if link["href"][1:] not in targets
    ]


def test_pictures_stand_for_controls(html, pdf, document):
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


def test_the_contents_name_the_pages(pdf, texts, document):
    """Each number of the list, as it is read in the PDF, is the page on which its heading stands,
    and the one at whose foot this number is.
    """
    lines = document.select(".ldn-contents li")
    last = pdf.get_destination_page_number(pdf.outline[0])
    listed = [line for page in pdf.pages[1:last] for line in page.extract_text().split("\n")[1:]]
    said = [re.fullmatch(r"(.+?)\s*(\d+)", line) for line in listed if line != "Contents"]
    found = [(plain(line[1]), int(line[2])) for line in said]
    places = {
        name.removeprefix("/"): pdf.get_destination_page_number(to) + 1
        for name, to in pdf.named_destinations.items()
    }
    wanted = [(plain(line.a.get_text()), places[line.a["href"][1:]]) for line in lines]
    assert len(wanted) > len(pages(ROOT)) + 50
    assert found == wanted
    for title, number in wanted:
        assert title in plain(texts[number - 1]), title
    # PDFium reads the number at the foot first.
    unnumbered = [i for i, text in enumerate(texts, 1) if text.split("\r\n")[0] != str(i)]
    assert unnumbered == [1, places[anchor("book/sheet")]]


def test_the_editions_are_the_two_levels(made, html):
    """Each says what the pages say at its level, and not what they say at the other alone."""
    # A passage may run over a page's end, between which and the next stands that page's number.
    said = {
        EDITIONS[ending]: plain(
            "".join(text.removeprefix(str(i)) for i, text in enumerate(read(path), 1))
        )
        for ending, path in made.items()
    }
    kinds = {".ldn-plain p": "plain", ".ldn-with-code p": "code", ".cell_input pre": "code"}
    seen = Counter()
    for page in filter(re.compile("notebooks/").match, pages(ROOT)):
        soup = BeautifulSoup((html / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        for kind, level in kinds.items():
            for passage in soup.select(f"article {kind}"):
                words = plain(passage.get_text())[:60]
                if len(words) < 30 or passage.math:
                    continue
                seen[kind] += 1
                # Its beginning, for a page may end soon after.
                assert words[:20] in said[level], (page, words)
                assert words not in said[{"plain": "code", "code": "plain"}[level]], (page, words)
    assert seen[".cell_input pre"] > 100 and seen[".ldn-with-code p"]


def fills(path):
    """How far down each page is printed, from 0 to 1, without its foot: PDFium draws it."""
    top, foot = 18 / 297, 1 - 19 / 297
    for page in PdfDocument(path):
        shown = np.asarray(page.render(scale=0.5, grayscale=True).to_pil())
        rows = np.flatnonzero((shown[: int(foot * len(shown))] < 250).any(axis=1))
        yield (rows.max() / len(shown) - top) / (foot - top) if rows.size else 0.0


# What begins the next page and is one piece as tall as that: equations, and a control's map.
TALL = 0.6


def test_no_page_is_half_empty(path, pdf):
    """A page less than two fifths full ends an article, or a tall piece follows that cannot be
    broken: then the next page is full that far down.
    """
    ends = {pdf.get_destination_page_number(item) for item in tops(pdf)}
    ends |= {1, len(pdf.pages)}  # the title's page, the last
    full = [*fills(path), 0]
    empty = [
        i + 1
        for i, share in enumerate(full[:-1])
        if share < 0.4 and i + 1 not in ends and full[i + 1] < TALL
    ]
    assert not empty


def test_it_is_tagged_for_screen_readers(pdf):
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert (pdf.metadata.title, pdf.metadata.author) == (config["title"], config["author"])
    assert pdf.xmp_metadata.dc_title == {"x-default": config["title"]}
    assert pdf.trailer["/Root"]["/Lang"] == "en"


def test_it_is_small(path):
    """As it was when it was 19 MB: each letter with a rim was a drawing, and so was each shadow."""
    assert path.stat().st_size < 10e6
