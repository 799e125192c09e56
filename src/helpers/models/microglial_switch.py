"""A microglial cell as an on/off switch, with a drug that blocks what sets
it off.

A trigger reaches the cell through TLR4; an active cell keeps itself active
through its own signals (TNF and others), once it is active enough; and
activity fades by itself. Such a loop can have two stable states, calm and
active. The drug blocks TLR4 in proportion to its concentration, so it
weakens the trigger and not the loop. Its concentration is set by the dose
through the measured peak in blood, times an assumed accumulation in the
brain. Everything about the cell is assumed: the shape is the lesson, not
the numbers. Time is counted in lifetimes of the activity, so it has no
unit.
"""

from helpers.models import Credibility, Parameter, Quantity

TITLE = "Microglia as an on/off switch"

TIME = "1"

# fmt: off
STATES = {
    "activity": Quantity("1", "activity of the cell"),
    "passing": Quantity("1", "share of the trigger that passes, or of TLR4 left free", high=1.0),
}

PARAMETERS = {
    "trigger": Parameter(0.25, "1", 0.0, 0.6, "assumed", "", "strength of what sets the cell off", r"s"),
    "threshold": Parameter(0.7, "1", 0.5, 0.9, "assumed", "", "activity at which the cell's own signals reach half of their strength", r"K"),
    "start": Parameter(0.0, "1", 0.0, 2.0, "assumed", "", "activity at the beginning: 0 is a calm cell, above 1 an active one", r"M_0"),
    "IC50": Parameter(105.5, "µM", 0.0001, 1000.0, "measured", "Wang2016pharmacological Indand2026fibromyalgia", "concentration at which half of a cell's answer (nitric oxide) is gone, taken as half of TLR4 blocked; of the mirror image of naltrexone, in a mouse cell line", r"\mathrm{IC}_{50}", sbo=288, about="uniprot:Q9QUK6"),
    "peak": Parameter(0.000713, "µM/mg", 0.0003, 0.0015, "measured", "Johnson2010relative", "peak in blood for each mg swallowed, from 2.4 mg", r"c_1", about="CHEBI:7465"),
    "unbound": Parameter(0.79, "1", 0.1, 1.0, "measured", "FDArevia", "share of the drug in blood that is not bound to proteins", r"f_u"),
    "accumulation": Parameter(1.0, "1", 1.0, 100000.0, "assumed", "", "free drug in the brain divided by free drug in blood; never measured in people", r"a"),
    "loss": Parameter(0.0, "1", 0.0, 1.0, "assumed", "", "how fast the drug goes; 0 keeps it at its peak, the best case for the drug", r"\lambda"),
}

OUTPUTS = {
    "activation": Quantity("1", "activity of the cell"),
    "blocked": Quantity("1", "share of TLR4 blocked", high=1.0, sbo=540),
    "blocked_percent": Quantity("1", "TLR4 blocked, in per cent", high=100.0),
    "half_dose": Quantity("mg", "dose whose peak would block half", about="CHEBI:7465"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "Could blocking a little TLR4 tip a microglial cell from active "
        "to calm?",
    ),
    use=("Chapter 5 works out what would have to be true for that.",),
    may=(
        "How far the level in blood is from the concentration that "
        "halves an answer to TLR4 in a cell line.",
        "That such a switch does not make a tiny blockade large, unless "
        "the cell stands at its tipping point.",
    ),
    may_not=(
        "Whether microglia are such a switch.",
        "Whether LDN calms microglia, or helps anyone.",
    ),
    support=(
        "The peak in blood and the unbound share were measured in "
        "people, the half-blocking concentration for the mirror image "
        "in mouse cells.",
        "Every number of the cell is assumed.",
    ),
    refutation=(
        "Free naltrexone in human spinal fluid thousands of times above "
        "that in blood.",
        "A test in human microglia that finds TLR4 blocked at nanomolar "
        "concentrations.",
    ),
    source=(
        "Johnson2010relative FDArevia Wang2016pharmacological "
        "Indand2026fibromyalgia"
    ),
)


def initial(p):
    return p.start, 1.0


def dose(amount, state, p):
    activity, passing = state
    # 1 / passing - 1 is the concentration over IC50; the dose adds to it.
    added = amount * p.peak * p.unbound * p.accumulation / p.IC50
    return activity, 1 / (1 / passing + added)


def rhs(t, state, p):
    activity, passing = state
    own_signals = activity**4 / (p.threshold**4 + activity**4)
    return (
        p.trigger * passing + own_signals - activity,
        p.loss * passing * (1 - passing),
    )


def outputs(t, state, p):
    activity, passing = state
    return (
        activity,
        1 - passing,
        100 * (1 - passing),
        p.IC50 / (p.peak * p.unbound * p.accumulation),
    )
