"""The evidence: tidy CSV tables beside this file, and the references they point to.

Each reader returns a pandas DataFrame indexed by `id`; each row says in `seen` how its number
was read: primary (the paper itself), abstract, label, secondary (quoted by others)
or derived (by arithmetic, in `note`).
"""

import csv
import functools
import math
from pathlib import Path

import pandas as pd

from helpers import checks
from helpers.badges import VERDICTS

FOLDER = Path(__file__).parent
BIBLIOGRAPHY = FOLDER / "references.bib"

SEEN = ("primary", "abstract", "label", "secondary", "derived")
# The columns of the tables of chapters 1 and 2: what was measured (quantity),
# where (setting) and in whom (group).
MEASURED = (
    "id study setting quantity group value unit low high interval dispersion dispersion_kind n "
    "source seen note"
)
# Every table: its columns in order, and the one that holds its BibTeX keys (none for the map,
# whose claims have them).
TABLES = {
    "claims": ("id chapter section claim kind verdict references reason anchor", "references"),
    "concentrations": (
        "id study substance target system finding standing value low high unit source seen note",
        "source",
    ),
    "cytokine_changes": ("id study name group direction source seen note", "source"),
    "kinetics": (
        "id study species analyte quantity dose_mg formulation value unit dispersion "
        "dispersion_kind n source seen note",
        "source",
    ),
    "mechanism": ("id start end label claim", None),
    "occupancy": (
        "id study species receptor method dose_mg time_h quantity value unit dispersion "
        "dispersion_kind n finding source seen note",
        "source",
    ),
    "opioids": (
        "id study species quantity condition value unit dispersion dispersion_kind n design "
        "source seen note",
        "source",
    ),
    "joint_cytokines": (MEASURED, "source"),
    "diseases": (MEASURED, "source"),
    "treatments": (MEASURED, "source"),
    "quoted": ("id study quantity value unit source seen note", "source"),
    "scans": (
        "id study condition method n_patients n_controls quantity value unit finding "
        "source seen note",
        "source",
    ),
    "outcomes": (
        "id treatment kind study outcome arm_drug arm_control control measure value low high n "
        "weeks unit source seen note",
        "source",
    ),
    "trials": (
        "id study year condition autoimmune design blinding control n n_ldn n_control dose_mg "
        "weeks outcome primary better measure value low high interval p_relation p arm_ldn "
        "arm_control unit favours group source seen note",
        "source",
    ),
}

# Columns whose values are checked, in every table or in the one named before the dot:
# numbers may be empty, words may not.
NUMBERS = (
    "dose_mg", "time_h", "value", "dispersion", "n",
    "year", "n_ldn", "n_control", "n_patients", "n_controls", "weeks", "low", "high", "p",
    "arm_ldn", "arm_control", "arm_drug",
)  # fmt: skip
WORDS = {
    "seen": SEEN,
    "verdict": VERDICTS,
    "claims.kind": ("factual", "rhetorical"),
    "outcomes.kind": ("benefit", "harm", "use"),
    "better": ("lower", "higher", "none"),
    "favours": ("LDN", "control", "neither", "no control", "no result"),
    "autoimmune": ("yes", "no", "partly", "unclear"),
    "primary": ("yes", "no"),
    "standing": ("stands", "contested", "retracted"),
}

# Nanomoles per litre in one of each unit of concentration; naltrexone weighs 341.41 g/mol.
NANOMOLAR = {"fM": 1e-6, "pM": 1e-3, "nM": 1.0, "µM": 1e3, "ng/mL": 1000 / 341.41}


class TableError(ValueError):
    """A damaged table; the message names the file, the row and the column."""


def occupancy():
    """Receptor occupancy after naltrexone: seven PET scans, the dual-detector series,
    the 12.5 mg study.

    `value` in per cent, `dose_mg`, `time_h`;
    rows with only a test result have `finding` and no value.
    """
    return read("occupancy")


def kinetics():
    """Concentrations, half-lives, clearances of naltrexone (and of its antagonism in mice)."""
    return read("kinetics")


def concentrations():
    """Concentrations at which naltrexone or naloxone did, or did not do, something to cells.

    `value`, or `low` to `high`, in `unit`; columns `nM`, `nM_low` and `nM_high` hold the same in
    nanomoles per litre (of naltrexone where the unit is a weight).
    `standing`: whether the finding stands, is contested or was retracted.
    """
    table = read("concentrations")
    scale = table["unit"].map(NANOMOLAR)
    return table.assign(
        nM=table["value"] * scale, nM_low=table["low"] * scale, nM_high=table["high"] * scale
    )


def cytokine_changes():
    """The cytokines that fell in eight women on LDN: direction only,
    for the paper gives no concentrations.

    `group`: "calms" for those whose chief work is to calm inflammation, by our grouping,
    else "other".
    """
    return read("cytokine_changes")


def scans():
    """Brain scans in autoimmune diseases and in chronic pain, none of them under LDN."""
    return read("scans")


def opioids():
    """The body's own opioids: turnover, and levels with and without naltrexone."""
    return read("opioids")


def joint_cytokines():
    """Cytokines in joint fluid and serum, in rheumatoid arthritis and others:
    `value`, `low` to `high` or `dispersion`.
    """
    return read("joint_cytokines")


def diseases():
    """How common autoimmune diseases are, and how often a symptom occurs;
    `n` is the number of people behind a row.
    """
    return read("diseases")


def treatments():
    """What treatment of rheumatoid arthritis did in trials and registers:
    responses, joint damage, infections.
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


def trials():
    """All trials and register studies of LDN that were found, one row an outcome.

    `n` analysed (else enrolled), `dose_mg` (empty for a range), `weeks`;
    `value` is LDN minus control in `measure` and `unit`, with `low` to `high`;
    `better` says which direction is better, `favours` what was found,
    `group` what to plot together.
    """
    return read("trials")


def outcomes():
    """Benefits and harms of drugs for rheumatoid arthritis, one row an outcome,
    and how many people use opioids.

    `arm_drug` and `arm_control` in `unit`, where known; `value` with `low` to `high` is the
    comparison named in `measure`.
    """
    return read("outcomes")


# The tables of numbers: those with a value and a source.
QUOTABLE = [
    name
    for name, (columns, references) in TABLES.items()
    if references == "source" and "value" in columns.split()
]


@functools.cache
def _quotable_rows():
    # Read once: a chapter quotes dozens of numbers, each from any of these tables.
    return {id: row for name in QUOTABLE for id, row in read(name).iterrows()}


def quote(id, column="value"):
    """A number of the tables as prose prints it: '3.7 mg', or another numeric column without unit,
    as '23' for n.

    Searches the tables of `QUOTABLE`; `quoted` holds numbers that only the prose uses.
    Raises UnknownName for an unknown id or column, ValueError for an empty cell.
    """
    rows = _quotable_rows()
    row = rows[checks.known("number", id, rows)]
    value = row[checks.known("column", column, [name for name in NUMBERS if name in row])]
    if math.isnan(value):
        raise ValueError(f"number {id!r} has no {column}")
    unit = f"{'' if row['unit'] == '%' else ' '}{row['unit']}" if column == "value" else ""
    return f"{value:.4g}{unit}"


def mechanism(boxes):
    """The arrows of the proposed mechanism: start and end (names in `boxes`), label,
    and the claim that judges them.

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
    """HTML links to the sources of `keys` (separated by spaces), each once.

    Raises ValueError if it is no text, UnknownName for a key that is not there.
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
    """The table `name` of `TABLES`, checked.

    Raises TableError for a missing or unknown column, a repeated id,
    a word or number that does not fit, a row of the wrong length,
    or a reference that the bibliography lacks; UnknownName for another table.
    """
    columns, references = TABLES[checks.known("table", name, TABLES)]
    path = Path(folder) / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name}: not UTF-8: {error}") from error
    if not lines:
        raise TableError(f"{path.name}: the file is empty")
    header, rows = lines[0], lines[1:]
    for column in columns.split():
        if column not in header:
            raise TableError(
                f"{path.name}, row 1: column {column!r} is missing; it has {', '.join(header)}"
            )
    for column in header:
        if header.count(column) > 1:
            raise TableError(f"{path.name}, row 1: column {column!r} comes twice")
        if column not in columns.split():
            raise TableError(
                f"{path.name}, row 1: column {column!r} is unknown; "
                f"expected {', '.join(columns.split())}"
            )
    seen = {}
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}, row {number}"
        if len(row) != len(header):
            raise TableError(f"{where}: {len(row)} cells, expected {len(header)}")
        cells = dict(zip(header, row))
        if not cells["id"] or cells["id"] in seen:
            raise TableError(
                f"{where}, column 'id': {cells['id']!r} is empty or repeated "
                f"(row {seen.get(cells['id'])})"
            )
        seen[cells["id"]] = number
        for column, words in WORDS.items():
            column = column.removeprefix(f"{name}.")
            if column in cells and cells[column] not in words:
                raise TableError(
                    f"{where}, column {column!r}: {cells[column]!r} is none of {', '.join(words)}"
                )
        for column in NUMBERS:
            if cells.get(column) and not _is_number(cells[column]):
                raise TableError(
                    f"{where}, column {column!r}: {cells[column]!r} is not a finite number"
                )
        if references and not cells[references]:
            raise TableError(f"{where}, column {references!r}: a source is missing")
        for key in cells[references].split() if references else ():
            if key not in _references():
                raise TableError(
                    f"{where}, column {references!r}: {key!r} is not in {BIBLIOGRAPHY.name}"
                )
    table = pd.DataFrame(rows, columns=header).set_index("id")
    for column in NUMBERS:
        if column in table:
            table[column] = pd.to_numeric(table[column])
    return table


def _is_number(text):
    try:
        return "_" not in text and math.isfinite(float(text))  # Python alone reads 1_000
    except ValueError:
        return False
