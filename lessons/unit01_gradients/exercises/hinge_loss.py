"""The exercise ``hinge_loss``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import losses
from course_lib.arrays import Array, Labels

from .shared import some_labels

LECTURE_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LECTURE_LABELS = np.array([0, 1, 2])


def off_kinks(
    rng: np.random.Generator, count: int, classes: int, margin: float
) -> tuple[Array, Labels]:
    """Scores of which no margin is near 0, some are met and some are not."""
    labels = some_labels(rng, count, classes)
    while True:
        scores = draw(rng, count, classes, scale=2.0)
        margins = scores - np.take_along_axis(scores, labels[:, None], axis=1) + margin
        met = np.sum(margins < 0, axis=1)
        mixed = count == 1 or (met.max() > met.min() and met.min() < classes - 2)
        if mixed and np.min(np.abs(margins)) > 0.02 and 0 < np.sum(met) < count * (classes - 1):
            return scores, labels


def hinge_cases(rng: np.random.Generator) -> Sequence[Case]:
    met = draw(rng, 4, 3)
    labels = some_labels(rng, 4, 3)
    met[np.arange(4), labels] += 12.0
    return [
        Case(
            "the lecture's three images",
            (LECTURE_SCORES, LECTURE_LABELS),
            about="Image by image the losses are 2.9, 0 and 12.9; the result is their mean.",
        ),
        Case(
            "five examples, four classes",
            off_kinks(rng, 5, 4, 1.0),
            about="Every wrong class whose score comes closer than the margin pushes its own score "
            "down and the right one up.",
            rtol=1e-9,
        ),
        Case(
            "a wider margin",
            off_kinks(rng, 4, 5, 2.5),
            {"margin": 2.5},
            about="Here the wrong classes have to stay 2.5 below the right one.",
        ),
        Case(
            "every margin is met",
            (met, labels),
            about="All wrong classes are far below the right one: no loss and no gradient at all.",
        ),
        Case(
            "one example",
            off_kinks(rng, 1, 4, 1.0),
            about="With a single example the mean is that example's own loss.",
        ),
        Case(
            "all scores alike",
            (np.full((3, 4), draw(rng, 1)[0]), rng.integers(3, size=3)),
            about="Before training all scores are about alike: every one of the C - 1 wrong "
            "classes violates the whole margin, so the loss is C - 1. And no image shows the last "
            "class.",
        ),
    ]


def hinge_loops(scores, labels, *, margin=1.0):
    """Example by example and class by class; a list for the pair."""
    total, dscores = 0.0, np.zeros_like(scores)
    for n, label in enumerate(labels):
        for c in range(scores.shape[1]):
            if c != label and scores[n, c] + margin > scores[n, label]:
                total += scores[n, c] - scores[n, label] + margin
                dscores[n, c] += 1 / len(labels)
                dscores[n, label] -= 1 / len(labels)
    return [total / len(labels), dscores]


def hinge_one_hot(scores, labels, *, margin=1.0):
    """Indicator matrices throughout; the margin is left out for the right class."""
    right = np.eye(scores.shape[1])[labels]
    gaps = scores - np.sum(scores * right, axis=1, keepdims=True) + margin * (1 - right)
    violated = (gaps > 0).astype(float)
    pushes = violated - right * violated.sum(axis=1, keepdims=True)
    return np.mean(np.sum(gaps.clip(min=0), axis=1)), pushes / scores.shape[0]


def hinge_counted_then_corrected(scores, labels, *, margin=1.0):
    """The right class is counted too, and its constant margin taken off afterwards."""
    rows = range(len(scores))
    gaps = scores.T - scores[rows, labels] + margin
    loss = np.where(gaps >= 0, gaps, 0).sum(axis=0).mean() - margin
    dscores = np.heaviside(gaps, 1.0).T
    dscores[rows, labels] -= dscores.sum(axis=1)
    return loss, dscores / len(scores)


HINGE = Exercise(
    reference=losses.hinge_loss,
    cases=hinge_cases,
    returns=("loss", "dscores"),
    read="A loss from margins",
    praise="Loss and gradient agree with ours, with any margin and any number of classes.",
    hints=(
        "Take one example first. Which classes come closer to the right one than the margin "
        "allows, and by how much?",
        "Index the right scores with `scores[rows, labels]`, keep them as a column, and subtract "
        "that column from all scores. The right class itself must not count.",
        "The gradient counts violations: +1 for every wrong class with a positive margin, and for "
        "the right class minus their number. Loss and gradient are both divided by N.",
    ),
    mistakes=(
        Mistake(
            "right class counted",
            "    margins[rows, labels] = 0.0\n",
            "",
            "Every example is charged the full margin against itself. The sum runs over the wrong "
            "classes only: what is the right class's score minus itself plus the margin?",
        ),
        Mistake(
            "margin outside the maximum",
            "np.maximum(0.0, scores - correct + margin)",
            "np.maximum(0.0, scores - correct) + margin",
            "Your margin is added after the maximum, so every wrong class costs it, however far "
            "below it is. The maximum has to be taken of the gap and the margin together.",
        ),
        Mistake(
            "margin outside the maximum, and not in the gradient",
            "np.maximum(0.0, scores - correct + margin)",
            "np.maximum(0.0, scores - correct) + margin",
            "Your margin is added after the maximum: it reaches neither the decision which classes "
            "cost something nor the gradient. It belongs inside the maximum.",
            more=(("(margins > 0).astype", "(margins > margin).astype"),),
        ),
        Mistake(
            "margin outside the maximum, and the right class counted",
            "np.maximum(0.0, scores - correct + margin)",
            "np.maximum(0.0, scores - correct) + margin",
            "Your margin is added after the maximum, so every class costs it, the right one too. "
            "It belongs inside the maximum, and the sum runs over the wrong classes only.",
            more=(
                ("    margins[rows, labels] = 0.0\n", ""),
                ("(margins > 0).astype", "(margins > margin).astype"),
            ),
        ),
        Mistake(
            "right class counted in the loss",
            "    margins[rows, labels] = 0.0\n    loss = float(np.sum(margins)) / count\n",
            "    loss = float(np.sum(margins)) / count\n    margins[rows, labels] = 0.0\n",
            "Your loss is too large by exactly one margin: it was summed up before the right class "
            "had been taken out.",
        ),
        Mistake(
            "sum instead of mean",
            "loss = float(np.sum(margins)) / count",
            "loss = float(np.sum(margins))",
            "Loss and gradient are sums over the examples. Here a loss is a mean, so that it does "
            "not grow with the size of the batch.",
            more=(("return loss, dscores / count", "return loss, dscores"),),
        ),
        Mistake(
            "gradient not averaged",
            "return loss, dscores / count",
            "return loss, dscores",
            "The loss is a mean over the examples, your gradient is that of the sum: whatever "
            "scales the loss scales its gradient too.",
        ),
        Mistake(
            "loss not averaged",
            "loss = float(np.sum(margins)) / count",
            "loss = float(np.sum(margins))",
            "Your gradient belongs to the mean loss, but the loss that you return is the sum over "
            "the examples.",
        ),
        Mistake(
            "averaged over the classes too",
            "loss = float(np.sum(margins)) / count",
            "loss = float(np.mean(margins))",
            "The loss is divided by the number of examples and of classes. Within one example the "
            "margins are summed; only the examples are averaged.",
        ),
        Mistake(
            "everything averaged over the classes",
            "count = len(labels)",
            "count = scores.size",
            "Loss and gradient are divided by the number of all scores. Within one example the "
            "margins are summed; only the examples are averaged.",
            more=(("np.arange(count)", "np.arange(len(labels))"),),
        ),
        Mistake(
            "right and wrong exchanged",
            "scores - correct + margin",
            "correct - scores + margin",
            "Your loss grows when the right class wins. The margin is violated when a *wrong* "
            "score comes too close from below, so which of the two is subtracted?",
        ),
        Mistake(
            "margin with the wrong sign",
            "scores - correct + margin",
            "scores - correct - margin",
            "Your margin makes life easier: a wrong class may even exceed the right one by it. It "
            "should have to stay below by that much.",
        ),
        Mistake(
            "no margin",
            "scores - correct + margin",
            "scores - correct",
            "Without a margin a wrong class costs nothing as soon as it is a hair below the right "
            "one. The argument `margin` is not used.",
        ),
        Mistake(
            "margin fixed at 1",
            "scores - correct + margin",
            "scores - correct + 1.0",
            "The margin is always 1, whatever the caller asks for.",
        ),
        Mistake(
            "nothing cut off at zero",
            "np.maximum(0.0, scores - correct + margin)",
            "scores - correct + margin",
            "Classes that keep their distance make your loss smaller, even negative. A margin that "
            "is met should cost nothing and earn nothing.",
        ),
        Mistake(
            "right class pushed only once",
            "= -np.sum(dscores, axis=1)",
            "= -1.0",
            "In dscores the right class always gets -1. Every violated margin contains the right "
            "score once: how many of them are there in this row?",
        ),
        Mistake(
            "right class pushed once if at all",
            "= -np.sum(dscores, axis=1)",
            "= -np.any(dscores > 0, axis=1).astype(float)",
            "In dscores the right class gets at most -1. Every violated margin contains the right "
            "score once, so several of them add up.",
        ),
        Mistake(
            "right class not pushed",
            "= -np.sum(dscores, axis=1)",
            "= 0.0",
            "The wrong classes are pushed down, but nothing pulls the right one up. The right "
            "score stands in every margin as well: with which sign?",
        ),
        Mistake(
            "gradient uphill and downhill exchanged",
            "return loss, dscores / count",
            "return loss, -dscores / count",
            "The sign of dscores is wrong: it should say how the loss *changes* when a score "
            "grows. The step downhill is the optimizer's business.",
        ),
        Mistake(
            "amounts instead of counts",
            "(margins > 0).astype(np.float64)",
            "margins",
            "Your gradient grows with the size of the violation. The loss rises along a straight "
            "line: its slope is the same for a small violation and a large one.",
        ),
        Mistake(
            "only the worst class",
            "    loss = float(np.sum(margins)) / count",
            "    margins *= margins == np.max(margins, axis=1, keepdims=True)\n"
            "    loss = float(np.sum(margins)) / count",
            "only the worst class counts in your loss (Crammer and Singer's form). Here, as in the "
            "lecture, all violated margins of an example are summed.",
            convention=True,
        ),
        Mistake(
            "every class against zero",
            "np.maximum(0.0, scores - correct + margin)",
            "np.maximum(0.0, scores + margin)",
            "you compare every score with 0 (one two-class SVM for each class). Here the wrong "
            "scores are compared with the right one, so that only differences count.",
            more=(
                (
                    "margins[rows, labels] = 0.0",
                    "margins[rows, labels] = np.maximum(0.0, margin - correct[:, 0])",
                ),
                (
                    "dscores[rows, labels] = -np.sum(dscores, axis=1)",
                    "dscores[rows, labels] *= -1.0",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "squared hinge",
            "loss = float(np.sum(margins)) / count",
            "loss = float(np.sum(margins**2)) / count",
            "you square the margins (the L2-SVM). Here they count as they are, so that the slope "
            "of a violated margin is constant.",
            more=(("(margins > 0).astype(np.float64)", "2 * margins"),),
            convention=True,
        ),
        Mistake(
            "labels counted from 1",
            "rows = np.arange(count)",
            "rows = np.arange(count)\n    labels = labels - 1",
            "You look one column to the left of the right class: labels count from 0.",
        ),
        Mistake(
            "right class recognised by its score",
            "margins[rows, labels] = 0.0",
            "margins[scores == correct] = 0.0",
            "You recognise the right class by its score. A wrong class with the same score then "
            "costs nothing, although it misses the whole margin: let the labels tell which is "
            "which.",
        ),
        Mistake(
            "predicted class in place of the label",
            "rows = np.arange(count)",
            "rows = np.arange(count)\n    labels = np.argmax(scores, axis=1)",
            "You measure against the class with the largest score, which the network takes for "
            "right. Which one *is* right, only the labels say.",
        ),
        Mistake(
            "whole columns taken out",
            "margins[rows, labels] = 0.0",
            "margins[:, labels] = 0.0",
            "A `:` in front of the labels takes out whole columns: in every row, all classes that "
            "are right for some image. Each row has one right class of its own.",
        ),
        Mistake(
            "averaged over the wrong classes",
            "count = len(labels)",
            "count = len(labels) * (scores.shape[1] - 1)",
            "You also divide by the number of wrong classes. Within one example the margins are "
            "summed; only the examples are averaged.",
            more=(("np.arange(count)", "np.arange(len(labels))"),),
        ),
        Mistake(
            "no margin in the gradient",
            "(margins > 0).astype",
            "(scores > correct).astype",
            "Your gradient counts the classes that score higher than the right one. Those that "
            "stay below it, but by less than the margin, cost something too.",
        ),
    ),
    accepted=(hinge_loops, hinge_one_hot, hinge_counted_then_corrected),
    points=3,
)
