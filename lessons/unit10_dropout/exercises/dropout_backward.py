"""The exercise ``dropout_backward``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers
from course_lib.arrays import Array

from .shared import in_double


@in_double
def backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    def mask(keep_prob: float, *shape: int) -> Array:
        stays = rng.random(shape) < keep_prob
        stays.flat[0], stays.flat[1] = True, False
        return stays / keep_prob

    return [
        Case(
            "keep_prob 0.8",
            (draw(rng, 6, 7), mask(0.8, 6, 7)),
            about="Gradient flows where a unit was kept, at the scale at which it was kept.",
        ),
        Case(
            "most units dropped",
            (draw(rng, 7, 6), mask(0.25, 7, 6)),
            about="Kept units were enlarged four times: so is their gradient.",
        ),
        Case(
            "a single row of tiny gradients",
            (draw(rng, 6) * 1e-6, mask(0.6, 6)),
            about="Tiny gradients are treated like any others.",
        ),
        Case(
            "test time, a mask of ones",
            (draw(rng, 2, 3), np.ones((2, 3))),
            about="Where nothing was dropped nothing changes.",
        ),
    ]


def backward_where(dout, mask):
    return np.where(mask != 0, np.multiply(mask, dout), 0.0)


def backward_in_place_of_a_copy(dout, mask):
    dx = dout.copy()
    dx[mask == 0] = 0.0
    kept = mask[mask != 0]
    return dx * kept[0] if kept.size else dx


def backward_loop(dout, mask):
    return np.reshape([d * m for d, m in zip(dout.ravel(), mask.ravel(), strict=True)], dout.shape)


DROPOUT_BACKWARD = Exercise(
    reference=layers.dropout_backward,
    cases=backward_cases,
    returns=("dx",),
    read="The gradient takes the same road",
    praise="Silent units get no gradient, the others get it at the scale they spoke with.",
    hints=(
        "The forward pass multiplied every entry of x by one number. What is the derivative of "
        "that?",
        "For a fixed mask, dropout is linear, entry by entry. The chain rule multiplies `dout` by "
        "the same factors.",
        "One elementwise product of the two arguments.",
    ),
    mistakes=(
        Mistake(
            "mask ignored",
            "return dout * mask",
            "return dout * 1.0",
            "The gradient passes as if nothing had been dropped. A unit that was silent had no "
            "influence on the loss.",
        ),
        Mistake(
            "scale lost",
            "return dout * mask",
            "return dout * (mask != 0)",
            "The right units get gradient, but the scale is lost. The mask holds 0 and "
            "1/keep_prob, not 0 and 1.",
        ),
        Mistake(
            "mask in whole numbers",
            "return dout * mask",
            "return dout * mask.astype(int)",
            "You turn the mask into whole numbers. It holds 1/keep_prob, and what comes after the "
            "point is part of the scale.",
        ),
        Mistake(
            "divided",
            "return dout * mask",
            "return dout / mask",
            "You divide by the mask, and where it is 0 that gives inf. The derivative of m times x "
            "with respect to x is not 1/m.",
        ),
        Mistake(
            "scale taken back",
            "return dout * mask",
            "return dout * np.divide(1, mask, out=np.zeros_like(mask), where=mask != 0)",
            "The right units get gradient, but you take the forward pass's scale back. The "
            "gradient is multiplied by the same factor as x was, not by its reciprocal.",
        ),
        Mistake(
            "mask used twice",
            "return dout * mask",
            "return dout * mask * mask",
            "The scale comes in twice. In the forward pass x was multiplied by the mask once.",
        ),
        Mistake(
            "mask upside down",
            "return dout * mask",
            "return dout * (mask == 0)",
            "The gradient goes to the very units that were dropped.",
        ),
        Mistake(
            "mask alone",
            "return dout * mask",
            "return mask",
            "That is the derivative of the layer alone. The chain rule multiplies it by what comes "
            "from above.",
        ),
        Mistake(
            "summed over the examples",
            "return dout * mask",
            "return np.sum(dout * mask, axis=0)",
            "You sum over the examples. That is for parameters, which all examples share; dx has "
            "the shape of x.",
        ),
        Mistake(
            "matrix product",
            "return dout * mask",
            "return dout @ mask.T",
            "That is a matrix product. Dropout acts on every unit by itself, so shapes stay.",
        ),
        Mistake(
            "added",
            "return dout * mask",
            "return dout + mask",
            "The mask multiplies in the forward pass, so it does not add in the backward pass.",
        ),
        Mistake(
            "sign",
            "return dout * mask",
            "return -dout * mask",
            "The sign is reversed. This function passes a gradient on; going downhill is the "
            "optimizer's part.",
        ),
    ),
    accepted=(backward_where, backward_in_place_of_a_copy, backward_loop),
    points=1,
)
