"""Numeric gradients: against calculus, where even their error is known."""

import numpy as np
import pytest

from course_lib.gradcheck import check_gradients, numeric_gradient, relative_error

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 1, 3)])
def test_numeric_gradient_has_the_shape_of_its_point(shape):
    x, weights = RNG.normal(size=shape), RNG.normal(size=shape)
    x, weights = np.asarray(x), np.asarray(weights)
    grad = numeric_gradient(lambda a: float(np.sum(weights * np.sin(a))), x)
    assert grad.shape == shape
    np.testing.assert_allclose(grad, weights * np.cos(x), atol=1e-9)


@pytest.mark.parametrize("h", [0.5, 0.1, 1e-2])
def test_central_differences_of_a_cubic_are_off_by_h_squared(h):
    """One-sided differences would be off by ``3 x h + h**2``."""
    x = np.array([0.5, -1.0, 2.0])
    grad = numeric_gradient(lambda a: float(np.sum(a**3)), x, h=h)
    np.testing.assert_allclose(grad, 3 * x**2 + h**2, rtol=1e-11)


def test_numeric_gradient_accepts_whole_numbers():
    grad = numeric_gradient(lambda a: float(np.sum(a**2)), np.array([1, 2, 3]))
    np.testing.assert_allclose(grad, [2, 4, 6], atol=1e-9)


@pytest.mark.parametrize(
    ("analytic", "numeric", "want"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([2.0, 0.0], [1.0, 0.0], 1 / 3),
        ([-1.0, 1.0], [1.0, 1.0], 1.0),
        ([0.0, 1.0], [1e-3, 1.0], 1.0),
        ([1e-14], [-1e-14], 2e-14 / 1e-12),
        ([100.0, 1.0], [100.0, 1.1], 0.1 / 2.1),
    ],
)
def test_relative_error_is_that_of_the_worst_entry(analytic, numeric, want):
    got = relative_error(np.array(analytic), np.array(numeric))
    assert got == pytest.approx(want, rel=1e-12, abs=1e-300)
    assert got == relative_error(np.array(numeric), np.array(analytic))


def test_check_gradients_names_the_wrong_one():
    params = {"W": RNG.normal(size=(2, 3)), "b": RNG.normal(size=3)}
    weights = RNG.normal(size=(2, 3))

    def loss(p):
        value = float(np.sum(weights * p["W"] ** 2) + np.sum(p["b"] ** 2))
        return value, {"W": 2 * weights * p["W"], "b": p["b"]}  # b: factor 2 missing

    errors = check_gradients(loss, params)
    assert errors["W"] < 1e-7
    assert errors["b"] == pytest.approx(1 / 3, rel=1e-6)
