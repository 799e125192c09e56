"""Do the words under every picture follow its numbers? `make spoken` proves it, in some minutes.

`wrong_numbers` finds, in the description and the caption of a finished figure, each number that
stands neither in its data nor in what is written on it; `test_spoken_numbers.py` asks it about all
figures and stand-ins of controls. Run as a script, this file breaks them on purpose:

1. every number of every description and caption is changed by one in its last digit, up and down;
2. twenty published values are raised by 6%, and every figure that reads them is drawn anew: each
   number that is said must follow its value, or be found; so must each number in the prose.

`python tests/spoken_numbers.py digits` or `values` does one of them.
"""

import contextlib
import functools
import importlib
import inspect
import math
import pkgutil
import re
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
from controls import builders
from test_evidence import typed_numbers

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
from helpers.explorer.evaluation import _half_up, control_text, evaluate, measure_text
from helpers.explorer.fallback import stand_in
from helpers.explorer.spec_checks import check_values
from helpers.figures import Figure, Spoken, say

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")
TICK = re.compile(r"[−-]?[\d.,]+%?")  # of an axis: no number that a picture says
# How sure an interval is, and what is counted, are no results.
SETTLED = re.compile(
    r"95(?=%| per cent)(?=[^.;:]{0,60}(?:interval|limit|of (?:them|their|trials)))|"
    r"(?<=R0 = )1\b|(?<=Figure )\d\.\d+"
)
# Words that compare, and that a number may make false; one that follows is checked itself.
COMPARING = re.compile(
    r"\b(?:(?:falls?|rises?|climbs|drops|halves)(?! (?:to|in|from|past)\b)|fell|rose|halved|"
    r"half(?!-)|twice|doubled?|\w+fold|higher|larger|smaller|steepest|flattest|"
    r"(?:more|less|fewer) than|most of|mostly|nearly|hardly|none of|no single|clear of|crosses|"
    r"of zero|overlap\w*)\b"
)
# Where such words say how something is defined or drawn, or what was read without a number.
DEFINED = re.compile(
    r"twice the logarithm|less than one cell|half of the variation|half or more|half to double|"
    r"half of the mu receptors at|middle half|half is (?:blocked|lost)|thick: half|of a half|"
    r"halves morphine|how many of|moderate rises?|any rise|rises with the number|trillionfold|"
    r"smaller dose|larger trial|higher (?:than in osteo|in another)|most of those people|"
    r"of the mu receptors|nearly (?:the same few|two years)|cytokines fall|"
    r"to a half at|mostly people in"
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
    "ldn_mechanism.one_low_dose": lambda: (4,),
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


# What is said of a share that is neither none nor all, see `helpers.explorer.evaluation.percent`.
BOUNDS = {"under 1%": 1, "over 99%": 99}


def stand_ins(spec):
    """What stands in for a control: (description, numbers filled in, numbers written, values) of
    each of its pictures."""
    values = check_values(spec, spec["still"])
    shown = evaluate(spec, values)
    words = {c["name"]: (control_text(c, values[c["name"]]), c) for c in spec["controls"]}
    filled = {
        name: _filled(text, values[name], control["digits"]) if control["kind"] == "range" else text
        for name, (text, control) in words.items()
    }
    for name, value in shown["measures"].items():
        measure = spec["measures"][name]
        size, digits = (100 * value, 15) if measure["percent"] else (value, measure["digits"])
        text = measure_text(spec, name, value)
        if text in BOUNDS:
            size = BOUNDS[text]
        elif measure.get("whole") and value < 10**digits:
            size = math.ceil(value - 1e-9)  # people
        filled[name] = _filled(text, size, digits)
    for name, phrase in spec["phrases"].items():
        size = (values | shown["measures"])[phrase["measure"]]  # of a control or a measure
        passed = sum(size >= step for step in phrase["steps"])
        filled[name] = say(phrase["words"][passed], **filled)
    status = say(spec["status"], **filled)
    written = _written(" ".join(_labels(spec)))
    for panel in spec["panels"]:  # marks of measured values, which words say in per cent
        marks = [mark for mark in panel.get("marks", ()) if mark["kind"] == "points"]
        written |= {f"{100 * y:.0f}" for mark in marks for y in mark["y"]}
        written |= {str(i + 1) for i in range(len(panel.get("arrows", ())))}
    measured = np.abs([value for _, _, value in status.numbers])
    for description in re.findall(r'aria-label="([^"]*)"', stand_in(spec)):
        text = unescape(description)
        start = text.find(status)
        numbers = [(start + i, start + j, v) for i, j, v in status.numbers if start >= 0]
        yield text, numbers, written, measured


def _filled(text, value, digits):
    """Words that hold one number, '1.9 million' or '2 g' of a value in mg as well as '45%'.

    value: what they show, rounded here to so many significant digits.
    """
    value = _half_up(value, digits)
    match = NUMBER.search(text)
    if not match:
        return text
    said = float(match[0].replace(",", ""))
    scale = 10.0 ** np.round(np.log10(abs(value) / said)) if said and value else 1
    return Spoken(text, [(*match.span(), value / scale)])


def _labels(part):
    """Every text of a spec, but for its sentences."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, item in part.items():
            if name not in ("status", "phrases", "table"):
                yield from _labels(item)
    elif isinstance(part, (list, tuple)):
        for item in part:
            yield from _labels(item)
    elif isinstance(part, (int, float)) and not isinstance(part, bool):
        yield f"{part:.12g}"


def words_of(html):
    """Words of HTML in their places: what is markup becomes blanks."""
    return re.sub(r"<[^>]*>", lambda tag: " " * len(tag[0]), html)


def wrong_numbers(figure):
    """Numbers said under a figure that it does not show: (part, number as said) of each."""
    written, values = shown_by(figure)
    return [
        (part, said)
        for part in ("alt", "caption")
        for said in wrong_in(getattr(figure, part), written, values)
    ]


def loose_words(said):
    """Words that compare and that no condition holds."""
    held = {i for start, end in getattr(said, "held", ()) for i in range(start, end)}
    plain = words_of(said)
    for match in DEFINED.finditer(plain):
        held |= {*range(*match.span())}
    return [match[0] for match in COMPARING.finditer(plain) if match.start() not in held]


def shown_by(figure):
    """What can be said of a figure: the numbers written on it or named in its data, as text; and
    the values of its data."""
    html = figure._repr_html_()
    picture = html[: html.index("</svg>")].split("aria-label", 1)[1].split(">", 1)[1]
    cells = figure.data.to_numpy().ravel()
    names = [cell for cell in cells if isinstance(cell, str)]
    labels = re.findall(r"<text[^>]*>([^<]*)", picture)
    labels = [words for words in map(unescape, labels) if not TICK.fullmatch(words.strip())]
    text = " ".join([*labels, *names, *map(str, figure.data.columns)])
    text += " " + re.sub(r"(\d{4})[a-z]*", r" \1", figure.sources)
    values = pd.to_numeric(pd.Series(cells), errors="coerce").dropna().abs().to_numpy(float)
    # As they are, in per cent, above 1 in per cent, with another prefix; whole people; rows.
    parts = [values, 100 * values, abs(100 * (values - 1)), 1000 * values, values / 1000]
    parts.append(np.floor(values + 0.5))
    values = np.concatenate([*parts, [len(figure.data)]])
    return _written(text), values


def _written(text):
    """The numbers in a text, without commas; years with the word before them, too."""
    years = re.findall(r"[^\W\d_]+ (?:19|20)\d\d\b", text)
    return {number.replace(",", "") for number in NUMBER.findall(text)} | set(years)


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
            there = abs(np.asarray(values) - value) <= NOISE * max(value, 1e-3)
            right = abs(value - float(text)) <= half and (any(there) or text in written)
        elif re.fullmatch("(?:19|20)\\d\\d", text):  # of a study, which goes by its name
            before = re.search(r"([^\W\d_]+)[\s(]*$", plain[: match.start()])
            right = f"{before[1] if before else ''} {text}" in written
        else:
            right = text in written or match.start() in settled
        if not right:
            wrong.append(match[0])
    return wrong


# ---------------------------------------------------------------- broken on purpose


def changed(text):
    """The text with one of its numbers changed by one in its last digit: (start, what, text)."""
    for match in NUMBER.finditer(words_of(text)):
        digits = len(match[0].partition(".")[2])
        value = float(match[0].replace(",", ""))
        for step in (1, -1):
            other = value + step * 10.0**-digits
            said = f"{abs(other):{',' if ',' in match[0] else ''}.{digits}f}"
            if len(said) == len(match[0]):
                new = text[: match.start()] + said + text[match.end() :]
                yield f"{match[0]} → {said}", new


def prove_digits():
    """Change every number of every description and caption; returns the share that is noticed."""
    noticed, missed = 0, []

    def judge(name, text, numbers, written, values):
        nonlocal noticed
        before = wrong_in(text, written, values, numbers)
        for what, new in changed(text):
            if wrong_in(new, written, values, numbers) != before:
                noticed += 1
            else:
                missed.append(f"{name}: {what}")

    for name, make in drawn().items():
        figure = make()
        if isinstance(figure, Figure):
            written, values = shown_by(figure)
            for part in ("alt", "caption"):
                said = getattr(figure, part)
                numbers = getattr(said, "numbers", ())
                judge(f"{figure.number} {name}, {part}", said, numbers, written, values)
    for name, build in builders().items():
        for said, numbers, written, values in stand_ins(build().spec):
            judge(f"{name}, stand-in", said, numbers, written, values)
    total = noticed + len(missed)
    print("\n".join(missed))
    print(f"{noticed} of {total} changed numbers noticed ({noticed / total:.1%})")
    return noticed / total


@contextlib.contextmanager
def _reading(read):
    """Let `evidence` read its tables by that function; forget what was computed from others."""
    own, evidence.read = evidence.read, read
    try:
        _forget()
        yield
    finally:
        evidence.read = own
        _forget()


def _forget():
    for name, module in list(sys.modules.items()):
        if name.startswith("helpers.analysis.") and "evidence" in vars(module):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear") and kept.__module__ == name:
                    kept.cache_clear()


def _follows(before, make):
    """What becomes of a figure with another number: it may say nothing of it ("")."""
    try:
        after = make()
    except Exception:  # words that are no longer true, or a table that is refused
        return "failed"
    if wrong_numbers(after) != wrong_numbers(before):
        return "failed"
    texts = [(figure.alt, figure.caption) for figure in (before, after)]
    if texts[0] != texts[1]:
        return "followed"
    # The same words although other numbers are drawn: is one of them said?
    written, values = shown_by(before)
    for part in texts[0]:
        for match in NUMBER.finditer(words_of(part)):
            said = float(match[0].replace(",", ""))
            digits = len(match[0].partition(".")[2])
            gone = _rounded(before, digits) - _rounded(after, digits)
            if said in gone and match[0] not in map(str, written):
                return "silent"
    return ""


def _rounded(figure, digits):
    """The values of a figure's data with so many decimals."""
    cells = pd.to_numeric(pd.Series(figure.data.to_numpy().ravel()), errors="coerce")
    return set(cells.dropna().abs().round(digits))


def _in_prose(value):
    """The chapters that type a published value of three or more digits as a number of their own."""
    text = f"{value:,g}"
    long = len(re.sub(r"\D", "", text)) >= 3
    return [
        path.stem
        for path in sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
        if long and {text, f"{text}%"} & set(typed_numbers(path))
    ]


# Table, row and column of published values, from every table that figures draw.
RAISED = [
    ("diseases", "sardinia_ra", "value"),
    ("diseases", "us_diseases_1", "value"),
    ("diseases", "lupus_arthritis", "value"),
    ("joint_cytokines", "il6_fluid_ra", "value"),
    ("treatments", "attract_mtx", "value"),
    ("treatments", "armada_drug_20", "value"),
    ("treatments", "uk_other", "value"),
    ("kinetics", "licko_clearance", "value"),
    ("kinetics", "verebey_half_life", "value"),
    ("kinetics", "porter_half_life", "value"),
    ("occupancy", "lee_48", "value"),
    ("cytokine_levels", "level_il6", "after"),
    ("trials", "Smith2011-response", "arm_ldn"),
    ("concentrations", "nox2_naloxone", "value"),
    ("scans", "sucksdorff_difference", "n_patients"),
    ("trials", "INNOVA-pain", "value"),
    ("trials", "AnnMedSurg-dreams", "value"),
    ("outcomes", "mtx-acr20", "arm_drug"),
    ("outcomes", "gc-infection", "value"),
    ("outcomes", "opioid-any", "arm_drug"),
]


def prove_values():
    """Raise published values by 6%, one at a time; returns the share that nothing hides."""
    read, readers, before = evidence.read, {}, {}
    for name, make in drawn().items():
        tables = set()
        with _reading(lambda table, tables=tables: tables.add(table) or read(table)):
            figure = make()
        if isinstance(figure, Figure):
            before[name] = figure
            for table in tables:
                readers.setdefault(table, []).append(name)
    hidden = 0
    for table, row, column in RAISED:
        raised = read(table).copy().astype({column: float})
        raised.loc[row, column] *= 1.06
        followed, failed, silent = [], [], []
        with _reading(
            lambda name, table=table, raised=raised: raised if name == table else read(name)
        ):
            for name in readers[table]:
                outcome = _follows(before[name], drawn()[name])
                {"followed": followed, "failed": failed, "silent": silent}.get(outcome, []).append(
                    before[name].number
                )
        prose = _in_prose(read(table).loc[row, column])
        hidden += bool(silent or prose)
        print(
            f"{'HIDDEN ' if silent or prose else 'seen   '} {table} {row} {column}: followed "
            f"{followed}, a test fails {failed}, silent {silent}, typed in the prose {prose}",
            flush=True,
        )
    print(f"{len(RAISED) - hidden} of {len(RAISED)} raised values hidden nowhere")
    return 1 - hidden / len(RAISED)


def main():
    proofs = {"digits": (prove_digits, 0.95), "values": (prove_values, 1)}
    chosen = sys.argv[1:] or list(proofs)
    failed = [name for name in chosen if proofs[name][0]() < proofs[name][1]]
    sys.exit(f"not proven: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
