"""The recipe "Add a claim" of the page "How to contribute", followed in a copy."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from test_evidence import slug

PAGE = (ROOT / "book" / "contribute.md").read_text(encoding="utf-8")
RECIPE = re.search(r"^## Add a claim$(.*?)^## ", PAGE, re.M | re.S)[1]
LINE = re.search(r"```\n(.*?)```", RECIPE, re.S)[1].strip()
NAMED = re.search(r'name it there: "(.*)"', RECIPE)[1]
BEFORE, AFTER = re.search(r'here "(.*)" becomes "(.*)"', RECIPE).groups()
PARTS = ("book", "notebooks", "src", "tests", "pyproject.toml", "_toc.yml", "_config.yml")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """What the tests of the claims read, copied, with the recipe's line in the table."""
    root = tmp_path_factory.mktemp("contribution")
    left = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for part in PARTS:
        whole = ROOT / part
        copied = shutil.copytree if whole.is_dir() else shutil.copy
        copied(whole, root / part, **({"ignore": left} if whole.is_dir() else {}))
    table = root / "src/helpers/evidence/claims.csv"
    text = table.read_text(encoding="utf-8").rstrip()
    table.write_text(f"{text}\n{LINE}\n", encoding="utf-8")
    return root


def prove_the_claims(root):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "tests/test_evidence.py", "-k", "claim or typed or quoted or references"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def test_a_claim_is_added_as_the_recipe_says(copy):
    """Forgotten, the chapter is named; followed to the end, all tests of the claims pass."""
    status, said = prove_the_claims(copy)
    assert status == 1 and "C77 is not discussed under" in said, said[-3000:]
    [claim] = csv.reader([LINE])
    [path] = (copy / "notebooks").glob(f"{claim[1]}_*.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            text = text.replace(f"{BEFORE},", f"{AFTER},")
            headings = re.findall(r"^## (.*)", text, re.M)
            if claim[-1] in map(slug, headings):
                text += f"\n\n{claim[3]} {NAMED}."
            cell["source"] = text
    path.write_text(json.dumps(notebook), encoding="utf-8")
    status, said = prove_the_claims(copy)
    assert status == 0, said[-3000:]
