"""The Python side of the live control: a spec is checked before a browser sees it."""

import copy
import math

import pytest
from controls import builders
from hypothesis import given, settings, strategies as st

from helpers import explorer, export, models

AXES = explorer.axis("x", 0, 24), explorer.axis("y", 0, None)
LEVEL = explorer.line("level", 0, run="main", output="naltrexone")
GRID = {
    "axes": [{"control": "arm", "values": [0, 1]}],
    "x": {"share": [1, 2]},
    "series": {"share": [1.0, 2.0, 3.0, 4.0]},
}
PHRASE = explorer.phrase("peak", "low", 1, "middling", 2, "high")
ARM = explorer.choice("arm", "Arm", 0, {"none": 0, "placebo": 1})


def control(**changes):
    parts = dict(
        id="small", title="Small", hint="", badge="Illustration", model="naltrexone",
        controls=[explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg")],
        runs={"main": explorer.run("dose", 24)},
        sweeps={"by_dose": explorer.sweep("main", "dose", [1, 2])},
        panels=[explorer.panel("P", *AXES, LEVEL)],
        measures={"peak": explorer.measure("naltrexone", "max", (0, 24))},
        status="{dose} {peak}",
    )  # fmt: skip
    return explorer.Explorer(**parts | changes)


def with_mark(mark, *others):
    return {"panels": [explorer.panel("P", *AXES, mark, *others)]}


def with_dose(**changes):
    return {"controls": [explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg") | changes]}


def with_run(dose="dose", until=24, **changes):
    return {"runs": {"main": explorer.run(dose, until, **changes)}}


SWEPT = {"sweep": "by_dose", "output": "naltrexone", "window": [0, 24]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (with_dose(kind="knob"), "kind of control 'dose' 'knob'"),
        (with_dose(scale="logg"), "scale of control 'dose' 'logg'"),
        (with_dose(low=0, scale="log"), "low of control 'dose' on a log scale must be"),
        (with_dose(low=100), r"low of control 'dose' must be below high \(100\), got 100"),
        (with_dose(digits=0), "digits of control 'dose' must be"),
        (with_dose(value=200), "control 'dose' must be a number from 0.5 to 100 mg, got 200"),
        ({"controls": [ARM, ARM]}, "name of a control must be a word that no other has, got 'arm'"),
        ({"controls": [ARM | {"options": []}]}, "options of control 'arm' must be one or more"),
        ({"main": ["doze"]}, "main control 'doze'"),
        (
            {"main": ["dose"] * 3},
            r"main must name one to 2 controls, got \['dose', 'dose', 'dose'\]",
        ),
        ({"phrases": {"peak": PHRASE}}, "must differ in name, got peak twice"),
        ({"phrases": {"high": PHRASE | {"measure": "depth"}}}, "measure of phrase 'high' 'depth'"),
        ({"phrases": {"high": PHRASE | {"steps": [2, 1]}}}, r"must ascend, got \[2.0, 1.0\]"),
        ({"phrases": {"high": PHRASE | {"words": ["low"]}}}, "must have 3 words, got 1"),
        (with_run(until=0), "until of run 'main' must be"),
        (with_run(since=24), r"since of run 'main' must be below until \(24\), got 24"),
        (with_run(samples=1), "samples of run 'main' must be"),
        (with_run(dose=-1), "dose of run 'main' must be a finite number of at least 0"),
        (with_run(every=float("nan")), "every of run 'main' must be a finite number of at"),
        ({"sweeps": {"s": explorer.sweep("main", "dose", [])}}, "values of sweep 's' must be one"),
        (with_mark({"kind": "pie", "label": "a", "style": 0}), "kind of mark of panel 'P' 'pie'"),
        (with_mark(explorer.line("a", 0, run="main")), "must have output and run, .* got run"),
        (with_mark(explorer.line("a", 0)), "mark 'a' of panel 'P' must have .* got None"),
        (with_mark(explorer.line("a", 0, **SWEPT, reduce="median")), "reduction of mark 'a'"),
        (
            with_mark(explorer.line("a", 0, **SWEPT, reduce="max", relative_to=1)),
            "must have .* got output and reduce and relative_to and sweep and window",
        ),
        (with_mark(LEVEL | {"label": ""}), "label of a mark '' of panel 'P' must not be empty"),
        (with_mark(LEVEL | {"style": 6}), "style of mark 'level' of panel 'P' must be"),
        (with_mark(LEVEL | {"relative_to": 25}), "relative_to of mark 'level' .* got 25"),
        (with_mark(explorer.rule("z", 1, "")), "axis of mark '' of panel 'P' 'z'"),
        (with_mark(explorer.rule("y", float("inf"), "")), "at of mark '' of panel 'P' must be"),
        (with_mark(explorer.points("a", 0, [1, 2], [1])), "y of mark 'a' .* 2 items as x, got 1"),
        (
            with_mark(explorer.bars("a", 0, ["one", "two"], measures=["peak"])),
            "measures of mark 'a' of panel 'P' must be 2 as its names, got 1",
        ),
        (
            with_mark(LEVEL, explorer.bars("a", 0, ["one"], measures=["peak"])),
            "marks beside bars must be bars or rules, got line of panel 'P'",
        ),
        (
            {"panels": [explorer.panel("P", explorer.axis("x", 0, None), AXES[1], LEVEL)]},
            "high of the x axis of panel 'P' must be",
        ),
        (
            {"panels": [explorer.panel("P", AXES[0], explorer.axis("y", 1, None, "log"), LEVEL)]},
            "high of the y axis of panel 'P' must be",
        ),
        (
            {"panels": [explorer.panel("P", explorer.axis("x", 0, 7, per=0), AXES[1], LEVEL)]},
            "per of the x axis of panel 'P' must be",
        ),
        (
            {"panels": [explorer.panel("P", AXES[0], explorer.axis("y", 0, 1, unit="mg"), LEVEL)]},
            "unit, zero and per of the y axis of panel 'P' must be left out",
        ),
        (
            {"phrases": {"size": explorer.phrase("peak", "small", 1, "{trough}")}},
            "name in the phrase 'size' 'trough'",
        ),
        (
            {"measures": {"half": explorer.ratio("peak", "peak")}},
            "measure in ratio 'half' 'peak'",
        ),
        (
            {"measures": {"peak": explorer.measure("naltrexone", "at", ("hour", "hour"))}},
            "control in the window of measure 'peak' 'hour'",
        ),
        (
            {"measures": {"peak": explorer.measure("naltrexone", "at", ("dose", "dose"))}},
            "window must lie within 0 to 24, got 100",
        ),
        (
            {"measures": {"peak": explorer.measure("naltrexone", "max", (0, 25))}},
            "window must lie within 0 to 24, got 25",
        ),
        (
            {"measures": {"peak": explorer.measure("naltrexone", "max", (0.01, 0.02))}},
            "window must hold a sample, got none from 0.01 to 0.02",
        ),
        (
            {"controls": [ARM], "table": GRID | {"axes": [{"control": "arm", "values": [0, 2]}]}},
            r"values of control 'arm' must be on its table axis \[0, 2\], got 1",
        ),
        (
            {"controls": [ARM], "table": GRID | {"x": {}}},
            "series in x of the table 'share'",
        ),
        (
            {"controls": [ARM], "table": GRID | {"x": {"share": [1, 2, 3]}}},
            "series 'share' must have 6 numbers, got 4",
        ),
    ],
)
def test_a_spec_that_cannot_be_shown_is_refused(changes, expected):
    with pytest.raises((KeyError, ValueError), match=expected):
        control(**changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"badge": "Fact"}, "badge 'Fact'"),
        ({"model": "naltrexon"}, "model 'naltrexon'"),
        ({"runs": {"main": explorer.run("amount", 24)}}, "control in run 'main' 'amount'"),
        ({"runs": {"main": explorer.run("dose", 24, cl=3)}}, "parameter in run 'main' 'cl'"),
        ({"runs": {"other": explorer.run("dose", 24)}, "sweeps": {}}, "run 'main'"),
        ({"measures": {"peak": explorer.measure("blood", "max", (0, 24))}}, "output 'blood'"),
        ({"sweeps": {"s": explorer.sweep("none", "dose", [1])}}, "run of a sweep 'none'"),
        (
            with_mark(explorer.line("a", 0, run="main", output="naltrexone", against="blood")),
            "output 'blood'",
        ),
        ({"presets": [{"label": "x", "values": {"speed": 1}}]}, "control of 'small' 'speed'"),
        (
            {"sweeps": {"s": explorer.sweep("main", "parameters.cl", [1])}},
            "over of a sweep 'parameters.cl'",
        ),
        ({"status": "{dose} {trough}"}, "name in the status 'trough'"),
        (
            {
                "readout": {
                    "caption": "",
                    "columns": ["mg"],
                    "rows": [{"label": "a", "measures": ["trough"]}],
                }
            },
            "measure of the readout 'trough'",
        ),
        (
            {"table": {"axes": [{"control": "speed", "values": [1]}], "x": {}, "series": {}}},
            "control of a table axis 'speed'",
        ),
        ({"measures": {"peak": explorer.table_measure("level", 1)}}, "table series 'level'"),
    ],
)
def test_controls_refuse_what_does_not_exist(changes, expected):
    with pytest.raises(KeyError, match=expected):
        control(**changes)


def test_controls_with_stops_refuse_what_lies_between():
    """As the browser does: nothing is moved to the nearest stop."""
    stepped = explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg", marks=[0.5, 4.5, 100])
    with pytest.raises(ValueError, match=r"control 'dose' must be one of \[0.5, 4.5, 100\], got 3"):
        control(controls=[stepped]).evaluate(dose=3)
    table = {"axes": [{"control": "dose", "values": [0.5, 4.5, 100]}], "x": {}, "series": {}}
    with pytest.raises(ValueError, match=r"control 'dose' must be one of \[0.5, 4.5, 100\], got 3"):
        control(table=table).values = {"dose": 3}


def test_controls_refuse_runs_without_a_model_and_what_a_run_does_not_reach():
    with pytest.raises(ValueError, match="runs must have a model"):
        control(model=None)
    with pytest.raises(ValueError, match="window must lie within 0 to 24, got 25"):
        control(measures={"peak": explorer.measure("naltrexone", "at", (25, 25))}).evaluate()
    with pytest.raises(ValueError, match="low of control 'a' on a log scale"):
        explorer.slider("a", "A", 1, 0, 2, "h", scale="log")


@given(
    st.one_of(
        st.floats(max_value=0.499),
        st.floats(min_value=100.01),
        st.just(math.nan),
        st.text(),
        st.none(),
    )
)
@settings(max_examples=50, deadline=None)
def test_controls_refuse_bad_values(bad):
    shown = control()
    with pytest.raises(ValueError, match="control 'dose' must be a number from 0.5 to 100 mg"):
        shown.evaluate(dose=bad)
    with pytest.raises(ValueError, match="control 'dose'"):
        shown.values = {"dose": bad}
    assert shown.values == {"dose": 4.5}


def test_a_spec_says_which_control_is_the_main_one():
    assert control().spec["main"] == ["dose"]
    both = [explorer.slider("dose", "Dose", 4.5, 0.5, 100, "mg"), ARM]
    assert control(controls=both).spec["main"] == ["dose"]
    assert control(controls=both, main=["arm"]).spec["main"] == ["arm"]


def test_what_stands_in_has_the_parts_of_the_control_and_no_input():
    shown = control(title="A <small> one", presets=[{"label": "10 mg", "values": {"dose": 10}}])
    html = shown.html()
    assert "A &lt;small&gt; one" in html and shown.evaluate()["status"] in html
    assert html.count('role="img"') == 1 and "did not run" in html
    for text in ("Dose", "10 mg", "Reset", "Keep this curve", "Share or save"):
        [before] = html.split(f">{text}</span>")[:-1]
        assert "ldn-unseen" in before, text
    assert not any(f"<{tag}" in html for tag in ("input", "select", "button", "details"))


def test_a_changed_spec_is_checked_like_a_new_one():
    shown = control()
    spec = copy.deepcopy(shown.spec)
    spec["status"] = "{trough}"
    with pytest.raises(KeyError, match="name in the status 'trough'"):
        shown.spec = spec
    assert shown.spec["status"] == "{dose} {peak}"


def test_words_may_depend_on_what_is_measured():
    peak = explorer.measure("naltrexone", "max", (0, 24))
    size = explorer.phrase("share", "less", 0.05, "{share} of {dose}", 0.2, "more")
    shown = lambda factor: control(
        measures={
            "peak": peak,
            "part": peak | {"factor": factor},
            "share": explorer.ratio("part", "peak", percent=True),
        },
        phrases={"size": size},
        status="{size}",
    ).evaluate()["status"]
    assert [shown(0.04), shown(0.1), shown(0.2)] == ["less", "10% of 4.5 mg", "more"]


def test_some_is_neither_none_nor_all():
    """A share of 0.4% is not 0%, people are whole; a solver's noise is nothing."""
    text = explorer.evaluation.percent
    shown = [text(x) for x in (0, -1e-9, 1e-9, 0.004, 0.005, 0.125, 0.994, 0.996, 1 - 1e-9, 1)]
    assert shown == ["0%", "0%", "0%", "under 1%", "1%", "13%", "99%", "over 99%", "100%", "100%"]
    peak = explorer.measure("naltrexone", "max", (0, 24), whole=True)
    spec = control(measures={"peak": peak}).spec
    words = [explorer.evaluation.measure_text(spec, "peak", n) for n in (3.1, 9.8, 16, 284.2)]
    assert words == ["4", "10", "16", "280"]


def test_values_start_at_the_defaults_and_are_checked():
    shown = control()
    assert shown.values == {"dose": 4.5}
    with pytest.raises(ValueError, match="control 'dose' must be .* got 500"):
        shown.values = {"dose": 500}
    assert shown.values == {"dose": 4.5}


@pytest.mark.parametrize("name", ["ldn_mechanism.explore_blood", "ra_treatment.explore_stories"])
def test_a_control_brings_the_script_of_its_model_alone(name):
    shown = builders()[name]()
    generated = {model: export.javascript(models.load(model)) for model in models.names()}
    brought = [model for model, script in generated.items() if script in shown._esm]
    assert brought == ([shown.spec["model_name"]] if shown.spec["model_name"] else [])
    assert shown._esm.endswith("export default LDN.widget;\n")
    assert "new Function" not in shown._esm and "eval(" not in shown._esm
