"""One page a model, so that a new model file needs no edit anywhere else.

They are written before the table of contents is read.

The pages are git-ignored; they say what `helpers.models` and `helpers.export` say.
"""

from collections import Counter
from pathlib import Path

from fingerprint import fingerprint

from helpers import evidence, export, models
from helpers.models import STATUSES

PAGE = """\
(model-{name})=
# {title}

{text}

The code is `{name}.py` in `src/helpers/models/`: everything on this page comes from it.

## What it may be trusted with

{credibility}

## Equations

Time $t$ is in {time}. {arrow}
Numbers are rounded to four digits here, and whole in the files below.

$$
{latex}
$$

## States and outputs

{quantities}

## Parameters

The range is where the model is meant to be used.
*Measured* values come from a publication,
*fitted* ones were fitted in this book to published measurements,
*assumed* ones are nobody's measurement.

{parameters}

## Download

The files hold the default values{dose}.

- [SBML]({name}.sbml.xml), for any simulator that reads the standard
- [Antimony]({name}.ant.txt), the same for human readers
- [JavaScript]({name}.js.txt), what the controls in these pages run
"""


def table(head, rows):
    """A Markdown table, on narrow screens one card a row; `rows` are lists of text."""
    lines = [head, ["---"] * len(head), *rows]
    body = "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines
    )
    return f"```{{table}}\n:class: ldn-cards\n\n{body}\n```"


# The parts of a statement of credibility, in the words of the page.
PARTS = {
    "question": "Question",
    "use": "Used here",
    "may": "It may decide",
    "may_not": "It may not decide",
    "support": "What speaks for it",
    "refutation": "What would refute it",
}


def sources(keys):
    """Links to the sources of `keys` (separated by spaces)."""
    return ", ".join(map(evidence.markdown, keys.split()))


def credibility(model):
    """The model's statement of credibility as a list of definitions, one sentence a line.

    How many of the parameters are anybody's measurement is counted, and belongs to the support.
    """
    statement = model.credibility
    status = Counter(p.status for p in model.parameters.values())
    counts = ", ".join(f"{status[word]} {word}" for word in STATUSES if status[word])
    parts = {words: getattr(statement, name) for name, words in PARTS.items()}
    parts[PARTS["support"]] += (f"Its {len(model.parameters)} parameters: {counts}.",)
    if statement.source:
        parts["Sources"] = (sources(statement.source) + ".",)
    return "\n\n".join(f"{words}\n: " + "\n  ".join(lines) for words, lines in parts.items())


def page(model):
    """The model's page in MyST Markdown."""
    quantities = [
        [f"`{name}`", unit(quantity.unit), kind, quantity.label]
        for kind, group in (("state", model.states), ("output", model.outputs))
        for name, quantity in group.items()
    ]
    parameters = [
        [
            f"`{name}` ${p.symbol}$",
            f"{p.value:g}",
            unit(p.unit),
            f"{p.low:g} to {p.high:g}",
            p.status,
            p.note + (f" ({sources(p.source)})" if p.source else ""),
        ]
        for name, p in model.parameters.items()
    ]
    return PAGE.format(
        name=model.name,
        title=model.title,
        text=model.module.__doc__.strip(),
        credibility=credibility(model),
        latex=export.latex(model),
        time={"h": "hours", "1": "units without a name"}.get(model.time, f"{model.time}s"),
        dose=" and one dose of 4.5 mg "
        "([how to write other doses](../run_it.md#use-a-model-elsewhere))"
        if export.dosed(model)
        else "",
        arrow="An arrow is what a dose $D$ (mg of naltrexone hydrochloride) does when it is taken."
        if export.dosed(model)
        else "",
        quantities=table(["Name", "Unit", "Kind", "What it is"], quantities),
        parameters=table(
            ["Name", "Value", "Unit", "Range", "Status", "What it is, and source"], parameters
        ),
    )


def unit(text):
    return "none" if text == "1" else text


def write(app, config):
    """Write the pages and the files they offer into book/models, unless nothing changed since."""
    folder = Path(app.srcdir) / "book" / "models"
    stamp = folder / ".made-of"
    made_of = fingerprint([Path(app.srcdir) / "src" / "helpers", Path(__file__)])
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_of:
        return
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in models.names():
        model = models.load(name)
        files = {
            ".md": page(model),
            ".sbml.xml": export.sbml(model),
            ".ant.txt": export.antimony(model),
            ".js.txt": export.javascript(model),
        }
        for suffix, text in files.items():
            (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    stamp.write_text(made_of, encoding="utf-8")


def setup(app):
    # The table of contents is read at the default priority.
    app.connect("config-inited", write, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
