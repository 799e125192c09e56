"""Every control of the book, found by name, and what many settings of one show, solved at once."""

import importlib
import pkgutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from helpers import controls, explorer, models
from helpers.explorer import evaluation


def builders():
    """Control function by name, e.g. ldn_mechanism.explore_blood."""
    found = {}
    for item in pkgutil.iter_modules(controls.__path__):
        module = importlib.import_module(f"helpers.controls.{item.name}")
        found |= {
            f"{item.name}.{name}": f
            for name, f in vars(module).items()
            if name.startswith("explore_")
        }
    assert found, "no control was found in helpers.controls"
    return found


def random_settings(spec, rng):
    """Values anywhere in the whole range of every control, the ends included now and then."""
    values = {}
    for control in spec["controls"]:
        if control["kind"] == "choice":
            values[control["name"]] = rng.choice([o["value"] for o in control["options"]]).item()
        elif control["marks"]:
            values[control["name"]] = rng.choice(control["marks"]).item()
        else:
            low, high = control["low"], control["high"]
            share = rng.choice([0.0, 1.0, rng.uniform()], p=[0.05, 0.05, 0.9])
            value = (
                low * (high / low) ** share
                if control["scale"] == "log"
                else low + share * (high - low)
            )
            values[control["name"]] = float(min(max(value, low), high))
    return values


def evaluate_together(spec, settings):
    """`explorer.evaluate` at each of the settings, every run solved beside all others like it.

    Fifteen times as fast as one by one, and by another solver. Returns what `evaluate` returns for
    each of them.
    """
    runs = _Runs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "simulate", runs.ask)
        for values in settings:
            explorer.evaluate(spec, values)
        runs.solve(1e-10)
        patch.setattr(evaluation, "simulate", runs.answer)
        return [explorer.evaluate(spec, values) for values in settings]


# Runs solved as one system; with thousands the linear algebra starts threads that only cost time.
BATCH = 500


class _Runs:
    """Stands in for `simulate` twice: `ask` notes the runs that are wanted, `answer` gives them."""

    def __init__(self):
        self.groups = {}  # alike but for amounts and values → those runs
        self.results = {}

    @staticmethod
    def _key(name, doses, parameters):
        return name, doses, tuple(parameters.items())

    def ask(self, name, doses, times, rtol, **parameters):
        model = models.load(name)
        model.values(**parameters)  # refuses what `simulate` refuses
        group = self.groups.setdefault((name, doses.times, tuple(parameters)), ([], set()))
        group[0].append(self._key(name, doses, parameters))
        group[1].update(times)
        return pd.DataFrame(1.0, index=times, columns=[*model.states, *model.outputs])

    def solve(self, rtol):
        for (name, moments, changed), (asked, times) in self.groups.items():
            keys = list(dict.fromkeys(asked))
            for start in range(0, len(keys), BATCH):
                self._solve(
                    name, moments, changed, keys[start : start + BATCH], sorted(times), rtol
                )

    def _solve(self, name, moments, changed, keys, times, rtol):
        model, times = models.load(name), np.array(times)
        values = {n: np.full(len(keys), q.value) for n, q in model.parameters.items()}
        for i, parameter in enumerate(changed):
            values[parameter] = np.array([key[2][i][1] for key in keys])
        amounts = np.transpose([key[1].amounts for key in keys])
        p = SimpleNamespace(**values)
        states = solve_together(model.module, p, moments, amounts, times, rtol).transpose(1, 0, 2)
        outputs = model.module.outputs(times[:, None], tuple(states), p)
        shape = len(times), len(keys)
        columns = dict(zip([*model.states, *model.outputs], [*states, *outputs], strict=True))
        columns = {n: np.broadcast_to(column, shape) for n, column in columns.items()}
        for i, key in enumerate(keys):
            self.results[key] = {n: c[:, i] for n, c in columns.items()}, times

    def answer(self, name, doses, times, rtol, **parameters):
        columns, solved = self.results[self._key(name, doses, parameters)]
        rows = np.searchsorted(solved, times)
        return pd.DataFrame({n: c[rows] for n, c in columns.items()}, index=times)


def solve_together(module, p, moments, amounts, times, rtol):
    """States at `times` of many runs at once, shape (n_times, n_states, n_runs), by DOP853.

    p: parameters as arrays of shape (n_runs,). moments: of the doses, the first at time 0.
    amounts: shape (n_moments, n_runs).
    """
    runs = amounts.shape[1]
    together = lambda values: np.array([np.broadcast_to(v, runs) for v in values], float)
    rhs = lambda t, y: together(module.rhs(t, tuple(y.reshape(-1, runs)), p)).ravel()
    state = together(module.initial(p))
    result = np.empty((len(times), len(state), runs))
    for start, stop, amount in zip(moments, [*moments[1:], np.inf], amounts):
        if start > times[-1]:
            break
        state = together(module.dose(amount, tuple(state), p))
        inside, stop = (times >= start) & (times < stop), min(stop, times[-1])
        if stop == start:
            result[inside] = state
            break
        size = np.maximum(1e-3, np.abs(state).max(axis=0))  # as `simulate` does
        solution = solve_ivp(
            rhs,
            (start, stop),
            state.ravel(),
            method="DOP853",
            rtol=rtol,
            atol=np.broadcast_to(1e-6 * rtol * size, state.shape).ravel(),
            t_eval=np.union1d(times[inside], [stop]),
        )
        assert solution.success, solution.message
        states = solution.y.T.reshape(len(solution.t), -1, runs)
        result[inside] = states[np.isin(solution.t, times[inside])]
        state = states[-1]
    return result
