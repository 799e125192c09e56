"""Slides of the lessons in book/teach.md, as book/slides_<minutes>.html, made of its built page: so
plan and slides cannot differ.

Each step of a lesson is a slide or more. Its points are what the class reads; a link to a state of
a control becomes the living control, one to a figure the figure; the whole step is the speaker's
notes, and a point in brackets stands there alone. reveal.js turns the slides; without scripts, on a
small screen and on paper they stand one below the other.
"""

import json
import re
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

from book_controls import SPEC, controls
from book_weight import FIRST, OWN, minified_script, minified_style, version
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

from helpers import explorer

PLAN = "book/teach.html"
NAME = "slides_{}.html"  # beside the plan, so that its links hold
LESSON = re.compile(r"A lesson of (\d+) minutes: (.+)")
STEP = re.compile(r"\d+ minutes?[.:] ?(.*)")
STATE = re.compile(r"#(explore-[\w-]+)\?(.+)")
FIGURE = re.compile(r"#(figure-[\d-]+)$")
PICTURE = r'<figure class="ldn-figure" id="{}".*?</figure>'
SCREEN = re.compile(r'<span class="ldn-screen">.*?</a></span>', re.S)  # what a page has beside it
STYLE, SCRIPT = "_static/slides.css", "_static/slides.js"
WEB = Path(__file__).parent.parent / "web"
LICENCE = (
    'Text and pictures <a href="licences.html">CC BY 4.0, code MIT</a>: '
    "use and change them, name the book."
)
KEYS = (
    "→ or a tap at the edge: next · S: notes in a second window · F: full screen · "
    "Esc: out of a control · to print: print this page"
)


def bare(node):
    """The HTML inside an element, for a place where its ids and hints would be said twice."""
    copy = BeautifulSoup(str(node), "html.parser").contents[0]
    for tag in copy.find_all(True):
        for name in ("id", "title"):
            del tag[name]
    for term in copy.select("a.ldn-term"):
        term.unwrap()
    return copy.decode_contents().strip()


def section(id, title, *parts, notes="", kind=""):
    """A slide."""
    notes = f'<aside class="notes">{notes}</aside>' if notes else ""
    look = f' class="{kind}"' if kind else ""
    return f'<section id="{id}"{look}><h2>{escape(title)}</h2>{"".join(parts)}{notes}</section>'


def points(items):
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""


class Deck:
    """The slides of a lesson: a section of the plan, as HTML.

    specs: of all controls, by id; pages: HTML of the chapters, by name; warning: the words for the
    class from "Before the lesson".
    """

    def __init__(self, lesson, specs, pages, warning):
        heading = lesson.h2.find(string=True)
        self.minutes, self.title = LESSON.fullmatch(heading).groups()
        self.title = self.title[0].upper() + self.title[1:]
        self.lesson, self.specs, self.pages, self.warning = lesson, specs, pages, warning
        self.shown = set()  # controls and figures, each of which stands once

    def slides(self):
        notes, words = self.warning
        slides = [section("warning", "Before the lesson", words, notes=notes, kind="warning")]
        for number, step in enumerate(self.lesson.ol.find_all("li", recursive=False), 1):
            slides += self.step(number, step)
        return slides

    def step(self, number, step):
        """The slides of a step: first what is asked, then what is shown."""
        first, under = step.p, step.find("ul", recursive=False)
        [title] = STEP.fullmatch(first.strong.get_text()).groups()
        rest = bare(first).split("</strong>", 1)[1].strip()
        notes = f"{bare(first)}{under and under.decode() or ''}"
        notes = bare(BeautifulSoup(f"<div>{notes}</div>", "html.parser"))
        if not title:  # all of it is for the class
            title, rest = rest.rstrip("."), ""
            title = title[0].upper() + title[1:]
        asked, shown = [rest[0].upper() + rest[1:]] if rest else [], []
        for point in under.find_all("li", recursive=False) if under else ():
            links = [link for link in point.find_all("a") if STATE.search(link["href"])]
            figure = next((a for a in point.find_all("a") if FIGURE.search(a["href"])), None)
            if links:
                shown.append((self.control, links, []))
            elif figure:
                shown.append((self.figure, figure, [bare(point.p)]))
            elif not point.get_text().startswith("("):
                (shown[-1][2] if shown else asked).append(bare(point.p))
        shown = self.joined(shown)
        title = title.rstrip(".:")
        about = {"notes": notes}
        slides = [section(f"step-{number}", title, points(asked), **about)] if asked else []
        for part, (draw, what, words) in enumerate(shown, 1):
            if not asked and part == 1:
                id = f"step-{number}"
            else:
                id = f"step-{number}-{part + bool(asked)}"
            slides.append(section(id, title, draw(what), points(words), kind="shown", **about))
        return slides or [section(f"step-{number}", title, **about)]

    def joined(self, shown):
        """Points that are about one control, as one."""
        together = []
        for draw, what, words in shown:
            last = together[-1] if together else None
            of = lambda links: STATE.search(links[0]["href"])[1]
            if last and draw == last[0] == self.control and of(what) == of(last[1]):
                last[1].extend(what)
                last[2].extend(words)
            else:
                together.append((draw, what, words))
        return together

    def once(self, id):
        if id in self.shown:
            raise ExtensionError(
                f"{PLAN}: {id} comes in two steps of a lesson; its slides show it once"
            )
        self.shown.add(id)

    def control(self, links):
        """The living control, at the first state; links lead to this state and the others."""
        states = [STATE.search(link["href"]).groups() for link in links]
        id, first = states[0]
        self.once(id)
        values = {name: float(value) for name, value in parse_qsl(first)}
        spec = explorer.starting_at(self.specs[id], values)
        ways = "".join(
            f'<a class="ldn-button" href="#{id}?{escape(values)}">{escape(link.get_text())}</a>'
            for link, (_, values) in zip(links, states)
        )
        row = f'<p class="states">{ways}</p>' if len(links) > 1 else ""
        return f'{row}<div class="control" data-prevent-swipe>{explorer.element(spec)}</div>'

    def figure(self, link):
        """The figure with its sources."""
        page, _, id = link["href"].partition("#")
        self.once(id)
        text = re.search(PICTURE.format(id), self.pages[Path(page).stem], re.S)[0]
        # Chapters and the plan lie in folders beside each other; a page's own parts do not.
        return SCREEN.sub("", text).replace('<a href="#', f'<a href="{page}#')

    def html(self, book, versions):
        plan = f"teach.html#{self.lesson['id']}"
        first = (
            f'<section id="start" class="start"><h1>{escape(self.title)}</h1>'
            f"<p>A lesson of {self.minutes} minutes, from the book “{escape(book)}”.</p>"
            f'<p><a href="{plan}">The plan of the lesson</a></p>'
            f'<p><small>{LICENCE}</small></p><p><small class="keys">{KEYS}</small></p></section>'
        )
        slides = re.sub(
            r'<a (?=[^>]*href="https:)',
            '<a target="_blank" rel="noopener" ',
            "".join(self.slides()),
        )
        file = lambda name: f"../{name}?v={versions[name]}"
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(self.title)} — slides</title>"
            '<link rel="icon" href="../_static/favicon.svg">'
            f'<script src="{file(FIRST)}"></script><link rel="stylesheet" href="{file(STYLE)}">'
            f'<script defer src="{file(OWN)}"></script><script defer src="{file(SCRIPT)}"></script>'
            f'</head><body><main><div><div class="slides">{first}{slides}</div></div></main>'
            "</body></html>\n"
        )


def warning(plan):
    """(the whole of "Before the lesson", what of it is said to the class)"""
    box = plan.select_one("article .admonition.important")
    return bare(box), bare(box.blockquote)


def write(app, error):
    """Write the slides of each lesson, their style and their script."""
    html = Path(app.outdir)
    if error or app.builder.format != "html" or not (html / PLAN).is_file():
        return
    text = {
        STYLE: minified_style(
            "\n".join(
                path.read_text(encoding="utf-8")
                for path in (WEB / "vendor/reveal.css", explorer.STYLE, WEB / "slides.css")
            )
        ),
        SCRIPT: "".join(
            minified_script(path.read_text(encoding="utf-8")) + "\n"
            for path in (WEB / "vendor/reveal.js", WEB / "slides.js")
        ),
    }
    for name, content in text.items():
        (html / name).write_text(content, encoding="utf-8")
    files = text | {name: (html / name).read_text(encoding="utf-8") for name in (FIRST, OWN)}
    versions = {name: version(content) for name, content in files.items()}
    chapters = sorted((html / "notebooks").glob("*.html"))
    pages = {path.stem: path.read_text(encoding="utf-8") for path in chapters}
    specs = {id: json.loads(SPEC.search(found)[1]) for _, id, found in controls(chapters)}
    plan = BeautifulSoup((html / PLAN).read_text(encoding="utf-8"), "html.parser")
    for lesson in plan.select("article section"):
        if not LESSON.match(lesson.h2.find(string=True) if lesson.h2 else ""):
            continue
        deck = Deck(lesson, specs, pages, warning(plan))
        path = (html / PLAN).with_name(NAME.format(deck.minutes))
        path.write_text(
            deck.html(app.config.html_title or app.config.project, versions), encoding="utf-8"
        )


def clear(app):
    """Slides of an earlier build are no pages, which others would look into."""
    for old in (Path(app.outdir) / PLAN).parent.glob(NAME.format("*")):
        old.unlink()


def setup(app):
    app.connect("builder-inited", clear)
    app.connect("build-finished", write, priority=950)  # when the pages are as readers get them
    return {"parallel_read_safe": True, "parallel_write_safe": True}
