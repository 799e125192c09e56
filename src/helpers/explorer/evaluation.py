"""What a control shows, computed in Python: the twin of `LDN.evaluate` in engine.js.

The picture that stands in until the page's script is alive comes from here, and so do the numbers
that the tests compare with the browser's.
"""

from decimal import ROUND_HALF_UP, Context

import numpy as np

from helpers import checks
from helpers.analysis import uncontrolled
from helpers.explorer.spec_checks import check_values
from helpers.simulate import MOST, schedule, simulate

NONE = -1.0  # a measure of a line that is not drawn there


def evaluate(spec, values=None, rtol=1e-8):
    """Everything `spec` (see `Explorer`) shows at these values; missing ones keep their default.

    Returns a dict: runs (name → {"t": times, output: values}), sweeps (name → {"panel.mark":
    {"x", "y"}}), measures (name → number), status (text), notes (texts).
    Raises UnknownName for a control that does not exist, ValueError for a value it cannot take.
    """
    values = check_values(spec, {} if values is None else values)
    runs = {name: _run(spec, run, values, rtol) for name, run in spec["runs"].items()}
    sweeps = {
        name: _sweep(spec, sweep, _marks_of(spec, "sweep", name), values, rtol)
        for name, sweep in spec["sweeps"].items()
    }
    measures = _measures(spec, runs, values)
    return {
        "runs": runs,
        "sweeps": sweeps,
        "measures": measures,
        "status": _status(spec, values, measures),
        "notes": notes_shown(spec, values),
    }


def status(spec, values=None):
    """The words under the picture alone, see `evaluate`, without its curves over other doses."""
    values = check_values(spec, {} if values is None else values)
    runs = {name: _run(spec, run, values, 1e-8) for name, run in spec["runs"].items()}
    return _status(spec, values, _measures(spec, runs, values))


def table_index(spec, values):
    """Where the values of a grid point of a table-driven control start, counted in grid points."""
    index = 0
    for axis in spec["table"]["axes"]:
        grid = np.array(axis["values"], float)
        # The nearest is the very value, see check_values.
        index = index * len(grid) + int(np.abs(grid - values[axis["control"]]).argmin())
    return index


def table_series(spec, name, values):
    """(x, y) of one series of a table-driven control at these control values."""
    x = spec["table"]["x"][name]
    start = table_index(spec, values) * len(x)
    return list(x), list(spec["table"]["series"][name][start : start + len(x)])


def drawn_line(spec, name, values):
    """(x, y) of a line that the reader drew; y is NaN where nothing is drawn."""
    line = spec["drawn"][name]
    heights = (values[control] / line["per"] for control in line["controls"])
    return list(line["x"]), [height if height >= 0 else np.nan for height in heights]


def replayed(spec, name, values):
    """How many outcomes fall in each study of a replay: an array of integers."""
    how = spec["replays"][name]
    critical = table_series(spec, how["critical"], values)[1][0]
    given = {k: values.get(v, v) if isinstance(v, str) else v for k, v in how.items()}
    given |= {"critical": critical}
    return uncontrolled.replay(repeats=given.pop("studies"), **given)


def _run(spec, run, values, rtol):
    given = lambda item: values[item] if isinstance(item, str) else item
    amount, every, until = given(run["dose"]), given(run["every"]), run["until"]
    count = checks.whole("count of a run", given(run["count"]), 1, MOST) if every > 0 else 1
    times = [i * every for i in range(count) if i == 0 or i * every < until]
    parameters = {name: given(item) for name, item in run["parameters"].items()}
    frame = simulate(
        spec["model_name"],
        schedule(times, [amount] * len(times)),
        np.linspace(run["since"], until, int(run["samples"])),
        rtol,
        **parameters,
    )
    return {"t": frame.index.to_numpy()} | {name: frame[name].to_numpy() for name in frame}


def _sweep(spec, sweep, marks, values, rtol):
    base = spec["runs"][sweep["run"]]
    results = []
    for value in sweep["values"]:
        if sweep["over"] == "dose":
            run = base | {"dose": value}
        else:
            run = base | {
                "parameters": base["parameters"]
                | {sweep["over"].removeprefix("parameters."): value}
            }
        results.append(_run(spec, run, values, rtol))
    return {
        name: {"x": list(sweep["values"]), "y": [_reduce(result, mark) for result in results]}
        for name, mark in marks.items()
    }


def _marks_of(spec, kind, name):
    return {
        f"{i}.{j}": mark
        for i, panel in enumerate(spec["panels"])
        for j, mark in enumerate(panel["marks"])
        if mark.get(kind) == name
    }


def _measures(spec, runs, values):
    measures = {}
    for name, how in spec["measures"].items():
        measures[name] = _measure(spec, runs, how, values, measures)
    return measures


def _measure(spec, runs, how, values, before):
    if how["reduce"] == "moved":
        start = {control["name"]: control["value"] for control in spec["controls"]}
        return sum(not np.isclose(values[c], start[c], rtol=1e-9, atol=0) for c in how["of"])
    if "of" in how:
        parts = [(values | before)[name] for name in how["of"]]
        if how["reduce"] == "product":
            return float(how["factor"] * np.prod(parts))
        top, bottom = parts
        return top / bottom
    if "replay" in how:
        return int((replayed(spec, how["replay"], values) > 0).sum())
    if "drawn" in how:
        return _read_drawn(runs, how, *drawn_line(spec, how["drawn"], values))
    window = [values[end] if isinstance(end, str) else end for end in how["window"]]
    how = how | {"window": window}
    if "series" in how:
        x, y = table_series(spec, how["series"], values)
        run, how = {"t": np.array(x, float), "y": np.array(y, float)}, how | {"output": "y"}
    else:
        run = runs[how["run"]]
    return _reduce(run, how) * how.get("factor", 1)


def _read_drawn(runs, how, x, y):
    """A number read off a reader's own line, or NONE where nothing is drawn."""
    x, y = np.array(x, float), np.array(y)
    first, last = how["window"]
    if how["reduce"] == "at":
        found = _heights(x, y, [first])
    elif how["reduce"] == "apart":
        run = runs[how["run"]]
        inside = (run["t"] >= first) & (run["t"] <= last)
        found = np.abs(run[how["output"]] - _heights(x, y, run["t"]))[inside]
    else:
        there = np.isfinite(y) & (x >= first) & (x <= last)
        run = {"t": x[there], "y": y[there]}
        found = [_reduce(run, how | {"output": "y"})] if there.any() else []
    found = np.compress(np.isfinite(found), found)
    return float(found.mean()) * how["factor"] if len(found) else NONE


def _heights(x, y, at):
    """Of a line with gaps, NaN in them: between two places both must be drawn."""
    near = np.abs(np.subtract.outer(at, x)) < 1e-9
    return np.where(near.any(axis=1), y[near.argmax(axis=1)], np.interp(at, x, y))


def _reduce(run, how):
    t, y = run["t"], run[how["output"]]
    first, last = how["window"]
    if how["reduce"] == "at":
        return float(np.interp(first, t, y))
    inside = (t >= first - 1e-9) & (t <= last + 1e-9)
    t, y = t[inside], y[inside]
    match how["reduce"]:
        case "max":
            return float(y.max())
        case "min":
            return float(y.min())
        case "integral":
            return float(np.trapezoid(y, t))
        case "mean":
            return float(np.trapezoid(y, t) / (t[-1] - t[0]))


def _status(spec, values, measures):
    words = {c["name"]: control_text(c, values[c["name"]]) for c in spec["controls"]}
    words |= {name: measure_text(spec, name, measures[name]) for name in spec["measures"]}
    for name, phrase in spec["phrases"].items():
        number = (values | measures)[phrase["measure"]]
        passed = sum(number >= step for step in phrase["steps"])
        words[name] = phrase["words"][passed].format(**words)
    return spec["status"].format(**words)


def notes_shown(spec, values):
    """The notes of `spec` at these values of the controls, as text."""
    notes = spec.get("notes")
    items = notes["items"] if notes else []
    shown = [one for one in items if values[one["control"]] == one["value"]]
    texts = [f"{one['name']} {one['text']}".strip() for one in shown]
    return texts or ([notes["empty"]] if notes else [])


def control_text(control, value):
    """A value of a control as it shows it."""
    if control["kind"] == "choice":
        return next(o["text"] for o in control["options"] if o["value"] == value)
    if value < 0 and control.get("negative"):
        return control["negative"]
    return quantity(value, control["digits"], control["unit"])


def measure_text(spec, name, value):
    """The value of a measure as the control shows it."""
    measure = spec["measures"][name]
    if value < 0 and measure.get("negative"):
        return measure["negative"]
    if measure["percent"]:
        return percent(value)
    if measure.get("whole") and value < 10 ** measure["digits"]:
        value = np.ceil(value - 1e-9)
    return quantity(value, measure["digits"], measure["unit"])


def percent(share):
    """'45%', but 'under 1%' or 'over 99%' where less would be none and more would be all.

    A millionth is none: a solver's noise.
    """
    if 1e-6 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1 - 1e-6:
        return "over 99%"
    return f"{_signed(np.floor(100 * share + 0.5))}%"


def quantity(value, digits, unit):
    """'4.5 mg', but '45%', and what is a thousand milligrams or more in grams."""
    if unit == "mg" and abs(value) >= 1000:
        value, unit = value / 1000, "g"
    text = number(value, digits)
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}".strip()


def _half_up(value, digits):
    """What lies in the middle goes up, as in the browser: Python would write 12.5 as 12."""
    return float(Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(value))


def number(value, digits):
    """`value` with so many significant digits, as LDN.format writes it: 0.012, 1.2 million.

    digits: 1 to 15. Raises ValueError for other digits, or a value that is no finite number.
    """
    value = checks.number("value", value)
    digits = checks.whole("digits", digits, 1, 15)
    rounded = _half_up(value, digits)
    if rounded == 0 or 0.0001 <= abs(rounded) < 1e6:
        return _signed(rounded)
    for size, word in ((1e6, "million"), (1e9, "billion")):
        if size <= abs(rounded) < 1000 * size:
            return f"{number(rounded / size, digits)} {word}"
    mantissa, power = f"{rounded:.{digits - 1}e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{_signed(float(mantissa))} × 10{raised}"


def _signed(number):
    """All digits of a number, with a minus and no hyphen; zero has no sign."""
    return np.format_float_positional(number + 0.0, trim="-").replace("-", "−")
