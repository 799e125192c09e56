"""Fits of the models to the tables in `helpers.evidence`, with intervals.

Kinetics, and dose–response curves of occupancy, among them one with a free Hill coefficient.

The values that the model files call *fitted* come from here; a test repeats the fits.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import evidence, models
from helpers.checks import known
from helpers.simulate import simulate, single

SCAN_HOUR = 4.0  # the paper says within 8 hours
# Structure → model, output and the parameters that are free in the fit.
STRUCTURES = {
    "plasma": ("receptor_occupancy", "mu_plasma", ("EC50",)),
    "plasma and metabolite": ("occupancy_rivals", "mu_metabolite", ("EC50", "potency")),
    "plasma with slow tail": ("occupancy_rivals", "mu_tail", ("EC50t", "depth")),
    "effect site": ("occupancy_rivals", "mu_effect", ("EC50e", "equilibration")),
    "slow binding": ("occupancy_rivals", "mu_binding", ("kon", "residence")),
    "fading": ("receptor_occupancy", "mu_fading", ("ED50", "fading")),
    "retained": ("receptor_occupancy", "mu_retained", ("ED50", "retention")),
    "retained, delayed": ("occupancy_rivals", "mu_delayed", ("ED50", "retention", "arrival")),
    "retained, cooperative": ("occupancy_rivals", "mu_cooperative", ("ED50", "retention", "hill")),
}


# The three readings of the scans that the book goes on with:
# name → output of the model `receptor_occupancy`.
READINGS = {"plasma": "mu_plasma", "retained": "mu_retained", "fading": "mu_fading"}


@dataclass(frozen=True)
class Fit:
    """A fit of `structure` to the scans and the dual-detector series.

    estimates: parameter → value. log_covariance: of the logs of the estimates, shape (k, k).
    table: the data rows with `predicted` (per cent). chi2, aicc: of the whole.
    """

    structure: str
    estimates: dict
    log_covariance: np.ndarray
    table: pd.DataFrame
    chi2: float
    aicc: float

    def interval(self, level=0.95):
        """Parameter → (low, high), from the covariance of the logs."""
        from scipy import stats  # slow to load

        z = stats.norm.ppf(0.5 + level / 2)
        spread = z * np.sqrt(np.diag(self.log_covariance))
        return {
            n: (v * np.exp(-s), v * np.exp(s)) for (n, v), s in zip(self.estimates.items(), spread)
        }

    def draws(self, n, seed=1):
        """`n` parameter sets from the fit's uncertainty, as dicts,
        kept within each parameter's range.
        """
        model, _, free = STRUCTURES[self.structure]
        rng = np.random.default_rng(seed)
        centre = np.log(list(self.estimates.values()))
        parameters = models.load(model).parameters
        low, high = ([getattr(parameters[name], end) for name in free] for end in ("low", "high"))
        sets = []
        while len(sets) < n:
            values = np.exp(rng.multivariate_normal(centre, self.log_covariance))
            if np.all((values >= low) & (values <= high)):
                sets.append(dict(zip(free, map(float, values))))
        return sets


def fit_scans():
    """Hyperbola blocked = dose / (dose + ED50) through the seven scans, all within 8 h of the dose.

    Returns (ED50, (low, high) of the 95 % interval, residual SD in percentage points).
    Source of the data: Trostheim2023opioid, Table 1.
    """
    from scipy import stats  # slow to load
    from scipy.optimize import least_squares

    scans = _scans()
    dose, value = scans["dose_mg"].to_numpy(), scans["value"].to_numpy()
    solution = least_squares(lambda x: 100 * dose / (dose + x[0]) - value, [5.0])
    freedom = len(value) - 1
    variance = 2 * solution.cost / freedom
    error = np.sqrt(variance / (solution.jac.T @ solution.jac)[0, 0])
    half_width = stats.t.ppf(0.975, freedom) * error
    ed50 = float(solution.x[0])
    return ed50, (float(ed50 - half_width), float(ed50 + half_width)), float(np.sqrt(variance))


def fit_occupancy(structure, relative=True):
    """Fit one of `STRUCTURES` to the seven scans and the four dual-detector values after 50 mg.

    relative: read the dual-detector values as shares of the subject's own 1 h scan (as the curated
    table says); False reads them as absolute occupancy. The seven scans are taken to have been made
    `SCAN_HOUR` after the dose.
    Errors: the residual SD of `fit_scans` for a scan, the published SEM for the series.
    Returns a `Fit`.
    """
    from scipy.optimize import least_squares  # slow to load

    model, output, free = STRUCTURES[known("structure", structure, STRUCTURES)]
    scans, series = _scans(), _series()
    sd = np.r_[np.full(len(scans), fit_scans()[2]), series["dispersion"]]
    observed = np.r_[scans["value"], series["value"]]
    parameters = [models.load(model).parameters[name] for name in free]
    low = np.log([max(p.low, 1e-4) for p in parameters])
    high = np.log([p.high for p in parameters])

    def predicted(logs):
        values = dict(zip(free, np.clip(np.exp(logs), np.exp(low), np.exp(high))))
        at_scan = {
            dose: simulate(model, single(dose), [SCAN_HOUR], **values)[output].iloc[0]
            for dose in set(scans["dose_mg"])
        }
        later = simulate(model, single(50.0), [1.0, *series["time_h"]], **values)[output].to_numpy()
        later = later[1:] / later[0] if relative else later[1:]
        return 100 * np.r_[[at_scan[dose] for dose in scans["dose_mg"]], later]

    start = np.clip(np.log([max(p.value, 1e-4) for p in parameters]), low + 1e-6, high - 1e-6)
    solution = least_squares(
        lambda x: (predicted(x) - observed) / sd, start, bounds=(low, high), diff_step=1e-4
    )
    n, k = len(observed), len(free)
    chi2 = float(2 * solution.cost)
    table = pd.concat([scans, series])
    table["predicted"] = predicted(solution.x)
    return Fit(
        structure=structure,
        estimates=dict(zip(free, map(float, np.exp(solution.x)))),
        log_covariance=np.linalg.pinv(solution.jac.T @ solution.jac),
        table=table,
        chi2=chi2,
        aicc=chi2 + 2 * k + 2 * k * (k + 1) / (n - k - 1),
    )


def rank_structures(relative=True):
    """All `STRUCTURES`, best first: parameters, χ², AICc, difference to the best, Akaike weight,

    and what each predicts for a single 4.5 mg dose at 4 and 24 h (per cent). One row a structure.
    """
    rows = {}
    for structure, (model, output, free) in STRUCTURES.items():
        fit = fit_occupancy(structure, relative)
        at = simulate(model, single(4.5), [4.0, 24.0], **fit.estimates)[output] * 100
        rows[structure] = [len(free), fit.chi2, fit.aicc, *at]
    table = pd.DataFrame.from_dict(
        rows,
        orient="index",
        columns=["parameters", "chi2", "AICc", "4.5 mg, 4 h (%)", "4.5 mg, 24 h (%)"],
    )
    table = table.sort_values("AICc").rename_axis(columns="structure")
    table.insert(3, "difference", table["AICc"] - table["AICc"].min())
    weight = np.exp(-table["difference"] / 2)
    table.insert(4, "weight", weight / weight.sum())
    return table


def half_life(model, states, **parameters):
    """Slowest half-life (h) among `states` of `model`, linear and driven by themselves only."""
    model = models.load(model)
    p = model.values(**parameters)
    names = list(model.states)
    indices = [names.index(known("state", state, names)) for state in states]
    unit = np.eye(len(names))
    columns = [np.array(model.module.rhs(0.0, tuple(unit[i]), p), float)[indices] for i in indices]
    return float(np.log(2) / -np.linalg.eigvals(np.column_stack(columns)).real.max())


def fit_naltrexone():
    """The fitted parameters of the `naltrexone` model: F, ka, V1, V2, CLm, Vm, Vm2.

    Parent: AUC and peak measured at 2.4 mg, time of the peak and half-life from the label
    (CL and Q are given).
    Metabolite: peak and half-life from the labels, AUC from urinary recovery (fm and Qm are given).
    As many targets as free parameters, so the fit is exact.
    """
    data = evidence.kinetics()["value"]
    default = models.load("naltrexone").values()
    fitted = {"F": data["johnson_auc"] / (2.4 * default.salt) * default.CL}
    times = np.linspace(0, 12, 1201)

    def parent(logs):
        values = dict(zip(("ka", "V1", "V2"), np.exp(logs)))
        level = simulate("naltrexone", single(2.4), times, **fitted, **values)[
            "naltrexone"
        ].to_numpy()
        slowest = half_life("naltrexone", ["central", "tissue"], **fitted, **values)
        peak = level.argmax()
        # The vertex of the parabola through the peak and its neighbours, so that the fit is smooth.
        bend = np.polyfit(times[peak - 1 : peak + 2] - times[peak], level[peak - 1 : peak + 2], 2)
        time_of_peak = times[peak] - bend[1] / (2 * bend[0])
        return np.log(
            [
                level.max() / data["johnson_cmax"],
                time_of_peak / data["label_tmax"],
                slowest / data["label_half_life"],
            ]
        )

    fitted |= dict(zip(("ka", "V1", "V2"), _solve(parent, [default.ka, default.V1, default.V2])))
    # The metabolite's AUC depends on its clearance alone: dose reaching it, divided by clearance.
    reaching = 50 * default.salt * default.fm
    fitted["CLm"] = reaching / data["meyer_auc_metabolite"]

    def metabolite(logs):
        values = dict(zip(("Vm", "Vm2"), np.exp(logs)))
        level = simulate("naltrexone", single(50), times, **fitted, **values)["naltrexol"]
        slowest = half_life("naltrexone", ["metabolite", "metabolite_tissue"], **fitted, **values)
        return np.log(
            [
                level.max() / data["smpc_cmax_metabolite"],
                slowest / data["label_half_life_metabolite"],
            ]
        )

    return fitted | dict(zip(("Vm", "Vm2"), _solve(metabolite, [default.Vm, default.Vm2])))


def _solve(residuals, start):
    from scipy.optimize import least_squares  # slow to load

    return [float(x) for x in np.exp(least_squares(residuals, np.log(start), diff_step=1e-4).x)]


def _scans():
    table = evidence.occupancy()
    return table[table["study"] == "Rabiner 2011"]


def _series():
    table = evidence.occupancy()
    return table[table["study"] == "Lee 1988"]
