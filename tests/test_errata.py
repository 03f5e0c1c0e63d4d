"""The slides' mistakes that are mathematical: the printed form fails, the corrected one holds.

The numbers are those of docs/errata.md; its table says which rows are tested here.
"""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import (
    augment,
    averaging,
    datasets,
    landscape,
    layers,
    losses,
    models,
    noise,
    optim,
    schedules,
    second_order,
)
from course_lib.problems import RAVINE_A, RAVINE_B, RAVINE_C, START, quadratic, quadratic_gradient
from course_lib.train import descend

ERRATA = Path(__file__).resolve().parents[1] / "docs" / "errata.md"
RNG = np.random.default_rng(31)


def gradient_descent(hessian, start, *, lr, steps):
    return descend(optim.sgd, quadratic_gradient(hessian), start, steps=steps, lr=lr)


def test_01_what_is_left_of_the_loss():
    curvatures, lr, t = np.diag(RAVINE_C), 0.015, 5
    true = quadratic(RAVINE_C)(gradient_descent(RAVINE_C, START, lr=lr, steps=t)[-1])
    factors = (1 - lr * curvatures) ** (2 * t)
    printed = np.sum(factors * curvatures * START)
    corrected = 0.5 * np.sum(factors * curvatures * START**2)
    assert round(true, 3) == 11.811
    assert round(printed, 3) == 5.948
    np.testing.assert_allclose(corrected, true, rtol=1e-12)


def test_02_d_dimensions_give_a_bound_and_no_equality():
    curvatures, start, t = np.array([1.0, 5.0, 10.0]), np.ones(3), 3
    hessian = np.diag(curvatures)
    lr = landscape.optimal_lr(hessian)
    true = quadratic(hessian)(gradient_descent(hessian, start, lr=lr, steps=t)[-1])
    printed = 0.5 * np.sum((9 / 11) ** (2 * t) * curvatures * start**2)
    assert round(true, 3) == 1.650
    assert round(printed, 3) == 2.400
    assert true < printed


def test_03_the_best_step_size_has_the_smallest_factor():
    best = landscape.optimal_lr(RAVINE_B)
    factor = landscape.contraction_factor(RAVINE_B, lr=best)
    others = [landscape.contraction_factor(RAVINE_B, lr=lr) for lr in (0.5 * best, 1.09 * best)]
    assert factor < min(others)
    # and it is the fastest: maximising the factor would choose the slowest
    ends = [
        quadratic(RAVINE_B)(gradient_descent(RAVINE_B, START, lr=lr, steps=40)[-1])
        for lr in (best, 0.5 * best, 1.09 * best)
    ]
    assert ends[0] < min(ends[1:])


def test_04_the_rate_needs_the_larger_curvature_on_top():
    for first, second in ((2.0, 20.0), (20.0, 2.0)):
        hessian = np.diag([first, second])
        true = landscape.contraction_factor(hessian, lr=landscape.optimal_lr(hessian))
        printed = (second / first - 1) / (second / first + 1)
        kappa = landscape.condition_number(hessian)
        np.testing.assert_allclose((kappa - 1) / (kappa + 1), true, rtol=1e-12)
        assert (printed < 0) == (first > second)


def test_05_even_the_round_bowl_diverges():
    before = quadratic(RAVINE_A)(START)
    assert quadratic(RAVINE_A)(gradient_descent(RAVINE_A, START, lr=1.01, steps=50)[-1]) > before
    assert landscape.max_stable_lr(RAVINE_A) == 1.0
    np.testing.assert_array_equal(gradient_descent(RAVINE_A, START, lr=0.5, steps=1)[-1], 0.0)


def test_06_at_the_limit_it_neither_converges_nor_diverges():
    path = gradient_descent(RAVINE_C, START, lr=0.02, steps=1000)
    np.testing.assert_allclose(np.abs(path[:, 1]), 0.5, rtol=1e-12)
    np.testing.assert_allclose(path[1:, 1], -path[:-1, 1], rtol=1e-12)
    assert round(quadratic(RAVINE_C)(path[95]), 2) == 12.51


@pytest.mark.parametrize("start", [(3.0, 0.0), (0.0, 3.0)])
def test_07_every_eigenvector_points_at_the_optimum(start):
    x = np.array(start)
    step = -quadratic_gradient(RAVINE_B)(x)
    assert step[0] * x[1] == step[1] * x[0]
    assert step @ x < 0


def test_08_semidefinite_is_not_enough_for_a_condition_number():
    flat = np.diag([1.0, 0.0])
    assert landscape.condition_number(flat) == np.inf
    path = gradient_descent(flat, np.ones(2), lr=0.5, steps=100)
    np.testing.assert_array_equal(path[:, 1], 1.0)


def test_09_the_mixed_derivatives_agree_and_the_pure_ones_need_not():
    hessian = landscape.numeric_hessian(
        lambda x: float(x[0] ** 2 * np.sin(x[1])), np.array([1, 2.0])
    )
    np.testing.assert_allclose(hessian[0, 1], hessian[1, 0], rtol=1e-6)
    assert abs(hessian[0, 0] - hessian[1, 1]) > 1


def test_10_without_the_minus_signs_the_closed_form_is_another_path():
    lr, steps = 0.015, 7
    true = gradient_descent(RAVINE_C, START, lr=lr, steps=steps)[-1]
    curvatures = np.diag(RAVINE_C)
    np.testing.assert_allclose((1 - lr * curvatures) ** steps * START, true, rtol=1e-12)
    assert np.all(np.abs((1 * lr * curvatures) ** steps * START - true) > 0.1 * np.abs(true))


def test_11_momentum_one_never_comes_to_rest():
    path = descend(optim.momentum, lambda x: x, np.ones(1), steps=5000, lr=0.1, momentum=1.0)
    assert np.abs(path[-200:]).max() > 0.9
    below = descend(optim.momentum, lambda x: x, np.ones(1), steps=5000, lr=0.1, momentum=0.99)
    assert np.abs(below[-200:]).max() < 1e-6


def test_12_the_two_forms_of_momentum_part_when_the_step_size_changes():
    def both(rates):
        grads, outside, inside = RNG.normal(size=len(rates)), 0.0, 0.0
        v_outside = v_inside = x_outside = x_inside = 0.0
        for lr, grad in zip(rates, grads, strict=True):
            v_outside = 0.9 * v_outside + grad
            x_outside -= lr * v_outside
            v_inside = 0.9 * v_inside + lr * grad
            x_inside -= v_inside
        return x_outside - outside, x_inside - inside

    np.testing.assert_allclose(*both([0.1] * 6), rtol=1e-12)
    apart = both([0.1] * 3 + [0.01] * 3)
    assert abs(apart[0] - apart[1]) > 1e-3


def test_13_the_velocity_is_a_sum_and_ten_times_the_mean():
    state = optim.MomentumState.zeros_like(np.zeros(1))
    for _ in range(400):
        _, state = optim.momentum(np.zeros(1), np.full(1, 3.0), state, lr=0.1, momentum=0.9)
    np.testing.assert_allclose(state.velocity, 30.0, rtol=1e-12)


def test_14_a_larger_rho_brakes_less():
    left = {}
    for rho in (0.5, 0.9, 0.99):
        state = optim.MomentumState(np.ones(1))
        for _ in range(10):
            _, state = optim.momentum(np.zeros(1), np.zeros(1), state, lr=0.1, momentum=rho)
        left[rho] = float(state.velocity[0])
    assert left[0.5] < left[0.9] < left[0.99]


def test_15_the_two_forms_of_nesterov_hold_different_points():
    x, velocity = START, np.zeros(2)
    for _ in range(30):
        x, velocity = optim.nesterov_lookahead(x, velocity, quadratic_gradient(RAVINE_C), lr=0.005)
    held = descend(optim.nesterov, quadratic_gradient(RAVINE_C), START, steps=30, lr=0.005)[-1]
    assert np.abs(held - x).max() > 0.01
    np.testing.assert_allclose(held, x + 0.9 * velocity, rtol=1e-9)


def test_16_nesterov_allows_smaller_steps_than_gradient_descent():
    limits = {m: landscape.stability_limit(m, 100.0) for m in ("gd", "momentum", "nesterov")}
    assert limits["nesterov"] < limits["gd"] < limits["momentum"]
    gradient = quadratic_gradient(RAVINE_C)
    assert np.abs(descend(optim.nesterov, gradient, START, steps=95, lr=0.014)[-1]).max() > 1e3
    assert np.abs(descend(optim.momentum, gradient, START, steps=95, lr=0.014)[-1]).max() < 1


def test_17_20_tiny_gradients_tell_where_eps_stands():
    grad = np.full(1, 1e-6)
    outside, _ = optim.rmsprop(np.zeros(1), grad, optim.RMSPropState(np.zeros(1)), lr=1.0)
    inside = -grad / np.sqrt(0.1 * grad**2 + 1e-8)
    assert round(-float(outside[0]), 2) == 3.07
    assert round(-float(inside[0]), 3) == 0.010


def test_18_the_parentheses_are_void():
    """A root over a sum has them already; eps outside is another formula."""
    squares, eps = np.array([1e-12, 4.0]), 1e-8
    np.testing.assert_array_equal(1 / (np.sqrt(squares + eps)), 1 / np.sqrt(squares + eps))
    outside = optim.effective_lr(optim.AdaGradState(squares), lr=1.0, eps=eps)
    assert abs(outside[0] * np.sqrt(squares[0] + eps) - 1) > 1


def test_19_gamma_point_nine_of_one_lecture_is_point_one_of_the_other():
    grads = RNG.normal(size=20)
    ours, theirs = 0.0, 0.0
    state = optim.RMSPropState(np.zeros(1))
    for grad in grads:
        _, state = optim.rmsprop(np.zeros(1), np.array([grad]), state, decay=0.9)
        ours = (1 - 0.1) * ours + 0.1 * grad**2  # CSC421's form with gamma = 0.1
        theirs = (1 - 0.9) * theirs + 0.9 * grad**2  # and with 0.9
    np.testing.assert_allclose(state.mean_sq, ours, rtol=1e-12)
    assert abs(theirs / ours - 1) > 0.1


def test_22_one_less_in_the_exponent_divides_by_zero():
    state = optim.AdamState.zeros_like(np.zeros(1))
    grad = np.ones(1)
    with np.errstate(divide="ignore"):
        printed = (0.9 * state.m + 0.1 * grad) / (1 - 0.9**state.step)
    assert np.isinf(printed).all()
    moved, _ = optim.adam(np.zeros(1), grad, state, lr=0.01)
    np.testing.assert_allclose(moved, -0.01, rtol=1e-6)


def test_23_v_is_no_variance():
    state = optim.AdamState.zeros_like(np.zeros(1))
    for _ in range(20000):
        _, state = optim.adam(np.zeros(1), np.full(1, 3.0), state)
    assert np.var(np.full(5, 3.0)) == 0.0
    np.testing.assert_allclose(state.v, 9.0, rtol=1e-6)


def test_24_one_parenthesis_too_many_is_no_python():
    line = "x -= learning_rate * first_unbias / (np.sqrt(second_unbias) + 1e-7))"
    with pytest.raises(SyntaxError):
        compile(line, "<slide>", "exec")
    compile(line[:-1], "<slide>", "exec")
    assert len(range(1, 100)) == 99


def test_26_l2_and_decay_are_one_for_sgd_and_two_for_momentum():
    plain = optim.l2_and_decay_fixed_points(1.0, 1.0, strength=0.025, momentum=0.0)
    np.testing.assert_allclose(*plain, rtol=1e-12)
    heavy = [
        optim.l2_and_decay_fixed_points(c, 1.0, strength=0.025, momentum=0.9) for c in (1.0, 10.0)
    ]
    assert [round(value, 3) for value in (heavy[0][0], heavy[1][0])] == [0.952, 0.995]
    assert [round(value, 4) for value in (heavy[0][1], heavy[1][1])] == [0.995, 0.9995]


def test_27_both_decay_terms_at_once_decay_twice():
    """With both lines of the algorithm, neither Adam with L2 nor AdamW comes out."""
    param, grad, lam = RNG.normal(size=4), RNG.normal(size=4), 0.1
    state = optim.AdamState(5, 0.1 * RNG.normal(size=4), 0.005 * RNG.random(4))
    with_l2, _ = optim.adam_l2(param, grad, state, lr=0.1, l2=lam / 2)
    decoupled, _ = optim.adamw(param, grad, state, lr=0.1, weight_decay=lam)
    printed, _ = optim.adamw(param, grad + lam * param, state, lr=0.1, weight_decay=lam)
    assert np.abs(printed - with_l2).max() > 1e-3
    assert np.abs(printed - decoupled).max() > 1e-3


def test_28_with_the_step_size_in_the_decay_or_without_it():
    """The course's decay is lr * weight_decay; the paper's leaves alpha out."""
    param = np.ones(3)
    ours, _ = optim.adamw(
        param, np.zeros(3), optim.AdamState.zeros_like(param), lr=0.1, weight_decay=0.5
    )
    np.testing.assert_allclose(ours, (1 - 0.1 * 0.5) * param, rtol=1e-12)
    assert np.abs(ours - (1 - 0.5) * param).min() > 0.4


def test_29_the_gradient_of_the_squares_has_a_two():
    weights, h = RNG.normal(size=3), 1e-6
    numeric = [
        (np.sum((weights + h * e) ** 2) - np.sum((weights - h * e) ** 2)) / (2 * h)
        for e in np.eye(3)
    ]
    np.testing.assert_allclose(numeric, 2 * weights, rtol=1e-6)
    assert np.abs(np.array(numeric) - weights).min() > 1e-3


def test_30_cutmix_labels_are_pixel_shares():
    """60 % of the pixels from the cat: cat .6, dog .4, also where the box leaves the image."""
    cat, dog = np.zeros((10, 10, 1)), np.ones((10, 10, 1))
    targets = np.eye(2)
    images, mixed = augment.cutmix(
        np.stack([cat, dog]), targets, box=(0, 0, 10, 4), order=np.array([1, 0])
    )
    share_of_cat = float(np.mean(images[0] == 0))
    assert share_of_cat == pytest.approx(0.6)
    np.testing.assert_allclose(mixed[0], [0.6, 0.4])
    images, mixed = augment.cutmix(
        np.stack([cat, dog]), targets, box=(8, 8, 4, 4), order=np.array([1, 0])
    )
    np.testing.assert_allclose(mixed[0, 0], np.mean(images[0] == 0))


def test_31_at_test_time_multiply_by_the_chance_to_stay():
    x, keep_prob = np.array([[2.0, -1.0, 3.0]]), 0.8
    masks = np.array(np.meshgrid(*[[0, 1]] * 3)).reshape(3, -1).T
    chances = np.prod(np.where(masks == 1, keep_prob, 1 - keep_prob), axis=1)
    expected = chances @ (masks * x)
    scaled = layers.vanilla_dropout_predict(x, keep_prob=keep_prob)[0]
    np.testing.assert_allclose(scaled, expected, rtol=1e-12)
    assert np.abs((1 - keep_prob) * x[0] - expected).min() > 0.5


def test_32_the_output_at_test_time_is_no_expectation():
    """The expectation over masks is half of it at keep .5; the plain output is a fixed number."""
    w, x = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    plain = w @ x
    masks = np.array([[a, b] for a in (0, 1) for b in (0, 1)])
    assert np.mean(masks @ (w * x)) == 0.5 * plain


def test_34_through_another_nonlinearity_the_scaling_is_approximate():
    w, x = np.array([1.0, -2.0, 1.5]), np.array([2.0, 1.0, 1.0])
    masks = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    linear = np.mean(masks @ (w * x))
    np.testing.assert_allclose(linear, 0.5 * (w @ x), rtol=1e-12)
    through_relu = np.mean(np.maximum(masks @ (w * x), 0))
    assert through_relu - max(0.5 * (w @ x), 0) > 0.2


def test_35_without_lambda_the_penalty_cannot_be_turned_off():
    weights, data_loss = RNG.normal(size=3), 1.7
    full = [data_loss + strength * np.sum(weights**2) for strength in (0.0, 0.1)]
    assert full[0] == data_loss
    assert data_loss + np.sum(weights**2) not in full


def test_36_the_softmax_divides_by_a_sum_over_scores():
    scores, label = np.array([[-2.85, 0.86, 0.28]]), np.array([2])
    loss, _ = losses.softmax_cross_entropy(scores, label)
    exponentials = np.exp(scores[0])
    np.testing.assert_allclose(loss, -np.log(exponentials[2] / exponentials.sum()), rtol=1e-12)
    assert round(loss, 2) == 1.04


def test_37_the_third_image_costs_12_9():
    scores = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
    each = [losses.hinge_loss(scores[i : i + 1], np.array([i]))[0] for i in range(3)]
    np.testing.assert_allclose(each, [2.9, 0.0, 12.9], atol=1e-12)
    mean, _ = losses.hinge_loss(scores, np.arange(3))
    assert round(mean, 2) == 5.27


def test_39_the_bfgs_update_has_rank_two():
    step, change = np.array([1.0, 0.5, -0.3, 0.2]), np.array([2.0, 1.5, 0.1, 0.4])
    before = np.eye(4)
    update = second_order.bfgs_update(before, step, change) - before
    assert np.linalg.matrix_rank(update, tol=1e-10) == 2


def test_40_newton_s_step_goes_to_a_saddle_as_readily_as_to_a_minimum():
    hessian, x = np.diag([2.0, -2.0]), np.array([1.0, 0.1])
    grad = hessian @ x
    step = second_order.newton_step(grad, hessian)
    np.testing.assert_allclose(x + step, 0.0, atol=1e-12)  # the saddle itself
    assert 0.5 * (x + step) @ hessian @ (x + step) > 0.5 * np.array([0, 1.0]) @ hessian @ [0, 1.0]
    damped = second_order.damped_newton_step(grad, hessian, damping=0.1)
    assert abs(x[1] + damped[1]) > abs(x[1])


def test_41_the_identity_needs_eps_in_the_root():
    x = RNG.normal(size=(8, 3)) * 0.01
    running = layers.BatchNormStats(np.zeros(3), np.ones(3))
    spread, mean = x.var(axis=0), x.mean(axis=0)
    exact, _, _ = layers.batchnorm_forward(x, np.sqrt(spread + 1e-5), mean, running, train=True)
    printed, _, _ = layers.batchnorm_forward(x, np.sqrt(spread), mean, running, train=True)
    np.testing.assert_allclose(exact, x, atol=1e-15)
    assert np.abs(printed - x).max() > 1e-4


def test_42_the_example_belongs_to_eps_fifteen_percent():
    ours = losses.smooth_labels(np.array([0]), classes=3, eps=0.15)
    np.testing.assert_allclose(ours, [[0.9, 0.05, 0.05]], rtol=1e-12)
    assert losses.smooth_labels(np.array([0]), classes=3, eps=0.1)[0, 0] > 0.93


def test_44_one_over_root_t_has_no_step_zero():
    with np.errstate(divide="ignore"):
        assert np.isinf(0.1 / np.sqrt(np.float64(0)))
    assert schedules.inverse_sqrt(0.1)(0) == 0.1
    decay = schedules.step_decay(1.0, milestones=[30, 60])
    np.testing.assert_allclose([decay(t) for t in (29, 30, 59, 60)], [1, 0.1, 0.1, 0.01])


def test_45_without_replacement_the_variance_is_smaller():
    grads = RNG.normal(size=(100, 4))
    apart = noise.minibatch_variance(grads, batch_size=50, replace=True)
    without = noise.minibatch_variance(grads, batch_size=50, replace=False)
    np.testing.assert_allclose(without / apart, (100 - 50) / (100 - 1), rtol=1e-12)


def test_53_with_one_alpha_the_large_batch_goes_a_hundredth_as_far():
    """Along a slope, where all examples agree: 100 single steps, one step of their mean."""
    grads, alpha = np.full((100, 2), (1.0, -2.0)), 0.01
    single = -alpha * grads.sum(axis=0)
    batch = -alpha * grads.mean(axis=0)
    np.testing.assert_allclose(100 * batch, single, rtol=1e-12)
    # and 100 times the step size overshoots in a bowl in which the single steps are stable
    hessian = np.diag([1.0, 3.0])
    assert alpha < landscape.max_stable_lr(hessian) < 100 * alpha


def test_54_adagrad_s_sum_has_a_limit_when_the_gradients_vanish():
    def rate(gradient, steps):
        x, state = START, optim.AdaGradState.zeros_like(START)
        for _ in range(steps):
            x, state = optim.adagrad(x, gradient(x), state, lr=0.5)
        return optim.effective_lr(state, lr=0.5)[0]

    calm = quadratic_gradient(RAVINE_C)
    assert rate(calm, 20000) == pytest.approx(rate(calm, 10000), rel=1e-6)
    assert round(rate(calm, 20000), 4) == 0.0235
    lasting = rate(np.ones_like, 400) / rate(np.ones_like, 100)
    assert lasting == pytest.approx(0.5, rel=1e-6)


def test_49_averaging_all_orders_is_bounded_by_the_mean_of_their_losses_if_convex():
    x, net = RNG.normal(size=(20, 4)), models.init_mlp((4, 3, 3), rng=RNG)
    labels = np.argmax(models.mlp_scores(net, x), axis=1)  # a net that is right everywhere
    twins = [
        models.permute_hidden(net, np.array(order)) for order in itertools.permutations(range(3))
    ]
    losses = [models.nll(twin, x, labels) for twin in twins]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-12)  # so "better" would be too much
    mean = {name: np.mean([twin[name] for twin in twins], axis=0) for name in net}
    np.testing.assert_allclose(mean["W1"], mean["W1"][:, [1, 2, 0]], rtol=1e-12)  # all units alike
    assert models.nll(mean, x, labels) > losses[0] + 0.1  # and so the loss is not convex
    # a convex loss may stay exactly as it is: symmetric, and flat between the two
    points = np.array([[1.0, 2.0], [2.0, 1.0]])
    assert [np.abs(p).sum() for p in (*points, points.mean(axis=0))] == [3.0, 3.0, 3.0]


def test_55_the_mean_of_all_iterates_goes_on_falling_and_the_slide_s_average_does_not():
    """The mean square of an average of places that scatter about the minimum with memory."""
    lr, curvature, noise_variance = 0.1, 1.0, 4.0
    kept = 1 - lr * curvature

    def mean_square(weights):
        ages = np.arange(len(weights))
        spread = lr**2 * noise_variance / (1 - kept**2)
        return spread * weights @ kept ** np.abs(ages[:, None] - ages) @ weights

    def slide(t):
        return 0.005 * 0.995 ** np.arange(t)

    alike = [mean_square(np.full(t, 1 / t)) for t in (2000, 4000)]
    exponential = [mean_square(slide(t)) for t in (2000, 4000)]
    assert alike[0] / alike[1] == pytest.approx(2, rel=0.01)
    assert exponential[0] / exponential[1] == pytest.approx(1, rel=0.01)
    floor = averaging.averaged_floor(
        np.array([curvature]), np.array([noise_variance]), lr=lr, decay=0.995
    )
    assert 0.5 * exponential[1] == pytest.approx(floor, rel=1e-4)


def test_56_an_average_that_starts_at_zero_is_too_small():
    x = np.array([3.0, -2.0])
    from_zero, from_x = np.zeros(2), x
    for _ in range(100):
        from_zero = averaging.polyak_update(from_zero, x)
        from_x = averaging.polyak_update(from_x, x)
    np.testing.assert_allclose(from_x, x, rtol=1e-12)
    np.testing.assert_allclose(from_zero, (1 - 0.995**100) * x, rtol=1e-12)
    np.testing.assert_allclose(from_zero / x, 0.394, atol=5e-4)


def test_58_random_draws_beat_a_grid_when_one_knob_matters_and_not_when_two_do():
    rng, searches = np.random.default_rng(58), 40_000
    shifts = rng.random((searches, 2, 1))
    axes = (np.arange(3) + shifts) / 3  # of each search, the three values of either knob
    on_grid = np.stack(
        np.broadcast_arrays(axes[:, 0, :, None], axes[:, 1, None, :]), axis=-1
    ).reshape(searches, 9, 2)
    at_random = rng.random((searches, 9, 2))
    lows = rng.random((searches, 1, 2)) * 0.8
    found = {}
    for name, tried in (("grid", on_grid), ("random", at_random)):
        good = (tried >= lows) & (tried < lows + 0.2)
        found[name] = good[..., 0].any(axis=1).mean(), good.all(axis=2).any(axis=1).mean()
    np.testing.assert_allclose(found["random"], [1 - 0.8**9, 1 - 0.96**9], atol=0.01)
    np.testing.assert_allclose(found["grid"], [0.6, 0.36], atol=0.015)
    np.testing.assert_allclose([1 - 0.8**9, 1 - 0.96**9], [0.87, 0.31], atol=0.005)


def test_59_the_first_loss_is_log_c_for_equal_scores_only():
    digits, first = datasets.load_digits(), []
    for seed in range(10):
        params = models.init_mlp((64, 64, 10), rng=np.random.default_rng(seed))
        first.append(models.nll(params, digits.x_train, digits.y_train))
    assert np.mean(first) == pytest.approx(2.50, abs=0.005)
    assert np.log(10) == pytest.approx(2.303, abs=5e-4)
    equal, _ = losses.softmax_cross_entropy(np.ones((4, 10)), np.arange(4))
    assert equal == pytest.approx(np.log(10), rel=1e-14)


# --- the page and these tests belong together -----------------------------------------------------


def rows():
    table = re.findall(r"^\| (\d+) \|(.+)\|$", ERRATA.read_text("utf-8"), flags=re.MULTILINE)
    return {int(number): [cell.strip() for cell in rest.split(" | ")] for number, rest in table}


def numbers_with_a_test():
    names = [name for name in globals() if re.match(r"test_\d\d", name)]
    return {int(number) for name in names for number in re.findall(r"(?<=_)\d\d(?=_)", name)}


def test_every_erratum_has_a_row():
    assert sorted(rows()) == list(range(1, 63))


def test_every_mathematical_erratum_has_its_test():
    """The last column says whether a row is mathematics, and tested, or wording."""
    mathematical = {number for number, cells in rows().items() if "tested" in cells[-1]}
    assert mathematical == numbers_with_a_test()
