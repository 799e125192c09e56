"""What the page for teachers needs: links to states of controls and to figures, what a control says
at a state, claims by their id, and a chapter's exercises and questions without their solutions.

A state is written "explore-duration dose=50 every=0": a control and the inputs that differ from
its defaults. A control, an input or a value that is not there fails the build.
"""

import json
import re
from urllib.parse import urlencode

from book_controls import CONTROL, SPEC
from book_evidence import raw
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx_exercise.nodes import exercise_enumerable_node

from helpers import checks, evidence
from helpers.evidence import ledger
from helpers.explorer.evaluation import status
from helpers.explorer.spec_checks import check_values
from helpers.self_check import chapters, self_check

LINK = re.compile(r"(?s)(.+?)\s*<(.+)>")
FIGURE = re.compile(r'<figure class="ldn-figure" id="([^"]+)"')
logger = logging.getLogger(__name__)


def state(text):
    """(control id, its values) of a state in words, as above. Raises ValueError for other words."""
    id, *pairs = text.split()
    values = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            values[name] = float(value)
        except ValueError:
            raise ValueError(f"state {text!r}: expected input=number, got {pair!r}") from None
    return id, values


def address(spec, values):
    """The address of a state within its page, as "Copy link" gives it: all inputs are named.

    Raises UnknownName or ValueError for what the control does not know or take.
    """
    whole = check_values(spec, values)
    return f"{spec['id']}?{urlencode({name: f'{value:.15g}' for name, value in whole.items()})}"


class state_link(nodes.Inline, nodes.TextElement):
    """A link to a state, once all pages are read."""


class state_words(nodes.Inline, nodes.TextElement):
    """What a control says at a state, once all pages are read."""


class figure_link(nodes.Inline, nodes.TextElement):
    """A link to a figure of a chapter, once all pages are read."""


class chapter_sheet(nodes.General, nodes.Element):
    """Where the exercises and questions of a chapter go once all pages are read."""


class Control(SphinxRole):
    """{control}`words <state>`: a link that opens the control at that state."""

    def run(self):
        words, place = LINK.fullmatch(self.text).groups()
        return [state_link("", words, state=place)], []


class Says(SphinxRole):
    """{says}`state`: the words under the control's picture at that state."""

    def run(self):
        return [state_words("", state=self.text)], []


class Picture(SphinxRole):
    """{picture}`words <figure-3-7>`: a link to a figure, which the slides show in its place."""

    def run(self):
        words, id = LINK.fullmatch(self.text).groups()
        return [figure_link("", words, figure=id)], []


class Claim(SphinxRole):
    """{claim}`C24`: a claim of the article, in the ledger's words, with the way to its verdict."""

    def run(self):
        claims = evidence.claims()
        try:
            words = claims["claim"][checks.known("claim", self.text, claims.index)]
        except checks.UnknownName as error:
            return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
        way = f'<a href="../{ledger.LEDGER}#{self.text}">{self.text}</a>'
        return [nodes.Text(f"“{words}” ("), raw(way), nodes.Text(")")], []


class Handout(SphinxDirective):
    """The exercises and the self-check of a chapter, without solutions and answers."""

    required_arguments = 1

    def run(self):
        return [chapter_sheet(chapter=checks.known("chapter", self.arguments[0], chapters()))]


class Fill(SphinxPostTransform):
    """Fills all these places, before links and outputs of copied exercises are resolved."""

    default_priority = 1

    def run(self):
        for place in list(self.document.findall(chapter_sheet)):
            place.replace_self(self.sheet(place["chapter"]))
        states = [*self.document.findall(state_link), *self.document.findall(state_words)]
        pictures = list(self.document.findall(figure_link))
        known, figures = self.shown() if states or pictures else ({}, {})
        for place in states:
            try:
                id, values = state(place["state"])
                page, spec = known[checks.known("control", id, known)]
                place.replace_self(self.filled(place, page, spec, values))
            except (KeyError, ValueError) as error:
                self.left(place, error)
        for place in pictures:
            id = place["figure"]
            if id in figures:
                place.replace_self(self.link(place, figures[id], id))
            else:
                self.left(place, f"no chapter has a figure {id!r}")

    def left(self, place, why):
        logger.warning("%s", why, location=self.env.docname, type="teach")
        place.replace_self(nodes.Text(place.astext()))

    def filled(self, place, page, spec, values):
        fragment = address(spec, values)
        if isinstance(place, state_words):
            return nodes.inline("", status(spec, values), classes=["ldn-says"])
        return self.link(place, page, fragment)

    def link(self, place, page, fragment):
        to = self.app.builder.get_relative_uri(self.env.docname, page)
        return nodes.reference("", place.astext(), internal=True, refuri=f"{to}#{fragment}")

    def shown(self):
        """What the chapters show, by id: controls as (page, spec), and the pages of figures."""
        controls, figures = {}, {}
        for chapter in chapters():
            page = f"notebooks/{chapter}"
            for node in self.env.get_doctree(page).findall(nodes.raw):
                for control in CONTROL.finditer(node.astext()):
                    controls[control[1]] = (page, json.loads(SPEC.search(control[0])[1]))
                figures |= dict.fromkeys(FIGURE.findall(node.astext()), page)
        return controls, figures

    def sheet(self, chapter):
        found = {
            name: list(self.env.get_doctree(f"notebooks/{name}").findall(exercise_enumerable_node))
            for name in chapters()
            if name <= chapter
        }
        exercises, questions = numbered(), numbered()
        here = found.pop(chapter)
        exercises["start"] = 1 + sum(map(len, found.values()))  # as the chapters count them
        for exercise in here:
            [statement] = exercise.findall(nodes.section)
            item = nodes.list_item("", *(part.deepcopy() for part in statement.children))
            for part in item.findall(nodes.Element):
                part["ids"] = []
            exercises += item
        for question in self_check(chapter).questions:
            answers = numbered("upperalpha")
            for answer in question["answer"]:
                answers += nodes.list_item("", nodes.paragraph("", answer["text"]))
            questions += nodes.list_item("", nodes.paragraph("", question["text"]), answers)
        kinds = {"Exercises": exercises, "Questions, each with one right answer": questions}
        parts = [part for words, of in kinds.items() for part in (nodes.rubric("", words), of)]
        return nodes.container("", *parts, classes=["ldn-handout"])


def numbered(kind="arabic"):
    return nodes.enumerated_list(enumtype=kind, prefix="", suffix=".")


def setup(app):
    for node in (state_link, state_words, figure_link, chapter_sheet):
        app.add_node(node)
    app.add_role("control", Control())
    app.add_role("says", Says())
    app.add_role("picture", Picture())
    app.add_role("claim", Claim())
    app.add_directive("handout", Handout)
    app.add_post_transform(Fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
