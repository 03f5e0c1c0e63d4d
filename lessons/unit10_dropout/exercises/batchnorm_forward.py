"""The exercise ``batchnorm_forward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers
from course_lib.layers import BatchNormStats

from .shared import in_double


def normalized_case(
    rng: np.random.Generator,
    name: str,
    about: str,
    trains: list[bool],
    *,
    shape: tuple[int, int] = (5, 3),
    scale: float = 2.0,
    **kwargs: float,
) -> Case:
    features = shape[1]
    batches = [draw(rng, *shape) * scale + draw(rng, features) for _ in trains]
    return Case(
        name,
        about=about,
        probe="normalized",
        inputs={
            "batches": batches,
            "trains": trains,
            "gamma": draw(rng, features) + 2.0,
            "beta": draw(rng, features),
            "running": BatchNormStats(draw(rng, features), np.abs(draw(rng, features)) + 0.5),
            "kwargs": kwargs,
        },
    )


@in_double
def batchnorm_cases(rng: np.random.Generator) -> Sequence[Case]:
    constant = normalized_case(
        rng,
        "a constant column, another eps",
        "Where nothing varies, eps prevents 0/0; and eps is an argument.",
        [True, False],
        momentum=0.0,
        eps=0.5,
    )
    assert constant.inputs is not None
    constant.inputs["batches"][0][:, 1] = 1.5
    return [
        normalized_case(
            rng,
            "one training batch",
            "In training the batch's own mean and variance count, column by column.",
            [True],
        ),
        normalized_case(
            rng,
            "three batches, then a test batch",
            "The running statistics of all three batches are used at test time.",
            [True, True, True, False],
            momentum=0.7,
        ),
        normalized_case(
            rng,
            "one example at test time",
            "At test time the batch plays no role: one example is enough.",
            [False],
            shape=(1, 4),
        ),
        normalized_case(
            rng,
            "tiny variances",
            "Here eps is as large as the variance: where does it stand?",
            [True, False],
            shape=(7, 2),
            scale=2e-3,
            momentum=0.2,
        ),
        constant,
    ]


def batchnorm_sums(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    """Sums instead of np.mean and np.var, plain tuples."""
    old_mean, old_var = running
    if not train:
        out = gamma * (x - old_mean) * (old_var + eps) ** -0.5 + beta
        return out, (x, x - old_mean, gamma), running
    n = x.shape[0]
    mean = x.sum(axis=0) / n
    centred = x - mean[None, :]
    var = (centred**2).sum(axis=0) / n
    inverse = 1 / np.sqrt(var + eps)
    new = (
        old_mean + (1 - momentum) * (mean - old_mean),
        old_var + (1 - momentum) * (var - old_var),
    )
    return gamma * centred * inverse + beta, (centred, inverse, gamma), new


def batchnorm_loop(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    """Column by column."""
    out, x_hat = np.empty_like(x), np.empty_like(x)
    mean, var = running.mean.copy(), running.var.copy()
    for j in range(x.shape[1]):
        centre = np.average(x[:, j]) if train else mean[j]
        spread = np.std(x[:, j]) ** 2 if train else var[j]
        x_hat[:, j] = (x[:, j] - centre) / np.sqrt(spread + eps)
        out[:, j] = x_hat[:, j] * gamma[j] + beta[j]
        if train:
            mean[j] = mean[j] * momentum + centre * (1 - momentum)
            var[j] = var[j] * momentum + spread * (1 - momentum)
    return out, {"x_hat": x_hat, "gamma": gamma}, BatchNormStats(mean, var)


def batchnorm_scale_and_shift(x, gamma, beta, running, *, train, momentum=0.9, eps=1e-5):
    """One factor and one offset per column, as a layer is folded for use."""
    mean, var = (np.mean(x, axis=0), np.var(x, axis=0)) if train else running
    factor = gamma / np.sqrt(var + eps)
    out = x * factor + (beta - mean * factor)
    weight = momentum if train else 1.0
    pairs = zip(running, (mean, var), strict=True)
    return [out, [x, gamma, mean, var], [weight * a + (1 - weight) * b for a, b in pairs]]


BATCHNORM_FORWARD = Exercise(
    reference=layers.batchnorm_forward,
    cases=batchnorm_cases,
    returns=("out", "cache", "running"),
    read="Batch norm: noise from the neighbours",
    praise="Batch statistics while training, running ones afterwards, and eps in its place.",
    hints=(
        "Two questions: which mean and variance are used (that depends on `train`), and over "
        "which axis are they taken?",
        "Statistics are per feature, over the examples. In training also update the running ones: "
        "the weight of the *old* value is `momentum`. At test time they stay as they are.",
        "Distance from the mean, divided by the root of variance plus eps; times gamma, plus beta. "
        "Each running value becomes the share `momentum` of itself plus the rest of the batch's.",
    ),
    mistakes=(
        Mistake(
            "eps fixed at 1e-5",
            "np.sqrt(var + eps)",
            "np.sqrt(var + 1e-5)",
            "Your eps is always 1e-5: the argument is not used.",
        ),
        Mistake(
            "running mean and variance exchanged",
            "mean=momentum * running.mean",
            "var=momentum * running.mean",
            "The running mean and the running variance stand in each other's place.",
            more=(("var=momentum * running.var", "mean=momentum * running.var"),),
        ),
        Mistake(
            "running variance by N - 1",
            "(1 - momentum) * var,",
            "(1 - momentum) * var * len(x) / (len(x) - 1),",
            "your running variance divides by N - 1, as PyTorch's does. Here both variances divide "
            "by N.",
            convention=True,
        ),
        Mistake(
            "both variances by N - 1",
            "np.var(x, axis=0)",
            "np.var(x, axis=0, ddof=1)",
            "Your variance divides by N - 1. The layer normalizes with the batch's own spread, "
            "which divides by N; then the output's variance is exactly 1.",
        ),
        Mistake(
            "momentum is the weight of the new",
            "momentum * running.mean + (1 - momentum) * mean",
            "(1 - momentum) * running.mean + momentum * mean",
            "your `momentum` is the weight of the new batch, as in PyTorch. Here it is the weight "
            "of the old running value.",
            more=(
                (
                    "momentum * running.var + (1 - momentum) * var",
                    "(1 - momentum) * running.var + momentum * var",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "eps outside the root",
            "np.sqrt(var + eps)",
            "(np.sqrt(var) + eps)",
            "eps stands outside the root. You only notice when the variance is as small as eps: "
            "here it is added to the variance.",
        ),
        Mistake(
            "eps missing",
            "np.sqrt(var + eps)",
            "np.sqrt(var)",
            "Without eps a constant column gives 0/0, and small variances are off.",
        ),
        Mistake(
            "root missing",
            "np.sqrt(var + eps)",
            "(var + eps)",
            "You divide by the variance. Which measure of spread has the unit of x itself?",
        ),
        Mistake(
            "batch statistics at test time",
            "        mean = running.mean\n",
            "        mean = np.mean(x, axis=0)\n",
            "At test time you still normalize by the batch. Then an example's result depends on "
            "its neighbours, and a single example is always mapped to beta.",
            more=(("        var = running.var\n", "        var = np.var(x, axis=0)\n"),),
        ),
        Mistake(
            "trains at test time",
            "if train:",
            "if True:",
            "The argument `train` has no effect: at test time you normalize by the batch, and move "
            "the running statistics as well.",
        ),
        Mistake(
            "running statistics move at test time",
            "    else:\n        mean = running.mean\n        var = running.var\n",
            "    else:\n        mean = running.mean\n        var = running.var\n"
            "        running = BatchNormStats(\n"
            "            momentum * mean + (1 - momentum) * np.mean(x, axis=0),\n"
            "            momentum * var + (1 - momentum) * np.var(x, axis=0),\n        )\n",
            "The outputs are right, but the running statistics move at test time: the test data "
            "leak into the model.",
        ),
        Mistake(
            "never trains",
            "if train:",
            "if False:",
            "In training you normalize by the running statistics, and they never move. The batch's "
            "own mean and variance are meant.",
        ),
        Mistake(
            "train and test exchanged",
            "if train:",
            "if not train:",
            "It is the other way round: the batch's statistics while training, the running ones at "
            "test time.",
        ),
        Mistake(
            "running statistics in training",
            "x_hat = (x - mean) / np.sqrt(var + eps)",
            "x_hat = (x - running.mean) / np.sqrt(running.var + eps)",
            "The running statistics are updated as they should be, but training is normalized by "
            "them. While training, the batch's own mean and variance count.",
        ),
        Mistake(
            "running statistics lost",
            "        running = BatchNormStats(",
            "        _ = BatchNormStats(",
            "The running statistics that you return are the old ones, so test time never learns "
            "about the data.",
        ),
        Mistake(
            "only the last batch",
            "momentum * running.mean + (1 - momentum) * mean",
            "mean",
            "The running statistics are those of the last batch: the older batches are forgotten. "
            "What is `momentum` for?",
            more=(("momentum * running.var + (1 - momentum) * var", "var"),),
        ),
        Mistake(
            "new batch counted in full",
            "momentum * running.mean + (1 - momentum) * mean",
            "momentum * running.mean + mean",
            "The new batch counts in full, so the running values grow beyond the data: the weights "
            "of a mean sum to 1.",
            more=(
                ("momentum * running.var + (1 - momentum) * var", "momentum * running.var + var"),
            ),
        ),
        Mistake(
            "always 0.9",
            "momentum * running.mean + (1 - momentum) * mean",
            "0.9 * running.mean + 0.1 * mean",
            "The argument `momentum` is ignored: you always use 0.9.",
            more=(
                ("momentum * running.var + (1 - momentum) * var", "0.9 * running.var + 0.1 * var"),
            ),
        ),
        Mistake(
            "mean of squares",
            "np.var(x, axis=0)",
            "np.mean(x**2, axis=0)",
            "That is the mean of the squares, not of the squared distances from the mean.",
        ),
        Mistake(
            "running deviation",
            "(1 - momentum) * var,",
            "(1 - momentum) * np.sqrt(var),",
            "You keep a running standard deviation, but at test time it is used as a variance.",
        ),
        Mistake(
            "running variance not updated",
            "momentum * running.var + (1 - momentum) * var",
            "running.var",
            "The running mean moves, the running variance does not.",
        ),
        Mistake(
            "running mean not updated",
            "momentum * running.mean + (1 - momentum) * mean",
            "running.mean",
            "The running variance moves, the running mean does not.",
        ),
        Mistake(
            "layer norm",
            "np.mean(x, axis=0)",
            "np.mean(x, axis=1, keepdims=True)",
            "You normalize every example over its features: that is layer norm. Batch norm takes "
            "every feature over the examples.",
            more=(("np.var(x, axis=0)", "np.var(x, axis=1, keepdims=True)"),),
        ),
        Mistake(
            "one mean for all columns",
            "np.mean(x, axis=0)",
            "np.full(x.shape[1], np.mean(x))",
            "One mean and one variance for the whole array. Every feature has its own.",
            more=(("np.var(x, axis=0)", "np.full(x.shape[1], np.var(x))"),),
        ),
        Mistake(
            "gamma and beta exchanged",
            "out = gamma * x_hat + beta",
            "out = beta * x_hat + gamma",
            "gamma and beta are exchanged: gamma scales, beta shifts.",
        ),
        Mistake(
            "gamma missing",
            "out = gamma * x_hat + beta",
            "out = x_hat + beta",
            "The learnable scale gamma is missing.",
        ),
        Mistake(
            "beta missing",
            "out = gamma * x_hat + beta",
            "out = gamma * x_hat",
            "The learnable shift beta is missing.",
        ),
        Mistake(
            "shifted before scaling",
            "out = gamma * x_hat + beta",
            "out = gamma * (x_hat + beta)",
            "You shift before you scale, so beta is multiplied by gamma as well.",
        ),
        Mistake(
            "not centred",
            "(x - mean) / np.sqrt",
            "x / np.sqrt",
            "The spread is right, but the mean is never subtracted.",
        ),
        Mistake(
            "cache lost",
            "return out, BatchNormCache(x, x_hat, gamma, mean, var, eps), running",
            "return out, None, running",
            "The numbers are right, but the cache is empty: what will the backward pass work with?",
        ),
    ),
    accepted=(batchnorm_sums, batchnorm_loop, batchnorm_scale_and_shift),
    points=4,
    hidden_points=1,
)
