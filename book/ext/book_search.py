"""Search: all that can be found in the built pages, each with the address of its section or row.

Taken from the pages as built, since many tables are made while pages are written, and written as
scripts that only the search page loads (search.js), so that it works from a disk. Sphinx's own
index, which knows whole pages only and no table that is made as HTML, is switched off.
"""

import re
import tomllib
from pathlib import Path

import book_web
from book_weight import minified_script
from bs4 import BeautifulSoup, Comment, NavigableString
from sphinx.errors import ExtensionError

WEB = Path(__file__).parents[1] / "web"
WORDS = WEB / "search.toml"
ABOUT = "book/about"
NEAR, FAR = "_static/places.js", "_static/more_places.js"
# What is looked through only when asked for, or when nothing else was found: sources, what is told
# twice, and how the book and its models are made.
FAR_PAGES = re.compile(
    r"book/(references|handout|models/.*|changelog|contribute|data|licences|run_it|benchmark)"
)
# How much a hit of a page counts; another counts once.
WEIGHTS = {
    "book/questions": 4,
    "notebooks/": 1.5,
    "book/trials": 1.3,
    "book/glossary": 0.8,
    "book/sheet": 0.8,
}
SCRIPTS = ("vendor/minisearch.js", "search.js")
# Sphinx's search: no page uses it.
LEFT_OVER = (
    "searchindex.js",
    "_static/searchtools.js",
    "_static/language_data.js",
    "_static/sphinx_highlight.js",
)

ARTICLE = re.compile(r"<article.*?</article>", re.S)
# Drawings, code and formulas have no words to look for, and would be most of the work.
WORDLESS = re.compile(r"<(svg|script|style|pre)\b.*?</\1>", re.S)
FORMULA = re.compile(r"<math\b.*?</math>", re.S)
# What names a source or leads elsewhere, and what stands elsewhere too (claims in the ledger).
ASIDE = set(
    "ldn-sources headerlink visually-hidden ldn-report ldn-code ldn-uses ldn-start ldn-level "
    "ldn-age ldn-claims ldn-sign ldn-bare ldn-topics hide toctree-wrapper".split()
)
ASIDE_ROWS = {"In the book", "Is it right?"}  # of the card of a study or a finding
HEADINGS = {"h1", "h2", "h3", "h4", "h5"}
# What a hit may lead to if it has an id, by element or class. A group of rows is one study.
ELEMENTS = {"section", "tbody", "tr", "figure", "ldn-explorer"}
CLASSES = {"exercise", "solution", "citation"}
APART = {"td", "th", "dt", "dd", "summary", "li", "p", "br", "div", "tr", "figcaption", "section"}
LEVELS = {"ldn-with-code": "code", "tag_with-code": "code", "ldn-plain": "plain"}
CLAIM = re.compile(r"C\d\d")


class Place:
    """What a hit leads to: a section without those within it, a row, a figure, a term."""

    def __init__(self, id, title="", level=""):
        self.id, self.title, self.level = id, title, level
        self.text = {"": [], "code": [], "plain": []}  # by the reading level that shows it

    def entries(self):
        """(id, title, text) and, for what only one level shows, the level; none without words."""
        for level, parts in self.text.items():
            text = words("".join(parts))
            if text or (self.title and level == self.level):
                yield [self.id, self.title, text, *([level] if level else [])]


def words(text):
    """The text with single spaces."""
    return " ".join(text.replace("\xa0", " ").split())


def shown(tag):
    """The words of an element, without what leads elsewhere."""
    return words(
        "".join(
            str(part)
            for part in tag.find_all(string=True)
            if not any(ASIDE & set(above.get("class", ())) for above in part.parents)
        )
    )


def title(tag):
    """What a hit in this element is called; "" where the text must do."""
    classes = set(tag.get("class", ()))
    if tag.name == "section":
        heading = next((one for one in tag.find_all(recursive=False) if one.name in HEADINGS), None)
        return shown(heading) if heading else ""
    if tag.name in ("tr", "tbody"):
        row = tag if tag.name == "tr" else tag.tr
        name, cells = shown(row.th), row.find_all("td")
        if CLAIM.fullmatch(name):
            return f"{name}: {shown(cells[0].a)}"
        disease = row.th.find(class_="ldn-sources")  # of a finding
        if disease:
            return f"{name}, {disease.get_text()}"
        return f"{name}, {shown(cells[1])}" if len(cells) == 5 else name  # a study
    if tag.name == "figure":
        return shown(tag.figcaption.strong).rstrip(".") if tag.figcaption.strong else ""
    if tag.name == "ldn-explorer":
        return shown(tag.find(class_="ldn-title"))
    if classes & {"exercise", "solution"}:
        return shown(tag.find(class_="admonition-title"))
    return ""


def is_title(tag):
    """Whether the element is the title of what a hit may lead to."""
    if tag.name == "th":
        return leads(tag.parent) or leads(tag.parent.parent)
    if tag.name == "strong":
        return tag.parent.name == "figcaption"
    if tag.name == "a":
        return "#about-C" in tag.get("href", "") and tag.parent.name == "td"  # a claim
    return tag.name in HEADINGS or "admonition-title" in tag.get("class", ())


def leads(tag):
    """Whether a hit may lead to this element."""
    return tag.get("id") and (tag.name in ELEMENTS or CLASSES & set(tag.get("class", ())))


def places(html):
    """All places of a page's article, in reading order."""
    found = []

    def walk(tag, place, level):
        for part in tag.children:
            if isinstance(part, NavigableString):
                if not isinstance(part, Comment):
                    place.text[level].append(str(part))
                continue
            classes = set(part.get("class", ()))
            if ASIDE & classes or part.get("aria-hidden") == "true" or is_title(part):
                continue
            if part.name == "details" and part.find_parent(class_="ldn-check"):
                continue  # the answers of a self-check
            if part.name in ("dt", "dd"):
                row = part if part.name == "dt" else part.find_previous_sibling("dt")
                if shown(row) in ASIDE_ROWS:
                    continue
            inside, seen = place, next((LEVELS[one] for one in classes if one in LEVELS), level)
            if leads(part):
                inside = Place(part["id"], title(part), seen)
                found.append(inside)
                if part.name == "ldn-explorer":  # its script draws the rest
                    inside.text[seen].append(shown(part.find(class_="ldn-hint")))
                    continue
            elif part.name == "dt" and part.get("id"):  # a term, which may have several names
                name = shown(part)
                if getattr(part.find_previous_sibling(), "name", "dd") == "dd":
                    found.append(Place(part["id"], name, seen))
                else:
                    found[-1].title += f", {name}"
                continue
            elif part.name == "dd" and part.find_previous_sibling("dt").get("id"):
                inside = found[-1]
            apart = [" "] if part.name in APART else []
            inside.text[seen] += apart
            walk(part, inside, seen)
            inside.text[seen] += apart

    text = FORMULA.sub("…", WORDLESS.sub("", ARTICLE.search(html)[0]))
    walk(BeautifulSoup(text, "html.parser"), Place(""), "")
    return found


def not_covered(topics, about):
    """[what the book does not cover, words that ask for it]: the items of the list in `about`.

    Raises ExtensionError if an item of search.toml begins none or several of them.
    """
    section = BeautifulSoup(about, "html.parser").find(id="what-it-does-not-cover")
    items = [shown(item) for item in section.find_all("li")]
    found = []
    for start, asked in topics.items():
        fitting = [item for item in items if item.startswith(start)]
        if len(fitting) != 1:
            raise ExtensionError(
                f"{WORDS.name}: expected one item of {ABOUT} that begins with {start!r}, "
                f"got {len(fitting)}"
            )
        found.append([fitting[0], asked])
    return found


def weight(page):
    """How much a hit of a page counts."""
    return next((value for start, value in WEIGHTS.items() if page.startswith(start)), 1)


def write(app, error):
    """Write the two files of places, and remove what is left of Sphinx's search."""
    if error or app.builder.format != "html":
        return
    html = Path(app.outdir)
    for name in LEFT_OVER:
        (html / name).unlink(missing_ok=True)
    near, far, about = [], [], ""
    for path in [*sorted(html.glob("book/**/*.html")), *sorted(html.glob("notebooks/*.html"))]:
        page = path.relative_to(html).with_suffix("").as_posix()
        text = path.read_text(encoding="utf-8")
        if page == ABOUT:
            about = text
        name = book_web.title(text)
        entries = [entry for place in places(text) for entry in place.entries()]
        into = far if FAR_PAGES.fullmatch(page) else near
        into.append([f"{page}.html", name, weight(page), entries])
    known = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    # A part of the book has no such page, as in the tests.
    known["not_covered"] = not_covered(known["not_covered"], about) if about else []
    book_web.save(html / NEAR, "ldnSearch", known | {"pages": near})
    book_web.save(html / FAR, "ldnSearchMore", far)


def publish(app, config):
    """Write the script of the search page: the library, and what uses it."""
    script = Path(app.doctreedir) / "search.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    texts = [(WEB / name).read_text(encoding="utf-8") for name in SCRIPTS]
    joined = ";\n".join(minified_script(text) for text in texts)
    script.write_text(joined + "\n", encoding="utf-8")
    config.html_static_path += [str(script)]


def switch_off(app):
    """Sphinx writes neither its index nor its page of search."""
    app.builder.search = False


def page(app):
    """The search page."""
    return [("search", {"title": "Search"}, "search.html")]


def choose(app, pagename, templatename, context, doctree):
    if pagename == "search":
        for name in (NEAR, "_static/search.js"):
            app.add_js_file(Path(name).name, loading_method="defer")


def setup(app):
    app.add_js_file("land.js", loading_method="defer", priority=400)  # before all that reads "#"
    app.connect("config-inited", publish)
    app.connect("builder-inited", switch_off)
    app.connect("html-collect-pages", page)
    app.connect("html-page-context", choose)
    app.connect("build-finished", write, priority=850)  # before book_weight.py looks at scripts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
