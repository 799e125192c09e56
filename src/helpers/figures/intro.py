"""The map of the proposed mechanism, for the book's first page."""

from dataclasses import dataclass
from html import escape

from matplotlib.patches import FancyArrowPatch

from helpers import evidence
from helpers.badges import VERDICTS, badge
from helpers.evidence.ledger import discussion
from helpers.style import BACKGROUND, MUTED, TEXT, canvas, svg

# Name → words and place (column, row from the top): the opioid route on the left, TLR4 on the right.
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
    """The map as a page shows it: the picture, and the same arrows as a list."""

    picture: str
    items: str

    def _repr_html_(self):
        caption = "The two routes as the article proposes them. An arrow shows our verdict on a claim, not that the step happens."
        return (
            f'<figure class="ldn-figure ldn-map" id="mechanism-map">{self.picture}<figcaption>{badge("Illustration")} {caption}</figcaption></figure>'
            f'<ol class="ldn-arrows">{self.items}</ol>'
        )


def mechanism_map(to_root):
    """The proposed mechanism; each arrow has the colour, dash and icon of its claim's verdict and leads to its discussion.

    to_root: path from the page that shows it to the book's root, as in "..". Raises UnknownName for an unknown claim or box.
    """
    arrows = evidence.mechanism(BOXES)
    claims = evidence.claims()
    figure, ax = canvas(height=8.2)
    ax.axis("off")
    ax.set(xlim=(-0.5, 1.5), ylim=(6.5, -0.5))
    place = lambda name: (BOXES[name][1], BOXES[name][2])
    items = []
    for arrow in arrows.itertuples():
        claim = claims.loc[arrow.claim]
        look = VERDICTS[claim["verdict"]]
        address = discussion(arrow.claim, claim, to_root)
        start, end = place(arrow.start), place(arrow.end)
        ax.add_patch(
            FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=18, shrinkA=24, shrinkB=24, lw=2.4, color=look.colour, ls=look.dash, url=address)
        )
        left = end[0] < start[0]  # the word stands outside the fork
        middle = ((start[0] + end[0]) / 2 + (-0.1 if left else 0.03 if start[0] == end[0] else 0.08), (start[1] + end[1]) / 2)
        ax.text(*middle, f"{look.icon} {arrow.label}", ha="right" if left else "left", va="center", fontsize=10, color=look.colour, url=address)
        words = [BOXES[name][0].replace("\n", " ") for name in (arrow.start, arrow.end)]
        items.append(
            f"<li>{escape(words[0])} → {escape(words[1])} ({escape(arrow.label)}): {badge(claim['verdict'])} "
            f'<a href="{address}">{arrow.claim}</a>, {escape(claim["claim"])}</li>'
        )
    for words, x, y in BOXES.values():
        ax.text(x, y, words, ha="center", va="center", multialignment="center", fontsize=11, color=TEXT, bbox={"boxstyle": "round,pad=0.5", "fc": BACKGROUND, "ec": MUTED})
    alt = "Map of the proposed mechanism in two routes, one through opioids to the joint, one through TLR4 and microglia to symptoms. The list below says the same."
    return Map(svg(figure, "mechanism-map", alt), "".join(items))
