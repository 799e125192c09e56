"""Other ways to get from a dose to blocked mu receptors, kept to be ranked
against the retained reading.

- *metabolite*: naltrexone and 6β-naltrexol in blood block together;
- *tail*: naltrexone in blood blocks, with the slow last phase of 96 h that
  follows the fast ones;
- *effect*: an effect site in the brain fills from plasma and empties
  slowly;
- *binding*: the drug binds and leaves the receptor itself slowly;
- *delayed*: as the retained reading of `receptor_occupancy`, with a delay
  before the drug arrives;
- *cooperative*: as the retained reading, with a free Hill coefficient.
"""

from helpers.models import Credibility, Parameter, Quantity, naltrexone
from helpers.models.receptor_occupancy import LN2

TITLE = "Opioid receptor occupancy, rival structures"

# fmt: off
STATES = naltrexone.STATES | {
    "tail": Quantity("mg", "dose equivalent behind the slow last phase in plasma", about="CHEBI:7465"),
    "effect": Quantity("ng/mL", "level at the effect site", about="CHEBI:7465"),
    "bound": Quantity("1", "share of mu receptors with drug bound", high=1.0, sbo=540, about="uniprot:P35372"),
    "arriving": Quantity("mg", "dose on its way to the brain", about="CHEBI:7465"),
    "delayed": Quantity("mg", "dose equivalent held in the brain, after a delay", about="CHEBI:7465"),
    "retained": Quantity("mg", "dose equivalent held in the brain", about="CHEBI:7465"),
}

PARAMETERS = naltrexone.PARAMETERS | {
    "EC50": Parameter(1.11, "ng/mL", 0.01, 50.0, "fitted", "Trostheim2023opioid Lee1988duration", "plasma level that blocks half of the mu receptors, metabolite structure", r"\mathrm{EC}_{50}", sbo=287),
    "potency": Parameter(1.0, "1", 0.0, 1.0, "fitted", "Trostheim2023opioid Lee1988duration", "potency of 6β-naltrexol in the brain, relative to naltrexone", r"w"),
    "EC50t": Parameter(0.63, "ng/mL", 0.001, 50.0, "fitted", "Trostheim2023opioid Lee1988duration", "plasma level that blocks half of the mu receptors, tail structure", r"\mathrm{EC}_{50,t}", sbo=287),
    "depth": Parameter(0.0484, "ng/mL/mg", 0.0001, 5.0, "fitted", "Trostheim2023opioid Lee1988duration", "level of the slow phase, per mg of dose, carried back to the start", r"b"),
    "terminal": Parameter(96.0, "h", 24.0, 200.0, "measured", "Lee1988duration", "half-life of the slow last phase in plasma, as cited there", r"h_t", sbo=332),
    "EC50e": Parameter(0.092, "ng/mL", 0.001, 20.0, "fitted", "Trostheim2023opioid Lee1988duration", "effect-site level that blocks half of the mu receptors", r"\mathrm{EC}_{50,e}", sbo=287),
    "equilibration": Parameter(22.9, "h", 0.1, 300.0, "fitted", "Trostheim2023opioid Lee1988duration", "half-life of the effect site", r"h_e", sbo=332),
    "kon": Parameter(0.183, "mL/ng/h", 0.001, 20.0, "fitted", "Trostheim2023opioid Lee1988duration", "association rate", r"k_{on}", sbo=341),
    "residence": Parameter(83.9, "h", 0.5, 500.0, "fitted", "Trostheim2023opioid Lee1988duration", "half-life of the drug on the receptor; in vitro it is 2 min", r"h_b", sbo=332),
    "ED50": Parameter(5.08, "mg", 0.5, 50.0, "fitted", "Trostheim2023opioid Lee1988duration", "dose that blocks half of the mu receptors", r"\mathrm{ED}_{50}"),
    "retention": Parameter(31.2, "h", 1.0, 300.0, "fitted", "Trostheim2023opioid Lee1988duration", "half-life of the drug held in the brain", r"h_r", sbo=332),
    "arrival": Parameter(0.78, "h", 0.05, 10.0, "fitted", "Trostheim2023opioid Lee1988duration", "half-life of the way to the brain", r"h_a", sbo=332),
    "hill": Parameter(1.02, "1", 0.3, 4.0, "fitted", "Trostheim2023opioid Lee1988duration", "Hill coefficient", r"n", sbo=190),
}

OUTPUTS = {
    "mu_metabolite": Quantity("1", "mu receptors blocked, metabolite structure", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_tail": Quantity("1", "mu receptors blocked, tail structure", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_effect": Quantity("1", "mu receptors blocked, effect-site structure", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_binding": Quantity("1", "mu receptors blocked, slow-binding structure", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_delayed": Quantity("1", "mu receptors blocked, delayed structure", high=1.0, sbo=540, about="uniprot:P35372"),
    "mu_cooperative": Quantity("1", "mu receptors blocked, cooperative structure", high=1.0, sbo=540, about="uniprot:P35372"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "Could another way from a dose to blocked receptors explain the "
        "scans as well?",
    ),
    use=(
        "Chapter 3 ranks these structures together with the three "
        "readings.",
    ),
    may=(
        "Which structures the scans and the four later points speak "
        "against.",
    ),
    may_not=(
        "Which structure is true: eleven points rank ideas.",
        "The value of a parameter: these points leave several of them "
        "open, and one fit ends at the edge of its range.",
    ),
    support=(
        "The same eleven points as for the three readings, by the same "
        "fit; no other data were held against them.",
        "Slow binding has evidence against it: in the test tube the "
        "drug leaves the receptor within minutes.",
    ),
    refutation=(
        "Scans of the same people at several hours after a low dose, "
        "and after several doses.",
    ),
    source="Trostheim2023opioid Lee1988duration Cassel2005alvimopan",
)


def initial(p):
    return *naltrexone.initial(p), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0


def dose(amount, state, p):
    *blood, tail, effect, bound, arriving, delayed, retained = state
    return (
        *naltrexone.dose(amount, blood, p),
        tail + amount,
        effect,
        bound,
        arriving + amount,
        delayed,
        retained + amount,
    )


def rhs(t, state, p):
    *blood, tail, effect, bound, arriving, delayed, retained = state
    level, _ = naltrexone.outputs(t, blood, p)
    arriving_now = LN2 / p.arrival * arriving
    return (
        *naltrexone.rhs(t, blood, p),
        -LN2 / p.terminal * tail,
        LN2 / p.equilibration * (level - effect),
        p.kon * level * (1 - bound) - LN2 / p.residence * bound,
        -arriving_now,
        arriving_now - LN2 / p.retention * delayed,
        -LN2 / p.retention * retained,
    )


def outputs(t, state, p):
    *blood, tail, effect, bound, arriving, delayed, retained = state
    level, metabolite_level = naltrexone.outputs(t, blood, p)
    blocking = level + p.potency * metabolite_level
    with_tail = level + p.depth * tail
    ratio = (retained / p.ED50) ** p.hill
    return (
        blocking / (blocking + p.EC50),
        with_tail / (with_tail + p.EC50t),
        effect / (effect + p.EC50e),
        bound,
        delayed / (delayed + p.ED50),
        ratio / (1 + ratio),
    )
