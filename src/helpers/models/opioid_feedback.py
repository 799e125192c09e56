"""Does blocking opioid receptors raise the body's own opioid signal, the
rebound? A turnover model with feedback.

The body's opioids are made and cleared; a sensor notices when the signal it
receives falls short of normal and, with some memory, raises production. The
sensor and the place where opioids act (the effector) may see different
blockade: equal half-lives mean one site, a long one for the sensor and a
short one for the effector mean two. Whatever its half-life, each place
agrees with the scans at the hour at which they were made. Opioid level and
signal are relative to normal, which is 1. With one site and feedback both
ways the mean signal cannot exceed 1 while the opioid level stays above 0;
linear feedback does not force that, but in the ranges below no schedule
that breaks it was found.
"""

from math import inf

from helpers.models import Credibility, Parameter, Quantity
from helpers.models.receptor_occupancy import LN2

TITLE = "Opioid signal with feedback"

# fmt: off
STATES = {
    "at_sensor": Quantity("mg", "dose equivalent at the sensor", about="CHEBI:7465"),
    "at_effector": Quantity("mg", "dose equivalent at the effector", about="CHEBI:7465"),
    "shortfall": Quantity("1", "remembered shortfall of the signal", low=-inf),
    # Linear feedback can overshoot below 0, where it no longer means anything.
    "opioid": Quantity("1", "the body's own opioids, relative to normal", low=-inf),
}

PARAMETERS = {
    "gain": Parameter(0.66, "1", 0.0, 5.0, "fitted", "Kosten1986preliminary", "rise in production per unit of shortfall; 0.63 if 98% was blocked, 0.73 if 90%; from one small study of full-dose users", r"g"),
    "memory": Parameter(24.0, "h", 0.5, 200.0, "assumed", "", "time over which the sensor averages", r"\tau", sbo=348),
    "turnover": Parameter(0.62, "h", 0.1, 50.0, "measured", "Foley1979betaendorphin", "half-life of beta-endorphin in plasma (37 min)", r"h_E", sbo=332),
    "symmetry": Parameter(1.0, "1", 0.0, 1.0, "assumed", "", "1: feedback works both ways; 0: it only ever raises production", r"r"),
    "softness": Parameter(0.001, "1", 0.0001, 0.1, "assumed", "", "width of the rounded corner of one-sided feedback", r"\epsilon"),
    "ED50": Parameter(5.58, "mg", 1.0, 15.0, "fitted", "Trostheim2023opioid", "dose that blocks half of the receptors at the time of the scans, at both places", r"\mathrm{ED}_{50}"),
    "scan": Parameter(4.0, "h", 1.0, 8.0, "assumed", "", "time of the scans after the dose; published only as within 8 h", r"t_s"),
    "half_life_sensor": Parameter(34.0, "h", 1.0, 110.0, "fitted", "Trostheim2023opioid Lee1988duration", "half-life of blocking drug at the sensor; the default is the brain's", r"h_s", sbo=332),
    "half_life_effector": Parameter(34.0, "h", 1.0, 110.0, "assumed", "", "half-life of blocking drug at the effector; outside the brain no blockade was timed, but 6β-naltrexol, which acts there, halves in blood in 11 h", r"h_e", sbo=332),
}

OUTPUTS = {
    "sensor_blocked": Quantity("1", "receptors blocked at the sensor", high=1.0, sbo=540),
    "effector_blocked": Quantity("1", "receptors blocked at the effector", high=1.0, sbo=540),
    "opioid_level": Quantity("1", "the body's own opioids, relative to normal", low=-inf),
    "signal": Quantity("1", "net opioid signal at the effector, relative to normal", low=-inf),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "Can blocking opioid receptors raise the body's own opioid signal?",
    ),
    use=("Chapter 3 asks which premises a net gain needs.",),
    may=("Under which premises the day's mean signal can rise at all.",),
    may_not=(
        "Whether it rises in people, or by how much.",
        "Anything about immunity, pain or another symptom.",
    ),
    support=(
        "The half-life of beta-endorphin in plasma was measured.",
        "The gain follows from one comparison of people on full-dose "
        "naltrexone with others who differed in more than that.",
        "All else about the feedback is assumed, and so is the blockade "
        "outside the brain.",
        "6β-naltrexol, which undid an effect of morphine on the gut and "
        "halves in blood in 11 hours, speaks against a short one.",
    ),
    refutation=(
        "Opioid peptides over 24 hours on daily LDN, against placebo: "
        "no peak after the blockade falls means no rebound.",
        "Of two sites: receptors outside the brain, the gut's for "
        "instance, that are still blocked 12 and 24 hours after 4.5 mg.",
    ),
    source=(
        "Foley1979betaendorphin Kosten1986preliminary Trostheim2023opioid "
        "PainMed2011naltrexol"
    ),
)


def initial(p):
    return 0.0, 0.0, 0.0, 1.0


def dose(amount, state, p):
    at_sensor, at_effector, shortfall, opioid = state
    # Scaled so that a dose is worth its own amount when the scans are made.
    to_sensor = amount * 2 ** (p.scan / p.half_life_sensor)
    to_effector = amount * 2 ** (p.scan / p.half_life_effector)
    return (
        at_sensor + to_sensor,
        at_effector + to_effector,
        shortfall,
        opioid,
    )


def rhs(t, state, p):
    at_sensor, at_effector, shortfall, opioid = state
    sensed = opioid * p.ED50 / (at_sensor + p.ED50)
    # Smooth form of "the positive part of the shortfall", zero at zero.
    root = (shortfall**2 + p.softness**2) ** 0.5
    one_sided = (shortfall + root - p.softness) / 2
    drive = p.symmetry * shortfall + (1 - p.symmetry) * one_sided
    return (
        -LN2 / p.half_life_sensor * at_sensor,
        -LN2 / p.half_life_effector * at_effector,
        (1 - sensed - shortfall) / p.memory,
        LN2 / p.turnover * (1 + p.gain * drive - opioid),
    )


def outputs(t, state, p):
    at_sensor, at_effector, shortfall, opioid = state
    return (
        at_sensor / (at_sensor + p.ED50),
        at_effector / (at_effector + p.ED50),
        opioid,
        opioid * p.ED50 / (at_effector + p.ED50),
    )
