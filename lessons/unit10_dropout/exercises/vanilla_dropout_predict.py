"""The exercise ``vanilla_dropout_predict``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers

from .shared import in_double, low_chance


@in_double
def vanilla_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "keep_prob 0.8",
            (draw(rng, 6, 7),),
            {"keep_prob": 0.8},
            about="80 % of the masks let a unit through. What does it send on average?",
        ),
        Case(
            "keep_prob below one half",
            (draw(rng, 5),),
            {"keep_prob": low_chance(rng)},
            about="The test value is the mean over all masks.",
        ),
        Case(
            "keep_prob 1",
            (draw(rng, 2, 3),),
            {"keep_prob": 1.0},
            about="If everything always stays there is nothing to make up for.",
        ),
    ]


def vanilla_enumerated(x, *, keep_prob):
    """The expectation itself: the unit is there, or it is not."""
    return keep_prob * x + (1 - keep_prob) * np.zeros_like(x)


def vanilla_loop(x, *, keep_prob):
    return np.array([value * keep_prob for value in x.ravel()]).reshape(x.shape)


def vanilla_complement(x, *, keep_prob):
    dropped = 1 - keep_prob
    return np.subtract(x, dropped * x)


VANILLA_PREDICT = Exercise(
    reference=layers.vanilla_dropout_predict,
    cases=vanilla_cases,
    returns=("result",),
    read="Where the scale goes",
    praise="Test time now sends on what training sent on average.",
    hints=(
        "In training this unit was sometimes x and sometimes 0. What is the mean of the two?",
        "The mean weighs x by the chance that the unit stays, and 0 by the chance that it goes.",
        "One product.",
    ),
    mistakes=(
        Mistake(
            "divided",
            "return x * keep_prob",
            "return x / keep_prob",
            "Dividing is what inverted dropout does, in training. Here training was left unscaled, "
            "so its average is smaller than x.",
        ),
        Mistake(
            "multiplied by the chance to drop",
            "return x * keep_prob",
            "return x * (1 - keep_prob)",
            "You multiplied by the chance to be *dropped*, as a slide says in words. The mean over "
            "the masks weighs x by the chance to be there.",
            read="The expectation, mask by mask",
        ),
        Mistake(
            "not scaled",
            "return x * keep_prob",
            "return x * 1.0",
            "That is inverted dropout's test time. Vanilla dropout scaled nothing in training, so "
            "now everything arrives together and is too much.",
        ),
        Mistake(
            "always one half",
            "return x * keep_prob",
            "return x * 0.5",
            "One half is right for keep_prob 0.5 only.",
        ),
        Mistake(
            "root",
            "return x * keep_prob",
            "return x * keep_prob**0.5",
            "A root keeps the spread. What is to be kept here is the mean.",
        ),
        Mistake(
            "squared",
            "return x * keep_prob",
            "return x * keep_prob**2",
            "The scale comes in twice.",
        ),
        Mistake(
            "rectified",
            "return x * keep_prob",
            "return np.maximum(x, 0) * keep_prob",
            "Negative entries disappear. The ReLU is another layer: this one only scales.",
        ),
    ),
    accepted=(vanilla_enumerated, vanilla_loop, vanilla_complement),
    points=1,
    hidden_points=0.5,
)
