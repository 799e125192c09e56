"""The badges of the book: wording, icon and colour of verdicts, of figures and of certainty,
defined once.

Colours for light and dark pages are in book/web/book.css under the name of the style;
`colour` is the light one, for figures drawn with matplotlib.
`dash` tells arrows apart without colour.
"""

from dataclasses import dataclass
from html import escape

from helpers import checks


@dataclass(frozen=True)
class Badge:
    """An icon, a CSS name for its colour, what it means, and how figures draw it."""

    icon: str
    style: str
    meaning: str
    colour: str = "#175e93"
    dash: object = "-"


VERDICTS = {
    "well established": Badge(
        "●",
        "good",
        "Supported by direct, repeated evidence; experts would not dispute it.",
        "#1a6b3c",
        "-",
    ),
    "supported in part": Badge(
        "◐",
        "part",
        "True in part, or true elsewhere than the article claims.",
        "#7a5200",
        (0, (7, 2)),
    ),
    "plausible but unproven": Badge(
        "○",
        "open",
        "It could be so; nobody has shown it in people by a controlled study.",
        "#4b5560",
        (0, (1.5, 2)),
    ),
    "contested": Badge(
        "◇",
        "split",
        "Published findings disagree, or point the other way for part of it.",
        "#6a3d9a",
        (0, (6, 2, 1, 2)),
    ),
    "contradicted or misleading": Badge(
        "✕",
        "bad",
        "The evidence says otherwise, or the wording gives a wrong picture.",
        "#a32116",
        (0, (3, 3)),
    ),
}

PROVENANCE = {
    "Data": Badge(
        "▦", "data", "Numbers from the book's tables, as published or calculated from them."
    ),
    "Fit": Badge("∿", "fit", "A model fitted to published numbers, with its uncertainty."),
    "Illustration": Badge(
        "✎", "idea", "A mechanism with assumed numbers: what could be, not what was found."
    ),
}

CERTAINTY = {
    "high": Badge("●●●●", "quiet", "The true effect very probably lies close to the number."),
    "moderate": Badge("●●●○", "quiet", "It probably lies close, but may lie well away."),
    "low": Badge("●●○○", "quiet", "It may well lie far from the number."),
    "very low": Badge("●○○○", "quiet", "Nobody knows: it probably lies far from the number."),
    "no study": Badge("○○○○", "quiet", "No study was found, so there is nothing to be sure of."),
}


def badge(word, translated=None):
    """HTML of the badge for a verdict, a provenance or a certainty. Raises UnknownName for any
    other word.

    translated: the word in another language, shown in its place and without its English meaning.
    """
    known = VERDICTS | PROVENANCE | CERTAINTY
    entry = known[checks.known("badge", word, known)]
    foreign = translated not in (None, word)
    title = "" if foreign else f' title="{escape(entry.meaning)}"'
    return (
        f'<span class="ldn-badge ldn-badge-{entry.style}"{title}>'
        f'<span aria-hidden="true">{entry.icon}</span>&nbsp;'
        f"{escape(translated if foreign else word)}</span>"
    )
