"""The whole book for e-readers, as EPUB 3: `make epub`, after `make book`.

The articles of all pages, in the order of _toc.yml, a file each. Controls give way to their still
pictures, drawn as for a phone; equations are MathML, as in the pages with code. Run at the
repository's root; needs what the tests need.
"""

import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import cards
import html5lib
import yaml
from bs4 import BeautifulSoup
from check_pages import pages
from make_pdf import anchor, link, still
from make_zip import DATE
from take_along import built, offer, place

STYLE = Path("book/web/epub.css")
COVER = 1200, 1800  # pixels
SPACES = {"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML"}
# A colour of the page, and the one that it has where there is none.
COLOUR = re.compile(r"var\(--[\w-]+,\s*((?:[^()]|\([^()]*\))+)\)")
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="epub.css"/></head>
<body>{body}</body>
</html>
"""
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:date>{year}</dc:date>
<dc:language>en</dc:language>
<dc:rights>Text, figures and tables: CC BY 4.0. Code: MIT.</dc:rights>
<meta property="dcterms:modified">{built}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="epub.css" media-type="text/css"/>
<item id="picture" href="cover.png" media-type="image/png" properties="cover-image"/>
{items}
</manifest>
<spine>
<itemref idref="cover"/>
{spine}
</spine>
</package>
"""


def file_of(page, id=""):
    """Where a page, or an id of it, is in the EPUB."""
    return f"{anchor(page)}.xhtml" + (f"#{id}" if id else "")


def as_xml(html):
    """HTML as the same in XML: text. Names are those of SVG and MathML again, also capitals."""
    body = html5lib.parse(html, treebuilder="dom").getElementsByTagName("body")[0]
    for name, space in SPACES.items():
        for tag in body.getElementsByTagName(name):
            tag.setAttribute("xmlns", space)
            if name == "svg":
                tag.setAttribute("xmlns:xlink", "http://www.w3.org/1999/xlink")
    return "".join(part.toxml() for part in body.childNodes)


def article(html, page, known):
    """The title of a page and its article as XHTML; `known` are all pages."""
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser").find("article")
    still(soup)
    # Of the two drawings of a figure the one with the larger letters: a screen may be small.
    for wide in soup.select(".ldn-drawn > .ldn-wide"):
        wide.decompose()
    for narrow in soup.select(".ldn-drawn > .ldn-narrow"):
        del narrow["style"]
    # What is said in place of code and equations, which stand here.
    for plain in soup.select(".ldn-plain"):
        plain.decompose()
    # What EPUB does not know there, and no e-reader needs.
    for style in soup.select("style[scoped]"):
        style.decompose()
    for tag in soup.select(":not(mstyle)[scriptlevel], mrow[displaystyle]"):
        for name in {"scriptlevel", "displaystyle"} & tag.attrs.keys():
            del tag[name]
    for arrow in soup.select("svg a"):
        arrow["xlink:title"] = "where this is discussed"
    for tag in soup.find_all(True):
        for name in ("href", "xlink:href"):
            if tag.get(name):
                link(tag, name, page, known, file_of)
    text = as_xml(soup.decode_contents())
    while COLOUR.search(text):  # the second choice may be a name, too
        text = COLOUR.sub(r"\1", text)
    return soup.find("h1").get_text().strip(), text


def contents(titles):
    """The list of contents: page → title."""
    items = "".join(
        f'<li><a href="{file_of(page)}">{escape(title)}</a></li>' for page, title in titles.items()
    )
    return f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{items}</ol></nav>'


def package(titles, texts, config, moment):
    """The list of all files with what is known of the book. moment: when the book was built."""
    lines = []
    for page in titles:
        used = [kind for kind in ("svg", "mathml") if re.search(rf"<{kind[:4]}\b", texts[page])]
        kinds = f' properties="{" ".join(used)}"' if used else ""
        lines.append(
            f'<item id="{anchor(page)}" href="{file_of(page)}" '
            f'media-type="application/xhtml+xml"{kinds}/>'
        )
    cover = '<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>'
    return PACKAGE.format(
        id=uuid5(NAMESPACE_URL, config["title"]),
        title=escape(config["title"]),
        author=escape(config["author"]),
        year=config["copyright"],
        built=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        items="\n".join([cover, *lines]),
        spine="\n".join(f'<itemref idref="{anchor(page)}"/>' for page in titles),
    )


def main():
    root = Path.cwd()
    html, names = built(root), pages(root)
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    found = {name: article(html, name, names) for name in names}
    titles = {name: title for name, (title, _) in found.items()}
    texts = {name: text for name, (_, text) in found.items()}
    moment = datetime.fromtimestamp((html / f"{names[0]}.html").stat().st_mtime, UTC)
    cover = f'<p><img src="cover.png" alt="{escape(config["title"])}"/></p>'
    files = {
        "META-INF/container.xml": CONTAINER,
        "book/book.opf": package(titles, texts, config, moment),
        "book/nav.xhtml": PAGE.format(title="Contents", body=contents(titles)),
        "book/cover.xhtml": PAGE.format(title="Cover", body=cover),
        "book/cover.png": cards.draw("book", config["title"], "an executable book", COVER),
        "book/epub.css": (root / STYLE).read_text(encoding="utf-8"),
    } | {
        f"book/{file_of(page)}": PAGE.format(title=escape(titles[page]), body=text)
        for page, text in texts.items()
    }
    with ZipFile(place(html, ".epub"), "w") as packed:
        packed.writestr(ZipInfo("mimetype", DATE), "application/epub+zip", ZIP_STORED)
        for name, content in files.items():
            packed.writestr(ZipInfo(name, DATE), content, ZIP_DEFLATED, 9)
    offer(html)


if __name__ == "__main__":
    main()
