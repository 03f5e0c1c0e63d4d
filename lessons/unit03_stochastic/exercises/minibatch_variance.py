"""The exercise ``minibatch_variance``."""

import itertools
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import noise

from .shared import DOUBLE


def variance_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(
        name: str, about: str, shape: tuple[int, int], batch_size: int, *, replace: bool
    ) -> Case:
        # a full gradient that is not zero, and more spread in one coordinate than in others
        grads = draw(rng, *shape) * np.arange(1, shape[1] + 1) + rng.choice([-1.5, 2.0], shape[1])
        kwargs = {"batch_size": batch_size, "replace": replace}
        return Case(name, (np.round(grads, 3),), kwargs, about, atol=1e-9, rtol=DOUBLE)

    return [
        case(
            "one example, with replacement",
            "With one example per batch this is the spread of the examples themselves: the mean "
            "squared distance of their gradients to the full gradient.",
            (7, 3),
            1,
            replace=True,
        ),
        case(
            "four of six, with replacement",
            "Independent draws: the mean of S of them has 1/S of the variance.",
            (6, 2),
            4,
            replace=True,
        ),
        case(
            "more draws than examples",
            "With replacement S may be larger than N, and the variance is still not zero.",
            (3, 2),
            5,
            replace=True,
        ),
        case(
            "three of eight, without replacement",
            "Without replacement the draws are not independent: what has been drawn cannot come "
            "again, and the batch is closer to the whole.",
            (8, 2),
            3,
            replace=False,
        ),
        case(
            "one of five, without replacement",
            "The first draw cannot know whether it will be put back: with S = 1 both ways of "
            "drawing are the same.",
            (5, 3),
            1,
            replace=False,
        ),
        case(
            "all examples, without replacement",
            "A batch of all examples *is* the full gradient.",
            (5, 2),
            5,
            replace=False,
        ),
    ]


def variance_by_numpy(per_example_grads, *, batch_size, replace):
    """The variances of the coordinates, added up; the factor in another form."""
    n = per_example_grads.shape[0]
    total = per_example_grads.var(axis=0).sum()
    return total / batch_size * (1.0 if replace else 1 - (batch_size - 1) / (n - 1))


def variance_by_enumeration(per_example_grads, *, batch_size, replace):
    """All batches there are, each as likely as any other."""
    numbers = range(len(per_example_grads))
    if replace:
        batches = itertools.product(numbers, repeat=batch_size)
    else:
        batches = itertools.combinations(numbers, batch_size)
    means = per_example_grads[np.array(list(batches))].mean(axis=1)
    return np.mean(np.sum((means - per_example_grads.mean(axis=0)) ** 2, axis=1))


def variance_by_covariance(per_example_grads, *, batch_size, replace):
    """The trace of the unbiased covariance, which has N - 1 in it already."""
    n = len(per_example_grads)
    unbiased = np.trace(np.cov(per_example_grads, rowvar=False))
    if replace:
        return np.asarray(unbiased * (n - 1) / n / batch_size)
    return np.asarray(unbiased * (1 / batch_size - 1 / n))


def variance_by_pairs(per_example_grads, *, batch_size, replace):
    """Half the mean squared distance between two examples; loops and plain numbers."""
    n = len(per_example_grads)
    pairs = itertools.product(per_example_grads.tolist(), repeat=2)
    total = sum(sum((a - b) ** 2 for a, b in zip(g, h, strict=True)) for g, h in pairs)
    factor = 1 if replace else (n - batch_size) / (n - 1)
    return total / (2 * n * n) / batch_size * factor


PER_EXAMPLE = "np.sum(deviations**2) / count"
DEVIATIONS = "per_example_grads - np.mean(per_example_grads, axis=0)"

MINIBATCH_VARIANCE = Exercise(
    reference=noise.minibatch_variance,
    cases=variance_cases,
    returns=("variance",),
    read="How noisy is a batch?",
    praise="Equal to the average over all batches that there are, with replacement and without.",
    hints=(
        "First S = 1: how far is the gradient of one random example from the full gradient, "
        "squared and averaged over the examples?",
        "Independent draws: the mean of S of them has 1/S of that. Without replacement one more "
        "factor comes in. It is 1 for S = 1 and 0 for S = N.",
        "Mean over the examples of the squared distance to the mean gradient, divided by S; "
        "without replacement times (N - S)/(N - 1).",
    ),
    mistakes=(
        Mistake(
            "independence taken for granted",
            "if not replace:\n        variance",
            "if False:\n        variance",
            "`replace` makes no difference in your numbers. Without replacement the draws are not "
            "independent: with S = N the batch is the whole set, and nothing is left to chance.",
        ),
        Mistake(
            "factor in the wrong place",
            "if not replace:\n        variance",
            "if replace:\n        variance",
            "The correction for a finite set is applied to draws *with* replacement. Which of the "
            "two ways of drawing is independent?",
        ),
        Mistake(
            "factor in both places",
            "if not replace:\n        variance",
            "if True:\n        variance",
            "The correction for a finite set comes in with replacement, too. There the draws are "
            "independent, and 1/S is all.",
        ),
        Mistake(
            "standard deviation",
            "float(variance)",
            "float(np.sqrt(variance))",
            "That is the standard deviation: the root has been taken. Variances fall with 1/S, "
            "standard deviations with one over its root.",
        ),
        Mistake(
            "batch size squared",
            "per_example / batch_size",
            "per_example / batch_size**2",
            "You divide by S squared. That is half of the derivation: the mean has 1/S in front, "
            "which counts squared, but the *sum* of S draws has S times the variance of one.",
        ),
        Mistake(
            "root of the batch size",
            "per_example / batch_size",
            "per_example / np.sqrt(batch_size)",
            "Your variance falls with the root of S. That is how the *standard deviation* falls.",
        ),
        Mistake(
            "one less than the batch size",
            "per_example / batch_size",
            "per_example / max(batch_size - 1, 1)",
            "You divide by S - 1. That belongs to estimating a variance from a sample; the mean of "
            "S independent draws has exactly 1/S of the variance of one.",
        ),
        Mistake(
            "batch size left out",
            "per_example / batch_size",
            "per_example",
            "The batch size does not count: this is the variance of one example. How much of it is "
            "left in the mean of S?",
        ),
        Mistake(
            "variance of the sum",
            "per_example / batch_size",
            "per_example * batch_size",
            "The variance grows with S: that is the one of a *sum* over the batch. A mini-batch "
            "gradient is a mean.",
        ),
        Mistake(
            "factor with N below",
            "(count - 1)",
            "count",
            "Your factor is (N - S)/N, which is not 1 for S = 1. But drawing one example is the "
            "same with and without replacement.",
        ),
        Mistake(
            "factor that grows with S",
            "(count - batch_size) / (count - 1)",
            "(batch_size - 1) / (count - 1)",
            "Without replacement your factor is 0 for S = 1 and 1 for S = N. Which of the two "
            "batches is the full gradient, and has no variance?",
        ),
        Mistake(
            "unbiased estimate",
            "np.sum(deviations**2) / count",
            "np.sum(deviations**2) / (count - 1)",
            "you divide by N - 1, which estimates the variance of a larger population from a "
            "sample. Here the N examples are the whole population, and nothing is estimated: "
            "divide by N.",
            convention=True,
        ),
        Mistake(
            "mean over the coordinates",
            "np.sum(deviations**2) / count",
            "np.mean(deviations**2)",
            "You average over the coordinates as well. Asked for is the total: the squared length "
            "of the deviation adds the coordinates up.",
        ),
        Mistake(
            "not divided by the number of examples",
            "np.sum(deviations**2) / count",
            "np.sum(deviations**2)",
            "The squared deviations are added up over the examples. The expectation over a random "
            "example is their mean.",
        ),
        Mistake(
            "not centred",
            DEVIATIONS,
            "per_example_grads",
            "You average squared gradients, so that even a set of equal gradients would have a "
            "variance. How far are they from their *mean*?",
        ),
        Mistake(
            "centred over the coordinates",
            DEVIATIONS,
            "per_example_grads - np.mean(per_example_grads, axis=1, keepdims=True)",
            "You subtract from every gradient the mean of its own entries. The full gradient is "
            "the mean over the *examples*, one number per coordinate.",
        ),
        Mistake(
            "one mean for everything",
            DEVIATIONS,
            "per_example_grads - np.mean(per_example_grads)",
            "You subtract one single number everywhere. The full gradient is a vector: the mean "
            "over the examples has one number per coordinate.",
        ),
        Mistake(
            "variance of the lengths",
            DEVIATIONS,
            "(lambda n: n - np.mean(n))(np.linalg.norm(per_example_grads, axis=1))",
            "That is the variance of the *lengths* of the gradients. Two gradients may be equally "
            "long and point in opposite directions: the deviation is a vector.",
        ),
        Mistake(
            "coordinates added first",
            DEVIATIONS,
            "(lambda s: s - np.mean(s))(np.sum(per_example_grads, axis=1))",
            "The entries of each gradient are added up before the squares are taken, so that "
            "deviations of opposite sign cancel. Square first.",
        ),
        Mistake(
            "one number per coordinate",
            "np.sum(deviations**2) / count",
            "np.sum(deviations**2, axis=0) / count",
            "One variance per coordinate comes back. Asked for is one number: their sum.",
            more=(("return float(variance)", "return variance"),),
        ),
        Mistake(
            "length instead of squared length",
            PER_EXAMPLE,
            "np.sum(np.linalg.norm(deviations, axis=1)) / count",
            "You average distances. A variance averages *squared* distances.",
        ),
        Mistake(
            "factor upside down",
            "variance * (count - batch_size) / (count - 1)",
            "variance * (count - 1) / (count - batch_size)",
            "Without replacement your variance is larger than with it, and for S = N it is "
            "infinite. It should become zero there.",
        ),
        Mistake(
            "N and D exchanged",
            "count = len(per_example_grads)",
            "count = per_example_grads.shape[1]",
            "The number of coordinates stands where the number of examples belongs: the rows are "
            "the examples.",
        ),
        Mistake(
            "unbiased, with the factor that goes with it",
            PER_EXAMPLE,
            "np.sum(deviations**2) / (count - 1)",
            "you divide by N - 1, and without replacement by the factor (N - S)/N, as books on "
            "sampling do: together they are right. But *with* replacement the N - 1 stays alone, "
            "and your variance is too large there.",
            more=(("(count - batch_size) / (count - 1)", "(count - batch_size) / count"),),
            convention=True,
        ),
        Mistake(
            "variance along the rows",
            PER_EXAMPLE,
            "np.sum(np.var(per_example_grads, axis=1))",
            "You take the variance within each gradient. The examples are the rows: the variance "
            "is over them, for each coordinate.",
        ),
        Mistake(
            "standard deviations added up",
            PER_EXAMPLE,
            "np.sum(np.std(per_example_grads, axis=0))",
            "You add up standard deviations. It is *variances* that add up over the coordinates, "
            "as squares do in Pythagoras' theorem.",
        ),
        Mistake(
            "root of the factor",
            "variance * (count - batch_size) / (count - 1)",
            "variance * np.sqrt((count - batch_size) / (count - 1))",
            "Without replacement you multiply by a root. The root belongs to the standard "
            "deviation; the variance gets the whole factor.",
        ),
        Mistake(
            "factor with one more above",
            "(count - batch_size) / (count - 1)",
            "(count - batch_size + 1) / count",
            "Your factor is right for S = 1, but for S = N it has to be 0: then there is only one "
            "batch.",
        ),
        Mistake(
            "zero for the whole set only",
            "variance * (count - batch_size) / (count - 1)",
            "variance * (batch_size < count)",
            "For S = N you are right, and for smaller batches without replacement nothing has "
            "changed. The variance does not jump to zero with the last example: it gets smaller "
            "on the way.",
        ),
        Mistake(
            "batch size cut at N",
            "per_example / batch_size",
            "per_example / min(batch_size, count)",
            "You cut the batch size at N. With replacement a batch may have more draws than there "
            "are examples, and each of them helps.",
        ),
        Mistake(
            "only the largest variance",
            PER_EXAMPLE,
            "np.max(np.var(per_example_grads, axis=0))",
            "Only one of the coordinates counts. Asked for is the total: the squared length of the "
            "deviation adds them up.",
        ),
    ),
    accepted=(
        variance_by_numpy,
        variance_by_enumeration,
        variance_by_covariance,
        variance_by_pairs,
    ),
    points=3,
    hidden_points=1,
)
