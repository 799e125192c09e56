"""Break the book on purpose, one fault at a time; see that its commands notice: `make mutations`.

Works in a scratch clone of the last commit. Each fault must make `make book`, or else the named
tests of `make test`, fail with words that name it; a fault that passes is a hole in the tests.
Takes about half an hour;
`python tests/mutations.py JavaScript` tries only the faults with that word in their names.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Fault:
    """A fault: in `path`, text that matches `find` becomes `put`, after the build if `stale`.

    It must be noticed by `by` ("make book" or test files), in words that match `says`. book: those
    tests read the built book, so that it is built anew.
    """

    name: str
    path: str
    find: str
    put: str
    by: str
    says: str
    stale: bool = False
    book: bool = True


FAULTS = [
    Fault(
        "a notebook cell that fails",
        "notebooks/02_immune_system_in_ra.ipynb",
        r"from helpers import ",
        "from helpers import no_such_module, ",
        "make book",
        r"(?s)02_immune_system_in_ra.*no_such_module",
    ),
    Fault(
        "a page taken out of the table of contents",
        "_toc.yml",
        r"      - file: notebooks/05_microglial_cells\n",
        "",
        "make book",
        "05_microglial_cells",
    ),
    Fault(
        "a coefficient changed in the JavaScript alone",
        "src/helpers/export.py",
        r"repr\(parameter\.value\)",
        "repr(parameter.value * 1.0001)",
        "tests/test_controls_agree.py",
        r"test_default_state\[\w+\.explore_\w+\]",
        book=False,
    ),
    Fault(
        "a control that no longer listens",
        "src/helpers/explorer/control.js",
        r'addEventListener\("input"',
        'addEventListener("inputs"',
        "tests/test_pages.py -k every_input",
        "no value's text changed|status line still says|no drawn path changed",
    ),
    Fault(
        "a figure without alt text",
        "src/helpers/figures/ra_treatment.py",
        r"\balt=f?\"",
        'alt="" and f"',
        "tests/test_figures.py tests/test_pages.py",
        "06_ra_treatment|figure-6",
    ),
    Fault(
        "a result typed into the prose",
        "notebooks/03_ldn_mechanism.ipynb",
        r"\{eval\}`\w+`",
        "37%",
        "tests/test_evidence.py -k typed",
        r"03_ldn_mechanism.*typed more often than listed.*37%",
        book=False,
    ),
    Fault(
        "a published number changed in its table",
        "src/helpers/evidence/kinetics.csv",
        r"oral solution,0\.584,",
        "oral solution,0.684,",
        "tests/test_ldn_mechanism.py",
        "test_fitted_parameters_are_the_fit",
        book=False,
    ),
    Fault(
        "a citation of a missing key",
        "src/helpers/figures/ldn_mechanism.py",
        r'sources="(?=[A-Z])',
        'sources="Nobody2000nothing ',
        "make book",
        "Nobody2000nothing",
    ),
    Fault(
        "a helper changed without a rebuild",
        "src/helpers/style.py",
        r"#0b5cb8",
        "#0b5cb9",
        "tests/test_pages.py",
        r"the book was built before src/helpers/style\.py changed",
        stale=True,
    ),
    Fault(
        "a script from a third party",
        "_config.yml",
        r"html_js_files: \[",
        "html_js_files: [https://cdn.example.org/a.js, ",
        "tests/test_pages.py -k elsewhere",
        "cdn.example.org",
    ),
    Fault(
        "pale text",
        "book/web/book.css",
        r"\Z",
        "\nmain p { color: #b0b0b0 !important; }\n",
        "tests/test_accessibility.py",
        "color-contrast",
    ),
]


def main():
    chosen = [fault for fault in FAULTS if all(word in fault.name for word in sys.argv[1:])]
    survivors = []
    with tempfile.TemporaryDirectory(prefix="book faults ") as folder:
        book = Path(folder) / "book"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(book)], check=True)
        print("An unbroken copy first.")
        status, output = run(book, "make book .venv/installed-tests")
        if status:
            sys.exit(f"the book fails without any fault:\n{output[-3000:]}")
        for fault in tqdm(chosen, desc="faults", disable=not sys.stderr.isatty()):
            problem = attempt(book, fault)
            print(
                f"{'SURVIVED' if problem else 'noticed '}  {fault.name} ({fault.by})"
                f"{': ' + problem if problem else ''}",
                flush=True,
            )
            survivors += [fault.name] if problem else []
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} faults noticed")
    sys.exit(bool(survivors))


def attempt(book, fault):
    """What went wrong with noticing the fault; empty if all is well."""
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=book, check=True)
    if fault.stale:
        status, output = run(book, "make book")
        if status:
            return f"the build fails before the fault: {output[-500:]}"
    path = book / fault.path
    text = path.read_text(encoding="utf-8")
    broken = re.sub(fault.find, fault.put, text, count=1)
    if broken == text:
        return f"nothing in {fault.path} matches {fault.find!r}"
    path.write_text(broken, encoding="utf-8")
    if fault.book and not fault.stale:
        status, output = run(book, "make book")
        if fault.by == "make book":
            return judge(fault, status, output)
        if status:
            return f"the build fails first: {output[-500:]}"
    return judge(fault, *run(book, f".venv/bin/python -m pytest -x -q {fault.by}"))


def judge(fault, status, output):
    if not status:
        return "the command passes"
    return (
        ""
        if re.search(fault.says, output)
        else f"the command fails, but says nothing of the kind: {output[-700:]}"
    )


def run(book, command):
    done = subprocess.run(command, shell=True, cwd=book, capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    main()
