"""Tables of words that chapters show: routes beside the receptors in the brain, and what others
concluded.
"""

from dataclasses import dataclass
from html import escape

import pandas as pd

from helpers import evidence


@dataclass(frozen=True)
class WordTable:
    """A table of words for a chapter; on a narrow screen each row becomes a card.

    rows: columns as shown, and, where each has its own, `source`, BibTeX keys. caption: plain text.
    """

    rows: pd.DataFrame
    caption: str

    def _repr_html_(self):
        columns = [column for column in self.rows if column != "source"]
        cited = ["source"] if "source" in self.rows else []
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in [*columns, *cited])
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(str(row[name]))}</td>" for name in columns)
            + "".join(f"<td>{evidence.cite(row[name])}</td>" for name in cited)
            + "</tr>"
            for _, row in self.rows.iterrows()
        )
        return (
            f'<table class="table ldn-cards ldn-words"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def routes():
    """The `WordTable` of pathways.csv: by which other routes LDN might act, and what was seen."""
    names = {"pathway": "route", "system": "in", "finding": "what was seen", "seen": "read in"}
    rows = evidence.pathways().rename(columns=names)
    caption = "Other routes by which naltrexone, or the body's own opioids, might act on immunity"
    return WordTable(rows[[*names.values(), "source"]], caption)


def positions():
    """The `WordTable` of positions.csv: what authors, agencies and reviews concluded."""
    table = evidence.positions()
    rows = table.assign(year=table["year"].map(lambda y: "" if pd.isna(y) else f"{y:.0f}"))
    rows = rows.rename(columns={"condition": "about", "seen": "read in"})
    return WordTable(
        rows[["who", "year", "about", "position", "read in", "source"]],
        "What others concluded about LDN; no guideline with a position was found",
    )


def what_would_change():
    """The `WordTable` of verdict_changes.csv: which result would move which claims, and why."""
    claims = evidence.claims()
    rows = [
        {
            "result": row.result,
            "claim": f"{row.claim}, {claims.loc[row.claim, 'claim']}",
            "verdict": f"{claims.loc[row.claim, 'verdict']} → {row.verdict}",
            "why": row.reason,
        }
        for row in evidence.verdict_changes().itertuples()
    ]
    return WordTable(
        pd.DataFrame(rows), "Results that nobody has seen yet, and what they would move"
    )
