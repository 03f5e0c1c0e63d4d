"""Penalties against numeric gradients and torch, ridge against least squares, stops by hand."""

import numpy as np
import pytest

from course_lib import gradcheck, regularizers

PENALTIES = {
    "l2": lambda w: regularizers.l2_penalty(w, strength=0.3),
    "l1": lambda w: regularizers.l1_penalty(w, strength=0.3),
    "elastic net": lambda w: regularizers.elastic_net_penalty(w, strength=0.3, l2_ratio=0.7),
}


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 1, 3)])
def test_gradient_is_the_slope_of_the_penalty(name, shape):
    weights = np.random.default_rng(1).normal(size=shape)
    _, grad = PENALTIES[name](weights)
    numeric = gradcheck.numeric_gradient(lambda w: PENALTIES[name](w)[0], weights)
    assert gradcheck.relative_error(grad, numeric) < 1e-8


def test_penalties_of_the_lectures_four_weights():
    spread, single = np.full(4, 0.25), np.array([1.0, 0.0, 0.0, 0.0])
    assert regularizers.l2_penalty(single, strength=1.0)[0] == 1.0
    assert regularizers.l2_penalty(spread, strength=1.0)[0] == 0.25
    assert regularizers.l1_penalty(single, strength=1.0)[0] == 1.0
    assert regularizers.l1_penalty(spread, strength=1.0)[0] == 1.0


def test_gradients_equal_autograd():
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(2).normal(size=(3, 4))
    formulas = {
        "l2": lambda w: 0.3 * (w**2).sum(),
        "l1": lambda w: 0.3 * w.abs().sum(),
        "elastic net": lambda w: 0.3 * (0.7 * w**2 + w.abs()).sum(),
    }
    for name, formula in formulas.items():
        weights = torch.tensor(values, requires_grad=True)
        penalty = formula(weights)
        penalty.backward()
        ours, grad = PENALTIES[name](values)
        assert ours == pytest.approx(penalty.item(), rel=1e-14)
        np.testing.assert_allclose(grad, weights.grad.numpy(), rtol=1e-14)


def test_no_slope_at_the_kink():
    weights = np.array([-2.0, 0.0, -0.0, 3.0])
    np.testing.assert_array_equal(regularizers.l1_penalty(weights, strength=0.5)[1],
                                  [-0.5, 0.0, 0.0, 0.5])  # fmt: skip
    grad = regularizers.elastic_net_penalty(weights, strength=0.5, l2_ratio=2.0)[1]
    np.testing.assert_array_equal(grad, [-4.5, 0.0, 0.0, 6.5])


def test_elastic_net_is_l1_plus_its_share_of_l2():
    weights = np.random.default_rng(3).normal(size=(4, 3))
    l1, l1_grad = regularizers.l1_penalty(weights, strength=0.2)
    l2, l2_grad = regularizers.l2_penalty(weights, strength=0.2)
    both, both_grad = regularizers.elastic_net_penalty(weights, strength=0.2, l2_ratio=1.7)
    assert both == pytest.approx(l1 + 1.7 * l2)
    np.testing.assert_allclose(both_grad, l1_grad + 1.7 * l2_grad)
    np.testing.assert_array_equal(
        regularizers.elastic_net_penalty(weights, strength=0.2, l2_ratio=0.0)[1], l1_grad
    )


def test_soft_threshold_minimises_its_own_problem():
    rng = np.random.default_rng(4)
    weights, candidates = rng.normal(size=7), np.linspace(-4, 4, 80001)
    for threshold in (0.0, 0.3, 1.1):
        found = regularizers.soft_threshold(weights, threshold=threshold)
        costs = (candidates - weights[:, None]) ** 2 / 2 + threshold * np.abs(candidates)
        np.testing.assert_allclose(found, candidates[costs.argmin(axis=1)], atol=1e-4)


def test_soft_threshold_equals_torch_and_leaves_exact_zeros():
    torch = pytest.importorskip("torch")
    weights = np.random.default_rng(5).normal(size=(5, 6))
    ours = regularizers.soft_threshold(weights, threshold=0.6)
    theirs = torch.nn.functional.softshrink(torch.tensor(weights), lambd=0.6).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-14)
    assert np.sum(ours == 0.0) == np.sum(np.abs(weights) <= 0.6) > 5


@pytest.mark.parametrize(("count", "features"), [(9, 4), (3, 7)])
def test_ridge_is_least_squares_with_extra_rows(count, features):
    rng = np.random.default_rng(6)
    x, y, strength = rng.normal(size=(count, features)), rng.normal(size=count), 0.37
    rows = np.sqrt(count * strength) * np.eye(features)
    stacked = np.concatenate([x, rows]), np.concatenate([y, np.zeros(features)])
    want = np.linalg.lstsq(*stacked, rcond=None)[0]
    found = regularizers.ridge_solution(x, y, strength=strength)
    np.testing.assert_allclose(found, want, rtol=1e-10)


def test_ridge_has_no_slope_left_in_its_own_loss():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=8)

    def loss(w):
        return float(np.mean((x @ w - y) ** 2)) + regularizers.l2_penalty(w, strength=0.2)[0]

    w = regularizers.ridge_solution(x, y, strength=0.2)
    assert np.max(np.abs(gradcheck.numeric_gradient(loss, w))) < 1e-9
    assert np.max(np.abs(gradcheck.numeric_gradient(loss, w + 0.1))) > 0.01


def test_ridge_without_strength_is_least_squares():
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(10, 4)), rng.normal(size=10)
    want = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(regularizers.ridge_solution(x, y, strength=0.0), want, rtol=1e-9)


NAN = float("nan")


@pytest.mark.parametrize(
    ("losses", "patience", "want"),
    [
        ([3, 2, 1, 2, 3, 4, 0], 2, (2, 4)),
        ([3, 2, 1, 2, 3, 4, 0], 3, (2, 5)),
        ([3, 2, 1, 2, 3, 4, 0], 4, (6, 6)),
        ([3, 2, 1], 1, (2, 2)),
        ([1, 1, 1, 1], 2, (0, 2)),  # as good is not better
        ([5, 6, 4, 6, 3, 9, 9], 2, (4, 6)),  # each new best begins the count anew
        ([NAN, 2, 3, 1], 2, (3, 3)),
        ([2, NAN, NAN, 1], 2, (0, 2)),
        ([2, NAN, 1, 3], 2, (2, 3)),
        ([float("inf"), 4], 5, (1, 1)),
        ([4], 1, (0, 0)),
    ],
)
def test_the_best_step_and_the_stop(losses, patience, want):
    found = regularizers.early_stopping(np.array(losses, dtype=float), patience=patience)
    assert found == want
    assert all(isinstance(step, int) for step in found)


def test_the_stop_is_where_the_definition_says():
    rng = np.random.default_rng(9)
    for _ in range(50):
        losses, patience = rng.normal(size=12), int(rng.integers(1, 5))
        records = [s for s in range(12) if s == 0 or losses[s] < losses[:s].min()]
        ends = [s + patience for s in records if not any(s < r <= s + patience for r in records)]
        stop = min([end for end in ends if end < 12], default=11)
        best = int(np.argmin(losses[: stop + 1]))
        assert regularizers.early_stopping(losses, patience=patience) == (best, stop)


def test_nothing_finite_is_told():
    with pytest.raises(ValueError, match="up to step 1 is finite"):
        regularizers.early_stopping(np.array([NAN, NAN, 1.0]), patience=2)
