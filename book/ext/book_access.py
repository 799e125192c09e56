"""What the theme leaves undone for readers with a screen reader or a keyboard.

Each mend says what it mends. One that no longer finds its place is a warning, and warnings fail
the build: then the theme has changed, and the mend must follow or go.
"""

import re
from pathlib import Path

from sphinx.util import logging

logger = logging.getLogger(__name__)

# What is wrong → (what to look for, what to put there).
MENDS = {
    "the button that unfolds a part of the contents has no name": (
        r'<summary>(<span class="toctree-toggle") role="presentation"',
        r'<summary aria-label="Its pages">\1',
    ),
    "the sidebar belongs to no landmark": (
        r'<div id="pst-primary-sidebar"',
        r'<div id="pst-primary-sidebar" role="complementary" aria-label="The book"',
    ),
    "the list of references has the role of a list, its entries a role that is no more": (
        r'role="doc-biblioentry"',
        r'role="listitem"',
    ),
    "the empty corner of a table is marked as a heading": (r"<th></th>", r"<td></td>"),
}

MENDED = 'role="complementary" aria-label="The book"'  # what every mended page has


def mend(app, error):
    """Do the mends in every page that this build wrote."""
    if error or app.builder.format != "html":
        return
    found, kept = set(), False
    for path in Path(app.outdir).rglob("*.html"):
        before = text = path.read_text(encoding="utf-8")
        if MENDED in text:  # a page that an earlier build wrote
            kept = True
            continue
        for wrong, (pattern, better) in MENDS.items():
            text, number = re.subn(pattern, better, text)
            if number:
                found.add(wrong)
        if text != before:
            path.write_text(text, encoding="utf-8")
    for wrong in set() if kept else MENDS.keys() - found:
        logger.warning(
            "nothing to mend any more in the built pages: %s (book_access.py)", wrong, type="access"
        )


def setup(app):
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
