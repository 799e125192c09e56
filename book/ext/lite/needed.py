"""Which statements of a notebook must run before one of its cells can: see edit.py.

A chapter as a whole takes a minute or more in a browser, what one cell rests on a second or two.
"""

import ast
import builtins
from contextlib import suppress

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
        if cell.get("changed"):
            found.append(cell["text"])
            with suppress(SyntaxError):  # told when the cell is run
                needed |= needs(ast.parse(cell["text"]).body)
            continue
        statements = ast.parse(cell["text"]).body
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
