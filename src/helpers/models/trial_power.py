"""How likely a trial is to find a difference in pain, by its size and
design, in the normal approximation.

A model of arithmetic alone: its one state, the number of people randomised,
stands still. Pain is a change from the start, in points of a 0-10 scale;
`sd` is its standard deviation between people. Three studies of the same
people: parallel groups, a crossover (each person takes every treatment),
and a study without control, which counts what placebo does as success. The
power is the normal distribution function of (expected difference / standard
error - 1.96), in Page's logistic form (error below 0.0002). A t test spends
part of its people on estimating the scatter: z²/4 a group, or z²/2 where
each person is compared with themselves, are taken off first.
`helpers.analysis.trial_power` has the exact powers of the t tests.
"""

from helpers.models import Credibility, Parameter, Quantity

TITLE = "Power of a trial"
TIME = "1"

E = 2.718281828459045
Z = 1.959963984540054  # two-sided 5%
Z80 = 0.8416212335729143  # 80% power

# fmt: off
STATES = {"randomised": Quantity("1", "people randomised")}

PARAMETERS = {
    "people": Parameter(100.0, "1", 10.0, 5000.0, "assumed", "", "people randomised", r"N"),
    "effect": Parameter(1.0, "1", 0.1, 4.0, "assumed", "", "benefit beyond placebo, points", r"\delta"),
    "placebo": Parameter(0.9, "1", 0.0, 4.0, "measured", "Bruun2024naltrexone", "improvement on placebo, points", r"\pi"),
    "sd": Parameter(1.8, "1", 0.5, 4.0, "assumed", "", "standard deviation of the change between people, points; 1.5 and 2.0 follow from two trials", r"\sigma"),
    "correlation": Parameter(0.5, "1", 0.0, 0.9, "assumed", "", "correlation of one person's changes in two periods", r"\rho"),
    "dropout": Parameter(0.15, "1", 0.0, 0.6, "assumed", "", "share lost before the end", r"d"),
    "arms": Parameter(2.0, "1", 2.0, 4.0, "assumed", "", "treatments compared, placebo included", r"a"),
}

OUTPUTS = {
    "parallel": Quantity("1", "power of parallel groups", high=1.0),
    "crossover": Quantity("1", "power of a crossover", high=1.0),
    "uncontrolled": Quantity("1", "chance of a significant improvement without control", high=1.0),
    "parallel_needed": Quantity("1", "people needed for 80% power in parallel groups"),
    "crossover_needed": Quantity("1", "people needed for 80% power in a crossover"),
    "parallel_seen": Quantity("1", "smallest difference found with 80% power in parallel groups, points"),
    "crossover_seen": Quantity("1", "smallest difference found with 80% power in a crossover, points"),
}
# fmt: on

CREDIBILITY = Credibility(
    question=(
        "How likely is a trial of so many people to find a benefit that "
        "is really there?",
    ),
    use=(
        "Chapter 7 shows with it what design, size, scatter and losses "
        "do to a trial.",
    ),
    may=(
        "How these compare; a test holds it against the exact power of "
        "the t tests.",
    ),
    may_not=(
        "Whether there is a benefit.",
        "The size of a real trial, which needs its own scatter, its own "
        "losses and a statistician.",
    ),
    support=(
        "The exact powers agree with it to 3 points where at least five "
        "people finish in each group; with fewer it can be 20 points "
        "too high. Trials played out at random agree with the exact "
        "powers.",
        "The placebo response is that of one trial; the scatter follows "
        "from two; the rest is assumed.",
    ),
    refutation=(
        "Trials whose scatter or losses lie outside these ranges, or "
        "whose results are far from a normal distribution.",
    ),
    source="Bruun2024naltrexone",
)


def initial(p):
    return (p.people,)


def dose(amount, state, p):
    return state


def rhs(t, state, p):
    (randomised,) = state
    return (0 * randomised,)


def outputs(t, state, p):
    (randomised,) = state
    finished = randomised * (1 - p.dropout)
    per_group, paired = p.arms * Z**2 / 4, Z**2 / 2
    within = 2 * (1 - p.correlation)
    parallel_error = p.sd * (2 * p.arms / (finished - per_group)) ** 0.5
    crossover_error = p.sd * (within / (finished - paired)) ** 0.5
    x = p.effect / parallel_error - Z
    y = p.effect / crossover_error - Z
    z = (p.effect + p.placebo) / (p.sd / (finished - paired) ** 0.5) - Z
    ratio = ((Z + Z80) * p.sd / p.effect) ** 2
    return (
        1 / (1 + E ** (-1.5976 * x - 0.07056 * x**3)),
        1 / (1 + E ** (-1.5976 * y - 0.07056 * y**3)),
        1 / (1 + E ** (-1.5976 * z - 0.07056 * z**3)),
        (2 * p.arms * ratio + per_group) / (1 - p.dropout),
        (within * ratio + paired) / (1 - p.dropout),
        (Z + Z80) * parallel_error,
        (Z + Z80) * crossover_error,
    )
