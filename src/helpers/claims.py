"""The claims of a chapter as its readers see them: our paraphrase, the verdict, why, and the sources."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from helpers import evidence
from helpers.badges import badge


@dataclass(frozen=True)
class ClaimList:
    """Claims, shown by a notebook as a list; each carries its id as anchor and links to where it is discussed."""

    table: pd.DataFrame

    def _repr_html_(self):
        items = "".join(
            f'<li id="{claim.Index}"><p><strong>{claim.Index}</strong> <a href="#{claim.anchor}">{escape(claim.claim)}</a> '
            f"{badge(claim.verdict)}</p><p>{escape(claim.reason)} "
            f'<span class="ldn-sources">Sources: {evidence.cite(claim.references)}.</span></p></li>'
            for claim in self.table.itertuples()
        )
        return f'<ul class="ldn-claims">{items}</ul>'


def show(chapter):
    """The `ClaimList` of a chapter ("03"). Raises UnknownName if it has none."""
    return ClaimList(evidence.claims(chapter))
