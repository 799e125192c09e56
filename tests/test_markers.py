"""A test says what it needs: "make quick" runs those that need no book and no browser."""

import os
import re

import conftest
import pytest
from conftest import READ_THE_BOOK, ROOT


def test_files_that_read_the_book_are_listed():
    """Others have the book by the fixture `html`, which marks each test that asks for it."""
    reading = re.compile(
        r"^from (test_pages|test_accessibility|conftest) import .*"
        r"\b(CHAPTERS|CONTROLS|WITH_CONTROLS|HTML|PAGES|built_pages|violations)\b",
        re.M,
    )
    found = {
        path.name
        for path in (ROOT / "tests").glob("test_*.py")
        if reading.search(path.read_text(encoding="utf-8"))
    }
    assert found == READ_THE_BOOK


def test_fixtures_mark_the_tests_that_ask_for_them(request):
    for item in request.session.items:
        for fixture, marker in {"html": "book", "browser": "browser"}.items():
            if fixture in getattr(item, "fixturenames", ()):
                assert item.get_closest_marker(marker), item.nodeid


def test_a_missing_book_and_an_old_one_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(conftest, "HTML", tmp_path)
    with pytest.raises(RuntimeError, match='holds no book: run "make book" first'):
        conftest.built_pages()
    for name in ("index.html", "intro.html", "trials.html"):
        (tmp_path / name).touch()
    assert conftest.built_pages() == ["intro.html", "trials.html"]
    monkeypatch.setattr(conftest, "ROOT", tmp_path)
    changed = tmp_path / "book" / "intro.md"
    changed.parent.mkdir()
    changed.write_text("new", encoding="utf-8")
    later = (tmp_path / "index.html").stat().st_mtime + 10
    os.utime(changed, (later, later))
    with pytest.raises(RuntimeError, match="the book was built before book/intro.md changed"):
        conftest.built_pages()
