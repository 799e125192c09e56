"""What the built page of a chapter offers beside its text.

A line under its title that says how to run it and how far the reader got, and at each figure and
control a link to the code that made it. JupyterLab needs none of this: there the code is at hand.
"""

import ast
import importlib
import inspect
import re
from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms import SphinxTransform

# level.js moves it; without scripts a page stands with code, and it is not shown.
LEVEL = (
    '<p class="ldn-level" role="group" aria-label="Reading level">Read '
    '<button type="button" value="plain">plain</button> '
    '<button type="button" value="code">with code</button></p>'
)
# Where an address leads to this line, print.css leaves out solutions and answers: without a script.
BARE = "without-solutions"
NOW = (
    f'<p class="ldn-bare" id="{BARE}">Print this page now: its solutions and answers will be left '
    'out. <a href="#">With them again</a></p>'
)
MADE = re.compile(r'<figure class="ldn-figure" id="([^"]+)"|<ldn-explorer id="([^"]+)"')
END = "</span></figcaption></figure>"


def functions(source):
    """What a cell's code calls of `helpers.figures` and `helpers.controls`.

    Returns pairs of "figures" or "controls" and the function's name.
    """
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [f for f in calls if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)]
    return [(f.value.id, f.attr) for f in named if f.value.id in ("figures", "controls")]


class Code(SphinxTransform):
    """A figure or control gets a link to its cell, and the cell the function that it calls.

    Links of the prose to a figure or control of the page find it.
    """

    default_priority = 500

    def apply(self):
        if not self.env.docname.startswith("notebooks/"):
            return
        made_here = set()
        for code in list(self.document.findall(nodes.container)):
            if code.get("nb_element") != "cell_code_source":
                continue
            for output in list(code.parent.findall(nodes.raw)):
                made = MADE.search(output.astext())
                if not made:
                    continue
                id = made[1] or made[2]
                made_here.add(id)
                link = (
                    f'<span class="ldn-screen"> · <a class="ldn-code" href="#{id}-code">Code'
                    '<span class="visually-hidden"> of this figure</span></a></span>'
                )
                output[:] = [nodes.Text(output.astext().replace(END, link + END))]
                called = functions(code.astext())
                code["ids"].append(f"{id}-code")
                listings = [part for room, name in called for part in self.listing(room, name)]
                if code.parent.get("hide_mode"):
                    code += listings
                elif listings:
                    box = HideCodeCellNode(
                        prompt_show="Show the function",
                        prompt_hide="Hide the function",
                        classes=["above-input"],
                    )
                    box += nodes.container("", *listings, classes=["cell_input"])
                    code.parent.insert(1, box)
        for link in self.document.findall(nodes.reference):
            # "#explore-duration" or "#explore-duration?dose=50": MyST knows only headings.
            if link.get("id_link") and link["refuri"][1:].partition("?")[0] in made_here:
                del link["id_link"]
                link["internal"] = True

    def listing(self, room, name):
        """Where a function of this chapter's figures or controls stands, and its text."""
        module = importlib.import_module(f"helpers.{room}." + self.env.docname.split("_", 1)[1])
        lines, first = inspect.getsourcelines(getattr(module, name))
        path = f"src/{module.__name__.replace('.', '/')}.py"
        place = nodes.literal(path, path)
        options = self.config.html_theme_options
        if address := options.get("repository_url"):
            last = first + len(lines) - 1
            address = f"{address}/blob/{options['repository_branch']}/{path}#L{first}-L{last}"
            place = nodes.reference("", "", place, refuri=address)
        text = "".join(lines)
        # Not coloured: the marks would be three times the text.
        return [
            nodes.paragraph("", "It calls this function of ", place, nodes.Text(":")),
            nodes.literal_block(text, text, language="none"),
        ]


def launch_address(context):
    """The theme's own Binder link of this page, or None."""
    for group in context["header_buttons"]:
        if group["label"] == "launch-buttons":
            return next(button["url"] for button in group["buttons"] if button["text"] == "Binder")


def start(app, pagename, templatename, context, doctree):
    """Put the line under the title of a chapter; progress.js keeps its counts."""
    if not pagename.startswith("notebooks/"):
        return
    notebook = context["pathto"]("_sources/" + context["sourcename"], True)
    ways = [f'<a download href="{notebook}">download the notebook</a>']
    if address := launch_address(context):
        ways.insert(0, f'<a href="{escape(address)}">JupyterLab on Binder</a>')
    parts = [f"Run this chapter: {' · '.join(ways)}"]
    if questions := context["body"].count(" data-right>"):
        parts.append(
            '<a href="#self-check">Self-check</a>: '
            f'<span data-count="questions">{questions} questions</span>'
        )
    if exercises := context["body"].count('<div class="exercise admonition"'):
        parts.append(
            '<a href="#try-it-yourself">Exercises</a>: '
            f'<span data-count="exercises">{exercises} with solutions</span>'
        )
        parts.append(f'<a href="#{BARE}">Print without solutions</a>')
    line = f'<p class="ldn-start">{" ".join(f"<span>{part}</span>" for part in parts)}</p>{NOW}'
    context["body"] = context["body"].replace("</h1>", "</h1>" + LEVEL + line, 1)


def setup(app):
    app.add_transform(Code)
    app.connect("html-page-context", start, priority=950)  # after the theme has made its buttons
    app.add_js_file("progress.js", loading_method="defer")  # all pages: the sidebar shows it
    app.add_js_file("code.js", loading_method="defer")
    app.add_js_file("level.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
