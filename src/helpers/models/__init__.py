"""The models of the book, one file each: open a file to read or change the
science.

A model file defines

- ``TITLE``, ``TIME`` (its unit of time, "h" if left out) and ``STATES``,
  ``PARAMETERS``, ``OUTPUTS`` (name → `Quantity` or `Parameter`);
- ``CREDIBILITY``: what it may be trusted with, a `Credibility`;
- ``initial(p)``: the state before any dose;
- ``dose(amount, state, p)``: the state just after `amount` mg is taken;
- ``rhs(t, state, p)``: the time derivative of the state, per unit of time;
- ``outputs(t, state, p)``: derived quantities, in the order of ``OUTPUTS``.

These functions use only ``+ - * / **``, names and each other, so that one
text serves floats, numpy arrays, SymPy symbols and pint quantities:
simulation, equations, SBML and JavaScript all come from it. Doses are in mg
of naltrexone hydrochloride; a model without a drug returns the state
unchanged from ``dose``. Lines have at most 76 characters; a row of a table
and a sentence of ``CREDIBILITY`` may be longer.
"""

import importlib
import math
import pkgutil
import re
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

from helpers import checks

STATUSES = ("measured", "fitted", "assumed")
# Of the registry identifiers.org: a small molecule or a protein.
COMPACT = re.compile(
    r"CHEBI:\d+|pubchem\.compound:\d+|uniprot:[A-Z][A-Z0-9]{5,9}"
)


@dataclass(frozen=True)
class Quantity:
    """A state or output.

    unit: in pint notation, "1" if none. label: plain words.
    low, high: the range in which the equations keep it; either may be
    infinite.
    traces: whether traces of it still matter, as of germs, which grow
    again; the solver then follows it down to 1e-100 of its unit.
    sbo, about: as for a `Parameter`.
    Raises ValueError unless unit and label are words, low is below high,
    and what it is about is well formed.
    """

    unit: str
    label: str
    low: float = 0.0
    high: float = math.inf
    traces: bool = False
    sbo: int = 0
    about: str = ""

    def __post_init__(self):
        _words("a quantity", unit=self.unit, label=self.label)
        _meaning(self.label, self.sbo, self.about)
        for end in ("low", "high"):
            value = getattr(self, end)
            if not (isinstance(value, float) and math.isinf(value)):
                checks.number(f"{end} of {self.label!r}", value)
        if not self.low < self.high:
            raise ValueError(
                f"low of {self.label!r} must be below high "
                f"({self.high:g}), got {self.low:g}"
            )


@dataclass(frozen=True)
class Parameter:
    """One number of a model.

    value, low, high: default and the range in which the model is meant to
    be used, in `unit`.
    status: measured, fitted (to measurements, in this book) or assumed.
    source: BibTeX keys separated by spaces, empty if assumed.
    symbol: LaTeX.
    sbo: the number of its term in the Systems Biology Ontology, 0 to let
    the export choose one by the unit.
    about: compact identifiers of the substances and proteins it is a
    property of, separated by spaces ("CHEBI:7465").
    Raises ValueError or UnknownName for anything else.
    """

    value: float
    unit: str
    low: float
    high: float
    status: str
    source: str
    note: str
    symbol: str
    sbo: int = 0
    about: str = ""

    def __post_init__(self):
        _words(
            "a parameter",
            unit=self.unit,
            note=self.note,
            symbol=self.symbol,
        )
        _meaning(self.note, self.sbo, self.about)
        for end in ("low", "high"):
            checks.number(f"{end} of {self.note!r}", getattr(self, end))
        if not self.low < self.high:
            raise ValueError(
                f"low of {self.note!r} must be below high "
                f"({self.high:g}), got {self.low:g}"
            )
        checks.number(
            f"value of {self.note!r}", self.value, self.low, self.high
        )
        checks.known("status", self.status, STATUSES)
        if not isinstance(self.source, str) or (
            bool(self.source) == (self.status == "assumed")
        ):
            raise ValueError(
                f"source of {self.note!r} must be keys unless assumed, "
                f"got {self.source!r} for {self.status}"
            )


@dataclass(frozen=True)
class Credibility:
    """What a model may be trusted with, in the manner of ASMEvv40 and, for
    models of drugs, of Kuemmel2020consideration.

    question: what it is asked. use: where the book uses the answer.
    may, may_not: what it can decide, and what it cannot.
    support, refutation: what speaks for it; what would show it wrong.
    Each a tuple of sentences in plain words.
    source: BibTeX keys separated by spaces, of what they rest on.
    Raises ValueError for a part that is missing or is no such tuple.
    """

    question: tuple
    use: tuple
    may: tuple
    may_not: tuple
    support: tuple
    refutation: tuple
    source: str = ""

    def __post_init__(self):
        parts = vars(self).copy()
        if not isinstance(parts.pop("source"), str):
            raise ValueError(f"source must be keys, got {self.source!r}")
        for name, sentences in parts.items():
            if not isinstance(sentences, tuple) or not sentences:
                expected = "must be a tuple of sentences"
                raise ValueError(f"{name} {expected}, got {sentences!r}")
            for sentence in sentences:
                _words(name, sentence=sentence)
                if not sentence.endswith((".", "?")):
                    expected = "must be sentences that end"
                    raise ValueError(f"{name} {expected}, got {sentence!r}")


def _meaning(owner, sbo, about):
    checks.whole(f"sbo of {owner!r}", sbo, 0, 9_999_999)
    if not isinstance(about, str) or not all(
        COMPACT.fullmatch(identifier) for identifier in about.split()
    ):
        raise ValueError(
            f"about of {owner!r} must be compact identifiers such as "
            f"CHEBI:7465, separated by spaces, got {about!r}"
        )


def _words(owner, **texts):
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"{name} of {owner} must be words, got {text!r}"
            )


@dataclass(frozen=True)
class Model:
    """A model file, loaded: see the module's docstring for its parts.

    Raises ValueError for a file that does not say what it may be trusted
    with.
    """

    name: str
    module: ModuleType

    def __post_init__(self):
        if not isinstance(
            getattr(self.module, "CREDIBILITY", None), Credibility
        ):
            raise ValueError(
                f"model {self.name!r} must say what it may be trusted "
                "with: CREDIBILITY, a Credibility; got none"
            )

    @property
    def title(self):
        return self.module.TITLE

    @property
    def credibility(self):
        return self.module.CREDIBILITY

    @property
    def time(self):
        """The unit of time, "1" if it has none."""
        return getattr(self.module, "TIME", "h")

    @property
    def states(self):
        return self.module.STATES

    @property
    def parameters(self):
        return self.module.PARAMETERS

    @property
    def outputs(self):
        return self.module.OUTPUTS

    def values(self, **changes):
        """The parameters as a namespace, with `changes` applied.

        Raises UnknownName for a name that the model lacks, ValueError for a
        value outside its range.
        """
        known = self.parameters
        values = {name: p.value for name, p in known.items()}
        for name, value in changes.items():
            checks.known(f"parameter of model {self.name!r}", name, known)
            p = known[name]
            values[name] = checks.number(
                f"parameter {name!r}", value, p.low, p.high, p.unit
            )
        return SimpleNamespace(**values)


def names():
    """The names of all models, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name):
    """The `Model` of that name; a `Model` is given back as it is.

    Raises UnknownName if there is none, ValueError as `Model` does.
    """
    if isinstance(name, Model):
        return name
    checks.known("model", name, names())
    return Model(name, importlib.import_module(f"{__name__}.{name}"))
