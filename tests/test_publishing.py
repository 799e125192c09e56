"""What publishing rests on: links that follow the repository, the workflow, the citation, and notices of what others wrote."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import HTML, ROOT
from test_pages import SOUP

pytestmark = pytest.mark.xdist_group("fork")  # one small book for all

CHAPTERS = sorted(page for page in SOUP if page.startswith("notebooks/"))
WORKFLOW = ROOT / ".github/workflows/book.yml"
NOTICES = (ROOT / "LICENSE-THIRD-PARTY.md").read_text(encoding="utf-8")
VENDOR = ROOT / "src/helpers/explorer/vendor"


# Links


@pytest.fixture
def links(monkeypatch):
    """The extension that makes them, in a shell that knows of no repository."""
    monkeypatch.syspath_prepend(ROOT / "book" / "ext")
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_REF_NAME"):
        monkeypatch.delenv(name, raising=False)
    import book_links

    return book_links


def options(links, folder):
    """The theme's options after the extension has seen the folder."""
    config = SimpleNamespace(
        html_theme_options={"launch_buttons": {"binderhub_url": "https://mybinder.org"}}
    )
    links.configure(SimpleNamespace(srcdir=folder), config)
    return config.html_theme_options


def test_a_fork_gets_its_own_links(links, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_REPOSITORY", "reader/fork")
    monkeypatch.setenv("GITHUB_REF_NAME", "try")
    assert links.repository(tmp_path) == ("https://github.com/reader/fork", "try")


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/reader/fork.git",
        "https://github.com/reader/fork",
        "git@github.com:reader/fork.git",
        "https://name:secret@github.com/reader/fork.git",
    ],
)
def test_links_follow_the_remote(links, tmp_path, remote):
    subprocess.run(["git", "init", "--quiet", "--initial-branch=side", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", remote], check=True)
    made = options(links, tmp_path)
    assert made["repository_url"] == "https://github.com/reader/fork" and made["launch_buttons"]


@pytest.mark.parametrize(
    "remote", [None, "/somewhere/on/this/machine", "https://git.example.org/reader/fork.git"]
)
def test_no_public_repository_no_links(links, tmp_path, remote):
    if remote:
        subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
        subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", remote], check=True)
    assert options(links, tmp_path) == {"repository_url": "", "launch_buttons": {}}


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """The page of a chapter, built as on GitHub from the repository reader/fork: a small one under the book's own settings."""
    root = tmp_path_factory.mktemp("fork")
    name = "notebooks/07_final_thoughts"
    shutil.copytree(ROOT / "book", root / "book", ignore=shutil.ignore_patterns("models"))
    shutil.copy(ROOT / "_config.yml", root)
    shutil.copy(ROOT / "LICENSE-THIRD-PARTY.md", root)
    toc = {"format": "jb-book", "root": "book/licences", "chapters": [{"file": name}]}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    notebook = json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = lambda source: {
        "cell_type": "code",
        "id": "a",
        "execution_count": None,
        "metadata": {"tags": ["hide-input"]},
        "outputs": [],
        "source": source,
    }
    notebook["cells"] = [
        {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# Small\n\n## Self-check"},
        code("from helpers.figures import final_thoughts as figures\nfigures.scoreboard()"),
    ]
    (root / "notebooks").mkdir()
    (root / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    shell = os.environ | {
        "GITHUB_REPOSITORY": "reader/fork",
        "GITHUB_REF_NAME": "main",
        "GITHUB_SERVER_URL": "https://github.com",
    }
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", root],
        env=shell,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    page = root / "_build/html" / f"{name}.html"
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_launch_links_of_a_fork(fork):
    """The exact addresses, in the theme's menu and in the line under the title."""
    binder = "https://mybinder.org/v2/gh/reader/fork/main?urlpath=lab/tree/notebooks/07_final_thoughts.ipynb"
    assert {a["href"] for a in fork.find_all("a", href=re.compile("mybinder"))} == {binder}
    [line] = fork.select(".ldn-start")
    assert line.find("a", string="JupyterLab on Binder")["href"] == binder
    assert line.find("a", download=True)["href"] == "../_sources/notebooks/07_final_thoughts.ipynb"
    [listing] = fork.find_all(id="figure-7-1-code")
    assert re.fullmatch(
        r"https://github\.com/reader/fork/blob/main/src/helpers/figures/final_thoughts\.py#L\d+-L\d+",
        listing.find("a")["href"],
    )


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_notebook_is_offered_as_it_is(page):
    """The download is the committed notebook, so it opens in any JupyterLab that has the book's requirements."""
    link = SOUP[page].select_one(".ldn-start a[download]")["href"]
    assert link == SOUP[page].select_one(".btn-download-source-button")["href"]
    offered = (HTML / page).parent / link
    assert json.loads(offered.read_text(encoding="utf-8")) == json.loads(
        (ROOT / page).with_suffix(".ipynb").read_text(encoding="utf-8")
    )


def test_the_notebook_comes_with_no_network(visit, site):
    """From a server it is saved; from a file the browser shows it, since it saves nothing from files."""
    page = visit(site).open(f"{site}/{CHAPTERS[0]}")
    with page.expect_download() as download:
        page.get_by_role("link", name="download the notebook").click()
    assert download.value.suggested_filename == CHAPTERS[0].split("/")[1].replace(".html", ".ipynb")
    page = visit("file://").open((HTML / CHAPTERS[0]).as_uri())
    page.get_by_role("link", name="download the notebook").click()
    page.wait_for_url("**/*.ipynb")
    assert json.loads(page.locator("body").inner_text())["cells"]


# Workflow and citation


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-workflows", WORKFLOW),
        ("dependabot", ROOT / ".github/dependabot.yml"),
        ("citation-file-format", ROOT / "CITATION.cff"),
    ],
)
def test_files_for_services_are_valid(schema, file):
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", file],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_runs_the_tests_before_it_publishes():
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    assert ".ci/run" in [step.get("run") for step in jobs["test"]["steps"]]
    [low, high] = re.findall(
        r"3\.(\d+)",
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "requires-python"
        ],
    )
    assert jobs["test"]["strategy"]["matrix"]["python"] == [
        f"3.{minor}" for minor in range(int(low), int(high))
    ]
    assert jobs["publish"]["needs"] == "test" and "refs/heads/main" in jobs["publish"]["if"]


def test_the_workflow_may_do_no_more_than_it_must():
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert {
        name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job
    } == {"publish": {"pages": "write", "id-token": "write"}}
    # "uses" by commit, with the release it is in words.
    used = re.findall(r"uses: (.+)", WORKFLOW.read_text(encoding="utf-8"))
    assert used and all(
        re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used
    ), used


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    book = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"] and citation["license"] == project["license"]
    assert citation["title"].startswith(book["title"]) and citation["authors"] == [
        {"name": book["author"]}
    ]


def test_the_picture_in_the_readme_is_of_today():
    """Its alt text quotes what the control says now, and the file is small."""
    from helpers.controls import ldn_mechanism

    file, alt = re.search(
        r'<img src="(\S+)".* alt="([^"]+)"', (ROOT / "README.md").read_text(encoding="utf-8")
    ).groups()
    assert alt.endswith(ldn_mechanism.explore_occupancy().evaluate()["status"])
    assert (ROOT / file).stat().st_size < 60_000


# What others wrote


def test_vendored_modules_are_named():
    """Each module in the bundle, in the version that was bundled, and each that package.json asks for is in it."""
    named = dict(re.findall(r"^\| (d3-\w+) \| ([\d.]+) \|", NOTICES, re.M))
    [bundle] = VENDOR.glob("*.min.js")
    banner = dict(
        re.findall(r"(d3-\w+) ([\d.]+\d)", bundle.read_text(encoding="utf-8").split("\n")[0])
    )
    assert named == banner
    wanted = json.loads((VENDOR / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted.items() <= named.items()
    licences = (VENDOR / "d3-LICENSE.txt").read_text(encoding="utf-8")
    for name, version in named.items():
        years = re.search(rf"{name} {re.escape(version)}\n\nCopyright (.+)", licences)[1]
        assert f"| {name} | {version} | {years} |" in NOTICES


def test_every_vendored_file_is_named():
    """Minified or with a banner of its own: written elsewhere."""
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True
    ).stdout.split()
    scripts = [name for name in tracked if name.endswith((".js", ".css", ".mjs", ".woff2"))]
    foreign = [
        name
        for name in scripts
        if ".min." in name or "/*!" in (ROOT / name).read_text(encoding="utf-8")[:200]
    ]
    assert foreign and not [name for name in foreign if f"`{name}`" not in NOTICES]


def test_packages_of_the_site_are_named():
    """The styles and scripts a page loads, also those joined in one file, traced to the package that has a file of that name."""
    import importlib.metadata

    joined = {
        name
        for bundle in ("pages.js", "theme.js")
        for name in re.findall(
            r"^/\* (_static/\S+) \*/$",
            (HTML / "_static" / bundle).read_text(encoding="utf-8"),
            re.M,
        )
    }
    assert len(joined) > 10
    loaded = joined | {
        tag.get("src") or tag.get("href")
        for page in SOUP
        for tag in [*SOUP[page].select("script[src]"), *SOUP[page].select("link[rel=stylesheet]")]
    }
    names = {
        address.split("?")[0].split("/_static/")[-1].removeprefix("_static/")
        for address in loaded
        if "_static/" in address
    }
    own = {
        path.name
        for folder in ("book/web", "src/helpers/explorer")
        for path in (ROOT / folder).rglob("*.*s")
    }
    packages = re.findall(r"^\| ([\w-]+) \| (?:BSD|MIT)", NOTICES, re.M)
    files = {path.name for package in packages for path in importlib.metadata.files(package)}
    made = {
        "documentation_options.js",
        "language_data.js",
        "pygments.css",
        "copybutton.js",
        "pages.css",
        "pages.js",
        "theme.js",
    }  # from templates, and of the others
    left = {
        name
        for name in names
        if name.split("/")[-1] not in files | own | made and not name.startswith("mystnb.")
    }
    assert not left
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert all(f"\n{package}==" in locked for package in packages)


@pytest.mark.parametrize(
    "page", [page for page in SOUP if SOUP[page].find("footer", class_="bd-footer-content")]
)
def test_licences_are_one_link_away(page):
    [link] = SOUP[page].select(".bd-footer-content .extra_footer a")
    assert link["href"].endswith("licences.html") or (
        page == "book/licences.html" and link["href"] == "#"
    )
    assert "d3-scale" in SOUP["book/licences.html"].find("article").get_text()
