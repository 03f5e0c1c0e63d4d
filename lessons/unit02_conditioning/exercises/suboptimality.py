"""The exercise ``suboptimality``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import landscape
from course_lib.arrays import Array


def suboptimality_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.0, 4, 9)), 2))

    def after(name: str, values: list[float], start: Array, lr: float, steps: int, about: str):
        arguments = {"lr": float(np.round(lr, 4)), "steps": steps}
        return Case(name, (np.array(values), start), arguments, about=about)

    return [
        after(
            "the lecture's ravine after five steps",
            [2.0, 100.0],
            np.array([4.0, 0.5]),
            0.015,
            5,
            "DD2424's ravine x1^2 + 50 x2^2 from (4, 0.5): simulate five steps and compare.",
        ),
        after(
            "before the first step",
            [low, high],
            draw(rng, 2),
            0.1,
            0,
            "After 0 steps this is the loss at the start, 1/2 sum of curvature times coordinate "
            "squared.",
        ),
        after(
            "one direction, one step",
            [middle],
            np.array([-3.0]),
            0.1,
            1,
            "The coordinate is multiplied by 1 - lr * curvature, its square by the square.",
        ),
        after(
            "three directions",
            [middle, low, high],
            draw(rng, 3),
            0.05,
            4,
            "Every direction shrinks at its own rate, and coordinates may be negative.",
        ),
        after(
            "the best step, five directions",
            [low, low + 0.3, middle, middle + 0.7, high],
            draw(rng, 5),
            2 / (low + high),
            3,
            "Even at the best step only the extreme directions shrink by (kappa - 1)/(kappa + 1).",
        ),
        after(
            "a step that diverges",
            [low, high],
            draw(rng, 2),
            2.5 / high,
            7,
            "Beyond the limit the loss grows.",
        ),
    ]


def suboptimality_simulated(eigenvalues, start, *, lr, steps):
    x = start
    for _ in range(steps):
        x = x - lr * eigenvalues * x
    return 0.5 * np.sum(eigenvalues * x**2)


def suboptimality_loop(eigenvalues, start, *, lr, steps):
    total = 0
    for value, coordinate in zip(eigenvalues, start, strict=True):
        total += value * ((1 - lr * value) ** steps * coordinate) ** 2 / 2
    return total


def suboptimality_matrix(eigenvalues, start, *, lr, steps):
    """As the quadratic form of the end point."""
    bowl = np.diag(eigenvalues)
    end = np.linalg.matrix_power(np.eye(len(start)) - lr * bowl, steps).dot(start)
    return end.T @ bowl @ end / 2


SUBOPTIMALITY = Exercise(
    reference=landscape.suboptimality,
    cases=suboptimality_cases,
    returns=("gap",),
    read="What is left of the loss",
    praise="You have corrected a formula that is printed on ten slides.",
    hints=(
        "The minimum is 0, so what is asked for is the loss 1/2 x' H x at the end point. In the "
        "eigenbasis it is a sum over directions.",
        "Coordinate i ends at (1 - lr * l_i)^steps times where it started. Put that into "
        "1/2 l_i x_i^2 and add up.",
        "Half the sum of curvature times start squared times (1 - lr * curvature) to the power "
        "*two* times `steps`.",
    ),
    mistakes=(
        Mistake(
            "the slide's formula",
            "0.5 * np.sum(shrink * eigenvalues * start**2)",
            "np.sum(shrink * eigenvalues * start)",
            "That is the formula as the slides print it. Set `steps` to 0: the result should be "
            "the loss at the start. Two things are missing.",
        ),
        Mistake(
            "half missing",
            "0.5 * np.sum",
            "np.sum",
            "Twice the right value: the bowl is *half* of x' H x.",
        ),
        Mistake(
            "square missing",
            "start**2",
            "start",
            "The loss is quadratic in the coordinates: with a start at -1 instead of 1 it must not "
            "change its sign.",
        ),
        Mistake(
            "absolute value instead of square",
            "start**2",
            "np.abs(start)",
            "The loss is quadratic in the coordinates: twice as far out is four times as high.",
        ),
        Mistake(
            "power steps",
            "(2 * steps)",
            "steps",
            "A coordinate shrinks by its factor once per step. What happens to its *square*, which "
            "is what the loss is made of?",
        ),
        Mistake(
            "curvature missing",
            "shrink * eigenvalues * start**2",
            "shrink * start**2",
            "You add up squared distances. A direction contributes to the loss in proportion to "
            "its curvature.",
        ),
        Mistake(
            "curvature squared",
            "shrink * eigenvalues * start**2",
            "shrink * eigenvalues**2 * start**2",
            "You add up the squared gradient. The loss has the curvature to the first power.",
        ),
        Mistake(
            "the best factor for all",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "((np.max(eigenvalues) - np.min(eigenvalues)) / (np.max(eigenvalues) + "
            "np.min(eigenvalues))) ** (2 * steps)",
            "(kappa - 1)/(kappa + 1) is the factor of the extreme directions at the best step "
            "size. Other directions, and other step sizes, have factors of their own.",
            read="Find the mistake on this slide: d dimensions",
        ),
        Mistake(
            "the worst factor for all",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "np.max(np.abs(1 - lr * eigenvalues)) ** (2 * steps)",
            "You let all directions shrink like the slowest one. That is a bound, not the value: "
            "every direction has its own factor.",
            read="Find the mistake on this slide: d dimensions",
        ),
        Mistake(
            "no steps taken",
            "shrink * eigenvalues * start**2",
            "eigenvalues * start**2",
            "That is the loss at the start: neither `lr` nor `steps` changes it. By which factor "
            "has each coordinate shrunk in the meantime?",
        ),
        Mistake(
            "power in the wrong place",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "(1 - lr * eigenvalues) ** 2 * steps",
            "`a ** 2 * steps` is (a squared) times `steps`, because powers bind more tightly than "
            "products. The factor acts again in every step: which number is the exponent?",
        ),
        Mistake(
            "gradient flow",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "np.exp(-2 * lr * eigenvalues * steps)",
            "The exponential holds for infinitely many infinitely small steps. Real steps multiply "
            "a coordinate by 1 - lr * curvature.",
        ),
        Mistake(
            "product of the directions",
            "0.5 * np.sum(",
            "0.5 * np.prod(",
            "The directions' shares of the loss add up, they do not multiply.",
        ),
        Mistake(
            "mean instead of sum",
            "0.5 * np.sum(",
            "0.5 * np.mean(",
            "You average over the directions: the loss is their sum.",
        ),
        Mistake(
            "one step too many",
            "(2 * steps)",
            "(2 * steps + 2)",
            "One step too many: with `steps` = 0 the loss at the start should come out.",
        ),
        Mistake(
            "not squared after all",
            "(2 * steps)",
            "(2 * steps + 1)",
            "Your power is odd: with an overshooting step a direction would contribute a negative "
            "loss.",
        ),
        Mistake(
            "shrinks the sum",
            "0.5 * np.sum(shrink * eigenvalues * start**2)",
            "0.5 * np.sum((1 - lr * eigenvalues) ** steps * np.sqrt(eigenvalues) * start) ** 2",
            "You add the directions first and square the sum: every direction has to be squared on "
            "its own.",
        ),
        Mistake(
            "plus",
            "1 - lr * eigenvalues",
            "1 + lr * eigenvalues",
            "With a plus sign gradient descent climbs: which factor does a step against the "
            "gradient give?",
        ),
        Mistake(
            "curvature inside the power",
            "(1 - lr * eigenvalues) ** (2 * steps)",
            "((1 - lr * eigenvalues) * eigenvalues) ** (2 * steps)",
            "The curvature is multiplied in again at every step. It belongs to the loss, once; "
            "only the factor of a step is repeated.",
            more=(("shrink * eigenvalues * start**2", "shrink * start**2"),),
        ),
        Mistake(
            "half taken twice",
            "0.5 *",
            "0.25 *",
            "Half of the right value: 1/2 x' H x contains the factor 1/2 once.",
        ),
        Mistake(
            "gradient twice as long",
            "1 - lr * eigenvalues",
            "1 - 2 * lr * eigenvalues",
            "Your gradient is 2 H x. The half in front of the loss, 1/2 x' H x, is there to cancel "
            "that 2.",
        ),
        Mistake(
            "how far it has come",
            "np.sum(shrink * eigenvalues",
            "np.sum((1 - shrink) * eigenvalues",
            "That is how much the loss has fallen since the start. Asked for is how far it still "
            "is above the minimum.",
        ),
        Mistake(
            "relative to the start",
            "0.5 * np.sum(shrink * eigenvalues * start**2)",
            "np.sum(shrink * eigenvalues * start**2) / np.sum(eigenvalues * start**2)",
            "That is the share of the starting loss that is left. Asked for is the loss itself.",
        ),
        Mistake(
            "largest term only",
            "np.sum(shrink",
            "np.max(shrink",
            "You take the direction that contributes most. The loss is the sum over all of them.",
        ),
    ),
    accepted=(suboptimality_simulated, suboptimality_loop, suboptimality_matrix),
    points=2,
    hidden_points=1,
)
