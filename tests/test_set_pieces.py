"""Chapter 7: everyone ever randomised, the verdicts that results would change, and the chain."""

import csv
import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from controls import builders

from helpers import badges, evidence, explorer, questions
from helpers.analysis import randomised, verdict_changes
from helpers.evidence import study_cards
from helpers.explorer import arrows, dots, fallback
from helpers.explorer.spec_checks import check_spec

EVERYONE = builders()["final_thoughts.explore_everyone"]().spec
VERDICTS = builders()["final_thoughts.explore_verdicts"]().spec
CHAIN = builders()["final_thoughts.explore_chain"]().spec
[DOTS] = EVERYONE["panels"]
MAP = VERDICTS["panels"][1]
[PICKS] = [control for control in EVERYONE["controls"] if control["name"] == "trial"]
STEPS = [1, 2, 3, 4]
SIZES = [(320, 225), (344, 227), (640, 260), (1180, 310)]


def settings(**values):
    """All values of explore_everyone."""
    return {c["name"]: c["value"] for c in EVERYONE["controls"]} | values


def rows(name):
    """The rows of a table as text, without the reader that the book uses."""
    with (evidence.FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------- everyone ever randomised


def test_everybody_has_a_dot():
    """Each blind randomised trial against placebo that has reported, counted by hand."""
    people, uncounted, unfinished = {}, set(), set()
    for row in rows("studies"):
        if row["control"] != "placebo":
            continue
        if row["status"] != "reported":
            unfinished.add(row["study"])
        elif row["kind"] == "randomised trial" and row["blinding"] == "double":
            if row["randomised"]:
                people[row["study"]] = int(row["randomised"])
            else:
                uncounted.add(row["study"])
    drawn, rings = {}, set()
    for group in DOTS["groups"]:
        if group["people"] is None:
            rings.add(group["name"])
        else:
            drawn[group["name"]] = drawn.get(group["name"], 0) + group["people"]
    assert drawn == people and rings == uncounted | unfinished
    for value in STEPS:
        found = dots.places(DOTS, settings(step=value), 344, 227)
        assert sum(map(len, found["dots"])) == sum(people.values()) + len(rings)


def test_the_few_are_those_of_the_first_page():
    groups = randomised.groups().groupby("arthritis")["people"].sum()
    few = int(questions.number("arthritis inflammatory"))
    assert groups[randomised.INFLAMMATORY] == few
    trial = evidence.studies().loc["LDN-VA"]
    assert groups[randomised.LOST] == trial["randomised"] - trial["analysed"]
    assert groups["osteoarthritis"] == trial["analysed"] - few
    labels = [block["label"] for block in dots.view_of(DOTS, {"step": 4})["blocks"]]
    assert labels[0].endswith(f": {few}")


def test_numbers_that_are_said_are_those_of_the_table():
    """Each number of a step's sentence is a sum over studies.csv."""
    table = pd.DataFrame(rows("studies")).set_index("study")
    trials = table.loc[[g["name"] for g in DOTS["groups"] if g["people"]]]
    trials = trials[~trials.index.duplicated()]
    people = trials["randomised"].astype(int)
    every = people.sum()
    families = people.groupby(trials["condition"].map(study_cards.disease)).sum()
    both = (trials["design"] == "crossover").any()
    few = int(re.search(r"inflammatory arthritis \((\d+)\)", table.loc["LDN-VA", "condition"])[1])
    said = {s: explorer.evaluate(EVERYONE, {"step": s})["status"] for s in STEPS}
    numbers = {s: sorted(map(int, re.findall(r"\b\d+\b", text))) for s, text in said.items()}
    assert numbers[1] == sorted([len(trials), every])
    assert both == ("both in turn (crossover)" in said[1])
    assert numbers[2] == sorted([*families, few])
    assert sum(numbers[3]) == every
    assert numbers[4] == sorted([few, few, every])
    assert not (trials["condition"] == "rheumatoid arthritis").any() and "None of" in said[1]
    assert "Nobody was in a trial that gave a result on inflamed joints." in said[3]


def test_no_trial_is_without_a_question():
    counted = randomised.trials().dropna(subset=["randomised"])
    assert set(counted["question"]) == set(randomised.QUESTIONS)


def test_more_kinds_than_people_are_refused(monkeypatch):
    table = evidence.studies()
    table.loc["LDN-VA", "randomised"] = 22
    monkeypatch.setattr(evidence, "studies", lambda: table)
    with pytest.raises(evidence.TableError, match="'LDN-VA': its kinds .* at most 22 people"):
        randomised.groups()


@pytest.mark.parametrize("size", SIZES)
def test_dots_stand_apart_and_in_the_picture(size):
    width, height = size
    for value in STEPS:
        found = dots.places(DOTS, settings(step=value), width, height)
        all_dots = np.array(sum(found["dots"], []))
        radius = found["pitch"] * dots.STRONG
        assert radius >= 2.5
        assert all_dots.min() >= radius and (all_dots[:, 0] <= width - radius).all()
        assert (all_dots[:, 1] <= height - radius).all()
        assert len(np.unique(all_dots.round(3), axis=0)) == len(all_dots)
        baselines = [y for _, y in found["labels"]]
        assert all(abs(all_dots[:, 1] - y).min() > radius for y in baselines)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"control": "stage"}, "control of panel .* 'stage'"),
        ({"pick": "step"}, "pick of panel .* must be a choice, got 'range'"),
        ({"groups": [DOTS["groups"][0] | {"people": 0}]}, "people of group 'FINAL' must be"),
        ({"groups": [DOTS["groups"][0] | {"pick": 99}]}, "pick of group 'FINAL' must be one of"),
        ({"views": DOTS["views"][:3]}, r"values of the views .* must be \[1, 2, 3, 4\]"),
        ({"groups": DOTS["groups"][:2]}, "must hold each of 2 groups once"),
    ],
)
def test_dots_that_cannot_be_shown_are_refused(changes, expected):
    controls = {control["name"]: control for control in EVERYONE["controls"]}
    with pytest.raises((KeyError, ValueError), match=expected):
        dots.check(DOTS | changes, controls)


# ---------------------------------------------------------------- the verdicts


def test_what_we_know_today_is_the_ledger():
    today = {row["id"]: row["verdict"] for row in rows("claims")}
    assert verdict_changes.judged().to_dict() == today
    assert verdict_changes.every()[0].to_dict() == today


@pytest.mark.parametrize("result", sorted({row["result"] for row in rows("verdict_changes")}))
def test_a_result_moves_its_claims_and_no_other(result):
    moved = {r["claim"]: r["verdict"] for r in rows("verdict_changes") if r["result"] == result}
    today, then = verdict_changes.judged(), verdict_changes.judged(result)
    assert then[then != today].to_dict() == moved


def test_results_that_cannot_be():
    with pytest.raises(KeyError, match="result 'a miracle'"):
        verdict_changes.judged("a miracle")
    with pytest.raises(ValueError, match="must be of different questions, got .* of 'trial'"):
        verdict_changes.judged(*verdict_changes.questions()["trial"])


def test_one_result_makes_nothing_well_established():
    """By the definitions of the verdicts that takes more than one good study."""
    assert "well established" not in {row["verdict"] for row in rows("verdict_changes")}


def test_the_control_says_what_the_rules_give():
    """Counts, changes, notes and arrows, at every set of results."""
    asked = verdict_changes.questions()
    today = verdict_changes.judged()
    every = verdict_changes.every()
    ranges = [range(len(results) + 1) for results in asked.values()]
    boxes = evidence.read("mechanism")
    for at, verdicts in zip(product(*ranges), every, strict=True):
        values = dict(zip(asked, at))
        found = explorer.evaluate(VERDICTS, values)
        counts = [found["measures"][f"n{i}"] for i in range(len(badges.VERDICTS))]
        assert counts == [(verdicts == verdict).sum() for verdict in badges.VERDICTS]
        moved = set(verdicts.index[verdicts != today])
        assert found["measures"]["changed"] == len(moved)
        noted = {text.split()[0] for text in found["notes"]} if moved else set()
        assert noted == moved and (moved or found["notes"] == [VERDICTS["notes"]["empty"]])
        looks = [look["name"] for look in arrows.looks_at(MAP, values)]
        assert looks == [verdicts[claim] for claim in boxes["claim"]]


# ---------------------------------------------------------------- the chain


def test_chances_are_multiplied():
    rng = np.random.default_rng(4)
    chances = {f"m{i}": float(rng.integers(0, 21) * 5) for i in range(1, 10)}
    found = explorer.evaluate(CHAIN, chances)["measures"]
    share = [chances[f"m{i}"] / 100 for i in range(1, 10)]
    assert found["joint"] == pytest.approx(100 * np.prod(share[:6]))
    assert found["symptoms"] == pytest.approx(100 * np.prod(share[6:]))


def test_the_words_say_whose_chances_they_are():
    """Those of nobody, until a reader has moved one; a setting is counted once, and back again."""
    names = [control["name"] for control in CHAIN["controls"]]
    assert {control["value"] for control in CHAIN["controls"]} == {50}
    said = lambda values: explorer.evaluate(CHAIN, values)["status"]
    assert said({}) == said(dict.fromkeys(names, 50))
    assert said({}).startswith("With a coin toss on each arrow (nobody's estimate), ")
    assert said({"m2": 55}).startswith("With 1 of 9 arrows set by you, and a coin toss on the ")
    assert said(dict.fromkeys(names[1:], 0)).startswith("With 8 of 9 arrows set by you, ")
    assert said(dict.fromkeys(names, 90)).startswith("With every arrow set by you, ")
    assert all("not the chance that LDN helps" in said({"m1": v}) for v in (0, 50, 100))


def test_results_and_chances_leave_each_other_alone():
    """What is supposed of a result resets no chance: they are two controls."""
    names = lambda spec: {control["name"] for control in spec["controls"]}
    assert not names(VERDICTS) & names(CHAIN)


def test_each_arrow_of_the_chain_is_that_of_the_map():
    boxes = {box["name"]: " ".join(box["lines"]) for box in MAP["boxes"]}
    labels = [
        f"Arrow {i}: {arrow['label']} → {boxes[arrow['end']]}"
        for i, arrow in enumerate(MAP["arrows"], 1)
    ]
    assert [control["label"] for control in CHAIN["controls"]] == labels


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"measures": {"a": explorer.product("trial")}}, "measure in product 'a' 'trial'"),
        ({"measures": {"a": explorer.moved("scam")}}, "control in moved 'a' 'scam'"),
        ({"measures": {"a": explorer.product(factor="x")}}, "factor of measure 'a'"),
        ({"notes": explorer.notes("c", "e", explorer.note("scam", 1, "t"))}, "control of a note"),
        (
            {"notes": explorer.notes("c", "e", explorer.note("scan", 2, "t"))},
            r"value of a note must be one of \[0, 1\], got 2",
        ),
        ({"notes": explorer.notes("c", 3)}, "empty of the notes"),
        (
            {"controls": [explorer.choice("scan", "s", 1, {"b": 1, "c": 2}) | {"look": "switch"}]},
            r"options of switch 'scan' must be \[0, 1\], got \[1, 2\]",
        ),
    ],
)
def test_parts_that_cannot_be_are_refused(changes, expected):
    with pytest.raises((KeyError, ValueError), match=expected):
        check_spec(VERDICTS | changes)


def test_what_lies_in_the_middle_is_rounded_up():
    """As in the browser: at even chances 12.5 in 100."""
    said = [explorer.evaluation.number(value, 2) for value in (12.5, -2.25, 0.125, 135, 0)]
    assert said == ["13", "−2.3", "0.13", "140", "0"]


def test_today_is_one_press_away():
    assert VERDICTS["presets"][0] == {"label": "What we know today", "values": {}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"start": "lnd"}, "start of arrow 'blocks in part' 'lnd'"),
        ({"look": 5}, "look of arrow 'blocks in part' must be"),
        (
            {"changes": [{"control": "scam", "value": 1, "look": 0}]},
            "control of arrow 'blocks in part' 'scam'",
        ),
    ],
)
def test_arrows_that_cannot_be_shown_are_refused(changes, expected):
    controls = {control["name"]: control for control in VERDICTS["controls"]}
    broken = MAP | {"arrows": [MAP["arrows"][0] | changes]}
    with pytest.raises((KeyError, ValueError), match=expected):
        arrows.check(broken, controls)


# ---------------------------------------------------------------- in the page

SHOW = """async ([spec, values]) => {
    const main = document.querySelector("main");
    if (window.shown) shown.destroy();
    await new Promise((onDrawn) => (window.shown = LDN.mount(main, spec, { values, onDrawn })));
}"""
# The middles of the dots that are drawn, group by group.
DRAWN = """() => [...document.querySelectorAll(".ldn-live > path")].map((path) =>
    path.getAttribute("d").split("M").slice(1).map((part) => {
        const [x, y] = part.split(/[,ha]/).map(Number);
        const ring = /a([\\d.]+)/.exec(part);
        return [x + (ring ? Number(ring[1]) : 0), y];
    }))"""
SIZE = """() => {
    const { width, height } = document.querySelector(".ldn-chart > svg").viewBox.baseVal;
    return [width, height];
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content("<!doctype html><main></main>")
    page.add_style_tag(content=explorer.STYLE.read_text(encoding="utf-8"))
    page.add_script_tag(content=explorer.script())
    yield page
    page.close()
    assert not complaints


def test_the_page_puts_each_dot_where_python_does(page):
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for value in STEPS:
            page.evaluate(SHOW, [EVERYONE, {"step": value}])
            drawn = page.evaluate(DRAWN)
            expected = dots.places(DOTS, settings(step=value), *page.evaluate(SIZE))["dots"]
            for mine, theirs in zip(drawn, expected, strict=True):
                np.testing.assert_allclose(mine, theirs, atol=0.02)
            right = page.locator(".ldn-block-text").evaluate_all(
                "all => all.map((e) => e.getBBox().x + e.getBBox().width)"
            )
            assert max(right) <= page.evaluate(SIZE)[0]


def test_a_touched_dot_shows_its_trial_and_lets_it_go(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(SHOW, [EVERYONE, {}])
    svg = page.locator(".ldn-chart > svg")
    box, (width, _) = svg.bounding_box(), page.evaluate(SIZE)
    x, y = page.evaluate(DRAWN)[0][40]  # of FINAL
    place = {"x": x * box["width"] / width, "y": y * box["width"] / width}
    svg.click(position=place)
    page.evaluate(FRAMES)
    words = page.locator(".ldn-status").inner_text()
    said = study_cards.spoken_result(evidence.trials().loc["FINAL-pain"])
    assert words.startswith("FINAL, in fibromyalgia: ") and words.endswith(f"{said}."), words
    assert page.locator("select option:checked").inner_text().startswith("FINAL")
    assert page.locator("path.ldn-picked").count() == 1
    svg.click(position=place)
    page.evaluate(FRAMES)
    assert page.locator("path.ldn-picked").count() == 0
    assert page.locator(".ldn-status").inner_text() != words


def test_a_trial_is_told_without_signs():
    """How many of those who have dots were analysed, and which way a difference points."""
    values = {option["text"].split(" (")[0]: option["value"] for option in PICKS["options"]}
    told = {name: explorer.evaluate(EVERYONE, {"trial": v})["status"] for name, v in values.items()}
    assert told["INNOVA"].endswith(
        "98 randomised, 96 of them analysed. Pain, 0-10, at 3 months: 0.49 points higher on LDN "
        "(95% interval 0.32 lower to 1.31 higher); no clear difference."
    )
    assert "2.2 times as often on LDN; in favour of LDN" in told["Smith 2011"]
    assert "nobody took part" in told["LDN in arthritis, Boston"]
    assert max(len(words.split()) for words in told.values()) <= 40
    for text, people in (
        (o["text"], re.search(r"\((\d+) rand", o["text"])) for o in PICKS["options"]
    ):
        dots_of = [g["people"] for g in DOTS["groups"] if g["pick"] == values[text.split(" (")[0]]]
        assert not people or int(people[1]) == sum(dots_of), text


def test_a_trial_names_its_disease():
    """Beside its design and its people; without it, a score says nothing."""
    conditions = {row["study"]: row["condition"] for row in rows("studies")}
    for option in PICKS["options"][1:]:
        study = option["text"].rpartition(" (")[0]
        words = explorer.evaluate(EVERYONE, {"trial": option["value"]})["status"]
        assert conditions[study] and words.startswith(f"{study}, in {conditions[study]}: "), words


def test_dots_move_unless_readers_want_them_still(page):
    page.evaluate(SHOW, [EVERYONE, {}])
    still = "(step) => { shown.set({ step }); }"
    moves = []
    for motion in ("reduce", "no-preference"):
        page.emulate_media(reduced_motion=motion)
        page.evaluate(still, 1)
        page.evaluate("() => new Promise((done) => setTimeout(done, 900))")
        page.evaluate(still, 4)
        page.evaluate(FRAMES)
        first = page.evaluate(DRAWN)
        page.evaluate("() => new Promise((done) => setTimeout(done, 900))")
        moves.append(first != page.evaluate(DRAWN))
    page.emulate_media(reduced_motion="reduce")
    assert moves == [False, True]


def test_a_switch_moves_the_map_by_keyboard(page):
    page.evaluate(SHOW, [VERDICTS, {}])
    switch = page.get_by_role("switch").first
    assert not switch.is_checked()
    before = page.locator(".ldn-arrow").evaluate_all("all => all.map((e) => e.style.cssText)")
    switch.press("Space")
    page.evaluate(FRAMES)
    after = page.locator(".ldn-arrow").evaluate_all("all => all.map((e) => e.style.cssText)")
    assert switch.is_checked() and after != before
    assert (
        page.locator(".ldn-notes li").all_inner_texts()
        == explorer.evaluate(VERDICTS, {"scan": 1})["notes"]
    )
    page.get_by_role("button", name="What we know today").click()
    page.evaluate(FRAMES)
    assert page.locator(".ldn-notes li").inner_text() == VERDICTS["notes"]["empty"]
    page.get_by_text("Share or save").click()
    with page.expect_download() as saved:  # signs in words have no swatch to draw
        page.get_by_role("button", name="Save picture").click()
    assert saved.value.path().stat().st_size > 10_000


# Where each part of the control ends and begins.
PARTS = """() => Object.fromEntries(
    [".ldn-panel", ".ldn-tall", ".ldn-status", ".ldn-more", ".ldn-notes"].map((part) => {
        const { top, bottom, left, right } = document.querySelector(part).getBoundingClientRect();
        return [part, { top, bottom, left, right }];
    }))"""


def test_what_moves_is_in_view_with_what_moves_it(page):
    """On a desk, scoreboard, map, words and switches fit one screen; and no switch moves another
    out from under the finger."""
    inputs = "all => all.map((e) => e.getBoundingClientRect().top)"
    place = lambda: np.diff(page.locator(".ldn-front [role=switch]").evaluate_all(inputs)).tolist()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(SHOW, [VERDICTS, {}])
        page.evaluate("document.querySelector('.ldn-more').open = true")
        before = place()
        page.evaluate("() => shown.set({infections: 1, opioids: 1})")
        page.evaluate(FRAMES)
        assert place() == before and page.locator(".ldn-notes li").count() > 1
        places = page.evaluate(PARTS)
        assert places[".ldn-notes"]["top"] >= places[".ldn-status"]["bottom"]
        if width > 390:
            assert places[".ldn-tall"]["left"] >= places[".ldn-panel"]["right"]
            assert places[".ldn-more"]["bottom"] - places[".ldn-panel"]["top"] < 900
        else:
            assert places[".ldn-notes"]["top"] >= places[".ldn-more"]["bottom"]


def test_words_on_the_map_cover_no_box(page):
    for width in (360, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(SHOW, [VERDICTS, {}])
        covered = page.evaluate(
            """() => {
                const box = (e) => e.getBoundingClientRect();
                const meet = (a, b) => a.left < b.right && b.left < a.right
                    && a.top + 2 < b.bottom && b.top < a.bottom - 2;
                const lines = [...document.querySelectorAll(".ldn-arrow tspan")];
                const boxes = [...document.querySelectorAll(".ldn-box")];
                const frame = box(document.querySelector(".ldn-tall"));
                return lines.filter((line) => boxes.some((b) => meet(box(line), box(b)))
                    || box(line).left < frame.left - 1 || box(line).right > frame.right + 1)
                    .map((line) => line.textContent);
            }"""
        )
        assert covered == [], width


def test_what_stands_in_shows_the_same():
    """Without scripts: the dots of the first step, the arrows of today, with their words."""
    html = fallback.stand_in(EVERYONE)
    assert html.count("h.01") == randomised.groups()["people"].sum()
    assert f"Randomised: {html.count('h.01')}" in html
    html = fallback.stand_in(VERDICTS)
    for key in MAP["keys"]:
        assert html.count(f'<span class="ldn-key">{key}</span>') == 2  # seen without scripts, too
    assert [key[0] for key in MAP["keys"]] == [look["icon"] for look in MAP["looks"]]
    for arrow, look in zip(MAP["arrows"], arrows.looks_at(MAP, VERDICTS_TODAY)):
        assert f"{arrow['label']}: {look['name']}" in html
    html = fallback.stand_in(CHAIN)
    named = re.findall(r">\s*(\d)\s*</text>", html.split("<svg")[-1])
    assert named == list("123456")  # the arrows of the longer of the two routes


VERDICTS_TODAY = {control["name"]: control["value"] for control in VERDICTS["controls"]}
