"""A panel of dots, one a person, that stand in blocks and move as a control chooses a view.

The twin of dots.js: `places` puts each dot where the page does.
"""

import math
from html import escape

from helpers import checks
from helpers.style import MUTED, PALETTE, TEXT, VARIABLES

LABEL, GAP = 19, 5  # px above the dots of a block, and below
WIDEST, NARROWEST, FINER = 16, 2, 0.25  # px from dot to dot, and what it is tried in
# The radius of a dot, in parts of the way from dot to dot.
FULL, FAINT, STRONG = 0.38, 0.17, 0.48
SIZE = 320, 225  # px: the shape of a chart on a phone, see explorer.css
_COLOR, _MUTED, _TEXT = VARIABLES[PALETTE[0]], VARIABLES[MUTED], VARIABLES[TEXT]


def group(name, people, pick, card=""):
    """Dots that stay together: so many `people`, or a ring in their place where it is None.

    pick: the value that the panel's second control takes when a reader touches them.
    card: the id of their row in the page of every trial.
    """
    return {"name": name, "people": people, "pick": pick, "card": card}


def view(value, *blocks):
    """What the panel shows at a value of its control: blocks from above, see `block`."""
    return {"value": value, "blocks": list(blocks)}


def block(label, groups, faint=False):
    """Dots of the groups at these places of the panel's list, under a label; small if `faint`."""
    return {"label": label, "groups": list(groups), "faint": faint}


def panel(title, control, pick, groups, views, keys):
    """A panel of dots. `control` chooses the view, `pick` is the choice that a touched dot sets.

    keys: what a dot and what a ring stands for.
    """
    return {
        "kind": "dots", "title": title, "x": {"label": "trial"}, "y": {"label": "people"},
        "percent": False, "marks": [], "control": control, "pick": pick, "groups": groups,
        "views": views, "keys": list(keys),
    }  # fmt: skip


def check(panel, controls):
    """Raises UnknownName or ValueError for what the panel cannot show. controls: by name."""
    where = f"of panel {panel['title']!r}"
    chooses = controls[checks.known(f"control {where}", panel["control"], controls)]
    picks = controls[checks.known(f"pick {where}", panel["pick"], controls)]
    if picks["kind"] != "choice":
        raise ValueError(f"pick {where} must be a choice, got {picks['kind']!r}")
    allowed = [option["value"] for option in picks["options"]]
    for one in panel["groups"]:
        checks.text(f"name of a group {where}", one["name"])
        if one["people"] is not None:
            checks.whole(f"people of group {one['name']!r}", one["people"], 1, 10_000)
        if one["pick"] not in allowed:
            raise ValueError(
                f"pick of group {one['name']!r} must be one of {allowed}, got {one['pick']!r}"
            )
    values = [one["value"] for one in panel["views"]]
    reached = chooses["marks"] if chooses["kind"] == "range" else None
    reached = reached or [option["value"] for option in chooses.get("options", [])]
    if values != reached:
        raise ValueError(f"values of the views {where} must be {reached}, got {values}")
    every = list(range(len(panel["groups"])))
    for one in panel["views"]:
        shown = sorted(i for b in one["blocks"] for i in b["groups"])
        if shown != every:
            raise ValueError(
                f"blocks of view {one['value']!r} must hold each of {len(every)} groups once, "
                f"got {shown}"
            )


def view_of(panel, values):
    """The view at these values of the controls."""
    return next(one for one in panel["views"] if one["value"] == values[panel["control"]])


def count(panel, block):
    """How many dots and rings a block has."""
    return sum(_dots(panel["groups"][i]) for i in block["groups"])


def _dots(group):
    return 1 if group["people"] is None else group["people"]


def places(panel, values, width, height):
    """Where all stands in a picture of that size in px: {"pitch", "labels": [(text, y)],
    "dots": [[(x, y), …] of each group]}. y counts downwards.
    """
    fits = lambda pitch: all(
        sum(LABEL + GAP + _rows(count(panel, b), width, pitch) for b in one["blocks"]) <= height
        for one in panel["views"]
    )
    pitch = WIDEST
    while pitch > NARROWEST and not fits(pitch):
        pitch -= FINER
    columns = math.floor(width / pitch)
    top, labels, dots = 0, [], [[] for _ in panel["groups"]]
    for one in view_of(panel, values)["blocks"]:
        labels.append((one["label"], top + LABEL - 6))
        at = 0
        for i in one["groups"]:
            for _ in range(_dots(panel["groups"][i])):
                x, y = at % columns, at // columns
                dots[i].append(((x + 0.5) * pitch, top + LABEL + (y + 0.5) * pitch))
                at += 1
        top += LABEL + GAP + _rows(at, width, pitch)
    return {"pitch": pitch, "labels": labels, "dots": dots}


def _rows(people, width, pitch):
    return math.ceil(people / math.floor(width / pitch)) * pitch


def drawing(panel, values, width, height, alt=None):
    """The panel at these values of the controls, as inline SVG of that size in px.

    alt: its description, unless what it stands in has one.
    A dot is a line of no length with round ends, which takes a tenth of a circle's text.
    """
    found = places(panel, values, width, height)
    faint = {i: b["faint"] for b in view_of(panel, values)["blocks"] for i in b["groups"]}
    parts = []
    for i, dots in enumerate(found["dots"]):
        full = STRONG if any(faint.values()) else FULL  # what is left stands out
        r = found["pitch"] * (FAINT if faint[i] else full)
        if panel["groups"][i]["people"] is None:
            style = f"stroke:{_MUTED};stroke-width:1.4"
            d = "".join(f"M{x - r:.4g},{y:.4g}{_circle(r)}" for x, y in dots)
        else:
            color = _MUTED if faint[i] else _COLOR
            style = f"stroke:{color};stroke-width:{2 * r:.3g};stroke-linecap:round"
            d = "".join(f"M{x:.4g},{y:.4g}h.01" for x, y in dots)
        parts.append(f'<path d="{d}" style="fill:none;{style}"/>')
    for text, y in found["labels"]:
        parts.append(
            f'<text x="0" y="{y:g}" style="fill:{_TEXT};font-size:12px">{escape(text)}</text>'
        )
    named = "" if alt is None else f'role="img" aria-label="{escape(alt)}" '
    return (
        f'<svg {named}viewBox="0 0 {width} {height:g}" style="width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )


def said(panel, values):
    """What the blocks hold, in words."""
    return "; ".join(one["label"] for one in view_of(panel, values)["blocks"]) + "."


def _circle(r):
    return f"a{r:.3g},{r:.3g} 0 1,0 {2 * r:.3g},0a{r:.3g},{r:.3g} 0 1,0 {-2 * r:.3g},0z"


def picture(spec, shown, values, i, alt):
    """Panel number i of `spec` at these values, as it stands in on a phone: see `drawing`."""
    panel = spec["panels"][i]
    return drawing(panel, values, *SIZE, f"{alt} {said(panel, values)}")
