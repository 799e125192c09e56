"""Specs for the tests of the live control, by hand, so that they do not depend on the Python side.

`LINEAR` is a linear model with a known solution: gut → central ⇄ tissue, elimination from the
central part. `TABLE` draws numbers from a table. `MARKS` has marks on every kind of axis.
`MODELS` are the scripts of the models: of `LINEAR`'s, and of others that differ from it in a line.
"""

import numpy as np
from scipy.linalg import expm

MODEL = """LDN.models.oral={
states:["gut","central","tissue"],
parameters:["ka","ke","out","back","volume","half"],outputs:["level","share"],
defaults:[1.6,0.25,0.3,0.12,900,2.5],
initial:function(p,y){y[0]=0;y[1]=0;y[2]=0;},
dose:function(amount,p,y){y[0]=y[0]+amount;},
rhs:function(t,y,p,d){
const a=p[0]*y[0];
d[0]=-a;
d[1]=a-(p[1]+p[2])*y[1]+p[3]*y[2];d[2]=p[2]*y[1]-p[3]*y[2];},
read:function(t,y,p,o){o[0]=1000*y[1]/p[4];o[1]=o[0]/(o[0]+p[5]);}
};
"""


def changed(name, *lines):
    """The model under another name, with lines changed; `lines` are pairs of old and new."""
    text = MODEL.replace("models.oral", f"models.{name}")
    for old, new in lines:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


ABSORBED = "const a=p[0]*y[0];"
MODELS = [
    MODEL,
    # The slope of the first state is far too steep to follow,
    changed("stiff", (ABSORBED, "const a=1e9*p[0]*(y[0]-Math.cos(t));")),
    # the same after a dose above 50 mg only,
    changed(
        "stiff_above_50_mg",
        (ABSORBED, "const a=p[0]*y[0]*(y[0]>50?1e9:1);"),
        ("d[0]=-a;", "d[0]=-a+(y[0]>50?1.6e9*y[0]+(60-y[0])*1e9:0);"),
    ),
    # and every start is counted.
    changed("counted", ("y[0]=0;", "y[0]=0;window.starts=(window.starts||0)+1;")),
]
PARAMETERS = {"ka": 1.6, "ke": 0.25, "out": 0.3, "back": 0.12, "volume": 900.0, "half": 2.5}


def exact_level(times, dose, dose_times, **changed):
    """The exact `level` (ng/mL) at `times` (h) after `dose` mg at each of `dose_times`.

    A dose counts from its very time on.
    """
    p = PARAMETERS | changed
    rates = np.array(
        [
            [-p["ka"], 0, 0],
            [p["ka"], -(p["ke"] + p["out"]), p["back"]],
            [0, p["out"], -p["back"]],
        ]
    )
    level = np.zeros(len(times))
    for given in dose_times:
        for i, t in enumerate(times):
            if t >= given - 1e-9:
                level[i] += 1000 * expm(rates * (t - given))[1, 0] * dose / p["volume"]
    return level


HOURS = {"label": "Hours after the first dose", "scale": "linear", "low": 0, "high": 48}

LINEAR = {
    "id": "explore-linear",
    "title": "Blood levels after a swallowed dose",
    "hint": "What to try: raise the dose, then give it every 24 hours.",
    "badge": "Illustration",
    "model_name": "oral",
    "table": None,
    "controls": [
        {
            "name": "dose",
            "label": "Dose",
            "kind": "range",
            "low": 0.5,
            "high": 100,
            "scale": "log",
            "step": None,
            "marks": None,
            "value": 4.5,
            "unit": "mg",
            "digits": 3,
        },
        {
            "name": "ke",
            "label": "Elimination",
            "kind": "range",
            "low": 0.05,
            "high": 0.6,
            "scale": "linear",
            "step": 0.05,
            "marks": None,
            "value": 0.25,
            "unit": "per hour",
            "digits": 2,
        },
        {
            "name": "tablets",
            "label": "Tablets",
            "kind": "range",
            "low": 1,
            "high": 4,
            "scale": "linear",
            "step": 1,
            "marks": [1, 2, 4],
            "value": 2,
            "unit": "tablets",
            "digits": 1,
        },
        {
            "name": "every",
            "label": "How often",
            "kind": "choice",
            "value": 0,
            "options": [
                {"value": 0, "text": "once"},
                {"value": 24, "text": "every 24 h"},
                {"value": 7, "text": "every 7 h"},
            ],
        },
    ],
    "presets": [
        {"label": "One tablet of 50 mg", "values": {"dose": 50, "every": 0}},
        {"label": "4.5 mg daily", "values": {"dose": 4.5, "every": 24, "tablets": 2}},
    ],
    "main": ["dose"],
    "phrases": {},
    "runs": {
        "main": {
            "dose": "dose",
            "every": "every",
            "count": "tablets",
            "until": 48,
            "since": 0,
            "samples": 241,
            "parameters": {"ke": "ke"},
        },
        "slow": {
            "dose": "dose",
            "every": "every",
            "count": "tablets",
            "until": 48,
            "since": 0,
            "samples": 241,
            "parameters": {"ke": 0.1},
        },
        "fast": {
            "dose": "dose",
            "every": "every",
            "count": "tablets",
            "until": 48,
            "since": 0,
            "samples": 241,
            "parameters": {"ke": 0.5},
        },
    },
    "sweeps": {
        "by_dose": {"run": "main", "over": "dose", "values": [0.5, 1, 2, 4.5, 10, 20, 50, 100]},
        "by_half": {"run": "main", "over": "parameters.half", "values": [1, 2.5, 5]},
    },
    "panels": [
        {
            "title": "Level in blood",
            "x": HOURS,
            "y": {"label": "ng/mL", "scale": "linear", "low": 0, "high": None},
            "percent": False,
            "marks": [
                {
                    "kind": "band",
                    "runs": ["slow", "fast"],
                    "output": "level",
                    "label": "Slow to fast elimination",
                    "style": 0,
                },
                {"kind": "line", "run": "main", "output": "level", "label": "Level", "style": 0},
                {
                    "kind": "points",
                    "x": [1, 2, 8, 24],
                    "y": [2.1, 3.3, 1.3, 0.5],
                    "low": [1.5, 2.4, 0.8, 0.3],
                    "high": [2.9, 4.4, 1.9, None],
                    "names": ["Study A", "Study A", "Study B", "Study B"],
                    "label": "Measured after 4.5 mg (mean, SD)",
                    "style": 1,
                },
            ],
        },
        {
            "title": "Receptors blocked, by dose",
            "x": {"label": "Dose (mg)", "scale": "log", "low": 0.5, "high": 100},
            "y": {"label": "Share of receptors", "scale": "linear", "low": 0, "high": 1},
            "percent": True,
            "marks": [
                {
                    "kind": "line",
                    "sweep": "by_dose",
                    "output": "share",
                    "reduce": "max",
                    "window": [0, 48],
                    "label": "At the peak",
                    "style": 0,
                },
                {
                    "kind": "line",
                    "sweep": "by_dose",
                    "output": "share",
                    "reduce": "at",
                    "window": [24, 24],
                    "label": "After 24 h",
                    "style": 2,
                },
                {"kind": "rule", "axis": "x", "at": "dose", "label": "the dose set"},
            ],
        },
    ],
    "measures": {
        "peak": {
            "run": "main",
            "output": "level",
            "reduce": "max",
            "window": [0, 48],
            "unit": "ng/mL",
            "digits": 2,
            "percent": False,
        },
        "s4": {
            "run": "main",
            "output": "share",
            "reduce": "at",
            "window": [4, 4],
            "unit": "",
            "digits": 2,
            "percent": True,
        },
        "s24": {
            "run": "main",
            "output": "share",
            "reduce": "at",
            "window": [24, 24],
            "unit": "",
            "digits": 2,
            "percent": True,
        },
        "exposure": {
            "run": "main",
            "output": "level",
            "reduce": "integral",
            "window": [0, 48],
            "unit": "ng·h/mL",
            "digits": 3,
            "percent": False,
        },
        "usual": {
            "run": "main",
            "output": "level",
            "reduce": "mean",
            "window": [0, 24],
            "unit": "ng/mL",
            "digits": 3,
            "percent": False,
        },
        "least": {
            "run": "main",
            "output": "level",
            "reduce": "min",
            "window": [12, 24],
            "unit": "ng/mL",
            "digits": 3,
            "percent": False,
        },
    },
    "readout": {
        "caption": "Share of receptors blocked",
        "columns": ["after 4 h", "after 24 h"],
        "rows": [{"label": "This model", "measures": ["s4", "s24"]}],
    },
    "status": "A {dose} dose taken {every} peaks at {peak}; after 24 hours {s24} of receptors are "
    "blocked.",
}

TABLE = {
    "id": "explore-table",
    "title": "Chance findings in a small study",
    "hint": "What to try: more patients.",
    "badge": "Data",
    "model_name": None,
    "table": {
        "axes": [{"control": "n", "values": [4, 8, 16]}, {"control": "arm", "values": [0, 1]}],
        "x": {"middle": [1, 2, 3], "low": [1, 2, 3], "high": [1, 2, 3], "bars": [1, 2]},
        "series": {
            "middle": [10 * cell + x for cell in range(6) for x in (1, 2, 3)],
            "low": [10 * cell + x - 0.5 for cell in range(6) for x in (1, 2, 3)],
            "high": [10 * cell + x + 0.5 for cell in range(6) for x in (1, 2, 3)],
            "bars": [cell + x for cell in range(6) for x in (0.5, 0.25)],
        },
    },
    "controls": [
        {
            "name": "n",
            "label": "Patients",
            "kind": "range",
            "low": 4,
            "high": 16,
            "scale": "linear",
            "step": None,
            "marks": None,
            "value": 8,
            "unit": "",
            "digits": 2,
        },
        {
            "name": "arm",
            "label": "Control arm",
            "kind": "choice",
            "value": 0,
            "options": [{"value": 0, "text": "none"}, {"value": 1, "text": "placebo"}],
        },
    ],
    "presets": [],
    "main": ["n"],
    "phrases": {},
    "runs": {},
    "sweeps": {},
    "panels": [
        {
            "title": "Middle and range",
            "x": {"label": "Visit", "scale": "linear", "low": 1, "high": 3},
            "y": {"label": "Change", "scale": "linear", "low": 0, "high": None},
            "percent": False,
            "marks": [
                {
                    "kind": "band",
                    "low_series": "low",
                    "high_series": "high",
                    "label": "Range",
                    "style": 1,
                },
                {"kind": "line", "series": "middle", "label": "Middle", "style": 1},
            ],
        },
        {
            "title": "By outcome",
            "x": {"label": "Outcome", "scale": "linear", "low": None, "high": None},
            "y": {"label": "Findings", "scale": "linear", "low": 0, "high": None},
            "percent": False,
            "marks": [
                {
                    "kind": "bars",
                    "series": "bars",
                    "names": ["cytokines", "symptom scores"],
                    "label": "Findings",
                    "style": 2,
                }
            ],
        },
    ],
    "measures": {},
    "readout": None,
    "status": "{n} patients, control arm: {arm}.",
}

MARKS = {
    "id": "explore-marks",
    "title": "Every kind of mark",
    "hint": "",
    "badge": "Fit",
    "model_name": "oral",
    "table": None,
    "controls": [LINEAR["controls"][0]],
    "presets": [],
    "main": ["dose"],
    "phrases": {},
    "runs": {
        name: {
            "dose": "dose",
            "every": 12,
            "count": 3,
            "until": 48,
            "since": 0,
            "samples": 97,
            "parameters": parameters,
        }
        for name, parameters in {"main": {}, "slow": {"ke": 0.1}}.items()
    },
    "sweeps": {},
    "panels": [
        {
            "title": "Log and relative",
            "x": HOURS,
            "y": {"label": "Relative to 1 h", "scale": "log", "low": 0.001, "high": 10},
            "percent": False,
            "marks": [
                {
                    "kind": "line",
                    "run": "main",
                    "output": "level",
                    "relative_to": 1,
                    "label": "Relative level",
                    "style": 4,
                },
                {
                    "kind": "band",
                    "runs": ["main", "slow"],
                    "output": "share",
                    "label": "Share",
                    "style": 3,
                },
                {
                    "kind": "points",
                    "x": [1, 20, 40, 44],
                    "y": [2, 0.5, 0.02, 99],
                    "low": [1, None, 0, 50],
                    "high": [3, None, 0.03, 200],
                    "names": None,
                    "label": "Measured",
                    "style": 5,
                },
                {"kind": "rule", "axis": "y", "at": 1, "label": "as at 1 h"},
                {"kind": "rule", "axis": "x", "at": 40, "label": "40 h"},
            ],
        },
        {
            "title": "Grouped bars",
            "x": {"label": "Time", "scale": "linear", "low": None, "high": None},
            "y": {"label": "Blocked", "scale": "linear", "low": 0, "high": 1},
            "percent": True,
            "marks": [
                {
                    "kind": "bars",
                    "measures": ["s4", "s24"],
                    "names": ["4 h", "24 h"],
                    "label": "Model",
                    "style": 0,
                },
                {
                    "kind": "bars",
                    "measures": ["s24", "s4"],
                    "names": ["4 h", "24 h"],
                    "label": "Swapped",
                    "style": 1,
                },
            ],
        },
    ],
    "measures": {
        "s4": {
            "run": "main",
            "output": "share",
            "reduce": "at",
            "window": [4.1, 4.1],
            "unit": "",
            "digits": 2,
            "percent": True,
        },
        "s24": {
            "run": "main",
            "output": "share",
            "reduce": "at",
            "window": [24, 24],
            "unit": "",
            "digits": 2,
            "percent": True,
        },
    },
    "readout": None,
    "status": "Half-way through, {s24} is blocked.",
}
