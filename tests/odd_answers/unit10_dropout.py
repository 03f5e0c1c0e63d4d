"""Odd but right, and unlisted wrong answers to the exercises of unit 10."""

import types

import numpy as np

from course_lib.layers import BatchNormCache, BatchNormStats
from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("dropout_forward")
def boolean_mask_or_none(x, *, keep_prob, train, rng):
    if not train:
        return x, None
    stays = rng.uniform(size=x.shape) >= 1 - keep_prob
    return np.where(stays, x / keep_prob, 0.0), stays


@right("dropout_forward")
def exponential_clocks(x, *, keep_prob, train, rng):
    mask = np.ones_like(x)
    if train:
        mask = (np.exp(-rng.exponential(size=x.shape)) < keep_prob) / keep_prob
    return x * mask, mask


right("dropout_backward")(np.multiply)


@right("vanilla_dropout_predict")
def what_is_lost_taken_off(x, keep_prob):
    return (x - (1 - keep_prob) * x).tolist()


@right("mc_dropout_predict")
def one_tiled_batch(predict, x, *, passes, rng):
    return predict(np.tile(x, (passes, 1)), rng).reshape(passes, len(x), -1).mean(0)


@right("mc_dropout_predict")
def spawned_generators(predict, x, *, passes, rng):
    return np.mean([predict(x, child) for child in rng.spawn(passes)], axis=0)


@right("dropconnect_forward")
def one_mask_per_example(x, weights, *, keep_prob, train, rng):
    keep = keep_prob if train else 1.0
    masks = rng.choice([True, False], size=(len(x), *weights.shape), p=[keep, 1 - keep])
    return np.einsum("nd,ndm->nm", x, masks * weights) / keep


@right("stochastic_depth_forward")
def only_survivors_computed(x, branch, *, survival_prob, train, rng):
    if not train:
        return x + branch(x)
    alive = rng.random(len(x)) < survival_prob
    out = x.copy()
    out[alive] += branch(x[alive]) / survival_prob
    return out


@right("batchnorm_forward")
def tuples_and_no_cache_at_test_time(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    mean, var = (x.mean(0), x.var(0)) if train else running
    new = tuple(
        momentum * old + (1 - momentum) * now for old, now in zip(running, (mean, var), strict=True)
    )
    x_hat = (x - mean) / np.sqrt(var + eps)
    cache = types.SimpleNamespace(x_hat=x_hat, gamma=gamma, root=np.sqrt(var + eps))
    return [gamma * x_hat + beta, cache if train else None, new if train else running]


@right("batchnorm_backward")
def jacobian_of_every_column(dout, cache):
    n, dx = len(dout), np.empty_like(dout)
    for j, (x_hat, root) in enumerate(
        zip(cache.x_hat.T, np.sqrt(cache.var + cache.eps), strict=True)
    ):
        jacobian = (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n) / root
        dx[:, j] = jacobian @ dout[:, j] * cache.gamma[j]
    return dx, np.einsum("nd,nd->d", dout, cache.x_hat), np.ones(n) @ dout


# --- wrong ----------------------------------------------------------------------------------------


@wrong("dropout_forward", "ReLU is another layer")
def relu_as_well(x, *, keep_prob, train, rng):
    return exponential_clocks(np.maximum(x, 0), keep_prob=keep_prob, train=train, rng=rng)


@wrong("dropout_backward", "`dx` is a tuple of 2, expected an array")
def mask_as_well(dout, mask):
    return dout * mask, mask


@wrong("mc_dropout_predict", "ten passes, whatever `passes` says")
def ten_passes(predict, x, *, passes, rng):
    return one_tiled_batch(predict, x, passes=10, rng=rng)


@wrong("stochastic_depth_forward", "whatever `survival_prob` says")
def every_other_branch(x, branch, *, survival_prob, train, rng):
    return only_survivors_computed(x, branch, survival_prob=0.5, train=train, rng=rng)


@wrong(
    "batchnorm_forward",
    "`eps` out go wrong. Without it, it is 1e-05; in your signature it is 1e-08",
)
def default_eps(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-8):
    return tuples_and_no_cache_at_test_time(
        x, gamma, beta, running, train=train, momentum=momentum, eps=eps
    )


@wrong("batchnorm_forward", "each other's place")
def statistics_exchanged(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    out, cache, new = tuples_and_no_cache_at_test_time(
        x, gamma, beta, running, train=train, momentum=momentum, eps=eps
    )
    return out, cache, BatchNormStats(*new[::-1]) if train else running


@wrong("batchnorm_backward", "eps is always 1e-5")
def eps_of_its_own(dout, cache: BatchNormCache):
    return jacobian_of_every_column(dout, cache._replace(eps=1e-5))


@wrong("batchnorm_backward", "right values in the wrong order. Return dx, dgamma, dbeta")
def dx_last(dout, cache):
    dx, dgamma, dbeta = jacobian_of_every_column(dout, cache)
    return dgamma, dbeta, dx
