"""Every row of every table, by the rules of `helpers.evidence.rules` and by the data package."""

import csv
import json
import re
import shutil
import subprocess
import sys

import pytest

from helpers import evidence
from helpers.badges import VERDICTS
from helpers.evidence import rules
from helpers.figures import cytokine_production


def changed(folder, table, key, **cells):
    """A copy of the tables in `folder`, with these cells of one row changed."""
    shutil.copytree(evidence.FOLDER, folder, dirs_exist_ok=True)
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    [name] = evidence.TABLES[table]["primaryKey"]
    [row] = [row for row in rows if row[name] == key]
    assert set(cells) <= set(row)
    row |= cells
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_every_row_follows_the_rules():
    assert rules.problems() == []


BROKEN = {
    "a result that moves nothing": (
        ("verdict_changes", "V4", {"verdict": "contested"}),
        "column 'verdict': 'contested', expected another than that of C27 today",
    ),
    "a claim that two questions move": (
        ("verdict_changes", "V8", {"claim": "C27"}),
        "column 'claim': 'C27', expected a claim that no other question moves; 'scan' does",
    ),
    "a result of two questions": (
        ("verdict_changes", "V7", {"question": "blood"}),
        "column 'result': 'Lower cytokines than on placebo in joint fluid', expected a result",
    ),
    "a result that moves an unknown claim": (
        ("verdict_changes", "V5", {"claim": "C99"}),
        "column 'claim': 'C99'",
    ),
    "an interval beside its value": (
        ("trials", "Vatvani-pain", {"value": "-0.3"}),
        "column 'value': '-0.3', expected within -1.2 to -0.51",
    ),
    "half an interval": (("trials", "Saif-pain", {"high": ""}), "both ends of the interval"),
    "an interval upside down": (
        ("treatments", "uk_tnf", {"low": "44", "high": "40"}),
        "column 'high': '40', expected at least low, 44",
    ),
    "more analysed than randomised": (
        ("studies", "LDN-VA", {"analysed": "30"}),
        "column 'analysed': '30', expected at most 29, as many as were randomised",
    ),
    "arms that do not add up": (
        ("studies", "FINAL", {"ldn_randomised": "48"}),
        "column 'randomised': '99', expected 98, the sum of the arms",
    ),
    "an outcome in more people than were analysed": (
        ("trials", "LDNVA-severity", {"n": "29"}),
        "column 'n': '29', expected at most 23, as many as were analysed",
    ),
    "completers' numbers on everybody": (
        ("trials", "INNOVA-pain", {"n_ldn": "49"}),
        "column 'n_ldn': '49', expected at most 48, as many as were randomised",
    ),
    "a study that is nowhere": (
        ("trials", "Saif-pain", {"study": "Saif 2027"}),
        "column 'study': 'Saif 2027', expected a study of studies.csv",
    ),
    "a share that is no whole number of people": (
        ("trials", "Smith2007-response", {"n": "17"}),
        "column 'value': '89', expected a whole number of 17 people",
    ),
    "a share without people and without a word": (
        ("trials", "Younger2013-dreams", {"note": "Conference report"}),
        "column 'note': 'Conference report', expected a word on the number of people",
    ),
    "a share in another table": (
        ("treatments", "radiate_drug_20", {"value": "50.2"}),
        "treatments.csv, row 8, column 'value': '50.2', expected a whole number of 170 people",
    ),
    "a secondary row that nobody explains": (
        ("trials", "LDNVA-severity", {"source": "Bruun2025effect"}),
        "column 'source': 'Bruun2025effect', expected a source that secondhand.csv explains",
    ),
    "a secondary row without what was read": (
        ("occupancy", "lee_48", {"source": "Lee1988duration"}),
        "column 'source': 'Lee1988duration', expected also Indand2026fibromyalgia",
    ),
    "a word that the interval contradicts": (
        ("trials", "FINAL-pain", {"favours": "LDN"}),
        "column 'favours': 'LDN', expected neither",
    ),
    "the wrong side": (
        ("trials", "AnnMedSurg-dreams", {"favours": "LDN"}),
        "column 'favours': 'LDN', expected control",
    ),
    "a word that p contradicts": (
        ("trials", "LDNVA-painDETECT", {"favours": "neither"}),
        "column 'favours': 'neither', expected control",
    ),
    "a verdict without any test": (
        ("trials", "FINAL-adverse", {"favours": "neither"}),
        "column 'favours': 'neither', expected no test",
    ),
    "a result that is none": (
        ("trials", "Registered-CRPS", {"value": "3"}),
        "'no result' where measure is, and then no number",
    ),
    "a derived number without a formula": (
        ("kinetics", "meyer_auc_metabolite", {"formula": ""}),
        "column 'formula': '', expected how the number is derived",
    ),
    "a derived number that does not follow": (
        ("trials", "FINAL-responders", {"value": "1.60"}),
        "column 'value': '1.60', expected 1.57, by value = risk_ratio(20, n_ldn, 13, n_control)",
    ),
    "pooled numbers that do not follow": (
        ("trials", "Largest-two-pain", {"high": "0.54"}),
        "column 'high': '0.54', expected 0.4",
    ),
    "a change in per cent that does not follow": (
        ("cytokine_levels", "level_il6", {"after": "9.9"}),
        "column 'change_percent': '-35.3', expected -34",
    ),
    "a formula that is no arithmetic": (
        ("trials", "FINAL-memory", {"formula": "value = __import__('os').getpid()"}),
        "arithmetic that can be done",
    ),
    "a formula of an empty cell": (
        ("trials", "FINAL-memory", {"arm_ldn": ""}),
        "column 'arm_ldn' is empty",
    ),
    "an outcome that stands twice": (
        ("trials", "Saif-nausea", {"outcome": "dizziness"}),
        "column 'outcome': 'dizziness', expected an outcome that is not in row",
    ),
    "an entry of a register without its study": (
        ("studies", "LDN-CRPS", {"source": "Bruun2024naltrexone"}),
        "expected a study that rests on NCT06306157 of references.bib",
    ),
    "a table that cannot be read": (
        ("studies", "FINAL", {"status": "finished"}),
        "studies.csv, row 2, column 'status': 'finished' is none of planned",
    ),
    "a finding on a row that is not there": (
        ("findings", "dreams", {"rows": "Nobody-dreams"}),
        "column 'rows': 'Nobody-dreams', expected ids of trials.csv or outcomes.csv",
    ),
    "a finding on nothing": (
        ("findings", "infections", {"search": ""}),
        "column 'search': '', expected a search, where there are no rows",
    ),
    "a baseline without shares": (
        ("findings", "dreams", {"baseline": "FINAL-pain"}),
        "expected shares of people; FINAL-pain has none on control",
    ),
    "a register that begins high": (
        ("findings", "ra_register", {"start": "high"}),
        "column 'start': 'high', expected 'low' for register study",
    ),
    "a number typed into a finding": (
        ("findings", "dreams", {"says": "24 more people dream vividly."}),
        "expected words; numbers are computed from the rows",
    ),
    "a domain judged twice": (
        ("certainty", "dreams_imprecision", {"domain": "indirectness"}),
        "column 'domain': 'indirectness', expected a domain that is not judged already",
    ),
    "a step for what could not be judged": (
        ("certainty", "dreams_inconsistency", {"steps": "1"}),
        "column 'steps': '1', expected 0, for what could not be judged",
    ),
    "a finding with a domain left out": (
        ("certainty", "dreams_imprecision", {"finding": "infections"}),
        "expected a finding judged in risk of bias",
    ),
    "people that are no whole number": (
        ("studies", "FINAL", {"planned": "99.5"}),
        "studies.csv, row 2, column 'planned': '99.5' is not a whole number",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_row_is_named(tmp_path, fault):
    (table, key, cells), expected = BROKEN[fault]
    found = rules.problems(changed(tmp_path, table, key, **cells))
    assert any(expected in message for message in found), found
    assert any(message.startswith(f"{table}.csv, row ") for message in found)


def test_each_rule_is_broken_once():
    """No rule is there that no test can see fail."""
    words = [rule.__name__ for rule in rules.RULES]
    assert (
        words
        == "intervals people outcomes_of_studies shares secondary favours derived repeated "
        "registered findings certainties verdict_changes".split()
    )


# Numbers that stand in two places: table, row, column, and the same of the other.
TWICE = (
    ("outcomes", "ldn-dreams", "arm_drug", "trials", "Younger2013-dreams", "arm_ldn"),
    ("outcomes", "ldn-dreams", "arm_control", "trials", "Younger2013-dreams", "arm_control"),
    ("cytokine_studies", "cs_parkitny", "n", "trials", "Parkitny-cytokines", "n"),
    ("cytokine_studies", "cs_lie", "n", "trials", "Lie-cytokines", "n"),
    ("cytokine_studies", "cs_parkitny", "dose_mg", "studies", "Parkitny 2017", "dose_mg"),
    ("cytokine_studies", "cs_smith_children", "n", "studies", "Smith 2013", "randomised"),
    ("cytokine_levels", "level_tnf", "n", "studies", "Parkitny 2017", "analysed"),
    ("cytokine_levels", "level_tnf", "weeks", "studies", "Parkitny 2017", "weeks"),
    ("opioids", "crohn_enkephalin_registered", "n", "studies", "Smith 2011", "randomised"),
    ("opioids", "crohn_children_opioids_registered", "n", "studies", "Smith 2013", "randomised"),
    ("trials", "FINAL-pain", "n_ldn", "studies", "FINAL", "ldn_randomised"),
    ("trials", "FINAL-pain", "n", "studies", "FINAL", "analysed"),
    ("trials", "INNOVA-pain", "n", "studies", "INNOVA", "analysed"),
    ("trials", "Largest-two-pain", "n", "studies", "FINAL and INNOVA pooled", "analysed"),
    ("trials", "Vatvani-pain", "n", "studies", "Vatvani 2024", "analysed"),
)  # fmt: skip


@pytest.mark.parametrize("pair", TWICE, ids=lambda pair: f"{pair[1]} {pair[2]}")
def test_numbers_that_stand_twice_agree(pair):
    here, there = pair[:3], pair[3:]
    numbers = [evidence.read(table).loc[row, column] for table, row, column in (here, there)]
    assert numbers[0] == numbers[1]


def test_cytokines_have_the_same_names_in_both_tables():
    names = set(evidence.cytokine_changes()["name"])
    assert set(evidence.cytokine_levels()["name"]) <= names


def test_outcomes_know_their_study():
    table = evidence.trials()
    assert table["year"].notna().sum() > 100
    assert table.loc["INNOVA-pain", ["weeks", "at_weeks", "randomised", "n"]].tolist() == [
        52, 13, 98, 96,
    ]  # fmt: skip
    assert table.loc["Registered-Crohn", "planned"] == 122
    assert table.loc["Brewer-responders", "control"] == "own baseline"
    assert evidence.studies().loc["Brewer 2018", "control"] == "placebo"


def test_an_outcome_of_an_unknown_study_is_refused(monkeypatch):
    read = evidence.read
    stranger = read("trials").assign(study="Nobody 1900")
    monkeypatch.setattr(evidence, "read", lambda name: stranger if name == "trials" else read(name))
    with pytest.raises(evidence.TableError, match="'Nobody 1900' is not in studies.csv"):
        evidence.trials()


def test_large_numbers_are_quoted_in_full():
    assert evidence.quote("naltrexone-serious", "n") == "4960"
    assert evidence.quote("opioid-2015", "n") == "33,739"


def test_the_figure_of_all_cytokine_studies_names_them_all():
    figure, studies = cytokine_production.directions(), evidence.cytokine_studies()
    assert f"We found {len(studies)} studies" in figure.caption
    drawn = {"cs_parkitny", "cs_lie"}
    for id, row in studies.iterrows():
        assert id in drawn or row["study"] in figure.caption
        assert set(row["source"].split()) <= set(figure.sources.split())


def test_the_bibliography_says_when_each_entry_was_last_looked_for():
    for key, entry in evidence._references().items():
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", entry.fields.get("checked", "")), key


# ---------------------------------------------------------------- the data package


def test_the_package_is_valid():
    assert rules.package_problems() == []


@pytest.mark.parametrize(
    ("table", "key", "cells", "expected"),
    [
        ("trials", "Saif-pain", {"study": "Saif 2027"}, "trials.csv: "),
        ("trials", "Saif-pain", {"p": "2"}, '"maximum" is "1"'),
        ("searches", "infections", {"date": "yesterday"}, "yesterday"),
        ("studies", "FINAL", {"who": "", "study": ""}, "studies.csv: "),
        ("scans", "alshelh_difference", {"n_patients": "many"}, "many"),
    ],
)
def test_the_library_names_what_is_wrong(tmp_path, table, key, cells, expected):
    found = rules.package_problems(changed(tmp_path, table, key, **cells))
    assert found and any(expected in message for message in found)


def test_the_package_describes_every_table():
    package = json.loads(evidence.PACKAGE.read_text(encoding="utf-8"))
    files = {path.stem for path in evidence.FOLDER.glob("*.csv")}
    assert {table["name"] for table in package["resources"]} == files == set(evidence.TABLES)
    assert [licence["name"] for licence in package["licenses"]] == ["CC-BY-4.0"]
    assert (evidence.FOLDER / package["sources"][0]["path"]) == evidence.BIBLIOGRAPHY
    for table in package["resources"]:
        assert table["path"] == f"{table['name']}.csv" and table["description"]
        for field in table["schema"]["fields"]:
            assert field["description"] and field["type"] in ("string", "number", "integer", "date")
    verdicts = evidence.fields("claims")["verdict"]["constraints"]["enum"]
    assert verdicts == list(VERDICTS)


def test_reading_needs_no_library_of_data_packages():
    """It takes seconds to load, and the core package does without it."""
    modules = "sys, helpers.evidence.rules, helpers.evidence.add_trial, helpers.figures"
    code = f"import {modules}; assert 'frictionless' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
