"""The exercise ``average_views``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import augment

from .shared import in_double


@in_double
def average_cases(rng: np.random.Generator) -> Sequence[Case]:
    def one(name: str, about: str, classes: int, *shape: int) -> Case:
        pixels = int(np.prod(shape[2:]))
        inputs = {"views": draw(rng, *shape), "weights": draw(rng, pixels, classes)}
        return Case(name, about=about, probe="averaged_views", inputs=inputs)

    return [
        one("five views of three examples", "Each example gets the mean of its own five "
            "predictions.", 3, 5, 3, 4),
        one("one view", "The mean of one prediction is that prediction.", 4, 1, 2, 3),
        one("ten views of two images", "The views are images here; the rows of the result are "
            "still examples.", 2, 10, 2, 2, 3, 1),
    ]  # fmt: skip


def average_one_batch(predict, views):
    """All views in one call."""
    views = np.asarray(views)
    count, examples = views.shape[:2]
    flat = predict(views.reshape(count * examples, *views.shape[2:]))
    return flat.reshape(count, examples, -1).mean(axis=0)


def average_running(predict, views):
    mean = 0.0
    for seen_before, view in enumerate(views):
        mean = mean + (predict(view) - mean) / (seen_before + 1)
    return mean


def average_weighted(predict, views):
    shares = np.full(len(views), 1 / len(views))
    return np.tensordot(shares, np.stack([predict(view) for view in views]), axes=1)


AVERAGE_VIEWS = Exercise(
    reference=augment.average_views,
    cases=average_cases,
    returns=("probabilities",),
    read="Ten looks at one picture",
    praise="Every view has one vote, and it votes with probabilities.",
    hints=(
        "`predict` gives one row of probabilities per example. What should be averaged, and over "
        "which axis?",
        "Call `predict` once for each view. Stack the (N, C) arrays: the axis of the views comes "
        "first.",
        "A list of predictions and `np.mean(..., axis=0)`.",
    ),
    mistakes=(
        Mistake(
            "images averaged",
            "return np.mean([predict(view) for view in views], axis=0)",
            "return predict(np.mean(views, axis=0))",
            "You average the *images* and predict once. A mean of shifted pictures is a blur that "
            "the net has never seen; average what it says about each.",
        ),
        Mistake(
            "logarithms averaged",
            "return np.mean([predict(view) for view in views], axis=0)",
            "return np.exp(np.mean([np.log(predict(view)) for view in views], axis=0))",
            "You average logarithms: that is the geometric mean. A single view that is sure of a "
            "no then vetoes all the others.",
        ),
        Mistake(
            "logits averaged",
            "return np.mean([predict(view) for view in views], axis=0)",
            "logs = np.mean([np.log(predict(view)) for view in views], axis=0)\n"
            "    return np.exp(logs) / np.exp(logs).sum(axis=-1, keepdims=True)",
            "You average logarithms and normalize: the geometric mean. Here the probabilities "
            "themselves are averaged.",
        ),
        Mistake(
            "sum instead of mean",
            "np.mean([",
            "np.sum([",
            "The rows do not sum to 1: you add the views up. What makes a mean of a sum?",
        ),
        Mistake(
            "largest instead of mean",
            "np.mean([",
            "np.max([",
            "You take the largest probability that any view gives. The rows no longer sum to 1, "
            "and one overconfident view decides.",
        ),
        Mistake(
            "median instead of mean",
            "np.mean([",
            "np.median([",
            "You take the median. Its rows need not sum to 1; asked for is the mean.",
        ),
        Mistake(
            "votes instead of probabilities",
            "predict(view) for view",
            "np.eye(predict(view).shape[-1])[np.argmax(predict(view), axis=-1)] for view",
            "You count votes. A view that is barely sure then counts as much as one that is "
            "certain: average the probabilities.",
        ),
        Mistake(
            "averaged over the examples",
            "axis=0)",
            "axis=1)",
            "You average over the examples, so that they all share one prediction. Which axis "
            "holds the views?",
        ),
        Mistake(
            "first view only",
            "for view in views]",
            "for view in views[:1]]",
            "Only the first view is asked.",
        ),
        Mistake(
            "last view only",
            "for view in views]",
            "for view in views[-1:]]",
            "Only the last view counts: does every call overwrite the one before?",
        ),
        Mistake(
            "first view left out",
            "for view in views]",
            "for view in [*views[1:], *views[-1:]]]",
            "The first view is left out and the last one counts twice: where does your loop begin?",
        ),
        Mistake(
            "one mean for everything",
            "axis=0)",
            "axis=None)",
            "You average over everything, and one number is left. Average over the views only.",
        ),
    ),
    accepted=(average_one_batch, average_running, average_weighted),
    points=1,
)
