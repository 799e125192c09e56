"""Two set pieces: the line that readers draw first, and the trial that is run again and again."""

import functools
import itertools
import re
from importlib.resources import files

import numpy as np
import pytest
from conftest import PAINTED
from scipy import stats

from helpers import evidence, explorer, export, models
from helpers.analysis import fits, uncontrolled
from helpers.controls import cytokine_production, ldn_mechanism
from helpers.simulate import simulate, single

AXE = files("axe_playwright_python") / "axe.min.js"
chances = functools.cache(lambda: uncontrolled.chances(0.6))
STUDIES = 2000
REST = [uncontrolled.GRID[name] for name in ("cytokines", "entry", "control")]
POINTS = [*itertools.product((4, 8, 16), *REST)]
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def guess():
    return ldn_mechanism.explore_guess()


@pytest.fixture(scope="module")
def replays():
    return cytokine_production.explore_replays()


# ---------------------------------------------------------------- the trial, again and again


def replayed(people=8, cytokines=17, entry=1.0, control=0, seed=1, repeats=STUDIES):
    critical = chances().loc[(people, cytokines, entry, control), "critical"]
    how = people, cytokines, 0.6, entry, control, seed, repeats, critical
    return uncontrolled.replay(*how)


@pytest.mark.parametrize("point", POINTS, ids=lambda p: "-".join(map(str, p)))
def test_shares_are_those_of_the_chances(point):
    """Within binomial bounds that chance leaves once in 100,000, for fixed seeds."""
    people, cytokines, entry, control = point
    chance, error = chances().loc[point, ["any", "error"]]
    worked = sum((replayed(*point, seed=seed) > 0).sum() for seed in SEEDS)
    studies = STUDIES * len(SEEDS)
    low = stats.binom.ppf(5e-6, studies, max(0, chance - 4 * error))
    high = stats.binom.ppf(1 - 5e-6, studies, min(1, chance + 4 * error))
    assert low <= worked <= high


def test_where_no_simulation_is_needed():
    """One cytokine, everybody enters: 5% two-sided is one fall in forty, exactly."""
    alone = chances().xs((1, uncontrolled.ALL), level=("cytokines", "entry"))
    assert set(alone["any"]) == {0.025} and set(alone["error"]) == {0.0}
    assert set(chances().xs(17, level="cytokines")["error"] > 0) == {True}
    for (people, _, _, control), row in chances().iterrows():
        freedom = 2 * people - 2 if control else people - 1
        assert stats.t.cdf(row["critical"], freedom) == pytest.approx(0.025)


def test_other_settings_meet_the_same_people():
    few, many = replayed(repeats=5), replayed(repeats=50)
    assert (few == many[:5]).all()
    assert (replayed(seed=2, repeats=50) != many).any()
    # A control group of people who differ in nothing takes successes away, but not all.
    assert (replayed(control=1) > 0).sum() < 0.5 * (replayed() > 0).sum()
    assert (replayed(control=1, cytokines=1) > 0).sum() < (replayed(control=1) > 0).sum()
    assert (replayed(people=64, repeats=100) > 0).all()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"people": 65}, "people must be .*from 3 to 64"),
        ({"cytokines": 18}, "cytokines must be .*from 1 to 17"),
        ({"correlation": 2}, "correlation must be .*from 0 to 1"),
        ({"entry": -1}, "entry must be .*from 0 to 2"),
        ({"control": 0.5}, "control must be a whole number"),
        ({"seed": -1}, "seed must be"),
        ({"repeats": 0}, "repeats must be"),
        ({"critical": "t"}, "critical must be"),
    ],
)
def test_bad_input_of_a_replay(changed, message):
    good = {
        "people": 8, "cytokines": 17, "correlation": 0.6, "entry": 1.0, "control": 0,
        "seed": 1, "repeats": 2, "critical": -2.4,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        uncontrolled.replay(**good | changed)


def test_chances_lie_on_the_grid():
    with pytest.raises(ValueError, match="correlation must be one of .* got 0.5"):
        uncontrolled.chances(0.5)


def test_the_words_count_the_dots_and_name_the_chance(replays):
    alone = {"control": 1, "cytokines": 1, "entry": uncontrolled.ALL}  # 2.5%, exactly
    for values in ({}, {"control": 1}, {"people": 64}, {"control": 1, "cytokines": 1}, alone):
        shown = replays.evaluate(**values)
        settings = {c["name"]: c["value"] for c in replays.spec["controls"]} | values
        point = tuple(settings[n] for n in ("people", "cytokines", "entry", "control"))
        worked = (replayed(*point, seed=1, repeats=20) > 0).sum()
        chance = chances().loc[point, "any"]
        assert f": {worked} of 20 studies" in shown["status"]
        noise = explorer.evaluation.number(100 * chances().loc[point, "error"], 1)
        known = f"{np.floor(100 * chance + 0.5):.0f}%" if chance < 0.995 else "over 99%"
        known += f" (± {noise}%)" if chance < 0.995 and noise != "0" else ""
        assert f"The chance is {known} for each." in shown["status"]


# ---------------------------------------------------------------- draw it first


def drawn(height):
    return {f"at_{t}": height for t in ldn_mechanism.GUESSED}


def test_what_is_known_is_what_the_tables_hold(guess):
    """The scans shown are all at 5 mg; none between 1 and 6 mg is later than the fog begins."""
    [panel] = guess.spec["panels"]
    marks = {mark["label"]: mark for mark in panel["marks"]}
    table = evidence.occupancy()
    low = table[(table["dose_mg"] >= 1) & (table["dose_mg"] <= 6)]
    seen = low[low["dose_mg"] == 5]
    assert marks["scans at 5 mg"]["y"] == (seen["value"] / 100).tolist()
    begins = marks["no scan of a low dose"]["from"]
    assert all(f"within {begins} h of the dose" in note for note in low["note"] if "hour" in note)
    assert (low["time_h"] <= begins).all()
    assert marks["scans at 5 mg"]["reach"] == [0, begins]
    assert 4.5 not in set(table["dose_mg"])


@pytest.mark.parametrize(("height", "place"), [(42, "below"), (43, "within"), (59, "above")])
def test_the_words_place_the_line(guess, height, place):
    shown = guess.evaluate(**drawn(height), known=1)
    assert (
        f"At 4 hours your {height}% is {place} the 3 scans at 5 mg (43 to 58%, " in shown["status"]
    )
    run = simulate("receptor_occupancy", single(4.5), np.linspace(0, 24, 97))
    late = run.loc[1:]
    for name, output in fits.READINGS.items():
        assert f"{100 * run.loc[24, output]:.0f}% ({name})" in shown["status"]
        apart = 100 * (late[output] - height / 100).abs().mean()
        assert shown["measures"][f"{name}_apart"] == pytest.approx(apart, rel=1e-4)


def test_what_is_not_drawn_says_so_and_does_not_count(guess):
    """Two hours of thirteen, the second at 0%: a height like any other."""
    half = {"at_12": 40, "at_14": 0}
    shown = guess.evaluate(**half, known=1)
    told = lambda name: explorer.evaluation.measure_text(guess.spec, name, shown["measures"][name])
    assert [told(f"mine_{t}") for t in (4, 12, 24)] == ["not drawn", "40%", "not drawn"]
    assert "At 4 hours you drew nothing beside the 3 scans" in shown["status"]
    assert "you drew nothing; readings say" in shown["status"]
    assert "your 0%" in guess.evaluate(**drawn(0), known=1)["status"]
    run = simulate("receptor_occupancy", single(4.5), np.linspace(0, 24, 97)).loc[12:14]
    line = np.interp(run.index, [12, 14], [0.4, 0])
    for name, output in fits.READINGS.items():
        apart = 100 * (run[output] - line).abs().mean()
        assert shown["measures"][f"{name}_apart"] == pytest.approx(apart, rel=1e-4)
    apart = [name for name in shown["measures"] if name.endswith("_apart")]
    shown = guess.evaluate(known=1)
    assert len(apart) == 3 and {told(name) for name in apart} == {"not drawn"}
    assert len(guess.evaluate(**drawn(100), known=1)["status"].split()) <= 40


def test_nothing_is_told_before_the_switch(guess):
    for values in ({}, drawn(30), {"at_4": 30}):
        words = guess.evaluate(**values)["status"]
        assert "hidden" in words and not re.search(r"plasma|retained|fading|scan", words)


def test_what_stands_in_shows_what_is_known(guess):
    """Without scripts and in print: the readings, the scans and the fog, with their words."""
    html = guess.html()
    shown = guess.evaluate(known=1)
    assert html.count(shown["status"]) == 2  # in the picture's description, and under it
    assert "no scan of a low dose" in html.split("<svg", 1)[1].split("</svg>")[0]
    assert 'class="ldn-scroll ldn-still"' in html and "ldn-veiled" in html


# ---------------------------------------------------------------- in a browser

SHOW = """([spec, place]) => new Promise((done) => {
    const element = document.getElementById("main").appendChild(document.createElement("div"));
    element.id = place;
    window[place] = LDN.mount(element, spec, {onDrawn: () => done()});
})"""


@pytest.fixture(scope="module")
def page(browser, guess, replays):
    """Both controls on a phone, where a finger draws."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="no-preference"
    )
    page = context.new_page()
    noise = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.set_content(
        '<!doctype html><html lang="en"><title>Play</title><style>'
        + explorer.STYLE.read_text(encoding="utf-8")
        + '</style><main id="main"><h1>Play</h1></main></html>'
    )
    model = export.javascript(models.load("receptor_occupancy"))
    page.add_script_tag(content=explorer.script(model))
    page.evaluate(SHOW, [guess.spec, "guess"])
    page.evaluate(SHOW, [replays.spec, "replays"])
    yield page
    context.close()
    assert not noise


def swipe(page, pen, start, end):
    """A finger from one (hour, share) of the picture to another."""
    box = pen.bounding_box()
    places = [
        {"x": box["x"] + box["width"] * hour / 24, "y": box["y"] + box["height"] * (1 - share)}
        for hour, share in np.linspace(start, end, 9)
    ]
    protocol = page.context.new_cdp_session(page)
    send = lambda kind, *points: protocol.send(
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)}
    )
    send("touchStart", places[0])
    for place in places[1:]:
        send("touchMove", place)
    send("touchEnd")
    settled(page)


def settled(page):
    """After the picture was drawn anew."""
    page.evaluate(PAINTED)


def test_the_page_meets_the_same_people(page):
    """Study by study, not in sum alone."""
    asked = [
        (people, cytokines, entry, control, seed)
        for people, cytokines in ((4, 1), (8, 17), (64, 5))
        for entry in uncontrolled.GRID["entry"]
        for control in (0, 1)
        for seed in (1, 100)
    ]
    names = ("people", "cytokines", "entry", "control", "seed")
    settings = [
        dict(zip(names, point))
        | {"correlation": 0.6, "studies": 60, "critical": chances().loc[point[:4], "critical"]}
        for point in asked
    ]
    found = page.evaluate("(all) => all.map((how) => LDN.replay(how))", settings)
    for point, counts in zip(asked, found):
        assert counts == replayed(*point, repeats=60).tolist(), point


def test_a_run_again_is_another_and_falls(page, replays):
    again = page.locator("#replays .ldn-again")
    words = page.locator("#replays .ldn-status")
    dots = page.locator("#replays .ldn-study")
    assert dots.count() == 20 and not page.locator("#replays [class*=ldn-falls]").count()
    again.click()
    settled(page)
    assert page.evaluate("replays.values().seed") == 2
    assert words.text_content() == replays.evaluate(seed=2)["status"]
    assert page.locator("#replays [class*=ldn-falls]").count() == 20
    page.emulate_media(reduced_motion="reduce")
    look = dots.first.evaluate("(e) => [e, getComputedStyle(e)].map((s) => s.animationName)")
    assert look[1] == "none"
    page.locator("#replays input[role=switch]").check()
    settled(page)
    worked = int(replays.evaluate(seed=2, control=1)["measures"]["worked"])
    assert page.locator("#replays .ldn-study:not(.ldn-study-empty)").count() == worked
    # All of 100 stand in rows that are full: none above the line at 100.
    page.evaluate("replays.set({control: 0, people: 64, studies: 100})")
    settled(page)
    tops = """(all) => all.map((e) => e.getBoundingClientRect().top)"""
    highest, lines = (
        min(page.locator(f"#replays {part}").evaluate_all(tops))
        for part in (".ldn-study", ".ldn-grid line")
    )
    assert dots.count() == 100 and lines <= highest < lines + 12
    # What stands behind is the first run's share, said with both of its numbers.
    first = int(replays.evaluate()["measures"]["worked"])
    words = page.locator("#replays .ldn-key-ghost")
    assert words.text_content() == f"starting settings: {first} of 20" and words.is_visible()
    ghost = page.locator("#replays .ldn-ghost path.ldn-pile").get_attribute("d")
    height = lambda path: [float(y) for y in re.findall(r"M[\d.]+,([\d.]+)", path)]
    bottom, top = page.locator("#replays .ldn-grid line").evaluate_all(
        "all => [all[0], all[all.length - 1]].map((e) => Number(e.getAttribute('y1')))"
    )
    shares = [(bottom - y) / (bottom - top) for y in height(ghost)]
    assert shares == pytest.approx([first / 20, 1 - first / 20], abs=0.01)
    page.evaluate("replays.set({seed: 100})")
    again.click()
    assert page.evaluate("replays.values().seed") == 1  # and round again


def test_drawn_by_finger_mouse_and_keys(page, guess):
    pen = page.locator("#guess .ldn-pen")
    pen.evaluate("e => e.scrollIntoView({block: 'center'})")
    swipe(page, pen, (12, 0.9), (12, -0.6))
    assert set(page.evaluate("guess.values()").values()) == {0, -1}, "a vertical swipe draws"
    pen.evaluate("e => e.scrollIntoView({block: 'center'})")
    swipe(page, pen, (2, 0.8), (8, 0.8))
    values = page.evaluate("guess.values()")
    assert {t for t in ldn_mechanism.GUESSED if values[f"at_{t}"] >= 0} == {2, 4, 6, 8}
    box = pen.bounding_box()
    at = lambda hour, share: (
        box["x"] + box["width"] * hour / 24,
        box["y"] + box["height"] * (1 - share),
    )
    page.mouse.move(*at(1, 0.5))
    page.mouse.down()
    page.mouse.move(*at(24, 0.25), steps=2)  # a quick stroke leaves no hour out
    page.mouse.up()
    values = page.evaluate("guess.values()")
    for t in ldn_mechanism.GUESSED:
        assert values[f"at_{t}"] == pytest.approx(50 - 25 * (t - 1) / 23, abs=2), t
    page.touchscreen.tap(*at(12, 0.8))
    assert page.evaluate("guess.values().at_12") == pytest.approx(80, abs=2)
    pen.focus()
    page.keyboard.press("End")
    for key, height in (("PageDown", 5), ("ArrowUp", 10), ("ArrowDown", 5), ("PageDown", 0)):
        before = page.evaluate("guess.values().at_24")
        page.keyboard.press(key)
        after = page.evaluate("guess.values().at_24")
        assert after == max(0, before + {"Up": 5, "wn": -5}[key[-2:]] * (4 if "Page" in key else 1))
        assert pen.get_attribute("aria-valuenow") is not None, height
    settled(page)
    assert pen.get_attribute("aria-valuetext") == "After 24 hours: 0%"
    pen.evaluate(
        """(e) => {
            const up = () => new KeyboardEvent("keydown", { key: "ArrowUp" });
            for (let k = 0; k < 3; k++) e.dispatchEvent(up());
        }"""
    )
    assert page.evaluate("guess.values().at_24") == 15, "a key within the same frame is lost"
    settled(page)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("guess.values().at_24") == 0
    settled(page)
    page.keyboard.press("ArrowLeft")
    assert pen.get_attribute("aria-valuetext").startswith("After 22 hours: ")
    # A place where nothing is drawn begins where its neighbour is.
    drawn = page.evaluate("guess.values()")
    page.evaluate(
        "(names) => guess.set(Object.fromEntries(names.map((n) => [n, -1])))",
        [name for name in drawn if name.startswith("at_")],
    )
    settled(page)
    for key in ("Home", "PageUp", "PageUp", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        settled(page)
    begun = page.evaluate("guess.values()")
    assert [begun[f"at_{t}"] for t in ldn_mechanism.GUESSED[:4]] == [40, 45, 40, -1]
    page.evaluate("(values) => guess.set(values)", drawn)
    settled(page)
    values = page.evaluate("guess.values()")
    words = page.locator("#guess .ldn-status").text_content()
    assert words == guess.evaluate(**values)["status"]
    shown = "#guess .ldn-live:not([style*=hidden])"
    assert page.locator(shown).count() == 1  # the line alone
    assert page.locator("#guess .ldn-scroll").is_hidden()
    page.locator("#guess input[role=switch]").check()
    settled(page)
    assert page.locator(shown).count() == len(guess.spec["panels"][0]["marks"])
    assert page.locator("#guess .ldn-scroll").is_visible()
    swipe(page, pen, (2, 0.8), (8, 0.2))
    pen.press("PageUp")
    assert page.evaluate("guess.values()") == values | {"known": 1}, "drawn once it is over"
    assert page.locator("#guess .ldn-more input:enabled").count() == 0
    words = page.locator("#guess .ldn-status").text_content()
    assert words == guess.evaluate(**values | {"known": 1})["status"]
    page.get_by_role("button", name="Reset").first.click()
    settled(page)
    assert set(page.evaluate("guess.values()").values()) == {0, -1}
    assert page.locator("#guess .ldn-more input:disabled").count() == 0
    invite = page.locator("#guess .ldn-invite")
    assert invite.is_visible()
    page.locator("#guess input[role=switch]").check()
    settled(page)
    assert invite.is_hidden()
    page.get_by_role("button", name="Reset").first.click()
    settled(page)


def test_axe_finds_nothing(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))")
    assert found == []
