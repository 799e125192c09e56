"""The chapters in the reader's own browser: what is shipped, and that it runs there.

What `make lite` adds is optional: without it the tests that need it are left out, and say so.
"""

import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from conftest import HTML, ROOT, QuietHandler, built_pages, served
from packaging.utils import canonicalize_name
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(ROOT / "book" / "ext"))
import make_lite  # noqa: E402
from chromium import find_browser  # noqa: E402

OWN = ROOT / "book" / "ext" / "lite"
KNOWN = json.loads((OWN / "pyodide.json").read_text(encoding="utf-8"))
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def pins(path):
    """{name: version} of a file of pins."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([\w.-]+)==([^\s;]+)", line) for line in lines)
    return {canonicalize_name(m[1]): m[2] for m in found if m}


# ---------------------------------------------------------------- what is shipped

FILES = {"a.whl": b"first", "b.wasm": b"second"}
WANTED = {
    name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    for name, data in FILES.items()
}


def store(kind, folder, files):
    """A folder or an archive with the files in a folder inside, and one that nobody wants."""
    files = {f"inside/{name}": data for name, data in files.items()} | {"else.txt": b""}
    if kind == "folder":
        path = folder / "store"
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        return path
    path = folder / f"store.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w:bz2") as archive:
            for name, data in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize("kind", ["folder", "zip", "tar.bz2"])
def test_what_is_as_listed_is_taken(tmp_path, kind):
    assert make_lite.verified(store(kind, tmp_path, FILES), WANTED) == FILES


def test_a_file_with_the_same_name_elsewhere_does_no_harm(tmp_path):
    """A package may carry another file of that name: the hash says which is meant."""
    path = store("folder", tmp_path, FILES)
    (path / "a.whl").write_bytes(b"other")
    assert make_lite.verified(path, WANTED) == FILES


@pytest.mark.parametrize(
    "files, said",
    [
        ({"a.whl": b"first"}, "b.wasm: missing"),
        (
            {"a.whl": b"first", "b.wasm": b"Second"},
            "b.wasm: expected 6 bytes with SHA-256 .* found 6",
        ),
        ({"a.whl": b"first", "b.wasm": b"second "}, "b.wasm: expected 6 bytes .* found 7"),
    ],
)
def test_what_is_not_as_listed_ends_the_build_by_name(tmp_path, files, said):
    with pytest.raises(SystemExit, match=said) as stop:
        make_lite.verified(store("zip", tmp_path, files), WANTED)
    assert "a.whl" not in str(stop.value)


def test_a_wrong_size_in_the_list_is_noticed(tmp_path):
    wanted = WANTED | {"a.whl": WANTED["a.whl"] | {"size": 4}}
    with pytest.raises(SystemExit, match="a.whl: expected 4 bytes"):
        make_lite.verified(store("zip", tmp_path, FILES), wanted)


def test_a_source_of_another_kind_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="'ftp://x': expected a folder, an archive"):
        make_lite.fetched("ftp://x", tmp_path / "cache")
    (tmp_path / "text").write_text("no archive", encoding="utf-8")
    with pytest.raises(SystemExit, match="neither a folder nor a zip or tar archive"):
        make_lite.contents(tmp_path / "text", WANTED)


def test_the_list_names_every_file_with_size_and_hash():
    packages = KNOWN["packages"]
    for entry in (*KNOWN["core"].values(), *packages.values()):
        assert entry["size"] > 0 and re.fullmatch("[0-9a-f]{64}", entry["sha256"])
    shipped = {canonicalize_name(name) for name in packages}
    needed = {canonicalize_name(name) for entry in packages.values() for name in entry["depends"]}
    assert needed <= shipped


def test_versions_are_the_books():
    """One exception, which wheels.txt gives: statsmodels is the version that goes with Pyodide."""
    book, wheels = pins(ROOT / "requirements.txt"), pins(OWN / "wheels.txt")
    other = {name for name, version in wheels.items() if book[name] != version}
    assert other == {"statsmodels"}
    environment = pins(OWN / "requirements.txt")
    for name in ("anywidget", "jupyterlab-myst", "jupyterlab-widgets"):
        assert environment[name] == book[name]


def test_a_wheel_without_its_compiled_parts(tmp_path):
    wheel = tmp_path / "some_thing-1.2-cp312-cp312-manylinux_2_17_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("some/a.py", "some/_b.cpython-312-x86_64-linux-gnu.so", "some/tests/c.py"):
            archive.writestr(name, "")
    pure = make_lite.without_compiled(wheel)
    assert zipfile.ZipFile(pure).namelist() == ["some/a.py"] and not wheel.exists()
    name, entry = make_lite.entry(pure, ["other"])
    assert name == "some-thing" and entry["imports"] == ["some"] and entry["depends"] == ["other"]
    assert entry["sha256"] == hashlib.sha256(pure.read_bytes()).hexdigest()


def test_pages_lead_to_it_once(tmp_path, monkeypatch):
    """Also when it is made anew beside the same pages; and only pages of chapters do."""
    (tmp_path / "lite" / "static" / "pyodide").mkdir(parents=True)
    (tmp_path / "lite" / "static" / "pyodide" / "x").write_bytes(bytes(3_000_000))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "one.ipynb").touch()
    page = tmp_path / "notebooks" / "one.html"
    page.write_text(f"<body>{make_lite.WAYS}<a>download</a></body>", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert make_lite.readable(tmp_path) == 3 + make_lite.APPLICATION
        text = page.read_text(encoding="utf-8")
        assert text.count('href="../lite/notebooks/index.html?path=one.ipynb"') == 1
        assert text.count("../lite/open.js") == 1
        assert f"(loads {3 + make_lite.APPLICATION} MB once)" in text


def test_a_book_without_it_has_no_dead_link(html):
    there = (html / "lite").is_dir()
    for name in NOTEBOOKS:
        text = (html / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
        assert make_lite.WAYS in text
        assert ("../lite/" in text) == there, name


# ---------------------------------------------------------------- in the browser

# In milliseconds: on a busy machine Python in the browser takes minutes to load.
PATIENCE = 400_000


@pytest.fixture(scope="module")
def lite():
    """The folder of what "make lite" added."""
    built_pages()
    if not (HTML / "lite" / "index.html").is_file():
        pytest.skip('the chapters are not there to run in the browser: "make lite" adds them')
    return HTML / "lite"


class Room:
    """A browser with storage of its own that reaches no machine but this one."""

    def __init__(self, playwright, profile):
        self.context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_browser(),
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            viewport={"width": 1280, "height": 900},
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.foreign = []
        self.context.on("request", self._look)

    def _look(self, request):
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.foreign.append(request.url)

    def run(self, cell, changed=None):
        """Run a cell, after `changed` has taken the place of its text; returns its output.

        Only once the kernel is there: what is asked for before is lost.
        """
        idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        idle.wait_for(state="attached", timeout=PATIENCE)
        prompt = cell.locator(".jp-InputPrompt").inner_text()
        if changed:
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(changed)
        else:
            cell.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Control+Enter")
        cell.locator(".jp-InputPrompt").filter(has_not_text=prompt).wait_for()
        self.wait()
        assert not cell.locator("[data-mime-type*=error]").count(), cell.inner_text()
        return cell.locator(".jp-OutputArea")

    def wait(self, longest=PATIENCE):
        """Until no cell runs or waits."""
        self.page.wait_for_function(
            """() => ![...document.querySelectorAll(".jp-InputPrompt")]
                .some((prompt) => prompt.textContent.includes("*"))""",
            timeout=longest,
        )


EDIT = r"""
import re
from pathlib import Path

model = Path("models/receptor_occupancy.py")
half_life = r'("retention": Parameter\(\s*)34\.0'
text, changed = re.subn(half_life, r"\g<1>4.0", model.read_text())
assert changed == 1
model.write_text(text)
"""
USE = re.search(
    r"^```python\n(from helpers import models\n.*?)^```",
    (ROOT / "book" / "run_it.md").read_text(encoding="utf-8"),
    re.M | re.S,
)[1]
# The cell for the reader to change, by its place among those with code.
CHAPTER = json.loads((ROOT / "notebooks" / "03_ldn_mechanism.ipynb").read_text(encoding="utf-8"))
CODE = [cell["id"] for cell in CHAPTER["cells"] if cell["cell_type"] == "code"]
PLACE = CODE.index("cell-try")
PATHS = "(paths) => paths.map((path) => path.getAttribute('d'))"
SHOW = 'models.load("receptor_occupancy").parameters["retention"].value'


@pytest.mark.lite
def test_a_reader_changes_34_to_4_and_sees_the_curve_fall(lite, tmp_path):
    """From the chapter's page, under a sub-path; then in a new browser without a network."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "some").symlink_to(HTML)
    profile = tmp_path / "profile"
    with sync_playwright() as playwright:
        with served(tmp_path / "web", QuietHandler) as site:
            room = Room(playwright, profile)
            page = room.page
            page.goto(f"{site}/some/notebooks/03_ldn_mechanism.html")
            assert re.search(r"in your browser \(loads \d+ MB once\)", page.inner_text("article"))
            page.click("a.ldn-lite")
            cells = page.locator(".jp-CodeCell")
            room.run(cells.first)
            cell = cells.nth(PLACE)
            output = room.run(cell)
            assert "After a day 35% of mu receptors" in output.inner_text()
            curves = output.locator("svg path")
            before = curves.evaluate_all(PATHS)
            output = room.run(cell, "figures.one_low_dose(4)")
            assert "After a day 1% of mu receptors" in output.inner_text()
            assert curves.evaluate_all(PATHS) != before
            assert not room.foreign
            address = page.url
            room.context.close()
        room = Room(playwright, profile)
        room.page.goto(address)
        cell = room.page.locator(".jp-CodeCell").nth(PLACE)
        # The model files are there, and the cell of "How to run it" makes the book use them.
        room.run(cell, EDIT)
        assert room.run(cell, f"{USE}\n{SHOW}").inner_text().split()[-1] == "4.0"
        room.context.close()


def numbers(text):
    """A figure's table as columns."""
    return pd.read_csv(io.StringIO(text.removeprefix("\ufeff")))


@pytest.mark.lite
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_runs_and_gives_the_books_numbers(lite, request, tmp_path, name):
    """Solvers of other versions differ by noise, see TOLERANCE."""
    if not request.config.getoption("--every-chapter"):
        pytest.skip('every chapter in the browser: "make lite-test"')
    with sync_playwright() as playwright, served(HTML, QuietHandler) as site:
        room = Room(playwright, tmp_path / "profile")
        page = room.page
        page.goto(f"{site}/lite/notebooks/index.html?path={name}.ipynb")
        page.locator(".jp-CodeCell").first.wait_for()
        page.click("text=Run >> nth=0")
        page.click('text="Run All Cells"')
        page.wait_for_timeout(1000)
        room.wait(3 * PATIENCE)
        errors = page.locator("[data-mime-type*=error]").all_inner_texts()
        links = page.locator("a[download^=figure-]").evaluate_all(
            "(links) => links.map((link) => [link.download, link.href])"
        )
        room.context.close()
    assert not errors and not room.foreign
    assert {file for file, _ in links} == {
        path.name for path in (HTML / "_downloads").glob(f"figure-{int(name[:2])}-*.csv")
    }
    for file, href in links:
        built = numbers((HTML / "_downloads" / file).read_text(encoding="utf-8"))
        here = numbers(unquote(href.partition(",")[2]))
        assert list(here) == list(built) and len(here) == len(built), file
        for column in built:
            if built[column].dtype.kind in "if":
                np.testing.assert_allclose(
                    here[column], built[column], **TOLERANCE, err_msg=f"{file}, {column}"
                )
            else:
                assert here[column].equals(built[column]), f"{file}, {column}"


# As between the pinned and the oldest versions (test_package.py), and the six digits of a file.
TOLERANCE = {"rtol": 5e-6, "atol": 1e-9}
