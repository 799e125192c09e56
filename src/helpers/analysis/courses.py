"""The courses that figures draw: each simulation of one model behind them,
without random draws.

A figure draws what its function here says, and its COMBINE archive
(`helpers.archives`) holds the same. The defaults are those of the
chapters; a test compares the archives with the figures' own data.
"""

from dataclasses import dataclass, field

import numpy as np

from helpers import checks, models
from helpers.analysis import fits, tolerance
from helpers.simulate import Doses, daily, simulate, single

NO_DOSE = single(0)


@dataclass(frozen=True)
class Course:
    """One simulation: `model` (a name) under `doses`, with `parameters`
    changed, from time 0 to `end` in `steps` equal steps.

    name: of its curves. outputs: output → factor, what is drawn.
    Raises UnknownName for another model or output, ValueError for an end
    or steps that are no numbers above 0.
    """

    name: str
    model: str
    doses: Doses
    end: float
    steps: int
    outputs: dict
    parameters: dict = field(default_factory=dict)

    def __post_init__(self):
        known = models.load(self.model).outputs
        for output in self.outputs:
            checks.known(f"output of model {self.model!r}", output, known)
        checks.number("end", self.end, 1e-9, 1e6)
        checks.whole("steps", self.steps, 1, 100_000)

    @property
    def times(self):
        """Shape (steps + 1,), in the model's unit of time."""
        return np.linspace(0, self.end, self.steps + 1)

    def run(self):
        """What `helpers.simulate.simulate` gives at `times`."""
        return simulate(self.model, self.doses, self.times, **self.parameters)


def triggers(shares=None):
    """Figure 1.6. shares: values of `maturing`, one course each."""
    if shares is None:
        unit = tolerance.reproduction(maturing=1e-4) / 1e-4
        shares = [r0 / unit for r0 in (0.4, 0.8, 1.2, 2.0)]
    return [
        Course(
            f"R0 = {tolerance.reproduction(maturing=share):.2f}",
            "regulatory_t_cells",
            NO_DOSE,
            365,
            730,
            {"effectors": 1},
            {"maturing": share},
        )
        for share in shares
    ]


def two_fates(amplification=10.0):
    """Figure 2.2: one joint from two starts."""
    return [
        Course(
            f"starts at {start:g}",
            "synovial_cytokines",
            NO_DOSE,
            40,
            800,
            {"inflammation": 1, "calm": 1},
            {"amplification": amplification, "pro_start": start},
        )
        for start in (0.08, 0.16)
    ]


def flares(amplification=18.0):
    """Figure 2.4: the same joint with two strengths of calming."""
    return [
        Course(
            f"calming {calming:g}",
            "synovial_cytokines",
            NO_DOSE,
            60,
            1200,
            {"inflammation": 1},
            {
                "calming": calming,
                "amplification": amplification,
                "pro_start": 0.3,
            },
        )
        for calming in (3.5, 7.0)
    ]


def saturation(retention=None):
    """Figure 3.4. retention: half-life of the drug held in the brain (h),
    the fitted one if left out.
    """
    if retention is None:
        retention = fits.fit_occupancy("retained").estimates["retention"]
    return [
        Course(
            f"{amount:g} mg",
            "receptor_occupancy",
            single(amount),
            168,
            336,
            {"mu_retained": 100},
            {"retention": retention},
        )
        for amount in (50, 4.5)
    ]


def daily_dosing():
    """Figure 3.6: the best fit of the retained reading, ten daily doses."""
    return [
        Course(
            f"{amount:g} mg",
            "receptor_occupancy",
            daily(amount, 10),
            240,
            480,
            {"mu_retained": 100},
            fits.fit_occupancy("retained").estimates,
        )
        for amount in (4.5, 1.5)
    ]


# Ways to treat a joint: words, share of the signal taken away, share of
# the calming production taken away.
PLANS = (
    ("no drug", 0.0, 0.0),
    ("damp by a quarter", 0.25, 0.0),
    ("both arms down by a quarter", 0.25, 0.25),
    ("block", 0.95, 0.0),
)


def damp_or_block():
    """Figure 4.4: a diseased joint meets germs, under four plans."""
    return [
        Course(
            name,
            "inflammation_defence",
            NO_DOSE,
            60,
            240,
            {"signal": 1, "germs": 1},
            {"damping": damping, "calming_loss": loss},
        )
        for name, damping, loss in PLANS
    ]


def time_courses():
    """Figure 4.8: a benefit that builds up, at three half-times."""
    return [
        Course(
            f"half of it in {onset} week{'s' * (onset > 1)}",
            "slow_benefit",
            NO_DOSE,
            52,
            208,
            {"difference": 100},
            {"onset": onset},
        )
        for onset in (1, 4, 12)
    ]


# The figures by number.
FIGURES = {
    "1.6": triggers,
    "2.2": two_fates,
    "2.4": flares,
    "3.4": saturation,
    "3.6": daily_dosing,
    "4.4": damp_or_block,
    "4.8": time_courses,
}
