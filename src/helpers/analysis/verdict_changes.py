"""What the verdicts would be if results came that nobody has seen yet."""

import itertools

from helpers import checks, evidence


def questions():
    """Question → its possible results, in the order of the table."""
    table = evidence.verdict_changes()
    return {
        question: list(dict.fromkeys(rows["result"]))
        for question, rows in table.groupby("question", sort=False)
    }


def judged(*results):
    """The verdict of each claim, a Series by id, if these results had been seen.

    Without any it is what we know today. Raises UnknownName for a result that the table lacks,
    ValueError for two results of one question, which cannot both be.
    """
    return _judged(evidence.verdict_changes(), evidence.claims()["verdict"], results)


def every():
    """The verdicts, as `judged` gives them, of every set of results that can be: for each question
    none or one of its results, the last question varying fastest.
    """
    table, today = evidence.verdict_changes(), evidence.claims()["verdict"]
    sets = itertools.product(*((None, *results) for results in questions().values()))
    return [_judged(table, today, filter(None, results)) for results in sets]


def _judged(table, today, results):
    verdicts, seen = today.copy(), {}
    for result in results:
        rows = table[table["result"] == checks.known("result", result, list(table["result"]))]
        question = rows["question"].iloc[0]
        if question in seen:
            raise ValueError(
                f"results must be of different questions, got {seen[question]!r} and {result!r} "
                f"of {question!r}"
            )
        seen[question] = result
        for row in rows.itertuples():
            verdicts[row.claim] = row.verdict
    return verdicts
