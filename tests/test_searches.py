"""That nothing was found rests on a search that was made, and that a reader can repeat."""

import json
import re
import tomllib

from conftest import ROOT

from helpers import evidence, questions

# How the book says that a search came back empty.
EMPTY = re.compile(
    r"\b(?:[Nn]o|[Nn]one|[Nn]othing)\b(?:(?!\bdifference\b).)*?\b(?:was|were|been|could)\b"
    r"(?: ever| yet| been)? (?:found|find|reported)\b"
    r"|\b[Ww]e found no\b|\b[Nn]o (?!difference)(?:\w+ ){1,3}found\b"
)
# What others report is their result and no search of ours.
RESULTS = ("No signal has been reported",)


def texts():
    """The book's prose by place: chapters, self-checks, captions, claims and pages."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield path.name, "".join(cell["source"])
    for path in sorted((ROOT / "src/helpers/self_check").glob("*.toml")):
        for question in tomllib.loads(path.read_text(encoding="utf-8"))["question"]:
            yield path.name, "\n".join(answer["why"] for answer in question["answer"])
    for folder in ("figures", "controls", "models"):
        for path in sorted((ROOT / "src/helpers" / folder).glob("*.py")):
            # Parts of a text on several lines are one text.
            yield path.name, re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8"))
    for path in (
        "about", "intro", "findings", "glossary", "models", "teach", "trials", "verdicts",
    ):  # fmt: skip
        yield f"{path}.md", (ROOT / f"book/{path}.md").read_text(encoding="utf-8")
    for path, text in questions.leaves(questions.words("en")):
        yield f"en.toml, {path}", str(text)
    for id, row in evidence.claims().iterrows():
        yield f"claims.csv, {id}", row["reason"]


def sentences_with(pattern, but=()):
    """Each sentence of the book that matches, without those that hold one of the words of `but`:
    (place, sentence).
    """
    for place, text in texts():
        for sentence in re.split(r"(?<=[.:;?!])\s|\n|\|", text):
            if pattern.search(sentence) and not any(word in sentence for word in but):
                yield place, sentence.strip()


def sentences():
    """Each sentence of the book that says that nothing was found."""
    return sentences_with(EMPTY, RESULTS)


def claimed():
    """The parts of sentences that rest on a search."""
    return [
        part.strip()
        for cell in evidence.searches()["sentences"]
        for part in cell.split("|")
        if part
    ]


def unsearched(found, parts):
    return [(place, s) for place, s in found if not any(part in s for part in parts)]


def test_what_was_not_found_was_searched_for():
    found = list(sentences())
    assert len(found) > 25
    assert unsearched(found, claimed()) == []


def test_an_unsearched_sentence_is_noticed():
    new = [("chapter", "No study of LDN in left-handed people was found.")]
    assert EMPTY.search(new[0][1]) and unsearched(new, claimed()) == new
    assert not EMPTY.search("No difference from placebo was found.")


def test_searches_lead_to_sentences_that_stand_in_the_book():
    everything = "\n".join(text for _, text in texts())
    for part in claimed():
        assert part in everything, f"{part!r} stands nowhere in the book any more"


def test_searches_can_be_repeated():
    table = evidence.searches()
    assert len(table) > 10 and table["words"].is_unique and table["question"].is_unique
    assert (table["kept"] <= table["hits"]).all()
    for row in table.itertuples():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.date)
        assert row.pubmed.startswith("https://pubmed.ncbi.nlm.nih.gov/?term=")
        if row.registers:
            assert row.registers.startswith("https://clinicaltrials.gov/search?")
