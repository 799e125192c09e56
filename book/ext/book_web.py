"""What a page loads: the control's own files where there is a control, and nothing that would be dead weight.

The scripts and the style stay where the control's Python side keeps them, in src/helpers/explorer.
"""

import os

from helpers import explorer

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def publish(app, config):
    config.html_static_path += [str(path) for path in [*explorer.SCRIPTS, explorer.STYLE]]


def choose(app, pagename, templatename, context, doctree):
    """The page's own scripts; runs after all other extensions have added theirs."""
    # The state of live widgets is for a kernel, and no page has one.
    context["script_files"][:] = [
        script for script in context["script_files"] if getattr(script, "attributes", {}).get("type") != WIDGET_STATE
    ]
    if "body" in context:
        # sphinx_exercise gives all its boxes the same two ids, which nothing refers to.
        context["body"] = context["body"].replace(' id="exercise-content"', "").replace(' id="solution-content"', "")
    if "<ldn-explorer" in context.get("body", ""):
        for script in explorer.SCRIPTS:
            app.add_js_file(script.name, loading_method="defer")


def setup(app):
    os.environ["TQDM_DISABLE"] = "1"  # a progress bar is for who waits; the notebooks that run now inherit this
    app.connect("config-inited", publish)
    app.connect("html-page-context", choose, priority=900)
    app.add_css_file(explorer.STYLE.name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
