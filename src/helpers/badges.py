"""The badges of the book: wording, icon and colour of verdicts and of figures, defined once."""

from dataclasses import dataclass
from html import escape

from helpers import checks


@dataclass(frozen=True)
class Badge:
    """An icon, a CSS class for its colour, and what it means."""

    icon: str
    style: str
    meaning: str


VERDICTS = {
    "well established": Badge("●", "good", "Supported by direct, repeated evidence; experts would not dispute it."),
    "supported in part": Badge("◐", "part", "True in part, or true elsewhere than the article claims."),
    "plausible but unproven": Badge("○", "open", "It could be so; nobody has shown it in people by a controlled study."),
    "contested": Badge("◇", "split", "Published findings disagree, or point the other way for part of it."),
    "contradicted or misleading": Badge("✕", "bad", "The evidence says otherwise, or the wording gives a wrong picture."),
}

PROVENANCE = {
    "Data": Badge("▦", "data", "Published numbers, drawn as published."),
    "Fit": Badge("∿", "fit", "A model fitted to published numbers, with its uncertainty."),
    "Illustration": Badge("✎", "idea", "A mechanism with assumed numbers: what could be, not what was found."),
}


def badge(word):
    """HTML of the badge for a verdict or a provenance. Raises UnknownName for any other word."""
    entry = (VERDICTS | PROVENANCE)[checks.known("badge", word, [*VERDICTS, *PROVENANCE])]
    return (
        f'<span class="ldn-badge ldn-badge-{entry.style}" title="{escape(entry.meaning)}">'
        f'<span aria-hidden="true">{entry.icon}</span>&nbsp;{escape(word)}</span>'
    )
