"""Every control of the book, found by name: each `explore_...` of `helpers.controls`."""

import importlib
import pkgutil

from helpers import controls


def builders():
    """Control function by name, e.g. ldn_mechanism.explore_blood."""
    found = {}
    for item in pkgutil.iter_modules(controls.__path__):
        module = importlib.import_module(f"helpers.controls.{item.name}")
        found |= {
            f"{item.name}.{name}": f
            for name, f in vars(module).items()
            if name.startswith("explore_")
        }
    assert found, "no control was found in helpers.controls"
    return found


def random_settings(spec, rng):
    """Values anywhere in the whole range of every control, the ends included now and then."""
    values = {}
    for control in spec["controls"]:
        if control["kind"] == "choice":
            values[control["name"]] = rng.choice([o["value"] for o in control["options"]]).item()
        elif control["marks"]:
            values[control["name"]] = rng.choice(control["marks"]).item()
        else:
            low, high = control["low"], control["high"]
            share = rng.choice([0.0, 1.0, rng.uniform()], p=[0.05, 0.05, 0.9])
            value = (
                low * (high / low) ** share
                if control["scale"] == "log"
                else low + share * (high - low)
            )
            values[control["name"]] = float(min(max(value, low), high))
    return values
