"""The exercise ``initial_loss``."""

import math
from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import diagnosis


def initial_cases(rng: np.random.Generator) -> Sequence[Case]:
    some, many = int(rng.integers(17, 30)), int(rng.integers(900, 1100))
    return [
        Case("ten digits", (10,), {}, "Every digit gets a tenth of the probability."),
        Case("two classes", (2,), {}, "The smallest number of classes: a coin."),
        Case("some classes", (some,), {}, "The loss must grow with the number of classes."),
        Case("a thousand classes, about", (many,), {}, "As many as ImageNet has."),
    ]


def initial_by_softmax(classes):
    """Scores that are all zero, and the definition."""
    exponentials = [math.exp(0.0)] * classes
    return -math.log(exponentials[0] / sum(exponentials))


def initial_by_probability(classes):
    return -np.log(1 / np.float64(classes))


def initial_as_entropy(classes):
    """The entropy of the uniform distribution."""
    p = np.full(classes, 1 / classes)
    return np.array(-np.sum(p * np.log(p)))


INITIAL_LOSS = Exercise(
    reference=diagnosis.initial_loss,
    cases=initial_cases,
    returns=("loss",),
    read="Step 1: the loss before the first update",
    praise="You can now tell a broken setup from a sound one before a single update.",
    hints=(
        "Which probability does a classifier that knows nothing give to each class?",
        "The cross-entropy of an example is minus the logarithm of the probability that its own "
        "class was given.",
        "The probability is 1/classes, and minus the natural logarithm of a reciprocal is the "
        "logarithm itself.",
    ),
    mistakes=(
        Mistake(
            "decimal logarithm",
            "np.log(classes)",
            "np.log10(classes)",
            "You took the logarithm to base 10. The cross-entropy uses the natural one.",
        ),
        Mistake(
            "in bits",
            "np.log(classes)",
            "np.log2(classes)",
            "your loss is counted in bits, with the logarithm to base 2. The losses of this course "
            "are in nats: change the base to e.",
            convention=True,
        ),
        Mistake(
            "the probability itself",
            "np.log(classes)",
            "1 / classes",
            "That is the probability that every class gets. What loss goes with it?",
        ),
        Mistake(
            "sign",
            "np.log(classes)",
            "-np.log(classes)",
            "A cross-entropy is never negative: mind the minus sign before the logarithm of the "
            "probability.",
        ),
        Mistake(
            "hinge loss",
            "np.log(classes)",
            "classes - 1",
            "With equal scores that is the *hinge* loss with margin 1: one for each wrong class. "
            "Here the classifier ends in a softmax.",
        ),
        Mistake(
            "only the wrong classes",
            "np.log(classes)",
            "np.log(classes - 1)",
            "The softmax shares the probability among all classes, the right one included.",
        ),
        Mistake(
            "summed over classes",
            "np.log(classes)",
            "classes * np.log(classes)",
            "You added the losses of all classes. An example's loss looks at the probability of "
            "its own class only.",
        ),
    ),
    accepted=(initial_by_softmax, initial_by_probability, initial_as_entropy),
    points=1,
)
