"""The exercise ``softmax_cross_entropy``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import losses

from .shared import softmax_relative_to_the_right, some_labels


def softmax_cases(rng: np.random.Generator) -> Sequence[Case]:
    far = np.array([[2000.0, 0.0, -1500.0], [0.5, -1.0, 0.25], [1.0, 2.0, 0.0]])
    far = far + draw(rng, 3, 3, scale=0.1)
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
            rtol=1e-9,
        ),
        Case(
            "three examples, six classes",
            (draw(rng, 3, 6), some_labels(rng, 3, 6)),
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
            (heights, rng.integers(3, size=3)),
            about="One row of scores lies near 9000, one near -9000: every row has to be shifted "
            "by a number of its own. And no image shows the last class.",
        ),
        Case(
            "hopelessly wrong",
            (far, np.array([2, 0, 1])),
            about="In the first row the right class has a probability of e to the -3500, which "
            "rounds to 0. Its loss is about 3500 all the same: the logarithm can be taken before "
            "anything rounds.",
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
        Mistake(
            "predicted class in place of the label",
            "rows = np.arange(count)",
            "rows = np.arange(count)\n    labels = np.argmax(scores, axis=1)",
            "You score the class that the network likes best, so that it is always nearly right. "
            "Which class *is* right, only the labels say.",
        ),
        Mistake(
            "probabilities returned",
            "return loss, dscores / count",
            "return loss, np.exp(log_probs)",
            "You return the probabilities where the gradient is asked for. What does the loss "
            "gain if a score grows a little, for the right class and for a wrong one?",
        ),
        Mistake(
            "one subtracted from whole columns",
            "dscores[rows, labels] -= 1.0",
            "dscores[:, labels] -= 1.0",
            "A `:` in front of the labels takes whole columns, and 1 is subtracted in every row. "
            "Each row has one right class: its row number has to go with its label.",
        ),
        Mistake(
            "softmax of the columns",
            "np.max(scores, axis=1, keepdims=True)",
            "np.max(scores, axis=0, keepdims=True)",
            "You normalize over the examples: each column of your probabilities sums to 1. Which "
            "axis holds the classes?",
            more=(
                (
                    "np.sum(np.exp(shifted), axis=1, keepdims=True)",
                    "np.sum(np.exp(shifted), axis=0, keepdims=True)",
                ),
            ),
        ),
        Mistake(
            "mean before the logarithm",
            "-float(np.sum(log_probs[rows, labels])) / count",
            "-float(np.log(np.mean(np.exp(log_probs[rows, labels]))))",
            "You average the probabilities and take the logarithm of the average. Every example "
            "has a loss of its own: first the logarithm, then the mean.",
        ),
        Mistake(
            "softmax twice",
            "    log_probs = shifted -",
            "    shifted = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)\n"
            "    log_probs = shifted -",
            "Your probabilities go through softmax a second time, which makes them nearly equal. "
            "Scores in, one softmax, and then the logarithm.",
        ),
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
            "The sum inside the logarithm overflows for scores of 10000. What may be added to a "
            "row of scores without harm?",
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
    ),
    accepted=(softmax_loops, softmax_logaddexp, softmax_relative_to_the_right),
    points=3,
)
