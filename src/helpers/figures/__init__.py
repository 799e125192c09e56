"""The figures of the book, one module a chapter.

Data in, a `Figure` with alt text, sources and data out.
"""

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from helpers import evidence, style
from helpers.badges import badge


@dataclass(frozen=True)
class Figure:
    """A finished figure, shown by a notebook as a picture with caption.

    number: "3.2", unique in the book.
    provenance: Data, Fit or Illustration.
    caption: what to see, in a sentence or two (HTML).
    sources: BibTeX keys separated by spaces; a key may come twice.
    alt: what the picture shows, for readers who cannot see it.
    canvas: the matplotlib figure.
    data: the numbers drawn, offered as CSV.
    """

    number: str
    provenance: str
    caption: str
    sources: str
    alt: str
    canvas: Canvas
    data: pd.DataFrame

    @property
    def id(self):
        """The anchor of the figure in the page: figure-3-2."""
        return "figure-" + self.number.replace(".", "-")

    def _repr_html_(self):
        picture = style.svg(self.canvas, self.id, self.alt)
        data = download(self.id, self.data)
        return (
            f'<figure class="ldn-figure" id="{self.id}">{picture}'
            f"<figcaption>{badge(self.provenance)} "
            f"<strong>Figure {self.number}.</strong> {self.caption} "
            f'<span class="ldn-sources">{sources_line(self.sources)}{data}'
            f"<!-- report figure {self.id} -->"
            "</span></figcaption></figure>"
        )


def in_a_hundred(percentage):
    """A percentage, or a Series of them, as whole people in a hundred.

    Halves count as one, so that 14.5% is 15 people.
    """
    return np.floor(percentage + 0.5)


def columns(table, *names):
    """The rows of an evidence table as a figure's data.

    names: the columns to keep, and the id if wanted; `source` and `seen`,
    which say where each number is from, are added.
    """
    return table.reset_index()[[*names, "source", "seen"]]


def sources_line(keys):
    """'Sources: Lee 1988, …' with links, or nothing if there are none."""
    return f"Sources: {evidence.cite(keys)}. " if keys else ""


def download(name, data):
    """A link that saves `data` as <name>.csv without any server.

    In the built book it leads to a file (book_weight.py).
    """
    text = quote(data.to_csv(index=False, float_format="%.4g"))
    return (
        f'<a download="{escape(name)}.csv" '
        f'href="data:text/csv;charset=utf-8,{text}">Data (CSV)</a>'
    )
