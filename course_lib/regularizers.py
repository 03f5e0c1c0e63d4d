"""Ways to keep a model from fitting its training set too well: penalties and early stopping.

A penalty is for one array of weights of any shape; biases are never penalised, so nobody calls it
with them.
"""

import numpy as np

from course_lib.arrays import Array


def l2_penalty(weights: Array, *, strength: float) -> tuple[float, Array]:
    """The penalty ``strength * sum(weights**2)``, and its gradient.

    Source: CS231n L3 "regularization", L7; the gradient is the one of this form, without a half.
    Shapes: the gradient has the shape of ``weights``, which is any.
    """
    penalty = float(strength * np.sum(weights**2))
    return penalty, 2 * strength * weights


def l1_penalty(weights: Array, *, strength: float) -> tuple[float, Array]:
    """The penalty ``strength * sum(abs(weights))``, and its gradient.

    At a weight of exactly 0 there is a kink; the gradient there counts as 0.

    Source: CS231n L3 "regularization", L7; Tibshirani 1996.
    Shapes: the gradient has the shape of ``weights``, which is any.
    """
    penalty = float(strength * np.sum(np.abs(weights)))
    return penalty, strength * np.sign(weights)


def elastic_net_penalty(weights: Array, *, strength: float, l2_ratio: float) -> tuple[float, Array]:
    """The penalty ``strength * sum(l2_ratio * weights**2 + abs(weights))``, and its gradient.

    ``l2_ratio`` weighs the squares; the absolute values always count in full. At a weight of
    exactly 0 the gradient is 0.

    Source: CS231n L3 "regularization", L7, where ``l2_ratio`` is called beta; Zou & Hastie 2005.
    Shapes: the gradient has the shape of ``weights``, which is any.
    """
    penalty = float(strength * np.sum(l2_ratio * weights**2 + np.abs(weights)))
    return penalty, strength * (2 * l2_ratio * weights + np.sign(weights))


def soft_threshold(weights: Array, *, threshold: float) -> Array:
    """Every weight moved towards 0 by ``threshold``, and no further than 0.

    For each weight w it is the z that makes ``(z - w)**2 / 2 + threshold * abs(z)`` smallest.

    Source: Donoho & Johnstone 1994; Parikh & Boyd 2014, section 6.5.2 (the proximal step of L1).
    Shapes: ``weights`` and result have the same shape, which is any; ``threshold`` at least 0.
    """
    return np.sign(weights) * np.maximum(np.abs(weights) - threshold, 0.0)


def ridge_solution(x: Array, y: Array, *, strength: float) -> Array:
    """The weights that make ``mean((x @ w - y)**2) + strength * sum(w**2)`` smallest.

    There is no intercept, and no half anywhere.

    Source: Hoerl & Kennard 1970; CS231n L3 "regularization" (adds curvature).
    Shapes: ``x`` (N, D), ``y`` (N,), result (D,). ``strength`` is positive, or 0 if the columns of
    ``x`` are linearly independent; N may be smaller than D.
    """
    count, features = x.shape
    curvature = x.T @ x / count + strength * np.eye(features)
    return np.linalg.solve(curvature, x.T @ y / count)


def early_stopping(val_losses: Array, *, patience: int) -> tuple[int, int]:
    """The step with the best validation loss, and the step after which the training stops.

    It stops at the first step that is the ``patience``-th in a row without a new best loss. A
    loss is a new best if it is *below* every loss before it; a nan never is. If patience never
    runs out, the last step is the one that stops. Losses after the stop are never seen.

    Source: CS231n L7 "early stopping: always do this"; Prechelt 1998.
    Shapes: ``val_losses`` (T,), result (best_step, stop_step), two of the numbers 0..T-1;
    ``patience`` at least 1.
    Raises ValueError when no loss up to the stop is a finite number.
    """
    best_step, best, waited = -1, np.inf, 0
    stop_step = len(val_losses) - 1
    for step, loss in enumerate(val_losses):
        if loss < best:
            best_step, best, waited = step, loss, 0
        else:
            waited += 1
        if waited == patience:
            stop_step = step
            break
    if best_step < 0:
        raise ValueError(f"no loss up to step {stop_step} is finite: there is no best step")
    return best_step, stop_step
