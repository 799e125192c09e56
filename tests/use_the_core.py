"""What someone does who has installed the package's core alone: test_package.py runs this there.

Prints as JSON what was found; test_package.py says what it should be.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import pkgutil
import sys
from pathlib import Path

import helpers

# What belongs to the extras, and what is too slow to load before something needs it.
EXTRAS = (
    "antimony", "distributed", "ipykernel", "jupyter_book", "jupyter_client", "jupyter_core",
    "jupyter_server", "jupyterlab", "jupyterlab_myst", "math_core", "myst_nb", "myst_parser",
    "nbformat", "notebook", "pint", "sphinx", "tinycss2",
)  # fmt: skip
SLOW = ("SALib", "joblib", "pybtex", "scipy", "statsmodels", "sympy", "tqdm")
# At least one for each library that computes.
FIGURES = {
    "autoimmune_diseases": ("prevalence", "threshold"),
    "immune_system_in_ra": ("flares", "joint_damage"),
    "ldn_mechanism": ("occupancy_against_dose",),
    "cytokine_production": ("chance_findings", "limits"),
    "microglial_cells": ("switch_diagram",),
    "ra_treatment": ("arthritis_evidence",),
    "final_thoughts": ("power_checked",),
}


def import_everything():
    """The names of all modules of the package, and which slow libraries importing them loads."""
    names = [module.name for module in pkgutil.walk_packages(helpers.__path__, "helpers.")]
    made_of_sympy = "helpers.export"
    for name in names:
        if name != made_of_sympy:
            importlib.import_module(name)
    slow = [library for library in SLOW if library in sys.modules]
    importlib.import_module(made_of_sympy)
    return names, slow


def draw(chapter, name):
    """A figure's data and its picture."""
    figure = getattr(importlib.import_module(f"helpers.figures.{chapter}"), name)()
    return {"data": figure.data.to_dict("list"), "html": figure._repr_html_()}


def refused(make, *arguments):
    """The message of the ImportError that the call raises."""
    try:
        make(*arguments)
    except ImportError as error:
        return str(error)
    return "nothing was refused"


def main():
    names, slow = import_everything()
    from helpers import evidence, export, models
    from helpers.analysis import meta_analysis, virtual_trial
    from helpers.controls import ldn_mechanism
    from helpers.simulate import simulate, single

    control = ldn_mechanism.explore_occupancy()
    trial = virtual_trial.compare_arms(virtual_trial.trial(60, days=3, over=1))
    indices = virtual_trial.sensitivity(8, days=2, over=1)
    pooled = meta_analysis.standardised()
    found = {
        "folder": str(Path(helpers.__file__).parent),
        "versions": {d.name.lower(): d.version for d in importlib.metadata.distributions()},
        "extras": [name for name in EXTRAS if importlib.util.find_spec(name)],
        "modules": names,
        "slow": slow,
        "model": simulate("naltrexone", single(4.5), [1, 4, 24]).to_dict("list"),
        "figures": {
            f"{chapter}.{name}": draw(chapter, name)
            for chapter, chosen in FIGURES.items()
            for name in chosen
        },
        "control": {
            "html": control.html(),
            "script": control._esm,
            "shown": control.evaluate()["status"],
        },
        "source": evidence.cite("Lee1988duration"),
        "equations": export.latex(models.load("naltrexone")),
        "pooled": vars(meta_analysis.pool(pooled["d"], pooled["se"])),
        "trial": trial.drop(columns="people")["change"].to_dict(),
        "sensitivity": indices["ST"].to_dict(),
        "refused": [
            refused(make, models.load("naltrexone")) for make in (export.antimony, export.sbml)
        ],
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
