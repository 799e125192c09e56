"""Habits: things are where the recipes say; forms, hooks and workflows are valid."""

import ast
import importlib
import json
import re
import subprocess
import sys
import textwrap

import pytest
import yaml
from conftest import ROOT

HELPERS = ROOT / "src" / "helpers"
RECIPES = (ROOT / "book/contribute.md").read_text(encoding="utf-8")
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*-*.yml"))


def ideas():
    """The rows of the table "Where things are": lists of the cells after the idea itself."""
    rows = re.findall(r"^\| [^|]+\? \|(.+)\|$", RECIPES, re.M)
    assert len(rows) == 5
    return [[cell.strip() for cell in row.split("|")] for row in rows]


@pytest.mark.parametrize("row", ideas(), ids=lambda row: row[0].strip("`"))
def test_one_guess_finds_all_six_places(row):
    word, model, computation, figure, control, source, test = row
    word = word.strip("`").lower()
    for cell in (model, computation):
        found = HELPERS / cell.strip("`")
        assert word in found.read_text(encoding="utf-8").lower(), cell
    for cell in (figure, control):
        name, path = re.fullmatch(r"`(\w+)` in `([\w/.]+)`", cell).groups()
        module = importlib.import_module("helpers." + path.removesuffix(".py").replace("/", "."))
        assert callable(getattr(module, name))
        text = (HELPERS / path).read_text(encoding="utf-8").lower()
        assert word in text, f"{path} lacks the word {word}"
    key, path = re.fullmatch(r"`(\w+)` in `([\w/.]+)`", source).groups()
    assert key in (HELPERS / path).read_text(encoding="utf-8")
    words = (ROOT / test.strip("`")).read_text(encoding="utf-8").lower()
    assert word in words, f"{test} lacks the word {word}"


@pytest.mark.parametrize("folder", ["src/helpers/explorer", "book/ext/lite", "book/web"])
def test_lines_of_scripts_fit(folder):
    """As ruff has it for Python: at most 100 letters."""
    scripts = {path for kind in ("js", "css") for path in (ROOT / folder).glob(f"*.{kind}")}
    scripts.discard(ROOT / "book/web/icons.css")  # pictures as addresses
    assert scripts
    long = [
        f"{path.name}:{i}"
        for path in scripts
        for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 100
    ]
    assert not long


def test_every_room_is_named():
    rooms = {
        path.name for path in HELPERS.iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert set(re.findall(r"^\| `(\w+)/` \|", RECIPES, re.M)) == rooms


def test_the_readme_names_every_room_and_module():
    there = {
        path.name if path.suffix else f"{path.name}/"
        for path in HELPERS.iterdir()
        if not path.name.startswith("__")
    }
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`src/helpers/[^|]+) \|", text, re.M)
    named = re.findall(r"`(?:src/helpers/)?([\w./]+)`", " ".join(rows))
    assert sorted(named) == sorted(there)


def test_the_recipe_for_a_figure_draws_one():
    from helpers.figures import final_thoughts

    [code] = re.findall(r"```python\n(   def people.*?)   ```", RECIPES, re.S)
    room = dict(vars(final_thoughts))
    exec(textwrap.dedent(code), room)
    figure = room["people"]()
    assert len(figure.data) > 5 and figure.sources and "<svg" in figure._repr_html_()


def test_tests_named_in_the_recipes_are_there():
    """Each is a file in tests/, or a function in one."""
    named = set(re.findall(r"`(test_\w+)`", RECIPES))
    files = sorted((ROOT / "tests").glob("test_*.py"))
    there = {path.stem for path in files} | {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    assert len(named) > 20 and not named - there


def valid(schema, *files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *files], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_forms_are_valid():
    assert len(FORMS) == 4
    valid("github-issue-forms", *FORMS)


def test_files_for_services_are_valid():
    valid("dependabot", ROOT / ".github/dependabot.yml")
    valid("citation-file-format", ROOT / "CITATION.cff")


def test_the_form_offers_the_verdicts():
    from helpers.badges import VERDICTS

    form = yaml.safe_load(
        (ROOT / ".github/ISSUE_TEMPLATE/disputed-verdict.yml").read_text(encoding="utf-8")
    )
    [choice] = [part for part in form["body"] if part.get("id") == "verdict"]
    assert choice["attributes"]["options"] == list(VERDICTS)


def test_hooks_have_the_pinned_versions():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][
        0
    ]["hooks"]
    pins = (ROOT / "tests/requirements.in").read_text(encoding="utf-8")
    wanted = {pin for hook in hooks for pin in hook["additional_dependencies"]}
    assert wanted and all(f"{pin} " in pins for pin in wanted)


def test_plumbing_is_folded_in_jupyterlab():
    """Cells whose code no page shows only fetch numbers for the prose: they open folded."""
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if "remove-input" in cell["metadata"].get("tags", []):
                folded = cell["metadata"].get("jupyter", {}).get("source_hidden")
                assert folded, f"{path.name}: {''.join(cell['source'])[:80]}"


@pytest.mark.parametrize("room", ["src", "book/ext", "tests"])
def test_texts_name_their_encoding(room):
    """Else they are read in the machine's own, which need not know β."""
    unnamed = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"read_text", "write_text"}
        and "encoding" not in {word.arg for word in call.keywords}
    ]
    assert not unnamed


# Workflows

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def jobs(name):
    path = ROOT / ".github/workflows" / f"{name}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def runs(job):
    return " ".join(step["run"] for step in job["steps"] if "run" in step)


def test_workflows_are_valid():
    assert [path.stem for path in WORKFLOWS] == ["book", "release", "weekly"]
    valid("github-workflows", *WORKFLOWS)


def test_science_runs_on_every_python_and_the_pages_once():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [low, high] = re.findall(r"3\.(\d+)", re.search(r"requires-python = (.+)", project)[1])
    book = jobs("book")
    versions = book["science"]["strategy"]["matrix"]["python"]
    assert versions == [f"3.{minor}" for minor in range(int(low), int(high))]
    assert runs(book["science"]) == "make quick book"
    assert runs(book["book"]) == ".ci/run make zip epub pdf" and "strategy" not in book["book"]
    assert "needs" not in book["book"], "the jobs run side by side"
    assert set(book["publish"]["needs"]) == {"science", "book"}
    assert "refs/heads/main" in book["publish"]["if"]


def test_recipes_of_the_workflows_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    weekly = jobs("weekly")["book"]
    assert runs(weekly) == ".ci/run ${{ matrix.what }}"
    assert {"links", "audit"} < set(weekly["strategy"]["matrix"]["what"])
    for recipe in [*weekly["strategy"]["matrix"]["what"], "wheel", "quick"]:
        assert re.search(rf"^{recipe}:", makefile, re.M), recipe
    proofs = set(re.search(r"^proofs: ([\w ]+)", makefile, re.M)[1].split())
    assert proofs < set(weekly["strategy"]["matrix"]["what"])
    assert "make wheel" in runs(jobs("release")["release"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_may_do_no_more_than_they_must(path):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    allowed = {
        "publish": {"pages": "write", "id-token": "write"},
        "release": {"contents": "write"},
    }
    for name, job in workflow["jobs"].items():
        assert job.get("permissions") == allowed.get(name)
        assert job["timeout-minutes"] <= 180
    # "uses" by commit, with the release it is in words.
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)
