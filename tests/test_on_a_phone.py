"""Controls in the hand, on a phone of 390 × 844: what a finger moves, and what is in view then."""

import json
import time

import pytest
from conftest import parsed
from test_pages import WITH_CONTROLS

SCREEN = {"width": 390, "height": 844}
BAR = 56  # px, the bar that stays at the top
THUMB = 24

# From the top of a control's title to the end of what a reader needs at once.
REACH = """() => Object.fromEntries([...document.querySelectorAll("ldn-explorer")].map((one) => {
    const box = (part) => one.querySelector(part).getBoundingClientRect();
    const bottoms = [".ldn-front > .ldn-panel", ".ldn-status", ".ldn-front .ldn-control"]
        .map((part) => box(part).bottom);
    return [one.id, Math.max(...bottoms) - box(".ldn-title").top];
}))"""
# Where the first chart is while the slider is in the middle of the screen.
IN_VIEW = """(slider) => {
    slider.scrollIntoView({block: "center", behavior: "instant"});
    const chart = slider.closest(".ldn-front").querySelector(".ldn-chart").getBoundingClientRect();
    return [chart.top, chart.bottom, slider.getBoundingClientRect().top];
}"""

# Where the first chart ends, and the words under it begin and end.
ANSWER = """(control) => {
    const box = (part) => control.querySelector(part).getBoundingClientRect();
    const words = box(".ldn-status");
    return [box(".ldn-front > .ldn-panel").bottom, words.top, words.bottom];
}"""

# What a finger must meet, and how wide and high it is.
TARGETS = """() => [...document.querySelectorAll(`ldn-explorer :is(button, summary, a.ldn-button,
    select, input)`)].filter((one) => one.getClientRects().length).map((one) => {
        const { width, height } = one.getBoundingClientRect();
        return [one.id || one.textContent, Math.round(width), Math.round(height)];
    })"""
FINGER = 44  # px, WCAG 2.5.5
# Whether the theme's way back to the top stays over the control, whose middle is brought there.
OVER = """async (control) => {
    const button = document.getElementById("pst-back-to-top");
    if (!button) return false; // on slides
    button.style.display = "block"; // as the theme does when a reader scrolls up
    const box = control.getBoundingClientRect();
    scrollBy({ top: (box.top + box.bottom) / 2 - 0.92 * innerHeight, behavior: "instant" });
    const over = () => {
        const [a, b] = [button, control].map((one) => one.getBoundingClientRect());
        const meet = a.top < b.bottom && b.top < a.bottom;
        return meet && getComputedStyle(button).visibility === "visible";
    };
    for (let k = 0; k < 60 && over(); k++) await new Promise(requestAnimationFrame);
    const found = over();
    button.style.display = "";
    return found;
}"""

# Waits until neither the page nor the slider has moved for a while: a swipe scrolls on by itself.
REST = """(slider) => new Promise((done) => {
    let [last, since] = ["", performance.now()];
    const look = () => {
        const now = `${slider.value} ${slider.getBoundingClientRect().top}`;
        if (now !== last) [last, since] = [now, performance.now()];
        performance.now() - since > 80 ? done(slider.value) : requestAnimationFrame(look);
    };
    look();
})"""
# Brings a slider to the middle: its value, that as a share of its track, and where the track is.
TO_THE_MIDDLE = """(slider) => new Promise((done) => {
    slider.scrollIntoView({ block: "center", behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(() => {
        const { left, top, width, height } = slider.getBoundingClientRect();
        const { value, min, max } = slider;
        done([value, (value - min) / (max - min), left, top + height / 2, width]);
    }));
})"""


class Finger:
    """A finger on a slider, as the browser's own protocol sends it."""

    def __init__(self, page):
        self.page, self.protocol = page, page.context.new_cdp_session(page)

    def send(self, kind, *points):
        self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def stroke(self, slider, along=0, up=0, share=None):
        """Move along a part of the track, and up so many px, from a share of the track, by default
        from the thumb; the value before and after. Without either it is a tap on the far side."""
        before, at, left, y, width = slider.evaluate(TO_THE_MIDDLE)
        track = width - THUMB
        roomier = -1 if at > 0.5 else 1
        dx, dy = roomier * along * track, up
        if share is None:
            share = at if along else 0.5 + 0.45 * roomier
        x = left + THUMB / 2 + share * track
        self.send("touchStart", {"x": x, "y": y})
        steps = 4 if dx or dy else 0
        for k in range(1, steps + 1):
            self.send("touchMove", {"x": x + dx * k / steps, "y": y - dy * k / steps})
        if up:
            time.sleep(0.06)  # a finger that rests before it lifts does not throw the page on
        self.send("touchEnd")
        return before, slider.evaluate(REST)


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_controls_in_the_hand(visit, site, page):
    """One visit for all: what fits the screen, what stays in view, what a finger changes."""
    seen = visit(site, viewport=SCREEN, has_touch=True, is_mobile=True)
    shown = seen.open(f"{site}/{page}")
    reach = shown.evaluate(REACH)
    assert {id: px for id, px in reach.items() if px > SCREEN["height"] - BAR} == {}, (
        "the chart, its words and the main slider do not fit one screen"
    )
    folds = shown.locator("ldn-explorer .ldn-more")
    specs = [json.loads(one.find("script").string) for one in parsed(page).find_all("ldn-explorer")]
    assert folds.count() == sum(len(spec["controls"]) > len(spec["main"]) for spec in specs)
    assert not shown.locator("ldn-explorer .ldn-more[open]").count()
    assert not any(one.is_visible() for one in folds.locator("input").all())
    shown.evaluate("document.querySelectorAll('.ldn-more').forEach((more) => (more.open = true))")
    for slider in shown.locator("ldn-explorer .ldn-more input").all():
        top, bottom, slider_top = slider.evaluate(IN_VIEW)
        name = slider.get_attribute("id")
        assert BAR - 1 <= top and bottom <= SCREEN["height"], f"{name}: the chart is not in view"
        assert bottom <= slider_top, f"{name}: the chart covers the slider"
    small = [one for one in shown.evaluate(TARGETS) if min(one[1:]) < FINGER]
    assert not small, "too small for a finger: what, width and height in px"
    covered = [one for one in shown.locator("ldn-explorer").all() if one.evaluate(OVER)]
    assert not covered, "the way back to the top lies over a control"
    finger, faults = Finger(shown), []
    for slider in shown.locator("ldn-explorer input[type=range]").all():
        name = slider.get_attribute("id")
        strokes = {
            "a swipe up": (finger.stroke(slider, along=0.01, up=160, share=0.75), False),
            "a swipe down": (finger.stroke(slider, along=0.01, up=-160, share=0.25), False),
            "a drag": (finger.stroke(slider, along=0.55), True),
            "a tap": (finger.stroke(slider), True),
        }
        for what, ((before, after), moves) in strokes.items():
            if (before != after) != moves:
                faults.append(f"{name}: {what} from {before} to {after}")
        words = slider.get_attribute("aria-valuetext")
        field = slider.locator("xpath=..")
        assert field.locator(".ldn-value").inner_text() == words, name
    assert not faults
    for preset in shown.locator("ldn-explorer .ldn-preset:last-child").all():
        preset.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
        preset.tap()
        preset.evaluate(REST)
        control = preset.locator("xpath=ancestor::ldn-explorer")
        chart_ends, begin, end = control.evaluate(ANSWER)
        name = control.get_attribute("id")
        assert chart_ends - 1 <= begin and end <= SCREEN["height"] + 1, f"{name}: words not in view"
    assert not seen.complaints
