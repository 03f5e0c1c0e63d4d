"""The exercise ``uncorrected_step_ratio``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import optim

from .shared import MOMENTS


def ratio_cases(rng: np.random.Generator) -> Sequence[Case]:
    beta1, beta2 = np.round(rng.uniform(0.6, 0.85, 1), 2), np.round(rng.uniform(0.97, 0.995, 1), 3)
    return [
        Case(
            "twelve steps with the default betas",
            (12,),
            about="The first entry belongs to t = 1, the last one to t = steps.",
            rtol=1e-9,
        ),
        Case(
            "other betas",
            (int(rng.integers(5, 9)),),
            {"betas": (float(beta1[0]), float(beta2[0]))},
            about="Each of the two averages has a beta of its own, and both can be chosen.",
        ),
        Case(
            "only the first average remembers",
            (5,),
            {"betas": (float(beta1[0]), 0.0)},
            about="With a second beta of 0 only the first average lacks anything.",
        ),
        Case(
            "only the second average remembers",
            (5,),
            {"betas": (0.0, float(beta2[0]))},
            about="With a first beta of 0 only the second average lacks anything.",
        ),
        Case(
            "a single step",
            (1,),
            {"betas": (0.8, 0.0)},
            about="One step: an array with one entry.",
        ),
        Case(
            "three thousand steps",
            (3000,),
            about="In the long run the averages are full, and the ratio approaches 1.",
        ),
    ]


def ratio_loop(steps, *, betas=(0.9, 0.999)):
    """One entry after the other, in a list."""
    return [(1 - betas[0] ** t) / (1 - betas[1] ** t) ** 0.5 for t in range(1, steps + 1)]


def ratio_by_simulation(steps, *, betas=(0.9, 0.999)):
    """The two averages of a gradient that is always 1, run from zero."""
    m = v = 0.0
    ratios = np.empty(steps)
    for t in range(steps):
        m += (1 - betas[0]) * (1.0 - m)
        v += (1 - betas[1]) * (1.0 - v)
        ratios[t] = m / np.sqrt(v)
    return ratios


def ratio_cumulative(steps, *, betas=(0.9, 0.999)):
    """Powers as running products."""
    powers = np.cumprod(np.tile(betas, (steps, 1)), axis=0)
    return (1 - powers[:, 0]) * np.power(1 - powers[:, 1], -0.5)


def ratio_by_sums(steps, *, betas=(0.9, 0.999)):
    """Each average as the sum of its weights."""
    ages = np.arange(steps)
    m, v = (np.cumsum((1 - beta) * beta**ages) for beta in betas)
    return m / np.sqrt(v)


STEP_RATIO = Exercise(
    reference=optim.uncorrected_step_ratio,
    cases=ratio_cases,
    returns=("ratios",),
    read=MOMENTS,
    praise="The first step is 3.16 times too long, the worst one comes later: read on.",
    hints=(
        "If every gradient is 1, what is the first average after one step, after two, after t? "
        "What is the second?",
        "Started at zero, an average of ones falls short of 1 by the share that the start still "
        "has after t steps, and that is a power of its beta.",
        "The step is the first average over the *root* of the second one. Make an array of the "
        "exponents 1, 2, ..., steps, and the rest is one line.",
    ),
    mistakes=(
        Mistake(
            "counts from zero",
            "np.arange(1, steps + 1)",
            "np.arange(steps)",
            "Your first entry belongs to t = 0, where both averages are still zero. With the first "
            "gradient t is 1 already.",
        ),
        Mistake(
            "counts one too far",
            "np.arange(1, steps + 1)",
            "np.arange(2, steps + 2)",
            "Your first entry belongs to t = 2: the very first step is missing.",
        ),
        Mistake(
            "last step missing",
            "np.arange(1, steps + 1)",
            "np.arange(1, steps)",
            "One entry is missing at the end: `np.arange` stops before its second argument.",
        ),
        Mistake(
            "step zero included",
            "np.arange(1, steps + 1)",
            "np.arange(0, steps + 1)",
            "There is one entry too many: t runs from 1 to steps, without 0.",
        ),
        Mistake(
            "no root",
            "np.sqrt(1 - beta2**t)",
            "(1 - beta2**t)",
            "The step divides by the *root* of the second average, so its lack comes in under a "
            "root too.",
        ),
        Mistake(
            "upside down",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "np.sqrt(1 - beta2**t) / (1 - beta1**t)",
            "This is the factor that *repairs* the step. Asked for is how much too long it is "
            "without repair: the inverse.",
        ),
        Mistake(
            "betas exchanged",
            "beta1, beta2 = betas",
            "beta2, beta1 = betas",
            "The two betas have changed places: the first one belongs to the mean of the "
            "gradients, the second one to that of the squares.",
        ),
        Mistake(
            "one beta for both",
            "np.sqrt(1 - beta2**t)",
            "np.sqrt(1 - beta1**t)",
            "Both averages have the first beta in your formula. The second one has a beta of its "
            "own.",
        ),
        Mistake(
            "root at the wrong average",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "np.sqrt(1 - beta1**t) / (1 - beta2**t)",
            "The root is taken of the average of the gradients. It is the average of the *squares* "
            "that needs one.",
        ),
        Mistake(
            "root over everything",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "np.sqrt((1 - beta1**t) / (1 - beta2**t))",
            "Only the average of the squares stands under the root.",
        ),
        Mistake(
            "the second average forgotten",
            " / np.sqrt(1 - beta2**t)",
            "",
            "That is what the *first* average is too small by. The second one, in the denominator, "
            "is too small as well, and makes the step longer.",
        ),
        Mistake(
            "the first average forgotten",
            "(1 - beta1**t) /",
            "1 /",
            "That is the effect of the *second* average alone. The first one, in the numerator, is "
            "too small as well, and makes the step shorter.",
        ),
        Mistake(
            "exponent missing",
            "(1 - beta1**t) / np.sqrt(1 - beta2**t)",
            "(1 - beta1) / np.sqrt(1 - beta2) * t**0",
            "All your entries are equal. What the start at zero takes away fades with every step: "
            "which power of beta is left after t steps?",
        ),
        Mistake(
            "times instead of power",
            "1 - beta1**t",
            "1 - beta1 * t",
            "In every step the share of the start is *multiplied* by beta, so after t steps it is "
            "a power, not a product with t.",
            more=(("1 - beta2**t", "1 - beta2 * t"),),
        ),
        Mistake(
            "betas fixed",
            "beta1, beta2 = betas",
            "beta1, beta2 = 0.9, 0.999",
            "Right for the default betas and for no others: are there numbers in your code where "
            "the argument should be?",
        ),
        Mistake(
            "only the last ratio",
            "    t = np.arange(1, steps + 1)",
            "    t = steps",
            "You return one number. A ratio for every t from 1 to steps is asked for, in an array.",
        ),
    ),
    accepted=(ratio_loop, ratio_by_simulation, ratio_cumulative, ratio_by_sums),
)
