"""Unit 01, losses, gradients and the gradient check: the exercises and quizzes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Choice, Exercise, Function, Mistake, Quiz, draw
from course_lib import gradcheck, layers, losses, models
from course_lib.arrays import Array, Labels, Params
from course_lib.layers import AffineCache

TITLE = "Losses, gradients and the gradient check"
MINUTES = 90

# --- hinge loss ---------------------------------------------------------------------------------

LECTURE_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LECTURE_LABELS = np.array([0, 1, 2])


def some_labels(rng: np.random.Generator, count: int, classes: int) -> Labels:
    """Labels in which both the first and the last class occur, as far as there is room."""
    labels = rng.integers(classes, size=count)
    labels[-1], labels[0] = 0, classes - 1
    return labels


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
            "Your gradient is right, your loss is too large by exactly one margin: it was summed "
            "up before the right class had been taken out.",
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
    ),
    accepted=(hinge_loops, hinge_one_hot, hinge_counted_then_corrected),
    points=3,
)

# --- softmax cross-entropy ----------------------------------------------------------------------


def softmax_cases(rng: np.random.Generator) -> Sequence[Case]:
    far = np.array([[2000.0, 0.0, -1500.0], [0.5, -1.0, 0.25]]) + draw(rng, 2, 3, scale=0.1)
    heights = draw(rng, 3, 4) + np.array([[9000.0], [-9000.0], [0.0]])
    return [
        Case(
            "the lecture's example",
            (np.array([[-2.85, 0.86, 0.28]]), np.array([2])),
            about="The right class has probability 0.353, so the loss is 1.04.",
        ),
        Case(
            "five examples, three classes",
            (draw(rng, 5, 3, scale=2.0), some_labels(rng, 5, 3)),
            about="Each row has probabilities of its own; loss and gradient are means over rows.",
        ),
        Case(
            "two examples, six classes",
            (draw(rng, 2, 6), some_labels(rng, 2, 6)),
            about="There are more classes than examples: is every sum taken along the right axis?",
        ),
        Case(
            "scores of ten thousand",
            (draw(rng, 3, 4) + 1e4, some_labels(rng, 3, 4)),
            about="Softmax does not change when a constant is added to a row of scores, but exp of "
            "10000 overflows: how can you use the one against the other?",
        ),
        Case(
            "rows at different heights",
            (heights, some_labels(rng, 3, 4)),
            about="One row of scores lies near 9000, one near -9000: every row has to be shifted "
            "by a number of its own.",
        ),
        Case(
            "hopelessly wrong",
            (far, np.array([2, 0])),
            about="The right class has a probability of e to the -3500, which rounds to 0. The "
            "loss is about 3500 all the same: the logarithm can be taken before anything rounds.",
        ),
    ]


def softmax_loops(scores, labels):
    total, rows = 0.0, []
    for row, label in zip(scores, labels, strict=True):
        top = max(row)
        powers = [np.exp(s - top) for s in row]
        total += top + np.log(sum(powers)) - row[label]
        rows.append([p / sum(powers) - (c == label) for c, p in enumerate(powers)])
    return total / len(scores), np.array(rows) / len(scores)


def softmax_logaddexp(scores, labels):
    """numpy's own stable log-sum-exp, and a one-hot matrix."""
    normalizer = np.logaddexp.reduce(scores, axis=1, keepdims=True)
    one_hot = np.eye(scores.shape[1])[labels]
    loss = np.mean(normalizer[:, 0] - np.sum(scores * one_hot, axis=1))
    return [loss, (np.exp(scores - normalizer) - one_hot) / len(labels)]


def softmax_relative_to_the_right(scores, labels):
    """Scores relative to the right one: loss = log sum exp(s_j - s_y), probabilities from it."""
    gaps = scores - np.take_along_axis(scores, labels[:, None], axis=1)
    top = np.amax(gaps, axis=-1)
    powers = np.exp(gaps.T - top)
    loss = (top + np.log(powers.sum(axis=0))).mean()
    dscores = (powers / powers.sum(axis=0)).T
    np.subtract.at(dscores, (np.arange(len(labels)), labels), 1)
    return loss, dscores * (1 / len(labels))


NAIVE_SOFTMAX = (
    "    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)\n"
    "    log_probs = np.log(probs)"
)

SOFTMAX = Exercise(
    reference=losses.softmax_cross_entropy,
    cases=softmax_cases,
    returns=("loss", "dscores"),
    read="A loss from probabilities",
    praise="Right, and stable: scores of ten thousand do no harm.",
    hints=(
        "Scores to powers of e, powers to probabilities row by row, and of each row minus the "
        "logarithm of the right class's probability. Then think of scores of 10000.",
        "Adding a constant to a row of scores changes nothing: choose the constant so that no "
        "exponential can overflow. And log(a / b) can be taken apart before anything rounds to 0.",
        "`log_probs = shifted - log(sum(exp(shifted)))` for each row. The gradient of a row is its "
        "probabilities, minus 1 at the right class; both results are means over the N rows.",
    ),
    mistakes=(
        Mistake(
            "overflow",
            "    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))",
            NAIVE_SOFTMAX,
            "For ordinary scores all is well, but exp of 10000 overflows, and inf / inf is nan. "
            "What may be added to a row of scores without changing its probabilities?",
            read="Ten thousand is too much",
        ),
        Mistake(
            "overflow in the log-sum-exp",
            "scores - np.max(scores, axis=1, keepdims=True)",
            "scores",
            "Taking the logarithm apart is the right idea, but the sum inside it still overflows "
            "for scores of 10000. What may be added to a row of scores without harm?",
            read="Ten thousand is too much",
        ),
        Mistake(
            "one shift for all rows",
            "np.max(scores, axis=1, keepdims=True)",
            "np.max(scores)",
            "You subtract the largest score of the whole batch. A row that lies far below it then "
            "underflows as a whole: every row needs a shift of its own.",
            read="Ten thousand is too much",
        ),
        Mistake(
            "logarithm of a rounded zero",
            "    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))",
            "    probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)\n"
            "    log_probs = np.log(probs)",
            "The shift is there, but for a hopelessly wrong example the probability rounds to 0 "
            "and its logarithm to minus infinity. The logarithm of a quotient can be taken apart.",
            read="Ten thousand is too much",
        ),
        Mistake(
            "a floor under the logarithm",
            "    loss = -float(np.sum(log_probs[rows, labels])) / count",
            "    loss = -float(np.sum(np.log(np.exp(log_probs[rows, labels]) + 1e-12))) / count",
            "A small number inside the logarithm hides how wrong an example is: its loss cannot "
            "exceed 28 any more. No floor is needed if the logarithm is taken apart first.",
            read="Ten thousand is too much",
        ),
        Mistake(
            "softmax down the columns",
            "np.sum(np.exp(shifted), axis=1, keepdims=True)",
            "np.sum(np.exp(shifted), axis=0, keepdims=True)",
            "You normalize over the examples: each column of your probabilities sums to 1. Which "
            "axis holds the classes?",
        ),
        Mistake(
            "normalized over the whole batch",
            "np.sum(np.exp(shifted), axis=1, keepdims=True)",
            "np.sum(np.exp(shifted))",
            "All probabilities of the batch together sum to 1. Every example should have a "
            "distribution over the classes of its own.",
        ),
        Mistake(
            "sum instead of mean",
            "labels])) / count",
            "labels]))",
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
            "labels])) / count",
            "labels]))",
            "Your gradient belongs to the mean loss, but the loss that you return is the sum over "
            "the examples.",
        ),
        Mistake(
            "gradient averaged over the classes too",
            "return loss, dscores / count",
            "return loss, dscores / scores.size",
            "dscores is divided by the number of all scores. The mean in the loss runs over the "
            "examples only, so that is what its gradient is divided by.",
        ),
        Mistake(
            "one subtracted everywhere",
            "dscores[rows, labels] -= 1.0",
            "dscores -= 1.0",
            "You subtract 1 from every probability, but only the score of the right class stands "
            "in the numerator. Each row of dscores should sum to 0.",
        ),
        Mistake(
            "probabilities as gradient",
            "    dscores[rows, labels] -= 1.0\n",
            "",
            "These are the probabilities themselves: they push every score down, also the right "
            "one. Each row of dscores should sum to 0.",
        ),
        Mistake(
            "minus forgotten",
            "-float(",
            "float(",
            "Your loss is negative: the logarithm of a probability is at most 0, and a loss should "
            "be large when that probability is small.",
        ),
        Mistake(
            "gradient uphill and downhill exchanged",
            "return loss, dscores / count",
            "return loss, -dscores / count",
            "The sign of dscores is wrong: if the right score grows, the loss falls, so which sign "
            "does the right class's entry have?",
        ),
        Mistake(
            "gradient of the probabilities",
            "    dscores = np.exp(log_probs)\n    dscores[rows, labels] -= 1.0\n",
            "    dscores = np.zeros(scores.shape)\n"
            "    dscores[rows, labels] = -np.exp(-log_probs[rows, labels])\n",
            "That is the derivative with respect to the right class's *probability*. The scores "
            "are one step further back: softmax lies in between.",
        ),
        Mistake(
            "one sigmoid per class",
            "    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))",
            "    log_probs = -np.log1p(np.exp(-scores))",
            "you use one sigmoid for each class, which asks as many yes-or-no questions as there "
            "are classes. Here exactly one class is right: their probabilities share a sum of 1.",
            more=(
                (
                    "np.sum(log_probs[rows, labels])",
                    "(np.sum(log_probs - scores) + np.sum(scores[rows, labels]))",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "derivative of softmax once more",
            "return loss, dscores / count",
            "return loss, dscores * np.exp(log_probs) * (1 - np.exp(log_probs)) / count",
            "You multiply by p * (1 - p) once more. The derivative of softmax is already inside "
            "the simple form that remains when logarithm and softmax are taken together.",
        ),
        Mistake(
            "logarithm to base 10",
            "labels])) / count",
            "labels])) / np.log(10.0) / count",
            "Your loss is too small by the factor 2.303: that is log10. Loss and gradient belong "
            "together only with the natural logarithm.",
        ),
        Mistake(
            "bits",
            "labels])) / count",
            "labels])) / np.log(2.0) / count",
            "your loss is measured in bits (log2). Here it is measured in nats: take the natural "
            "logarithm, whose derivative your gradient already is.",
            convention=True,
        ),
        Mistake(
            "logarithm forgotten",
            "np.sum(log_probs[rows, labels])",
            "np.sum(np.exp(log_probs[rows, labels]))",
            "You add up the probabilities of the right classes. The loss is made of their "
            "logarithms: it has to grow without bound when a right class becomes impossible.",
        ),
        Mistake(
            "all classes in the loss",
            "np.sum(log_probs[rows, labels])",
            "np.sum(log_probs)",
            "You add up the logarithms of all classes. Only the probability of the right class "
            "enters the loss; the others enter through the normalization.",
        ),
        Mistake(
            "labels counted from 1",
            "rows = np.arange(count)",
            "rows = np.arange(count)\n    labels = labels - 1",
            "You look one column to the left of the right class: labels count from 0.",
        ),
    ),
    accepted=(softmax_loops, softmax_logaddexp, softmax_relative_to_the_right),
    points=3,
)

# --- numeric gradient ---------------------------------------------------------------------------


def difference_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(
        name: str,
        about: str,
        shape: tuple[int, ...],
        cubic: float,
        *,
        unit: float = 1.0,
        **kwargs: float,
    ) -> Case:
        size = int(np.prod(shape))
        root = draw(rng, size, size)
        x = np.array(draw(rng, *shape) + np.where(rng.random(shape) < 0.5, -1.0, 1.0))
        return Case(
            name,
            about=about,
            probe="differences",
            inputs={
                "x": np.array(unit * x),
                "tilt": draw(rng, size, scale=3.0),
                "bend": np.round(root + root.T, 3) + np.diag(3.0 + np.arange(size)),
                "cubic": cubic,
                "kwargs": kwargs,
            },
            rtol=1e-6,
            atol=1e-7,
        )

    start = np.array([-1.2, 1.0]) + draw(rng, 2, scale=0.1)
    bends_quickly = case(
        "the default step",
        "Without the argument, h is 1e-5; this f bends so quickly that any other step shows.",
        (3,),
        1e8,
        unit=1e-5,
    )
    return [
        case("four numbers", "One slope for each entry of x.", (4,), 0.0),
        case(
            "a matrix",
            "x has shape (2, 3), and so has its gradient: every single entry is moved in turn.",
            (2, 3),
            0.3,
        ),
        case(
            "a long step",
            "With h = 0.5 a slope is that of the chord from x - h to x + h, and the chord of a "
            "cubic is not its tangent: the step must be the one that was asked for.",
            (3,),
            0.7,
            h=0.5,
        ),
        Case(
            "the banana valley",
            (Function("problems.rosenbrock"), start),
            {"h": 1e-3},
            about="Rosenbrock's function is steep and curved: with h = 1e-3 one-sided and central "
            "differences differ visibly.",
            atol=1e-7,
        ),
        case(
            "a single number",
            "x may have no axis at all, shape (): it has one entry, reached with the index ().",
            (),
            0.2,
            h=0.25,
        ),
        bends_quickly,
    ]


def numeric_in_place(f, x, *, h=1e-5):
    """x itself is moved and put back; nditer walks through it."""
    grad = np.zeros_like(x)
    walk = np.nditer(x, flags=["multi_index"])
    while not walk.finished:
        index = walk.multi_index
        old = x[index].copy()
        x[index] = old + h
        right = f(x)
        x[index] = old - h
        left = f(x)
        x[index] = old
        grad[index] = (right - left) / (2 * h)
        walk.iternext()
    return grad


def numeric_with_basis(f, x, *, h=1e-5):
    """Unit vectors, reshaped to x; the slopes are collected in a list."""
    units = np.eye(x.size).reshape(-1, *x.shape)
    return np.reshape([(f(x + h * e) - f(x - h * e)) / (h + h) for e in units], x.shape)


def numeric_flat(f, x, *, h=1e-5):
    """Half the forward plus half the backward difference, on a flat copy."""
    flat = np.array(x, dtype=float).reshape(-1)
    middle = f(x)
    slopes = np.empty(flat.shape)
    for i in range(flat.size):
        moved = flat.copy()
        moved[i] = flat[i] + h
        forward = (f(moved.reshape(x.shape)) - middle) / h
        moved[i] = flat[i] - h
        backward = (middle - f(moved.reshape(x.shape))) / h
        slopes[i] = 0.5 * (forward + backward)
    return slopes.reshape(x.shape)


COPIES = "        right = x.astype(np.float64)\n        left = x.astype(np.float64)\n"
LOOP = "    for index in np.ndindex(x.shape):\n"
QUOTIENT = "(f(right) - f(left)) / (2 * h)"

NUMERIC = Exercise(
    reference=gradcheck.numeric_gradient,
    cases=difference_cases,
    returns=("grad",),
    read="The slope by trying",
    praise="Central differences, entry by entry, for arrays of any shape.",
    hints=(
        "For one entry: move it up by h and ask f, move it down by h and ask f. Everything else "
        "stays where it was.",
        "`np.ndindex(x.shape)` gives the index of every entry, whatever the shape of x. Move "
        "entries of a *copy*, or put the entry back before you go on.",
        "The slope is the difference of the two values divided by the distance between the two "
        "points. How far apart are x + h and x - h?",
    ),
    mistakes=(
        Mistake(
            "forward difference",
            QUOTIENT,
            "(f(right) - f(x)) / h",
            "That is the one-sided difference: its error shrinks like h. Ask f on both sides of x, "
            "and the largest part of the error cancels.",
            read="Why two sides are better than one",
        ),
        Mistake(
            "backward difference",
            QUOTIENT,
            "(f(x) - f(left)) / h",
            "That is the one-sided difference, to the left: its error shrinks like h. Ask f on "
            "both sides of x, and the largest part of the error cancels.",
            read="Why two sides are better than one",
        ),
        Mistake(
            "divided by h",
            QUOTIENT,
            "(f(right) - f(left)) / h",
            "Every slope is twice too large. How far apart are the two points at which you ask f?",
        ),
        Mistake(
            "multiplied by h over two",
            QUOTIENT,
            "(f(right) - f(left)) / 2 * h",
            "Python reads `/ 2 * h` from left to right: first divided by 2, then *multiplied* by "
            "h. Parentheses around the denominator are missing.",
        ),
        Mistake(
            "not divided by h",
            QUOTIENT,
            "(f(right) - f(left)) / 2",
            "That is half the rise. A slope is the rise divided by the run: where does h come in?",
        ),
        Mistake(
            "only half the way back",
            QUOTIENT,
            "(f(right) - f(x)) / (2 * h)",
            "Every slope is half of what it should be: you divide by the distance 2h, but one of "
            "your two points is x itself. From x + h it takes two steps of h to get to x - h.",
        ),
        Mistake(
            "sign",
            QUOTIENT,
            "(f(left) - f(right)) / (2 * h)",
            "All slopes have the wrong sign: the value on the left is subtracted from the value on "
            "the right, not the other way round.",
        ),
        Mistake(
            "all entries moved together",
            "right[index] += h",
            "right += h",
            "Every entry of x is moved at once, so each slope is the sum of all of them. Move one "
            "entry at a time.",
            more=(("left[index] -= h", "left -= h"),),
        ),
        Mistake(
            "whole rows moved together",
            "np.ndindex(x.shape)",
            "np.ndindex(x.shape[:1])",
            "For a vector this is right, but in a matrix you move whole rows at once. An entry of "
            "a matrix has two indices.",
        ),
        Mistake(
            "entries stay moved",
            LOOP + COPIES,
            "    right = x.astype(np.float64)\n    left = x.astype(np.float64)\n" + LOOP,
            "The first slope is right, then it goes wrong: entries moved earlier have not been put "
            "back. Every entry needs a fresh copy of x, or has to be restored.",
        ),
        Mistake(
            "x is left below",
            COPIES + "        right[index] += h\n        left[index] -= h\n"
            "        grad[index] = (f(right) - f(left)) / (2 * h)\n",
            "        x[index] += h\n        above = f(x)\n        x[index] -= 2 * h\n"
            "        grad[index] = (above - f(x)) / (2 * h)\n",
            "You move x itself and leave each entry at x - h: the next slope is taken somewhere "
            "else, and the caller's x has changed. What is missing at the end of each round?",
        ),
        Mistake(
            "two names for one array",
            COPIES,
            "        right = left = x.astype(np.float64)\n",
            "All your slopes are 0: two names do not make two arrays. What is added to the one is "
            "subtracted from the other, because they are the same; make a copy.",
        ),
        Mistake(
            "h ignored",
            "    grad = np.zeros(x.shape)\n",
            "    grad = np.zeros(x.shape)\n    h = 1e-5\n",
            "With a long step the slope of a long chord is asked for, and yours is that of the "
            "tangent. Either your code does not use the caller's h, or it asks f at more than two "
            "points.",
        ),
        Mistake(
            "points h apart",
            "    grad = np.zeros(x.shape)\n",
            "    grad = np.zeros(x.shape)\n    h = h / 2\n",
            "your two points lie h apart, at x - h/2 and x + h/2. Here h is the step to either "
            "side.",
            convention=True,
        ),
        Mistake(
            "step in proportion to x",
            "        left[index] -= h\n        grad[index] = (f(right) - f(left)) / (2 * h)\n",
            "        step = h * max(1.0, abs(float(x[index])))\n"
            "        right[index] += step - h\n        left[index] -= step\n"
            "        grad[index] = (f(right) - f(left)) / (2 * step)\n",
            "you scale the step with the size of the entry, as some libraries do. Here every entry "
            "is moved by h itself.",
            convention=True,
        ),
        Mistake(
            "shape lost",
            "return grad",
            "return grad.reshape(-1)",
            "The slopes are right, but they come as one flat list. The gradient has the shape of "
            "x, whatever that is.",
        ),
    ),
    accepted=(numeric_in_place, numeric_with_basis, numeric_flat),
    points=2,
)

# --- relative error -----------------------------------------------------------------------------


def error_cases(rng: np.random.Generator) -> Sequence[Case]:
    exact = draw(rng, 2, 3, scale=2.0) + np.where(rng.random((2, 3)) < 0.5, -0.5, 0.5)
    # the worst entry is negative, so that a forgotten abs shows on either side
    near = exact * (1 + 1e-3 * np.round(rng.uniform(0.1, 0.9, (2, 3)), 2))
    near[1, 2] = exact[1, 2] - 0.004 * abs(exact[1, 2])
    mixed = np.array([0.02, -0.003, 1.5, -40.0, 0.7]) * np.round(rng.uniform(0.8, 1.2, 5), 2)
    off = mixed * np.array([1.0, 1.3, 1.02, 1.002, 1.0])
    zeros = np.array([0.0, draw(rng, 1)[0] + 3.0, 0.0, -2.5, 0.0])
    tiny = 1e-9 * (2.0 + np.round(rng.uniform(0.0, 1.0, 4), 3))
    return [
        Case(
            "a nearly right gradient",
            (near, exact),
            about="Compare entry by entry, each with its own size; the worst one counts.",
        ),
        Case(
            "one small entry is wrong",
            (off, mixed),
            about="The entry of size 0.003 is wrong by 30 %. Next to an entry of size 40 that is "
            "little in absolute terms, and a lot in relative ones.",
        ),
        Case(
            "zeros on both sides",
            (zeros, zeros * (1 + np.array([0, 1e-4, 0, -2e-4, 0]))),
            about="Three entries are 0 in both gradients: they agree, so they count as 0.",
        ),
        Case(
            "all zeros",
            (np.zeros((2, 2)), np.zeros((2, 2))),
            about="Two gradients of zeros agree: the error is 0.",
        ),
        Case(
            "the sign is wrong",
            (-exact, exact),
            about="Opposite signs are the worst that can happen: the error is 1.",
        ),
        Case(
            "gradients of a billionth",
            (tiny * np.array([1.0, 1.25, 0.75, 1.1]), tiny),
            about="Tiny gradients can be wrong too: a floor under the denominator must lie far "
            "below them.",
            rtol=2e-3,
        ),
        Case(
            "one gradient is missing",
            (np.array([0.0, 2.0, -1.0]), np.array([0.004, 2.0, -1.0])),
            about="Where one gradient is 0 and the other is not, the entry is as wrong as can be.",
        ),
        Case(
            "nothing flows back at all",
            (np.zeros(4), exact[0, 0] * np.array([1.0, 0.5, -2.0, 1.5])),
            about="An analytic gradient that is 0 everywhere is a common mistake: the error is 1.",
        ),
    ]


def error_loop(analytic, numeric):
    worst = 0.0
    for a, n in zip(np.ravel(analytic), np.ravel(numeric), strict=True):
        if a != n:
            worst = max(worst, abs(a - n) / (abs(a) + abs(n)))
    return worst


def error_where(analytic, numeric):
    """Division only where there is something to divide by."""
    size = np.abs(analytic) + np.abs(numeric)
    gap = np.abs(numeric - analytic)
    return np.divide(gap, size, out=np.zeros(np.shape(size)), where=size > 0).max()


def error_nanmax(analytic, numeric):
    """0 / 0 is nan, and nan_to_num makes it the 0 that is asked for; a 0-d array is returned."""
    with np.errstate(invalid="ignore"):
        ratio = np.sqrt((analytic - numeric) ** 2) / np.hypot(
            np.sqrt(np.abs(analytic) + np.abs(numeric)) ** 2, 0
        )
    return np.array(np.nan_to_num(ratio)).max()


DENOMINATOR = "np.maximum(1e-12, np.abs(analytic) + np.abs(numeric))"
RATIO = "float(np.max(difference / scale))"

RELATIVE = Exercise(
    reference=gradcheck.relative_error,
    cases=error_cases,
    returns=("error",),
    read="One number for two gradients",
    praise="One number between 0 and 1, and the worst entry cannot hide.",
    hints=(
        "A difference of 0.001 is a lot between entries of 0.003, and nothing between entries of "
        "40. What should it be measured against?",
        "For each entry: the distance between the two, divided by the sum of their sizes. Then "
        "decide: should a single wrong entry be allowed to hide among right ones?",
        "`abs(a - n)` over `abs(a) + abs(n)`, with a floor of 1e-12 under the denominator, and "
        "the maximum over all entries.",
    ),
    mistakes=(
        Mistake(
            "absolute error",
            RATIO,
            "float(np.max(difference))",
            "That is the largest absolute difference: it says nothing without the size of the "
            "gradients. Compare each difference with the entries it lies between.",
        ),
        Mistake(
            "mean over the entries",
            RATIO,
            "float(np.mean(difference / scale))",
            "You average over the entries, so that one wrong entry hides among many right ones. "
            "The worst entry should decide.",
        ),
        Mistake(
            "median over the entries",
            RATIO,
            "float(np.median(difference / scale))",
            "The median cannot see a mistake that touches less than half of the entries. The worst "
            "entry should decide.",
        ),
        Mistake(
            "sum over the entries",
            RATIO,
            "float(np.sum(difference / scale))",
            "You add up the errors of all entries, so that large arrays look worse than small "
            "ones. The worst single entry should decide.",
        ),
        Mistake(
            "signs cancel in the denominator",
            DENOMINATOR,
            "np.maximum(1e-12, np.abs(analytic + numeric))",
            "Where the two gradients have opposite signs, their sum is small and your error "
            "explodes: add up their sizes.",
        ),
        Mistake(
            "signed denominator",
            DENOMINATOR,
            "np.maximum(1e-12, analytic + numeric)",
            "Entries can be negative, and then so is your denominator, or the floor takes its "
            "place. Add up the sizes of the two entries.",
        ),
        Mistake(
            "denominator without abs and floor",
            DENOMINATOR,
            "(analytic + numeric)",
            "Your denominator can be negative, zero, or vanish where the signs differ. Add up the "
            "sizes of the two entries, and keep the result away from 0.",
        ),
        Mistake(
            "signed difference",
            "np.abs(analytic - numeric)",
            "analytic - numeric",
            "Where the analytic gradient is too small, your difference is negative and the maximum "
            "ignores it.",
        ),
        Mistake(
            "zero over zero",
            DENOMINATOR,
            "np.abs(analytic) + np.abs(numeric)",
            "Where both gradients are 0 you divide 0 by 0, which is nan. Such an entry is right, "
            "and should count as 0.",
        ),
        Mistake(
            "larger of the two",
            DENOMINATOR,
            "np.maximum(1e-12, np.maximum(np.abs(analytic), np.abs(numeric)))",
            "you divide by the larger of the two sizes, which gives up to twice our number. Here "
            "it is divided by their sum, so that the result lies between 0 and 1.",
            convention=True,
        ),
        Mistake(
            "mean of the two",
            DENOMINATOR,
            "np.maximum(1e-12, (np.abs(analytic) + np.abs(numeric)) / 2)",
            "you divide by the mean of the two sizes, which gives twice our number. Here it is "
            "divided by their sum, so that the result lies between 0 and 1.",
            convention=True,
        ),
        Mistake(
            "relative to the numeric one",
            DENOMINATOR,
            "np.maximum(1e-12, np.abs(numeric))",
            "Only the numeric gradient stands in your denominator: where it is 0 the error "
            "explodes. Both gradients should count alike.",
        ),
        Mistake(
            "relative to the analytic one",
            DENOMINATOR,
            "np.maximum(1e-12, np.abs(analytic))",
            "Only the analytic gradient stands in your denominator: where it is 0 the error "
            "explodes. Both gradients should count alike.",
        ),
        Mistake(
            "floor of 1",
            DENOMINATOR,
            "np.maximum(1.0, np.abs(numeric))",
            "your denominator is never below 1, as in scipy's check, so that small entries are "
            "judged by their absolute error. Here an entry of 0.003 is judged by its own size.",
            convention=True,
        ),
        Mistake(
            "ratio of norms",
            RATIO,
            "float(np.linalg.norm(analytic - numeric) / max(1e-12, np.linalg.norm(analytic) "
            "+ np.linalg.norm(numeric)))",
            "you compare the norms of whole arrays. A small entry that is quite wrong then hides "
            "behind large ones: take the quotient entry by entry, and the worst of them.",
            convention=True,
        ),
        Mistake(
            "ratio of sums",
            RATIO,
            "float(np.sum(difference) / max(1e-12, np.sum(scale)))",
            "You divide the sum of the differences by the sum of the sizes. A small entry that is "
            "quite wrong then hides behind large ones: divide first, entry by entry.",
        ),
        Mistake(
            "ratio of maxima",
            RATIO,
            "float(np.max(difference) / np.max(scale))",
            "You divide the largest difference by the largest size, which need not belong to the "
            "same entry: divide first, then take the maximum.",
        ),
        Mistake(
            "floor of 1e-8",
            DENOMINATOR,
            "np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))",
            "your floor under the denominator is 1e-8, which many programs use. Here it is 1e-12: "
            "gradients of 1e-9 occur, and can be wrong too.",
            convention=True,
        ),
        Mistake(
            "1e-8 added",
            DENOMINATOR,
            "np.abs(analytic) + np.abs(numeric) + 1e-8",
            "you add 1e-8 to the denominator, which many programs do. Here its floor is 1e-12: "
            "gradients of 1e-9 occur, and can be wrong too.",
            convention=True,
        ),
    ),
    accepted=(error_loop, error_where, error_nanmax),
    points=2,
)

# --- affine forward -----------------------------------------------------------------------------


def forward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, n: int, d: int, m: int) -> Case:
        x, weights, bias = draw(rng, n, d), draw(rng, d, m), draw(rng, m, scale=3.0)
        inputs = {"args": (x, weights, bias), "kwargs": {}, "needs": [x, weights]}
        return Case(name, about=about, probe="forward", inputs=inputs)

    return [
        case(
            "four examples, three inputs, two outputs",
            "Row n of out is what the layer makes of row n of x.",
            4,
            3,
            2,
        ),
        case("one example", "A batch of one still has two axes.", 1, 2, 5),
        case(
            "all sizes equal",
            "Here nothing can go wrong with shapes, so only the numbers can tell whether the "
            "right things are multiplied.",
            3,
            3,
            3,
        ),
    ]


def forward_loops(x, weights, bias):
    out = np.zeros((x.shape[0], weights.shape[1]))
    for n in range(out.shape[0]):
        for m in range(out.shape[1]):
            out[n, m] = bias[m] + sum(x[n, d] * weights[d, m] for d in range(x.shape[1]))
    return out, {"weights": weights, "input": x}


def forward_columns(x, weights, bias):
    """The lecture's columns: W x + b, transposed at both ends; a list for the cache."""
    return [(np.dot(weights.T, x.T) + bias[:, np.newaxis]).T, [bias, x, weights]]


def forward_bias_trick(x, weights, bias):
    """The bias is one more row of weights, for an input that is always 1."""
    ones = np.ones((len(x), 1))
    wide, tall = np.hstack([x, ones]), np.vstack([weights, bias])
    return np.einsum("nd,dm->nm", wide, tall), (x, weights)


FORWARD = Exercise(
    reference=layers.affine_forward,
    cases=forward_cases,
    returns=("out", "cache"),
    read="A layer and its way back",
    praise="The first layer of your own. Its cache holds what the way back will need.",
    hints=(
        "Rows of x are examples. One row times the matrix of weights gives one row of outputs.",
        "Write the shapes down: (N, D) and (D, M) give (N, M), in which order? The bias (M,) is "
        "added to every row; numpy does that by itself.",
        "One matrix product, one sum. The cache is any container with x and weights in it, such "
        "as `AffineCache(x, weights, bias)`.",
    ),
    mistakes=(
        Mistake(
            "bias forgotten",
            "out = x @ weights + bias",
            "out = x @ weights",
            "The bias is missing: with an input of zeros the output should be the bias.",
        ),
        Mistake(
            "bias subtracted",
            "out = x @ weights + bias",
            "out = x @ weights - bias",
            "With an input of zeros your layer gives minus the bias.",
        ),
        Mistake(
            "weights transposed",
            "out = x @ weights",
            "out = x @ weights.T",
            "You multiply by the transposed weights. Here `weights` is (D, M), one row for each "
            "input; in PyTorch and on the lecture's slides it is the other way round.",
        ),
        Mistake(
            "factors exchanged",
            "out = x @ weights",
            "out = weights @ x",
            "`weights @ x` is the slides' W x, where examples are columns. Here examples are rows: "
            "which order do the shapes (N, D) and (D, M) allow?",
        ),
        Mistake(
            "entries multiplied",
            "out = x @ weights",
            "out = x * weights",
            "`*` multiplies entry by entry. Every output is a sum over all inputs: that is what "
            "`@` is for.",
        ),
        Mistake(
            "bias down the rows",
            "out = x @ weights + bias",
            "out = x @ weights + bias[:, np.newaxis]",
            "Your bias differs from example to example. It belongs to the outputs: every row gets "
            "the same one.",
        ),
        Mistake(
            "bias added to the weights",
            "out = x @ weights + bias",
            "out = x @ (weights + bias)",
            "The bias is added to the weights before the product, so that it is multiplied by the "
            "inputs. It should be the same whatever the inputs are.",
        ),
        Mistake(
            "ReLU included",
            "out = x @ weights + bias",
            "out = np.maximum(x @ weights + bias, 0.0)",
            "Negative outputs are cut off. The ReLU is a layer of its own.",
        ),
        Mistake(
            "mean over the inputs",
            "out = x @ weights + bias",
            "out = x @ weights / x.shape[1] + bias",
            "Your outputs are averages over the inputs. The layer sums: any scaling belongs into "
            "the weights.",
        ),
        Mistake(
            "cache lacks x or weights",
            "AffineCache(x, weights, bias)",
            "AffineCache(out, out, bias)",
            "The output is right, but the way back needs both x and weights, unchanged, and your "
            "cache does not hold them.",
        ),
    ),
    accepted=(forward_loops, forward_columns, forward_bias_trick),
    points=1,
)

# --- affine backward ----------------------------------------------------------------------------


def backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, n: int, d: int, m: int) -> Case:
        x, weights, bias = draw(rng, n, d), draw(rng, d, m), draw(rng, m)
        inputs = {
            "dout": draw(rng, n, m, scale=2.0),
            "cache": AffineCache(x, weights, bias),
            "partner": "affine_forward",
            "inputs": {"args": (x, weights, bias), "kwargs": {}},
        }
        return Case(name, about=about, probe="backward", inputs=inputs)

    return [
        case(
            "four examples, three inputs, two outputs",
            "Every gradient has the shape of the thing it belongs to, and every entry collects "
            "all the ways in which that thing acts on the loss.",
            4,
            3,
            2,
        ),
        case(
            "as many outputs as inputs",
            "A square matrix fits either way round: only the numbers tell which one is right.",
            5,
            3,
            3,
        ),
        case("one example", "With one example there is nothing to sum over.", 1, 2, 4),
    ]


def backward_loops(dout, cache):
    x, weights, bias = cache
    dx, dweights, dbias = np.zeros_like(x), np.zeros_like(weights), np.zeros_like(bias)
    for n in range(x.shape[0]):
        for m in range(bias.shape[0]):
            dbias[m] += dout[n, m]
            for d in range(x.shape[1]):
                dx[n, d] += dout[n, m] * weights[d, m]
                dweights[d, m] += dout[n, m] * x[n, d]
    return [dx, dweights, dbias]


def backward_einsum(dout, cache):
    dx = np.einsum("nm,dm->nd", dout, cache[1])
    dweights = np.einsum("nm,nd->dm", dout, cache[0])
    return dx, dweights, np.einsum("nm->m", dout)


def backward_outer_products(dout, cache):
    """One outer product per example; the bias as the weight of an input that is always 1."""
    dweights = sum(np.outer(x, d) for x, d in zip(cache.x, dout, strict=True))
    dx = np.array([cache.weights @ d for d in dout])
    return dx, dweights, np.ones(len(dout)) @ dout


BACKWARD = Exercise(
    reference=layers.affine_backward,
    gives_away=("models.mlp_loss",),
    cases=backward_cases,
    returns=("dx", "dweights", "dbias"),
    read="A layer and its way back",
    praise="Three gradients, three shapes, all right. A network is a chain of such steps.",
    hints=(
        "Each gradient has the shape of its own array: (N, D), (D, M), (M,). You have dout (N, M), "
        "x (N, D) and weights (D, M).",
        "`dout @ ...` must give (N, D), and `... @ dout` must give (D, M): which transposes make "
        "the shapes fit? The bias acts on every example.",
        "dx needs dout and the transposed weights, dweights needs the transposed x and dout, dbias "
        "is a sum over the examples.",
    ),
    mistakes=(
        Mistake(
            "bias gradient averaged",
            "np.sum(dout, axis=0)",
            "np.mean(dout, axis=0)",
            "The bias acts on every example, so its gradients add up. If the loss is a mean, the "
            "1/N is already inside dout.",
        ),
        Mistake(
            "bias summed over the outputs",
            "np.sum(dout, axis=0)",
            "np.sum(dout, axis=1)",
            "You sum over the outputs and get one number per example. The bias has one entry per "
            "output: the examples are what has to be summed over.",
        ),
        Mistake(
            "one number for all biases",
            "np.sum(dout, axis=0)",
            "np.sum(dout)",
            "You sum over everything: the bias has one entry for each output, and so has its "
            "gradient.",
        ),
        Mistake(
            "bias gradient not summed",
            "np.sum(dout, axis=0)",
            "dout",
            "You return a bias gradient for every example. There is only one bias: what the "
            "examples say about it adds up.",
        ),
        Mistake(
            "bias gradient keeps an axis",
            "np.sum(dout, axis=0)",
            "np.sum(dout, axis=0, keepdims=True)",
            "The numbers are right, but dbias has two axes where bias has one: with (1, M) and "
            "(M,) an update would quietly change the shape of the bias.",
        ),
        Mistake(
            "weight gradient averaged",
            "cache.x.T @ dout",
            "cache.x.T @ dout / len(dout)",
            "You divide by the number of examples. If the loss is a mean, its 1/N is already "
            "inside dout; the layer knows nothing of it.",
        ),
        Mistake(
            "weights and bias averaged",
            "cache.x.T @ dout",
            "cache.x.T @ dout / len(dout)",
            "You divide by the number of examples. If the loss is a mean, its 1/N is already "
            "inside dout; the layer knows nothing of it.",
            more=(("np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),),
        ),
        Mistake(
            "weights not transposed",
            "cache.weights.T",
            "cache.weights",
            "On the way back the weights are used the other way round: the outputs have to be led "
            "back to the inputs. With a square matrix only the numbers show it.",
        ),
        Mistake(
            "weight gradient transposed",
            "cache.x.T @ dout",
            "dout.T @ cache.x",
            "dweights has the right numbers in the wrong shape: weights is (D, M), one row for "
            "each input.",
        ),
        Mistake(
            "order of the gradients",
            "return dx, dweights, dbias",
            "return dweights, dx, dbias",
            "The gradients come in the wrong order: first dx, then dweights, then dbias, like the "
            "arguments of the forward pass.",
        ),
        Mistake(
            "summed before multiplied",
            "cache.x.T @ dout",
            "np.outer(np.sum(cache.x, axis=0), np.sum(dout, axis=0))",
            "You sum x and dout over the examples first and multiply then. Each example's output "
            "gradient belongs to its own input: multiply first.",
        ),
        Mistake(
            "weights in place of the input",
            "dx = dout @ cache.weights.T",
            "dx = dout @ np.ones(cache.weights.T.shape)",
            "dx does not depend on the weights in your code: an input with a large weight acts "
            "strongly on the output, one with a small weight hardly.",
        ),
        Mistake(
            "downhill already",
            "return dx, dweights, dbias",
            "return -dx, -dweights, -dbias",
            "All three have the wrong sign. A gradient says how the loss grows; the minus sign of "
            "descent is the optimizer's.",
        ),
    ),
    accepted=(backward_loops, backward_einsum, backward_outer_products),
    points=2,
)

# --- two-layer network --------------------------------------------------------------------------


def off_relu_kinks(
    rng: np.random.Generator, n: int, d: int, h: int, c: int, scale: float = 1.0
) -> tuple[Params, Array, Labels]:
    """Parameters and a batch in which no hidden unit is near 0, and some are on and some off."""
    while True:
        params = {
            "W1": draw(rng, d, h, scale=scale),
            "b1": draw(rng, h),
            "W2": draw(rng, h, c, scale=scale),
            "b2": draw(rng, c),
        }
        x = draw(rng, n, d)
        hidden = x @ params["W1"] + params["b1"]
        if np.min(np.abs(hidden)) > 0.01 and 0.3 < np.mean(hidden > 0) < 0.8:
            return params, x, some_labels(rng, n, c)


def network_cases(rng: np.random.Generator) -> Sequence[Case]:
    dead, x, labels = off_relu_kinks(rng, 4, 2, 3, 2)
    dead = {**dead, "b1": dead["b1"] - 30.0}
    return [
        Case(
            "no penalty",
            off_relu_kinks(rng, 6, 3, 4, 5),
            about="Without l2 only the data count: affine, ReLU, affine, softmax, and the same way "
            "back.",
        ),
        Case(
            "with a penalty",
            off_relu_kinks(rng, 5, 4, 3, 2),
            {"l2": 0.15},
            about="The penalty is l2 times the sum of the squares of both weight matrices; it "
            "changes the loss and the gradients of the weights, and leaves the biases alone.",
        ),
        Case(
            "one example",
            off_relu_kinks(rng, 1, 3, 6, 4),
            {"l2": 0.5},
            about="A batch of one: the mean is the example's own loss, the penalty is not divided.",
        ),
        Case(
            "every unit is off",
            (dead, x, labels),
            about="All hidden units are 0: nothing gets through, and no gradient comes back to the "
            "first layer.",
        ),
        Case(
            "large weights",
            off_relu_kinks(rng, 3, 4, 5, 3, scale=80.0),
            about="Scores of ten thousand: the softmax inside must not overflow.",
        ),
    ]


def network_layers(params, x, labels, *, l2=0.0):
    """Built from the library's small pieces."""
    h, cache1 = x @ params["W1"] + params["b1"], x
    a, mask = layers.relu_forward(h)
    s = a @ params["W2"] + params["b2"]
    p = losses.softmax(s)
    top = s.max(axis=1)
    normalizer = np.log(np.exp(s - top[:, None]).sum(axis=1)) + top
    loss = np.mean(normalizer - s[np.arange(len(x)), labels])
    ds = (p - np.eye(s.shape[1])[labels]) / len(x)
    dh = layers.relu_backward(ds @ params["W2"].T, mask)
    grads = {"b2": ds.sum(0), "W2": a.T @ ds, "b1": dh.sum(0), "W1": cache1.T @ dh}
    for name in ("W1", "W2"):
        loss = loss + l2 * np.linalg.norm(params[name]) ** 2
        grads[name] = grads[name] + 2 * l2 * params[name]
    return loss, grads


def network_by_example(params, x, labels, *, l2=0.0):
    """One example after the other; the penalty is shared out among them."""
    w1, b1, w2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    loss, grads = 0.0, {name: np.zeros_like(value) for name, value in params.items()}
    for row, label in zip(x, labels, strict=True):
        hidden = w1.T @ row + b1
        active = np.where(hidden < 0, 0, hidden)
        scores = w2.T @ active + b2
        log_probs = scores - np.logaddexp.reduce(scores)
        loss += -log_probs[label] + l2 * (np.vdot(w1, w1) + np.vdot(w2, w2))
        delta = np.exp(log_probs)
        delta[label] -= 1
        back = (w2 @ delta) * (active > 0)
        for name, part in {
            "W1": np.outer(row, back) + 2 * l2 * w1,
            "b1": back,
            "W2": np.outer(active, delta) + 2 * l2 * w2,
            "b2": delta,
        }.items():
            grads[name] += part
    return [loss / len(x), {name: total / len(x) for name, total in grads.items()}]


def network_sign_mask(params, x, labels, *, l2=0.0):
    """ReLU as multiplication by a 0/1 matrix, biases as weights of a constant input."""
    one = np.ones((len(x), 1))
    v1, v2 = (np.vstack([params[f"W{i}"], params[f"b{i}"]]) for i in (1, 2))
    x1 = np.hstack([x, one])
    on = (np.sign(x1 @ v1) + 1) / 2
    x2 = np.hstack([on * (x1 @ v1), one])
    loss, ds = softmax_relative_to_the_right(x2 @ v2, labels)
    g2 = x2.T @ ds
    g1 = x1.T @ (on * (ds @ v2.T)[:, :-1])
    loss += l2 * sum(float((v[:-1] ** 2).sum()) for v in (v1, v2))
    return loss, {
        "W1": g1[:-1] + 2 * l2 * v1[:-1],
        "b1": g1[-1],
        "W2": g2[:-1] + 2 * l2 * v2[:-1],
        "b2": g2[-1],
    }


SOFTMAX_CALL = "    data_loss, dscores = softmax_cross_entropy(scores, labels)\n"
PENALTY = 'penalty = l2 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))'
DATA1, DATA2 = "x.T @ dhidden", "active.T @ dscores"
DECAY1, DECAY2 = '2 * l2 * params["W1"]', '2 * l2 * params["W2"]'
BIAS1, BIAS2 = "np.sum(dhidden, axis=0)", "np.sum(dscores, axis=0)"


def edits(*pairs: tuple[str, str]) -> dict[str, Any]:
    """The edits of a mistake that touches several places."""
    return {"find": pairs[0][0], "replace": pairs[0][1], "more": pairs[1:]}


NETWORK = Exercise(
    reference=models.two_layer_loss,
    gives_away=("models.mlp_loss",),
    cases=network_cases,
    returns=("loss", "grads"),
    read="Two layers",
    praise="A neural network with its gradients, written by you, and right to the last digit.",
    hints=(
        "First the way forward, with a name for every intermediate result: hidden, active, scores. "
        "The way back visits them in reverse order.",
        "`softmax_cross_entropy` already gives you dscores, with the 1/N inside. Each affine layer "
        "takes three lines back; the ReLU lets through what it let through on the way forward.",
        "`dhidden` is dscores led back through W2, and 0 where hidden was negative. The penalty "
        "adds its own gradient to W1 and W2 only: what is the derivative of l2 * w**2?",
    ),
    mistakes=(
        Mistake(
            "ReLU forgotten on the way back",
            "dactive * (hidden > 0)",
            "dactive",
            "Units that were off on the way forward receive a gradient on the way back. What was "
            "cut off cannot have acted on the loss.",
        ),
        Mistake(
            "mask from the gradient's sign",
            "(hidden > 0)",
            "(dactive > 0)",
            "You let the *gradient* pass where the gradient is positive. What counts is whether "
            "the unit was on: ask the forward pass.",
        ),
        Mistake(
            "signs in place of the mask",
            "(hidden > 0)",
            "np.sign(hidden)",
            "Units that were off receive a gradient with the opposite sign: `sign` gives -1 for "
            "them. A unit that was off passes nothing at all.",
        ),
        Mistake(
            "activations in place of the mask",
            "(hidden > 0)",
            "active",
            "You multiply the gradient by the activations. The ReLU's slope is the same for a unit "
            "that is barely on and for one that is far above 0.",
        ),
        Mistake(
            "no ReLU on the way forward",
            "np.maximum(hidden, 0.0)",
            "hidden",
            "Negative hidden values go on to the second layer. Without the ReLU the two layers are "
            "one linear map.",
        ),
        Mistake(
            "a linear network",
            "np.maximum(hidden, 0.0)",
            "hidden",
            "There is no ReLU in your network, neither forward nor back: two linear layers in a "
            "row are one linear layer.",
            more=(("dactive * (hidden > 0)", "dactive"),),
        ),
        Mistake(
            "ReLU on the scores",
            'scores = active @ params["W2"] + params["b2"]',
            'scores = np.maximum(active @ params["W2"] + params["b2"], 0.0)',
            "You cut off negative scores. The ReLU belongs between the layers; scores may be "
            "negative.",
        ),
        Mistake(
            "factor two missing in the penalty's gradient",
            **edits((DECAY1, 'l2 * params["W1"]'), (DECAY2, 'l2 * params["W2"]')),
            message="Loss and gradient do not belong together: the loss has l2 * sum(W**2), the "
            "gradient is that of half of it. What is the derivative of a square?",
            read="Find the mistake: a penalty and its half",
        ),
        Mistake(
            "half the penalty",
            **edits(
                (PENALTY, PENALTY.replace("l2 * (", "0.5 * l2 * (")),
                (DECAY1, 'l2 * params["W1"]'),
                (DECAY2, 'l2 * params["W2"]'),
            ),
            message="your penalty is l2/2 times the sum of squares, whose gradient is l2 * W. Here "
            "it is l2 times the sum of squares, as on the lectures' slides: loss and gradient both "
            "need a factor of 2.",
            convention=True,
            read="Find the mistake: a penalty and its half",
        ),
        Mistake(
            "factor one half in the penalty only",
            PENALTY,
            PENALTY.replace("l2 * (", "0.5 * l2 * ("),
            "Your gradients are right for a penalty of l2 * sum(W**2), but the loss contains only "
            "half of it.",
            read="Find the mistake: a penalty and its half",
        ),
        Mistake(
            "penalty not in the gradients",
            **edits((DATA1 + " + " + DECAY1, DATA1), (DATA2 + " + " + DECAY2, DATA2)),
            message="The penalty is part of the loss that you return, but not of its gradients.",
        ),
        Mistake(
            "penalty not in the loss",
            "data_loss + float(penalty)",
            "data_loss",
            "The gradients contain the penalty, the loss that you return does not.",
        ),
        Mistake(
            "no penalty",
            **edits(
                ("data_loss + float(penalty)", "data_loss"),
                (DATA1 + " + " + DECAY1, DATA1),
                (DATA2 + " + " + DECAY2, DATA2),
            ),
            message="The argument l2 has no effect, neither on the loss nor on the gradients.",
        ),
        Mistake(
            "only one matrix penalised",
            **edits(
                (PENALTY, 'penalty = l2 * np.sum(params["W2"] ** 2)'),
                (DATA1 + " + " + DECAY1, DATA1),
            ),
            message="Only W2 pays the penalty: there are two matrices of weights.",
        ),
        Mistake(
            "only the first matrix penalised",
            **edits(
                (PENALTY, 'penalty = l2 * np.sum(params["W1"] ** 2)'),
                (DATA2 + " + " + DECAY2, DATA2),
            ),
            message="Only W1 pays the penalty: there are two matrices of weights.",
        ),
        Mistake(
            "biases penalised",
            **edits(
                (PENALTY, "penalty = l2 * sum(np.sum(p**2) for p in params.values())"),
                (BIAS1, BIAS1 + ' + 2 * l2 * params["b1"]'),
                (BIAS2, BIAS2 + ' + 2 * l2 * params["b2"]'),
            ),
            message="The biases pay the penalty as well. A bias only shifts a unit: making it "
            "small makes nothing simpler, so it is left alone.",
        ),
        Mistake(
            "biases penalised in the loss",
            PENALTY,
            "penalty = l2 * sum(np.sum(p**2) for p in params.values())",
            "The loss counts the biases in the penalty, the gradients do not. They should be left "
            "alone in both.",
        ),
        Mistake(
            "biases penalised in the gradients",
            **edits(
                (BIAS1, BIAS1 + ' + 2 * l2 * params["b1"]'),
                (BIAS2, BIAS2 + ' + 2 * l2 * params["b2"]'),
            ),
            message="The gradients of the biases contain a penalty. It applies to the weights "
            "only.",
        ),
        Mistake(
            "norm instead of its square",
            PENALTY,
            'penalty = l2 * (np.linalg.norm(params["W1"]) + np.linalg.norm(params["W2"]))',
            "The penalty takes the norms of the matrices. It is the sum of their *squares*, "
            "without a root.",
        ),
        Mistake(
            "penalty averaged over the batch",
            "scores, labels)\n",
            "scores, labels)\n    l2 = l2 / len(labels)\n",
            "You divide the penalty by the number of examples. It concerns the weights, not the "
            "data: only the data loss is a mean.",
        ),
        Mistake(
            "gradients not averaged",
            SOFTMAX_CALL,
            SOFTMAX_CALL + "    dscores = dscores * len(labels)\n",
            "The gradients of the data loss are those of a sum, the loss is a mean: they are too "
            "large by the number of examples.",
        ),
        Mistake(
            "averaged twice",
            SOFTMAX_CALL,
            SOFTMAX_CALL + "    dscores = dscores / len(labels)\n",
            "The gradients of the data loss are divided by the number of examples twice: dscores, "
            "as it comes from the loss, already contains 1/N.",
        ),
        Mistake(
            "bias gradients averaged",
            **edits((BIAS1, "np.mean(dhidden, axis=0)"), (BIAS2, "np.mean(dscores, axis=0)")),
            message="The gradients of the biases are divided by the number of examples once too "
            "often: the 1/N is already inside dscores, so they are sums.",
        ),
        Mistake(
            "weight gradient from before the ReLU",
            DATA2,
            "hidden.T @ dscores",
            "The gradient of W2 is built with the values before the ReLU. What did W2 really get "
            "as its input?",
        ),
        Mistake(
            "softmax overflows",
            SOFTMAX_CALL,
            "    rows = np.arange(len(labels))\n"
            "    dscores = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)\n"
            "    data_loss = -float(np.mean(np.log(dscores[rows, labels])))\n"
            "    dscores[rows, labels] -= 1.0\n    dscores = dscores / len(labels)\n",
            "For small weights all is well, but large scores overflow in the exponential. Your "
            "`softmax_cross_entropy` has solved that already.",
            read="Ten thousand is too much",
        ),
    ),
    accepted=(network_layers, network_by_example, network_sign_mask),
    points=4,
    hidden_points=2,
)

EXERCISES = (HINGE, SOFTMAX, NUMERIC, RELATIVE, FORWARD, BACKWARD, NETWORK)

THIRD_IMAGE = Quiz(
    "u01-third-image",
    "A frog gets the scores cat 2.2, car 2.5, frog -3.1. What is its hinge loss with margin 1?",
    (
        Choice(
            "10.9",
            False,
            "5.3 + 5.6 is how far the two wrong scores lie above the right one. Each of them "
            "should even lie one margin *below* it, and that is charged as well.",
        ),
        Choice(
            "12.9",
            True,
            "Cat: 2.2 + 3.1 + 1 = 6.3. Car: 2.5 + 3.1 + 1 = 6.6. Both are positive, so both count.",
        ),
        Choice(
            "6.6",
            False,
            "That is the worst wrong class alone. The lecture's loss adds up all wrong classes; "
            "the form with the worst one only exists too (Crammer and Singer).",
        ),
        Choice(
            "13.9",
            False,
            "The frog's own class has been charged one margin against itself. The sum runs over "
            "the wrong classes only.",
        ),
        Choice(
            "0",
            False,
            "Zero would mean that the frog's score leads by a margin. It is the lowest of three.",
        ),
    ),
)

ZERO_LOSS = Quiz(
    "u01-zero-loss",
    "You have found weights W of a linear classifier (no bias) for which the hinge loss of every "
    "example is exactly 0. What can you say of other weights?",
    (
        Choice(
            "None of them reaches 0: the minimum is unique",
            False,
            "At a loss of 0 all margins are met, most of them with room to spare. Anything that "
            "keeps them met has loss 0 as well.",
        ),
        Choice(
            "2W has loss 0 as well",
            True,
            "Twice the weights, twice the scores, twice every lead: a lead of at least 1 becomes "
            "one of at least 2. The loss cannot choose between them, and that is one reason for "
            "adding a penalty.",
        ),
        Choice(
            "W/2 has loss 0 as well",
            False,
            "Halving the weights halves the leads. A lead of 1.2 becomes 0.6, which is less than "
            "the margin.",
        ),
        Choice(
            "-W has loss 0 as well",
            False,
            "Changing all signs turns leads into deficits: every wrong class now wins.",
        ),
    ),
)

FIRST_LOSS = Quiz(
    "u01-first-loss",
    "A fresh classifier for ten digits has tiny random weights, so that all scores are close to 0. "
    "What is its softmax cross-entropy, about?",
    (
        Choice(
            "0",
            False,
            "A loss of 0 would mean that every right class already has probability 1.",
        ),
        Choice(
            "0.1",
            False,
            "That is the probability of each class. The loss is minus its logarithm.",
        ),
        Choice(
            "2.30",
            True,
            "Ten equal scores give each class probability 1/10, and -log(1/10) = log 10 = 2.303. "
            "If your first loss is far from this, look for a mistake before you train.",
        ),
        Choice(
            "9",
            False,
            "That is the *hinge* loss at equal scores: nine wrong classes, each violating the "
            "margin by exactly 1.",
        ),
        Choice("1", False, "Only log10(10) is 1; the loss uses the natural logarithm."),
    ),
)

BEST_STEP = Quiz(
    "u01-best-step",
    "Central differences in float64, a smooth loss of about 1. Which step h gives the most "
    "accurate numeric gradient?",
    (
        Choice(
            "As small as possible, 1e-15",
            False,
            "Then x + h hardly differs from x, and the two losses agree in all but their last "
            "digit: their difference is rounding noise, divided by a tiny number.",
        ),
        Choice(
            "About 1e-8",
            False,
            "That is the best choice for *one-sided* differences, whose other error grows like h. "
            "The two-sided error grows like h squared, so a longer step pays.",
        ),
        Choice(
            "About 1e-5 to 1e-4",
            True,
            "Truncation grows like h squared, rounding like 1/h times 1e-16. They balance near the "
            "cube root of 1e-16, some 1e-5; how smooth the loss is moves it a little.",
        ),
        Choice(
            "About 0.1",
            False,
            "Such a chord is long: the loss curves on the way, and the truncation error, which "
            "grows like h squared, is by far the largest.",
        ),
    ),
)

SUM_OF_OUTPUTS = Quiz(
    "u01-sum-of-outputs",
    "To check a softmax layer, somebody takes `np.sum(output)` as the loss and compares "
    "numeric and analytic gradients. Which wrong backward pass does this check let through?",
    (
        Choice(
            "None: if the gradients agree in all entries, the backward pass is right",
            False,
            "They agree for this one loss. Is this loss sensitive to the scores at all?",
        ),
        Choice(
            "One that returns zeros, and one that returns three times the right gradient",
            True,
            "The probabilities of a row sum to 1 whatever the scores are, so the true gradient of "
            "the sum is 0, and three times 0 is 0 too. Weight the outputs with random numbers "
            "instead.",
        ),
        Choice(
            "Only one that confuses rows and columns",
            False,
            "The check is blind to more than that: compute the sum of each row of the output.",
        ),
        Choice(
            "One with the wrong sign, but not one of the wrong size",
            False,
            "Both: what is the gradient of something that never changes, and what is it times -1 "
            "or times 3?",
        ),
    ),
)

RECAP_SLIDE = Quiz(
    "u01-recap-slide",
    "The recap slide says: full loss = mean of the $L_i$ + R(W). Which sentence is true of it?",
    (
        Choice(
            "It is right as it stands",
            False,
            "Look for the knob that says how much the weights' size should count against the fit "
            "to the data.",
        ),
        Choice(
            "R(W) should be divided by N as well",
            False,
            "The mean is over examples. The penalty concerns the weights, of which there is one "
            "set, however many examples there are.",
        ),
        Choice(
            "The strength in front of R(W) got lost",
            True,
            "Slides before it have it right: mean + lambda * R(W). Read literally, the recap fixes "
            "the strength at 1, at which the penalty usually swamps the data.",
        ),
        Choice(
            "R(W) should be subtracted",
            False,
            "A loss is minimised, so what should be small is added.",
        ),
    ),
)

WRONG_GRADIENT = Quiz(
    "u01-wrong-gradient",
    "Which of the three mistakes will show in the mean test accuracy of five seeds, next to the "
    "spread between the seeds?",
    (
        Choice(
            "All three",
            False,
            "Two of the three still point downhill almost exactly: the penalty is weak anyway, and "
            "on this problem the biases do little of the work.",
        ),
        Choice(
            "Only the forgotten mask, and by less than a point",
            True,
            "It is the only one that changes the direction of the step for most weights. Even so "
            "the network learns, and nobody who sees the result alone would suspect a mistake.",
        ),
        Choice(
            "Only the biases that hardly learn",
            False,
            "The opening of this unit says what they cost. The weights can do without them here.",
        ),
        Choice(
            "Only the halved penalty",
            False,
            "With a strength of 0.001 the penalty is weak: half of it or all of it makes little "
            "difference in 200 steps.",
        ),
        Choice(
            "None of them, not even a little",
            False,
            "Close, but one of them sends gradients where none belong. Look at the cell below for "
            "how much that costs.",
        ),
    ),
)

QUIZZES = (
    THIRD_IMAGE,
    ZERO_LOSS,
    FIRST_LOSS,
    BEST_STEP,
    SUM_OF_OUTPUTS,
    RECAP_SLIDE,
    WRONG_GRADIENT,
)
