"""What several exercises of unit 02 share: headings, cases, helpers."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case
from course_lib.arrays import Array


def turned(rng: np.random.Generator, *eigenvalues: float) -> Array:
    """A symmetric matrix with these eigenvalues whose axes are not the coordinates'.

    Its entries have three digits, so the eigenvalues are met to about 0.001 times their spread.
    """
    size = len(eigenvalues)
    while True:
        basis = np.linalg.qr(rng.normal(size=(size, size)))[0]
        if np.min(np.abs(basis)) > 0.15:  # no axis is nearly a coordinate's
            break
    matrix = basis @ np.diag(eigenvalues) @ basis.T
    return np.round((matrix + matrix.T) / 2, 3)


def bowl_cases(rng: np.random.Generator) -> Sequence[Case]:
    low, middle, high = (float(v) for v in np.round(rng.uniform((0.5, 2, 6), (1.5, 5, 20)), 2))
    return [
        Case(
            "DD2424's ravine, x1^2 + 50 x2^2",
            (np.diag([2.0, 100.0]),),
            about="Its curvatures are 2 and 100, the eigenvalues of its Hessian.",
        ),
        Case(
            "a diagonal bowl in three dimensions",
            (np.diag([middle, high, low]),),
            about="The order on the diagonal does not matter.",
        ),
        Case(
            "a bowl whose axes are turned",
            (turned(rng, low, middle, high),),
            about="When the axes are turned, the entries of the matrix are not the curvatures.",
        ),
        Case(
            "a flat bowl with four axes",
            (turned(rng, low, high, middle, middle + 1.0) * 1e-3,),
            about="Small curvatures allow large steps.",
        ),
        Case(
            "a round bowl",
            (np.diag([high, high]),),
            about="All curvatures are equal.",
        ),
        Case(
            "one coordinate only",
            (np.array([[middle]]),),
            about="There is one curvature only: it is the steepest and the flattest at once.",
        ),
    ]
