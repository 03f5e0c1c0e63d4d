"""Steps that use curvature: Newton's, its repair for saddles, and estimates of the inverse Hessian.

``grad`` has shape (d,), ``hessian`` is a symmetric (d, d) array. A step or direction is a
displacement: it is added to the parameters.
"""

from collections.abc import Sequence

import numpy as np

from course_lib.arrays import Array


def newton_step(grad: Array, hessian: Array) -> Array:
    """The displacement to the critical point of the quadratic model around the current point.

    That point is a minimum only if every curvature is positive.

    Source: CS231n L7 "second-order optimization"; Nocedal & Wright 2006, ch. 3.
    Shapes: ``grad`` and result (d,), ``hessian`` (d, d), symmetric and invertible.
    """
    return np.negative(np.linalg.solve(hessian, grad))


def damped_newton_step(grad: Array, hessian: Array, *, damping: float) -> Array:
    """A Newton step that goes downhill everywhere: each curvature c counts as ``|c| + damping``.

    Along every eigenvector of the Hessian, the gradient's part is divided by that number.

    Source: Dauphin et al. 2014 "saddle-free Newton"; Levenberg 1944 and Marquardt 1963 (damping).
    Shapes: ``grad`` and result (d,), ``hessian`` (d, d), symmetric.
    Units: ``damping`` is a curvature, at least 0, and more than 0 where a curvature is 0.
    """
    curvatures, axes = np.linalg.eigh(hessian)
    along = axes.T @ grad
    return -(axes @ (along / (np.abs(curvatures) + damping)))


def bfgs_update(inverse_hessian: Array, step: Array, grad_change: Array) -> Array:
    """The estimate of the inverse Hessian, corrected by what one step has shown (rank two).

    The result is symmetric and maps ``grad_change`` to ``step``. Where ``step @ grad_change`` is
    not positive, the step has met no positive curvature and the estimate is returned unchanged.

    Source: CS231n L7 (there "BGFS", "rank 1"); Broyden, Fletcher, Goldfarb and Shanno 1970.
    Shapes: ``inverse_hessian`` and result (d, d); ``step`` (new minus old point) and
    ``grad_change`` (new minus old gradient) (d,).
    """
    curvature = step @ grad_change
    if curvature <= 0:
        return inverse_hessian
    rho = 1 / curvature
    left = np.eye(len(step)) - rho * np.outer(step, grad_change)
    return left @ inverse_hessian @ left.T + rho * np.outer(step, step)


def lbfgs_direction(grad: Array, steps: Sequence[Array], grad_changes: Sequence[Array]) -> Array:
    """Minus the BFGS estimate times the gradient, from the last few steps, without any matrix.

    The first estimate is gamma times the identity; gamma = s @ y / (y @ y) of the newest step s
    and gradient change y. Without a history the direction is ``-grad``.

    Source: CS231n L7 "L-BFGS"; Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4.
    Shapes: ``grad`` and result (d,); ``steps`` and ``grad_changes`` are lists of as many arrays
    (d,), the oldest first; each ``step @ grad_change`` is positive.
    """
    direction = grad
    pairs = list(zip(steps, grad_changes, strict=True))
    shares = []
    for step, change in reversed(pairs):
        share = step @ direction / (step @ change)
        direction = direction - share * change
        shares.append(share)
    if pairs:
        step, change = pairs[-1]
        direction = direction * (step @ change) / (change @ change)
    for (step, change), share in zip(pairs, reversed(shares), strict=True):
        correction = change @ direction / (step @ change)
        direction = direction + (share - correction) * step
    return -direction


def newton_cost(parameters: int, *, bytes_per_number: int = 8) -> tuple[int, int]:
    """What one Newton step would take: memory of the Hessian, and work to invert it.

    Source: CS231n L7 "O(N^2) elements, inverting takes O(N^3)".
    Units: bytes of the whole matrix, all entries stored; multiply-adds, counted as the cube of
    ``parameters``. Both are exact whole numbers.
    """
    memory = bytes_per_number * parameters**2
    work = parameters**3
    return memory, work
