"""Self-tolerance with regulatory T cells (Alexander & Wahl 2011), system 1:
regulation of antigen-presenting cells.

Presenting cells that took up self antigen mature and make effector cells;
effector cells damage tissue, which releases more self antigen. Regulatory T
cells, of the same and of other specificities, remove mature presenting
cells. Equations and values are those of BioModels 289 (numbers of cells and
of units of antigen).
"""

from helpers.models import Credibility, Parameter, Quantity

TITLE = "Tolerance to self with regulatory T cells"

TIME = "day"

# fmt: off
STATES = {
    "presenting": Quantity("1", "mature presenting cells (A)", traces=True),
    "regulatory": Quantity("1", "regulatory T cells of the same specificity (R)", traces=True),
    "effector": Quantity("1", "effector T cells that attack self (E)", traces=True),
    "antigen": Quantity("1", "free self antigen (G)", traces=True),
}

PARAMETERS = {
    "uptake": Parameter(0.0025, "1/day", 0.0001, 0.1, "assumed", "", "published name v: antigen taken up by presenting cells", r"v"),
    "maturing": Parameter(1e-4, "1", 1e-5, 1e-3, "assumed", "", "published name f: new mature presenting cells per unit of antigen taken up", r"f"),
    "release": Parameter(2000.0, "1/day", 100.0, 20000.0, "assumed", "", "published name gamma: antigen released by each effector cell", r"\gamma"),
    "priming": Parameter(200.0, "1/day", 1.0, 5000.0, "assumed", "", "published name beta: regulatory cells made by each presenting cell", r"\beta"),
    "recruiting": Parameter(0.016, "1/day", 0.0, 1.0, "assumed", "", "published name pi1: regulatory cells made with the help of effector cells", r"\pi_1"),
    "making": Parameter(1000.0, "1/day", 10.0, 10000.0, "assumed", "", "published name lambdaE: effector cells made by each presenting cell", r"\lambda_E"),
    "loss_presenting": Parameter(0.25, "1/day", 0.05, 2.0, "assumed", "", "published name muA: death of presenting cells", r"\mu_A"),
    "loss_regulatory": Parameter(0.25, "1/day", 0.05, 2.0, "assumed", "", "published name muR: death of regulatory cells", r"\mu_R"),
    "loss_effector": Parameter(0.25, "1/day", 0.05, 2.0, "assumed", "", "published name muE: death of effector cells", r"\mu_E"),
    "loss_antigen": Parameter(5.0, "1/day", 0.5, 50.0, "assumed", "", "published name muG: clearance of antigen", r"\mu_G"),
    "suppression_other": Parameter(0.25, "1/day", 0.0, 5.0, "assumed", "", "published name b1: suppression by regulatory cells of other specificities", r"b_1"),
    "suppression_same": Parameter(3e-6, "1/day", 1e-8, 1e-3, "assumed", "", "published name sigma1: suppression by each regulatory cell of the same specificity", r"\sigma_1"),
    "presenting_start": Parameter(1.0, "1", 0.0, 1e4, "assumed", "", "mature presenting cells at the start", r"A_0"),
    "antigen_start": Parameter(1e8, "1", 0.0, 1e10, "assumed", "", "self antigen set free at the start: the trigger", r"G_0"),
}

OUTPUTS = {
    "effectors": Quantity("1", "effector T cells that attack self"),
    "regulators": Quantity("1", "regulatory T cells of the same specificity"),
    "reproduction": Quantity("1", "R0: new effector cells that one effector cell leads to", sbo=542),
    "lasting": Quantity("1", "effector cells in the lasting state, its corner at R0 = 1 rounded"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "When does a passing trigger leave a lasting attack on the "
        "body's own tissue?",
    ),
    use=(
        "Chapter 1 shows with it in which sense an autoimmune process "
        "is hard to stop.",
    ),
    may=(
        "What follows from the published equations: a threshold at R0 = "
        "1, and what enters R0.",
    ),
    may_not=(
        "Anything about a disease, a person or a treatment: no number "
        "of it was measured in one.",
        "The fate of a few cells, where chance decides; the equations "
        "have none.",
    ),
    support=(
        "Equations and values are those of the paper; the tests find "
        "its threshold and its two fates again.",
        "The authors chose the values as plausible.",
    ),
    refutation=(
        "A reaction whose growth after a known release of self antigen, "
        "with and without regulatory cells of other specificities, is "
        "not what R0 says.",
    ),
    source="Alexander2011selftolerance",
)


def initial(p):
    return p.presenting_start, 0.0, 0.0, p.antigen_start


def dose(amount, state, p):
    return state


def rhs(t, state, p):
    presenting, regulatory, effector, antigen = state
    matured = p.maturing * p.uptake * antigen
    removal = p.suppression_other + p.suppression_same * regulatory
    recruited = (p.priming + p.recruiting * effector) * presenting
    return (
        matured - (p.loss_presenting + removal) * presenting,
        recruited - p.loss_regulatory * regulatory,
        p.making * presenting - p.loss_effector * effector,
        p.release * effector - (p.uptake + p.loss_antigen) * antigen,
    )


def outputs(t, state, p):
    presenting, regulatory, effector, antigen = state
    gained = p.maturing * p.uptake * p.making * p.release
    removal = p.suppression_other + p.loss_presenting
    lost = (p.loss_antigen + p.uptake) * removal * p.loss_effector
    r0 = gained / lost
    # The lasting state has R = (b1 + muA) (R0 - 1) / sigma1;
    # below R0 = 1 there is none, here almost none.
    excess = (r0 - 1 + ((r0 - 1) ** 2 + 1e-6) ** 0.5) / 2
    needed = p.loss_regulatory * removal * excess / p.suppression_same
    square = p.recruiting * p.making / p.loss_effector
    root = (p.priming**2 + 4 * square * needed) ** 0.5
    presenting_then = 2 * needed / (p.priming + root)
    effector_then = p.making * presenting_then / p.loss_effector
    return effector, regulatory, r0, effector_then
