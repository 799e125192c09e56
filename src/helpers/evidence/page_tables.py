"""The HTML that the pages of tables share: the ledger, every trial, findings and searches."""

import re
from html import escape


def slug(text):
    """`text` as an id of a page: 'Younger 2013' → 'younger-2013'."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def prose(text):
    """Words of a table's cell as HTML; a negative number has a minus, as everywhere else."""
    return re.sub(r"(?<![\w.\-/–])-(?=\d)", "−", escape(text))


def table(kind, caption, heads, bodies, data=""):
    """A table in its box. On narrow screens it is shown as cards; the roles keep it a table for
    screen readers.

    kind: classes of the box beside its own. caption, bodies (the `tbody` elements): HTML.
    heads: words of the columns. data: attributes of the box, which ledger.js reads.
    """
    head = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in heads)
    box = " ".join(filter(None, ("ldn-ledger", kind)))
    return (
        f'<div class="{box}"{data and " " + data}><table role="table"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>{bodies}</table></div>'
    )


def terms(items):
    """A list of terms: word → HTML; what is empty is left out."""
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in items.items() if v) + "</dl>"
