"""One `rhs`, every form a reader may want: equations, Antimony, SBML and JavaScript.

SymPy symbols run through the model's own functions, so nothing here names a particular model.
`model` is a `helpers.models.Model` or the name of one; UnknownName is raised for another name.
"""

import functools
import importlib
import inspect
import math
import re
from fractions import Fraction
from types import SimpleNamespace
from xml.sax.saxutils import quoteattr

import sympy

from helpers import evidence, models
from helpers.simulate import Doses, single

TIME = sympy.Symbol("t")
AMOUNT = sympy.Symbol("amount")
ONE_DOSE = single(4.5)  # of the files that the model pages offer
# Names that would clash with the arguments of the generated JavaScript or with words of Antimony.
RESERVED = set("t y p d o amount time gamma pi e at var unit model end in is has".split())
MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'
SBML = 'xmlns:sbml="http://www.sbml.org/sbml/level3/version2/core"'
# Where compact identifiers lead, and terms of the Systems Biology Ontology (SBO).
REGISTRY = "https://identifiers.org/"
FRAMEWORK = 293  # non-spatial continuous framework
QUANTITY = 2  # quantitative systems description parameter
AMOUNT_OF, CONCENTRATION, VOLUME, TEMPORAL = 361, 196, 468, 346
SBO_OF_UNIT = {
    "mg": AMOUNT_OF,
    "µg": AMOUNT_OF,
    "ng/mL": CONCENTRATION,
    "L": VOLUME,
    "h": TEMPORAL,
    "week": TEMPORAL,
}


def symbols(model):
    """The model's functions on SymPy symbols: a namespace with state, p, initial, dose,
    rhs and outputs.

    Raises ValueError if a name of the model is reserved or used twice.
    """
    model = models.load(model)
    names = [*model.states, *model.parameters, *model.outputs]
    for i, name in enumerate(names):
        reserved = name in RESERVED or name.startswith("dose_")
        if reserved or name in names[:i]:
            raise ValueError(
                f"model {model.name!r}: the name {name!r} is "
                f"{'reserved' if reserved else 'used twice'}, choose another"
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
    where they start unless at 0, what a dose D does (←), the outputs.
    """
    model = models.load(model)
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
        rf"{written[x]}(0) &= {_broken(show(start))}"
        for x, start in zip(s.state, s.initial)
        if not start.is_zero
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


def _broken(latex):
    """A long sum on two or more lines, broken before a top-level + or -."""
    width = 150  # characters of LaTeX
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


def antimony(model, doses=ONE_DOSE, **parameters):
    """The model in Antimony (readable SBML) under `doses`, any that `helpers.simulate` makes.

    Equal doses at equal intervals from time 0, of which one alone is a case, come with three
    numbers that may be changed in the file: dose_amount, dose_every, dose_count.
    Any others come one by one, as dose_amount_1, dose_time_2, dose_amount_2 and so on.
    Raises as `helpers.models.Model.values` does, and ValueError for doses of another kind.
    """
    model = models.load(model)
    if not isinstance(doses, Doses):
        raise ValueError(f"doses must come from single(), daily() or schedule(), got {doses!r}")
    values = vars(model.values(**parameters))
    s = symbols(model)
    given, lines_of_doses, dose_units = _doses(model, s, doses)
    first = dict(zip(s.state, s.initial))
    start = s.initial
    if given is not None:
        start = [e.subs(AMOUNT, given).subs(first, simultaneous=True) for e in s.dose]
    unit_of = {
        name: q.unit for name, q in (model.parameters | model.states | model.outputs).items()
    } | dose_units
    unit_ids = {
        unit: "unit_" + unit.replace("µ", "u").replace("/", "_per_")
        for unit in sorted(set(unit_of.values()) - {"1"})
    }
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
        *lines_of_doses,
        "",
        "  // States",
        *(f"  {x} = {_shown(value)};" for x, value in zip(s.state, start)),
        *(f"  {x}' = {_shown(dx)};" for x, dx in zip(s.state, s.rhs)),
        "",
        "  // Outputs",
        *(f"  {name} := {_shown(value)};" for name, value in zip(model.outputs, s.outputs)),
        "",
        *(f"  {name} has {unit_ids.get(unit, 'dimensionless')};" for name, unit in unit_of.items()),
        "",
        "  // What each name stands for",
        *_model_meaning(model),
        *(line for name, p in model.parameters.items() for line in _parameter_meaning(name, p)),
        *(
            line
            for name, q in (model.states | model.outputs).items()
            for line in _meaning(name, q.label, q.sbo or SBO_OF_UNIT.get(q.unit, QUANTITY), q.about)
        ),
        *(
            line
            for name, (label, term) in _dose_meaning(dose_units).items()
            for line in _meaning(name, name, term, notes=label)
        ),
        "end",
    ]
    return "\n".join(lines) + "\n"


def _model_meaning(model):
    """Lines of Antimony: what the model is, what it may decide and may not, and its sources."""
    statement = model.credibility
    paragraphs = [
        model.title + ".",
        *inspect.getdoc(model.module).split("\n\n"),
        "It may decide: " + " ".join(statement.may),
        "It may not decide: " + " ".join(statement.may_not),
        "It explains science and is no medical advice.",
    ]
    # One line a paragraph, and one an item of a list.
    text = "\n\n".join(re.sub(r"\n(?!- ) *", " ", paragraph) for paragraph in paragraphs)
    return [
        f"  model.sboTerm = {FRAMEWORK};",
        f"  model notes ```{text}```;",
        *_listed("  model description", _identifiers(statement.source)),
    ]


def _parameter_meaning(name, p):
    unit = "" if p.unit == "1" else f" {p.unit}"
    used = f"{p.status.capitalize()}; meant to be used from {p.low:g} to {p.high:g}{unit}."
    term = p.sbo or (SBO_OF_UNIT if p.unit in ("L", "h", "week") else {}).get(p.unit, QUANTITY)
    return _meaning(name, p.note.partition(";")[0], term, p.about, f"{p.note}. {used}", p.source)


def _dose_meaning(names):
    """What the numbers of a schedule mean, and their terms of SBO: name -> (words, term)."""
    words = {
        "amount": ("naltrexone hydrochloride taken each time", QUANTITY),
        "every": ("time from one dose to the next", 476),
        "next": ("when the next dose is due; kept by the events", SBO_OF_UNIT["h"]),
        "count": ("number of doses", QUANTITY),
        "given": ("doses given so far; kept by the events", QUANTITY),
        "time": ("when this dose is taken", SBO_OF_UNIT["h"]),
    }
    return {name: words[name.split("_")[1]] for name in names}


def _meaning(name, label, term, about="", notes="", sources=""):
    """Lines of Antimony: label, term of SBO, notes, what it is a property of, its sources."""
    return [
        f"  {name} is {_quoted(label)};",
        f"  {name}.sboTerm = {term};",
        *([f"  {name} notes {_quoted(notes)};"] if notes else []),
        *_listed(f"  {name} propertyBearer", (REGISTRY + part for part in about.split())),
        *_listed(f"  {name} description", _identifiers(sources)),
    ]


def _listed(start, addresses):
    listed = ", ".join(f'"{address}"' for address in addresses)
    return [f"{start} {listed};"] if listed else []


def _quoted(text):
    return '"' + text.replace('"', '\\"') + '"'


def _identifiers(keys):
    """Where machines find the sources of those BibTeX keys: DOI and PubMed number at
    identifiers.org, else the page.
    """
    found = []
    for key in keys.split():
        fields = evidence.reference(key).fields
        known = [
            f"{REGISTRY}{registry}:{fields[field]}"
            for field, registry in (("doi", "doi"), ("pmid", "pubmed"))
            if field in fields
        ]
        found += known or [evidence.address(key)]
    return found


def _shown(expression):
    return sympy.sstr(expression, full_prec=True).replace("**", "^")


def _doses(model, s, doses):
    """What a file says of its doses: the symbol of the amount taken at time 0 (None if there is no
    such dose), the lines, and the units of the names in them.
    """
    changed = [(x, e) for x, e in zip(s.state, s.dose) if e != x]
    if not changed or not doses.times:
        return None, [], {}
    lines = [
        "",
        "  // Doses in mg of naltrexone hydrochloride; one at time 0 is in the initial values",
    ]
    event = lambda when, assigned: f"  at ({when}), t0=false, persistent=true: {assigned};"
    taken = lambda name: ", ".join(
        f"{x} = {_shown(e.subs(AMOUNT, sympy.Symbol(name)))}" for x, e in changed
    )
    count = len(doses.times)
    every = doses.times[1] if count > 1 else 24.0
    evenly = doses.times == tuple(i * every for i in range(count))
    if evenly and len(set(doses.amounts)) == 1:
        lines += [
            f"  dose_amount = {doses.amounts[0]!r};",
            f"  dose_every = {every!r}; dose_count = {count!r};",
            "  dose_next = dose_every;",
            "  dose_next' = 0;  // a variable, so that a reset forgets the doses taken",
            event(
                "time >= dose_next && dose_next < (dose_count - 0.5) * dose_every",
                taken("dose_amount") + ", dose_next = dose_next + dose_every",
            ),
        ]
        units = dict.fromkeys(("dose_every", "dose_next"), model.time)
        units |= {"dose_amount": "mg", "dose_count": "1"}
        return sympy.Symbol("dose_amount"), lines, units
    units = {}
    for i, (time, amount) in enumerate(zip(doses.times, doses.amounts), start=1):
        lines.append(f"  dose_amount_{i} = {amount!r};")
        units[f"dose_amount_{i}"] = "mg"
        if time:
            lines[-1] += f" dose_time_{i} = {time!r};"
            lines.append(event(f"time >= dose_time_{i}", taken(f"dose_amount_{i}")))
            units[f"dose_time_{i}"] = model.time
    return sympy.Symbol("dose_amount_1") if doses.times[0] == 0 else None, lines, units


@functools.cache
def units():
    """Pint's register of units, in whose notation the models give theirs.

    Raises ImportError as `sbml` does.
    """
    return _of_extra("pint").UnitRegistry()


def _of_extra(library):
    """A library that only the extra "sbml" of this package installs; both are slow to load."""
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise ImportError(
            f'{library} is not there; install it by: pip install "ldn-book-helpers[sbml]"'
        ) from error


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


def sbml(model, doses=ONE_DOSE, **parameters):
    """The model as SBML level 3, made from `antimony` with the same arguments.

    Raises ImportError, as `antimony` does, where the extra "sbml" is not installed.
    """
    model = models.load(model)
    text = antimony(model, doses, **parameters)
    library = _of_extra("antimony")
    library.clearPreviousLoads()
    if library.loadAntimonyString(text) < 0:
        raise ValueError(f"model {model.name!r} does not convert to SBML: {library.getLastError()}")
    text = library.getSBMLString(f"{model.name}_model")
    # What Antimony does not say: the name of the model itself, and that bare numbers have no unit.
    id = f'id="{model.name}_model"'
    text = text.replace(id, f"{id} name={quoteattr(model.title)}", 1)
    text = text.replace(f"<math {MATHML}>", f"<math {MATHML} {SBML}>")
    return re.sub(r"<cn(?=[ >])", '<cn sbml:units="dimensionless"', text)


def javascript(model):
    """The model as a JavaScript statement that makes it known to the controls of a page.

    LDN.models.<name> becomes an object with states, parameters, outputs (names in order), defaults
    (parameter values), and the functions initial(p, y), dose(amount, p, y), rhs(t, y, p, d) and
    read(t, y, p, o), which fill their last argument.
    """
    return _javascript(models.load(model))


@functools.cache  # every control of a chapter asks for its model's
def _javascript(model):
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
