"""Inflammation and defence in one joint: a published switch of cytokines,
with a germ that the same signal clears.

Pro-inflammatory cytokines stimulate themselves and call up the
anti-inflammatory ones (Baker 2013). Added here: a germ that grows, provokes
inflammation and is killed by it; and two things a drug might do, damping
the inflammatory signal that cells receive, and damping the production of
calming cytokines. The damping is not that of any drug: what LDN does to
either, nobody has measured in a joint. All numbers of the germ are
invented. Time is in lifetimes of the cytokines, so it has no unit.
"""

from helpers.models import Credibility, Parameter, Quantity

TITLE = "Inflammation against defence"

TIME = "1"

# fmt: off
STATES = {
    "inflaming": Quantity("1", "pro-inflammatory cytokines"),
    "calming": Quantity("1", "anti-inflammatory cytokines"),
    "germ": Quantity("1", "germs, relative to the most the joint can hold", traces=True),
}

PARAMETERS = {
    "background": Parameter(0.025, "1", 0.0, 0.1, "assumed", "", "background production of inflaming cytokines; published value (Baker 2013, alpha1)", r"\alpha_1"),
    "feedback": Parameter(10.0, "1", 1.0, 20.0, "assumed", "", "self-stimulation of inflaming cytokines; published 1 (alpha2), raised here so that disease can exist", r"\alpha_2"),
    "calming_half": Parameter(0.5, "1", 0.2, 1.0, "assumed", "", "inflaming signal at which calming production is half of its most; published value (alpha3)", r"\alpha_3"),
    "calming_most": Parameter(3.5, "1", 1.0, 8.0, "assumed", "", "most calming production; published value (alpha4)", r"\alpha_4"),
    "clearance": Parameter(1.25, "1", 0.5, 2.5, "assumed", "", "clearance of inflaming relative to calming cytokines; published value (gamma)", r"\gamma"),
    "damping": Parameter(0.0, "1", 0.0, 0.99, "assumed", "", "share of the inflaming signal that the drug takes away", r"e"),
    "calming_loss": Parameter(0.0, "1", 0.0, 0.99, "assumed", "", "share of the calming production that the drug takes away", r"e_a"),
    "provocation": Parameter(1.0, "1", 0.1, 3.0, "assumed", "", "inflammation provoked by many germs", r"s"),
    "germ_half": Parameter(0.3, "1", 0.05, 1.0, "assumed", "", "germs at half provocation", r"K_B"),
    "growth": Parameter(1.0, "1", 0.1, 3.0, "assumed", "", "growth of the germs", r"r"),
    "killing": Parameter(4.0, "1", 0.5, 12.0, "assumed", "", "killing of germs by a strong signal", r"c"),
    "signal_half": Parameter(0.15, "1", 0.03, 0.6, "assumed", "", "signal at half killing", r"K_p"),
    "other_killing": Parameter(0.1, "1", 0.0, 0.5, "assumed", "", "killing of germs without any signal", r"c_0"),
    "start_inflaming": Parameter(0.39, "1", 0.0, 5.0, "assumed", "", "inflaming cytokines at the beginning: 0.39 in disease, 0.02 in health", r"p_0"),
    "start_calming": Parameter(1.32, "1", 0.0, 5.0, "assumed", "", "calming cytokines at the beginning", r"a_0"),
    "start_germ": Parameter(0.05, "1", 0.0, 1.0, "assumed", "", "germs at the beginning", r"B_0"),
}

OUTPUTS = {
    "signal": Quantity("1", "inflaming signal that cells receive"),
    "calm": Quantity("1", "anti-inflammatory cytokines"),
    "germs": Quantity("1", "germs"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "Can damping inflammation heal a joint and still clear a germ?",
    ),
    use=("Chapter 4 makes the article's idea of balance precise with it.",),
    may=(
        "That in a switch a partial push can do both, over a range that differs from one set of numbers to the next.",
    ),
    may_not=(
        "Whether LDN damps anything.",
        "The risk of infection under any drug: all numbers of the germ are invented.",
    ),
    support=(
        "The cytokines are a published model with one number raised so that disease can exist; the tests find its healthy state again.",
        "Germ and drug are inventions of this book.",
        'The equations know no last germ, so "cleared" is a line that we drew.',
    ),
    refutation=(
        "Infected joints in animals that clear their germs equally well at every degree of blockade.",
    ),
    source="Baker2013mathematical",
)


def initial(p):
    return p.start_inflaming, p.start_calming, p.start_germ


def dose(amount, state, p):
    return state


def rhs(t, state, p):
    inflaming, calming, germ = state
    signal = (1 - p.damping) * inflaming
    by_germs = p.provocation * germ / (p.germ_half + germ)
    by_itself = p.feedback * signal**2 / (1 + signal**2)
    provoked = p.background + by_germs + by_itself
    most_calmed = (1 - p.calming_loss) * p.calming_most
    calmed = most_calmed * signal**2 / (p.calming_half**2 + signal**2)
    killed = p.killing * signal / (p.signal_half + signal) + p.other_killing
    return (
        provoked / (1 + calming**2) - p.clearance * inflaming,
        calmed - calming,
        germ * (p.growth * (1 - germ) - killed),
    )


def outputs(t, state, p):
    inflaming, calming, germ = state
    return (1 - p.damping) * inflaming, calming, germ
