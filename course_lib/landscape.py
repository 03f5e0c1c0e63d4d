"""Curvature and what it does to gradient descent: Hessians, condition numbers, step sizes.

``hessian`` is a symmetric (d, d) array; its eigenvalues are the curvatures.
"""

from collections.abc import Callable

import numpy as np

from course_lib.arrays import Array


def numeric_hessian(f: Callable[[Array], float], x: Array, *, h: float = 1e-4) -> Array:
    """Second derivatives by central differences in both directions; exactly symmetric.

    Source: CSC421 L7-8 "the Hessian"; Abramowitz & Stegun 1964, sec. 25.3.
    Shapes: ``x`` (d,), result (d, d); ``h`` in the units of ``x``.
    """
    d = len(x)
    steps = h * np.eye(d)
    hessian = np.zeros((d, d))
    for i in range(d):
        for j in range(i + 1):
            same = f(x + steps[i] + steps[j]) + f(x - steps[i] - steps[j])
            opposite = f(x + steps[i] - steps[j]) + f(x - steps[i] + steps[j])
            hessian[i, j] = (same - opposite) / (4 * h**2)
            hessian[j, i] = hessian[i, j]
    return hessian


def classify_critical_point(hessian: Array, *, tol: float = 1e-8) -> str:
    """Name a point of zero gradient: 'minimum', 'maximum', 'saddle' or 'degenerate'.

    Curvatures of both signs make a saddle, whatever the others are. Without that, one
    curvature within ``tol`` of 0 leaves the question open: 'degenerate'.

    Source: CSC421 L7-8 "critical points"; CS231n L3.
    Shapes: ``hessian`` (d, d), symmetric; ``tol`` is absolute, in units of curvature.
    """
    eigenvalues = np.linalg.eigvalsh(hessian)
    smallest = eigenvalues[0]
    largest = eigenvalues[-1]
    if smallest < -tol and largest > tol:
        return "saddle"
    if smallest > tol:
        return "minimum"
    if largest < -tol:
        return "maximum"
    return "degenerate"


def condition_number(hessian: Array) -> float:
    """Ratio of the largest to the smallest singular value; ``inf`` for a singular matrix.

    Singular means: the smallest is lost in the rounding errors of the largest.

    Source: CS231n L3 "condition number"; CSC421 L7-8.
    Shapes: ``hessian`` (d, d); the result is at least 1.
    """
    singular_values = np.linalg.svd(hessian, compute_uv=False)
    largest = float(np.max(singular_values))
    smallest = float(np.min(singular_values))
    rounding = len(hessian) * np.finfo(np.float64).eps * largest
    if smallest <= rounding:
        return float("inf")
    return largest / smallest


def gd_closed_form(hessian: Array, start: Array, *, lr: float, steps: int) -> Array:
    """Where gradient descent on ``1/2 x' H x`` stands after ``steps`` updates, in one formula.

    Source: CSC421 L7-8 "gradient descent on a quadratic"; DD2424 L5.
    Shapes: ``hessian`` (d, d), ``start`` and result (d,).
    """
    one_step = np.eye(len(start)) - lr * hessian
    return np.linalg.matrix_power(one_step, steps) @ start


def max_stable_lr(hessian: Array) -> float:
    """Gradient descent converges on the bowl for every step size below this one.

    At the limit itself it oscillates for ever.

    Source: CSC421 L7-8 "step size and curvature"; DD2424 L5.
    Shapes: ``hessian`` (d, d), positive definite.
    """
    largest = float(np.linalg.eigvalsh(hessian)[-1])
    return 2 / largest


def optimal_lr(hessian: Array) -> float:
    """The step size with the smallest contraction factor: steepest and flattest tie.

    Source: DD2424 L5; Polyak 1964.
    Shapes: ``hessian`` (d, d), positive definite.
    """
    eigenvalues = np.linalg.eigvalsh(hessian)
    return float(2 / (eigenvalues[0] + eigenvalues[-1]))


def contraction_factor(hessian: Array, *, lr: float) -> float:
    """The worst factor by which one step multiplies a coordinate in the eigenbasis.

    Below 1 gradient descent converges; the smaller the faster.

    Source: DD2424 L5; CSC421 L7-8.
    Shapes: ``hessian`` (d, d), symmetric.
    """
    eigenvalues = np.linalg.eigvalsh(hessian)
    return float(np.max(np.abs(1 - lr * eigenvalues)))


def suboptimality(eigenvalues: Array, start: Array, *, lr: float, steps: int) -> float:
    """How far above the minimum the bowl's loss still is after ``steps`` updates.

    Source: DD2424 L5, where the formula is printed with two slips.
    Shapes: ``eigenvalues`` (d,) and ``start`` (d,), the start's coordinates in the eigenbasis.
    """
    shrink = (1 - lr * eigenvalues) ** (2 * steps)
    return float(0.5 * np.sum(shrink * eigenvalues * start**2))


def rotate_quadratic(hessian: Array, *, angle: float) -> Array:
    """The Hessian of the same bowl turned counter-clockwise by ``angle``.

    Source: linear algebra; Goodfellow et al. 2016, sec. 2.7.
    Shapes: ``hessian`` and result (2, 2); ``angle`` in radians.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.array([[cos, -sin], [sin, cos]])
    return rotation @ hessian @ rotation.T


def stability_limit(method: str, curvature: float, *, momentum: float = 0.9) -> float:
    """The largest step size at which a method still converges along one curvature.

    ``method`` is 'gd', 'momentum' (heavy ball) or 'nesterov'; gradient descent ignores
    ``momentum``.

    Source: Polyak 1964; DD2424 L5 (its ravine experiments). The limits are where an eigenvalue
    of the method's 2x2 recursion reaches -1.
    Units: 1 / curvature; ``curvature`` > 0, ``momentum`` in [0, 1).
    Raises ValueError for an unknown method.
    """
    if method == "gd":
        return 2 / curvature
    if method == "momentum":
        return 2 * (1 + momentum) / curvature
    if method == "nesterov":
        return 2 * (1 + momentum) / ((1 + 2 * momentum) * curvature)
    raise ValueError(f"method must be 'gd', 'momentum' or 'nesterov', got {method!r}")
