"""Each model's file: arithmetic only, units that fit, parameters in range, published values."""

import ast
import inspect
import re
import textwrap
import types
from pathlib import Path

import book_models
import numpy as np
import pint
import pytest
from conftest import ROOT  # it also makes the book's own extensions importable
from scipy.integrate import solve_ivp

from helpers import evidence, export, models, population
from helpers.simulate import daily, simulate, single

FUNCTIONS = ("initial", "dose", "rhs", "outputs")
ALLOWED = (
    ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Tuple, ast.Name,
    ast.Load, ast.Store, ast.Attribute, ast.Constant, ast.BinOp, ast.UnaryOp, ast.USub, ast.Add,
    ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Starred, ast.Call,
)  # fmt: skip


def refused(function):
    """What in a model function is not arithmetic: a list of words, empty if all is well."""
    found = []
    arguments = set(inspect.signature(function).parameters)
    for node in ast.walk(ast.parse(inspect.getsource(function)).body[0]):
        if not isinstance(node, ALLOWED):
            found.append(type(node).__name__)
        if isinstance(node, ast.Constant) and not isinstance(node.value, (int, float)):
            found.append(repr(node.value))
        if isinstance(node, ast.Attribute):
            # Only p.name, and the functions of another model's file.
            owner = node.value.id if isinstance(node.value, ast.Name) else "?"
            if not (
                owner == "p"
                and owner in arguments
                or owner in models.names()
                and node.attr in FUNCTIONS
            ):
                found.append(f"{owner}.{node.attr}")
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute):
            # The file's own functions, which are checked as well.
            if not (isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", models.names())
def test_only_arithmetic(name, function):
    module = models.load(name).module
    assert refused(getattr(module, function)) == []


def too_long(text):
    """Lines of a model's file too long for a page, as (number, length); rows of tables and
    sentences of the credibility apart.
    """
    tables = {"STATES", "PARAMETERS", "OUTPUTS", "CREDIBILITY"}
    rows = {
        line
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and node.targets[0].id in tables
        for line in range(node.lineno, node.end_lineno + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return [(i, len(line)) for i, line in lines if len(line) > 76 and i not in rows]


def test_lines_fit_a_page():
    """ruff leaves the length of lines in the folder of the models to this test."""
    files = sorted(Path(models.__file__).parent.glob("*.py"))
    assert len(files) == len(models.names()) + 1
    found = {file.name: too_long(file.read_text(encoding="utf-8")) for file in files}
    assert not {name: lines for name, lines in found.items() if lines}
    long = "x" * 77
    assert too_long(f'STATES = {{\n    "{long}": 1,\n}}\n') == []
    assert too_long(f'def rhs():\n    """{long}"""\n') == [(2, 87)]
    assert too_long(f"# {long}\n") == [(1, 79)]


@pytest.mark.parametrize("name", models.names())
def test_each_model_says_what_it_may_be_trusted_with(name):
    model = models.load(name)
    text = book_models.page(model)
    section = text.partition("## What it may be trusted with")[2].partition("\n## ")[0]
    terms = re.findall(r"^(.+)\n: ", section, re.M)
    sources = model.credibility.source.split()
    assert terms == [*book_models.PARTS.values(), *(["Sources"] if sources else [])]
    # Chapters that use it are links; all of them lead to a notebook.
    link = re.compile(r"\[((?:Chapter )?\d)\]\(\.\./\.\./(notebooks/0\d_\w+\.ipynb)\)")
    used = " ".join(model.credibility.use)
    assert [n[-1] for n, _ in link.findall(section)] == re.findall(
        r"(?<=Chapter )\d|(?<=Chapters )\d|(?<=and )\d", used
    )
    assert all((ROOT / notebook).is_file() for _, notebook in link.findall(section))
    section = link.sub(r"\1", section)
    for part in book_models.PARTS:
        for sentence in getattr(model.credibility, part):
            assert sentence in section and len(sentence) <= 200
    for key in sources:
        assert evidence.markdown(key) in section
    # What is nobody's measurement is counted there.
    assumed = sum(p.status == "assumed" for p in model.parameters.values())
    assert not assumed or f"{assumed} assumed" in section


GOOD = {part: ("One.",) for part in book_models.PARTS}


@pytest.mark.parametrize("part", GOOD)
@pytest.mark.parametrize("bad", [(), None, "One.", ["One."], ("",), ("no end",), (1,)])
def test_half_a_statement_is_refused(part, bad):
    models.Credibility(**GOOD)
    with pytest.raises(ValueError, match=f"^{part} |of {part} "):
        models.Credibility(**GOOD | {part: bad})


def test_a_model_without_a_statement_is_refused():
    silent = types.SimpleNamespace(TITLE="Silent", CREDIBILITY="trust it")
    with pytest.raises(ValueError, match="model 'silent' must say what it may be trusted with"):
        models.Model("silent", silent)


def test_the_recipe_for_a_model_makes_one():
    recipe = (
        (ROOT / "book/contribute.md").read_text(encoding="utf-8").partition("## Add a model")[2]
    )
    code = textwrap.dedent(re.search(r"( +)```python\n(.*?)\1```", recipe, re.S)[2])
    module = types.ModuleType("one_compartment")
    exec(code, vars(module))
    module.__doc__ = ast.get_docstring(ast.parse(code))
    model = models.Model("one_compartment", module)
    assert "half_life" in book_models.page(model)
    left = simulate(model, single(8.0), [4.0])["left"].iloc[0]
    assert left == pytest.approx(4.0)


def _branching(t, state, p):
    return state if t > 0 else p.ka


def _calling(t, state, p):
    return abs(state), np.exp(p.ka)


@pytest.mark.parametrize("function", [_branching, _calling])
def test_the_arithmetic_rule_refuses(function):
    assert refused(function)


@pytest.mark.parametrize("name", models.names())
def test_units(name):
    model = models.load(name)
    quantity = lambda value, unit: export.units().Quantity(value, unit)
    p = model.values()
    p.__dict__.update({n: quantity(q.value, q.unit) for n, q in model.parameters.items()})
    state = tuple(quantity(0.7, q.unit) for q in model.states.values())

    def fits_unit(value, unit):
        value = value if isinstance(value, pint.Quantity) else quantity(value, "1")
        assert value.check(export.units().Unit(unit)), f"{value} is not in {unit}"
        # No hidden factor of a thousand: the unit itself must be the declared one.
        assert quantity(1, value.units).to(unit).magnitude == pytest.approx(1, rel=1e-9)

    for value, q in zip(
        model.module.rhs(quantity(0, model.time), state, p), model.states.values(), strict=True
    ):
        fits_unit(value, f"{q.unit}/({model.time})")
    for value, q in zip(
        model.module.dose(quantity(4.5, "mg"), state, p), model.states.values(), strict=True
    ):
        fits_unit(value, q.unit)
    for value, q in zip(
        model.module.outputs(quantity(0, model.time), state, p), model.outputs.values(), strict=True
    ):
        fits_unit(value, q.unit)


@pytest.mark.parametrize("name", models.names())
def test_parameters_are_sourced(name):
    for key, p in models.load(name).parameters.items():
        assert p.low <= p.value <= p.high, key
        assert p.status in models.STATUSES, key
        assert bool(p.source) == (p.status != "assumed"), (
            f"{key}: {p.status} with source {p.source!r}"
        )
        assert p.note and p.symbol, key
        for source in p.source.split():
            evidence.reference(source)


@pytest.mark.parametrize("name", models.names())
def test_the_same_model_on_arrays(name):
    """A population at once gives each member what it would give alone."""
    model = models.load(name)
    together = population.means(name, np.array([1.5, 4.5, 50.0]), days=3, over=1, steps=96)
    for i, mg in enumerate((1.5, 4.5, 50.0)):
        # A dose at 48 h belongs to the last day; at its end the next dose has not been taken.
        t = np.linspace(48, 72, 2881)
        alone = simulate(name, daily(mg, 3), t)
        for output in model.outputs:
            mean = np.trapezoid(alone[output], t) / 24
            np.testing.assert_allclose(together[output][i], mean, rtol=2e-4, atol=1e-8)


def exact_germ(p, times):
    """Germs by their logarithm, which no solver can lose; a second way to the same equations."""
    module = models.load("inflammation_defence").module

    def rhs(t, y):
        inflaming, calming, germ = module.rhs(t, (y[0], y[1], np.exp(y[2])), p)
        signal = (1 - p.damping) * y[0]
        killed = p.killing * signal / (p.signal_half + signal) + p.other_killing
        return inflaming, calming, p.growth * (1 - np.exp(y[2])) - killed

    start = [p.start_inflaming, p.start_calming, np.log(p.start_germ)]
    span = (0, times[-1])
    found = solve_ivp(rhs, span, start, "DOP853", t_eval=times, rtol=1e-11, atol=1e-12)
    return np.exp(found.y[2])


def test_germs_grow_again_from_however_few():
    """They fall to 1e-70, far below any error of the solver, and come back when the joint heals."""
    given = {
        "damping": 0.2942, "killing": 4.3827, "growth": 1.9534, "other_killing": 0.0,
        "feedback": 11.0621, "start_germ": 0.0872,
    }  # fmt: skip
    times = np.linspace(0, 1000, 101)
    found = simulate("inflammation_defence", single(0), times, **given)["germ"].to_numpy()
    expected = exact_germ(models.load("inflammation_defence").values(**given), times)
    assert 0 < expected.min() < 1e-50 and expected[-1] > 1e-5
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_what_is_left_of_cells_decides_when_they_come_back():
    given = {"uptake": 5.1e-4, "maturing": 9.6e-5, "release": 14620.0, "recruiting": 0.275,
             "suppression_other": 3.76, "loss_effector": 1.39, "presenting_start": 8490.0,
             "antigen_start": 2.4e9, "loss_presenting": 0.51, "loss_regulatory": 0.46}  # fmt: skip
    times = np.linspace(0, 470, 48)
    coarse, fine = (
        simulate("regulatory_t_cells", single(0), times, rtol=rtol, **given)["effectors"]
        for rtol in (1e-7, 1e-11)
    )
    assert fine.min() >= 0
    np.testing.assert_allclose(coarse, fine, rtol=1e-3)


def test_noise_is_no_cell_and_no_tail():
    """What the solver's error alone leaves is nothing; all that is shown is right to a per cent."""
    times = np.linspace(0, 400, 81)
    found = simulate("naltrexone", single(4.5), times)
    exact = simulate("naltrexone", single(4.5), times, rtol=1e-12)
    for column in found:
        shown = found[column] != 0
        assert (found[column] >= 0).all()
        np.testing.assert_allclose(found[column][shown], exact[column][shown], rtol=0.01)
    assert found["gut"].iloc[-1] == 0
