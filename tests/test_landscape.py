"""Curvature: against known Hessians, algebra on rotated bowls, and simulation."""

import numpy as np
import pytest

from course_lib import landscape, problems
from course_lib.optim import sgd
from course_lib.train import descend

RNG = np.random.default_rng(17)
ORTHOGONAL = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
CURVATURES = np.array([0.5, 1.0, 3.0, 8.0])
BOWL = ORTHOGONAL @ np.diag(CURVATURES) @ ORTHOGONAL.T
START = RNG.normal(size=4)


def turned(*eigenvalues):
    """A Hessian with these eigenvalues whose axes are not the coordinates'."""
    basis = np.linalg.qr(np.random.default_rng(1).normal(size=(len(eigenvalues),) * 2))[0]
    return basis @ np.diag(eigenvalues) @ basis.T


@pytest.mark.parametrize("point", RNG.normal(size=(3, 2)))
def test_numeric_hessian_agrees_with_calculus(point):
    got = landscape.numeric_hessian(problems.rosenbrock, point)
    np.testing.assert_allclose(got, problems.rosenbrock_hessian(point), rtol=1e-6, atol=1e-4)


def test_numeric_hessian_is_exactly_symmetric_and_finds_a_quadratic_s_own():
    got = landscape.numeric_hessian(problems.quadratic(BOWL), START)
    np.testing.assert_array_equal(got, got.T)
    np.testing.assert_allclose(got, BOWL, atol=1e-6)
    coarse = landscape.numeric_hessian(problems.quadratic(BOWL), START, h=0.5)
    np.testing.assert_allclose(coarse, BOWL, rtol=1e-12)  # exact for any h on a quadratic


def test_numeric_hessian_of_a_cubic_has_no_error_of_second_order():
    """x y^2 has third derivatives only in the mixed direction, where they cancel."""
    got = landscape.numeric_hessian(lambda p: float(p[0] * p[1] ** 2), np.array([2.0, 3.0]), h=0.1)
    np.testing.assert_allclose(got, [[0.0, 6.0], [6.0, 4.0]], atol=1e-11)


@pytest.mark.parametrize(
    ("eigenvalues", "want"),
    [
        ((1.0, 2.0), "minimum"),
        ((-1.0, -2.0, -0.1), "maximum"),
        ((1.0, -1e-3), "saddle"),
        ((1.0, 0.0), "degenerate"),
        ((-1.0, 0.0), "degenerate"),
        ((0.0, 0.0), "degenerate"),
        ((1.0, 0.0, -1.0), "saddle"),
        ((1e-6, 1.0), "minimum"),
        ((-1.0, 1e-10), "degenerate"),
        ((1.0, -1e-10), "degenerate"),
    ],
)
def test_critical_points_are_classified_in_any_basis(eigenvalues, want):
    assert landscape.classify_critical_point(np.diag(eigenvalues)) == want
    assert landscape.classify_critical_point(turned(*eigenvalues)) == want


def test_tolerance_decides_what_counts_as_flat():
    nearly_flat = np.diag([1e-3, 1.0])
    assert landscape.classify_critical_point(nearly_flat, tol=1e-2) == "degenerate"
    assert landscape.classify_critical_point(nearly_flat, tol=1e-4) == "minimum"


@pytest.mark.parametrize("eigenvalues", [(1.0, 50.0), (-50.0, 1.0), (-2.0, 7.0, 100.0)])
def test_condition_number_is_the_ratio_of_extreme_sizes(eigenvalues):
    sizes = np.abs(eigenvalues)
    want = max(sizes) / min(sizes)
    assert landscape.condition_number(turned(*eigenvalues)) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize(
    "singular",
    [np.zeros((2, 2)), np.diag([1.0, 0.0]), np.array([[1.0, 2.0], [2.0, 4.0]]), turned(3, 0, 1)],
)
def test_condition_number_of_a_singular_matrix_is_infinite(singular):
    assert landscape.condition_number(singular) == np.inf


@pytest.mark.parametrize("lr", [0.01, 0.2, 0.3])
@pytest.mark.parametrize("steps", [0, 1, 2, 25])
def test_closed_form_agrees_with_the_loop(lr, steps):
    path = descend(sgd, problems.quadratic_gradient(BOWL), START, steps=steps, lr=lr)
    got = landscape.gd_closed_form(BOWL, START, lr=lr, steps=steps)
    np.testing.assert_allclose(got, path[-1], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("lr", [0.01, 0.2, 0.3])
def test_suboptimality_is_the_loss_along_the_path(lr):
    loss = problems.quadratic(BOWL)
    path = descend(sgd, problems.quadratic_gradient(BOWL), START, steps=10, lr=lr)
    for steps, point in enumerate(path):
        got = landscape.suboptimality(CURVATURES, ORTHOGONAL.T @ START, lr=lr, steps=steps)
        assert got == pytest.approx(loss(point), rel=1e-9)


def test_largest_stable_step_size_separates_convergence_from_divergence():
    limit = landscape.max_stable_lr(BOWL)
    assert limit == pytest.approx(2 / 8)
    gradient = problems.quadratic_gradient(BOWL)
    below = descend(sgd, gradient, START, steps=5000, lr=0.99 * limit)
    above = descend(sgd, gradient, START, steps=2000, lr=1.01 * limit)
    assert np.linalg.norm(below[-1]) < 1e-9
    assert np.linalg.norm(above[-1]) > 1e9


def test_optimal_step_size_beats_every_other():
    best = landscape.optimal_lr(BOWL)
    factor = landscape.contraction_factor(BOWL, lr=best)
    condition = landscape.condition_number(BOWL)
    assert factor == pytest.approx((condition - 1) / (condition + 1), rel=1e-12)
    others = [landscape.contraction_factor(BOWL, lr=lr) for lr in np.linspace(1e-3, 0.4, 1000)]
    assert factor <= min(others) + 1e-12


def test_contraction_factor_is_reached_along_the_slowest_axis():
    lr = 0.05
    slowest = ORTHOGONAL[:, 0]
    after = descend(sgd, problems.quadratic_gradient(BOWL), slowest, steps=1, lr=lr)[-1]
    assert landscape.contraction_factor(BOWL, lr=lr) == pytest.approx(np.linalg.norm(after))
    assert landscape.contraction_factor(BOWL, lr=0.3) == pytest.approx(abs(1 - 0.3 * 8))


def test_rotation_turns_the_axes_and_keeps_the_curvatures():
    hessian = np.diag([1.0, 10.0])
    angle = np.pi / 6
    turned_bowl = landscape.rotate_quadratic(hessian, angle=angle)
    flat_axis = np.array([np.cos(angle), np.sin(angle)])
    np.testing.assert_allclose(turned_bowl @ flat_axis, 1.0 * flat_axis, rtol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvalsh(turned_bowl), [1.0, 10.0], rtol=1e-12)
    back = landscape.rotate_quadratic(turned_bowl, angle=-angle)
    np.testing.assert_allclose(back, hessian, atol=1e-12)


def recursion(method, curvature, momentum, lr):
    """The 2x2 matrix that maps (position, velocity) to the next, written out by hand."""
    if method == "nesterov":
        return np.array(
            [[1 - lr * curvature * (1 + momentum), -lr * momentum**2], [curvature, momentum]]
        )
    momentum = 0.0 if method == "gd" else momentum
    return np.array([[1 - lr * curvature, -lr * momentum], [curvature, momentum]])


@pytest.mark.parametrize("method", ["gd", "momentum", "nesterov"])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("curvature", [0.2, 100.0])
def test_stability_limit_is_where_the_spectral_radius_passes_one(method, momentum, curvature):
    def radius(lr):
        return np.abs(np.linalg.eigvals(recursion(method, curvature, momentum, lr))).max()

    limit = landscape.stability_limit(method, curvature, momentum=momentum)
    assert radius(limit) == pytest.approx(1, abs=1e-9)
    assert max(radius(lr) for lr in limit * np.linspace(0.001, 0.999, 200)) < 1
    assert radius(1.001 * limit) > 1


@pytest.mark.parametrize("method", ["gd", "momentum", "nesterov"])
def test_stability_limit_agrees_with_the_rules_themselves(method):
    from course_lib import optim

    rule = {"gd": optim.sgd, "momentum": optim.momentum, "nesterov": optim.nesterov}[method]
    hyper = {} if method == "gd" else {"momentum": 0.8}
    limit = landscape.stability_limit(method, 4.0, momentum=0.8)
    gradient = problems.quadratic_gradient(np.array([[4.0]]))
    below = descend(rule, gradient, np.ones(1), steps=4000, lr=0.98 * limit, **hyper)
    above = descend(rule, gradient, np.ones(1), steps=4000, lr=1.02 * limit, **hyper)
    assert abs(below[-1, 0]) < 1e-9
    assert not abs(above[-1, 0]) < 1e9


def test_stability_limit_refuses_an_unknown_method():
    with pytest.raises(ValueError, match="'gd', 'momentum' or 'nesterov', got 'adam'"):
        landscape.stability_limit("adam", 1.0)
