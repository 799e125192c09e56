"""Each control as one file, controls/<id>.html: it runs from a disk and can stand in other pages.

"Use elsewhere" in the menu of a control leads there (share.js). The file holds the very control of
its chapter, its model, the script and the style.
"""

import json
import re
from html import escape
from pathlib import Path

from book_weight import minified_script, minified_style

from helpers import explorer

FOLDER = "controls"
CONTROL = re.compile(r'<ldn-explorer id="([\w-]+)">.*?</ldn-explorer>', re.S)
SPEC = re.compile(r'<script type="application/json">(.*?)</script>', re.S)
# What first.js does for pages, as far as a control needs it.
FOLLOW = """\
(function () {
  const page = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  page.dataset.theme = dark ? "dark" : "light";
  page.classList.add("ldn-alive");
})();
"""
LOOK = "body{margin:8px;background:var(--ldn-bg);color:var(--ldn-fg);font-family:sans-serif}"


def controls(pages):
    """(page, id, element) of every control in these pages, which are paths of HTML files."""
    for page in pages:
        for found in CONTROL.finditer(page.read_text(encoding="utf-8")):
            yield page, found[1], found[0]


def alone(element, model, title, style, origin):
    """The whole file. model: the model's script, or ""; origin: HTML that says where it is from."""
    script = minified_script(explorer.script(model) if model else explorer.script())
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{style}{LOOK}</style>'
        f"<script>{minified_script(FOLLOW)}</script></head><body><main>{element}</main>"
        f"<footer><small>{origin}</small></footer><script>{script}</script></body></html>\n"
    )


def write(app, error):
    """Write the file of each control."""
    if error or app.builder.format != "html":
        return
    html = Path(app.outdir)
    style = minified_style(explorer.STYLE.read_text(encoding="utf-8"))
    (html / FOLDER).mkdir(exist_ok=True)
    book = escape(app.config.html_title or app.config.project)
    if address := app.config.html_theme_options.get("repository_url"):
        book = f'<a href="{escape(address)}">{book}</a>'
    for _, id, element in controls(sorted((html / "notebooks").glob("*.html"))):
        spec = json.loads(SPEC.search(element)[1])
        name = spec["model_name"]
        path = Path(app.srcdir) / "book" / "models" / f"{name}.js.txt"
        model = path.read_text(encoding="utf-8") if name else ""
        origin = f"From the book “{book}”. Text and pictures CC BY 4.0, code MIT, D3 ISC."
        text = alone(element, model, spec["title"], style, origin)
        (html / FOLDER / f"{id}.html").write_text(text, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write, priority=950)  # when the pages are as readers get them
    return {"parallel_read_safe": True, "parallel_write_safe": True}
