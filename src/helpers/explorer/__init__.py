"""The live control: sliders and curves that work in JupyterLab, on Binder and in the built page.

An `Explorer` is described once, as plain data (its `spec`), and has two homes.
In JupyterLab it is a widget whose `values` follow the sliders and may be set from Python.
In the built page the same spec is JSON inside `<ldn-explorer>`, brought to life by `script`
without a kernel; until then, or without scripts, a matplotlib picture of the same curves stands in.

`slider`, `choice`, `switch`, `run`, `sweep`, `panel`, the marks (`line`, `band`, `points`, `bars`,
`rule`, `fog`, `pile`), `measure`, `ratio`, `product`, `moved`, `phrase` and `notes` build the spec;
`dots` and `arrows` have panels that are no charts.
"""

import json
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from helpers import checks, models
from helpers.badges import PROVENANCE
from helpers.explorer.evaluation import evaluate
from helpers.explorer.fallback import stand_in
from helpers.explorer.spec_checks import REDUCTIONS, check_spec, check_values

FOLDER = Path(__file__).parent
# Classic scripts, each of which uses those before it; the last brings the controls to life.
SCRIPTS = [
    FOLDER / name
    for name in (
        "vendor/d3-explorer.min.js",
        "numbers.js",
        "solve.js",
        "replay.js",
        "engine.js",
        "elements.js",
        "axes.js",
        "labels.js",
        "marks.js",
        "draw.js",
        "panel.js",
        "dots.js",
        "arrows.js",
        "address.js",
        "share.js",
        "control.js",
    )
]
STYLE = FOLDER / "explorer.css"
NOT_DRAWN = "not drawn"  # of a place where a reader's own line has no height


def script(*generated):
    """The script of controls with the models that they run, each as `export.javascript` gives it.

    A page and the widget get this same text.
    """
    *parts, last = (path.read_text(encoding="utf-8") for path in SCRIPTS)
    return "\n".join([*parts, *generated, last])


def slider(
    name, label, value, low, high, unit, scale="linear", step=None, marks=None, digits=3,
    negative=None,
):  # fmt: skip
    """A range of numbers; with `marks` the slider stops at exactly these. `digits` are shown.

    negative: words that stand in place of a number below 0.
    """
    checks.known("scale", scale, ("linear", "log"))
    if scale == "log":
        checks.number(f"low of control {name!r} on a log scale", low, 1e-300)
    checks.number(f"low of control {name!r}", low)
    checks.number(f"high of control {name!r}", high, low)
    checks.number(f"value of control {name!r}", value, low, high, unit)
    return {
        "name": name, "label": label, "kind": "range", "value": value, "low": low, "high": high,
        "scale": scale, "step": step, "marks": marks, "unit": "" if unit == "1" else unit,
        "digits": digits, "negative": negative,
    }  # fmt: skip


def parameter_slider(model, parameter, label, low=None, high=None, **options):
    """A slider for a model's parameter, whose file gives value, unit and (unless given) range."""
    known = models.load(model).parameters
    p = known[checks.known(f"parameter of model {model!r}", parameter, known)]
    low, high = (p.low if low is None else low), (p.high if high is None else high)
    return slider(parameter, label, p.value, low, high, p.unit, **options)


def choice(name, label, value, options):
    """A drop-down list; `options` maps the words shown to numbers."""
    if not isinstance(options, dict):
        raise ValueError(f"options of control {name!r} must be words to numbers, got {options!r}")
    if np.ndim(value) or value not in options.values():
        raise ValueError(
            f"value of control {name!r} must be one of {list(options.values())}, got {value!r}"
        )
    return {
        "name": name, "label": label, "kind": "choice", "value": value,
        "options": [{"value": v, "text": text} for text, v in options.items()],
    }  # fmt: skip


def switch(name, label, off="no", on="yes"):
    """A choice of two, 0 and 1, as a switch that is off at first; its states in words."""
    return choice(name, label, 0, {off: 0, on: 1}) | {"look": "switch"}


def run(dose, until, every=0, count=1, samples=241, since=0, **parameters):
    """A simulation: `count` doses (mg), `every` hours, sampled evenly from `since` to `until` (h).

    Any of dose, every, count and the parameters may be the name of a control instead of a number.
    `every` 0 means one dose only.
    """
    return {
        "dose": dose, "every": every, "count": count, "until": until, "since": since,
        "samples": samples, "parameters": parameters,
    }  # fmt: skip


def sweep(run, over, values):
    """The run of that name again, with `over` ("dose", "parameters.<name>") at each of `values`."""
    values = [checks.number("values", v) for v in checks.several("values", values)]
    return {"run": run, "over": over, "values": values}


def axis(label, low, high, scale="linear", unit="", zero=0, per=1):
    """An axis of a panel; `high` None lets a linear y axis grow in large steps.

    Of an x axis: the `unit` stands with each number. Where curves run in hours, `zero` is the hour
    that counts as 0 and `per` the hours of one unit (24: days); low and high are in that unit.
    """
    shown = {"label": label, "scale": scale, "low": low, "high": high}
    return shown | {"unit": unit, "zero": zero, "per": per}


def panel(title, x, y, *marks, percent=False, draw=None, keys=()):
    """One picture of a control; `percent` shows fractions as per cent.

    draw: name of the line in `drawn` of the `Explorer` that readers draw into this picture.
    keys: what its signs mean, in place of the names of its marks.
    """
    shown = {"title": title, "x": x, "y": y, "percent": percent, "marks": list(marks)}
    return shown | {"draw": draw, "keys": checks.several(f"keys of panel {title!r}", keys)}


def line(label, style, **source):
    """A curve in one of the six looks of `helpers.style.LOOKS`.

    It is that of a run (run=, output=; relative_to= hours, or against= another output in place of
    time), of a sweep (sweep=, output=, reduce=, window=), of a table series (series=) or a reader's
    own (drawn=). when= names a control: where that is 0, the mark waits; so with every mark.
    """
    return {"kind": "line", "label": label, "style": style} | source


def band(label, style, **source):
    """A shaded range between runs (runs=, output=) or table series (low_series=, high_series=)."""
    return {"kind": "band", "label": label, "style": style} | source


def points(label, style, x, y, low=None, high=None, names=None, reach=None, **when):
    """Measured values, with error bars from `low` to `high` and a name for each, where given.

    reach: the two ends, on the x axis, between which all of them lie where x is not known better.
    """
    return {
        "kind": "points", "label": label, "style": style,
        "x": x, "y": y, "low": low, "high": high, "names": names, "reach": reach,
    } | when  # fmt: skip


def bars(label, style, names, **source):
    """Bars over named categories, from measures (measures=) or a table series (series=)."""
    return {"kind": "bars", "label": label, "style": style, "names": names} | source


def rule(axis, at, label):
    """A reference line at a number or at the value of a control."""
    return {"kind": "rule", "axis": axis, "at": at, "label": label}


def fog(start, end, label, **when):
    """Veils the x axis from `start` to `end`, where nothing was measured."""
    return {"kind": "fog", "from": start, "to": end, "label": label} | when


def pile(label, style, names, replay, chance):
    """One dot a study of a replay (a name in `replays` of the `Explorer`), in two piles: `names`.

    A study in which anything falls lies in the first. chance: the measure that holds the
    probability of that; the number to be expected is marked.
    """
    return {
        "kind": "pile", "label": label, "style": style,
        "names": names, "replay": replay, "chance": chance,
    }  # fmt: skip


def measure(
    output, reduce, window, run="main", unit="", digits=2, percent=False, factor=1, whole=False
):
    """A number read off a run: max, min, mean, integral over `window` (h), or at window[0].

    It is multiplied by `factor`, which turns it into the unit of daily life; if `whole`, few are
    rounded up, as people are.
    """
    checks.known("reduction", reduce, REDUCTIONS)
    return {
        "run": run, "output": output, "reduce": reduce, "window": checks.several("window", window),
        "unit": unit, "digits": digits, "percent": percent, "factor": factor, "whole": whole,
    }  # fmt: skip


def table_measure(series, at, unit="", digits=2, percent=False):
    """A number read off a series of the table, at `at` on its x axis: a number or a control."""
    return {
        "series": series, "reduce": "at", "window": [at, at],
        "unit": unit, "digits": digits, "percent": percent, "factor": 1,
    }  # fmt: skip


def drawn_measure(drawn, reduce, window, unit="", digits=2, percent=False):
    """A number read off a reader's own line, a name in `drawn` of the `Explorer`: see `measure`.

    Only what is drawn counts; where nothing is, it is -1 and says so.
    """
    checks.known("reduction", reduce, REDUCTIONS)
    return {
        "drawn": drawn, "reduce": reduce, "window": list(window),
        "unit": unit, "digits": digits, "percent": percent, "factor": 1, "negative": NOT_DRAWN,
    }  # fmt: skip


def apart(drawn, run, output, window, unit="", digits=2, percent=False, factor=1):
    """The mean distance of a reader's own line from a run, over the samples in `window` (h) where
    the line is drawn; see `drawn_measure`.
    """
    return {
        "drawn": drawn, "run": run, "output": output, "reduce": "apart", "window": list(window),
        "unit": unit, "digits": digits, "percent": percent, "factor": factor,
        "negative": NOT_DRAWN,
    }  # fmt: skip


def successes(replay):
    """In how many studies of a replay anything falls."""
    return {"replay": replay, "reduce": "count", "unit": "", "digits": 6, "percent": False}


def ratio(top, bottom, digits=2, percent=False):
    """A measure divided by another, which is never 0; both stand before it."""
    return {
        "reduce": "ratio", "of": [top, bottom], "unit": "", "digits": digits, "percent": percent,
    }  # fmt: skip


def product(*of, factor=1, unit="", digits=2, percent=False):
    """The product of sliders and measures, which stand before it, times `factor`."""
    return {
        "reduce": "product", "of": list(of), "factor": factor,
        "unit": unit, "digits": digits, "percent": percent,
    }  # fmt: skip


def moved(*controls):
    """How many of these controls are not at their starting value: whose numbers are shown."""
    return {
        "reduce": "moved", "of": list(controls), "unit": "", "digits": 6, "percent": False,
    }  # fmt: skip


def notes(caption, empty, *items):
    """Lines under the controls, each shown while a control has a value: see `note`.

    empty: the line in their place when none is shown.
    """
    return {"caption": caption, "empty": empty, "items": list(items)}


def note(control, value, text, name="", page=""):
    """A line of `notes`. It begins with `name`, which leads to `page` (from the book's root)."""
    return {"control": control, "value": value, "text": text, "name": name, "page": page}


def phrase(measure, *parts):
    """Words for the status that depend on a measure, or on a control: words, step, … words.

    The first words hold below the first step, the next from there on, and so forth. They may name
    controls, measures and phrases that stand before them: {name}.
    """
    return {"measure": measure, "steps": list(parts[1::2]), "words": list(parts[::2])}


def element(spec):
    """The control of `spec` as it stands in the built page, as HTML."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("</", "<\\/")  # "</" would end the script element early
    return (
        f'<ldn-explorer id="{spec["id"]}">'
        f'<script type="application/json">{text}</script>'
        f"{stand_in(spec)}</ldn-explorer>"
    )


def starting_at(spec, values):
    """The `spec` of the same control with other starting settings; presets set what they did.

    Raises UnknownName or ValueError for what the control does not know or take.
    """
    before, now = check_values(spec, {}), check_values(spec, values)
    return spec | {
        "controls": [c | {"value": now[c["name"]]} for c in spec["controls"]],
        "presets": [p | {"values": before | p["values"]} for p in spec["presets"]],
    }


class Explorer(anywidget.AnyWidget):
    """A live control.

    id: unique in the book, lower case with hyphens. badge: Data, Fit or Illustration.
    model: name of the model whose runs it shows, or None. table: numbers computed beforehand
    ({"axes", "x", "series"}), or None. readout: a small table of measures, or None.
    presets: [{"label", "values"}]; what a preset does not name, it sets to its default.
    status: the words under the picture, conclusion first; {name} of a control, measure or phrase
    stands for its present value. phrases: name → `phrase`.
    notes: lines that depend on controls, see `notes`, or None.
    main: names of the one or two controls that stand beside the picture, the others are folded away
    on a phone; the first control if not given.
    drawn: name → {"x", "controls", "per", "until"}, a line that readers draw: its places on the x
    axis, the control that holds each height (below 0: not drawn), by what that is divided, and a
    switch that ends the drawing while it is on, or None; or None.
    replays: name → settings of `helpers.analysis.uncontrolled.replay`, numbers or names of
    controls, with `studies` as its repeats and `critical` a series of the table; or None.
    again: {"label", "control"}, a button that takes the next value of that control; or None.
    still: values of what stands in without scripts, if not the default ones.
    values: control name → value, in step with the sliders.
    Raises UnknownName or ValueError if a part refers to something that does not exist.
    """

    _css = STYLE.read_text(encoding="utf-8")

    _esm = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)

    def __init__(
        self, id, title, hint, badge, controls, panels, status,
        model=None, table=None, runs=None, sweeps=None, measures=None, readout=None, presets=None,
        main=None, phrases=None, notes=None, drawn=None, replays=None, again=None, still=None,
    ):  # fmt: skip
        from helpers import export  # made of SymPy, which is slow to load

        checks.known("badge", badge, PROVENANCE)
        spec = {
            "id": id, "title": title, "hint": hint, "badge": badge, "model_name": model,
            "table": table, "controls": controls, "presets": presets or [], "runs": runs or {},
            "sweeps": sweeps or {}, "panels": panels, "measures": measures or {},
            "readout": readout, "status": status,
            "phrases": phrases or {}, "notes": notes,
            "drawn": drawn or {}, "replays": replays or {}, "again": again, "still": still or {},
            "main": main or [control["name"] for control in controls[:1]],
        }  # fmt: skip
        generated = [export.javascript(models.load(model))] if model else []
        super().__init__(spec=spec, _esm=script(*generated) + "\nexport default LDN.widget;\n")

    @traitlets.validate("spec")
    def _check_spec(self, proposal):
        return check_spec(proposal["value"])

    @traitlets.default("values")
    def _defaults(self):
        return check_values(self.spec, {})

    @traitlets.validate("values")
    def _check_values(self, proposal):
        return check_values(self.spec, proposal["value"])

    def evaluate(self, **values):
        """All numbers behind the picture: see `helpers.explorer.evaluate`."""
        return evaluate(self.spec, values)

    def html(self):
        """The control as it stands in the built page."""
        return element(self.spec)

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/html": self.html()}, metadata
