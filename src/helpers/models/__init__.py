"""The models of the book, one file each: open a file to read or change the
science.

A model file defines

- ``TITLE``, ``TIME`` (its unit of time, "h" if left out) and ``STATES``,
  ``PARAMETERS``, ``OUTPUTS`` (name → `Quantity` or `Parameter`);
- ``initial(p)``: the state before any dose;
- ``dose(amount, state, p)``: the state just after `amount` mg is taken;
- ``rhs(t, state, p)``: the time derivative of the state, per unit of time;
- ``outputs(t, state, p)``: derived quantities, in the order of ``OUTPUTS``.

These functions use only ``+ - * / **``, names and each other, so that one
text serves floats, numpy arrays, SymPy symbols and pint quantities:
simulation, equations, SBML and JavaScript all come from it. Doses are in mg
of naltrexone hydrochloride; a model without a drug returns the state
unchanged from ``dose``. Lines have at most 76 characters, a row of a table
between ``# fmt: off`` and ``# fmt: on`` may be longer.
"""

import importlib
import math
import pkgutil
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

from helpers import checks

STATUSES = ("measured", "fitted", "assumed")


@dataclass(frozen=True)
class Quantity:
    """A state or output.

    unit: in pint notation, "1" if none. label: plain words.
    low, high: the range that physics allows it.
    """

    unit: str
    label: str
    low: float = 0.0
    high: float = math.inf


@dataclass(frozen=True)
class Parameter:
    """One number of a model.

    value, low, high: default and the range in which the model is meant to
    be used, in `unit`.
    status: measured, fitted (to measurements, in this book) or assumed.
    source: BibTeX keys separated by spaces, empty if assumed.
    symbol: LaTeX.
    """

    value: float
    unit: str
    low: float
    high: float
    status: str
    source: str
    note: str
    symbol: str


@dataclass(frozen=True)
class Model:
    """A model file, loaded: see the module's docstring for its parts."""

    name: str
    module: ModuleType

    @property
    def title(self):
        return self.module.TITLE

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
    """The `Model` of that name. Raises UnknownName if there is none."""
    checks.known("model", name, names())
    return Model(name, importlib.import_module(f"{__name__}.{name}"))
