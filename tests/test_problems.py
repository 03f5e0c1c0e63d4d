"""Test problems: gradients and Hessians against finite differences, minima against algebra."""

import numpy as np
import pytest

from course_lib import problems
from course_lib.gradcheck import numeric_gradient
from course_lib.landscape import condition_number, numeric_hessian

POINTS = np.random.default_rng(5).normal(size=(4, 2))
TILTED = np.array([[3.0, 1.0], [1.0, 2.0]])


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    ("loss", "gradient"),
    [
        (problems.quadratic(TILTED), problems.quadratic_gradient(TILTED)),
        (problems.rosenbrock, problems.rosenbrock_gradient),
        (problems.saddle, problems.saddle_gradient),
        (problems.two_valleys, problems.two_valleys_gradient),
    ],
    ids=["quadratic", "rosenbrock", "saddle", "two valleys"],
)
def test_gradient_agrees_with_finite_differences(loss, gradient, point):
    np.testing.assert_allclose(gradient(point), numeric_gradient(loss, point), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    ("gradient", "hessian"),
    [
        (problems.rosenbrock_gradient, problems.rosenbrock_hessian),
        (problems.saddle_gradient, problems.saddle_hessian),
        (problems.two_valleys_gradient, problems.two_valleys_hessian),
    ],
    ids=["rosenbrock", "saddle", "two valleys"],
)
def test_hessian_agrees_with_differences_of_its_gradient(gradient, hessian, point):
    columns = [numeric_gradient(lambda x, i=i: float(gradient(x)[i]), point) for i in range(2)]
    np.testing.assert_allclose(hessian(point), columns, rtol=1e-7, atol=1e-5)


def test_two_valleys_has_its_minima_at_minus_one():
    for x2 in (-np.sqrt(2), np.sqrt(2)):
        point = np.array([0.0, x2])
        assert problems.two_valleys(point) == pytest.approx(-1.0)
        np.testing.assert_allclose(problems.two_valleys_gradient(point), 0.0, atol=1e-12)


def test_rosenbrock_has_its_minimum_at_one_one():
    assert problems.rosenbrock(problems.ROSENBROCK_MINIMUM) == 0.0
    np.testing.assert_array_equal(problems.rosenbrock_gradient(problems.ROSENBROCK_MINIMUM), 0.0)
    at_minimum = problems.rosenbrock_hessian(problems.ROSENBROCK_MINIMUM)
    assert condition_number(at_minimum) == pytest.approx(2508, abs=1)
    assert problems.rosenbrock(problems.ROSENBROCK_START) == pytest.approx(24.2)


@pytest.mark.parametrize(
    ("hessian", "factor"),
    [(problems.RAVINE_A, 1), (problems.RAVINE_B, 10), (problems.RAVINE_C, 50)],
)
def test_ravines_are_the_lecture_s_functions(hessian, factor):
    loss = problems.quadratic(hessian)
    for x1, x2 in POINTS:
        assert loss(np.array([x1, x2])) == pytest.approx(x1**2 + factor * x2**2, rel=1e-14)
    assert condition_number(hessian) == pytest.approx(factor)
    np.testing.assert_allclose(numeric_hessian(loss, POINTS[0]), hessian, atol=1e-5)


def test_shared_constants_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        problems.START[0] = 0.0
