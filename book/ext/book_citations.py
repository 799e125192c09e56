"""What a citation tells before it is opened: title, year, people, how it was read, where else it is
cited.

Written once for all pages, as a script of its own that cite.js asks for when a reader first comes
near a citation: a page is none the heavier, and it works from a disk.
"""

import re
from html import unescape
from pathlib import Path

from book_web import save, title
from pybtex.richtext import Text

from helpers import evidence
from helpers.evidence import study_cards

FILE = "_static/sources.js"
LINK = re.compile(r'<a\b[^>]*\bhref="(https://[^"]+)"')
CHAPTER = re.compile(r"notebooks/0?(\d+)_")
READ = {
    "primary": "Read in the work itself",
    "abstract": "Read as abstract or register entry",
    "label": "Read in a label or an official text",
    "secondary": "Not opened: read where others quote it",
}


def plain(address):
    """An address as all pages have it: prose cannot hold brackets in one."""
    return unescape(address).replace("(", "%28").replace(")", "%29")


def about(key):
    """Title, year and place, people if it is the source of one study, and how it was read."""
    fields = evidence.reference(key).fields
    title = str(Text.from_latex(fields["title"]))
    place = ", ".join(fields[name] for name in ("journal", "year") if name in fields)
    study = study_cards.own_sources().get(key)
    return [
        title,
        str(Text.from_latex(place)),
        study_cards.in_a_line(study) if study else "",
        READ[fields["seen"]],
    ]


def name(page, text):
    """What readers call a page: chapter 3, model pages, or its title."""
    found = CHAPTER.search(page)
    if found:
        return f"chapter {found[1]}"
    if page.startswith("book/models/"):
        return "model pages"
    whole = title(text)
    return whole[0].lower() + whole[1:]


def citing(html):
    """Address → the pages that cite it as name → page, chapters first; lists of sources and of
    licences aside, and of pages that share a name the first.
    """
    cited = {}
    for path in [*sorted(html.glob("notebooks/*.html")), *sorted(html.glob("book/**/*.html"))]:
        page = path.relative_to(html).with_suffix("").as_posix()
        if page in ("book/references", "book/licences"):
            continue
        text = path.read_text(encoding="utf-8")
        article = text.partition("<article")[2].partition("</article>")[0]
        for address in map(plain, LINK.findall(article)):
            cited.setdefault(address, {}).setdefault(name(page, text), f"{page}.html")
    return cited


def write(app, error):
    """Write the file: the pages as [name, address in the book], and by source what `about` gives
    and the numbers of its pages.
    """
    if error or app.builder.format != "html":
        return
    html = Path(app.outdir)
    cited = citing(html)
    sources, pages = {}, {}
    for key in evidence._references():
        address = plain(evidence.address(key))
        if address in cited:
            numbers = [pages.setdefault(page, len(pages)) for page in cited[address].items()]
            sources[address] = [*about(key), numbers]
    save(html / FILE, "ldnSources", {"pages": list(pages), "sources": sources})


def setup(app):
    app.add_js_file("cite.js", loading_method="defer")
    app.connect("build-finished", write, priority=800)  # before book_weight.py looks at scripts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
