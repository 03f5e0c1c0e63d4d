"""Layers: finite differences with random output weights, exact expectations, and PyTorch."""

from itertools import product

import numpy as np
import pytest

from course_lib import layers
from course_lib.gradcheck import numeric_gradient, relative_error

RNG = np.random.default_rng(23)
X, DOUT = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 4))
WEIGHTS, BIAS = RNG.normal(size=(3, 4)), RNG.normal(size=4)
GAMMA, BETA = RNG.normal(size=3), RNG.normal(size=3)
FRESH = layers.BatchNormStats.fresh(3)


class ChosenMask:
    """Stands in for a generator: draws that keep exactly the chosen entries."""

    def __init__(self, keep):
        self.keep = keep

    def random(self, shape):
        return np.where(np.reshape(self.keep, shape), 0.0, 0.999999)


def expectation(forward, entries, keep_prob):
    """The exact mean of ``forward(rng)`` over all masks of so many entries."""
    mean = 0.0
    for keep in product([True, False], repeat=entries):
        chance = keep_prob ** sum(keep) * (1 - keep_prob) ** (entries - sum(keep))
        mean = mean + chance * forward(ChosenMask(keep))
    return mean


def test_affine_gradients_agree_with_finite_differences():
    def value(x, weights, bias):
        return float(np.sum(DOUT * layers.affine_forward(x, weights, bias)[0]))

    out, cache = layers.affine_forward(X, WEIGHTS, BIAS)
    assert out[1, 2] == pytest.approx(sum(X[1] * WEIGHTS[:, 2]) + BIAS[2])
    dx, dweights, dbias = layers.affine_backward(DOUT, cache)
    assert relative_error(dx, numeric_gradient(lambda a: value(a, WEIGHTS, BIAS), X)) < 1e-7
    assert relative_error(dweights, numeric_gradient(lambda a: value(X, a, BIAS), WEIGHTS)) < 1e-7
    assert relative_error(dbias, numeric_gradient(lambda a: value(X, WEIGHTS, a), BIAS)) < 1e-7


def test_relu_gradient_agrees_with_finite_differences():
    out, cache = layers.relu_forward(X)
    np.testing.assert_array_equal(out, np.where(X > 0, X, 0.0))
    weights = DOUT[:, :3]
    numeric = numeric_gradient(lambda x: float(np.sum(weights * layers.relu_forward(x)[0])), X)
    assert relative_error(layers.relu_backward(weights, cache), numeric) < 1e-7
    assert layers.relu_backward(np.ones(1), np.zeros(1)) == 0.0


@pytest.mark.parametrize("keep_prob", [0.2, 0.5, 0.8, 1.0])
def test_dropout_keeps_the_expected_activation(keep_prob):
    x = X[:2]
    got = expectation(
        lambda rng: layers.dropout_forward(x, keep_prob=keep_prob, train=True, rng=rng)[0],
        x.size,
        keep_prob,
    )
    np.testing.assert_allclose(got, x, rtol=1e-13)


def test_dropout_keeps_units_with_keep_prob_not_with_its_complement():
    """Six standard deviations of a binomial share."""
    x = np.full((200, 1000), 2.0)
    out, mask = layers.dropout_forward(x, keep_prob=0.8, train=True, rng=RNG)
    assert abs(np.mean(out > 0) - 0.8) < 6 * np.sqrt(0.8 * 0.2 / x.size)
    np.testing.assert_array_equal(np.unique(mask), [0.0, 1 / 0.8])
    np.testing.assert_array_equal(out, x * mask)
    assert len(np.unique(mask, axis=0)) == 200, "every example needs a mask of its own"


def test_dropout_is_the_identity_at_test_time():
    rng = np.random.default_rng(0)
    out, mask = layers.dropout_forward(X, keep_prob=0.3, train=False, rng=rng)
    np.testing.assert_array_equal(out, X)
    np.testing.assert_array_equal(mask, 1.0)
    assert rng.random() == np.random.default_rng(0).random(), "nothing to draw at test time"


@pytest.mark.parametrize("keep_prob", [0.2, 0.5, 1.0])
def test_dropout_gradient_agrees_with_finite_differences(keep_prob):
    def forward(x):
        rng = np.random.default_rng(4)
        return layers.dropout_forward(x, keep_prob=keep_prob, train=True, rng=rng)

    weights = DOUT[:, :3]
    numeric = numeric_gradient(lambda x: float(np.sum(weights * forward(x)[0])), X)
    np.testing.assert_allclose(
        layers.dropout_backward(weights, forward(X)[1]), numeric, rtol=1e-7, atol=1e-9
    )


@pytest.mark.parametrize("keep_prob", [0.0, -0.1, 1.5])
def test_dropout_refuses_an_impossible_keep_prob(keep_prob):
    with pytest.raises(ValueError, match=rf"keep_prob must lie in \(0, 1\], got {keep_prob}"):
        layers.dropout_forward(X, keep_prob=keep_prob, train=True, rng=RNG)


def test_vanilla_prediction_is_the_mean_over_all_masks():
    """Of the unscaled activations: what inverted dropout divides by is multiplied back."""
    x = X[:2]
    unscaled = expectation(
        lambda rng: 0.7 * layers.dropout_forward(x, keep_prob=0.7, train=True, rng=rng)[0], 6, 0.7
    )
    np.testing.assert_allclose(layers.vanilla_dropout_predict(x, keep_prob=0.7), unscaled)


def test_mc_dropout_averages_probabilities_of_independent_passes():
    def predict(x, rng):
        return 1 / (1 + np.exp(-x * rng.normal(size=x.shape)))

    rng = np.random.default_rng(9)
    want = np.mean([predict(X, rng) for _ in range(7)], axis=0)
    got = layers.mc_dropout_predict(predict, X, passes=7, rng=np.random.default_rng(9))
    np.testing.assert_allclose(got, want, rtol=1e-14)


def test_mc_dropout_does_not_add_into_what_predict_returned():
    mine = np.ones((2, 2))
    layers.mc_dropout_predict(lambda x, rng: mine, X, passes=3, rng=RNG)
    np.testing.assert_array_equal(mine, 1.0)


@pytest.mark.parametrize("keep_prob", [0.3, 0.9])
def test_dropconnect_keeps_the_expected_output(keep_prob):
    def forward(rng):
        return layers.dropconnect_forward(
            X, WEIGHTS[:, :2], keep_prob=keep_prob, train=True, rng=rng
        )

    np.testing.assert_allclose(expectation(forward, 6, keep_prob), X @ WEIGHTS[:, :2], rtol=1e-12)


def test_dropconnect_drops_weights_not_activations():
    keep = np.eye(3, 4, dtype=bool)
    out = layers.dropconnect_forward(X, WEIGHTS, keep_prob=0.5, train=True, rng=ChosenMask(keep))
    np.testing.assert_allclose(out, X @ (2 * WEIGHTS * keep))
    test_time = layers.dropconnect_forward(X, WEIGHTS, keep_prob=0.5, train=False, rng=RNG)
    np.testing.assert_array_equal(test_time, X @ WEIGHTS)


def test_stochastic_depth_keeps_the_expected_output():
    def forward(rng):
        return layers.stochastic_depth_forward(X, np.sin, survival_prob=0.7, train=True, rng=rng)

    np.testing.assert_allclose(expectation(forward, 5, 0.7), X + np.sin(X), rtol=1e-13)


@pytest.mark.parametrize("shape", [(4, 3), (4, 2, 2, 3)])
def test_stochastic_depth_decides_example_by_example(shape):
    x = np.random.default_rng(1).normal(size=shape)
    keep = [True, False, False, True]
    out = layers.stochastic_depth_forward(
        x, np.cos, survival_prob=0.5, train=True, rng=ChosenMask(keep)
    )
    np.testing.assert_array_equal(out[1:3], x[1:3])
    np.testing.assert_allclose(out[::3], x[::3] + 2 * np.cos(x[::3]), rtol=1e-15)
    test_time = layers.stochastic_depth_forward(x, np.cos, survival_prob=0.5, train=False, rng=RNG)
    np.testing.assert_array_equal(test_time, x + np.cos(x))


def test_batchnorm_gradients_agree_with_finite_differences():
    weights = DOUT[:, :3]

    def value(x, gamma, beta):
        out, _, _ = layers.batchnorm_forward(x, gamma, beta, FRESH, train=True, eps=0.01)
        return float(np.sum(weights * out))

    _, cache, _ = layers.batchnorm_forward(X, GAMMA, BETA, FRESH, train=True, eps=0.01)
    dx, dgamma, dbeta = layers.batchnorm_backward(weights, cache)
    assert relative_error(dx, numeric_gradient(lambda a: value(a, GAMMA, BETA), X)) < 1e-7
    assert relative_error(dgamma, numeric_gradient(lambda a: value(X, a, BETA), GAMMA)) < 1e-7
    assert relative_error(dbeta, numeric_gradient(lambda a: value(X, GAMMA, a), BETA)) < 1e-7


def test_batchnorm_undoes_itself_with_the_right_gamma_and_beta():
    mean, var = X.mean(axis=0), X.var(axis=0)
    out, _, _ = layers.batchnorm_forward(X, np.sqrt(var + 0.1), mean, FRESH, train=True, eps=0.1)
    np.testing.assert_allclose(out, X, rtol=1e-13)


def test_batchnorm_running_statistics_weigh_the_old_value():
    running = layers.BatchNormStats(np.full(3, 2.0), np.full(3, 5.0))
    _, _, got = layers.batchnorm_forward(X, GAMMA, BETA, running, train=True, momentum=0.7)
    np.testing.assert_allclose(got.mean, 0.7 * 2.0 + 0.3 * X.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(got.var, 0.7 * 5.0 + 0.3 * X.var(axis=0), rtol=1e-14)


def test_batchnorm_at_test_time_does_not_look_at_the_batch():
    running = layers.BatchNormStats(np.array([1.0, -1.0, 0.0]), np.array([4.0, 1.0, 0.25]))
    hyper = {"train": False, "eps": 0.0}
    out, _, after = layers.batchnorm_forward(X, GAMMA, BETA, running, **hyper)
    one, _, _ = layers.batchnorm_forward(X[2:3], GAMMA, BETA, running, **hyper)
    np.testing.assert_array_equal(out[2:3], one)
    np.testing.assert_allclose(
        one[0], GAMMA * (X[2] - [1.0, -1.0, 0.0]) / [2, 1, 0.5] + BETA, rtol=1e-14
    )
    assert after is running


def test_batchnorm_agrees_with_torch():
    torch = pytest.importorskip("torch")
    x, weights = torch.tensor(X, requires_grad=True), torch.tensor(DOUT[:, :3])
    gamma = torch.tensor(GAMMA, requires_grad=True)
    beta = torch.tensor(BETA, requires_grad=True)
    mean, var = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    want = torch.nn.functional.batch_norm(
        x, mean, var, gamma, beta, training=True, momentum=0.2, eps=1e-3
    )
    (weights * want).sum().backward()
    out, cache, running = layers.batchnorm_forward(
        X, GAMMA, BETA, FRESH, train=True, momentum=0.8, eps=1e-3
    )
    dx, dgamma, dbeta = layers.batchnorm_backward(DOUT[:, :3], cache)
    np.testing.assert_allclose(out, want.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(dx, x.grad.numpy(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(dgamma, gamma.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(dbeta, beta.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(running.mean, mean.numpy(), rtol=1e-12)
    # PyTorch's running variance divides by N - 1 = 4, ours by N = 5.
    np.testing.assert_allclose(running.var - 0.8, (var.numpy() - 0.8) * 4 / 5, rtol=1e-12)
