"""A line under the title of each page that rests on the literature: when it was last searched, and
that nobody named has reviewed it.

A part of the line is hidden; book.js shows it once the search is over a year ago.
"""

import re
from datetime import timedelta
from pathlib import Path

from book_glossary import readers
from docutils import nodes
from docutils.parsers.rst import Directive

from helpers.evidence import ledger, search_log, study_cards, summary

METHOD = "book/verdicts"
OVER_A_YEAR = timedelta(days=366)
TITLE = re.compile(r'</h1>(?:<p class="ldn-start">.*?</p>)?')


class Searches(Directive):
    """The table of the searches."""

    def run(self):
        return [nodes.raw("", search_log.log(), format="html")]


def pages():
    """The pages that rest on the literature, by docname."""
    tables = (ledger.LEDGER, study_cards.PAGE, summary.PAGE)
    return {*readers(), *(name.removesuffix(".md") for name in tables)}


def line(day, to):
    """HTML of the line. day: of the search; to: address of the page that says how."""
    return (
        f'<p class="ldn-age">Literature last searched on <time datetime="{day}">'
        f'{search_log.in_words(day)}</time> (<a href="{to}#when-and-how-the-literature-was-searched'
        f'">how</a>). <span data-after="{day + OVER_A_YEAR}" hidden><strong>That is over a year '
        "ago: newer studies may be missing, and verdicts may have changed.</strong> </span>"
        f'<a href="{to}#who-has-reviewed-this">No named clinician has reviewed this.</a></p>'
    )


def date(app, pagename, templatename, context, doctree):
    """Put the line under the title, or under the line that says how to run a chapter."""
    if pagename not in pages():
        return
    source = Path(app.env.doc2path(pagename)).read_text(encoding="utf-8")
    # A page of tables rests on all searches, a chapter on those of its sentences.
    day = search_log.last_searched(source if pagename in readers() else None)
    to = "" if pagename == METHOD else context["pathto"](METHOD)
    context["body"] = TITLE.sub(lambda title: title[0] + line(day, to), context["body"], count=1)


def speak(app, config):
    """Let pages say it in their prose: {{ last_searched }}."""
    day = search_log.in_words(search_log.last_searched())
    config.myst_substitutions = {**config.myst_substitutions, "last_searched": day}


def setup(app):
    app.connect("config-inited", speak)
    app.add_directive("searches", Searches)
    app.connect("html-page-context", date, priority=960)  # after book_chapters
    return {"parallel_read_safe": True, "parallel_write_safe": True}
