"""The exercise ``affine_forward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers


def forward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def case(name: str, about: str, n: int, d: int, m: int) -> Case:
        x, weights, bias = draw(rng, n, d), draw(rng, d, m), draw(rng, m, scale=3.0)
        inputs = {"args": (x, weights, bias), "kwargs": {}, "needs": [x, weights]}
        return Case(name, about=about, probe="forward", inputs=inputs, rtol=1e-9)

    return [
        case(
            "four examples, three inputs, two outputs",
            "Row n of out is what the layer makes of row n of x.",
            4,
            3,
            2,
        ),
        case("one example", "A batch of one still has two axes.", 1, 2, 5),
        case(
            "all sizes equal",
            "Here nothing can go wrong with shapes, so only the numbers can tell whether the "
            "right things are multiplied.",
            3,
            3,
            3,
        ),
    ]


def forward_loops(x, weights, bias):
    out = np.zeros((x.shape[0], weights.shape[1]))
    for n in range(out.shape[0]):
        for m in range(out.shape[1]):
            out[n, m] = bias[m] + sum(x[n, d] * weights[d, m] for d in range(x.shape[1]))
    return out, {"weights": weights, "input": x}


def forward_columns(x, weights, bias):
    """The lecture's columns: W x + b, transposed at both ends; a list for the cache."""
    return [(np.dot(weights.T, x.T) + bias[:, np.newaxis]).T, [bias, x, weights]]


def forward_bias_trick(x, weights, bias):
    """The bias is one more row of weights, for an input that is always 1."""
    ones = np.ones((len(x), 1))
    wide, tall = np.hstack([x, ones]), np.vstack([weights, bias])
    return np.einsum("nd,dm->nm", wide, tall), (x, weights)


FORWARD = Exercise(
    reference=layers.affine_forward,
    cases=forward_cases,
    returns=("out", "cache"),
    read="A layer and its way back",
    praise="The first layer of your own. Its cache holds what the way back will need.",
    hints=(
        "Rows of x are examples. One row times the matrix of weights gives one row of outputs.",
        "Write the shapes down: (N, D) and (D, M) give (N, M), in which order? The bias (M,) is "
        "added to every row; numpy does that by itself.",
        "One matrix product, one sum. The cache is any container with x and weights in it, such "
        "as `AffineCache(x, weights, bias)`.",
    ),
    mistakes=(
        Mistake(
            "bias forgotten",
            "out = x @ weights + bias",
            "out = x @ weights",
            "The bias is missing: with an input of zeros the output should be the bias.",
        ),
        Mistake(
            "bias subtracted",
            "out = x @ weights + bias",
            "out = x @ weights - bias",
            "With an input of zeros your layer gives minus the bias.",
        ),
        Mistake(
            "weights transposed",
            "out = x @ weights",
            "out = x @ weights.T",
            "You multiply by the transposed weights. Here `weights` is (D, M), one row for each "
            "input; in PyTorch and on the lecture's slides it is the other way round.",
        ),
        Mistake(
            "factors exchanged",
            "out = x @ weights",
            "out = weights @ x",
            "`weights @ x` is the slides' W x, where examples are columns. Here examples are rows: "
            "which order do the shapes (N, D) and (D, M) allow?",
        ),
        Mistake(
            "entries multiplied",
            "out = x @ weights",
            "out = x * weights",
            "`*` multiplies entry by entry. Every output is a sum over all inputs: that is what "
            "`@` is for.",
        ),
        Mistake(
            "bias down the rows",
            "out = x @ weights + bias",
            "out = x @ weights + bias[:, np.newaxis]",
            "Your bias differs from example to example. It belongs to the outputs: every row gets "
            "the same one.",
        ),
        Mistake(
            "bias added to the weights",
            "out = x @ weights + bias",
            "out = x @ (weights + bias)",
            "The bias is added to the weights before the product, so that it is multiplied by the "
            "inputs. It should be the same whatever the inputs are.",
        ),
        Mistake(
            "ReLU included",
            "out = x @ weights + bias",
            "out = np.maximum(x @ weights + bias, 0.0)",
            "Negative outputs are cut off. The ReLU is a layer of its own.",
        ),
        Mistake(
            "mean over the inputs",
            "out = x @ weights + bias",
            "out = x @ weights / x.shape[1] + bias",
            "Your outputs are averages over the inputs. The layer sums: any scaling belongs into "
            "the weights.",
        ),
        Mistake(
            "cache lacks x or weights",
            "AffineCache(x, weights, bias)",
            "AffineCache(out, out, bias)",
            "The output is right, but the way back needs both x and weights, unchanged, and your "
            "cache does not hold them.",
        ),
    ),
    accepted=(forward_loops, forward_columns, forward_bias_trick),
    points=1,
)
