"""The recipe "Add a trial" of book/contribute.md, followed with an invented trial in a copy."""

import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

from helpers import evidence
from helpers.analysis import rare_events
from helpers.evidence import add_trial

RECIPE = (ROOT / "book/contribute.md").read_text(encoding="utf-8")


def block(language):
    """The one block of that language in the recipes, without its indent."""
    [text] = re.findall(rf"```{language}\n(.+?)```", RECIPE, re.S)
    return re.sub(r"^   ", "", text, flags=re.M)


TOML, ENTRY = block("toml"), block("bibtex")
# As the recipe says it has to be.
MENDED = TOML.replace("23.1", "23.7").replace("value = 3.9", "value = 3.3")


@pytest.fixture
def book(tmp_path):
    """A copy of the book's sources, its bibliography with the invented trial in it."""
    for part in ("src", "notebooks"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    bibliography = tmp_path / "src/helpers/evidence/references.bib"
    with bibliography.open("a", encoding="utf-8") as file:
        file.write(f"\n{ENTRY}")
    return tmp_path


def tables(book):
    folder = book / "src/helpers/evidence"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def trial(book, toml, name="example.toml"):
    """The command of the Makefile, in the copy."""
    (book / name).write_text(toml, encoding="utf-8")
    command = [sys.executable, "-m", "helpers.evidence.add_trial", "--from", str(book / name)]
    path = [str(book / "src"), *sys.path]
    return subprocess.run(
        command, cwd=book, env={"PYTHONPATH": ":".join(filter(None, path))},
        capture_output=True, encoding="utf-8",
    )  # fmt: skip


def test_the_recipe(book):
    before = tables(book)
    refused = trial(book, TOML)
    assert refused.returncode == 1 and "Nothing was written" in refused.stderr
    assert "column 'arm_control': '23.1', expected a whole number of 76 people" in refused.stderr
    assert tables(book) == before

    done = trial(book, MENDED)
    assert done.returncode == 0, done.stderr
    assert "Example 2026: 1 study and 1 outcomes added" in done.stdout
    after = tables(book)
    assert {name for name in after if after[name] != before.get(name)} == {
        "studies.csv", "trials.csv",
    }  # fmt: skip
    for name, id in (("studies.csv", "Example 2026"), ("trials.csv", "Example-ACR20")):
        assert after[name].startswith(before[name])
        assert after[name][len(before[name]) :].decode().startswith(id)
    # What moves: 90 people for 26 weeks, the figures, the sentences, and the claims on the disease.
    years = float(re.search(r"randomised trials: ([\d.]+) in", done.stdout)[1])
    was = float(re.search(r"\(was ([\d.]+) in", done.stdout)[1])
    assert years - was == pytest.approx(90 * 26 * 7 / 365.25, abs=0.1)
    assert "figures.cytokine_production.limits" in done.stdout
    assert "04_cytokine_production.ipynb: Together that is {eval}`total`" in done.stdout
    total = f"{rare_events.person_years()['years'].sum():.0f}"
    assert f"Typed, to be changed from {total} to {years:.0f}:\n  claims.csv: …" in done.stdout
    # The disease of the invented trial is that of others by another name.
    assert re.search(r"studies of rheumatoid arthritis and its like:\n  .*C39, .*C52", done.stdout)
    assert "Findings on it (findings.csv):\n  ra_joints, arthritis_pain, ra_register" in done.stdout
    assert "  In rheumatoid arthritis none was found\n" in done.stdout

    again = trial(book, MENDED)
    assert again.returncode == 1 and "'Example 2026' is empty or repeated" in again.stderr
    assert tables(book) == after


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("randomised = 180", "randomised = 140"),
            "column 'analysed': '150', expected at most 140",
        ),
        (('favours = "neither"', 'favours = "LDN"'), "column 'favours': 'LDN', expected neither"),
        (("p = 0.58", "p = 58"), '"maximum" is "1"'),
        (('kind = "randomised trial"', 'kind = "trial"'), "'trial' is none of randomised trial"),
        (('source = "Example2026trial"\n', 'source = "Nobody1900"\n'), "'Nobody1900' is not in"),
        (("dose_mg = 4.5", "dose = 4.5"), "studies.csv has no column 'dose'"),
        (("[[outcome]]", "[outcomes]"), "expected [study] and one or more [[outcome]]"),
        (("year = 2026", "year = "), "example.toml"),
    ],
)
def test_a_faulty_trial_is_refused_whole(tmp_path, change, expected):
    folder = tmp_path / "tables"
    shutil.copytree(evidence.FOLDER, folder)
    bibliography = evidence._references()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    (tmp_path / "example.toml").write_text(MENDED.replace(*change), encoding="utf-8")
    bibliography["Example2026trial"] = bibliography["Bruun2024naltrexone"]
    try:
        with pytest.raises(add_trial.NotAdded) as error:
            add_trial.add(*add_trial.rows_of_file(tmp_path / "example.toml"), folder)
    finally:
        del bibliography["Example2026trial"]
    assert expected in str(error.value)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_digits_stay_as_they_are_printed(tmp_path):
    """What is computed from a number is checked to its last digit, be it a zero."""
    text = "[study]\nweeks = 12\n[[outcome]]\nvalue = 27.10\np = 0.00001\n"
    (tmp_path / "example.toml").write_text(text, encoding="utf-8")
    expected = {"weeks": "12"}, [{"value": "27.10", "p": "0.00001"}]
    assert add_trial.rows_of_file(tmp_path / "example.toml") == expected


def test_questions_give_the_same_rows(tmp_path):
    (tmp_path / "example.toml").write_text(MENDED, encoding="utf-8")
    study, [outcome] = add_trial.rows_of_file(tmp_path / "example.toml")
    asked = []

    def ask(question):
        asked.append(question)
        column = question.split(":")[0]
        return (
            "n" if question.startswith("Another") else answers[len(asked) > split].get(column, "")
        )

    split = len(evidence.fields("studies"))
    answers = (study, outcome)
    found, outcomes = add_trial.rows_of_questions(ask)
    known = lambda row: {name: text for name, text in row.items() if text}
    assert known(found) == study and [known(row) for row in outcomes] == [outcome]
    assert any("[planned, running, reported, withdrawn, unknown]" in question for question in asked)
