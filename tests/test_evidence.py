"""The evidence and what is printed of it: sources, verdicts, anchors, figures, self-checks."""

import ast
import json
import re
import tomllib
from collections import Counter

import pytest
from conftest import ROOT

from helpers import evidence
from helpers.analysis import fits
from helpers.evidence import ledger
from helpers.figures import style
from helpers.self_check import FOLDER, self_check

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
COUNTS = (
    "None One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen "
    "Sixteen Seventeen Eighteen Nineteen Twenty"
).split()


def cells(path, kind):
    return [
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == kind
    ]


def slug(heading):
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_committed_without_outputs(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_each_claim_is_shown_and_discussed_in_its_chapter():
    table = evidence.claims()
    assert list(table.index) == [f"C{i:02d}" for i in range(1, len(table) + 1)]
    for chapter, rows in table.groupby("chapter"):
        path = ROOT / ledger.page(chapter)
        if path.suffix == ".md":
            text, shown = path.read_text(encoding="utf-8"), f"{{claims}} {chapter}"
            assert shown in text
        else:
            text, shown = "\n".join(cells(path, "markdown")), f'ledger.show("{chapter}")'
            assert shown in "\n".join(cells(path, "code"))
        sections = {
            slug(part.splitlines()[0]): part for part in re.split(r"^## ", text, flags=re.M)[1:]
        }
        for claim in rows.itertuples():
            assert claim.anchor in sections, f"{claim.Index}: no heading {claim.anchor!r}"
            assert re.search(rf"\b{claim.Index}\b", sections[claim.anchor]), (
                f"{claim.Index} is not discussed under {claim.anchor!r}"
            )
        strangers = {id for id in re.findall(r"\bC\d\d\b", text) if id in table.index} - set(
            rows.index
        )
        assert not strangers, f"chapter {chapter} discusses claims of another: {strangers}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_chapter_says_how_many_claims_it_has(path):
    [word] = re.findall(r"^(\w+) claims, in our words", "\n".join(cells(path, "markdown")), re.M)
    assert word == COUNTS[len(evidence.claims(path.name[:2]))]


def test_no_two_claims_are_the_same():
    for column in ("claim", "reason"):
        texts = list(evidence.claims()[column])
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_quoted_numbers_come_from_the_tables(path):
    """The prose prints a quoted number by {eval}; written out beside it, it could drift."""
    prose, code = "\n".join(cells(path, "markdown")), "\n".join(cells(path, "code"))
    used = set(re.findall(r"\{eval\}`(\w+)`", prose))
    assert used
    for name in used:
        assert re.search(rf"\b{name}\b[^=\n]*=", code), f"{name} is not set in a cell"
    for id in re.findall(r'evidence\.quote\("([^"]+)"\)', code):
        literal = re.escape(evidence.quote(id))
        assert not re.search(rf"(?<![\d.]){literal}\b", prose), (
            f"{evidence.quote(id)!r} of {id} is written out"
        )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_name_that_a_cell_sets_is_used(path):
    code = "\n".join(cells(path, "code"))
    text = code + "\n".join(cells(path, "markdown"))
    names = {
        node.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert names
    assert [name for name in names if len(re.findall(rf"\b{name}\b", text)) < 2] == []


def test_every_table_is_used():
    """Read by a chapter, a figure, a control, a page or a rule; or quoted, row by row."""
    files = [
        path
        for room in ("src/helpers", "book/ext", "notebooks")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".ipynb", ".toml"}
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    unused = [
        name
        for name in evidence.TABLES
        if f"evidence.{name}(" not in text
        and f'tables["{name}"]' not in text
        and not any(f'{id}\\"' in text for id in evidence.read(name).index)
    ]
    assert unused == []


def typed_numbers(path):
    """How often each number is typed in the prose: not in headings, code, formulas, links, ids."""
    prose = []
    for cell in cells(path, "markdown"):
        # An open ``` with a language hides its lines, one with a {directive} shows them.
        fences = []
        for line in cell.splitlines():
            if fence := re.match(r"\s*```+(.*)", line):
                fences.append(fence[1]) if fence[1] or not fences else fences.pop()
            elif not line.startswith("#") and all("{" in fence for fence in fences):
                prose.append(line)
    text = re.sub(r"\$\$?[^$]*\$\$?|\{\w+\}`[^`]*`|`[^`]*`", "", "\n".join(prose))
    text = re.sub(
        r"\[[^\]]*\]\([^)]*\)|\bC\d\d\b|^:\w+:.*$|\bchapters? \d(-\d| and \d)?",
        "",
        text,
        flags=re.I | re.M,
    )
    return Counter(match.rstrip(".,") for match in re.findall(r"(?<![\w.])[-−]?\d[\d.,]*%?", text))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_results_are_not_typed(path):
    """What was measured or computed is printed by {eval}; typed are conditions and settings."""
    listed = Counter(
        tomllib.loads((ROOT / "tests" / "typed_numbers.toml").read_text(encoding="utf-8"))[
            path.stem
        ]
    )
    found = typed_numbers(path)
    assert found == listed, (
        f"{path.name}: typed more often than listed {dict(found - listed)}, "
        f"less often {dict(listed - found)}. Print a result by {{eval}}; if the number is "
        "a condition or a setting, correct its count in tests/typed_numbers.toml."
    )


def test_every_quoted_row_is_used():
    code = "\n".join("\n".join(cells(path, "code")) for path in NOTEBOOKS)
    code += (ROOT / "src/helpers/questions/en.toml").read_text(encoding="utf-8")
    for id in evidence.read("quoted").index:
        stem = re.sub(r"_(low|high)$", "_{end}", id)
        assert id in code or stem in code, f"{id} is quoted nowhere"


def test_quote():
    assert evidence.quote("norway_median") == "3.7 mg"
    assert evidence.quote("lee_48") == "91%"
    assert evidence.quote("johnson_cmax", "n") == "23"
    with pytest.raises(KeyError, match="number 'nothing'"):
        evidence.quote("nothing")
    with pytest.raises(KeyError, match="column 'study'"):
        evidence.quote("lee_48", "study")
    with pytest.raises(ValueError, match="'bednarczyk_24' has no value"):
        evidence.quote("bednarczyk_24")


def test_trials_say_what_they_found():
    table = evidence.trials()
    assert len(table) > 60 and (table["low"].isna() == table["high"].isna()).all()
    ordered = table.dropna(subset=["value", "low"])
    assert (ordered["low"] <= ordered["value"]).all() and (
        ordered["value"] <= ordered["high"]
    ).all()
    assert table["p"].dropna().between(0, 1).all() and table["n"].dropna().ge(0).all()


def test_references_can_be_opened_and_are_used():
    entries = evidence._references()
    links = "\n".join("\n".join(cells(path, "markdown")) for path in NOTEBOOKS)
    links += "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "book").glob("*.md"))
    sources = [
        *(ROOT / "src").rglob("*.csv"),
        *(ROOT / "src").rglob("*.py"),
        *NOTEBOOKS,
        *(ROOT / "book").glob("*.md"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    dois = []
    for key, entry in entries.items():
        assert re.fullmatch(r"[A-Za-z]+\d{4}[a-z]+|[A-Za-z]+\d*[a-z]*", key), key
        assert entry.fields.get("title") and entry.fields.get("seen") in evidence.SEEN, key
        assert evidence.address(key).startswith("https://"), key
        if "doi" in entry.fields:
            assert re.fullmatch(r"10\.\d{4,9}/\S+", entry.fields["doi"]), key
            dois.append(entry.fields["doi"].lower())
        assert key in text or evidence.markdown(key) in links, f"{key} is cited nowhere"
    assert len(dois) == len(set(dois))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_prose_links_to_the_bibliography(path):
    """Each outside link in the prose is a source of the bibliography, under its name there."""
    known = {evidence.markdown(key) for key in evidence._references()}
    found = re.findall(r"\[[^\]]+\]\(https?://[^)]*\)", "\n".join(cells(path, "markdown")))
    assert found and [link for link in found if link not in known] == []


def test_one_palette():
    """The style sheet's light colours are the figures' colours."""
    css = (ROOT / "src/helpers/explorer/explorer.css").read_text(encoding="utf-8")
    for i, colour in enumerate(style.PALETTE):
        assert re.search(rf"--ldn-c{i}:\s*{colour}\b", css, re.I), f"--ldn-c{i} is not {colour}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda p: p.stem)
def test_self_checks(path):
    questions = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    assert len(questions) == 5
    html = self_check(path.stem)._repr_html_()
    assert html.count("✓ Yes.") == 5
    assert html.count("<summary ") == sum(len(q["answer"]) for q in questions)
    # The right answer must not always stand in the same place.
    assert len({[bool(a.get("right")) for a in q["answer"]].index(True) for q in questions}) > 1


def test_a_damaged_self_check_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.self_check.FOLDER", tmp_path)
    (tmp_path / "bad.toml").write_text(
        '[[question]]\ntext = "?"\n[[question.answer]]\ntext = "a"\nwhy = "b"\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="bad.toml, question 1: expected one right answer"):
        self_check("bad")


def test_the_introduction_agrees_with_the_fit():
    [typed] = re.findall(
        r"At 4\.5 mg about (\d+)% \((\d+) to (\d+)%\) of these receptors",
        (ROOT / "book/intro.md").read_text(encoding="utf-8"),
    )
    half, (low, high), _ = fits.fit_scans()
    assert [int(x) for x in typed] == [round(450 / (4.5 + dose)) for dose in (half, high, low)]


def test_numbers_that_stand_in_two_tables_agree():
    """Chapter 6 compares drugs by arm, chapter 2 has single arms; some trials are in both."""
    arms, groups = evidence.outcomes(), evidence.treatments()
    assert list(arms.loc["tnf-acr20", ["arm_drug", "arm_control"]]) == list(
        groups.loc[["armada_drug_20", "armada_placebo_20"], "value"]
    )
    assert [round(x) for x in arms.loc["il6-acr20", ["arm_drug", "arm_control"]]] == list(
        groups.loc[["radiate_drug_20", "radiate_placebo_20"], "value"]
    )
    assert list(10 * arms.loc["tnf-infection", ["arm_drug", "arm_control"]]) == list(
        groups.loc[["uk_tnf", "uk_other"], "value"]
    )
    ratio = ["value", "low", "high"]
    assert list(arms.loc["tnf-infection", ratio]) == list(groups.loc["uk_ratio_all", ratio])
