"""Losses of class scores: ``loss(scores, labels) -> (loss, dscores)``, means over the batch.

N examples, C classes. ``dscores`` is the gradient of the loss with respect to ``scores``.
"""

import numpy as np

from course_lib.arrays import Array, Labels


def softmax(scores: Array) -> Array:
    """Turn scores into probabilities; adding a constant to a row changes nothing.

    Source: CS231n L3 "softmax classifier".
    Shapes: ``scores`` (..., C), result the same; every row sums to 1.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return powers / np.sum(powers, axis=-1, keepdims=True)


def hinge_loss(scores: Array, labels: Labels, *, margin: float = 1.0) -> tuple[float, Array]:
    """The multiclass SVM loss: every wrong class should stay ``margin`` below the right one.

    At a kink (a margin of exactly 0) the subgradient 0 is returned.

    Source: CS231n L3 "multiclass SVM loss"; Weston & Watkins 1999.
    Shapes: ``scores`` (N, C), ``labels`` (N,); returns the mean loss and ``dscores`` (N, C).
    """
    count = len(labels)
    rows = np.arange(count)
    correct = scores[rows, labels][:, np.newaxis]
    margins = np.maximum(0.0, scores - correct + margin)
    margins[rows, labels] = 0.0
    loss = float(np.sum(margins)) / count
    dscores = (margins > 0).astype(np.float64)
    dscores[rows, labels] = -np.sum(dscores, axis=1)
    return loss, dscores / count


def softmax_cross_entropy(scores: Array, labels: Labels) -> tuple[float, Array]:
    """The mean of ``-log`` of the probability that softmax gives the right class (in nats).

    The largest score of each row is subtracted first, so that no exponential overflows.

    Source: CS231n L3 "softmax classifier".
    Shapes: ``scores`` (N, C), ``labels`` (N,); returns the mean loss and ``dscores`` (N, C).
    """
    count = len(labels)
    rows = np.arange(count)
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -float(np.sum(log_probs[rows, labels])) / count
    dscores = np.exp(log_probs)
    dscores[rows, labels] -= 1.0
    return loss, dscores / count


def smooth_labels(labels: Labels, *, classes: int, eps: float) -> Array:
    """Soft targets: the share ``eps`` of the certainty is spread evenly over ALL classes.

    The right class gets ``1 - (K - 1) * eps / K``, every other class ``eps / K``.

    Source: Szegedy et al. 2016, sec. 7; CS231n L7 "label smoothing".
    Shapes: ``labels`` (N,), result (N, K) with K = ``classes``, rows sum to 1; ``eps`` in [0, 1].
    """
    targets = np.full((len(labels), classes), eps / classes)
    targets[np.arange(len(labels)), labels] += 1 - eps
    return targets


def soft_cross_entropy(scores: Array, targets: Array) -> tuple[float, Array]:
    """Cross-entropy between target distributions and softmax, a mean over the batch (in nats).

    The largest score of each row is subtracted first, so that no exponential overflows.

    Source: CS231n L7 "label smoothing".
    Shapes: ``scores`` (N, C), ``targets`` (N, C), whose rows sum to 1; returns the mean loss and
    ``dscores`` (N, C).
    """
    count = len(scores)
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    loss = -float(np.sum(targets * log_probs)) / count
    return loss, (np.exp(log_probs) - targets) / count
