"""The exercise ``affine_backward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers
from course_lib.layers import AffineCache


def backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, n: int, d: int, m: int) -> Case:
        x, weights, bias = draw(rng, n, d), draw(rng, d, m), draw(rng, m)
        inputs = {
            "dout": draw(rng, n, m, scale=2.0),
            "cache": AffineCache(x, weights, bias),
            "partner": "affine_forward",
            "inputs": {"args": (x, weights, bias), "kwargs": {}},
        }
        return Case(name, about=about, probe="backward", inputs=inputs, rtol=1e-9)

    return [
        case(
            "four examples, three inputs, two outputs",
            "Every gradient has the shape of the thing it belongs to, and every entry collects "
            "all the ways in which that thing acts on the loss.",
            4,
            3,
            2,
        ),
        case(
            "as many outputs as inputs",
            "A square matrix fits either way round: only the numbers tell which one is right.",
            5,
            3,
            3,
        ),
        case("one example", "With one example there is nothing to sum over.", 1, 2, 4),
    ]


def backward_loops(dout, cache):
    x, weights, bias = cache
    dx, dweights, dbias = np.zeros_like(x), np.zeros_like(weights), np.zeros_like(bias)
    for n in range(x.shape[0]):
        for m in range(bias.shape[0]):
            dbias[m] += dout[n, m]
            for d in range(x.shape[1]):
                dx[n, d] += dout[n, m] * weights[d, m]
                dweights[d, m] += dout[n, m] * x[n, d]
    return [dx, dweights, dbias]


def backward_einsum(dout, cache):
    dx = np.einsum("nm,dm->nd", dout, cache[1])
    dweights = np.einsum("nm,nd->dm", dout, cache[0])
    return dx, dweights, np.einsum("nm->m", dout)


def backward_outer_products(dout, cache):
    """One outer product per example; the bias as the weight of an input that is always 1."""
    dweights = sum(np.outer(x, d) for x, d in zip(cache.x, dout, strict=True))
    dx = np.array([cache.weights @ d for d in dout])
    return dx, dweights, np.ones(len(dout)) @ dout


BACKWARD = Exercise(
    reference=layers.affine_backward,
    gives_away=("models.mlp_loss",),
    cases=backward_cases,
    returns=("dx", "dweights", "dbias"),
    read="A layer and its way back",
    praise="Three gradients, three shapes, all right. A network is a chain of such steps.",
    hints=(
        "Each gradient has the shape of its own array: (N, D), (D, M), (M,). You have dout (N, M), "
        "x (N, D) and weights (D, M).",
        "`dout @ ...` must give (N, D), and `... @ dout` must give (D, M): which transposes make "
        "the shapes fit? The bias acts on every example.",
        "dx needs dout and the transposed weights, dweights needs the transposed x and dout, dbias "
        "is a sum over the examples.",
    ),
    mistakes=(
        Mistake(
            "bias gradient averaged",
            "np.sum(dout, axis=0)",
            "np.mean(dout, axis=0)",
            "The bias acts on every example, so its gradients add up. If the loss is a mean, the "
            "1/N is already inside dout.",
        ),
        Mistake(
            "bias summed over the outputs",
            "np.sum(dout, axis=0)",
            "np.sum(dout, axis=1)",
            "You sum over the outputs and get one number per example. The bias has one entry per "
            "output: the examples are what has to be summed over.",
        ),
        Mistake(
            "one number for all biases",
            "np.sum(dout, axis=0)",
            "np.sum(dout)",
            "You sum over everything: the bias has one entry for each output, and so has its "
            "gradient.",
        ),
        Mistake(
            "bias gradient not summed",
            "np.sum(dout, axis=0)",
            "dout",
            "You return a bias gradient for every example. There is only one bias: what the "
            "examples say about it adds up.",
        ),
        Mistake(
            "bias gradient keeps an axis",
            "np.sum(dout, axis=0)",
            "np.sum(dout, axis=0, keepdims=True)",
            "The numbers are right, but dbias has two axes where bias has one: with (1, M) and "
            "(M,) an update would quietly change the shape of the bias.",
        ),
        Mistake(
            "weight gradient averaged",
            "cache.x.T @ dout",
            "cache.x.T @ dout / len(dout)",
            "You divide by the number of examples. If the loss is a mean, its 1/N is already "
            "inside dout; the layer knows nothing of it.",
        ),
        Mistake(
            "weights and bias averaged",
            "cache.x.T @ dout",
            "cache.x.T @ dout / len(dout)",
            "You divide by the number of examples. If the loss is a mean, its 1/N is already "
            "inside dout; the layer knows nothing of it.",
            more=(("np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),),
        ),
        Mistake(
            "weights not transposed",
            "cache.weights.T",
            "cache.weights",
            "On the way back the weights are used the other way round: the outputs have to be led "
            "back to the inputs. With a square matrix only the numbers show it.",
        ),
        Mistake(
            "weight gradient transposed",
            "cache.x.T @ dout",
            "dout.T @ cache.x",
            "dweights has the right numbers in the wrong shape: weights is (D, M), one row for "
            "each input.",
        ),
        Mistake(
            "order of the gradients",
            "return dx, dweights, dbias",
            "return dweights, dx, dbias",
            "The gradients come in the wrong order: first dx, then dweights, then dbias, like the "
            "arguments of the forward pass.",
        ),
        Mistake(
            "summed before multiplied",
            "cache.x.T @ dout",
            "np.outer(np.sum(cache.x, axis=0), np.sum(dout, axis=0))",
            "You sum x and dout over the examples first and multiply then. Each example's output "
            "gradient belongs to its own input: multiply first.",
        ),
        Mistake(
            "weights in place of the input",
            "dx = dout @ cache.weights.T",
            "dx = dout @ np.ones(cache.weights.T.shape)",
            "dx does not depend on the weights in your code: an input with a large weight acts "
            "strongly on the output, one with a small weight hardly.",
        ),
        Mistake(
            "downhill already",
            "return dx, dweights, dbias",
            "return -dx, -dweights, -dbias",
            "All three have the wrong sign. A gradient says how the loss grows; the minus sign of "
            "descent is the optimizer's.",
        ),
        Mistake(
            "local derivative only",
            "np.sum(dout, axis=0)",
            "np.ones(dout.shape[1])",
            "How an output grows with its bias, by 1, is only half the way. By the chain rule it "
            "is multiplied by what the output does to the loss, and the examples add up.",
        ),
        Mistake(
            "everything averaged",
            "return dx, dweights, dbias",
            "return dx / len(dout), dweights / len(dout), dbias / len(dout)",
            "You divide by the number of examples. If the loss is a mean, its 1/N is already "
            "inside dout; the layer knows nothing of it.",
        ),
    ),
    accepted=(backward_loops, backward_einsum, backward_outer_products),
    points=2,
)
