"""What several exercises of unit 09 share: cases of a penalty, and mistakes that all can make."""

from collections.abc import Mapping

import numpy as np

from autograde.spec import Case, Mistake, draw
from course_lib.arrays import Array

RETURNS = ("penalty", "gradient")


def off_zero(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    """Weights of both signs, none of them close to the kink at 0."""
    values = draw(rng, *shape, scale=scale)
    values.flat[0], values.flat[1] = -abs(values.flat[0]), abs(values.flat[1])
    return np.where(np.abs(values) < 0.1 * scale, 0.37 * scale * np.sign(values + 1e-9), values)


def penalty_cases(rng: np.random.Generator, **hyper: float) -> list[Case]:
    """Arrays of every shape; ``hyper`` are the further arguments of the penalty."""

    def run(name: str, about: str, weights: Array, strength: float, **other: float) -> Case:
        kwargs: Mapping[str, float] = {"strength": strength, **hyper, **other}
        return Case(name, (weights,), kwargs, about)

    return [
        run(
            "one weight does everything",
            "The lecture's first vector. The weights that are 0 cost nothing and have no slope.",
            np.array([1.0, 0.0, 0.0, 0.0]),
            0.3,
        ),
        run(
            "four equal weights share the work",
            "The lecture's second vector. It makes the same prediction as the first.",
            np.full(4, 0.25),
            0.3,
        ),
        run("five weights of both signs", "Both signs count alike.", off_zero(rng, 5), 0.4),
        run(
            "a weight matrix",
            "Penalised is every entry of the matrix; the gradient has its shape.",
            off_zero(rng, 3, 4),
            0.05,
        ),
        run(
            "weights with three axes",
            "A penalty does not ask how the weights are arranged.",
            off_zero(rng, 2, 3, 2),
            0.7,
        ),
        run(
            "some weights are exactly zero",
            "At a weight of 0 the gradient counts as 0, and must not become nan.",
            np.where(np.arange(7) % 3 == 1, 0.0, off_zero(rng, 7)),
            0.6,
        ),
        run(
            "a strength of 2.5",
            "The strength multiplies the penalty once, and its gradient once.",
            off_zero(rng, 4),
            2.5,
        ),
        run(
            "weights of about a millionth",
            "Small weights count like any others.",
            np.round(off_zero(rng, 4, scale=1e-6), 9),
            0.5,
        ),
        run("no strength", "A strength of 0 is no penalty at all.", off_zero(rng, 2, 2), 0.0),
    ]


def exchanged(penalty: str, gradient: str) -> Mistake:
    """The two results in the wrong order; the arguments are their texts in the answer."""
    return Mistake(
        "results exchanged",
        f"return {penalty}, {gradient}",
        f"return {gradient}, {penalty}",
        "The two results come in the other order: first the penalty, one number, then the gradient "
        "with the shape of the weights.",
    )


def downhill(gradient: str) -> Mistake:
    return Mistake(
        "sign of the gradient",
        gradient,
        f"-({gradient})",
        "Your gradient points the way in which the weights should *move*. A gradient points "
        "uphill, here away from zero; the minus comes in the update.",
    )


def stepped(gradient: str) -> Mistake:
    return Mistake(
        "a step instead of a gradient",
        gradient,
        f"weights - {gradient}",
        "You return the weights after a step. Asked for is the gradient; what becomes of it is the "
        "training loop's business.",
    )


def one_sum_for_all(gradient: str, weights: str = "weights") -> Mistake:
    """``gradient`` contains ``weights`` once: the part whose sum is taken."""
    return Mistake(
        "gradient summed up",
        gradient,
        gradient.replace(weights, f"np.sum({weights})"),
        "Your gradient is one number. The penalty is a sum, but its slope along one weight depends "
        "on that weight only: there are as many slopes as weights.",
    )


def kink(gradient: str) -> tuple[Mistake, ...]:
    """What can go wrong at a weight of exactly 0; ``gradient`` holds ``np.sign(weights)``."""
    return (
        Mistake(
            "a slope of 1 at the kink",
            gradient,
            gradient.replace("np.sign(weights)", "np.where(weights >= 0, 1.0, -1.0)"),
            "At a weight of exactly 0 your gradient is that of a positive weight, so a step pushes "
            "it away from 0, where it was best off. There the gradient counts as 0.",
        ),
        Mistake(
            "a slope of -1 at the kink",
            gradient,
            gradient.replace("np.sign(weights)", "np.where(weights > 0, 1.0, -1.0)"),
            "At a weight of exactly 0 your gradient is that of a negative weight, so a step pushes "
            "it away from 0, where it was best off. There the gradient counts as 0.",
        ),
        Mistake(
            "nan at the kink",
            gradient,
            gradient.replace("np.sign(weights)", "weights / np.abs(weights)"),
            "Dividing a weight by its size gives its sign, except where the weight is exactly 0: "
            "there it gives nan, and one nan spoils every weight of the next layer.",
        ),
        Mistake(
            "slope rounded off at the kink",
            gradient,
            gradient.replace("np.sign(weights)", "weights / (np.abs(weights) + 1e-8)"),
            "Something small is added in your denominator, so that weights of a millionth get a "
            "slope that is a percent too small. The slope of a size is 1 or -1 right up to the "
            "kink. Is there a function for the sign?",
        ),
        Mistake(
            "no sign",
            gradient,
            gradient.replace("np.sign(weights)", "(weights != 0)"),
            "The slope is positive for every weight in your answer. For a negative weight the "
            "penalty falls as the weight grows: which sign has the slope there?",
        ),
        Mistake(
            "size instead of slope",
            gradient,
            gradient.replace("np.sign(weights)", "np.abs(weights)"),
            "You return the sizes of the weights where their slopes belong. How fast does the "
            "size of w grow with w, for a large weight and for a small one?",
        ),
    )
