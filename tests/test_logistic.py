"""Logistic regression: against the softmax of two classes, and numeric derivatives."""

import numpy as np
import pytest

from course_lib import logistic
from course_lib.gradcheck import numeric_gradient
from course_lib.landscape import numeric_hessian
from course_lib.losses import softmax_cross_entropy

RNG = np.random.default_rng(21)
X, WEIGHTS = RNG.normal(size=(7, 3)), RNG.normal(size=3)
SIGNS = np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0])


def test_it_is_the_softmax_of_two_classes_with_scores_s_and_zero():
    scores = np.stack([X @ WEIGHTS, np.zeros(7)], axis=1)
    want, _ = softmax_cross_entropy(scores, (SIGNS < 0).astype(np.int64))
    assert logistic.logistic_loss(WEIGHTS, X, SIGNS) == pytest.approx(want)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_derivatives_are_the_numeric_ones(l2):
    def loss(weights):
        return logistic.logistic_loss(weights, X, SIGNS, l2=l2)

    grad = logistic.logistic_gradient(WEIGHTS, X, SIGNS, l2=l2)
    np.testing.assert_allclose(grad, numeric_gradient(loss, WEIGHTS), rtol=1e-7, atol=1e-9)
    hessian = logistic.logistic_hessian(WEIGHTS, X, SIGNS, l2=l2)
    np.testing.assert_allclose(hessian, numeric_hessian(loss, WEIGHTS), rtol=1e-6, atol=1e-7)


def test_huge_scores_stay_finite():
    weights = np.array([1e4, -1e4, 1e4])
    assert np.isfinite(logistic.logistic_loss(weights, X, SIGNS))
    assert np.isfinite(logistic.logistic_gradient(weights, X, SIGNS)).all()
    assert np.isfinite(logistic.logistic_hessian(weights, X, SIGNS)).all()
