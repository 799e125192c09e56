"""Which figures rest on which models: those whose code names a model, or calls code that does.

Followed are the cell of the chapter that draws a figure, the figure's function, and every function
and constant of the book's package that these reach.
"""

import ast
import contextlib
import dis
import functools
import importlib
import json
import re
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from helpers import models

PACKAGE = "helpers"
MODELS = set(models.names())
NUMBER = re.compile(r"\d\.\d+")


def unwrapped(thing):
    """The function under decorators such as `functools.cache`."""
    return getattr(thing, "__wrapped__", thing)


def codes(code):
    """A code object and those inside it: of inner functions and comprehensions."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def strings(value):
    """The strings in a value, also in tuples, lists and dictionaries in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from strings(part)


def used(code, names):
    """The things that a code object names: of `names`, or of a module of the package in it."""
    thing = None
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            thing = names.get(step.argval)
            yield thing
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(thing, ModuleType):
            inside = thing.__name__.startswith(PACKAGE)
            thing = vars(thing).get(step.argval) if inside else None
            yield thing
        elif step.opname not in ("CACHE", "PUSH_NULL"):
            thing = None


def step(code, names):
    """The models that a code object names itself or in a constant, and the functions it calls."""
    found, called = set(), []
    for part in codes(code):
        found |= set(strings(part.co_consts)) & MODELS
        for thing in map(unwrapped, used(part, names)):
            if not isinstance(thing, FunctionType):
                found |= set(strings(thing)) & MODELS
            elif thing.__module__.startswith(PACKAGE):
                called.append(thing)
    return found, called


@functools.cache
def step_of(function):
    return step(function.__code__, function.__globals__)


def reached(code, names):
    """The models that a code object or what it calls names; names: its globals."""
    (found, todo), seen = step(code, names), set()
    while todo:
        function = todo.pop()
        if function not in seen:
            seen.add(function)
            more, called = step_of(function)
            found, todo = found | more, todo + called
    return found


def drawers(module):
    """The functions of a chapter's module that draw its figures: name -> number."""
    functions = {
        name: function
        for name, function in vars(module).items()
        if isinstance(unwrapped(function), FunctionType)
    }
    makes = lambda code: "Figure" in code.co_names
    found = {}
    for name, function in functions.items():
        code = unwrapped(function).__code__
        helpers_of = [functions[name] for name in code.co_names if name in functions]
        if makes(code) or any(makes(unwrapped(helper).__code__) for helper in helpers_of):
            for number in filter(NUMBER.fullmatch, strings(code.co_consts)):
                found[name] = number
    return found


def cells(notebook):
    """The cells of a notebook that run, each as a tree of its code.

    One that is no Python is left out: running it, which comes later, stops the build by its name.
    """
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with contextlib.suppress(SyntaxError):
                yield ast.parse("".join(cell["source"]))


def source(folder):
    """All code of the chapters: what their words say changes nothing here."""
    notebooks = sorted(Path(folder).glob("*.ipynb"))
    return "\n".join(ast.unparse(tree) for notebook in notebooks for tree in cells(notebook))


def named(tree, context):
    """The names in a cell that are set (ast.Store) or read (ast.Load)."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def with_earlier(trees, i):
    """The cell of number i, after those before it that set what it needs."""
    kept, missing = [trees[i]], named(trees[i], ast.Load)
    for tree in reversed(trees[:i]):
        if missing & named(tree, ast.Store):
            kept.insert(0, tree)
            missing |= named(tree, ast.Load)
    return kept


def attributes(tree):
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def imported(trees):
    """What those cells import of the package: name -> module or function.

    What is not there is left out, as in `cells`.
    """
    found = {}
    for node in [node for tree in trees for node in ast.walk(tree)]:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            for alias in node.names:
                with contextlib.suppress(ModuleNotFoundError):
                    found[alias.asname or alias.name] = thing(node.module, alias.name)
    return found


def thing(module, name):
    """What `from module import name` gives: something of the module, or a module in it."""
    found = importlib.import_module(module)
    return vars(found)[name] if name in vars(found) else importlib.import_module(f"{module}.{name}")


@functools.cache
def figures(folder):
    """The numbers of the figures that rest on each model: {name: ["3.2", …]}, in order.

    folder: of the chapters' notebooks.
    """
    rests = {}
    for notebook in sorted(Path(folder).glob("*.ipynb")):
        module = importlib.import_module(f"helpers.figures.{notebook.stem[3:]}")
        numbers, trees = drawers(module), list(cells(notebook))
        names = imported(trees)
        for i, tree in enumerate(trees):
            for name in attributes(tree) & numbers.keys():
                code = unwrapped(vars(module)[name]).__code__
                found = rests.setdefault(numbers[name], set())
                found |= reached(code, vars(module))
                for needed in with_earlier(trees, i):
                    found |= reached(compile(needed, notebook.name, "exec"), names)
    order = sorted(rests, key=lambda number: [int(part) for part in number.split(".")])
    return {name: [number for number in order if name in rests[number]] for name in models.names()}
