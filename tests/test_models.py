"""Networks: finite differences over all parameters, PyTorch, and exact penalties."""

import numpy as np
import pytest

from course_lib import models
from course_lib.gradcheck import check_gradients, relative_error
from course_lib.losses import softmax

RNG = np.random.default_rng(31)
X, LABELS = RNG.normal(size=(7, 5)), RNG.integers(3, size=7)


def network(*sizes):
    """He weights, and biases away from 0 so that they matter."""
    params = models.init_mlp(sizes, rng=np.random.default_rng(2))
    return {
        name: value if name[0] == "W" else RNG.normal(size=value.shape)
        for name, value in params.items()
    }


SHALLOW, DEEP = network(5, 6, 3), network(5, 6, 4, 3)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_two_layer_gradients_agree_with_finite_differences(l2):
    errors = check_gradients(lambda p: models.two_layer_loss(p, X, LABELS, l2=l2), SHALLOW)
    assert errors.keys() == {"W1", "b1", "W2", "b2"}
    assert max(errors.values()) < 1e-6, errors


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_two_layer_loss_agrees_with_torch(l2):
    torch = pytest.importorskip("torch")
    params = {name: torch.tensor(value, requires_grad=True) for name, value in SHALLOW.items()}
    hidden = torch.relu(torch.tensor(X) @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    want = torch.nn.functional.cross_entropy(scores, torch.tensor(LABELS))
    want = want + l2 * (params["W1"].square().sum() + params["W2"].square().sum())
    want.backward()
    loss, grads = models.two_layer_loss(SHALLOW, X, LABELS, l2=l2)
    assert loss == pytest.approx(want.item(), rel=1e-13)
    for name, param in params.items():
        np.testing.assert_allclose(grads[name], param.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_two_layer_loss_is_the_shallow_case_of_the_mlp(l2):
    want, dwant = models.two_layer_loss(SHALLOW, X, LABELS, l2=l2)
    got, dgot = models.mlp_loss(SHALLOW, X, LABELS, l2=l2)
    assert got == pytest.approx(want, rel=1e-14)
    for name in SHALLOW:
        np.testing.assert_allclose(dgot[name], dwant[name], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("params", [network(5, 3), SHALLOW, DEEP], ids=["linear", "2", "3"])
@pytest.mark.parametrize("keep_prob", [1.0, 0.6])
def test_mlp_gradients_agree_with_finite_differences(params, keep_prob):
    def loss(p):
        rng = np.random.default_rng(4)  # the same masks in every call
        return models.mlp_loss(p, X, LABELS, l2=0.1, keep_prob=keep_prob, rng=rng)

    errors = check_gradients(loss, params)
    assert max(errors.values()) < 1e-6, errors


def test_soft_targets_have_gradients_of_their_own():
    targets = softmax(RNG.normal(size=(7, 3)))
    errors = check_gradients(lambda p: models.mlp_loss(p, X, targets, l2=0.1), DEEP)
    assert max(errors.values()) < 1e-5, errors


def test_one_hot_targets_are_labels():
    want, dwant = models.mlp_loss(DEEP, X, LABELS)
    got, dgot = models.mlp_loss(DEEP, X, np.eye(3)[LABELS])
    assert got == pytest.approx(want, rel=1e-14)
    for name, value in dwant.items():
        np.testing.assert_allclose(dgot[name], value, atol=1e-15)


def test_penalty_counts_weights_and_no_biases():
    plain, _ = models.mlp_loss(DEEP, X, LABELS)
    penalised, _ = models.mlp_loss(DEEP, X, LABELS, l2=0.7)
    want = 0.7 * sum(np.sum(DEEP[name] ** 2) for name in ("W1", "W2", "W3"))
    assert penalised - plain == pytest.approx(want, rel=1e-12)


def test_dropout_of_the_mlp_is_unbiased_in_its_last_layer():
    """Scores are linear in the only mask: their mean over many passes is that at test time."""
    # The gradient of b2 is the mean of probabilities minus labels; its noise is dropout's.
    rng = np.random.default_rng(0)
    big = {**SHALLOW, "W2": 1e-3 * SHALLOW["W2"]}  # softmax is nearly linear for small scores
    runs = np.array(
        [models.mlp_loss(big, X, LABELS, keep_prob=0.5, rng=rng)[1]["b2"] for _ in range(2000)]
    )
    want = models.mlp_loss(big, X, LABELS)[1]["b2"]
    assert np.all(np.abs(runs.mean(axis=0) - want) < 6 * runs.std(axis=0) / np.sqrt(2000) + 1e-6)
    assert runs.std(axis=0).min() > 1e-5, "no noise: nothing was dropped"


def test_accuracy_and_nll_are_those_of_the_scores():
    probs = softmax(models.mlp_scores(DEEP, X))
    rows = np.arange(len(X))
    assert models.nll(DEEP, X, LABELS) == pytest.approx(-np.mean(np.log(probs[rows, LABELS])))
    assert models.nll(DEEP, X, LABELS) == pytest.approx(models.mlp_loss(DEEP, X, LABELS)[0])
    assert models.accuracy(DEEP, X, probs.argmax(axis=1)) == 1.0
    wrong = probs.argmax(axis=1).copy()
    wrong[:2] = probs.argmin(axis=1)[:2]
    assert models.accuracy(DEEP, X, wrong) == pytest.approx(5 / 7)


@pytest.mark.parametrize(("scale", "want"), [(None, np.sqrt(2 / 400)), (0.01, 0.01)])
def test_initial_weights_have_the_asked_deviation(scale, want):
    params = models.init_mlp((400, 100, 10), rng=np.random.default_rng(0), scale=scale)
    assert {name: value.shape for name, value in params.items()} == {
        "W1": (400, 100), "b1": (100,), "W2": (100, 10), "b2": (10,),
    }  # fmt: skip
    # The standard error of a deviation from n draws is about want / sqrt(2 n).
    assert abs(params["W1"].std() - want) < 6 * want / np.sqrt(2 * 40_000)
    assert not params["b1"].any()
    assert not params["b2"].any()


def test_relative_error_of_a_forgotten_penalty_would_be_seen():
    """Guards the tests above: without the penalty's gradient they must fail."""
    _, plain = models.mlp_loss(SHALLOW, X, LABELS)
    _, penalised = models.mlp_loss(SHALLOW, X, LABELS, l2=0.3)
    assert relative_error(plain["W1"], penalised["W1"]) > 0.1
    np.testing.assert_array_equal(plain["b1"], penalised["b1"])


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match=r"keep_prob must lie in \(0, 1\], got 0"):
        models.mlp_loss(DEEP, X, LABELS, keep_prob=0, rng=RNG)
    with pytest.raises(ValueError, match=r"keep_prob=0\.5 needs rng"):
        models.mlp_loss(DEEP, X, LABELS, keep_prob=0.5)
    with pytest.raises(ValueError, match=r"inputs and classes, got \(5,\)"):
        models.init_mlp((5,), rng=RNG)
