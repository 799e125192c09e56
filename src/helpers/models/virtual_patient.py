"""From a swallowed dose to pain, under one declared hypothesis: LDN raises
the body's opioid signal by rebound.

Drug in blood and drug held in the brain come from the chapters' own fits.
The sensor of the feedback sees the slow blockade of the brain. The
effector, where opioids relieve pain, sees a mixture: `one_site` = 0 follows
the blood alone (two sites), `one_site` = 1 the brain alone (one site).
The hypothesis counts naltrexone alone in the blood; `potency` counts
6β-naltrexol too, which outside the brain blocks as well and stays longer.
Relief follows the change of the opioid signal, slowly; below zero it means
more pain. Nobody has measured the link from signal to pain: `sensitivity` 0
is a drug that does nothing for it.
"""

from dataclasses import replace
from math import inf

from helpers.models import (
    Credibility,
    Parameter,
    Quantity,
    naltrexone,
    opioid_feedback,
    receptor_occupancy,
)
from helpers.models.receptor_occupancy import LN2

TITLE = "A virtual patient"

# fmt: off
STATES = naltrexone.STATES | {
    "retained": receptor_occupancy.STATES["retained"],
    "shortfall": opioid_feedback.STATES["shortfall"],
    "opioid": opioid_feedback.STATES["opioid"],
    "relief": Quantity("1", "pain taken away by the drug, points of 10", low=-inf),
}

# One person can lie further out than the mean of a few that was fitted.
FURTHER = {
    "EC50": (0.02, 10.0),
    "ED50": (0.4, 60.0),
    "retention": (1.0, 400.0),
}

PARAMETERS = (
    naltrexone.PARAMETERS
    | {
        name: replace(receptor_occupancy.PARAMETERS[name], low=low, high=high)
        for name, (low, high) in FURTHER.items()
    }
    | {name: opioid_feedback.PARAMETERS[name] for name in ("gain", "memory", "turnover")}
    | {
        "one_site": Parameter(0.0, "1", 0.0, 1.0, "assumed", "", "how far the effector's blockade follows the brain instead of the blood; 0: two sites, 1: one site", r"c"),
        "potency": Parameter(0.0, "1", 0.0, 3.0, "assumed", "", "potency of 6β-naltrexol in blood at the effector, relative to naltrexone; 0: the hypothesis, generous; 1: nearly that on the gut of mice; 2.8: that on the gut of guinea pigs", r"w"),
        "sensitivity": Parameter(5.0, "1", 0.0, 20.0, "assumed", "", "points of pain (of 10) that a doubled opioid signal would take away; generous", r"\beta"),
        "onset": Parameter(168.0, "h", 12.0, 1000.0, "assumed", "", "half-time with which relief follows the signal", r"h_o"),
    }
)

# Standard deviation between people of each parameter's logarithm. All are
# assumed; what is not named does not differ. The one check there is: 21
# people on 50 mg a day differed more than this (Weerts2008differences), as
# much as `FROM_SCANS` gives, an upper bound, for noise of the scans is in
# it.
BETWEEN_PEOPLE = {
    "ka": 0.4, "F": 0.4, "CL": 0.3, "V1": 0.3,
    "EC50": 0.3, "ED50": 0.3, "retention": 0.3,
    "gain": 0.4, "memory": 0.4, "turnover": 0.3,
    "sensitivity": 0.4, "onset": 0.4,
}
FROM_SCANS = dict.fromkeys(FURTHER, 0.8)

OUTPUTS = {
    "sensor_blocked": Quantity("1", "receptors blocked at the sensor (brain)", high=1.0, sbo=540),
    "effector_blocked": Quantity("1", "receptors blocked at the effector", high=1.0, sbo=540),
    "signal": Quantity("1", "net opioid signal at the effector, relative to normal", low=-inf),
    "less_pain": Quantity("1", "pain taken away by the drug, points of 10", low=-inf),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "If LDN relieved pain by rebound, how much would a trial see?",
    ),
    use=("Chapter 7 plays a trial under this declared hypothesis.",),
    may=(
        "What the hypothesis predicts, and on which unknowns its size "
        "and its sign depend.",
    ),
    may_not=(
        "Whether LDN relieves pain: what comes out was put in.",
        "What anyone will feel, or should take.",
    ),
    support=(
        "Level in blood and blockade come from the book's own fits, the "
        "gain from one comparison of people on full-dose naltrexone "
        "with others.",
        "The link from signal to pain, the two sites and the spreads "
        "between people are assumed; nobody has measured them.",
    ),
    refutation=(
        "A trial against placebo in which opioid peptides and pain, "
        "measured together, do not move together.",
        "There is a warning already: 6β-naltrexol, which the hypothesis "
        "leaves out at the effector, undid an effect of morphine on the "
        "gut of ten men.",
        "Counted here, even at a twentieth of naltrexone's potency, it "
        "undoes the gain.",
    ),
    source=(
        "Trostheim2023opioid Lee1988duration Kosten1986preliminary "
        "PainMed2011naltrexol LifeSci2009naltrexol Porter2002vivo"
    ),
)


def initial(p):
    return *naltrexone.initial(p), 0.0, 0.0, 1.0, 0.0


def dose(amount, state, p):
    *blood, retained, shortfall, opioid, relief = state
    return (
        *naltrexone.dose(amount, blood, p),
        retained + amount,
        shortfall,
        opioid,
        relief,
    )


def rhs(t, state, p):
    *blood, retained, shortfall, opioid, relief = state
    sensor_blocked, _, signal, _ = outputs(t, state, p)
    return (
        *naltrexone.rhs(t, blood, p),
        -LN2 / p.retention * retained,
        (1 - opioid * (1 - sensor_blocked) - shortfall) / p.memory,
        LN2 / p.turnover * (1 + p.gain * shortfall - opioid),
        LN2 / p.onset * (p.sensitivity * (signal - 1) - relief),
    )


def outputs(t, state, p):
    *blood, retained, shortfall, opioid, relief = state
    level, metabolite_level = naltrexone.outputs(t, blood, p)
    sensor_blocked = retained / (retained + p.ED50)
    by_brain = p.one_site * sensor_blocked
    blocking = level + p.potency * metabolite_level
    by_blood = (1 - p.one_site) * blocking / (blocking + p.EC50)
    effector_blocked = by_brain + by_blood
    signal = opioid * (1 - effector_blocked)
    return sensor_blocked, effector_blocked, signal, relief
