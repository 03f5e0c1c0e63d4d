"""The exercise ``polyak_update``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import averaging


def polyak_cases(rng: np.random.Generator) -> Sequence[Case]:
    decay = float(np.round(rng.uniform(0.6, 0.85), 2))
    return [
        Case(
            "a vector",
            (draw(rng, 4), draw(rng, 4)),
            {"decay": decay},
            "The old average keeps its share `decay`; the new parameter brings in the rest.",
        ),
        Case(
            "a matrix, by default",
            (draw(rng, 2, 3), draw(rng, 2, 3)),
            {},
            "Without the argument, decay is 0.995, as on the slide.",
        ),
        Case(
            "a short memory",
            (draw(rng, 3), draw(rng, 3)),
            {"decay": 0.1},
            "With decay 0.1 the new parameter counts nine times as much as the old average.",
        ),
        Case(
            "no memory",
            (draw(rng, 3), draw(rng, 3)),
            {"decay": 0.0},
            "With decay 0 nothing is left of the old average.",
        ),
        Case(
            "a long memory, large numbers",
            (draw(rng, 3, scale=1e4), draw(rng, 3, scale=1e4)),
            {"decay": 0.9999},
            "After so many updates one more hardly moves the average.",
        ),
    ]


def polyak_as_a_step(average, param, *, decay=0.995):
    """The average goes a part of the way to the parameter."""
    return average + (1 - decay) * (param - average)


def polyak_as_a_pull(average, param, *, decay=0.995):
    return param - decay * (param - average)


def polyak_entry_by_entry(average, param, *, decay=0.995):
    result = np.empty_like(average)
    for index in np.ndindex(average.shape):
        result[index] = decay * average[index] + param[index] - decay * param[index]
    return result


def polyak_weighted(average, param, *, decay=0.995):
    return np.average(np.stack([average, param]), axis=0, weights=[decay, 1 - decay]).tolist()


POLYAK_UPDATE = Exercise(
    reference=averaging.polyak_update,
    cases=polyak_cases,
    returns=("average",),
    read="One line beside the training",
    praise="One line beside the training loop, and the parameters have a calmer twin.",
    hints=(
        "Two arrays come in. With which weight should each count, so that the average of two equal "
        "arrays is that array again?",
        "`decay` is the weight of the *old* average. The two weights sum to 1.",
        "A sum of two products: `decay` times the one, `(1 - decay)` times the other.",
    ),
    mistakes=(
        Mistake(
            "weights exchanged",
            "decay * average + (1 - decay) * param",
            "(1 - decay) * average + decay * param",
            "your `decay` is the weight of the *new* parameter. In this course it is the weight of "
            "the old average: with 0.995 the average should hardly move in one step.",
            convention=True,
        ),
        Mistake(
            "a sum, as in momentum",
            "(1 - decay) * param",
            "param",
            "Yours is a decaying sum, as the velocity of unit 04: the new parameter counts in "
            "full. Then the average of equal parameters is not that parameter: which weights sum "
            "to 1?",
        ),
        Mistake(
            "old average counted in full",
            "decay * average",
            "average",
            "The old average does not fade: it counts in full, and the new parameter is added on "
            "top. Nothing is ever forgotten.",
        ),
        Mistake(
            "only the old average fades",
            "decay * average + (1 - decay) * param",
            "decay * average",
            "The new parameter never comes in: your average fades away to zero.",
        ),
        Mistake(
            "only the new part",
            "decay * average + (1 - decay) * param",
            "(1 - decay) * param",
            "The old average is gone after one update. It is the one that should keep most of the "
            "weight.",
        ),
        Mistake(
            "plain mean of the two",
            "decay * average + (1 - decay) * param",
            "(average + param) / 2",
            "You take the mean of the two, whatever `decay` is. That remembers only the last two "
            "or three updates.",
        ),
        Mistake(
            "pushed away",
            "decay * average + (1 - decay) * param",
            "average - (1 - decay) * (param - average)",
            "The average moves away from the parameter instead of towards it: check the sign of "
            "the difference.",
        ),
        Mistake(
            "two forms mixed",
            "(1 - decay) * param",
            "(1 - decay) * (param - average)",
            "You have mixed two forms that are both right. Either the average *fades* and the "
            "parameter itself is added, or the average stays and a part of the *difference* is "
            "added.",
        ),
        Mistake(
            "minus the parameter",
            "+ (1 - decay) * param",
            "- (1 - decay) * param",
            "The parameter comes in with a minus sign. An average adds.",
        ),
        Mistake(
            "weights sum to more than 1",
            "(1 - decay) * param",
            "(1 + decay) * param",
            "Your two weights sum to more than 1, so the average would grow in every step. What is "
            "left for the parameter when the old average takes `decay`?",
        ),
        Mistake(
            "decay fixed at 0.995",
            "decay * average + (1 - decay) * param",
            "0.995 * average + 0.005 * param",
            "Right for decay 0.995 and for nothing else: are there numbers of the slide in your "
            "code where the argument should be?",
        ),
        Mistake(
            "corrected for a start at zero",
            "return decay * average + (1 - decay) * param",
            "return (decay * average + (1 - decay) * param) / max(1 - decay, 1e-12)",
            "You divide by 1 - decay, as Adam does in its first step because its averages start at "
            "zero. This average starts at the parameters themselves and lacks nothing.",
        ),
        Mistake(
            "parameter returned",
            "decay * average + (1 - decay) * param",
            "param + 0.0 * average",
            "You return the parameter itself: nothing is averaged.",
        ),
        Mistake(
            "average returned",
            "decay * average + (1 - decay) * param",
            "average + 0.0 * param",
            "You return the old average: it never learns anything new.",
        ),
        Mistake(
            "decay used twice",
            "decay * average + (1 - decay) * param",
            "decay**2 * average + (1 - decay**2) * param",
            "The decay is squared: does it come in once in the loop and once more here?",
        ),
    ),
    accepted=(polyak_as_a_step, polyak_as_a_pull, polyak_entry_by_entry, polyak_weighted),
    points=1,
)
