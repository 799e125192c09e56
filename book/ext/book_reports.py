"""From each claim, figure, study and finding a link that reports a mistake in it.

What makes them leaves a mark, `<!-- report figure figure-3-1 -->`, which no notebook shows. Where
the repository is known (book_links.py), the link opens its form for such a report, filled in as far
as the page knows; elsewhere it leads to how to write one.
"""

import re
from html import escape, unescape
from urllib.parse import urlencode

from helpers.evidence import page_tables

MARK = re.compile(r"<!-- report (claim|figure|study|finding) (.+?) -->")
HOW = "book/contribute"
# What is reported → the form in .github/ISSUE_TEMPLATE, and its field that says where.
FORMS = {
    "claim": ("disputed-verdict", "claim"),
    "figure": ("wrong-number", "where"),
    "study": ("wrong-number", "where"),
    "finding": ("wrong-number", "where"),
}


def address(repository, kind, what, place):
    """Where a report on `what`, which stands at `place`, is written in that repository."""
    form, field = FORMS[kind]
    if repository.startswith("https://gitlab.com/"):
        words = {"issue[title]": f"{what}: ", "issue[description]": f"Where it stands: {place}\n\n"}
        return f"{repository}/-/issues/new?{urlencode(words)}"
    filled = what if kind == "claim" else f"{what}, {place}"
    words = {"template": f"{form}.yml", "title": f"{what}: ", field: filled}
    return f"{repository}/issues/new?{urlencode(words)}"


def name(kind, id):
    """What readers call it: C27, Figure 3.1, FINAL."""
    return re.sub(r"^figure-(\d+)-(\d+)$", r"Figure \1.\2", id) if kind == "figure" else id


def link(repository, kind, id, anchor, page, how):
    """HTML of the link. anchor: where it stands in `page`; how: address of the page that says how
    to write a report.
    """
    what = name(kind, id)
    there = (
        address(repository, kind, what, f"{page}.html#{anchor}")
        if repository
        else f"{how}#report-a-mistake"
    )
    html = (
        f'<a class="ldn-report" href="{escape(there)}">Report a mistake'
        f'<span class="visually-hidden"> in {escape(what)}</span></a>'
    )
    return f'<span class="ldn-screen"> · {html}</span>' if kind == "figure" else html


def lead_there(app, pagename, templatename, context, doctree):
    """Links in place of the marks of a page."""
    repository = app.config.html_theme_options.get("repository_url")
    how = "" if pagename == HOW else context["pathto"](HOW)

    def made(mark):
        kind, id = mark[1], unescape(mark[2])
        anchor = page_tables.slug(id)
        return link(repository, kind, id, id if kind == "claim" else anchor, pagename, how)

    if "body" in context:
        context["body"] = MARK.sub(made, context["body"])


def setup(app):
    app.connect("html-page-context", lead_there)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
