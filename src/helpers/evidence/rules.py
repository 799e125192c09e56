"""What the rows of the tables must fulfil together, beyond what `read` and `datapackage.json` say.

Each rule looks at all tables and yields what is wrong, naming file, row, column, value and what was
expected. `problems` runs them all; tests and `add_trial` use it.
"""

import ast
import csv
import math
import operator
import re
from pathlib import Path

from helpers import evidence

# Measures whose % are shares of people, so that they must be whole numbers of people.
SHARES = ("percentage-point difference", "share of one group", "risk ratio")
# Where a row rests on the source's judgement, without p or interval, its note says so.
IN_WORDS = "by the source's words"
# A key of the bibliography that stands for an entry in a register of trials.
REGISTER = re.compile(r"(?:NCT|ACTRN|CTRI|IRCT|VCRC)\d")
# What a finding's estimate may be that is no row.
JOINT = ("pooled", "meta_analysis")


class Row(dict):
    """A row as text, with its place: `file` and `number` (row 1 is the header)."""

    def __init__(self, cells, file, number):
        super().__init__(cells)
        self.file, self.number = file, number

    def value(self, column):
        """The number in that cell, None if it is empty or there is no such column."""
        return float(self[column]) if self.get(column) else None

    def wrong(self, column, expected):
        """The message that this cell is not what was expected."""
        return (
            f"{self.file}, row {self.number}, column {column!r}: {self.get(column)!r}, "
            f"expected {expected}"
        )


def load(folder=evidence.FOLDER):
    """All tables as text: name -> list of `Row`. Raises TableError if one is damaged."""
    tables = {}
    for name in evidence.TABLES:
        evidence.read(name, folder)
        with (Path(folder) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = [
                Row(cells, f"{name}.csv", number)
                for number, cells in enumerate(csv.DictReader(file), start=2)
            ]
    return tables


def problems(folder=evidence.FOLDER):
    """All that is wrong in the tables of `folder`, as a list of messages."""
    try:
        tables = load(folder)
    except evidence.TableError as error:
        return [str(error)]
    return [message for rule in RULES for message in rule(tables)]


def package_problems(folder=evidence.FOLDER):
    """What the library of Frictionless Data finds wrong with the tables of `folder`, as messages.

    Needs `frictionless`, which only the tests and `make trial` install.
    """
    from frictionless import Package

    report = Package(str(Path(folder) / evidence.PACKAGE.name)).validate()
    found = [error.message for error in report.errors]
    for task in report.tasks:
        found += [f"{task.name}.csv: {error.message}" for error in task.errors]
    return found


def _rows(tables, *columns):
    # The rows of all tables that have these columns.
    for rows in tables.values():
        for row in rows:
            if all(column in row for column in columns):
                yield row


def _decimals(text):
    return len(text.partition(".")[2])


def _agrees(text, number):
    # Whether the printed text is that number, rounded as it is printed.
    return abs(float(text) - number) <= 0.5 * 10.0 ** -_decimals(text) + 1e-9


# ---------------------------------------------------------------- the rules


def intervals(tables):
    """An interval has two ends, in order, with the value between them."""
    for row in _rows(tables, "low", "high"):
        low, high, value = row.value("low"), row.value("high"), row.value("value")
        if (low is None) != (high is None):
            yield row.wrong("high", "both ends of the interval, or none")
        elif low is not None and not low <= high:
            yield row.wrong("high", f"at least low, {row['low']}")
        elif low is not None and value is not None and not low <= value <= high:
            yield row.wrong("value", f"within {row['low']} to {row['high']}")


def people(tables):
    """Enrolled ≥ randomised ≥ analysed; the arms of a parallel trial add up."""
    order = ("enrolled", "randomised", "analysed")
    for row in tables["studies"]:
        known = [column for column in order if row.value(column) is not None]
        for more, fewer in zip(known, known[1:]):
            if row.value(more) < row.value(fewer):
                yield row.wrong(fewer, f"at most {row[more]}, as many as were {more}")
        arms = [row.value(column) for column in ("ldn_randomised", "control_randomised")]
        if None not in arms and row.value("randomised") != sum(arms):
            yield row.wrong("randomised", f"{sum(arms):.0f}, the sum of the arms")


def outcomes_of_studies(tables):
    """An outcome belongs to a study and has no more people than were analysed or took part."""
    studies = {row["study"]: row for row in tables["studies"]}
    for row in tables["trials"]:
        study = studies.get(row["study"])
        if study is None:
            yield row.wrong("study", "a study of studies.csv")
            continue
        # Harms are counted in everybody who was randomised, benefit in those analysed.
        sizes = ("analysed", "randomised", "enrolled")[row["group"] == "harms" :]
        for column in sizes:
            if study.value(column) is not None and (row.value("n") or 0) > study.value(column):
                yield row.wrong("n", f"at most {study[column]}, as many as were {column}")
                break
        arms = [row.value(column) for column in ("n_ldn", "n_control")]
        if None not in arms and row.value("n") != sum(arms):
            yield row.wrong("n", f"{sum(arms):.0f}, the sum of n_ldn and n_control")
        for column in ("n_ldn", "n_control"):
            most = study.value(column.removeprefix("n_") + "_randomised")
            if most is not None and (row.value(column) or 0) > most:
                yield row.wrong(column, f"at most {most:.0f}, as many as were randomised to it")


def shares(tables):
    """A percentage of people is a whole number of people, at the precision printed."""
    studies = {row["study"]: row for row in tables["studies"]}
    checked = []
    for row in tables["trials"]:
        if row["unit"] == "%" and row["measure"] in SHARES:
            alone = studies.get(row["study"], {}).get("design") != "parallel"
            checked += [
                (row, "arm_ldn", row.value("n_ldn") or (row.value("n") if alone else None)),
                (row, "arm_control", row.value("n_control") or (row.value("n") if alone else None)),
            ]
            if row["measure"] == "share of one group":
                checked.append((row, "value", row.value("n")))
    for row in (*tables["treatments"], *tables["diseases"]):
        if row["unit"] == "%":
            checked.append((row, "value", row.value("n")))
    for row, column, n in checked:
        share = row.value(column)
        if share is None:
            continue
        if n is None:
            if row.file == "trials.csv" and "people" not in row["note"]:
                yield row.wrong("note", "a word on the number of people, for n is empty")
        elif not any(
            _agrees(row[column], 100 * (round(share * n / 100) + step) / n) for step in (-1, 0, 1)
        ):
            yield row.wrong(column, f"a whole number of {n:.0f} people")


def secondary(tables):
    """A secondary row names a source of `secondhand.csv`, and what was read in its place."""
    where = {row["id"]: row for row in tables["secondhand"]}
    for row in tables["secondhand"]:
        for column in ("id", "key"):
            if row[column] and row[column] not in evidence._references():
                yield row.wrong(column, f"a key of {evidence.BIBLIOGRAPHY.name}")
    for row in _rows(tables, "seen", "source"):
        if row["seen"] == "secondary":
            keys = row["source"].split()
            known = [where[key] for key in keys if key in where]
            if not known:
                yield row.wrong("source", "a source that secondhand.csv explains")
            elif all(entry["key"] and entry["key"] not in keys for entry in known):
                yield row.wrong("source", f"also {known[0]['key']}, in which it was read")


def favours(tables):
    """What `favours` says follows from the interval, else from p, else from the source's words."""
    for row in tables["trials"]:
        word, empty = row["favours"], row["measure"] == "no result"
        if (word == "no result") != empty or (empty and (row["value"] or row["arm_ldn"])):
            yield row.wrong("favours", "'no result' where measure is, and then no number")
        if word in ("no control", "no result"):
            continue
        null = 1 if "ratio" in row["measure"] else 0
        value = row.value("value")
        if value is None and row["arm_ldn"] and row["arm_control"]:
            value, null = row.value("arm_ldn"), row.value("arm_control")
        better = {"lower": -1, "higher": 1, "none": 0}[row["better"]]
        side = ("LDN", "control")
        if value is not None and value != null and better:
            side = ("LDN",) if (value > null) == (better > 0) else ("control",)
        if row["low"] and row["high"]:
            clear = not row.value("low") <= null <= row.value("high")
            expected = side if clear else ("neither",)
        elif row["p"]:
            clear = row.value("p") <= 0.05 and row["p_relation"] != ">"
            expected = side if clear else ("neither",)
        elif IN_WORDS in row["note"]:
            expected = (*side, "neither")
        else:
            expected = ("no test",)
        if word not in expected:
            yield row.wrong("favours", " or ".join(expected))


def derived(tables):
    """A derived number has a formula, and follows from it as it is printed."""
    for name, rows in tables.items():
        everything = {row.get("id") or row.get("study"): row for row in rows}
        for row in rows:
            formula = row.get("formula", "")
            if row.get("seen") == "derived" and not formula:
                yield row.wrong("formula", "how the number is derived, 'value = …'")
            if row.get("interval") == "derived" and "low =" not in formula:
                yield row.wrong("formula", "how the interval is derived, 'low = …; high = …'")
            for part in filter(None, (part.strip() for part in formula.split(";"))):
                column, _, expression = part.partition("=")
                column = column.strip()
                try:
                    number = calculate(expression.strip(), row, everything)
                except (ArithmeticError, LookupError, SyntaxError, TypeError, ValueError) as error:
                    yield row.wrong("formula", f"arithmetic that can be done: {part}: {error}")
                    continue
                if column not in evidence.numeric(name) or not row[column]:
                    yield row.wrong("formula", f"a number in column {column!r}")
                elif not _agrees(row[column], number):
                    yield row.wrong(column, f"{number:.4g}, by {part}")


def repeated(tables):
    """No outcome of a study stands twice."""
    seen = {}
    for row in tables["trials"]:
        key = tuple(row[c] for c in ("study", "outcome", "at_weeks", "measure", "control"))
        if key in seen:
            yield row.wrong("outcome", f"an outcome that is not in row {seen[key]} already")
        seen.setdefault(key, row.number)


def registered(tables):
    """What the bibliography has from a register of trials belongs to a study of the table."""
    cited = {key for row in tables["studies"] for key in row["source"].split()}
    for key in evidence._references():
        if REGISTER.match(key) and key not in cited:
            yield (
                f"studies.csv, row {len(tables['studies']) + 2}, column 'source': '', "
                f"expected a study that rests on {key} of {evidence.BIBLIOGRAPHY.name}"
            )


def findings(tables):
    """A finding rests on rows that are there, or on a search; it types no number."""
    known = {row["id"]: row for name in ("trials", "outcomes") for row in tables[name]}
    studies = {row["study"]: row for row in tables["studies"]}
    searches = {row["id"] for row in tables["searches"]}
    for row in tables["findings"]:
        ids = row["rows"].split()
        if not ids and not row["search"]:
            yield row.wrong("search", "a search, where there are no rows")
        if row["search"] and row["search"] not in searches:
            yield row.wrong("search", "a search of searches.csv")
        for column, special in (("rows", ()), ("estimate", JOINT), ("baseline", ())):
            for id in row[column].split():
                if id not in known and id not in special:
                    yield row.wrong(column, "ids of trials.csv or outcomes.csv")
        for id in row["baseline"].split():
            if known.get(id, {}).get("unit") != "%" or not known[id]["arm_control"]:
                yield row.wrong("baseline", f"shares of people; {id} has none on control")
        kinds = {studies[known[id]["study"]]["kind"] for id in ids if _of_study(known, studies, id)}
        randomised = kinds <= {"randomised trial", "review"}
        start = ("high" if randomised else "low") if ids else ""
        if row["start"] != start:
            yield row.wrong("start", f"{start!r} for {', '.join(sorted(kinds)) or 'no rows'}")
        if any(letter.isdigit() for letter in row["says"]):
            yield row.wrong("says", "words; numbers are computed from the rows")


def _of_study(known, studies, id):
    return id in known and known[id]["study"] in studies


def certainties(tables):
    """Each finding with rows is judged once in each of the five domains; steps are certain."""
    domains = evidence.fields("certainty")["domain"]["constraints"]["enum"]
    findings = {row["id"]: row for row in tables["findings"]}
    judged = {}
    for row in tables["certainty"]:
        if not findings.get(row["finding"], {}).get("rows"):
            yield row.wrong("finding", "a finding of findings.csv that has rows")
        if row["domain"] in judged.setdefault(row["finding"], []):
            yield row.wrong("domain", "a domain that is not judged already")
        judged[row["finding"]].append(row["domain"])
        if row["judged"] == "no" and row["steps"] != "0":
            yield row.wrong("steps", "0, for what could not be judged")
        if any(letter.isdigit() for letter in row["reason"]):
            yield row.wrong("reason", "words; numbers are computed from the rows")
    for id, row in findings.items():
        expected = domains if row["rows"] else []
        if set(judged.get(id, [])) != set(expected):
            yield row.wrong("id", f"a finding judged in {', '.join(expected) or 'no domain'}")


def verdict_changes(tables):
    """A result moves a claim away from its verdict, and no other question moves the same claim."""
    claims = {row["id"]: row for row in tables["claims"]}
    moved, asked = {}, {}
    for row in tables["verdict_changes"]:
        claim = claims.get(row["claim"])
        if claim is None:
            yield row.wrong("claim", "a claim of claims.csv")
        elif claim["verdict"] == row["verdict"]:
            yield row.wrong("verdict", f"another than that of {row['claim']} today")
        question = moved.setdefault(row["claim"], row["question"])
        if question != row["question"]:
            yield row.wrong("claim", f"a claim that no other question moves; {question!r} does")
        if asked.setdefault(row["result"], row["question"]) != row["question"]:
            yield row.wrong("result", "a result of one question")


RULES = (
    intervals,
    people,
    outcomes_of_studies,
    shares,
    secondary,
    favours,
    derived,
    repeated,
    registered,
    findings,
    certainties,
    verdict_changes,
)


# ---------------------------------------------------------------- formulas

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def risk_ratio(a, n, b, m):
    """Risk ratio of a of n people against b of m."""
    return (a / n) / (b / m)


def risk_ratio_end(sign, a, n, b, m):
    """An end of its 95% interval, by the normal distribution of its logarithm: sign -1 or 1."""
    error = math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return risk_ratio(a, n, b, m) * math.exp(sign * 1.959964 * error)


def fisher(a, n, b, m):
    """Two-sided p of Fisher's exact test of a of n people against b of m."""
    from scipy.stats import fisher_exact  # slow to load

    return fisher_exact([[a, n - a], [b, m - b]]).pvalue


def reach(value, p, df):
    """Half of the 95% interval of a difference, from its p by a t test with that many df."""
    from scipy import stats  # slow to load

    return abs(value) / stats.t.isf(p / 2, df) * stats.t.isf(0.025, df)


def pooled(row, *others):
    """Mean and standard error of rows pooled with equal true effects; of logarithms for ratios."""
    scale = math.log if "ratio" in row["measure"] else float
    rows = (row, *others)
    errors = [(scale(r.value("high")) - scale(r.value("low"))) / (2 * 1.959964) for r in rows]
    weights = [error**-2 for error in errors]
    mean = sum(w * scale(r.value("value")) for w, r in zip(weights, rows)) / sum(weights)
    return mean, sum(weights) ** -0.5, math.exp if scale is math.log else float


def calculate(expression, row, rows):
    """The number that a formula gives: arithmetic of numbers, columns of `row` and these functions.

    `of("id", "column")` is a number of another of `rows`; `pooled_mean("id", …)`, `pooled_low` and
    `pooled_high` pool such rows. Raises ValueError, KeyError or SyntaxError for anything else.
    """

    def end(sign):
        def function(*ids):
            mean, error, back = pooled(*(rows[id] for id in ids))
            return back(mean + sign * 1.959964 * error)

        return function

    functions = {
        "risk_ratio": risk_ratio,
        "risk_ratio_low": lambda *counts: risk_ratio_end(-1, *counts),
        "risk_ratio_high": lambda *counts: risk_ratio_end(1, *counts),
        "fisher": fisher,
        "reach": reach,
        "round": lambda x, digits=0: round(x, int(digits)),
        "of": lambda id, column: known_row(id).value(column),
        "pooled_mean": end(0),
        "pooled_low": end(-1),
        "pooled_high": end(1),
    }

    def known_row(id):
        if id not in rows:
            raise ValueError(f"row {id!r} is not in the table")
        return rows[id]

    def visit(node):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)):
            # As floats: a power of whole numbers may take for ever.
            return node.value if isinstance(node.value, str) else float(node.value)
        if isinstance(node, ast.Name):
            if row.value(node.id) is None:
                raise ValueError(f"column {node.id!r} is empty")
            return row.value(node.id)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](visit(node.left), visit(node.right))
        if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](visit(node.operand))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id not in functions or node.keywords:
                raise ValueError(f"function {node.func.id!r} is none of {', '.join(functions)}")
            return functions[node.func.id](*map(visit, node.args))
        raise ValueError(f"{ast.unparse(node)!r} is no arithmetic")

    return visit(ast.parse(expression, mode="eval").body)
