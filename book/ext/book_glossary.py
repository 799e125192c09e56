"""Glossary and prose lead to each other.

In the chapters and on some other pages the first mention of each term is a link to its entry, and
each entry lists the pages that use it.

Done while pages are written, so that the notebooks stay plain text in JupyterLab.
"""

import re
from itertools import groupby

from book_teach import figure_link, state_link
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from helpers import evidence
from helpers.evidence import ledger

GLOSSARY = "book/glossary"
# No term is sought inside these: links, code, formulas, headings or results, not running text.
OTHER = (
    nodes.title, nodes.subtitle, nodes.rubric, nodes.caption, nodes.legend, nodes.thead,
    nodes.reference, nodes.raw, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block,
    nodes.comment, addnodes.pending_xref, figure_link, state_link,
)  # fmt: skip
RESULTS = {"cell", "ldn-says"}  # classes of what a cell or a control says


def readers():
    """The pages whose prose is searched, in reading order: docname → what the glossary calls it."""
    names = {"00": "introduction"}
    chapters = {}
    for chapter in sorted(set(evidence.claims()["chapter"])):
        chapters[ledger.page(chapter).rsplit(".", 1)[0]] = names.get(
            chapter, f"chapter {int(chapter)}"
        )
    return chapters | {"book/questions": "questions", "book/verdicts": "verdicts"}


def pages():
    """All pages whose first mentions are links."""
    return readers() | {"book/about": "about", "book/teach": "teach with it"}


# Tables that use words which the prose has not.
TABLES = {
    "book/findings": "summary of findings",
    "book/trials": "every trial",
    "book/run_it": "how to run it",
}


def entries(glossary):
    """(id, names, definition) of each entry of the glossary's doctree."""
    found = []
    for item in glossary.findall(nodes.definition_list_item):
        names = [term.astext() for term in item.findall(nodes.term)]
        if names:
            found.append(
                (
                    next(item.findall(nodes.term))["ids"][0],
                    names,
                    next(item.findall(nodes.definition)),
                )
            )
    return found


def spellings(name):
    """A regular expression for the name as a whole word, singular or plural.

    Abbreviations match as written, others in any case.
    """
    for end, plural in {"y": "ies", "fe": "ves", "sis": "ses", "": "s"}.items():
        if name.endswith(end):
            word = (
                f"{re.escape(name[: len(name) - len(end)])}(?:{end}|{plural})"
                if end
                else f"{re.escape(name)}s?"
            )
            break
    return rf"(?<![\w-]){word if name.isupper() else f'(?i:{word})'}(?![\w-])"


def mentions(document, known):
    """The first mention of each entry in the prose, in reading order.

    A list of (text node, start, end, entry).
    """
    names = sorted(
        ((name, entry) for entry in known for name in entry[1]), key=lambda pair: -len(pair[0])
    )
    any_name = re.compile("|".join(f"({spellings(name)})" for name, _ in names))
    seen = set()
    for text in document.findall(nodes.Text):
        inside = text.parent
        while inside and not isinstance(inside, OTHER) and not RESULTS & set(inside["classes"]):
            inside = inside.parent
        if inside:
            continue
        for match in any_name.finditer(text):
            entry = names[match.lastindex - 1][1]
            if entry[0] not in seen:
                seen.add(entry[0])
                yield text, match.start(), match.end(), entry


def mark(id):
    """The id of an entry's first mention in a chapter."""
    return id.replace("term-", "first-", 1)


class Terms(SphinxPostTransform):
    """Links from the prose to the glossary, and on the glossary's page back."""

    default_priority = 800
    formats = ("html",)

    def run(self):
        if self.env.docname == GLOSSARY:
            self.lead_back()
        elif self.env.docname in pages() and GLOSSARY in self.env.found_docs:
            self.lead_there()

    def lead_there(self):
        address = self.app.builder.get_relative_uri(self.env.docname, GLOSSARY)
        found = list(mentions(self.document, entries(self.env.get_doctree(GLOSSARY))))
        for _, group in groupby(found, key=lambda mention: id(mention[0])):
            parts, done = [], 0
            for text, start, end, (target, _, definition) in group:
                link = nodes.reference(
                    "",
                    text[start:end],
                    internal=True,
                    refuri=f"{address}#{target}",
                    classes=["ldn-term"],
                    ids=[mark(target)],
                    reftitle=definition.astext().replace("\n", " "),
                )
                parts += [nodes.Text(text[done:start]), link]
                done = end
            text.parent.replace(text, [*parts, nodes.Text(text[done:])])

    def lead_back(self):
        known = entries(self.document)
        uses = {id: [] for id, *_ in known}
        for page, name in pages().items():
            address = self.app.builder.get_relative_uri(GLOSSARY, page)
            for _, _, _, (id, *_) in mentions(self.env.get_doctree(page), known):
                uses[id].append(
                    nodes.reference("", name, internal=True, refuri=f"{address}#{mark(id)}")
                )
        tables = self.tables()
        for id, names, _ in known:
            if not uses[id]:
                any_name = re.compile("|".join(map(spellings, names)))
                uses[id] = [link.deepcopy() for link, text in tables if any_name.search(text)]
        for id, _, definition in known:
            line = nodes.paragraph(classes=["ldn-uses"])
            for i, link in enumerate(uses[id]):
                line += [nodes.Text(", " if i else "In: "), link]
            definition += line

    def tables(self):
        """The pages of tables: (link to the page, all its words)."""
        found = []
        for page, name in TABLES.items():
            address = self.app.builder.get_relative_uri(GLOSSARY, page)
            link = nodes.reference("", name, internal=True, refuri=address)
            found.append((link, re.sub(r"<[^>]*>", " ", self.env.get_doctree(page).astext())))
        return found


def setup(app):
    app.add_post_transform(Terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
