"""Fits of the models to the tables in `helpers.evidence`, with intervals.

Kinetics, and dose–response curves of occupancy, among them one with a free Hill coefficient.

The values that the model files call *fitted* come from here; a test repeats the fits.
"""

import functools
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers import checks, evidence, models
from helpers.simulate import Doses, check_arrays, simulate, single

# Hours after the dose at which the seven scans may have been made: the paper says within 8 hours.
# What depends on the hour does so steadily, so that the ends and the middle are enough.
SCAN_HOUR, SCAN_HOURS = 4.0, (1.0, 4.0, 8.0)
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

    @property
    def at_edge(self):
        """The parameters that the data would push beyond the range of the model."""
        parameters = models.load(STRUCTURES[self.structure][0]).parameters
        return [
            name
            for name, value in self.estimates.items()
            if np.isclose(value, [parameters[name].low, parameters[name].high], rtol=1e-3).any()
        ]


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


def fit_occupancy(structure, relative=True, hour=SCAN_HOUR):
    """Fit one of `STRUCTURES` to the seven scans and the four dual-detector values after 50 mg.

    relative: read the dual-detector values as shares of the subject's own 1 h scan (as the curated
    table says); False reads them as absolute occupancy.
    hour: when after the dose the seven scans are taken to have been made, 1 to 8.
    Errors: the residual SD of `fit_scans` for a scan, the published SEM for the series.
    Returns a `Fit`. Raises UnknownName or ValueError for another structure or hour.
    """
    checks.known("structure", structure, STRUCTURES)
    return _fit(structure, bool(relative), checks.number("hour", hour, 1, 8, "h"))


@functools.cache
def _fit(structure, relative, hour):
    from scipy.optimize import least_squares  # slow to load

    model, output, free = STRUCTURES[structure]
    scans, series = _scans(), _series()
    observed, sd = _measured()
    parameters = [models.load(model).parameters[name] for name in free]
    low = np.log([max(p.low, 1e-4) for p in parameters])
    high = np.log([p.high for p in parameters])

    def predicted(logs):
        values = dict(zip(free, np.clip(np.exp(logs), np.exp(low), np.exp(high))))
        share = lambda dose, times: simulate(model, single(dose), times, **values)[output]
        high_dose = share(50.0, sorted({1.0, hour, *series["time_h"]}))
        at_scan = {d: share(d, [hour])[hour] for d in set(scans["dose_mg"]) - {50.0}}
        at_scan[50.0] = high_dose[hour]
        later = high_dose[series["time_h"]].to_numpy() / (high_dose[1.0] if relative else 1.0)
        return 100 * np.r_[[at_scan[dose] for dose in scans["dose_mg"]], later]

    start = np.clip(np.log([max(p.value, 1e-4) for p in parameters]), low + 1e-6, high - 1e-6)
    solution = least_squares(
        lambda x: (predicted(x) - observed) / sd,
        start,
        bounds=(low, high),
        diff_step=1e-4,
        ftol=1e-6,
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


def rank_structures(relative=True, hour=SCAN_HOUR):
    """All `STRUCTURES`, best first: parameters, χ², AICc, difference to the best, Akaike weight,

    what each predicts for a single 4.5 mg dose at 4 and 24 h (per cent), and which of its
    parameters stand at an edge of their range. One row a structure.
    relative, hour: as for `fit_occupancy`.
    """
    rows = {}
    for structure, (model, output, free) in STRUCTURES.items():
        fit = fit_occupancy(structure, relative, hour)
        at = simulate(model, single(4.5), [4.0, 24.0], **fit.estimates)[output] * 100
        rows[structure] = [len(free), fit.chi2, fit.aicc, *at, ", ".join(fit.at_edge)]
    table = pd.DataFrame.from_dict(
        rows,
        orient="index",
        columns=[
            "parameters", "chi2", "AICc", "4.5 mg, 4 h (%)", "4.5 mg, 24 h (%)", "at an edge"
        ],
    )  # fmt: skip
    table = table.sort_values("AICc").rename_axis(columns="structure")
    table.insert(3, "difference", table["AICc"] - table["AICc"].min())
    weight = np.exp(-table["difference"] / 2)
    table.insert(4, "weight", weight / weight.sum())
    return table


def blocked(reading, doses, times, ratio=1.0, **parameters):
    """Share of receptors blocked in one of `READINGS`, for many parameter sets at once.

    doses, times (h, increasing): as for `simulate`. ratio: half-blocking dose as a multiple of
    mu's. parameters: of the model `receptor_occupancy`, numbers or arrays of shape (n,).
    Returns shape (times, n). Between doses the model is linear: its states, as sums of
    exponentials, are exact.
    Raises UnknownName or ValueError for anything else.
    """
    output = READINGS[checks.known("reading", reading, READINGS)]
    if not isinstance(doses, Doses):
        raise ValueError(f"doses must come from single(), daily() or schedule(), got {doses!r}")
    times = [checks.number("times", t, 0, 1e6, "h") for t in checks.several("times", times)]
    ratio = checks.number("ratio", ratio, 1e-3, 1e3)
    model = models.load("receptor_occupancy")
    check_arrays(model, parameters)
    n = np.broadcast_shapes((1,), *map(np.shape, parameters.values()))[0]
    fill = lambda values: np.column_stack([np.broadcast_to(v, n) for v in values])
    p = SimpleNamespace(**vars(model.values()) | parameters)
    unit = np.eye(len(model.states))
    rates = np.stack([fill(model.module.rhs(0.0, tuple(x), p)) for x in unit], axis=2)
    rate, mode = np.linalg.eig(rates)
    state, now, shares = fill(model.module.initial(p)), 0.0, []
    given = dict(zip(doses.times, doses.amounts))
    for moment in sorted({*given, *times}):
        weight = np.linalg.solve(mode, state[..., None])[..., 0] * np.exp(rate * (moment - now))
        state, now = (mode @ weight[..., None])[..., 0].real, moment
        if moment in given:
            # A weaker grip at this dose is mu's grip at a dose that is smaller by the ratio.
            state = fill(model.module.dose(given[moment] / ratio, tuple(state.T), p))
        if moment in times:
            seen = dict(zip(model.outputs, model.module.outputs(moment, tuple(state.T), p)))
            shares.append(np.broadcast_to(seen[output], n))
    return np.array(shares)


def misfit(reading, hour, **parameters):
    """χ² of one of `READINGS` with parameters as arrays of shape (n,), as `fit_occupancy` has it.

    hour: of the seven scans, 1 to 8. Raises UnknownName or ValueError for anything else.
    """
    hour = checks.number("hour", hour, 1, 8, "h")
    scans, series = _scans(), _series()
    observed, sd = _measured()
    at_scan = {
        dose: blocked(reading, single(dose), [hour], **parameters)[0]
        for dose in set(scans["dose_mg"])
    }
    later = blocked(reading, single(50.0), [1.0, *series["time_h"]], **parameters)
    expected = [*(at_scan[dose] for dose in scans["dose_mg"]), *(later[1:] / later[0])]
    return (((100 * np.array(expected) - observed[:, None]) / sd[:, None]) ** 2).sum(axis=0)


def region(reading, level=0.95):
    """The edge of the parameters that the data do not rule out, for one of `READINGS`.

    Those that raise χ² above its least value by the quantile of χ² with one degree of freedom:
    the range of a parameter, or of anything predicted from the rows, is its profile-likelihood
    interval. The data say nothing about the hour of the scans: the rows are those of all of
    `SCAN_HOURS`, each beside the best fit of its own.
    Returns a DataFrame, columns: the parameters that are free in the fit, and `hour`.
    """
    from scipy import stats  # slow to load

    checks.known("reading", reading, READINGS)
    rise = float(stats.chi2.ppf(checks.number("level", level, 0, 0.9999), 1))
    return pd.concat([_edge(reading, hour, rise) for hour in SCAN_HOURS], ignore_index=True)


@functools.cache
def _edge(reading, hour, rise):
    """The rows of `region` for one hour of the scans: χ² above its least value by `rise`."""
    fit = fit_occupancy(reading, hour=hour)
    model, _, free = STRUCTURES[reading]
    parameters = [models.load(model).parameters[name] for name in free]
    low, high = np.array([(p.low, p.high) for p in parameters]).T
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    directions = circle if len(free) == 2 else np.array([[1.0], [-1.0]])
    along = directions @ np.linalg.cholesky(fit.log_covariance).T
    centre = np.array(list(fit.estimates.values()))

    def sets(distance):
        values = centre * np.exp(distance[:, None] * along)
        return dict(zip(free, np.clip(values, low, high).T))

    # Bisection along each ray from the best fit, all rays together.
    near, far = np.zeros(len(along)), np.full(len(along), 8.0)
    for _ in range(16):
        middle = (near + far) / 2
        inside = misfit(reading, hour, **sets(middle)) <= fit.chi2 + rise
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return pd.DataFrame(sets(near)).assign(hour=hour)


def predict(reading, doses, times, ratio=1.0):
    """What a reading says about any doses (per cent): DataFrame, index `times`.

    Columns: `value`, the best fit with the scans at `SCAN_HOUR`; `low` and `high`, the 95%
    profile-likelihood interval with the hour of the scans free (`region`). Arguments: `blocked`.
    """
    checks.known("reading", reading, READINGS)
    times = checks.several("times", times)
    best = fit_occupancy(reading).estimates
    possible = region(reading).drop(columns="hour")
    [value] = 100 * blocked(reading, doses, times, ratio, **best).T
    all_sets = 100 * blocked(reading, doses, times, ratio, **possible.to_dict("series"))
    # The best fit is inside the region, whose edge alone could miss a value that is flat there.
    low, high = np.minimum(value, all_sets.min(axis=1)), np.maximum(value, all_sets.max(axis=1))
    return pd.DataFrame({"value": value, "low": low, "high": high}, index=list(times))


def half_life(model, states, **parameters):
    """Slowest half-life (h) among `states` of `model`, linear and driven by themselves only.

    Raises UnknownName or ValueError for other states, none of them, or other parameters.
    """
    model = models.load(model)
    if not checks.several("states", states):
        raise ValueError("states must be one or more, got none")
    p = model.values(**parameters)
    names = list(model.states)
    indices = [names.index(checks.known("state", state, names)) for state in states]
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


def measured():
    """What the structures are fitted to: the seven scans, taken at `SCAN_HOUR`, and the four later
    values after 50 mg.

    Returns a DataFrame: dose_mg, time_h, value and its standard deviation sd (per cent);
    relative: whether the value is a share of the same person's scan at 1 h.
    """
    scans, series = _scans(), _series()
    table = pd.concat(
        [scans.assign(time_h=SCAN_HOUR, relative=False), series.assign(relative=True)]
    )
    sd = np.r_[np.full(len(scans), fit_scans()[2]), series["dispersion"]]
    return table.assign(sd=sd)[["dose_mg", "time_h", "value", "sd", "relative"]]


def _measured():
    """The values that the structures are fitted to, and their standard deviations (per cent)."""
    table = measured()
    return table["value"].to_numpy(), table["sd"].to_numpy()


def _scans():
    table = evidence.occupancy()
    return table[table["study"] == "Rabiner 2011"]


def _series():
    table = evidence.occupancy()
    return table[table["study"] == "Lee 1988"]
