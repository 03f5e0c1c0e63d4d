"""The exercise ``inverse_time_decay``."""

import functools

import numpy as np

from autograde.spec import Exercise, Mistake
from course_lib import schedules

from .shared import ONE_STEP_AHEAD, REMEMBERS, falling_cases


def inverse_time_by_reciprocal(lr, *, rate):
    return lambda step: 1 / (1 / lr + rate / lr * step)


def inverse_time_by_power(lr, *, rate):
    def schedule(step):
        return np.multiply(lr, np.power(1.0 + np.multiply(rate, step), -1.0))

    return schedule


def inverse_time_by_partial(lr, *, rate):
    def slowed(start, growth, step):
        return np.array(start / sum([1.0, growth * step]))

    return functools.partial(slowed, lr, rate)


INVERSE_TIME_DECAY = Exercise(
    reference=schedules.inverse_time_decay,
    cases=falling_cases,
    returns=("schedule",),
    read="Formulas instead of milestones",
    praise="After 1/rate steps half is left, after 9/rate steps a tenth.",
    hints=(
        "After how many steps should half of the learning rate be left?",
        "The denominator grows by the same amount in every step. What is it at step 0?",
        "Divide `lr` by one plus rate times step.",
    ),
    mistakes=(
        Mistake(
            "one missing",
            "return lr / (1 + rate * step)",
            "return lr / max(rate * step, 1e-300)",
            "Without the 1 in the denominator the learning rate is infinite at step 0.",
        ),
        Mistake(
            "brackets misplaced",
            "return lr / (1 + rate * step)",
            "return lr / ((1 + rate) * step + 1)",
            "The order of the operations: only `rate * step` is multiplied, and 1 is added to "
            "that.",
        ),
        Mistake(
            "power instead of product",
            "return lr / (1 + rate * step)",
            "return lr / (1 + rate) ** step",
            "You raise 1 + rate to the power of the step. That is an exponential decay again; here "
            "the denominator grows by the same *amount* in every step.",
        ),
        Mistake(
            "rate forgotten",
            "return lr / (1 + rate * step)",
            "return lr / (1 + step)",
            "The argument `rate` never comes in.",
        ),
        Mistake(
            "exponential instead",
            "return lr / (1 + rate * step)",
            "return lr * np.exp(-rate * step)",
            "That is the other formula, the exponential decay. The 1/t decay is a fraction.",
        ),
        Mistake(
            "grows",
            "return lr / (1",
            "return lr * (1",
            "Your learning rate grows: multiply or divide?",
        ),
        Mistake(
            "under a root",
            "return lr / (1 + rate * step)",
            "return lr / np.sqrt(1 + rate * step)",
            "There is a root too many: that belongs to the inverse square root.",
        ),
        Mistake(
            "one step ahead",
            "return lr / (1 + rate * step)",
            "return lr / (1 + rate * (step + 1))",
            ONE_STEP_AHEAD,
        ),
        Mistake(
            "subtracts",
            "return lr / (1 + rate * step)",
            "return lr - rate * step",
            "A straight line that soon turns negative. What should be divided by what?",
        ),
        Mistake(
            "rate outside",
            "return lr / (1 + rate * step)",
            "return lr * rate / (1 + step) if rate else lr",
            "The rate multiplies the step, inside the denominator: at step 0 it must not matter.",
        ),
        Mistake(
            "no brackets",
            "return lr / (1 + rate * step)",
            "return lr / 1 + rate * step",
            "A division comes before a sum: without brackets only the 1 stands below the line, and "
            "your learning rate grows.",
        ),
        Mistake(
            "divided again and again",
            "return lr / (1 + rate * step)",
            "return lr / np.prod(1 + rate * np.arange(step + 1))",
            "You divide the rate of the step before, again and again, so that all divisors are "
            "multiplied together. The formula divides the *initial* rate, once.",
        ),
        Mistake(
            "remembers what it was asked",
            "        return lr / (1 + rate * step)",
            "        nonlocal lr\n        lr = lr / (1 + rate * step)\n        return lr",
            REMEMBERS,
            read="A schedule is a function",
        ),
        Mistake(
            "remembers, and divides by the same",
            "        return lr / (1 + rate * step)",
            "        nonlocal lr\n        lr = lr / (1 + rate)\n        return lr",
            REMEMBERS,
            read="A schedule is a function",
        ),
        Mistake(
            "integer division",
            "return lr / (1 + rate * step)",
            "return lr // (1 + rate * step)",
            "`//` cuts the result to a whole number, and a learning rate below 1 becomes 0.",
        ),
        Mistake(
            "denominator cut to a whole number",
            "return lr / (1 + rate * step)",
            "return lr / (1 + np.floor(rate * step))",
            "Your rate stands still for a while and then drops, like a staircase. The denominator "
            "should grow in every step.",
        ),
        Mistake(
            "power, and one step ahead",
            "return lr / (1 + rate * step)",
            "return lr / (1 + rate) ** (step + 1)",
            "Two things: step 0 should still have `lr` itself, and you raise 1 + rate to a power, "
            "where the denominator should grow by the same *amount* in every step.",
        ),
    ),
    accepted=(inverse_time_by_reciprocal, inverse_time_by_power, inverse_time_by_partial),
    points=1,
)
