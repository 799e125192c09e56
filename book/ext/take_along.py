"""The book as files to take along: where they lie, and how the built page offers them.

The commands that make them (make_zip.py, make_epub.py, make_pdf.py) refuse an older book, and then
have book/run_it.html offer what is there. A book where none was made shows no link.
"""

import re
import sys
from pathlib import Path

from check_pages import newer, pages

FOLDER = "downloads"
PAGE = "book/run_it.html"
NAME = "low-dose-naltrexone"
# How the name of a file ends -> its name in the page, what it is.
KINDS = {
    ".zip": ("ZIP", "the whole book with living controls: unpack it and open index.html"),
    ".epub": ("EPUB", "for e-readers, with pictures in place of controls"),
    ".pdf": ("PDF", "to print, as plain pages, with pictures in place of controls"),
    "-with-code.pdf": ("PDF with code", "the same with code and equations"),
}
BOX = re.compile(r'(<div class="ldn-files[^"]*">).*?(</div>)', re.S)


def built(root):
    """The folder of the built book; SystemExit if it is not whole, or older than its sources."""
    html = root / "_build" / "html"
    missing = [page for page in pages(root) if not (html / f"{page}.html").is_file()]
    if missing:
        sys.exit(f'There is no book yet (no {missing[0]}.html): run "make book" first.')
    changed = newer(root, min((html / f"{page}.html").stat().st_mtime for page in pages(root)))
    if changed:
        sys.exit(f'The book was built before {changed[0]} changed: run "make book" first.')
    return html


def place(html, ending):
    """Where the file of that ending lies; its folder is made."""
    (html / FOLDER).mkdir(exist_ok=True)
    return html / FOLDER / f"{NAME}{ending}"


def offering(text, items):
    """The page with this list in the box for it; without one if there are no items."""
    inside = f"<ul>{''.join(items)}</ul>" if items else ""
    return BOX.sub(lambda box: box[1] + inside + box[2], text)


def offer(html):
    """Have the page offer the files that are there, with their sizes; and say so on the screen."""
    items = []
    for ending, (name, what) in KINDS.items():
        path = place(html, ending)
        if path.is_file():
            size = f"{path.stat().st_size / 1e6:.1f} MB"
            link = f'<a href="../{FOLDER}/{path.name}" download>{name}</a>'
            items.append(f"<li>{link}, {size}: {what}</li>")
            print(f"{path.relative_to(Path.cwd())}: {size}")
    page, new = html / PAGE, html / FOLDER / "page.new"
    new.write_text(offering(page.read_text(encoding="utf-8"), items), encoding="utf-8")
    new.replace(page)  # at once: somebody may be reading it
