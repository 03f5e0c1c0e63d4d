"""Losses: against the lecture's numbers, PyTorch and finite differences."""

import numpy as np
import pytest

from course_lib.gradcheck import numeric_gradient, relative_error
from course_lib.losses import (
    hinge_loss,
    smooth_labels,
    soft_cross_entropy,
    softmax,
    softmax_cross_entropy,
)

RNG = np.random.default_rng(11)
SCORES = RNG.normal(size=(6, 4)) * 2
LABELS = np.array([0, 3, 1, 2, 3, 3])
# CS231n L3: cat, car, frog.
LECTURE = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])


def test_hinge_loss_of_the_lecture_s_three_images():
    each = [hinge_loss(LECTURE[i : i + 1], np.array([i]))[0] for i in range(3)]
    np.testing.assert_allclose(each, [2.9, 0.0, 12.9], atol=1e-12)
    loss, _ = hinge_loss(LECTURE, np.arange(3))
    assert loss == pytest.approx(15.8 / 3)


@pytest.mark.parametrize("margin", [0.3, 1.0, 5.0])
def test_hinge_gradient_agrees_with_finite_differences(margin):
    _, dscores = hinge_loss(SCORES, LABELS, margin=margin)
    numeric = numeric_gradient(lambda s: hinge_loss(s, LABELS, margin=margin)[0], SCORES)
    assert relative_error(dscores, numeric) < 1e-8


def test_hinge_takes_the_subgradient_zero_at_a_kink():
    loss, dscores = hinge_loss(np.array([[2.0, 1.0]]), np.array([0]))
    assert loss == 0.0
    np.testing.assert_array_equal(dscores, 0.0)


@pytest.mark.parametrize("margin", [0.3, 1.0, 5.0])
def test_hinge_loss_agrees_with_torch(margin):
    torch = pytest.importorskip("torch")
    scores = torch.tensor(SCORES, requires_grad=True)
    # PyTorch divides by the number of classes as well.
    loss = 4 * torch.nn.functional.multi_margin_loss(scores, torch.tensor(LABELS), margin=margin)
    loss.backward()
    ours, dscores = hinge_loss(SCORES, LABELS, margin=margin)
    assert ours == pytest.approx(loss.item(), rel=1e-14)
    np.testing.assert_allclose(dscores, scores.grad.numpy(), atol=1e-15)


def test_softmax_cross_entropy_of_the_lecture_notes():
    loss, dscores = softmax_cross_entropy(np.array([[-2.85, 0.86, 0.28]]), np.array([2]))
    assert loss == pytest.approx(1.0402, abs=5e-5)
    np.testing.assert_allclose(dscores, [[0.016, 0.631, 0.353 - 1]], atol=1e-3)


def test_softmax_cross_entropy_gradient_agrees_with_finite_differences():
    _, dscores = softmax_cross_entropy(SCORES, LABELS)
    numeric = numeric_gradient(lambda s: softmax_cross_entropy(s, LABELS)[0], SCORES)
    assert relative_error(dscores, numeric) < 1e-7
    np.testing.assert_allclose(dscores.sum(axis=1), 0.0, atol=1e-15)


def test_softmax_cross_entropy_agrees_with_torch():
    torch = pytest.importorskip("torch")
    scores = torch.tensor(SCORES, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(LABELS))
    loss.backward()
    ours, dscores = softmax_cross_entropy(SCORES, LABELS)
    assert ours == pytest.approx(loss.item(), rel=1e-14)
    np.testing.assert_allclose(dscores, scores.grad.numpy(), atol=1e-15)


def test_equal_scores_cost_the_logarithm_of_the_number_of_classes():
    loss, _ = softmax_cross_entropy(np.full((3, 10), 7.0), np.array([0, 4, 9]))
    assert loss == pytest.approx(np.log(10), rel=1e-15)


@pytest.mark.parametrize("shift", [1e4, -1e4])
def test_softmax_survives_huge_scores(shift):
    """Each row moves by a constant of its own: nothing may change."""
    shifts = shift * np.arange(1, 7)[:, np.newaxis]
    want, dwant = softmax_cross_entropy(SCORES, LABELS)
    got, dgot = softmax_cross_entropy(SCORES + shifts, LABELS)
    assert got == pytest.approx(want, rel=1e-10)
    np.testing.assert_allclose(dgot, dwant, atol=1e-10)
    np.testing.assert_allclose(softmax(SCORES + shifts), softmax(SCORES), atol=1e-10)


def test_a_hopeless_example_costs_its_distance_not_infinity():
    loss, _ = softmax_cross_entropy(np.array([[0.0, 1e4]]), np.array([0]))
    assert loss == 1e4


def test_softmax_is_a_distribution_in_the_last_axis():
    probs = softmax(SCORES.reshape(2, 3, 4))
    np.testing.assert_allclose(probs.sum(axis=-1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(
        probs.reshape(6, 4)[:, 0] / probs.reshape(6, 4)[:, 1],
        np.exp(SCORES[:, 0] - SCORES[:, 1]),
        rtol=1e-13,
    )


def test_smoothing_gives_the_lecture_s_example_at_eps_015():
    """CS231n L7 prints 90 %, 5 %, 5 % for three classes."""
    np.testing.assert_allclose(
        smooth_labels(np.array([0]), classes=3, eps=0.15), [[0.9, 0.05, 0.05]]
    )


@pytest.mark.parametrize("eps", [0.0, 0.1, 1.0])
def test_smoothed_targets_are_distributions(eps):
    targets = smooth_labels(LABELS, classes=4, eps=eps)
    np.testing.assert_allclose(targets.sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(targets, (1 - eps) * np.eye(4)[LABELS] + eps / 4)


@pytest.mark.parametrize("eps", [0.0, 0.1, 0.6])
def test_loss_of_smoothed_labels_agrees_with_torch(eps):
    torch = pytest.importorskip("torch")
    scores = torch.tensor(SCORES, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(LABELS), label_smoothing=eps)
    loss.backward()
    ours, dscores = soft_cross_entropy(SCORES, smooth_labels(LABELS, classes=4, eps=eps))
    assert ours == pytest.approx(loss.item(), rel=1e-14)
    np.testing.assert_allclose(dscores, scores.grad.numpy(), atol=1e-15)


def test_soft_cross_entropy_agrees_with_torch_and_finite_differences():
    targets = softmax(RNG.normal(size=SCORES.shape))
    ours, dscores = soft_cross_entropy(SCORES, targets)
    numeric = numeric_gradient(lambda s: soft_cross_entropy(s, targets)[0], SCORES)
    assert relative_error(dscores, numeric) < 1e-7
    torch = pytest.importorskip("torch")
    theirs = torch.nn.functional.cross_entropy(torch.tensor(SCORES), torch.tensor(targets))
    assert ours == pytest.approx(theirs.item(), rel=1e-14)


def test_soft_cross_entropy_of_hard_targets_is_the_hard_one():
    want, dwant = softmax_cross_entropy(SCORES, LABELS)
    got, dgot = soft_cross_entropy(SCORES, np.eye(4)[LABELS])
    assert got == pytest.approx(want, rel=1e-14)
    np.testing.assert_allclose(dgot, dwant, atol=1e-15)


def test_soft_cross_entropy_survives_huge_scores():
    loss, dscores = soft_cross_entropy(np.array([[1e4, 0.0]]), np.array([[0.9, 0.1]]))
    assert loss == pytest.approx(1e3)
    np.testing.assert_allclose(dscores, [[0.1, -0.1]])
