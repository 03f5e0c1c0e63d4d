"""The exercise ``scaled_lr``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import schedules

from .shared import pick


def scaled_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, batch: int, base: int) -> Case:
        sizes = {"batch_size": batch, "base_batch_size": base}
        return Case(name, (pick(rng, 0.02, 0.9),), sizes, about)

    return [
        run("32 times the batch", "N times the batch, N times the rate.", 1024, 32),
        run("a smaller batch", "A smaller batch gets a smaller rate.", 6, 32),
        run("no multiple", "The ratio need not be a whole number.", 112, 48),
        run("the same batch", "The same batch keeps its rate.", 64, 64),
    ]


def scaled_by_ratio(lr, *, batch_size, base_batch_size):
    ratio = batch_size / base_batch_size
    return ratio * lr


def scaled_per_example(lr, *, batch_size, base_batch_size):
    """The rate per example is what stays the same."""
    per_example = np.divide(lr, base_batch_size)
    return np.array(per_example * batch_size)


def scaled_by_logarithms(lr, *, batch_size, base_batch_size):
    return math.exp(math.log(lr) + math.log(batch_size) - math.log(base_batch_size))


SCALED_LR = Exercise(
    reference=schedules.scaled_lr,
    cases=scaled_cases,
    returns=("learning rate",),
    read="A larger batch",
    praise="One step on the large batch now goes as far as the small ones did together.",
    hints=(
        "A batch N times as large makes an epoch of N times fewer steps. How far should each of "
        "them go to get as far in an epoch?",
        "Find the ratio of the two batch sizes, the new one over the old one.",
        "`lr` times `batch_size` over `base_batch_size`.",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "lr * batch_size / base_batch_size",
            "lr * base_batch_size / batch_size",
            "Your rate shrinks when the batch grows. A larger batch makes fewer steps in an epoch, "
            "so each should be longer.",
        ),
        Mistake(
            "square root",
            "lr * batch_size / base_batch_size",
            "lr * np.sqrt(batch_size / base_batch_size)",
            "you scale with the root of the ratio. That keeps the *noise* of a step the same and "
            "is often used with Adam; here the rule is the linear one of the lecture.",
            convention=True,
        ),
        Mistake(
            "base fixed at 256",
            "lr * batch_size / base_batch_size",
            "lr * batch_size / 256",
            "You divide by 256, the base of Goyal's paper, whatever the base is: use the argument.",
        ),
        Mistake(
            "unchanged",
            "lr * batch_size / base_batch_size",
            "lr",
            "The rate does not depend on the batch size at all.",
        ),
        Mistake(
            "not divided",
            "lr * batch_size / base_batch_size",
            "lr * batch_size",
            "You multiply by the batch size itself. What counts is how many times the *old* batch "
            "it is: the same batch must keep its rate.",
        ),
        Mistake(
            "integer division",
            "lr * batch_size / base_batch_size",
            "lr * (batch_size // base_batch_size)",
            "You cut or round the ratio to a whole number, and a much smaller batch gets a rate "
            "of 0. The ratio may be any number.",
        ),
        Mistake(
            "never smaller",
            "lr * batch_size / base_batch_size",
            "lr * max(batch_size / base_batch_size, 1.0)",
            "The rule works in both directions: a smaller batch gets a smaller rate.",
        ),
        Mistake(
            "added",
            "lr * batch_size / base_batch_size",
            "lr + batch_size / base_batch_size - 1",
            "You add the ratio. The rate is to be multiplied by it.",
        ),
        Mistake(
            "squared",
            "lr * batch_size / base_batch_size",
            "lr * (batch_size / base_batch_size) ** 2",
            "The ratio comes in twice.",
        ),
        Mistake(
            "cut, and never smaller",
            "lr * batch_size / base_batch_size",
            "lr * max(batch_size // base_batch_size, 1)",
            "Two things: `//` cuts the ratio to a whole number, and a smaller batch should get a "
            "smaller rate.",
        ),
        Mistake(
            "logarithm of the ratio",
            "lr * batch_size / base_batch_size",
            "lr * (1 + np.log2(batch_size / base_batch_size))",
            "Your rate grows with the logarithm of the batch: every doubling adds the same. Here "
            "twice the batch gets twice the rate.",
        ),
        Mistake(
            "lr forgotten",
            "lr * batch_size / base_batch_size",
            "batch_size / base_batch_size",
            "You return the ratio of the batch sizes. By what is it to be multiplied?",
        ),
        Mistake(
            "per example",
            "lr * batch_size / base_batch_size",
            "lr / base_batch_size",
            "You return the rate per example. How many examples has the new batch?",
        ),
    ),
    accepted=(scaled_by_ratio, scaled_per_example, scaled_by_logarithms),
    points=1,
)
