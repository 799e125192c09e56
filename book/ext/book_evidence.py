"""What pages say of the evidence: badges, the ledger, the map, links between claims and prose.

In the chapters each mention of a claim, as in "(C27)", becomes a link to its row in the ledger;
the first one is where the ledger leads back to.
"""

import re

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from helpers import badges, checks, evidence
from helpers.evidence import ledger, summary
from helpers.figures import intro

MENTION = re.compile(r"\bC\d\d\b")
SOURCE_LINK = re.compile(r'href="((?!https?:)[^"#]+)\.(?:md|ipynb)([?#][^"]*)?"')


def raw(html):
    return nodes.raw("", html, format="html")


def badge_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """{verdict}`contested`."""
    try:
        return [raw(badges.badge(text))], []
    except checks.UnknownName as error:
        return [], [inliner.reporter.error(str(error), line=lineno)]


class Meanings(Directive):
    """What the badges mean: `verdicts`, `provenance` or `certainty`."""

    required_arguments = 1

    def run(self):
        table = {
            "verdicts": badges.VERDICTS,
            "provenance": badges.PROVENANCE,
            "certainty": badges.CERTAINTY,
        }
        chosen = table[checks.known("kind of badges", self.arguments[0], table)]
        items = "".join(
            f"<li>{badges.badge(word)} {entry.meaning}</li>" for word, entry in chosen.items()
        )
        return [raw(f'<ul class="ldn-meanings">{items}</ul>')]


class Claims(Directive):
    """The claims of a page that is not a notebook, by chapter."""

    required_arguments = 1

    def run(self):
        return [raw(ledger.show(self.arguments[0])._repr_html_())]


class Ledger(Directive):
    """The table of all claims."""

    def run(self):
        return [raw(ledger.ledger())]


class Findings(Directive):
    """The summary of findings."""

    def run(self):
        return [raw(summary.findings())]


class Map(Directive):
    """The map of the proposed mechanism."""

    def run(self):
        return [raw(intro.mechanism_map("..")._repr_html_())]


class Mentions(SphinxTransform):
    """Claim ids in the prose of a chapter become links to the ledger."""

    default_priority = 500

    def apply(self):
        pages = {
            ledger.page(chapter).rsplit(".", 1)[0] for chapter in set(evidence.claims()["chapter"])
        }
        if self.env.docname not in pages:
            return
        known, seen = set(evidence.claims().index), set()
        for text in list(self.document.findall(nodes.Text)):
            inside = text.parent
            if not MENTION.search(text) or isinstance(
                inside,
                (nodes.literal, nodes.reference, nodes.title, nodes.raw, nodes.literal_block),
            ):
                continue
            parts, end = [], 0
            for match in MENTION.finditer(text):
                id = match[0]
                checks.known("claim", id, known)
                anchor = "" if id in seen else f' id="about-{id}"'
                seen.add(id)
                parts += [
                    nodes.Text(text[end : match.start()]),
                    raw(f'<a class="ldn-mention"{anchor} href="../{ledger.LEDGER}#{id}">{id}</a>'),
                ]
                end = match.end()
            inside.replace(text, [*parts, nodes.Text(text[end:])])


class SourceLinks(SphinxPostTransform):
    """Links of raw HTML to a source file (as JupyterLab needs them) lead to its page."""

    default_priority = 900
    builders = ("html", "dirhtml")

    def run(self):
        for node in self.document.findall(nodes.raw):
            if "html" in node.get("format", ""):
                html = SOURCE_LINK.sub(r'href="\1.html\2"', node.astext())
                node.children = [nodes.Text(html)]
                node.rawsource = html


def choose(app, pagename, templatename, context, doctree):
    if "data-filters=" in context.get("body", ""):
        app.add_js_file("ledger.js", loading_method="defer")


def setup(app):
    app.add_role("verdict", badge_role)
    app.add_directive("badge-meanings", Meanings)
    app.add_directive("claims", Claims)
    app.add_directive("claims-ledger", Ledger)
    app.add_directive("findings", Findings)
    app.add_directive("mechanism-map", Map)
    app.add_transform(Mentions)
    app.add_post_transform(SourceLinks)
    app.connect("html-page-context", choose)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
