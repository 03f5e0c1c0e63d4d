"""The exercise ``ensemble_predict``."""

from collections.abc import Callable, Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import averaging
from course_lib.arrays import Array


def average(p: Array) -> Array:
    return np.mean(p, axis=0)


def votes(p: Array) -> Array:
    return np.eye(p.shape[-1])[np.argmax(p, axis=-1)].mean(axis=0)


def trusted(p: Array) -> Array:
    """Weighted by how sure each model is."""
    return average(p * np.max(p, axis=-1, keepdims=True))


def trusted_by_entropy(p: Array) -> Array:
    doubt = -np.sum(p * np.log(p + 1e-12), axis=-1, keepdims=True)
    return average(p / (doubt + 0.1))


def surest_model(p: Array) -> Array:
    return p[np.argmax(np.mean(np.max(p, axis=-1), axis=-1))]


def halved(p: Array) -> Array:
    """A running mean that weighs the newest half."""
    mean = p[0]
    for one in p[1:]:
        mean = (mean + one) / 2
    return mean


# What else a class could be chosen by: fair cases give another answer for each of them.
RIVALS: tuple[Callable[[Array], Array], ...] = (
    votes,
    lambda p: votes(p) + 1e-3 * average(p),
    trusted,
    trusted_by_entropy,
    surest_model,
    halved,
    lambda p: np.prod(p, axis=0),
    lambda p: average(np.log(p + 1e-12)),
    lambda p: np.max(p, axis=0),
    lambda p: np.median(p, axis=0),
    lambda p: np.min(p, axis=0),
    lambda p: average(p**2),
    lambda p: average(p[1:]),
    lambda p: average(p[:-1]),
    lambda p: p[0],
    lambda p: p[-1],
)


def gap(scores: Array) -> Array:
    """How far the first class lies before the second."""
    ordered = np.sort(scores, axis=-1)
    return ordered[..., -1] - ordered[..., -2]


def pool(rng: np.random.Generator, models: int, classes: int) -> Array:
    """Two-digit probabilities for many examples, none of them near a tie."""
    rows = rng.dirichlet(0.8 * np.ones(classes), size=(models, 1500))
    p = rng.multinomial(100, rows) / 100
    fair = (gap(average(p)) > 0.02) & np.all(gap(p) > 0.005, axis=0)
    return p[:, fair]


def telling(rng: np.random.Generator, models: int, examples: int, classes: int) -> Array:
    """Every rival has other labels than the mean, and few have the same as another rival."""
    everything = pool(rng, models, classes)
    while True:
        p = everything[:, rng.choice(everything.shape[1], examples, replace=False)]
        right = np.argmax(average(p), axis=-1)
        labels = [np.argmax(rule(p), axis=-1) for rule in RIVALS]
        apart = all(np.any(right != rival) for rival in labels)
        if apart and len({tuple(rival) for rival in labels}) >= len(RIVALS) - 1:
            return p


def vetoed(rng: np.random.Generator, models: int, examples: int, classes: int) -> Array:
    """Every example's winner is a class that one of the models excludes."""
    p = pool(rng, models, classes)
    winners = np.argmax(average(p), axis=-1)
    excluded = np.min(p, axis=0)[np.arange(len(winners)), winners] == 0
    return p[:, excluded][:, :examples]


def ensemble_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "three models, twelve examples",
            (telling(rng, 3, 12, 4),),
            about="Average the probabilities of the models first, then choose the largest mean.",
        ),
        Case(
            "four models",
            (telling(rng, 4, 10, 5),),
            about="Where the models disagree two to two, those that are surer decide.",
        ),
        Case(
            "six models, nine examples",
            (telling(rng, 6, 9, 7),),
            about="There is one label per example, whatever the number of models and classes.",
        ),
        Case(
            "one model excludes the winner",
            (vetoed(rng, 4, 8, 3),),
            about="A probability of 0 lowers the mean; it is no veto.",
        ),
        Case(
            "one model",
            (pool(rng, 1, 3)[:, :9],),
            about="The mean of one prediction is that prediction.",
        ),
    ]


def ensemble_by_sum(probabilities):
    """The largest sum belongs to the largest mean."""
    return np.argmax(np.sum(probabilities, 0), -1)


def ensemble_by_loop(probabilities):
    models, examples, classes = np.shape(probabilities)
    labels = []
    for n in range(examples):
        means = [
            sum(probabilities[m, n, c] for m in range(models)) / models for c in range(classes)
        ]
        labels.append(means.index(max(means)))
    return labels


def ensemble_by_running_mean(probabilities):
    mean = np.zeros(probabilities.shape[1:])
    for seen, one in enumerate(probabilities, start=1):
        mean = mean + (one - mean) / seen
    return np.argsort(-mean, axis=1)[:, 0]


def ensemble_by_transposing(probabilities):
    columns = np.einsum("mnc->cn", probabilities) / len(probabilities)
    return np.argmax(columns, axis=0)


ENSEMBLE_PREDICT = Exercise(
    reference=averaging.ensemble_predict,
    cases=ensemble_cases,
    returns=("labels",),
    read="Ask several nets",
    praise="Every model is heard with its doubts, and the decision comes last.",
    hints=(
        "There are two steps: an average and a decision. In which order, and over which axis is "
        "each of them?",
        "Models come first in the shape, (M, N, C). The average takes this axis away; what is left "
        "is one row of probabilities per example.",
        "`np.mean` over axis 0, then `np.argmax` over the axis of the classes.",
    ),
    mistakes=(
        Mistake(
            "votes counted",
            "np.mean(probabilities, axis=0)",
            "np.mean(np.eye(probabilities.shape[2])[np.argmax(probabilities, axis=2)], axis=0)",
            "You let every model decide first and count the votes. A model that is barely sure "
            "then counts as much as one that is certain: decide only after averaging.",
        ),
        Mistake(
            "votes counted, ties by the mean",
            "np.mean(probabilities, axis=0)",
            "1e-3 * np.mean(probabilities, axis=0) + np.mean(\n"
            "        np.eye(probabilities.shape[2])[np.argmax(probabilities, axis=2)], axis=0\n"
            "    )",
            "You count votes, and look at the probabilities only where the votes are tied. Let the "
            "probabilities decide everywhere: a vote forgets how sure a model was.",
        ),
        Mistake(
            "geometric mean",
            "np.mean(probabilities, axis=0)",
            "np.prod(probabilities, axis=0)",
            "You multiply the probabilities, or average their logarithms: the geometric mean. A "
            "single model that is sure of a no then overrules all others.",
        ),
        Mistake(
            "largest instead of mean",
            "np.mean(",
            "np.max(",
            "You take the largest probability that any model gives, so that the surest model "
            "decides alone. Overconfident models are not better ones.",
        ),
        Mistake(
            "median instead of mean",
            "np.mean(",
            "np.median(",
            "You take the median over the models. Asked for is the mean.",
        ),
        Mistake(
            "least instead of mean",
            "np.mean(",
            "np.min(",
            "You take the smallest probability that any model gives: the most doubtful model "
            "decides for each class.",
        ),
        Mistake(
            "weighted by confidence",
            "np.mean(probabilities, axis=0)",
            "np.mean(probabilities * np.max(probabilities, axis=2, keepdims=True), axis=0)",
            "You weight each model by how sure it is. Its probabilities say that already; here "
            "every model counts the same.",
        ),
        Mistake(
            "surest model only",
            "np.mean(probabilities, axis=0)",
            "probabilities[np.argmax(np.mean(np.max(probabilities, axis=2), axis=1))]",
            "You pick the model that is surest of itself and ask nobody else. Sure is not the same "
            "as right.",
        ),
        Mistake(
            "first model left out",
            "np.mean(probabilities, axis=0)",
            "np.mean(probabilities[min(1, len(probabilities) - 1):], axis=0)",
            "The first model is left out: where does your loop or your slice begin?",
        ),
        Mistake(
            "last model left out",
            "np.mean(probabilities, axis=0)",
            "np.mean(probabilities[:max(1, len(probabilities) - 1)], axis=0)",
            "The last model is left out: where does your loop or your slice end?",
        ),
        Mistake(
            "newest model counts half",
            "mean = np.mean(probabilities, axis=0)",
            "mean = probabilities[0]\n"
            "    for one in probabilities[1:]:\n"
            "        mean = (mean + one) / 2",
            "You halve in every step of a loop, so that the last model counts one half, the one "
            "before it a quarter, and so on. Every model should count the same.",
        ),
        Mistake(
            "first model only",
            "np.mean(probabilities, axis=0)",
            "probabilities[0]",
            "Only the first model is asked.",
        ),
        Mistake(
            "last model only",
            "np.mean(probabilities, axis=0)",
            "probabilities[-1]",
            "Only the last model counts: does every pass of a loop overwrite the one before?",
        ),
        Mistake(
            "averaged over the examples",
            "axis=0",
            "axis=1",
            "You average over the examples, and have a label for each model. Which axis holds the "
            "models?",
        ),
        Mistake(
            "averaged over the classes",
            "return np.argmax(mean, axis=1)",
            "return np.argmax(np.mean(probabilities, axis=2), axis=0)",
            "You average over the classes. Every row sums to 1, so that mean says nothing; average "
            "over the models.",
        ),
        Mistake(
            "decided over the wrong axis",
            "np.argmax(mean, axis=1)",
            "np.argmax(mean, axis=0)",
            "You look for the best *example* of each class. Asked for is the best class of each "
            "example.",
        ),
        Mistake(
            "one decision for everything",
            "np.argmax(mean, axis=1)",
            "np.argmax(mean)",
            "Without an axis `argmax` looks through the whole table and returns one position in "
            "it. There is one decision per example.",
        ),
        Mistake(
            "no decision",
            "return np.argmax(mean, axis=1)",
            "return mean",
            "These are the mean probabilities. Asked for are the labels.",
        ),
        Mistake(
            "probability instead of label",
            "np.argmax(",
            "np.max(",
            "You return *how* probable the winner is. Asked for is *which* class it is.",
        ),
        Mistake(
            "least likely class",
            "np.argmax(",
            "np.argmin(",
            "You choose the class with the smallest probability. If you come from losses: those "
            "are small where a model is good, probabilities are large.",
        ),
        Mistake(
            "a label per model",
            "return np.argmax(mean, axis=1)",
            "return np.argmax(probabilities, axis=2)",
            "Each model has decided for itself, and nothing is averaged: there should be one label "
            "per example.",
        ),
        Mistake(
            "classes counted from one",
            "np.argmax(mean, axis=1)",
            "np.argmax(mean, axis=1) + 1",
            "Your classes count from 1. Here they count from 0, as numpy does.",
        ),
        Mistake(
            "one-hot rows",
            "return np.argmax(mean, axis=1)",
            "return np.eye(mean.shape[1])[np.argmax(mean, axis=1)]",
            "The right classes, written as rows of zeros and a one. Asked for are their numbers.",
        ),
    ),
    accepted=(
        ensemble_by_sum,
        ensemble_by_loop,
        ensemble_by_running_mean,
        ensemble_by_transposing,
    ),
)
