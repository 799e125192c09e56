"""`make draft` makes again what changed, and only that: it never serves a stale number."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

PAGE = "notebooks/07_final_thoughts"
CODE = [
    "from helpers import evidence, models\nfrom helpers.models import receptor_occupancy",
    "print(evidence.occupancy()['value'].iloc[0])",
    "print(models.load('receptor_occupancy').values().retention)",
    "first, second = 'one', 'two'",
]


@pytest.fixture
def small(tmp_path):
    """A book of two pages under the book's own settings, in a folder of its own."""
    root = tmp_path / "book of two pages"
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("ext", "web"):
        shutil.copytree(ROOT / "book" / folder, root / "book" / folder)
    for name in ("book/licences.md", "_config.yml", "requirements.txt", "LICENSE-THIRD-PARTY.md"):
        shutil.copy(ROOT / name, root / name)
    toc = {"format": "jb-book", "root": "book/licences", "chapters": [{"file": PAGE}]}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    (root / "notebooks").mkdir()
    write(root, "A first sentence.")
    return root


def write(root, sentence):
    """The one chapter: its prose, then its code."""
    own = {"metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": source, **own}
        for i, source in enumerate(CODE)
    ]
    prose = {"cell_type": "markdown", "id": "p", "metadata": {}, "source": "# Small\n"}
    last = {"cell_type": "markdown", "id": "q", "metadata": {}, "source": sentence}
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = {"cells": [prose, *cells, last], "metadata": kernel}
    notebook |= {"nbformat": 4, "nbformat_minor": 5}
    (root / f"{PAGE}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def change(path, find, put):
    text = path.read_text(encoding="utf-8")
    broken = re.sub(find, put, text, count=1)
    assert broken != text
    path.write_text(broken, encoding="utf-8")


def draft(root):
    """Whether the chapter ran, and the text of its page."""
    shell = os.environ | {"PYTHONPATH": str(root / "src")}
    done = subprocess.run(
        [sys.executable, root / "book/ext/make_draft.py"],
        cwd=root,
        env=shell,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    page = (root / f"_build/draft/html/{PAGE}.html").read_text(encoding="utf-8")
    article = BeautifulSoup(page, "html.parser").find("article")
    return "runs anew" in done.stdout, article.get_text(" ")


@pytest.mark.weekly  # it builds a small book eight times
@pytest.mark.book
def test_a_draft_is_quick_and_never_stale(small):
    evidence, model = small / "src/helpers/evidence", small / "src/helpers/models"
    ran, text = draft(small)
    assert ran and "A first sentence." in text

    write(small, "A second sentence.")
    ran, text = draft(small)
    assert not ran and "A second sentence." in text and "34.0" in text

    change(evidence / "occupancy.csv", r"(\n(?:[^,\n]*,){8})[\d.]+,", r"\g<1>27.125,")
    ran, text = draft(small)
    assert ran and "27.125" in text and "A second sentence." in text

    change(model / "receptor_occupancy.py", r"(\"retention\": Parameter\(\s*)34.0", r"\g<1>35.5")
    ran, text = draft(small)
    assert ran and "35.5" in text and "34.0" not in text

    # A helper that the chapter does not use.
    change(model / "slow_benefit.py", r"\Z", "\n# A remark.\n")
    assert not draft(small)[0]

    write(small, "It says {eval}`first`.")
    ran, text = draft(small)
    assert ran and "It says one" in " ".join(text.split())

    change(small / "requirements.txt", r"\Z", "\n# another pin\n")
    assert draft(small)[0]
