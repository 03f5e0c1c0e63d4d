"""Test problems with known gradients, Hessians and minima.

A problem is a plain function of one point ``x`` of shape (d,); its gradient has the same shape.
"""

from collections.abc import Callable

import numpy as np

from course_lib.arrays import Array

# The three ravines of DD2424 L5, x1**2 + c * x2**2 for c = 1, 10, 50, with the lecture's start
# and step sizes. The last step size of C is the largest one that does not diverge.
RAVINE_A: Array = np.diag([2.0, 2.0])
RAVINE_B: Array = np.diag([2.0, 20.0])
RAVINE_C: Array = np.diag([2.0, 100.0])
START: Array = np.array([4.0, 0.5])
STEP_SIZES_A = (0.001, 0.005, 0.01, 0.015, 0.02)
STEP_SIZES_B = (0.001, 0.005, 0.01, 0.015, 0.02)
STEP_SIZES_C = (0.001, 0.005, 0.01, 0.015, 0.019, 0.02)

ROSENBROCK_START: Array = np.array([-1.2, 1.0])
ROSENBROCK_MINIMUM: Array = np.array([1.0, 1.0])

for _constant in (RAVINE_A, RAVINE_B, RAVINE_C, START, ROSENBROCK_START, ROSENBROCK_MINIMUM):
    _constant.flags.writeable = False


def quadratic(hessian: Array) -> Callable[[Array], float]:
    """The bowl ``1/2 x' H x``, whose minimum is 0 at the origin when H is positive definite.

    Source: CSC421 L7-8 "quadratic objectives"; DD2424 L5.
    Shapes: ``hessian`` (d, d), symmetric; the returned loss takes ``x`` (d,).
    """

    def loss(x: Array) -> float:
        return float(0.5 * x @ hessian @ x)

    return loss


def quadratic_gradient(hessian: Array) -> Callable[[Array], Array]:
    """The gradient ``H x`` of ``quadratic(hessian)``.

    Source: CSC421 L7-8 "quadratic objectives".
    Shapes: ``hessian`` (d, d), symmetric; the returned gradient maps (d,) to (d,).
    """

    def gradient(x: Array) -> Array:
        return hessian @ x

    return gradient


def rosenbrock(x: Array) -> float:
    """The banana valley ``(1 - x1)**2 + 100 (x2 - x1**2)**2``; minimum 0 at (1, 1).

    Source: Rosenbrock 1960, with his start (-1.2, 1).
    Shapes: ``x`` (2,).
    """
    return float((1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2)


def rosenbrock_gradient(x: Array) -> Array:
    """The gradient of ``rosenbrock``.

    Source: Rosenbrock 1960, differentiated by hand.
    Shapes: ``x`` and result (2,).
    """
    off_valley = x[1] - x[0] ** 2
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * off_valley, 200 * off_valley])


def rosenbrock_hessian(x: Array) -> Array:
    """The Hessian of ``rosenbrock``; its condition number at the minimum is about 2508.

    Source: Rosenbrock 1960, differentiated by hand.
    Shapes: ``x`` (2,), result (2, 2).
    """
    corner = 2 - 400 * (x[1] - 3 * x[0] ** 2)
    return np.array([[corner, -400 * x[0]], [-400 * x[0], 200.0]])


def saddle(x: Array) -> float:
    """The saddle ``x1**2 - x2**2``: flat at the origin, which is no minimum.

    Source: CS231n L3 "local minima and saddle points"; Dauphin et al. 2014.
    Shapes: ``x`` (2,).
    """
    return float(x[0] ** 2 - x[1] ** 2)


def saddle_gradient(x: Array) -> Array:
    """The gradient ``(2 x1, -2 x2)`` of ``saddle``.

    Source: CS231n L3 "local minima and saddle points".
    Shapes: ``x`` and result (2,).
    """
    return np.array([2 * x[0], -2 * x[1]])


def saddle_hessian(x: Array) -> Array:
    """The Hessian of ``saddle``: curvature 2 along x1 and -2 along x2, everywhere.

    Source: CS231n L3 "local minima and saddle points".
    Shapes: ``x`` (2,), result (2, 2).
    """
    return np.diag([2.0, -2.0])


def two_valleys(x: Array) -> float:
    """A saddle between two minima: ``x1**2 - x2**2 + x2**4 / 4``, minima -1 at (0, +-sqrt 2).

    Source: a standard example; like ``saddle`` near the origin, but bounded below.
    Shapes: ``x`` (2,).
    """
    return float(x[0] ** 2 - x[1] ** 2 + x[1] ** 4 / 4)


def two_valleys_gradient(x: Array) -> Array:
    """The gradient of ``two_valleys``.

    Source: differentiated by hand.
    Shapes: ``x`` and result (2,).
    """
    return np.array([2 * x[0], -2 * x[1] + x[1] ** 3])


def two_valleys_hessian(x: Array) -> Array:
    """The Hessian of ``two_valleys``: its second curvature changes sign at x2 = sqrt(2/3).

    Source: differentiated by hand.
    Shapes: ``x`` (2,), result (2, 2).
    """
    return np.diag([2.0, -2 + 3 * x[1] ** 2])


def noisy_line() -> tuple[Array, Array]:
    """200 noisy points on a line, for fitting intercept and slope: the course's smallest data set.

    Source: made up; true intercept 1 and slope 0.5, noise of deviation 1.
    Shapes: features (200, 2), whose columns are 1 and the position; targets (200,).
    """
    rng = np.random.default_rng(7)
    position = rng.normal(scale=2.0, size=200)
    targets = 1.0 + 0.5 * position + rng.normal(size=200)
    return np.stack([np.ones(200), position], axis=1), targets


def squared_error(features: Array, targets: Array) -> Callable[[Array], float]:
    """The mean over the examples of half the squared error of a linear model.

    Source: CSC421 L7-8 "linear regression".
    Shapes: ``features`` (N, d), ``targets`` (N,); the returned loss takes ``x`` (d,).
    """

    def loss(x: Array) -> float:
        return float(0.5 * np.mean((features @ x - targets) ** 2))

    return loss


def squared_error_gradients(features: Array, targets: Array) -> Callable[[Array], Array]:
    """The gradient of every example's own loss in ``squared_error``; their mean is its gradient.

    Source: CSC421 L7-8 "stochastic gradient descent".
    Shapes: ``features`` (N, d), ``targets`` (N,); the returned gradients map (d,) to (N, d).
    """

    def gradients(x: Array) -> Array:
        return (features @ x - targets)[:, np.newaxis] * features

    return gradients
