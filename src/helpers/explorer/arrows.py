"""A panel of boxes and arrows, whose looks change with the controls.

The twin of arrows.js: both put boxes and arrows at the same places.
"""

import textwrap
from html import escape

from helpers import checks
from helpers.style import MUTED, TEXT, VARIABLES

SIZE = 320, 440  # px: the shape of such a panel on a phone, see explorer.css
BOX = 124, 0.41, 142  # how wide a box is: at least, in parts of the picture, at most, px
LINE = 15  # px from line to line of words
HEAD = 7  # px, of an arrow
MOST = 14  # letters in a line between two columns
LETTER = 6.1  # px

_MUTED, _TEXT = VARIABLES[MUTED], VARIABLES[TEXT]


def look(name, icon, style, dash):
    """How an arrow may look: its meaning, icon, colour (a style of `badges`) and dash in px."""
    return {"name": name, "icon": icon, "style": style, "dash": dash}


def box(name, words, x, y):
    """A box with words (lines by "\\n") at x from 0 (left) to 1 (right), in row y from above."""
    return {"name": name, "lines": words.split("\n"), "x": x, "y": y}


def arrow(start, end, label, look, *changes):
    """An arrow from box to box with the place of its look; changes: (control, value, look)."""
    changes = [{"control": c, "value": v, "look": at} for c, v, at in changes]
    return {"start": start, "end": end, "label": label, "look": look, "changes": changes}


def panel(title, boxes, arrows, looks, keys):
    """A panel of boxes and arrows, which are numbered from 1. keys: what the icons mean."""
    return {
        "kind": "arrows", "title": title, "x": {"label": "arrow"}, "y": {"label": "verdict"},
        "percent": False, "marks": [], "boxes": boxes, "arrows": arrows, "looks": looks,
        "keys": list(keys),
    }  # fmt: skip


def check(panel, controls):
    """Raises UnknownName or ValueError for what the panel cannot show. controls: by name."""
    names = [one["name"] for one in panel["boxes"]]
    for one in panel["arrows"]:
        where = f"of arrow {one['label']!r}"
        for end in ("start", "end"):
            checks.known(f"{end} {where}", one[end], names)
        for at in [one["look"], *(change["look"] for change in one["changes"])]:
            checks.whole(f"look {where}", at, 0, len(panel["looks"]) - 1)
        for change in one["changes"]:
            checks.known(f"control {where}", change["control"], controls)


def looks_at(panel, values):
    """The look of each arrow at these values of the controls."""
    found = []
    for one in panel["arrows"]:
        at = one["look"]
        for change in one["changes"]:
            if values[change["control"]] == change["value"]:
                at = change["look"]
        found.append(panel["looks"][at])
    return found


def box_width(width):
    """How wide the boxes of a picture are that is so wide, px."""
    least, share, most = BOX
    return min(most, max(least, share * width))


def places(panel, width, height):
    """Boxes as {name: (x, y, half its height)} of their middles in px; y counts downwards."""
    rows = 1 + max(one["y"] for one in panel["boxes"])
    left = box_width(width) / 2 + 1
    right = width - left
    return {
        one["name"]: (
            left + one["x"] * (right - left),
            (one["y"] + 0.5) * height / rows,
            3 + LINE * len(one["lines"]) / 2,
        )
        for one in panel["boxes"]
    }


def course(start, end, width):
    """(x1, y1, x2, y2) of an arrow between two places of boxes, and (x, y, whether it ends there)
    of its words.
    """
    (x1, y1, half1), (x2, y2, half2) = start, end
    aside = x1 != x2  # from the edge of the box towards the other column
    left = x2 < x1 if aside else x2 > width / 2  # where the words stand
    x1, y1, y2 = x1 + (x2 - x1) * 0.3, y1 + half1, y2 - half2
    x = (x1 + x2) / 2 + (-1 if left else 1) * (14 if aside else 9)
    return x1, y1, x2, y2, x, (y1 + y2) / 2 + (-8 if aside else 4), left


def _lines(lines, x, ends):
    at = lambda line: max(x, LETTER * len(line)) if ends else x  # not over the edge
    return "".join(
        f'<tspan x="{at(line):.4g}" dy="{LINE if k else 0}">{escape(line)}</tspan>'
        for k, line in enumerate(lines)
    )


def picture(spec, shown, values, i, alt):
    """Panel number i of `spec` at these values, as inline SVG with a description."""
    panel = spec["panels"][i]
    where = places(panel, *SIZE)
    said = "; ".join(
        f"{i} {one['label']}: {look['name']}"
        for i, (one, look) in enumerate(zip(panel["arrows"], looks_at(panel, values)), 1)
    )
    parts = []
    for i, (one, look) in enumerate(zip(panel["arrows"], looks_at(panel, values)), 1):
        x1, y1, x2, y2, x, y, left = course(where[one["start"]], where[one["end"]], SIZE[0])
        beside = MOST if x1 == x2 else int(x / LETTER)  # letters from the edge to x
        lines = textwrap.wrap(f"{i} {look['icon']} {one['label']}", beside if left else 99)
        color = f"var(--ldn-{look['style']},currentColor)"
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        bx, by = x2 - HEAD * ux, y2 - HEAD * uy
        wing = HEAD * 0.6
        parts.append(
            f'<path d="M{x1:.4g},{y1:.4g}L{bx:.4g},{by:.4g}" style="fill:none;stroke:{color};'
            f'stroke-width:2.4;stroke-dasharray:{look["dash"]}"/>'
            f'<path d="M{x2:.4g},{y2:.4g}L{bx - wing * uy:.4g},{by + wing * ux:.4g}'
            f'L{bx + wing * uy:.4g},{by - wing * ux:.4g}Z" style="fill:{color}"/>'
            f'<text y="{y - (LINE * (len(lines) - 1) if x1 != x2 else 0):.4g}" '
            f'text-anchor="{"end" if left else "start"}" '
            f'style="fill:{color};font-size:12px">{_lines(lines, x, left)}</text>'
        )
    for one in panel["boxes"]:
        x, y, half = where[one["name"]]
        wide = box_width(SIZE[0])
        parts.append(
            f'<rect x="{x - wide / 2:.4g}" y="{y - half:.4g}" '
            f'width="{wide:.4g}" height="{2 * half:g}" rx="6" style="fill:none;stroke:{_MUTED}"/>'
        )
        for k, line in enumerate(one["lines"]):
            at = y - half + 3 + LINE * k + 11
            parts.append(
                f'<text x="{x:.4g}" y="{at:.4g}" text-anchor="middle" '
                f'style="fill:{_TEXT};font-size:12px">{escape(line)}</text>'
            )
    width, height = SIZE
    return (
        f'<svg role="img" aria-label="{escape(alt)} {escape(said)}." '
        f'viewBox="0 0 {width} {height}" style="width:100%;height:auto">{"".join(parts)}</svg>'
    )
