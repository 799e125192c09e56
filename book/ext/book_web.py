"""What a page loads: the control's own files, and nothing that would be dead weight.

The scripts and the style stay where the control's Python side keeps them, in src/helpers/explorer.
All pages load the same few scripts, so that they can be one file, see book_weight.py.
"""

import os

from helpers import explorer

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def publish(app, config):
    config.html_static_path += [str(path) for path in [*explorer.SCRIPTS, explorer.STYLE]]


def wanted(script, body):
    """Whether a page with this `body` has a use for the script."""
    text = script.attributes.get("body", "")
    if script.attributes.get("type") == WIDGET_STATE:  # for a kernel, and no page has one
        return False
    if text.startswith(
        "DOCUMENTATION_OPTIONS"
    ):  # for a switch between versions and a search dialog that the book has not
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
    os.environ["TQDM_DISABLE"] = (
        "1"  # a progress bar is for who waits; the notebooks that run now inherit this
    )
    app.connect("config-inited", publish)
    app.connect("html-page-context", choose, priority=900)
    app.add_css_file(explorer.STYLE.name)
    for script in explorer.SCRIPTS:
        app.add_js_file(script.name, loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
