"""What a page loads: the control's own files where there is a control, and nothing that would be dead weight.

The scripts and the style stay where the control's Python side keeps them, in src/helpers/explorer.
"""

import os
import re
from pathlib import Path

from helpers import explorer

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
# Scripts of extensions that only some pages need, and the marks of those pages.
NEEDED_BY = {
    "clipboard.min.js": r"<pre",
    "copybutton.js": r"<pre",
    "design-tabs.js": r"sd-tab-set",
    "togglebutton.js": r"\b(dropdown|toggle)\b",
}


def publish(app, config):
    config.html_static_path += [str(path) for path in [*explorer.SCRIPTS, explorer.STYLE]]


def wanted(script, body):
    """Whether a page with this `body` has a use for the script."""
    name = Path(str(script.filename or "")).name
    text = script.attributes.get("body", "")
    if script.attributes.get("type") == WIDGET_STATE:  # for a kernel, and no page has one
        return False
    if text.startswith("DOCUMENTATION_OPTIONS"):  # for a switch between versions and a search dialog that the book has not
        return False
    need = NEEDED_BY["togglebutton.js"] if "toggle" in text else NEEDED_BY.get(name, "")
    return re.search(need, body) is not None


def choose(app, pagename, templatename, context, doctree):
    """The page's own scripts; runs after all other extensions have added theirs."""
    body = context.get("body", "")
    context["script_files"][:] = [script for script in context["script_files"] if wanted(script, body)]
    if "body" in context:
        # sphinx_exercise gives all its boxes the same two ids, which nothing refers to.
        context["body"] = body.replace(' id="exercise-content"', "").replace(' id="solution-content"', "")
    # The first page brings them along, so that a chapter finds them in the reader's cache.
    if "<ldn-explorer" in body or pagename == app.config.root_doc:
        for script in explorer.SCRIPTS:
            app.add_js_file(script.name, loading_method="defer")


def setup(app):
    os.environ["TQDM_DISABLE"] = "1"  # a progress bar is for who waits; the notebooks that run now inherit this
    app.connect("config-inited", publish)
    app.connect("html-page-context", choose, priority=900)
    app.add_css_file(explorer.STYLE.name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
