"""Mathematics as MathML, made while the book is built: readers need no script, font or network.

LaTeX that cannot be converted is a warning, and warnings fail the build.
"""

import re

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
converter = LatexToMathML()
ENVIRONMENT = re.compile(r"\\begin\{")


def mathml(latex, node, display):
    """The LaTeX text as a <math> element.

    On an error a warning at the node's place, and the LaTeX as it stands.
    """
    try:
        return converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        logger.warning(
            "this LaTeX does not convert to MathML: %s\n%s",
            latex,
            reason,
            location=node,
            type="math",
        )
        return ""


def block(latex):
    """The LaTeX of a display equation, with what Sphinx allows beyond LaTeX written out.

    Several lines need no environment of their own, and `split` stands for `aligned`.
    """
    latex = latex.strip().replace("{split}", "{aligned}")
    if r"\\" in latex and not ENVIRONMENT.search(latex):
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    return latex


def visit_inline(self, node):
    self.body.append(mathml(node.astext(), node, display=False))
    raise nodes.SkipNode


def visit_block(self, node):
    # Focusable, so that a keyboard can scroll an equation wider than the screen.
    self.body.append(self.starttag(node, "div", CLASS="math notranslate", tabindex="0"))
    self.body.append(f"<div>{mathml(block(node.astext()), node, display=True)}</div>")
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def keep_together(app, doctree, docname):
    """A bracket before inline mathematics, and a bracket or comma after it, stay on its line.

    Browsers would break there.
    """
    for node in list(doctree.findall(nodes.math)):
        parent, at = node.parent, node.parent.index(node)
        before, after = (
            parent[i] if 0 <= i < len(parent) and isinstance(parent[i], nodes.Text) else ""
            for i in (at - 1, at + 1)
        )
        opening, closing = re.search(r"[(\[]*$", before)[0], re.match(r"[)\].,;:?!’”]*", after)[0]
        if not opening + closing:
            continue
        together = nodes.inline(
            "",
            "",
            nodes.Text(opening),
            node.deepcopy(),
            nodes.Text(closing),
            classes=["ldn-together"],
        )
        parent[at] = together
        if closing:
            parent[at + 1] = nodes.Text(after[len(closing) :])
        if opening:
            parent[at - 1] = nodes.Text(before[: -len(opening)])


def setup(app):
    app.connect("doctree-resolved", keep_together)
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
