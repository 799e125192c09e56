"""Do the words under every picture follow its numbers? `make spoken` proves it, in some minutes.

`wrong_numbers` finds, in the description and the caption of a finished figure, each number that
stands neither in its data nor in what is written on it; `test_spoken_numbers.py` asks it about all
figures and stand-ins of controls. Run as a script, this file breaks them on purpose:

1. every number of every description and caption is changed by one in its last digit, up and down;
2. twenty published values are raised by 6%, and every figure that reads them is drawn anew: each
   number that is said must follow its value, or be found; so must each number in the prose.

`python tests/spoken_numbers.py 1` or `2` does one of them.
"""

import contextlib
import functools
import importlib
import inspect
import pkgutil
import re
import sys
from html import unescape

import numpy as np
import pandas as pd

from helpers import evidence, figures
from helpers.analysis import (
    defence,
    feedback,
    fits,
    meta_analysis,
    synovium,
    tolerance,
    virtual_trial,
)
from helpers.figures import Figure

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")
# How sure an interval is, and what is counted, are no results.
SETTLED = re.compile(
    r"95(?=%| per cent)(?=[^.;:]{0,60}(?:interval|limit|of (?:them|their|trials)))|"
    r"(?<=R0 = )1\b|(?<=Figure )\d\.\d+"
)
NOISE = 1e-9  # of a value that was stored and read again

# ---------------------------------------------------------------- what there is to say


def drawn():
    """Function of every figure by name, as in ldn_mechanism.saturation, ready to be called.

    Those that are handed what a chapter computed get the same from fewer random draws.
    """
    found = {}
    for item in pkgutil.iter_modules(figures.__path__):
        module = importlib.import_module(f"helpers.figures.{item.name}")
        for name, make in inspect.getmembers(module, inspect.isfunction):
            if make.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{item.name}.{name}"] = functools.partial(_call, make, item.name, name)
    return found


def _call(make, module, name):
    given = HANDED.get(f"{module}.{name}", tuple)
    return make(*given())


def _pooled():
    table = meta_analysis.standardised()
    return table, meta_analysis.pool(table["d"], table["se"])


def _folds():
    (high, _), (low, _) = synovium.folds()
    return ((low, high),)


def _triggers():
    per_share = tolerance.reproduction(maturing=1e-4) / 1e-4
    return ([x / per_share for x in (0.4, 0.8, 1.2, 2.0)],)


def _signals():
    doses = np.array([0.1, 0.25, 0.5, 1, 1.5, 2.2, 3, 4.5, 6.5, 10, 20, 50])
    return feedback.one_site(doses, n=40), feedback.premises(doses)


def _supposed():
    return {
        name: virtual_trial.simulate_patients(virtual_trial.patients(512, **how), 4.5, days=30)
        for name, how in virtual_trial.SUPPOSITIONS.items()
    }


# What the chapters hand to figures; fewer draws where only chance would differ.
HANDED = {
    "intro.mechanism_map": lambda: ("..",),
    "autoimmune_diseases.triggers": _triggers,
    "immune_system_in_ra.two_fates": lambda: (10.0,),
    "immune_system_in_ra.alarm": _folds,
    "immune_system_in_ra.virtual_patients": lambda: (synovium.courses(n=40), 40),
    "ldn_mechanism.saturation": lambda: (fits.fit_occupancy("retained").estimates["retention"],),
    "ldn_mechanism.net_signal": _signals,
    "cytokine_production.windows": lambda: (
        defence.random_windows(n=10),
        defence.random_windows(late=True, n=10),
    ),
    "final_thoughts.forest": _pooled,
    "final_thoughts.left_out": _pooled,
    "final_thoughts.funnel": _pooled,
    "final_thoughts.virtual_patients": lambda: (_supposed(),),
    "final_thoughts.what_decides": lambda: (virtual_trial.sensitivity(64),),
}

# ---------------------------------------------------------------- what is said


def words_of(html):
    """Words of HTML in their places: what is markup becomes blanks."""
    return re.sub(r"<[^>]*>", lambda tag: " " * len(tag[0]), html)


def wrong_numbers(figure, html=None):
    """Numbers said under a figure that it does not show: (part, number as said) of each.

    html: the figure as it is shown, if it was made already.
    """
    written, values = shown_by(figure, html)
    return [
        (part, said)
        for part in ("alt", "caption")
        for said in wrong_in(getattr(figure, part), written, values)
    ]


def shown_by(figure, html=None):
    """What can be said of a figure: the numbers written on it or named in its data, as text; and
    the values of its data."""
    html = figure._repr_html_() if html is None else html
    picture = html[: html.index("</svg>")].split("aria-label", 1)[1].split(">", 1)[1]
    cells = figure.data.to_numpy().ravel()
    names = [cell for cell in cells if isinstance(cell, str)]
    text = " ".join([unescape(words_of(picture)), *names, *map(str, figure.data.columns)])
    text += " " + " ".join(re.findall(r"(?<=[a-z])\d{4}(?=[a-z])", figure.sources))
    values = pd.to_numeric(pd.Series(cells), errors="coerce").dropna().abs().to_numpy(float)
    # As they are, in per cent, above 1 in per cent, with another prefix; whole people; rows.
    parts = [values, 100 * values, abs(100 * (values - 1)), 1000 * values, values / 1000]
    parts.append(np.floor(values + 0.5))
    values = np.concatenate([*parts, [len(figure.data)]])
    return {number.replace(",", "") for number in NUMBER.findall(text)}, values


def wrong_in(said, written, values, numbers=None):
    """The numbers of `said` that are neither among `values` nor `written`.

    A number that was filled in must be said as its value is and that value must be there; any other
    must be written, letter for letter.
    numbers: (start, end, value) of those filled in, unless `said` knows them.
    """
    if numbers is None:
        numbers = getattr(said, "numbers", ())
    filled = {}
    for start, end, value in numbers:
        filled |= dict.fromkeys(range(start, end), value)
    plain = words_of(said)
    settled = {match.start() for match in SETTLED.finditer(plain)}
    wrong = []
    for match in NUMBER.finditer(plain):
        text = match[0].replace(",", "")
        if match.start() in filled:
            value = abs(filled[match.start()])
            half = 0.5 * 10.0 ** -len(text.partition(".")[2]) * (1 + NOISE)
            there = np.abs(values - value) <= NOISE * max(value, 1e-3)
            right = abs(value - float(text)) <= half and (there.any() or text in written)
        else:
            right = text in written or match.start() in settled
        if not right:
            wrong.append(match[0])
    return wrong
