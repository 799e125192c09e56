"""The evidence: tidy CSV tables beside this file, and the references they point to.

`datapackage.json` says what each table holds: its columns with their meaning, type, unit and
allowed words, its key, and the tables it refers to. Each reader returns a pandas DataFrame indexed
by that key (`id`; `study` for `studies`). Each row says in `seen` how its number was read: primary
(the paper itself), abstract, label, secondary (where others quote it; `secondhand.csv` says where
and why) or derived (by arithmetic, in `formula`). What rows must fulfil together is in `rules`.
"""

import csv
import functools
import json
import math
from pathlib import Path

import pandas as pd

from helpers import checks

FOLDER = Path(__file__).parent
BIBLIOGRAPHY = FOLDER / "references.bib"
PACKAGE = FOLDER / "datapackage.json"

# Every table by name, with its schema: fields in order, primary key, foreign keys.
TABLES = {
    table["name"]: table["schema"]
    for table in json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]
}


def fields(table):
    """The columns of that table in order: name -> description, type, unit, constraints, as in
    `datapackage.json`.
    """
    return {
        field["name"]: field for field in TABLES[checks.known("table", table, TABLES)]["fields"]
    }


def numeric(table):
    """The names of that table's columns of numbers."""
    return [name for name, field in fields(table).items() if field["type"] in ("integer", "number")]


SEEN = tuple(fields("trials")["seen"]["constraints"]["enum"])

# Nanomoles per litre in one of each unit of concentration; naltrexone weighs 341.41 g/mol.
NANOMOLAR = {"fM": 1e-6, "pM": 1e-3, "nM": 1.0, "µM": 1e3, "ng/mL": 1000 / 341.41}


class TableError(ValueError):
    """A damaged table; the message names the file, the row and the column."""


def occupancy():
    """Receptor occupancy after naltrexone: seven PET scans, the dual-detector series, both arms of
    the study of 12.5 mg and of 50 or 100 mg, daily 50 mg, how long heroin was blocked, and kappa
    receptors on 100 mg a day.

    `value` in per cent, `dose_mg` (empty where the source pools two doses), `time_h` (empty where
    it was not seen); rows with only a test result have `finding` and no value.
    """
    return read("occupancy")


def kinetics():
    """Concentrations, half-lives, clearances of naltrexone (and of its antagonism in mice)."""
    return read("kinetics")


def concentrations():
    """Concentrations at which naltrexone or naloxone did, or did not do, something to cells.

    `value`, or `low` to `high`, in `unit`; columns `nM`, `nM_low` and `nM_high` hold the same in
    nanomoles per litre (of naltrexone where the unit is a weight). `standing`: whether the finding
    stands, is contested or was retracted.
    """
    table = read("concentrations")
    scale = table["unit"].map(NANOMOLAR)
    return table.assign(
        nM=table["value"] * scale, nM_low=table["low"] * scale, nM_high=table["high"] * scale
    )


def cytokine_changes():
    """The cytokines that fell in eight women on LDN, by direction; `cytokine_levels` has the six
    whose concentrations were seen.

    `group`: "calms" for those whose chief work is to calm inflammation, by our grouping, else
    "other".
    """
    return read("cytokine_changes")


def cytokine_levels():
    """Mean concentrations of six cytokines in eight women, `before` and `after` 8 weeks of LDN, in
    `unit`; `change_percent`.

    The paper's Table 2 as a curated repository copies it; the other eleven, and all standard
    errors, were not seen.
    """
    return read("cytokine_levels")


def cytokine_studies():
    """Every study we found that measured cytokines in people on LDN, or set out to: whom, against
    what, and what it found.

    `n` is everybody in the study, `n_ldn` those on LDN where that was seen.
    """
    return read("cytokine_studies")


def scans():
    """Brain scans in autoimmune diseases and in chronic pain, none of them under LDN, and studies
    of what the tracer shows.

    `method`: "TSPO PET", and others that are no scan of patients; Gulf War illness and palsy are
    neither pain nor autoimmune.
    """
    return read("scans")


def opioids():
    """The body's own opioids: turnover, levels with and without naltrexone, and in joints with
    arthritis.

    Rows without `value` have the direction in `note`; two registrations name a measurement of which
    no result was seen.
    """
    return read("opioids")


def joint_cytokines():
    """Cytokines in joint fluid and serum, in rheumatoid arthritis and others: `value`, `low` to
    `high` or `dispersion`.
    """
    return read("joint_cytokines")


def diseases():
    """How common autoimmune diseases are, and how often a symptom occurs; `n` is the number of
    people behind a row.
    """
    return read("diseases")


def treatments():
    """What treatment of rheumatoid arthritis did in trials and registers: responses, joint damage,
    infections.
    """
    return read("treatments")


def claims(chapter=None):
    """The article's claims, in our words, with verdict, references and reason.

    chapter: two digits as in the notebook's name, to keep only its claims.
    Raises UnknownName if no claim belongs to that chapter.
    """
    table = read("claims")
    if chapter is None:
        return table
    checks.known("chapter", chapter, sorted(set(table["chapter"])))
    return table[table["chapter"] == chapter]


# What `trials` takes over from `studies`.
OF_STUDY = (
    "year", "kind", "status", "condition", "autoimmune", "design", "blinding",
    "planned", "enrolled", "randomised", "analysed", "ldn_randomised", "control_randomised",
    "dose_mg", "weeks", "periods",
)  # fmt: skip


def studies():
    """All studies of LDN that were found, one row a study, indexed by its short name: trials,
    reviews, registers, our own pooling.

    `kind` and `status` say what it is and how far; `planned`, `enrolled`, `randomised` and
    `analysed` count people and never stand for one another; `ldn_randomised` and
    `control_randomised` are the arms of a parallel trial; `dose_mg` (empty for a range) and `weeks`
    on LDN, of one period in a crossover; `who` and `excluded`.
    """
    return read("studies")


def trials():
    """The outcomes of the studies of LDN, one row an outcome, with the columns of `OF_STUDY` from
    `studies`.

    `n`: people analysed for this outcome, empty where that was not seen; `weeks` on LDN and, where
    they differ, `at_weeks` of the outcome. `value` is LDN minus control (or their ratio) in
    `measure` and `unit`, with `low` to `high`; `control` is what this number compares with, which
    for an uncontrolled result of a controlled trial is not its placebo; `better` says which
    direction is better, `favours` what was found, `group` what to plot together.
    Raises TableError for a study that is not in `studies`.
    """
    table, of_study = read("trials"), studies()
    strangers = sorted(set(table["study"]) - set(of_study.index))
    if strangers:
        raise TableError(
            f"trials.csv, column 'study': {strangers[0]!r} is not in studies.csv; add it there"
        )
    return table.join(of_study[list(OF_STUDY)], on="study")


def findings():
    """What all studies of an outcome say together, one row an outcome: the `rows` that speak to it
    (ids of `trials` and `outcomes`), the row of the joint `estimate` and those of the `baseline`.

    `says` holds the words; numbers and certainty are computed, see `summary`.
    """
    return read("findings")


def certainty():
    """Why the certainty of a finding was lowered, after GRADE: one row a `finding` and `domain`.

    `judged` says whether it could be judged at all by what was read; where it could not, `steps`
    are those that are certain.
    """
    return read("certainty")


def verdict_changes():
    """The results that would change verdicts, one row a `claim` that such a `result` would move, to
    which `verdict` and for what `reason`. Of the results of one `question` only one can be.
    """
    return read("verdict_changes")


def searches():
    """The searches of the literature: `words`, `place`, `hits`, `kept`, what was `found`, and
    queries that repeat them.

    `sentences` holds parts of the sentences of the book ("none was found") that rest on the search,
    separated by " | ".
    """
    return read("searches")


def pathways():
    """Other ways to act on immunity that naltrexone or opioids may have: OGFr, TRPM3, TLR4, joints.

    One row a study: `pathway`, `species`, `system`, and its `finding` in our words; no row has a
    concentration, for none was seen.
    """
    return read("pathways")


def positions():
    """What authors, authorities and others say of LDN: `who`, `position` in our words, and of
    `starting` it.
    """
    return read("positions")


def outcomes():
    """Benefits and harms of drugs for rheumatoid arthritis, one row an outcome, and how many people
    use opioids.

    `arm_drug` and `arm_control` in `unit`, where known; `value` with `low` to `high` is the
    comparison named in `measure`.
    """
    return read("outcomes")


# The tables of numbers: those with a value and a source.
QUOTABLE = [name for name in TABLES if {"value", "source"} <= set(fields(name))]


@functools.cache
def _quotable_rows():
    # Read once: a chapter quotes dozens of numbers, each from any of these tables.
    tables = {name: trials() if name == "trials" else read(name) for name in QUOTABLE}
    return {id: row for table in tables.values() for id, row in table.iterrows()}


def quote(id, column="value"):
    """A number of the tables as prose prints it: '3.7 mg', or another numeric column without unit,
    as '23' for n.

    Searches the tables of `QUOTABLE`; `quoted` holds numbers that only the prose uses.
    Raises UnknownName for an unknown id or column, ValueError for an empty cell.
    """
    rows = _quotable_rows()
    row = rows[checks.known("number", id, rows)]
    numbers = dict.fromkeys(name for table in (*QUOTABLE, "studies") for name in numeric(table))
    value = row[checks.known("column", column, [name for name in numbers if name in row])]
    if math.isnan(value):
        raise ValueError(f"number {id!r} has no {column}")
    unit = f"{'' if row['unit'] == '%' else ' '}{row['unit']}" if column == "value" else ""
    # Four digits of a measurement; of people, all.
    text = f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return text.replace("-", "−") + unit


def mechanism(boxes):
    """The arrows of the proposed mechanism: start and end (names in `boxes`), label, and the claim
    that judges them.

    Raises UnknownName for a box or a claim that does not exist.
    """
    table = read("mechanism")
    known = claims().index
    for arrow in table.itertuples():
        checks.known("claim", arrow.claim, known)
        for box in (arrow.start, arrow.end):
            checks.known("box", box, boxes)
    return table


@functools.cache
def _references():
    from pybtex.database import parse_file  # slow to load

    return parse_file(BIBLIOGRAPHY, "bibtex").entries


def reference(key):
    """The bibliography entry of that key (a pybtex Entry). Raises UnknownName."""
    entries = _references()
    return entries[checks.known("reference", key, entries)]


def address(key):
    """Where a reader can open that source: its DOI, else PubMed, else its page."""
    fields = reference(key).fields
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    if "pmid" in fields:
        return f"https://pubmed.ncbi.nlm.nih.gov/{fields['pmid']}/"
    return fields["url"]


def short_name(key):
    """'Lee 1988' for a paper; the short title, if it has one, for a label or web page."""
    from pybtex.richtext import Text  # slow to load

    entry = reference(key)
    people = entry.persons.get("author", [])
    year = entry.fields.get("year", "n.d.")
    if "shorttitle" in entry.fields or not people:
        return entry.fields.get("shorttitle", entry.fields["title"]).strip("{}")
    return f"{Text.from_latex(' '.join(people[0].last_names))} {year}"


def cite(keys):
    """HTML links to the sources of `keys` (separated by spaces), each once. Raises ValueError if
    it is no text, UnknownName for a key that is not there.
    """
    if not isinstance(keys, str):
        raise ValueError(f"reference keys must be text, separated by spaces, got {keys!r}")
    return ", ".join(
        f'<a href="{address(key)}">{short_name(key)}</a>' for key in dict.fromkeys(keys.split())
    )


def markdown(key):
    """The source as prose of a notebook or page links to it: '[Lee 1988](https://…)'."""
    # Brackets within an address would end the link.
    return f"[{short_name(key)}]({address(key).replace('(', '%28').replace(')', '%29')})"


def read(name, folder=FOLDER):
    """The table `name` of `TABLES`, checked against `datapackage.json`, indexed by its primary key.

    Raises TableError for a missing or unknown column, a repeated key, an empty cell that is
    required, a word or number that does not fit, a row of the wrong length, or a reference that the
    bibliography lacks; UnknownName for another table.
    """
    columns = fields(name)
    [key] = TABLES[name]["primaryKey"]
    path = Path(folder) / f"{name}.csv"
    header, rows = _lines(path)
    for column in columns:
        if column not in header:
            raise TableError(
                f"{path.name}, row 1: column {column!r} is missing; it has {', '.join(header)}"
            )
    for column in header:
        if header.count(column) > 1:
            raise TableError(f"{path.name}, row 1: column {column!r} comes twice")
        if column not in columns:
            raise TableError(
                f"{path.name}, row 1: column {column!r} is unknown; expected {', '.join(columns)}"
            )
    seen = {}
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}, row {number}"
        if len(row) != len(header):
            raise TableError(f"{where}: {len(row)} cells, expected {len(header)}")
        cells = dict(zip(header, row))
        if not cells[key] or cells[key] in seen:
            raise TableError(
                f"{where}, column {key!r}: {cells[key]!r} is empty or repeated "
                f"(row {seen.get(cells[key])})"
            )
        seen[cells[key]] = number
        for column, field in columns.items():
            if cells[column]:
                _check(f"{where}, column {column!r}", cells[column], field)
        for column, field in columns.items():
            if not cells[column] and field.get("constraints", {}).get("required"):
                raise TableError(f"{where}, column {column!r}: a {column} is missing")
    table = pd.DataFrame(rows, columns=header).set_index(key)
    for column in numeric(name):
        table[column] = pd.to_numeric(table[column])
    return table


def _lines(path):
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name}: not UTF-8: {error}") from error
    if not lines:
        raise TableError(f"{path.name}: the file is empty")
    return lines[0], lines[1:]


def _check(where, text, field):
    words = field.get("constraints", {}).get("enum")
    if words and text not in words:
        raise TableError(f"{where}: {text!r} is none of {', '.join(words)}")
    if field["type"] in ("integer", "number"):
        if not _is_number(text):
            raise TableError(f"{where}: {text!r} is not a finite number")
        if field["type"] == "integer" and float(text) % 1:
            raise TableError(f"{where}: {text!r} is not a whole number")
    if "keys" in field:
        for key in text.split():
            if key not in _references():
                raise TableError(f"{where}: {key!r} is not in {BIBLIOGRAPHY.name}")


def _is_number(text):
    try:
        return "_" not in text and math.isfinite(float(text))  # Python alone reads 1_000
    except ValueError:
        return False
