"""The ways into the book: numbers in the prose, the scoreboard, doors, a control, the questions and
the sheet to print.
"""

import importlib
import re
from html import escape

from book_evidence import raw
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

from helpers import badges, checks, evidence, explorer, questions
from helpers.controls import final_thoughts
from helpers.evidence import ledger, page_tables, study_cards, summary
from helpers.explorer import dots


def number_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """{number}`FINAL-pain n`: a number of the tables, see `helpers.questions`."""
    try:
        return [nodes.Text(questions.filled(f"{{{text}}}", questions.words("en")))], []
    except (checks.UnknownName, ValueError) as error:
        return [], [inliner.reporter.error(str(error), line=lineno)]


def certainty_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """{certainty}`ra_joints`: how sure a finding is, as a badge that leads to the reasons."""
    try:
        badge = summary.certainty_badge(text)
    except checks.UnknownName as error:
        return [], [inliner.reporter.error(str(error), line=lineno)]
    address = f"../{summary.PAGE}#{page_tables.slug(text)}"
    return [raw(f'<a class="ldn-sure" href="{address}">{badge}</a>')], []


class Scoreboard(Directive):
    """How many claims have each verdict; each number leads to these claims in the ledger."""

    def run(self):
        counts = evidence.claims()["verdict"].value_counts()
        bars, items = [], []
        for word, look in badges.VERDICTS.items():
            bars.append(f'<i class="ldn-badge-{look.style}" style="flex-grow:{counts[word]}"></i>')
            items.append(
                f'<li><a class="ldn-badge-{look.style}" '
                f'href="../{ledger.LEDGER}?verdict={word.replace(" ", "+")}">'
                f'<span aria-hidden="true">{look.icon}</span> '
                f"<strong>{counts[word]}</strong> {escape(word)}</a></li>"
            )
        return [
            raw(
                f'<div class="ldn-scoreboard"><div aria-hidden="true">{"".join(bars)}</div>'
                f"<ul>{''.join(items)}</ul></div>"
            )
        ]


class Doors(Directive):
    """Ways into the book, one a line: "page level | words | what is behind it".

    The level of reading is remembered.
    """

    has_content = True

    def run(self):
        items = []
        for line in self.content:
            door = re.fullmatch(r"(\S+) (plain|code) \| (.+) \| (.+)", line)
            if not door:
                raise self.error(
                    f"a door must be 'page plain | words | what is behind it' or 'page code | …', "
                    f"got {line!r}"
                )
            page, level, words, behind = door.groups()
            items.append(
                f'<li><a href="../{page}?level={level}"><strong>{escape(words)}</strong> '
                f"<span>{escape(behind)}</span></a></li>"
            )
        return [raw(f'<ul class="ldn-doors">{"".join(items)}</ul>')]


class Control(Directive):
    """A control of a chapter on a page that is no notebook: "ra_treatment.explore_stories"."""

    required_arguments = 1

    def run(self):
        module, _, name = self.arguments[0].partition(".")
        controls = vars(importlib.import_module(f"helpers.controls.{module}"))
        checks.known(f"control of {module}", name, [k for k in controls if k[:8] == "explore_"])
        return [raw(controls[name]().html())]


class Everyone(Directive):
    """A still of everyone ever randomised, in its last step; the control stands in chapter 7."""

    def run(self):
        spec = final_thoughts.explore_everyone().spec
        [panel] = spec["panels"]
        last = {"step": spec["controls"][0]["high"]}
        said = explorer.evaluate(spec, last)["status"]
        values = {control["name"]: control["value"] for control in spec["controls"]} | last
        alt = f"Dots, one a person: {dots.said(panel, values)} {said}"
        wide, narrow = (
            dots.drawing(panel, values, width, height) for width, height in ((640, 260), dots.SIZE)
        )
        return [
            raw(
                '<figure class="ldn-figure" id="everyone-ever">'
                f'<div class="ldn-drawn" role="img" aria-label="{escape(alt)}">'
                f'<div class="ldn-narrow" style="display:none">{narrow}</div>'
                f'<div class="ldn-wide">{wide}</div></div>'
                f"<figcaption>{badges.badge('Data')} {escape(said)} "
                '<a href="../notebooks/07_final_thoughts.ipynb#explore-everyone">All steps</a>, '
                f'<a href="../{study_cards.PAGE}">every trial</a>.'
                "<!-- report figure everyone-ever --></figcaption></figure>"
            )
        ]


class Text(Directive):
    """The parts of a page in a language, which sets its direction."""

    required_arguments = 1  # the language

    def run(self):
        language = questions.words(self.arguments[0])
        top = nodes.Element()
        inside = {1: top}  # level of heading → the section that is open at it
        for part in self.parts(language):
            level = part.level or 1
            if part.title:
                section = nodes.section("", nodes.title("", part.title), ids=[part.id])
                inside[level - 1] += section
                inside[level] = section
            lines = StringList(part.markdown.splitlines(), self.state.document.current_source)
            self.state.nested_parse(lines, 0, inside[level])
        start = f'<div class="{self.kind}" lang="{language["lang"]}" dir="{language["dir"]}">'
        return [raw(start), *top.children, raw("</div>")]


class Questions(Text):
    """The questions that people ask."""

    kind, parts = "ldn-questions", staticmethod(questions.questions)


class Sheet(Text):
    """The sheet to print."""

    kind, parts = "ldn-sheet", staticmethod(questions.sheet)


def setup(app):
    app.add_role("number", number_role)
    app.add_role("certainty", certainty_role)
    app.add_directive("scoreboard", Scoreboard)
    app.add_directive("doors", Doors)
    app.add_directive("control", Control)
    app.add_directive("everyone", Everyone)
    app.add_directive("questions", Questions)
    app.add_directive("sheet", Sheet)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
