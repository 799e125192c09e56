"""What machines read of a page: search engines, reference managers, previews, feed readers.

Descriptions and citation tags stand in every page. What names an address needs to know where the
book is published: canonical addresses, previews with their pictures, JSON-LD, COinS, the sitemap
and the feed of the changelog are left out where that is not known. `html: baseurl` in _config.yml
says it; else a repository on GitHub has its Pages.
"""

import json
import re
from html import escape
from pathlib import Path
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree as xml

import book_data
import cards
from book_links import git, repository
from bs4 import BeautifulSoup
from check_pages import pages
from docutils import nodes

from helpers import evidence
from helpers.evidence import ledger

HOME = "book/intro"  # stands at the front, too
CHANGES = "book/changelog"
FEED, SITEMAP, FRONT = "changelog.xml", "sitemap.xml", "index.html"
LEDGER = ledger.LEDGER.removesuffix(".md")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
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
    owner, name = found.removeprefix("https://github.com/").split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


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
    tags += [("citation_inbook_title", config.html_title)] * (page != HOME)
    return tags + [("citation_public_url", place(base, page))] * bool(base)


def coins(title, words, page, config, base):
    """The same as an empty element of COinS, which Zotero prefers: it alone can say that this is a
    book, and that the author is a group and not a person of two names.
    """
    book, part = config.html_title, page != HOME
    tags = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"),
        ("rft.genre", "bookitem" if part else "book"),
        *[("rft.atitle", title)] * part,
        ("rft.btitle", book),
        ("rft.aucorp", config.author),
        ("rft.date", config.copyright),
        ("rft.language", "en"),
        ("rft_id", place(base, page)),
        *[("rft.description", words)] * bool(words),
    ]
    return f'<span class="Z3988" title="{escape(urlencode(tags))}" hidden></span>'


def preview(title, words, page, config, base):
    """OpenGraph's tags, as pairs. The picture is drawn by cards.py."""
    figure = cards.figure(cards.name(page))
    return [
        ("og:type", "website" if page == HOME else "article"),
        ("og:site_name", config.html_title),
        ("og:title", title),
        ("og:description", words),
        ("og:url", place(base, page)),
        ("og:image", f"{base}{cards.FOLDER}/{cards.name(page)}.png"),
        ("og:image:width", str(cards.SIZE[0])),
        ("og:image:height", str(cards.SIZE[1])),
        ("og:image:alt", f"Figure {figure.number}. {figure.alt}"),
    ]


# JSON-LD


def maker(config):
    return {"@type": "Organization", "name": config.author}


def work(kind, title, words, page, config, base):
    """What all pages say of themselves in the terms of schema.org."""
    return {
        "@type": kind,
        "@id": f"{place(base, page)}#{kind.lower()}",
        "url": place(base, page),
        "name": title,
        "description": words,
        "author": maker(config),
        "copyrightYear": int(config.copyright),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": LICENCE,
    }


def claim_reviews(config, base):
    """A ClaimReview for each claim that can be true or false.

    The claims are in our words and their article is not named, so none is quoted. A verdict is a
    word: the five are no scale on which "contested" would have a number.
    """
    address = place(base, LEDGER)
    return [
        {
            "@type": "ClaimReview",
            "@id": f"{address}#{id}",
            "url": f"{address}#{id}",
            "author": maker(config),
            "claimReviewed": claim["claim"],
            "itemReviewed": {"@type": "Claim", "name": claim["claim"]},
            "reviewRating": {"@type": "Rating", "alternateName": claim["verdict"]},
            "reviewBody": claim["reason"],
            "citation": [evidence.address(key) for key in claim["references"].split()],
        }
        for id, claim in evidence.claims().query("kind == 'factual'").iterrows()
    ]


def linked_data(title, words, page, config, base, chapters):
    """JSON-LD of a page; chapters: the names of the chapters' pages, in their order."""
    book = {"@id": f"{base}#book"}
    if page == HOME:
        graph = [work("Book", title, words, page, config, base)]
        graph[0] |= {"hasPart": [{"@id": f"{place(base, name)}#chapter"} for name in chapters]}
    elif page in chapters:
        graph = [work("Chapter", title, words, page, config, base) | {"isPartOf": book}]
        graph[0] |= {"position": chapters.index(page) + 1}
    else:
        graph = [work("WebPage", title, words, page, config, base) | {"isPartOf": book}]
    if page == book_data.PAGE:
        graph.append(book_data.dataset(base, config.author, config.copyright))
    if page == LEDGER:
        graph += claim_reviews(config, base)
    return {"@context": "https://schema.org", "@graph": graph}


def say(app, pagename, templatename, context, doctree):
    """Put all of it into the head of a page, and leave one viewport."""
    tags = VIEWPORT.sub("", context.get("metatags", ""))
    config, base = app.config, app.config.html_baseurl
    if doctree is not None:
        title = config.html_title if pagename == HOME else app.env.titles[pagename].astext()
        words = description(pagename, doctree)
        named = [("description", words)] * bool(words)
        named += citation(title, pagename, config, base)
        tags += "".join(f'\n<meta name="{k}" content="{escape(v)}">' for k, v in named)
        if base:
            context["pageurl"] = place(base, pagename)
            context["coins"] = coins(title, words, pagename, config, base)
            shown = preview(title, words, pagename, config, base)
            tags += "".join(f'\n<meta property="{k}" content="{escape(v)}">' for k, v in shown)
            tags += '\n<meta name="twitter:card" content="summary_large_image">'
            chapters = [name for name in pages(Path(app.srcdir)) if CHAPTER.fullmatch(name)]
            data = linked_data(title, words, pagename, config, base, chapters)
            # So that no text can end the element.
            text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
            tags += f'\n<script type="application/ld+json">{text}</script>'
    if base:
        tags += (
            f'\n<link rel="alternate" type="application/atom+xml" title="Changelog" '
            f'href="{base}{FEED}">'
        )
    context["metatags"] = tags


# Files beside the pages


def sitemap(base, names):
    """The sitemap of the pages of that name: bytes of XML."""
    xml.register_namespace("", MAP)
    top = xml.Element(f"{{{MAP}}}urlset")
    for name in names:
        xml.SubElement(xml.SubElement(top, f"{{{MAP}}}url"), f"{{{MAP}}}loc").text = place(
            base, name
        )
    return xml.tostring(top, encoding="utf-8", xml_declaration=True)


def feed(html, config, base, changed):
    """An Atom feed of the changelog, an entry a version: bytes of XML.

    html: of the built page. changed: when it last changed, as in 2026-11-26T19:00:00+00:00. An
    entry has the date in its heading, or else that one.
    """
    xml.register_namespace("", ATOM)
    add = lambda to, name, text=None, **named: to.append(element(name, text, named))

    def element(name, text, named):
        made = xml.Element(f"{{{ATOM}}}{name}", named)
        made.text = text
        return made

    address = place(base, CHANGES)
    top = xml.Element(f"{{{ATOM}}}feed")
    add(top, "id", address)
    add(top, "title", f"{config.html_title}: what changed")
    add(top, "updated", changed)
    add(top, "link", href=base + FEED, rel="self")
    add(top, "link", href=address)
    author = xml.SubElement(top, f"{{{ATOM}}}author")
    add(author, "name", config.author)
    for section in BeautifulSoup(html, "html.parser").select("article section section:has(> h2)"):
        heading = section.h2.extract()
        for sign in heading.select("a.headerlink"):
            sign.decompose()
        for link in section.find_all("a", href=True):
            link["href"] = urljoin(address, link["href"])
        entry = xml.SubElement(top, f"{{{ATOM}}}entry")
        day = re.search(r"\d{4}-\d\d-\d\d", heading.text)
        add(entry, "id", f"{address}#{section['id']}")
        add(entry, "title", heading.get_text().strip())
        add(entry, "updated", f"{day[0]}T00:00:00Z" if day else changed)
        add(entry, "link", href=f"{address}#{section['id']}")
        add(entry, "content", section.decode_contents(), type="html")
    return xml.tostring(top, encoding="utf-8", xml_declaration=True)


def front(html):
    """The home page as it reads one folder further up."""

    def moved(found):
        where, to = found.groups()
        if re.match(r"[a-z]+:|#|$", to):
            return found[0]
        return f'{where}{to[3:] or "./" if to.startswith("../") else f"book/{to}"}"'

    return NAMING.sub(moved, html)


def write(app, error):
    """Write the front page, and where the address is known the files that lead to the pages."""
    if error or app.builder.format != "html":
        return
    html, base = Path(app.outdir), app.config.html_baseurl
    home = html / f"{HOME}.html"
    if home.is_file():
        (html / FRONT).write_text(front(home.read_text(encoding="utf-8")), encoding="utf-8")
    if not base:
        return
    names = pages(Path(app.srcdir))
    (html / SITEMAP).write_bytes(sitemap(base, names))
    changed = git(app.srcdir, "log", "-1", "--format=%cI", "--", f"{CHANGES}.md")
    if changed:
        text = (html / f"{CHANGES}.html").read_text(encoding="utf-8")
        (html / FEED).write_bytes(feed(text, app.config, base, changed))
    (html / cards.FOLDER).mkdir(exist_ok=True)
    for page in names:
        path = html / cards.FOLDER / f"{cards.name(page)}.png"
        if not path.is_file():
            chapter = CHAPTER.fullmatch(page)
            book = app.config.html_title, "an executable book"
            words = (app.env.titles[page].astext(), book[0]) if chapter else book
            path.write_bytes(cards.draw(path.stem, *words))


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", say, priority=960)
    app.connect("build-finished", write, priority=960)  # when the pages are as readers get them
    return {"parallel_read_safe": True, "parallel_write_safe": True}
