"""The exercise ``condition_number``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import landscape
from course_lib.arrays import Array

from .shared import turned


def condition_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 8), (1.5, 5, 20)), 2))

    def of(name: str, matrix: Array, about: str) -> Case:
        return Case(name, about=about, probe="conditioning", inputs={"matrix": matrix})

    return [
        of(
            "a diagonal matrix",
            np.diag([middle, high, low]),
            "The steepest curvature over the flattest; the order on the diagonal does not matter.",
        ),
        of(
            "a bowl whose axes are turned",
            turned(rng, low, middle, high),
            "The diagonal entries are not the curvatures when the axes are turned.",
        ),
        of(
            "a saddle",
            turned(rng, -high, -low, middle),
            "Singular values measure how strong the curvatures are, whatever their signs.",
        ),
        of("a perfectly round bowl", np.diag([high, high]), "All curvatures equal: the best case."),
        of("a tiny bowl", np.diag([3e-9, 1e-9, 2e-9]), "A common factor changes no ratio."),
        of("a huge bowl", np.diag([2e9, 8e9]), "A common factor changes no ratio."),
        of("a very long ravine", np.diag([1e5, 1e-5]), "Badly conditioned is not yet singular."),
        of("a flat direction", np.diag([1.0, 0.0]), "The flattest curvature is exactly zero."),
        of("one coordinate only", np.array([[middle]]), "One curvature, compared with itself."),
        of(
            "a flat direction that is hard to see",
            np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]]),
            "All rows are multiples of one: two curvatures are zero, up to rounding.",
        ),
    ]


def condition_numpy(hessian):
    return np.linalg.cond(hessian)


def condition_eigenvalues(hessian):
    """For symmetric matrices the singular values are the sizes of the eigenvalues."""
    sizes = sorted(abs(value) for value in np.linalg.eigvalsh(hessian))
    if sizes[0] <= 1e-14 * sizes[-1]:
        return np.inf
    return sizes[-1] / sizes[0]


def condition_from_inverse(hessian):
    """The norm of the matrix times the norm of its inverse."""
    if np.linalg.matrix_rank(hessian, tol=1e-13 * np.abs(hessian).max()) < len(hessian):
        return float("inf")
    return np.linalg.norm(hessian, 2) * np.linalg.norm(np.linalg.inv(hessian), 2)


def condition_from_square(hessian):
    """Roots of the eigenvalues of H'H by the power of a logarithm; singular by rank."""
    _, values, _ = np.linalg.svd(hessian)
    if values[-1] < 1e-14 * values[0]:
        return np.array(np.inf)
    return np.exp(np.log(values[0]) - np.log(values[-1]))


CONDITION_NUMBER = Exercise(
    reference=landscape.condition_number,
    cases=condition_cases,
    returns=("kappa",),
    read="One number for a ravine",
    praise="Right for any axes, any signs and any units, and infinite where a direction is flat.",
    hints=(
        "How many times as strong is the strongest bending as the weakest? Directions matter, not "
        "coordinates.",
        "Take the singular values (`np.linalg.svd` with `compute_uv=False`), or the absolute "
        "eigenvalues: they are the same for a symmetric matrix.",
        "Largest over smallest; and where the smallest is zero up to rounding, return infinity "
        "instead of dividing.",
    ),
    mistakes=(
        Mistake(
            "upside down",
            "    return largest / smallest",
            "    return smallest / largest",
            "You divide the weakest by the strongest, which is never more than 1. A condition "
            "number is at least 1, and large is bad.",
        ),
        Mistake(
            "only the diagonal",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.abs(np.diag(hessian))",
            "You compare the diagonal entries. They are the curvatures along the coordinate axes, "
            "which are the extreme ones only if the bowl's own axes lie along the coordinates.",
        ),
        Mistake(
            "determinant",
            "    return largest / smallest",
            "    return abs(float(np.linalg.det(hessian)))",
            "The determinant multiplies the curvatures and changes with the units: a tiny round "
            "bowl has a tiny one. Compare the largest with the smallest.",
        ),
        Mistake(
            "signs not removed",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.linalg.eigvalsh(hessian)",
            "You take the largest and the smallest *signed* eigenvalue. At a saddle the smallest "
            "is negative, perhaps the strongest of all: how strong a curvature is, is its size.",
        ),
        Mistake(
            "root taken",
            "    return largest / smallest",
            "    return float(np.sqrt(largest / smallest))",
            "That is the square root of the condition number: the singular values are already "
            "those of the Hessian itself.",
        ),
        Mistake(
            "squared",
            "    return largest / smallest",
            "    return (largest / smallest) ** 2",
            "That is the square, the condition number of H'H. Data sets need that product, "
            "a Hessian does not: its own singular values are asked for.",
        ),
        Mistake(
            "singular not recognised",
            '        return float("inf")',
            "        return 0.0",
            "A matrix with a flat direction should have an infinite condition number: gradient "
            "descent never gets anywhere along it. What does your function do when the smallest "
            "singular value is zero?",
        ),
        Mistake(
            "singular decided by size alone",
            "smallest <= rounding",
            "smallest <= 1e-4",
            "You call a matrix singular because its smallest singular value is below a fixed "
            "bound. In other units the same bowl would pass: zero has to be judged relative to the "
            "largest.",
        ),
        Mistake(
            "eps under the fraction",
            "    return largest / smallest",
            "    return largest / (smallest + 1e-8)",
            "A small number is added to the denominator. It changes the ratio of a bowl with small "
            "curvatures, and makes that of a singular matrix finite.",
            more=(("smallest <= rounding", "smallest < 0"),),
        ),
        Mistake(
            "Frobenius norms",
            "    return largest / smallest",
            "    s = singular_values\n    return float(np.sqrt(np.sum(s**2) * np.sum(1 / s**2)))",
            "That is the condition number in the Frobenius norm, which sums over all directions: "
            "what `np.linalg.norm` gives without its second argument. A round bowl should have 1.",
        ),
        Mistake(
            "largest over the mean",
            "    return largest / smallest",
            "    return largest / float(np.mean(singular_values))",
            "You compare the strongest curvature with the average one. What slows gradient descent "
            "down is the weakest.",
        ),
        Mistake(
            "difference",
            "    return largest / smallest",
            "    return largest - smallest",
            "A difference changes with the units of the loss: it has to be a ratio.",
        ),
        Mistake(
            "row sums",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.sum(np.abs(hessian), axis=1)",
            "Sums over rows only bound the curvatures. What are the stretching factors of a "
            "matrix along its own axes called?",
        ),
        Mistake(
            "smallest non-zero",
            "smallest = float(np.min(singular_values))",
            "smallest = float(np.min(singular_values[singular_values > 1e-12 * largest]))",
            "You leave the flat directions out, so a valley that is flat for ever seems harmless. "
            "With one of them the ratio is infinite.",
        ),
        Mistake(
            "all entries",
            "np.linalg.svd(hessian, compute_uv=False)",
            "np.abs(np.ravel(hessian))",
            "You compare entries of the matrix. A 0 beside the diagonal is no flat direction, and "
            "a turned bowl has other entries, though its shape is the same.",
        ),
        Mistake(
            "1-norm",
            "    return largest / smallest",
            "    return float(np.linalg.cond(hessian, 1))",
            "Your norm adds up columns (or rows), which is the 1-norm (or the infinity norm): it "
            "changes when the bowl is turned. The singular values do not.",
        ),
        Mistake(
            "logarithm",
            "    return largest / smallest",
            "    return float(np.log10(largest / smallest))",
            "That is the logarithm, the number of digits that may get lost. Asked for is the ratio "
            "itself.",
        ),
    ),
    accepted=(
        condition_numpy,
        condition_eigenvalues,
        condition_from_inverse,
        condition_from_square,
    ),
    points=2,
    hidden_points=1,
)
