"""One `rhs`, every form a reader may want: equations, Antimony, SBML and JavaScript.

SymPy symbols run through the model's own functions, so nothing here names a particular model.
"""

import functools
import math
import re
from fractions import Fraction
from types import SimpleNamespace

import sympy

from helpers import checks

TIME = sympy.Symbol("t")
AMOUNT = sympy.Symbol("amount")
# Names that would clash with the arguments of the generated JavaScript or with words of Antimony.
RESERVED = {
    "t",
    "y",
    "p",
    "d",
    "o",
    "amount",
    "time",
    "gamma",
    "pi",
    "e",
    "at",
    "var",
    "unit",
    "model",
    "end",
    "in",
    "is",
    "has",
}


def symbols(model):
    """The model's functions on SymPy symbols: a namespace with state, p, initial, dose,
    rhs and outputs.

    Raises ValueError if a name of the model is reserved or used twice.
    """
    names = [*model.states, *model.parameters, *model.outputs]
    for i, name in enumerate(names):
        if name in RESERVED or name in names[:i]:
            raise ValueError(
                f"model {model.name!r}: the name {name!r} is "
                f"{'reserved' if name in RESERVED else 'used twice'}, choose another"
            )
    state = tuple(sympy.Symbol(name) for name in model.states)
    p = SimpleNamespace(**{name: sympy.Symbol(name) for name in model.parameters})
    sympified = lambda values: tuple(map(sympy.sympify, values))
    return SimpleNamespace(
        state=state,
        p=p,
        initial=sympified(model.module.initial(p)),
        dose=sympified(model.module.dose(AMOUNT, state, p)),
        rhs=sympified(model.module.rhs(TIME, state, p)),
        outputs=sympified(model.module.outputs(TIME, state, p)),
    )


def dosed(model):
    """Whether a dose changes the model's state."""
    s = symbols(model)
    return s.dose != s.state


def latex(model):
    """The model's equations as one LaTeX `aligned` block: the states' derivatives,
    what a dose D does (←), the outputs.
    """
    s = symbols(model)
    written = {
        sympy.Symbol(name): r"\mathrm{" + name.replace("_", r"\,") + "}"
        for name in [*model.states, *model.outputs]
    }
    written |= {
        sympy.Symbol(name): parameter.symbol for name, parameter in model.parameters.items()
    } | {AMOUNT: "D"}
    show = lambda expression: sympy.latex(
        _readable(expression), symbol_names=written, mul_symbol=r"\,", ln_notation=True
    )
    lines = [
        rf"\frac{{d\,{written[x]}}}{{dt}} &= {_broken(show(dx))}" for x, dx in zip(s.state, s.rhs)
    ]
    lines += [
        rf"{written[x]} &\leftarrow {_broken(show(after))}"
        for x, after in zip(s.state, s.dose)
        if after != x
    ]
    named = {}
    for name, value in zip(map(sympy.Symbol, model.outputs), s.outputs):
        lines.append(rf"{written[name]} &= {_broken(show(value.subs(named)))}")
        if value.args:
            named[value] = name  # an output that has its line is named in those below
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _broken(latex, width=150):
    """A long sum on two or more lines, broken before a top-level + or -.

    Lengths are in characters of LaTeX.
    """
    lines, line, depth = [], "", 0
    for part in re.split(r"( [+-] |\{|\})", latex):
        depth += (part == "{") - (part == "}")
        # A bracket opened with \left must close on the line it was opened on.
        whole = line.count(r"\left") == line.count(r"\right")
        if (
            part in (" + ", " - ")
            and depth == 0
            and whole
            and len(line) > width / 2
            and len(latex) > width
        ):
            lines.append(line)
            line = ""
        line += part
    return r" \\ &\quad ".join([*lines, line])


def _readable(expression):
    """The expression for reading: with e, ln 2 and simple fractions written as such,
    and other numbers to four digits.
    """
    return expression.xreplace(
        {number: _number(number) for number in expression.atoms(sympy.Float)}
    )


def _number(number):
    if math.isclose(number, math.e):
        return sympy.E
    for factor in (sympy.Integer(1), sympy.log(2), 1 / sympy.log(2)):
        value = float(number / factor)
        simple = Fraction(value).limit_denominator(100)
        if math.isclose(simple, value, rel_tol=1e-12):
            return sympy.Rational(simple) * factor
    return sympy.Float(number, 4)


def antimony(model, amount=4.5, every=24.0, count=1, **parameters):
    """The model in Antimony (readable SBML), with `count` doses of `amount` mg,
    `every` hours from time 0.

    Change `dose_amount`, `dose_every` and `dose_count` in the file for another schedule.
    Raises as `helpers.models.Model.values` does, and ValueError for a bad dose, interval or count.
    """
    amount = checks.number("amount", amount, 0, unit="mg")
    every = checks.number("every", every, 1e-6, unit="h")
    count = checks.whole("count", count, 1, 1_000_000_000)
    values = vars(model.values(**parameters))
    s = symbols(model)
    given = sympy.Symbol("dose_amount")
    show = lambda expression: sympy.sstr(expression, full_prec=True).replace("**", "^")
    first = dict(zip(s.state, s.initial))
    after_first = [
        expression.subs(AMOUNT, given).subs(first, simultaneous=True) for expression in s.dose
    ]
    unit_of = {
        name: q.unit for name, q in (model.parameters | model.states | model.outputs).items()
    }
    every_dose = [(x, e.subs(AMOUNT, given)) for x, e in zip(s.state, s.dose) if e != x]
    if every_dose:
        unit_of |= {
            "dose_amount": "mg",
            "dose_every": model.time,
            "dose_next": model.time,
            "dose_count": "1",
            "dose_given": "1",
        }
    unit_ids = {
        unit: "unit_" + unit.replace("µ", "u").replace("/", "_per_")
        for unit in sorted(set(unit_of.values()) - {"1"})
    }
    doses = [
        "",
        "  // Doses in mg of naltrexone hydrochloride: "
        "the first is in the initial values, the event gives the rest",
        f"  dose_amount = {amount!r}; dose_every = {every!r}; dose_count = {count!r};",
        "  dose_next = dose_every; dose_given = 1;",
        "  at (time >= dose_next && dose_given < dose_count), t0=false, persistent=true: "
        + "".join(f"{x} = {show(e)}, " for x, e in every_dose)
        + "dose_next = dose_next + dose_every, dose_given = dose_given + 1;",
    ]
    lines = [
        f"// {model.title}. Time in {'no unit' if model.time == '1' else model.time}.",
        f"model {model.name}_model()",  # an output may have the model's own name
        f"  unit time_unit = {_antimony_unit(model.time)};",
        *(f"  unit {unit_ids[unit]} = {_antimony_unit(unit)};" for unit in unit_ids),
        "",
        "  // Parameters",
        *(
            f"  {name} = {values[name]!r};"
            f"  // {parameter.unit}, {parameter.status}: {parameter.note}"
            for name, parameter in model.parameters.items()
        ),
        *(doses if every_dose else []),
        "",
        "  // States",
        *(f"  {x} = {show(value)};" for x, value in zip(s.state, after_first)),
        *(f"  {x}' = {show(dx)};" for x, dx in zip(s.state, s.rhs)),
        "",
        "  // Outputs",
        *(f"  {name} := {show(value)};" for name, value in zip(model.outputs, s.outputs)),
        "",
        *(f"  {name} has {unit_ids.get(unit, 'dimensionless')};" for name, unit in unit_of.items()),
        *(f'  {name} is "{q.label}";' for name, q in (model.states | model.outputs).items()),
        "end",
    ]
    return "\n".join(lines) + "\n"


@functools.cache
def units():
    """Pint's register of units: the models give theirs in its notation. Needs the extra "sbml"."""
    import pint  # slow to load, and not in the core

    return pint.UnitRegistry()


def _antimony_unit(unit):
    """A pint unit in Antimony's notation, in SBML's base kinds."""
    quantity = units().Quantity(1, unit).to_root_units()
    factor, parts = quantity.magnitude, dict(quantity.unit_items())
    if "meter" in parts:  # pint keeps litres as cubic metres
        litres = parts.pop("meter") / 3
        factor *= 1000**litres
        parts["litre"] = litres
    terms = [f"{factor:.12g} dimensionless"] + [
        f"{name}^{power:g}" for name, power in parts.items()
    ]
    return " * ".join(terms)


def sbml(model, amount=4.5, every=24.0, count=1, **parameters):
    """The model as SBML level 3, made from `antimony` with the same arguments."""
    import antimony as antimony_library  # a compiled library, not in the core

    text = antimony(model, amount, every, count, **parameters)
    antimony_library.clearPreviousLoads()
    if antimony_library.loadAntimonyString(text) < 0:
        raise ValueError(
            f"model {model.name!r} does not convert to SBML: {antimony_library.getLastError()}"
        )
    return antimony_library.getSBMLString(f"{model.name}_model")


def javascript(model):
    """The model as a JavaScript statement that makes it known to the controls of a page.

    LDN.models.<name> becomes an object with states, parameters, outputs (names in order), defaults
    (parameter values), and the functions initial(p, y), dose(amount, p, y), rhs(t, y, p, d) and
    read(t, y, p, o), which fill their last argument.
    """
    s = symbols(model)
    parameters = tuple(vars(s.p).values())

    def function(arguments, expressions, target):
        used = set().union(*(e.free_symbols for e in expressions))
        reads = [f"{x}=y[{i}]" for i, x in enumerate(s.state) if x in used]
        reads += [f"{x}=p[{i}]" for i, x in enumerate(parameters) if x in used]
        shared, reduced = sympy.cse(expressions, symbols=sympy.numbered_symbols("_"))
        reads += [f"{name}={sympy.jscode(e)}" for name, e in shared]
        declare = f"const {','.join(reads)};" if reads else ""
        fill = "".join(f"{target}[{i}]={sympy.jscode(e)};" for i, e in enumerate(reduced))
        return f"function({arguments}){{{declare}{fill}}}"

    names = lambda items: "[" + ",".join(f'"{item}"' for item in items) + "]"
    defaults = ",".join(repr(parameter.value) for parameter in model.parameters.values())
    return (
        f"LDN.models.{model.name}={{\n"
        f"states:{names(model.states)},parameters:{names(model.parameters)},"
        f"outputs:{names(model.outputs)},defaults:[{defaults}],\n"
        f"initial:{function('p,y', s.initial, 'y')},\n"
        f"dose:{function('amount,p,y', s.dose, 'y')},\n"
        f"rhs:{function('t,y,p,d', s.rhs, 'd')},\n"
        f"read:{function('t,y,p,o', s.outputs, 'o')}\n}};\n"
    )
