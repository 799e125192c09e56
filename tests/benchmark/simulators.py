"""Four engines on the same virtual patients: seconds a patient and error, from the same model file.

The outcome compared is the pain taken away, mean of the last week of 90 days at 4.5 mg a day.
"""

import sys
import time

import basico
import joblib
import numpy as np
import roadrunner
from tqdm import tqdm

from helpers import export, population
from helpers.analysis import virtual_trial
from helpers.simulate import daily

DOSE, DAYS, WEEK = 4.5, 90, 7
OUTPUT = "less_pain"
EXACT, OTHERS = 20, {"scipy solve_ivp": 20, "libRoadRunner": 40, "COPASI": 40}  # patients
SIZES = (100, 1_000, 10_000, 100_000)


def compare(report):
    table = virtual_trial.patients(max(OTHERS.values()), seed=8)
    patients = table.to_dict("records")
    exact = np.array(
        [
            population.exact_means(virtual_trial.MODEL, DOSE, DAYS, WEEK, rtol=1e-11, **p)[OUTPUT]
            for p in tqdm(patients[:EXACT], desc="exact solutions")
        ]
    )
    report.heading(
        "Engines",
        f"Time for a patient ({DAYS} days, {DOSE} mg a day), and the largest error in {EXACT} "
        "patients, relative to the largest value.",
        "engine",
        "patients",
        "ms a patient",
        "error",
    )
    many = virtual_trial.patients(10_000, seed=8)
    start = time.perf_counter()
    virtual_trial.simulate_patients(many, DOSE, days=DAYS)
    ours = time.perf_counter() - start
    found = virtual_trial.simulate_patients(table[:EXACT], DOSE, days=DAYS)[OUTPUT].to_numpy()

    def error(values):
        largest = np.max(np.abs(values - exact)) / np.abs(exact).max()
        if largest > 0.01:
            sys.exit(f"{largest:.0e} beside the exact means: this is not the same patient.")
        return f"{largest:.0e}"

    report.row(
        "helpers.population", f"{len(many):,}", f"{ours / len(many) * 1000:.2f}", error(found)
    )
    for name, engine in {
        "scipy solve_ivp": scipy,
        "libRoadRunner": libroadrunner,
        "COPASI": copasi,
    }.items():
        some = patients[: OTHERS[name]]
        start = time.perf_counter()
        values = engine(some)
        each = (time.perf_counter() - start) / len(some)
        report.row(name, f"{len(some)}", f"{each * 1000:.1f}", error(np.array(values[:EXACT])))


def grow(report):
    """From a hundred patients to a hundred thousand, on one process and on two."""
    report.heading(
        "Growth",
        f"Virtual trials of {DAYS} days. A slope of 1 means: twice the patients, twice the time.",
        "processes",
        *(f"{n:,} patients" for n in SIZES),
        "slope from 1,000 on",
    )
    virtual_trial.trial(100, days=2, over=1)  # the model is prepared once
    for processes in (1, 2):
        with joblib.parallel_config(n_jobs=processes):
            if processes > 1:
                joblib.Parallel()(
                    joblib.delayed(virtual_trial.trial)(6, days=2, over=1)
                    for _ in range(2 * processes)
                )
            seconds = []
            for people in SIZES:
                start = time.perf_counter()
                virtual_trial.trial(people, DOSE, days=DAYS)
                seconds.append(time.perf_counter() - start)
        slope = np.polyfit(np.log(SIZES[1:]), np.log(seconds[1:]), 1)[0]
        report.row(processes, *(f"{s:.2f} s" for s in seconds), f"{slope:.2f}")


def scipy(patients):
    """The adaptive solver at its usual care (relative tolerance 1e-6)."""
    return [
        population.exact_means(virtual_trial.MODEL, DOSE, DAYS, WEEK, rtol=1e-6, **p)[OUTPUT]
        for p in patients
    ]


def _sbml():
    return export.sbml(virtual_trial.MODEL, daily(DOSE, DAYS))


def libroadrunner(patients):
    runner = roadrunner.RoadRunner(_sbml())
    runner.timeCourseSelections = ["time", OUTPUT]
    found = []
    for patient in patients:
        runner.resetToOrigin()
        runner.integrator.relative_tolerance = 1e-6
        for name, value in patient.items():
            runner[name] = value
        course = runner.simulate(0, 24 * DAYS, 24 * DAYS + 1)
        found.append(_mean(course[:, 0], course[:, 1]))
    return found


def copasi(patients):
    model = basico.load_model_from_string(_sbml())
    # It sets a parameter by its name in words, and nothing, without a word, by its short name.
    table = basico.get_parameters(model=model)
    names = dict(zip(table["sbml_id"], table.index))
    found = []
    for patient in patients:
        for name, value in patient.items():
            basico.set_parameters(names[name], initial_value=value, exact=True, model=model)
        course = basico.run_time_course(
            duration=24 * DAYS,
            intervals=24 * DAYS,
            r_tol=1e-6,
            max_steps=1_000_000,
            use_sbml_id=True,
            model=model,
        )
        [column] = [c for c in course if c in (OUTPUT, f"Values[{OUTPUT}]")]
        found.append(_mean(course.index.to_numpy(), course[column].to_numpy()))
    basico.remove_datamodel(model)
    return found


def _mean(hours, values):
    """Over the last week; relief changes so slowly that hourly values are enough."""
    last = hours >= 24 * (DAYS - WEEK)
    return np.trapezoid(values[last], hours[last]) / (24 * WEEK)
