"""Probes for numerical methods and for functions that judge numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_lib.arrays import Array
from course_lib.checking.probes.base import Malformed, Observation, numbers, probe, unpack, yes
from course_lib.checking.student import Student

SINGULAR = 1e14  # a ratio of singular values above this is rounding noise: the matrix is singular


@probe
def second_differences(
    student: Student,
    *,
    coefficients: Array,
    exponents: Array,
    x: Array,
    kwargs: Mapping[str, Any],
    h: float,
) -> Observation:
    """A numeric Hessian of a polynomial, and how far from ``x`` it looked.

    ``exponents`` (terms, d): one row of powers per coefficient. Central formulas of any kind are
    exact on cubics, whatever the step; one-sided ones are not.
    """
    reach = 0.0

    def f(point: Array) -> float:
        nonlocal reach
        at = numbers(point, "the point at which f is asked", x.shape)
        reach = max(reach, float(np.max(np.abs(at - x))))
        return float(np.sum(coefficients * np.prod(at**exponents, axis=1)))

    hessian = numbers(student(f, x, **kwargs), "the Hessian", (len(x), len(x)))
    return {
        "the Hessian": hessian,
        "the points asked lie about h away": yes(0.4 * h <= reach <= 5 * h),
    }


@probe
def conditioning(student: Student, *, matrix: Array) -> Observation:
    """A condition number in which everything beyond rounding counts as infinite."""
    result = student(matrix)
    if result is None:
        raise Malformed("It returns nothing: is there a return at the end, for every matrix?")
    number = numbers(result, "the condition number", ())
    return float("inf") if number > SINGULAR else float(number)


@probe
def standardized(student: Student, *, train: Array, test: Array) -> Observation:
    """Standardised inputs, told apart from the choice of ddof or of a small eps.

    Both results are divided by the spread that the student's training columns have, which is
    reported on its own, so that a band can be put around it. Of a column that is constant in
    training, only finiteness is asked for.
    """
    result = unpack(student(train, test), "train", "test")
    new_train = numbers(result[0], "the training set", train.shape)
    new_test = numbers(result[1], "the test set", test.shape)
    varies = np.ptp(train, axis=0) > 0
    finite = np.isfinite(new_train[:, ~varies]).all() and np.isfinite(new_test[:, ~varies]).all()
    new_train, new_test = new_train[:, varies], new_test[:, varies]
    spread = np.std(new_train, axis=0)
    unit = np.where(spread > 0, spread, 1.0)
    return {
        "the means of the training columns": np.mean(new_train, axis=0),
        "the spread of the training columns": spread,
        "the training set, divided by its spread": new_train / unit,
        "the test set, divided by the training spread": new_test / unit,
        "constant columns are finite": yes(finite),
    }


@probe
def differences(
    student: Student,
    *,
    x: Array,
    tilt: Array,
    bend: Array,
    cubic: float,
    kwargs: Mapping[str, Any],
) -> Observation:
    """A numeric gradient of ``tilt.z + z'(bend)z / 2 + cubic * sum(z**3)``, z the entries of ``x``.

    Every entry enters in a way of its own, together with the others, so that an entry that is
    forgotten, moved along with others or not put back shows. ``f`` takes points shaped like ``x``.
    """

    def f(point: Array) -> float:
        z = numbers(point, "the point that f is given", x.shape).ravel()
        return float(tilt @ z + 0.5 * z @ bend @ z + cubic * np.sum(z**3))

    return student(f, x, **kwargs)
