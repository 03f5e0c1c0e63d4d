"""The exercise ``batchnorm_backward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers
from course_lib.layers import BatchNormCache, BatchNormStats

from .shared import in_double


@in_double
def batchnorm_backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(
        name: str,
        about: str,
        shape: tuple[int, int],
        *,
        scale: float = 1.0,
        grads: float = 1.0,
        eps: float = 1e-5,
    ) -> Case:
        features = shape[1]
        x = draw(rng, *shape) * scale + draw(rng, features)
        gamma, beta = draw(rng, features) + 2.0, draw(rng, features)
        running = BatchNormStats.fresh(features)
        mean, var = x.mean(axis=0), x.var(axis=0)
        x_hat = (x - mean) / np.sqrt(var + eps)
        return Case(
            name,
            about=about,
            probe="backward",
            inputs={
                "dout": draw(rng, *shape) * grads,
                "cache": BatchNormCache(x, x_hat, gamma, mean, var, eps),
                "partner": "batchnorm_forward",
                "inputs": {
                    "args": (x, gamma, beta, running),
                    "kwargs": {"train": True, "eps": eps},
                },
            },
        )

    return [
        run(
            "five examples, three features",
            "Every example moves the mean and the variance that all the others are measured by.",
            (5, 3),
        ),
        run("more features than examples", "Shapes: (3, 6).", (3, 6), scale=3.0),
        run(
            "tiny variances",
            "Here eps is as large as the variance.",
            (7, 2),
            scale=3e-3,
        ),
        run("tiny gradients", "Tiny gradients are treated like any others.", (4, 2), grads=1e-6),
        run("another eps", "The forward pass may use any eps: here 0.3.", (4, 3), eps=0.3),
    ]


def batchnorm_backward_paper(dout, cache):
    """The paper's steps: through the variance, through the mean, then to x."""
    x, _, gamma, mean, var, eps = cache
    n = len(x)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 * (var + eps) ** -1.5
    dmean = -np.sum(dx_hat, axis=0) / np.sqrt(var + eps) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / n + dmean / n
    return dx, np.sum(dout * cache.x_hat, axis=0), np.sum(dout, axis=0)


def batchnorm_backward_times_n(dout, cache):
    """The compact form, multiplied out by N; a list."""
    n, x_hat = dout.shape[0], cache.x_hat
    dbeta = dout.sum(axis=0)
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    scale = cache.gamma / (n * np.sqrt(cache.var + cache.eps))
    return [scale * (n * dout - dbeta - x_hat * dgamma), dgamma, dbeta]


def batchnorm_backward_jacobian(dout, cache):
    """Column by column through the whole N by N Jacobian matrix."""
    n, features = dout.shape
    dx = np.zeros((n, features))
    for j in range(features):
        spread = np.sqrt(cache.var[j] + cache.eps)
        x_hat = (cache.x[:, j] - cache.mean[j]) / spread
        jacobian = (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n) * cache.gamma[j] / spread
        dx[:, j] = jacobian.T @ dout[:, j]
    return dx, (dout * cache.x_hat).sum(0), np.ones(n) @ dout


BATCHNORM_BACKWARD = Exercise(
    reference=layers.batchnorm_backward,
    cases=batchnorm_backward_cases,
    returns=("dx", "dgamma", "dbeta"),
    read="Back through the batch",
    praise="All three roads are there: the direct one, through the mean and through the variance.",
    hints=(
        "dgamma and dbeta are like the gradients of any scale and shift: sums over the examples. "
        "For dx ask in how many ways one entry of x changes the output.",
        "x reaches x_hat directly, through the batch mean and through the batch variance. The "
        "road through the mean takes the mean of the gradient away; the road through the variance "
        "takes away the part that is parallel to x_hat.",
        "With g = dout * gamma: dx = (g - mean of g - x_hat * mean of (g * x_hat)) / sqrt(var + "
        "eps), the means over the examples.",
    ),
    mistakes=(
        Mistake(
            "eps fixed at 1e-5",
            "np.sqrt(cache.var + cache.eps)",
            "np.sqrt(cache.var + 1e-5)",
            "Your eps is always 1e-5. The forward pass may have used another one: what does it "
            "leave for you?",
        ),
        Mistake(
            "mean and variance taken for constants",
            "(dx_hat - through_mean - through_var)",
            "dx_hat",
            "You treat the batch's mean and variance as constants. They depend on x: each example "
            "moves them, and with them all the others.",
        ),
        Mistake(
            "road through the mean missing",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_var)",
            "The road through the batch mean is missing. A test: shifting all examples changes "
            "nothing, so every column of dx must sum to 0.",
        ),
        Mistake(
            "road through the variance missing",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_mean)",
            "The road through the batch variance is missing: enlarging all examples hardly changes "
            "the output, so dx should have next to no part along x_hat.",
        ),
        Mistake(
            "half of the road through the variance",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_mean - 0.5 * through_var)",
            "The road through the variance counts half. A square brings a factor 2, a root a "
            "factor 1/2: are both there?",
        ),
        Mistake(
            "road through the variance twice",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_mean - 2 * through_var)",
            "The road through the variance counts twice. A square brings a factor 2, a root a "
            "factor 1/2: are both there?",
        ),
        Mistake(
            "power in the variance's road",
            "through_var = cache.x_hat *",
            "through_var = (cache.var + cache.eps) * cache.x_hat *",
            "On the road through the variance a power is wrong: differentiate 1 over the root of v "
            "once more. By how much does the exponent fall?",
        ),
        Mistake(
            "road through the variance added",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat - through_mean + through_var)",
            "The road through the variance has the wrong sign: a larger spread makes x_hat "
            "smaller.",
        ),
        Mistake(
            "road through the mean added",
            "(dx_hat - through_mean - through_var)",
            "(dx_hat + through_mean - through_var)",
            "The road through the mean has the wrong sign: the mean is subtracted from x.",
        ),
        Mistake(
            "sums for means",
            "np.mean(dx_hat, axis=0)",
            "np.sum(dx_hat, axis=0)",
            "The corrections for mean and variance are sums in your code. One example's share in "
            "the batch statistics is 1/N.",
            more=(
                ("np.mean(dx_hat * cache.x_hat, axis=0)", "np.sum(dx_hat * cache.x_hat, axis=0)"),
            ),
        ),
        Mistake(
            "N - 1 in the variance's road",
            "np.mean(dx_hat * cache.x_hat, axis=0)",
            "np.sum(dx_hat * cache.x_hat, axis=0) / (len(dout) - 1)",
            "The road through the variance divides by N - 1. The forward pass divided by N.",
        ),
        Mistake(
            "gamma forgotten in dx",
            "dx_hat = dout * cache.gamma",
            "dx_hat = dout * 1.0",
            "gamma is missing in dx: on its way back to x_hat the gradient passes the scale.",
        ),
        Mistake(
            "gamma divided",
            "dx_hat = dout * cache.gamma",
            "dx_hat = dout / cache.gamma",
            "You divide by gamma. The forward pass multiplied by it, and so does the backward "
            "pass.",
        ),
        Mistake(
            "x for x_hat in dgamma",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.sum(dout * cache.x, axis=0)",
            "gamma multiplies the *normalized* x: that is what its gradient has to use.",
        ),
        Mistake(
            "distance for x_hat in dgamma",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.sum(dout * (cache.x - cache.mean), axis=0)",
            "gamma multiplies the *normalized* x: its gradient uses that, and not the plain "
            "distance from the mean.",
        ),
        Mistake(
            "as if nothing were normalized",
            "(dx_hat - through_mean - through_var) / np.sqrt(cache.var + cache.eps)",
            "dx_hat",
            "Your dx stops at x_hat: it has passed gamma, and nothing else. The way back through "
            "the normalization is missing.",
        ),
        Mistake(
            "gamma in its own gradient",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.sum(dout * cache.gamma * cache.x_hat, axis=0)",
            "dgamma contains gamma. The output is linear in gamma, so its derivative does not.",
        ),
        Mistake(
            "dgamma and dbeta as means",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = np.mean(dout * cache.x_hat, axis=0)",
            "dgamma and dbeta are sums over the examples. The mean over the batch is the loss's "
            "business and is already inside dout.",
            more=(("dbeta = np.sum(dout, axis=0)", "dbeta = np.mean(dout, axis=0)"),),
        ),
        Mistake(
            "dgamma and dbeta exchanged",
            "return dx, dgamma, dbeta",
            "return dx, dbeta, dgamma",
            "dgamma and dbeta come back in the wrong order.",
        ),
        Mistake(
            "not summed over the examples",
            "dgamma = np.sum(dout * cache.x_hat, axis=0)",
            "dgamma = dout * cache.x_hat",
            "gamma and beta have one entry per feature, used by all examples: what happens to "
            "gradients where one number is used many times?",
            more=(("dbeta = np.sum(dout, axis=0)", "dbeta = dout * 1.0"),),
        ),
        Mistake(
            "eps forgotten",
            "np.sqrt(cache.var + cache.eps)",
            "np.sqrt(cache.var)",
            "eps is missing: invisible for large variances, wrong for small ones.",
        ),
        Mistake(
            "eps outside the root",
            "np.sqrt(cache.var + cache.eps)",
            "(np.sqrt(cache.var) + cache.eps)",
            "eps stands outside the root, but the forward pass added it to the variance.",
        ),
        Mistake(
            "root missing",
            "np.sqrt(cache.var + cache.eps)",
            "(cache.var + cache.eps)",
            "You divide by the variance; the forward pass divided by its root.",
        ),
        Mistake(
            "multiplied by the deviation",
            "/ np.sqrt(cache.var + cache.eps)",
            "* np.sqrt(cache.var + cache.eps)",
            "You multiply by the standard deviation. The forward pass divided by it, and the "
            "derivative of x/s is 1/s.",
        ),
        Mistake(
            "not divided",
            "(dx_hat - through_mean - through_var) / np.sqrt(cache.var + cache.eps)",
            "dx_hat - through_mean - through_var",
            "That is the gradient in units of x_hat. The last step back to x is missing: the "
            "forward pass divided by something.",
        ),
        Mistake(
            "distance for x_hat",
            "through_var = cache.x_hat *",
            "through_var = (cache.x - cache.mean) *",
            "The road through the variance uses the distance from the mean, not divided by the "
            "standard deviation.",
        ),
        Mistake(
            "roads without gamma",
            "np.mean(dx_hat, axis=0)",
            "np.mean(dout, axis=0)",
            "The direct road passes gamma, the roads through mean and variance do not. All three "
            "branch off below gamma.",
            more=(
                ("np.mean(dx_hat * cache.x_hat, axis=0)", "np.mean(dout * cache.x_hat, axis=0)"),
            ),
        ),
        Mistake(
            "means over the features",
            "np.mean(dx_hat, axis=0)",
            "np.mean(dx_hat, axis=1, keepdims=True)",
            "You take means over the features, as layer norm would. The statistics of batch norm "
            "are taken over the examples.",
            more=(
                (
                    "np.mean(dx_hat * cache.x_hat, axis=0)",
                    "np.mean(dx_hat * cache.x_hat, axis=1, keepdims=True)",
                ),
            ),
        ),
        Mistake(
            "x_hat lost",
            "through_var = cache.x_hat * np.mean(",
            "through_var = np.mean(",
            "The road through the variance lost a factor: how an example moves the variance "
            "depends on how far it is from the mean.",
        ),
    ),
    accepted=(batchnorm_backward_paper, batchnorm_backward_times_n, batchnorm_backward_jacobian),
    points=4,
    hidden_points=1,
)
