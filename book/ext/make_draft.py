"""The book as it stands, as fast as can be: `make draft`.

Only pages that changed are made again, and a chapter runs again only if its cells, a name that its
prose evaluates, a helper that it uses, a table or the pins changed. What a chapter gave when it ran
is kept beside the draft, with the hashes of all that it was made of; a hash that differs is a run.
The book that is published and tested is `make book`'s, made from clean.
Run at the repository's root.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

# An optional part of jsonschema that takes seconds to load, for addresses that no notebook has.
sys.modules["rfc3987_syntax"] = None
import nbformat  # noqa: E402
from fingerprint import files, fingerprint  # noqa: E402
from jupyter_book.sphinx import build_sphinx  # noqa: E402
from myst_nb import sphinx_ as notebook_parser  # noqa: E402
from myst_nb.core.execute import NotebookClientBase, NotebookClientInline  # noqa: E402

ROOT = Path.cwd()
HELPERS = ROOT / "src" / "helpers"
FOLDER = ROOT / "_build" / "draft"
PINS = ROOT / "requirements.txt"
EVALUATED = re.compile(r"\{eval\}`+\s*([^`]+?)\s*`+")
# What the kernel has loaded of the helpers by the end, also what was imported late.
LOADED = """
import json, sys
print(json.dumps(sorted(m.__file__ for m in list(sys.modules.values())
    if m.__name__.split(".")[0] == "helpers" and getattr(m, "__file__", None))))
"""


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "gone"


def question(notebook):
    """What a run depends on, as far as the notebook says: its cells and the names in its prose."""
    code = [cell["source"] for cell in notebook.cells if cell["cell_type"] == "code"]
    prose = "".join(cell["source"] for cell in notebook.cells if cell["cell_type"] == "markdown")
    return {"code": code, "names": sorted(set(EVALUATED.findall(prose))), "python": sys.version}


def surroundings():
    """Hashes of what every run depends on: pins, tables, other data, and which files there are."""
    data = [path for path in files(HELPERS) if path.suffix != ".py"]
    names = "\n".join(sorted(map(str, files(HELPERS))))
    return {str(path): digest(path) for path in [PINS, *data]} | {
        "names": hashlib.sha256(names.encode()).hexdigest()
    }


class Kept:
    """Where a notebook's last run is kept."""

    def __init__(self, path):
        self.file = FOLDER / "runs" / f"{path.stem}.json"

    def read(self, notebook):
        """The run, if nothing that it was made of has changed since, or None."""
        if not self.file.is_file():
            return None
        run = json.loads(self.file.read_text(encoding="utf-8"))
        same = run["question"] == question(notebook) and run["surroundings"] == surroundings()
        fresh = same and all(digest(Path(path)) == known for path, known in run["helpers"].items())
        return run if fresh else None

    def write(self, run):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(run), encoding="utf-8")


class Running(NotebookClientInline):
    """Runs the notebook as the book does, and keeps what came of it."""

    def start_client(self):
        self.question, self.surroundings = question(self.notebook), surroundings()
        self.evaluated = {}
        super().start_client()

    def eval_variable(self, name):
        self.evaluated[name] = super().eval_variable(name)
        return self.evaluated[name]

    def close_client(self, kind, error, trace):
        if kind is None and not self._cell_error:
            printed = self._client.eval_expression(LOADED)
            loaded = json.loads("".join(part["text"] for part in printed))
            Kept(self.path).write(
                {
                    "question": self.question,
                    "surroundings": self.surroundings,
                    "helpers": {path: digest(Path(path)) for path in loaded},
                    "cells": [
                        [cell["execution_count"], cell["outputs"]]
                        for cell in self.notebook.cells
                        if cell["cell_type"] == "code"
                    ],
                    "evaluated": self.evaluated,
                    "metadata": self.notebook.metadata,
                }
            )
        super().close_client(kind, error, trace)


class Remembering(NotebookClientBase):
    """Gives what the last run gave."""

    def __init__(self, notebook, path, config, logger, run):
        code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
        for cell, (count, outputs) in zip(code, run["cells"], strict=True):
            cell["execution_count"] = count
            cell["outputs"] = [nbformat.from_dict(output) for output in outputs]
        notebook.metadata.update(nbformat.from_dict(run["metadata"]))
        self.evaluated = run["evaluated"]
        super().__init__(notebook, path, config, logger)

    def eval_variable(self, name):
        return [nbformat.from_dict(output) for output in self.evaluated[name]]


def client(notebook, source, config, logger, read_fmt=None):
    """In place of MyST-NB's own choice: the last run if it still holds, else a new one."""
    path = Path(source)
    run = Kept(path).read(notebook)
    if run:
        return Remembering(notebook, path, config, logger, run)
    print(f"{path.name} runs anew", flush=True)
    return Running(notebook, path, config, logger)


def main():
    notebook_parser.create_client = client
    if not FOLDER.is_dir():
        print("The first draft takes as long as the book; later ones take seconds.", flush=True)
    # Any page may depend on these, so a change in them has all pages made again.
    book = [HELPERS, ROOT / "book" / "ext", ROOT / "book" / "web"]
    made_of = fingerprint([*book, ROOT / "_config.yml", PINS])
    stamp = FOLDER / "made-of"
    known = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    stamp.unlink(missing_ok=True)
    result = build_sphinx(
        ROOT,
        FOLDER / "html",
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides={"latex_individualpages": False},  # the function asks for it
        freshenv=made_of != known,
        quiet=True,
    )
    if result:
        sys.exit("The draft could not be made: see above.")
    stamp.write_text(made_of, encoding="utf-8")
    print(f"Open {(FOLDER / 'html' / 'book' / 'intro.html').as_uri()}, or reload it there.")


if __name__ == "__main__":
    main()
