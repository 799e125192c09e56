"""How much of an opioid's effect is left while naltrexone is on the
receptors, under three readings of the scans.

Naltrexone and an opioid compete for the same place. If a share O of the
receptors is blocked, the opioid needs 1/(1 - O) times its dose for the same
effect (Gaddum and Schild), so its curve against dose moves to the right.
The clock starts with the last dose of naltrexone; doses on `days` days
before it are in the initial state, except in blood, where little of them is
left (the plasma reading is therefore a little too low). A picture of why
the two drugs must not meet, with assumed numbers for the opioid.
"""

from helpers.models import (
    Credibility,
    Parameter,
    Quantity,
    receptor_occupancy,
)

TITLE = "An opioid against naltrexone"

# fmt: off
STATES = receptor_occupancy.STATES

PARAMETERS = receptor_occupancy.PARAMETERS | {
    "habit": Parameter(4.5, "mg", 0.0, 100.0, "assumed", "", "naltrexone taken daily before the last dose", r"D_h"),
    "days": Parameter(0.0, "1", 0.0, 60.0, "assumed", "", "number of those daily doses", r"n"),
    "interval": Parameter(24.0, "h", 1.0, 48.0, "assumed", "", "time between them", r"\tau"),
    "opioid": Parameter(3.0, "1", 0.1, 100.0, "assumed", "", "dose of the opioid, as a multiple of the dose with half of the full effect", r"A"),
}

OUTPUTS = {
    "effect_alone": Quantity("1", "effect of the opioid, share of its full effect, without naltrexone", high=1.0),
    "effect_plasma": Quantity("1", "effect of the opioid, share of its full effect, plasma reading", high=1.0),
    "effect_retained": Quantity("1", "effect of the opioid, share of its full effect, retained reading", high=1.0),
    "effect_fading": Quantity("1", "effect of the opioid, share of its full effect, fading reading", high=1.0),
    "shift_plasma": Quantity("1", "dose ratio: how many times more opioid for the same effect, plasma reading"),
    "shift_retained": Quantity("1", "dose ratio: how many times more opioid for the same effect, retained reading"),
    "shift_fading": Quantity("1", "dose ratio: how many times more opioid for the same effect, fading reading"),
    "shift_kappa": Quantity("1", "the same for an opioid that acts on kappa receptors, retained reading"),
    "shift_delta": Quantity("1", "the same for an opioid that acts on delta receptors, retained reading"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "How far does naltrexone on the receptors weaken an opioid?",
    ),
    use=("Chapter 6 shows with it why the two drugs exclude each other.",),
    may=(
        "The direction: the more receptors are blocked, the weaker an opioid acts.",
    ),
    may_not=(
        "That any opioid, any dose or any hour is safe with naltrexone: the label forbids the two together.",
        "How long anyone would have to wait: that is planned with the prescriber.",
        "How strong a real opioid still is: its dose is assumed, and its reserve of receptors is left out.",
    ),
    support=(
        "Its equations are the rule for two drugs that compete for one place, which the tests find again.",
        "Naltrexone swallowed with morphine weakened its effects.",
        "The blockade comes from the model of receptor occupancy, with all its doubts.",
    ),
    refutation=(
        "A supervised study in which an opioid's effect at several hours after a low dose of naltrexone does not follow the curve.",
    ),
    source="FDArevia Setnik2013abuse",
)


def initial(p):
    *blood, retained, blocked = receptor_occupancy.initial(p)
    kept = 2 ** (-p.interval / p.retention)
    held = p.habit * (kept - kept ** (p.days + 1)) / (1 - kept)
    faded = 2 ** (-p.interval / p.fading)
    share = p.habit / (p.habit + p.ED50)
    carried = faded * (1 - share)
    still = faded * share * (1 - carried**p.days) / (1 - carried)
    return *blood, retained + held, blocked + still


def dose(amount, state, p):
    return receptor_occupancy.dose(amount, state, p)


def rhs(t, state, p):
    return receptor_occupancy.rhs(t, state, p)


def outputs(t, state, p):
    level, metabolite_level, *blocked = receptor_occupancy.outputs(
        t, state, p
    )
    plasma, retained, fading, kappa, delta = blocked
    return (
        p.opioid / (1 + p.opioid),
        p.opioid * (1 - plasma) / (1 + p.opioid * (1 - plasma)),
        p.opioid * (1 - retained) / (1 + p.opioid * (1 - retained)),
        p.opioid * (1 - fading) / (1 + p.opioid * (1 - fading)),
        1 / (1 - plasma),
        1 / (1 - retained),
        1 / (1 - fading),
        1 / (1 - kappa),
        1 / (1 - delta),
    )
