"""What a patient must be told stands there; no sentence sends a reader off a medicine alone."""

import ast
import json
import re
import tomllib

import pytest
from conftest import ROOT

from helpers import evidence, questions

INTRODUCTION = (ROOT / "book/intro.md").read_text(encoding="utf-8")
MEDICINE = (
    r"(?:opioids?|painkillers?|codeine|tramadol|methotrexate|biologics?|TNF (?:inhibitor|blocker)s?"
    r"|steroids?(?: tablets)?|glucocorticoids?|disease-modifying drugs?|DMARDs?"
    r"|medicines? for arthritis|arthritis medicines?|drugs that protect)"
)
LEAVE = (
    r"(?:stop(?:s|ping)?|com(?:e|es|ing) off|came off|leav(?:e|es|ing)|giv(?:e|es|ing) up"
    r"|drop(?:s|ping)?|replac(?:e|es|ing)|taper(?:s|ing)?|halv(?:e|es|ing)|go(?:es|ing)? without)"
)
LEFT = r"(?:stopped|given up|dropped|withdrawn|tapered|discontinued|replaced|reduced|halved)"
# Ways to say that someone stops a medicine. Within a sentence; a few words may stand between.
STOPPING = re.compile(
    rf"\b{LEAVE}\b(?: [\w-]+){{0,4}}? {MEDICINE}\b"
    rf"|\b{MEDICINE}(?:,? [\w-]+){{0,5}}?,? {LEFT}\b"
    rf"|\b(?:com(?:e|es|ing)|came) off (?:it|them|these)\b"
    rf"|\bwithout (?:short-acting )?opioids\b",
    re.I,
)
PRESCRIBER = re.compile(r"\bprescriber", re.I)

# Section of chapter 6 → the sources of the lines that must stand there.
LINES = {
    "What patients should be told": (
        "FDA2019opioids",  # no opioid is stopped suddenly
        "Naumann2023acute",  # a low dose is not too low to matter
        "SwissPrecautions56109",  # opioids for cough and diarrhoea; whom to tell
        "NCT01810185",  # loperamide
        "Lillegraven2021effect",  # medicines for arthritis are kept
        "Lillegraven2023effect",
        "PlymouthPrednisolone2021",  # steroids are not stopped suddenly either
        "NCAadrenal",
        "SwissPregnancy56109",
        "LactMedNaltrexone",
        "SwissLeaflet56109",  # liver and kidneys
        "UKleaflet21344",
        "CanadaRevia2020",
        "FDArevia",
        "SwissSmPC56109",
        "VOCALcirrhosis",
        "NCT04270877",  # who was excluded
        "NCT04739995",
        "NCT02107014",
        "Plank2022randomized",
        "ItalianInteractions",  # other medicines
        "SwissEffects56109",  # mood, and joints
        "SwissLeafletEffects",
        "ItalianNalorex",
    ),
    "Opioids and naltrexone": (
        "FDArevia",
        "Naik2024lowdose",  # times without opioids
        "NCT00855972",
        "AmJEmergMed2017potential",  # an opioid on top of LDN
        "Goel2024perioperative",  # operations
    ),
    "Practical matters": ("FDAcompounding", "Cote2018use"),
}


def paragraphs(markdown):
    """Paragraphs, list items and table rows of Markdown, without emphasis and addresses."""
    text = re.sub(r"\]\([^)]*\)", "]", markdown).replace("*", "")
    return re.split(r"\n\s*\n|\n(?=\s*- )|\n(?=\|)|\n(?=\s*\d+\. )", text)


def strings(python):
    """Texts in Python code: captions, alt texts, hints, labels; f-strings without their values."""

    class Texts(ast.NodeVisitor):
        def __init__(self):
            self.found = []

        def visit_Constant(self, node):
            if isinstance(node.value, str):
                self.found.append(node.value)

        def visit_JoinedStr(self, node):
            self.found.append(
                "".join(
                    str(getattr(part, "value", ""))
                    for part in node.values
                    if isinstance(part, ast.Constant)
                )
            )

    texts = Texts()
    texts.visit(ast.parse(python))
    return texts.found


def chapter(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def prose():
    """(where, paragraph) for everything a reader of the book can read."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield from ((path.name, part) for part in paragraphs(chapter(path)))
    for path in [ROOT / "README.md", *sorted((ROOT / "book").glob("*.md"))]:
        yield from ((path.name, part) for part in paragraphs(path.read_text(encoding="utf-8")))
    for folder in ("figures", "controls", "models"):
        for path in sorted((ROOT / "src/helpers" / folder).glob("*.py")):
            yield from ((path.name, part) for part in strings(path.read_text(encoding="utf-8")))
    for language in questions.languages():
        for path, text in questions.leaves(questions.words(language)):
            yield from ((f"{language}.toml, {path}", part) for part in paragraphs(str(text)))
    # What the tables say in words stands on cards, in the ledger and under figures.
    for table in evidence.TABLES:
        for id, row in evidence.read(table).iterrows():
            for column in evidence.fields(table):
                if column not in evidence.numeric(table) and row.get(column):
                    yield f"{table}.csv, {id}, {column}", str(row[column])
    for path in sorted((ROOT / "src/helpers/self_check").glob("*.toml")):
        for question in tomllib.loads(path.read_text(encoding="utf-8"))["question"]:
            yield path.name, question["text"]
            yield from ((path.name, f"{a['text']}. {a['why']}") for a in question["answer"])


def alone(paragraph):
    """The words about stopping a medicine in a paragraph without the prescriber, or None."""
    found = STOPPING.search(" ".join(paragraph.split()))
    return found[0] if found and not PRESCRIBER.search(paragraph) else None


def test_no_medicine_is_stopped_without_its_prescriber():
    found = [(where, alone(part), part) for where, part in prose() if alone(part)]
    said = "\n".join(f"{where}: {words!r} in {part!r}" for where, words, part in found)
    assert not found, said


@pytest.mark.parametrize(
    "unsafe",
    [
        "And opioids have to be stopped.",
        "No group without LDN was followed there, and opioids have to be stopped for LDN anyway.",
        "Everyone in these bars would have to come off them before LDN.",
        "One 50 mg tablet a day, for people leaving opioids or alcohol.",
        "Trials asked for three months\nwithout opioids.",
        "LDN replaces disease-modifying drugs",
        "She could give up her methotrexate.",
        "The steroid was slowly reduced.",
        "Opioids, tramadol included, to be stopped 7 days before.",
    ],
)
def test_an_unsafe_sentence_is_found(unsafe):
    assert alone(unsafe)
    assert not alone(f"{unsafe} That is planned with the prescriber.")


@pytest.mark.parametrize(
    "harmless",
    ["The curve without naltrexone lies furthest left.", "Inflammation returns when it ends."],
)
def test_other_sentences_are_left_alone(harmless):
    assert not alone(harmless)


def test_the_prescriber_in_another_paragraph_does_not_count():
    first, second = paragraphs("And opioids *have* to be stopped.\n\nAsk the prescriber.")
    assert alone(first) and not alone(second)


@pytest.mark.parametrize("heading", LINES)
def test_chapter_6_tells_it(heading):
    text = chapter(ROOT / "notebooks/06_ra_treatment.ipynb")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    missing = [key for key in LINES[heading] if evidence.markdown(key) not in section]
    assert section and not missing, f"{heading}: no line rests on {missing}"


def test_times_without_opioids_are_no_timetable():
    """Beside every interval that a trial or label asked for, and in the same paragraph."""
    for part in paragraphs(chapter(ROOT / "notebooks/06_ra_treatment.ipynb")):
        if "`washout_" in part:
            assert "no timetable" in part and PRESCRIBER.search(part)


def test_the_introduction_tells_it_first():
    opening = INTRODUCTION.partition("\n## ")[0]
    [box] = re.findall(r"```\{admonition\}.*?\n(.*?)```", opening, re.S)
    for key in ("FDA2019opioids", "Lillegraven2021effect"):
        assert evidence.markdown(key) in box
    assert "06_ra_treatment.ipynb#what-patients-should-be-told" in box and PRESCRIBER.search(box)
    words = re.sub(r"^:class:.*$|\]\([^)]*\)", "", box, flags=re.M).split()
    assert len(words) <= 130


def test_the_numbers_of_the_introduction_are_those_of_the_table():
    numbers = re.findall(
        r"(\S+) in 100 had a flare within a year on half .*, (\S+) on all", INTRODUCTION
    )
    assert numbers == [("{number}`flare_half`", "{number}`flare_full`")]
