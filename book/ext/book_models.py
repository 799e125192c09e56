"""One page a model, so that a new model file needs no edit anywhere else.

They are written before the table of contents is read.

The pages are git-ignored; they say what `helpers.models` and `helpers.export` say.
"""

import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import model_uses
from fingerprint import fingerprint

from helpers import archives, evidence, export, models, self_check
from helpers.analysis import courses, fits
from helpers.models import STATUSES

CHAPTERS = Path(__file__).parents[2] / "notebooks"
PAGE = """\
(model-{name})=
# {title}

{text}

The code is `{name}.py` in `src/helpers/models/`: everything on this page comes from it.

## What it may be trusted with

{credibility}

## Equations

Time $t$ is in {time}.
What has no line for time 0 starts at 0.
{arrow}
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

{figures}## Download

The files hold the default values{dose}.
[How to run it](../run_it.md#use-a-model-elsewhere) shows each in use{doses}.

{files}
"""

# The files that a page offers: ending -> name, what opens it.
FILES = {
    ".sbml.xml": ("SBML", "for COPASI, libRoadRunner and any simulator that reads the standard"),
    ".ant.txt": ("Antimony", "the same for human readers"),
    ".omex": (
        "COMBINE archive",
        "the same with a simulation in SED-ML, which COPASI opens and runs",
    ),
    ".js.txt": ("JavaScript", "what the controls in these pages run"),
}
FIGURE = (
    'the curves <a href="{page}#figure-{id}">in the chapter</a> as simulations, for the same tools'
)
# For a model on which figures rest.
FIGURES = """\
## Figures that rest on it

Their code uses this model, or numbers that were fitted or computed with it: {links}.

"""
FIT = (
    "the fit of chapter 3 to scans, with its data, for tools that read PEtab, "
    "such as pyPESTO and AMICI, to fit it again"
)


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
    parts[PARTS["use"]] = tuple(map(with_links, statement.use))
    parts[PARTS["support"]] += (f"Its {len(model.parameters)} parameters: {counts}.",)
    if statement.source:
        parts["Sources"] = (sources(statement.source) + ".",)
    return "\n\n".join(f"{words}\n: " + "\n  ".join(lines) for words, lines in parts.items())


def offered(model):
    """The files that the page of the model offers: name -> (words, what opens it, content)."""
    made = {
        ".sbml.xml": export.sbml(model),
        ".ant.txt": export.antimony(model),
        ".omex": archives.of_model(model),
        ".js.txt": export.javascript(model),
    }
    found = {f"{model.name}{end}": (*FILES[end], content) for end, content in made.items()}
    if model.name == fits.STRUCTURES["retained"][0]:
        found["fit.petab.omex"] = ("PEtab problem", FIT, archives.fit())
    for number, courses_of in courses.FIGURES.items():
        if courses_of()[0].model == model.name:
            id, page = number.replace(".", "-"), chapter(number[0])
            words = FIGURE.format(page=page, id=id)
            content = archives.of_figure(number)
            found[f"figure-{id}.omex"] = (f"COMBINE archive of Figure {number}", words, content)
    return {
        name: (words, opens, text.encode("utf-8") if isinstance(text, str) else text)
        for name, (words, opens, text) in found.items()
    }


def chapter(number):
    """Where the notebook of the chapter of that number ("3") is, from the page of a model."""
    # Each chapter has a self-check of its name, also where a book of few pages is built.
    [check] = Path(self_check.__file__).parent.glob(f"0{number}_*.toml")
    return f"../../notebooks/{check.stem}.ipynb"


def with_links(sentence):
    """The sentence with its chapters ("Chapters 6 and 7") as links to them."""
    link = lambda match: f"[{match[0]}]({chapter(match[0][-1])})"
    return re.sub(r"Chapter \d|(?<=Chapters )\d|(?<=Chapters \d and )\d", link, sentence)


def page(model, files=None):
    """The model's page in MyST Markdown. files: what it offers, as `offered` gives them."""
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
        dose=" and one dose of 4.5 mg" if export.dosed(model) else "",
        doses=", and how to write other doses" if export.dosed(model) else "",
        arrow="An arrow is what a dose $D$ (mg of naltrexone hydrochloride) does when it is taken."
        if export.dosed(model)
        else "",
        quantities=table(["Name", "Unit", "Kind", "What it is"], quantities),
        parameters=table(
            ["Name", "Value", "Unit", "Range", "Status", "What it is, and source"], parameters
        ),
        figures=resting(model_uses.figures(CHAPTERS).get(model.name, ())),
        files=listed(files or {}),
    )


def resting(numbers):
    """The section on the figures of those numbers; nothing where there are none."""
    links = ", ".join(
        f'<a href="{chapter(number[0])}#figure-{number.replace(".", "-")}">Figure {number}</a>'
        for number in numbers
    )
    return FIGURES.format(links=links) if numbers else ""


def listed(files):
    """The list of those files (`offered`), each with what opens it and its size."""
    return "\n".join(
        f"- [{words}]({name}), {max(1, round(len(content) / 1000))} kB: {opens}"
        for name, (words, opens, content) in files.items()
    )


def unit(text):
    return "none" if text == "1" else text


def write(app, config):
    """Write the pages and the files they offer into book/models, unless nothing changed since."""
    folder = Path(app.srcdir) / "book" / "models"
    stamp = folder / ".made-of"
    own = [Path(__file__), Path(model_uses.__file__)]
    made_of = fingerprint([Path(app.srcdir) / "src" / "helpers", *own])
    made_of += sha256(model_uses.source(CHAPTERS).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_of:
        return
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in models.names():
        model = models.load(name)
        files = offered(model)
        for file, (_, _, content) in files.items():
            (folder / file).write_bytes(content)
        (folder / f"{name}.md").write_text(page(model, files), encoding="utf-8")
    stamp.write_text(made_of, encoding="utf-8")


def setup(app):
    # The table of contents is read at the default priority.
    app.connect("config-inited", write, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
