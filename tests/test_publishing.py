"""What publishing rests on: links that follow the repository, the citation, notices.

What of it the built pages show: test_published_pages.py.
"""

import json
import os
import re
import subprocess
import tomllib
from types import SimpleNamespace

import pytest
import yaml
from conftest import ROOT

NOTICES = (ROOT / "LICENSE-THIRD-PARTY.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "book/changelog.md").read_text(encoding="utf-8")
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


# Citation


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    book = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"] and citation["license"] == project["license"]
    assert citation["title"].startswith(book["title"]) and citation["authors"] == [
        {"name": book["author"]}
    ]
    released = f"{citation['version']}, {citation['date-released']}"
    dated = re.findall(r"^## (.+, \d{4}-\d\d-\d\d)$", CHANGELOG, re.M)
    assert dated[0] == released and len(dated) == len(set(dated))


def test_the_notes_of_a_release_are_its_part_of_the_changelog(tmp_path):
    """The workflow's own lines: that part whole, links that lead somewhere; none, no release."""
    workflow = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(workflow)["jobs"]["release"]["steps"]
    [lines] = [step["run"] for step in steps if "book/changelog.md" in step.get("run", "")]
    assert '--notes-file "$RUNNER_TEMP/notes.md"' in steps[-1]["run"]

    def take(version):
        given = {
            "GITHUB_REF_NAME": f"v{version}",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "reader/fork",
            "RUNNER_TEMP": str(tmp_path),
        }
        command = ["bash", "-e", "-o", "pipefail", "-c", lines]
        return subprocess.run(command, cwd=ROOT, env=os.environ | given).returncode

    parts = re.split(r"^## (.+), .+$", CHANGELOG, flags=re.M)[1:]
    assert len(parts) >= 4
    for version, part in zip(parts[::2], parts[1::2]):
        assert take(version) == 0
        notes = (tmp_path / "notes.md").read_text(encoding="utf-8")
        at = f"https://github.com/reader/fork/blob/v{version}/book/"
        assert notes.replace(at, "").strip() == part.strip()
        assert f"]({at}" in notes and not re.search(r"\]\((?!https://)", notes)
    assert take("9.9.9") != 0


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
    """Each module in the bundle, in its version; each that package.json asks for is in it."""
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


def test_the_version_of_reveal_is_named():
    script, style = (
        (ROOT / f"book/web/vendor/reveal.{kind}").read_text(encoding="utf-8")
        for kind in ("js", "css")
    )
    [version] = re.findall(r"reveal\.js (\d+\.\d+\.\d+)", NOTICES)
    assert f"`{version}`" in script
    for text in (script, style):
        assert text.startswith(f"/*! reveal.js {version}, ") and "MIT" in text.splitlines()[0]
    licence = (ROOT / "book/web/vendor/reveal-LICENSE.txt").read_text(encoding="utf-8")
    assert "Copyright (C) 2011-2026 Hakim El Hattab" in licence


def test_every_vendored_file_is_named():
    """Minified, with a banner of its own, or in a folder of such: written elsewhere."""
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files"], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    scripts = [name for name in tracked if name.endswith((".js", ".css", ".mjs", ".woff2"))]
    foreign = [
        name
        for name in scripts
        if ".min." in name
        or name.startswith("book/web/vendor/")
        or "/*!" in (ROOT / name).read_text(encoding="utf-8")[:200]
    ]
    assert foreign and not [name for name in foreign if f"`{name}`" not in NOTICES]
