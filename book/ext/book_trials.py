"""The page of every trial, and the ways to it: each study that a page names leads to its row.

Where a page cites a study first, a sign after the citation leads to the study's row, and so it does
after the sources of a figure or a claim; where a page calls a study by name, the name itself does.
Each card lists the pages, figures and claims that use the study.
Done while pages are written, so that the notebooks stay plain text in JupyterLab.
"""

import re
from html import escape, unescape
from itertools import groupby
from pathlib import Path

from book_glossary import OTHER, readers
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform

from helpers import evidence
from helpers.evidence import ledger, study_cards

PAGE = study_cards.PAGE.removesuffix(".md")
PLACE = re.compile(r"<!-- uses of (.+?) -->")
FIGURE = re.compile(r'<figure class="ldn-figure[^"]*" id="([^"]+)".*?</figure>', re.S)
CLAIM = re.compile(r'<(li|tr)[^>]* id="C\d\d".*?</\1>', re.S)
LINK = re.compile(r'<a href="(https://[^"]+)">[^<]*</a>')


class EveryStudy(Directive):
    """The table of all studies, with their cards."""

    def run(self):
        return [nodes.raw("", study_cards.every_study(), format="html")]


class StudyNames(Directive):
    """All studies by name, for the glossary."""

    def run(self):
        return [nodes.raw("", study_cards.names(), format="html")]


def pages():
    """The pages on which studies are looked for: docname → what a card calls it."""
    others = {"book/changelog": "changelog", ledger.LEDGER.removesuffix(".md"): "ledger"}
    return readers() | others


def sources():
    """Address of a source → the study that it is a source of."""
    return {evidence.address(key): study for key, study in study_cards.own_sources().items()}


def running_text(node):
    """Whether a node belongs to a page's prose, links included."""
    while node:
        if isinstance(node, OTHER) and not isinstance(node, nodes.reference):
            return False
        if "cell" in node.get("classes", ()):
            return False
        node = node.parent
    return True


def mark(study):
    """The id of a study's first citation or name in a page."""
    return f"cites-{study_cards.anchor(study)}"


def card_link(study, words, id=None):
    """HTML of a link to a study's row, around `words`, or as a sign without them."""
    place = f' id="{id}"' if id else ""
    inside = (
        escape(words)
        if words
        else (
            '<span aria-hidden="true">▤</span>'
            f'<span class="visually-hidden"> card of {escape(study)}</span>'
        )
    )
    kind = "ldn-study" if words else "ldn-study ldn-sign"
    return (
        f'<a class="{kind}"{place} href="{study_cards.address(study)}" '
        f'title="{escape(study)}: {escape(study_cards.in_a_line(study))}">{inside}</a>'
    )


def meetings(document):
    """The first citation and the first naming of each study in a page's prose, in reading order.

    A list of (node, None, study) for a link, of (text node, match, study) for a name.
    """
    known, names = sources(), list(evidence.studies().index)
    any_name = re.compile(
        rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?![\w-])"
    )
    seen = set()
    for node in document.findall():
        if isinstance(node, nodes.reference) and running_text(node):
            study = known.get(node.get("refuri"))
            if study and (study, "cited") not in seen:
                seen.add((study, "cited"))
                yield node, None, study
        elif isinstance(node, nodes.Text) and running_text(node.parent):
            if any(isinstance(above, nodes.reference) for above in lineage(node)):
                continue
            for match in any_name.finditer(node):
                if (match[0], "named") not in seen:
                    seen.add((match[0], "named"))
                    yield node, match, match[0]


def lineage(node):
    """A node's parents, the nearest first."""
    while node.parent:
        node = node.parent
        yield node


def figures(document):
    """Each figure of a page and the studies among its sources: (id, set of studies)."""
    known = sources()
    for node in document.findall(nodes.raw):
        for figure in FIGURE.finditer(node.astext()):
            links = {unescape(link) for link in LINK.findall(figure[0])}
            yield figure[1], {known[link] for link in links if link in known}


def signed(thing):
    """HTML of a figure or a claim (a match) with a sign after the first source of each study."""
    known, seen = sources(), set()

    def sign(link):
        study = known.get(unescape(link[1]))
        if study is None or study in seen:
            return link[0]
        seen.add(study)
        return link[0] + card_link(study, "")

    return LINK.sub(sign, thing[0])


class Studies(SphinxPostTransform):
    """Links from the pages to the rows of studies, and from their cards back."""

    default_priority = 850  # after the glossary's links, before those of raw HTML become pages
    formats = ("html",)

    def run(self):
        if PAGE not in self.env.found_docs:
            return
        if self.env.docname == PAGE:
            self.lead_back()
        elif self.env.docname in pages():
            self.lead_there()

    def lead_there(self):
        marked = set()
        found = list(meetings(self.document))
        for _, group in groupby(found, key=lambda meeting: id(meeting[0])):
            parts, done = [], 0
            for node, match, study in group:
                place = None if study in marked else mark(study)
                marked.add(study)
                end = match.end() if match else 0
                if match:
                    parts.append(nodes.Text(node[done : match.start()]))
                link = card_link(study, match[0] if match else "", place)
                parts.append(nodes.raw("", link, format="html"))
                done = end
            if match:
                node.parent.replace(node, [*parts, nodes.Text(node[done:])])
            else:
                node.parent.insert(node.parent.index(node) + 1, parts)
        for node in self.document.findall(nodes.raw):
            html = CLAIM.sub(signed, FIGURE.sub(signed, node.astext()))
            if html != node.astext():
                node[:] = [nodes.Text(html)]

    def lead_back(self):
        found = uses(self.env, lambda page: self.app.builder.get_relative_uri(PAGE, page))
        for node in self.document.findall(nodes.raw):
            if PLACE.search(node.astext()):
                html = PLACE.sub(
                    lambda place: ", ".join(found[unescape(place[1])]) or "only here", node.astext()
                )
                node[:] = [nodes.Text(html)]


def uses(env, address):
    """Where the book uses each study: study → HTML links to pages, figures and claims.

    address: a function, docname → its address. A page uses a study that its prose cites or names,
    or whose numbers it quotes by their id.
    """
    links = {study: [] for study in evidence.studies().index}
    outcomes = evidence.trials()["study"]
    for page, name in pages().items():
        document = env.get_doctree(page)
        there = {study: f"#{mark(study)}" for _, _, study in meetings(document)}
        source = Path(env.doc2path(page)).read_text(encoding="utf-8")
        for id, study in outcomes.items():
            if f'\\"{id}\\"' in source:  # as the code of a notebook names it
                there.setdefault(study, "")
        for study, place in there.items():
            links[study].append(f'<a href="{address(page)}{place}">{name}</a>')
        for id, studies in figures(document):
            words = re.sub(r"^figure-(\d+)-(\d+)$", r"Figure \1.\2", id)
            for study in sorted(studies):
                links[study].append(f'<a href="{address(page)}#{id}">{words}</a>')
    own = study_cards.own_sources()
    for id, claim in evidence.claims().iterrows():
        cited = {own[key] for key in claim["references"].split() if key in own}
        for study in sorted(cited):
            links[study].append(f'<a href="claims.html#{id}">{id}</a>')
    return links


def setup(app):
    app.add_directive("every-study", EveryStudy)
    app.add_directive("study-names", StudyNames)
    app.add_post_transform(Studies)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
