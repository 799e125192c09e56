"""Chapters as notebooks for Colab, which knows no MyST and has no copy of the book.

A cell before the others installs the book's wheel from its own pages. Code stays as it is; of the
prose, directives become their text, links lead to the pages, and numbers that JupyterLab would
compute are those of the page. Only where the built book knows its own address.
"""

import json
import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin

FOLDER = "lite/colab"
OFFERED_IN = "book/run_it.html"
BOX = re.compile(r'(<div class="ldn-colab[^"]*">\n).*?(</div>)', re.S)
ADDRESS = re.compile(r'<link rel="canonical" href="([^"]+)"')
NUMBER = re.compile(r'<span class="output text_plain">(.*?)</span>', re.S)
DIRECTIVE = re.compile(r"^(`{3,})\{([\w-]+)\} ?(.*)\n(?::.*\n)*([\s\S]*?)^\1$\n?", re.M)
# What stands before the text of a directive; None: its own title.
HEADS = {"admonition": None, "div": "", "exercise": "Exercise"}
HEADS |= {"solution-start": "Solution", "solution-end": ""}
FIRST = """\
# Run this first: it installs the book's models, tables and figures from the book's own pages.
# This chapter as a page: {page}
%pip install --quiet {wheel}"""


def opened(directive):
    """The text of a directive, under its head in bold."""
    _, name, title, text = directive.groups()
    if name not in HEADS:
        raise ValueError(f"directive must be one of {', '.join(HEADS)}, got {name!r}")
    head = title if HEADS[name] is None else HEADS[name]
    return (f"**{head}**\n\n" if head else "") + DIRECTIVE.sub(opened, text.lstrip("\n"))


def plain(text, page, numbers):
    """Prose as Markdown that needs no MyST.

    page: the chapter's address; numbers: iterator of what the prose computes, as text. Raises
    ValueError for a directive or a role that it does not know.
    """
    lead = lambda target: urljoin(page, re.sub(r"\.(md|ipynb)(?=#|$)", ".html", target))
    text = DIRECTIVE.sub(opened, text)
    text = re.sub(r"\{eval\}`[^`]+`", lambda role: next(numbers), text)
    text = re.sub(r"\{doc\}`([^`<]+) <([^`>]+)>`", r"[\1](\2.md)", text)
    if left := re.search(r"\{[\w-]+\}`[^`]*`", text):
        raise ValueError(f"role must be eval, or doc with a text, got {left[0]!r}")
    code_or_target = r"```[\s\S]*?```|(?<=\]\()(?!https?:)[^)]+"
    return re.sub(code_or_target, lambda m: m[0] if m[0][0] == "`" else lead(m[0]), text)


def notebook(chapter, html, page, wheel):
    """A chapter for Colab, as nbformat has it.

    chapter: its notebook, likewise; html: its built page; page, wheel: where that and the book's
    wheel are published. Raises ValueError if the page has other numbers than the notebook.
    """
    # A page may link a unit to the glossary.
    found = [unescape(re.sub("<.*?>", "", number)) for number in NUMBER.findall(html)]
    prose = [cell for cell in chapter["cells"] if cell["cell_type"] == "markdown"]
    wanted = sum("".join(cell["source"]).count("{eval}`") for cell in prose)
    if len(found) != wanted:
        raise ValueError(f"{page}: numbers must be {wanted}, as in its notebook, got {len(found)}")
    numbers = iter(found)
    first = {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": FIRST.format(page=page, wheel=wheel),
    }
    cells = [
        cell | {"source": plain("".join(cell["source"]), page, numbers)}
        if cell["cell_type"] == "markdown"
        else cell
        for cell in chapter["cells"]
    ]
    return chapter | {"cells": [first, *cells]}


def offering(text, items=()):
    """The page with this list in the box for it; without one if there are no items."""
    inside = f"<ul>{''.join(items)}</ul>\n" if items else ""
    return BOX.sub(lambda box: box[1] + inside + box[2], text)


def write(html, wheel):
    """Write the notebooks of all chapters into the built book, and have "How to run it" offer them.

    html: the folder of the book; wheel: the path of its wheel in there. Returns how many there
    are: none where the pages name no address of their own.
    """
    items = []
    for path in sorted(Path("notebooks").glob("*.ipynb")):
        built = (html / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        if not (named := ADDRESS.search(built)):
            continue
        page = unescape(named[1])
        base = urljoin(page, "../")
        chapter = json.loads(path.read_text(encoding="utf-8"))
        made = notebook(chapter, built, page, base + wheel)
        (html / FOLDER).mkdir(exist_ok=True)
        text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
        (html / FOLDER / path.name).write_text(text, encoding="utf-8")
        title = made["cells"][1]["source"].split("\n")[0].removeprefix("# ")
        link = f'<a href="../{FOLDER}/{path.name}" download>{escape(title)}</a>'
        items.append(f"<li>{link}</li>")
    page = html / OFFERED_IN
    page.write_text(offering(page.read_text(encoding="utf-8"), items), encoding="utf-8")
    return len(items)
