"""Second-order steps: algebra on quadratics, matrices built another way, and torch's L-BFGS."""

import numpy as np
import pytest

from course_lib import landscape, second_order
from course_lib.problems import quadratic_gradient, rosenbrock, rosenbrock_gradient

RNG = np.random.default_rng(8)


def symmetric(*eigenvalues):
    axes = np.linalg.qr(RNG.normal(size=(len(eigenvalues),) * 2))[0]
    return axes @ np.diag(eigenvalues) @ axes.T


def history(count, d):
    """Pairs with positive curvature, each from a bowl of its own."""
    steps = [RNG.normal(size=d) for _ in range(count)]
    changes = [symmetric(*RNG.uniform(0.5, 4.0, size=d)) @ step for step in steps]
    return steps, changes


@pytest.mark.parametrize("eigenvalues", [(1.0, 4.0, 9.0), (3.0, -2.0, 0.5), (-1.0, -5.0)])
def test_newton_lands_on_the_critical_point_of_a_quadratic(eigenvalues):
    hessian = symmetric(*eigenvalues)
    middle, start = RNG.normal(size=(2, len(eigenvalues)))
    grad = quadratic_gradient(hessian)(start - middle)
    np.testing.assert_allclose(start + second_order.newton_step(grad, hessian), middle, atol=1e-12)


def test_newton_refuses_a_singular_hessian():
    with pytest.raises(np.linalg.LinAlgError):
        second_order.newton_step(np.ones(2), np.zeros((2, 2)))


def test_damped_step_without_damping_is_newton_s_in_a_bowl():
    hessian, grad = symmetric(0.1, 2.0, 30.0), RNG.normal(size=3)
    got = second_order.damped_newton_step(grad, hessian, damping=0.0)
    np.testing.assert_allclose(got, second_order.newton_step(grad, hessian))


@pytest.mark.parametrize("eigenvalues", [(1.0, -4.0, 9.0), (-1.0, -2.0, -3.0), (0.0, 1.0, -1.0)])
def test_damped_step_goes_downhill_whatever_the_curvatures(eigenvalues):
    hessian = symmetric(*eigenvalues)
    for grad in RNG.normal(size=(20, 3)):
        step = second_order.damped_newton_step(grad, hessian, damping=0.01)
        assert step @ grad < 0


def test_damped_step_solves_the_repaired_system():
    """|H| + damping I, with |H| built as the root of the square."""
    hessian, grad = symmetric(2.0, -3.0, 0.5, -0.1), RNG.normal(size=4)
    values, axes = np.linalg.eigh(hessian @ hessian)
    repaired = axes @ np.diag(np.sqrt(values)) @ axes.T + 0.7 * np.eye(4)
    got = second_order.damped_newton_step(grad, hessian, damping=0.7)
    np.testing.assert_allclose(repaired @ got, -grad, atol=1e-12)
    large = second_order.damped_newton_step(grad, hessian, damping=1e9)
    np.testing.assert_allclose(1e9 * large, -grad, rtol=1e-7)  # a short gradient step in the limit


def test_bfgs_keeps_the_secant_equation_and_stays_positive():
    estimate = np.eye(4)
    for step, change in zip(*history(12, 4), strict=True):
        estimate = second_order.bfgs_update(estimate, step, change)
        np.testing.assert_allclose(estimate @ change, step, atol=1e-10)
        np.testing.assert_allclose(estimate, estimate.T, atol=1e-10)
        assert np.linalg.eigvalsh(estimate)[0] > 0


def test_bfgs_is_the_inverse_of_the_update_of_the_hessian():
    """B + y y'/(y's) - B s s' B/(s'B s), inverted."""
    (step,), (change,) = history(1, 3)
    before = symmetric(0.5, 1.0, 2.0)
    pushed = before @ step
    after = before + np.outer(change, change) / (change @ step)
    after = after - np.outer(pushed, pushed) / (step @ pushed)
    got = second_order.bfgs_update(np.linalg.inv(before), step, change)
    np.testing.assert_allclose(got, np.linalg.inv(after), rtol=1e-9, atol=1e-12)


def test_bfgs_update_has_rank_two():
    (step,), (change,) = history(1, 6)
    before = symmetric(*range(1, 7))
    correction = second_order.bfgs_update(before, step, change) - before
    assert np.linalg.matrix_rank(correction, tol=1e-10) == 2


@pytest.mark.parametrize("change", [[-1.0, 0.5], [0.0, 1.0]])
def test_bfgs_learns_nothing_without_positive_curvature(change):
    before = symmetric(1.0, 2.0)
    got = second_order.bfgs_update(before, np.array([1.0, 0.0]), np.array(change))
    np.testing.assert_array_equal(got, before)


def test_bfgs_finds_a_quadratic_s_hessian_by_exact_line_searches():
    """d steps to the exact minimum along each direction: the minimum and the inverse Hessian."""
    hessian, x = symmetric(1.0, 3.0, 10.0, 40.0), RNG.normal(size=4)
    estimate, gradient = np.eye(4), quadratic_gradient(hessian)
    for _ in range(4):
        direction = -estimate @ gradient(x)
        length = -gradient(x) @ direction / (direction @ hessian @ direction)
        step = length * direction
        change = gradient(x + step) - gradient(x)
        x, estimate = x + step, second_order.bfgs_update(estimate, step, change)
    np.testing.assert_allclose(x, 0.0, atol=1e-10)
    np.testing.assert_allclose(estimate, np.linalg.inv(hessian), atol=1e-8)


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_lbfgs_is_bfgs_from_a_multiple_of_the_identity(count):
    steps, changes = history(count, 4)
    estimate = (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1]) * np.eye(4)
    for step, change in zip(steps, changes, strict=True):
        estimate = second_order.bfgs_update(estimate, step, change)
    grad = RNG.normal(size=4)
    got = second_order.lbfgs_direction(grad, steps, changes)
    np.testing.assert_allclose(got, -estimate @ grad, rtol=1e-9, atol=1e-12)
    rows = second_order.lbfgs_direction(grad, np.array(steps), np.array(changes))
    np.testing.assert_array_equal(got, rows)


def test_lbfgs_without_a_history_is_the_negative_gradient():
    grad = RNG.normal(size=3)
    np.testing.assert_array_equal(second_order.lbfgs_direction(grad, [], []), -grad)


def test_lbfgs_walks_the_path_of_torch():
    """torch.optim.LBFGS with a fixed step and memory 3, on Rosenbrock's valley."""
    torch = pytest.importorskip("torch")
    start, lr, count = np.array([-1.2, 1.0]), 0.1, 8
    param = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.LBFGS([param], lr=lr, max_iter=1, history_size=3)

    def closure():
        optimizer.zero_grad()
        x, y = param
        loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        loss.backward()
        return loss

    x, steps, changes = start, [], []
    for number in range(count):
        optimizer.step(closure)
        grad = rosenbrock_gradient(x)
        direction = second_order.lbfgs_direction(grad, steps, changes)
        length = min(1.0, 1 / np.sum(np.abs(grad))) * lr if number == 0 else lr
        step = length * direction
        change = rosenbrock_gradient(x + step) - grad
        if step @ change > 1e-10:
            steps, changes = [*steps, step][-3:], [*changes, change][-3:]
        x = x + step
        np.testing.assert_allclose(param.detach().numpy(), x, rtol=1e-9)
    assert rosenbrock(x) < rosenbrock(start)


def test_newton_cost_is_exact_for_a_hundred_million_parameters():
    memory, work = second_order.newton_cost(10**8)
    assert (memory, work) == (80_000_000_000_000_000, 10**24)
    assert second_order.newton_cost(3) == (72, 27)
    assert second_order.newton_cost(3, bytes_per_number=4) == (36, 27)


def test_newton_cost_counts_what_numpy_stores():
    hessian = landscape.numeric_hessian(lambda x: float(np.sum(x**2)), np.zeros(7))
    assert second_order.newton_cost(7)[0] == hessian.nbytes
