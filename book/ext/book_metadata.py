"""What machines read of a page: search engines, reference managers, previews of links, feed readers.

Descriptions and citation tags stand in every page. What names an address needs to know where the
book is published: canonical addresses, previews with their pictures, JSON-LD, the sitemap and the
feed of the changelog are left out where that is not known. `html: baseurl` in _config.yml says it;
else a repository on GitHub has its Pages.
"""

import json
import re
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree as xml

import yaml
from book_links import git, repository
from bs4 import BeautifulSoup
from check_pages import pages
from docutils import nodes

from helpers import evidence
from helpers.evidence import ledger

HOME = "book/intro"  # stands at the front, too
CHANGES = "book/changelog"
FEED, SITEMAP, FRONT = "changelog.xml", "sitemap.xml", "index.html"
LEDGER = ledger.LEDGER.removesuffix(".html")
CHAPTER = re.compile(r"notebooks/(\d\d)_(\w+)")
VIEWPORT = re.compile(r'\s*<meta [^>]*name="viewport"[^>]*>')  # docutils' own, after Sphinx's
ATOM = "http://www.w3.org/2005/Atom"
MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Attributes by which a page names others.
NAMING = re.compile(r'(\b(?:href|src|action|data-more|data-about|data-content_root)=")([^"]*)"')


# Where the book is published


def address(folder):
    """Where GitHub publishes the repository of `folder`, with a final slash, or "" """
    found, _ = repository(folder)
    if not found or not found.startswith("https://github.com/"):
        return ""
    owner, name = found.removeprefix("https://github.com/").lower().split("/")
    host = f"{owner}.github.io"
    return f"https://{host}/" if name == host else f"https://{host}/{name}/"


def configure(app, config):
    config.html_baseurl = config.html_baseurl or address(app.srcdir)
    if config.html_baseurl and not config.html_baseurl.endswith("/"):
        raise ValueError(f"html: baseurl must end with a slash, got {config.html_baseurl!r}")


def place(base, page):
    """The address of a page; that of the home page is the front."""
    return base if page == HOME else f"{base}{page}.html"


# What a page says of itself


def description(page, doctree):
    """A chapter's first box, or the first paragraph of another page; whole, so that no sentence
    stands without the one that limits it.
    """
    chapter = CHAPTER.fullmatch(page)
    for paragraph in doctree.findall(nodes.paragraph):
        boxed = isinstance(paragraph.parent, nodes.Admonition)
        said = paragraph.deepcopy()
        for mark in list(said.findall(nodes.raw)):  # badges
            mark.parent.remove(mark)
        text = " ".join(said.astext().split())
        if text and boxed == bool(chapter):
            return text
    return ""


def citation(title, page, config, base):
    """The tags that reference managers and Google Scholar read, as pairs."""
    tags = [
        ("citation_title", title),
        ("citation_author", config.author),
        ("citation_publication_date", config.copyright),
        ("citation_language", "en"),
    ]
    if page == HOME:
        tags[0] = ("citation_title", config.project)
    else:
        tags.append(("citation_inbook_title", config.project))
    return tags + [("citation_public_url", place(base, page))] * bool(base)


def preview(title, words, page, config, base):
    """OpenGraph's tags, as pairs. The picture is drawn by book_cards.py."""
    import book_cards

    figure = book_cards.drawn(page)
    return [
        ("og:type", "website" if page == HOME else "article"),
        ("og:site_name", config.project),
        ("og:title", title),
        ("og:description", words),
        ("og:url", place(base, page)),
        ("og:image", f"{base}{book_cards.FOLDER}/{book_cards.name(page)}.png"),
        ("og:image:width", str(book_cards.SIZE[0])),
        ("og:image:height", str(book_cards.SIZE[1])),
        ("og:image:alt", f"Figure {figure.number}. {figure.alt}"),
    ]


# JSON-LD


def about_book(config, base, titles):
    """The book as schema.org has it; titles: name → title of its pages."""
    citation = yaml.safe_load((evidence.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return {
        "@type": "Book",
        "@id": f"{base}#book",
        "url": base,
        "name": config.project,
        "abstract": citation["abstract"],
        "keywords": citation["keywords"],
        "author": {"@type": "Organization", "name": config.author},
        "copyrightYear": int(config.copyright),
        "version": citation["version"],
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "hasPart": [{"@id": f"{place(base, page)}#chapter"} for page in titles if chapter(page)],
    }
