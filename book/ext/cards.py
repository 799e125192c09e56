"""The picture that a preview of a link shows: a chapter's title over one of its figures.

The last line says what the figure is: Data, Fit or Illustration.
"""

import io
import textwrap
from functools import cache
from importlib import import_module

import matplotlib.pyplot as plt
from PIL import Image

from helpers import style

FOLDER = "_static/cards"
SIZE = 1200, 630  # pixels, as OpenGraph's readers want them
EDGE, TITLE, FOOT = 40, 150, 56  # pixels: around all, the title's height, that of the last line
COLOURS = 64  # of a flat drawing; a quarter of the bytes
# A chapter's figure; every other page has that of its last entry.
FIGURES = {
    "01_autoimmune_diseases": "prevalence",
    "02_immune_system_in_ra": "cytokine_levels",
    "03_ldn_mechanism": "occupancy_against_dose",
    "04_cytokine_production": "directions",
    "05_microglial_cells": "brain_scans",
    "06_ra_treatment": "opioid_use",
    "07_final_thoughts": "scoreboard",
}


def name(page):
    """The name of the picture of a page, without suffix."""
    chapter = page.rsplit("/", 1)[-1]
    return chapter if chapter in FIGURES else "book"


@cache
def figure(name):
    """The `helpers.figures.Figure` in the picture of that name."""
    chapter = list(FIGURES)[-1] if name == "book" else name
    return getattr(import_module(f"helpers.figures.{chapter[3:]}"), FIGURES[chapter])()


def draw(name, title, foot, size=SIZE):
    """The picture as PNG: bytes."""
    shown = figure(name)
    shown.canvas.arrange(style.WIDE)
    width, height = shown.canvas.get_size_inches()
    room = size[0] - 2 * EDGE, size[1] - TITLE - FOOT
    inner, outer = io.BytesIO(), io.BytesIO()
    shown.canvas.savefig(inner, dpi=min(room[0] / width, room[1] / height), transparent=True)
    drawing = Image.open(inner)
    together = "\u00a0".join(title.rsplit(" ", 1))  # no word stands alone in the second line
    words = "\n".join(textwrap.wrap(together, 48))
    card = plt.figure(figsize=(size[0] / 100, size[1] / 100), dpi=100, facecolor=style.BACKGROUND)
    up = lambda pixels: 1 - pixels / size[1]
    left = EDGE / size[0]
    card.text(left, up(EDGE), words, va="top", fontsize=27, weight="bold", linespacing=1.15)
    last = f"{shown.provenance} · Figure {shown.number} · {foot}"
    card.text(left, up(size[1] - FOOT / 2), last, va="center", fontsize=15, color=style.MUTED)
    card.figimage(
        drawing, (size[0] - drawing.width) // 2, FOOT + int(room[1] - drawing.height) // 2
    )
    card.savefig(outer, dpi=100)
    plt.close(card)
    small = io.BytesIO()
    Image.open(outer).convert("RGB").quantize(COLOURS).save(small, format="png", optimize=True)
    return small.getvalue()
