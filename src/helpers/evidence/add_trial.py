"""`make trial`: a new study and its outcomes into the tables, checked as the tests would.

Asks for every column, or reads them from a TOML file with a table [study] and one [[outcome]] for
each outcome. Writes all of it or nothing, and lists what moves: figures, pooled numbers, sentences
with computed numbers or that say that nothing was found, claims and findings on the disease, and
where an old number is typed. Its sources must stand in `references.bib` before.
"""

import argparse
import ast
import csv
import io
import json
import re
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from helpers import evidence
from helpers.evidence import rules, study_cards

ROOT = Path(__file__).parents[3]
# What a number is computed with if it rests on all studies.
COMPUTED = re.compile(r"\b(person_years|standardised|leave_one_out|studies)\(")
# The name in `pooled_numbers` of the sum that claims and self-checks type.
TYPED = "the same sum, as claims and self-checks type it"
# What a figure or control calls if it shows trials.
SHOWN = re.compile(r"\btrials\(|\bstandard_errors\(|" + COMPUTED.pattern)


class NotAdded(ValueError):
    """Nothing was written; the message lists why."""


def rows_of_file(path):
    """The study and its outcomes of a TOML file: (dict, list of dicts), cells as text.

    Raises NotAdded for a file that is no TOML, or lacks [study] or [[outcome]].
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        parts = tomllib.loads(text, parse_float=str)  # as printed: 27.10 is no 27.1
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotAdded(f"{path}: {error}") from error
    unknown = sorted(set(parts) - {"study", "outcome"})
    if unknown or not parts.get("study") or not parts.get("outcome"):
        raise NotAdded(f"{path}: expected [study] and one or more [[outcome]], got {list(parts)}")
    as_text = lambda cells: {name: str(value) for name, value in cells.items()}
    return as_text(parts["study"]), [as_text(cells) for cells in parts["outcome"]]


def rows_of_questions(ask=input):
    """The same, asked for column by column. ask: takes a question, gives the answer."""

    def answers(table, given):
        cells = {}
        for name, field in evidence.fields(table).items():
            if name in given:
                continue
            constraints = field.get("constraints", {})
            words = f" [{', '.join(constraints['enum'])}]" if "enum" in constraints else ""
            needed = "" if constraints.get("required") else " (Enter: not known)"
            cells[name] = ask(f"{name}: {field['description']}{words}{needed}\n> ").strip()
        return cells

    study = answers("studies", {})
    outcomes = []
    while not outcomes or ask("Another outcome? (y, n)\n> ").strip().lower().startswith("y"):
        outcomes.append(answers("trials", {"study"}))
    return study, outcomes


def _text(table, row, lines):
    # The row as a line of CSV, in the order of the file's columns. Unknown columns are refused.
    header = next(csv.reader(io.StringIO(lines)))
    unknown = sorted(set(row) - set(header))
    if unknown:
        raise NotAdded(f"{table}.csv has no column {unknown[0]!r}; it has {', '.join(header)}")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([row.get(name, "") for name in header])
    return out.getvalue()


def add(study, outcomes, folder=evidence.FOLDER):
    """Add a study (dict by column) and its outcomes (list of dicts, `study` filled in) to the
    tables of `folder`. Raises NotAdded, with all that is wrong, and then leaves them as they were.
    """
    folder = Path(folder)
    new = {"studies": [study]}
    new["trials"] = [{"study": study.get("study", "")} | outcome for outcome in outcomes]
    texts = {}
    for table, rows in new.items():
        lines = (folder / f"{table}.csv").read_text(encoding="utf-8")
        texts[table] = lines + "".join(_text(table, row, lines) for row in rows)
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for path in folder.glob("*.*"):
            if path.suffix in (".csv", ".json", ".bib"):
                shutil.copy(path, copy)
        for table, text in texts.items():
            (copy / f"{table}.csv").write_text(text, encoding="utf-8")
        wrong = rules.problems(copy) or rules.package_problems(copy)
    if wrong:
        raise NotAdded("\n".join(wrong))
    # Both are written beside the tables first, so that a full disk stops it before either moves.
    for table, text in texts.items():
        (folder / f"{table}.csv.new").write_text(text, encoding="utf-8")
    for table in texts:
        (folder / f"{table}.csv.new").replace(folder / f"{table}.csv")


def figures():
    """The figures and controls made from the trials: their names, as 'chapter.function'."""
    found = []
    for folder in ("figures", "controls"):
        for path in sorted((ROOT / "src/helpers" / folder).glob("*.py")):
            source = path.read_text(encoding="utf-8")
            for node in ast.parse(source).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    if SHOWN.search(ast.get_source_segment(source, node)):
                        found.append(f"{folder}.{path.stem}.{node.name}")
    return found


def sentences():
    """The sentences of the chapters with a number computed from all studies: (file, sentence)."""
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        names = set()
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            for node in ast.parse("".join(cell["source"])).body:
                if isinstance(node, ast.Assign):
                    code = ast.unparse(node.value)
                    used = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                    if COMPUTED.search(code) or used & names:
                        names |= {
                            n.id
                            for target in node.targets
                            for n in ast.walk(target)
                            if isinstance(n, ast.Name)
                        }
        for cell in cells:
            if cell["cell_type"] == "markdown":
                for line in "".join(cell["source"]).splitlines():
                    if set(re.findall(r"\{eval\}`(\w+)`", line)) & names:
                        found.append((path.name, line.strip()))
    return found


def pooled_numbers():
    """Numbers that are computed from all trials: name -> text."""
    from helpers.analysis import meta_analysis, rare_events  # slow to load

    table = meta_analysis.standardised()
    pool = meta_analysis.pool(table["d"], table["se"])
    years = rare_events.person_years()["years"]
    return {
        "person-years on LDN in randomised trials": f"{years.sum():.1f} in {len(years)} trials",
        TYPED: f"{years.sum():.0f}",
        "pain in fibromyalgia, four trials pooled (SDs)": f"{pool.mean:.2f} "
        f"({pool.low:.2f} to {pool.high:.2f})",
        "studies in the table": f"{len(evidence.studies())}",
        "outcomes in the table": f"{len(evidence.trials())}",
    }


def _same_disease(condition):
    # What matches the conditions and questions of the same family of diseases.
    family = study_cards.disease(condition)
    return re.compile(study_cards.DISEASES.get(family, re.escape(condition)), re.IGNORECASE)


def claims_on(study):
    """The ids of the claims that cite a study of the same family of diseases (see `study_cards`) as
    `study` (dict by column), without reviews and what we pooled.
    """
    table = evidence.studies()
    same = table["condition"].str.contains(_same_disease(study["condition"]))
    same &= ~table["kind"].isin(["review", "pooling by us"])
    keys = set(" ".join(table.loc[same, "source"]).split()) | set(study["source"].split())
    claims = evidence.claims()
    return [id for id, cited in claims["references"].items() if keys & set(cited.split())]


def findings_on(study):
    """The ids of the findings on the same family of diseases as `study` (dict by column)."""
    table = evidence.read("findings")
    return list(table.index[table["condition"].str.contains(_same_disease(study["condition"]))])


def not_found(study):
    """Parts of sentences that nothing was found, by searches on that family of diseases."""
    table = evidence.searches()
    same = table["question"].str.contains(_same_disease(study["condition"]))
    parts = " | ".join(table.loc[same, "sentences"]).split(" | ")
    return [part for part in parts if part]


def typed(number):
    """Where a number is typed as words around it show: claims and self-checks, as 'file: text'."""
    evidence_folder = ROOT / "src/helpers/evidence"
    paths = [evidence_folder / "claims.csv"]
    paths += sorted((ROOT / "src/helpers/self_check").glob("*.toml"))
    word = re.compile(rf"(?:\S+ ){{0,4}}(?<![\d.,]){re.escape(number)} person-years(?: \S+)?")
    return [
        f"{path.name}: …{match[0]}…"
        for path in paths
        for match in word.finditer(path.read_text(encoding="utf-8"))
    ]


def report(study, before, after):
    """What to look at after a study was added, as text. before, after: of `pooled_numbers`."""
    lines = ["Pooled numbers:"]
    for name, number in after.items():
        was = f" (was {before[name]})" if before[name] != number else " (as before)"
        lines.append(f"  {name}: {number}{was}")
    lines.append("  The four trials that are pooled are named in analysis/meta_analysis.py.")
    if before[TYPED] != after[TYPED]:
        lines.append(f"Typed, to be changed from {before[TYPED]} to {after[TYPED]}:")
        lines += [f"  {place}" for place in typed(before[TYPED])]
    lines.append("Figures and controls of trials; where rows are named there, name the new ones:")
    lines += [f"  {name}" for name in figures()]
    lines.append("Sentences with numbers computed from all studies:")
    lines += [f"  {file}: {sentence}" for file, sentence in sentences()]
    lines.append("Parts of sentences that say that nothing was found; does that still hold?")
    lines += [f"  {part}" for part in not_found(study)] or ["  none on this disease"]
    lines.append(f"Claims that cite studies of {study['condition']} and its like:")
    lines.append("  " + (", ".join(claims_on(study)) or "none"))
    lines.append("Findings on it (findings.csv):")
    lines.append("  " + (", ".join(findings_on(study)) or "none"))
    lines.append("Now read these, say in book/changelog.md what is new, and run make test.")
    return "\n".join(lines)


def main(arguments=None):
    """The command: returns 0, or 1 if nothing was written."""
    parser = argparse.ArgumentParser(prog="make trial", description=__doc__.split("\n")[0])
    parser.add_argument("--from", dest="file", help="TOML file with [study] and [[outcome]]")
    chosen = parser.parse_args(arguments)
    before = pooled_numbers()
    try:
        study, outcomes = rows_of_file(chosen.file) if chosen.file else rows_of_questions()
        add(study, outcomes)
    except NotAdded as error:
        print(f"Nothing was written:\n{error}", file=sys.stderr)
        return 1
    print(f"{study['study']}: 1 study and {len(outcomes)} outcomes added.\n")
    print(report(study, before, pooled_numbers()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
