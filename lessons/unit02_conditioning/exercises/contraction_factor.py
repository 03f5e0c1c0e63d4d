"""The exercise ``contraction_factor``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import landscape
from course_lib.arrays import Array

from .shared import turned


def contraction_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.0, 4, 9)), 2))
    bowl = turned(rng, low, middle, high)

    def with_lr(name: str, hessian: Array, lr: float, about: str, *, atol: float = 0.0):
        return Case(name, (hessian,), {"lr": float(np.round(lr, 3))}, about=about, atol=atol)

    return [
        with_lr(
            "a small step",
            bowl,
            0.5 / high,
            "With a small step the flattest direction is the slowest.",
        ),
        with_lr(
            "a step near the limit",
            bowl,
            1.95 / high,
            "Near the limit the steepest direction is the slowest: its factor is nearly -1.",
        ),
        with_lr(
            "a step beyond the limit",
            turned(rng, low, high),
            2.4 / high,
            "Beyond the limit the factor of the steepest direction is larger than 1 in size.",
        ),
        with_lr(
            "a round bowl in one step",
            np.diag([4.0, 4.0]),
            0.25,
            "This step lands in the minimum at once: nothing is left.",
            atol=1e-12,
        ),
        with_lr(
            "a step that suits the diagonal",
            np.array([[5.0, 2.0 + low], [2.0 + low, 5.0]]),
            0.2,
            "Along both coordinate axes this step lands in the middle at once, but the axes of "
            "this bowl are the diagonals.",
        ),
        with_lr(
            "every direction overshoots",
            turned(rng, high, 1.2 * high),
            1.5 / high,
            "All factors are negative: their sizes count.",
        ),
        with_lr(
            "a saddle",
            np.diag([-low, middle, high]),
            0.3 / high,
            "Along a direction that curves downwards every step leads further away.",
        ),
        with_lr(
            "the steepest in the middle",
            np.diag([low, high, middle]),
            1.8 / high,
            "The extreme curvatures stand neither first nor last on the diagonal.",
        ),
        with_lr(
            "a valley with a flat floor",
            np.diag([high, 0.0]),
            0.6 / high,
            "Along a flat direction nothing moves: its factor is 1.",
        ),
        with_lr(
            "the best step",
            np.diag([middle, high, low]),
            2 / (low + high),
            "With the best step the flattest and the steepest direction tie.",
        ),
    ]


def contraction_norm(hessian, *, lr):
    return np.linalg.norm(np.eye(len(hessian)) - lr * hessian, 2)


def contraction_two_ends(hessian, *, lr):
    """The worst factor belongs to one of the two extreme curvatures."""
    values = sorted(np.linalg.eigvals(hessian).real)
    return max(1 - lr * values[0], lr * values[-1] - 1)


def contraction_loop(hessian, *, lr):
    worst = 0.0
    for value in np.linalg.eigvals(np.identity(hessian.shape[0]) - lr * hessian):
        if abs(value) > worst:
            worst = abs(value)
    return worst


CONTRACTION = Exercise(
    reference=landscape.contraction_factor,
    cases=contraction_cases,
    returns=("factor",),
    read="The best step size",
    praise="Below 1 it converges, and you can tell how fast; above 1 it does not.",
    hints=(
        "Along each axis of the bowl a step multiplies the coordinate by 1 - lr * curvature. "
        "Which of these factors slows everything down?",
        "Compute the factor for every eigenvalue of the Hessian. A factor of -0.9 is as slow as "
        "one of 0.9.",
        "The largest absolute value of 1 - lr * eigenvalue.",
    ),
    mistakes=(
        Mistake(
            "signs kept",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(1 - lr * eigenvalues)",
            "You take the largest signed factor. A factor of -0.95 shrinks as slowly as 0.95, and "
            "-1.4 explodes: what counts is its size.",
        ),
        Mistake(
            "all factors multiplied",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.prod(np.abs(1 - lr * eigenvalues))",
            "You multiply the factors of all directions, as a determinant does. Each direction "
            "shrinks by its own factor only; the slowest one is asked for.",
        ),
        Mistake(
            "best instead of worst",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.min(np.abs(1 - lr * eigenvalues))",
            "You report the direction that shrinks fastest. The one that lags behind decides.",
        ),
        Mistake(
            "only the steepest",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.abs(1 - lr * eigenvalues[-1])",
            "You look at the steepest direction only. With a small step it is the flattest one "
            "that lags behind.",
        ),
        Mistake(
            "only the flattest",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.abs(1 - lr * eigenvalues[0])",
            "You look at the flattest direction only. With a large step it is the steepest one "
            "that flips and lags behind, or explodes.",
        ),
        Mistake(
            "average direction",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.mean(np.abs(1 - lr * eigenvalues))",
            "You average over the directions. After many steps only the slowest one is left: that "
            "is the factor asked for.",
        ),
        Mistake(
            "factor of the loss",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(np.abs(1 - lr * eigenvalues)) ** 2",
            "the square is the factor by which the *loss* shrinks. Asked for is the factor of a "
            "coordinate: leave the square out.",
            convention=True,
        ),
        Mistake(
            "always the best step",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "(eigenvalues[-1] - eigenvalues[0]) / (eigenvalues[-1] + eigenvalues[0])",
            "(kappa - 1)/(kappa + 1) is the factor at the best step size only. Here the step size "
            "is given: use it.",
        ),
        Mistake(
            "entries of the matrix",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(np.abs(np.eye(len(hessian)) - lr * hessian))",
            "You take the largest entry of I - lr H. When the axes are turned, entries are not "
            "factors: which numbers of a matrix are?",
        ),
        Mistake(
            "diagonal only",
            "np.linalg.eigvalsh(hessian)",
            "np.sort(np.diag(hessian))",
            "You take the diagonal entries of the Hessian for its curvatures. That holds only when "
            "the bowl's axes lie along the coordinates.",
        ),
        Mistake(
            "Frobenius norm",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.sqrt(np.sum((1 - lr * eigenvalues) ** 2))",
            "You add up all directions, like `np.linalg.norm` without its second argument. The "
            "worst direction alone is asked for.",
        ),
        Mistake(
            "plus",
            "1 - lr * eigenvalues",
            "1 + lr * eigenvalues",
            "A plus sign makes every step climb: which factor does a step against the gradient "
            "give?",
        ),
        Mistake(
            "cut off at one",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.minimum(np.max(np.abs(1 - lr * eigenvalues)), 1.0)",
            "You cut the factor off at 1, and so hide how fast the path diverges.",
        ),
        Mistake(
            "ones instead of the identity",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.linalg.norm(1 - lr * hessian, 2)",
            "`1 - lr * hessian` subtracts from a matrix full of ones. Which matrix leaves a point "
            "where it is?",
        ),
        Mistake(
            "one minus the factor",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "1 - np.max(np.abs(1 - lr * eigenvalues))",
            "That is the share that a step takes away. Asked for is the share that is left.",
        ),
        Mistake(
            "yes or no",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.max(np.abs(1 - lr * eigenvalues)) < 1",
            "Your function decides whether gradient descent converges. Asked for is the factor "
            "itself, which also says how fast.",
        ),
        Mistake(
            "sign left on the worst",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "max(1 - lr * eigenvalues, key=abs)",
            "You find the worst direction, but hand its sign back too. A factor of -0.9 is as slow "
            "as one of 0.9: the size is asked for.",
        ),
        Mistake(
            "row sums",
            "np.max(np.abs(1 - lr * eigenvalues))",
            "np.linalg.norm(np.eye(len(hessian)) - lr * hessian, np.inf)",
            "Sums over rows only bound the factor from above. When the axes are turned, the "
            "eigenvalues are needed.",
        ),
    ),
    accepted=(contraction_norm, contraction_two_ends, contraction_loop),
    points=1,
)
