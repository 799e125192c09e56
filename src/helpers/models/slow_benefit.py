"""A benefit that builds up: what placebo does, what a drug adds, each with
its own pace.

Improvement approaches its full size with a half-time; a trial sees what has
come by its last week. Everything is assumed; no LDN trial has measured an
onset.
"""

from helpers.models import Credibility, Parameter, Quantity
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
    "onset": Parameter(6.0, "week", 0.2, 52.0, "assumed", "", "time by which half of the drug's effect has come", r"h_E", sbo=331),
    "placebo": Parameter(0.9, "1", 0.0, 4.0, "assumed", "", "points that placebo brings in the end", r"P"),
    "placebo_onset": Parameter(2.0, "week", 0.2, 26.0, "assumed", "", "time by which half of the placebo response has come", r"h_P", sbo=331),
}

OUTPUTS = {
    "on_placebo": Quantity("1", "improvement on placebo, points"),
    "on_drug": Quantity("1", "improvement on the drug, points"),
    "difference": Quantity("1", "difference between drug and placebo, points"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "How much of a benefit that comes slowly has a trial of so many "
        "weeks seen?",
    ),
    use=(
        "Chapter 4 shows with it why short trials say little against a "
        "slow benefit, and why slow improvement does not prove one.",
    ),
    may=(
        "The share of a benefit that has come by a given week, if its "
        "half-time were known.",
    ),
    may_not=(
        "Whether LDN has a benefit, or when it would come: both are "
        "assumed.",
        "Whether one person's improvement comes from the drug.",
    ),
    support=(
        "It is arithmetic with two half-times, which the tests compare "
        "with the closed form.",
        "All its numbers are assumed.",
    ),
    refutation=(
        "Symptoms recorded every week in a trial against placebo, whose "
        "course is no such curve.",
    ),
)


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
