"""Layers as pairs: ``f_forward(...) -> (out, cache)``, ``f_backward(dout, cache) -> gradients``.

N examples, D features, M outputs. ``dx`` is the gradient of the loss with respect to ``x``.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course_lib.arrays import Array


class AffineCache(NamedTuple):
    """What ``affine_backward`` needs of the forward pass."""

    x: Array  # (N, D)
    weights: Array  # (D, M)
    bias: Array  # (M,)


class BatchNormStats(NamedTuple):
    """Running statistics, used in place of the batch's own at test time."""

    mean: Array  # (D,)
    var: Array  # (D,), biased: divided by N

    @classmethod
    def fresh(cls, features: int) -> "BatchNormStats":
        """Mean 0 and variance 1 for each of ``features`` columns."""
        return cls(np.zeros(features), np.ones(features))


class BatchNormCache(NamedTuple):
    """What ``batchnorm_backward`` needs of the forward pass."""

    x: Array  # (N, D)
    x_hat: Array  # (N, D), normalized
    gamma: Array  # (D,)
    mean: Array  # (D,)
    var: Array  # (D,)
    eps: float


def affine_forward(x: Array, weights: Array, bias: Array) -> tuple[Array, AffineCache]:
    """A fully connected layer, ``x @ weights + bias``.

    Source: CS231n L4 "backpropagation".
    Shapes: ``x`` (N, D), ``weights`` (D, M), ``bias`` (M,); out (N, M).
    """
    out = x @ weights + bias
    return out, AffineCache(x, weights, bias)


def affine_backward(dout: Array, cache: AffineCache) -> tuple[Array, Array, Array]:
    """Gradients of the affine layer: ``(dx, dweights, dbias)``.

    Source: CS231n L4 "backpropagation".
    Shapes: ``dout`` (N, M); ``dx`` (N, D), ``dweights`` (D, M), ``dbias`` (M,).
    """
    dx = dout @ cache.weights.T
    dweights = cache.x.T @ dout
    dbias = np.sum(dout, axis=0)
    return dx, dweights, dbias


def relu_forward(x: Array) -> tuple[Array, Array]:
    """Keep what is positive; the cache is ``x``.

    Source: CS231n L4; Nair & Hinton 2010.
    Shapes: ``x`` any shape, out the same.
    """
    return np.maximum(x, 0.0), x


def relu_backward(dout: Array, x: Array) -> Array:
    """Pass the gradient where the input was positive; the subgradient at 0 is 0.

    Source: CS231n L4.
    Shapes: ``dout`` and ``x`` the same shape, as is ``dx``.
    """
    return dout * (x > 0)


def dropout_forward(
    x: Array, *, keep_prob: float, train: bool, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Inverted dropout: scale while training, so that test time is the identity.

    ``keep_prob`` is the chance that a unit STAYS. The mask holds 0 or ``1 / keep_prob``
    (ones at test time), drawn anew for every call and every entry.

    Source: Srivastava et al. 2014, sec. 10; CS231n L7 "inverted dropout".
    Shapes: ``x`` any shape; out and mask the same.
    Raises ValueError when ``keep_prob`` lies outside (0, 1].
    """
    if not 0 < keep_prob <= 1:
        raise ValueError(f"keep_prob must lie in (0, 1], got {keep_prob}")
    if not train:
        return x, np.ones_like(x)
    mask = (rng.random(x.shape) < keep_prob) / keep_prob
    return x * mask, mask


def dropout_backward(dout: Array, mask: Array) -> Array:
    """The gradient passes through the very mask of the forward pass.

    Source: CS231n L7 "dropout".
    Shapes: ``dout`` and ``mask`` the same shape, as is ``dx``.
    """
    return dout * mask


def vanilla_dropout_predict(x: Array, *, keep_prob: float) -> Array:
    """Test time of vanilla dropout (nothing scaled in training): the expected activation.

    Source: Srivastava et al. 2014, fig. 2; CS231n L7 "dropout: test time".
    Shapes: ``x`` any shape, result the same; ``keep_prob`` in (0, 1].
    """
    return x * keep_prob


def mc_dropout_predict(
    predict: Callable[[Array, np.random.Generator], Array],
    x: Array,
    *,
    passes: int,
    rng: np.random.Generator,
) -> Array:
    """Average the probabilities of several passes, each with masks of its own.

    ``predict(x, rng)`` is one pass with dropout switched ON, returning probabilities.

    Source: Gal & Ghahramani 2016; DD2424 L5 "Monte Carlo dropout".
    Shapes: ``x`` (N, D), result (N, C); ``passes`` at least 1.
    """
    total = predict(x, rng)
    for _ in range(passes - 1):
        total = total + predict(x, rng)
    return total / passes


def dropconnect_forward(
    x: Array, weights: Array, *, keep_prob: float, train: bool, rng: np.random.Generator
) -> Array:
    """Drop single WEIGHTS of a linear layer, inverted: test time uses them all, unscaled.

    One mask serves the whole batch; the paper draws one per example, which costs N times
    the memory and has the same expectation.

    Source: Wan et al. 2013; CS231n L7 "DropConnect".
    Shapes: ``x`` (N, D), ``weights`` (D, M), result (N, M); ``keep_prob`` in (0, 1].
    """
    if not train:
        return x @ weights
    mask = (rng.random(weights.shape) < keep_prob) / keep_prob
    return x @ (weights * mask)


def stochastic_depth_forward(
    x: Array,
    branch: Callable[[Array], Array],
    *,
    survival_prob: float,
    train: bool,
    rng: np.random.Generator,
) -> Array:
    """A residual block whose branch is skipped at random, example by example; inverted.

    Source: Huang et al. 2016 (there scaled at test time instead); CS231n L7 "stochastic depth".
    Shapes: ``x`` (N, ...), ``branch`` keeps the shape, result as ``x``;
    ``survival_prob`` in (0, 1].
    """
    if not train:
        return x + branch(x)
    one_per_example = (len(x),) + (1,) * (x.ndim - 1)
    survives = rng.random(one_per_example) < survival_prob
    return x + branch(x) * survives / survival_prob


def batchnorm_forward(
    x: Array,
    gamma: Array,
    beta: Array,
    running: BatchNormStats,
    *,
    train: bool,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> tuple[Array, BatchNormCache, BatchNormStats]:
    """Normalize every feature, by the batch in training and by ``running`` at test time.

    ``momentum`` is the weight of the OLD running value (PyTorch's is the weight of the new).
    Both variances divide by N, as in the lectures (PyTorch's running one divides by N - 1).

    Source: Ioffe & Szegedy 2015, algorithm 1; CS231n L7 "batch normalization".
    Shapes: ``x`` (N, D), ``gamma`` and ``beta`` (D,); returns (out (N, D), cache, running).
    """
    if train:
        mean = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        running = BatchNormStats(
            mean=momentum * running.mean + (1 - momentum) * mean,
            var=momentum * running.var + (1 - momentum) * var,
        )
    else:
        mean = running.mean
        var = running.var
    x_hat = (x - mean) / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    return out, BatchNormCache(x, x_hat, gamma, mean, var, eps), running


def batchnorm_backward(dout: Array, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """Gradients in training mode, where mean and variance depend on ``x`` as well.

    Source: Ioffe & Szegedy 2015, sec. 3; CS231n L7 "batch normalization".
    Shapes: ``dout`` (N, D); ``dx`` (N, D), ``dgamma`` and ``dbeta`` (D,).
    """
    dgamma = np.sum(dout * cache.x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * cache.gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_var = cache.x_hat * np.mean(dx_hat * cache.x_hat, axis=0)
    dx = (dx_hat - through_mean - through_var) / np.sqrt(cache.var + cache.eps)
    return dx, dgamma, dbeta
