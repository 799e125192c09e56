"""What a page loads: the control's own files, and nothing that would be dead weight.

The control's script is put together from its parts in src/helpers/explorer and the models' scripts,
which book_models.py has written for their pages. All pages load the same few scripts, so that they
can be one file, see book_weight.py.
"""

import json
import os
import re
from pathlib import Path

from book_tables import words

from helpers import explorer

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
SCRIPT = "explorer.js"
TITLE = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.S)


def title(html):
    """The title of a built page."""
    return words(TITLE.search(html)[1])


def save(path, name, value):
    """Write data as a script that sets a global name: a page can load it from a disk, too."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"window.{name}={text};\n", encoding="utf-8")


def publish(app, config):
    """Write the control's script, with every model of the book."""
    written = sorted((Path(app.srcdir) / "book" / "models").glob("*.js.txt"))
    script = Path(app.doctreedir) / SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    models = (path.read_text(encoding="utf-8") for path in written)
    script.write_text(explorer.script(*models), encoding="utf-8")
    config.html_static_path += [str(script), str(explorer.STYLE)]


def wanted(script, body):
    """Whether a page with this `body` has a use for the script."""
    text = script.attributes.get("body", "")
    if script.attributes.get("type") == WIDGET_STATE:  # for a kernel, and no page has one
        return False
    # For a switch between versions and a search dialog that the book has not.
    if text.startswith("DOCUMENTATION_OPTIONS"):
        return False
    if str(script.filename).endswith("sphinx_highlight.js"):  # land.js marks what was looked for
        return False
    return "sd-tab-set" in body or not str(script.filename).endswith("design-tabs.js")


def choose(app, pagename, templatename, context, doctree):
    """The scripts of a page; runs after all other extensions have added theirs."""
    body = context.get("body", "")
    context["script_files"][:] = [
        script for script in context["script_files"] if wanted(script, body)
    ]
    if "body" in context:
        # sphinx_exercise gives all its boxes the same two ids, which nothing refers to.
        context["body"] = body.replace(' id="exercise-content"', "").replace(
            ' id="solution-content"', ""
        )


def setup(app):
    # A progress bar is for who waits; the notebooks that run now inherit this.
    os.environ["TQDM_DISABLE"] = "1"
    app.connect("config-inited", publish)
    app.connect("html-page-context", choose, priority=900)
    app.add_css_file(explorer.STYLE.name)
    app.add_js_file(SCRIPT, loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
