"""The exercise ``smooth_labels``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import losses

from .shared import in_double


@in_double
def smooth_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "three classes, eps 0.15",
            (np.array([0, 1]),),
            {"classes": 3, "eps": 0.15},
            about="This is the lecture's example: 90 %, 5 % and 5 %.",
        ),
        Case(
            "several labels, five classes",
            (rng.permutation([0, 1, 3, 3, 1, 0]),),
            {"classes": 5, "eps": float(np.round(rng.uniform(0.2, 0.4), 2))},
            about="Each row sums to 1. Classes 2 and 4 occur in no label, and still get a share.",
        ),
        Case(
            "eps 0",
            (np.array([2, 0, 1, 2]),),
            {"classes": 3, "eps": 0.0},
            about="Without smoothing the targets are 0 and 1.",
        ),
        Case(
            "eps 1",
            (np.array([1, 3]),),
            {"classes": 4, "eps": 1.0},
            about="With eps 1 nothing is left of the label: all classes get the same.",
        ),
    ]


def smooth_mixture(labels, *, classes, eps):
    """A mixture of the one-hot targets with the uniform distribution."""
    return (1 - eps) * np.eye(classes)[labels] + eps * np.ones(classes) / classes


def smooth_formula(labels, *, classes, eps):
    hit = np.asarray(labels)[:, None] == np.arange(classes)
    return np.where(hit, 1 - (classes - 1) / classes * eps, eps / classes)


def smooth_loop(labels, *, classes, eps):
    rows = []
    for label in labels:
        row = [eps / classes] * classes
        row[label] = 1 - sum(row[:label] + row[label + 1 :])
        rows.append(row)
    return np.array(rows)


RIGHT_CLASS = "targets[np.arange(len(labels)), labels] += 1 - eps"
FULL = "targets = np.full((len(labels), classes), eps / classes)"

SMOOTH_LABELS = Exercise(
    reference=losses.smooth_labels,
    cases=smooth_cases,
    returns=("targets",),
    read="A little doubt",
    praise="Every row sums to 1, and the right class keeps what is left of its certainty.",
    hints=(
        "Which distribution is mixed with the one-hot target, and with what weight?",
        "Take 1 - eps of the one-hot target and eps of the uniform distribution. The right class "
        "gets something from both.",
        "Fill an (N, K) array with eps/K, then add 1 - eps at each row's label.",
    ),
    mistakes=(
        Mistake(
            "shared by the other classes",
            FULL,
            "targets = np.full((len(labels), classes), eps / (classes - 1))",
            "you give eps to the *other* K - 1 classes and leave 1 - eps for the right one. Here "
            "eps is spread over all K, the right one included.",
            more=((RIGHT_CLASS, "targets[np.arange(len(labels)), labels] = 1 - eps"),),
            convention=True,
        ),
        Mistake(
            "right class without its share",
            RIGHT_CLASS,
            "targets[np.arange(len(labels)), labels] = 1 - eps",
            "The rows sum to less than 1: the right class gets 1 - eps, but it is also one of the "
            "K classes over which eps is spread.",
        ),
        Mistake(
            "nothing taken away",
            RIGHT_CLASS,
            "targets[np.arange(len(labels)), labels] += 1",
            "The rows sum to more than 1: what is spread over the classes has to be taken from the "
            "right one.",
        ),
        Mistake(
            "right class stays at 1",
            RIGHT_CLASS,
            "targets[np.arange(len(labels)), labels] = 1",
            "The right class still has the target 1, and the rows sum to more than 1. Smoothing "
            "takes from it what it gives to the others.",
        ),
        Mistake(
            "only taken away",
            FULL,
            "targets = np.zeros((len(labels), classes))",
            "You lower the target of the right class, but nobody gets what was taken: the rows sum "
            "to less than 1.",
        ),
        Mistake(
            "eps for every class",
            FULL,
            "targets = np.full((len(labels), classes), eps)",
            "Every wrong class gets the whole of eps. It is shared by all K classes.",
        ),
        Mistake(
            "eps and its rest exchanged",
            FULL,
            "targets = np.full((len(labels), classes), (1 - eps) / classes)",
            "eps and 1 - eps have changed places: eps is the share that is given away.",
            more=((RIGHT_CLASS, "targets[np.arange(len(labels)), labels] += eps"),),
        ),
        Mistake(
            "not smoothed",
            FULL,
            "targets = np.zeros((len(labels), classes))",
            "The targets are 0 and 1: eps is not used.",
            more=((RIGHT_CLASS, "targets[np.arange(len(labels)), labels] += 1"),),
        ),
        Mistake(
            "uniform",
            RIGHT_CLASS,
            "targets /= np.sum(targets, axis=1, keepdims=True) + (eps == 0)",
            "All classes get the same, whatever the label is.",
        ),
        Mistake(
            "as many classes as labels show",
            FULL,
            "targets = np.full((len(labels), int(np.max(labels)) + 1), eps / classes)",
            "The number of columns comes from the largest label in this batch. A class may be "
            "missing there: use `classes`.",
        ),
        Mistake(
            "labels from 1",
            "targets[np.arange(len(labels)), labels] +=",
            "targets[np.arange(len(labels)), labels - 1] +=",
            "The labels count from 0: you marked the class before the right one.",
        ),
        Mistake(
            "whole columns",
            "targets[np.arange(len(labels)), labels] +=",
            "targets[:, labels] +=",
            "You add to whole columns, so that every row gets the labels of all rows. Pair each "
            "row with its own label.",
        ),
    ),
    accepted=(smooth_mixture, smooth_formula, smooth_loop),
    points=1,
)
