"""A benefit that builds up: what placebo does, what a drug adds, each with
its own pace.

Improvement approaches its full size with a half-time; a trial sees what has
come by its last week. Everything is assumed; no LDN trial has measured an
onset.
"""

from helpers.models import Parameter, Quantity
from helpers.models.receptor_occupancy import LN2

TITLE = "A benefit that builds up"

TIME = "week"

# fmt: off
STATES = {
    "from_placebo": Quantity("1", "improvement that comes with placebo, points"),
    "from_drug": Quantity("1", "improvement that the drug adds, points"),
}

PARAMETERS = {
    "full_effect": Parameter(1.0, "1", 0.0, 4.0, "assumed", "", "points that the drug adds in the end", r"E"),
    "onset": Parameter(6.0, "week", 0.2, 52.0, "assumed", "", "time by which half of the drug's effect has come", r"h_E"),
    "placebo": Parameter(0.9, "1", 0.0, 4.0, "assumed", "", "points that placebo brings in the end", r"P"),
    "placebo_onset": Parameter(2.0, "week", 0.2, 26.0, "assumed", "", "time by which half of the placebo response has come", r"h_P"),
}

OUTPUTS = {
    "on_placebo": Quantity("1", "improvement on placebo, points"),
    "on_drug": Quantity("1", "improvement on the drug, points"),
    "difference": Quantity("1", "difference between drug and placebo, points"),
}
# fmt: on


def initial(p):
    return 0.0, 0.0


def dose(amount, state, p):
    return state


def rhs(t, state, p):
    from_placebo, from_drug = state
    return (
        LN2 / p.placebo_onset * (p.placebo - from_placebo),
        LN2 / p.onset * (p.full_effect - from_drug),
    )


def outputs(t, state, p):
    from_placebo, from_drug = state
    return from_placebo, from_placebo + from_drug, from_drug
