"""The exercise ``soft_threshold``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import regularizers
from course_lib.arrays import Array

from .shared import off_zero


def mixed(rng: np.random.Generator, threshold: float, *shape: int) -> Array:
    """Weights on both sides of the threshold, with both signs, none of them close to it."""
    turn = np.arange(np.prod(shape)).reshape(shape) % 4
    sizes = np.where(turn < 2, rng.uniform(0.2, 0.8, size=shape), rng.uniform(1.2, 3.0, size=shape))
    weights: Array = np.round(threshold * sizes * np.where(turn % 2, 1.0, -1.0), 3)
    return weights


def threshold_cases(rng: np.random.Generator) -> Sequence[Case]:
    def run(name: str, about: str, weights: Array, threshold: float) -> Case:
        return Case(name, (weights,), {"threshold": threshold}, about)

    return [
        run(
            "large and small weights",
            "Weights beyond the threshold come closer to 0 by it; the others become 0.",
            mixed(rng, 0.4, 8),
            0.4,
        ),
        run(
            "a threshold of 2.5",
            "The threshold is a distance, the same for every weight.",
            mixed(rng, 2.5, 6),
            2.5,
        ),
        run("a weight matrix", "Each entry is treated on its own.", mixed(rng, 0.7, 3, 4), 0.7),
        run(
            "all weights are small",
            "Nothing is left, and nothing comes out on the other side of 0.",
            np.round(off_zero(rng, 2, 3) / 10, 3),
            0.9,
        ),
        run(
            "all weights are large",
            "Every weight comes closer to 0 by the same distance.",
            np.sign(off_zero(rng, 5)) * np.round(rng.uniform(2.0, 4.0, size=5), 3),
            0.3,
        ),
        run("no threshold", "With a threshold of 0 nothing moves.", off_zero(rng, 4), 0.0),
        run(
            "exact zeros, and weights just at the threshold",
            "A weight of 0 stays; a weight as large as the threshold becomes 0 exactly.",
            np.array([0.0, 0.5, -0.5, 1.25, 0.0, -2.0]),
            0.5,
        ),
        run(
            "weights with three axes",
            "Any shape will do.",
            mixed(rng, 0.2, 2, 2, 3),
            0.2,
        ),
    ]


def soft_by_clipping(weights, *, threshold):
    """What is cut off is the weight, clipped to the threshold."""
    return weights - np.clip(weights, -threshold, threshold)


def soft_from_two_sides(weights, *, threshold):
    return np.maximum(weights - threshold, 0) + np.minimum(weights + threshold, 0)


def soft_by_cases(weights, *, threshold):
    result = []
    for weight in weights.ravel().tolist():
        if weight > threshold:
            result.append(weight - threshold)
        elif weight < -threshold:
            result.append(weight + threshold)
        else:
            result.append(0.0)
    return np.array(result).reshape(weights.shape)


def soft_by_masks(weights, *, threshold):
    shrunk = np.zeros(weights.shape)
    for sign in (-1, 1):
        beyond = sign * weights >= threshold
        shrunk[beyond] = weights[beyond] - sign * threshold
    return shrunk


SIZE = "np.maximum(np.abs(weights) - threshold, 0.0)"
ANSWER = f"np.sign(weights) * {SIZE}"

SOFT_THRESHOLD = Exercise(
    reference=regularizers.soft_threshold,
    cases=threshold_cases,
    returns=("weights",),
    read="Exact zeros",
    praise="Exact zeros, and no weight ever jumps over to the other side.",
    hints=(
        "How far may a weight of 0.3 move towards 0 if the threshold is 0.5? And one of -2?",
        "Treat size and sign apart: the size shrinks by the threshold, but not below 0; then the "
        "old sign comes back.",
        "`np.maximum(sizes - threshold, 0)` are the new sizes, with the sizes from `np.abs`; "
        "multiply them by the signs of the weights.",
    ),
    mistakes=(
        Mistake(
            "hard threshold",
            ANSWER,
            "np.where(np.abs(weights) > threshold, weights, 0.0)",
            "Yours is the *hard* threshold: small weights become 0, and large ones stay as they "
            "are. The soft one moves the large ones as well, by the same distance.",
        ),
        Mistake(
            "past zero",
            SIZE,
            "(np.abs(weights) - threshold)",
            "Small weights move past 0 and come out on the other side, which is what a plain "
            "gradient step does. They should stop at 0.",
        ),
        Mistake(
            "sign lost",
            ANSWER,
            SIZE,
            "Your result is never negative: the sizes are right, and the signs of the weights have "
            "been lost on the way.",
        ),
        Mistake(
            "positive weights only",
            ANSWER,
            "np.maximum(weights - threshold, 0.0)",
            "Every negative weight becomes 0: you shift to the left and cut. For a negative weight "
            "the way towards 0 leads to the right.",
        ),
        Mistake(
            "all shifted to the left",
            ANSWER,
            "np.where(np.abs(weights) > threshold, weights - threshold, 0.0)",
            "Small weights are treated well; of the large ones the negative ones move *away* from "
            "0, since you subtract the threshold from them, too.",
        ),
        Mistake(
            "threshold squared",
            "np.abs(weights) - threshold,",
            "np.abs(weights) - threshold**2,",
            "You move the weights by the square of the threshold.",
        ),
        Mistake(
            "twice as far",
            "np.abs(weights) - threshold,",
            "np.abs(weights) - 2 * threshold,",
            "You move the weights twice as far as asked. The 2 belongs to the derivative of "
            "squares; here there is none.",
        ),
        Mistake(
            "half as far",
            "np.abs(weights) - threshold,",
            "np.abs(weights) - threshold / 2,",
            "You move the weights half as far as asked. The half in the docstring's formula is "
            "there to cancel the 2 of its square.",
        ),
        Mistake(
            "away from zero",
            "np.abs(weights) - threshold,",
            "np.abs(weights) + threshold,",
            "The weights grow instead of shrinking.",
        ),
        Mistake(
            "clipped",
            ANSWER,
            "np.clip(weights, -threshold, threshold)",
            "You clip: small weights stay and large ones are cut down to the threshold. That is "
            "just what has to be *taken away* from the weights.",
        ),
        Mistake(
            "threshold as smallest size",
            SIZE,
            "np.maximum(np.abs(weights), threshold)",
            "In your result no weight is smaller than the threshold. Small weights should become "
            "0 instead.",
        ),
        Mistake(
            "a share instead of a distance",
            ANSWER,
            "(1 - threshold) * weights",
            "Every weight loses a share of itself: that is what a step of L2 does, and it never "
            "reaches 0. Here every weight loses the same *distance*.",
        ),
        Mistake(
            "the rule of L2",
            ANSWER,
            "weights / (1 + threshold)",
            "Every weight is divided by the same number: that minimises the docstring's formula "
            "with half the *square* of z in place of its size, and never gives a 0.",
        ),
        Mistake(
            "length of all together",
            ANSWER,
            "weights * max(1 - threshold / max(np.linalg.norm(weights), 1e-300), 0.0)",
            "You shrink the length of all weights together, so no single one of them becomes 0. "
            "Each weight is treated on its own.",
        ),
        Mistake(
            "zeros dropped",
            "return " + ANSWER,
            f"shrunk = {ANSWER}\n    return shrunk[shrunk != 0]",
            "The weights that became 0 are missing in your result. They keep their places, as "
            "zeros.",
        ),
        Mistake(
            "threshold relative to the largest",
            "np.abs(weights) - threshold,",
            "np.abs(weights) - threshold * np.max(np.abs(weights)),",
            "Your threshold is a share of the largest weight. It is a distance, the same whatever "
            "the weights are.",
        ),
    ),
    accepted=(soft_by_clipping, soft_from_two_sides, soft_by_cases, soft_by_masks),
    points=2,
    hidden_points=1,
)
