"""Clear errors for bad input: each names the argument, the value and what was expected."""

import difflib
import math
import numbers


class UnknownName(KeyError):
    """A name that the book does not know; the message lists what it does know."""

    def __str__(self):
        return self.args[0]


def number(argument, value, low=-math.inf, high=math.inf, unit=""):
    """Return `value` as a float.

    Raises ValueError if it is not a number, not finite, or outside [low, high].
    """
    unit = f" {unit}" if unit and unit != "1" else ""
    if low == -math.inf and high == math.inf:
        expected = f"a finite number{unit}"
    elif high == math.inf:
        expected = f"a finite number of at least {low:g}{unit}"
    else:
        expected = f"a number from {low:g} to {high:g}{unit}"
    try:
        good = (
            isinstance(value, numbers.Real)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and low <= value <= high
        )
    except OverflowError:  # a whole number beyond all floats
        good = False
    if not good:
        raise ValueError(f"{argument} must be {expected}, got {value!r}")
    return float(value)


def whole(argument, value, low, high):
    """Return `value` as an int.

    Raises ValueError if it is not a whole number from `low` to `high`.
    """
    if number(argument, value, low, high) % 1:
        raise ValueError(
            f"{argument} must be a whole number from {low:g} to {high:g}, got {value!r}"
        )
    return int(value)


def several(argument, values):
    """Return `values` (a list, tuple, array or Series) as a list.

    Raises ValueError if it is none of these, or an array of more than one dimension.
    """
    if isinstance(values, (list, tuple)):
        return list(values)
    if getattr(values, "ndim", None) == 1:
        return values.tolist()
    raise ValueError(f"{argument} must be a list of numbers, got {values!r}")


def text(argument, value):
    """Return `value` if it is text, else raise ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"{argument} must be text, got {value!r}")
    return value


def known(kind, name, allowed):
    """Return `name` if it is one of `allowed`.

    Raises UnknownName (a KeyError) with the closest match and the whole list otherwise.
    """
    allowed = list(allowed)
    # What cannot be a key, a list or an array, is no name; comparing an array would fail.
    if getattr(name, "__hash__", None) and name in allowed:
        return name
    close = difflib.get_close_matches(str(name), [str(a) for a in allowed], n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise UnknownName(
        f"unknown {kind} {name!r}{hint} Expected one of: {', '.join(map(str, allowed))}."
    )
