"""The exercise ``exponential_decay``."""

import functools
import math

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import schedules

from .shared import ONE_STEP_AHEAD, REMEMBERS, falling_cases


def exponential_by_math(lr, *, rate):
    return lambda step: lr * math.exp(-rate * step)


def exponential_by_factor(lr, *, rate):
    """One constant factor per step."""
    factor = np.exp(-rate)

    def schedule(step):
        return lr * factor**step

    return schedule


def exponential_by_logarithm(lr, *, rate):
    def rate_at(step, start, slope):
        return np.array(np.exp(start - slope * step))

    return functools.partial(rate_at, start=np.log(lr), slope=rate)


EXPONENTIAL_DECAY = Exercise(
    reference=schedules.exponential_decay,
    cases=falling_cases,
    returns=("schedule",),
    read="Formulas instead of milestones",
    praise="Yours loses the same share of itself in every step.",
    hints=(
        "The same share is lost in every step. Which function of the step does that?",
        "The slide has it: the initial rate times e to the power of minus rate times step.",
        "`np.exp(-rate * step)` is the share that is left; multiply it by `lr`, inside a function "
        "of `step`, and return that function.",
    ),
    mistakes=(
        Mistake(
            "grows",
            "np.exp(-rate * step)",
            "np.exp(rate * step)",
            "Your learning rate grows. Look at the sign in the exponent.",
        ),
        Mistake(
            "rate taken for the factor",
            "np.exp(-rate * step)",
            "rate**step",
            "you take `rate` for the factor per step, which PyTorch's ExponentialLR calls gamma. "
            "Here it stands in the exponent, as on DD2424's slide: the factor per step is "
            "e to the power of -rate.",
            convention=True,
        ),
        Mistake(
            "1 - rate as the factor",
            "np.exp(-rate * step)",
            "(1 - rate) ** step",
            "You multiply by 1 - rate in every step. That comes close for small rates, but the "
            "factor of this formula is e to the power of -rate.",
        ),
        Mistake(
            "rate taken for a time",
            "np.exp(-rate * step)",
            "np.exp(-step / max(rate, 1e-300))",
            "You divide by the rate. A larger rate should make the learning rate fall *faster*.",
        ),
        Mistake(
            "half-life",
            "np.exp(-rate * step)",
            "2.0 ** (-rate * step)",
            "You halve where the formula divides by e: after 1/rate steps 37 % should be left, "
            "not 50 %.",
        ),
        Mistake(
            "power of ten",
            "np.exp(-rate * step)",
            "10.0 ** (-rate * step)",
            "You use powers of ten. The base of this formula is e.",
        ),
        Mistake(
            "1/t instead",
            "lr * np.exp(-rate * step)",
            "lr / (1 + rate * step)",
            "That is the other formula, the 1/t decay. It starts alike, and later falls much more "
            "slowly.",
        ),
        Mistake(
            "one step ahead",
            "np.exp(-rate * step)",
            "np.exp(-rate * (step + 1))",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "straight line",
            "np.exp(-rate * step)",
            "(1 - rate * step)",
            "That is only the first term of the exponential, a straight line, and after 1/rate "
            "steps it turns negative.",
        ),
        Mistake(
            "lr forgotten",
            "lr * np.exp(-rate * step)",
            "np.exp(-rate * step)",
            "Your schedule starts at 1 whatever the initial learning rate is.",
        ),
        Mistake(
            "remembers what it was asked",
            "        return float(lr * np.exp(-rate * step))",
            "        nonlocal lr\n        lr = lr * np.exp(-rate)\n        return lr",
            REMEMBERS,
            read="A schedule is a function",
        ),
        Mistake(
            "remembers, and counts the steps twice",
            "        return float(lr * np.exp(-rate * step))",
            "        nonlocal lr\n        lr = lr * np.exp(-rate * step)\n        return lr",
            REMEMBERS,
            read="A schedule is a function",
        ),
        Mistake(
            "exponent cut to a whole number",
            "np.exp(-rate * step)",
            "np.exp(-np.floor(rate * step))",
            "Your rate stands still for a while and then drops, like a staircase: the exponent is "
            "cut to a whole number. It should fall in every step.",
        ),
        Mistake(
            "step squared",
            "np.exp(-rate * step)",
            "np.exp(-rate * step**2)",
            "The step comes in squared. The same share should be lost in every step.",
        ),
    ),
    accepted=(exponential_by_math, exponential_by_factor, exponential_by_logarithm),
    points=1,
)
