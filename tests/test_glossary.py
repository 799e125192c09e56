"""The glossary and the prose as built: a page links the first mention of each term, no other; each
abbreviation of any page is explained.
"""

import re
from copy import copy

import pytest
from conftest import built_pages, is_slides, parsed

from helpers import evidence
from helpers.evidence import ledger

PAGES = [
    ledger.page(chapter).rsplit(".", 1)[0] for chapter in sorted(set(evidence.claims()["chapter"]))
] + ["book/questions", "book/verdicts", "book/about", "book/teach"]
TABLES = ["book/findings", "book/trials", "book/run_it"]  # lead back without a mark
# Laws, lists of sources and the search are other people's words.
EVERY_PAGE = [
    name
    for name in (page.removesuffix(".html") for page in built_pages())
    if name not in {"book/licences", "book/references", "index", "search"} and not is_slides(name)
]
NOT_PROSE = (
    "h1, h2, h3, h4, pre, code, math, svg, figure, thead, .math, .admonition-title, .cell, "
    ".ldn-says, .ldn-meanings, .ldn-claims, .ldn-ledger, .ldn-age, .ldn-arrows, .ldn-topics, "
    "p.ldn-sure, ldn-explorer"
)
# Capitals that are no technical terms.
NO_TERMS = {
    "COVID": "known from the news", "AIDS": "known from the news", "MMP": "explained there",
    "DNA": "in every dictionary", "US": "a country", "USA": "a country", "UK": "a country",
    "CSV": "a kind of file", "HTML": "a kind of file", "PDF": "a kind of file",
    "PNG": "a kind of picture", "DOI": "explained where it stands",
    "MIT": "a licence", "CC": "a licence", "BY": "a licence",
    "AA": "a level of WCAG", "AAA": "a level of WCAG",
    "FINAL": "a trial's name", "INNOVA": "a trial's name", "LIFT": "a trial's name",
    "NALDEP": "a trial's name",
    "ARMADA": "a trial's name", "RADIATE": "a trial's name", "NALCOVID": "a trial's name",
    "COPASI": "a program's name", "LSODA": "a program's name",
    "EULAR": "a society's name", "WHO": "an agency's name",
    "RELIS": "an agency's name", "MC": "a hospital's name",
    "AMICI": "a program's name", "MB": "megabytes",
    "BMJ": "a journal's name", "CTRI": "a register's name", "NL": "a register's name",
    "RBR": "a register's name", "II": "a number", "BSA": "words of a search",
    "CLm": "a number of a model",
}  # fmt: skip
REGISTERED = re.compile(r"(?:NCT|ACTRN|EUCTR|PMC)\d+")


def article(page):
    """What a page says; not to be changed."""
    return parsed(f"{page}.html").article


def prose(page):
    """The page's running text: names of sources are links, so no prose; the glossary's stay."""
    said = copy(article(page))
    for other in [*said.select(NOT_PROSE), *said.select("a:not(.ldn-term)")]:
        other.replace_with("\n")
    return said


GLOSSARY = article("book/glossary").select_one("dl.glossary")


def glossary():
    """id of an entry → its names, as printed."""
    found = {}
    for definition in GLOSSARY.find_all("dd"):
        names = []
        for tag in definition.find_previous_siblings():
            if tag.name != "dt":
                break
            names.insert(0, tag)
        found[names[0]["id"]] = [name.find(string=True).strip() for name in names]
    return found


TERMS = glossary()


def spelled(name):
    plurals = [name, name + "s", re.sub("y$", "ies", name), re.sub("fe$", "ves", name)]
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, dict.fromkeys(plurals)))})(?![\w-])",
        0 if name.isupper() else re.I,
    )


PATTERNS = [(id, spelled(name)) for id, names in TERMS.items() for name in names]


def mentions(page):
    """Each mention of a term in the prose: (id of the entry, text, the link it is or None)."""
    article = prose(page)
    for text in article.find_all(string=True):
        found = [
            (match.start(), -match.end(), id)
            for id, pattern in PATTERNS
            for match in pattern.finditer(text)
        ]
        end = 0
        for start, stop, id in sorted(found):  # the longest first where several begin
            if start >= end:
                end = -stop
                yield id, text[start:end], text.find_parent("a", class_="ldn-term")


def test_entries_are_sorted_and_defined():
    first = [names[0] for names in TERMS.values()]
    assert len(first) >= 70
    assert first == sorted(first, key=str.casefold)
    every = [name.casefold() for names in TERMS.values() for name in names]
    assert len(every) == len(set(every))
    for definition in GLOSSARY.find_all("dd"):
        assert len(definition.p.get_text()) > 20, definition


@pytest.mark.parametrize("page", PAGES)
def test_the_first_mention_of_each_term_is_its_only_link(page):
    seen = set()
    for id, text, link in mentions(page):
        if id in seen:
            assert link is None, f"{text!r} is a link again"
        else:
            assert link is not None, f"the first {text!r} is no link"
            assert (
                link["href"].endswith(f"glossary.html#{id}")
                and link.get_text() == text
                and link["title"]
            )
        seen.add(id)
    assert len(seen) == len(article(page).select("a.ldn-term")) > 1


@pytest.mark.parametrize("page", PAGES)
def test_no_term_is_linked_outside_the_prose(page):
    assert [
        str(link)
        for part in article(page).select(f"{NOT_PROSE}, a")
        for link in part.select("a.ldn-term")
    ] == []


def test_each_entry_leads_back_to_the_pages_that_use_it():
    used = {id: [] for id in TERMS}
    for page in PAGES:
        for id in dict.fromkeys(id for id, _, _ in mentions(page)):
            used[id].append(page)
    words = {page: article(page).get_text(" ") for page in TABLES}
    # What only a table of a chapter says has no way back.
    chapters = [article(p).get_text(" ") for p in PAGES if "notebooks" in p]
    for id, definition in zip(TERMS, GLOSSARY.find_all("dd")):
        links = [a["href"] for a in definition.select(".ldn-uses a")]
        if not used[id]:
            any_name = [pattern for of, pattern in PATTERNS if of == id]
            used[id] = [p for p in TABLES if any(name.search(words[p]) for name in any_name)]
        assert [link.partition(".html")[0].split("/")[-1] for link in links] == [
            page.split("/")[-1] for page in used[id]
        ], id
        in_cells = any(p.search(text) for of, p in PATTERNS if of == id for text in chapters)
        assert links or in_cells, f"{TERMS[id][0]!r} is used nowhere: drop it"


def abbreviations(page):
    """The abbreviations that a page says, in its tables too; names of sources are links."""
    said = copy(article(page))
    for other in said.select("pre, code, math, svg, script, style, a:not(.ldn-term)"):
        other.replace_with("\n")
    found = re.findall(r"(?<![\w-])[A-Z]{2,}[a-z]?\d*(?!\w)", said.get_text(" "))
    return {word for word in found if not REGISTERED.fullmatch(word)}


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_abbreviations_are_explained(page):
    names = [name for names in TERMS.values() for name in names]
    known = {part for name in names for part in [name, *re.split("[ /-]", name)]} | set(NO_TERMS)
    missing = {word for word in abbreviations(page) if not {word, word.removesuffix("s")} & known}
    assert not missing, f"not in the glossary: {sorted(missing)}"


def test_no_exception_is_left_over():
    said = set().union(*map(abbreviations, EVERY_PAGE))
    assert set(NO_TERMS) <= said
