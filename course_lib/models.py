"""Multilayer perceptrons: parameters are a dict W1, b1, W2, b2, ...; rows of ``x`` are examples."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from course_lib.arrays import Array, Indices, Labels, Params
from course_lib.layers import dropout_forward
from course_lib.losses import soft_cross_entropy, softmax_cross_entropy

Loss = Callable[..., tuple[float, Array]]


def two_layer_loss(
    params: Params, x: Array, labels: Labels, *, l2: float = 0.0
) -> tuple[float, Params]:
    """Loss and gradients of affine - ReLU - affine - softmax, with an L2 penalty on the weights.

    The penalty is ``l2 * sum(W**2)`` over both weight matrices; biases are never penalised.

    Source: CS231n L4 "neural networks, backpropagation".
    Shapes: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), ``x`` (N, D), ``labels`` (N,);
    the gradients have the names and shapes of ``params``.
    """
    hidden = x @ params["W1"] + params["b1"]
    active = np.maximum(hidden, 0.0)
    scores = active @ params["W2"] + params["b2"]
    data_loss, dscores = softmax_cross_entropy(scores, labels)
    penalty = l2 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    loss = data_loss + float(penalty)

    dactive = dscores @ params["W2"].T
    dhidden = dactive * (hidden > 0)
    grads = {
        "W1": x.T @ dhidden + 2 * l2 * params["W1"],
        "b1": np.sum(dhidden, axis=0),
        "W2": active.T @ dscores + 2 * l2 * params["W2"],
        "b2": np.sum(dscores, axis=0),
    }
    return loss, grads


def init_mlp(
    sizes: Sequence[int], *, rng: np.random.Generator, scale: float | None = None
) -> Params:
    """Gaussian weights and zero biases; the deviation is ``scale``, or He's ``sqrt(2 / inputs)``.

    Source: He et al. 2015; CS231n L7 "weight initialization".
    Shapes: ``sizes`` such as (64, 100, 10): inputs, hidden layers, classes.
    Raises ValueError for fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes needs at least inputs and classes, got {tuple(sizes)}")
    params = {}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        deviation = np.sqrt(2 / inputs) if scale is None else scale
        params[f"W{layer}"] = deviation * rng.standard_normal((inputs, outputs))
        params[f"b{layer}"] = np.zeros(outputs)
    return params


def mlp_scores(params: Params, x: Array) -> Array:
    """Class scores at test time (no dropout).

    Source: CS231n L4 "neural networks".
    Shapes: ``x`` (N, D), result (N, C).
    """
    depth = len(params) // 2
    for layer in range(1, depth):
        x = np.maximum(x @ params[f"W{layer}"] + params[f"b{layer}"], 0.0)
    return x @ params[f"W{depth}"] + params[f"b{depth}"]


def mlp_loss(
    params: Params,
    x: Array,
    labels: Labels | Array,
    *,
    l2: float = 0.0,
    keep_prob: float = 1.0,
    rng: np.random.Generator | None = None,
) -> tuple[float, Params]:
    """Loss and gradients of an MLP of any depth, with inverted dropout after each hidden ReLU.

    The penalty is ``l2 * sum(W**2)`` over all weight matrices; biases are never penalised.
    Instead of labels there may be target distributions, one row per example.

    Source: CS231n L4, L7 "dropout"; Srivastava et al. 2014.
    Shapes: ``x`` (N, D), ``labels`` (N,) or (N, C); the gradients have the names and shapes of
    ``params``.
    Raises ValueError when ``keep_prob`` lies outside (0, 1], or below 1 without ``rng``.
    """
    if not 0 < keep_prob <= 1:
        raise ValueError(f"keep_prob must lie in (0, 1], got {keep_prob}")
    if keep_prob < 1 and rng is None:
        raise ValueError(f"dropout with keep_prob={keep_prob} needs rng, got None")
    depth = len(params) // 2
    inputs, masks = [x], []
    for layer in range(1, depth):
        active = np.maximum(inputs[-1] @ params[f"W{layer}"] + params[f"b{layer}"], 0.0)
        # The ReLU lets pass what is positive; that and dropout's mask make one factor.
        mask = active > 0
        if rng is not None and keep_prob < 1:
            active, kept = dropout_forward(active, keep_prob=keep_prob, train=True, rng=rng)
            mask = mask * kept
        inputs.append(active)
        masks.append(mask)
    scores = inputs[-1] @ params[f"W{depth}"] + params[f"b{depth}"]
    soft = labels.ndim == 2
    cross_entropy: Loss = soft_cross_entropy if soft else softmax_cross_entropy
    loss, dout = cross_entropy(scores, labels)

    grads = {}
    for layer in range(depth, 0, -1):
        weights = params[f"W{layer}"]
        grads[f"W{layer}"] = inputs[layer - 1].T @ dout
        grads[f"b{layer}"] = dout.sum(axis=0)
        if l2:
            loss += l2 * float(np.vdot(weights, weights))
            grads[f"W{layer}"] += 2 * l2 * weights
        if layer > 1:
            dout = (dout @ weights.T) * masks[layer - 2]
    return loss, grads


def accuracy(params: Params, x: Array, labels: Labels) -> float:
    """The share of examples whose largest score is that of the right class.

    Source: CS231n L2.
    Shapes: ``x`` (N, D), ``labels`` (N,); result in [0, 1].
    """
    return float(np.mean(np.argmax(mlp_scores(params, x), axis=1) == labels))


def nll(params: Params, x: Array, labels: Labels) -> float:
    """The mean negative log-likelihood at test time: no penalty, no dropout (in nats).

    Source: CS231n L3 "softmax classifier".
    Shapes: ``x`` (N, D), ``labels`` (N,).
    """
    loss, _ = softmax_cross_entropy(mlp_scores(params, x), labels)
    return loss


def permute_hidden(params: Params, order: Indices) -> Params:
    """The same net with its hidden units in another order: other weights, the same function.

    Hidden unit j of the new net is hidden unit ``order[j]`` of the old one, with all that belongs
    to it. The net has one hidden layer.

    Source: CSC421 L7-8 "local minima" (permutation symmetry).
    Shapes: ``params`` W1 (D, H), b1 (H,), W2 (H, C), b2 (C,); ``order`` (H,) holds every number
    from 0 to H - 1 once. The result has the names and shapes of ``params``.
    """
    moved = {
        "W1": params["W1"][:, order],
        "b1": params["b1"][order],
        "W2": params["W2"][order],
    }
    return {**params, **moved}
