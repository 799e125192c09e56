"""The live control: sliders and curves that work in JupyterLab, on Binder and in the built page.

An `Explorer` is described once, as plain data (its `spec`), and has two homes.
In JupyterLab it is a widget whose `values` follow the sliders and may be set from Python.
In the built page the same spec is JSON inside `<ldn-explorer>`, brought to life by explorer.js without a kernel;
until then, or without scripts, a matplotlib picture of the same curves stands in.

`slider`, `choice`, `run`, `sweep`, `panel` and the marks (`line`, `band`, `points`, `bars`, `rule`) build the spec.
"""

import json
import string
from pathlib import Path

import anywidget
import traitlets

from helpers import checks, export, models
from helpers.badges import PROVENANCE
from helpers.explorer.evaluation import check_values, evaluate
from helpers.explorer.fallback import picture

FOLDER = Path(__file__).parent
# In the order in which a page must load them.
SCRIPTS = [*sorted((FOLDER / "vendor").glob("*.min.js")), FOLDER / "explorer.js"]
STYLE = FOLDER / "explorer.css"


def slider(name, label, value, low, high, unit, scale="linear", step=None, marks=None, digits=3):
    """A range of numbers; with `marks` the slider stops at exactly these. `digits` are shown."""
    checks.known("scale", scale, ("linear", "log"))
    if scale == "log":
        checks.number(f"low of control {name!r} on a log scale", low, 1e-300)
    checks.number(f"value of control {name!r}", value, low, high, unit)
    return {
        "name": name, "label": label, "kind": "range", "value": value, "low": low, "high": high,
        "scale": scale, "step": step, "marks": marks, "unit": "" if unit == "1" else unit, "digits": digits,
    }  # fmt: skip


def parameter_slider(model, parameter, label, low=None, high=None, **options):
    """A slider for a model's parameter: value, unit and (unless given) range come from the model file."""
    known = models.load(model).parameters
    p = known[checks.known(f"parameter of model {model!r}", parameter, known)]
    low, high = (p.low if low is None else low), (p.high if high is None else high)
    return slider(parameter, label, p.value, low, high, p.unit, **options)


def choice(name, label, value, options):
    """A drop-down list; `options` maps the words shown to numbers."""
    if value not in options.values():
        raise ValueError(
            f"value of control {name!r} must be one of {list(options.values())}, got {value!r}"
        )
    return {
        "name": name, "label": label, "kind": "choice", "value": value,
        "options": [{"value": v, "text": text} for text, v in options.items()],
    }  # fmt: skip


def run(dose, until, every=0, count=1, samples=241, since=0, **parameters):
    """A simulation: `count` doses (mg), `every` hours, sampled evenly from `since` to `until` (h).

    Any of dose, every, count and the parameters may be the name of a control instead of a number.
    `every` 0 means one dose only.
    """
    return {
        "dose": dose, "every": every, "count": count, "until": until, "since": since, "samples": samples,
        "parameters": parameters,
    }  # fmt: skip


def sweep(run, over, values):
    """The run of that name, repeated with `over` ("dose" or "parameters.<name>") at each of `values`."""
    return {"run": run, "over": over, "values": [float(v) for v in values]}


def axis(label, low, high, scale="linear"):
    """An axis of a panel; `high` None lets a linear y axis grow in large steps."""
    return {"label": label, "scale": scale, "low": low, "high": high}


def panel(title, x, y, *marks, percent=False, caption=""):
    """One picture of a control; `percent` shows fractions as per cent."""
    return {
        "title": title,
        "caption": caption,
        "x": x,
        "y": y,
        "percent": percent,
        "marks": list(marks),
    }


def line(label, style, **source):
    """A curve: of a run (run=, output=, relative_to= hours; against= another output in place of time),

    of a sweep (sweep=, output=, reduce=, window=), of a table series (series=), or of fixed numbers (x=, y=).
    """
    return {"kind": "line", "label": label, "style": style} | source


def band(label, style, **source):
    """A shaded range: between runs (runs=, output=), table series (low_series=, high_series=) or numbers (x=, low=, high=)."""
    return {"kind": "band", "label": label, "style": style} | source


def points(label, style, x, y, low=None, high=None, names=None):
    """Measured values, with error bars from `low` to `high` where given."""
    return {
        "kind": "points",
        "label": label,
        "style": style,
        "x": x,
        "y": y,
        "low": low,
        "high": high,
        "names": names,
    }


def bars(label, style, names, **source):
    """Bars over named categories, from measures (measures=) or a table series (series=)."""
    return {"kind": "bars", "label": label, "style": style, "names": names} | source


def rule(axis, at, label):
    """A reference line at a number or at the value of a control."""
    return {"kind": "rule", "axis": axis, "at": at, "label": label}


def measure(output, reduce, window, run="main", unit="", digits=2, percent=False):
    """A number read off a run: max, min, mean, integral over `window` (h), or at window[0]."""
    checks.known("reduction", reduce, ("max", "min", "mean", "integral", "at"))
    return {
        "run": run, "output": output, "reduce": reduce, "window": list(window),
        "unit": unit, "digits": digits, "percent": percent,
    }  # fmt: skip


def table_measure(series, at, unit="", digits=2, percent=False):
    """A number read off a series of the table, at `at` on its x axis."""
    return {
        "series": series,
        "reduce": "at",
        "window": [at, at],
        "unit": unit,
        "digits": digits,
        "percent": percent,
    }


class Explorer(anywidget.AnyWidget):
    """A live control.

    id: unique in the book, lower case with hyphens. badge: Data, Fit or Illustration.
    model: name of the model whose runs it shows, or None. table: numbers computed beforehand
    ({"axes", "x", "series"}), or None. readout: a small table of measures, or None.
    values: control name → value, in step with the sliders.
    Raises UnknownName or ValueError if a part refers to something that does not exist.
    """

    _esm = (
        "\n".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
        + "\nexport default LDN.widget;\n"
    )
    _css = STYLE.read_text(encoding="utf-8")

    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)

    def __init__(
        self, id, title, hint, badge, controls, panels, status,
        model=None, table=None, runs=None, sweeps=None, measures=None, readout=None, presets=None,
    ):  # fmt: skip
        checks.known("badge", badge, PROVENANCE)
        spec = {
            "id": id, "title": title, "hint": hint, "badge": badge,
            "model_name": model, "model": export.javascript(models.load(model)) if model else None,
            "table": table, "controls": controls, "presets": presets or [], "runs": runs or {},
            "sweeps": sweeps or {}, "panels": panels, "measures": measures or {}, "readout": readout,
            "status": status,
        }  # fmt: skip
        check_spec(spec)
        super().__init__(spec=spec, values=check_values(spec, {}))

    @traitlets.validate("values")
    def _check(self, proposal):
        return check_values(self.spec, proposal["value"])

    def evaluate(self, **values):
        """All numbers behind the picture: see `helpers.explorer.evaluate`."""
        return evaluate(self.spec, values)

    def html(self):
        """The control as it stands in the built page."""
        # "</" would end the script element early.
        text = json.dumps(self.spec, ensure_ascii=False, separators=(",", ":")).replace(
            "</", "<\\/"
        )
        return (
            f'<ldn-explorer id="{self.spec["id"]}"><script type="application/json">{text}</script>'
            f'<div class="ldn-fallback"><p><strong>{self.spec["title"]}</strong></p>{picture(self.spec)}</div></ldn-explorer>'
        )

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/html": self.html()}, metadata


def check_spec(spec):
    """Raise UnknownName if a part of the spec refers to a control, run, output, series or measure that is not there,

    ValueError if a control and a measure share a name, or if there are runs but no model.
    """
    controls = [control["name"] for control in spec["controls"]]
    both = set(controls) & set(spec["measures"])
    if both:
        raise ValueError(
            f"control and measure must differ in name, got {', '.join(sorted(both))} twice"
        )
    model = models.load(spec["model_name"]) if spec["model_name"] else None
    if spec["runs"] and not model:
        raise ValueError("runs must have a model, got model None")
    outputs = [*model.states, *model.outputs] if model else []
    table = spec["table"] or {"axes": [], "series": {}}
    for item in table["axes"]:
        checks.known("control of a table axis", item["control"], controls)
    for name, item in spec["runs"].items():
        for value in (item["dose"], item["every"], item["count"], *item["parameters"].values()):
            if isinstance(value, str):
                checks.known(f"control in run {name!r}", value, controls)
        for parameter in item["parameters"]:
            checks.known(f"parameter in run {name!r}", parameter, model.parameters)
    for item in spec["sweeps"].values():
        checks.known("run of a sweep", item["run"], spec["runs"])
        checks.known(
            "over of a sweep",
            item["over"],
            ["dose", *(f"parameters.{name}" for name in model.parameters)],
        )
    marks = [mark for p in spec["panels"] for mark in p["marks"]]
    for item in [*spec["measures"].values(), *marks]:
        for run_name in [item["run"]] if "run" in item else item.get("runs", []):
            checks.known("run", run_name, spec["runs"])
        if "sweep" in item:
            checks.known("sweep", item["sweep"], spec["sweeps"])
        for key in ("output", "against"):
            if key in item:
                checks.known("output", item[key], outputs)
        for name in item.get("measures", []):
            checks.known("measure", name, spec["measures"])
        if isinstance(item.get("at"), str):
            checks.known("control of a rule", item["at"], controls)
        for key in ("series", "low_series", "high_series"):
            if key in item:
                checks.known("table series", item[key], table["series"])
    for row in spec["readout"]["rows"] if spec["readout"] else ():
        for name in row["measures"]:
            checks.known("measure of the readout", name, spec["measures"])
    for _, name, *_ in string.Formatter().parse(spec["status"]):
        if name is not None:
            checks.known("name in the status", name, [*controls, *spec["measures"]])
    for preset in spec["presets"]:
        check_values(spec, preset["values"])
