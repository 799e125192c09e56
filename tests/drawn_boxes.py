"""Which words of a drawing touch each other, cover what is drawn, or are cut off?"""

from helpers import labels

SLACK = 1.0  # px that boxes may overlap: letters do not fill them


def texts(figure):
    """Every text that a drawing shows: (text, panel that it is written on or None)."""
    for ax in figure.axes:
        if not ax.get_visible():
            continue
        found = list(ax.texts)
        if ax.axison:
            found += [ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label]
            found += _ticks(ax.xaxis) + _ticks(ax.yaxis)
        if ax.get_legend():
            found += [*ax.get_legend().get_texts(), ax.get_legend().get_title()]
        for text in found:
            yield text, ax
    for legend in figure.legends:
        for text in legend.get_texts():
            yield text, None
    for text in figure.texts:
        yield text, None


def _ticks(axis):
    if not axis.get_visible():
        return []
    low, high = sorted(axis.get_view_interval())
    near = (high - low) * 1e-9
    return [
        tick.label1
        for tick in axis.get_major_ticks()
        if low - near <= tick.get_loc() <= high + near and tick.label1.get_visible()
    ]


def faults(figure):
    """What is wrong with the words of a figure as it is arranged now, in words."""
    figure.draw_without_rendering()  # legends take their places then
    shown = [
        (text, ax, labels.box(text).padded(-SLACK / 2))
        for text, ax in texts(figure)
        if text.get_visible() and text.get_text().strip()
    ]
    page, found = figure.bbox, []
    for i, (text, _, box) in enumerate(shown):
        name = repr(text.get_text())
        if text.get_fontsize() < 10:
            found.append(f"{name} is small")
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1:
            found.append(f"{name} is cut off")
        for other, _, extent in shown[:i]:
            if box.overlaps(extent):
                found.append(f"{name} touches {other.get_text()!r}")
    for panel in figure.axes:
        label, axis = panel.yaxis.label, panel.bbox
        if panel.axison and panel.get_visible() and label.get_text().strip():
            box = labels.box(label)
            if box.y0 < axis.y0 - SLACK or box.y1 > axis.y1 + SLACK:
                found.append(f"{label.get_text()!r} is longer than its axis")
        drawn = labels.ink(panel)
        for text, _, box in shown:
            inside = box.padded(-labels.CLEAR)
            corners = inside.p0[None], inside.p1[None]
            kinds = [kind for kind in labels.KINDS if kind != "words"]
            covered = next((kind for kind in kinds if drawn.covered(kind, *corners)), None)
            if covered:
                found.append(f"{text.get_text()!r} covers a {covered}")
    return found
