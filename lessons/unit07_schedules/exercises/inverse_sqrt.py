"""The exercise ``inverse_sqrt``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import ONE_STEP_AHEAD, asked, at_start, pick


def root_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        asked(
            "the first update",
            at_start("There the learning rate is `lr` itself, and nothing is divided by zero."),
            (0,),
            pick(rng, 0.2, 0.9),
        ),
        asked(
            "the updates after it",
            "The second update, step 1, divides by the root of 2.",
            (1, 2, 3, 4, 5),
            pick(rng, 0.2, 0.9),
        ),
        asked(
            "square numbers",
            "The hundredth update, step 99, has a tenth of the learning rate.",
            (3, 8, 24, 99, 9999),
            pick(rng, 1.2, 2.5),
        ),
    ]


def root_by_power(lr):
    return lambda step: lr * (step + 1) ** -0.5


def root_by_math(lr):
    def schedule(step):
        update = int(step) + 1
        return lr / math.sqrt(update)

    return schedule


def root_by_logarithm(lr):
    return lambda step: np.asarray(lr) * np.exp(-0.5 * np.log1p(step))


INVERSE_SQRT = Exercise(
    reference=schedules.inverse_sqrt,
    cases=root_cases,
    returns=("schedule",),
    read="A slide that counts from somewhere",
    praise="The first update uses lr itself, and nothing is divided by zero.",
    hints=(
        "The slide divides by the root of t. What does that give at the first update, if t is "
        "the step?",
        "Let the formula count updates: the first update has number 1, and it is step 0.",
        "Divide `lr` by the square root of `step + 1`.",
    ),
    mistakes=(
        Mistake(
            "divides by zero at first",
            "np.sqrt(step + 1)",
            "np.sqrt(np.float64(step))",
            "At step 0 you divide by zero, or by almost zero, and such a first step ends every "
            "training. Which number has the first update if you count from 1?",
        ),
        Mistake(
            "guarded by a maximum",
            "np.sqrt(step + 1)",
            "np.sqrt(max(step, 1))",
            "your t is max(step, 1), so the first two updates have the same rate. Here the formula "
            "counts updates from 1: let t be step + 1.",
            convention=True,
        ),
        Mistake(
            "no root",
            "np.sqrt(step + 1)",
            "(step + 1)",
            "There is no root: your learning rate falls too fast.",
        ),
        Mistake(
            "one outside the root",
            "np.sqrt(step + 1)",
            "(np.sqrt(step) + 1)",
            "The 1 belongs *into* the root: the third update should divide by the root of 3.",
        ),
        Mistake(
            "root of lr too",
            "lr / np.sqrt(step + 1)",
            "np.sqrt(lr / (step + 1))",
            "You take the root of the learning rate as well. Only the number of the update belongs "
            "under it.",
        ),
        Mistake(
            "grows",
            "lr / np.sqrt(step + 1)",
            "lr * np.sqrt(step + 1)",
            "Your learning rate grows: multiply or divide?",
        ),
        Mistake(
            "counts from two",
            "np.sqrt(step + 1)",
            "np.sqrt(step + 2)",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "cube root",
            "np.sqrt(step + 1)",
            "np.cbrt(step + 1)",
            "That is not the square root: the hundredth update should have a tenth of the rate.",
        ),
        Mistake(
            "root rounded down",
            "np.sqrt(step + 1)",
            "np.floor(np.sqrt(step + 1))",
            "Your root is cut to a whole number, so the rate stands still between square numbers.",
        ),
        Mistake(
            "halved instead of a root",
            "np.sqrt(step + 1)",
            "((step + 1) * 2)",
            "Without brackets around 1/2, `** 1 / 2` is a first power, divided by two afterwards. "
            "Check your formula at step 0.",
        ),
        Mistake(
            "lr forgotten",
            "lr / np.sqrt",
            "1.0 / np.sqrt",
            "Your schedule starts at 1 whatever the initial learning rate is.",
        ),
        Mistake(
            "minus the root",
            "lr / np.sqrt(step + 1)",
            "lr - np.sqrt(step)",
            "You subtract the root. The learning rate is to be divided by it.",
        ),
    ),
    accepted=(root_by_power, root_by_math, root_by_logarithm),
    points=1,
)
