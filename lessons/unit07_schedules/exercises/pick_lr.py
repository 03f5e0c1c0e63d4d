"""The exercise ``pick_lr``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import search


def pick_cases(rng: np.random.Generator) -> Sequence[Case]:
    nan, inf = float("nan"), float("inf")

    def run(
        name: str, about: str, lrs: Sequence[float], losses: Sequence[float], order: bool = False
    ) -> Case:
        rates, values = np.array(lrs), np.array(losses, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            values = values + np.round(rng.uniform(-0.02, 0.02, size=len(values)), 3)
        chosen = np.roll(np.arange(len(rates)), int(rng.integers(1, 6)) if order else 0)
        return Case(name, (rates[chosen], values[chosen]), {}, about)

    return [
        run(
            "a range test without accidents",
            "The run with the lowest loss decides; asked for is its learning rate.",
            [0.001, 0.01, 0.12, 1.2, 3.6, 9.5],
            [2.38, 1.95, 0.55, 0.23, 2.24, 2.31],
        ),
        run(
            "the largest rates blow up",
            "Runs that ended with nan or inf are left out.",
            [0.003, 0.02, 0.2, 0.6, 2.2, 6.5, 20.5],
            [2.3, 2.1, 1.4, 1.2, 2.7, inf, nan],
        ),
        run(
            "the smallest rate is best",
            "The best run may be the first.",
            [0.05, 0.5, 5.5],
            [0.4, 1.5, nan],
        ),
        run(
            "blow-ups between the others",
            "With chance in play a run in the middle may blow up: leave out that one only.",
            [0.01, 0.04, 0.3, 0.7, 1.5, 4.5],
            [2.2, nan, 1.0, inf, 0.6, 2.5],
        ),
        run(
            "rates in random order",
            "The learning rates need not be sorted.",
            [0.002, 0.013, 0.09, 0.4, 1.1, 2.3, 7.5],
            [2.3, 2.0, 1.3, 0.5, 0.9, nan, 3.1],
            order=True,
        ),
        run(
            "the first run blows up",
            "Here the largest rate comes first and ends with nan.",
            [8.5, 2.5, 0.5, 0.15, 0.02, 0.004],
            [nan, 2.6, 1.3, 0.7, 1.1, 1.8],
        ),
        run(
            "huge losses",
            "All losses are huge: only their order counts.",
            [0.004, 0.02, 0.15, 0.5, 2.5, 8.5],
            [2.48e12, 1.71e12, 1.4e12, 1.65e12, nan, inf],
        ),
        run(
            "losses below zero",
            "The negative logarithm of a density may be negative: lower is better there, too.",
            [0.003, 0.03, 0.2, 0.9, 4.5, 9.5],
            [1.4, 1.2, -0.3, -0.9, 0.6, inf],
        ),
    ]


def pick_by_loop(lrs, losses):
    best_lr, best_loss = None, math.inf
    for lr, loss in zip(lrs, losses, strict=True):
        if loss < best_loss:  # never true for nan
            best_lr, best_loss = lr, loss
    return best_lr


def pick_by_filter(lrs, losses):
    good = np.isfinite(losses)
    return lrs[good][losses[good].argmin()]


def pick_by_sorting(lrs, losses):
    pairs = [(loss, lr) for loss, lr in zip(losses.tolist(), lrs.tolist(), strict=True)]
    return np.array(sorted(pair for pair in pairs if math.isfinite(pair[0]))[0][1])


PICK_LR = Exercise(
    reference=search.pick_lr,
    cases=pick_cases,
    returns=("learning rate",),
    read="The range test",
    praise="It finds the best run, whatever became of the others.",
    hints=(
        "Which run would you choose by eye? What would `np.argmin` do with a nan?",
        "Mark the losses that are finite, and look for the smallest among those. Take care that "
        "the place you find still belongs to the same learning rate.",
        "`np.where(np.isfinite(losses), losses, np.inf)` puts the blown-up runs last; the place of "
        "its smallest entry is the place in `lrs`.",
    ),
    mistakes=(
        Mistake(
            "nan wins",
            "np.where(finite, losses, np.inf)",
            "losses",
            "`np.argmin` takes a nan for the smallest number of all. A run that blew up must not "
            "win.",
        ),
        Mistake(
            "Python's min",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "min(zip(losses, lrs, strict=True))[1]",
            "A nan wins when it comes first: you go through the losses and keep the best so far, "
            "and no number is below a nan.",
        ),
        Mistake(
            "sizes of the losses",
            "np.where(finite, losses, np.inf)",
            "np.abs(np.where(finite, losses, np.inf))",
            "You look for the loss nearest to zero. Some losses are negative, and lower is better.",
        ),
        Mistake(
            "place among the finite ones",
            "np.where(finite, losses, np.inf)",
            "losses[finite]",
            "You look for the smallest of the *remaining* losses and use its place in the full "
            "list of rates. Once a run before it has been left out, the places no longer agree.",
        ),
        Mistake(
            "the place itself",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.argmin(np.where(finite, losses, np.inf))",
            "You return the place of the best run. Asked for is the learning rate at that place.",
        ),
        Mistake(
            "the loss itself",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.min(losses[finite])",
            "You return the lowest loss. Asked for is the learning rate that led to it.",
        ),
        Mistake(
            "highest loss",
            "np.argmin(np.where(finite, losses, np.inf))",
            "np.argmax(np.where(finite, losses, -np.inf))",
            "You pick the run with the *highest* loss.",
        ),
        Mistake(
            "largest rate that survives",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.max(lrs[finite])",
            "You pick the largest rate that did not blow up. A run can end far above the best one, "
            "or dead, and still be finite.",
        ),
        Mistake(
            "nan counted as zero",
            "np.where(finite, losses, np.inf)",
            "np.where(finite, losses, 0.0)",
            "A blown-up run gets the loss 0 in your code, and wins. What should stand there so "
            "that it never does?",
        ),
        Mistake(
            "stops at the first blow-up",
            "np.where(finite, losses, np.inf)",
            "np.where(np.cumprod(finite) > 0, losses, np.inf)",
            "You ignore everything behind the first run that blew up. The rates need not be "
            "sorted, and a blow-up says nothing about the other runs.",
        ),
        Mistake(
            "rates sorted",
            "float(lrs[",
            "float(np.sort(lrs)[",
            "You sort the rates, and not the losses with them: the place of a loss no longer "
            "belongs to its rate.",
        ),
        Mistake(
            "a tenth of the best",
            "float(lrs[",
            "float(0.1 * lrs[",
            "you divide the best rate by ten. That is a sensible margin for a test in which *one* "
            "run sweeps through all rates. Here every rate had a run of its own, and the best is "
            "asked for.",
            convention=True,
        ),
        Mistake(
            "steepest fall",
            "np.argmin(np.where(finite, losses, np.inf))",
            "1 + np.argmin(np.diff(np.where(finite, losses, 1e9)))",
            "you look for the steepest fall of the loss from one rate to the next. That is in use "
            "where *one* run sweeps through all rates. Here every rate had a run of its own: take "
            "the one that ended lowest.",
            convention=True,
        ),
        Mistake(
            "a fixed number for nan",
            "np.where(finite, losses, np.inf)",
            "np.where(finite, losses, 1e3)",
            "A blown-up run gets a fixed number for a loss in your code, and wins where the other "
            "losses are larger. Which number is larger than all others?",
        ),
        Mistake(
            "a fixed number to begin with",
            "    return float(lrs",
            "    if np.min(losses[finite]) > 1e3:\n        return None\n    return float(lrs",
            "Where all losses are large you return nothing: the best loss so far begins at a fixed "
            "number that no run is below. Which beginning is right for any losses?",
        ),
        Mistake(
            "only positive losses",
            "np.where(finite, losses, np.inf)",
            "np.where(finite & (losses > 0), losses, np.inf)",
            "You leave out losses below zero. They are as good as any, and lower is better.",
        ),
        Mistake(
            "smallest rate that survives",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "np.min(lrs[finite])",
            "You pick the smallest rate that did not blow up, whatever its loss.",
        ),
        Mistake(
            "the run before",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "lrs[np.argmin(np.where(finite, losses, np.inf)) - 1]",
            "You return the rate of the run before the best one.",
        ),
        Mistake(
            "the run after",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "lrs[(np.argmin(np.where(finite, losses, np.inf)) + 1) % len(lrs)]",
            "You return the rate of the run after the best one.",
        ),
        Mistake(
            "the last run",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "lrs[-1]",
            "You return the last learning rate, whatever the losses are.",
        ),
        Mistake(
            "the median run",
            "lrs[np.argmin(np.where(finite, losses, np.inf))]",
            "lrs[np.argsort(losses)[len(losses) // 2]]",
            "You take the run in the middle of the order. Asked for is the best one.",
        ),
    ),
    accepted=(pick_by_loop, pick_by_filter, pick_by_sorting),
    points=2,
)
