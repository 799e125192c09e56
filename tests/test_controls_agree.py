"""Browser and notebook agree: every control's script, run in Chromium, against SciPy."""

import copy
import csv
import json

import numpy as np
import pytest
from book_weight import minified_script
from controls import builders, evaluate_together, random_settings

from helpers import explorer, export, models
from helpers.analysis import synovium
from helpers.explorer.evaluation import drawn_line, table_series

CONTROLS = builders()
RANDOM = 1000
DRAW = """async function draw(spec, values) {
    const place = document.body.appendChild(document.createElement("div"));
    let control;
    await new Promise((done) => (control = LDN.mount(place, spec, {values, onDrawn: done})));
    const wrong = (what) => Error(`${what}: ${JSON.stringify(values)}`);
    const blank = place.querySelector(".ldn-pen") && !Object.keys(values).length; // readers draw
    if (!blank && !place.querySelector(".ldn-live path[d^=M]")) throw wrong("nothing drawn");
    if (/NaN|Infinity|undefined/.test(place.innerHTML)) throw wrong("a drawing without a number");
    control.destroy();
    place.remove();
}"""


@pytest.fixture(scope="module")
def page(browser):
    """A blank page that runs the very scripts readers get."""
    page = browser.new_page()
    complaints = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    generated = [export.javascript(models.load(name)) for name in models.names()]
    page.add_script_tag(content=minified_script(explorer.script(*generated)))
    page.add_script_tag(content=DRAW)
    yield page
    page.close()
    assert not complaints


def in_browser(page, spec, settings, rtol=1e-8):
    """What the page makes of each setting; every tenth is drawn, too.

    All goes over as one text: Playwright looks at each number of anything nested.
    """
    return json.loads(
        page.evaluate(
            """async (asked) => {
                const [spec, settings, rtol] = JSON.parse(asked);
                for (let i = 0; i < settings.length; i += 10) await draw(spec, settings[i]);
                const plain = (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
                return JSON.stringify(settings.map((values) => {
                    return LDN.evaluate(spec, values, {rtol});
                }), plain);
            }""",
            json.dumps([spec, settings, rtol]),
        )
    )


def close(found, expected, what, height=0.0, low=-np.inf, high=np.inf):
    """Relative to 1e-6, to a billionth of the curve's height; finite, within physical bounds."""
    found, expected = np.array(found, float), np.array(expected, float)
    assert np.isfinite(found).all() and np.isfinite(expected).all(), what
    slack = 1e-9 * max(1.0, np.abs(found).max())
    assert low - slack <= found.min() and found.max() <= high + slack, (
        f"{what} leaves {low} to {high}: {found.min()} to {found.max()}"
    )
    np.testing.assert_allclose(
        found, expected, rtol=1e-6, atol=1e-9 * max(height, np.abs(expected).max()), err_msg=what
    )


def bounds(how, outputs):
    """The physical bounds of a number read off an output; integrals have other units than it."""
    quantity = outputs.get(how.get("output"))
    if not quantity or how["reduce"] == "integral":
        return {}
    factor = how.get("factor", 1)  # of a measure
    low, high = sorted((factor * quantity.low, factor * quantity.high))
    if how["reduce"] == "apart":
        low = -1  # a line of which nothing is drawn
    return {"low": low, "high": high}


def height_of(spec, name, expected):
    """The highest that a measure could be read off its curve; of a ratio, over what divides it."""
    how = spec["measures"][name]
    if how["reduce"] == "ratio":
        top, bottom = how["of"]
        return height_of(spec, top, expected) / abs(expected["measures"][bottom])
    if "run" not in how:
        return 0.0
    column = expected["runs"][how["run"]][how["output"]]
    return np.abs(how.get("factor", 1) * column).max()


def compare(spec, found, expected, outputs):
    for name, run in expected["runs"].items():
        for column, quantity in outputs.items():
            close(
                found["runs"][name][column],
                run[column],
                f"{name}.{column}",
                low=quantity.low,
                high=quantity.high,
            )
    for name, curves in expected["sweeps"].items():
        for mark, curve in curves.items():
            panel, place = map(int, mark.split("."))
            how = spec["panels"][panel]["marks"][place]
            close(
                found["sweeps"][name][mark]["y"],
                curve["y"],
                f"sweep {name}, mark {mark}",
                **bounds(how, outputs),
            )
    assert found["notes"] == expected["notes"]
    for name, value in expected["measures"].items():
        how = spec["measures"][name]
        height = height_of(spec, name, expected)
        close([found["measures"][name]], [value], f"measure {name}", height, **bounds(how, outputs))


@pytest.mark.parametrize("name", CONTROLS)
def test_default_state(page, name):
    control = CONTROLS[name]()
    [found] = in_browser(page, control.spec, [{}])
    expected = explorer.evaluate(control.spec, {}, rtol=1e-10)
    outputs = models.load(control.spec["model_name"]).outputs if control.spec["model_name"] else {}
    compare(control.spec, found, expected, outputs)
    assert found["status"] == expected["status"]


@pytest.mark.parametrize("name", CONTROLS)
def test_random_settings(page, name):
    """1,000 settings over the full range of every control, ends included.

    Runs have fewer samples and sweeps only their ends, to keep it short.
    """
    spec = copy.deepcopy(CONTROLS[name]().spec)
    for run in spec["runs"].values():
        run["samples"] = min(run["samples"], 57)
    for sweep in spec["sweeps"].values():
        sweep["values"] = [sweep["values"][0], sweep["values"][-1]]
    rng = np.random.default_rng(20)
    settings = [random_settings(spec, rng) for _ in range(RANDOM)]
    outputs = models.load(spec["model_name"]).outputs if spec["model_name"] else {}
    expected = evaluate_together(spec, settings)
    # Every tenth also as the book computes it, one by one and by its own solver.
    expected_alone = {
        i: explorer.evaluate(spec, settings[i], rtol=1e-10) for i in range(0, RANDOM, 10)
    }
    found = [
        one
        for start in range(0, RANDOM, 100)  # in parts, since all of it would be a text of 30 MB
        for one in in_browser(page, spec, settings[start : start + 100])
    ]
    for i, values in enumerate(settings):
        try:
            compare(spec, found[i], expected[i], outputs)
            if i in expected_alone:
                compare(spec, found[i], expected_alone[i], outputs)
        except AssertionError:
            # Beside a tipping point errors of all solvers grow a thousandfold: asked for more
            # digits, they must agree.
            [more] = in_browser(page, spec, [values], rtol=1e-11)
            compare(spec, more, explorer.evaluate(spec, values, rtol=1e-12), outputs)


KEEP = """async ([spec, kept, then]) => {
    const place = document.body.appendChild(document.createElement("div"));
    const drawn = LDN.mount(place, spec, {values: kept});
    const buttons = [...place.querySelectorAll("button")];
    buttons.find((button) => /^Keep th/.test(button.textContent)).click();
    drawn.set(then);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const found = {
        rows: drawn.csv(),
        words: place.querySelector(".ldn-kept-words").textContent,
        now: place.querySelector(".ldn-status").textContent,
    };
    drawn.destroy();
    place.remove();
    return found;
}"""


@pytest.mark.parametrize("name", CONTROLS)
def test_what_was_kept_stays_what_it_was(page, name):
    """The kept sentence and the kept rows of the data are Python's numbers at those settings."""
    spec = CONTROLS[name]().spec
    rng = np.random.default_rng(3)
    kept, then = random_settings(spec, rng), random_settings(spec, rng)
    found = page.evaluate(KEEP, [spec, kept, then])
    expected = explorer.evaluate(spec, kept)
    assert found["words"] == "Kept: " + expected["status"]
    assert found["now"] == explorer.evaluate(spec, then)["status"]
    rows = [row for row in csv.reader(found["rows"].splitlines()) if row[1].startswith("kept: ")]
    assert rows
    for i, panel in enumerate(spec["panels"]):
        for j, mark in enumerate(panel["marks"]):
            if mark["kind"] != "line" or (mark.get("when") and not kept[mark["when"]]):
                continue
            if "run" in mark:
                run = expected["runs"][mark["run"]]
                x, y = run[mark.get("against", "t")], run[mark["output"]]
                if "relative_to" in mark:
                    y = y / np.interp(mark["relative_to"], run["t"], y)
                if "against" not in mark:  # hours, shown from another hour on and in other units
                    x = (np.asarray(x) - panel["x"]["zero"]) / panel["x"]["per"]
            elif "sweep" in mark:
                curve = expected["sweeps"][mark["sweep"]][f"{i}.{j}"]
                x, y = curve["x"], curve["y"]
            elif "series" in mark:
                x, y = table_series(spec, mark["series"], kept)
            elif "drawn" in mark:
                x, y = drawn_line(spec, mark["drawn"], kept)
            else:
                x, y = mark["x"], mark["y"]
            same = [row for row in rows if row[:2] == [panel["title"], f"kept: {mark['label']}"]]
            # Several curves of a panel may share their label: each stands in one piece.
            # An empty cell: a number that does not exist at these settings.
            columns = np.array([[float(cell or "nan") for cell in row[2:4]] for row in same])
            starts = range(0, len(columns) - len(x) + 1, len(x))
            curve = np.column_stack([x, y]).astype(float)
            slack = 1e-3 * np.nanmax(np.abs(curve), axis=0)
            assert any(
                np.isclose(columns[start : start + len(x)], curve, 0, slack, equal_nan=True).all()
                for start in starts
            ), f"{panel['title']}: {mark['label']}"


def test_a_wrong_coefficient_is_seen(page):
    """The comparison can fail: the same control with one number of its JavaScript changed."""
    control = CONTROLS["ldn_mechanism.explore_blood"]()
    naltrexone = models.load("naltrexone")
    script = export.javascript(naltrexone)
    assert "1.32" in script
    page.add_script_tag(content=script.replace("1.32", "1.3201"))
    try:
        [found] = in_browser(page, control.spec, [{}])
    finally:
        page.add_script_tag(content=script)
    with pytest.raises(AssertionError):
        expected = explorer.evaluate(control.spec, {}, rtol=1e-10)
        compare(control.spec, found, expected, naltrexone.outputs)


def test_a_table_driven_control(page):
    """A control without a model: the browser picks the numbers of the right grid point."""
    axes = [{"control": "n", "values": [4, 8, 16]}, {"control": "arm", "values": [0, 1]}]
    x = [1.0, 2.0, 3.0]
    grid = [[n * 100 + arm * 10 + i for i in range(3)] for n in (4, 8, 16) for arm in (0, 1)]
    control = explorer.Explorer(
        id="table", title="Table", hint="", badge="Illustration",
        controls=[
            explorer.slider("n", "People", 8, 4, 16, "people", marks=[4, 8, 16]),
            explorer.choice("arm", "Control arm", 1, {"no": 0, "yes": 1}),
        ],
        table={"axes": axes, "x": {"count": x}, "series": {"count": sum(grid, [])}},
        panels=[
            explorer.panel(
                "P", explorer.axis("x", 1, 3), explorer.axis("y", 0, None),
                explorer.line("count", 0, series="count"),
            ),
        ],
        status="{n}, {arm}",
    )  # fmt: skip
    page.evaluate("document.body.innerHTML = '<div id=\"here\"></div>'")
    for n, arm in ((4, 0), (8, 1), (16, 1), (4, 1)):
        text = page.evaluate(
            """([spec, values]) => {
                const drawn = LDN.mount(document.getElementById("here"), spec, {values});
                const text = drawn.csv();
                drawn.destroy();
                return text;
            }""",
            [control.spec, {"n": n, "arm": arm}],
        )
        shown = [float(line.split(",")[3]) for line in text.strip().splitlines()[1:]]
        assert shown == table_series(control.spec, "count", {"n": n, "arm": arm})[1]


def test_a_path_without_time(page):
    """A line of one output against another: the browser draws the pairs that Python has."""
    control = CONTROLS["immune_system_in_ra.explore_joint"]()
    page.evaluate("document.body.innerHTML = '<div id=\"here\"></div>'")
    text = page.evaluate(
        """(spec) => {
            const drawn = LDN.mount(document.getElementById("here"), spec, {});
            const text = drawn.csv();
            drawn.destroy();
            return text;
        }""",
        control.spec,
    )
    rows = [line.split(",") for line in text.strip().splitlines() if ",your joint," in line]
    run = explorer.evaluate(control.spec)["runs"]["main"]
    for place, column in ((2, "inflammation"), (3, "brake")):
        np.testing.assert_allclose([float(row[place]) for row in rows], run[column], rtol=1e-3)


def test_a_measure_of_a_table(page):
    """What the status line reads off a table is the number at its place, in both languages."""
    control = CONTROLS["immune_system_in_ra.explore_patients"]()
    [found] = in_browser(page, control.spec, [{"block": 70, "way": 1, "length": 5.0}])
    shares = synovium.courses()[7, 1, 0]
    assert [found["measures"][name] for name in ("stays", "only", "still")] == pytest.approx(
        shares, abs=1e-4
    )
    assert control.evaluate(block=70, way=1, length=5.0)["status"] == found["status"]
