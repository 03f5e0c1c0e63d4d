"""Logistic regression of two classes: a real problem that is smooth, convex and small.

``signs`` (N,) holds the classes as +1 and -1; ``x`` (N, D) the examples as rows; ``weights`` (D,).
A bias is a column of ones in ``x``, and is penalised like the rest.
"""

import numpy as np

from course_lib.arrays import Array


def logistic_loss(weights: Array, x: Array, signs: Array, *, l2: float = 0.0) -> float:
    """The mean of ``log(1 + exp(-margin))`` plus ``l2 * sum(weights**2)``; margin = sign * score.

    Source: CS231n L3 (softmax of two classes); Goodfellow et al. 2016, sec. 5.7.1.
    Shapes: ``weights`` (D,), ``x`` (N, D), ``signs`` (N,).
    """
    margins = signs * (x @ weights)
    return float(np.mean(np.logaddexp(0.0, -margins)) + l2 * np.sum(weights**2))


def logistic_gradient(weights: Array, x: Array, signs: Array, *, l2: float = 0.0) -> Array:
    """The gradient of ``logistic_loss``.

    Source: differentiated by hand.
    Shapes: as in ``logistic_loss``; the result has the shape of ``weights``.
    """
    doubt = _doubt(weights, x, signs)
    return -x.T @ (signs * doubt) / len(x) + 2 * l2 * weights


def logistic_hessian(weights: Array, x: Array, signs: Array, *, l2: float = 0.0) -> Array:
    """The Hessian of ``logistic_loss``: positive definite as soon as ``l2`` is positive.

    Source: differentiated by hand.
    Shapes: as in ``logistic_loss``; the result is (D, D).
    """
    doubt = _doubt(weights, x, signs)
    spread = doubt * (1 - doubt)
    return (x.T * spread) @ x / len(x) + 2 * l2 * np.eye(len(weights))


def _doubt(weights: Array, x: Array, signs: Array) -> Array:
    """The probability that the model gives the wrong class, for every example."""
    margins = signs * (x @ weights)
    return np.exp(-np.logaddexp(0.0, margins))
