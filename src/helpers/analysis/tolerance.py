"""Telling self from non-self: negative selection of random receptors,
and the threshold of regulated tolerance.
"""

import functools
import math

import numpy as np

from helpers import checks, models

# ---------------------------------------------------------------- negative selection

LENGTH, KINDS = 5, 20  # contact residues of a receptor, and amino acids, as in Košmrlj 2009
RECEPTORS, FOREIGN, REPEATS = 1500, 200, 12
PEPTIDES = (30, 100, 300, 1000)
SHOWN = (0.7, 0.9, 1.0)
THRESHOLDS = tuple(round(1.75 + 0.25 * i, 2) for i in range(8))
FATES = ("survive", "escape", "missed")


def bindings(receptors, peptides, contact):
    """How strongly each receptor (row) binds each peptide (column), in SD.

    The sum of the `contact` energies over the residues.
    """
    total = np.zeros((len(receptors), len(peptides)), np.float32)
    for residue in range(receptors.shape[1]):
        row = receptors[:, residue][:, None]
        total += contact[row, peptides[:, residue]]
    return total


def worlds(repeats=REPEATS, seed=9):
    """Random worlds, each with its own contact energies, receptors, self and foreign peptides.

    A list of (own, foreign): own (receptors, self peptides) is each receptor's binding to each self
    peptide, foreign (receptors, foreign peptides). Contact energies are normal,
    scaled so that a random binding has SD 1.
    Raises ValueError for repeats or a seed that is not a whole number in range.
    """
    return _worlds(*_whole(repeats, seed))


def _whole(repeats, seed):
    return checks.whole("repeats", repeats, 1, 1000), checks.whole("seed", seed, 0, 2**53)


@functools.cache
def _worlds(repeats, seed):
    found = []
    for stream in np.random.SeedSequence(seed).spawn(repeats):
        rng = np.random.default_rng(stream)
        contact = (rng.standard_normal((KINDS, KINDS)) / math.sqrt(LENGTH)).astype(np.float32)
        receptors, own, foreign = (
            rng.integers(0, KINDS, (n, LENGTH)) for n in (RECEPTORS, max(PEPTIDES), FOREIGN)
        )
        found.append((bindings(receptors, own, contact), bindings(receptors, foreign, contact)))
    return found


def selection(repeats=REPEATS, seed=9):
    """Outcome shares, array (repeat, peptides, shown, threshold, outcome).

    A receptor that binds a self peptide shown in the thymus above the threshold is deleted.
    *survive*: share of receptors left; *escape*: share of those that bind a self peptide which was
    not shown; *missed*: share of foreign peptides that no survivor binds above the same threshold
    (holes in the defence). Raises as `worlds` does.
    """
    return _selection(*_whole(repeats, seed))


@functools.cache
def _selection(repeats, seed):
    result = np.empty((repeats, len(PEPTIDES), len(SHOWN), len(THRESHOLDS), 3))
    for r, (own, foreign) in enumerate(worlds(repeats, seed)):
        for i, count in enumerate(PEPTIDES):
            for j, share in enumerate(SHOWN):
                shown = round(count * share)
                most = own[:, :shown].max(axis=1)
                hidden = (
                    own[:, shown:count].max(axis=1) if shown < count else np.full(len(own), -np.inf)
                )
                for k, threshold in enumerate(THRESHOLDS):
                    left = most < threshold
                    escaped = (hidden[left] >= threshold).mean() if left.any() else 0.0
                    seen = (foreign[left] >= threshold).any(axis=0).mean() if left.any() else 0.0
                    result[r, i, j, k] = left.mean(), escaped, 1 - seen
    return result


def strongest(counts, repeats=REPEATS, seed=9):
    """Strongest binding to any of the first `counts` self peptides, mean over receptors:
    array (repeat, count). Raises as `worlds` does, and for counts that are not 1 to 1,000.
    """
    counts = [checks.whole("counts", n, 1, max(PEPTIDES)) for n in checks.several("counts", counts)]
    return np.array(
        [[own[:, :n].max(axis=1).mean() for n in counts] for own, _ in worlds(repeats, seed)]
    )


# ---------------------------------------------------------------- regulated tolerance

MODEL = "regulatory_t_cells"


def reproduction(**parameters):
    """R0 of the regulatory T cell model: below 1 tolerance returns, above 1 autoimmunity stays."""
    model = models.load(MODEL)
    outputs = model.module.outputs(0.0, (0.0, 0.0, 0.0, 0.0), model.values(**parameters))
    return dict(zip(model.outputs, outputs))["reproduction"]


def lasting(**parameters):
    """Effector cells at the lasting state: 0 up to R0 = 1, else from a quadratic.

    At rest R = (b1 + muA)(R0 - 1) / sigma1,
    and R = (beta A + pi1 E A) / muR with E = lambdaE A / muE.
    """
    p = models.load(MODEL).values(**parameters)
    r0 = reproduction(**parameters)
    if r0 <= 1:
        return 0.0
    regulators = (p.suppression_other + p.loss_presenting) * (r0 - 1) / p.suppression_same
    square, linear, constant = (
        p.recruiting * p.making / p.loss_effector,
        p.priming,
        p.loss_regulatory * regulators,
    )
    presenting = 2 * constant / (linear + math.sqrt(linear**2 + 4 * square * constant))
    return p.making * presenting / p.loss_effector
