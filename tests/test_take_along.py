"""The files to take along: what is in them, and that no page offers what is not there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import make_lite
import pytest
import take_along
from bs4 import BeautifulSoup
from check_pages import pages
from conftest import ROOT  # which makes book/ext importable
from make_epub import as_xml
from make_zip import pack

JAR = Path("/usr/share/java/epubcheck.jar")  # Debian's package, see .ci/run
PAGE = '<p>Here:</p><div class="ldn-files docutils">\n</div><p>After.</p>'

pytestmark = pytest.mark.xdist_group("pdf")  # these commands write to the same folder and page


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The folder of a book of one page, with its source."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/run_it\n", encoding="utf-8")
    (tmp_path / "book/run_it.md").write_text("# How to run it", encoding="utf-8")
    html = tmp_path / "_build/html"
    (html / "book").mkdir(parents=True)
    (html / take_along.PAGE).write_text(PAGE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_missing_book_and_an_old_one_are_refused(small):
    assert take_along.built(small) == small / "_build/html"
    page = small / "_build/html" / take_along.PAGE
    os.utime(page, (1e9, 1e9))
    with pytest.raises(SystemExit, match='built before _toc.yml changed: run "make book"'):
        take_along.built(small)
    page.unlink()
    with pytest.raises(SystemExit, match="There is no book yet .no book/run_it.html"):
        take_along.built(small)


def test_a_page_offers_what_is_there(small):
    html = small / "_build/html"
    read = lambda: (html / take_along.PAGE).read_text(encoding="utf-8")
    take_along.offer(html)
    assert "<a" not in read() and read().endswith("</div><p>After.</p>")
    take_along.place(html, ".zip").write_bytes(b"0" * 1_500_000)
    for _ in range(2):  # as often as one likes
        take_along.offer(html)
        assert read().count("<li>") == 1
    link = f'<a href="../downloads/{take_along.NAME}.zip" download>ZIP</a>, 1.5 MB'
    assert link in read() and read().endswith("</div><p>After.</p>")
    pack(html, html / "downloads/again.zip")
    with ZipFile(html / "downloads/again.zip") as packed:
        assert packed.namelist() == [f"{take_along.NAME}/book/run_it.html"]
        assert b"<a" not in packed.read(packed.namelist()[0])


def test_the_zip_leads_to_nothing_that_needs_a_server(small):
    """The same page as before "make lite", which left no other trace in it."""
    html = small / "_build/html"
    for folder in ("notebooks", "_build/html/notebooks", "_build/html/lite/static/pyodide"):
        (small / folder).mkdir(parents=True)
    (small / "notebooks/one.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (html / "lite/static/pyodide/x").write_bytes(b"0")
    page, before = html / "notebooks/one.html", f"<body>{make_lite.WAYS}<a>download</a></body>"
    page.write_text(before, encoding="utf-8")
    make_lite.readable(html)
    assert "../lite/" in page.read_text(encoding="utf-8")
    pack(html, html / "made.zip")
    with ZipFile(html / "made.zip") as packed:
        assert not [name for name in packed.namelist() if "/lite/" in name]
        assert packed.read(f"{take_along.NAME}/notebooks/one.html").decode() == before
    button = '<p>a</p>\n<div class="ldn-edit" data-cell="3"><button>Edit</button></div>\n<p>b</p>'
    assert make_lite.without(button) == "<p>a</p>\n<p>b</p>"
    with pytest.raises(ValueError, match="text must lead to ../lite/ as .* got "):
        make_lite.without('<a href="../lite/other.html">')


def test_xml_has_the_names_of_svg_and_mathml():
    html = '<p>a<br>b&nbsp;<svg viewbox="0 0 1 1"><clippath id="a"/></svg><math><mi>x</mi></math>'
    made = as_xml(html)
    assert 'viewBox="0 0 1 1"' in made and "<clipPath" in made and "<br/>" in made
    assert 'xmlns="http://www.w3.org/2000/svg"' in made
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML">' in made


def test_the_epub_is_whole_and_valid(html):
    """EPUBCheck, the standard's own validator, finds nothing, not even a warning."""
    if not (shutil.which("java") and JAR.is_file()):
        missing = 'no EPUBCheck here ("apt-get install epubcheck default-jre-headless" on Debian)'
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)
    subprocess.run([sys.executable, "book/ext/make_epub.py"], cwd=ROOT, check=True)
    made = take_along.place(html, ".epub")
    with ZipFile(made) as packed:
        names = packed.namelist()
        texts = {name: packed.read(name).decode() for name in names if name.endswith(".xhtml")}
    assert names[0] == "mimetype" and len(texts) == len(pages(ROOT)) + 2
    whole = "".join(texts.values())
    controls = sum(
        (html / f"{page}.html").read_text(encoding="utf-8").count("<ldn-explorer")
        for page in pages(ROOT)
    )
    assert controls and whole.count('class="ldn-fallback') == controls
    assert "<math" in whole and "<script" not in whole and "var(--" not in whole
    # What holds the place of a living control, and what is said in place of equations.
    soup = BeautifulSoup(whole, "html.parser")
    assert not soup.select(
        "button, form, .ldn-unseen, .ldn-dead, .ldn-screen, .ldn-plain, .ldn-edit"
    )
    done = subprocess.run(
        ["java", "-jar", JAR, "--failonwarnings", made], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
