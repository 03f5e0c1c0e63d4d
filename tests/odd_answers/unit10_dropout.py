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


@wrong("dropout_forward", "exactly the same number stays")
def so_many_of_all(x, *, keep_prob, train, rng):
    mask = np.ones(x.size)
    if train:
        mask = np.zeros(x.size)
        mask[rng.permutation(x.size)[: round(keep_prob * x.size)]] = 1 / keep_prob
    return x * mask.reshape(x.shape), mask.reshape(x.shape)


@wrong("dropout_forward", "do you choose how many stay")
def so_many_of_every_row(x, *, keep_prob, train, rng):
    if not train:
        return x, None
    rows = x.reshape(len(x), -1)
    ranks = np.argsort(np.argsort(rng.random(rows.shape), axis=1), axis=1)
    mask = (ranks < round(keep_prob * rows.shape[1])).reshape(x.shape) / keep_prob
    return x * mask, mask


@wrong("dropout_forward", "come and go together")
def pairs_of_units(x, *, keep_prob, train, rng):
    if not train:
        return x, None
    coins = rng.random((*x.shape[:-1], x.shape[-1] // 2)) < keep_prob
    mask = np.repeat(coins, 2, axis=-1) / keep_prob
    return x * mask, mask


@wrong("dropout_forward", "Nothing is random in training")
def always_the_average(x, *, keep_prob, train, rng):
    share = keep_prob if train else 1.0
    return x * share, np.full(x.shape, share)


@wrong("dropout_backward", "into whole numbers")
def digits_cut_off(dout, mask):
    return [[*row] for row in (dout * np.trunc(mask))] if dout.ndim > 1 else dout * np.trunc(mask)


@right("dropout_backward")
def units_that_spoke(dout, mask):
    dx = np.zeros_like(dout)
    for place in zip(*np.nonzero(mask), strict=True):
        dx[place] = dout[place] * mask[place]
    return dx.tolist()


@wrong("dropconnect_forward", "come and go together")
def pairs_of_connections(x, weights, *, keep_prob, train, rng):
    coins = rng.random((weights.shape[0], (weights.shape[1] + 1) // 2)) < keep_prob
    mask = np.repeat(coins, 2, axis=1)[:, : weights.shape[1]] / keep_prob
    return x @ (weights * mask if train else weights)


@wrong("stochastic_depth_forward", "the skip is enlarged with it")
def survivors_enlarged_as_a_whole(x, branch, *, survival_prob, train, rng):
    out = x + branch(x)
    if train:
        alive = rng.random(len(x)) < survival_prob
        out[alive] /= survival_prob
        out[~alive] = x[~alive]
    return out


@wrong("stochastic_depth_forward", "exactly the same number stays")
def so_many_examples(x, branch, *, survival_prob, train, rng):
    if not train:
        return x + branch(x)
    alive = rng.choice(len(x), size=round(survival_prob * len(x)), replace=False)
    out = x.copy()
    out[alive] += branch(x)[alive] / survival_prob
    return out


@wrong("batchnorm_backward", "a power is wrong")
def root_for_its_cube(dout, cache):
    n, spread = len(dout), np.sqrt(cache.var + cache.eps)
    dx_hat, centred = dout * cache.gamma, cache.x - cache.mean
    dvar = -0.5 * np.sum(dx_hat * centred, axis=0) / spread
    dx = dx_hat / spread + 2 * dvar * centred / n - np.mean(dx_hat, axis=0) / spread
    return dx, np.sum(dout * cache.x_hat, axis=0), np.sum(dout, axis=0)


@wrong("batchnorm_backward", "stops at x_hat")
def only_scale_and_shift(dout, cache):
    return dout * cache.gamma, np.sum(dout * cache.x_hat, axis=0), np.sum(dout, axis=0)


@wrong("batchnorm_forward", "is not right")
def eps_counted_twice(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    return tuples_and_no_cache_at_test_time(
        x, gamma, beta, running, train=train, momentum=momentum, eps=2 * eps
    )
