"""Swallowed naltrexone and its main metabolite, 6β-naltrexol, in blood.

The gut empties into the liver; a fraction `F` survives it and reaches the
blood unchanged, most of the rest arrives as 6β-naltrexol. Both then spread
between a central and a tissue compartment and are cleared. Everything is
linear in the dose, as Meyer 1984 found from 50 to 200 mg.
"""

from helpers.models import Credibility, Parameter, Quantity

TITLE = "Naltrexone and 6β-naltrexol after a swallowed dose"

# fmt: off
STATES = {
    "gut": Quantity("µg", "naltrexone still to be absorbed", about="CHEBI:7465"),
    "central": Quantity("µg", "naltrexone in blood and what equilibrates with it at once", about="CHEBI:7465"),
    "tissue": Quantity("µg", "naltrexone in tissue", about="CHEBI:7465"),
    "metabolite": Quantity("µg", "6β-naltrexol, central", about="pubchem.compound:631219"),
    "metabolite_tissue": Quantity("µg", "6β-naltrexol in tissue", about="pubchem.compound:631219"),
}

PARAMETERS = {
    "salt": Parameter(900.0, "µg/mg", 850.0, 1000.0, "measured", "EMAmysimba", "naltrexone base in each mg of hydrochloride on the label", r"s"),
    "ka": Parameter(1.32, "1/h", 0.3, 4.0, "fitted", "FDArevia", "absorption rate; set by the time of the peak", r"k_a", sbo=22),
    "F": Parameter(0.085, "1", 0.05, 0.40, "fitted", "Johnson2010relative FDArevia", "oral bioavailability; gives the AUC measured at 2.4 mg, to the last sample, as if to the end, for the clearance below", r"F"),
    "CL": Parameter(94.0, "L/h", 50.0, 250.0, "measured", "Meyer1984bioequivalence", "clearance; other studies find 140 and 211 L/h", r"\mathrm{CL}"),
    "V1": Parameter(149.0, "L", 50.0, 600.0, "fitted", "Johnson2010relative", "central volume; set by the peak", r"V_1"),
    "Q": Parameter(20.0, "L/h", 5.0, 200.0, "assumed", "", "exchange with tissue; not identified by the data used here", r"Q"),
    "V2": Parameter(89.2, "L", 20.0, 1500.0, "fitted", "FDArevia", "tissue volume; set by the half-life of 4 h", r"V_2"),
    "fm": Parameter(0.85, "1", 0.3, 1.0, "assumed", "", "share of naltrexone turned into 6β-naltrexol; only fm/CLm is identified", r"f_m"),
    "CLm": Parameter(52.0, "L/h", 20.0, 150.0, "fitted", "Meyer1984bioequivalence", "clearance of 6β-naltrexol; set by its AUC, of 50 mg taken as base", r"\mathrm{CL}_m"),
    "Vm": Parameter(179.0, "L", 50.0, 1000.0, "fitted", "SwissSmPC56109", "central volume of 6β-naltrexol; set by its peak", r"V_m"),
    "Qm": Parameter(50.0, "L/h", 5.0, 200.0, "assumed", "", "exchange of 6β-naltrexol with tissue", r"Q_m"),
    "Vm2": Parameter(430.0, "L", 20.0, 3000.0, "fitted", "FDArevia", "tissue volume of 6β-naltrexol; set by its half-life of 13 h", r"V_{m2}"),
}

OUTPUTS = {
    "naltrexone": Quantity("ng/mL", "naltrexone in plasma", about="CHEBI:7465"),
    "naltrexol": Quantity("ng/mL", "6β-naltrexol in plasma", about="pubchem.compound:631219"),
}

# The published clearances disagree. Oral data fix only CL/F, so each is
# also shown with the F that keeps the AUC measured by Johnson 2010; Meyer's
# own pair gives a lower AUC.
SCENARIOS = {
    "Clearance 94 L/h, 5% (both Meyer 1984)": {"CL": 94.0, "F": 0.05},
    "Clearance 94 L/h (Meyer 1984)": {"CL": 94.0, "F": 0.085},
    "Clearance 140 L/h (Dunbar 2007)": {"CL": 140.0, "F": 0.1266},
    "Clearance 211 L/h (Licko 1981)": {"CL": 211.0, "F": 0.1908},
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "How much naltrexone and 6β-naltrexol is in blood at each hour "
        "after swallowed doses?",
    ),
    use=(
        "Chapter 3 sets the short stay in blood against the long "
        "blockade in the brain.",
        "The models of receptors, of opioids beside naltrexone and of "
        "virtual patients take the level in blood from here.",
    ),
    may=(
        "The order of size of a level after a dose, and that most of "
        "the drug has left the blood within a day.",
    ),
    may_not=(
        "The level in one person: the model is one curve, and people "
        "differ.",
        "The late hours after a dose: the published clearances differ "
        "by more than a factor of two.",
        "What anyone should take, or when.",
    ),
    support=(
        "Peak and exposure at 2.4 mg, the hour of the peak, the "
        "half-lives, and the metabolite's peak and exposure were put "
        "in, so they are no test.",
        "The peak after 50 mg was not put in; chapter 3 prints it "
        "beside the published ones.",
        "Exposure was proportional to the dose from 50 to 200 mg, as in "
        "the model.",
    ),
    refutation=(
        "Levels after 1 to 6 mg in many people, at known hours, that do "
        "not follow it.",
        "There is a warning already: the levels that one trial measured "
        "on 4.5 mg a day lie above its peak, at hours that we do not "
        "know.",
    ),
    source=(
        "Johnson2010relative Meyer1984bioequivalence Licko1981overview "
        "Brewer2018doubleblinded"
    ),
)


def initial(p):
    return 0.0, 0.0, 0.0, 0.0, 0.0


def dose(amount, state, p):
    gut, central, tissue, metabolite, metabolite_tissue = state
    swallowed = p.salt * amount
    return gut + swallowed, central, tissue, metabolite, metabolite_tissue


def rhs(t, state, p):
    gut, central, tissue, metabolite, metabolite_tissue = state
    absorbed = p.ka * gut
    cleared = p.CL * central / p.V1
    to_tissue = p.Q * (central / p.V1 - tissue / p.V2)
    formed = p.fm * ((1 - p.F) * absorbed + cleared)
    cleared_m = p.CLm * metabolite / p.Vm
    to_tissue_m = p.Qm * (metabolite / p.Vm - metabolite_tissue / p.Vm2)
    return (
        -absorbed,
        p.F * absorbed - cleared - to_tissue,
        to_tissue,
        formed - cleared_m - to_tissue_m,
        to_tissue_m,
    )


def outputs(t, state, p):
    gut, central, tissue, metabolite, metabolite_tissue = state
    return central / p.V1, metabolite / p.Vm  # µg/L is ng/mL
