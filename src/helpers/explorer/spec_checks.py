"""What a control may be: its spec is checked here, once, before any browser sees it.

The browser checks only what it alone can meet: values from the page's address or from a widget.
"""

import string

import numpy as np

from helpers import checks, models
from helpers.explorer import arrows, dots
from helpers.simulate import LATEST, MOST
from helpers.style import LOOKS

MOST_MAIN = 2  # inputs that a phone shows beside the first picture
# What checks a panel that is no chart.
KINDS = {"dots": dots.check, "arrows": arrows.check}
REDUCTIONS = ("max", "min", "mean", "integral", "at")
WAYS = (*REDUCTIONS, "ratio", "product", "moved", "apart", "count")  # in which a measure is made
# What each kind of mark may show: exactly the keys of one of these, besides those of every mark.
SOURCES = {
    "line": (
        {"run", "output"},
        {"run", "output", "relative_to"},
        {"run", "output", "against"},
        {"sweep", "output", "reduce", "window"},
        {"series"},
        {"drawn"},
    ),
    "band": ({"runs", "output"}, {"low_series", "high_series"}),
    "points": ({"x", "y", "low", "high", "names", "reach"},),
    "bars": ({"names", "measures"}, {"names", "series"}),
    "rule": ({"axis", "at"},),
    "fog": ({"from", "to"},),
    "pile": ({"names", "replay", "chance"},),
}


def check_spec(spec):
    """Return the spec of an `Explorer` as it is.

    Raises UnknownName if a part refers to a control, run, sweep, output, measure or series that is
    not there, ValueError for any other value that the part cannot have.
    """
    for key in ("id", "title", "hint", "status"):
        checks.text(f"{key} of the control", spec[key])
    _check_lists("of the control", spec, "controls", "panels", "presets", "main")
    _check_tables("of the control", spec, "runs", "sweeps", "measures", "phrases")
    _check_tables("of the control", spec, "drawn", "replays", "still")
    controls = _check_controls(spec["controls"])
    names = [*controls, *spec["measures"], *spec["phrases"]]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"controls, measures and phrases must differ in name, got {', '.join(twice)} twice"
        )
    model = models.load(spec["model_name"]) if spec["model_name"] else None
    table = spec["table"] or {"axes": [], "x": {}, "series": {}}
    _check_table(table, controls)
    _check_runs(spec, controls, model)
    _check_drawn(spec["drawn"], controls)
    _check_replays(spec["replays"], table, controls)
    for name, measure in spec["measures"].items():
        checks.known(f"reduction of measure {name!r}", measure["reduce"], WAYS)
        checks.text(f"unit of measure {name!r}", measure["unit"])
        checks.whole(f"digits of measure {name!r}", measure["digits"], 1, 15)
        _check_flag(f"percent of measure {name!r}", measure["percent"])
        _check_flag(f"whole of measure {name!r}", measure.get("whole", False))
        if measure["reduce"] in ("ratio", "product"):
            known = list(spec["measures"])[: list(spec["measures"]).index(name)]
            if measure["reduce"] == "product":
                checks.number(f"factor of measure {name!r}", measure["factor"], -1e9, 1e9)
                known += [c["name"] for c in spec["controls"] if c["kind"] == "range"]
            for part in measure["of"]:
                checks.known(f"measure in {measure['reduce']} {name!r}", part, known)
            continue
        if measure["reduce"] == "moved":
            for part in measure["of"]:
                checks.known(f"control in moved {name!r}", part, controls)
            continue
        if measure["reduce"] == "count":
            checks.known(f"replay in measure {name!r}", measure["replay"], spec["replays"])
            continue
        checks.number(f"factor of measure {name!r}", measure.get("factor", 1), -1e9, 1e9)
        _check_source(f"measure {name!r}", measure, spec, model, table, controls)
    for name, phrase in spec["phrases"].items():
        _check_phrase(name, phrase, spec, controls)
    for panel in spec["panels"]:
        _check_panel(panel, spec, model, table, controls)
    if spec.get("notes"):
        _check_notes(spec["notes"], controls)
    if spec["readout"]:
        _check_readout(spec["readout"], spec["measures"])
        if "when" in spec["readout"]:
            checks.known("control that the readout waits for", spec["readout"]["when"], controls)
    _check_names("status", spec["status"], names)
    if not 1 <= len(spec["main"]) <= MOST_MAIN:
        raise ValueError(f"main must name one to {MOST_MAIN} controls, got {spec['main']!r}")
    for name in spec["main"]:
        checks.known("main control", name, controls)
    if spec["again"]:
        checks.text("label of again", spec["again"]["label"])
        ranges = [name for name, control in controls.items() if control["kind"] == "range"]
        checks.known("control of again", spec["again"]["control"], ranges)
    check_values(spec, {})
    check_values(spec, spec["still"])
    for preset in spec["presets"]:
        checks.text("label of a preset", preset["label"])
        check_values(spec, preset["values"])
    return spec


def _check_lists(where, item, *keys):
    for key in keys:
        if not isinstance(item[key], (list, tuple)):
            raise ValueError(f"{key} {where} must be a list, got {item[key]!r}")


def _check_tables(where, item, *keys):
    for key in keys:
        if not isinstance(item[key], dict):
            raise ValueError(f"{key} {where} must be a dictionary, got {item[key]!r}")


def _check_flag(argument, value):
    if not isinstance(value, bool):
        raise ValueError(f"{argument} must be True or False, got {value!r}")


def _check_readout(readout, measures):
    checks.text("caption of the readout", readout["caption"])
    _check_lists("of the readout", readout, "columns", "rows")
    for row in readout["rows"]:
        checks.text("label of a row of the readout", row["label"])
        for name in row["measures"]:
            checks.known("measure of the readout", name, measures)


def _check_notes(notes, controls):
    for key in ("caption", "empty"):
        checks.text(f"{key} of the notes", notes[key])
    for item in notes["items"]:
        for key in ("text", "name", "page"):
            checks.text(f"{key} of a note", item[key])
        control = controls[checks.known("control of a note", item["control"], controls)]
        allowed = [option["value"] for option in control.get("options", [])]
        if item["value"] not in allowed:
            raise ValueError(f"value of a note must be one of {allowed}, got {item['value']!r}")


def _check_names(where, text, known):
    try:
        names = [name for _, name, *_ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:  # a brace too many
        raise ValueError(f"{where} must hold names in braces, got {text!r}: {error}") from error
    for name in names:
        checks.known(f"name in the {where}", name, known)


def check_values(spec, values):
    """All control values, defaults filled in.

    Raises UnknownName for a control that does not exist, ValueError for a value it cannot take.
    """
    controls = {control["name"]: control for control in spec["controls"]}
    if not isinstance(values, dict):
        raise ValueError(f"values must be a dictionary by control, got {values!r}")
    for name in values:
        checks.known(f"control of {spec['id']!r}", name, controls)
    complete = {}
    for name, control in controls.items():
        value = values.get(name, control["value"])
        if control["kind"] == "choice":
            allowed = [option["value"] for option in control["options"]]
            if isinstance(value, bool) or np.ndim(value) or value not in allowed:
                raise ValueError(f"control {name!r} must be one of {allowed}, got {value!r}")
        else:
            low, high, unit = control["low"], control["high"], control["unit"]
            value = checks.number(f"control {name!r}", value, low, high, unit)
            stops = control["marks"] or _table_values(spec["table"], name)
            if stops and not _near(stops, value):
                raise ValueError(f"control {name!r} must be one of {list(stops)}, got {value!r}")
        complete[name] = value
    return complete


def _table_values(table, control):
    axes = table["axes"] if table else []
    return next((axis["values"] for axis in axes if axis["control"] == control), None)


def _near(numbers, value):
    return np.isclose(numbers, value, rtol=1e-9, atol=0).any()


def _check_controls(controls):
    """The controls by name."""
    found = {}
    for control in controls:
        name = control["name"]
        if not isinstance(name, str) or not name.isidentifier() or name in found:
            raise ValueError(f"name of a control must be a word that no other has, got {name!r}")
        found[name] = control
        checks.known(f"kind of control {name!r}", control["kind"], ("range", "choice"))
        checks.text(f"label of control {name!r}", control["label"])
        if control["kind"] == "range":
            _check_range(f"of control {name!r}", control)
            checks.whole(f"digits of control {name!r}", control["digits"], 1, 15)
            checks.text(f"unit of control {name!r}", control["unit"])
            if control.get("negative") is not None:
                checks.text(f"negative of control {name!r}", control["negative"])
            if control["step"] is not None:
                width = control["high"] - control["low"]
                checks.number(f"step of control {name!r}", control["step"], 1e-9 * width, width)
            if control["marks"] is not None:
                for mark in checks.several(f"marks of control {name!r}", control["marks"]):
                    low, high = control["low"], control["high"]
                    checks.number(f"marks of control {name!r}", mark, low, high)
        elif control.get("look") == "switch" and [o["value"] for o in control["options"]] != [0, 1]:
            got = [o["value"] for o in control["options"]]
            raise ValueError(f"options of switch {name!r} must be [0, 1], got {got}")
        elif not control["options"]:
            raise ValueError(f"options of control {name!r} must be one or more, got none")
        else:
            for option in control["options"]:
                checks.text(f"options of control {name!r}", option["text"])
                checks.number(f"options of control {name!r}", option["value"])
    return found


def _check_range(where, item):
    """A control or an axis: its ends and its scale."""
    checks.known(f"scale {where}", item["scale"], ("linear", "log"))
    if item["scale"] == "log":
        checks.number(f"low {where} on a log scale", item["low"], 1e-300)
    low = checks.number(f"low {where}", item["low"])
    high = checks.number(f"high {where}", item["high"])
    if not low < high:
        raise ValueError(f"low {where} must be below high ({high:g}), got {low:g}")


def _check_table(table, controls):
    """Every setting of the controls on its axes must have a cell, and every series all cells."""
    cells = 1
    for axis in table["axes"]:
        name, values = axis["control"], axis["values"]
        control = controls[checks.known("control of a table axis", name, controls)]
        if control["kind"] == "choice":
            reached = [option["value"] for option in control["options"]]
        else:
            reached = control["marks"] or []
        for value in reached:
            if not _near(values, value):
                raise ValueError(
                    f"values of control {name!r} must be on its table axis {list(values)}, "
                    f"got {value!r}"
                )
        cells *= len(values)
    for name, numbers in table["series"].items():
        checks.known("series in x of the table", name, table["x"])
        length = cells * len(table["x"][name])
        if len(numbers) != length:
            raise ValueError(f"series {name!r} must have {length} numbers, got {len(numbers)}")


def _check_runs(spec, controls, model):
    if spec["runs"] and not model:
        raise ValueError("runs must have a model, got model None")
    for name, run in spec["runs"].items():
        until = checks.number(f"until of run {name!r}", run["until"], 1e-3, LATEST)
        since = checks.number(f"since of run {name!r}", run["since"], 0, until)
        if since == until:
            below = f"must be below until ({until:g})"
            raise ValueError(f"since of run {name!r} {below}, got {since:g}")
        checks.whole(f"samples of run {name!r}", run["samples"], 2, 100_000)
        for parameter in run["parameters"]:
            checks.known(f"parameter in run {name!r}", parameter, model.parameters)
        doses = {key: run[key] for key in ("dose", "every", "count")}
        for key, value in (doses | run["parameters"]).items():
            if isinstance(value, str):
                checks.known(f"control in run {name!r}", value, controls)
            elif key == "count":
                checks.whole(f"count of run {name!r}", value, 1, MOST)
            else:
                checks.number(f"{key} of run {name!r}", value, 0 if key in doses else -np.inf)
    for name, sweep in spec["sweeps"].items():
        checks.known("run of a sweep", sweep["run"], spec["runs"])
        over = ["dose", *(f"parameters.{parameter}" for parameter in model.parameters)]
        checks.known("over of a sweep", sweep["over"], over)
        values = checks.several(f"values of sweep {name!r}", sweep["values"])
        if not values:
            raise ValueError(f"values of sweep {name!r} must be one or more, got none")
        for value in values:
            checks.number(f"values of sweep {name!r}", value)


def _check_drawn(drawn, controls):
    ranges = [name for name, control in controls.items() if control["kind"] == "range"]
    switches = [name for name, control in controls.items() if control.get("look") == "switch"]
    for name, line in drawn.items():
        x = [checks.number(f"x of drawn {name!r}", v) for v in line["x"]]
        if len(x) < 2 or x != sorted(set(x)):
            raise ValueError(f"x of drawn {name!r} must be two or more that ascend, got {x}")
        if len(line["controls"]) != len(x):
            wanted, got = len(x), len(line["controls"])
            raise ValueError(f"controls of drawn {name!r} must be {wanted} as its x, got {got}")
        for control in line["controls"]:
            checks.known(f"control in drawn {name!r}", control, ranges)
        checks.number(f"per of drawn {name!r}", line["per"], 1e-9, 1e9)
        if line.get("until") is not None:
            checks.known(f"until of drawn {name!r}", line["until"], switches)


def _check_replays(replays, table, controls):
    keys = {
        "people", "cytokines", "correlation", "entry", "control", "seed", "studies", "critical",
    }  # fmt: skip
    for name, how in replays.items():
        if set(how) != keys:
            expected, got = ", ".join(sorted(keys)), ", ".join(sorted(how))
            raise ValueError(f"settings of replay {name!r} must be {expected}, got {got}")
        checks.known(f"critical of replay {name!r}", how["critical"], table["series"])
        for key, value in how.items():
            if isinstance(value, str) and key != "critical":
                checks.known(f"{key} of replay {name!r}", value, controls)


def _check_phrase(name, phrase, spec, controls):
    checks.known(f"measure of phrase {name!r}", phrase["measure"], [*spec["measures"], *controls])
    before = list(spec["phrases"])[: list(spec["phrases"]).index(name)]
    for words in phrase["words"]:
        checks.text(f"words of phrase {name!r}", words)
        _check_names(f"phrase {name!r}", words, [*controls, *spec["measures"], *before])
    steps = [checks.number(f"step of phrase {name!r}", step) for step in phrase["steps"]]
    if steps != sorted(set(steps)):
        raise ValueError(f"steps of phrase {name!r} must ascend, got {steps}")
    if len(phrase["words"]) != len(steps) + 1:
        wanted, got = len(steps) + 1, len(phrase["words"])
        raise ValueError(
            f"phrase {name!r} with {len(steps)} steps must have {wanted} words, got {got}"
        )


def _check_panel(panel, spec, model, table, controls):
    where = f"of panel {checks.text('title of a panel', panel['title'])!r}"
    kind = checks.known(f"kind {where}", panel.get("kind", "chart"), ("chart", *KINDS))
    if kind != "chart":
        return KINDS[kind](panel, controls)
    _check_flag(f"percent {where}", panel["percent"])
    for key in panel.get("keys", []):
        checks.text(f"keys {where}", key)
    for letter in "xy":
        checks.text(f"label of the {letter} axis {where}", panel[letter]["label"])
    if panel.get("draw") is not None:
        checks.known(f"draw {where}", panel["draw"], spec["drawn"])
    kinds = {mark["kind"] for mark in panel["marks"]}
    for kind in kinds:
        checks.known(f"kind of mark {where}", kind, SOURCES)
    if "pile" in kinds:
        if kinds != {"pile"}:
            raise ValueError(
                f"marks beside a pile must be none, got {sorted(kinds - {'pile'})} {where}"
            )
    elif "bars" in kinds:
        if kinds - {"bars", "rule"}:
            others = ", ".join(sorted(kinds - {"bars"}))
            raise ValueError(f"marks beside bars must be bars or rules, got {others} {where}")
    else:
        _check_range(f"of the x axis {where}", panel["x"])
        checks.number(f"zero of the x axis {where}", panel["x"].get("zero", 0))
        checks.number(f"per of the x axis {where}", panel["x"].get("per", 1), 1e-3, 1e6)
        checks.text(f"unit of the x axis {where}", panel["x"].get("unit", ""))
    if panel["y"].get("unit") or panel["y"].get("zero", 0) or panel["y"].get("per", 1) != 1:
        raise ValueError(f"unit, zero and per of the y axis {where} must be left out")
    growing = panel["y"]["high"] is None and panel["y"]["scale"] == "linear"
    if growing:
        checks.number(f"low of the y axis {where}", panel["y"]["low"])
    else:
        _check_range(f"of the y axis {where}", panel["y"])
    for mark in panel["marks"]:
        _check_mark(f"mark {mark['label']!r} {where}", mark, spec, model, table, controls)


def _check_mark(where, mark, spec, model, table, controls):
    given = set(mark) - {"kind", "label", "style", "when"}
    allowed = SOURCES[mark["kind"]]
    if given not in allowed:
        expected = ", or ".join(" and ".join(sorted(keys)) for keys in allowed)
        raise ValueError(f"{where} must have {expected}, got {' and '.join(sorted(given)) or None}")
    if "when" in mark:
        checks.known(f"control that {where} waits for", mark["when"], controls)
    if mark["kind"] == "fog":
        start = checks.number(f"start of {where}", mark["from"])
        checks.number(f"end of {where}", mark["to"], start)
        checks.text(f"label of {where}", mark["label"])
        return
    if mark["kind"] == "rule":
        checks.text(f"label of {where}", mark["label"])
        checks.known(f"axis of {where}", mark["axis"], ("x", "y"))
        if isinstance(mark["at"], str):
            checks.known("control of a rule", mark["at"], controls)
        else:
            checks.number(f"at of {where}", mark["at"])
        return
    if not checks.text(f"label of a {where}", mark["label"]):
        raise ValueError(f"label of a {where} must not be empty")
    checks.whole(f"style of {where}", mark["style"], 0, len(LOOKS) - 1)
    if mark["kind"] == "points":
        if (mark["low"] is None) != (mark["high"] is None):
            raise ValueError(f"low and high of {where} must both be given, or neither")
        for key in ("x", "y", "low", "high", "names"):
            if mark[key] is None and key not in "xy":
                continue
            values = checks.several(f"{key} of {where}", mark[key])
            if len(values) != len(mark["x"]):
                length, wanted = len(values), len(mark["x"])
                raise ValueError(f"{key} of {where} must have {wanted} items as x, got {length}")
            check = checks.text if key == "names" else checks.number
            for value in values:
                check(f"{key} of {where}", value)
        if mark.get("reach") is not None:
            first, last = (checks.number(f"reach of {where}", end) for end in mark["reach"])
            if not first <= min(mark["x"]) <= max(mark["x"]) <= last:
                raise ValueError(f"reach of {where} must hold its x, got {mark['reach']!r}")
    elif mark["kind"] == "pile":
        if len(checks.several(f"names of {where}", mark["names"])) != 2:
            raise ValueError(f"names of {where} must be two, got {mark['names']!r}")
        checks.known(f"replay of {where}", mark["replay"], spec["replays"])
        checks.known(f"chance of {where}", mark["chance"], spec["measures"])
        return
    elif mark["kind"] == "bars":
        for name in checks.several(f"names of {where}", mark["names"]):
            checks.text(f"names of {where}", name)
    if "measures" in mark:
        checks.several(f"measures of {where}", mark["measures"])
        if len(mark["measures"]) != len(mark["names"]):
            length, wanted = len(mark["measures"]), len(mark["names"])
            raise ValueError(f"measures of {where} must be {wanted} as its names, got {length}")
    _check_source(where, mark, spec, model, table, controls)


def _check_source(where, item, spec, model, table, controls):
    """What a mark or a measure reads must be there, and its window inside it."""
    outputs = [*model.states, *model.outputs] if model else []
    for name in [item["run"]] if "run" in item else item.get("runs", []):
        checks.known("run", name, spec["runs"])
    if "sweep" in item:
        checks.known("sweep", item["sweep"], spec["sweeps"])
        checks.known(f"reduction of {where}", item["reduce"], REDUCTIONS)
    for key in ("output", "against"):
        if key in item:
            checks.known("output", item[key], outputs)
    for name in item.get("measures", []):
        checks.known("measure", name, spec["measures"])
    for key in ("series", "low_series", "high_series"):
        if key in item:
            checks.known("table series", item[key], table["series"])
    if "drawn" in item:
        checks.known("drawn line", item["drawn"], spec["drawn"])
    if "window" in item:
        _check_window(where, item, spec, table, controls)
    if "relative_to" in item:
        run = spec["runs"][item["run"]]
        checks.number(f"relative_to of {where}", item["relative_to"], run["since"], run["until"])


def _check_window(where, item, spec, table, controls):
    if "series" in item:
        x = np.asarray(table["x"][item["series"]], float)
    elif "drawn" in item and "run" not in item:
        x = np.asarray(spec["drawn"][item["drawn"]]["x"], float)
    else:
        name = item["run"] if "run" in item else spec["sweeps"][item["sweep"]]["run"]
        run = spec["runs"][name]
        x = np.linspace(run["since"], run["until"], int(run["samples"]))
    window = checks.several("window", item["window"])
    if len(window) != 2:
        raise ValueError(f"window must be its two ends, got {window!r}")
    ends = []
    for end in window:
        if isinstance(end, str):
            ranges = [name for name, c in controls.items() if c["kind"] == "range"]
            control = controls[checks.known(f"control in the window of {where}", end, ranges)]
            ends += [control["low"], control["high"]]
        else:
            ends.append(checks.number("window", end))
    first, last = ends[0], ends[-1]
    if not x[0] - 1e-9 <= first <= last <= x[-1] + 1e-9:
        outside = first if not x[0] - 1e-9 <= first <= x[-1] + 1e-9 else last
        raise ValueError(f"window must lie within {x[0]:g} to {x[-1]:g}, got {outside!r}")
    if item["reduce"] != "at" and not ((x >= first - 1e-9) & (x <= last + 1e-9)).any():
        raise ValueError(f"window must hold a sample, got none from {first!r} to {last!r}")
