"""How much of the opioid receptors a dose blocks, and for how long, under
three readings of the same scans.

- *plasma*: blockade follows the naltrexone in blood at that moment;
- *retained*: the drug stays in the brain and leaves it with its own
  half-life; blockade saturates;
- *fading*: the blockade itself fades with one half-life, as the first
  dual-detector study put it.

The three readings run side by side, so that one simulation compares them.
For a receptor with a weaker grip than mu, the half-blocking dose is a
multiple of mu's. Occupancy is a fraction from 0 to 1 and stands for the
whole brain: no scan shows immune cells.
"""

from helpers.models import Credibility, Parameter, Quantity, naltrexone

TITLE = "Opioid receptor occupancy, three readings"

LN2 = 0.6931471805599453

# fmt: off
STATES = naltrexone.STATES | {
    "retained": Quantity("mg", "dose equivalent still held in the brain", about="CHEBI:7465"),
    "blocked": Quantity("1", "share of mu receptors blocked, fading reading", high=1.0, sbo=540, about="uniprot:P35372"),
}

PARAMETERS = naltrexone.PARAMETERS | {
    "EC50": Parameter(0.356, "ng/mL", 0.05, 10.0, "fitted", "Trostheim2023opioid", "plasma level that blocks half of the mu receptors; fitted to all eleven points, of which it cannot meet the four later ones; 0.05 to 1.8 (95%, hour of the scans open)", r"\mathrm{EC}_{50}", sbo=287),
    "ED50": Parameter(5.07, "mg", 2.0, 15.0, "fitted", "Trostheim2023opioid Lee1988duration", "dose that blocks half of the mu receptors just after it; 3.4 to 7.1 (95%, hour of the scans open)", r"\mathrm{ED}_{50}"),
    "retention": Parameter(34.0, "h", 1.0, 150.0, "fitted", "Trostheim2023opioid Lee1988duration", "half-life of the drug held in the brain; 27 to 43 (95%, hour of the scans open)", r"h_r", sbo=332),
    "fading": Parameter(90.0, "h", 72.0, 108.0, "measured", "Lee1988duration", "half-life of the blockade itself, the middle of the 72 to 108 reported after 50 mg; the fit stands at the upper end", r"h_f", sbo=332),
    "kappa": Parameter(2.0, "1", 1.0, 10.0, "measured", "Trostheim2022planner", "half-blocking dose for kappa receptors, as a multiple of mu's, by relative affinities; a scan after a week of up to 100 mg a day suggests 2.5 to 4 at the best fit, and does not exclude 2", r"\kappa"),
    "delta": Parameter(79.0, "1", 10.0, 600.0, "measured", "Trostheim2022planner", "half-blocking dose for delta receptors, as a multiple of mu's", r"\delta"),
}

OUTPUTS = naltrexone.OUTPUTS | {
    "mu_plasma": Quantity("1", "mu receptors blocked, plasma reading", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_retained": Quantity("1", "mu receptors blocked, retained reading", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_fading": Quantity("1", "mu receptors blocked, fading reading", high=1.0, sbo=540, about="uniprot:P35372"),
    "kappa_retained": Quantity("1", "kappa receptors blocked, retained reading", high=1.0, sbo=540, about="uniprot:P41145"),
    "delta_retained": Quantity("1", "delta receptors blocked, retained reading", high=1.0, sbo=540, about="uniprot:P41143"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "How much of the brain's opioid receptors does a dose block, "
        "and for how long?",
    ),
    use=(
        "Chapter 3 runs three readings of the same scans side by side.",
        "Chapters 6 and 7 take the blockade from here.",
    ),
    may=(
        "Which reading agrees with the scans that exist, and what each "
        "predicts for a scan that nobody has made.",
    ),
    may_not=(
        "How much a low dose still blocks a day later: no measurement "
        "at 1 to 6 mg beyond 8 hours was found.",
        "Anything about receptors outside the brain, those of immune "
        "cells above all.",
        "Whether an opioid works or is safe beside naltrexone: the "
        "label forbids the two together.",
    ),
    support=(
        "Seven scans of single people and four means of one series "
        "after 50 mg; the parameters were fitted to them, so they are "
        "no test.",
        "Mu and delta receptors on the fourth day of 50 mg a day were "
        "not put in, and the retained reading meets them.",
        "Kappa receptors on 100 mg a day were not put in either, and it "
        "predicts a few points more than was measured.",
    ),
    refutation=(
        "A scan 24 hours after a single 4.5 mg: under 10% blocked "
        "refutes the retained reading, about a third the plasma "
        "reading.",
        "Another study printed only results of tests: that at 24 hours "
        "speaks against the plasma reading, that of 12.5 mg at 72 hours "
        "against the other two, if four people were enough to see it.",
    ),
    source=(
        "Trostheim2023opioid Lee1988duration Weerts2008differences "
        "DeLaat2021occupancy Bednarczyk2005duration FDArevia"
    ),
)


def initial(p):
    return *naltrexone.initial(p), 0.0, 0.0


def dose(amount, state, p):
    *blood, retained, blocked = state
    # In the fading reading a new dose blocks only receptors that are free.
    newly_blocked = (1 - blocked) * amount / (amount + p.ED50)
    return (
        *naltrexone.dose(amount, blood, p),
        retained + amount,
        blocked + newly_blocked,
    )


def rhs(t, state, p):
    *blood, retained, blocked = state
    return (
        *naltrexone.rhs(t, blood, p),
        -LN2 / p.retention * retained,
        -LN2 / p.fading * blocked,
    )


def outputs(t, state, p):
    *blood, retained, blocked = state
    level, metabolite_level = naltrexone.outputs(t, blood, p)
    return (
        level,
        metabolite_level,
        level / (level + p.EC50),
        retained / (retained + p.ED50),
        blocked,
        retained / (retained + p.kappa * p.ED50),
        retained / (retained + p.delta * p.ED50),
    )
