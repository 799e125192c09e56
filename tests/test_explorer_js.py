"""The live control in a real browser: the very script that readers get, in pages of their own.

The numbers are compared with an exact solution, so these tests need nothing of the Python side.
"""

import csv
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from book_weight import minified_script, minified_style
from explorer_specs import LINEAR, MARKS, MODELS, TABLE, exact_level
from PIL import Image

from helpers import explorer

AXE = files("axe_playwright_python") / "axe.min.js"
SCRIPT = minified_script(explorer.script(*MODELS))
STYLE = minified_style(explorer.STYLE.read_text(encoding="utf-8"))


@pytest.fixture
def show(browser, tmp_path):
    """Opens a page that holds the given specs, from a file; its console must stay empty."""
    noise, contexts = [], []
    (tmp_path / "pages.js").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "pages.css").write_text(STYLE, encoding="utf-8")

    def open_page(
        *specs,
        theme="light", width=1280, fragment="", script=True, above="", quiet=True, before="",
    ):  # fmt: skip
        elements = "".join(
            f'<ldn-explorer id="{spec["id"]}"><script type="application/json">'
            + json.dumps(spec).replace("</", "<\\/")
            + '</script><div class="ldn-fallback"><p>The picture for readers without scripts.</p>'
            + '<p class="ldn-dead">No script came.</p></div></ldn-explorer>'
            for spec in specs
        )
        page_file = tmp_path / f"{theme}.html"
        page_file.write_text(
            f"""<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">
            <meta name="viewport" content="width=device-width"><title>Controls</title>
            <link rel="icon" href="data:,"><link rel="stylesheet" href="pages.css">
            <script defer src="pages.js"></script>
            <style>
            body {{ margin: 0; padding: 8px; background: var(--ldn-bg); color: var(--ldn-fg) }}
            </style>
            <main><h1 id="top">Controls</h1>{above}{elements}</main></html>""",
            encoding="utf-8",
        )
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(before)
        if quiet:
            page.on("console", lambda message: noise.append(message.text))
            page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto(page_file.as_uri() + fragment)
        if script and quiet:
            for spec in specs:
                page.wait_for_selector(f"#{spec['id']}[data-ready]", timeout=10_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []


@pytest.fixture
def blank(show):
    return show()


def evaluate(page, spec, values=None, rtol=1e-8):
    return page.evaluate("([s, v, rtol]) => LDN.evaluate(s, v, {rtol})", [spec, values or {}, rtol])


def error_of(page, spec, values):
    return page.evaluate(
        "([s, v]) => { try { LDN.evaluate(s, v); return null } catch (e) { return e.message } }",
        [spec, values],
    )


def assert_close(got, expected, rtol=1e-6):
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    assert np.all(
        np.abs(got - expected) <= rtol * np.maximum(np.abs(expected), 1e-9 * np.abs(expected).max())
    )


class Control:
    """What a reader sees of one control."""

    def __init__(self, page, spec):
        self.page, self.id = page, spec["id"]

    def find(self, selector):
        return self.page.locator(f"#{self.id} {selector}")

    def path(self, mark="path.ldn-line", panel=0):
        return (
            self.find(".ldn-panel")
            .nth(panel)
            .locator(f".ldn-live > {mark}")
            .first.get_attribute("d")
        )

    def value(self, index=0):
        return self.find(".ldn-value").nth(index).inner_text()

    def status(self):
        """What a screen reader hears."""
        return self.find(".ldn-heard").inner_text()

    def press(self, name):
        """Press a button, of the menu if it is none of the control's own."""
        button = self.find(f"button:text-is('{name}')")
        if not button.is_visible():
            self.find(".ldn-menu > summary").click()
        button.click()

    def saved(self, name, file):
        """The path of what a button saves as a file of this name."""
        with self.page.expect_download() as download:
            self.press(name)
        assert download.value.suggested_filename == file
        return Path(download.value.path())

    def rest(self):
        """Wait until the status has been told and the address written."""
        self.page.wait_for_timeout(650)

    def top_tick(self):
        return self.find(".ldn-panel").first.locator(".ldn-y .tick text").last.text_content()


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("values", "times"),
    [
        ({}, [0]),
        ({"dose": 100, "ke": 0.6}, [0]),
        ({"every": 24, "tablets": 4}, [0, 24]),  # the third would fall on the end: not given
        ({"every": 7, "tablets": 4, "dose": 0.5}, [0, 7, 14, 21]),
    ],
)
def test_integrator_agrees_with_the_exact_solution(blank, values, times):
    run = evaluate(blank, LINEAR, values)["runs"]["main"]
    assert run["t"] == pytest.approx(np.linspace(0, 48, 241), abs=1e-12)
    assert_close(
        run["level"],
        exact_level(run["t"], values.get("dose", 4.5), times, ke=values.get("ke", 0.25)),
    )


def test_drawing_tolerance_is_far_below_a_pixel(blank):
    run = evaluate(blank, LINEAR, {"every": 7, "tablets": 4}, rtol=1e-6)["runs"]["main"]
    exact = exact_level(run["t"], 4.5, [0, 7, 14, 21])
    assert np.abs(np.array(run["level"]) - exact).max() < 1e-7 * exact.max()


def test_samples_at_a_dose_time_are_taken_after_the_dose(blank):
    gut = blank.evaluate(
        """() => {
            const run = {dose: 3, every: 12, count: 2, until: 24, samples: 25};
            return Array.from(LDN.integrate(LDN.models.oral, run).gut);
        }"""
    )
    assert gut[0] == 3
    assert gut[12] == pytest.approx(3 + 3 * np.exp(-1.6 * 12), rel=1e-6)
    assert gut[11] < 1e-6


@pytest.mark.parametrize(
    ("every", "count", "given"),
    [(0, 5, 1), (-1, 5, 1), (12, 9, 4), (12, 2, 2), (48, 2, 1), (12, 0, 0)],
)
def test_number_of_doses(blank, every, count, given):
    total = blank.evaluate(
        """([every, count]) => {
            const model = {...LDN.models.oral, rhs: (t, y, p, d) => d.fill(0)};
            const gut = LDN.integrate(model, {dose: 1, every, count, until: 48}).gut;
            return gut[gut.length - 1];
        }""",
        [every, count],
    )
    assert total == given


def test_reductions(blank):
    result = evaluate(blank, LINEAR)
    run, measures = result["runs"]["main"], result["measures"]
    t, level, share = (np.array(run[name]) for name in ("t", "level", "share"))
    first = t <= 24 + 1e-9
    assert measures["peak"] == level.max()
    assert measures["least"] == level[(t >= 12 - 1e-9) & first].min()
    assert measures["exposure"] == pytest.approx(np.trapezoid(level, t), rel=1e-12)
    assert measures["usual"] == pytest.approx(np.trapezoid(level[first], t[first]) / 24, rel=1e-12)
    assert measures["s4"] == share[20]
    marks = evaluate(blank, MARKS)  # 4.1 h lies between two samples
    t, share = (np.array(marks["runs"]["main"][name]) for name in ("t", "share"))
    assert marks["measures"]["s4"] == pytest.approx(np.interp(4.1, t, share), rel=1e-12)


def test_sweeps_rerun_with_each_value(blank):
    sweeps = evaluate(blank, LINEAR)["sweeps"]
    peaks = sweeps["by_dose"]["1.0"]
    assert peaks["x"] == LINEAR["sweeps"]["by_dose"]["values"]
    expected = [
        evaluate(blank, LINEAR, {"dose": dose})["runs"]["main"]["share"] for dose in peaks["x"]
    ]
    assert_close(peaks["y"], [max(share) for share in expected])
    assert_close(sweeps["by_dose"]["1.1"]["y"], [share[120] for share in expected])


def test_status_and_number_format(blank):
    assert evaluate(blank, LINEAR, {"dose": 10, "every": 24})["status"].startswith(
        "A 10 mg dose taken every 24 h peaks at "
    )
    written = blank.evaluate("a => a.map(([v, d, p]) => LDN.format(v, d, p))", [
        [4.5, 3, False], [4.5001, 3, False], [0.0012345, 2, False], [12345, 2, False],
        [0, 2, False], [0.000012345, 2, False], [123456, 3, False], [0.447, 2, True],
        [None, 2, False], [2.54e6, 2, False], [3e9, 2, False], [3e12, 2, False],
    ])  # fmt: skip
    assert written == [
        "4.5", "4.5", "0.0012", "12000", "0", "1.2 × 10⁻⁵", "123000", "45%", "–",
        "2.5 million", "3 billion", "3 × 10¹²",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dose": 500}, ["dose", "500", "0.5 to 100 mg"]),
        ({"dose": "5"}, ["dose", '"5"', "0.5 to 100 mg"]),
        ({"dose": None}, ["dose", "null", "0.5 to 100 mg"]),
        ({"every": 13}, ["every", "13", "0, 24, 7"]),
        ({"tablets": 3}, ["tablets", "3", "1, 2, 4"]),
        ({"dosse": 5}, ["dosse", "dose, ke, tablets, every"]),
    ],
)
def test_bad_values_are_named(blank, values, words):
    message = error_of(blank, LINEAR, values)
    assert message and all(word in message for word in words)


def test_not_a_number_is_refused(blank):
    message = blank.evaluate(
        "s => { try { LDN.evaluate(s, {dose: NaN}); } catch (e) { return e.message } }", LINEAR
    )
    assert "dose: got NaN" in message


def test_a_decimal_comma_in_the_address_is_named(show):
    page = show(LINEAR, fragment=f"#{LINEAR['id']}?dose=4,5")
    words = Control(page, LINEAR).find(".ldn-status").inner_text()
    assert 'dose: got "4,5", expected a number from' in words
    assert words.endswith("with a decimal point, not a comma")


def test_missing_script_of_a_model_is_named(blank):
    message = error_of(blank, LINEAR | {"model_name": "nasal"}, {})
    assert 'model "nasal": its script is missing' in message and "oral, stiff" in message


def test_table_is_looked_up_row_by_row(show):
    page = show(TABLE)
    control = Control(page, TABLE)
    control.find("select").select_option("placebo")
    control.find("input").press("End")
    control.rest()
    rows = page.evaluate("document.querySelector('#explore-table').control.csv()")
    assert "Middle and range,Middle,1,51,," in rows  # patients 16, placebo: the sixth cell
    assert "By outcome,Findings,cytokines,5.5,," in rows
    assert control.status() == "16 patients, control arm: placebo."


# ------------------------------------------------------------------ the page


def drag(page, slider, share):
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    start = float(slider.evaluate("e => e.value / e.max"))
    page.mouse.move(box["x"] + 12 + (box["width"] - 24) * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 12 + (box["width"] - 24) * share, y, steps=5)
    page.mouse.up()


def test_drag_changes_curve_text_and_status(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    before = control.path(), control.value(), control.status()
    drag(page, control.find("input").first, 0.9)
    control.rest()
    after = control.path(), control.value(), control.status()
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert after[1] in after[2]
    assert control.find("input").first.get_attribute("aria-valuetext") == after[1]


def test_every_key_changes_curve_text_and_status(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    seen = {(control.path(), control.value(), control.status())}
    for i, key in enumerate(["ArrowRight", "ArrowLeft ArrowLeft", "PageUp", "End", "Home"]):
        for press in key.split():
            control.find("input").first.press(press)
        control.rest()
        seen.add((control.path(), control.value(), control.status()))
        assert (
            len({path for path, _, _ in seen})
            == len({text for _, text, _ in seen})
            == len(seen)
            == i + 2
        )
    assert control.value() == "0.5 mg"
    control.find("input").first.press("End")
    assert control.value() == "100 mg"


def test_choice_changes_the_curve(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    before = control.path()
    control.find("select").focus()
    page.keyboard.press("ArrowDown")
    control.rest()
    assert "taken every 24 h" in control.status()
    assert control.path() != before
    assert control.find("td").last.inner_text() != "0%"


def test_slider_with_marks_stops_at_exactly_these(show):
    control = Control(show(LINEAR), LINEAR)
    slider = control.find("input").nth(2)
    slider.press("Home")
    seen = [control.value(2)]
    for _ in range(3):
        slider.press("ArrowRight")
        seen.append(control.value(2))
    assert seen == ["1 tablets", "2 tablets", "4 tablets", "4 tablets"]


def test_log_slider_takes_human_and_noticeable_steps(show):
    control = Control(show(LINEAR), LINEAR)
    slider = control.find("input").first
    slider.press("Home")
    values = []
    while not values or values[-1] < 100:
        values.append(float(control.value().split()[0]))
        slider.press("ArrowRight")
    steps = np.diff(np.log(values))
    assert {0.5, 1, 2.4, 4.5, 10, 50, 100} <= set(values)
    assert len(values) < 90 and steps.max() < 0.13 and steps.min() > 0.04


def test_status_is_told_once_after_rest(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    page.evaluate("""() => {
        window.told = 0;
        const status = document.querySelector('.ldn-heard[role=status]');
        new MutationObserver(() => window.told++).observe(status, {childList: true});
    }""")
    # Six moves and the next frame, in one breath.
    told, seen, heard = page.evaluate("""async () => {
        const slider = document.querySelector(".ldn input");
        for (let i = 0; i < 6; i++) {
            slider.stepUp();
            slider.dispatchEvent(new Event("input"));
        }
        await new Promise((drawn) => requestAnimationFrame(drawn));
        const words = (selector) => document.querySelector(selector).textContent;
        return [window.told, words(".ldn-status"), words(".ldn-heard")];
    }""")
    assert told == 0
    assert seen != heard  # seen at once
    control.rest()
    assert page.evaluate("told") == 1
    assert control.find(".ldn-status").inner_text() == control.status()


def test_axis_grows_and_shrinks_only_on_reset(show):
    control = Control(show(LINEAR), LINEAR)
    first = control.path()
    assert control.top_tick() == "5"
    slider = control.find("input").first
    slider.press("End")
    control.rest()
    assert control.top_tick() == "100"
    slider.press("Home")
    control.rest()
    assert control.top_tick() == "100"
    control.find("button:text-is('Reset')").click()
    control.rest()
    assert control.top_tick() == "5"
    assert control.value() == "4.5 mg" and control.path() == first


def test_ghost_shows_the_starting_curve(show):
    control = Control(show(LINEAR), LINEAR)
    start = control.path()
    ghost = control.find(".ldn-ghost path.ldn-line").first
    assert not ghost.is_visible()
    control.find("input").nth(1).press("ArrowRight")
    control.rest()
    panel_ghost = control.find(".ldn-panel").first.locator("g.ldn-ghost path.ldn-line")
    assert panel_ghost.is_visible()
    assert panel_ghost.get_attribute("d") == start != control.path()


def test_presets(show):
    control = Control(show(LINEAR), LINEAR)
    daily, once = (
        control.find("button:text-is('4.5 mg daily')"),
        control.find("button:text-is('One tablet of 50 mg')"),
    )
    once.click()
    control.rest()
    assert control.value() == "50 mg" and "50 mg dose taken once" in control.status()
    assert (
        once.get_attribute("aria-pressed") == "true"
        and daily.get_attribute("aria-pressed") == "false"
    )
    daily.click()
    control.rest()
    assert control.value() == "4.5 mg" and "taken every 24 h" in control.status()
    assert daily.get_attribute("aria-pressed") == "true"


def test_a_preset_sets_everything(show):
    """Whatever was set before, its words are those of the preset on a fresh page."""
    control = Control(show(LINEAR), LINEAR)
    control.press("One tablet of 50 mg")
    control.rest()
    fresh = control.status(), control.find(".ldn-value").all_inner_texts()
    control.find("input").nth(1).press("End")
    control.find("input").nth(2).press("End")
    control.press("4.5 mg daily")
    control.find("input").nth(1).press("Home")
    control.press("One tablet of 50 mg")
    control.rest()
    assert (control.status(), control.find(".ldn-value").all_inner_texts()) == fresh


# What a reader keeps or takes along


def test_a_kept_curve_stays_until_reset(show):
    control = Control(show(LINEAR), LINEAR)
    start = control.path()
    control.find("input").first.press("End")
    control.rest()
    kept, words = control.path(), control.find(".ldn-status").inner_text()
    control.press("Keep this curve")
    assert control.status() == f"Kept: {words}"  # a screen reader hears that it was done
    control.find("input").first.press("Home")
    control.rest()
    ghost = control.find(".ldn-ghost path.ldn-line").nth(1)  # the first is of the legend
    assert ghost.is_visible() and ghost.get_attribute("d") == kept
    assert control.find(".ldn-key-ghost").first.inner_text() == "kept"
    assert control.find(".ldn-kept-words").inner_text() == f"Kept: {words}"
    assert control.status() == control.find(".ldn-status").inner_text() != words
    control.press("Reset")
    control.rest()
    assert control.path() == start and not ghost.is_visible()
    assert not control.find(".ldn-kept-words").is_visible()
    control.find("input").first.press("ArrowRight")
    control.rest()
    assert control.find(".ldn-key-ghost").first.inner_text() == "starting settings"
    assert ghost.get_attribute("d") != kept


def test_a_kept_curve_is_in_the_data(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    control.find("input").first.press("End")
    control.rest()
    control.press("Keep this curve")
    control.find("input").first.press("Home")
    control.rest()
    text = page.evaluate("document.querySelector('#explore-linear').control.csv()")
    rows = list(csv.reader(text.splitlines()))
    for series, dose in {"Level": 0.5, "kept: Level": 100}.items():
        level = [row for row in rows if row[1] == series]
        times = [float(row[2]) for row in level]
        assert_close([float(row[3]) for row in level], exact_level(times, dose, [0]), rtol=1e-4)
    control.press("Reset")
    control.rest()
    text = page.evaluate("document.querySelector('#explore-linear').control.csv()")
    assert "kept" not in text


def test_a_copied_link_opens_the_same_state(show):
    page = show(LINEAR)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    control = Control(page, LINEAR)
    control.find("input").first.press("End")
    control.find("select").select_option("every 24 h")
    control.press("Copy link")
    told = control.find(".ldn-told")
    told.get_by_text("Link copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    control.rest()
    assert link == page.url
    again = Control(show(LINEAR, fragment="#" + link.split("#")[1]), LINEAR)
    again.rest()
    assert again.path() == control.path() and again.status() == control.status()


def test_a_link_that_may_not_be_copied_is_shown(show):
    page = show(LINEAR)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    control = Control(page, LINEAR)
    control.press("Copy link")
    field = page.get_by_role("textbox", name="Copy this link:")
    assert field.evaluate("e => e === document.activeElement")
    assert field.input_value().endswith("#explore-linear?dose=4.5&ke=0.25&tablets=2&every=0")


def test_a_saved_picture_is_a_png_of_all_panels(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    control.find("input").first.press("End")
    control.rest()
    with Image.open(control.saved("Save picture", "explore-linear.png")) as image:
        assert image.format == "PNG"
        width, height = image.size
        # Twice as sharp as a screen; both charts, each of about two thirds of its width.
        assert width == 1280 and 2 * 0.6 * 1280 < height < 3000
        picture = np.asarray(image.convert("RGB"))
    blue = np.abs(picture.astype(int) - (0x0B, 0x5C, 0xB8)).sum(axis=2) < 40
    halves = blue[: height // 2].sum(), blue[height // 2 :].sum()
    assert min(halves) > 500, "the curves of a panel are not in the picture"
    assert control.find(".ldn-told").inner_text() == "Picture saved."


def test_the_menu_by_keyboard(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    summary = control.find(".ldn-menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached == ["Copy link", "Save picture", "Save data (CSV)"]
    page.keyboard.press("Escape")
    assert not control.find("button:text-is('Copy link')").is_visible()
    assert summary.evaluate("e => e === document.activeElement")


def test_address_keeps_the_state_of_every_control(show):
    page = show(LINEAR, TABLE)
    Control(page, LINEAR).find("input").first.press("End")
    Control(page, LINEAR).find("select").select_option("every 24 h")
    Control(page, LINEAR).rest()
    assert page.evaluate("location.hash") == "#explore-linear?dose=100&ke=0.25&tablets=2&every=24"
    Control(page, TABLE).find("input").press("End")
    Control(page, TABLE).rest()
    fragment = page.evaluate("location.hash")
    assert (
        fragment == "#explore-table?n=16&arm=0;explore-linear?dose=100&ke=0.25&tablets=2&every=24"
    )
    assert (
        page.evaluate("history.length") == 2
    )  # about:blank and the page: moves are not steps back

    again = show(LINEAR, TABLE, fragment=fragment)
    linear, table = Control(again, LINEAR), Control(again, TABLE)
    linear.rest()
    assert linear.value() == "100 mg" and table.value() == "16"
    assert "100 mg dose taken every 24 h" in linear.status()
    assert again.evaluate("scrollY") > 100  # the control used last is in view
    linear.find("button:text-is('Reset')").click()
    table.find("button:text-is('Reset')").click()
    linear.rest()
    assert again.evaluate("location.hash") == ""


def test_links_in_the_prose_set_a_control(show):
    page = show(LINEAR, above='<a href="#explore-linear?dose=50">50 mg</a> <a href="#top">top</a>')
    page.click("text=50 mg")
    Control(page, LINEAR).rest()
    assert Control(page, LINEAR).value() == "50 mg"
    page.click("a:text-is('top')")
    Control(page, LINEAR).rest()
    assert page.evaluate("location.hash") == "#top"
    assert Control(page, LINEAR).value() == "50 mg"


@pytest.mark.parametrize("query", ["dose=900", "dose=abc", "dose=", "nothing=1"])
def test_bad_address_is_reported_and_not_used(show, query):
    control = Control(show(LINEAR, fragment="#explore-linear?" + query), LINEAR)
    assert control.value() == "4.5 mg"
    assert query.split("=")[0] in control.find(".ldn-status").inner_text()
    assert query.split("=")[0] in control.status()  # what a screen reader hears
    control.find("input").first.press("ArrowRight")
    control.rest()
    assert control.status().startswith("A 5 mg dose")


def test_csv_holds_what_is_shown(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    control.find("input").first.press("End")
    control.rest()
    text = control.saved("Save data (CSV)", "explore-linear.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), "without the mark, a spreadsheet shows Î² for β"
    rows = list(csv.reader(text.decode("utf-8-sig").splitlines()))
    labels = "ng/mL | Share of receptors"
    assert rows[0] == [
        "panel", "series", "x [Hours after the first dose | Dose (mg)]",
        f"y [{labels}]", f"low [{labels}]", f"high [{labels}]",
    ]  # fmt: skip
    assert {len(row) for row in rows} == {6}
    level = [row for row in rows if row[1] == "Level"]
    times = [float(row[2]) for row in level]
    assert_close([float(row[3]) for row in level], exact_level(times, 100, [0]), rtol=1e-4)
    assert ["Level in blood", "Measured after 4.5 mg (mean, SD)", "24", "0.5", "0.3", ""] in rows
    band = [row for row in rows if row[1] == "Slow to fast elimination"]
    assert len(band) == 241 and all(float(row[4]) <= float(row[5]) for row in band)
    assert ["Receptors blocked, by dose", "the dose set", "100", "", "", ""] in rows


def test_every_kind_of_mark_is_drawn(show):
    control = Control(show(LINEAR, MARKS), MARKS)
    drawn = {
        kind: control.find(f".ldn-live > path.ldn-{kind}")
        for kind in ("line", "band", "points", "bars", "rule")
    }
    assert {kind: paths.count() for kind, paths in drawn.items()} == {
        "line": 1,
        "band": 1,
        "points": 1,
        "bars": 2,
        "rule": 2,
    }
    for paths in drawn.values():
        assert all(
            "NaN" not in d and len(d) > 8
            for d in paths.evaluate_all("all => all.map(p => p.getAttribute('d'))")
        )
    # two bars a mark; three points in the frame; two error bars with two caps each
    assert drawn["bars"].first.get_attribute("d").count("M") == 2
    assert drawn["points"].first.get_attribute("d").count("M") == 3
    assert control.find("path.ldn-errors").first.get_attribute("d").count("M") == 6
    # on the log axis every decade is as high as the next
    ticks = control.find(".ldn-panel").first.locator(".ldn-y .tick")
    heights = ticks.evaluate_all("all => all.map(t => t.transform.baseVal[0].matrix.f)")
    assert ticks.all_text_contents() == ["0.001", "0.01", "0.1", "1", "10"]
    assert np.diff(heights) == pytest.approx(np.diff(heights)[0], abs=0.01)
    # the curve relative to 1 h passes through 1 there
    csv_text = control.page.evaluate("document.querySelector('#explore-marks').control.csv()")
    assert "Log and relative,Relative level,1,1,," in csv_text
    assert control.find(".ldn-bar-text").count() == 4


def test_rule_follows_its_control(show):
    control = Control(show(LINEAR), LINEAR)
    before = control.path("path.ldn-rule", panel=1)
    control.find("input").first.press("ArrowRight")
    control.rest()
    assert control.path("path.ldn-rule", panel=1) != before


def test_unrelated_control_does_not_rerun_a_sweep(show):
    spec = LINEAR | {"model_name": "counted"}
    page = show(spec)
    control = Control(page, spec)
    first = page.evaluate("starts")
    control.find("input").first.press("ArrowRight")
    control.rest()
    # The runs and the other sweep, not the 8 of the sweep over the dose.
    assert page.evaluate("starts") == first + 3 + 3
    control.find("input").nth(1).press("ArrowRight")
    control.rest()
    assert page.evaluate("starts") >= first + 6 + 8


def test_screen_readers_are_told_what_the_curves_do(show):
    page = show(LINEAR)
    control = Control(page, LINEAR)
    picture = page.get_by_role("img", name="Level in blood")
    before = picture.locator("desc").text_content()
    assert "Level: highest" in before and "at the end" in before
    control.find("input").first.press("End")
    control.rest()
    assert picture.locator("desc").text_content() != before
    assert page.get_by_role("region", name=LINEAR["title"]).count() == 1
    for label in ("Dose", "Elimination", "Tablets"):
        assert page.get_by_role("slider", name=label, exact=True).count() == 1
    assert page.get_by_role("combobox", name="How often").count() == 1
    keys = "[data-lm-suppress-shortcuts=true]"
    assert (
        control.find(f"input{keys}, select{keys}, button{keys}").count()
        == control.find("input, select, button").count()
    )


def test_step_limit_ends_in_a_message(show):
    spec = LINEAR | {"model_name": "stiff", "id": "explore-stiff"}
    message = error_of(show(), spec, {})
    assert "100000 calculation steps" in message and "time" in message


def test_message_goes_when_settings_become_gentle_again(show):
    spec = LINEAR | {"model_name": "stiff_above_50_mg", "sweeps": {}, "readout": None}
    spec["panels"] = spec["panels"][:1]
    control = Control(show(spec), spec)
    slider = control.find("input").first
    before = control.path()
    slider.press("End")
    control.rest()
    assert "calculation steps" in control.status()
    assert control.path() == before  # the last picture stays
    slider.press("Home")
    control.rest()
    assert control.status().startswith("A 0.5 mg dose")
    assert control.path() != before


def test_widget_keeps_python_and_page_in_step(blank):
    blank.evaluate(
        """spec => {
            const traits = {spec, values: {dose: 10}}, listeners = {};
            window.saved = 0;
            window.model = {
                get: name => traits[name],
                set: (name, value) => { traits[name] = value; },
                save_changes: () => { window.saved++; },
                on: (event, act) => { listeners[event] = act; },
                off: event => { delete listeners[event]; },
                fire: event => listeners[event](),
            };
            const el = document.body.appendChild(document.createElement("div"));
            el.id = "lab";
            window.end = LDN.widget.render({model, el});
        }""",
        LINEAR,
    )
    value = blank.locator("#lab .ldn-value").first
    assert value.inner_text() == "10 mg"
    blank.locator("#lab input").first.press("End")
    assert blank.evaluate("[model.get('values').dose, saved]") == [100, 1]
    blank.evaluate(
        """() => {
            model.set("values", {dose: 2, ke: 0.25, tablets: 2, every: 24});
            model.fire("change:values");
        }"""
    )
    blank.wait_for_timeout(650)
    assert value.inner_text() == "2 mg"
    assert blank.evaluate("saved") == 1  # no echo
    words = blank.locator("#lab .ldn-heard").inner_text()
    assert "taken every 24 h" in words
    assert blank.evaluate("location.hash") == ""
    blank.locator("#lab button:text-is('Keep this curve')").click()
    assert blank.locator("#lab .ldn-kept-words").inner_text() == f"Kept: {words}"
    # There is no page to link to, and no file to take elsewhere.
    blank.locator("#lab .ldn-menu > summary").click()
    items = blank.locator("#lab .ldn-items button")
    assert items.all_inner_texts() == ["Save picture", "Save data (CSV)"]
    for i, name in enumerate(["explore-linear.png", "explore-linear.csv"]):
        with blank.expect_download() as download:
            items.nth(i).click()
        assert download.value.suggested_filename == name
    blank.evaluate("end()")
    assert blank.locator("#lab .ldn").count() == 0


def test_fallback_shows_without_scripts_and_goes_with_them(show):
    assert show(LINEAR, script=False).locator(".ldn-fallback").is_visible()
    assert show(LINEAR).locator(".ldn-fallback").count() == 0


def test_control_without_its_model_says_so_and_keeps_the_fallback(show):
    page = show(LINEAR | {"model_name": "nasal"}, quiet=False)
    page.wait_for_selector("#explore-linear[data-error*=nasal]")
    assert page.locator(".ldn-fallback").is_visible() and page.locator(".ldn").count() == 0
    said = page.locator(".ldn-dead").inner_text()
    assert 'model "nasal": its script is missing' in said and "Load the page again" in said


def test_a_fault_half_way_leaves_no_half_control(show):
    """The observer that draws the charts is missing, as in an old browser."""
    page = show(LINEAR, quiet=False, before="delete window.ResizeObserver")
    page.wait_for_selector("#explore-linear[data-error]")
    assert (
        page.locator(".ldn-fallback").is_visible()
        and page.locator(".ldn[role=region]").count() == 0
    )
    assert "ResizeObserver" in page.locator(".ldn-dead").inner_text()


def test_narrow_screen(show):
    page = show(LINEAR, TABLE, MARKS, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    outside = page.evaluate("""() => {
        const box = (text) => text.getBoundingClientRect();
        return Array.from(document.querySelectorAll('.ldn svg[role=img] text'))
            .filter((text) => box(text).right > 360.5 || box(text).left < -0.5)
            .map((text) => text.textContent);
    }""")
    assert outside == []
    sizes = page.evaluate("""() => {
        document.querySelectorAll('.ldn details').forEach((details) => (details.open = true));
        const inputs = document.querySelectorAll('.ldn :is(input, select, button, summary)');
        return Array.from(inputs, (e) => e.getBoundingClientRect())
            .map((box) => [box.width, box.height]);
    }""")
    assert sizes and all(min(size) >= 24 for size in sizes)
    charts = page.locator("#explore-linear svg[role=img]")
    assert charts.nth(0).bounding_box()["x"] == charts.nth(1).bounding_box()["x"]  # stacked
    wide = show(LINEAR).locator("#explore-linear svg[role=img]")
    assert wide.nth(0).bounding_box()["y"] == wide.nth(1).bounding_box()["y"]  # side by side


def test_print_hides_the_controls_and_keeps_the_curves(show):
    control = Control(show(LINEAR), LINEAR)
    control.page.emulate_media(media="print")
    assert (
        not control.find("input").first.is_visible()
        and not control.find("button").first.is_visible()
    )
    assert control.find("svg[role=img]").first.is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_violation(show, theme):
    page = show(LINEAR, TABLE, MARKS, theme=theme)
    Control(page, LINEAR).find("button:text-is('4.5 mg daily')").click()
    Control(page, LINEAR).find("input").nth(1).press("ArrowRight")
    Control(page, LINEAR).press("Keep this curve")
    Control(page, LINEAR).find("input").nth(1).press("ArrowRight")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    Control(page, LINEAR).press("Copy link")  # the menu is open, and a field to copy from
    Control(page, LINEAR).rest()
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run('.ldn', {preload: false})")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in result["violations"]] == []
    assert len(result["passes"]) > 10


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_of_curves_and_chart_text(show, theme):
    """axe does not see SVG: 3:1 for the palette, 4.5:1 for text."""
    page = show(LINEAR, theme=theme)
    colours = page.evaluate("""() => {
        const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const read = value => {
            paint.clearRect(0, 0, 1, 1); paint.fillStyle = value; paint.fillRect(0, 0, 1, 1);
            return Array.from(paint.getImageData(0, 0, 1, 1).data.slice(0, 3));
        };
        const style = getComputedStyle(document.querySelector('.ldn'));
        const names = [0, 1, 2, 3, 4, 5].map((i) => 'c' + i);
        names.push('fg', 'muted', 'bg', 'soft', 'accent', 'on-accent', 'warn');
        const colour = (name) => read(style.getPropertyValue('--ldn-' + name));
        return Object.fromEntries(names.map((name) => [name, colour(name)]));
    }""")

    def contrast(a, b):
        light = []
        for colour in (colours[a], colours[b]):
            linear = [
                c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                for c in (v / 255 for v in colour)
            ]
            light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
        return (max(light) + 0.05) / (min(light) + 0.05)

    assert all(contrast(f"c{i}", "bg") >= 3 for i in range(6))
    for text in ("fg", "muted", "warn"):
        assert contrast(text, "bg") >= 4.5
    assert contrast("fg", "soft") >= 4.5 and contrast("on-accent", "accent") >= 4.5
