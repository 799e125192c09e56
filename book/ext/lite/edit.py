"""Runs the cells of a chapter for edit-worker.js, which gives and takes JSON.

A cell always meets what the cells before it leave, as if the notebook had been run down to it: what
a later cell defined, or an earlier try, is gone. Of the cells before, only the statements run on
which it rests; chapter 3 takes a minute or more as a whole.
"""

import ast
import base64
import builtins
import io
import json
import os
import sys

os.environ |= {"MPLBACKEND": "agg", "TQDM_DISABLE": "1"}

from IPython.core.displayhook import DisplayHook  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from IPython.utils.capture import capture_output  # noqa: E402



class Hook(DisplayHook):
    """What the last line of a cell gives is shown like all else."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.display_pub.publish(format_dict, md_dict)


class Shell(InteractiveShell):
    """Leaves errors to `said`."""

    displayhook_class = Hook

    def showtraceback(self, *given, **named):
        pass

    showsyntaxerror = showtraceback


shell = Shell.instance()
done = []  # texts that have run, and left the names that are there
kept = {(): dict(shell.user_ns)}  # the names after such texts


def restore(texts):
    done[:] = texts
    shell.user_ns.clear()
    shell.user_ns.update(kept[tuple(texts)])


BUILT_IN = set(dir(builtins))
FUNCTIONS = ast.Lambda | ast.FunctionDef
LOOPS = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp


def root(part):
    """The name with which an expression such as `a.b[c].d()` begins; None if it has none."""
    while isinstance(part, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        part = part.func if isinstance(part, ast.Call) else part.value
    return part.id if isinstance(part, ast.Name) else None


def bound(*targets):
    """All names within targets of an assignment or a loop."""
    parts = (part for target in targets for part in ast.walk(target))
    return {part.id for part in parts if isinstance(part, ast.Name)}


def imported(name):
    return (name.asname or name.name).split(".")[0]


def gives(statement):
    """Names that are new after the statement, whatever they were before."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {imported(name) for name in statement.names}
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    whole = ast.Name | ast.Tuple
    if isinstance(statement, ast.Assign) and all(isinstance(t, whole) for t in statement.targets):
        return bound(*statement.targets)
    return set()


def needs(part):
    """Names that a part of code, or a list of statements, takes from before it."""
    found = set()
    if isinstance(part, list):
        for statement in reversed(part):
            found -= gives(statement)
            found |= needs(statement)
        return found
    if isinstance(part, ast.Name):
        return {part.id} if isinstance(part.ctx, ast.Load) else set()
    if isinstance(part, ast.For):
        return needs(part.iter) | (needs(part.body + part.orelse) - bound(part.target))
    for child in ast.iter_child_nodes(part):
        found |= needs(child)
    if isinstance(part, ast.AugAssign):
        found.add(root(part.target))
    elif isinstance(part, LOOPS):
        first = needs(part.generators[0].iter)
        found = (found - bound(*(loop.target for loop in part.generators))) | first
    elif isinstance(part, FUNCTIONS):
        given = {a.arg for a in ast.walk(part.args) if isinstance(a, ast.arg)}
        inside = needs(part.body) - given
        found = inside | needs(part.args)
    return found


def changes(statement):
    """Names that a statement binds, and those whose value it may change in place."""
    found = gives(statement)
    for part in ast.walk(statement):
        if isinstance(part, ast.Expr) and root(part.value) not in BUILT_IN:
            found.add(root(part.value))
        elif isinstance(getattr(part, "ctx", None), ast.Store | ast.Del):
            found.add(root(part))
    return found


def slice_of(cells, code):
    """What must run before `code`: of each cell, the first one first, the text of those statements
    on which it rests. A cell that the reader changed runs whole; the last line of another one only
    shows what stands in the page already.

    cells: [{"text": …, "changed": …}, …]
    """
    needed, found = needs(ast.parse(code).body), []
    for cell in reversed(cells):
        statements = ast.parse(cell["text"]).body
        if cell.get("changed"):
            needed |= needs(statements)
            found.append(cell["text"])
            continue
        if statements and isinstance(statements[-1], ast.Expr):
            statements = statements[:-1]
        kept = []
        for statement in reversed(statements):
            if not changes(statement) & needed:
                continue
            if isinstance(statement, ast.Import | ast.ImportFrom):
                statement.names = [n for n in statement.names if imported(n) in needed]
            needed -= gives(statement)
            needed |= needs(statement)
            kept.append(ast.unparse(statement))
        if kept:
            found.append("\n".join(reversed(kept)))
    return found[::-1]


def still_to_run(given):
    """The texts that must still be run before the reader's `code`, as JSON."""
    cells, code = json.loads(given)
    try:
        texts = slice_of(cells, code)
    except SyntaxError:  # told when it is run
        texts = []
    known = max(n for n in range(len(texts) + 1) if tuple(texts[:n]) in kept)
    restore(texts[:known])
    return json.dumps(texts[known:])


def said(error, text):
    """An error in words: the line of the cell, then what went wrong."""
    if isinstance(error, SyntaxError):
        number = error.lineno
    else:
        lines, trace = [], error.__traceback__
        while trace:
            if trace.tb_frame.f_globals is shell.user_ns:
                lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        own = lines[0][0] if lines else None
        number = next((line for file, line in reversed(lines) if file == own), None)
    listed = text.split("\n")
    where = f"Line {number}: {listed[number - 1].strip()}\n" if number else ""
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{where}{type(error).__name__}: {words}"


def drawn():
    """The pictures that pyplot holds, as in a notebook; it forgets them."""
    if not (pyplot := sys.modules.get("matplotlib.pyplot")):
        return []
    found = []
    for number in pyplot.get_fignums():
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png", bbox_inches="tight")
        found.append({"image/png": base64.b64encode(file.getvalue()).decode()})
    pyplot.close("all")
    return found


def result(text):
    with capture_output() as seen:
        ran = shell.run_cell(text)
    error = ran.error_before_exec or ran.error_in_exec
    printed = [{"text/plain": words} for words in (seen.stdout, seen.stderr) if words]
    shown = [output.data for output in seen.outputs]
    return {"outputs": printed + shown + drawn(), "error": said(error, text) if error else None}


def run_before(given):
    [text] = json.loads(given)
    found = result(text)
    if not found["error"]:
        done.append(text)
        kept[tuple(done)] = dict(shell.user_ns)
    return json.dumps({"error": found["error"]})


def run(given):
    [text] = json.loads(given)
    found = result(text)
    restore(list(done))
    return json.dumps(found)
