"""The synovial cytokines of Baker 2013 under a course of treatment, and the
damage that adds up.

Treatment blocks a share of the production of the pro-inflammatory signal,
or speeds up its clearance, between two times. Damage is inflammation added
up over time. Treatment and damage are this book's additions, not the
paper's.
"""

from helpers.models import (
    Credibility,
    Parameter,
    Quantity,
    synovial_cytokines,
)

TITLE = "Joint cytokines under a course of treatment"

TIME = "1"

# fmt: off
STATES = synovial_cytokines.STATES | {"damage": Quantity("1", "damage: inflammation added up")}

PARAMETERS = synovial_cytokines.PARAMETERS | {
    "blocked": Parameter(0.0, "1", 0.0, 0.95, "assumed", "", "share of the production that treatment blocks", r"b"),
    "removal": Parameter(1.0, "1", 1.0, 5.0, "assumed", "", "how many times faster treatment clears the signal", r"f"),
    "begin": Parameter(20.0, "1", 1.0, 100.0, "assumed", "", "start of the treatment", r"t_1"),
    "course": Parameter(40.0, "1", 1.0, 400.0, "assumed", "", "length of the treatment", r"\Delta t"),
    "harm": Parameter(1.0, "1", 0.0, 10.0, "assumed", "", "damage done by one unit of inflammation in one unit of time", r"k"),
}

OUTPUTS = {
    "inflammation": Quantity("1", "pro-inflammatory signal"),
    "calm": Quantity("1", "anti-inflammatory signal"),
    "harm_done": Quantity("1", "damage since the start"),
    "treated": Quantity("1", "treatment, from 0 (off) to 1 (on)", high=1.0),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "What happens in such a joint during a course of treatment, and after it?",
    ),
    use=(
        "Chapter 2 lets a course begin and end, in one joint and in 400 virtual ones.",
    ),
    may=(
        "That one and the same treatment can leave some joints well for good, some only while it lasts, and some ill.",
    ),
    may_not=(
        "How many people get well: it is calibrated to no trial.",
        "Whether anyone's treatment can be reduced, which only the prescriber and the patient decide together.",
    ),
    support=(
        "With treatment off it is the published model, which a test proves.",
        "Treatment and damage are additions of this book, with assumed numbers.",
    ),
    refutation=(
        "A trial in which mild long courses and hard short ones of equal product do equally well.",
    ),
    source="Baker2013mathematical",
)


def initial(p):
    return *synovial_cytokines.initial(p), 0.0


def dose(amount, state, p):
    return state


def rhs(t, state, p):
    anti, pro, clock, damage = state
    *_, on = outputs(t, state, p)
    joint = anti, pro, clock
    d_anti, d_pro, d_clock = synovial_cytokines.rhs(t, joint, p)
    made = d_pro + p.clearance * pro
    cleared = p.clearance * pro * (1 + on * (p.removal - 1))
    d_pro_treated = made * (1 - on * p.blocked) - cleared
    return d_anti, d_pro_treated, d_clock, p.harm * pro


def outputs(t, state, p):
    anti, pro, clock, damage = state
    # Smooth steps, so that the treatment comes and goes without a jump.
    begun = clock**12 / (p.begin**12 + clock**12)
    ended = clock**12 / ((p.begin + p.course) ** 12 + clock**12)
    return pro, anti, damage, begun * (1 - ended)
