"""Slides of the lessons in book/teach.md, as book/slides_<minutes>.html, made of its built page: so
plan and slides cannot differ.

Each step of a lesson is a slide or more. Its points are what the class reads; a link to a state of
a control becomes the living control, one to a figure the figure, with what is said of it below; the
whole step is the speaker's notes, and what is for the teacher stands there alone: a point in
brackets, or how to open a control. reveal.js turns the slides; without scripts, on a small screen
and on paper they stand one below the other.
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
FOR_TEACHER = re.compile(r"(Open|Then|And)\b")  # how a point begins that says how to open a control
AWAY = re.compile(r'<a (?!download)(?=[^>]*href="(?!#))')
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


def bare(node, unlinked="a.ldn-term"):
    """The HTML inside an element, for a place where its ids and hints would be said twice.

    unlinked: selects the links that become mere words.
    """
    copy = BeautifulSoup(str(node), "html.parser").contents[0]
    for tag in copy.find_all(True):
        for name in ("id", "title"):
            del tag[name]
    for link in copy.select(unlinked):
        link.unwrap()
    return copy.decode_contents().strip()


def section(id, title, *parts, notes="", kind="", ways=""):
    """A slide; ways: buttons beside its title."""
    notes = f'<aside class="notes">{notes}</aside>' if notes else ""
    look = f' class="{kind}"' if kind else ""
    top = f'<div class="top"><h2>{escape(title)}</h2>{ways}</div>'
    return f'<section id="{id}"{look}>{top}{"".join(parts)}{notes}</section>'


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
        asked = [rest[0].upper() + rest[1:]] if rest else []
        parts = self.parts(asked, under.find_all("li", recursive=False) if under else ())
        slides = []
        for part, (id, links, words) in enumerate(parts, 1):
            name = f"step-{number}-{part}" if part > 1 else f"step-{number}"
            about = {"notes": notes}
            picture = ""
            if id:
                draw = self.control if STATE.search(links[0]["href"]) else self.figure
                picture, about["ways"] = draw(links)
                about["kind"] = "shown"
            slides.append(section(name, title.rstrip(".:"), picture, points(words), **about))
        return slides

    def parts(self, asked, points):
        """What slides of a step show: (id of a control or figure or "", links to it, words).

        A question is about what was shown before it, and so is what ends a step; else words lead to
        what is shown next, on a slide of their own.
        """
        points = [point for point in points if not point.get_text().startswith("(")]
        shows = [self.shows(point) for point in points]
        parts = [("", [], asked)]
        for number, (point, (id, links)) in enumerate(zip(points, shows), 1):
            text, before = point.get_text().strip(), parts[-1][0]
            after = next((later for later, _ in shows[number:] if later), before)
            leads = not id and before != after and not text.endswith("?")
            if (id and id != before) or (before and leads):
                parts.append((id, [], []))
            parts[-1][1].extend(links)
            if not (id.startswith("explore-") and FOR_TEACHER.match(text)):
                parts[-1][2].append(bare(point.p, 'a.ldn-term, a[href*="#explore-"]'))
        return [part for part in parts if part[0] or part[2]] or parts

    def shows(self, point):
        """(id of the control or figure that a point links to or "", the links)"""
        for kind in (STATE, FIGURE):
            links = [link for link in point.find_all("a") if kind.search(link["href"])]
            if links:
                return kind.search(links[0]["href"])[1], links
        return "", []

    def once(self, id):
        if id in self.shown:
            raise ExtensionError(
                f"{PLAN}: {id} comes in two steps of a lesson; its slides show it once"
            )
        self.shown.add(id)

    def control(self, links):
        """The living control at the first state, and buttons to this state and the others."""
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
        return f'<div class="control" data-prevent-swipe>{explorer.element(spec)}</div>', row

    def figure(self, links):
        """The figure with its sources, and no buttons."""
        page, _, id = links[0]["href"].partition("#")
        self.once(id)
        text = re.search(PICTURE.format(id), self.pages[Path(page).stem], re.S)[0]
        # Chapters and the plan lie in folders beside each other; a page's own parts do not.
        return SCREEN.sub("", text).replace('<a href="#', f'<a href="{page}#'), ""

    def html(self, book, versions):
        plan = f"teach.html#{self.lesson['id']}"
        first = (
            f'<section id="start" class="start"><h1>{escape(self.title)}</h1>'
            f"<p>A lesson of {self.minutes} minutes, from the book “{escape(book)}”.</p>"
            f'<p><a href="{plan}">The plan of the lesson</a></p>'
            f'<p><small>{LICENCE}</small></p><p><small class="keys">{KEYS}</small></p></section>'
        )
        # In another tab: a deck that is left loses its window of notes.
        slides = AWAY.sub('<a target="_blank" rel="noopener" ', first + "".join(self.slides()))
        file = lambda name: f"../{name}?v={versions[name]}"
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(self.title)} — slides</title>"
            '<link rel="icon" href="../_static/favicon.svg">'
            f'<script src="{file(FIRST)}"></script><link rel="stylesheet" href="{file(STYLE)}">'
            f'<script defer src="{file(OWN)}"></script><script defer src="{file(SCRIPT)}"></script>'
            f'</head><body><main><div><div class="slides">{slides}</div></div></main>'
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
