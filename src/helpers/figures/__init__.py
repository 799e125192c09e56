"""The figures of the book, one module a chapter.

Data in, a `Figure` with alt text, sources and data out.
"""

import itertools
import math
import string
from dataclasses import dataclass
from html import escape
from numbers import Real
from urllib.parse import quote

import numpy as np
import pandas as pd

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
    canvas: style.Canvas
    data: pd.DataFrame

    @property
    def id(self):
        """The anchor of the figure in the page: figure-3-2."""
        return "figure-" + self.number.replace(".", "-")

    def _repr_html_(self):
        picture = style.pictures(self.canvas, self.id, self.alt)
        data = download(self.id, self.data)
        return (
            f'<figure class="ldn-figure" id="{self.id}">{picture}'
            f"<figcaption>{badge(self.provenance)} "
            f"<strong>Figure {self.number}.</strong> {self.caption} "
            f'<span class="ldn-sources">{sources_line(self.sources)}{data}'
            f"<!-- report figure {self.id} -->"
            "</span></figcaption></figure>"
        )


class Spoken(str):
    """Words that know which of them were filled in.

    numbers: (start, end, value) of each number, in the order of the words.
    held: (start, end) of words that are there because they are true.
    """

    def __new__(cls, words, numbers=(), held=()):
        text = super().__new__(cls, words)
        text.numbers, text.held = tuple(numbers), tuple(held)
        return text


class _Filler(string.Formatter):
    """`str.format` that remembers the numbers."""

    def vformat(self, words, given, named):
        text, numbers, held, places = "", [], [], itertools.count()
        for before, field, form, conversion in self.parse(words):
            text += before
            if field is None:
                continue
            field = field or str(next(places))
            value, _ = self.get_field(field, given, named)
            said = format(self.convert_field(value, conversion), form)
            at = len(text)
            if isinstance(value, Real):
                if not math.isfinite(value):
                    raise ValueError(f"{field!r} of {words!r} is {value}")
                numbers.append((at, at + len(said), float(value)))
            elif isinstance(value, Spoken):
                for start, end, number in value.numbers:
                    numbers.append((at + start, at + end, number))
                for start, end in value.held:
                    held.append((at + start, at + end))
            text += said
        return Spoken(text, numbers, held)


def say(words, *given, **named):
    """Words with each {field} filled in as `str.format` does.

    Descriptions and captions are made so: the numbers come from the data
    of the picture, and a test finds each of them there.
    Returns `Spoken`. Raises KeyError for a field without a value, and
    ValueError for a number that is none.
    """
    return _Filler().vformat(words, given, named)


def say_each(words, rows, between=", "):
    """`words` filled in with each row in turn, joined by `between`.

    rows: a DataFrame whose columns are the fields.
    """
    parts = [say(words, **row) for row in rows.to_dict("records")]
    return say(between.join(["{}"] * len(parts)), *parts)


class Untrue(ValueError):
    """Words under a picture that its data no longer bear out."""


def holds(words, *true):
    """The words, as long as all of `true` are.

    A changed number must change the words. Returns `Spoken`; raises
    `Untrue` where the words would be false.
    """
    if not all(true):
        raise Untrue(f"this is no longer so: {words!r}; say what is")
    return Spoken(words, held=[(0, len(words))])


def row_at(table, column, value):
    """The row of the table whose `column` is nearest to `value`."""
    return table.iloc[(table[column] - value).abs().argmin()]


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
    rows = data.to_csv(index=False, float_format=_as_published)
    # The mark in front tells a spreadsheet that µ and β are UTF-8.
    text = quote("\ufeff" + rows)
    return (
        f'<a download="{escape(name)}.csv" '
        f'href="data:text/csv;charset=utf-8,{text}">Data (CSV)</a>'
    )


def _as_published(number):
    """A published number to its last digit, a computed one to six."""
    exact = f"{number:.10g}"
    return exact if float(exact) == number else f"{number:.6g}"
