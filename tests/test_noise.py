"""Gradient noise: variances by enumerating every batch, averages by their definitions."""

import itertools

import numpy as np
import pytest

from course_lib import noise, optim, problems

RNG = np.random.default_rng(31)
GRADS = RNG.normal(loc=[2.0, -1.0, 0.5], size=(6, 3))
LOSSES = RNG.normal(size=17) + 3.0


def enumerated(grads, batch_size, replace):
    """The mean squared distance to the full gradient over all batches there are."""
    numbers = range(len(grads))
    if replace:
        batches = itertools.product(numbers, repeat=batch_size)
    else:
        batches = itertools.combinations(numbers, batch_size)
    means = np.array([grads[list(batch)].mean(axis=0) for batch in batches])
    np.testing.assert_allclose(means.mean(axis=0), grads.mean(axis=0), rtol=1e-12)
    return np.mean(np.sum((means - grads.mean(axis=0)) ** 2, axis=1))


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 5])
def test_variance_is_that_of_all_batches(batch_size, replace):
    got = noise.minibatch_variance(GRADS, batch_size=batch_size, replace=replace)
    np.testing.assert_allclose(got, enumerated(GRADS, batch_size, replace), rtol=1e-12)


def test_the_whole_set_without_replacement_is_the_full_gradient():
    assert noise.minibatch_variance(GRADS, batch_size=6, replace=False) == 0
    assert noise.minibatch_variance(GRADS, batch_size=6, replace=True) > 0


def test_more_examples_than_there_are_need_replacement():
    with pytest.raises(ValueError, match="cannot draw 7 of 6 examples"):
        noise.minibatch_variance(GRADS, batch_size=7, replace=False)
    got = noise.minibatch_variance(GRADS[:2], batch_size=4, replace=True)
    np.testing.assert_allclose(got, enumerated(GRADS[:2], 4, True), rtol=1e-12)


@pytest.mark.parametrize("window", [1, 2, 5, 17, 40])
def test_moving_average_is_the_mean_of_the_last_values(window):
    sums = np.cumsum(np.concatenate([np.zeros(window), LOSSES]))
    counts = np.minimum(np.arange(1, 18), window)
    want = (sums[window:] - sums[:-window]) / counts
    np.testing.assert_allclose(noise.moving_average(LOSSES, window=window), want, rtol=1e-12)


@pytest.mark.parametrize("average", [noise.moving_average, noise.ema])
def test_averages_of_nothing_are_nothing(average):
    setting = {"window": 3} if average is noise.moving_average else {"decay": 0.9}
    assert average(np.zeros(0), **setting).shape == (0,)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9, 0.999])
def test_ema_is_a_weighted_mean_of_the_past(decay):
    ages = np.arange(17)[:, np.newaxis] - np.arange(17)
    weights = np.where(ages >= 0, decay ** np.abs(ages), 0.0)
    want = weights @ LOSSES / weights.sum(axis=1)
    np.testing.assert_allclose(noise.ema(LOSSES, decay=decay), want, rtol=1e-10)


def test_floor_is_the_stationary_covariance_of_the_recursion():
    """The covariance of the place obeys P = A P A' + lr^2 C with A = I - lr H."""
    root, spread = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3))
    hessian, covariance, lr = root @ root.T + np.eye(3), spread @ spread.T, 0.05
    step = np.eye(3) - lr * hessian
    system = np.eye(9) - np.kron(step, step)
    place = np.linalg.solve(system, lr**2 * covariance.ravel()).reshape(3, 3)
    curvatures, directions = np.linalg.eigh(hessian)
    variances = np.diag(directions.T @ covariance @ directions)
    got = noise.noise_floor(curvatures, variances, lr=lr)
    np.testing.assert_allclose(got, 0.5 * np.trace(hessian @ place), rtol=1e-10)


def test_floor_of_small_steps_does_not_ask_for_the_curvature():
    for curvatures in (np.array([1.0, 1.0]), np.array([0.1, 20.0])):
        floor = noise.noise_floor(curvatures, np.array([1.0, 3.0]), lr=1e-5)
        np.testing.assert_allclose(floor, 1e-5 / 4 * 4.0, rtol=1e-3)


def test_floor_is_where_a_run_settles():
    rng, curvatures, x, total = np.random.default_rng(4), np.array([1.0, 4.0]), np.zeros(2), 0.0
    for kick in rng.normal(size=(40_000, 2)):
        x, _ = optim.sgd(x, curvatures * x + kick, optim.SGDState(), lr=0.1)
        total += problems.quadratic(np.diag(curvatures))(x) / 40_000
    assert noise.noise_floor(curvatures, np.ones(2), lr=0.1) == pytest.approx(total, rel=0.05)


def test_floor_refuses_a_step_size_that_diverges():
    with pytest.raises(ValueError, match=r"lr must lie below 0\.5, got 0\.5: SGD diverges"):
        noise.noise_floor(np.array([1.0, 4.0]), np.ones(2), lr=0.5)


def test_squared_error_and_its_gradients_belong_together():
    features, targets = problems.noisy_line()
    assert features.shape == (200, 2)
    loss = problems.squared_error(features, targets)
    x, direction = RNG.normal(size=2), RNG.normal(size=2)
    numeric = (loss(x + 1e-5 * direction) - loss(x - 1e-5 * direction)) / 2e-5
    gradients = problems.squared_error_gradients(features, targets)(x)
    np.testing.assert_allclose(gradients.mean(axis=0) @ direction, numeric, rtol=1e-8)
    one = problems.squared_error(features[5:6], targets[5:6])
    numeric = (one(x + 1e-5 * direction) - one(x - 1e-5 * direction)) / 2e-5
    np.testing.assert_allclose(gradients[5] @ direction, numeric, rtol=1e-7)


def test_least_squares_of_the_line_is_near_the_truth():
    features, targets = problems.noisy_line()
    fit = np.linalg.lstsq(features, targets, rcond=None)[0]
    np.testing.assert_allclose(fit, [1.0, 0.5], atol=0.2)
    gradients = problems.squared_error_gradients(features, targets)(fit)
    np.testing.assert_allclose(gradients.mean(axis=0), 0.0, atol=1e-12)
