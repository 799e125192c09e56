"""What publishing rests on, as built: links of a fork, notebooks to take away, notices.

What of it can be said without the built book: test_publishing.py.
"""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import HTML, ROOT, parsed, text
from PIL import Image
from test_pages import CHAPTERS, PAGES

pytestmark = pytest.mark.xdist_group("fork")  # one small book for all

NOTICES = (ROOT / "LICENSE-THIRD-PARTY.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fork_html(tmp_path_factory):
    """The folder of a book built as on GitHub from the repository reader/fork.

    The chapter is a small one, under the book's own settings.
    """
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
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return root / "_build/html"


@pytest.fixture(scope="module")
def fork(fork_html):
    """Its chapter."""
    page = fork_html / "notebooks/07_final_thoughts.html"
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_a_fork_says_where_it_stands(fork_html, fork):
    """Its own address in the tags that name one, the picture that they name, and the sitemap."""
    base = "https://reader.github.io/fork/"
    address = f"{base}notebooks/07_final_thoughts.html"
    named = {tag["property"]: tag["content"] for tag in fork.select("meta[property]")}
    assert fork.select_one("link[rel=canonical]")["href"] == named["og:url"] == address
    picture = Image.open(fork_html / named["og:image"].removeprefix(base))
    assert picture.size == (1200, 630) and named["og:image:alt"].startswith("Figure 7.1. ")
    [data] = fork.select("script[type='application/ld+json']")
    assert json.loads(data.string)["@graph"][0]["url"] == address
    [span] = fork.select("span.Z3988")
    assert parse_qs(span["title"])["rft_id"] == [address]
    pages = BeautifulSoup((fork_html / "sitemap.xml").read_bytes(), "xml").find_all("loc")
    assert [page.text for page in pages] == [f"{base}book/licences.html", address]


def test_launch_links_of_a_fork(fork):
    """The exact addresses, in the theme's menu and in the line under the title."""
    binder = "https://mybinder.org/v2/gh/reader/fork/main"
    binder += "?urlpath=lab/tree/notebooks/07_final_thoughts.ipynb"
    assert {a["href"] for a in fork.find_all("a", href=re.compile("mybinder"))} == {binder}
    [line] = fork.select(".ldn-start")
    assert line.find("a", string="JupyterLab on Binder")["href"] == binder
    assert line.find("a", download=True)["href"] == "../_sources/notebooks/07_final_thoughts.ipynb"
    [listing] = fork.find_all(id="figure-7-1-code")
    assert re.fullmatch(
        r"https://github\.com/reader/fork/blob/main"
        r"/src/helpers/figures/final_thoughts\.py#L\d+-L\d+",
        listing.find("a")["href"],
    )


def test_a_report_in_a_fork_is_filled_in(fork):
    """The figure's link opens that repository's form, which knows the figure and its page."""
    [link] = fork.select("#figure-7-1 .ldn-report")
    parts = urlsplit(link["href"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://github.com/reader/fork/issues/new"
    )
    assert parse_qs(parts.query) == {
        "template": ["wrong-number.yml"],
        "title": ["Figure 7.1: "],
        "where": ["Figure 7.1, notebooks/07_final_thoughts.html#figure-7-1"],
    }


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_notebook_is_offered_as_it_is(page):
    """The download is the committed notebook, so it opens wherever the requirements are."""
    link = parsed(page).select_one(".ldn-start a[download]")["href"]
    assert link == parsed(page).select_one(".btn-download-source-button")["href"]
    offered = (HTML / page).parent / link
    assert json.loads(offered.read_text(encoding="utf-8")) == json.loads(
        (ROOT / page).with_suffix(".ipynb").read_text(encoding="utf-8")
    )


def test_the_notebook_comes_with_no_network(visit, site):
    """From a server it is saved; from a file the browser shows it, since it saves none of those."""
    page = visit(site).open(f"{site}/{CHAPTERS[0]}")
    with page.expect_download() as download:
        page.get_by_role("link", name="download the notebook").click()
    assert download.value.suggested_filename == CHAPTERS[0].split("/")[1].replace(".html", ".ipynb")
    page = visit("file://").open((HTML / CHAPTERS[0]).as_uri())
    page.get_by_role("link", name="download the notebook").click()
    page.wait_for_url("**/*.ipynb")
    assert json.loads(page.locator("body").inner_text())["cells"]


def test_packages_of_the_site_are_named():
    """Styles and scripts of a page, also those joined in one file, are traced to their packages."""
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
        for page in PAGES
        for tag in parsed(page).select("script[src], link[rel=stylesheet]")
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
        "places.js",
        "pygments.css",
        "copybutton.js",
        "explorer.js",
        "slides.js",
        "slides.css",
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
    idle = [path for path in HTML.rglob("*") if re.search(r"fontawesome|\.map$", path.name)]
    assert not [path for path in idle if "lite" not in path.relative_to(HTML).parts]
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert all(f"\n{package}==" in locked for package in packages)


@pytest.mark.parametrize("page", [page for page in PAGES if "bd-footer-content" in text(page)])
def test_licences_are_one_link_away(page):
    [link] = parsed(page).select(".bd-footer-content .extra_footer a")
    assert link["href"].endswith("licences.html") or (
        page == "book/licences.html" and link["href"] == "#"
    )
    assert "d3-scale" in parsed("book/licences.html").find("article").get_text()


def test_a_host_serves_files_as_they_are():
    """Without this file some hosts leave out folders whose names begin with "_"."""
    assert (HTML / ".nojekyll").is_file()
