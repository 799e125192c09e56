"""Two groups of cytokines in the joint lining: one inflames, one calms
(Baker 2013).

The pro-inflammatory signal raises its own production and that of the
anti-inflammatory signal, which in turn divides the production of the first.
All quantities and time are scaled to have no unit. Equations and values are
those of the paper, as in BioModels 550; with `ageing` above zero those of
549, in which the self-amplification grows over the years. The paper chose
the values; nobody measured them.
"""

from helpers.models import Credibility, Parameter, Quantity

TITLE = "Pro- and anti-inflammatory cytokines in the joint"

TIME = "1"

# fmt: off
STATES = {
    "anti": Quantity("1", "anti-inflammatory signal (a)"),
    "pro": Quantity("1", "pro-inflammatory signal (p)"),
    "clock": Quantity("1", "time since the start"),
}

PARAMETERS = {
    "background": Parameter(0.025, "1", 0.001, 0.2, "assumed", "", "published name alpha1: production without any inflammation", r"\alpha_1"),
    "amplification": Parameter(1.0, "1", 0.1, 60.0, "assumed", "", "published name alpha2: how strongly inflammation feeds itself", r"\alpha_2"),
    "sensitivity": Parameter(0.5, "1", 0.1, 2.0, "assumed", "", "published name alpha3: inflammation at which the calming response is half-on", r"\alpha_3"),
    "calming": Parameter(3.5, "1", 0.5, 10.0, "assumed", "", "published name alpha4: strength of the calming response; 7 in BioModels 549", r"\alpha_4"),
    "clearance": Parameter(1.25, "1", 0.5, 3.0, "assumed", "", "published name gamma: loss of the pro-inflammatory signal, relative to the other", r"\gamma"),
    "ageing": Parameter(0.0, "1", 0.0, 60.0, "assumed", "", "published alpha2_max - alpha2_min: what ageing adds to the amplification; 0 in BioModels 550, 49 in 549", r"\Delta\alpha_2"),
    "ageing_time": Parameter(15.0, "1", 1.0, 100.0, "assumed", "", "published name alpha2T: time at which half of it has been added", r"T"),
    "anti_start": Parameter(0.00578, "1", 0.0, 20.0, "assumed", "", "anti-inflammatory signal at the start (published 0.0057767)", r"a_0"),
    "pro_start": Parameter(0.0203, "1", 0.001, 60.0, "assumed", "", "pro-inflammatory signal at the start (published 0.0203298)", r"p_0"),
}

OUTPUTS = {
    "inflammation": Quantity("1", "pro-inflammatory signal"),
    "calm": Quantity("1", "anti-inflammatory signal"),
    "brake": Quantity("1", "how many times the calming signal divides production"),
    "brake_answering": Quantity("1", "the brake that this much inflammation calls up in the end"),
    "brake_needed": Quantity("1", "the brake at which this much inflammation stays as it is"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "Can inflammation in a joint keep itself going, or flare, without a new cause?",
    ),
    use=(
        "Chapter 2 shows with it two states of rest, the threshold between them, and flares.",
    ),
    may=("What such a loop can do.",),
    may_not=(
        "Whether a joint works like this.",
        "When anyone will have a flare, or what would prevent it.",
    ),
    support=(
        "Equations and values are those of the paper; the tests find its states of rest and its oscillation again.",
        "The authors chose the values, and nobody measured them.",
    ),
    refutation=(
        "Repeated samples from joints through a flare that show a smooth dial and not two clusters.",
    ),
    source="Baker2013mathematical",
)


def initial(p):
    return p.anti_start, p.pro_start, 0.0


def dose(amount, state, p):
    return state


def rhs(t, state, p):
    anti, pro, clock = state
    aged = clock**2 / (p.ageing_time**2 + clock**2)
    amplification = p.amplification + p.ageing * aged
    produced = p.background + amplification * pro**2 / (1 + pro**2)
    answer = p.calming * pro**2 / (p.sensitivity**2 + pro**2)
    return answer - anti, produced / (1 + anti**2) - p.clearance * pro, 1.0


def outputs(t, state, p):
    anti, pro, clock = state
    answer = p.calming * pro**2 / (p.sensitivity**2 + pro**2)
    aged = clock**2 / (p.ageing_time**2 + clock**2)
    amplification = p.amplification + p.ageing * aged
    produced = p.background + amplification * pro**2 / (1 + pro**2)
    needed = produced / (p.clearance * pro)
    return pro, anti, 1 + anti**2, 1 + answer**2, needed
