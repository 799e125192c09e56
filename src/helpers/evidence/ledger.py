"""The claims as readers see them: a chapter's list, and the ledger of all of them."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from helpers import checks, evidence, self_check
from helpers.badges import VERDICTS, badge
from helpers.evidence.page_tables import prose, table

LEDGER = "book/claims.md"


@dataclass(frozen=True)
class ClaimList:
    """Claims, shown by a chapter as a list, one line each; each carries its id as anchor and opens
    to the reason, the sources, and the ways to where it is discussed and to the ledger.
    """

    table: pd.DataFrame

    def _repr_html_(self):
        # The style is for JupyterLab, which hides that a line opens.
        items = "".join(
            f'<li id="{claim.Index}"><details>'
            '<summary style="display:list-item;cursor:pointer">'
            f"<strong>{claim.Index}</strong> {escape(claim.claim)} {badge(claim.verdict)}</summary>"
            f"<p>{prose(claim.reason)}</p>"
            '<p class="ldn-sources">'
            f'<a href="#about-{claim.Index}">{claim.Index} in the text</a> · '
            f'<a href="../{LEDGER}#{claim.Index}">{claim.Index} in the ledger</a> · '
            f"Sources: {evidence.cite(claim.references)}. "
            f"<!-- report claim {claim.Index} --></p></details></li>"
            for claim in self.table.itertuples()
        )
        return f'<ul class="ldn-claims">{items}</ul>'


def show(chapter):
    """The `ClaimList` of a chapter ("03"). Raises UnknownName if it has none."""
    page(chapter)  # which raises for None, too
    return ClaimList(evidence.claims(chapter))


def page(chapter):
    """The source file of that chapter ("00" is the introduction), from the book's root.

    Raises UnknownName if there is none.
    """
    files = {"00": "book/intro.md"} | {
        name[:2]: f"notebooks/{name}.ipynb" for name in self_check.chapters()
    }
    return files[checks.known("chapter", chapter, sorted(files))]


def discussion(id, claim, to_root):
    """Where the claim (a row of the table) is discussed,
    as a link from a page `to_root` below the book's root.
    """
    return f"{to_root}/{page(claim['chapter'])}#about-{id}"


def ledger():
    """HTML of the table of all claims, each a link to its discussion;
    ledger.js adds filters and sorting, without it the whole table stands.
    """
    rows = []
    order = {verdict: i for i, verdict in enumerate(VERDICTS)}
    for id, claim in evidence.claims().iterrows():
        words = f'<a href="{discussion(id, claim, "..")}">{escape(claim["claim"])}</a>'
        rows.append(
            f'<tr role="row" id="{id}" data-verdict="{claim["verdict"]}" '
            f'data-section="{escape(claim["section"])}">'
            f'<th scope="row" role="rowheader">{id}</th>'
            f'<td role="cell">{words} '
            f'<span class="ldn-sources">{escape(claim["section"])}</span></td>'
            f'<td role="cell" data-order="{order[claim["verdict"]]}">{badge(claim["verdict"])}</td>'
            f'<td role="cell">{prose(claim["reason"])} '
            f'<span class="ldn-sources">Sources: {evidence.cite(claim["references"])}. '
            f"<!-- report claim {id} --></span></td></tr>"
        )
    return table(
        "",
        "The article's claims, in our words, with verdicts",
        ("Id", "Claim", "Verdict", "Why, and sources"),
        f'<tbody role="rowgroup">{"".join(rows)}</tbody>',
        'data-items="claims" data-filters="Verdict Section"',
    )
