"""The exercise ``update_ratio``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import diagnosis


def ratio_cases(rng: np.random.Generator) -> Sequence[Case]:
    def pair(*shape: int, size: float) -> tuple[np.ndarray, np.ndarray]:
        return draw(rng, *shape), np.round(size * rng.normal(size=shape), 6)

    zeros, push = np.zeros(3), draw(rng, 3, scale=0.1)
    return [
        Case("a vector", pair(4, size=0.05), {}, "Two norms and their quotient."),
        Case(
            "a matrix",
            pair(3, 5, size=0.002),
            {},
            "All entries count alike: the norm of a matrix is that of one long vector here.",
        ),
        Case(
            "weights of a convolution",
            pair(2, 3, 2, 2, size=0.01),
            {},
            "With four axes, as with one: all entries count alike.",
        ),
        Case(
            "an update as long as the weights",
            pair(2, 4, size=1.0),
            {},
            "The parameter is the one before the update.",
        ),
        Case(
            "weights near zero",
            (draw(rng, 3, 4, scale=0.02), draw(rng, 3, 4, scale=0.02)),
            {},
            "Only the quotient counts: both may be small.",
        ),
        Case(
            "no update at all",
            (draw(rng, 2, 3), np.zeros((2, 3))),
            {},
            "What does not move has the ratio 0.",
        ),
        Case(
            "a bias that is still zero",
            (zeros, push),
            {},
            "Biases start at zero: anything is infinitely long compared with nothing.",
        ),
    ]


def ratio_by_flattening(param, update):
    with np.errstate(divide="ignore"):
        return np.linalg.norm(update.ravel()) / np.linalg.norm(param.ravel())


def ratio_of_sums(param, update):
    total = float((param * param).sum())
    return math.inf if total == 0 else math.sqrt((update * update).sum() / total)


def ratio_by_loop(param, update):
    moved = size = 0.0
    for index in np.ndindex(param.shape):
        moved += update[index] ** 2
        size += param[index] ** 2
    return np.array(np.sqrt(moved) / np.sqrt(size) if size else np.inf)


ALL = "np.linalg.norm(np.ravel(param))"
MOVED = "np.linalg.norm(np.ravel(update))"

UPDATE_RATIO = Exercise(
    reference=diagnosis.update_ratio,
    cases=ratio_cases,
    returns=("ratio",),
    read="Step 3: a learning rate that moves the loss",
    praise="One number per layer, cheap enough to print in every epoch.",
    hints=(
        "How long is an array of any shape, seen as one long vector?",
        "The root of the sum of its squared entries. Do that for both, and think of a parameter "
        "that is zero everywhere.",
        "`np.linalg.norm(np.ravel(...))` of the update over the same of the parameter; where the "
        "parameter has length 0, the answer is `np.inf`.",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "moved / size",
            "size / moved",
            "Your quotient is upside down: a small update should give a small ratio.",
            more=(("if size > 0 else np.inf", "if size > 0 else 0.0"),),
        ),
        Mistake(
            "squared",
            "moved / size",
            "(moved / size) ** 2",
            "You compare squared lengths: the root is missing, so 1e-3 would show as 1e-6.",
        ),
        Mistake(
            "averages",
            ALL,
            "np.mean(param)",
            "You compare means. Positive and negative weights cancel in a mean; a length counts "
            "them all.",
            more=((MOVED, "np.mean(update)"),),
        ),
        Mistake(
            "sums of absolute values",
            ALL,
            "np.sum(np.abs(param))",
            "your norm adds absolute values. The lectures take the Euclidean one: square the "
            "entries, add, take the root.",
            more=((MOVED, "np.sum(np.abs(update))"),),
            convention=True,
        ),
        Mistake(
            "largest entries",
            ALL,
            "np.max(np.abs(param))",
            "your norm is the largest entry. The lectures take the Euclidean one, in which all "
            "entries count: square them, add, take the root.",
            more=((MOVED, "np.max(np.abs(update))"),),
            convention=True,
        ),
        Mistake(
            "standard deviations",
            ALL,
            "np.std(param)",
            "you compare standard deviations, the spread around the mean. The lectures compare "
            "lengths: do not subtract the mean.",
            more=((MOVED, "np.std(update)"),),
            convention=True,
        ),
        Mistake(
            "entry by entry",
            "float(moved / size) if size > 0 else np.inf",
            "float(np.mean(np.abs(update / param)))",
            "You divide entry by entry and average. A single weight near zero then decides the "
            "whole result: compare the two lengths instead.",
        ),
        Mistake(
            "after the update",
            ALL,
            "np.linalg.norm(np.ravel(param + update))",
            "You divide by the length of the parameter *after* the update; asked for is the one "
            "before.",
        ),
        Mistake(
            "the difference instead of the update",
            MOVED,
            "np.linalg.norm(np.ravel(update - param))",
            "You subtract the parameter first. The second argument already is the change, what is "
            "added to the parameter.",
        ),
        Mistake(
            "zero for a parameter that is zero",
            "if size > 0 else np.inf",
            "if size > 0 else 0.0",
            "For a bias that is still zero you report 0, as if nothing moved. Compared with "
            "nothing, any update is infinitely long.",
        ),
        Mistake(
            "spectral norm",
            ALL,
            "np.linalg.norm(param, 2 if param.ndim == 2 else None)",
            "Of a matrix you take the largest singular value. Asked for is the root of the sum of "
            "all squared entries.",
            more=((MOVED, "np.linalg.norm(update, 2 if update.ndim == 2 else None)"),),
        ),
        Mistake(
            "divided by the number of entries",
            "moved / size",
            "moved / (size * np.sqrt(param.size))",
            "Your ratio depends on how many weights there are. If you average over the entries, "
            "do it for both.",
        ),
        Mistake(
            "small number in the denominator",
            "float(moved / size) if size > 0 else np.inf",
            "float(moved / (size + 1e-8))",
            "A small number in the denominator turns infinity into some large number. For a "
            "parameter that is zero everywhere the answer is inf.",
        ),
    ),
    accepted=(ratio_by_flattening, ratio_of_sums, ratio_by_loop),
    points=2,
)
