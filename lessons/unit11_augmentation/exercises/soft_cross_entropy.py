"""The exercise ``soft_cross_entropy``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import losses
from course_lib.arrays import Array

from .shared import in_double


@in_double
def soft_cases(rng: np.random.Generator) -> Sequence[Case]:
    def targets(rows: int, classes: int) -> Array:
        return np.round(rng.dirichlet(np.ones(classes), size=rows), 12)

    def one(name: str, about: str, scores: Array, goal: Array, **more: Any) -> Case:
        return Case(name, (scores, goal), about=about, **more)

    huge = np.array([[1e4, 0.0, -1e4], [0.0, 1e4, 2e4]]) + draw(rng, 2, 3)
    hard = np.eye(3)[rng.permutation(4) % 3]
    return [
        one(
            "soft targets",
            "Every class counts by its target; the loss is a mean over the examples.",
            draw(rng, 4, 3, scale=2.0),
            targets(4, 3),
        ),
        one(
            "hard targets",
            "With targets 0 and 1 it is the usual cross-entropy.",
            draw(rng, 4, 3, scale=2.0),
            hard,
        ),
        one(
            "one example, five classes",
            "For a single example the mean is the example's own loss.",
            draw(rng, 1, 5),
            targets(1, 5),
        ),
        one(
            "scores of ten thousand",
            "Adding a constant to a row changes nothing: use that before any exponential is taken.",
            huge,
            targets(2, 3),
            atol=1e-9,
        ),
        one(
            "already right",
            "Where the probabilities are the targets the gradient is 0; the loss is not.",
            np.log(np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])) + 1.5,
            np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]),
            atol=1e-12,
        ),
    ]


def soft_loop(scores, targets):
    """One example at a time."""
    loss, rows = 0.0, []
    for s, t in zip(scores, targets, strict=True):
        e = np.exp(s - s.max())
        log_sum = np.log(e.sum()) + s.max()
        loss += sum(t_k * (log_sum - s_k) for t_k, s_k in zip(t, s, strict=True)) / len(scores)
        rows.append((e / e.sum() - t) / len(scores))
    return loss, np.array(rows)


def soft_log_sum_exp(scores, targets):
    """log-sum-exp minus the targets' mean score."""
    log_sums = np.logaddexp.reduce(scores, axis=1)
    loss = np.mean(log_sums - np.einsum("nk,nk->n", targets, scores))
    return [loss, (np.exp(scores - log_sums[:, None]) - targets) / scores.shape[0]]


def soft_mixture_of_hard_ones(scores, targets):
    """The loss for every class as if it were the right one, weighed by the targets."""
    shifted = scores - np.amax(scores, axis=-1)[:, None]
    losses_if = np.log(np.exp(shifted).sum(axis=-1))[:, None] - shifted
    probs = np.exp(-losses_if)
    by_class = probs[:, None, :] - np.eye(scores.shape[1])
    weighed = (targets[:, :, None] * by_class).sum(axis=1)
    return (targets * losses_if).sum(axis=1).mean(), weighed / len(targets)


SOFT_RETURN = "return loss, (np.exp(log_probs) - targets) / count"
SOFT_LOSS = "loss = -float(np.sum(targets * log_probs)) / count"

SOFT_CROSS_ENTROPY = Exercise(
    reference=losses.soft_cross_entropy,
    cases=soft_cases,
    returns=("loss", "dscores"),
    read="A little doubt",
    praise="Right for any target distribution, and safe with large scores.",
    hints=(
        "What becomes of the usual loss, minus the logarithm of one probability, if several "
        "classes are right to some extent?",
        "Compute logarithms of the probabilities from shifted scores, without taking the logarithm "
        "of a softmax. Weigh them by the targets. For the gradient, recall softmax: probabilities "
        "minus what?",
        "loss: minus the sum of targets times log-probabilities over N. Gradient: probabilities "
        "minus targets, over N.",
    ),
    mistakes=(
        Mistake(
            "sum instead of mean",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * log_probs))",
            "Loss and gradient are sums over the examples. They should be means, so that the step "
            "size does not depend on the batch size.",
            more=((SOFT_RETURN, "return loss, np.exp(log_probs) - targets"),),
        ),
        Mistake(
            "gradient not averaged",
            SOFT_RETURN,
            "return loss, np.exp(log_probs) - targets",
            "The loss is a mean over the examples, the gradient is that of their sum.",
        ),
        Mistake(
            "loss not averaged",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * log_probs))",
            "The gradient is averaged over the examples, the loss is not.",
        ),
        Mistake(
            "averaged over the classes too",
            SOFT_LOSS,
            "loss = -float(np.mean(targets * log_probs))",
            "You average over examples *and* classes. Within an example the classes are summed: "
            "the targets are weights that already sum to 1.",
        ),
        Mistake(
            "sign of the loss",
            SOFT_LOSS,
            "loss = float(np.sum(targets * log_probs)) / count",
            "The loss is negative: logarithms of probabilities are below 0.",
        ),
        Mistake(
            "sign of the gradient",
            SOFT_RETURN,
            "return loss, (targets - np.exp(log_probs)) / count",
            "The gradient points downhill: the sign is reversed. If a class has too much "
            "probability, lowering its score should lower the loss.",
        ),
        Mistake(
            "hard targets",
            "    shifted = scores",
            "    targets = (targets == np.max(targets, axis=1, keepdims=True)) * 1.0\n"
            "    shifted = scores",
            "Only the class with the largest target counts. All of them do, by their shares.",
        ),
        Mistake(
            "gradient of hard targets",
            SOFT_RETURN,
            "hard = (targets == np.max(targets, axis=1, keepdims=True)) * 1.0\n"
            "    return loss, (np.exp(log_probs) - hard) / count",
            "The loss is right. The gradient is that of hard targets: subtract the targets "
            "themselves, not a 1 at the largest.",
        ),
        Mistake(
            "gradient weighed by the targets",
            SOFT_RETURN,
            "return loss, targets * (np.exp(log_probs) - 1) / count",
            "You weigh p - 1 by the targets and forget that every class's score also stands in the "
            "normalisation of all the others.",
        ),
        Mistake(
            "gradient without targets",
            SOFT_RETURN,
            "return loss, np.exp(log_probs) / count",
            "The gradient is the probabilities alone. What pulls them towards the targets?",
        ),
        Mistake(
            "gradient of log-probabilities",
            SOFT_RETURN,
            "return loss, (log_probs - targets) / count",
            "Logarithms of probabilities stand where the probabilities themselves belong.",
        ),
        Mistake(
            "not shifted",
            "shifted = scores - np.max(scores, axis=1, keepdims=True)",
            "shifted = scores",
            "Large scores overflow in the exponential, and inf minus inf is nan. Subtract each "
            "row's largest score first.",
        ),
        Mistake(
            "shifted by the largest of the batch",
            "np.max(scores, axis=1, keepdims=True)",
            "np.max(scores)",
            "You subtract the largest score of the whole batch. In a row whose scores are all far "
            "below it every exponential is 0, and its logarithm is -inf. Each row has its own.",
        ),
        Mistake(
            "softmax over the examples",
            "np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))",
            "np.log(np.sum(np.exp(shifted), axis=0, keepdims=True))",
            "The probabilities sum to 1 down the columns, over the examples. Which axis holds the "
            "classes?",
        ),
        Mistake(
            "probabilities instead of logarithms",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * np.exp(log_probs))) / count",
            "The logarithm is missing: you weigh the probabilities themselves.",
        ),
        Mistake(
            "in bits",
            SOFT_LOSS,
            "loss = -float(np.sum(targets * log_probs)) / count / np.log(2)",
            "your loss is in bits, with logarithms to base 2. Here it is in nats, with natural "
            "ones; the gradient already is.",
            convention=True,
        ),
        Mistake(
            "divergence instead of cross-entropy",
            SOFT_LOSS,
            "entropies = targets * np.log(np.where(targets > 0, targets, 1.0))\n"
            "    loss = float(np.sum(entropies - targets * log_probs)) / count",
            "your loss is the Kullback-Leibler divergence, which is 0 when the probabilities meet "
            "the targets. It has the same gradient; here the targets' own entropy is not "
            "subtracted.",
            convention=True,
        ),
        Mistake(
            "targets and probabilities exchanged",
            SOFT_LOSS,
            "loss = -float(np.sum(np.exp(log_probs) * np.log(targets + 1e-12))) / count",
            "The roles are exchanged: the targets weigh, and the logarithm is taken of what the "
            "net says.",
        ),
    ),
    accepted=(soft_loop, soft_log_sum_exp, soft_mixture_of_hard_ones),
    points=2,
)
