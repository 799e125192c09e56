"""The searches of the literature as readers see them: a table to repeat them, and when a text that
rests on them was last searched for.
"""

from datetime import date
from html import escape

from helpers import evidence

MONTHS = (
    "January February March April May June July August September October November December"
).split()


def last_searched(text=None):
    """The day on which the literature was last searched, as a `date`: of the searches on which
    sentences of `text` rest, else of all, the one that is longest ago.
    """
    table = evidence.searches()
    if text is not None:
        rests = [
            any(part in text for part in cell.split(" | ") if part) for cell in table["sentences"]
        ]
        table = table[rests] if any(rests) else table
    return date.fromisoformat(min(table["date"]))


def in_words(day):
    """'26 November 2026'."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def log():
    """HTML of the table of searches, each with its words and queries that repeat it."""
    rows = []
    for id, row in evidence.searches().iterrows():
        links = [f'<a href="{escape(row["pubmed"])}">PubMed</a>']
        if row["registers"]:
            links.append(f'<a href="{escape(row["registers"])}">registers</a>')
        rows.append(
            f'<tr role="row" id="search-{id.replace("_", "-")}">'
            f'<th scope="row" role="rowheader">{escape(row["question"])}</th>'
            f'<td role="cell">{escape(row["found"])} '
            f'<span class="ldn-sources">{row["date"]}; words: {escape(row["words"])}; '
            f"{row['hits']} passages, {row['kept']} used. "
            f"Search again: {', '.join(links)}.</span></td></tr>"
        )
    head = "".join(
        f'<th scope="col" role="columnheader">{name}</th>'
        for name in ("Question", "What was found")
    )
    places = "; ".join(dict.fromkeys(evidence.searches()["place"]))
    return (
        '<div class="ldn-ledger ldn-searches"><table role="table">'
        f"<caption>Searched were {escape(places)}</caption>"
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
    )
