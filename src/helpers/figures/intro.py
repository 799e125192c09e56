"""The map of the proposed mechanism, for the book's first page."""

from dataclasses import dataclass
from html import escape

from matplotlib.patches import FancyArrowPatch

from helpers import evidence
from helpers.badges import VERDICTS, badge
from helpers.evidence.ledger import discussion
from helpers.style import BACKGROUND, MUTED, TEXT, canvas, pictures

# Name → words and place (column, row from the top): the opioid route on
# the left, TLR4 on the right.
BOXES = {
    "ldn": ("low-dose naltrexone", 0.5, 0),
    "blocked": ("opioid receptors\nblocked", 0, 1),
    "lifted": ("the block lifts", 0, 2),
    "opioids": ("more of the body's\nown opioids", 0, 3),
    "immune": ("immune cells", 0, 4),
    "cytokines": ("inflammatory\ncytokines", 0, 5),
    "joint": ("less joint\ninflammation", 0, 6),
    "tlr4": ("TLR4 on\nmicroglia", 1, 1),
    "microglia": ("calmer microglia", 1, 3),
    "symptoms": ("less pain, fatigue\nand brain fog", 1, 5),
}


@dataclass(frozen=True)
class Map:
    """The map as a page shows it: the picture, and its arrows as a list."""

    picture: str
    items: str

    def _repr_html_(self):
        caption = (
            "The two routes as the article proposes them. An arrow shows "
            "our verdict on a claim, not that the step happens."
        )
        return (
            f'<figure class="ldn-figure ldn-map" id="mechanism-map">'
            f"{self.picture}<figcaption>{badge('Illustration')} {caption}"
            "<!-- report figure mechanism-map --></figcaption></figure>"
            "<details><summary>The map as a list</summary>"
            f'<ol class="ldn-arrows">{self.items}</ol></details>'
        )


def _draw_arrow(ax, arrow, look, address):
    """An arrow from box to box in the look of a verdict, and its words."""
    _, *start = BOXES[arrow.start]
    _, *end = BOXES[arrow.end]
    link = {"color": look.colour, "url": address}
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=18,
            shrinkA=24,
            shrinkB=24,
            lw=2.4,
            ls=look.dash,
            **link,
        )
    )
    left = end[0] < start[0]  # the words stand outside the fork
    aside = -0.1 if left else 0.03 if start[0] == end[0] else 0.08
    ax.text(
        (start[0] + end[0]) / 2 + aside,
        (start[1] + end[1]) / 2,
        f"{look.icon} {arrow.label}",
        ha="right" if left else "left",
        va="center",
        **link,
    )


def _list_item(arrow, claim, address):
    """An arrow in words, with the verdict and a link to its discussion."""
    start, end = (
        escape(BOXES[name][0].replace("\n", " "))
        for name in (arrow.start, arrow.end)
    )
    return (
        f"<li>{start} → {end} ({escape(arrow.label)}): "
        f'{badge(claim["verdict"])} <a href="{address}">{arrow.claim}</a>, '
        f"{escape(claim['claim'])}</li>"
    )


def mechanism_map(to_root):
    """The proposed mechanism, each arrow with the verdict on its claim.

    An arrow has the colour, dash and icon of the verdict and leads to where
    the claim is discussed.
    to_root: path from the page that shows it to the book's root, as "..".
    Raises UnknownName for an unknown claim or box.
    """
    claims = evidence.claims()
    figure, ax = canvas(height=8.2, wide_height=7.4)
    ax.axis("off")
    ax.set_aspect(0.54, adjustable="datalim")  # arrows keep their slope
    ax.set(xlim=(-0.5, 1.5), ylim=(6.5, -0.5))
    items = []
    for arrow in evidence.mechanism(BOXES).itertuples():
        claim = claims.loc[arrow.claim]
        address = discussion(arrow.claim, claim, to_root)
        _draw_arrow(ax, arrow, VERDICTS[claim["verdict"]], address)
        items.append(_list_item(arrow, claim, address))
    frame = {"boxstyle": "round,pad=0.5", "fc": BACKGROUND, "ec": MUTED}
    middle = {"ha": "center", "va": "center", "multialignment": "center"}
    for words, x, y in BOXES.values():
        ax.text(x, y, words, **middle, color=TEXT, bbox=frame)
    alt = (
        "Map of the proposed mechanism in two routes, one through opioids "
        "to the joint, one through TLR4 and microglia to symptoms. The "
        "list below says the same."
    )
    return Map(pictures(figure, "mechanism-map", alt), "".join(items))
